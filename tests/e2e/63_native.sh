#!/bin/bash
# exosign run Get-EXO...: the names of the PowerShell module, as the GETs they are, against a tenant that knows their options.
. "$(dirname "$0")/lib.sh"

sandbox_up --mailboxes 1230
address=$(printf 'gulay.yildiz@sandbox.onmicrosoft.com')
ids() { jq -r .Guid "$out" | sort -u | wc -l; }

story 'all mailboxes come over pages that are followed by GET, with the minimum of properties'
expect_exit 0 -- exo run Get-EXOMailbox -ResultSize Unlimited --page-size 100
out_lines 1230
expect 'every row is another mailbox' test "$(ids)" -eq 1230
out_json 'has("UserPrincipalName") and has("Guid") and (has("AuditEnabled") | not) and (has("ExchangeGuid") | not)'
err_empty

story 'property sets and single properties are added to the minimum'
expect_exit 0 -- exo run Get-EXOMailbox -Identity gulay.yildiz -PropertySets Audit,StatisticsSeed
out_lines 1
out_json 'has("Alias") and has("AuditEnabled") and has("ExchangeGuid") and (has("ProhibitSendQuota") | not)'
expect_exit 0 -- exo run Get-EXOMailbox -Identity gulay.yildiz -Properties ProhibitSendQuota -PropertySets Audit
out_json 'has("Alias") and has("AuditEnabled") and has("ProhibitSendQuota") and (has("ExchangeGuid") | not)'
expect_exit 0 -- exo run Get-EXOMailbox -Identity gulay.yildiz -PropertySets All
out_json 'has("ProhibitSendQuota") and has("ExchangeGuid") and has("CustomAttribute1")'

story 'what --select names is all that crosses the wire'
expect_exit 0 -- exo run Get-EXOMailbox -ResultSize 5 --select UserPrincipalName,AuditEnabled
out_lines 5
out_json 'keys == ["AuditEnabled", "UserPrincipalName"]'
expect_exit 0 -- exo run Get-EXOMailbox --select UserPrincipalName --dry-run
out_json '.method == "GET" and .body == null and (.url | endswith("/Mailbox?$select=UserPrincipalName"))'

story 'so many rows are enough'
expect_exit 0 -- exo run Get-EXOMailbox -ResultSize 1100
out_lines 1100
expect_exit 0 -- exo run Get-EXOMailbox -ResultSize 3
out_lines 3

story 'an identity is found whatever characters it has, and by whatever names it'
expect_exit 0 -- exo run Get-EXOMailbox -Identity gulay.yildiz
object=$(jq -r .ExternalDirectoryObjectId "$out")
expect_exit 0 -- exo run Get-EXOMailbox -ExternalDirectoryObjectId "$object"
out_json '.Name == "gulay.yildiz"'
expect_exit 0 -- exo run Get-EXOMailbox -UserPrincipalName "$address"
out_json '.Name == "gulay.yildiz"'
expect_exit 0 -- exo run Get-EXOMailbox -PrimarySmtpAddress "$address"
out_json '.Name == "gulay.yildiz"'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -EmailAddresses "@{Add='smtp:o''neill+x?y/z@sandbox.onmicrosoft.com'}"
expect_exit 0 -- exo run Get-EXOMailbox -Identity "'o''neill+x?y/z@sandbox.onmicrosoft.com'"
out_json '.Name == "gulay.yildiz"'
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-EXOMailbox -Identity 'nobody/../x@sandbox.onmicrosoft.com'
err_has 'nobody/../x'

story 'filters of PowerShell become filters of OData'
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited
shared=$(jq -s 'map(select(.RecipientTypeDetails == "SharedMailbox")) | length' "$out")
both=$(jq -s 'map(select(.RecipientTypeDetails == "SharedMailbox" and (.DisplayName | test("^a"; "i")))) | length' "$out")
expect 'there are some' test "$shared" -gt 0
expect_exit 0 -- exo run Get-EXOMailbox -Filter "RecipientTypeDetails -eq 'SharedMailbox'"
out_lines "$shared"
expect_exit 0 -- exo run Get-EXOMailbox -RecipientTypeDetails SharedMailbox
out_lines "$shared"
expect_exit 0 -- exo run Get-EXOMailbox -Filter "RecipientTypeDetails eq 'SharedMailbox'"
out_lines "$shared"
expect_exit 0 -- exo run Get-EXOMailbox -Filter "(RecipientTypeDetails -eq 'SharedMailbox') -and DisplayName -like 'a*'"
out_lines "$both"
expect_exit 0 -- exo run Get-EXOMailbox -Filter '{AuditEnabled -eq $false}' -PropertySets All
out_lines 0
expect_exit 0 -- exo run Get-EXORecipient -RecipientTypeDetails SharedMailbox,RoomMailbox -Filter "Name -notlike 'zz*'"
out_json '.RecipientTypeDetails == "SharedMailbox" or .RecipientTypeDetails == "RoomMailbox"'
expect_exit 0 -- exo run Get-EXOMailbox -Anr gülay
out_json '.DisplayName | test("^Gülay")'

story 'what is no filter is refused unsent, with the place'
before=$(tenant_count .requests)
expect_error E-PARAMETER 2 -- exo run Get-EXOMailbox -Filter "Name -like 'a*b*c'"
expect_error E-PARAMETER 2 -- exo run Get-EXOMailbox -Filter "Name eq"
err_has 'character'
expect 'nothing was sent' test "$(tenant_count .requests)" = "$before"

story 'a parameter that is none is refused with the nearest, and one that REST cannot say with the cmdlet that can'
expect_error E-PARAMETER 2 -- exo run Get-EXOMailbox -PropertySet Audit
err_has 'did you mean -PropertySets'
expect_error E-PARAMETER 2 -- exo run Get-EXOMailbox -PropertySets Adit
err_has 'did you mean Audit'
expect_error E-PARAMETER 2 -- exo run Get-EXOMailboxStatistics -Identity gulay.yildiz -Archive
err_has 'use Get-MailboxStatistics'
expect_error E-PARAMETER 2 -- exo run Get-EXOMailboxPermission
err_has 'add -Identity'
expect_error E-PARAMETER 2 -- exo run Get-EXOMailbox -Identity a -UserPrincipalName b
expect_error E-USAGE 2 -- exo run Get-EXOMailboxes
err_has 'did you mean Get-EXOMailbox'

story 'the other entities and functions answer'
expect_exit 0 -- exo run Get-EXORecipient -ResultSize 7
out_lines 7
expect_exit 0 -- exo run Get-EXOCasMailbox -ResultSize 4 -PropertySets Imap
out_lines 4
out_json 'has("ImapUseProtocolDefaults") and has("OWAEnabled")'
expect_exit 0 -- exo run Get-EXOMailboxPermission -Identity "$address"
out_json 'has("User") and (.PermissionList | length) == 1'
expect_exit 0 -- exo run Get-EXOMailboxStatistics -Identity "$address"
out_lines 1
out_json '(.TotalItemSize | type) == "number"'
expect_exit 0 -- exo run Get-EXOMailbox -Identity "$address" -PropertySets StatisticsSeed
expect_exit 0 -- exo run Get-EXOMailboxStatistics -ExchangeGuid "$(jq -r .ExchangeGuid "$out")" -DatabaseGuid "$(jq -r .DatabaseGuid "$out")"
out_json '.DisplayName == "Gülay Yıldız"'
expect_exit 0 -- exo run Get-EXOMailboxFolderStatistics -Identity "$address"
out_lines 10
expect_exit 0 -- exo run Get-EXOMailboxFolderStatistics -Identity "$address" -FolderScope SentItems
out_lines 1
expect_exit 0 -- exo run Get-EXOMailboxFolderPermission -Identity "$address:\\Calendar"
out_lines 2
out_json '.FolderName == "Calendar"'
expect_exit 0 -- exo run Get-EXOMobileDeviceStatistics -Mailbox "$address"
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-EXOMobileDeviceStatistics -Mailbox nobody@sandbox.onmicrosoft.com

story 'the permissions of a recipient are rows of their own'
expect_exit 0 -- exo run Get-Recipient -ResultSize Unlimited
recipients=$(wc -l <"$out")
expect_exit 0 -- exo run Get-EXORecipientPermission --page-size 100
out_json 'has("Trustee") and has("AccessRights")'
expect 'every recipient is there' test "$(jq -r .Identity "$out" | sort -u | wc -l)" -eq "$recipients"
expect_exit 0 -- exo run Get-EXORecipientPermission -ResultSize 9
out_lines 9
expect_exit 0 -- exo run Get-EXORecipientPermission -Identity "$address"
trustee=$(jq -rs 'map(.Trustee) | map(select(test("@"))) | first // empty' "$out")
if [ -n "$trustee" ]; then
	expect_exit 0 -- exo run Get-EXORecipientPermission -Identity "$address" -Trustee "$trustee"
	out_lines 1
fi

story 'a list that breaks on the way is asked for again, and one that cannot be finished is no success'
fault half-body --after 3 --count 1
expect_exit 0 -- exo run Get-EXOMailbox --page-size 100
out_lines 1230
no_faults
fault x-link-never --cmdlet Get-EXOMailbox
expect_exit 12 -- exo run Get-EXOMailbox --page-size 100
no_faults
fault x-link-foreign=https://evil.example/ --cmdlet Get-EXOMailbox
expect_exit 13 -- exo run Get-EXOMailbox --page-size 100
no_faults
fault x-429=1 --count 1
expect_exit 0 -- exo run Get-EXOMailboxStatistics -Identity "$address"
out_lines 1
no_faults

story 'other services do not have these entities'
expect_error E-USAGE 2 -- exo --service compliance run Get-EXOMailbox
