#!/bin/bash
# Each thing is broken on purpose, and exactly its line of `exosign doctor` turns; the exit status is that line's.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 3
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
faulty=${EXS_BUILD_DIR:-$EXS_SOURCE_DIR/build-tests/plain}/tests/faulty_module.so
export EXS_FAULTY_LOG=$own/calls EXS_FAULTY_SCRIPT=$own/script
: >"$own/calls" && : >"$own/script"
all='configuration pin-source module token pin login key certificate expiry strength identity proxy names network tls tenant clock signature access-token permission role app cmdlet '

# device NAME KEYSPEC...: a token of its own, which $conf names
device() {
	local name=$1
	shift
	"$exosign" sandbox device create --store "$own/$name" --token "$name" "$@" >"$own/device" 2>&1 || bad "no token: $(cat "$own/device")"
	secret "$(cat "$own/$name/pin")"
	conf=$(profile "key=pkcs11:token=$name;object=main?module-path=${through:-$module}" "softhsm-conf=$own/$name/softhsm2.conf" \
		"pin-source=file:$own/$name/pin")
}
# register NAME: the app knows the certificate of that token
register() {
	"$exosign" sandbox device cert --store "$own/$1" --token "$1" --label main >"$own/$1.pem"
	"$exosign" sandbox app --dir "$sandbox" cert add "$own/$1.pem" >/dev/null || bad 'cannot register the certificate'
}
# turned CHECK VERDICT [CODE]: this line, and no other, is doubtful or broken
turned() {
	if jq -es --arg check "$1" --arg verdict "$2" --arg code "${3-}" 'flatten | map(select(.verdict == "doubtful" or .verdict == "broken")) |
		length == 1 and .[0].check == $check and .[0].verdict == $verdict and ($code == "" or .[0].code == $code) and
		(.[0].fix | length > 0)' "$out" >/dev/null 2>&1; then
		met
	else
		bad "it is not $1 alone that is $2 ${3-}"
	fi
}
# line CHECK FILTER: what is said of it
line() { if jq -es --arg check "$1" "map(select(.check == \$check))[0] | $2" "$out" >/dev/null 2>&1; then met; else bad "line $1 is not: $2"; fi; }
# ails CHECK CODE EXIT -- COMMAND...: broken, and the program ends with that status
ails() {
	local check=$1 code=$2 wanted=$3
	shift 4
	expect_exit "$wanted" -- "$@"
	err_has 'error[E-DOCTOR'
	turned "$check" broken "$code"
}

story 'a machine in good order: every line, nobody logs in, nothing is asked but what everybody is told'
from_here
expect_exit 0 -- exo doctor
expect 'all lines, in their order' test "$(jq -r .check "$out" | tr '\n' ' ')" = "$all"
out_json '(.verdict == "fine" or .verdict == "not-tried") and .exit == 0 and .code == "" and .fix == ""'
expect 'what takes a login is not tried' test "$(jq -rs 'map(select(.verdict == "not-tried").check) | join(" ")' "$out")" = \
	'login signature access-token permission role app cmdlet'
counted token.request 0
counted exchange.request 0
line tls '.found | test("root CN=exosign sandbox authority")'
err_matches 'fine=[0-9]+ doubtful=0 broken=0'
expect_exit 0 -- exo doctor -o json -q
expect 'one array' jq -e 'type == "array" and length == 23' "$out"
err_empty

story 'live: one login, a token for each service, one cmdlet, and all of it is fine'
from_here
expect_exit 0 -- exo doctor --live
expect 'nothing but the registration is left out' test "$(jq -rs 'map(select(.verdict != "fine").check) | join(" ")' "$out")" = app
counted token.request 2
line permission '.found == "Exchange.ManageAsApp"'
line key '.found | test("sensitive: yes, extractable: no")'
line signature '.found | test("PS256 by CKM_RSA_PKCS_PSS")'

story 'the registration, where the app may read it: ours is there, another stands beside it, ours is not there any more'
line app '.why | test("Application.Read.All")'
"$exosign" sandbox app --dir "$sandbox" role add Application.Read.All >/dev/null
"$exosign" sandbox app --dir "$sandbox" role add Policy.Read.All >/dev/null
expect_exit 0 -- exo doctor --live
line app '.verdict == "fine" and (.found | test("1 certificate registered, 0 of them expired; ours is there, until 20"))'
expect 'all is fine' test "$(jq -rs 'map(select(.verdict != "fine").check) | join(" ")' "$out")" = ''
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj '/CN=theirs' -days 2 -out "$own/theirs.pem" 2>/dev/null
"$exosign" sandbox app --dir "$sandbox" cert add "$own/theirs.pem" >/dev/null
expect_exit 0 -- exo doctor --live
line app '.found | test("2 certificates registered")'
fault graph-503
expect_exit 0 -- exo doctor --live --timeout 5
line app '.verdict == "not-tried" and (.why | test("Graph did not tell"))'
no_faults
fault graph-stale-keys
expect_exit 0 -- exo doctor --live
line app '.found | test("1 certificate registered")'
no_faults

story 'it can be mailed: neither PIN nor token nor assertion is in it, however loud'
expect_exit 0 -- exo -v -v doctor --live
out_lacks "$(cat "$sandbox/pin")"

if command -v script >/dev/null; then
	story 'a person sees a line a check, and below what is broken why and what to do, whole'
	expect_exit 3 -- script -qefc "$(printf '%q ' "$exosign" --config "$conf" doctor --ca-file /etc/hostname)" /dev/null
	out_matches '^fine +module +/'
	out_matches '^broken +tls +ca-file: /etc/hostname holds no certificate in PEM form'
	out_matches '^ +fix: ca-file must name a readable file of PEM certificates'
	out_matches '^not-tried +login +it takes a login'
fi

story 'configuration'
printf '[profile "sandbox"]\ntenantt = x\n' >"$own/wrong.conf" && chmod 600 "$own/wrong.conf"
conf=$own/wrong.conf expect_exit 3 -- exo doctor
line configuration '.verdict == "broken" and (.found | test("tenantt"))'
conf=$(profile tenant=)
expect_exit 3 -- exo doctor
line configuration '.verdict == "broken" and .code == "E-CONFIG-MISSING"'
line module '.verdict == "fine"'
conf=$sandbox/exosign.conf
expect_exit 3 -- exo doctor --profile nobody
line configuration '.verdict == "broken" and .code == "E-PROFILE"'
expect 'nothing else is tried' test "$(jq -rs 'map(select(.verdict != "not-tried").check) | join(" ")' "$out")" = configuration
ails identity E-CONFIG-VALUE 3 -- exo doctor --client-id not-a-guid
expect_error E-USAGE 2 -- exo doctor --within never

story 'PIN source'
ails pin-source E-PIN-SOURCE 4 -- exo doctor --pin-source "file:$own/absent"
cp "$sandbox/pin" "$own/open" && chmod 644 "$own/open"
ails pin-source E-PIN-SOURCE 4 -- exo doctor --pin-source "file:$own/open"
conf=$(profile pin-source=)
expect_exit 0 -- exo doctor --no-input
turned pin-source doubtful E-PIN-NONE
expect_exit 4 -- exo doctor --no-input --strict
conf=$sandbox/exosign.conf

story 'module and token'
ails module E-MODULE 5 -- exo doctor --key 'pkcs11:token=sandbox?module-path=/nonexistent.so'
ails token E-TOKEN-ABSENT 5 -- exo doctor --key "pkcs11:token=nowhere?module-path=$module"
ails token E-CERT-ABSENT 6 -- exo doctor --key thumbprint:DED48600112233445566778899AABBCCDDEEFF00
expect_exit 0 -- exo doctor --live --key "$(printf 'pkcs11:token=nowhere?module-path=%s %s' "$module" "$(sed -n 's/^key = //p' "$conf")")"
turned token doubtful

story 'key: one that could leave the device, one that is not there, one that no signature comes of'
device loose label=main,extractable && register loose
ails key E-KEY-EXTRACTABLE 6 -- exo doctor --live
expect_exit 0 -- exo doctor --live --allow-extractable yes
turned key doubtful E-KEY-EXTRACTABLE
conf=$sandbox/exosign.conf
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj '/CN=in a file' -days 200 -out "$own/file.pem" 2>/dev/null
ails key E-KEY-ABSENT 6 -- exo doctor --live --key "pkcs11:token=sandbox;object=nobody?module-path=$module" --certificate "$own/file.pem"

story 'certificate: none, of another key, ended, not begun, ending soon, weak'
device bare label=main,no-cert
ails certificate E-CERT-ABSENT 6 -- exo doctor
device foreign label=main,cert=other
expect_exit 6 -- exo doctor
line certificate '.verdict == "broken"'
device late label=main,not-before=-7200,not-after=-60 && register late
ails expiry E-CERT-EXPIRED 6 -- exo doctor
line expiry '.fix | test("exosign app key rotate")'
ails expiry E-CERT-EXPIRED 6 -- exo doctor --live
device early label=main,not-before=+7200 && register early
ails expiry E-CERT-NOT-YET 6 -- exo doctor
device short label=main,not-after=+86400 && register short
expect_exit 0 -- exo doctor --live
turned expiry doubtful E-CERT-EXPIRED
expect_exit 6 -- exo doctor --strict
expect_exit 0 -- exo doctor --within 1h
line expiry '.verdict == "fine"'
device weak label=main,type=rsa1024
ails strength E-KEY-UNFIT 6 -- exo doctor
device curve label=main,type=p256
ails strength E-KEY-UNFIT 6 -- exo doctor
device long label=main,not-after=+157680000
expect_exit 0 -- exo doctor
turned strength doubtful E-KEY-UNFIT
conf=$sandbox/exosign.conf

story 'proxy, names, network, TLS'
conf=$(profile softhsm-conf= cloud=public)
export SOFTHSM2_CONF=$sandbox/softhsm2.conf
ails proxy E-PROXY 8 -- exo doctor --proxy http://127.0.0.1:1
ails names E-NETWORK 8 -- exo doctor --endpoint-login https://nowhere.invalid
unset SOFTHSM2_CONF
conf=$sandbox/exosign.conf
ails network E-NETWORK 8 -- exo doctor --endpoint-login https://localhost:1
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj '/CN=another authority' -days 2 -out "$own/another.pem" 2>/dev/null
ails tls E-TLS-CA 8 -- exo doctor --ca-file "$own/another.pem"
ails tls E-TLS-CA 8 -- exo doctor --ca-file "$own/another.pem" --live
line signature '.verdict == "fine"'
line access-token '.verdict == "not-tried"'
ails tls E-FILE 3 -- exo doctor --ca-file "$own/absent.pem"

story 'tenant and clock'
ails tenant E-ENTRA-90002 7 -- exo doctor --tenant 00000000-0000-4000-8000-000000000000
if command -v faketime >/dev/null && [ "$(faketime -f +30d date +%s)" -gt $(($(date +%s) + 86400)) ]; then
	export DONT_FAKE_MONOTONIC=1
	ails clock E-CLOCK 7 -- faketime -f +10m "$exosign" --config "$conf" doctor
	line clock '.found | test("ahead of")'
	ails clock E-CLOCK 7 -- faketime -f +10m "$exosign" --config "$conf" doctor --live
	expect_exit 0 -- faketime -f -3m "$exosign" --config "$conf" doctor
	turned clock doubtful
fi

story 'access token, permission, role, cmdlet'
"$exosign" sandbox app --dir "$sandbox" disable >/dev/null
ails access-token E-ENTRA-7000112 7 -- exo doctor --live
"$exosign" sandbox app --dir "$sandbox" enable >/dev/null
"$exosign" sandbox app --dir "$sandbox" role remove Exchange.ManageAsApp >/dev/null
ails permission E-EXO-UNAUTHORIZED 9 -- exo doctor --live
"$exosign" sandbox app --dir "$sandbox" role add Exchange.ManageAsApp >/dev/null
wid='Exchange Administrator'
"$exosign" sandbox app --dir "$sandbox" wid remove "$wid" >/dev/null
expect_exit 9 -- exo doctor --live
line role '.verdict == "doubtful"'
line cmdlet '.verdict == "broken"'
"$exosign" sandbox app --dir "$sandbox" wid add "$wid" >/dev/null
fault x-403-nul
ails cmdlet E-EXO-FORBIDDEN-NOREASON 9 -- exo doctor --live
no_faults
fault half-body
expect_exit 8 -- exo doctor --live
no_faults

if [ -e "$faulty" ]; then
	story 'a wrong PIN turns the login alone, costs one try, and the next look knows without trying'
	through=$faulty device wrong label=main && register wrong
	printf 'wrong-wrong\n' >"$own/wrong/given" && chmod 600 "$own/wrong/given"
	secret wrong-wrong
	conf=$(sed "s|^pin-source = .*|pin-source = file:$own/wrong/given|" "$conf" >"$own/given.conf" && chmod 600 "$own/given.conf" && echo "$own/given.conf")
	: >"$own/calls"
	ails login E-PIN-WRONG 4 -- exo doctor --live
	expect_exit 4 -- exo doctor --live
	line login '.code == "E-PIN-KNOWN-BAD" or .verdict == "not-tried"'
	line pin '.verdict == "doubtful" and .code == "E-PIN-COUNT-LOW"'
	expect 'one login in all' test "$(grep -c '^C_Login$' "$own/calls")" -eq 1

	story 'the last try and a locked PIN: broken, and nothing is sent'
	through=$faulty device locked label=main
	: >"$own/calls"
	echo 'C_GetTokenInfo 0 flags 0x20000' >"$own/script"
	ails pin E-PIN-LAST-TRY 4 -- exo doctor --live
	echo 'C_GetTokenInfo 0 flags 0x40000' >"$own/script"
	ails pin E-PIN-LOCKED 4 -- exo doctor --live
	expect 'no login' test "$(grep -c '^C_Login$' "$own/calls")" -eq 0

	story 'a device that makes wrong signatures'
	through=$faulty device spoilt label=main && register spoilt
	echo 'C_Sign 0 spoil' >"$own/script"
	ails signature E-SIGNATURE 6 -- exo doctor --live
	: >"$own/script"
fi
