#!/bin/bash
# What comes out: every row once, in every format, safe to open and to look at, in little memory.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 25
small=$conf small_sandbox=$sandbox
sandbox_up --mailboxes 12345

# unique N: N different mailboxes are on stdout, one a line
unique() {
	out_lines "$1"
	expect "$1 different mailboxes" [ "$(jq -r .Guid "$out" | sort -u | wc -l)" -eq "$1" ]
}

story 'long lists are whole and without duplicates at any page size'
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --select Guid --page-size 1000
unique 12345
cp "$out" "$own/by1000"
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --select Guid --page-size 100
unique 12345
expect 'the order is the same' cmp "$out" "$own/by1000"
before=$(tenant_count '.ledger["exchange.page"]')
expect_exit 0 -- exo run Get-Mailbox -ResultSize 2500 --select Guid
unique 2500
expect 'in three pages' [ $(($(tenant_count '.ledger["exchange.page"]') - before)) -eq 3 ]
expect_exit 0 -- exo run Get-Recipient -ResultSize 2500 --select Guid --page-size 100
out_lines 2500

story '-ResultSize N gives N rows, at the borders of pages too'
head -n 1001 "$own/by1000" >"$own/head"
for n in 1 99 100 101 199 200 201 999 1000 1001; do
	expect_exit 0 -- exo run Get-Mailbox -ResultSize $n --select Guid --page-size 100
	head -n "$n" "$own/by1000" >"$own/head"
	expect "the first $n rows" cmp "$out" "$own/head"
done
expect_exit 0 -- exo run Get-Mailbox -ResultSize 20000 --select Guid
unique 12345

story 'every format holds every row'
names=DisplayName,Alias,PrimarySmtpAddress,EmailAddresses,HiddenFromAddressListsEnabled,MailTip
expect_exit 0 -- exo -o json run Get-Mailbox -ResultSize 2500 --select $names
out_json 'length == 2500 and all(.[]; keys_unsorted == ["DisplayName","Alias","PrimarySmtpAddress","EmailAddresses","HiddenFromAddressListsEnabled","MailTip"])'
cp "$out" "$own/rows.json"
expect_exit 0 -- exo -o ndjson run Get-Mailbox -ResultSize 2500 --select $names
out_lines 2500
expect 'ndjson and json are the same' [ "$(jq -c . "$out" | sha256sum)" = "$(jq -c '.[]' "$own/rows.json" | sha256sum)" ]
expect_exit 0 -- exo -o tsv run Get-Mailbox -ResultSize 2500 --select $names
out_lines 2501
expect 'every line has six fields' awk -F '\t' 'NF != 6 { exit 1 }' "$out"
expect_exit 0 -- exo -o none run Get-Mailbox -ResultSize 2500
out_empty
expect_exit 0 -- exo -o table run Get-Mailbox -ResultSize 2500 --select Alias
out_lines 2501
expect_exit 0 -- exo -o list run Get-Mailbox -ResultSize 2500 --select Alias
expect 'the list names each' [ "$(grep -c '^Alias *:' "$out")" -eq 2500 ]

# parse_csv FILE: RFC 4180 to a JSON array of objects, or failure
parse_csv() {
	python3 -c 'import csv, json, sys
rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8-sig"), strict=True))
assert all(len(row) == len(rows[0]) for row in rows), "ragged"
json.dump([dict(zip(rows[0], row)) for row in rows[1:]], sys.stdout)' "$1"
}
story 'CSV is one table that no spreadsheet executes'
if command -v python3 >/dev/null; then
	expect_exit 0 -- exo -o csv run Get-Mailbox -ResultSize 2500 --select $names
	parse_csv "$out" >"$own/csv.json" || bad 'it is not CSV'
	expect 'every row is there' [ "$(jq length "$own/csv.json")" -eq 2500 ]
	expect 'the aliases are those of the JSON' [ "$(jq -r '.[].Alias' "$own/csv.json" | sha256sum)" = "$(jq -r '.[].Alias' "$own/rows.json" | sha256sum)" ]
	expect 'there are names a spreadsheet would run' jq -e 'any(.[]; .DisplayName | test("^[=+@-]")) and any(.[]; .DisplayName | test("^\t="))' "$own/rows.json"
	expect 'no cell begins like a formula' jq -e 'all(.[]; to_entries | all(.value | test("^[\\s]*[=+@\\t\\r-]") | not))' "$own/csv.json"
	expect 'and what was changed is only marked' jq -se '(.[0] | map(.DisplayName)) as $was | (.[1] | map(.DisplayName)) as $is
		| [range(0; $was | length) | select($was[.] != $is[.]) | select($is[.] != "\u0027" + $was[.])] == []' "$own/rows.json" "$own/csv.json"
else
	skip 'no python3 to read CSV with'
fi

story 'a table and a list cannot drive a terminal'
expect 'there are names that would' jq -e 'any(.[]; .DisplayName | test("\u001b")) and any(.[]; .DisplayName | test("\u202e")) and any(.[]; .DisplayName | test("\u009b"))' "$own/rows.json"
for format in table list; do
	expect_exit 0 -- exo -o $format run Get-Mailbox -ResultSize 2500 --select DisplayName,Alias
	expect "$format has no control characters" jq -Rse 'test("[\u0000-\u0008\u000b-\u001f\u007f-\u009f]") | not' "$out"
	expect "$format has no direction overrides" jq -Rse 'test("[\u202a-\u202e\u2066-\u2069\u200e\u200f]") | not' "$out"
done
expect_exit 0 -- exo -o table run Get-Mailbox -ResultSize 2500 --select DisplayName,Alias
out_lines 2501

conf=$small sandbox=$small_sandbox
story '--select takes the columns in its order and says which nobody has'
expect_exit 0 -- exo -o csv run Get-Mailbox -ResultSize Unlimited --select alias,NoSuchThing,Name
expect 'the header is in the order asked for' [ "$(head -n 1 "$out" | tr -d '\r')" = alias,NoSuchThing,Name ]
err_has 'no row has the property NoSuchThing'
expect_exit 0 -- exo -o csv -q run Get-Mailbox -ResultSize Unlimited --select NoSuchThing
err_empty

story 'an integer of twenty digits stays what it is'
fault x-big-integer
for format in json ndjson csv tsv table list; do
	expect_exit 0 -- exo -o $format run Get-Mailbox -Identity gulay.yildiz --select Name,RuleIdentity
	out_matches '(^|[^0-9])15394007230974001153([^0-9]|$)'
done
no_faults

story 'a string of 5 MB is one cell'
fault x-5mb-string
expect_exit 0 -- exo -o json run Get-Mailbox -Identity gulay.yildiz --select LongText
out_json '.[0].LongText | length == 5242880'
expect_exit 0 -- exo -o table run Get-Mailbox -Identity gulay.yildiz --select Name
no_faults

story 'NUL in a string and odd names of properties are kept'
fault x-nul-escape
expect_exit 0 -- exo -o json run Get-Mailbox -Identity gulay.yildiz
out_json '.[0].Notes == "before\u0000after"'
for format in csv tsv table list; do
	expect_exit 0 -- exo -o $format run Get-Mailbox -Identity gulay.yildiz --select Notes,Name
	out_has after
	expect "$format holds no NUL byte" [ "$(tr -d '\0' <"$out" | wc -c)" -eq "$(wc -c <"$out")" ]
done
no_faults
fault x-bad-key
expect_exit 0 -- exo -o json run Get-Mailbox -Identity gulay.yildiz
out_json '.[0]["LastUsedDate(DateTime])"] == "2026-01-02T03:04:05.0000000Z"'
no_faults

story 'rows the service sends twice are shown twice: nobody else knows whether they are two'
fault x-duplicate-rows
expect_exit 0 -- exo run Get-Mailbox --select Guid
out_lines 50
no_faults

story 'a row that is no text is refused with its place, and so is one nested without end'
fault x-bad-utf8
expect_error E-ANSWER 8 -- exo run Get-Mailbox
err_matches 'row 1 of the page holds bytes that are not UTF-8 \(byte [0-9]+ of [0-9]+\)'
no_faults
fault x-deep-json
expect_error E-ANSWER 8 -- exo run Get-Mailbox
err_has 'nested too deep'
no_faults

story 'nothing is nothing, in whatever form it comes'
for what in x-204 x-empty-200 x-value-null; do
	fault $what
	expect_exit 0 -- exo -o json run Get-Mailbox
	out_json '. == []'
	expect_exit 0 -- exo run Get-Mailbox
	out_empty
	expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -Office "$what"
	out_empty
	no_faults
done
fault x-bare-object
expect_exit 0 -- exo -o json run Get-Mailbox
out_json 'length == 1 and .[0].Name == "gulay.yildiz"'
expect_exit 0 -- exo run Set-Mailbox -Identity gulay.yildiz -Office bare
no_faults

story 'warnings go to stderr, once, and not with -q'
fault x-warning='Mind the gap.'
expect_exit 0 -- exo run Get-Mailbox --page-size 25
out_lines 25
out_lacks 'Mind the gap'
err_has 'exosign: warning: Mind the gap.'
expect_exit 0 -- exo -q run Get-Mailbox
err_empty
expect_exit 0 -- exo --log-format json run Get-Mailbox
err_json '.text == "Mind the gap."'
no_faults

# peak CONFIG PAGE-SIZE: the most memory a list took, in KiB, while it was read
peak() {
	local pid peak=0 now
	"$exosign" --config "$1" run Get-Mailbox -ResultSize Unlimited --page-size "$2" >"$own/rows" 2>"$own/rows.err" &
	pid=$!
	while now=$(awk '/^VmHWM:/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
		peak=$now
		sleep 0.05
	done
	wait "$pid" || peak=failed
	echo "$peak"
}
story 'a list of 100,000 rows takes less than 32 MiB, whatever the page size'
"$exosign" sandbox down --dir "$sandbox" >/dev/null
sandbox_up --mailboxes 100000
for size in 100 1000; do
	memory=$(peak "$conf" $size)
	expect "at $size rows a page it took $memory KiB" [ "$memory" -lt 32768 ]
	expect 'it was seen at work' [ "$memory" -gt 1024 ]
	expect 'every row came' [ "$(wc -l <"$own/rows")" -eq 100000 ]
done
rm -f "$own/rows"
