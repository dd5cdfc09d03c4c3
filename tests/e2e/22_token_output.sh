#!/bin/bash
# What `token` and `assertion` print: facts in every format, the secret itself only where that is the command's purpose, and
# assertions that an independent verifier accepts.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 1
origin=$(sed -n 's/^endpoint\.login = //p' "$conf")
tenant=$(sed -n 's/^tenant = //p' "$conf")
client=$(sed -n 's/^client-id = //p' "$conf")
endpoint=$origin/$tenant/oauth2/v2.0/token

# unwrap PART FILE: a part of a JWT as bytes
unwrap() {
	local text
	text=$(cut -d . -f "$1" "$2" | tr -d '\n' | tr -- '-_' '+/')
	while [ $((${#text} % 4)) -ne 0 ]; do text=$text=; done
	base64 -d <<<"$text"
}
# signature_holds FILE KEY OPENSSL-OPTION...: of a JWT, by openssl
signature_holds() {
	unwrap 3 "$1" >"$own/signature" && printf '%s' "$(cut -d . -f 1,2 "$1")" >"$own/signed" &&
		openssl dgst -sha256 "${@:3}" -verify "$2" -signature "$own/signature" "$own/signed"
}
fails() { ! "$@"; }
pss=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sigopt rsa_mgf1_md:sha256)

story 'token get shows facts and no token, as JSON without a terminal'
expect_exit 0 -- exo token get
err_empty
out_lines 1
out_json '.scope == "https://outlook.office365.com/.default" and .roles == ["Exchange.ManageAsApp"] and
	(.issued | test("^20.*Z$")) and (.expires | test("^20.*Z$")) and .issued < .expires and
	(.fingerprint | test("^[0-9a-f]{16}$"))'

story 'token get speaks every format'
expect_exit 0 -- exo token get --output table
out_matches '^scope +issued +expires'
expect_exit 0 -- exo token get -o list
out_matches '^expires +: 20'
expect_exit 0 -- exo token get -o csv
out_lines 2
out_has 'scope,issued,expires,fingerprint'
expect_exit 0 -- exo token get -o tsv
out_has $'scope\tissued\texpires'
expect_exit 0 -- exo token get -o none
out_empty
expect_exit 0 -- exo token get --select expires,scope -o csv
out_matches '^expires,scope'

story 'token get --raw prints the token, one newline, and nothing else'
may_show_token=1 expect_exit 0 -- exo token get --raw
err_empty
out_lines 1
out_matches '^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$'
cp "$out" "$own/token"
curl -sS --cacert "$sandbox/ca.pem" "$origin/$tenant/discovery/v2.0/keys" | jq -r '.keys[0].x5c[0]' | base64 -d |
	openssl x509 -inform der -pubkey -noout >"$own/issuer.pem"
expect 'it is the one the directory signed' signature_holds "$own/token" "$own/issuer.pem"
sed 's/^\(.\{60\}\)./\1A/; t' "$own/token" | sed 's/^\(.\{61\}\)./\1B/' >"$own/other-token"
expect 'and a changed one does not verify' fails signature_holds "$own/other-token" "$own/issuer.pem"
expect 'it is for Exchange' test "$(unwrap 2 "$own/token" | jq -r .aud)" = https://outlook.office365.com

story 'token show prints the claims and no token'
expect_exit 0 -- exo token show
out_json ".appid == \"$client\" and .tid == \"$tenant\" and .exp > .iat and (.wids | length == 1)"
expect_exit 0 -- exo token show --scope graph -o list
out_matches '^aud +: https://graph.microsoft.com'

story 'assertion create signs what the directory documents, and speaks to nobody'
from_here
may_show_token=1 expect_exit 0 -- exo assertion create
err_empty
out_lines 1
counted http.connection 0
cp "$out" "$own/assertion"
expect_exit 0 -- exo assertion decode "$own/assertion"
out_json ".payload.aud == \"$endpoint\" and .payload.iss == \"$client\" and .payload.sub == \"$client\" and
	.payload.exp - .payload.iat == 600 and .payload.iat - .payload.nbf == 60 and
	(.payload.jti | test(\"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\$\"))"

story 'its signature is PS256 with the key of the certificate that its header names'
"$exosign" sandbox device cert --store "$sandbox" --token sandbox --label exchange >"$own/certificate.pem"
openssl x509 -in "$own/certificate.pem" -pubkey -noout >"$own/public.pem"
thumbprint=$(openssl x509 -in "$own/certificate.pem" -outform der | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d =)
expect_exit 0 -- exo assertion decode "$own/assertion"
out_json ".header == {alg: \"PS256\", typ: \"JWT\", \"x5t#S256\": \"$thumbprint\"}"
expect 'openssl verifies it' signature_holds "$own/assertion" "$own/public.pem" "${pss[@]}"
expect 'not as PKCS #1 v1.5' fails signature_holds "$own/assertion" "$own/public.pem"
sed 's/^\(.\{200\}\)./\1A/' "$own/assertion" | sed 's/^\(.\{201\}\)./\1B/' >"$own/other-assertion"
expect 'and not when it was changed' fails signature_holds "$own/other-assertion" "$own/public.pem" "${pss[@]}"

story 'RS256 and the claims that were asked for are signed as well'
may_show_token=1 expect_exit 0 -- exo assertion create --alg RS256 --aud https://issuer.example/token --assertion-lifetime 60 --x5c yes
cp "$out" "$own/rs256"
expect 'openssl verifies it' signature_holds "$own/rs256" "$own/public.pem"
expect_exit 0 -- exo assertion decode "$own/rs256"
out_json '.header.alg == "RS256" and .payload.aud == "https://issuer.example/token" and .payload.exp - .payload.iat == 60'
expect 'x5c is the certificate' test "$(jq -r '.header.x5c[0]' "$out")" = "$(openssl x509 -in "$own/certificate.pem" -outform der | base64 -w 0)"

story 'no two assertions are the same'
may_show_token=1 expect_exit 0 -- exo assertion create
expect 'another jti' test "$(unwrap 2 "$out" | jq -r .jti)" != "$(unwrap 2 "$own/assertion" | jq -r .jti)"

story 'another client can redeem the assertion'
redeem() {
	curl -sS --cacert "$sandbox/ca.pem" "$endpoint" --data-urlencode "client_id=$client" -d grant_type=client_credentials \
		--data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
		--data-urlencode "client_assertion@$1" --data-urlencode scope=https://outlook.office365.com/.default
}
tr -d '\n' <"$own/assertion" >"$own/one" && tr -d '\n' <"$own/other-assertion" >"$own/other"
expect 'the directory takes it from curl' test "$(redeem "$own/one" | jq -r .token_type)" = Bearer
expect 'and not the changed one' test "$(redeem "$own/other" | jq -r 'has("access_token")')" = false

story 'decode needs no profile, no device and no network, and reads standard input'
conf_kept=$conf conf=''
stdin=$own/assertion expect_exit 0 -- exo assertion decode
out_json ".header.alg == \"PS256\" and .payload.iss == \"$client\""
stdin=$own/assertion expect_exit 0 -- exo assertion decode - -o list
out_matches '^payload : '

story 'decode says what is no JWT'
echo 'not a JWT' >"$own/nonsense"
expect_error 'E-NOT-JWT]' 2 -- exo assertion decode "$own/nonsense"
cut -d . -f 1,2 "$own/assertion" >"$own/two-parts"
expect_error 'E-NOT-JWT]' 2 -- exo assertion decode "$own/two-parts"
printf 'bm8.bm8.bm8\n' >"$own/no-json"
expect_error 'E-NOT-JWT]' 2 -- exo assertion decode "$own/no-json"
expect_error 'E-NOT-JWT]' 2 -- exo assertion decode
head -c 2000000 /dev/zero | tr '\0' A >"$own/large"
expect_exit 3 -- exo assertion decode "$own/large"
out_empty
err_has "$own/large"
expect_error 'E-FILE]' 3 -- exo assertion decode "$own/absent"
conf=$conf_kept
