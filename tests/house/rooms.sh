#!/bin/bash
# rooms.sh: who includes whom. Every #include "room/file.h" is read against src/build/rooms.txt; libraries of others stay
# behind the one file or room that owns them; the public headers are all that the program's rooms see of the library.
. "$(dirname "$0")/lib.sh"

# pattern of a header | where it may be included
owners='
<curl/|src/http/
<cjson/|src/base/json.c src/sandbox/
<libp11|src/sandbox/ src/hsm/
<libsmartcols/|src/output/table.c
<microhttpd|src/sandbox/
<p11-kit/|src/hsm/ src/sandbox/
'

may_include() { # FROM TO
	local row
	[ "$1" = "$2" ] && return 0
	row=$(sed -n "s/^$1:/ /p" "$root/src/build/rooms.txt")
	case "$row " in *" $2 "*) return 0 ;; *) return 1 ;; esac
}

check() {
	local file room line name target header places place allowed
	for file in $(files src); do
		room=${file#src/}
		room=${room%%/*}
		if ! grep -q "^$room:" "$root/src/build/rooms.txt" && [ "$room" != build ]; then
			echo "$file:1: the room $room is not in src/build/rooms.txt"
			continue
		fi
		while read -r line name; do
			case $name in
			'<exosign/'*)
				[ "$room" != sandbox ] || echo "$file:$line: the sandbox shares nothing with the library ($name)"
				continue
				;;
			'"'*/*)
				target=${name#\"}
				target=${target%%/*}
				may_include "$room" "$target" || echo "$file:$line: $room may not include $target ($name)"
				continue
				;;
			'"'*)
				[ "$room" = sandbox ] || echo "$file:$line: $name is written without its room"
				continue
				;;
			esac
			while IFS='|' read -r header places; do
				if [ -z "$header" ] || [[ $name != "$header"* ]]; then continue; fi
				allowed=''
				for place in $places; do [[ $file == "$place"* ]] && allowed=1; done
				[ -n "$allowed" ] || echo "$file:$line: $name belongs to $places alone"
			done <<<"$owners"
		done < <(includes "$root/$file")
	done
	for file in $(files include); do
		while read -r line name; do
			case $name in '<exosign/'*) continue ;; '"'*) echo "$file:$line: $name is not installed" ;; esac
			while IFS='|' read -r header places; do
				[ -n "$header" ] && [[ $name == "$header"* ]] && echo "$file:$line: $name would be the user's burden"
			done <<<"$owners"
		done < <(includes "$root/$file")
	done
}

plants() {
	plant 'base reaching up' 'span.c:.*base may not include http' \
		'echo "#include \"http/url.h\"" >>src/base/span.c'
	plant 'a room nobody listed' 'attic is not in' 'mkdir src/attic && echo "/* x */" >src/attic/old.c'
	plant 'libcurl outside http' 'buf.c:.*belongs to src/http/' 'echo "#include <curl/curl.h>" >>src/base/buf.c'
	plant 'cJSON outside base/json.c' 'belongs to src/base/json.c' 'echo "#include <cjson/cJSON.h>" >>src/base/jsontext.c'
	plant 'the sandbox borrowing from the library' 'shares nothing' \
		'echo "#include <exosign/error.h>" >>src/sandbox/text.c'
	plant 'a public header that needs ours' 'is not installed' 'echo "#include \"base/mem.h\"" >>include/exosign/error.h'
	plant 'a name without its room' 'without its room' 'echo "#include \"mem.h\"" >>src/base/span.c'
}

house "$@"
