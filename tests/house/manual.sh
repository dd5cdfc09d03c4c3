#!/bin/bash
# manual.sh: the manual pages that the build makes pass the lint of mandoc and name every option and setting of the tables.
. "$(dirname "$0")/lib.sh"

build=${EXS_BUILD_DIR:-$root/build-tests/plain}

page() {
	find "${pages:-$build}" -maxdepth 3 -name "$1" -type f | sed -n 1p
}

# the page as plain text
seen() {
	mandoc -T ascii "$1" | perl -pe 's{.\x08}{}g'
}

check() {
	local file text option setting
	for file in exosign.1 exosign.conf.5; do
		if [ -z "$(page $file)" ]; then
			echo "$file: is not made by the build"
			continue
		fi
		# an ERRORS section is usual for programs too, and a sentence may share its line
		mandoc -T lint -W warning "$(page $file)" | grep -vE 'new sentence, new line|unexpected section: Sh ERRORS'
	done
	[ -n "$(page exosign.1)" ] && [ -n "$(page exosign.conf.5)" ] || return
	text=$(seen "$(page exosign.1)")
	while read -r option; do
		grep -qF -- "$option" <<<"$text" || echo "exosign.1: $option is missing"
	done < <(perl -0777 -ne 'print "$1\n" while /\bOPTION\(\s*\w+,\s*[^,]+,\s*"(--[a-z-]+)"(?![^\n]*HIDDEN)/g' "$root/src/cli/options.def")
	text=$(seen "$(page exosign.conf.5)")
	while read -r setting; do
		grep -qF -- "$setting" <<<"$text" || echo "exosign.conf.5: $setting is missing"
	done < <(perl -0777 -ne 'print "$1\n" while /\bSETTING\(\s*\w+,\s*"([a-z.0-9-]+)"/g' "$root/src/config/settings.def")
}

plants() {
	local copies
	copies=$(mktemp -d)
	cp "$(page exosign.1)" "$(page exosign.conf.5)" "$copies"
	pages=$copies
	plant 'an option without a word in the manual' '--invented is missing' \
		'printf "OPTION(INVENTED, 0, \"--invented\", \"\", \"\", \"\", 0, \"x\")\n" >>src/cli/options.def'
	plant 'a setting without a word in the manual' 'invented.setting is missing' \
		'printf "SETTING(INVENTED, \"invented.setting\", \"--x\")\n" >>src/config/settings.def'
	echo '.Xx nonsense' >>"$pages/exosign.1"
	plant 'a page mandoc cannot read' 'skipping unknown macro' true
	rm -rf "$pages"
}

house "$@"
