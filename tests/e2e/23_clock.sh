#!/bin/bash
# Two clocks that disagree: how far and which way is said, by whichever side notices, and nothing is adjusted in silence.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 1
export DONT_FAKE_MONOTONIC=1

at=(faketime -f)            # "${at[@]}" OFFSET "${program[@]}" ...: the program with a clock that is off
program=("$exosign" --config "$conf")
has_faketime() {
	command -v faketime >/dev/null && [ "$(faketime -f +30d date +%s)" -gt $(($(date +%s) + 86400)) ] && return 0
	skip 'libfaketime is not installed'
	return 1
}
# blamed DIRECTION: E-CLOCK, ten minutes off
blamed() {
	err_matches "why:  this machine is (10 min|9 min 5[0-9]|10 min [0-9]+) ?s? $1 the server \(its Date header\)"
	err_has 'repair time synchronisation; exosign does not adjust for it'
	err_matches 'AADSTS700024, trace [0-9a-f-]{36}'
}

story 'a clock ten minutes ahead is refused and named'
if has_faketime; then
	from_here
	expect_error 'E-CLOCK]' 7 -- "${at[@]}" +10m "${program[@]}" token get
	blamed 'ahead of'
	counted token.request 1
	expect_error 'E-CLOCK]' 7 -- "${at[@]}" +10m "${program[@]}" run Get-Mailbox
	blamed 'ahead of'
	counted exchange.request 0
fi

story 'a clock ten minutes behind is refused and named once assertions do not outlast it'
if has_faketime; then
	expect_error 'E-CLOCK]' 7 -- "${at[@]}" -10m "${program[@]}" token get --assertion-lifetime 60
	blamed behind
fi

story 'a clock ten minutes behind that gets through is a warning'
if has_faketime; then
	expect_exit 0 -- "${at[@]}" -10m "${program[@]}" token get
	out_json '.aud == "https://outlook.office365.com"'
	err_matches 'warning: oauth clock off machine="(9|10) min [0-9]+ s behind the server"'
	expect_exit 0 -- "${at[@]}" -10m "${program[@]}" token get -q
	err_empty
fi

story 'a clock a minute off is nobody'\''s business'
if has_faketime; then
	for minute in +1m -1m; do
		expect_exit 0 -- "${at[@]}" "$minute" "${program[@]}" token get
		err_empty
	done
fi

story 'an expired certificate is not used, and neither is one from the future'
if has_faketime; then
	from_here
	expect_error 'E-CERT-EXPIRED]' 6 -- "${at[@]}" +400d "${program[@]}" token get
	err_matches 'the certificate expired on 20'
	err_has 'days ago'
	err_has 'renew the certificate'
	expect_error 'E-CERT-NOT-YET]' 6 -- "${at[@]}" -2d "${program[@]}" token get
	err_matches 'is not valid before 20'
	err_has "check this machine's clock"
	counted http.connection 0
fi

story 'the directory'\''s clock may be the one that is off'
fault token-skew=-600
expect_error 'E-CLOCK]' 7 -- exo token get
blamed 'ahead of'
no_faults
fault token-skew=1200
expect_error 'E-CLOCK]' 7 -- exo token get
err_matches 'this machine is (20 min|19 min 5[0-9]) ?[0-9]* ?s? behind the server'
no_faults
fault token-skew=240
expect_exit 0 -- exo token get
err_matches 'warning: oauth clock off machine="[34] min [0-9]+ s behind the server"'
no_faults
fault token-skew=-60
expect_exit 0 -- exo token get
err_empty
no_faults

story 'without the server'\''s time the directory'\''s words have to do'
fault token-skew=-1200
fault no-date
expect_error 'E-CLOCK]' 7 -- exo token get
err_has 'the server did not tell its time'
err_has 'Current time: 20'
no_faults

story 'a clock is not blamed for what it cannot cause'
fault token-skew=-600
expect_error 'E-ENTRA-700016]' 7 -- exo token get --client-id 00000000-0000-4000-8000-000000000000
err_matches "this machine's clock is .* ahead of the server's"
no_faults
