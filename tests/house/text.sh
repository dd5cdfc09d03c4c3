#!/bin/bash
# text.sh: shell scripts parse and pass shellcheck; text is UTF-8 without carriage returns.
. "$(dirname "$0")/lib.sh"

# Not asked for: SC2317 (functions that are handed to `check` by name look unreachable), SC2016 (a $ in single quotes is
# PowerShell's), SC2119 (a function with options that none were given).
scripts() {
	(cd "$root" && if [ -n "${only_file-}" ]; then echo "$only_file" && exit; fi
	find tests softhsm-fixtures .ci src -type f ! -path '*/corpus/*' | sort | while read -r file; do
		case $file in *.sh) echo "$file" && continue ;; esac
		head -n 1 "$file" | grep -aqE '^#! ?/(usr/)?bin/(env )?(ba|da)?sh' && echo "$file"
	done)
}

check() {
	local file list
	mapfile -t list < <(scripts)
	(cd "$root" && shellcheck -e SC2317,SC2016,SC2119 -x -P SCRIPTDIR -P . -f gcc -S style "${list[@]}" 2>&1)
	(cd "$root" && grep -rlI $'\r' src include tests softhsm-fixtures README.md --include='*.[ch]' --include='*.sh' \
		--include='*.md' --include='*.cmake' --exclude-dir=corpus | sed 's/$/:1: has carriage returns/')
	while read -r file; do
		iconv -f UTF-8 -t UTF-8 "$root/$file" >/dev/null 2>&1 || echo "$file:1: is not UTF-8"
	done < <(files src include tests)
}

plants() {
	only_file=tests/house/careless.sh # the others were looked at already
	plant 'a variable that falls apart' 'SC2086' \
		'printf "#!/bin/sh\nx=\"a b\"\ncp \$x /tmp\n" >tests/house/careless.sh'
	plant 'carriage returns' 'carriage returns' 'printf "/* x */\r\n" >src/base/crlf.c'
	plant 'Latin-1' 'not UTF-8' 'printf "/* caf\351 */\n" >src/base/latin.c'
}

house "$@"
