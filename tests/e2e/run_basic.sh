#!/bin/bash
# exosign run: cmdlets as their documentation writes them, against a tenant that looks at every request.
. "$(dirname "$0")/lib.sh"

sandbox_up --mailboxes 120
rows() { jq -s length "$out"; }

story 'a list arrives whole, a row a line, over many pages'
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 7
out_lines 120
out_json '.PrimarySmtpAddress | test("@")'
expect 'every row is another mailbox' test "$(jq -r .Guid "$out" | sort -u | wc -l)" -eq 120
err_empty

story 'annotations of the service are not part of a row'
expect_exit 0 -- exo run Get-Mailbox -ResultSize 5
out_json 'keys | all(contains("@") | not)'
out_lines 5

story 'each format is what it says'
expect_exit 0 -- exo -o json run Get-Mailbox -ResultSize 3 --select Name,Guid
out_json 'type == "array" and length == 3 and (.[0] | keys_unsorted == ["Name", "Guid"])'
expect_exit 0 -- exo -o ndjson run Get-Mailbox -ResultSize 3 --select Name,Guid
out_lines 3
out_json 'keys_unsorted == ["Name", "Guid"]'
expect_exit 0 -- exo -o csv run Get-Mailbox -ResultSize 3 --select Name,Guid
out_lines 4
out_matches '^Name,Guid'
expect_exit 0 -- exo -o tsv run Get-Mailbox -ResultSize 3 --select Name,Guid
out_lines 4
out_matches "^Name"$'\t'"Guid$"
expect_exit 0 -- exo -o list run Get-Mailbox -ResultSize 3 --select Name,Guid
out_matches '^Guid : [0-9a-f-]{36}$'
expect_exit 0 -- exo -o table run Get-Mailbox -ResultSize 3 --select Name,Guid
out_lines 4
out_matches '^Name +Guid'
expect_exit 0 -- exo -o none run Get-Mailbox -ResultSize 3
out_empty

story 'an unknown format is refused before anything is asked'
expect_error E-USAGE 2 -- exo -o yaml run Get-Mailbox

story 'one object is found by its identity'
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_lines 1
out_json '.DisplayName == "Gülay Yıldız"'

story 'an object that is not there is the cmdlet'"'"'s failure, with the ids support wants'
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-Mailbox -Identity nobody@sandbox.onmicrosoft.com
err_has nobody@sandbox.onmicrosoft.com
err_has 'request-id '

story 'with -o json the failure is an object on stderr'
expect_exit 10 -- exo -o json run Get-Mailbox -Identity nobody@sandbox.onmicrosoft.com
out_empty
err_json '.error.code == "E-EXO-NOT-FOUND" and .error.exit == 10 and .error.status == "cmdlet"'

story 'a change is made and can be read back'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -CustomAttribute1 'tüv; "1"' -HiddenFromAddressListsEnabled '$true'
out_empty
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.CustomAttribute1 == "tüv; \"1\"" and .HiddenFromAddressListsEnabled == true'

story 'a value is emptied with $null'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -CustomAttribute1 '$null'
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.CustomAttribute1 == "" or .CustomAttribute1 == null'

story 'hashtables add to a collection and take from it'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -EmailAddresses "@{Add='smtp:extra@sandbox.onmicrosoft.com'}"
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.EmailAddresses | any(test("extra@"))'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -EmailAddresses "@{Remove='smtp:extra@sandbox.onmicrosoft.com'}"
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.EmailAddresses | any(test("extra@")) | not'

story 'a pasted line works whole'
expect_exit 0 -- exo run --ps "Get-Mailbox -Identity 'gulay.yildiz'"
out_json '.Name == "gulay.yildiz"'

story 'what is more than literals is refused unsent, with the place'
before=$(tenant_count .requests)
expect_error E-EXPRESSION 2 -- exo run --ps 'Get-Mailbox | fl'
err_has 'a pipe'
expect_error E-EXPRESSION 2 -- exo run --ps 'Get-Mailbox -Identity $user'
expect_error E-EXPRESSION 2 -- exo run Get-Mailbox -Identity '$(whoami)'
expect 'nothing was sent' test "$(tenant_count .requests)" = "$before"

story 'JSON and files are values too'
printf 'from a file' >"$own/value"
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -CustomAttribute1:='"from JSON"' -CustomAttribute2@"$own/value"
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.CustomAttribute1 == "from JSON" and .CustomAttribute2 == "from a file"'

story 'a dry run shows the request and sends none'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -CustomAttribute1 dry --dry-run
out_json '.body.CmdletInput.CmdletName == "Set-Mailbox" and .body.CmdletInput.Parameters.CustomAttribute1 == "dry"'
expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz
out_json '.CustomAttribute1 == "from JSON"'

story 'a group lives from New- to Remove-'
expect_exit 0 -- exo run New-DistributionGroup -Name crew -PrimarySmtpAddress crew@sandbox.onmicrosoft.com
expect_exit 0 -- exo run Add-DistributionGroupMember -Identity crew -Member gulay.yildiz
expect_exit 0 -- exo run Get-DistributionGroupMember -Identity crew
out_lines 1
out_json '.Name == "gulay.yildiz"'
expect_exit 0 -- exo run Remove-DistributionGroup -Identity crew '-Confirm:$false'
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-DistributionGroup -Identity crew

story 'a parameter nobody knows is refused by the service'
expect_error E-EXO-PARAMETER 10 -- exo run Get-Mailbox -Colour blue
err_has Colour

story 'a cmdlet nobody knows is refused, with what may be wrong'
expect_error E-EXO-FORBIDDEN 9 -- exo run Get-Maibox
err_has 'spelling'

story 'what is no cmdlet is not sent'
expect_error E- 2 -- exo run mailboxes

story 'a cell cannot be run by a spreadsheet'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -CustomAttribute1 '=cmd|/c calc'
expect_exit 0 -- exo -o csv run Get-Mailbox -Identity gulay.yildiz --select CustomAttribute1
if grep -qE '^("?)[=+@-]' <(tail -n +2 "$out"); then bad 'a cell begins with ='; else met; fi

story 'a reader that leaves early is no failure that hangs'
expect_exit 0 -- bash -c "'$exosign' --config '$conf' run Get-Mailbox -ResultSize Unlimited --page-size 10 | head -n 1"
out_lines 1

story 'a disk that is full is told and is no success'
expect_exit 1 -- bash -c "'$exosign' --config '$conf' run Get-Mailbox -ResultSize Unlimited >/dev/full"
err_has 'error[E-OUTPUT'
