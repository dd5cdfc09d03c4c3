#!/bin/bash
# shellcheck disable=SC2317,SC2016,SC2154 # every test is called by its name; $ belongs to OData; variables are set by the functions
# Graph in the sandbox: applications, service principals, grants and key credentials act on the very registrations that the
# token endpoint reads.
# shellcheck source=tests/support/sandbox_graph.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_graph.sh"

for name in alpha beta gamma other; do certificate "$name"; done

an_empty_token_is_refused() {
	equals 401 "$(get one /v1.0/applications)"
	equals InvalidAuthenticationToken "$(field .error.code)"
	contains '^WWW-Authenticate: Bearer .*authorization_uri=' "$work/headers"
}
a_forged_token_is_refused() { as "${admin%?????}AAAAA"; refuses 401 InvalidAuthenticationToken GET applications; }
a_token_for_exchange_is_refused() {
	new_app forexchange alpha
	new_principal
	signs_in alpha https://outlook.office365.com/.default
	as "$token"
	refuses 401 InvalidAuthenticationToken GET applications
	contains 'Invalid audience' "$work/body"
}
a_revoked_token_earns_a_claims_challenge() {
	fault add revoke
	refuses 401 InvalidAuthenticationToken GET applications
	fault clear
	contains 'error="insufficient_claims", claims="' "$work/headers"
}
an_application_is_made_found_changed_and_deleted() {
	new_app "it's one"
	answers 200 GET "applications?\$filter=displayName%20eq%20'it''s%20one'"
	equals "1 $client" "$(field '"\(.value | length) \(.value[0].appId)"')"
	answers 200 GET "applications?\$filter=appId+eq+'$client'&\$select=id,displayName"
	equals 'displayName,id' "$(field '.value[0] | keys | join(",")')"
	answers 200 GET "applications(appId='$client')"
	equals "$object" "$(field .id)"
	answers 204 PATCH "applications/$object" '{"displayName":"two","requiredResourceAccess":[{"resourceAppId":"'"$exchange"'","resourceAccess":[{"id":"dc50a0fb-09a3-484d-be87-e023b12c6440","type":"Role"}]}]}'
	answers 200 GET "applications/$object"
	equals "two AzureADMyOrg $exchange" "$(field '"\(.displayName) \(.signInAudience) \(.requiredResourceAccess[0].resourceAppId)"')"
	answers 204 DELETE "applications/$object"
	refuses 404 Request_ResourceNotFound GET "applications/$object"
}
an_application_id_is_not_an_object_id() {
	new_app mixed
	refuses 404 Request_ResourceNotFound GET "applications/$client"
	refuses 404 Request_ResourceNotFound GET "applications(appId='$object')"
}
what_a_body_may_not_say_is_refused() {
	refuses 400 Request_BadRequest POST applications '{}'
	refuses 400 Request_BadRequest POST applications '{"displayName":"x","nonsense":1}'
	refuses 400 Request_BadRequest POST applications '{"displayName":7}'
	refuses 400 BadRequest POST applications '{"displayName":'
	{ printf '{"displayName":"x","notes":"'; head -c 1100000 /dev/zero | tr '\0' x; printf '"}'; } >"$work/long"
	refuses 413 RequestEntityTooLarge POST applications "@$work/long"
	equals 400 "$(get one /v1.0/applications -X POST -H "Authorization: Bearer $admin" -d '{}')"
	contains 'Content-Type' "$work/body"
}
wrong_paths_methods_and_queries_are_refused() {
	refuses 400 BadRequest GET nonsense
	refuses 405 Request_BadRequest PUT applications '{}'
	refuses 400 Request_BadRequest GET applications/nonsense
	refuses 400 Request_UnsupportedQuery GET 'applications?$filter=displayName%20ne%20%27x%27'
	refuses 400 Request_UnsupportedQuery GET 'applications?$search=%22x%22'
	refuses 400 Request_UnsupportedQuery GET 'applications?$top=0'
	refuses 400 Request_BadRequest GET 'applications?$select=nonsense'
}
long_lists_come_in_pages_whose_links_are_followed_as_they_are() {
	local link rows=0
	for n in 1 2 3 4 5; do new_app "paged $n"; done
	answers 200 GET 'applications?$filter=startswith(displayName,%27paged%27)&$top=2&$select=displayName'
	while :; do
		rows=$((rows + $(field '.value | length')))
		link=$(field '.["@odata.nextLink"] // empty')
		[ -n "$link" ] || break
		contains 'skiptoken=' "$work/body"
		answers 200 GET "${link#*/v1.0/}"
	done
	equals 5 "$rows"
	answers 200 GET 'applications?$top=2'
	link=$(field '.["@odata.nextLink"]')
	refuses 400 Directory_ExpiredPageToken GET "applications?\$top=3&\$skiptoken=${link#*skiptoken=}"
	fault add graph-page=1
	answers 200 GET applications
	fault clear
	equals 1 "$(field '.value | length')"
}

an_application_without_principal_cannot_sign_in() {
	new_app lonely alpha
	does_not_sign_in 7000229 alpha
	new_principal
	signs_in alpha
}
a_principal_needs_its_application_and_comes_once() {
	refuses 400 Request_BadRequest POST servicePrincipals '{"appId":"11111111-2222-4333-8444-555555555555"}'
	equals NoBackingApplicationObject "$(field '.error.details[0].code')"
	refuses 400 Request_BadRequest POST servicePrincipals '{}'
	new_app twice
	new_principal
	refuses 409 Request_MultipleObjectsWithSameKeyValue POST servicePrincipals "{\"appId\":\"$client\"}"
}
a_disabled_principal_cannot_sign_in() {
	new_app disabled alpha
	new_principal
	answers 204 PATCH "servicePrincipals/$principal" '{"accountEnabled":false}'
	does_not_sign_in 7000112 alpha
}
roles_are_found_out_at_run_time() {
	role_id "$exchange" Exchange.ManageAsApp
	equals dc50a0fb-09a3-484d-be87-e023b12c6440 "$role"
	role_id "$exchange" Exchange.ManageAsAppV2
	up two
	equals 200 "$(get two "/v1.0/servicePrincipals(appId='$exchange')" -H "Authorization: Bearer $(sandbox admin-token --dir "$work/two")")"
	[ "$role" != "$(jq -r '.appRoles[] | select(.value == "Exchange.ManageAsAppV2") | .id' "$work/body")" ]
	[ "$resource" != "$(field .id)" ]
}
a_grant_is_in_the_next_token_and_gone_with_its_deletion() {
	local id
	new_app granted alpha
	new_principal
	give "$exchange" Exchange.ManageAsApp
	id=$(field .id)
	signs_in alpha https://outlook.office365.com/.default
	equals '["Exchange.ManageAsApp"]' "$(printf %s "$token" | cut -d. -f2 | unb64url | jq -c .roles)"
	refuses 400 Request_BadRequest POST "servicePrincipals/$principal/appRoleAssignments" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
	contains 'already exists' "$work/body"
	answers 200 GET "servicePrincipals/$principal/appRoleAssignments"
	equals "1 $id $role" "$(field '"\(.value | length) \(.value[0].id) \(.value[0].appRoleId)"')"
	answers 200 GET "servicePrincipals/$resource/appRoleAssignedTo?\$filter=principalId%20eq%20$principal"
	equals "$id" "$(field '.value[0].id')"
	answers 204 DELETE "servicePrincipals/$principal/appRoleAssignments/$id"
	refuses 404 Request_ResourceNotFound DELETE "servicePrincipals/$principal/appRoleAssignments/$id"
	signs_in alpha https://outlook.office365.com/.default
	equals '[]' "$(printf %s "$token" | cut -d. -f2 | unb64url | jq -c .roles)"
}
a_grant_can_be_made_from_the_other_end() {
	new_app other_end
	new_principal
	role_id "$exchange" Exchange.ManageAsApp
	refuses 400 Request_BadRequest POST "servicePrincipals/$principal/appRoleAssignedTo" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
	answers 201 POST "servicePrincipals/$resource/appRoleAssignedTo" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
}
a_grant_of_what_is_not_there_is_refused() {
	new_app nothing
	new_principal
	role_id "$exchange" Exchange.ManageAsApp
	refuses 400 Request_BadRequest POST "servicePrincipals/$principal/appRoleAssignments" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$principal\"}"
	refuses 404 Request_ResourceNotFound POST "servicePrincipals/$principal/appRoleAssignments" \
		"{\"principalId\":\"$object\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
}

a_certificate_that_was_uploaded_signs_in_and_a_removed_one_does_not() {
	new_app uploaded alpha
	new_principal
	signs_in alpha
	does_not_sign_in 700027 beta
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key beta)]}"
	does_not_sign_in 700027 alpha
	signs_in beta
}
a_key_is_shown_only_when_it_is_asked_for() {
	new_app shown alpha
	answers 200 GET "applications/$object"
	equals null "$(field '.keyCredentials[0].key')"
	answers 200 GET 'applications?$select=keyCredentials'
	equals null "$(field '.value[-1].keyCredentials[0].key')"
	answers 200 GET "applications/$object?\$select=keyCredentials"
	equals "$(der alpha | openssl base64 -A)" "$(field '.keyCredentials[0].key')"
	equals "$(thumbprint sha1 alpha | openssl base64 -A)" "$(field '.keyCredentials[0].customKeyIdentifier')"
	equals 'AsymmetricX509Cert Verify /CN=alpha' "$(field '.keyCredentials[0] | "\(.type) \(.usage) \(.displayName)"')"
}
a_list_that_echoes_the_others_adds_to_them() {
	new_app echoed alpha other
	new_principal
	answers 200 GET "applications/$object"
	answers 204 PATCH "applications/$object" "$(jq -c --argjson new "$(key beta)" '{keyCredentials: (.keyCredentials + [$new])}' "$work/body")"
	answers 200 GET "applications/$object?\$select=keyCredentials"
	equals 3 "$(field '.keyCredentials | length')"
	equals "$(der other | openssl base64 -A)" "$(field '.keyCredentials[1].key')"
	for name in alpha other beta; do signs_in "$name"; done
}
an_echo_that_changes_something_is_refused() {
	local before
	new_app changed alpha
	answers 200 GET "applications/$object?\$select=keyCredentials"
	before=$(cat "$work/body")
	for change in '.displayName = "x"' '.usage = "Sign"' '.endDateTime = "2020-01-01T00:00:00Z"' \
		'.customKeyIdentifier = "AAAA"' ".key = \"$(der beta | openssl base64 -A)\""; do
		refuses 400 Request_BadRequest PATCH "applications/$object" \
			"$(jq -c "{keyCredentials: [.keyCredentials[0] | $change]}" <<<"$before")"
		contains "Update to existing credential with KeyId '[-0-9a-f]*' is not allowed" "$work/body"
	done
	refuses 400 Request_BadRequest PATCH "applications/$object" "$(jq -c '{keyCredentials: [.keyCredentials[0], .keyCredentials[0]]}' <<<"$before")"
	answers 200 GET "applications/$object?\$select=keyCredentials"
	equals "$(jq -c .keyCredentials <<<"$before")" "$(field .keyCredentials | jq -c .)"
}
what_is_no_certificate_for_signing_in_is_refused() {
	new_app picky alpha
	certificate gone 1
	for change in '.type = "Symmetric"' '.usage = "Sign"' '.key = "AAAA"' '.key += "AAAA"' 'del(.key)' \
		'.endDateTime = "2099-01-01T00:00:00Z"' '.endDateTime = "2020-01-01T00:00:00Z"' '.endDateTime = "soon"' \
		'.startDateTime = "2001-01-01T00:00:00Z"' '.keyId = "x"' '.customKeyIdentifier = "%"'; do
		refuses 400 Request_BadRequest PATCH "applications/$object" "{\"keyCredentials\":[$(key beta | jq -c "$change")]}"
	done
	refuses 400 Request_BadRequest PATCH "applications/$object" "{\"keyCredentials\":[$(key beta),$(key beta)]}"
	refuses 400 Request_BadRequest PATCH "applications/$object" '{"keyCredentials":7}'
	answers 200 GET "applications/$object"
	equals 1 "$(field '.keyCredentials | length')"
}
days_of_a_credential_can_be_fewer_than_the_certificates() {
	local until
	until=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
	new_app fewer
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key beta | jq -c --arg until "$until" '.endDateTime = $until')]}"
	answers 200 GET "applications/$object"
	equals "$until" "$(field '.keyCredentials[0].endDateTime')"
}

what_the_caller_may_is_asked_first() {
	as "$(sandbox admin-token --dir "$work/one" --user reader)"
	answers 200 GET applications
	refuses 403 Authorization_RequestDenied POST applications '{"displayName":"x"}'
	as "$(sandbox admin-token --dir "$work/one" --scopes User.Read)"
	refuses 403 Authorization_RequestDenied GET applications
	as "$(sandbox admin-token --dir "$work/one" --user appadmin)"
	new_app byappadmin
	new_principal
	give "$exchange" Exchange.ManageAsApp
	role_id "$graph_id" Application.ReadWrite.OwnedBy
	refuses 403 Authorization_RequestDenied POST "servicePrincipals/$principal/appRoleAssignments" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
}
an_application_that_owns_itself_changes_itself_alone() {
	local mine
	new_app stranger
	mine=$object
	new_app owner alpha
	new_principal
	signs_in alpha
	as "$token"
	refuses 403 Authorization_RequestDenied GET "applications/$object"
	as "$admin"
	give "$graph_id" Application.ReadWrite.OwnedBy
	signs_in alpha
	as "$token"
	refuses 403 Authorization_RequestDenied PATCH "applications/$object" '{"notes":"mine"}'
	as "$admin"
	answers 204 POST "applications/$object/owners/\$ref" "{\"@odata.id\":\"$origin/v1.0/directoryObjects/$principal\"}"
	refuses 400 Request_BadRequest POST "applications/$object/owners/\$ref" "{\"@odata.id\":\"$origin/v1.0/directoryObjects/$principal\"}"
	as "$token"
	answers 204 PATCH "applications/$object" '{"notes":"mine"}'
	refuses 403 Authorization_RequestDenied PATCH "applications/$mine" '{"notes":"mine"}'
}

what_was_made_a_moment_ago_may_not_be_found_yet() {
	fault add graph-late=2 --count 2
	new_app late
	refuses 404 Request_ResourceNotFound GET "applications/$object"
	refuses 400 Request_BadRequest POST servicePrincipals "{\"appId\":\"$client\"}"
	new_principal
	role_id "$exchange" Exchange.ManageAsApp
	for n in 1 2; do
		refuses 404 Request_ResourceNotFound POST "servicePrincipals/$principal/appRoleAssignments" \
			"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
	done
	fault clear
	give "$exchange" Exchange.ManageAsApp
}
a_new_key_may_reach_the_token_endpoint_late() {
	new_app latekey alpha
	new_principal
	fault add graph-late-key=2 --count 1
	answers 204 PATCH "applications/$object" "{\"keyCredentials\":[$(key beta)]}"
	fault clear
	does_not_sign_in 700027 beta
	does_not_sign_in 700027 beta
	signs_in beta
}
faults_strike_the_operation_they_are_kept_to() {
	fault add graph-429=7 --count 1 --cmdlet application.list
	answers 200 GET 'servicePrincipals?$top=1'
	refuses 429 TooManyRequests GET applications
	contains '^Retry-After: 7' "$work/headers"
	answers 200 GET 'applications?$top=1'
	fault clear
	for pair in graph-503:503 graph-504:504 graph-500:500 graph-403:403 graph-404:404 graph-html:502; do
		fault add "${pair%:*}" --count 1
		answers "${pair#*:}" GET applications
		fault clear
	done
}
an_answer_may_be_lost_before_or_after_it_was_done() {
	fault add graph-lost-early --count 1
	equals 000 "$(graph POST applications '{"displayName":"lost early"}')"
	fault add graph-lost --count 1
	equals 000 "$(graph POST applications '{"displayName":"lost"}')"
	fault add graph-half --count 1
	graph POST applications '{"displayName":"half"}' || :
	is_no_json "$work/body"
	fault add graph-forget --count 1
	answers 201 POST applications '{"displayName":"forgotten"}'
	fault clear
	answers 200 GET 'applications?$select=displayName'
	equals 'half,lost' "$(field '[.value[].displayName | select(. == "lost early" or . == "lost" or . == "half" or . == "forgotten")] | sort | join(",")')"
}
the_newest_key_may_be_missing_from_an_answer() {
	new_app stale alpha other
	fault add graph-stale-keys --count 1
	answers 200 GET "applications/$object"
	equals 1 "$(field '.keyCredentials | length')"
	answers 200 GET "applications/$object"
	equals 2 "$(field '.keyCredentials | length')"
}
answers_may_be_wrong_in_themselves() {
	new_app wrong alpha
	fault add graph-null-keys --count 1
	answers 200 GET "applications/$object"
	equals null "$(field .keyCredentials)"
	fault add graph-not-json --count 1
	answers 200 GET applications
	is_no_json "$work/body"
	fault add graph-huge=1 --count 1
	answers 200 GET applications
	[ "$(stat -c %s "$work/body")" -gt 1000000 ]
	fault clear
}
links_may_lead_away_or_nowhere() {
	fault add graph-link-foreign=https://evil.example/next --count 1
	answers 200 GET 'applications?$top=1'
	equals https://evil.example/next "$(field '.["@odata.nextLink"]')"
	answers 200 GET 'applications?$top=1&$select=id'
	fault add graph-link-loop
	answers 200 GET "$(field '.["@odata.nextLink"]' | sed 's|.*/v1.0/||')"
	cp "$work/body" "$work/page"
	answers 200 GET "$(field '.["@odata.nextLink"]' | sed 's|.*/v1.0/||')"
	fault clear
	cmp "$work/page" "$work/body"
}
what_was_done_survives_the_end_of_the_sandbox() {
	fault add graph-die --count 1 --cmdlet application.create
	equals 000 "$(graph POST applications "{\"displayName\":\"survivor\",\"keyCredentials\":[$(key gamma)]}")"
	up one
	answers 200 GET "applications?\$filter=displayName%20eq%20'survivor'"
	object=$(field '.value[0].id')
	answers 200 GET "applications/$object?\$select=keyCredentials"
	equals "$(der gamma | openssl base64 -A)" "$(field '.keyCredentials[0].key')"
	fault add graph-die-early --count 1 --cmdlet application.create
	equals 000 "$(graph POST applications '{"displayName":"stillborn"}')"
	up one
	answers 200 GET "applications?\$filter=displayName%20eq%20'stillborn'"
	equals 0 "$(field '.value | length')"
}
the_command_line_and_graph_see_the_same() {
	sandbox app --dir "$work/one" cert add "$work/beta.pem"
	answers 200 GET "applications(appId='$(conf one client-id)')?\$select=keyCredentials"
	equals 2 "$(field '.keyCredentials | length')"
	equals "$(field '[.keyCredentials[].keyId] | sort | join(" ")')" "$(sandbox status --dir "$work/one" -o json |
		jq -r --arg id "$(conf one client-id)" '.applications[] | select(.appId == $id) | [.keyCredentials[].keyId] | sort | join(" ")')"
	sandbox app --dir "$work/one" cert remove "$(thumbprint sha1 beta | od -An -tx1 -v | tr -d ' \n')"
	answers 200 GET "applications(appId='$(conf one client-id)')"
	equals 1 "$(field '.keyCredentials | length')"
}
it_goes_down_in_silence() { ends_in_silence one; }

run_tests an_empty_token_is_refused a_forged_token_is_refused a_token_for_exchange_is_refused a_revoked_token_earns_a_claims_challenge \
	an_application_is_made_found_changed_and_deleted an_application_id_is_not_an_object_id what_a_body_may_not_say_is_refused \
	wrong_paths_methods_and_queries_are_refused long_lists_come_in_pages_whose_links_are_followed_as_they_are \
	an_application_without_principal_cannot_sign_in a_principal_needs_its_application_and_comes_once a_disabled_principal_cannot_sign_in \
	roles_are_found_out_at_run_time a_grant_is_in_the_next_token_and_gone_with_its_deletion a_grant_can_be_made_from_the_other_end \
	a_grant_of_what_is_not_there_is_refused a_certificate_that_was_uploaded_signs_in_and_a_removed_one_does_not \
	a_key_is_shown_only_when_it_is_asked_for a_list_that_echoes_the_others_adds_to_them an_echo_that_changes_something_is_refused \
	what_is_no_certificate_for_signing_in_is_refused days_of_a_credential_can_be_fewer_than_the_certificates \
	what_the_caller_may_is_asked_first an_application_that_owns_itself_changes_itself_alone what_was_made_a_moment_ago_may_not_be_found_yet \
	a_new_key_may_reach_the_token_endpoint_late faults_strike_the_operation_they_are_kept_to an_answer_may_be_lost_before_or_after_it_was_done \
	the_newest_key_may_be_missing_from_an_answer answers_may_be_wrong_in_themselves links_may_lead_away_or_nowhere what_was_done_survives_the_end_of_the_sandbox the_command_line_and_graph_see_the_same \
	it_goes_down_in_silence
