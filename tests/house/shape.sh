#!/bin/bash
# shape.sh: files of a sitting that say what they are, and no notes to ourselves.
. "$(dirname "$0")/lib.sh"

longest=400

check() {
	local file lines
	while read -r file; do
		lines=$(wc -l <"$root/$file")
		[ "$lines" -le $longest ] || echo "$file:$lines: longer than $longest lines: which two nouns has it become?"
		case $file in
		*.c | *.h)
			# a fuzz corpus or a table may hold anything, a C file opens with its paragraph
			head -c 2 "$root/$file" | grep -q '^/\*' || echo "$file:1: does not open with a comment"
			;;
		esac
		case ${file##*/} in
		*util* | *misc* | *common* | *helper*) echo "$file:1: a name that says nothing" ;;
		esac
		grep -nE '\b(TODO|FIXME|XXX|HACK)\b' "$root/$file" | sed -E "s|^([0-9]+):.*|$file:\1: a note to ourselves|"
		grep -nE '[[:blank:]]+$' "$root/$file" | sed -E "s|^([0-9]+):.*|$file:\1: blanks at the end of the line|"
	done < <(cd "$root" && find src include tests softhsm-fixtures .ci CMakeLists.txt -type f \
		! -path '*/corpus/*' ! -path tests/house/shape.sh ! -name '*.patch' | sort)
}

plants() {
	plant 'a file of 401 lines' 'long.c:401' '{ echo "/* x */"; seq 400; } >src/base/long.c'
	plant 'a file that does not say what it is' 'mute.c:1: does not open' 'echo "int x;" >src/base/mute.c'
	plant 'a note to ourselves' 'span.c:.*note to ourselves' 'echo "/* TODO: later */" >>src/base/span.c'
	plant 'a name that says nothing' 'says nothing' 'echo "/* x */" >src/base/string_utils.c'
	plant 'blanks at the end of a line' 'blanks at the end' 'echo "int x; " >>src/base/span.c'
}

house "$@"
