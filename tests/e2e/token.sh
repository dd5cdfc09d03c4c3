#!/bin/bash
# exosign token and assertion: what is signed, what comes back, and that neither is shown to anybody who did not ask.
. "$(dirname "$0")/lib.sh"

sandbox_up
setting() { sed -n "s/^$1 = //p" "$conf"; }

story 'token get tells everything about a token but the token'
expect_exit 0 -- exo token get
out_lines 1
out_json '.scope == "https://outlook.office365.com/.default" and (.roles | index("Exchange.ManageAsApp")) != null'
out_json '.fingerprint | test("^[0-9a-f]{16}$")'
out_json '(.expires | fromdate) > (.issued | fromdate)'
err_empty

story 'only --raw prints it, and the tenant accepts it'
may_show_token=1
expect_exit 0 -- exo token get --raw
out_lines 1
out_matches '^eyJ[A-Za-z0-9_.-]+$'
printf 'header = "Authorization: Bearer %s"\n' "$(cat "$out")" >"$own/bearer"
may_show_token=''
expect_exit 0 -- curl -s -K "$own/bearer" --cacert "$(setting ca-file)" -w '%{http_code}\n' \
	-H 'Content-Type: application/json' -d '{"CmdletInput":{"CmdletName":"Get-AcceptedDomain","Parameters":{}}}' \
	"$(setting endpoint.exchange)/adminapi/beta/$(setting tenant)/InvokeCommand"
out_matches '200$'

story 'token show prints the claims as they came'
expect_exit 0 -- exo token show
out_json '.appid and .tid and .oid and (.wids | length) > 0'
expect 'the tenant is ours' test "$(jq -r .tid "$out")" = "$(setting tenant)"

story 'an assertion is PS256 over the certificate'"'"'s thumbprint'
may_show_token=1
expect_exit 0 -- exo assertion create
cp "$out" "$own/assertion"
may_show_token=''
expect_exit 0 -- exo assertion decode "$own/assertion"
out_json '.header.alg == "PS256" and .header.typ == "JWT" and (.header | has("x5c") | not)'
out_json '.payload.iss == .payload.sub and (.payload.jti | length) == 36'
out_json '.payload.exp - .payload.iat <= 600 and .payload.exp > now'
# the thumbprint, computed by somebody else
"$EXS_PREFIX/libexec/exosign/exosign-sandbox" device cert --store "$sandbox" --token sandbox --label exchange >"$own/cert.pem"
thumbprint=$(openssl x509 -in "$own/cert.pem" -outform DER | openssl dgst -sha256 -binary | basenc --base64url | tr -d '=\n')
expect 'x5t#S256 is the certificate'"'"'s' test "$(jq -r '.header["x5t#S256"]' "$out")" = "$thumbprint"
expect 'aud is the token endpoint' test "$(jq -r .payload.aud "$out")" = \
	"$(setting endpoint.login)/$(setting tenant)/oauth2/v2.0/token"

story 'the signature verifies with OpenSSL'
part() { cut -d . -f "$1" "$own/assertion"; }
printf '%s.%s' "$(part 1)" "$(part 2)" >"$own/signed"
signature=$(part 3)
while [ $((${#signature} % 4)) -ne 0 ]; do signature=$signature=; done
basenc --base64url -d <<<"$signature" >"$own/signature" 2>/dev/null
openssl x509 -in "$own/cert.pem" -pubkey -noout >"$own/public.pem"
expect_exit 0 -- openssl dgst -sha256 -verify "$own/public.pem" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
	-signature "$own/signature" "$own/signed"
printf x >>"$own/signed"
expect_exit 1 -- openssl dgst -sha256 -verify "$own/public.pem" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 \
	-signature "$own/signature" "$own/signed"

story 'two assertions are never the same'
may_show_token=1
expect_exit 0 -- exo assertion create
may_show_token=''
expect 'another jti' test "$(exosign assertion decode "$out" | jq -r .payload.jti)" != \
	"$(exosign assertion decode "$own/assertion" | jq -r .payload.jti)"

story 'audience, lifetime, kid and x5c are the profile'"'"'s to say'
conf=$(profile assertion-audience=https://issuer.example/token assertion-lifetime=60 kid=key-1 x5c=yes alg=RS256)
may_show_token=1
expect_exit 0 -- exo assertion create
may_show_token=''
cp "$out" "$own/other"
expect_exit 0 -- exo assertion decode "$own/other"
out_json '.header.alg == "RS256" and .header.kid == "key-1" and (.header.x5c | length) == 1'
out_json '.payload.aud == "https://issuer.example/token" and .payload.exp - .payload.iat <= 60'
conf=$sandbox/exosign.conf

story 'what is no assertion is refused without being repeated'
printf 'SuperSecretThing' >"$own/not"
secret SuperSecretThing
expect_error E-NOT-JWT 2 -- exo assertion decode "$own/not"

story 'the loudest log shows no secret'
expect_exit 0 -- exo -v -v token get
err_matches 'signed|issued|token'
err_lacks "$(part 3)"
expect_exit 0 -- exo -v -v --log-format json token get
err_json 'type == "object"'

story 'a wrong PIN is sent once, the right one is then left to a person'
sandbox_up
printf 'wrong-wrong\n' >"$own/pin" && chmod 600 "$own/pin"
secret wrong-wrong
conf=$(profile "pin-source=file:$own/pin")
expect_error E-PIN-WRONG 4 -- exo token get
expect_error E-PIN-KNOWN-BAD 4 -- exo token get

conf=$sandbox/exosign.conf
expect_error E-PIN-COUNT-LOW 4 -- exo token get
conf=$(profile pin-source=)
at_terminal 'PIN' "$(cat "$sandbox/pin")" -- exo token get
if [ "$status" -eq 0 ]; then met; else bad "exit $status, wanted 0"; fi
out_has fingerprint
conf=$sandbox/exosign.conf
expect_exit 0 -- exo token get

story 'a PIN can come from a descriptor'
conf=$(profile pin-source=)
expect_exit 0 -- bash -c "'$exosign' --config '$conf' --pin-fd 7 token get 7<'$sandbox/pin'"
out_json '.scope'

story 'without a PIN and without a terminal nobody is asked'
expect_error E-PIN-NONE 4 -- exo token get

story 'a PIN file that others may read is not read'
cp "$sandbox/pin" "$own/open-pin" && chmod 644 "$own/open-pin"
conf=$(profile "pin-source=file:$own/open-pin")
expect_error E-FILE-MODE 3 -- exo token get
err_has "chmod 600 $own/open-pin"

story 'a tenant that forgot the certificate says so in words'
conf=$sandbox/exosign.conf
"$EXS_PREFIX/libexec/exosign/exosign-sandbox" device cert --store "$sandbox" --token sandbox --label exchange >"$own/cert.pem"
sha256=$(openssl x509 -in "$own/cert.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g')
expect_exit 0 -- "$EXS_PREFIX/libexec/exosign/exosign-sandbox" app --dir "$sandbox" cert remove "$sha256"
expect_error E-ENTRA-700027 7 -- exo token get
err_has 'trace '
expect_exit 0 -- "$EXS_PREFIX/libexec/exosign/exosign-sandbox" app --dir "$sandbox" cert add "$own/cert.pem"
expect_exit 0 -- exo token get
