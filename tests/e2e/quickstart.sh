#!/bin/bash
# The first command of the README, from a clean copy of the source in a directory with a blank in its name.
. "$(dirname "$0")/lib.sh"

clone="$own/a clone"
if [ -n "${EXS_QUICK-}" ]; then
	story 'the quick start works from a clean clone'
	skip 'it builds everything once more; not with --quick'
	exit 0
fi
mkdir "$clone"
(cd "$EXS_SOURCE_DIR" && tar -cf - --exclude='./build*' --exclude=./.git .) | tar -xf - -C "$clone"
mkdir -p "$HOME/.config/exosign" "$HOME/.config/softhsm2"
echo '[profile "mine"]' >"$HOME/.config/exosign/config"
echo 'directories.tokendir = /nonexistent' >"$HOME/.config/softhsm2/softhsm2.conf"
(cd "$HOME" && find . -type f -exec sha256sum {} + | sort) >"$own/before"
cd "$clone" || exit 1
e2e_sandboxes+=("$clone/build/sandbox-instance")

story 'one command leads from a clean clone to a table of mailboxes'
seconds=1500
expect_exit 0 -- softhsm-fixtures/quickstart
out_matches '^Name +.*PrimarySmtpAddress'
out_matches '^gulay\.yildiz .*gulay\.yildiz@sandbox\.onmicrosoft\.com'
cp "$out" "$own/first"

story 'the three commands it ends with work as they stand'
grep -E '^  build/exosign ' "$own/first" >"$own/commands"
expect 'there are three' test "$(wc -l <"$own/commands")" -eq 3
seconds=60
while read -r command; do
	expect_exit 0 -- bash -c "$command"
done <"$own/commands"

story 'repeated, it builds nothing and shows the same table'
expect_exit 0 -- softhsm-fixtures/quickstart
out_matches '^gulay\.yildiz '
expect 'nothing was compiled' bash -c '! grep -E "Building C object" build/quickstart.log'

story 'it can be started from elsewhere, and its commands then work there'
cd "$HOME" || exit 1
expect_exit 0 -- "$clone/softhsm-fixtures/quickstart"
command=$(sed -n 's/^  \(.*exosign .*token get\)$/\1/p' "$out")
expect_exit 0 -- bash -c "$command"
out_json '.scope'

# not counted: our memory of PINs, and the file that the system's TPM module makes for itself whenever it is loaded
story 'it leaves the settings and tokens of the user alone'
expect 'nothing in the home directory changed' diff "$own/before" \
	<(cd "$HOME" && find . -type f ! -path '*/exosign/pin*' ! -path './.tpm2_pkcs11/*' -exec sha256sum {} + | sort)
expect_exit 0 -- "$clone/build/exosign" sandbox down --dir "$clone/build/sandbox-instance"
