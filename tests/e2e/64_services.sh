#!/bin/bash
# Which service and which API: Security & Compliance through its region, the documented API v2.0, and the line for PowerShell.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 30
app() { "$exosign" sandbox app "$@" --dir "$sandbox" >/dev/null || bad "sandbox app $*"; }

story 'a compliance role is missing: said before anybody guesses'
from_here
expect_error E-EXO-FORBIDDEN 9 -- exo run Get-DlpCompliancePolicy --service compliance
err_has "isn't supported in this scenario"
err_has 'Security & Compliance takes none of the directory roles in the token from an application: Exchange Administrator'
err_has 'such as Compliance Administrator'
app wid add 'Compliance Administrator'

story "Security & Compliance answers from the tenant's region"
from_here
expect_exit 0 -- exo run Get-DlpCompliancePolicy --service compliance --select Name
out_is '{"Name":"Financial data"}
{"Name":"Health records"}
{"Name":"Source code"}'
err_empty
counted compliance.redirect 1
counted compliance.request 1
expect_exit 0 -- exo run Set-DlpCompliancePolicy -Identity 'Source code' -Comment x --service compliance
out_empty
expect_error E-EXO-NOT-FOUND 10 -- exo run Get-DlpCompliancePolicy -Identity nobody --service compliance
conf=$(profile service=compliance) expect_exit 0 -- exo -o csv run Get-Label --select Name
out_lines 5

story 'each service has its own token and its own cmdlets'
expect_exit 0 -- exo token get --service compliance
out_json '.aud == "https://ps.compliance.protection.outlook.com"'
expect_exit 0 -- exo token get --service compliance --scope exchange
out_json '.aud == "https://outlook.office365.com"'
expect_error E-EXO-FORBIDDEN 9 -- exo run Get-Mailbox --service compliance
err_has 'not present in the role definition'
expect_error E-EXO-FORBIDDEN 9 -- exo run Get-DlpCompliancePolicy
err_has 'service (Security & Compliance: --service compliance)'

story 'without the organization nothing is signed, because nothing could be routed'
from_here
conf=$(profile organization=) expect_error E-CONFIG-MISSING 3 -- exo run Get-Label --service compliance
err_has 'organization'
err_has 'fix:  organization = '
counted token.request 0

story 'what a service never runs for an application is refused here, with the reason'
from_here
for cmdlet in Get-ComplianceSearch new-compliancesearchaction Invoke-HoldRemovalAction; do
	expect_error E-EXO-APP-ONLY 9 -- exo run "$cmdlet" --service compliance
	err_has 'whatever roles the application has'
done
expect_error E-EXO-APP-ONLY 9 -- exo run New-UnifiedGroup
counted exchange.request 0

story 'a region that leads elsewhere gets no bearer'
for url in https://evil.example/x http://sbx01b.admin.localhost:446/x https://sbx01b.localhost:1/x https://sbx01b.localhost.evil.example/x; do
	fault x-redirect="$url" --cmdlet Get-Label
	expect_error E-HOST 13 -- exo run Get-Label --service compliance
	no_faults
done
fault x-redirect=https://sbx01b.admin.evil.example:446 --cmdlet Get-Label --count 1
expect_exit 0 -- exo run Get-Label --service compliance --select Name
out_lines 4 # only the label counts: the host is ours

story 'the API v2.0 runs what is on its pages'
expect_error E-EXO-FORBIDDEN-NOREASON 9 -- exo run Get-OrganizationConfig --api v2
err_has 'does not carry the permission Exchange.ManageAsAppV2'
err_has 'Exchange.ManageAsApp is another one'
err_has 'leave --api v2 out'
app role add Exchange.ManageAsAppV2
expect_exit 0 -- exo run Get-OrganizationConfig --api v2 --select Name
out_is '{"Name":"sandbox.onmicrosoft.com"}'
expect_exit 0 -- exo run Get-Mailbox --api v2 -ResultSize Unlimited --page-size 10
out_lines 30
expect_exit 0 -- exo run Get-DynamicDistributionGroupMember -Identity everyone --api v2 --select Name
out_lines 30
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz@sandbox.onmicrosoft.com -GrantSendOnBehalfTo '@{Add="frode.lefevre"}' --api v2
expect_exit 0 -- exo run Get-MailboxFolderPermission -Identity 'gulay.yildiz@sandbox.onmicrosoft.com:\Calendar' --api v2
out_json '.User | length > 0'
expect_exit 0 -- exo run New-DistributionGroup -Name ops -Members gulay.yildiz
for cmdlet in Get-AcceptedDomain 'Get-DistributionGroupMember -Identity ops'; do
	# shellcheck disable=SC2086
	expect_exit 0 -- exo run $cmdlet --api v2
	out_json '.Name | length > 0'
done

story 'what is not on its pages is refused here, naming the API that does it'
from_here
expect_error E-USAGE 2 -- exo run Get-TransportRule --api v2
err_has 'not among the cmdlets of the API v2.0'
err_has 'the usual API (beta) runs every cmdlet'
expect_error E-PARAMETER 2 -- exo run Get-Mailbox -Filter x --api v2
err_has 'Get-Mailbox takes there: -Identity, -ResultSize'
expect_error E-PARAMETER 2 -- exo run Set-Mailbox -Identity a --api v2
err_has 'needs'
expect_error E-PARAMETER 2 -- exo run Set-Mailbox -Identity a -GrantSendOnBehalfTo b -Confirm --api v2
expect_error E-CONFIG-VALUE 3 -- exo run Get-Mailbox --api v2 --service compliance
counted exchange.request 0

story 'its address has the GUID of the tenant, also where the profile has a domain'
conf=$(profile tenant=sandbox.onmicrosoft.com) expect_exit 0 -- exo run Get-OrganizationConfig --api v2 --select Name
out_is '{"Name":"sandbox.onmicrosoft.com"}'
expect_exit 0 -- exo run Get-Mailbox -Identity a@b.example --api v2 --dry-run
out_json '(.url | endswith("/Mailbox") and contains("/adminapi/v2.0/")) and .headers["X-AnchorMailbox"] == "UPN:a@b.example" and
	.headers["X-CmdletName"] == null and (.body.CmdletInput.Parameters | has("Confirm") | not)'
conf=$(profile tenant=sandbox.onmicrosoft.com) expect_error E-CONFIG-VALUE 3 -- exo run Get-Mailbox --api v2 --dry-run
err_has "wants the tenant's GUID"

story 'a token with the other permission is told apart on both sides'
app role remove Exchange.ManageAsApp
expect_error E-EXO-FORBIDDEN-NOREASON 9 -- exo run Get-Mailbox
err_has 'does not carry the permission Exchange.ManageAsApp '
err_has 'Exchange.ManageAsAppV2 is another one'
err_has 'or use --api v2 for its ten cmdlets'
app role add Exchange.ManageAsApp

story 'every refusal has the ids that support asks for'
for name in x-401 x-403-nul x-403-empty x-403-diagnostics x-403-json x-404 x-429=1 x-500 x-200-error x-400-details=plain; do
	fault "$name"
	run exo run Get-Mailbox --timeout 1
	expect "$name is no success" [ "$status" -ne 0 ]
	err_matches 'client-request-id [0-9a-f-]{36}'
	no_faults
done

story 'the line for PowerShell holds the way to the token and not the token'
from_here
expect_exit 0 -- exo credential powershell
out_is "Connect-ExchangeOnline -AccessToken (exosign --config $conf token get --raw) -Organization sandbox.onmicrosoft.com -ShowBanner:\$false"
expect_exit 0 -- exo credential powershell --service compliance --alg PS256
out_is "Connect-IPPSSession -AccessToken (exosign --config $conf --alg PS256 --service compliance token get --raw) -Organization sandbox.onmicrosoft.com -ShowBanner:\$false"
counted token.request 0
conf=$(profile organization=) expect_error E-CONFIG-MISSING 3 -- exo credential powershell
conf=$(profile cloud=china softhsm-conf=) expect_exit 0 -- exo credential powershell --ca-file "it's"
out_has "'it''s'"
