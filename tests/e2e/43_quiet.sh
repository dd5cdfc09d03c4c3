#!/bin/bash
# What must be seen nowhere: PIN, assertion and token, in outputs, system calls, arguments, files; and no core, no other module.
. "$(dirname "$0")/lib.sh"

sandbox_up
pin=$(cat "$sandbox/pin")

story 'the loudest run writes no secret to any descriptor or argument but the service and its purpose'
for format in text json; do
	expect_exit 0 -- strace -f -s 65536 -e trace=execve,write,writev,openat -o "$own/trace" "$exosign" --config "$conf" -v -v \
		--log-format $format run Get-Mailbox -ResultSize 2
	expect 'no PIN in a call' test "$(grep -cF -- "$pin" "$own/trace")" -eq 0
	expect 'no assertion and no token in a call' test "$(grep -cE 'eyJ[A-Za-z0-9_-]{16,}\.' "$own/trace")" -eq 0
done
expect_exit 0 -- exo -v -v --log-format json config show
expect_exit 0 -- exo -v -v hsm list pkcs11:token=sandbox
expect_exit 0 -- exo -v -v token get

story 'the process can neither be traced by others nor leave a core'
expect_exit 0 -- strace -f -e trace=prctl,prlimit64,setrlimit -o "$own/trace" "$exosign" --config "$conf" token get
expect 'it is not dumpable' grep -q 'PR_SET_DUMPABLE, *\(0\|SUID_DUMP_DISABLE\)' "$own/trace"
expect 'no core' grep -q 'RLIMIT_CORE, {rlim_cur=0, rlim_max=0}' "$own/trace"

story 'kill -9 in the middle leaves no PIN and no token in a file'
for pause in 0.02 0.05 0.1 0.2; do
	"$exosign" --config "$conf" token get >/dev/null 2>&1 &
	process=$!
	sleep "$pause"
	kill -9 "$process" 2>/dev/null
	wait "$process" 2>/dev/null
done
expect 'no PIN in our files' test "$(grep -rlF -- "$pin" "$own/home" "$own/run" "$own/tmp" | wc -l)" -eq 0
expect 'no token in our files' test "$(grep -rlE 'eyJ[A-Za-z0-9_-]{16,}\.' "$own/home" "$own/run" "$own/tmp" | wc -l)" -eq 0

story 'listing devices logs in nowhere, and a module that fails does not stop it'
faulty=${EXS_BUILD_DIR:-$EXS_SOURCE_DIR/build-tests/plain}/tests/faulty_module.so
if [ -e "$faulty" ]; then
	export EXS_FAULTY_LOG=$own/calls EXS_FAULTY_SCRIPT=$own/script
	: >"$own/script"
	expect_exit 0 -- exo hsm list "pkcs11:token=sandbox?module-path=$faulty" -o json
	expect 'sessions were opened' grep -qx C_OpenSession "$own/calls"
	expect 'nobody logged in' test "$(grep -cx C_Login "$own/calls")" -eq 0

	story 'a module that hangs is given up in time'
	conf=$(profile "key=pkcs11:token=sandbox;object=exchange?module-path=$faulty" device-timeout=1)
	# the process that was killed above may have been within its login, which then counts as failed
	: >"$own/script"
	may_show_token=1 expect_exit 0 -- exo --forget-pin-failure assertion create
	# C_Login last: a login that never came back counts as a failed one
	for function in C_Initialize C_GetTokenInfo C_Sign C_Login; do
		echo "$function 1 hang" >"$own/script"
		seconds=30 expect_error E- 5 -- exo assertion create
	done
else
	skip 'the faulty module is not built'
fi
