#!/bin/bash
# hsm check from outside: rows, verdicts, the exit code that says the worst, one login, and no secret anywhere.
. "$(dirname "$0")/lib.sh"

sandbox_up
faulty=${EXS_BUILD_DIR:-$EXS_SOURCE_DIR/build-tests/plain}/tests/faulty_module.so
module=$(sed -n 's/^key = .*module-path=//p' "$sandbox/exosign.conf")
export EXS_FAULTY_LOG=$own/calls EXS_FAULTY_SCRIPT=$own/script
: >"$own/calls" && : >"$own/script"

# token NAME KEYSPEC...: a token of its own, $uri names its first key, $conf can reach it
token() {
	local name=$1
	shift
	"$exosign" sandbox device create --store "$own/$name" --token "$name" "$@" >"$own/device" 2>&1 || bad "no token: $(cat "$own/device")"
	secret "$(cat "$own/$name/pin")"
	cp "$own/$name/pin" "$own/$name/given" && chmod 600 "$own/$name/given"
	uri="pkcs11:token=$name;object=main?module-path=${through:-$module}"
	conf=$(profile "key=$uri" "softhsm-conf=$own/$name/softhsm2.conf" "pin-source=file:$own/$name/given")
}
# ends_with CODE EXIT -- COMMAND...: fails, and has rows all the same
ends_with() {
	local code=$1 wanted=$2
	shift 3
	expect_exit "$wanted" -- "$@"
	err_has "error[$code"
}
# finding AREA NAME VERDICT [VALUE]: there is such a row, and it says so
finding() {
	if jq -es --arg area "$1" --arg name "$2" --arg verdict "$3" --arg value "${4-}" 'flatten |
		any(.[]; .area == $area and .name == $name and .verdict == $verdict and ($value == "" or .value == $value))' "$out" >/dev/null 2>&1; then
		met
	else
		bad "no row $1 $2 $3 ${4-}"
	fi
}

story 'the key of the profile is checked, and nothing is broken'
expect_exit 0 -- exo hsm check
finding key found fine
finding signature PS256 fine CKM_RSA_PKCS_PSS
finding signature 'RS256 CKM_RSA_X_509' fine verified
finding certificate validity fine
finding sessions 'speed with 1' fine
finding module side\ by\ side fine
finding pin 'tries left' fine
finding pin 'failed logins' fine 0
err_matches 'hsm checked fine=[0-9]+ doubtful=0 broken=0 not-tried=0'
expect 'each row has area, name and a verdict' jq -es 'all(.[]; (.area | length > 0) and (.name | length > 0) and (.verdict | IN("fine", "doubtful", "broken", "not-tried")) and has("value") and has("why") and has("fix"))' "$out"

story 'one array with -o json, a table for people, nothing on stderr with -q'
expect_exit 0 -- exo hsm check -o json --no-speed -q
expect 'it is one array' jq -e 'type == "array" and length > 40' "$out"
err_empty
finding sessions 'speed with 2' not-tried
expect_exit 0 -- exo hsm check --no-speed -o table --select area,name,verdict
out_matches '^signature +PS256 +fine'

story 'the first way that works is what token get uses'
expect_exit 0 -- exo hsm check --no-speed
taken=$(jq -r 'select(.area == "signature" and .name == "PS256").value' "$out")
expect_exit 0 -- exo -v token get
err_has "mechanism=$taken"

story 'a key named by its certificate, and a token that must pad by itself'
expect_exit 0 -- exo hsm list -o ndjson
thumbprint=$(jq -rs 'map(select(.kind == "certificate" and .label == "exchange"))[0].sha1' "$out")
expect_exit 0 -- exo hsm check "thumbprint:$thumbprint" --no-speed
finding key found fine
token raw --mechanisms CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_X_509 label=main
expect_exit 0 -- exo hsm check --no-speed
finding signature PS256 fine CKM_RSA_X_509
ends_with E-CHECK 6 -- exo --pss token-only hsm check --no-speed
finding signature PS256 broken
conf=$sandbox/exosign.conf

story 'a key that could leave the device is broken: 6, with what to do'
token loose label=main,extractable
ends_with E-CHECK 6 -- exo hsm check --no-speed
finding key CKA_EXTRACTABLE broken yes
finding signature PS256 fine
err_has 'key: CKA_EXTRACTABLE'
ends_with E-CHECK 6 -- exo hsm check "$uri" --no-speed
expect_exit 0 -- exo --allow-extractable yes hsm check --no-speed
finding key CKA_EXTRACTABLE doubtful yes

story 'a token that cannot do PS256 is broken by default and fine where RS256 is wanted'
token hashed --mechanisms CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_SHA256_RSA_PKCS label=main
ends_with E-CHECK 6 -- exo hsm check --no-speed
finding signature PS256 broken CKR_MECHANISM_INVALID
finding signature RS256 fine CKM_SHA256_RSA_PKCS
expect_exit 0 -- exo --alg RS256 hsm check --no-speed
finding signature PS256 doubtful

story 'a key that wants its PIN for each signature makes one, unless all are asked for'
token strict label=main,always-auth
expect_exit 0 -- exo hsm check
finding key CKA_ALWAYS_AUTHENTICATE fine yes
finding signature 'PS256 CKM_RSA_PKCS_PSS' fine verified
finding signature RS256 not-tried
finding sessions 'speed with 1' not-tried
expect_exit 0 -- exo hsm check --all
finding signature 'RS512 CKM_RSA_X_509' fine verified

story 'no certificate is doubtful, an expired one is broken'
token bare label=main,no-cert
expect_exit 0 -- exo hsm check --no-speed
finding certificate found doubtful none
token late label=main,not-before=-7200,not-after=-60
ends_with E-CHECK 6 -- exo hsm check --no-speed
finding certificate validity broken

if [ -e "$faulty" ]; then
	story 'a wrong PIN costs one try, ends the check with 4, and the next one knows'
	through=$faulty token wrong label=main,type=p256
	echo wrong-wrong >"$own/wrong/given"
	secret wrong-wrong
	: >"$own/calls"
	ends_with E-PIN-WRONG 4 -- exo hsm check
	finding pin 'the check ended here' broken E-PIN-WRONG
	err_has 'failed by our count: 1'
	err_has 'CKF_USER_PIN_COUNT_LOW'
	ends_with E-PIN-KNOWN-BAD 4 -- exo hsm check
	finding pin 'tries left' doubtful
	finding pin 'failed logins' doubtful 1
	err_has 'failed by our count: 1'
	expect 'one login' test "$(grep -c '^C_Login$' "$own/calls")" -eq 1

	story 'a locked PIN is told, nothing is sent, and the exit is 4'
	through=$faulty token locked label=main,type=p256
	: >"$own/calls"
	echo 'C_GetTokenInfo 0 flags 0x40000' >"$own/script"
	ends_with E-PIN-LOCKED 4 -- exo hsm check
	finding pin 'tries left' broken none
	expect 'no login' test "$(grep -c '^C_Login$' "$own/calls")" -eq 0

	story 'a device that makes wrong signatures is broken'
	through=$faulty token spoilt label=main,type=p256
	echo 'C_Sign 0 spoil' >"$own/script"
	ends_with E-CHECK 6 -- exo hsm check
	finding signature 'ES256 CKM_ECDSA' broken 'WRONG SIGNATURE'

	story 'a person is told to touch the token after a while'
	through=$faulty token slow label=main,type=p256
	echo 'C_Sign 0 delay 1800' >"$own/script"
	expect_exit 0 -- exo hsm check
	err_has 'touch the token'
	finding signature touch doubtful
	finding sessions 'speed with 1' not-tried
	: >"$own/script"
fi

story 'what cannot be reached ends with its own code'
conf=$sandbox/exosign.conf
ends_with E-TOKEN-ABSENT 5 -- exo hsm check "pkcs11:token=nowhere?module-path=$module"
finding module 'the check ended here' broken E-TOKEN-ABSENT
ends_with E-KEY-ABSENT 6 -- exo hsm check "pkcs11:token=sandbox;object=nobody?module-path=$module"
finding key 'the check ended here' broken E-KEY-ABSENT
ends_with E-MODULE 5 -- exo hsm check 'pkcs11:?module-path=/nonexistent/module.so'
ends_with E-PIN-IN-URI 3 -- exo hsm check 'pkcs11:token=sandbox?pin-value=1234'
expect_error E-USAGE 2 -- exo hsm check "$uri" "$uri"
