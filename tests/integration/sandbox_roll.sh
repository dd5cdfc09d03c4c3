#!/bin/bash
# shellcheck disable=SC2317,SC2016,SC2154 # every test is called by its name; $ belongs to jq; variables are set by the functions
# addKey and removeKey in the sandbox's Graph: which proofs are good, which are not, and what they change. Proofs are made
# by hand and signed by openssl.
# shellcheck source=tests/support/sandbox_graph.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_graph.sh"

for name in old new more stranger; do certificate "$name"; done
now=$(date +%s)

# roller: an application without any permission, its principal, and its own token
roller() {
	as "$admin"
	new_app "roller $RANDOM" old
	new_principal
	signs_in old
	as "$token"
}

# proof [JQ] [NAME] [HEADER JQ]: the claims changed by a jq expression, signed by that certificate's key
proof() {
	local name=${2:-old}
	signed "$name" "$(jq -nc --arg iss "$object" --arg principal "$principal" --arg client "$client" --argjson now "$now" \
		'{aud: "00000002-0000-0000-c000-000000000000", iss: $iss, nbf: $now, exp: ($now + 600)} | '"${1:-.}")" \
		"$(header "$name" | jq -c "${3:-.}" | tr -d '\n')"
}

# add_key PROOF [NAME]: the body of addKey
add_key() {
	key "${2:-new}" | jq -c --arg proof "$1" '{keyCredential: ., passwordCredential: null, proof: $proof}'
}

# unproven WHY PROOF: refused as malformed, for that reason
unproven() {
	refuses 401 Authentication_MissingOrMalformed POST "applications/$object/addKey" "$(add_key "$2")"
	contains "^x-ms-sandbox-why: $1" "$work/headers"
}

# keys: how many the application has
keys() {
	sandbox app --dir "$work/one" --app "$client" cert list | wc -l
}

a_key_is_added_and_the_old_one_removed_without_any_permission() {
	local old_id
	roller
	refuses 403 Authorization_RequestDenied GET "applications/$object"
	as "$admin"
	answers 200 GET "applications/$object"
	old_id=$(field '.keyCredentials[0].keyId')
	as "$token"
	does_not_sign_in 700027 new
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof)")"
	equals "Verify $(thumbprint sha1 new | openssl base64 -A) null" "$(field '"\(.usage) \(.customKeyIdentifier) \(.key)"')"
	signs_in new
	as "$token"
	answers 204 POST "applications/$object/removeKey" "{\"keyId\":\"$old_id\",\"proof\":\"$(proof . new)\"}"
	does_not_sign_in 700027 old
	signs_in new
	equals 1 "$(keys)"
}
the_application_may_be_named_by_its_application_id() {
	roller
	answers 200 POST "applications(appId='$client')/addKey" "$(add_key "$(proof)")"
}
the_issuer_may_be_the_principal() {
	roller
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof '.iss = $principal')")"
}
kid_or_x5t_alone_will_do() {
	roller
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof . old 'del(.kid)')")"
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof . old 'del(.x5t)')" more)"
}
a_proof_that_is_not_one_is_refused() {
	roller
	unproven 'the proof is no JWT' nonsense
	unproven 'the proof is padded' "$(proof)=="
	unproven 'alg is not RS256' "$(proof . old '.alg = "PS256"')"
	unproven 'alg is not RS256' "$(proof . old '.alg = "none"')"
	unproven 'typ is not JWT' "$(proof . old '.typ = "at+jwt"')"
	unproven 'kid and x5t name no key' "$(proof . old 'del(.kid, .x5t)')"
	unproven 'kid and x5t name no key' "$(proof . stranger)"
	unproven 'kid and x5t name no key' "$(proof . old '.kid = "AAAA"')"
	unproven 'the signature does not verify' "$(proof | sed 's/\.[^.]*$//').$(proof .exp=1 | sed 's/.*\.//')"
	unproven 'aud is not' "$(proof '.aud = "00000003-0000-0000-c000-000000000000"')"
	unproven 'aud is not' "$(proof '.aud = ["00000002-0000-0000-c000-000000000000"]')"
	unproven 'iss is not the object id' "$(proof '.iss = $client')"
	unproven 'iss is not the object id' "$(proof 'del(.iss)')"
	unproven 'nbf or exp is missing' "$(proof 'del(.nbf)')"
	unproven 'nbf or exp is missing' "$(proof '.exp |= tostring')"
	unproven 'exp does not follow nbf' "$(proof '.exp = .nbf')"
	unproven 'exp is more than ten minutes after nbf' "$(proof '.exp += 1')"
	equals 1 "$(keys)"
}
a_proof_out_of_its_time_is_refused() {
	roller
	refuses 401 Authentication_ExpiredToken POST "applications/$object/addKey" "$(add_key "$(proof '.nbf -= 1000 | .exp -= 1000')")"
	contains '^x-ms-sandbox-why: exp has passed' "$work/headers"
	refuses 401 Authentication_ExpiredToken POST "applications/$object/addKey" "$(add_key "$(proof '.nbf += 400 | .exp += 400')")"
	contains '^x-ms-sandbox-why: nbf lies in the future' "$work/headers"
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof '.nbf -= 700 | .exp -= 700')")"
}
a_key_whose_days_are_over_proves_nothing() {
	roller
	jq --arg id "$client" '(.apps[] | select(.appId == $id) | .certificates[0]).until = 1000' "$work/one/apps.json" >"$work/changed"
	cp "$work/changed" "$work/one/apps.json"
	unproven 'the key that signed is not valid now' "$(proof)"
	does_not_sign_in 700027 old
}
a_person_does_not_roll_keys() {
	roller
	as "$admin"
	refuses 403 Authorization_RequestDenied POST "applications/$object/addKey" "$(add_key "$(proof)")"
}
another_application_does_not_roll_them_either() {
	local theirs
	roller
	theirs=$token
	roller
	as "$theirs"
	refuses 403 Authorization_RequestDenied POST "applications/$object/addKey" "$(add_key "$(proof)")"
}
what_is_missing_or_wrong_in_the_body_is_refused() {
	roller
	refuses 400 Request_BadRequest POST "applications/$object/addKey" "$(add_key x | jq -c 'del(.proof)')"
	refuses 400 Request_BadRequest POST "applications/$object/addKey" "{\"proof\":\"$(proof)\"}"
	refuses 400 Request_BadRequest POST "applications/$object/addKey" "$(add_key "$(proof)" | jq -c '.passwordCredential = {}')"
	refuses 400 Request_BadRequest POST "applications/$object/addKey" "$(add_key "$(proof)" | jq -c '.keyCredential.usage = "Sign"')"
	refuses 400 Request_BadRequest POST "applications/$object/addKey" "$(add_key "$(proof)" old)"
	refuses 400 Request_BadRequest POST "applications/$object/removeKey" "{\"proof\":\"$(proof)\"}"
	refuses 400 Request_BadRequest POST "applications/$object/removeKey" "{\"keyId\":\"$object\",\"proof\":\"$(proof)\"}"
	equals 1 "$(keys)"
}
a_removed_key_proves_nothing_any_more() {
	local id
	roller
	answers 200 POST "applications/$object/addKey" "$(add_key "$(proof)")"
	id=$(field .keyId)
	answers 204 POST "applications/$object/removeKey" "{\"keyId\":\"$id\",\"proof\":\"$(proof)\"}"
	unproven 'kid and x5t name no key' "$(proof . new)"
}
an_added_key_survives_the_end_of_the_sandbox() {
	roller
	fault add graph-die --count 1 --cmdlet application.addKey
	equals 000 "$(graph POST "applications/$object/addKey" "$(add_key "$(proof)")")"
	up one
	equals 2 "$(keys)"
	signs_in new
}
keys_that_come_at_once_all_stay() {
	local at one
	roller
	at=(-X POST -H "Authorization: Bearer $token" -H 'Content-Type: application/json' --cacert "$work/one/ca.pem")
	for one in new more stranger; do
		add_key "$(proof)" "$one" >"$work/$one.body"
		curl -s -o "$work/$one.answer" "${at[@]}" -d "@$work/$one.body" "$origin/v1.0/applications/$object/addKey" &
	done
	sandbox app --dir "$work/one" --app "$client" role add Exchange.ManageAsApp
	wait
	equals 4 "$(keys)"
	sandbox app --dir "$work/one" --app "$client" show >"$work/shown"
	contains Exchange.ManageAsApp "$work/shown"
}
it_goes_down_in_silence() { ends_in_silence one; }

run_tests a_key_is_added_and_the_old_one_removed_without_any_permission the_application_may_be_named_by_its_application_id \
	the_issuer_may_be_the_principal kid_or_x5t_alone_will_do a_proof_that_is_not_one_is_refused a_proof_out_of_its_time_is_refused \
	a_key_whose_days_are_over_proves_nothing a_person_does_not_roll_keys another_application_does_not_roll_them_either \
	what_is_missing_or_wrong_in_the_body_is_refused a_removed_key_proves_nothing_any_more an_added_key_survives_the_end_of_the_sandbox \
	keys_that_come_at_once_all_stay it_goes_down_in_silence
