#!/bin/bash
# The token endpoint is busy, broken or strange: what may pass is repeated and counted, what will not is not, and nothing
# outlives --timeout.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 25

# fails CODE EXIT REQUESTS -- COMMAND...: with the faults that are on; REQUESTS is how often the endpoint was asked
fails() {
	from_here
	expect_error "$1]" "$2" -- "${@:5}"
	err_matches 'fix:  .'
	counted "$asked" "$3"
	no_faults
}
# recovers REQUESTS: a token comes, without a word
recovers() {
	from_here
	expect_exit 0 -- exo token get
	out_json '.aud == "https://outlook.office365.com"'
	err_empty
	counted "$asked" "$1"
	no_faults
}
asked=token.request

story 'throttling is waited out, as long as the endpoint asks'
fault token-429=1 --count 1
recovers 2

story 'throttling without a Retry-After is waited out too'
fault token-429=0 --count 1
recovers 2

story 'throttling without end ends, and says how long to wait'
fault token-429=1
fails E-THROTTLED 11 5 -- exo token get
err_has 'fix:  wait 1 s, then try again'
err_matches 'HTTP 429, correlation [0-9a-f-]{36}, try again in 1 seconds'

story 'a wait that nobody would wait is not waited but told'
fault token-429=3600
fails E-THROTTLED 11 1 -- exo token get
err_has 'wait 1 h 0 min'
fault token-429=700
from_here
expect_exit 11 -- exo token get -o json
err_json '.error.retry_after == 700 and .error.code == "E-THROTTLED"'
counted token.request 1
no_faults

story 'a wait beyond --timeout is not begun'
fault token-429=5
fails E-THROTTLED 11 1 -- exo token get --timeout 3
err_has 'wait 5 s'

story 'a service that is away for a moment is asked again'
fault token-503=1 --count 1
recovers 2
fault token-503 --count 1
recovers 2

story 'a service that stays away is given up, and a list is not begun'
fault token-503
fails E-SERVICE 8 2 -- exo run Get-Mailbox --timeout 2
err_has 'not available now (status 503)'
fault token-html=502
fails E-SERVICE 8 2 -- exo token get --timeout 2
err_has 'an HTML page, probably from a gateway or proxy'

story 'temporarily unavailable passes, or is told with the directory'\''s code'
fault token-90024 --count 1
recovers 2
fault token-90024
fails E-SERVICE 8 2 -- exo token get --timeout 2
err_matches 'AADSTS90024, trace [0-9a-f-]{36}'

story 'an HTML page is not a token'
fault token-html
fails E-ENTRA-ANSWER 8 1 -- exo token get
err_has 'an HTML page'
err_matches 'HTTP 200, correlation [0-9a-f-]{36}'

story 'an empty answer is not a token'
fault token-empty
fails E-ENTRA-ANSWER 8 1 -- exo token get
err_has 'is empty'

story 'an answer that says it is JSON and is not is not a token'
fault token-not-json
fails E-ENTRA-ANSWER 8 1 -- exo token get
err_has 'is not JSON'

story 'an answer without end is not read to its end'
fault token-huge
fails E-ANSWER-SIZE 8 1 -- exo token get
err_has '1048576 bytes'

story 'half an answer is asked for once more, and is never a token'
fault token-half
fails E-NETWORK 8 2 -- exo token get
err_has 'before the whole answer had arrived'
fault half-chunked
fails E-NETWORK 8 2 -- exo token get
fault token-half --count 1
recovers 2

story 'a connection that is reset is made once more'
fault token-reset
fails E-NETWORK 8 2 -- exo token get
err_has 'closed without an answer'
err_has 'try again'
fault token-reset --count 1
recovers 2
asked=http.connection
fault reset-early
fails E-NETWORK 8 2 -- exo token get
fault reset-early --count 1
recovers 2
asked=token.request

story 'a slow answer ends at --timeout, whichever part of it is slow'
fault token-slow=30000
fails E-TIMEOUT 8 1 -- exo token get --timeout 1
err_has 'no answer came within 1 s'
err_has 'raise --timeout'
fault hang
fails E-TIMEOUT 8 1 -- exo token get --timeout 1
err_has 'the answer was not complete within 1 s'
fault trickle=20
fails E-TIMEOUT 8 1 -- exo run Get-Mailbox --timeout 1

story 'an answer that is only late is taken'
fault token-slow=300
recovers 1

story 'a status that means nothing here is told as it came'
asked=http.connection
fault status=404
fails E-ENTRA-ANSWER 8 1 -- exo token get
err_has 'status 404 and an empty body'
fault status=204
fails E-ENTRA-ANSWER 8 1 -- exo token get
err_has 'status 204 and an empty body'
asked=token.request

story 'an answer that lies about its coding is not a token, and a compressed one is'
fault gzip-lie
fails E-ANSWER 8 1 -- exo token get
err_has 'gzip'
fault gzip-unlabelled
fails E-ENTRA-ANSWER 8 1 -- exo token get
fault gzip
recovers 1

story 'with -v each repetition is told, and no secret with it'
fault token-503=1 --count 2
expect_exit 0 -- exo -v token get
err_has 'http retry why="service not available" wait_ms=1000 attempt=2 attempts=5'
err_has 'attempt=3 attempts=5'
err_matches 'oauth grant scope=[^ ]* status=200'
no_faults
expect_exit 0 -- exo -v -v --log-format json token get
err_json '(.level | type == "string") and (.area | type == "string") and (.event | type == "string")'

story 'a list of many pages costs one grant'
from_here
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --output ndjson
out_lines 25
counted exchange.page 5
counted token.request 1

# Tokens of two seconds, pages that take most of one.
"$exosign" sandbox down --dir "$sandbox" >/dev/null
"$exosign" sandbox up --dir "$sandbox" --token-lifetime 2 >/dev/null || exit 1

story 'a token that expires during a long list is renewed before it does'
fault x-slow-row=150
from_here
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --select Name --output csv
out_lines 26
expect 'every mailbox comes once' test "$(sort -u "$out" | wc -l)" -eq 26
expect 'more than one grant' test "$(tenant_count '.ledger["token.issued"]')" -gt 1
counted exchange.page 5
err_empty
no_faults

story 'a token that cannot be renewed ends the list as incomplete'
fault x-slow-row=150
fault token-503=3600 --after 1
expect_exit 12 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --select Name --output csv
err_has 'the list could not be finished'
err_has 'status 503'
no_faults
