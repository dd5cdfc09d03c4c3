#!/bin/bash
# Any REST call with the hardware-signed identity, and secrets of a key vault: the right token for the right host, and none for others.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 3
app() { "$exosign" sandbox app --dir "$sandbox" "$@"; }
client=$(sed -n 's/^client-id = //p' "$conf")
origin=$(sed -n 's/^endpoint.graph = //p' "$conf")
app role add Application.ReadWrite.All >/dev/null || echo 'no such role'

story 'a path is Graph'"'"'s, and the answer comes as it is'
expect_exit 0 -- exo api GET "/v1.0/applications(appId='$client')"
out_json ".appId == \"$client\" and has(\"id\")"
object=$(jq -r .id "$out")
expect_exit 0 -- exo api get "$origin/v1.0/applications/$object?\$select=id,displayName" -o json
out_json ".id == \"$object\""
expect_exit 0 -- exo api GET '/v1.0/servicePrincipals' --select appId -o csv --all
out_has "$client"

story 'every page of a list, or a failure'
expect_exit 0 -- exo api GET '/v1.0/servicePrincipals' --all
all=$(wc -l <"$out")
fault graph-page=1
expect_exit 0 -- exo api GET '/v1.0/servicePrincipals' --all
out_lines "$all"
expect_exit 0 -- exo api GET '/v1.0/servicePrincipals'
out_json 'has("@odata.nextLink") and (.value | length == 1)'
err_has 'one page of a list that goes on: --all'
no_faults

story 'what writes is sent once, with its body from a file or standard input'
printf '{"displayName":"renamed"}' >"$own/change.json"
expect_exit 0 -- exo api PATCH "/v1.0/applications/$object" --body "$own/change.json"
out_empty
stdin=$own/change.json expect_exit 0 -- exo api PATCH "/v1.0/applications/$object" --body -
expect_exit 0 -- exo api GET "/v1.0/applications/$object" --select displayName -o csv
out_has renamed
printf '{"displayName":' >"$own/half.json"
from_here
expect_error E-USAGE 2 -- exo api PATCH "/v1.0/applications/$object" --body "$own/half.json"
expect_error E-FILE 3 -- exo api PATCH "/v1.0/applications/$object" --body "$own/absent.json"
expect_error E-USAGE 2 -- exo api BREW /v1.0/x
expect_error E-USAGE 2 -- exo api GET /v1.0/x --header 'Authorization: Bearer x'
counted token.request 0

story 'nothing goes to a host outside the cloud, however it is written'
from_here
for url in https://evil.example/v1.0/x "https://evil.example@localhost/" "${origin/localhost/localhost.evil.example}/v1.0/x" \
	http://localhost/v1.0/x 'https://graph.microsoft.com/v1.0/x'; do
	run exo api GET "$url"
	expect "refused: $url" test "$status" -ne 0
	err_matches 'error\[E-(HOST|URL)\]'
done
counted token.request 0

story 'a refusal is told in the service'"'"'s words, with what the token may'
expect_error E-GRAPH-NOT-FOUND 7 -- exo api GET /v1.0/applications/00000000-0000-4000-8000-000000000000
app role remove Application.ReadWrite.All >/dev/null
expect_error E-GRAPH-FORBIDDEN 7 -- exo api GET "/v1.0/applications/$object"
err_has 'the token carries: '
app role add Application.ReadWrite.All >/dev/null

story 'the request can be looked at first'
from_here
expect_exit 0 -- exo api PATCH /v1.0/applications/x --body "$own/change.json" --dry-run
out_json '.method == "PATCH" and .scope == "https://graph.microsoft.com/.default" and .body.displayName == "renamed"'
counted token.request 0
counted http.request 0

if ! "$exosign" sandbox vault --dir "$sandbox" list >"$own/vault" 2>&1; then
	story 'a key vault'
	skip 'this sandbox has none'
else
	vault() { "$exosign" sandbox vault --dir "$sandbox" "$@"; }
	secret hunter2-canary
	printf 'hunter2-canary' | vault set db-password --type text/plain >/dev/null

	story 'a secret goes into a pipe, and is shown to nobody'
	"$exosign" --config "$conf" vault secret get db-password >"$own/value" 2>"$own/said" </dev/null
	expect 'the value' test "$(cat "$own/value")" = hunter2-canary
	expect 'and only there' bash -c "! grep -q hunter2 '$own/said'"
	expect_exit 0 -- exo -v -v vault secret get db-password -o json
	out_json '.contentType == "text/plain" and (has("value") | not)'
	rm -f "$own/value"

	story 'on a terminal all but the value is shown'
	if command -v script >/dev/null; then
		expect_exit 0 -- script -qefc "$(printf '%q ' "$exosign" --config "$conf" vault secret get db-password)" /dev/null
		out_has text/plain
		out_has attributes
	else
		skip 'script(1) is not installed'
	fi

	story 'the secrets are listed over all pages, without values'
	for n in 1 2 3 4 5; do printf 'x' | vault set "more-$n" >/dev/null; done
	fault vault-page=2
	expect_exit 0 -- exo vault secret list --select name -o csv
	for n in db-password more-1 more-2 more-3 more-4 more-5; do out_has "$n"; done
	no_faults

	story 'what is not there, or not allowed'
	expect_error E-GRAPH-NOT-FOUND 7 -- exo vault secret get absent
	expect_error E-USAGE 2 -- exo vault secret get '../x'
	vault deny "$client" >/dev/null
	expect_error E-GRAPH-FORBIDDEN 7 -- exo vault secret get db-password
	vault allow "$client" >/dev/null
	fault vault-403
	expect_error E-GRAPH-FORBIDDEN 7 -- exo vault secret get db-password
	no_faults

	story 'the public half of a certificate, and never its private key'
	name=$(vault list | sed -n 's/^certificates *\([^ ]*\).*/\1/p' | head -n 1)
	if [ -z "$name" ]; then
		skip 'the vault has no certificate'
	else
		expect_exit 0 -- exo vault certificate get "$name"
		out_json 'has("cer") and has("x5t")'
		expect_exit 0 -- exo vault certificate get "$name" --pem
		cp "$out" "$own/cert.pem"
		expect 'a certificate' openssl x509 -in "$own/cert.pem" -noout
		expect_error E-KEY-FILE 3 -- exo vault secret get "$name"
		out_lacks PRIVATE
	fi
fi
