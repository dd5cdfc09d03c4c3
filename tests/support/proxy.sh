#!/bin/bash
# A pretended proxy: what socat runs for each connection. Notes the request's header in LOG; then answers with the file, says
# nothing ("silent"), or does what a proxy does ("tunnel", to PORT of this machine whatever was asked for).
#
#   proxy.sh LOG FILE|silent|tunnel [PORT]
set -u
while IFS= read -r line; do
	line=${line%$'\r'}
	echo "$line" >>"$1"
	[ -n "$line" ] || break
done
case $2 in
silent) ;;
tunnel)
	printf 'HTTP/1.1 200 Connection established\r\n\r\n'
	exec socat - "TCP4:127.0.0.1:$3"
	;;
*) cat "$2" ;;
esac
