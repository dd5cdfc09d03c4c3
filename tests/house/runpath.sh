#!/bin/bash
# runpath.sh: no program or library of ours looks for libraries in the working directory or another relative place.
. "$(dirname "$0")/lib.sh"

build=${EXS_BUILD_DIR:-$root/build-tests/plain}

# PATHS NAME: prints each entry that is neither absolute nor $ORIGIN
relative() {
	local entry entries
	IFS=: read -ra entries <<<"$1:end"
	for entry in "${entries[@]:0:${#entries[@]}-1}"; do
		[[ $entry == /* || $entry == '$ORIGIN'* ]] || echo "$2: its run path \"$1\" has the relative entry \"$entry\""
	done
}

check() {
	local file path
	for file in "$build/exosign" "$build/exosign-sandbox" "$build"/libexosign.so.?; do
		[ -e "$file" ] || { echo "$file: is not built" && continue; }
		path=$(readelf -d "$file" | sed -nE 's/.*\((RUNPATH|RPATH)\).*\[(.*)\]/\2/p')
		[ -z "$path" ] || relative "$path" "$(basename "$file")"
	done
	[ -z "${planted_path+x}" ] || relative "$planted_path" planted
}

plants() {
	planted_path='/usr/lib:'
	plant 'an empty entry' 'planted: its run path "/usr/lib:" has the relative entry ""' true
	planted_path='$ORIGIN/../lib:lib'
	plant 'a relative entry' 'the relative entry "lib"' true
	unset planted_path
}

house "$@"
