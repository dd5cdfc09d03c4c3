# Sourced by tests/bench/run: batches. `row`, `up`, `command_was` and the variables are its own.
# shellcheck shell=bash disable=SC2154

# writes N WORD: N changes, one a mailbox, as NDJSON; WORD makes them others than the last ones
writes() {
	"$exosign" --config "$config" -o ndjson --select Alias run Get-Mailbox -ResultSize "$1" |
		jq -c --arg word "$2" '{cmdlet: "Set-Mailbox", parameters: {Identity: .Alias, Office: "\($word) \(.Alias)"}}'
}

# throttled NAME N CONCURRENCY: runs that many changes; the seconds it took to $seconds, what the tenant counted to $counted
throttled() {
	local before began
	writes "$2" "$1" >"$own/$1.ndjson"
	before=$("$exosign" sandbox ledger --dir "$own/sb" | wc -l)
	"$exosign" sandbox throttle --dir "$own/sb" --requests "$budget" --window "$window" --concurrency 16 --latency 20
	began=$(date +%s.%N)
	"$exosign" --config "$config" batch "$own/$1.ndjson" --concurrency "$3" >"$own/$1.out" 2>"$own/$1.err" || {
		tail -n 5 "$own/$1.err" >&2 && exit 1
	}
	seconds=$(awk -v a="$began" -v b="$(date +%s.%N)" 'BEGIN { print b - a }')
	counted=$("$exosign" sandbox throttle --dir "$own/sb" status -o json)
	"$exosign" sandbox ledger --dir "$own/sb" --after "$before" >"$own/$1.ledger"
	command_was "$exosign" --config "$config" batch "$own/$1.ndjson" --concurrency "$3"
}

bench_writes() {
	local n=10000 few=2000 budget=1000 window=5 seconds counted used granted many
	up --mailboxes 10000
	throttled many "$n" 16
	many=$seconds
	used=$(jq .usedBefore <<<"$counted") granted=$(jq .grantedBefore <<<"$counted")
	row "$n writes, $budget granted every $window s: used of what was granted in the windows that are over" "$used" "$granted" \
		"$(awk -v a="$used" -v b="$granted" 'BEGIN { printf "%.3f", (b > 0 ? a / b : 0) }')" 0.95 '>='
	row 'the same: items that are not done (lost)' - - $((n - $(grep -c '"outcome":"done"' "$own/many.out"))) 0 '<='
	row 'the same: runs by the tenant beside one for each item (twice, or lost)' "$(wc -l <"$own/many.ledger")" "$n" \
		$(($(wc -l <"$own/many.ledger") - $(jq -r .parameters.Office "$own/many.ledger" | sort -u | wc -l) +
			n - $(jq -r .parameters.Office "$own/many.ledger" | sort -u | wc -l))) 0 '<='
	row 'the same: refused by the tenant' "$(jq .refused <<<"$counted")" - "$(jq .refused <<<"$counted")" 999999 '<='
	throttled few "$few" 1
	row "writes a second, concurrency 16 against 1 ($few writes)" \
		"$(awk -v n="$n" -v s="$many" 'BEGIN { printf "%.0f/s", n / s }')" \
		"$(awk -v n="$few" -v s="$seconds" 'BEGIN { printf "%.0f/s", n / s }')" \
		"$(awk -v n="$n" -v s="$many" -v m="$few" -v t="$seconds" 'BEGIN { printf "%.2f", (n / s) / (m / t) }')" 1 '>='
	"$exosign" sandbox throttle --dir "$own/sb" off
}

bench_journal() {
	local together
	for together in 1 10; do
		# shellcheck disable=SC2046
		set -- $("$build/tests/bench/journal" cost 10000 "$together" "$own/cost.$together")
		[ $# -eq 2 ] || exit 1
		row "the journal: microseconds an item, $together together" "$1" - "$1" 20000 '<='
		row 'its bytes an item' "$2" - "$2" 1024 '<='
		command_was "$build/tests/bench/journal" cost 10000 "$together" "$own/cost.$together"
	done
}

# A journal of a million lines: begun by exosign, which the tenant's absence stops, and filled with what exosign would write.
bench_resume() {
	local items=500001 ours
	up
	seq "$items" | sed 's/.*/{"cmdlet":"Set-Mailbox","parameters":{"Identity":"gulay.yildiz","Office":"&"}}/' >"$own/long.ndjson"
	ours=("$exosign" --config "$config" batch "$own/long.ndjson")
	"$exosign" sandbox down --dir "$own/sb" >/dev/null
	"${ours[@]}" >/dev/null 2>&1
	up
	"$build/tests/bench/journal" fill 1000000 "$own/long.ndjson.journal" >"$own/fill" || exit 1
	ours+=(--resume)
	"${ours[@]}" >/dev/null || exit 1
	# shellcheck disable=SC2046
	set -- $("$versus" "$rounds" "${ours[@]}" -- wc -l "$own/long.ndjson.journal")
	[ $# -eq 5 ] || exit 1
	row "resume of a journal of $(wc -l <"$own/long.ndjson.journal") lines, ms (beside: wc -l)" "$1 ms" "$2 ms" "$1" 2000 '<='
	row 'its peak memory, KiB' "$4" "$5" "$4" 32768 '<='
	command_was "${ours[@]}"
}
