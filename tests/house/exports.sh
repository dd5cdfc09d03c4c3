#!/bin/bash
# exports.sh: what the shared library exports is what the public headers declare, name by name.
. "$(dirname "$0")/lib.sh"

build=${EXS_BUILD_DIR:-$root/build-tests/plain}

declared() {
	local list
	list=$(mktemp)
	gcc -std=c11 -fsyntax-only -aux-info "$list" -I"$root/include" -I"$build/include" -x c - \
		<<<'#include <exosign/exosign.h>'
	sed -nE 's|^/\* [^ ]*exosign/[^ ]* \*/.*[ *](exs_[a-z0-9_]+) \(.*|\1|p' "$list" | sort -u
	rm -f "$list"
}

exported() {
	nm -D --defined-only "$build/libexosign.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u
}

check() {
	local a b
	a=$(declared) b=$(exported)
	[ -n "$a" ] || echo "include/exosign: no function was found in the headers"
	comm -23 <(echo "$a") <(echo "$b") | sed 's/.*/include\/exosign: & is declared but not exported/'
	comm -13 <(echo "$a") <(echo "$b") | sed 's/.*/libexosign.so: & is exported but not declared/'
}

plants() {
	plant 'a promise nobody keeps' 'exs_context_promise is declared but not exported' \
		'sed -i "s/^void exs_context_free(.*/&\nvoid exs_context_promise(void);/" include/exosign/context.h'
	plant 'a symbol nobody declared' 'exs_context_free is exported but not declared' \
		'sed -i "/^void exs_context_free(/d" include/exosign/context.h'
}

house "$@"
