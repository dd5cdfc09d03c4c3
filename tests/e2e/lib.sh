# shellcheck shell=bash
# Sourced by every end-to-end script: tests of the installed program, seen from outside.
#
#   . "$(dirname "$0")/lib.sh"
#   story 'a wrong PIN is sent once'        starts a story: one check, with all expectations up to the next story
#   expect_exit 4 -- exo token get          runs it without a terminal, stdin and time to lose; its exit code must be 4
#   err_has 'E-PIN-WRONG'                    and then looks at what it said
#
# A script has a home, a configuration and a temporary directory of its own; `exo` stands for the installed program with the
# script's sandbox (see sandbox_up). Every output of every command is searched for secrets, whatever the story asks.
set -uo pipefail

e2e_name=$(basename "$0" .sh)
if [ -z "${EXS_PREFIX-}" ] || [ -z "${EXS_RESULTS-}" ]; then
	echo "run it with: tests/run --only e2e  (or tests/e2e/run $e2e_name, with EXS_PREFIX)" >&2
	exit 2
fi
# shellcheck source=tests/support/report.sh
. "$EXS_SOURCE_DIR/tests/support/report.sh"

# Short, because sockets live below it and their names may have 107 bytes.
own=$(mktemp -d "${TMPDIR:-/tmp}/exo.XXXXXX")
out=$own/out err=$own/err status=0
mkdir -m 700 "$own/home" "$own/run" "$own/tmp" "$own/everything"
export HOME=$own/home XDG_RUNTIME_DIR=$own/run TMPDIR=$own/tmp
export PATH=$EXS_PREFIX/bin:$PATH
unset "${!EXOSIGN_@}" XDG_CONFIG_HOME XDG_STATE_HOME XDG_CACHE_HOME XDG_CONFIG_DIRS SOFTHSM2_CONF
exosign=$EXS_PREFIX/bin/exosign
conf='' sandbox='' last_shown='' story_name='' story_failed='' story_skipped='' expectations=0 e2e_pids=() e2e_sandboxes=() e2e_secrets=()

close_story() {
	[ -n "$story_name" ] || return 0
	if [ -n "$story_failed" ]; then
		report failed e2e "$e2e_name: $story_name" "$story_failed"
		echo "not ok: $story_name"
	elif [ -n "$story_skipped" ]; then
		report skipped e2e "$e2e_name: $story_name" "$story_skipped"
		echo "skipped: $story_name ($story_skipped)"
	elif [ "$expectations" -eq 0 ]; then
		report failed e2e "$e2e_name: $story_name" "it expects nothing"
		echo "not ok: $story_name expects nothing"
	else
		report passed e2e "$e2e_name: $story_name"
		echo "ok: $story_name ($expectations expectations)"
	fi
	story_name=''
}

# story SENTENCE
story() {
	close_story
	story_name=$1 story_failed='' story_skipped='' expectations=0
	echo "== $1"
}

# skip REASON: this story cannot be told here; leave it with: skip '...' ; or guard the rest with an if
skip() {
	story_skipped=$1
}

# bad WHAT: an expectation that was not met; shows the last command with what it said, once
bad() {
	[ -n "$story_failed" ] || story_failed=$1
	echo "  NOT MET: $1"
	[ -n "$last_shown" ] || {
		last_shown=1
		echo "    after: ${last_command-nothing was run yet} (exit $status)"
		echo "    stdout:" && head -c 2000 "$out" | cat -v | sed 's/^/      /'
		echo && echo "    stderr:" && head -c 4000 "$err" | cat -v | sed 's/^/      /'
	} 2>/dev/null
	return 0
}

# met: an expectation that was met
met() {
	expectations=$((expectations + 1))
}

# secret VALUE: must not appear in any output from now on
secret() {
	e2e_secrets+=("$1")
}

# No secret we know of, and nothing that looks like a token: three base64url parts, the first opening with {".
look_for_secrets() {
	local value kept
	kept=$own/everything/$RANDOM$RANDOM
	cat "$out" "$err" >"$kept"
	for value in ${e2e_secrets[@]+"${e2e_secrets[@]}"}; do
		if grep -aqF -- "$value" "$kept"; then bad 'a secret is in the output'; fi
	done
	if [ -z "${may_show_token-}" ] && grep -aqE 'eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{8,}' "$kept"; then
		bad 'a token or an assertion is in the output'
	fi
	rm -f "$kept"
}

# run COMMAND...: what is said goes to $out and $err, the exit code to $status. `exo` is the program with the sandbox's
# profile. Variables: stdin=FILE (default: nothing), seconds=N (default 60), may_show_token=1. It must end by itself.
run() {
	last_command=$* last_shown=''
	if [ "$1" = exo ]; then
		shift
		set -- "$exosign" ${conf:+--config "$conf"} "$@"
	fi
	status=0
	timeout -k 5 "${seconds:-60}" "$@" <"${stdin:-/dev/null}" >"$out" 2>"$err" || status=$?
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then bad "it hangs: no end after ${seconds:-60} s"; fi
	look_for_secrets
}

# at_terminal PROMPT TEXT -- COMMAND...: runs it with a terminal of its own, waits for the prompt and types the text. What the
# terminal showed is in $out; the exit code in $status.
at_terminal() {
	local prompt=$1 typed=$2 waited=0 pid
	shift 3
	last_command=$* last_shown='' status=0
	if [ "$1" = exo ]; then
		shift
		set -- "$exosign" ${conf:+--config "$conf"} "$@"
	fi
	: >"$out" && : >"$err"
	rm -f "$own/keys" && mkfifo "$own/keys"
	timeout -k 5 "${seconds:-60}" script -qefc "$(printf '%q ' "$@")" "$out" <"$own/keys" >/dev/null 2>&1 &
	pid=$!
	exec 9>"$own/keys"
	until grep -aqE -- "$prompt" "$out"; do
		waited=$((waited + 1))
		if [ $waited -gt 300 ] || ! kill -0 $pid 2>/dev/null; then break; fi
		sleep 0.1
	done
	printf '%s\n' "$typed" >&9
	wait $pid || status=$?
	exec 9>&-
	look_for_secrets
}

# expect_exit N -- COMMAND...
expect_exit() {
	local wanted=$1
	shift 2
	run "$@"
	if [ "$status" -eq "$wanted" ]; then met; else bad "exit $status, wanted $wanted"; fi
}

# FILE has|lacks|matches TEXT
look() {
	case $2 in
	has) grep -aqF -- "$3" "$1" ;;
	lacks) ! grep -aqF -- "$3" "$1" ;;
	matches) grep -aqE -- "$3" "$1" ;;
	esac
}
out_has() { if look "$out" has "$1"; then met; else bad "stdout lacks: $1"; fi; }
out_lacks() { if look "$out" lacks "$1"; then met; else bad "stdout has: $1"; fi; }
out_matches() { if look "$out" matches "$1"; then met; else bad "stdout does not match: $1"; fi; }
err_has() { if look "$err" has "$1"; then met; else bad "stderr lacks: $1"; fi; }
err_lacks() { if look "$err" lacks "$1"; then met; else bad "stderr has: $1"; fi; }
err_matches() { if look "$err" matches "$1"; then met; else bad "stderr does not match: $1"; fi; }
out_empty() { if [ ! -s "$out" ]; then met; else bad 'stdout is not empty'; fi; }
err_empty() { if [ ! -s "$err" ]; then met; else bad 'stderr is not empty'; fi; }
out_is() { if [ "$(cat "$out")" = "$1" ]; then met; else bad "stdout is not: $1"; fi; }
out_lines() { if [ "$(wc -l <"$out")" -eq "$1" ]; then met; else bad "stdout has not $1 lines"; fi; }
# out_json FILTER: every value on stdout passes the jq filter, and there is one; err_json likewise
out_json() { if jq -es "length > 0 and all(.[]; $1)" "$out" >/dev/null 2>&1; then met; else bad "stdout is not JSON with: $1"; fi; }
err_json() { if jq -es "length > 0 and all(.[]; $1)" "$err" >/dev/null 2>&1; then met; else bad "stderr is not JSON with: $1"; fi; }
# expect WHAT COMMAND...: the command (of the test, not the program) succeeds
expect() {
	local what=$1
	shift
	if "$@" >/dev/null 2>&1; then met; else bad "$what"; fi
}
# expect_error CODE EXIT -- COMMAND...: fails as an error should: code, exit, one sentence, nothing on stdout
expect_error() {
	local code=$1 wanted=$2
	shift 3
	expect_exit "$wanted" -- "$@"
	err_has "error[$code"
	out_empty
}

# sandbox_up [OPTION...]: a sandbox of this script's own; $sandbox is its directory, $conf its profile. Stopped at the end.
sandbox_up() {
	sandbox=$own/sb${#e2e_sandboxes[@]}
	e2e_sandboxes+=("$sandbox")
	if ! "$exosign" sandbox up --dir "$sandbox" "$@" >"$own/up" 2>&1; then
		cat "$own/up"
		echo "the sandbox does not come up"
		exit 1
	fi
	conf=$sandbox/exosign.conf
	secret "$(cat "$sandbox/pin")"
}

# fault NAME[=ARGUMENT] [OPTION...]: switches a fault on in the sandbox; no_faults: switches all off
fault() {
	"$exosign" sandbox fault add "$@" --dir "$sandbox" >/dev/null || bad "fault $* cannot be switched on"
}
no_faults() {
	"$exosign" sandbox fault clear --dir "$sandbox" >/dev/null || bad "faults cannot be switched off"
}
# tenant_count NAME: what the sandbox counted, by its path in `status -o json`
tenant_count() {
	"$exosign" sandbox status --dir "$sandbox" -o json | jq -r "$1"
}
# from_here: the sandbox's ledger is remembered. counted NAME N: since then it counted N more under this name
from_here() {
	tenant_count '.ledger' >"$own/ledger"
}
counted() {
	local more
	more=$(tenant_count ".ledger[\"$1\"] // 0")
	more=$((more - $(jq -r ".[\"$1\"] // 0" "$own/ledger")))
	if [ "$more" -eq "$2" ]; then met; else bad "the sandbox counted $1 $more times, wanted $2"; fi
}
# profile KEY=VALUE...: a copy of the sandbox's profile with these lines changed (an empty value removes); prints its path
profile() {
	local file change
	file=$(mktemp "$own/profile.XXXXXX")
	cp "$sandbox/exosign.conf" "$file"
	for change in "$@"; do
		sed -i "/^${change%%=*} *=/d" "$file"
		[ -z "${change#*=}" ] || echo "${change%%=*} = ${change#*=}" >>"$file"
	done
	chmod 600 "$file"
	echo "$file"
}
# background COMMAND...: its process is ended, by its id, when the script ends; $! is it
background() {
	"$@" &
	e2e_pids+=($!)
}

# still_running: processes that work below this script's directory
still_running() {
	local process command
	for process in /proc/[0-9]*; do
		command=$({ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null)
		if [ "${process#/proc/}" != $$ ] && [[ $command == *"$own/"* ]]; then echo "${process#/proc/} $command"; fi
	done
}

finish() {
	local code=$? pid directory left
	trap - EXIT
	close_story
	for pid in ${e2e_pids[@]+"${e2e_pids[@]}"}; do kill "$pid" 2>/dev/null; done
	for directory in ${e2e_sandboxes[@]+"${e2e_sandboxes[@]}"}; do
		"$exosign" sandbox down --dir "$directory" >/dev/null 2>&1
	done
	left=$(still_running)
	if [ -n "$left" ]; then
		report failed e2e "$e2e_name: nothing is left running" "$left"
		echo "not ok: left running: $left"
		while read -r pid _; do kill "$pid" 2>/dev/null; done <<<"$left"
	fi
	if [ "$code" -ne 0 ]; then
		report failed e2e "$e2e_name: runs to its end" "status $code"
		echo "not ok: ended with status $code"
	fi
	rm -rf "$own"
	exit 0
}
trap finish EXIT
trap 'exit 143' TERM INT
