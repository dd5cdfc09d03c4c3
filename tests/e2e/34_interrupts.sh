#!/bin/bash
# Ended early: by signals at each stage, by readers that leave, by disks that are full. Valid output, the right status,
# nothing left behind; and progress that only a terminal sees.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 2000

# wait_until COMMAND...: until it succeeds, at most 20 seconds
wait_until() {
	local i
	for ((i = 0; i < 400; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	return 1
}
seen() {
	[ "$(tenant_count "[.faults[] | select(.name == \"$1\") | .acted] | add // 0")" -ge "${2:-1}" ]
}
has_rows() {
	[ "$(wc -c <"$out")" -gt 1000 ]
}
# interrupted SIGNAL UNTIL... -- ARGUMENTS: starts exosign, waits until the condition holds, sends the signal, and takes its
# status. A shell starts what runs in the background with SIGINT ignored, which exosign respects: env undoes that.
interrupted() {
	local signal=$1 pid until=()
	shift
	while [ "$1" != -- ]; do
		until+=("$1")
		shift
	done
	shift
	last_command="exosign $* (and SIG$signal)"
	env --default-signal=INT timeout --foreground -k 5 60 "$exosign" --config "$conf" "$@" </dev/null >"$out" 2>"$err" &
	pid=$!
	wait_until "${until[@]}" || bad "the moment for SIG$signal never came"
	# to exosign itself, timeout's only child
	kill -"$signal" "$(cat /proc/$pid/task/$pid/children)"
	status=0
	wait $pid || status=$?
	if [ "$status" -eq 130 ]; then met; else bad "exit $status, wanted 130"; fi
	look_for_secrets
}

story 'SIGINT, SIGTERM and SIGHUP between rows leave valid output and exit 130'
for signal in INT TERM HUP; do
	fault hang --after 3 --cmdlet Get-Mailbox
	interrupted $signal seen hang -- -o json run Get-Mailbox --page-size 100
	out_json 'length == 300 and .[0].Name == "gulay.yildiz"'
	err_json '.error.code == "E-INTERRUPTED" and .error.exit == 130'
	no_faults
done
for format in ndjson csv tsv list; do
	fault x-slow-row=3 --cmdlet Get-Mailbox
	interrupted INT has_rows -- -o $format run Get-Mailbox --page-size 100 --select Name,Alias
	expect "$format ends with a whole line" [ "$(tail -c 1 "$out" | od -An -tx1)" = ' 0a' ]
	expect "$format is not the whole list" [ "$(wc -l <"$out")" -lt 2000 ]
	err_has 'error[E-INTERRUPTED]'
	no_faults
done

story 'a signal while the directory keeps silent ends the run'
for what in token-slow=60000 hang; do
	fault $what
	interrupted INT seen "${what%%=*}" -- run Get-Mailbox
	out_empty
	err_has 'error[E-INTERRUPTED]'
	no_faults
done

story 'a signal while Exchange keeps silent ends the run'
fault hang --cmdlet Get-Mailbox
interrupted TERM seen hang -- run Get-Mailbox
out_empty
err_has 'error[E-INTERRUPTED]'
no_faults
fault delay=60000 --cmdlet Get-Mailbox
interrupted INT seen delay -- run Get-Mailbox
out_empty
no_faults

story 'a signal during a wait for the service ends the wait'
fault x-429=60
interrupted INT seen x-429 -- run Get-Mailbox
out_empty
err_has 'error[E-INTERRUPTED]'
no_faults

story 'a write that is interrupted says that nobody knows whether it was done'
fault hang --cmdlet Set-Mailbox
interrupted INT seen hang -- run Set-Mailbox -Identity gulay.yildiz -Office interrupted
out_empty
err_has 'it is not known whether the change was made'
err_has Set-Mailbox
no_faults

story 'a signal while the PIN is asked for leaves the terminal as it was'
if command -v script >/dev/null; then
	pinless=$(profile pin-source=)
	cat >"$own/ask" <<-ASK
	stty -a >'$own/stty.before'
	'$exosign' --config '$pinless' run Get-Mailbox
	echo "exit \$?" >'$own/status'
	stty -a >'$own/stty.after'
	ASK
	env --default-signal=INT,QUIT timeout --foreground -k 5 60 script -qfc "bash '$own/ask'" "$own/typescript" </dev/null >/dev/null 2>&1 &
	pid=$!
	wait_until grep -aqi 'PIN' "$own/typescript" || bad 'no PIN is asked for'
	found=''
	for process in /proc/[0-9]*; do
		if { tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -qF -- "$exosign --config $pinless"; then
			found=${process#/proc/}
		fi
	done
	if [ -n "$found" ]; then kill -INT "$found"; fi
	wait $pid
	last_command='exosign at its PIN prompt (and SIGINT)'
	expect 'it ends with 130' grep -qx 'exit 130' "$own/status"
	expect 'echo is on again' cmp "$own/stty.before" "$own/stty.after"
else
	skip 'no script(1) for a terminal'
fi

story 'a reader that leaves early ends the run, quietly, with the status of a pipe'
for format in ndjson json csv tsv table list; do
	last_command="exosign -o $format run Get-Mailbox | head -n 1"
	timeout 60 "$exosign" --config "$conf" -o $format run Get-Mailbox --page-size 100 2>"$err" | head -n 1 >"$out"
	status=${PIPESTATUS[0]}
	expect "$format: status 141" [ "$status" -eq 141 ]
	expect "$format: the first line came" [ -s "$out" ]
	err_empty
done

story 'a full disk and a closed output are failures'
for format in ndjson json csv table; do
	last_command="exosign -o $format run Get-Mailbox >/dev/full"
	status=0
	timeout 60 "$exosign" --config "$conf" -o $format run Get-Mailbox --page-size 100 >/dev/full 2>"$err" || status=$?
	expect "$format: exit 1" [ "$status" -eq 1 ]
	err_has E-OUTPUT
	err_has 'No space left on device'
	err_has 'free space'
done
last_command='exosign run Get-Mailbox >&-'
status=0
timeout 60 "$exosign" --config "$conf" run Get-Mailbox -ResultSize 5 >&- 2>"$err" || status=$?
expect 'exit 1' [ "$status" -eq 1 ]
err_has 'error[E-OUTPUT]'
last_command='exosign run Set-Mailbox >&-'
status=0
timeout 60 "$exosign" --config "$conf" run Set-Mailbox -Identity gulay.yildiz -Office closed >&- 2>"$err" || status=$?
expect 'what prints nothing needs no output' [ "$status" -eq 0 ]
status=0
timeout 60 "$exosign" --config "$conf" run Get-Mailbox -ResultSize 5 --select Name <&- >"$out" 2>&- || status=$?
expect 'without stdin and stderr rows come all the same' [ "$status" -eq 0 ]
out_lines 5

story 'progress is for a terminal and for long work alone'
fault x-slow-row=3 --cmdlet Get-Mailbox
expect_exit 0 -- exo run Get-Mailbox -ResultSize 500 --page-size 100
err_lacks 'rows, page'
out_lines 500
if command -v script >/dev/null; then
	# on_terminal REDIRECTION OPTION...: what the terminal sees
	on_terminal() {
		local redirection=$1
		shift
		timeout --foreground -k 5 60 script -qec "'$exosign' --config '$conf' $* $redirection" "$own/seen" </dev/null >/dev/null 2>&1
	}
	on_terminal ">'$out'" run Get-Mailbox -ResultSize 500 --page-size 100
	expect 'a terminal sees how far it is' grep -aqE 'Get-Mailbox  [0-9,]+ rows, page [0-9]+' "$own/seen"
	expect 'and the line is cleared at the end' [ "$(grep -aoE $'\r\033\\[K' "$own/seen" | wc -l)" -ge 2 ]
	out_lines 500
	on_terminal ">'$out'" -q run Get-Mailbox -ResultSize 500 --page-size 100
	expect 'not with -q' [ "$(grep -acE 'rows, page' "$own/seen")" -eq 0 ]
	on_terminal ">'$out' 2>'$err'" run Get-Mailbox -ResultSize 500 --page-size 100
	expect 'not in a file' [ "$(grep -acE 'rows, page' "$err")" -eq 0 ]
	no_faults
	on_terminal ">'$out'" run Get-Mailbox -ResultSize 5
	expect 'not for short work' [ "$(grep -acE 'rows, page' "$own/seen")" -eq 0 ]
fi
no_faults
