#!/bin/bash
# exosign hsm list: what there is, with URIs ready to paste, and no PIN asked for.
. "$(dirname "$0")/lib.sh"

sandbox_up
sandbox_program=$EXS_PREFIX/libexec/exosign/exosign-sandbox
module=$(sed -n 's/^key = .*module-path=//p' "$conf")

story 'the token, its key and its certificate are listed without a PIN'
conf=$(profile pin-source=)
expect_exit 0 -- exo hsm list 'pkcs11:token=sandbox' -o ndjson
out_json 'type == "object"'
for kind in token key certificate; do
	expect "there is a $kind" jq -es "any(.[]; .kind == \"$kind\")" "$out"
done
expect 'every URI is one' jq -es 'all(.[]; .uri | startswith("pkcs11:"))' "$out"
expect 'no URI holds a PIN' jq -es 'all(.[]; .uri | test("pin-") | not)' "$out"

story 'the thumbprints are what OpenSSL says'
"$sandbox_program" device cert --store "$sandbox" --token sandbox --label exchange >"$own/cert.pem"
for digest in sha1 sha256; do
	expect "$digest" test "$(jq -r "select(.kind == \"certificate\").$digest" "$out")" = \
		"$(openssl x509 -in "$own/cert.pem" -noout -fingerprint -$digest | sed 's/.*=//; s/://g')"
done
expect 'the end of the certificate' test "$(jq -r 'select(.kind == "certificate").not_after | fromdate' "$out")" = \
	"$(date -d "$(openssl x509 -in "$own/cert.pem" -noout -enddate | cut -d= -f2)" +%s)"

story 'a listed key URI works in a profile as it is'
uri=$(jq -rs 'map(select(.kind == "key"))[0].uri' "$out")
conf=$(profile "key=$uri")
expect_exit 0 -- exo token get
out_json '.scope'
conf=$sandbox/exosign.conf

story 'a wrong PIN source does not matter, because no PIN is read'
conf=$(profile pin-source=file:/nonexistent/pin)
expect_exit 0 -- exo hsm list 'pkcs11:token=sandbox'
conf=$sandbox/exosign.conf

story 'a URI that matches nothing is an empty list or an error, never another token'
run exo hsm list 'pkcs11:token=not-there' -o ndjson
if jq -es 'all(.[]; .kind == "module")' "$out" >/dev/null 2>&1; then met; else bad 'something else is listed'; fi

story 'a module that is not there is told'
run exo hsm list 'pkcs11:?module-path=/nonexistent/module.so' -o ndjson
err_or_row=$(cat "$out" "$err")
if [[ $err_or_row == *nonexistent* ]]; then met; else bad 'nobody says that the module is missing'; fi

story 'two keys that match are refused, and both are named'
"$sandbox_program" device create --store "$own/twins" --token twins label=exchange label=exchange >"$own/device" 2>&1 ||
	bad "the device cannot be made: $(cat "$own/device")"
secret "$(cat "$own/twins/pin")"
conf=$(profile "key=pkcs11:token=twins;object=exchange;type=private?module-path=$module" \
	"softhsm-conf=$own/twins/softhsm2.conf" "pin-source=file:$own/twins/pin")
expect_error E-KEY-AMBIGUOUS 6 -- exo token get
expect 'two URIs are shown' test "$(grep -oE 'id=[%0-9A-Fa-f]+' "$err" | sort -u | wc -l)" -ge 2
