#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# Several calls in one request to the sandbox, what it wrote down of those it ran, and what it grants.
# shellcheck source=tests/support/sandbox_exchange.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_exchange.sh"

good Get-Mailbox '{"ResultSize":12}'
jar=()
mapfile -t people < <(jq -r '.value[].Alias' "$work/body")

# item ID CMDLET PARAMETERS [URL]: one request of a batch
item() {
	jq -nc --arg id "$1" --arg cmdlet "$2" --argjson parameters "$3" --arg url "${4:-$origin$invoke}" \
		--arg bearer "Bearer $(cat "$work/bearer")" '{id: $id, method: "POST", url: $url, headers: {Authorization: $bearer,
			"Content-Type": "application/json", "X-CmdletName": $cmdlet, "client-request-id": "crid-\($id)",
			Prefer: "odata.maxpagesize=1000;odata.continue-on-error"},
			body: {CmdletInput: {CmdletName: $cmdlet, Parameters: $parameters}}}'
}

# batch ITEM...: sends them, with the cookies of jar; the status to stdout
batch() {
	printf '%s\n' "$@" | jq -sc '{requests: .}' >"$work/batch"
	get one "/adminapi/beta/$tenant/\$batch" -H "Authorization: Bearer $(cat "$work/bearer")" \
		-H 'Content-Type: application/json' --data-binary "@$work/batch" "${jar[@]}"
}

# written: the ledger's lines since mark was called
mark() {
	sandbox ledger --dir "$work/one" | tail -n 1 | jq .n >"$work/mark"
	[ -s "$work/mark" ] || echo 0 >"$work/mark"
}
written() {
	sandbox ledger --dir "$work/one" --after "$(cat "$work/mark")" | jq -rc "$1"
}

# answer ID FILTER: of the last batch's answer
answer() {
	jq -rc --arg id "$1" ".responses[] | select(.id == \$id) | $2" "$work/body"
}

each_item_is_answered_by_its_id() {
	items=()
	for i in 0 1 2 3 4 5 6 7 8 9; do items+=("$(item "i$i" Get-Mailbox "{\"Identity\":\"${people[i]}\"}")"); done
	equals 200 "$(batch "${items[@]}")"
	is 10 '.responses|length'
	for i in 0 1 2 3 4 5 6 7 8 9; do
		equals 200 "$(answer "i$i" .status)"
		equals "${people[i]}" "$(answer "i$i" '.body.value[0].Alias')"
		equals "crid-i$i" "$(answer "i$i" '.headers["client-request-id"]')"
	done
	orders=$(for _ in 1 2 3 4 5 6 7 8; do batch "${items[@]}" >/dev/null && jq -c '[.responses[].id]' "$work/body"; done | sort -u | wc -l)
	[ "$orders" -gt 1 ]
}
a_selection_stands_in_the_items_url() {
	equals 200 "$(batch "$(item a Get-Mailbox "{\"Identity\":\"${people[0]}\"}" "$origin$invoke?\$select=Alias")")"
	equals '["Alias"]' "$(answer a '.body.value[0] | keys')"
}
one_that_fails_leaves_the_others_alone() {
	mark
	equals 200 "$(batch "$(item a Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"B1\"}")" \
		"$(item b Set-Mailbox '{"Identity":"nobody at all","Office":"B1"}')" \
		"$(item c Set-Mailbox "{\"Identity\":\"${people[1]}\",\"Office\":\"B2\"}")")"
	equals 200 "$(answer a .status)"
	equals 404 "$(answer b .status)"
	equals NotFound "$(answer b .body.error.code)"
	equals 200 "$(answer c .status)"
	equals '["crid-a","a"] ["crid-c","c"]' "$(written '[.clientRequestId, .item]' | paste -sd ' ')"
	equals "[\"Set-Mailbox\",\"${people[0]}\",{\"Identity\":\"${people[0]}\",\"Office\":\"B1\"}]" \
		"$(written '[.cmdlet, .identity, .parameters]' | head -n 1)"
}
what_is_wrong_as_a_whole_is_refused_whole() {
	mark
	write=$(item a Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"no\"}")
	eleven=()
	for i in 1 2 3 4 5 6 7 8 9 10 11; do eleven+=("$(jq -c ".id = \"e$i\"" <<<"$write")"); done
	equals 400 "$(batch "${eleven[@]}")"
	contains 'maximum is 10' "$work/body"
	equals 400 "$(batch "$write" "$write")"
	contains 'more than once' "$work/body"
	equals 400 "$(batch "$(jq -c 'del(.id)' <<<"$write")")"
	equals 400 "$(batch "$(jq -c 'del(.url)' <<<"$write")")"
	equals 400 "$(batch "$(jq -c '.headers.Prefer = 7' <<<"$write")")"
	equals 400 "$(get one "/adminapi/beta/$tenant/\$batch" -H "Authorization: Bearer $(cat "$work/bearer")" --data-binary '{')"
	equals 400 "$(get one "/adminapi/beta/$tenant/\$batch" -H "Authorization: Bearer $(cat "$work/bearer")" --data-binary '{"requests":[]}')"
	equals 401 "$(get one "/adminapi/beta/$tenant/\$batch" --data-binary "@$work/batch")"
	equals 405 "$(get one "/adminapi/beta/$tenant/\$batch" -H "Authorization: Bearer $(cat "$work/bearer")")"
	equals '' "$(written .)"
}
an_item_needs_its_bearer_and_a_url_of_this_service() {
	mark
	write=$(item a Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"no\"}")
	equals 200 "$(batch "$(jq -c 'del(.headers.Authorization)' <<<"$write")" "$(jq -c '.id = "b" | .url = "/adminapi/x"' <<<"$write")" \
		"$(jq -c '.id = "c" | .url = "https://elsewhere.example/adminapi"' <<<"$write")" \
		"$(jq -c --arg url "$origin/adminapi/beta/$tenant/\$batch" '.id = "d" | .url = $url' <<<"$write")")"
	equals 401 "$(answer a .status)"
	equals null "$(answer a .body)"
	for id in b c d; do equals 400 "$(answer "$id" .status)"; done
	equals '' "$(written .)"
}
a_next_link_inside_an_item_goes_on_in_another_batch() {
	jar=(-b "$work/jar" -c "$work/jar")
	equals 200 "$(batch "$(item a Get-Mailbox '{"ResultSize":"Unlimited"}')" "$(item b Get-OrganizationConfig '{}')")"
	equals 1000 "$(answer a '.body.value | length')"
	link=$(answer a '.body["@odata.nextLink"]')
	equals 200 "$(batch "$(item a Get-Mailbox '{"ResultSize":"Unlimited"}' "$link")")"
	equals '[200,1000]' "$(answer a '[.status, (.body.value | length)]')"
	jar=()
	batch "$(item a Get-Mailbox '{"ResultSize":"Unlimited"}' "$link")" >/dev/null
	equals 400 "$(answer a .status)"
}
a_fault_of_a_cmdlet_hits_its_item_alone() {
	fault x-429=7 --count 1 --cmdlet Set-Mailbox
	mark
	equals 200 "$(batch "$(item a Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"x\"}")" \
		"$(item b Set-Mailbox "{\"Identity\":\"${people[1]}\",\"Office\":\"x\"}")")"
	equals '[429,"7"]' "$(answer a '[.status, .headers["Retry-After"]]')"
	equals 200 "$(answer b .status)"
	equals b "$(written .item)"
	fault x-403-nul --cmdlet Set-Mailbox
	batch "$(item a Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"x\"}")" >/dev/null
	equals '[403,"string",4096]' "$(answer a '[.status, (.body | type), (.body | length)]')"
	fault x-503=3 --count 1
	equals 503 "$(batch "$(item a Get-OrganizationConfig '{}')")"
	equals 3 "$(header Retry-After)"
}
an_answer_can_be_lost_after_or_before_it_was_run() {
	for how in x-lost x-hang x-half batch-missing x-lost-early; do
		fault "$how" --count 1
		mark
		write=$(item a Set-Mailbox "{\"Identity\":\"${people[2]}\",\"Office\":\"$how\"}")
		printf '%s' "$write" | jq -sc '{requests: .}' >"$work/batch"
		curl -s --max-time 2 --cacert "$work/one/ca.pem" -o "$work/body" "$origin/adminapi/beta/$tenant/\$batch" \
			-H "Authorization: Bearer $(cat "$work/bearer")" --data-binary "@$work/batch" && status=0 || status=$?
		case $how in
		batch-missing) equals '{"responses":[]}' "$(cat "$work/body")" ;;
		*) [ "$status" -ne 0 ] ;;
		esac
		case $how in
		x-lost-early) equals '' "$(written .)" ;;
		*) equals "$how" "$(written .parameters.Office)" ;;
		esac
	done
}
answers_can_come_twice_or_for_nobody() {
	fault batch-twice --count 1
	equals 200 "$(batch "$(item a Get-OrganizationConfig '{}')" "$(item b Get-OrganizationConfig '{}')")"
	is 3 '.responses | length'
	fault batch-foreign --count 1
	equals 200 "$(batch "$(item a Get-OrganizationConfig '{}')")"
	is '["a","nobody"]' '[.responses[].id] | sort'
	sandbox fault --dir "$work/one" clear
}
secrets_are_not_written_down() {
	mark
	run Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"1\",\"Confirm\":false}" >/dev/null
	equals 1 "$(written .n | wc -l)"
	lacks 'Bearer|eyJ' "$work/one/writes.ndjson"
	equals 600 "$(stat -c %a "$work/one/writes.ndjson")"
}
what_only_asks_or_reads_or_fails_is_not_in_the_ledger() {
	mark
	good Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"asked\",\"Confirm\":true}"
	good Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Office\":\"asked\",\"WhatIf\":true}"
	good Get-Mailbox "{\"Identity\":\"${people[0]}\"}"
	equals 400 "$(run Set-Mailbox "{\"Identity\":\"${people[0]}\",\"Wrong\":1}")"
	equals '' "$(written .)"
}
what_was_written_survives_a_kill() {
	good New-DistributionGroup '{"Name":"Survivors"}'
	guid=$(jq -r '.value[0].Guid' "$work/body")
	good Add-DistributionGroupMember "{\"Identity\":\"Survivors\",\"Member\":\"${people[3]}\"}"
	good Set-Mailbox "{\"Identity\":\"${people[3]}\",\"Office\":\"kept\"}"
	before=$(sandbox ledger --dir "$work/one")
	pid=$(sandbox status --dir "$work/one" -o json | jq .pid)
	kill -9 "$pid"
	while sandbox status --dir "$work/one" >/dev/null; do :; done
	equals "$before" "$(sandbox ledger --dir "$work/one")"
	printf '{"n":99999,"torn' >>"$work/one/writes.ndjson"
	up one
	good Get-Mailbox "{\"Identity\":\"${people[3]}\"}"
	is kept '.value[0].Office'
	good Get-DistributionGroup '{"Identity":"Survivors"}'
	is "$guid" '.value[0].Guid'
	refused 400 MemberAlreadyExists Add-DistributionGroupMember "{\"Identity\":\"Survivors\",\"Member\":\"${people[3]}\"}"
	equals 0 "$(ledger one executed.Set-Mailbox)"
	good Set-Mailbox "{\"Identity\":\"${people[3]}\",\"Office\":\"again\"}"
	equals $(($(wc -l <<<"$before") + 1)) "$(sandbox ledger --dir "$work/one" | tail -n 1 | jq .n)"
}
a_sandbox_can_forget() {
	sandbox down --dir "$work/one"
	up one --forget
	equals '' "$(sandbox ledger --dir "$work/one")"
	equals 404 "$(run Get-DistributionGroup '{"Identity":"Survivors"}')"
}
a_budget_is_granted_told_and_refused() {
	sandbox throttle --dir "$work/one" --requests 4 --window 3600
	good Get-OrganizationConfig '{}'
	equals '4 3' "$(header Rate-Limit-Limit) $(header Rate-Limit-Remaining)"
	header Rate-Limit-Reset | grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$'
	batch "$(item a Get-OrganizationConfig '{}')" "$(item b Get-OrganizationConfig '{}')" "$(item c Get-OrganizationConfig '{}')" \
		"$(item d Get-OrganizationConfig '{}')" >/dev/null
	equals '[200,200,200,429]' "$(jq -c '[.responses[].status] | sort' "$work/body")"
	equals 0 "$(header Rate-Limit-Remaining)"
	wait=$(answer d '.headers["Retry-After"]')
	[ "$wait" -gt 3000 ] && [ "$wait" -le 3600 ]
	equals 429 "$(run Get-OrganizationConfig '{}')"
	[ "$(header Retry-After)" -gt 3000 ]
	equals '[4,2,4,1]' "$(sandbox throttle --dir "$work/one" status -o json | jq -c '[.used, .refused, .granted, .windows]')"
	sandbox throttle --dir "$work/one" --requests 4 --window 3600 --batch one
	batch "$(item a Get-OrganizationConfig '{}')" "$(item b Get-OrganizationConfig '{}')" >/dev/null
	equals 1 "$(sandbox throttle --dir "$work/one" status -o json | jq .used)"
	sandbox down --dir "$work/one"
	up one
	good Get-OrganizationConfig '{}'
	equals 4 "$(header Rate-Limit-Limit)"
	sandbox throttle --dir "$work/one" off
	good Get-OrganizationConfig '{}'
	equals 3000 "$(header Rate-Limit-Limit)"
	fails 2 sandbox throttle --dir "$work/one"
	fails 2 sandbox throttle --dir "$work/one" --requests 4 --batch some
}
too_many_at_once_are_told_so() {
	sandbox throttle --dir "$work/one" --concurrency 2 --latency 700
	for i in 1 2 3 4; do
		curl -s --cacert "$work/one/ca.pem" -o "$work/at.$i" "$origin$invoke" -H "Authorization: Bearer $(cat "$work/bearer")" \
			--data-binary "$(envelope Get-OrganizationConfig '{}')" &
	done
	wait
	refusals=$(grep -l 'maximum number of concurrent requests per tenant' "$work"/at.* | wc -l)
	counted=$(sandbox throttle --dir "$work/one" status -o json | jq .refusedAtOnce)
	equals "$refusals" "$counted"
	[ "$(sandbox throttle --dir "$work/one" status -o json | jq .atOnceMost)" -le 2 ]
	equals 0 "$(sandbox throttle --dir "$work/one" status -o json | jq .atOnce)"
	sandbox throttle --dir "$work/one" off
}
and_all_of_it_in_silence() {
	ends_in_silence one
}

run_tests each_item_is_answered_by_its_id a_selection_stands_in_the_items_url one_that_fails_leaves_the_others_alone \
	what_is_wrong_as_a_whole_is_refused_whole an_item_needs_its_bearer_and_a_url_of_this_service \
	a_next_link_inside_an_item_goes_on_in_another_batch a_fault_of_a_cmdlet_hits_its_item_alone \
	an_answer_can_be_lost_after_or_before_it_was_run answers_can_come_twice_or_for_nobody secrets_are_not_written_down \
	what_only_asks_or_reads_or_fails_is_not_in_the_ledger what_was_written_survives_a_kill a_sandbox_can_forget \
	a_budget_is_granted_told_and_refused too_many_at_once_are_told_so and_all_of_it_in_silence
