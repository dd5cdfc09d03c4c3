#!/bin/bash
# A TPM behind tpm2-pkcs11: PSS that it does not list, no flags for its PIN, a lockout after three, one thread at a time.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

tpm=$own/tpm module=/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so
support=$EXS_SOURCE_DIR/tests/support
trap '"$support/tpm.sh" down "$tpm"; finish' EXIT
reason=$("$support/tpm.sh" up "$tpm" 2>"$own/tpm.err") || {
	story 'a TPM signs'
	if [ -n "$reason" ]; then skip "$reason"; else bad "no TPM: $(cat "$own/tpm.err")"; fi
	exit 0
}
while read -r line; do export "${line?}"; done <"$tpm/environment"
secret "$(cat "$tpm/pin")"

sandbox_up
for name in signer curve; do "$exosign" sandbox app --dir "$sandbox" cert add "$tpm/$name.pem" >/dev/null; done
plain=$conf
# tpm_key NAME [SETTING...]: $conf with this key of the TPM
tpm_key() {
	local name=$1
	shift
	conf=$plain
	conf=$(profile "key=pkcs11:token=tpm;object=$name?module-path=$module" softhsm-conf= "pin-source=file:$tpm/pin" "$@")
}
# wrong PIN: $conf with this one instead
wrong() {
	(umask 077 && printf '%s\n' "$1" >"$own/wrong")
	secret "$1"
	tpm_key signer "pin-source=file:$own/wrong"
}

story 'its token, keys and certificates are listed without a PIN'
conf=''
expect_exit 0 -- exo hsm list "pkcs11:token=tpm?module-path=$module" -o ndjson
for kind in token key certificate; do
	expect "there is a $kind" jq -es "any(.[]; .kind == \"$kind\" and .module_path == \"$module\")" "$out"
done
expect 'its certificates belong to its keys' jq -es '[.[] | select(.kind == "certificate") | .matches] == ["01", "02"]' "$out"

story 'it signs PS256 though it does not list PSS, and the directory accepts that'
tpm_key signer
expect 'PSS is not listed' sh -c "! pkcs11-tool --module $module --list-mechanisms | grep -q PSS"
may_show_token=1 expect_exit 0 -- exo -v assertion create
err_has mechanism=CKM_RSA_PKCS_PSS
expect 'PS256' test "$("$exosign" assertion decode "$out" | jq -r .header.alg)" = PS256
expect_exit 0 -- exo token get
out_json '.scope'

story 'hsm check finds what its list leaves out, and uses one session'
expect_exit 0 -- exo hsm check -o json
expect 'PSS works unlisted' jq -e 'any(.[]; .name == "PS256 CKM_RSA_PKCS_PSS" and .verdict == "doubtful" and .value == "verified")' "$out"
expect 'PS256 is taken' jq -e 'any(.[]; .name == "PS256" and .verdict == "fine" and .value == "CKM_RSA_PKCS_PSS")' "$out"
expect 'no serial' jq -e 'any(.[]; .name == "serial" and .verdict == "doubtful")' "$out"
expect 'one session' jq -e 'any(.[]; .name == "speed with 2" and .verdict == "not-tried") and any(.[]; .name == "side by side" and .value == "no")' "$out"

story 'it makes a key of its own, and a certificate over it that the directory takes'
made="pkcs11:token=tpm;object=made?module-path=$module"
expect_exit 0 -- exo key generate "$made"
out_json '.attributes.extractable == "no" and .attributes.local == "yes"'
expect_exit 0 -- exo cert create "$made" --subject CN=made --save "$own/made.pem"
expect 'openssl verifies it' openssl verify -CAfile "$own/made.pem" "$own/made.pem"
"$exosign" sandbox app --dir "$sandbox" cert add "$own/made.pem" >/dev/null
tpm_key made
expect_exit 0 -- exo token get

story 'its curve signs ES256'
tpm_key curve tenant= token-endpoint=https://localhost:9/issuer/token
may_show_token=1 expect_exit 0 -- exo assertion create
expect 'ES256' test "$("$exosign" assertion decode "$out" | jq -r .header.alg)" = ES256

story 'two programs that take turns do not disturb each other'
tpm_key signer
for _ in 1 2 3 4 5; do may_show_token=1 expect_exit 0 -- exo assertion create; done

story 'a wrong PIN is sent once, though the TPM shows no flag'
wrong 11111111
expect_error E-PIN-WRONG 4 -- exo assertion create
err_has 'the token does not say how many tries are left'
expect_error E-PIN-KNOWN-BAD 4 -- exo assertion create
expect 'one try was spent' test "$(tpm2_getcap properties-variable | sed -n 's/.*LOCKOUT_COUNTER: 0x//p')" = 1

story 'after two, none from a file is risked, the right one neither'
wrong 22222222
expect_error E-PIN-WRONG 4 -- exo assertion create
wrong 33333333
expect_error E-PIN-COUNT-LOW 4 -- exo assertion create
tpm_key signer
expect_error E-PIN-COUNT-LOW 4 -- exo assertion create
expect 'two tries were spent' test "$(tpm2_getcap properties-variable | sed -n 's/.*LOCKOUT_COUNTER: 0x//p')" = 2

story 'who insists locks it, and is told so though there is no flag'
wrong 44444444
expect_exit 4 -- exo assertion create --forget-pin-failure
tpm_key signer
expect_error E-PIN-LOCKED 4 -- exo assertion create --forget-pin-failure
err_has CKR_PIN_LOCKED

story 'when the lockout has ended, the right PIN works again'
"$support/tpm.sh" unlock "$tpm" || bad 'the lockout cannot be ended'
expect_exit 0 -- exo token get --forget-pin-failure
may_show_token=1 expect_exit 0 -- exo assertion create

story 'a TPM that is gone is a module that cannot be used'
"$support/tpm.sh" down "$tpm"
expect_error E-MODULE 5 -- exo assertion create
err_has CKR_GENERAL_ERROR
