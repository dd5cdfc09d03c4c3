# Sourced by tests/run and the runners it calls: how a check is counted. A check is one line in the file $EXS_RESULTS,
# "passed|failed|skipped KIND NAME [reason]"; what people see goes to stdout.
# shellcheck shell=bash

# report passed|failed|skipped KIND NAME [REASON]
report() {
	printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4-}" >>"$EXS_RESULTS"
}

# show_log FILE: the end of a log, indented, control characters made visible
show_log() {
	tail -n "${EXS_LOG_LINES:-60}" "$1" | cat -v | sed 's/^/    | /'
}

# within COMMAND...: at most $EXS_CHECK_SECONDS; a function of the script is run as it is
within() {
	if [ "$(type -t "$1")" = function ]; then
		"$@"
	else
		timeout -k 10 "${EXS_CHECK_SECONDS:-600}" "$@"
	fi
}

# check KIND NAME COMMAND...: one check that passes when the command exits with 0 and is skipped with 77 (the reason is
# its last line). Its output is shown only when it fails.
check() {
	local kind=$1 name=$2 status=0 log
	shift 2
	log=$(mktemp "$EXS_SCRATCH/check.XXXXXX")
	within "$@" >"$log" 2>&1 </dev/null || status=$?
	case $status in
	0)
		report passed "$kind" "$name"
		echo "  passed   $kind: $name"
		;;
	77)
		report skipped "$kind" "$name" "$(tail -n 1 "$log")"
		echo "  skipped  $kind: $name ($(tail -n 1 "$log"))"
		;;
	*)
		report failed "$kind" "$name" "status $status"
		echo "  FAILED   $kind: $name (status $status): $*"
		show_log "$log"
		;;
	esac
	rm -f "$log"
	[ "$status" -eq 0 ] || [ "$status" -eq 77 ]
}

# skip_all KIND NAME REASON
skip_all() {
	report skipped "$1" "$2" "$3"
	echo "  skipped  $1: $2 ($3)"
}
