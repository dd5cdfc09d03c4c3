#!/bin/bash
# exosign run: the cmdlets that have no next link, walked to their end and held against what the tenant says it holds.
. "$(dirname "$0")/lib.sh"

sandbox_up --mailboxes 900
# The client keeps its budget in each process; here there are many.
calm() {
	no_faults
	fault x-trace-free
}
calm
day() { date -u -d "-$1 days" +%Y-%m-%dT00:30:00Z; }
from=$(day 26) until=$(day 1) two=$(day 2) three=$(day 3)
# held CMDLET FROM UNTIL
held() { "$exosign" --config "$conf" run Test-SandboxHeld -Cmdlet "$1" -StartDate "$2" -EndDate "$3" | jq .Count; }
# whole CMDLET ID FROM UNTIL: as many rows as the tenant holds, each once
whole() {
	expect "all of them" test "$(wc -l <"$out")" -eq "$(held "$1" "$3" "$4")"
	expect "each once" test "$(jq -r "$2" "$out" | sort | uniq -d | wc -l)" -eq 0
}
trace='.MessageTraceId + .RecipientAddress'

story 'a message trace of 25 days is cut into windows and comes whole'
from_here
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$from" -EndDate "$until"
whole Get-MessageTraceV2 "$trace" "$from" "$until"
err_empty

story 'small answers fit together at every seam'
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$two" -EndDate "$until" --page-size 83
whole Get-MessageTraceV2 "$trace" "$two" "$until"

story 'rows that share one Received come whole'
fault x-trace-crowd=3600
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$three" -EndDate "$until" --page-size 150
whole Get-MessageTraceV2 "$trace" "$three" "$until"
calm

story 'more rows in one place than an answer holds are no success and no loop'
fault x-trace-crowd=86400
expect_exit 12 -- exo run Get-MessageTraceV2 -StartDate "$three" -EndDate "$until" --page-size 3
err_has 'E-EXO-INCOMPLETE'
err_has 'share one Received'
calm

story 'an answer that is cut short without a word is not believed'
fault x-trace-cap=1000
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$three" -EndDate "$until"
whole Get-MessageTraceV2 "$trace" "$three" "$until"
calm

story 'a service that loses a row at a seam is found out'
fault x-trace-lose
expect_exit 12 -- exo run Get-MessageTraceV2 -StartDate "$three" -EndDate "$until" --page-size 500
err_has 'does not begin where the last one ended'
calm

story 'a broken answer is asked for again'
fault half-body --after 1 --count 2
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$three" -EndDate "$until" --page-size 800
whole Get-MessageTraceV2 "$trace" "$three" "$until"
calm

story 'a throttled trace waits and goes on'
fault x-trace-throttle --count 1
expect_exit 0 -- exo run Get-MessageTraceV2 -ResultSize 3
out_lines 3
calm

story 'so many rows are enough, and what the user walks by hand is sent as it is'
expect_exit 0 -- exo run Get-MessageTraceV2 -ResultSize 7
out_lines 7
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$from" -EndDate "$until" -StartingRecipientAddress a@b --dry-run
out_json '.body.CmdletInput.Parameters | has("ResultSize") | not'
expect_exit 0 -- exo run Get-MessageTraceV2 -StartDate "$from" -EndDate "$until" --dry-run
out_json '.body.CmdletInput.Parameters.ResultSize == 5000'

story 'what the service does not keep is refused unsent'
before=$(tenant_count .requests)
expect_error E-PARAMETER 2 -- exo run Get-MessageTraceV2 -StartDate "$(day 120)" -EndDate "$(day 115)"
err_has '90 days'
expect_error E-PARAMETER 2 -- exo run Get-MessageTraceV2 -StartDate yesterday
expect 'nothing was sent' test "$(tenant_count .requests)" = "$before"

from=$(day 15) until=$(day 1)
story 'an audit search of more than 50,000 records is cut in halves and comes whole'
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until"
whole Search-UnifiedAuditLog .Identity "$from" "$until"
expect 'there are more than a session reaches' test "$(wc -l <"$out")" -gt 50000
err_empty

from=$two
story 'a record that is missing once comes with another session'
fault x-audit-lose --count 1
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until"
whole Search-UnifiedAuditLog .Identity "$from" "$until"
err_has 'audit records are missing'
calm

story 'records that come twice are given once'
fault x-duplicate-rows --cmdlet Search-UnifiedAuditLog
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until" --page-size 700
whole Search-UnifiedAuditLog .Identity "$from" "$until"
calm

story 'an answer that breaks off within a session costs nothing but another session'
fault half-body --after 1 --count 1
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until" --page-size 700
whole Search-UnifiedAuditLog .Identity "$from" "$until"
calm

story 'records that never come are no success, and are named'
fault x-audit-lose
expect_exit 12 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until"
err_has 'E-EXO-INCOMPLETE'
err_has 'missing, by ResultIndex: 1'
calm
fault x-audit-count
expect_exit 12 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until" --page-size 700
calm
fault x-audit-fail
expect_exit 12 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until"
out_empty
calm

story 'a session of the user is theirs'
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until" -ResultSize 10
out_lines 10
expect_exit 0 -- exo run Search-UnifiedAuditLog -StartDate "$from" -EndDate "$until" -SessionId mine -SessionCommand ReturnNextPreviewPage
out_lines 100

story 'the quarantine comes whole, over pages that overlap'
expect_exit 0 -- exo run Get-QuarantineMessage --page-size 100
whole Get-QuarantineMessage .Identity "$from" "$until"
expect_exit 0 -- exo run Get-QuarantineMessage
whole Get-QuarantineMessage .Identity "$from" "$until"

story 'what stays in the quarantine while others come and go is given, once'
expect_exit 0 -- exo run Get-QuarantineMessage
jq -r .Identity "$out" | sort >"$own/before"
fault x-quarantine-arrive=30
expect_exit 0 -- exo run Get-QuarantineMessage --page-size 100
expect 'each once' test "$(jq -r .Identity "$out" | sort | uniq -d | wc -l)" -eq 0
expect 'none of those that were there is missing' test -z "$(comm -23 "$own/before" <(jq -r .Identity "$out" | sort))"
calm
fault x-quarantine-release=3
expect_exit 0 -- exo run Get-QuarantineMessage --page-size 100
expect 'each once' test "$(jq -r .Identity "$out" | sort | uniq -d | wc -l)" -eq 0
cp "$out" "$own/while"
expect_exit 0 -- exo run Get-QuarantineMessage
expect 'all that is left was given' test -z "$(comm -23 <(jq -r .Identity "$out" | sort) <(jq -r .Identity "$own/while" | sort))"
calm

story 'a quarantine that empties faster than it is read is no success'
fault x-quarantine-release=90
run exo run Get-QuarantineMessage --page-size 100
expect 'whole or told' test "$status" -eq 0 -o "$status" -eq 12
calm
