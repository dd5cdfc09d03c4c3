#!/bin/bash
# codes.sh: every row of src/base/codes.def is used, and every code that code, tests, manual or README name is a row.
. "$(dirname "$0")/lib.sh"

check() {
	local id code known used file line word
	declare -A known=() used=()
	while read -r id code; do
		known[$code]=$id
	done < <(perl -0777 -ne 'print "$1 $2\n" while /\bCODE\((\w+),\s*"([^"]+)"/g' "$root/src/base/codes.def")
	while read -r id; do used[$id]=1; done < <(cd "$root" && grep -rhoE '\bE_[A-Z][A-Z0-9_]*\b' src --include='*.[ch]' | sort -u)
	# the tables of other rooms name the rows without their prefix
	while read -r id; do used[E_$id]=1; done < <(cd "$root" && find src -name '*.def' ! -name codes.def -exec grep -hoE '\b[A-Z][A-Z0-9_]+\b' {} + | sort -u)
	for code in "${!known[@]}"; do
		[ -n "${used[E_${known[$code]}]-}" ] || echo "src/base/codes.def: $code is never used"
	done
	while IFS=: read -r file line word; do
		[ "$word" = E-CODE ] && continue # how an error looks, in prose
		# a closer code, E-ENTRA-700027, belongs to its row
		code=$word
		while [ -n "$code" ] && [ -z "${known[$code]-}" ]; do
			case $code in *-*) code=${code%-*} ;; *) code='' ;; esac
		done
		[ -n "$code" ] || echo "$file:$line: $word is no code of ours"
	done < <(cd "$root" && grep -rnoE '\bE-[A-Z]{2,}[A-Z0-9]*(-[A-Z0-9]+)*\b' src tests README.md \
		--exclude-dir=house --exclude-dir=corpus --exclude=codes.def)
}

plants() {
	plant 'a row nobody uses' 'E-IDLE is never used' \
		'echo "CODE(IDLE, \"E-IDLE\", EXS_USAGE, \"nothing\", \"\")" >>src/base/codes.def'
	plant 'a code nobody knows' 'E-NOWHERE is no code' 'echo "See E-NOWHERE." >>README.md'
}

house "$@"
