#!/bin/bash
# A cmdlet as runbooks write it, from the words of the command line to the change that is read back.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up
who=gulay.yildiz

# binds PARAMETER JSON: the service bound this value to the parameter (stdout of Test-SandboxBinding)
binds() {
	if jq -e --arg name "$1" --argjson value "$2" -s 'any(.[]; .Parameter == $name and (.Value | fromjson) == $value)' \
		"$out" >/dev/null 2>&1; then met; else bad "-$1 is not bound to $2"; fi
}
# shows SELECT JSON: what Get-Mailbox reads back of the mailbox
shows() {
	expect_exit 0 -- exo -o json run Get-Mailbox -Identity $who --select "$1"
	out_json ". == [$2]"
}
# requests: how many the whole tenant has seen
requests() {
	tenant_count '.ledger["http.request"] // 0'
}

story 'every kind of PowerShell value arrives as what it is'
expect_exit 0 -- exo run Test-SandboxBinding -Text 'a b' -Flag -Truth '$false' -Number 5 -Names a,b,c -Colour Red \
	-Delta "@{Add='x','y';Remove='z'}" -When '[datetime]"2026-01-02T03:04:05+01:00"' \
	-Table "@{A=1;B=@{C='d';E=\$null}}" -Tables '@(@{a=1},@{b=2})' -Bytes '[byte[]](1,2,255)'
binds Text '"a b"'
binds Flag true
binds Truth false
binds Number 5
binds Names '["a","b","c"]'
binds Colour '"Red"'
binds Delta '{"Add":["x","y"],"Remove":["z"]}'
binds When '"2026-01-02T02:04:05.0000000Z"'
binds Table '{"A":1,"B":{"C":"d","E":null}}'
binds Tables '[{"a":1},{"b":2}]'
binds Bytes '[1,2,255]'

story 'JSON, files, bytes and switches that are off are taken as given'
printf 'line 1\n"\303\274n\303\257"\n' >"$own/text"
expect_exit 0 -- exo run Test-SandboxBinding -Text@"$own/text" -Bytes@bytes:"$own/text" -Flag:'$false' \
	-Names:='["q","r, s"]' -Truth:=true -Table:='{"deep":{"er":[1,{"x":null}]}}'
binds Text '"line 1\n\"ünï\"\n"'
binds Bytes '[108,105,110,101,32,49,10,34,195,188,110,195,175,34,10]'
binds Flag false
binds Names '["q","r, s"]'
binds Truth true
binds Table '{"deep":{"er":[1,{"x":null}]}}'

story 'a pasted line is read whole'
expect_exit 0 -- exo run --ps 'Test-SandboxBinding -Text "ünï 漢字 `$5" -Flag:$false -Names @("a",'"'it''s'"') -Table @{A = $null; "B c" = 1} # a comment'
binds Text '"ünï 漢字 $5"'
binds Flag false
binds Names "[\"a\",\"it's\"]"
binds Table '{"A":null,"B c":1}'
expect_exit 0 -- exo run --ps $'Test-SandboxBinding `\n  -Text @\'\nline 1\n  "line" $2\n\'@ -Number 0x10'
binds Text '"line 1\n  \"line\" $2"'
binds Number 16
expect_exit 0 -- exo run --ps $'Test-SandboxBinding \xe2\x80\x93Text \xe2\x80\x9cfrom a word processor\xe2\x80\x9d'
binds Text '"from a word processor"'

story 'what PowerShell would run is refused with its column, and nothing is sent'
before=$(requests)
while IFS='|' read -r column why line; do
	line=${line//PIPE/|}
	expect_error E-EXPRESSION 2 -- exo run --ps "$line"
	err_has "column $column: "
	err_has "$why"
	err_matches '^  fix:  '
done <<'LINES'
13|a pipe|Get-Mailbox PIPE Set-Mailbox -Office x
23|variable|Get-Mailbox -Identity $x
25|variable|Get-Mailbox -Identity "a$(hostname)"
25|variable|Get-Mailbox -Identity "a$env:HOME"
12|second command|Get-Mailbox; Get-Mailbox
13|redirection|Get-Mailbox > file
24|would be a command|Get-Mailbox -Identity (Get-Foo)
1|variables|$a = 1
1|starts something else|& calc
13|splatting|Get-Mailbox @given
LINES
expect_error E-USAGE 2 -- exo run Get-Mailbox "$who"
err_has "fix:  Get-Mailbox -Identity $who"
expect_error E-PARAMETER 2 -- exo run Set-Mailbox -Identity $who -Office:=not-json
err_has 'not JSON'
expect_error E-FILE 3 -- exo run Set-Mailbox -Identity $who -MailTip@"$own/missing"
err_has "$own/missing"
expect_error E-USAGE 2 -- exo run Get-EXOMailbux
err_has 'Get-EXOMailbox'
expect_error E-USAGE 2 -- exo run
expect 'nothing was sent' [ "$(requests)" -eq "$before" ]
expect 'no file came from the redirection' [ ! -e file ]

story 'a change is made and can be read back'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -HiddenFromAddressListsEnabled '$true' -CustomAttribute1 'Größe "7"' \
	-MailTip "'reads; later | \$5'" -ResourceCapacity 12
out_empty
err_empty
shows HiddenFromAddressListsEnabled,CustomAttribute1,MailTip,ResourceCapacity \
	'{"HiddenFromAddressListsEnabled":true,"CustomAttribute1":"Größe \"7\"","MailTip":"reads; later | $5","ResourceCapacity":12}'
expect_exit 0 -- exo run --ps 'Set-Mailbox -Identity gulay.yildiz -MailTip $null -HiddenFromAddressListsEnabled:$false'
shows HiddenFromAddressListsEnabled,MailTip '{"HiddenFromAddressListsEnabled":false,"MailTip":null}'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Office:='"from JSON"' -MailTip@"$own/text"
shows Office,MailTip '{"Office":"from JSON","MailTip":"line 1\n\"ünï\"\n"}'

story 'lists are replaced, edited and emptied'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -GrantSendOnBehalfTo frode.lefevre,orders-2
shows GrantSendOnBehalfTo '{"GrantSendOnBehalfTo":["frode.lefevre","orders-2"]}'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -EmailAddresses "@{Add='smtp:g@sandbox.onmicrosoft.com','smtp:y@sandbox.onmicrosoft.com'; Remove='SIP:$who@sandbox.onmicrosoft.com'}"
shows EmailAddresses "{\"EmailAddresses\":[\"SMTP:$who@sandbox.onmicrosoft.com\",\"smtp:g@sandbox.onmicrosoft.com\",\"smtp:y@sandbox.onmicrosoft.com\"]}"
expect_exit 0 -- exo run --ps "Set-Mailbox -Identity $who -EmailAddresses @{Remove=@('smtp:g@sandbox.onmicrosoft.com')} -GrantSendOnBehalfTo @{Remove='orders-2'}"
shows EmailAddresses,GrantSendOnBehalfTo "{\"EmailAddresses\":[\"SMTP:$who@sandbox.onmicrosoft.com\",\"smtp:y@sandbox.onmicrosoft.com\"],\"GrantSendOnBehalfTo\":[\"frode.lefevre\"]}"
expect_exit 0 -- exo run Set-Mailbox -Identity $who -GrantSendOnBehalfTo '$null'
shows GrantSendOnBehalfTo '{"GrantSendOnBehalfTo":[]}'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -GrantSendOnBehalfTo '@()'
err_has 'no settings of'

story '-Confirm asks, and without an answer nothing is done'
before=$(tenant_count '.ledger["executed.Set-Mailbox"]')
expect_error E-CONFIRM 2 -- exo run Set-Mailbox -Identity $who -Office confirmed -Confirm:'$true'
err_has 'nothing was done: '
err_has 'add --yes'
shows Office '{"Office":"from JSON"}'
expect_error E-CONFIRM 2 -- exo run --ps 'Set-Mailbox -Identity gulay.yildiz -Office confirmed -Confirm:$true'
shows Office '{"Office":"from JSON"}'
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Office confirmed -Confirm --yes
shows Office '{"Office":"confirmed"}'
expect 'the cmdlet was executed once' [ $(($(tenant_count '.ledger["executed.Set-Mailbox"]') - before)) -eq 1 ]
fault x-confirm --cmdlet Set-Mailbox
expect_error E-CONFIRM 2 -- exo run Set-Mailbox -Identity $who -Office again --yes
no_faults

story '--dry-run prints the request and sends nothing at all'
before=$(requests)
expect_exit 0 -- exo run Set-Mailbox -Identity $who -MailTip '$null' -EmailAddresses "@{Add='smtp:z@b'}" --dry-run
out_json '.body == {"CmdletInput":{"CmdletName":"Set-Mailbox","Parameters":{"Identity":"gulay.yildiz","MailTip":null,"EmailAddresses":{"@odata.type":"#Exchange.GenericHashTable","Add":"smtp:z@b"},"Confirm":false}}}'
expect_exit 0 -- exo run --ps 'Get-Mailbox -Filter {HiddenFromAddressListsEnabled -eq $true}' --dry-run
out_json '.body.CmdletInput.Parameters == {"Filter":"HiddenFromAddressListsEnabled -eq '"'True'"'"}'
expect 'nothing was sent, not even for a token' [ "$(requests)" -eq "$before" ]

story 'groups are made, filled, changed and removed'
expect_exit 0 -- exo -o json run New-DistributionGroup -Name 'Ops Größe' -Alias ops -Members $who,frode.lefevre
out_json '.[0].Name == "Ops Größe" and length == 1'
expect_exit 0 -- exo -o json run Get-DistributionGroupMember -Identity ops
out_json 'map(.Name) | sort == ["frode.lefevre", "gulay.yildiz"]'
expect_exit 0 -- exo run Add-DistributionGroupMember -Identity ops -Member orders-2
expect_error E-EXO-EXISTS 10 -- exo run Add-DistributionGroupMember -Identity ops -Member orders-2
err_has MemberAlreadyExistsException
expect_exit 0 -- exo run Remove-DistributionGroupMember -Identity ops -Member $who
expect_exit 0 -- exo -o json run Get-DistributionGroupMember -Identity ops
out_json 'map(.Name) | sort == ["frode.lefevre", "orders-2"]'
expect_exit 0 -- exo run Set-DistributionGroup -Identity ops -DisplayName 'Operations'
expect_exit 0 -- exo run Get-DistributionGroup -Identity ops --select DisplayName
out_is '{"DisplayName":"Operations"}'
expect_error E-EXO-EXISTS 10 -- exo run New-DistributionGroup -Name 'Ops Größe'
err_has ADObjectAlreadyExistsException
expect_exit 0 -- exo run Remove-DistributionGroup -Identity ops
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-DistributionGroup -Identity ops

story 'permissions on mailboxes and folders are given, read and taken back'
expect_exit 0 -- exo -o json run Add-MailboxPermission -Identity $who -User frode.lefevre -AccessRights FullAccess,ReadPermission
out_json '.[0].AccessRights == ["FullAccess, ReadPermission"]'
expect_exit 0 -- exo -o json run Get-MailboxPermission -Identity $who -User frode.lefevre
out_json 'length == 1 and (.[0].User | startswith("frode.lefevre@"))'
expect_exit 0 -- exo run Remove-MailboxPermission -Identity $who -User frode.lefevre -AccessRights FullAccess,ReadPermission
expect_exit 0 -- exo -o json run Get-MailboxPermission -Identity $who
out_json 'all(.[]; .User | startswith("frode") | not)'
folder="$who@sandbox.onmicrosoft.com:\\Calendar"
expect_exit 0 -- exo run Add-MailboxFolderPermission -Identity "$folder" -User frode.lefevre -AccessRights Reviewer
expect_exit 0 -- exo run Set-MailboxFolderPermission -Identity "$folder" -User frode.lefevre -AccessRights Editor
expect_exit 0 -- exo -o json run Get-MailboxFolderPermission -Identity "$folder"
out_json 'any(.[]; .User == "Frode Lefèvre" and .AccessRights == ["Editor"])'
expect_exit 0 -- exo run Remove-MailboxFolderPermission -Identity "$folder" -User frode.lefevre
expect_exit 0 -- exo -o json run Get-MailboxFolderPermission -Identity "$folder"
out_json 'any(.[]; .User == "Frode Lefèvre") | not'
