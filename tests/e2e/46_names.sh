#!/bin/bash
# Certificates shown and watched, keys named by thumbprint, several devices for one identity, who pads.
. "$(dirname "$0")/lib.sh"

sandbox_up
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
plain=$conf
store=$own/store
"$exosign" sandbox device create --store "$store" --token one label=app,id=01 label=short,id=02,not-after=+864000 \
	label=expired,id=03,not-before=-200000,not-after=-100000 label=bare,id=04,no-cert >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
"$exosign" sandbox device create --store "$store" --token two label=app,id=01 >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
secret "$(cat "$store/pin")"
"$exosign" sandbox device cert --store "$store" --token one --label app >"$own/one.pem"
"$exosign" sandbox device cert --store "$store" --token one --label expired >"$own/expired.pem"
"$exosign" sandbox device cert --store "$store" --token two --label app >"$own/two.pem"
openssl x509 -in "$own/one.pem" -outform DER -out "$own/one.der"
# digest sha1|sha256 FILE: as portals print it
digest() { openssl x509 -in "$2" -noout -fingerprint "-$1" | sed 's/.*=//; s/://g'; }
one=$(digest sha1 "$own/one.pem") two=$(digest sha1 "$own/two.pem") expired=$(digest sha1 "$own/expired.pem")
where="?module-path=$module"
# key NAMES [SETTING...]: $conf with these keys, in this store
key() {
	local names=$1
	shift
	conf=$plain
	conf=$(profile "key=$names" "softhsm-conf=$store/softhsm2.conf" "pin-source=file:$store/pin" "$@")
}
# signs_with SHA256 OPTION...: an assertion is made, and its header names this certificate
signs_with() {
	local wanted=$1
	shift
	may_show_token=1 expect_exit 0 -- exo "$@" assertion create
	expect 'the certificate of the key that signs' test "$("$exosign" assertion decode "$out" | jq -r '.header["x5t#S256"]')" = "$wanted"
}
# base64url of a SHA-256 thumbprint
x5t() { openssl x509 -in "$1" -outform DER | openssl dgst -sha256 -binary | base64 -w0 | tr '+/' '-_' | tr -d =; }
one_x5t=$(x5t "$own/one.pem") two_x5t=$(x5t "$own/two.pem")

story 'cert show prints the thumbprints as portals and assertions have them, and asks for no PIN'
key "pkcs11:token=one;object=app;type=private$where" pin-source=
expect_exit 0 -- exo cert show
out_json ".sha1 == \"$one\" and .sha256 == \"$(digest sha256 "$own/one.pem")\" and .[\"x5t#S256\"] == \"$one_x5t\""
out_json '.x5t | length == 27'
out_json '.state == "valid" and .days_left >= 363 and .key_type == "RSA-2048" and .signature_alg == "RSA SHA256"'
out_json '.key | startswith("pkcs11:") and contains("type=private")'
expect_exit 0 -- exo cert show "pkcs11:token=one$where"
out_lines 3
expect_exit 0 -- exo cert show "$own/one.der"
out_json ".sha1 == \"$one\" and (.key | contains(\"token=one\"))"
expect_exit 0 -- exo cert show "$own/one.pem" --select sha1
out_is "{\"sha1\":\"$one\"}"

story 'cert show prints the certificate itself'
expect_exit 0 -- exo cert show --pem
expect 'the PEM is the certificate' test "$(digest sha1 "$out")" = "$one"
expect_exit 0 -- exo cert show --der
expect 'the DER is the certificate' cmp "$out" "$own/one.der"
expect_error E-USAGE 2 -- exo cert show "pkcs11:token=one$where" --der
err_has 'thumbprint:HEX'
expect_error E-USAGE 2 -- exo cert show --der --pem
expect_exit 2 -- script -qefc "$exosign --config $conf cert show --der" /dev/null
out_has 'standard output is a terminal'

story 'a certificate that is not there is told with where it was looked for'
expect_error E-CERT-ABSENT 6 -- exo cert show "pkcs11:token=one;object=bare$where"
err_has '1 token (one)'
expect_error E-TOKEN-ABSENT 5 -- exo cert show "pkcs11:token=nowhere$where"
expect_exit 3 -- exo cert show "$own/nowhere.pem"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/soft.key" -out "$own/soft.pem" -subj '/CN=soft' -days 3 \
	-addext 'subjectAltName=DNS:exo.contoso.example' 2>/dev/null
expect_error E-CERT-UNREADABLE 6 -- exo cert show "$own/soft.key"
expect_exit 0 -- exo cert show "$own/soft.pem"
out_json '.names == ["DNS:exo.contoso.example"] and .key == null'

story 'cert due answers 0, 1 and 255, and says why in one line'
expect_exit 1 -- exo cert due
out_lines 1
out_has 'not due: CN=app expires in'
expect_exit 0 -- exo cert due --within 400d
out_matches '^due: .*within 400 days'
expect_exit 0 -- exo cert due "pkcs11:token=one;object=short$where"
expect_exit 1 -- exo cert due "pkcs11:token=one;object=short$where" --within 9d
expect_exit 0 -- exo cert due "pkcs11:token=one;object=expired$where" --within 0
out_matches '^due: .* expired .* ago'
expect_exit 0 -- exo cert due "pkcs11:token=one$where"
expect_exit 0 -- exo -q cert due "pkcs11:token=one;object=short$where"
out_empty
err_empty
expect_exit 1 -- exo -q cert due "$own/one.pem"
out_empty
expect_exit 1 -- exo cert due -o json
out_json '.due == false and .seconds_left > 86400 and .within_seconds == 2592000'
for words in "pkcs11:token=nowhere$where" "pkcs11:token=one;object=bare$where" "$own/nowhere.pem" pkcs11:tokn=x '--within soon' '--bogus'; do
	# shellcheck disable=SC2086
	expect_exit 255 -- exo cert due $words
	err_has '(exit 255)'
	out_empty
done
expect_exit 255 -- "$exosign" --config "$own/nowhere.conf" cert due
if command -v faketime >/dev/null; then
	expect_exit 0 -- faketime '+340 days' "$exosign" --config "$conf" cert due
	expect_exit 1 -- faketime '+320 days' "$exosign" --config "$conf" cert due
fi

story 'a key goes by the thumbprint of its certificate, however it is written'
for name in "thumbprint:$one$where" "thumbprint:${one,,}$where" "thumbprint:$(digest sha256 "$own/one.pem");token=one$where" \
	"thumbprint: $(sed 's/../&:/g; s/:$//' <<<"$one")$where" "thumbprint:$(sed 's/../& /g; s/ $//' <<<"$one")$where"; do
	key "$name"
	expect_exit 0 -- exo config check
	signs_with "$one_x5t"
done
key "pkcs11:token=two;object=app$where"
signs_with "$one_x5t" --key "thumbprint:$one$where"
key "thumbprint:$one$where"
expect_exit 0 -- exo key show
out_has '"token":"one"'

story 'a thumbprint that nobody has, or that has expired, is told with what there is'
key "thumbprint:00000000000000000000000000000000000000AA$where"
expect_error E-CERT-ABSENT 6 -- exo assertion create
err_has '2 tokens ('
key "thumbprint:$expired$where"
expect_error E-CERT-EXPIRED 6 -- exo assertion create
err_has 'pkcs11:'
err_has 'object=expired'

story 'the same certificate on two tokens is ambiguous, and both URIs are there to paste'
SOFTHSM2_CONF=$store/softhsm2.conf pkcs11-tool --module "$module" --token-label two --login --pin "$(cat "$store/pin")" \
	--write-object "$own/one.der" --type cert --id 01 --label app >"$own/written" 2>&1
key "thumbprint:$one$where"
expect_error E-KEY-AMBIGUOUS 6 -- exo assertion create
err_has 'token=one'
err_has 'token=two'
grep -oE 'pkcs11:[^ ]+type=private[^ ]*' "$err" | sort -u >"$own/uris"
expect 'two URIs' test "$(wc -l <"$own/uris")" -eq 2
key "$(grep token=one "$own/uris")"
signs_with "$one_x5t"

story 'a key in a file is refused with the way out'
for name in /etc/app.pfx app.p12 soft.pem soft.key '-----BEGIN PRIVATE KEY-----'; do
	key "$name"
	expect_error E-KEY-FILE 3 -- exo assertion create
	err_has 'exosign key generate'
	err_has 'exosign cert csr'
	expect_exit 3 -- exo config check
done
key "$one"
expect_error E-CONFIG-VALUE 3 -- exo assertion create
err_has "thumbprint:$one"

story 'of several devices the first that is there signs, with its own certificate'
key "pkcs11:token=one;object=app$where pkcs11:token=two;object=app$where"
signs_with "$one_x5t"
key "pkcs11:token=gone;object=app$where pkcs11:token=two;object=app$where" certificate="thumbprint:$two"
signs_with "$two_x5t"
err_has 'device-failed'
key "pkcs11:token=one;object=app?module-path=/nowhere.so thumbprint:$two$where"
signs_with "$two_x5t"
expect_exit 1 -- exo cert due "pkcs11:token=two;id=%01;type=cert$where"
key "pkcs11:token=gone$where pkcs11:token=away$where"
expect_error E-DEVICE 5 -- exo assertion create
err_has 'token=gone'
err_has 'token=away'

story 'a PIN that one device refuses is not tried with the next'
printf '99998888\n' >"$own/wrong" && chmod 600 "$own/wrong"
key "pkcs11:token=one;object=app$where pkcs11:token=two;object=app$where" "pin-source=file:$own/wrong"
expect_error E-PIN-WRONG 4 -- exo assertion create
err_lacks 'token=two'

story 'pss = token-only leaves the padding to the token or fails'
"$exosign" sandbox device create --store "$own/raw" --token raw --mechanisms CKM_RSA_X_509 label=k >/dev/null 2>&1
secret "$(cat "$own/raw/pin")"
key "pkcs11:token=raw;object=k$where" "softhsm-conf=$own/raw/softhsm2.conf" "pin-source=file:$own/raw/pin" pss=token-only
expect_error E-KEY-MECHANISM 6 -- exo assertion create
err_has 'pss = token-only'
signs_with "$("$exosign" --config "$conf" cert show 2>/dev/null | jq -r '.["x5t#S256"]')" --pss any
expect_exit 2 -- exo --max-sessions 65 assertion create
signs_with "$("$exosign" --config "$conf" cert show 2>/dev/null | jq -r '.["x5t#S256"]')" --pss any --max-sessions 1
