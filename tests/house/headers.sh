#!/bin/bash
# headers.sh: each header can be read and compiled on its own, twice, and the public ones also as C++.
. "$(dirname "$0")/lib.sh"

compile() { # LANGUAGE HEADER FLAGS...
	local language=$1 header=$2
	shift 2
	printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
		gcc -x "$language" -fsyntax-only -Wall -Wextra -Werror -Wno-unused-function -D_GNU_SOURCE "$@" - 2>&1 |
		sed -nE "s#^.*(fatal )?error: (.*)#${header#"$root"/}: does not compile alone as $language: \2#p" | sed -n 1p
}

check() {
	local file flags
	flags=(-I"$root/include" -I"$root/src" -I"${EXS_BUILD_DIR:-$root/build-tests/plain}/include")
	# shellcheck disable=SC2207
	flags+=($(pkg-config --cflags-only-I p11-kit-1 libcjson libcrypto libcurl 2>/dev/null))
	for file in $(files "${only_below:-include}" "${only_below:-src}"); do
		case $file in
		*.c) continue ;;
		include/*)
			compile c "$root/$file" -std=c11 "${flags[@]}"
			compile c++ "$root/$file" -std=c++11 "${flags[@]}"
			;;
		*) compile c "$root/$file" -std=c11 "${flags[@]}" ;;
		esac
	done
}

plants() {
	only_below=src/base
	plant 'a header that needs another one first' 'id.h: does not compile alone as c:' \
		'sed -i "/#include/d" src/base/id.h'
	plant 'a header without a guard' 'does not compile alone' \
		'printf "/* x */\nstruct unguarded { int x; };\n" >src/base/unguarded.h'
	only_below=include
	plant 'a public header C++ cannot read' 'as c\+\+' \
		'sed -i "s/^void exs_context_free(.*/void exs_context_free(exs_context *class);/" include/exosign/context.h'
}

house "$@"
