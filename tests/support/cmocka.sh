#!/bin/bash
# cmocka.sh KIND PROGRAM: runs one cmocka program with a home and a temporary directory of its own and counts each of its
# tests as a check. A program that dies, hangs or runs fewer tests than it announced is a failed check as well.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/report.sh
. "$here/report.sh"

kind=$1 program=$2
name=$(basename "$program")
own=$(mktemp -d "$EXS_SCRATCH/t.XXXXXX")
mkdir -m 700 "$own/home" "$own/run"
log=$own/log
status=0
HOME=$own/home XDG_RUNTIME_DIR=$own/run TMPDIR=$own CMOCKA_MESSAGE_OUTPUT=TAP \
	timeout -k 10 "${EXS_PROGRAM_SECONDS:-300}" "$program" >"$log" 2>&1 </dev/null || status=$?

# "ok 1 - name", "not ok 2 - name", "reason" and then "not ok 3 # SKIP name"; announced by "1..3"
awk -v kind="$kind" -v program="$name" -v status="$status" -v results="$EXS_RESULTS" '
	function count(outcome, test, reason) {
		printf "%s\t%s\t%s\t%s\n", outcome, kind, program ": " test, reason >>results
		n[outcome]++
	}
	/^1\.\.[0-9]+$/ { planned += substr($0, 4) }
	/^ok [0-9]+ - / { sub(/^ok [0-9]+ - /, ""); count("passed", $0, ""); next }
	/^not ok [0-9]+ # SKIP / { sub(/^not ok [0-9]+ # SKIP /, ""); count("skipped", $0, last); next }
	/^not ok [0-9]+ - / { sub(/^not ok [0-9]+ - /, ""); count("failed", $0, "see above"); next }
	NF { last = $0 }
	END {
		run = n["passed"] + n["failed"] + n["skipped"]
		if (status == 77 && run == 0)
			count("skipped", "all of it", last)
		else if (status == 124 || status == 137)
			count("failed", "ends in time", "killed after its deadline")
		else if (run < planned || planned == 0)
			count("failed", "runs to its end", "status " status ", " run + 0 " of " planned + 0 " tests")
		else if (status != 0 && !n["failed"])
			count("failed", "ends with status 0", "status " status)
		printf "  %s %s.%s: %d passed", n["failed"] ? "FAILED  " : "passed  ", kind, program, n["passed"]
		if (n["skipped"]) printf ", %d skipped", n["skipped"]
		if (n["failed"]) printf ", %d failed", n["failed"]
		printf "\n"
		exit n["failed"] > 0
	}' "$log" >"$own/line" || failed=1
if [ -n "${failed-}" ]; then
	# one write, so that two programs side by side do not mix their lines
	{ cat "$own/line" && show_log "$log"; } >"$own/report"
	cat "$own/report"
else
	cat "$own/line"
fi
rm -rf "$own"
exit 0
