#!/bin/bash
# What is made again after what: a batch that goes on does not undo what came later in its input and was made already.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 50
input=$own/input

# set NUMBER MEMBER VALUE: an item
set_item() {
	jq -nc --arg id "$1" --arg name "$2" --arg value "$3" \
		'{id: $id, cmdlet: "Set-Mailbox", parameters: ({Identity: "gulay.yildiz"} + {($name): $value})}'
}
# office: what the tenant has
office() {
	"$exosign" --config "$conf" -o ndjson --select Office run Get-Mailbox -Identity gulay.yildiz | jq -r .Office
}
# begin: runs the batch while the answer to each try of its first item is lost
begin() {
	rm -f "$input.journal"
	fault x-lost --count 3
	expect_exit 12 -- exo batch "$input" --concurrency 1
	out_json '(.id == "1" and .outcome == "unknown") or (.id == "2" and .outcome == "done")'
	no_faults
}

story 'a change whose answer was lost is not made again after a later one that it would undo'
{ set_item 1 Office first; set_item 2 Office second; } >"$input"
begin
for only in '' '--only unknown'; do
	# shellcheck disable=SC2086
	expect_exit 12 -- exo batch "$input" --resume $only
	out_lines 1
	out_json '.id == "1" and .outcome == "unknown" and .code == "E-BATCH-ORDER"'
	out_has 'item 2 of the input'
	expect 'the later change is still there' [ "$(office)" = second ]
done

story 'unless somebody says so'
expect_exit 0 -- exo batch "$input" --only unknown --yes
out_json '.id == "1" and .outcome == "done"'
expect 'it was made' [ "$(office)" = first ]

story 'one that undoes nothing is made again'
{ set_item 1 Office third; set_item 2 CustomAttribute1 other; } >"$input"
begin
expect_exit 0 -- exo batch "$input" --resume
out_json '.id == "1" and .outcome == "done"'
expect 'it was made' [ "$(office)" = third ]

story 'members are added one by one: a later one is no reason to leave an earlier one out'
for person in gulay.yildiz frode.lefevre; do
	jq -nc --arg member "$person" '{cmdlet: "Add-DistributionGroupMember", parameters: {Identity: "Alumni", Member: $member}}'
done >"$input"
rm -f "$input.journal"
fault x-200-error --count 1
expect_exit 12 -- exo batch "$input" --concurrency 1
no_faults
expect_exit 0 -- exo batch "$input" --only failed
out_lines 1
out_json '.id == "1" and .outcome == "done"'

story 'a refusal after a lost answer does not tell that nothing was done'
set_item 1 Office fifth >"$input"
rm -f "$input.journal"
fault x-lost --count 1
fault x-500 --after 1 --count 1
expect_exit 12 -- exo batch "$input"
out_json '.outcome == "unknown" and .attempts == 2 and (.message | contains("earlier try"))'
no_faults
expect 'it was done' [ "$(office)" = fifth ]
expect_exit 0 -- exo batch "$input" --resume

story 'a refusal that would have met the first try as well does'
jq -c '.parameters.Identity = "nobody"' "$input" >"$input.nobody"
fault x-lost-early --count 1
expect_exit 12 -- exo batch "$input.nobody"
out_json '.outcome == "failed" and .attempts == 2 and .code == "E-EXO-NOT-FOUND"'
no_faults
