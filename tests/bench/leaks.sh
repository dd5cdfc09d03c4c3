#!/bin/bash
# leaks.sh FEW MANY PROGRAM [ARGUMENT...]: runs PROGRAM FEW ARGUMENTS and PROGRAM MANY ARGUMENTS under valgrind and prints
#
#   blocks-in-use-after-few blocks-in-use-after-many blocks-lost errors
#
# What libraries keep until the end is the same after few rounds and after many; what leaks is not. Ends with 1 when there is
# more after many, when anything is lost, and when memory is misused; with 77 and a reason where valgrind is missing.
set -uo pipefail
few=$1 many=$2
shift 2
command -v valgrind >/dev/null || { echo 'valgrind is not installed' && exit 77; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# examine ROUNDS COMMAND...: sets $blocks, and adds to $lost and $errors
lost=0 errors=0
examine() {
	local rounds=$1 program=$2
	shift 2
	if ! valgrind --leak-check=full --show-leak-kinds=definite,indirect --log-file="$log" "$program" "$rounds" "$@"; then
		cat "$log" >&2
		exit 1
	fi
	blocks=$(sed -n 's/.*in use at exit: .* in \([0-9,]*\) blocks.*/\1/p' "$log" | tr -d ,)
	lost=$((lost + $(sed -n 's/.*\(definitely\|indirectly\|possibly\) lost: .* in \([0-9,]*\) blocks.*/\2/p' "$log" | tr -d , |
		awk '{ n += $1 } END { print n + 0 }')))
	errors=$((errors + $(sed -n 's/.*ERROR SUMMARY: \([0-9,]*\) errors.*/\1/p' "$log" | tr -d ,)))
	if [ $((lost + errors)) -gt 0 ]; then cat "$log" >&2; fi
}
examine "$few" "$@"
after_few=$blocks
examine "$many" "$@"
echo "$after_few $blocks $lost $errors"
[ "$blocks" -le "$after_few" ] && [ "$lost" -eq 0 ] && [ "$errors" -eq 0 ]
