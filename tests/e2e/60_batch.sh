#!/bin/bash
# Many cmdlets from one file: each has one outcome, and the sandbox's own ledger says the same, through kills, full disks, lost
# answers, tokens that end, devices that go.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 120

ledger() {
	"$exosign" sandbox ledger --dir "$sandbox"
}
# items N VALUE: the first N mailboxes get CustomAttribute1 VALUE, a line each
items() {
	jq -c --arg value "$2" '{cmdlet:"Set-Mailbox",parameters:{Identity:.PrimarySmtpAddress,CustomAttribute1:$value},id:.Alias}' \
		"$own/boxes" | head -n "$1"
}
# outcomes WHICH: how many lines of $out have it
outcomes() {
	jq -r .outcome "$out" | grep -c "^$1\$"
}
# has_value N VALUE: N mailboxes have it, and the ledger has it N times at least
has_value() {
	local n
	n=$("$exosign" --config "$conf" run Get-Mailbox -ResultSize Unlimited --select CustomAttribute1 --output ndjson </dev/null | grep -c "\"$2\"")
	[ "$n" -eq "$1" ]
}
run exo run Get-Mailbox -ResultSize Unlimited --select Alias,PrimarySmtpAddress --output ndjson
cp "$out" "$own/boxes"

story 'items as JSON, each with its outcome, its ids and its place in the journal'
items 30 one >"$own/one"
expect_exit 0 -- exo batch "$own/one"
out_lines 30
out_json '.outcome == "done" and (.id|length) > 0 and .line > 0 and .cmdlet == "Set-Mailbox" and .attempts == 1 and (.clientRequestId|length) == 36 and (.requestId|length) > 0'
expect 'all thirty were written' has_value 30 one
expect 'the journal is for its owner alone' [ "$(stat -c %a "$own/one.journal")" = 600 ]
expect 'the journal is JSON' jq -e . "$own/one.journal"
expect 'the journal holds no values' grep -vq CustomAttribute1 "$own/one.journal"
expect_error E-BATCH-BEGUN 2 -- exo batch "$own/one"
err_has 'add --resume'
from_here
expect_exit 0 -- exo batch "$own/one" --resume
out_empty
counted exchange.request 0
expect_exit 0 -- exo batch "$own/one" --report
out_lines 30
echo Identity,CustomAttribute1 >"$own/none.csv"
expect_exit 0 -- exo batch "$own/none.csv" --cmdlet Set-Mailbox
err_has 'holds no item'

story 'a table, with columns as parameters or filled into a pattern as text'
printf '\xef\xbb\xbfIdentity,CustomAttribute1,CustomAttribute2\r\n"%s","a, ""b""\r\n$(x)",\r\n' "$(jq -r .PrimarySmtpAddress "$own/boxes" | head -1)" >"$own/t.csv"
expect_exit 0 -- exo batch "$own/t.csv" --cmdlet Set-Mailbox
expect 'the cell arrived as it was' [ "$(ledger | tail -1 | jq -r .parameters.CustomAttribute1 | od -c)" = "$(printf 'a, "b"\r\n$(x)\n' | od -c)" ]
expect_exit 0 -- exo batch "$own/t.csv" --journal "$own/t2" --cmdlet Set-Mailbox -Identity '{Identity}' -CustomAttribute1 '{CustomAttribute1} {{x}}' -CustomAttribute2 '{CustomAttribute2}'
expect 'so did what was filled in, and the empty cell was left out' \
	jq -es 'last.parameters | .CustomAttribute1 == "a, \"b\"\r\n$(x) {x}" and (has("CustomAttribute2")|not)' <<<"$(ledger)"
expect_error E-BATCH-CHANGED 2 -- exo batch "$own/t.csv" --resume --journal "$own/t2" --cmdlet Set-Mailbox
expect_error E-USAGE 2 -- exo batch "$own/t.csv" --journal "$own/t3" --cmdlet Set-Mailbox -Identity '{nobody}'
expect_exit 0 -- exo batch "$own/t.csv" --dry-run --cmdlet Set-Mailbox --journal "$own/t4"
out_json '.request.body.CmdletInput.CmdletName == "Set-Mailbox" and .request.headers.Authorization == "Bearer (not shown)"'
expect 'a dry run keeps no journal' [ ! -e "$own/t4" ]

story 'a wrong line means that nothing is sent'
(items 5 wrong; echo '{"cmdlet":"Set-Mailbox","parameter":{}}') >"$own/wrong"
from_here
expect_error E-BATCH-INPUT 2 -- exo batch "$own/wrong"
err_has 'line 6: "parameter" is no member of an item'
counted exchange.request 0
expect 'and there is no journal' [ ! -e "$own/wrong.journal" ]

story 'failures are told, counted, and can be taken up again'
(items 3 two; echo '{"cmdlet":"Set-Mailbox","parameters":{"Identity":"nobody","CustomAttribute1":"x"}}'; echo '{"cmdlet":"Get-Mailbox","parameters":{"Identity":"nobody"},"id":"q"}') >"$own/two"
expect_exit 12 -- exo batch "$own/two"
out_lines 5
expect 'three of them went well' [ "$(outcomes 'done')" -eq 3 ]
err_has '3 of 5 items done, 2 failed, 0 unknown'
expect_exit 12 -- exo batch "$own/two" --only retryable
out_empty
expect_exit 12 -- exo batch "$own/two" --only failed --max-failures 1 --concurrency 1
expect 'one at least failed again' [ "$(outcomes failed)" -ge 1 ]

story 'rows of what reads are in the outcome'
echo '{"cmdlet":"Get-MailboxStatistics","parameters":{"Identity":"'"$(jq -r .PrimarySmtpAddress "$own/boxes" | head -1)"'"}}' >"$own/reads"
expect_exit 0 -- exo batch "$own/reads" --rows
out_json '(.rows|length) == 1 and (.rows[0].ItemCount != null)'

story 'kill -9 at any moment, and resume: nothing is lost, and only what was on its way may come twice'
items 120 three >"$own/three"
fault delay=40
for moment in 0.3 0.6 0.9; do
	"$exosign" --config "$conf" batch "$own/three" --resume --concurrency 2 </dev/null >>"$own/three.out" 2>/dev/null &
	killed=$!
	sleep "$moment"
	kill -9 $killed
	wait $killed 2>/dev/null
done
no_faults
expect_exit 0 -- exo batch "$own/three" --resume
expect_exit 0 -- exo batch "$own/three" --report
out_lines 120
out_json '.outcome == "done"'
expect 'every mailbox has it' has_value 120 three

story 'a second process on the same journal is refused'
items 40 four >"$own/four"
fault delay=150
"$exosign" --config "$conf" batch "$own/four" --concurrency 1 </dev/null >/dev/null 2>&1 &
first=$!
for _ in $(seq 100); do [ "$(wc -l 2>/dev/null <"$own/four.journal" || echo 0)" -gt 1 ] && break; sleep 0.05; done
expect_error E-BATCH-LOCKED 3 -- exo batch "$own/four" --resume
no_faults
wait $first
expect_exit 0 -- exo batch "$own/four" --resume

story 'SIGINT waits for what is on its way, leaves a consistent journal and exits 130'
items 60 five >"$own/five"
fault delay=100
env --default-signal=INT "$exosign" --config "$conf" batch "$own/five" --concurrency 1 </dev/null >"$out" 2>"$err" &
first=$!
for _ in $(seq 100); do [ "$(wc -l <"$out")" -gt 0 ] && break; sleep 0.05; done
kill -INT $first
status=0
wait $first || status=$?
expect 'it exits with 130' [ "$status" -eq 130 ]
err_has -- '--resume'
no_faults
expect_exit 0 -- exo batch "$own/five" --resume
expect 'all have it' has_value 60 five

story 'a disk that is full stops the run before a change is sent that could not be recorded'
items 100 six >"$own/six"
# shellcheck disable=SC2016
run bash -c 'ulimit -f 20; exec "$0" --config "$1" batch "$2"' "$exosign" "$conf" "$own/six"
expect 'it ends with 12' [ "$status" -eq 12 ]
err_has 'error[E-BATCH-RECORD]'
sent=$(ledger | grep -c '"six"')
known=$(grep -c '"settled":"done"' "$own/six.journal")
expect "what was sent ($sent) is what the journal knows ($known)" [ "$sent" -eq "$known" ]
expect_exit 0 -- exo batch "$own/six" --resume
expect 'all have it, once each' [ "$(ledger | grep -c '"six"')" -eq 100 ]

story 'lost answers: Set- is made again, New- is unknown until somebody looked'
items 20 seven >"$own/seven"
fault x-lost --count 2
expect_exit 0 -- exo batch "$own/seven"
expect 'all have it' has_value 20 seven
no_faults
echo '{"cmdlet":"New-DistributionGroup","parameters":{"Name":"lost-group"}}' >"$own/eight"
fault x-lost --count 1
expect_exit 12 -- exo batch "$own/eight"
out_json '.outcome == "unknown" and .code == "E-EXO-UNKNOWN"'
expect_exit 12 -- exo batch "$own/eight" --resume
out_json '.outcome == "unknown"'
expect 'it was made once' [ "$(ledger | grep -c lost-group)" -eq 1 ]
no_faults
echo '{"cmdlet":"New-DistributionGroup","parameters":{"Name":"early-group"}}' >"$own/early"
fault x-lost-early --count 1
expect_exit 0 -- exo batch "$own/early"
out_json '.outcome == "done" and .attempts == 2'
expect 'a read proved that it had not been made' [ "$(ledger | grep -c early-group)" -eq 1 ]

story 'tokens that end in mid-run are renewed; answers that are torn, twice or missing cost nothing'
items 100 nine >"$own/nine"
for wrong in revoke x-401 batch-missing=3 batch-twice batch-foreign half-body x-429=1 x-500; do fault $wrong --after 3 --count 1; done
expect_exit 0 -- exo batch "$own/nine"
out_lines 100
expect 'all have it' has_value 100 nine
no_faults

story 'standard input is kept beside its journal and resumed from there'
items 10 ten >"$own/ten"
stdin=$own/ten expect_exit 0 -- exo batch - --journal "$own/ten.j" --max-failures 5
expect_exit 0 -- exo batch - --journal "$own/ten.j" --resume
expect_error E-USAGE 2 -- exo batch - --resume
stdin=$own/ten expect_exit 0 -- exo batch -
out_lines 10

story 'a damaged journal is refused with its place, a torn one is not'
sed '3s/item/itex/' "$own/one.journal" >"$own/damaged"
chmod 600 "$own/damaged"
expect_error E-BATCH-JOURNAL 3 -- exo batch "$own/one" --resume --journal "$own/damaged"
err_matches 'line [0-9]+ of the journal'
head -c -20 "$own/one.journal" >"$own/torn"
chmod 600 "$own/torn"
expect_exit 0 -- exo batch "$own/one" --resume --journal "$own/torn"
