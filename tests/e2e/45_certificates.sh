#!/bin/bash
# Certificates and requests made in the device, imported, deleted; each looked at with openssl.
. "$(dirname "$0")/lib.sh"

sandbox_up
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
store=$own/store
"$exosign" sandbox device create --store "$store" --token certs label=main,id=01,no-cert label=curve,id=02,type=p256,no-cert \
	label=big,id=03,type=p384,no-cert label=odd,id=04,type=ed25519,no-cert label=careful,id=05,always-auth,no-cert \
	label=leaky,id=06,extractable,no-cert label=other,id=07,no-cert >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
"$exosign" sandbox device create --store "$store" --token beside label=main,id=01,no-cert >>"$own/made" 2>&1
secret "$(cat "$store/pin")"
uri() { echo "pkcs11:token=certs;object=$1${2-}?module-path=$module"; }
conf=$(profile "key=$(uri main)" "softhsm-conf=$store/softhsm2.conf" "pin-source=file:$store/pin")

story 'a self-signed certificate is made for the key of the profile, and signs in with it'
expect_exit 0 -- exo cert create --subject 'CN=exo app,O=Contoso\, Inc.,C=DE' --save "$own/main.pem"
out_json '.subject == "CN=exo app,O=Contoso\\, Inc.,C=DE" and .issuer == .subject and (.uri | test("id=%01"))'
expect 'openssl verifies it' openssl verify -CAfile "$own/main.pem" "$own/main.pem"
openssl x509 -in "$own/main.pem" -noout -text >"$own/text"
expect 'no authority' grep -A1 'Basic Constraints: critical' "$own/text"
expect 'digital signature alone, critical' grep -A1 'Key Usage: critical' "$own/text"
expect 'for clients' grep 'TLS Web Client Authentication' "$own/text"
expect 'a key id' grep 'Subject Key Identifier' "$own/text"
expect 'the SHA-1 is what openssl says' test "$(jq -r .sha1 "$out")" = \
	"$(openssl x509 -in "$own/main.pem" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')"
expect 'the short SHA-256 too' test "$(jq -r .sha256_base64url "$out")" = \
	"$(openssl x509 -in "$own/main.pem" -outform DER | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=\n')"
expect 'a serial of 20 bytes' test "$(openssl x509 -in "$own/main.pem" -noout -serial | sed 's/.*=//' | wc -c)" -eq 41
expect 'valid for a year' openssl x509 -in "$own/main.pem" -noout -checkend $((364 * 86400))
expect 'and no longer' bash -c "! openssl x509 -in '$own/main.pem' -noout -checkend $((366 * 86400))"
may_show_token=1 expect_exit 0 -- exo assertion create

story 'each type of key signs its own, also one that wants its PIN each time'
for key in curve big careful; do
	expect_exit 0 -- exo cert create "$(uri $key)" --subject "CN=$key" --save "$own/$key.pem"
	expect "openssl verifies that of $key" openssl verify -CAfile "$own/$key.pem" "$own/$key.pem"
done
expect 'SHA-384 with P-384' bash -c "openssl x509 -in '$own/big.pem' -noout -text | grep ecdsa-with-SHA384"

story 'a certificate that is there is kept, unless it is to be replaced'
expect_error E-CERT-EXISTS 6 -- exo cert create --subject CN=second
expect_exit 0 -- exo cert create --subject CN=second --signature pss --days 30 --replace --save "$own/second.pem"
out_json '.replaced == 1 and .signature == "rsassaPss"'
expect 'openssl verifies PSS' openssl verify -CAfile "$own/second.pem" "$own/second.pem"
expect_exit 0 -- exo hsm list "$(uri main)" -o json
out_has 'CN=second'
out_lacks 'CN=exo app'

story 'what cannot be a certificate is refused before a PIN is asked for'
expect_error E-USAGE 2 -- exo cert create
err_has '--subject'
expect_error E-USAGE 2 -- exo cert create --subject 'XX=1'
expect_error E-USAGE 2 -- exo cert create --subject 'CN=a,C=DEU'
expect_error E-USAGE 2 -- exo cert create --subject CN=a --days 0
expect_error E-USAGE 2 -- exo cert csr --subject CN=a --dns 'no name'
err_has 'is no DNS name'
expect_error E-USAGE 2 -- exo cert csr --subject CN=a --ip 1.2.3
expect_error E-KEY-EXTRACTABLE 6 -- exo cert create "$(uri leaky)" --subject CN=leaky
expect_error E-KEY-UNFIT 6 -- exo cert create "$(uri curve)" --subject CN=curve --signature pss

story 'a request carries its names and is signed in the device'
for key in main curve big careful; do
	expect_exit 0 -- exo cert csr "$(uri $key)" --subject "CN=$key" --dns a.example --dns '*.b.example' --uri https://x.example/y \
		--email a@b.example --ip 192.0.2.1 --ip 2001:db8::1
	cp "$out" "$own/$key.csr"
	expect "openssl verifies that of $key" openssl req -in "$own/$key.csr" -verify -noout
done
openssl req -in "$own/main.csr" -noout -text >"$own/text"
for name in DNS:a.example 'DNS:\*.b.example' URI:https://x.example/y email:a@b.example 'IP Address:192.0.2.1' 'IP Address:2001:DB8:0:0:0:0:0:1'; do
	expect "the name $name" grep "$name" "$own/text"
done
expect_exit 0 -- exo cert csr --subject CN=main --signature pss
cp "$out" "$own/pss.csr"
expect 'openssl verifies PSS' openssl req -in "$own/pss.csr" -verify -noout

story 'the answer of an authority is taken in every wrapping, with its chain, once'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/ca.key" -out "$own/ca.pem" -subj '/CN=Test CA' -days 30 2>/dev/null
openssl x509 -req -in "$own/main.csr" -CA "$own/ca.pem" -CAkey "$own/ca.key" -CAcreateserial -days 20 -out "$own/leaf.pem" 2>/dev/null
openssl x509 -in "$own/leaf.pem" -outform DER -out "$own/leaf.der"
cat "$own/ca.pem" "$own/leaf.pem" >"$own/both.pem"
openssl crl2pkcs7 -nocrl -certfile "$own/both.pem" -out "$own/leaf.p7b"
openssl crl2pkcs7 -nocrl -certfile "$own/both.pem" -outform DER -out "$own/leaf.p7c"
expect_exit 0 -- exo cert import --no-chain "$own/leaf.p7b"
out_json '.was_there == false and .issuers_written == 0 and .issuer == "CN=Test CA"'
expect_exit 0 -- exo cert import "$own/both.pem"
out_json '.was_there == true and .issuers_written == 1'
for file in leaf.pem leaf.der leaf.p7b leaf.p7c both.pem; do
	expect_exit 0 -- exo cert import "$(uri main)" "$own/$file"
	out_json '.was_there == true and .issuers_written == 0'
done
stdin=$own/leaf.pem expect_exit 0 -- exo cert import --replace -
out_json '.replaced == 1'
expect_exit 0 -- exo hsm list "pkcs11:token=certs?module-path=$module" -o json
expect 'one certificate of the authority' test "$(jq -s '[.[] | if type == "array" then .[] else . end | select(.subject == "CN=Test CA")] | length' "$out")" -eq 1
may_show_token=1 expect_exit 0 -- exo assertion create

story 'what does not belong to the key, or holds a private key, is refused with the way out'
expect_error E-CERT-MISMATCH 6 -- exo cert import "$(uri other)" "$own/leaf.pem"
openssl pkcs12 -export -inkey "$own/ca.key" -in "$own/ca.pem" -passout pass: -out "$own/soft.pfx"
cat "$own/ca.pem" "$own/ca.key" >"$own/soft.pem"
for file in ca.key soft.pem soft.pfx; do
	expect_error E-CERT-UNREADABLE 6 -- exo cert import "$own/$file"
	err_has 'make a key in the device'
done
echo nothing >"$own/nothing"
expect_error E-CERT-UNREADABLE 6 -- exo cert import "$own/nothing"
head -c 1100000 /dev/zero >"$own/huge"
run exo cert import "$own/huge"
expect 'too large is an error' test "$status" -ne 0
err_has 'error['

story 'deleting asks, says what is lost, and leaves a last certificate of a profile alone without --yes'
expect_error E-UNCONFIRMED 2 -- exo cert delete "$(uri curve ';type=cert')"
at_terminal 'y/n|\[y' n -- exo cert delete "$(uri curve ';type=cert')"
out_has 'CN=curve'
out_has 'until 20'
out_has 'Its key has no other'
expect_exit 0 -- exo hsm list "$(uri curve)" -o json
out_has 'CN=curve'
at_terminal 'y/n|\[y' y -- exo cert delete "$(uri curve ';type=cert')"
expect 'deleted by the word of a person' test "$status" -eq 0
expect_exit 0 -- exo hsm list "$(uri curve)" -o json
out_lacks 'CN=curve'
# it asks nothing; the terminal stays a moment for what is typed
at_terminal 'error' '' -- bash -c "'$exosign' --config '$conf' cert delete '$(uri main ';type=cert')'; code=\$?; sleep 1; exit \$code"
expect 'the profile keeps its certificate' test "$status" -eq 2
out_has 'last certificate'
cp "$conf" "$own/by-thumbprint" && plain=$conf conf=$own/by-thumbprint
sha1=$("$exosign" --config "$plain" hsm list "$(uri main ';type=cert')" -o ndjson | jq -r 'select(.kind == "certificate") | .sha1')
sed -i "s/^key = .*/key = thumbprint:$sha1/" "$conf"
at_terminal 'error' '' -- bash -c "'$exosign' --config '$conf' cert delete '$(uri main ';type=cert')'; code=\$?; sleep 1; exit \$code"
expect 'nor does a profile lose one that it names by thumbprint' test "$status" -eq 2
out_has 'last certificate'
conf=$plain
expect_exit 0 -- exo cert delete "$(uri main ';type=cert')" --yes
err_has 'last certificate'
out_json '.deleted | test("type=cert")'
expect_error E-CERT-ABSENT 6 -- exo cert delete "$(uri main ';type=cert')" --yes
expect_error E-URI 3 -- exo cert delete "pkcs11:token=certs?module-path=$module" --yes

story 'the plug-in is found beside the library, wherever that was moved'
cp -r "$EXS_PREFIX" "$own/moved"
exosign=$own/moved/bin/exosign expect_exit 0 -- exo cert create "$(uri other)" --subject CN=other

story 'without its plug-in exosign says which file is missing, and still signs assertions'
plugin=$(find "$EXS_PREFIX" -name exosign-view.so)
mkdir "$own/no-plug-in"
hidden=(unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$own/no-plug-in" "$(dirname "$plugin")" "$exosign" --config "$conf")
if ! "${hidden[@]}" version >/dev/null 2>&1; then
	skip 'only root may give a command another view of the file system'
else
	expect_error E-VIEW 5 -- "${hidden[@]}" cert csr "$(uri other)" --subject CN=other
	err_has exosign-view.so
	may_show_token=1 expect_exit 0 -- "${hidden[@]}" assertion create --key "$(uri other)"
fi
