#!/bin/bash
# Less of a row, or something else made of it: --select on the wire, --jq behind it, rows while their page still arrives.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 120

story 'a selection goes to the service, so that less is sent'
expect_exit 0 -- exo run Get-Mailbox --select Name,DisplayName --dry-run
out_json '.url | endswith("/InvokeCommand?$select=Name,DisplayName")'
expect_exit 0 -- exo run Get-Mailbox --select Name,DisplayName --page-size 50
out_lines 120
out_json 'keys == ["DisplayName","Name"]'
mv "$out" "$own/selected"
expect_exit 0 -- exo run Get-Mailbox --page-size 50
jq -c '{Name,DisplayName}' "$out" >"$own/filtered"
expect 'the rows are those of the whole answer' cmp "$own/selected" "$own/filtered"
fault x-truncate=20000 --cmdlet Get-Mailbox
expect_exit 0 -- exo run Get-Mailbox --select Name --page-size 100
out_lines 120 # 100 whole rows are far more than 20,000 bytes
no_faults

story 'a link that expired means the same for selected rows'
fault x-link-expired --count 1 --after 1 --cmdlet Get-Mailbox
expect_exit 0 -- exo run Get-Mailbox --select Name,DisplayName --page-size 50
expect 'no row is lost or doubled' cmp "$out" "$own/selected"
no_faults

story 'not where rows are needed whole, where something is changed, or where OData has no word for it'
for line in 'Get-MessageTraceV2 --select Subject' 'Search-UnifiedAuditLog --select Identity' 'Set-Mailbox -Identity a --select Name'; do
	# shellcheck disable=SC2086
	expect_exit 0 -- exo run $line --dry-run
	out_json '.url | contains("$select") | not'
done
expect_exit 0 -- exo run Get-Mailbox --select 'Name,LastUsedDate(DateTime])' --dry-run
out_json '.url | contains("$select") | not'

story 'a name no row has costs one request and no value'
from_here
expect_exit 0 -- exo run Get-Mailbox -ResultSize 5 --select Name,Nmae
out_json '.Name | length > 0'
err_has 'no row has the property Nmae'
counted exchange.page 2

story 'an expression makes other rows, a line each'
expect_exit 0 -- exo run Get-Mailbox --page-size 50 --jq .Name
jq -r .Name "$own/selected" >"$own/names"
expect 'as jq -r would' cmp "$out" "$own/names"
expect_exit 0 -- exo run Get-Mailbox --select Name,EmailAddresses --jq '{n: .Name, m: (.EmailAddresses | length)}'
out_lines 120
out_json '.n and .m > 0'
expect_exit 0 -- exo -o csv run Get-AcceptedDomain --jq '{DomainName, Default}'
out_is "$(printf 'DomainName,Default\r\nsandbox.onmicrosoft.com,true\r\nrelay.sandbox.onmicrosoft.com,false\r')"
expect_exit 0 -- exo -o json run Get-AcceptedDomain --jq .DomainName
out_json 'length == 2'
expect_exit 0 -- exo run Get-Mailbox --jq 'select(.Name == "nobody")'
out_empty
expect_exit 0 -- exo token get --jq .aud
out_is https://outlook.office365.com

story 'an expression that is none stops everything before it begins'
from_here
expect_error E-JQ 2 -- exo run Get-Mailbox --jq '.['
err_has 'syntax error'
expect_error E-JQ 2 -- exo run Set-Mailbox -Identity gulay.yildiz -Office x --jq 'import "a" as a; .'
counted http.connection 0

story 'one that fails later names the row, and what came before is no success'
expect_exit 12 -- exo run Get-Mailbox --jq 'if .Name == "orders-2" then error("no") else .Name end'
out_lines 2
err_has 'error[E-JQ-ROW]: --jq failed at row 3: no'

story 'twenty digits stay twenty digits'
expect_exit 0 -- exo run Get-InboxRule -Mailbox gulay.yildiz --jq .RuleIdentity
out_has 15394007230974001153
err_has 'given a number as text'
err_has RuleIdentity

story 'the first row is there before its page has arrived'
fault trickle=3 --cmdlet Get-Mailbox
mkfifo "$own/rows"
background bash -c 'exec "$1" --config "$2" run Get-Mailbox --select Name --jq .Name >"$3"' reads "$exosign" "$conf" "$own/rows"
reader=$!
exec 8<"$own/rows"
IFS= read -t 50 -r first <&8
expect 'it is the first' [ "$first" = "$(head -n 1 "$own/names")" ]
# of some 3,000 bytes, 3 ms each, a few hundred were sent: the process that reads them is still at it
expect 'the rest has not come yet' kill -0 "$reader"
kill "$reader" 2>/dev/null
exec 8<&-
no_faults

story 'without --jq libjq is not loaded'
run strace -f -e trace=openat "$exosign" --config "$conf" token get
err_lacks libjq
run strace -f -e trace=openat "$exosign" --config "$conf" token get --jq .aud
err_has libjq
