#!/bin/bash
# A new key takes over from the old one: without a permission, killed at every step, two at once, refused, by an authority of one's own.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/lifecycle.sh
. "$EXS_SOURCE_DIR/tests/support/lifecycle.sh"
sandbox_up
administrator
module=$(sed -n 's/^key = .*module-path=\(.*\)/\1/p' "$conf")

# app NAME: a profile with a working app
app() {
	new_profile "$1"
	with_administrator using "$1" app setup --name "$1" --role 'Global Reader' --yes -o none -q 2>"$err" || bad "no app for $1"
}
# works NAME WHAT: the profile gets a token from the directory
works() {
	expect "a token $2" using "$1" token get
}

story 'a rotation needs no permission and leaves one certificate, the new one'
app plain
client=$(setting plain client-id) old=$(setting plain key)
before=$(keys_of "$client" | jq -r '.[0].keyId')
expect_exit 0 -- using plain app key rotate --yes -o ndjson
expect 'the profile names another key' test "$(setting plain key)" != "$old"
expect 'its comment is there' grep -q '^# kept by' "$own/plain.conf"
expect 'one certificate' test "$(keys_of "$client" | jq length)" = 1
expect 'not the old one' test "$(keys_of "$client" | jq -r '.[0].keyId')" != "$before"
works plain 'by the new key'
expect_exit 0 -- using plain app key rotate --yes -o ndjson
expect 'and once more, under another name' test "$(keys_of "$client" | jq length)" = 1
works plain 'by the third key'

story 'a plan changes nothing'
was=$(cat "$own/plain.conf") keys=$(keys_of "$client")
expect_exit 0 -- using plain app key rotate --dry-run -o ndjson
jq -r 'select(.state == "needed") | .step' "$out" >"$own/steps"
expect 'the profile is the same' test "$(cat "$own/plain.conf")" = "$was"
expect 'the certificates too' test "$(keys_of "$client")" = "$keys"
expect_error E-UNCONFIRMED 2 -- using plain app key rotate

story 'killed at every step, the profile works at every instant, and the next run ends it'
app killed
killed=$(setting killed client-id)
while read -r step; do
	for state in begun made; do
		killed_at "$step" "$state" using killed app key rotate --yes
		works killed "after $step was $state"
	done
done <"$own/steps"
expect_exit 0 -- using killed app key rotate --yes -o ndjson
works killed 'at the end'
expect 'one certificate' test "$(keys_of "$killed" | jq length)" = 1

story 'with an overlap the old certificate stays until its time, and goes then'
app overlap
overlap=$(setting overlap client-id)
expect_exit 0 -- using overlap app key rotate --overlap 7d --yes -o ndjson
expect 'it waits' jq -es 'any(.[]; .step == "retire" and .state == "waiting")' "$out"
expect 'two certificates' test "$(keys_of "$overlap" | jq length)" = 2
works overlap 'by the new key'
expect_exit 0 -- using overlap app key rotate --yes -o ndjson
expect 'still two: the rotation is the same one' test "$(keys_of "$overlap" | jq length)" = 2
book=$HOME/.local/state/exosign/lifecycle/app-$overlap.json
jq -c '.retire_after = "1"' "$book" >"$own/book" && cat "$own/book" >"$book"
expect_exit 0 -- using overlap app key retire --yes -o ndjson
expect 'one certificate' test "$(keys_of "$overlap" | jq length)" = 1
works overlap 'after the old one went'
expect_exit 0 -- using overlap app key rotate --dry-run -o ndjson
expect 'the renewal is at its end: the next is another one' jq -es 'any(.[]; .step == "key" and .state == "needed")' "$out"

story 'two rotations at once: one wins, the other says so'
app both
fault graph-429=3 --cmdlet application.addKey --count 1
using both app key rotate --yes -v -o ndjson >"$own/first" 2>"$own/first.err" &
first=$!
until grep -q 'step=add state=begun' "$own/first.err" || ! kill -0 $first; do sleep 0.05; done
expect_error E-APP-BUSY 13 -- using both app key rotate --yes
expect 'the first is done' wait $first
no_faults
works both 'after both'
expect 'one certificate' test "$(keys_of "$(setting both client-id)" | jq length)" = 1

story 'what the directory knows late is waited for; lost and broken answers are overcome'
app rough
fault graph-late-key=2
expect_exit 0 -- using rough app key rotate --yes -o ndjson
no_faults
for operation in application.addKey application.removeKey; do
	for wrong in graph-lost graph-half; do
		fault "$wrong" --cmdlet "$operation" --count 1
		expect_exit 0 -- using rough app key rotate --yes -o ndjson
		works rough "after $wrong in $operation"
	done
done
no_faults
expect 'one certificate' test "$(keys_of "$(setting rough client-id)" | jq length)" = 1

story 'a rotation that fails leaves the old key working'
app failed
old=$(setting failed key)
fault graph-403 --cmdlet application.addKey
expect_exit 7 -- using failed app key rotate --yes -o ndjson
err_has E-GRAPH-FORBIDDEN
works failed 'by the old key'
expect 'the profile is as it was' test "$(setting failed key)" = "$old"
no_faults
expect_exit 0 -- using failed app key rotate --yes -o ndjson
works failed 'by the new key'

story 'another team'"'"'s certificate stays byte for byte, with the whole list written too'
app shared
shared=$(setting shared client-id)
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/other.key" -out "$own/other.pem" -days 30 -subj /CN=other 2>/dev/null
graph GET "applications(appId='$shared')?\$select=id,keyCredentials" >"$own/app.json"
graph PATCH "applications/$(jq -r .id "$own/app.json")" "$(jq -c --arg key "$(openssl x509 -in "$own/other.pem" -outform DER | base64 -w0)" \
	'{keyCredentials: (.keyCredentials + [{type: "AsymmetricX509Cert", usage: "Verify", key: $key, displayName: "other"}])}' "$own/app.json")"
others=$(keys_of "$shared" | jq -c '.[] | select(.displayName == "other")')
expect_exit 0 -- with_administrator using shared app key rotate --yes -o ndjson
expect 'the other one is what it was' test "$(keys_of "$shared" | jq -c '.[] | select(.displayName == "other")')" = "$others"
expect 'two certificates' test "$(keys_of "$shared" | jq length)" = 2
works shared 'by the new key'
expect_exit 0 -- using shared app key rotate --yes -o ndjson
expect 'nor does a proof touch it' test "$(keys_of "$shared" | jq -c '.[] | select(.displayName == "other")')" = "$others"

story 'the certificate the profile signs with, and the last one, are never taken away'
mine=$("$exosign" --config "$own/plain.conf" --profile plain cert show -o ndjson | jq -r .sha1)
expect_exit 13 -- using plain app key retire "$mine" --yes -o ndjson
err_has E-APP-LAST
expect_exit 13 -- with_administrator using plain app key retire "$mine" --yes -o ndjson
works plain 'all the same'
expect_exit 2 -- with_administrator using plain app key retire 0000000000000000000000000000000000000000 --yes -o ndjson

story 'one more key is added, and the profile stays'
was=$(cat "$own/plain.conf")
expect_exit 0 -- using plain app key add "pkcs11:token=sandbox;object=spare?module-path=$module" --yes -o ndjson
expect 'two certificates' test "$(keys_of "$client" | jq length)" = 2
expect 'the profile is the same' test "$(cat "$own/plain.conf")" = "$was"
expect 'the other key gets a token' using plain --key "pkcs11:token=sandbox;object=spare?module-path=$module" token get

story 'an authority of one'"'"'s own: the request goes out, the certificate comes in'
app corporate
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/ca.key" -out "$own/ca.pem" -days 30 -subj /CN=ca 2>/dev/null
expect_exit 0 -- using corporate app key rotate --request "$own/new.csr" --yes -o ndjson
expect 'it waits for the authority' jq -es 'any(.[]; .step == "request" and (.detail | contains("--issued")))' "$out"
works corporate 'meanwhile'
openssl x509 -req -in "$own/new.csr" -CA "$own/ca.pem" -CAkey "$own/ca.key" -CAcreateserial -days 20 -out "$own/new.pem" 2>/dev/null
expect_exit 0 -- using corporate app key rotate --issued "$own/new.pem" --yes -o ndjson
works corporate 'by the certificate that the authority issued'
expect 'one certificate' test "$(keys_of "$(setting corporate client-id)" | jq length)" = 1

story 'the tenant'"'"'s policy on lifetimes is read first and obeyed'
app lawful
graph PATCH policies/defaultAppManagementPolicy '{"isEnabled":true,"applicationRestrictions":{"keyCredentials":[
	{"restrictionType":"asymmetricKeyLifetime","state":"enabled","maxLifetime":"P90D"}]}}'
expect_exit 13 -- with_administrator using lawful app key rotate --days 365 --yes -o ndjson
err_has E-APP-POLICY
works lawful 'by the old key'
expect_exit 0 -- with_administrator using lawful app key rotate --yes -o ndjson
works lawful 'by the new key'
expect 'it ends in time' test "$(($(using lawful cert show -o ndjson | jq -r '.not_after | fromdate') - $(date +%s)))" -lt 7776000

story 'a logbook that is not ours is refused'
echo '{"object_id":7}' >"$HOME/.local/state/exosign/lifecycle/app-$client.json"
expect_error E-JOURNAL 3 -- using plain app key rotate --yes
rm "$HOME/.local/state/exosign/lifecycle/app-$client.json"
expect_error E-APP-ID 3 -- using plain app key rotate --yes
