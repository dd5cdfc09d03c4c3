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
<p11-kit/|src/hsm/ src/view/ src/sandbox/
'

# every #include of the tree, one a line: FILE LINE NAME
includes() {
	(cd "$root" && grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' src include) |
		sed -nE 's/^([^:]+):([0-9]+):[^<"]*([<"][^>"]*[>"]).*/\1 \2 \3/p'
}

# belongs FILE LINE NAME: prints when the header has an owner and this file is none
belongs() {
	local header places place
	while IFS='|' read -r header places; do
		if [ -z "$header" ] || [[ $3 != "$header"* ]]; then continue; fi
		for place in $places; do [[ $1 == "$place"* ]] && return; done
		echo "$1:$2: $3 belongs to $places alone"
	done <<<"$owners"
}

check() {
	local file room line name target
	declare -A may=()
	while IFS=: read -r room name; do
		case $room in \#* | '') ;; *) may[$room]=" $room $name " ;; esac
	done <"$root/src/build/rooms.txt"
	for room in "$root"/src/*/; do
		room=${room%/} room=${room##*/}
		compgen -G "$root/src/$room/*.[ch]" >/dev/null || continue
		[ -n "${may[$room]-}" ] || echo "src/$room:1: the room $room is not in src/build/rooms.txt"
	done
	while read -r file line name; do
		case $file:$name in
		include/*:'<exosign/'*) ;;
		include/*:'"'*) echo "$file:$line: $name is not installed" ;;
		src/sandbox/*:'<exosign/'*) echo "$file:$line: the sandbox shares nothing with the library ($name)" ;;
		src/*:'"'*/*)
			room=${file#src/} room=${room%%/*} target=${name#\"} target=${target%%/*}
			[[ ${may[$room]-} == *" $target "* ]] || echo "$file:$line: $room may not include $target ($name)"
			;;
		src/sandbox/*:'"'*) ;;
		src/*:'"'*) echo "$file:$line: $name is written without its room" ;;
		*) belongs "$file" "$line" "$name" ;;
		esac
	done < <(includes)
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
