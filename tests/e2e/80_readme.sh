#!/bin/bash
# What the README tells its readers to type is typed here, block by block, as it stands.
#
# A fenced block behind a line <!-- run NAME --> is run with `bash -e` in a directory of its NAME; blocks of one NAME share the
# directory, a home and a tenant, contoso.onmicrosoft.com of the sandbox. The reader's profile there is "prod". It is whole,
# but where NAME is "nothing": then it says no more than how the sandbox is reached, and an administrator's sign-in answers itself.
. "$(dirname "$0")/lib.sh"

readme=$EXS_SOURCE_DIR/README.md
mkdir "$own/blocks" "$own/places"
# A file a block: its first line says what stood in the comment and the heading, the others are the block.
awk -v dir="$own/blocks" '
	/^<!-- run .* -->$/ { said = $3; next }
	/^## / { heading = substr($0, 4) }
	/^```/ && inside { inside = 0; close(file); next }
	/^```/ && said != "" { inside = 1; n++; file = sprintf("%s/%03d", dir, n); print said "\t" heading >file; said = ""; next }
	inside { print >file }' "$readme"

# begin NAME: home, profile and tenant of the blocks with this name
begin() {
	local wanted='.'
	mkdir "$own/places/$1"
	sandbox_up --domain contoso.onmicrosoft.com
	[ "$1" != nothing ] || wanted='^\(cloud\|softhsm-conf\|ca-file\|pin-source\|endpoint\.[a-z]*\) *='
	mkdir -p "$HOME/.config/exosign"
	{ echo '[profile "prod"]' && sed -n '/^\[profile/,$p' "$conf" | tail -n +2 | grep "$wanted"; } >"$HOME/.config/exosign/config"
	chmod 600 "$HOME/.config/exosign/config"
	[ "$1" != nothing ] || "$exosign" sandbox signin --dir "$sandbox" --auto admin >/dev/null
	conf=''
}

place=''
for block in "$own"/blocks/*; do
	IFS=$'\t' read -r name heading <"$block"
	if [ "$place" != "$name" ]; then
		place=$name
		begin "$name"
	fi
	tail -n +2 "$block" >"$own/typed"
	story "README, $heading: $(grep -m 1 -o 'exosign [a-z-].*' "$own/typed" | cut -c1-80)"
	cd "$own/places/$name" || exit 1
	seconds=120
	expect_exit 0 -- bash -e "$own/typed"
done

story 'the README has blocks that were run'
expect 'some were found' test -e "$own/blocks/001"
