#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# The tokens that `device` makes, looked at with pkcs11-tool and openssl, and the second issuer, which takes elliptic keys.
# shellcheck source=tests/support/sandbox.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox.sh"

module=$(find /usr/lib /usr/lib64 /usr/local/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
store=$work/store
# Without it a leak inside SoftHSM has no name to be excused by (tests/support/lsan.txt).
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0
export SOFTHSM2_CONF=$store/softhsm2.conf

device() {
	sandbox device "$1" --store "$store" --token T "${@:2}"
}

# p11 OPTION...: pkcs11-tool on that token, logged in. It finds keys to sign with by id alone.
p11() {
	pkcs11-tool --module "$module" --token-label T --login --pin "$(cat "$store/pin")" "$@"
}

# objects TYPE LABEL: the block pkcs11-tool prints for it
objects() {
	p11 --list-objects --type "$1" >"$work/all" 2>/dev/null
	awk -v label="$2" '/^[^ ]/ { block = "" } { block = block $0 "\n" } /label:/ { mine = $2 == label }
		/^  Access:/ || /subject:/ { if (mine) printf "%s", block; mine = 0 }' "$work/all" >"$work/object"
}

a_token_is_made_with_keys_of_every_kind() {
	device create label=r2,id=a1 label=r3,id=a3,type=rsa3072 label=e2,id=b1,type=p256 label=e3,id=b2,type=p384 \
		label=d,id=c1,type=ed25519
	for key in r2 r3 e2 e3 d; do
		objects privkey "$key"
		contains 'sensitive, always sensitive, never extractab?le, local' "$work/object"
	done
	equals 600 "$(stat -c %a "$store/pin")"
	[ ! -e "$store/softhsm2.work.conf" ]
}
certificates_are_over_their_keys() {
	local key
	for key in r2 r3 e2 e3; do
		device cert --label "$key" >"$work/$key.pem"
		openssl verify -CAfile "$work/$key.pem" "$work/$key.pem"
	done
	device cert --label d >"$work/d.pem"
	contains ED25519 <(openssl x509 -in "$work/d.pem" -noout -text)
	printf hello >"$work/hello"
	p11 --sign --id a1 -m SHA256-RSA-PKCS -i "$work/hello" -o "$work/hello.signature"
	openssl x509 -in "$work/r2.pem" -pubkey -noout >"$work/r2.pub"
	openssl dgst -sha256 -verify "$work/r2.pub" -signature "$work/hello.signature" "$work/hello"
}
weak_attributes_come_only_when_asked_for() {
	device add label=open,id=d1,extractable,nonsensitive
	objects privkey open
	lacks 'sensitive|never extract' "$work/object"
	device add label=ask,id=d2,always-auth,cn=Asker,no-public
	objects privkey ask
	contains 'always auth|always-authenticate' <(tr '[:upper:]' '[:lower:]' <"$work/object")
	contains Asker <(device cert --label ask | openssl x509 -noout -subject)
	objects pubkey ask
	equals '' "$(cat "$work/object")"
}
a_certificate_can_belong_to_another_key() {
	device add label=liar,id=d3,cert=other
	p11 --read-object --type pubkey --label liar -o "$work/liar.der"
	openssl rsa -pubin -inform DER -in "$work/liar.der" -out "$work/liar.pub" 2>/dev/null ||
		openssl rsa -RSAPublicKey_in -inform DER -in "$work/liar.der" -out "$work/liar.pub"
	[ "$(cat "$work/liar.pub")" != "$(device cert --label liar | openssl x509 -pubkey -noout)" ]
}
a_certificate_can_be_absent_private_or_out_of_date() {
	device add label=bare,id=d4,no-cert label=shy,id=d5,private-cert label=old,id=d6,not-before=2001-02-03,not-after=-60 \
		label=young,id=d7,not-before=+3600
	fails 5 device cert --label bare
	fails 5 device cert --label shy
	device cert --label shy --pin-file "$store/pin" >/dev/null
	fails 1 openssl x509 -checkend 0 -noout <<<"$(device cert --label old)"
	contains 'notBefore=Feb *3 00:00:00 2001' <(device cert --label old | openssl x509 -noout -startdate)
	[ "$(date -d "$(device cert --label young | openssl x509 -noout -startdate | sed 's/.*=//')" +%s)" -gt "$(date +%s)" ]
}
a_key_can_be_kept_to_mechanisms() {
	device add label=pss,id=d8,allowed-mechanisms=CKM_RSA_PKCS_PSS+CKM_SHA256_RSA_PKCS_PSS
	p11 --sign --id d8 -m SHA256-RSA-PKCS-PSS -i "$store/pin" -o "$work/signature"
	fails 1 p11 --sign --id d8 -m SHA256-RSA-PKCS -i "$store/pin" -o "$work/signature"
}
a_token_can_offer_less() {
	store=$work/less SOFTHSM2_CONF=$work/less/softhsm2.conf
	device create --mechanisms CKM_RSA_PKCS,CKM_RSA_PKCS_KEY_PAIR_GEN label=k
	contains '^  RSA-PKCS, ' <(p11 --list-mechanisms)
	lacks 'PSS|SHA256-RSA' <(p11 --list-mechanisms)
}
a_second_token_of_that_name_is_refused() {
	fails 5 device create label=x
	contains "already" <(device create label=x 2>&1)
}
what_makes_no_key_is_refused() {
	fails 2 device add id=01
	fails 2 device add label=x,type=rsa512
	fails 2 device add label=x,nonsense
	fails 2 device add label=x,id=0g
	fails 2 device add label=x,not-after=tomorrow
	fails 5 sandbox device add --store "$store" --token Nobody label=x
	fails 2 sandbox device create label=x
	printf 000000 >"$work/wrong"
	fails 5 device add --pin-file "$work/wrong" label=x
	contains 'PIN is wrong' <(device add --pin-file "$work/wrong" label=x 2>&1)
}

# ec e2|e3 ALG HASH HEADER-JQ CLAIMS-JQ: an assertion for the second issuer, signed by an elliptic key of the token
ec() {
	local input
	input=$(jq -nc --arg alg "$2" "{alg: \$alg, typ: \"JWT\"} | $4" | tr -d '\n' | b64url).$(jq -nc \
		--arg aud "$issuer/token" --arg id "$(conf one client-id)" --argjson now "$(date +%s)" \
		"{aud: \$aud, iss: \$id, sub: \$id, jti: \"\(now)\", iat: \$now, exp: (\$now + 300)} | $5" | tr -d '\n' | b64url)
	printf %s "$input" | openssl dgst "-$3" -binary >"$work/digest"
	p11 --sign --id "$(sed "s/e2/b1/; s/e3/b2/" <<<"$1")" -m ECDSA -i "$work/digest" -o "$work/signature" >&2
	printf '%s.%s' "$input" "$(b64url <"$work/signature")"
}
redeem() {
	get one /issuer/token -d grant_type=client_credentials -d "client_assertion=$1" -d scope=urn:x \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer
}
thumbprint() {
	openssl x509 -in "$2" -outform DER | openssl dgst "-$1" -binary
}

the_second_issuer_takes_elliptic_keys() {
	up one
	sandbox app --dir "$work/one" cert add "$work/e2.pem"
	sandbox app --dir "$work/one" cert add "$work/e3.pem"
	issuer=$(conf one endpoint.login)/issuer
	equals 200 "$(redeem "$(ec e2 ES256 sha256 ".kid = \"$(thumbprint sha1 "$work/e2.pem" | b64url)\"" .)")"
	equals "$issuer urn:x" "$(jq -r .access_token "$work/body" | cut -d. -f2 | unb64url | jq -r '"\(.iss) \(.aud)"')"
	equals 200 "$(redeem "$(ec e3 ES384 sha384 ".[\"x5t#S256\"] = \"$(thumbprint sha256 "$work/e3.pem" | b64url)\"" .)")"
	equals 200 "$(redeem "$(ec e2 ES256 sha256 ".x5c = [\"$(openssl x509 -in "$work/e2.pem" -outform DER |
		openssl base64 -A)\"]" ".aud = \"$issuer\"")")"
}
the_second_issuer_knows_keys_by_their_own_thumbprint() {
	local point x y
	issuer=$(conf one endpoint.login)/issuer
	point=$(openssl x509 -in "$work/e2.pem" -pubkey -noout | openssl ec -pubin -outform DER 2>/dev/null | tail -c 64 |
		od -An -tx1 -v | tr -d ' \n')
	x=$(printf %s "${point:0:64}" | sed 's/../\\x&/g' | xargs -0 printf %b | b64url)
	y=$(printf %s "${point:64}" | sed 's/../\\x&/g' | xargs -0 printf %b | b64url)
	equals 200 "$(redeem "$(ec e2 ES256 sha256 ".kid = \"$(printf '{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}' "$x" "$y" |
		openssl dgst -sha256 -binary | b64url)\"" .)")"
}
the_second_issuer_is_strict() {
	local kid again
	issuer=$(conf one endpoint.login)/issuer
	kid=".kid = \"$(thumbprint sha256 "$work/e2.pem" | b64url)\""
	again=$(ec e2 ES256 sha256 "$kid" .)
	equals 200 "$(redeem "$again")"
	equals 401 "$(redeem "$again")"
	contains 'invalid_client.*jti' "$work/body"
	equals 401 "$(redeem "$(ec e2 ES256 sha256 "$kid" 'del(.jti)')")"
	equals 401 "$(redeem "$(ec e2 ES256 sha256 "$kid" '.aud = [.aud]')")"
	equals 401 "$(redeem "$(ec e2 ES256 sha256 "$kid" '.exp -= 400')")"
	equals 401 "$(redeem "$(ec e2 ES384 sha384 "$kid" .)")"
	contains 'signature does not verify' "$work/body"
	equals 401 "$(redeem "$(ec e3 ES256 sha256 "$kid" .)")"
	equals 401 "$(redeem "$(ec e2 ES256 sha256 . .)")"
	contains 'names no key' "$work/body"
}
the_directory_takes_no_elliptic_keys() {
	local assertion
	issuer=$(conf one endpoint.login)/issuer
	assertion=$(ec e2 ES256 sha256 ".[\"x5t#S256\"] = \"$(thumbprint sha256 "$work/e2.pem" | b64url)\"" .)
	equals 400 "$(get one "/$(conf one tenant)/oauth2/v2.0/token" -d "client_id=$(conf one client-id)" \
		-d grant_type=client_credentials -d scope=x/.default -d "client_assertion=$assertion" \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer)"
	contains AADSTS50027 "$work/body"
}

the_server_ends_in_silence() { ends_in_silence one; }

run_tests a_token_is_made_with_keys_of_every_kind certificates_are_over_their_keys \
	weak_attributes_come_only_when_asked_for a_certificate_can_belong_to_another_key \
	a_certificate_can_be_absent_private_or_out_of_date a_key_can_be_kept_to_mechanisms a_token_can_offer_less \
	a_second_token_of_that_name_is_refused what_makes_no_key_is_refused the_second_issuer_takes_elliptic_keys \
	the_second_issuer_knows_keys_by_their_own_thumbprint the_second_issuer_is_strict the_directory_takes_no_elliptic_keys \
	the_server_ends_in_silence
