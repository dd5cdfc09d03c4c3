#!/bin/bash
# PINs that are wrong, missing, too long, too open; and that one try is all that a mistake costs.
. "$(dirname "$0")/lib.sh"

sandbox_up
secret wrong-wrong
# token: a token of its own in $own/$1, with the faulty module before it so that calls are counted; $conf uses it
faulty=${EXS_BUILD_DIR:-$EXS_SOURCE_DIR/build-tests/plain}/tests/faulty_module.so
module=$(sed -n 's/^key = .*module-path=//p' "$sandbox/exosign.conf")
[ ! -e "$faulty" ] || module=$faulty
export EXS_FAULTY_LOG=$own/calls
export EXS_FAULTY_SCRIPT=$own/script
token() {
	"$exosign" sandbox device create --store "$own/$1" --token "$1" label=exchange >"$own/device" 2>&1 || bad "no token: $(cat "$own/device")"
	secret "$(cat "$own/$1/pin")"
	cp "$own/$1/pin" "$own/$1/given" && chmod 600 "$own/$1/given"
	: >"$own/calls" && : >"$own/script"
	conf=$(profile "key=pkcs11:token=$1;object=exchange;type=private?module-path=$module" \
		"softhsm-conf=$own/$1/softhsm2.conf" "pin-source=file:$own/$1/given")
}
make_assertion() { may_show_token=1 expect_exit 0 -- exo assertion create; }
logins() { # N: C_Login was called so often
	[ "$module" = "$faulty" ] || return 0
	expect "C_Login was called $(grep -c '^C_Login$' "$own/calls") times, wanted $1" test "$(grep -c '^C_Login$' "$own/calls")" -eq "$1"
}

story 'a wrong PIN costs one try, and then none'
token once
echo wrong-wrong >"$own/once/given"
expect_error E-PIN-WRONG 4 -- exo assertion create
err_has 'ref:  CKR_PIN_INCORRECT'
err_has "PIN from file $own/once/given"
logins 1
expect_error E-PIN-KNOWN-BAD 4 -- exo assertion create
expect_error E-PIN-KNOWN-BAD 4 -- exo token get
logins 1
err_has 'fix:'

story 'a corrected PIN is held back while the token says that tries were lost, until a person vouches for it'
cp "$own/once/pin" "$own/once/given"
expect_error E-PIN-COUNT-LOW 4 -- exo assertion create
err_has '--forget-pin-failure'
logins 1
may_show_token=1 expect_exit 0 -- exo --forget-pin-failure assertion create
make_assertion
expect 'nothing is remembered' test -z "$(ls "$HOME"/.local/state/exosign/pin-*[0-9a-f] 2>/dev/null)"

story 'where the token says nothing, a corrected PIN works at once'
token silent
echo 'C_GetTokenInfo 0 mask 0x10000' >"$own/script"
if [ "$module" != "$faulty" ]; then
	skip 'the faulty module is not built'
else
	echo wrong-wrong >"$own/silent/given"
	expect_error E-PIN-WRONG 4 -- exo assertion create
	cp "$own/silent/pin" "$own/silent/given"
	make_assertion
	echo other-wrong >"$own/silent/given"
	secret other-wrong
	expect_error E-PIN-WRONG 4 -- exo assertion create
	logins 3
fi

story 'the last try is not spent by a stored PIN, whatever is vouched for'
token last
if [ "$module" != "$faulty" ]; then
	skip 'the faulty module is not built'
else
	echo 'C_GetTokenInfo 0 flags 0x20000' >"$own/script"
	expect_error E-PIN-LAST-TRY 4 -- exo assertion create
	err_has 'one try is left (CKF_USER_PIN_FINAL_TRY)'
	expect_error E-PIN-LAST-TRY 4 -- exo --last-try --forget-pin-failure assertion create
	echo 'C_GetTokenInfo 0 flags 0x40000' >"$own/script"
	expect_error E-PIN-LOCKED 4 -- exo --last-try --forget-pin-failure assertion create
	logins 0
fi

story 'a hundred processes at once with a wrong PIN cost one try'
token many
echo wrong-wrong >"$own/many/given"
for i in $(seq 100); do
	"$exosign" --config "$conf" assertion create </dev/null >"$own/out.$i" 2>"$own/err.$i" &
	many[i]=$!
done
for i in $(seq 100); do
	wait "${many[i]}"
	ended=$?
	if [ $ended -eq 4 ] || [ $ended -eq 5 ]; then met; else bad "process $i ended with $ended"; fi
done
# SoftHSM rewrites its token file when a PIN fails; who reads it meanwhile sees no token, which is refused as well (5).
expect 'one was refused by the token' test "$(cat "$own"/err.* | grep -c 'E-PIN-WRONG')" -eq 1
expect 'the others sent nothing' test "$(cat "$own"/err.* | grep -cE 'E-PIN-KNOWN-BAD|E-DEVICE|E-TOKEN-ABSENT')" -eq 99
expect 'nothing on stdout' test -z "$(cat "$own"/out.*)"
logins 1

story 'a service that is restarted a hundred times with a wrong PIN costs one try'
token restarts
echo wrong-wrong >"$own/restarts/given"
expect_error E-PIN-WRONG 4 -- exo assertion create
err_has 'failed by our count: 1'
for i in $(seq 99); do
	"$exosign" --config "$conf" assertion create </dev/null >"$own/out" 2>"$own/err"
	ended=$?
	if [ $ended -ne 4 ] || ! grep -q 'error\[E-PIN-KNOWN-BAD\]' "$own/err"; then bad "restart $i ended with $ended"; fi
done
err_has 'CKF_USER_PIN_COUNT_LOW'
err_has 'failed by our count: 1'
logins 1

story 'at a PIN pad nobody is asked, and NULL is sent'
if [ "$module" != "$faulty" ]; then
	skip 'the faulty module is not built'
else
	token pad
	printf 'C_GetTokenInfo 0 flags 0x100\nC_Login 0 pad\n' >"$own/script"
	conf=$(profile "key=pkcs11:token=pad;object=exchange;type=private?module-path=$module" "softhsm-conf=$own/pad/softhsm2.conf" pin-source=)
	export EXS_FAULTY_PAD=$own/pad/pin
	may_show_token=1 expect_exit 0 -- setsid -w "$exosign" --config "$conf" assertion create
	err_has 'enter the PIN on the reader'
	logins 1
	expect 'the PIN was NULL' test "$(grep -c '^C_Login(NULL)$' "$own/calls")" -eq 1
	unset EXS_FAULTY_PAD
fi

# source NAME CODE EXIT TEXT: what pin-source names is refused and nothing is sent
source_is_refused() {
	: >"$own/calls"
	conf=$(profile "key=pkcs11:token=files;object=exchange;type=private?module-path=$module" \
		"softhsm-conf=$own/files/softhsm2.conf" "pin-source=$1")
	expect_error "$2" "$3" -- exo assertion create
	err_has "$4"
	logins 0
}
story 'a PIN file that is loose, missing, empty, huge or no file is refused unsent'
token files
(umask 077 && cd "$own" && : >empty && head -c 5000 /dev/zero | tr '\0' 7 >huge && printf 'abc\0def\n' >nul && printf 'abc\n' >short &&
	head -c 300 /dev/zero | tr '\0' 7 >long && mkfifo fifo && ln -s files/pin link && cp files/pin open && chmod 640 open)
source_is_refused "file:$own/open" E-FILE-MODE 3 "chmod 600 $own/open"
source_is_refused "file:$own/link" E-PIN-SOURCE 4 'symbolic link'
source_is_refused "file:$own/nowhere" E-PIN-SOURCE 4 'No such file'
source_is_refused "file:$own/empty" E-PIN-SOURCE 4 'is empty'
source_is_refused "file:$own/files" E-PIN-SOURCE 4 'not a regular file'
source_is_refused "file:$own/fifo" E-PIN-SOURCE 4 'not a regular file'
source_is_refused "file:$own/huge" E-PIN-SOURCE 4 'larger than 4096'
source_is_refused "file:$own/nul" E-PIN-SOURCE 4 'NUL byte'
source_is_refused "file:$own/short" E-PIN-LENGTH 4 'too short'
source_is_refused "file:$own/long" E-PIN-LENGTH 4 'too long'

story 'a credential is read where systemd announced it, and nowhere else'
source_is_refused credential:exo E-PIN-SOURCE 4 'CREDENTIALS_DIRECTORY is not set'
mkdir -m 700 "$own/credentials" && install -m 444 "$own/files/pin" "$own/credentials/exo"
export CREDENTIALS_DIRECTORY=$own/credentials
make_assertion
source_is_refused credential:other E-PIN-SOURCE 4 'LoadCredentialEncrypted=other:'
export CREDENTIALS_DIRECTORY=relative
source_is_refused credential:exo E-PIN-SOURCE 4 'no credential'
unset CREDENTIALS_DIRECTORY

story '--pin-fd takes a pipe; a closed or silent descriptor does not hang'
conf=$(profile "key=pkcs11:token=files;object=exchange;type=private?module-path=$module" "softhsm-conf=$own/files/softhsm2.conf" pin-source=)
may_show_token=1 expect_exit 0 -- bash -c "exec 7< <(cat '$own/files/pin') && exec '$exosign' --config '$conf' --pin-fd 7 assertion create"
expect_error E-PIN-SOURCE 4 -- exo --pin-fd 77 assertion create
expect_error E-USAGE 2 -- exo --pin-fd 0 assertion create
expect_error E-USAGE 2 -- exo --pin-fd 1234567 assertion create
expect_error E-PIN-SOURCE 4 -- bash -c "exec '$exosign' --config '$conf' --pin-fd 7 assertion create 7</dev/null"
seconds=40 expect_error E-PIN-SOURCE 4 -- bash -c "mkfifo '$own/mute'; exec '$exosign' --config '$conf' --pin-fd 7 assertion create 7<>'$own/mute'"
err_has 'gave no PIN within'

story 'without a source and without a terminal nobody is asked'
expect_error E-PIN-NONE 4 -- setsid -w "$exosign" --config "$conf" assertion create
err_has 'fix:  set pin-source'

story 'a terminal is asked once, shows no PIN, and is as it was afterwards'
at_terminal 'PIN for token' "$(cat "$own/files/pin")" -- exo token get -o none
expect "it ended with $status" test "$status" -ne 130
at_terminal 'PIN for token' $'\003' -- bash -c "stty -g >'$own/before'; '$exosign' --config '$conf' assertion create; echo \"ended with \$?\"; stty -g >'$own/after'"
out_has 'ended with 130'
expect 'the terminal is restored' cmp "$own/before" "$own/after"
at_terminal 'PIN for token' wrong-wrong -- exo assertion create
expect "a typed wrong PIN ends with 4, not $status" test "$status" -eq 4
expect 'it asks once' test "$(grep -ac 'PIN for token' "$out")" -eq 1

story 'a stored PIN needs a memory that others cannot reach'
token memory
export STATE_DIRECTORY=$own/loose
mkdir "$own/loose" && chmod 777 "$own/loose"
expect_error E-PIN-MEMORY 4 -- exo assertion create
err_has "chmod 700 $own/loose"
: >"$own/no-directory"
export STATE_DIRECTORY=$own/no-directory
expect_error E-PIN-MEMORY 4 -- exo assertion create
logins 0
unset STATE_DIRECTORY
make_assertion

story 'a PIN in the URI is refused in every spelling and never shown'
secret 4711-0815
for name in pin-value pinvalue PIN-VALUE; do
	conf=$(profile "key=pkcs11:token=files?$name=4711-0815")
	expect_error E-PIN-IN-URI 3 -- exo assertion create
	expect_error E-PIN-IN-URI 3 -- exo -v -v config show
	conf=$sandbox/exosign.conf
	expect_exit 2 -- exo --key "pkcs11:token=files?$name=4711-0815" assertion create
done
expect_error E-USAGE 2 -- exo --pin 4711-0815 assertion create
err_has 'pin-source'
