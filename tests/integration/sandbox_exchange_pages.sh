#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# Long answers of the sandbox's Exchange half: next links and what they are bound to, message traces, audit sessions, the
# quarantine.
# shellcheck source=tests/support/sandbox_exchange.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_exchange.sh"

everybody='{"ResultSize":"Unlimited"}'
expired='Expired or Invalid pagination request. Default Expiry time is 00:30:00'

# follow LINK CMDLET PARAMETERS [CURL OPTION...]: the same body to the next link
follow() {
	local link=$1 cmdlet=$2 parameters=$3
	shift 3
	get one "${link#"$origin"}" -H "Authorization: Bearer $(cat "$work/bearer")" \
		-H 'Content-Type: application/json' --data-binary "$(envelope "$cmdlet" "$parameters")" "$@"
}

# first_page: page one of all mailboxes, its link and its cookie
first_page() {
	rm -f "$work/jar"
	good Get-Mailbox "$everybody" -H 'X-AnchorMailbox: UPN:a@b' -c "$work/jar"
	jq -er '."@odata.nextLink"' "$work/body" >"$work/link"
}

# second_page: its status to stdout
second_page() {
	follow "$(cat "$work/link")" Get-Mailbox "$everybody" -H 'X-AnchorMailbox: UPN:a@b' -b "$work/jar"
}

link_is_refused() {
	equals 400 "$1"
	contains "$expired" "$work/body"
	is 'Invalid Operation' .error.message
}

all_mailboxes_come_in_three_pages() {
	first_page
	before=$(ledger one executed.Get-Mailbox)
	is 1000 '.value|length'
	jq -r '.value[].Guid' "$work/body" >"$work/guids"
	contains '^Set-Cookie: X-BackEndCookie=.*Path=/; Secure; HttpOnly' "$work/headers"
	contains "^$origin$invoke\?%24skiptoken=" "$work/link"
	equals 200 "$(second_page)"
	is 1000 '.value|length'
	jq -r '.value[].Guid' "$work/body" >>"$work/guids"
	jq -er '."@odata.nextLink"' "$work/body" >"$work/link"
	equals 200 "$(second_page)"
	is 500 '.value|length'
	is false 'has("@odata.nextLink")'
	is '[]' '."@adminapi.warnings"'
	jq -r '.value[].Guid' "$work/body" >>"$work/guids"
	equals 2500 "$(sort -u "$work/guids" | wc -l)"
	equals "$before" "$(ledger one executed.Get-Mailbox)"
}
the_same_link_gives_the_same_page() {
	first_page
	equals 200 "$(second_page)"
	jq -c .value "$work/body" >"$work/once"
	equals 200 "$(second_page)"
	jq -c .value "$work/body" | cmp - "$work/once"
}
another_anchor_body_cookie_or_selection_loses_the_link() {
	first_page
	link_is_refused "$(follow "$(cat "$work/link")" Get-Mailbox "$everybody" -H 'X-AnchorMailbox: UPN:x@y' -b "$work/jar")"
	link_is_refused "$(follow "$(cat "$work/link")" Get-Mailbox "$everybody" -b "$work/jar")"
	link_is_refused "$(follow "$(cat "$work/link")" Get-Mailbox '{"ResultSize": "Unlimited"}' \
		-H 'X-AnchorMailbox: UPN:a@b' -b "$work/jar")"
	link_is_refused "$(follow "$(cat "$work/link")" Get-Recipient "$everybody" \
		-H 'X-AnchorMailbox: UPN:a@b' -b "$work/jar")"
	link_is_refused "$(follow "$(cat "$work/link")" Get-Mailbox "$everybody" -H 'X-AnchorMailbox: UPN:a@b')"
	link_is_refused "$(follow "$(cat "$work/link")" Get-Mailbox "$everybody" -H 'X-AnchorMailbox: UPN:a@b' \
		-b X-BackEndCookie=other)"
	link_is_refused "$(follow "$(cat "$work/link")&\$select=Alias" Get-Mailbox "$everybody" \
		-H 'X-AnchorMailbox: UPN:a@b' -b "$work/jar")"
	link_is_refused "$(follow "$(sed 's/.....$/ABCDE/' "$work/link")" Get-Mailbox "$everybody" \
		-H 'X-AnchorMailbox: UPN:a@b' -b "$work/jar")"
	link_is_refused "$(follow "$invoke?\$skiptoken=Pgx" Get-OrganizationConfig '{}')"
	equals 200 "$(second_page)"
}
a_get_on_a_next_link_is_405() {
	first_page
	link=$(cat "$work/link")
	equals 405 "$(get one "${link#"$origin"}" -H "Authorization: Bearer $(cat "$work/bearer")" -b "$work/jar" \
		-H 'X-AnchorMailbox: UPN:a@b')"
}
a_page_is_as_long_as_the_smaller_wish() {
	good Get-Mailbox "$everybody" -H 'Prefer: odata.maxpagesize=7'
	is 7 '.value|length'
	is true 'has("@odata.nextLink")'
	good Get-Mailbox '{"ResultSize":3}' -H 'Prefer: odata.maxpagesize=7'
	is 3 '.value|length'
	is true 'has("@odata.nextLink")'
	contains 'There are more results available.*ResultSize parameter' "$work/body"
	good Get-Mailbox '{}' -H 'Prefer: odata.maxpagesize=5000;odata.continue-on-error'
	is 1000 '.value|length'
	good Get-Mailbox '{"ResultSize":0}'
	is '0 false' '"\(.value|length) \(has("@odata.nextLink"))"'
}
filtered_rows_are_paged_without_loss() {
	shared='{"RecipientTypeDetails":["SharedMailbox"],"ResultSize":"Unlimited"}'
	good Get-Mailbox "$shared" -H 'Prefer: odata.maxpagesize=100' -c "$work/jar"
	jq -r '.value[].Guid' "$work/body" >"$work/guids"
	while link=$(jq -er '."@odata.nextLink"' "$work/body"); do
		equals 200 "$(follow "$link" Get-Mailbox "$shared" -H 'Prefer: odata.maxpagesize=100' -b "$work/jar")"
		jq -r '.value[].Guid' "$work/body" >>"$work/guids"
	done
	equals 375 "$(wc -l <"$work/guids")"
	equals 375 "$(sort -u "$work/guids" | wc -l)"
}
recipients_and_members_are_paged_too() {
	good Get-Recipient "$everybody" -c "$work/jar"
	while link=$(jq -er '."@odata.nextLink"' "$work/body"); do
		equals 200 "$(follow "$link" Get-Recipient "$everybody" -b "$work/jar")"
	done
	is '"All Staff"' '[.value[]|select(.RecipientTypeDetails=="MailUniversalDistributionGroup").Name][0]|tojson'
	all='{"Identity":"All Staff","ResultSize":"Unlimited"}'
	good Get-DistributionGroupMember "$all" -c "$work/jar"
	pages=1
	while link=$(jq -er '."@odata.nextLink"' "$work/body"); do
		equals 200 "$(follow "$link" Get-DistributionGroupMember "$all" -b "$work/jar")"
		pages=$((pages + 1))
	done
	equals 3 "$pages"
}
a_link_that_leads_nowhere_can_be_switched_on() {
	first_page
	fault x-link-expired --after 1 --count 1
	equals 200 "$(second_page)"
	link_is_refused "$(second_page)"
	equals 200 "$(second_page)"
	fault x-link-never
	first_page
	link_is_refused "$(second_page)"
	link_is_refused "$(second_page)"
	fault x-link-foreign=https://elsewhere.example/page --count 1
	first_page
	equals https://elsewhere.example/page "$(cat "$work/link")"
	fault x-link-loop
	first_page
	link=$(cat "$work/link")
	equals 200 "$(second_page)"
	equals "$link" "$(jq -r '."@odata.nextLink"' "$work/body")"
	fault x-link-get
	first_page
	sandbox fault --dir "$work/one" clear
	link=$(cat "$work/link")
	equals 200 "$(get one "${link#"$origin"}" -H "Authorization: Bearer $(cat "$work/bearer")" -b "$work/jar" \
		-H 'X-AnchorMailbox: UPN:a@b')"
	is 1000 '.value|length'
}

# --- what does not page by a link ---

day_ago() {
	date -u -d "-$1 days" +%Y-%m-%dT%H:%M:%S.0000000Z
}

a_message_trace_is_walked_by_its_last_row() {
	start=$(date -u -d '-36 hours' +%Y-%m-%dT%H:%M:%S.0000000Z)
	end=$(date -u -d '-35 hours' +%Y-%m-%dT%H:%M:%S.0000000Z)
	good Get-MessageTraceV2 "{\"StartDate\":\"$start\",\"EndDate\":\"$end\",\"ResultSize\":5000}"
	is false 'has("@odata.nextLink")'
	is '[]' '."@adminapi.warnings"'
	jq -e '[.value[].Received]|. == (sort|reverse)' "$work/body"
	jq -e '[.value[].MessageTraceId]|length>(unique|length)' "$work/body"
	jq -r '.value[]|.Received+" "+.RecipientAddress' "$work/body" >"$work/whole"
	: >"$work/walk"
	until=$end starting=''
	while :; do
		good Get-MessageTraceV2 "{\"StartDate\":\"$start\",\"EndDate\":\"$until\",\"ResultSize\":23$starting}"
		jq -r '.value[]|.Received+" "+.RecipientAddress' "$work/body" >>"$work/walk"
		jq -e '."@adminapi.warnings"|length>0' "$work/body" || break
		contains 'There are more results.*-StartingRecipientAddress' "$work/body"
		until=$(jq -r '.value[-1].Received' "$work/body")
		starting=",\"StartingRecipientAddress\":\"$(jq -r '.value[-1].RecipientAddress' "$work/body")\""
	done
	cmp "$work/whole" "$work/walk"
}
a_message_trace_has_its_windows_and_its_budget() {
	refused 400 '10 days' Get-MessageTraceV2 "{\"StartDate\":\"$(day_ago 12)\",\"EndDate\":\"$(day_ago 1)\"}"
	refused 400 '90 days' Get-MessageTraceV2 "{\"StartDate\":\"$(day_ago 95)\",\"EndDate\":\"$(day_ago 91)\"}"
	refused 400 'before the EndDate' Get-MessageTraceV2 "{\"StartDate\":\"$(day_ago 1)\",\"EndDate\":\"$(day_ago 2)\"}"
	refused 400 '5000' Get-MessageTraceV2 '{"ResultSize":5001}'
	for _ in $(seq 110); do
		status=$(run Get-MessageTraceV2 '{"ResultSize":1}')
		[ "$status" = 200 ] || break
	done
	equals 429 "$status"
	contains 'recent queries have surpassed the permitted limit' "$work/body"
	[ "$(header Retry-After)" -le 300 ]
}
an_audit_session_goes_on_until_it_is_empty() {
	for command in ReturnLargeSet ReturnNextPreviewPage; do
		query="{\"StartDate\":\"$(day_ago 3)\",\"EndDate\":\"$(day_ago 2)\",\"ResultSize\":900,\"SessionId\":\"s-$command\"
			,\"SessionCommand\":\"$command\"}"
		rm -f "$work/indices" "$work/ids" "$work/dates"
		while :; do
			good Search-UnifiedAuditLog "$query"
			jq -e '.value|length>0' "$work/body" || break
			jq -r '.value[].ResultIndex' "$work/body" >>"$work/indices"
			jq -r '.value[].Identity' "$work/body" >>"$work/ids"
			jq -r '.value[].CreationDate' "$work/body" >>"$work/dates"
			total=$(jq '.value[0].ResultCount' "$work/body")
			is '"string"' '.value[0].AuditData|type|tojson'
			jq -e '.value[0].AuditData|fromjson|.Operation' "$work/body"
		done
		equals "$total" "$(wc -l <"$work/ids")"
		equals "$total" "$(sort -u "$work/ids" | wc -l)"
		seq "$total" | cmp - "$work/indices"
		case $command in
		ReturnLargeSet) fails 1 sort -r -c "$work/dates" ;;
		*) sort -r -c "$work/dates" ;;
		esac
	done
	refused 400 'missing mandatory parameters: StartDate EndDate' Search-UnifiedAuditLog '{}'
}
quarantine_pages_are_counted_from_one() {
	good Get-QuarantineMessage '{"Page":1,"PageSize":1000}'
	is 1000 '.value|length'
	good Get-QuarantineMessage '{"Page":3,"PageSize":1000}'
	is 345 '.value|length'
	good Get-QuarantineMessage '{"Page":4,"PageSize":1000}'
	is 0 '.value|length'
	good Get-QuarantineMessage '{"PageSize":0}'
	is 0 '.value|length'
	refused 400 PageSize Get-QuarantineMessage '{"PageSize":1001}'
}

run_tests all_mailboxes_come_in_three_pages \
	the_same_link_gives_the_same_page \
	another_anchor_body_cookie_or_selection_loses_the_link \
	a_get_on_a_next_link_is_405 \
	a_page_is_as_long_as_the_smaller_wish \
	filtered_rows_are_paged_without_loss \
	recipients_and_members_are_paged_too \
	a_link_that_leads_nowhere_can_be_switched_on \
	a_message_trace_is_walked_by_its_last_row \
	a_message_trace_has_its_windows_and_its_budget \
	an_audit_session_goes_on_until_it_is_empty \
	quarantine_pages_are_counted_from_one
