#!/bin/bash
# Lists of several pages over a wire that fails: the whole list exactly once, or a loud failure; nothing sent elsewhere.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 3
elsewhere=$sandbox elsewhere_port=$(tenant_count .port)
sandbox_up --mailboxes 230

"$exosign" --config "$conf" run Get-Mailbox --page-size 50 >"$own/undisturbed" 2>"$own/undisturbed.err"

# same_as_undisturbed: the last list is the undisturbed one, byte for byte, and nothing was complained about
same_as_undisturbed() {
	expect 'the rows are those of an undisturbed run, byte for byte' cmp "$out" "$own/undisturbed"
}
# beginning_of_undisturbed N: exactly the first N rows came, in order
beginning_of_undisturbed() {
	head -n "$1" "$own/undisturbed" >"$own/beginning"
	expect "the first $1 rows came, and only these" cmp "$out" "$own/beginning"
}
# connections: how many connections the other sandbox has seen
connections() {
	"$exosign" sandbox status --dir "$elsewhere" -o json | jq -r '.ledger["http.connection"] // 0'
}
exchange_fault() {
	fault "$@" --cmdlet Get-Mailbox
}

story 'a list of five pages holds every mailbox once'
expect 'there are 230 rows' [ "$(wc -l <"$own/undisturbed")" -eq 230 ]
expect 'no mailbox stands twice' [ "$(jq -r .Guid "$own/undisturbed" | sort -u | wc -l)" -eq 230 ]
expect 'nothing is on stderr' [ ! -s "$own/undisturbed.err" ]

story 'a link that expired once means the whole query again, without a row lost or doubled'
exchange_fault x-link-expired --count 1 --after 2
expect_exit 0 -- exo run Get-Mailbox --page-size 50
same_as_undisturbed
err_has 'list asked for again'
expect 'the query was sent again from its first page' [ "$(tenant_count '.faults[0].acted')" -eq 1 ]
no_faults

story 'links that always expire end in exit 12, with what came and how much that was'
for name in x-link-expired x-link-never; do
	exchange_fault $name
	expect_exit 12 -- exo run Get-Mailbox --page-size 50
	beginning_of_undisturbed 50
	err_has 'error[E-EXO-PAGING]: the list could not be finished, 50 rows came: '
	err_has 'Expired or Invalid pagination request'
	err_matches '^  fix:  '
	err_matches '^  ref:  .*client-request-id'
	no_faults
done

story 'a next link to another host or port gets nothing, not even a connection'
before=$(connections)
for url in "https://localhost:$elsewhere_port/adminapi/beta/x/InvokeCommand" "https://127.0.0.1:$elsewhere_port/x" \
	"http://localhost:$elsewhere_port/x" "//localhost:$elsewhere_port/x"; do
	exchange_fault x-link-foreign="$url"
	expect_exit 13 -- exo run Get-Mailbox --page-size 50
	beginning_of_undisturbed 50
	err_has 'error[E-HOST]: the list could not be finished, 50 rows came: the link to the next page leads to another host'
	err_has "$url"
	err_matches '^  ref:  .*client-request-id'
	no_faults
done
expect 'no connection was made there' [ "$(connections)" -eq "$before" ]
curl -s -o /dev/null --cacert "$elsewhere/ca.pem" "https://localhost:$elsewhere_port/"
expect 'and one would have been seen' [ "$(connections)" -eq $((before + 1)) ]

story 'a redirect to another host gets nothing either'
before=$(connections)
for name in x-redirect-foreign x-redirect redirect; do
	for url in "https://localhost:$elsewhere_port" "https://127.0.0.1:$elsewhere_port/x" "http://localhost:$elsewhere_port/x"; do
		exchange_fault $name="$url"
		expect_error E-HOST 13 -- exo run Get-Mailbox
		err_matches '^  ref:  .*client-request-id'
		no_faults
		fault $name="$url" --cmdlet Set-Mailbox
		expect_error E-HOST 13 -- exo run Set-Mailbox -Identity gulay.yildiz -Office x
		no_faults
	done
done
expect 'no connection was made there' [ "$(connections)" -eq "$before" ]

story 'a redirect within the host is followed with the same request'
exchange_fault x-redirect="$(tenant_count .origin)" --count 2
expect_exit 0 -- exo run Get-Mailbox --page-size 50
same_as_undisturbed
err_empty
no_faults
exchange_fault x-redirect="$(tenant_count .origin)"
expect_error E-ANSWER 8 -- exo run Get-Mailbox
err_has 'redirects'
no_faults

story 'links that lead in a circle are noticed'
exchange_fault x-link-loop
expect_exit 12 -- exo run Get-Mailbox --page-size 50
err_has 'error[E-EXO-PAGING]: the list could not be finished, 100 rows came: '
err_has 'go round in a circle'
err_matches '^  fix:  '
no_faults

story 'an answer that breaks off in mid-page is asked for again and its rows are passed over'
for what in x-truncate=40000 half-body half-chunked reset reset-early; do
	exchange_fault $what --after 2 --count 1
	expect_exit 0 -- exo run Get-Mailbox --page-size 50
	same_as_undisturbed
	err_empty
	expect "$what happened" [ "$(tenant_count '.faults[0].acted')" -eq 1 ]
	no_faults
done

story 'an answer that always breaks off ends in exit 12, and what came before stays valid'
exchange_fault x-truncate=40000 --after 2
expect_exit 12 -- exo -o json run Get-Mailbox --page-size 50 --timeout 3
out_json 'length > 100 and length < 150'
err_json '.error.exit == 12 and (.error.message | contains("the list could not be finished, "))'
no_faults
for what in half-body half-chunked reset; do
	exchange_fault $what --after 1
	expect_exit 12 -- exo run Get-Mailbox --page-size 50 --timeout 1
	err_has 'the list could not be finished'
	err_has 'error[E-NETWORK]'
	no_faults
done
exchange_fault reset
expect_error E-NETWORK 8 -- exo run Get-Mailbox --timeout 1
no_faults

story 'a compressed answer is the same answer'
fault gzip
expect_exit 0 -- exo run Get-Mailbox --page-size 50
same_as_undisturbed
no_faults
exchange_fault gzip
exchange_fault half-chunked --after 1 --count 1
expect_exit 0 -- exo run Get-Mailbox --page-size 50
same_as_undisturbed
no_faults

story 'compression that lies is an error, and never rubbish on stdout'
for what in gzip-lie gzip-unlabelled html; do
	exchange_fault $what
	expect_error E-ANSWER 8 -- exo run Get-Mailbox
	err_matches '^  fix:  '
	no_faults
done

story 'a warning that there is more, without a link to it, is an incomplete list'
exchange_fault x-warning-more --after 4
expect_exit 12 -- exo run Get-Mailbox --page-size 50
same_as_undisturbed
err_has 'error[E-EXO-INCOMPLETE]'
err_has 'no link'
err_has 'There are more results available'
no_faults
exchange_fault x-warning-more
expect_exit 0 -- exo run Get-Mailbox -ResultSize 7 --page-size 50
out_lines 7
no_faults

# A write that breaks off: nobody knows, and nothing is repeated.
done_so_far() {
	tenant_count '.ledger["executed.Set-Mailbox"] // 0'
}
story 'a write whose answer is lost is done at most once, and that nobody knows is said'
for what in reset half-body half-chunked gzip-lie gzip-unlabelled x-truncate=20; do
	before=$(done_so_far)
	fault $what --cmdlet Set-Mailbox
	expect_error E-EXO-UNKNOWN 12 -- exo run Set-Mailbox -Identity gulay.yildiz -Office "after $what"
	err_has 'not known whether the change was made'
	err_matches '^  why:  .'
	err_has 'fix:  read the object before the cmdlet is run again'
	err_matches '^  ref:  .*client-request-id'
	expect "$what: it was executed once" [ $(($(done_so_far) - before)) -eq 1 ]
	expect "$what: it was sent once" [ "$(tenant_count '.faults[0].acted')" -eq 1 ]
	no_faults
	expect_exit 0 -- exo run Get-Mailbox -Identity gulay.yildiz --select Office
	out_is "{\"Office\":\"after $what\"}"
done

story 'a write that a gateway answers for is not repeated either'
for what in reset-early html=502 html=504 status=503 status=500 status=408 x-503; do
	before=$(done_so_far)
	fault $what --cmdlet Set-Mailbox
	expect_error E-EXO-UNKNOWN 12 -- exo run Set-Mailbox -Identity gulay.yildiz -Office never
	expect "$what: it was sent once" [ "$(tenant_count '.faults[0].acted')" -eq 1 ]
	expect "$what: it was not executed" [ "$(done_so_far)" -eq "$before" ]
	no_faults
done
