#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# What stays changed in the sandbox's Exchange half, what only asks, and every fault that acts there.
# shellcheck source=tests/support/sandbox_exchange.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_exchange.sh"

good Get-Mailbox '{"RecipientTypeDetails":["UserMailbox"],"ResultSize":3}'
ada=$(jq -r '.value[0].PrimarySmtpAddress' "$work/body")
bob=$(jq -r '.value[1].PrimarySmtpAddress' "$work/body")
bob_alias=$(jq -r '.value[1].Alias' "$work/body")
bob_display=$(jq -r '.value[1].DisplayName' "$work/body")

# void CMDLET PARAMETERS: must be 200 without rows
void() {
	good "$@"
	is '[]' .value
}

# ada_has VALUE FILTER
ada_has() {
	good Get-Mailbox "{\"Identity\":\"$ada\"}"
	is "$1" ".value[0]$2"
}

a_mailbox_keeps_what_was_set() {
	void Set-Mailbox "{\"Identity\":\"$ada\",\"ForwardingSmtpAddress\":\"x@y.example\",\"HiddenFromAddressListsEnabled\":true,
		\"ProhibitSendQuota\":\"10GB\",\"DisplayName\":\"Ada A. Active\",\"Confirm\":false}"
	is '[]' '."@adminapi.warnings"'
	ada_has smtp:x@y.example .ForwardingSmtpAddress
	is true '.value[0].HiddenFromAddressListsEnabled'
	is '10 GB (10,737,418,240 bytes)' '.value[0].ProhibitSendQuota'
	is 'Ada A. Active' '.value[0].DisplayName'
	void Set-Mailbox "{\"Identity\":\"$ada\",\"ForwardingSmtpAddress\":null}"
	ada_has null .ForwardingSmtpAddress
	void Set-Mailbox "{\"Identity\":\"$ada\",\"ForwardingSmtpAddress\":null}"
	contains "no settings of '$ada' have been modified" "$work/body"
	void Set-Mailbox "{\"Identity\":\"$ada\",\"Type\":\"shared\"}"
	ada_has SharedMailbox .RecipientTypeDetails
	void Set-Mailbox "{\"Identity\":\"$ada\",\"Type\":\"Regular\"}"
	refused 404 ManagementObjectNotFound Set-Mailbox '{"Identity":"nobody","AuditEnabled":true}'
}
lists_are_replaced_edited_and_cleared() {
	void Set-Mailbox "{\"Identity\":\"$ada\",\"EmailAddresses\":{\"@odata.type\":\"#Exchange.GenericHashTable\",
		\"add\":[\"smtp:second@$domain\"]}}"
	good Get-Mailbox "{\"Identity\":\"second@$domain\"}"
	is "$ada" '.value[0].UserPrincipalName'
	void Set-Mailbox "{\"Identity\":\"$ada\",\"EmailAddresses\":{\"@odata.type\":\"#Exchange.StringFieldDeltaUpdateData\",
		\"Remove\":[\"SMTP:Second@$domain\"]}}"
	refused 404 NotFound Get-Mailbox "{\"Identity\":\"second@$domain\"}"
	refused 400 ProxyAddressExists Set-Mailbox "{\"Identity\":\"$ada\",\"EmailAddresses\":{
		\"@odata.type\":\"#Exchange.GenericHashTable\",\"Add\":[\"smtp:$bob\"]}}"
	void Set-Mailbox "{\"Identity\":\"$ada\",\"GrantSendOnBehalfTo\":[\"$bob\"]}"
	ada_has "[\"$bob_alias\"]" .GrantSendOnBehalfTo
	good Get-Mailbox "{\"Identity\":\"$ada\",\"IncludeGrantSendOnBehalfToWithDisplayNames\":true}"
	is "$bob" '.value[0].GrantSendOnBehalfToWithDisplayNames[0].PrimarySmtpAddress'
	void Set-Mailbox "{\"Identity\":\"$ada\",\"GrantSendOnBehalfTo\":{\"@odata.type\":\"#Exchange.StringFieldDeltaUpdateData\"}}"
	ada_has "[\"$bob_alias\"]" .GrantSendOnBehalfTo
	void Set-Mailbox "{\"Identity\":\"$ada\",\"GrantSendOnBehalfTo\":{\"@odata.type\":\"#Exchange.GenericHashTable\"}}"
	ada_has '[]' .GrantSendOnBehalfTo
}
permissions_come_and_go() {
	rights="\"Identity\":\"$ada\",\"User\":\"$bob\",\"AccessRights\":[\"FullAccess\",\"ReadPermission\"]"
	good Get-MailboxPermission "{\"Identity\":\"$ada\"}"
	is '["NT AUTHORITY\\SELF"]' '[.value[].User]'
	is '["FullAccess, ReadPermission"]' '.value[0].AccessRights'
	good Add-MailboxPermission "{$rights,\"InheritanceType\":\"All\",\"AutoMapping\":false}"
	is "$bob" '.value[0].User'
	good Add-MailboxPermission "{$rights}"
	contains 'already present' "$work/body"
	good Get-MailboxPermission "{\"Identity\":\"$ada\",\"User\":\"$bob\"}"
	is 1 '.value|length'
	good Remove-MailboxPermission "{$rights}"
	is true 'has("@adminapi.confirmationmessage")'
	good Get-MailboxPermission "{\"Identity\":\"$ada\",\"User\":\"$bob\"}"
	is 1 '.value|length'
	void Remove-MailboxPermission "{$rights,\"Confirm\":false}"
	void Remove-MailboxPermission "{$rights,\"Confirm\":false}"
	contains "isn't present" "$work/body"
	good Get-MailboxPermission "{\"Identity\":\"$ada\",\"User\":\"$bob\"}"
	is 0 '.value|length'
}
folder_permissions_come_and_go() {
	calendar="\"Identity\":\"$ada:\\\\Calendar\",\"User\":\"$bob\""
	good Get-MailboxFolderPermission "{\"Identity\":\"$ada:\\\\Calendar\"}"
	is '["Default","Anonymous"]' '[.value[].User]'
	good Add-MailboxFolderPermission "{$calendar,\"AccessRights\":[\"Editor\"],\"SharingPermissionFlags\":[\"Delegate\"]}"
	is "$bob_display" '.value[0].User'
	refused 400 UserAlreadyExistsInPermissionEntry Add-MailboxFolderPermission "{$calendar,\"AccessRights\":[\"Editor\"]}"
	void Set-MailboxFolderPermission "{$calendar,\"AccessRights\":[\"Reviewer\"]}"
	good Get-MailboxFolderPermission "{$calendar}"
	is '["Reviewer"]' '.value[0].AccessRights'
	is '["Delegate"]' '.value[0].SharingPermissionFlags'
	void Remove-MailboxFolderPermission "{$calendar,\"Confirm\":false}"
	refused 400 UserNotFoundInPermissionEntry Remove-MailboxFolderPermission "{$calendar,\"Confirm\":false}"
	refused 404 NotFound Get-MailboxFolderPermission "{\"Identity\":\"$ada:\\\\Attic\"}"
}
groups_live_and_die() {
	good New-DistributionGroup "{\"Name\":\"Ops\",\"Members\":[\"$ada\"],\"ManagedBy\":[\"$bob\"],
		\"PrimarySmtpAddress\":\"ops@$domain\",\"MemberJoinRestriction\":\"ApprovalRequired\"}"
	is "[\"$bob_alias\"]" '.value[0].ManagedBy'
	is MailUniversalDistributionGroup '.value[0].RecipientTypeDetails'
	refused 400 ADObjectAlreadyExistsException New-DistributionGroup '{"Name":"ops"}'
	void Add-DistributionGroupMember "{\"Identity\":\"Ops\",\"Member\":\"$bob\"}"
	refused 400 MemberAlreadyExistsException Add-DistributionGroupMember "{\"Identity\":\"Ops\",\"Member\":\"$bob\"}"
	void Add-DistributionGroupMember '{"Identity":"Ops","Member":"Leadership"}'
	good Get-DistributionGroupMember "{\"Identity\":\"ops@$domain\"}"
	is 3 '.value|length'
	void Remove-DistributionGroupMember "{\"Identity\":\"Ops\",\"Member\":\"$ada\",\"Confirm\":false}"
	refused 400 MemberNotFoundException Remove-DistributionGroupMember \
		"{\"Identity\":\"Ops\",\"Member\":\"$ada\",\"Confirm\":false}"
	void Set-DistributionGroup "{\"Identity\":\"Ops\",\"PrimarySmtpAddress\":\"operations@$domain\"}"
	good Get-DistributionGroup "{\"Identity\":\"operations@$domain\"}"
	is "[\"smtp:ops@$domain\",\"SMTP:operations@$domain\"]" '.value[0].EmailAddresses'
	void Remove-DistributionGroup '{"Identity":"Ops","Confirm":false}'
	refused 404 NotFound Get-DistributionGroup '{"Identity":"Ops"}'
}
what_only_asks_changes_nothing_and_counts_nothing() {
	before=$(ledger one executed.Set-Mailbox)
	good Set-Mailbox "{\"Identity\":\"$bob\",\"CustomAttribute1\":\"x\",\"Confirm\":true}"
	is true 'has("@adminapi.confirmationmessage")'
	void Set-Mailbox "{\"Identity\":\"$bob\",\"CustomAttribute1\":\"x\",\"WhatIf\":true}"
	refused 400 AmbiguousParameterSet Set-Mailbox "{\"Identity\":\"$bob\",\"Shoe\":1}"
	equals "$before" "$(ledger one executed.Set-Mailbox)"
	good Get-Mailbox "{\"Identity\":\"$bob\"}"
	is '' '.value[0].CustomAttribute1'
	void Set-Mailbox "{\"Identity\":\"$bob\",\"CustomAttribute1\":\"x\",\"Confirm\":false}"
	equals $((before + 1)) "$(ledger one executed.Set-Mailbox)"
	fault x-confirm --count 1
	good Set-Mailbox "{\"Identity\":\"$bob\",\"CustomAttribute1\":\"y\",\"Confirm\":false}"
	is true 'has("@adminapi.confirmationmessage")'
	equals $((before + 1)) "$(ledger one executed.Set-Mailbox)"
}
writes_side_by_side_are_all_kept() {
	for i in $(seq 30); do
		curl -s --cacert "$work/one/ca.pem" -o /dev/null "$origin$invoke" -H "Authorization: Bearer $(cat "$work/bearer")" \
			-d "$(envelope Set-Mailbox "{\"Identity\":\"$bob\",\"EmailAddresses\":{
				\"@odata.type\":\"#Exchange.GenericHashTable\",\"Add\":\"smtp:n$i@$domain\"}}")" &
	done
	wait
	good Get-Mailbox "{\"Identity\":\"$bob\"}"
	is 30 "[.value[0].EmailAddresses[]|select(startswith(\"smtp:n\"))]|length"
}

# --- faults ---

# meets STATUS FAULT: the fault acts once on a cheap cmdlet, and the next call is good again
meets() {
	fault "$2" --count 1
	equals "$1" "$(run Get-OrganizationConfig '{}')"
	cp "$work/body" "$work/met"
	cp "$work/headers" "$work/met.headers"
	good Get-OrganizationConfig '{}'
}

refusals_can_be_switched_on() {
	before=$(ledger one executed.Get-OrganizationConfig)
	meets 401 x-401
	contains 'error="invalid_token"' "$work/met.headers"
	meets 401 x-401-claims
	contains 'error="insufficient_claims", claims="' "$work/met.headers"
	meets 403 x-403-nul
	equals 4096 "$(stat -c %s "$work/met")"
	meets 403 x-403-diagnostics
	contains '^x-ms-diagnostics: 2000003;reason="' "$work/met.headers"
	equals 0 "$(stat -c %s "$work/met")"
	meets 403 x-403-json
	contains "isn't supported in this scenario" "$work/met"
	meets 403 x-403-empty
	equals 0 "$(stat -c %s "$work/met")"
	meets 404 x-404
	contains ManagementObjectNotFoundException "$work/met"
	meets 400 x-400-concurrency
	contains 'maximum number of concurrent requests per tenant. Please wait and try again' "$work/met"
	meets 429 x-429=7
	contains '^Retry-After: 7' "$work/met.headers"
	meets 503 x-503
	lacks '^Retry-After' "$work/met.headers"
	meets 503 x-503=3
	contains '^Retry-After: 3' "$work/met.headers"
	meets 500 x-500
	contains 'may be transient' "$work/met"
	meets 200 x-200-error
	contains '"error"' "$work/met"
	meets 302 x-redirect=https://region.example:446
	contains "^Location: https://region.example:446$invoke" "$work/met.headers"
	meets 302 x-redirect-foreign=https://foreign.example/here
	contains '^Location: https://foreign.example/here' "$work/met.headers"
	equals $((before + 15)) "$(ledger one executed.Get-OrganizationConfig)"
}
details_come_in_every_form() {
	type=Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException
	detail() {
		meets 400 "x-400-details=$1"
		jq -r '.error.details[0].message' "$work/met" >"$work/detail"
	}
	detail pipe3
	contains "^Ex[0-9A-F]{6}\|$type\|The object 'Ops'" "$work/detail"
	detail pipe2
	contains "^\|$type\|The object 'Ops'" "$work/detail"
	detail plain
	contains "^The object 'Ops'" "$work/detail"
	detail json
	equals "$type" "$(jq -r .TypeName "$work/detail")"
	detail internal
	equals '' "$(cat "$work/detail")"
	jq -e '.error.innererror.internalexception.message|startswith("The object")' "$work/met"
}
answers_can_be_spoilt_after_the_act() {
	before=$(ledger one executed.Get-OrganizationConfig)
	meets 204 x-204
	equals 0 "$(stat -c %s "$work/met")"
	meets 200 x-empty-200
	equals 0 "$(stat -c %s "$work/met")"
	meets 200 x-value-null
	equals null "$(jq -c .value "$work/met")"
	meets 200 x-bare-object
	equals "$domain" "$(jq -r .Name "$work/met")"
	meets 200 x-truncate=500
	equals 500 "$(stat -c %s "$work/met")"
	equals $((before + 10)) "$(ledger one executed.Get-OrganizationConfig)"
}
rows_can_be_hazardous() {
	meets 200 x-big-integer
	contains '"RuleIdentity":15394007230974001153' "$work/met"
	meets 200 x-nul-escape
	contains 'before\\u0000after' "$work/met"
	meets 200 x-bad-key
	contains '"LastUsedDate\(DateTime\]\)":' "$work/met"
	meets 200 x-bad-utf8
	fails 1 iconv -f UTF-8 -t UTF-8 -o "$work/converted" "$work/met"
	meets 200 x-deep-json
	equals 3000 "$(tr -dc '[' <"$work/met" | wc -c | awk '{ print $1 - 3 }')"
	meets 200 x-5mb-string
	[ "$(jq '.value[0].LongText|length' "$work/met")" -ge 5000000 ]
	meets 200 x-duplicate-rows
	equals 2 "$(jq '.value|length' "$work/met")"
	meets 200 'x-warning=Mind the "gap"'
	equals '["Mind the \"gap\""]' "$(jq -c '."@adminapi.warnings"' "$work/met")"
	meets 200 x-warning-more
	contains 'There are more results available' "$work/met"
	meets 200 x-slow-row=5
}
a_fault_for_one_cmdlet_leaves_others_alone() {
	fault x-429 --cmdlet Get-Recipient
	good Get-OrganizationConfig '{}'
	equals 429 "$(run Get-Recipient '{}')"
	sandbox fault --dir "$work/one" clear
	good Get-Recipient '{"ResultSize":1}'
}

run_tests a_mailbox_keeps_what_was_set \
	lists_are_replaced_edited_and_cleared \
	permissions_come_and_go \
	folder_permissions_come_and_go \
	groups_live_and_die \
	what_only_asks_changes_nothing_and_counts_nothing \
	writes_side_by_side_are_all_kept \
	refusals_can_be_switched_on \
	details_come_in_every_form \
	answers_can_be_spoilt_after_the_act \
	rows_can_be_hazardous \
	a_fault_for_one_cmdlet_leaves_others_alone
