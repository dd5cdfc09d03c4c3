#!/bin/bash
# From nothing to a working app: planned, done, repeated, killed after every step, refused.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/support/lifecycle.sh
. "$EXS_SOURCE_DIR/tests/support/lifecycle.sh"
sandbox_up
administrator
role=('--role' 'Exchange Recipient Administrator')

story 'a plan shows every step and changes nothing'
new_profile prod
before=$(graph GET applications | jq '.value | length')
expect_exit 0 -- with_administrator using prod app plan "${role[@]}" -o ndjson
out_json '.state == "needed"'
out_lines 11
jq -r .step "$out" >"$own/steps"
expect 'no application was made' test "$(graph GET applications | jq '.value | length')" = "$before"
expect 'no key was made' test -z "$("$exosign" --config "$conf" hsm list -o ndjson | jq -r 'select(.label == "prod")')"
expect_exit 0 -- with_administrator using prod app setup --dry-run "${role[@]}" -o ndjson
out_json '.state == "needed"'

story 'without a yes and without a terminal nothing is done'
expect_error E-UNCONFIRMED 2 -- with_administrator using prod app setup "${role[@]}"

story 'a setup leads to a token and a cmdlet, and the profile works'
expect_exit 0 -- with_administrator using prod app setup "${role[@]}" --yes -o ndjson
out_json '.state == "made"'
out_lines 11
err_matches 'detail="\\"[a-z ]+\\", for this tenant alone"'
client=$(setting prod client-id)
expect 'the profile has its comment still' grep -q '^# kept by' "$own/prod.conf"
expect_exit 0 -- using prod run Get-Mailbox -ResultSize 1 --select Name
expect 'it is for this tenant alone' test "$(graph GET "applications(appId='$client')" | jq -r .signInAudience)" = AzureADMyOrg
expect 'the logbook is private' test -z "$(find "$HOME/.local/state/exosign/lifecycle" -type f -perm /077)"
expect 'and holds no secret' test -z "$(grep -rl -e eyJ -e "$(cat "$sandbox/pin")" "$HOME/.local/state/exosign/lifecycle")"

story 'done again, nothing is made but the proof'
keys=$(keys_of "$client")
expect_exit 0 -- with_administrator using prod app setup "${role[@]}" --yes -o ndjson
expect 'two proofs' test "$(jq -r 'select(.state == "made") | .step' "$out" | tr '\n' ' ')" = 'token cmdlet '
expect 'the certificates are the same bytes' test "$(keys_of "$client")" = "$keys"

story 'the status shows the app beside the token, each id under its name'
expect_exit 0 -- with_administrator using prod app status -o ndjson
expect 'the client id is not the object id' jq -es --arg client "$client" \
	'any(.[]; .kind == "application" and (.detail | contains($client)) and .object_id != $client)' "$out"
expect 'one certificate is matched' jq -es 'map(select(.kind == "certificate" and .state == "matched")) | length == 1' "$out"
expect 'another is orphaned' jq -es 'any(.[]; .kind == "certificate" and .state == "orphaned")' "$out"
expect_exit 0 -- using prod app status -o ndjson
expect 'the own token shows what it may' jq -es 'any(.[]; .state == "unreadable") and any(.[]; .state == "accepted")' "$out"

story 'another team'"'"'s certificate stays byte for byte'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/other.key" -out "$own/other.pem" -days 30 -subj /CN=other 2>/dev/null
new_profile shared
object=$(graph POST applications "$(jq -nc --arg key "$(openssl x509 -in "$own/other.pem" -outform DER | base64 -w0)" \
	'{displayName: "shared", signInAudience: "AzureADMyOrg", tags: ["exosign"],
	keyCredentials: [{type: "AsymmetricX509Cert", usage: "Verify", key: $key, displayName: "Nachbar \"ü\"",
	customKeyIdentifier: "MTIzNDU2"}]}')" | jq -r .id)
others=$(graph GET "applications/$object?\$select=keyCredentials" | jq -c '.keyCredentials[0]')
expect_exit 0 -- with_administrator using shared app setup --name shared "${role[@]}" --yes -o ndjson
expect 'the application was found, not made' jq -es 'any(.[]; .step == "application" and .state == "done")' "$out"
expect 'the other one is what it was' test "$(graph GET "applications/$object?\$select=keyCredentials" | jq -c '.keyCredentials[0]')" = "$others"
expect 'ours is beside it' test "$(graph GET "applications/$object?\$select=keyCredentials" | jq '.keyCredentials | length')" = 2

story 'killed after every step, it is finished by the next run, and there is one application'
new_profile killed
while read -r step; do
	for state in begun made; do
		killed_at "$step" "$state" using killed app setup --name killed "${role[@]}" --yes --access-token-fd 3
		if [ -n "$(setting killed client-id)" ]; then
			expect "a token after $step was $state" using killed token get
		fi
	done
done <"$own/steps"
expect_exit 0 -- with_administrator using killed app setup --name killed "${role[@]}" --yes -o ndjson
expect 'one application' test "$(graph GET applications | jq '[.value[] | select(.displayName == "killed")] | length')" = 1
expect 'with one certificate' test "$(keys_of "$(setting killed client-id)" | jq length)" = 1
expect_exit 0 -- using killed run Get-AcceptedDomain

story 'what the directory does not know yet is waited for'
new_profile late
fault graph-late=2
fault graph-late-grant=1
fault graph-late-key=1
expect_exit 0 -- with_administrator using late app setup --name late "${role[@]}" --yes -o ndjson
no_faults
expect 'one application' test "$(graph GET applications | jq '[.value[] | select(.displayName == "late")] | length')" = 1

story 'answers that are lost, late or broken are overcome, and nothing is made twice'
new_profile rough
for operation in application.create principal.create application.update grant.create role.assign; do
	fault graph-lost --cmdlet "$operation" --count 1
done
fault graph-half --cmdlet application.update --count 1
fault graph-429=0 --cmdlet grant.create --count 1
fault graph-lost-early --cmdlet role.assign --count 1
fault graph-503=0 --cmdlet application.get --count 1
fault graph-half --cmdlet principal.get --count 1
expect_exit 0 -- with_administrator using rough app setup --name rough "${role[@]}" --yes -o ndjson
no_faults
expect 'one application' test "$(graph GET applications | jq '[.value[] | select(.displayName == "rough")] | length')" = 1
expect 'one certificate' test "$(keys_of "$(setting rough client-id)" | jq length)" = 1

story 'an application that nobody knows of is not made a second time in the same run'
new_profile twice
fault graph-lost-early --cmdlet application.create --count 1
expect_exit 12 -- with_administrator using twice app setup --name twice "${role[@]}" --yes -o ndjson
err_has E-GRAPH-UNKNOWN
no_faults

story 'who may not is told which right is missing'
new_profile refused
administrator --user reader
expect_error E-GRAPH-FORBIDDEN 7 -- with_administrator using refused app setup --name refused --yes -q
err_has 'Application Administrator'
administrator

story 'what cannot be is refused before anything is asked'
expect_error E-USAGE 2 -- with_administrator using refused app plan --role 'Janitor'
err_has 'emit checklist'
expect_exit 2 -- with_administrator using refused app plan --permission 'Exchange.Everything'
err_has 'E-USAGE'
err_has Exchange.ManageAsApp

story 'a person signs in with a code'
fault signin-interval=1
rm -f "$own/prompt"
using prod app status --administrator -o ndjson >"$own/coded" 2>"$own/prompt" &
person=$!
until grep -qs 'code=' "$own/prompt" || ! kill -0 $person; do sleep 0.1; done
expect 'approved' "$exosign" sandbox approve --dir "$sandbox" "$(sed -n 's/.* code=\([A-Z0-9-]*\).*/\1/p' "$own/prompt")"
expect 'and sees all' wait $person
expect 'the application too' grep -q '"state":"there"' "$own/coded"
rm -f "$own/prompt"
using prod app status --administrator -o ndjson >"$own/coded" 2>"$own/prompt" &
person=$!
until grep -qs 'code=' "$own/prompt" || ! kill -0 $person; do sleep 0.1; done
expect 'declined' "$exosign" sandbox approve --dir "$sandbox" "$(sed -n 's/.* code=\([A-Z0-9-]*\).*/\1/p' "$own/prompt")" --deny
wait $person
expect 'exit 7' test $? -eq 7
expect 'said so' grep -q 'E-SIGNIN' "$own/prompt"
no_faults

story 'a person signs in in a browser, and a stranger'"'"'s redirect is not taken'
rm -f "$own/prompt"
using prod app status --browser -o ndjson >"$own/coded" 2>"$own/prompt" &
person=$!
until grep -qs 'open=' "$own/prompt" || ! kill -0 $person; do sleep 0.1; done
url=$(sed -n 's/.*open="\([^"]*\)".*/\1/p' "$own/prompt")
port=$(sed -n 's/.*localhost%3A\([0-9]*\)%2F.*/\1/p' <<<"$url")
expect 'a wrong state is answered 404' test "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/?code=x&state=guess")" = 404
next=$(curl -sS --cacert "$sandbox/ca.pem" "$url" | sed -n 's/.*content="1;url=\([^"]*\)".*/\1/p')
expect 'approved' "$exosign" sandbox approve --dir "$sandbox"
back=$(curl -sS -o /dev/null -w '%{redirect_url}' --cacert "$sandbox/ca.pem" "$next")
expect 'the browser is told' grep -q 'close this window' <(curl -s -4 "$back")
expect 'and all is seen' wait $person
expect 'the application too' grep -q '"state":"there"' "$own/coded"

story 'what somebody else must do is printed, and nothing is done'
new_profile paper
expect_exit 0 -- using paper app setup --emit checklist --role 'Global Reader'
out_has 'Exchange.ManageAsApp'
out_has 'New-ServicePrincipal'
expect_exit 0 -- using prod app setup --emit manifest
out_json '.signInAudience == "AzureADMyOrg" and (.keyCredentials | length) == 1'
expect_exit 0 -- using prod app setup --emit powershell --role 'Exchange Administrator'
out_has 29232cdf-9323-42fd-ade2-1d097af3e4de
expect_exit 0 -- using prod app consent-url
out_has "/adminconsent?client_id=$client"
