#!/bin/bash
# What Exchange refuses, in words: tokens, roles, parameters, objects, and too many requests.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up

# refusal CODE EXIT WHY FIX -- COMMAND...: an error as it should be: code, exit, cause, remedy, both ids; no data
refusal() {
	local code=$1 wanted=$2 why=$3 fix=$4
	shift 5
	expect_error "$code" "$wanted" -- "$@"
	[ -z "$why" ] || err_matches "^  why:  .*$why"
	[ -z "$fix" ] || err_matches "^  fix:  .*$fix"
	err_matches "^  ref:  .*client-request-id [0-9a-f-]{36}.*\\(exit $wanted\\)"
}
# asked: how often a fault could have acted; issued: how many tokens there were
asked() {
	tenant_count "[.faults[] | .seen] | add // 0"
}
issued() {
	tenant_count '.ledger["token.issued"] // 0'
}

story 'a token that Exchange never accepts is renewed once and then explained'
fault x-401
before=$(issued)
refusal E-EXO-UNAUTHORIZED 9 'both grants are there' 'endpoint.exchange' -- exo run Get-Mailbox
err_has 'another service or tenant'
err_lacks "the cmdlet's name is wrong"
expect 'two tokens are asked for, no more' [ $(($(issued) - before)) -eq 2 ]
expect 'the cmdlet is sent twice, no more' [ "$(asked)" -eq 2 ]
no_faults

story 'a 401 that goes away costs a token and nothing else'
fault x-401 --count 1
expect_exit 0 -- exo run Get-Mailbox
out_lines 25
err_empty
no_faults

story 'a claims challenge is answered once, with its claims, and the run goes on'
fault x-401-claims --count 1
expect_exit 0 -- exo run Get-Mailbox
out_lines 25
err_empty
no_faults

story 'a claims challenge that comes again ends the run'
fault x-401-claims
before=$(issued)
refusal E-EXO-UNAUTHORIZED 9 'a new one was refused as well' 'sign-in log' -- exo run Get-Mailbox
expect 'the challenge is answered once' [ $(($(issued) - before)) -eq 2 ]
no_faults

story 'a token that is revoked between two pages is replaced and no row is lost'
expect_exit 0 -- exo run Get-Mailbox --page-size 5
cp "$out" "$own/undisturbed"
fault x-401-claims --after 2 --count 1
expect_exit 0 -- exo run Get-Mailbox --page-size 5
expect 'the rows are the same, byte for byte' cmp "$out" "$own/undisturbed"
no_faults

story 'a 403 full of NUL bytes says which grants the token has'
fault x-403-nul
refusal E-EXO-FORBIDDEN-NOREASON 9 'Exchange.ManageAsApp; Exchange Administrator' 'spelling' -- exo run Get-Mailbox
err_has '403 without a reason'
expect 'no NUL byte is shown' [ "$(tr -d '\0' <"$err" | wc -c)" -eq "$(wc -c <"$err")" ]
no_faults

story 'a 403 with a reason in x-ms-diagnostics shows the reason first'
fault x-403-diagnostics='The tenant has switched this off.'
refusal E-EXO-FORBIDDEN 9 '' '' -- exo run Get-Mailbox
err_has 'error[E-EXO-FORBIDDEN]: Get-Mailbox: The tenant has switched this off.'
err_lacks 'without a reason'
no_faults

story 'a 403 in JSON and an empty 403 are refusals of the identity'
fault x-403-json
refusal E-EXO-FORBIDDEN 9 'grants are there' '' -- exo run Get-Mailbox
err_has "isn't supported in this scenario"
no_faults
fault x-403-empty
refusal E-EXO-FORBIDDEN-NOREASON 9 'grants are there' '' -- exo run Get-Mailbox
no_faults

story 'a missing permission is told apart from a missing directory role'
"$exosign" sandbox app role remove Exchange.ManageAsApp --dir "$sandbox" >/dev/null
refusal E-EXO-FORBIDDEN-NOREASON 9 'does not carry the permission Exchange.ManageAsApp' 'admin consent' -- exo run Get-Mailbox
err_has 'directory roles: Exchange Administrator'
"$exosign" sandbox app wid remove 'Exchange Administrator' --dir "$sandbox" >/dev/null
refusal E-EXO-UNAUTHORIZED 9 'neither the permission' 'assign its service principal a role' -- exo run Get-Mailbox
"$exosign" sandbox app role add Exchange.ManageAsApp --dir "$sandbox" >/dev/null
refusal E-EXO-FORBIDDEN-NOREASON 9 'names no directory role' 'Exchange Administrator or Global Reader' -- exo run Get-Mailbox
"$exosign" sandbox app wid add 'Global Reader' --dir "$sandbox" >/dev/null
expect_exit 0 -- exo run Get-Mailbox
refusal E-EXO-FORBIDDEN 9 'Global Reader' '' -- exo run Set-Mailbox -Identity x -Office y
err_has 'role definition'
"$exosign" sandbox app wid add 'Exchange Administrator' --dir "$sandbox" >/dev/null

story 'a cmdlet nobody knows is refused with the hint that its name may be wrong'
refusal E-EXO-FORBIDDEN 9 "the cmdlet's name is wrong" "check the cmdlet's spelling" -- exo run Get-Mailbocks
err_has Get-Mailbocks

story 'an object that is not there is exit 10 and says which'
refusal E-EXO-NOT-FOUND 10 '' 'Get-Recipient' -- exo run Get-Mailbox -Identity nobody@sandbox.onmicrosoft.com
err_has 'nobody@sandbox.onmicrosoft.com'
err_has ManagementObjectNotFoundException
fault x-404
refusal E-EXO-NOT-FOUND 10 '' '' -- exo run Get-Mailbox
no_faults

story "the cmdlet's own words are shown whatever form the error has"
for form in pipe3 pipe2 plain json internal inner second bare; do
	fault x-400-details=$form
	code=E-EXO-EXISTS
	[ "$form" != plain ] || code=E-EXO-CMDLET
	refusal $code 10 '' '' -- exo run Get-Mailbox
	err_has "Get-Mailbox: The object 'Ops' already exists; choose another name."
	err_lacks 'Error executing cmdlet'
	err_lacks '|'
	[ $form = plain ] || err_has 'ref:  ADObjectAlreadyExistsException, request-id '
	no_faults
done

story 'parameters that are unknown, impossible or missing are named'
refusal E-EXO-PARAMETER 10 '' 'documentation' -- exo run Get-Mailbox -Nonsense 1
err_has Nonsense
refusal E-EXO-PARAMETER 10 '' '' -- exo run Get-Mailbox -RecipientTypeDetails Mailboks
err_has 'SharedMailbox'
refusal E-EXO-PARAMETER 10 '' '' -- exo run Get-MailboxPermission
err_has 'mandatory'
err_has Identity
refusal E-EXO-PARAMETER 10 '' '' -- exo run Set-Mailbox -DisplayName x
err_has Identity

story 'an error with -o json is one object on stderr'
run exo -o json run Get-Mailbox -Nonsense 1
err_json '.error.code == "E-EXO-PARAMETER" and .error.exit == 10 and (.error.message | contains("Nonsense"))
	and (.error.fix | length > 0) and .error.native == "AmbiguousParameterSetException"
	and (.error.reference | contains("request-id"))'
out_empty

story 'short throttling of any kind is waited out'
for kind in x-429=1 x-503=1; do
	fault $kind --count 2
	expect_exit 0 -- exo run Get-Mailbox
	out_lines 25
	err_empty
	expect "$kind was met twice" [ "$(tenant_count '.faults[0].acted')" -eq 2 ]
	no_faults
done
fault x-400-concurrency --count 1
expect_exit 0 -- exo -v run Get-Mailbox
out_lines 25
err_has 'http retry'
err_has 'maximum number of concurrent requests'
no_faults

story 'a write is repeated after throttling, since it was not begun, and is done once'
fault x-429=1 --count 1
fault x-503=1 --count 1
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -Office 'Room 101'
expect 'it is executed once' [ "$(tenant_count '.ledger["executed.Set-Mailbox"]')" -eq 1 ]
no_faults

story 'throttling past every limit is exit 11 and says when to come back'
for kind in x-429=601 x-503=700; do
	fault $kind
	expect_error E-THROTTLED 11 -- exo run Get-Mailbox
	err_has "asks for a wait of ${kind#*=} s"
	err_has "try again in ${kind#*=} seconds"
	expect 'one request is enough' [ "$(tenant_count '.faults[0].acted')" -eq 1 ]
	no_faults
done
fault x-429=1
refusal E-THROTTLED 11 '' 'wait' -- exo run Get-Mailbox
expect 'five attempts are made' [ "$(tenant_count '.faults[0].acted')" -eq 5 ]
no_faults

story 'a wait that would outlast --timeout is not begun'
seconds=20
for kind in x-429=30 x-503=30; do
	fault $kind
	refusal E-THROTTLED 11 '' '' -- exo run Get-Mailbox --timeout 5
	err_has 'try again in 30 seconds'
	no_faults
done
fault x-400-concurrency
refusal E-THROTTLED 11 '' '' -- exo run Set-Mailbox -Identity gulay.yildiz -Office x --timeout 3
expect 'it was not executed' [ "$(tenant_count '.ledger["executed.Set-Mailbox"]')" -eq 1 ]
no_faults
fault x-503
refusal E-SERVICE 8 '' 'later' -- exo run Get-Mailbox --timeout 3
no_faults
fault x-500
refusal E-SERVICE 8 '' 'later' -- exo run Get-Mailbox --timeout 1
err_has SuitabilityDirectoryException
no_faults
seconds=60

story 'an error inside a good answer is an error'
fault x-200-error
refusal E-SERVICE 8 '' '' -- exo run Get-Mailbox --timeout 1
err_has 'directory server could not be reached'
refusal E-SERVICE 8 '' '' -- exo run Set-Mailbox -Identity gulay.yildiz -Office y
no_faults
fault x-200-error --count 1
expect_exit 0 -- exo run Get-Mailbox
out_lines 25
