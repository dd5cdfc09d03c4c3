#!/bin/bash
# Tokens, keys, certificates and modules that are absent, ambiguous or unfit.
. "$(dirname "$0")/lib.sh"

sandbox_up
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
store=$own/store
"$exosign" sandbox device create --store "$store" --token keys label=twin,id=01 label=twin,id=02 label=leaky,extractable \
	label=expired,not-before=-200000,not-after=-100000 label=early,not-before=+100000 label=other,cert=other label=bare,no-cert \
	label=small,type=rsa1024 label=curve,type=p256 label=good >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
secret "$(cat "$store/pin")"
# key WORDS [SETTING...]: $conf with this key of that token
key() {
	local words=$1
	shift
	conf=$(profile "key=pkcs11:token=keys;$words;type=private?module-path=$module" "softhsm-conf=$store/softhsm2.conf" \
		"pin-source=file:$store/pin" "$@")
}
# signs OPTION...: an assertion can be made, with these options of the program
# shellcheck disable=SC2120
signs() { may_show_token=1 expect_exit 0 -- exo "$@" assertion create; }

story 'a token or a key that is not there is told with those that are'
conf=$(profile "key=pkcs11:token=nowhere?module-path=$module")
expect_error E-TOKEN-ABSENT 5 -- exo assertion create
err_has '"sandbox"'
key object=nowhere
expect_error E-KEY-ABSENT 6 -- exo assertion create
# ten keys, in the token's own order, of which eight are told
err_has 'keys there: pkcs11:'
err_has ' and 2 more'

story 'two keys that match are both listed, and each URI works as pasted'
key object=twin
expect_error E-KEY-AMBIGUOUS 6 -- exo assertion create
grep -oE 'pkcs11:[^ ]+' "$err" | grep 'id=' | sort -u >"$own/uris"
expect 'two URIs' test "$(wc -l <"$own/uris")" -eq 2
while read -r uri; do
	key object=twin "key=$uri"
	signs
done <"$own/uris"

story 'two tokens of one name are refused until the serial tells them apart'
mkdir -m 700 "$own/two"
"$exosign" sandbox device create --store "$own/two/a" --token same label=k >/dev/null 2>&1
"$exosign" sandbox device create --store "$own/two/b" --token same label=k >/dev/null 2>&1
secret "$(cat "$own/two/a/pin")"
cp -r "$own/two/b/tokens/"* "$own/two/a/tokens/"
conf=$(profile "key=pkcs11:token=same;object=k?module-path=$module" "softhsm-conf=$own/two/a/softhsm2.conf" "pin-source=file:$own/two/a/pin")
expect_error E-TOKEN-AMBIGUOUS 6 -- exo assertion create
expect 'two serials' test "$(grep -oE 'serial=[0-9a-f]+' "$err" | sort -u | wc -l)" -eq 2

story 'a key that could leave is refused, and allowed by name with a warning each time'
key object=leaky
expect_error E-KEY-EXTRACTABLE 6 -- exo assertion create
err_has 'allow-extractable = yes'
key object=leaky allow-extractable=yes
signs
err_matches 'warning.*(extractable|leave)'
signs
err_matches 'warning.*(extractable|leave)'

story 'certificates that do not fit are refused with their reason'
key object=expired
expect_error E-CERT-EXPIRED 6 -- exo assertion create
key object=early
expect_error E-CERT-NOT-YET 6 -- exo assertion create
key object=other
expect_error E-CERT-MISMATCH 6 -- exo assertion create
key object=bare
expect_error E-CERT-ABSENT 6 -- exo assertion create
err_has 'certificate = FILE'
key object=small
expect_error E-KEY-UNFIT 6 -- exo assertion create

story 'a certificate may come from a file, a private key may not'
"$exosign" sandbox device cert --store "$store" --token keys --label good >"$own/good.pem"
openssl x509 -in "$own/good.pem" -outform DER -out "$own/good.der"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/soft.key" -out "$own/soft.pem" -subj /CN=soft -days 3 2>/dev/null
openssl pkcs12 -export -inkey "$own/soft.key" -in "$own/soft.pem" -passout pass: -out "$own/soft.pfx"
for kind in pem der; do
	key object=good "certificate=$own/good.$kind"
	signs
done
for kind in key pfx; do
	key object=good "certificate=$own/soft.$kind"
	expect_error E-CERT-UNREADABLE 6 -- exo assertion create
	err_has 'private key'
	err_has 'make a key in the device'
done
key object=good "certificate=$own/soft.pem"
expect_error E-CERT-MISMATCH 6 -- exo assertion create
key object=good "certificate=$own/nowhere.pem"
expect_exit 3 -- exo assertion create
err_has nowhere.pem

story 'a module that is missing, a text or a directory is refused'
echo text >"$own/text.so"
for path in "$own/nowhere.so" "$own/text.so" "$own" relative/module.so /lib/x86_64-linux-gnu/libc.so.6; do
	conf=$(profile "key=pkcs11:token=keys?module-path=$path")
	expect_error E-MODULE 5 -- exo assertion create
	err_has "$path"
done
conf=$(profile 'key=pkcs11:token=keys?module-name=nonesuch')
expect_error E-MODULE 5 -- exo assertion create
err_has 'p11-kit has:'

story 'a URI that makes no sense is refused with its fault'
conf=$(profile 'key=pkcs11:tokn=keys')
expect_error E-URI 3 -- exo assertion create
err_has tokn
err_has 'token'
for uri in pkcs11:token=%zz 'pkcs11:token=keys;type=nonsense' 'pkcs11:token=keys?colour=red' pkcs11:token; do
	conf=$(profile "key=$uri")
	expect_error E-URI 3 -- exo assertion create
done

story 'an EC key signs for others, and the directory is not asked with one'
key object=curve
expect_exit 6 -- exo token get
err_has 'RSA'

story 'a token that offers raw RSA alone still makes PS256'
"$exosign" sandbox device create --store "$own/raw" --token raw --mechanisms CKM_RSA_X_509 label=k >/dev/null 2>&1
secret "$(cat "$own/raw/pin")"
conf=$(profile "key=pkcs11:token=raw;object=k?module-path=$module" "softhsm-conf=$own/raw/softhsm2.conf" "pin-source=file:$own/raw/pin")
signs
expect 'PS256' test "$("$exosign" assertion decode "$out" | jq -r .header.alg)" = PS256
