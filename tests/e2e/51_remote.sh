#!/bin/bash
# Remote signing: the token is in another program (p11-kit server), reached over a socket that may be forwarded.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

client=/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so
softhsm=/usr/lib/softhsm/libsofthsm2.so
if ! command -v p11-kit >/dev/null || [ ! -e "$client" ]; then
	story 'a token in another program signs' && skip 'p11-kit server and its client are not installed'
	exit 0
fi
sandbox_up
# serve MODULE SOCKET URI: $server is its process; ready when the socket is there
serve() {
	SOFTHSM2_CONF=$sandbox/softhsm2.conf background p11-kit server --provider "$1" --name "$2" --foreground "$3" \
		>"$own/server.log" 2>&1
	server=$!
	until_there "$2"
}
until_there() {
	for _ in {1..200}; do
		[ ! -S "$1" ] || return 0
		sleep 0.05
	done
	bad "no socket $1: $(cat "$own/server.log")"
}
here=$own/server.sock forwarded=$own/forwarded.sock
export P11_KIT_SERVER_ADDRESS=unix:path=$here
serve "$softhsm" "$here" 'pkcs11:token=sandbox'
remote=$(profile "key=pkcs11:token=sandbox;object=exchange?module-path=$client" softhsm-conf=)
conf=$remote

story 'a token in another program is listed, signs, and the directory accepts it'
expect_exit 0 -- exo hsm list "pkcs11:?module-path=$client" -o ndjson
for kind in token key certificate; do
	expect "there is a $kind" jq -es "any(.[]; .kind == \"$kind\" and .module_path == \"$client\")" "$out"
done
may_show_token=1 expect_exit 0 -- exo -v assertion create
err_has mechanism=CKM_RSA_PKCS_PSS
expect_exit 0 -- exo token get
out_json '.scope'

story 'the same over a forwarded socket'
background socat "UNIX-LISTEN:$forwarded,fork" "UNIX-CONNECT:$here" 2>/dev/null
until_there "$forwarded"
export P11_KIT_SERVER_ADDRESS=unix:path=$forwarded
expect_exit 0 -- exo hsm list "pkcs11:token=sandbox?module-path=$client" -o ndjson
may_show_token=1 expect_exit 0 -- exo assertion create
expect_exit 0 -- exo token get
export P11_KIT_SERVER_ADDRESS=unix:path=$here

story 'several programs use the server at once'
for i in 1 2 3 4; do
	"$exosign" --config "$conf" token get >"$own/at-once.$i" 2>&1 </dev/null &
	processes[i]=$!
done
for i in 1 2 3 4; do
	expect "the ${i}th has its token" wait "${processes[i]}"
done

story 'a wrong PIN goes to the other program once'
(umask 077 && echo 87654321 >"$own/wrong")
secret 87654321
conf=$(profile "key=pkcs11:token=sandbox;object=exchange?module-path=$client" softhsm-conf= "pin-source=file:$own/wrong")
expect_error E-PIN-WRONG 4 -- exo token get
expect_error E-PIN-KNOWN-BAD 4 -- exo token get
conf=$remote
expect_exit 0 -- exo token get --forget-pin-failure

story 'a server that is not there is told as such'
export P11_KIT_SERVER_ADDRESS=unix:path=$own/nobody.sock
expect_error E-TOKEN-ABSENT 5 -- exo token get
err_has 'no p11-kit server answers at P11_KIT_SERVER_ADDRESS'
kill "$server" && wait "$server" 2>/dev/null
export P11_KIT_SERVER_ADDRESS=unix:path=$forwarded
expect_exit 5 -- exo token get

story 'a server that is back is used again'
rm -f "$here"
serve "$softhsm" "$here" 'pkcs11:token=sandbox'
expect_exit 0 -- exo token get

story 'a connection that says nothing ends at the deadline'
background socat -u "UNIX-LISTEN:$own/silent.sock" OPEN:/dev/null
until_there "$own/silent.sock"
export P11_KIT_SERVER_ADDRESS=unix:path=$own/silent.sock
expect_exit 5 -- exo --timeout 2 token get
err_has 'error[E-DEVICE-DEADLINE]'
