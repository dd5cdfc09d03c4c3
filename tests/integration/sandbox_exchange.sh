#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# The sandbox's Exchange half as a stranger sees it: who may come in, what is refused, how values are bound, what rows look
# like.
# shellcheck source=tests/support/sandbox_exchange.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_exchange.sh"

reader=f2ef992c-3afb-46b9-b7cf-a126ee74c451

# --- who may come in ---

nobody_is_let_in_without_a_bearer() {
	equals 401 "$(get one "$invoke" -d "$(envelope Get-Mailbox '{}')")"
	equals 0 "$(stat -c %s "$work/body")"
	contains '^WWW-Authenticate: Bearer .*error="invalid_token"' "$work/headers"
	equals 401 "$(get one "$invoke" -H 'Authorization: Bearer e30.e30.e30' -d "$(envelope Get-Mailbox '{}')")"
}
a_bearer_for_another_resource_is_refused() {
	bearer https://graph.microsoft.com
	equals 401 "$(run Get-Mailbox '{}')"
	equals 0 "$(stat -c %s "$work/body")"
	bearer
}
a_bearer_for_the_public_exchange_is_good_here() {
	bearer https://outlook.office365.com
	good Get-OrganizationConfig '{}'
	bearer
}
neither_role_is_401_and_one_alone_is_403_with_nul_bytes() {
	app role remove Exchange.ManageAsApp
	app wid remove 'Exchange Administrator'
	bearer
	equals 401 "$(run Get-Mailbox '{}')"
	app role add Exchange.ManageAsApp
	bearer
	equals 403 "$(run Get-Mailbox '{}')"
	equals 4096 "$(stat -c %s "$work/body")"
	equals 0 "$(tr -d '\0' <"$work/body" | wc -c)"
	lacks '^Content-Type: .*json' "$work/headers"
	app wid add 'Exchange Administrator'
	bearer
	good Get-Mailbox '{"ResultSize":1}'
}
the_role_of_the_other_surface_is_403_without_a_body() {
	app role remove Exchange.ManageAsApp
	app role add Exchange.ManageAsAppV2
	bearer
	equals 403 "$(run Get-Mailbox '{}')"
	equals 0 "$(stat -c %s "$work/body")"
	lacks '^x-ms-diagnostics' "$work/headers"
	app role remove Exchange.ManageAsAppV2
	app role add Exchange.ManageAsApp
	bearer
}
a_reader_reads_and_does_not_write() {
	app wid remove 'Exchange Administrator'
	app wid add "$reader"
	bearer
	good Get-Mailbox '{"ResultSize":1}'
	refused 403 'CmdletAccessDeniedException.*not present in the role definition' Set-Mailbox '{"Identity":"x"}'
	refused 403 "'Get-Nothing' is not present in the role definition" Get-Nothing '{}'
	app wid remove "$reader"
	app wid add 5d6b6bb7-de71-4623-b4af-96380a352509
	bearer
	good Get-TransportRule '{}'
	good Get-QuarantineMessage '{}'
	refused 403 'not present in the role definition' Get-Mailbox '{}'
	refused 400 'AmbiguousParameterSetException' Get-QuarantineMessage '{"EntityType":"Email"}'
	app wid remove 5d6b6bb7-de71-4623-b4af-96380a352509
	app wid add 11111111-2222-3333-4444-555555555555
	bearer
	refused 403 "isn't supported in this scenario" Get-Mailbox '{}'
	app wid remove 11111111-2222-3333-4444-555555555555
	app wid add 'Exchange Administrator'
	bearer
}
a_revoked_bearer_earns_a_claims_challenge() {
	fault revoke
	equals 401 "$(run Get-Mailbox '{}')"
	equals 0 "$(stat -c %s "$work/body")"
	header WWW-Authenticate | sed -n 's/.*claims="\([^"]*\)".*/\1/p' | openssl base64 -d -A >"$work/claims"
	equals true "$(jq .access_token.nbf.essential "$work/claims")"
	contains 'error="insufficient_claims"' "$work/headers"
	sandbox fault --dir "$work/one" clear
	bearer
	good Get-Mailbox '{"ResultSize":1}'
}

# --- what is asked ---

paths_are_matched_as_the_service_does() {
	for path in "/AdminApi/BETA/$tenant/invokecommand" "/adminapi/v1.0/$domain/InvokeCommand"; do
		equals 200 "$(get one "$path" -H "Authorization: Bearer $(cat "$work/bearer")" \
			-d "$(envelope Get-OrganizationConfig '{}')")"
	done
	for path in "/adminapi/beta/other.example/InvokeCommand" "/adminapi/beta/$tenant/Nothing" \
		"/adminapi/v9/$tenant/InvokeCommand"; do
		equals 404 "$(get one "$path" -d '{}')"
	done
}
a_get_is_405() {
	equals 405 "$(get one "$invoke" -H "Authorization: Bearer $(cat "$work/bearer")")"
	contains '^Allow: POST' "$work/headers"
}
the_envelope_is_looked_at() {
	for body in '' 'nonsense' '[]' '{}' '{"CmdletInput":[]}' '{"CmdletInput":{"CmdletName":1}}' \
		'{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":null}}' \
		'{"CmdletInput":{"CmdletName":"Get-Mailbox","Parameters":[]}}'; do
		equals 400 "$(post "$body")"
		is BadRequest .error.code
	done
	equals 200 "$(post '{"CmdletInput":{"CmdletName":"get-organizationconfig"}}')"
}
parameters_are_bound_as_powershell_binds_them() {
	refused 400 '\|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException\|.*Foo' \
		Get-Mailbox '{"Foo":1}'
	is 'Invalid Operation' .error.message
	refused 400 'Specify one of the following enumerator names.*SharedMailbox' \
		Get-Mailbox '{"RecipientTypeDetails":["Zebra"]}'
	refused 400 'missing mandatory parameters: Identity' Get-MailboxPermission '{}'
	refused 400 'Newtonsoft.Json.Linq.JObject' Set-Mailbox '{"Identity":"x","EmailAddresses":{"Add":["y"]}}'
	refused 400 'System.Boolean' Set-Mailbox '{"Identity":"x","AuditEnabled":"yes"}'
	refused 400 'Unlimited' Get-Mailbox '{"ResultSize":"Many"}'
	refused 400 'more than once' Get-Mailbox '{"Anr":"a","anr":"b"}'
	refused 400 'AmbiguousParameterSet' Get-Mailbox '{"Confirm":false}'
	good Get-Mailbox '{"RECIPIENTTYPEDETAILS":"Shared","ErrorAction":"Stop"}'
	is 0 '.value|length'
}
every_kind_of_value_arrives() {
	good Test-SandboxBinding '{"Text":12,"Flag":true,"Truth":false,"Number":"7","Names":"one","Colour":"blue",
		"Delta":{"@odata.type":"#Exchange.GenericHashTable","ADD":["a"],"remove":"b"},"Colours":"Red,Green",
		"When":"2026-01-02T03:04:05.5+02:00","Size":"10GB","ResultSize":"unlimited",
		"Table":{"@odata.type":"#Exchange.GenericHashTable","a":{"@odata.type":"#Exchange.GenericHashTable","b":1},
			"l@odata.type":"#Collection(Exchange.GenericHashTable)","l":[{"x":null}]},
		"Tables@odata.type":"#Collection(Exchange.GenericHashTable)","Tables":[{"a":[1,2]},{}],
		"Bytes":{"@odata.type":"#Exchange.ByteArrayType","Data":[0,255]},
		"BytesList@odata.type":"#Collection(Exchange.ByteArrayType)","BytesList":[{"Data":[1]}]}'
	jq -r '.value[]|.Parameter+" "+.Value' "$work/body" >"$work/bound"
	diff - "$work/bound" <<-'TEXT'
		Text "12"
		Flag true
		Truth false
		Number 7
		Names ["one"]
		Colour "Blue"
		Delta {"Add":["a"],"Remove":["b"]}
		Colours ["Red","Green"]
		When "2026-01-02T01:04:05.5000000Z"
		Size "10 GB (10,737,418,240 bytes)"
		ResultSize -1
		Table {"a":{"b":1},"l":[{"x":null}]}
		Tables [{"a":[1,2]},{}]
		Bytes [0,255]
		BytesList [[1]]
	TEXT
}
values_that_do_not_say_their_type_are_refused() {
	for parameters in '{"Table":{"a":1}}' '{"Table":{"@odata.type":"#Exchange.GenericHashTable","a":{"b":1}}}' \
		'{"Tables":[{"a":1}]}' '{"Tables@odata.type":"#Collection(String)","Tables":[{"a":1}]}' \
		'{"Bytes":[1]}' '{"Bytes":{"@odata.type":"#Exchange.ByteArrayType","Data":[256]}}' \
		'{"Text":["a"]}' '{"Text":{"@odata.type":"#Exchange.GenericHashTable"}}' '{"Flag":"true"}' '{"Number":1.5}' \
		'{"When":"tomorrow"}' '{"Size":"big"}' '{"Missing@odata.type":"#Collection(String)"}' \
		'{"Delta":{"@odata.type":"#Exchange.GenericHashTable","Plus":["a"]}}'; do
		equals 400 "$(run Test-SandboxBinding "$parameters")" || { echo "$parameters"; return 1; }
	done
}

# --- what is answered ---

rows_carry_their_annotations() {
	good Get-Mailbox '{"ResultSize":1}' -H 'client-request-id: 4711'
	is "$origin/adminapi/beta/$tenant/\$metadata#Collection(Exchange.GenericHashTable)" '."@odata.context"'
	is '#Collection(String)' '."adminapi.warnings@odata.type"'
	is System.Guid '.value[0]."Guid@data.type"'
	is '#Guid' '.value[0]."Guid@odata.type"'
	is System.DateTime '.value[0]."WhenCreated@data.type"'
	is '#Collection(String)' '.value[0]."EmailAddresses@odata.type"'
	is null '.value[0]."IsValid@data.type"'
	jq -r '.value[0].WhenCreated' "$work/body" | grep -qE '^[0-9-]{10}T[0-9:]{8}\.[0-9]{7}\+00:00$'
	is '99 GB (106,300,440,576 bytes)' '.value[0].ProhibitSendQuota'
	for name in request-id X-CalculatedBETarget Rate-Limit-Limit Rate-Limit-Remaining Rate-Limit-Reset; do
		[ -n "$(header "$name")" ] || { echo "no $name"; return 1; }
	done
	equals 4711 "$(header client-request-id)"
}
a_selection_trims_rows_and_annotations() {
	invoke="$invoke?\$select=Alias,Guid" good Get-Mailbox '{"ResultSize":1}'
	is '["Alias","Guid","Guid@data.type","Guid@odata.type"]' '.value[0]|keys'
	contains 'select=Alias,Guid&' "$work/body"
}
an_identity_is_found_by_whatever_names_it() {
	local alias identity
	good Get-Mailbox '{"ResultSize":40}'
	cp "$work/body" "$work/some"
	for at in 0 2 7 14 39; do
		alias=$(jq -r ".value[$at].Alias" "$work/some")
		for property in Guid ExchangeGuid ExternalDirectoryObjectId UserPrincipalName PrimarySmtpAddress; do
			identity=$(jq -r ".value[$at].$property" "$work/some")
			good Get-Mailbox "{\"Identity\":\"$identity\"}"
			is "$alias" '.value[].Alias'
		done
	done
	refused 404 'ManagementObjectNotFoundException\|.*nobody' Get-Mailbox '{"Identity":"nobody"}'
	is NotFound .error.code
	refused 404 ManagementObjectNotFound Get-Mailbox '{"Identity":"00000000-1111-4222-8333-444444444444"}'
}
filters_choose_rows() {
	good Get-Mailbox "{\"Filter\":\"RecipientTypeDetails -eq 'SharedMailbox' -and Alias -like 's*'\",\"ResultSize\":1000}"
	[ "$(jq '.value|length' "$work/body")" -gt 10 ]
	is '[]' '[.value[]|select(.RecipientTypeDetails!="SharedMailbox" or (.Alias|startswith("s")|not))]'
	good Get-Mailbox '{"RecipientTypeDetails":["RoomMailbox"],"ResultSize":1000}'
	is '["RoomMailbox"]' '[.value[].RecipientTypeDetails]|unique'
	is 125 '.value|length'
	good Get-Recipient "{\"Filter\":\"EmailAddresses -eq 'smtp:leadership@$domain'\"}"
	is '["Leadership"]' '[.value[].Name]'
	good Get-Mailbox "{\"Filter\":\"-not (RecipientTypeDetails -ne 'EquipmentMailbox') -or Alias -eq 'x'\",\"ResultSize\":1}"
	is EquipmentMailbox '.value[0].RecipientTypeDetails'
	refused 400 'not a recognized filterable property' Get-Mailbox "{\"Filter\":\"Shoe -eq 'x'\"}"
	refused 400 'Invalid filter syntax' Get-Mailbox "{\"Filter\":\"Alias -eq 'x\"}"
	refused 400 'Invalid filter syntax' Get-Mailbox '{"Filter":"Alias -matches x"}'
}
names_are_hostile_in_known_places() {
	good Get-Mailbox '{"ResultSize":1000}'
	for start in '=' '+' '-' '@' '\u001b['; do
		jq -e "[.value[].DisplayName|select(startswith(\"$start\"))]|length>0" "$work/body"
	done
	jq -e '[.value[].DisplayName|select(contains("\""))]|length>0' "$work/body"
	jq -e '[.value[].DisplayName|select(test("[А-я]"))]|length>0' "$work/body"
	jq -e '[.value[].Alias]|length==(unique|length)' "$work/body"
}
a_rule_is_numbered_above_what_a_double_can_hold() {
	local alias
	good Get-Mailbox '{"ResultSize":1}'
	alias=$(jq -r '.value[0].Alias' "$work/body")
	good Get-InboxRule "{\"Mailbox\":\"$alias\"}"
	contains '"RuleIdentity":15394007230974001153,' "$work/body"
	lacks 'Junk E-mail Rule' "$work/body"
	good Get-InboxRule "{\"Mailbox\":\"$alias\",\"IncludeHidden\":true}"
	contains 'Junk E-mail Rule' "$work/body"
	good Get-InboxRule "{\"Identity\":\"$alias\\\\15394007230974001153\"}"
	is 1 '.value|length'
	refused 404 NotFound Get-InboxRule "{\"Identity\":\"$alias\\\\15394007230974009999\"}"
}
a_wide_row_has_three_hundred_keys() {
	fault x-wide --count 1
	good Get-Mailbox '{"ResultSize":1}'
	[ "$(jq '.value[0]|length' "$work/body")" -ge 250 ]
	jq -e '.value[0]|keys_unsorted|length==(unique|length)' "$work/body"
}

run_tests nobody_is_let_in_without_a_bearer \
	a_bearer_for_another_resource_is_refused \
	a_bearer_for_the_public_exchange_is_good_here \
	neither_role_is_401_and_one_alone_is_403_with_nul_bytes \
	the_role_of_the_other_surface_is_403_without_a_body \
	a_reader_reads_and_does_not_write \
	a_revoked_bearer_earns_a_claims_challenge \
	paths_are_matched_as_the_service_does \
	a_get_is_405 \
	the_envelope_is_looked_at \
	parameters_are_bound_as_powershell_binds_them \
	every_kind_of_value_arrives \
	values_that_do_not_say_their_type_are_refused \
	rows_carry_their_annotations \
	a_selection_trims_rows_and_annotations \
	an_identity_is_found_by_whatever_names_it \
	filters_choose_rows \
	names_are_hostile_in_known_places \
	a_rule_is_numbered_above_what_a_double_can_hold \
	a_wide_row_has_three_hundred_keys
