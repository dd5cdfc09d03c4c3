#!/bin/bash
# From a token to a profile: all from options without a terminal, or asked for at one; what stands in the file stays.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 1
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
setting() { sed -n "s|^$1 = ||p" "$sandbox/exosign.conf"; }
# What every sandbox profile needs besides.
base=(--cloud sandbox --softhsm-conf "$(setting softhsm-conf)" --ca-file "$(setting ca-file)")
for name in login graph exchange compliance vault; do base+=("--endpoint-$name" "$(setting endpoint.$name)"); done
who=(--tenant "$(setting tenant)" --client-id "$(setting client-id)")
key=$(setting key)
conf=''
file=$HOME/.config/exosign/config

story 'without a terminal all comes from options, and the doctor has the last word'
expect_exit 0 -- exo --profile prod init --key "$key" "${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}"
err_has 'profile written profile=prod'
out_json '.verdict == "fine" or .verdict == "not-tried"'
expect 'private' test "$(stat -c %a "$file")" = 600
expect 'in a private directory' test "$(stat -c %a "$(dirname "$file")")" = 700
expect 'nothing that is not a setting' bash -c "! grep -vE '^(\[profile \"prod\"\]|[a-z.-]+ = .+)$' '$file'"
expect_exit 0 -- exo run Get-Mailbox
out_lines 1
expect_exit 0 -- exo config check

story 'other profiles and comments stay byte for byte'
sed -i '1i # written by hand, über alles' "$file" && printf '\n# the end\n' >>"$file"
cp "$file" "$own/before"
expect_exit 0 -- exo --profile second init --key "$key" "${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}" --live
expect 'what was there is there' cmp -n "$(stat -c %s "$own/before")" "$own/before" "$file"
expect 'and one more section' test "$(grep -c '^\[profile ' "$file")" -eq 2
out_json '.verdict == "fine" or .check == "app"'

story 'a profile of that name is replaced only with --yes'
cp "$file" "$own/before"
expect_error E-UNCONFIRMED 2 -- exo --profile prod init --key "$key" "${who[@]}" "${base[@]}"
err_has 'there is a profile "prod" already'
expect 'nothing was written' cmp "$own/before" "$file"
expect_exit 0 -- exo --profile prod init --yes --no-input --key "$key" "${who[@]}" --organization sandbox.onmicrosoft.com "${base[@]}"
expect 'the pin-source is gone' test "$(grep -c pin-source "$file")" -eq 1
expect 'its comment is not' grep -q 'über alles' "$file"

story 'what is missing is named at once, and nothing is written'
rm -rf "$HOME/.config"
expect_error E-CONFIG-MISSING 3 -- exo init
err_has 'a profile needs --key, --tenant, --client-id'
expect_error E-CONFIG-MISSING 3 -- exo init --key "$key" --tenant contoso.example
err_has 'a profile needs --client-id'
expect_error E-CONFIG-VALUE 3 -- exo init --key "$key" --tenant contoso --client-id "$(setting client-id)"
expect_error E-CONFIG-VALUE 3 -- exo init --key "$key" --tenant contoso.example --client-id me
expect_error E-USAGE 2 -- exo --profile 'not a name' init --key "$key" "${who[@]}"
expect 'no file' test ! -e "$file"

story 'no secret gets into the file'
expect_error E-PIN-IN-URI 3 -- exo init --key "pkcs11:token=sandbox?pin-value=1234" "${who[@]}"
expect_error E-CONFIG-VALUE 3 -- exo init --key "$key" "${who[@]}" --proxy http://user:word@proxy.example:3128
err_has 'none is written into a file'
err_lacks word@
expect 'no file' test ! -e "$file"

story 'what the doctor finds broken is the exit status; the profile is written all the same'
expect_exit 5 -- exo --profile prod init --key "pkcs11:token=nowhere?module-path=$module" "${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}"
err_has 'error[E-DOCTOR'
expect 'written' grep -q 'token=nowhere' "$file"

story 'a file that is named is the one that is written, relative names made absolute'
cp "$sandbox/pin" "$own/pin" && chmod 600 "$own/pin"
expect_exit 0 -- env -C "$own" "$exosign" --config "$own/new.conf" --profile named init --key "$key" "${who[@]}" --pin-source file:pin "${base[@]}"
expect 'absolute' grep -qx "pin-source = file:$own/pin" "$own/new.conf"
expect_exit 0 -- exo --config "$own/new.conf" --profile named run Get-Mailbox

if ! command -v script >/dev/null; then
	story 'a person picks a key and answers'
	skip 'script(1) is not installed'
else
	story 'a person picks a key and answers'
	expect_exit 0 -- exo --softhsm-conf "$(setting softhsm-conf)" --cloud sandbox hsm list
	if ! jq -es 'any(.[]; .kind == "token" and .label == "sandbox")' "$out" >/dev/null; then
		skip 'SoftHSM is not registered with p11-kit here'
	else
		at_terminal 'name of the new profile' "$(printf 'asked\n1\n \n')" -- exo init "${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}"
		expect 'it ended well' test "$status" -eq 0
		out_matches '1  RSA-2048 "exchange" with certificate CN=exosign sandbox until'
		expect 'written' grep -q '^\[profile "asked"\]' "$file"
		expect 'with the key that was picked' bash -c "sed -n '/^.profile .asked/,\$p' '$file' | grep -q '^key = pkcs11:.*object=exchange'"

		story 'a person has a key made, and is asked again about what cannot be'
		at_terminal 'name of the new profile' "$(printf 'fresh\n99\n2\nfresh-key\ny\nnot a tenant!\n%s\n%s\n \n' "$(setting tenant)" \
			"$(setting client-id)")" -- exo init --pin-source "file:$sandbox/pin" "${base[@]}"
		expect 'the doctor misses its certificate' test "$status" -eq 6
		out_has 'make the key "fresh-key" as a new key on token "sandbox"'
		expect 'written' bash -c "sed -n '/^.profile .fresh/,\$p' '$file' | grep -q 'object=fresh-key'"

		story 'who has no app yet leaves its id to app setup'
		at_terminal 'name of the new profile' "$(printf 'later\n1\n \n \n')" -- exo init --tenant "$(setting tenant)" \
			--pin-source "file:$sandbox/pin" "${base[@]}"
		expect 'the profile is written without one' bash -c "sed -n '/\"later\"/,\$p' '$file' | grep -q '^tenant'"
		expect 'and no other is there' bash -c "! sed -n '/\"later\"/,\$p' '$file' | grep -q '^client-id'"
		out_has 'client-id'

		story 'no is no'
		at_terminal 'name of the new profile' "$(printf 'never\n3\nnever-key\nn\n')" -- exo init "${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}"
		expect 'it says so' test "$status" -eq 2
		expect 'nothing is written' bash -c "! grep -q never '$file'"
	fi
fi

story 'a key is made on request, before the profile that names it'
expect_exit 6 -- exo --profile made init --generate --key "pkcs11:token=sandbox;object=made?module-path=$module" "${who[@]}" \
	--pin-source "file:$sandbox/pin" "${base[@]}"
err_has 'key made'
expect 'the one thing missing is its certificate' jq -es 'map(select(.verdict == "broken")) | length == 1 and .[0].check == "certificate"' "$out"
expect_exit 0 -- exo --profile made key show
expect_error E-KEY-EXISTS 6 -- exo --profile again init --generate --key "pkcs11:token=sandbox;object=made?module-path=$module" \
	"${who[@]}" --pin-source "file:$sandbox/pin" "${base[@]}"
expect 'and then no profile is written' bash -c "! grep -q again '$file'"
