#!/bin/bash
# shellcheck disable=SC2317,SC2016 # every test is called by its name; $ belongs to jq
# What the sandbox's login service accepts and refuses. Assertions are signed inside the token by pkcs11-tool, and by
# openssl with a key of its own that is registered for the many variants: code that shares nothing with exosign's.
# shellcheck source=tests/support/sandbox.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox.sh"

module=$(find /usr/lib /usr/lib64 /usr/local/lib -name libsofthsm2.so 2>/dev/null | head -n 1)
up one
origin=$(conf one endpoint.login)
tenant=$(conf one tenant)
client=$(conf one client-id)
now=$(date +%s)

# A key in software, registered like any other certificate.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/soft.key" -out "$work/soft.pem" -days 3 -subj /CN=soft 2>/dev/null
sandbox app --dir "$work/one" cert add "$work/soft.pem"

# thumbprint sha1|sha256 FILE: of a certificate, as bytes
thumbprint() {
	openssl x509 -in "$2" -outform DER | openssl dgst "-$1" -binary
}

# claims [JQ]: the usual claims, changed by a jq expression
claims() {
	jq -nc --arg aud "$origin/$tenant/oauth2/v2.0/token" --arg id "$client" --argjson now "$now" \
		'{aud: $aud, iss: $id, sub: $id, jti: "\($now)-\(now)", nbf: ($now - 60), exp: ($now + 600)} | '"${1:-.}"
}

soft_sha256=$(thumbprint sha256 "$work/soft.pem" | b64url)
soft_sha1=$(thumbprint sha1 "$work/soft.pem" | b64url)
soft_standard=$(thumbprint sha256 "$work/soft.pem" | openssl base64 -A)

# header [JQ]: PS256 and the SHA-256 thumbprint of the software key, changed by a jq expression
header() {
	jq -nc --arg sha256 "$soft_sha256" --arg sha1 "$soft_sha1" --arg standard "$soft_standard" \
		'{alg: "PS256", typ: "JWT", "x5t#S256": $sha256} | '"${1:-.}"
}

# soft HEADER CLAIMS [SALT]: signed by the software key as the header says
soft() {
	local input options=()
	input=$(printf %s "$1" | b64url).$(printf %s "$2" | b64url)
	case $1 in
	*PS256*) options=(-sigopt rsa_padding_mode:pss -sigopt "rsa_pss_saltlen:${3:-32}" -sigopt rsa_mgf1_md:sha256) ;;
	esac
	printf '%s.%s' "$input" "$(printf %s "$input" | openssl dgst -sha256 -sign "$work/soft.key" "${options[@]}" | b64url)"
}

# hard ALG [CLAIMS]: signed inside the token
hard() {
	local input mechanism=SHA256-RSA-PKCS
	[ "$1" = RS256 ] || mechanism=SHA256-RSA-PKCS-PSS
	export SOFTHSM2_CONF=$work/one/softhsm2.conf
	sandbox device cert --store "$work/one" --token sandbox --label exchange >"$work/hard.pem"
	input=$(jq -nc --arg alg "$1" --arg t "$(thumbprint sha256 "$work/hard.pem" | b64url)" \
		'{alg: $alg, typ: "JWT", "x5t#S256": $t}' | tr -d '\n' | b64url).$(printf %s "${2:-$(claims)}" | b64url)
	printf %s "$input" >"$work/input"
	pkcs11-tool --module "$module" --token-label sandbox --login --pin "$(cat "$work/one/pin")" --sign --label exchange \
		-m "$mechanism" -i "$work/input" -o "$work/signature" >&2
	printf '%s.%s' "$input" "$(b64url <"$work/signature")"
}

# redeem ASSERTION [CURL OPTION...]: the status; the body is in $work/body
redeem() {
	local assertion=$1
	shift
	get one "/${TENANT:-$tenant}/oauth2/v2.0/token" -d "client_id=$client" -d grant_type=client_credentials \
		--data-urlencode "scope=${SCOPE:-https://outlook.office365.com/.default}" -d "client_assertion=$assertion" \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer "$@"
}

accepted() {
	equals 200 "$(redeem "$@")" || { cat "$work/body"; return 1; }
	equals Bearer "$(jq -r .token_type "$work/body")"
}

# refused STATUS ERROR CODE ASSERTION [CURL OPTION...]
refused() {
	local status=$1 error=$2 code=$3
	shift 3
	equals "$status" "$(redeem "$@")" || { cat "$work/body"; return 1; }
	equals "$error $code" "$(jq -r '"\(.error) \(.error_codes[0])"' "$work/body")"
	contains "AADSTS$code: " "$work/body"
}

token_claims() {
	jq -r .access_token "$work/body" | cut -d. -f2 | unb64url
}

a_key_in_the_token_signs_in_with_ps256() { accepted "$(hard PS256)"; }
a_key_in_the_token_signs_in_with_rs256() { accepted "$(hard RS256)"; }
the_sha1_thumbprint_will_do() { accepted "$(soft "$(header 'del(.["x5t#S256"]) | .x5t = $sha1')" "$(claims)")"; }
rs256_with_the_sha1_thumbprint_will_do() {
	accepted "$(soft "$(header 'del(.["x5t#S256"]) | .x5t = $sha1 | .alg = "RS256"')" "$(claims)")"
}
a_sha1_thumbprint_as_kid_will_do() { accepted "$(soft "$(header 'del(.["x5t#S256"]) | .kid = $sha1')" "$(claims)")"; }
a_thumbprint_in_standard_base64_will_do() { accepted "$(soft "$(header '.["x5t#S256"] = $standard')" "$(claims)")"; }
typ_may_be_absent() { accepted "$(soft "$(header 'del(.typ)')" "$(claims)")"; }
dates_may_be_strings_or_fractions() {
	accepted "$(soft "$(header)" "$(claims '.exp |= tostring | .nbf |= tostring')")"
	accepted "$(soft "$(header)" "$(claims 'del(.nbf) | .exp += 0.25')")"
}
the_audience_may_be_the_issuer_or_name_the_domain() {
	accepted "$(soft "$(header)" "$(claims ".aud = \"$origin/$tenant/v2.0\"")")"
	accepted "$(soft "$(header)" "$(claims ".aud = \"$origin/sandbox.onmicrosoft.com/oauth2/v2.0/token\"")")"
	accepted "$(soft "$(header)" "$(claims '.aud = [.aud]')")"
}
the_domain_names_the_tenant_too() { TENANT=Sandbox.onmicrosoft.com accepted "$(soft "$(header)" "$(claims)")"; }
a_jti_may_come_again() {
	local assertion
	assertion=$(soft "$(header)" "$(claims '.jti = "again"')")
	accepted "$assertion"
	accepted "$assertion"
}
clocks_may_differ_by_five_minutes() {
	accepted "$(soft "$(header)" "$(claims '.exp = (now | floor) - 280 | .nbf = 0')")"
	accepted "$(soft "$(header)" "$(claims '.nbf = (now | floor) + 280')")"
}

an_expired_assertion_is_refused_with_the_three_times() {
	refused 401 invalid_client 700024 "$(soft "$(header)" "$(claims '.exp = (now | floor) - 320 | del(.nbf)')")"
	contains 'Current time: .*, assertion valid from 1970-01-01T00:00:00.0000000Z, expiry time of assertion ' "$work/body"
}
an_assertion_of_the_future_is_refused() {
	refused 401 invalid_client 700024 "$(soft "$(header)" "$(claims '.nbf = (now | floor) + 330')")"
}
an_assertion_without_exp_is_refused() { refused 400 invalid_request 50027 "$(soft "$(header)" "$(claims 'del(.exp)')")"; }
a_wrong_audience_is_refused() {
	refused 401 invalid_client 700023 "$(soft "$(header)" "$(claims '.aud = "https://login.example/x/v2.0"')")"
	refused 401 invalid_client 700023 "$(soft "$(header)" "$(claims ".aud = \"$origin/common/oauth2/v2.0/token\"")")"
	refused 401 invalid_client 700023 "$(soft "$(header)" "$(claims '.aud = [.aud, "x"]')")"
}
an_unregistered_thumbprint_is_shown_in_hexadecimal() {
	refused 401 invalid_client 700027 "$(soft "$(header '.["x5t#S256"] = "AQIDBA"')" "$(claims)")"
	contains "The key was not found., Thumbprint of key used by client: '01020304'" "$work/body"
}
a_signature_by_another_key_is_refused() {
	local good
	good=$(soft "$(header)" "$(claims)")
	refused 401 invalid_client 700027 "${good%.*}.$(head -c 256 /dev/zero | b64url)"
	contains 'did not match the expected signature value' "$work/body"
}
a_changed_claim_breaks_the_signature() {
	local good
	good=$(soft "$(header)" "$(claims)")
	refused 401 invalid_client 700027 "${good%%.*}.$(claims '.exp += 1' | tr -d '\n' | b64url).${good##*.}"
}
ps256_with_another_salt_length_is_refused() {
	refused 401 invalid_client 700027 "$(soft "$(header)" "$(claims)" 20)"
}
rs256_labelled_ps256_is_refused() {
	local input
	input=$(header | tr -d '\n' | b64url).$(claims | tr -d '\n' | b64url)
	refused 401 invalid_client 700027 \
		"$input.$(printf %s "$input" | openssl dgst -sha256 -sign "$work/soft.key" | b64url)"
}
no_algorithm_and_unknown_algorithms_are_refused() {
	refused 400 invalid_request 50027 "$(soft "$(header '.alg = "none"')" "$(claims)")"
	refused 400 invalid_request 50027 "$(soft "$(header '.alg = "RS384"')" "$(claims)")"
}
what_is_no_jwt_is_refused() {
	refused 400 invalid_request 50027 abc
	refused 400 invalid_request 50027 a.b.c
	refused 400 invalid_request 50027 "$(soft "$(header)" '[1]')"
}
issuer_and_subject_must_agree() {
	refused 401 invalid_client 50048 "$(soft "$(header)" "$(claims '.sub = "someone"')")"
}
an_unknown_application_is_refused() {
	refused 400 unauthorized_client 700016 \
		"$(soft "$(header)" "$(claims '.iss = "11111111-2222-3333-4444-555555555555" | .sub = .iss')")"
}
a_disabled_application_is_refused_until_enabled() {
	sandbox app --dir "$work/one" disable
	refused 400 unauthorized_client 7000112 "$(soft "$(header)" "$(claims)")"
	sandbox app --dir "$work/one" enable
	accepted "$(soft "$(header)" "$(claims)")"
}
a_certificate_that_was_removed_is_refused() {
	sandbox app --dir "$work/one" cert remove "$(thumbprint sha1 "$work/soft.pem" | od -An -tx1 -v | tr -d ' \n')"
	refused 401 invalid_client 700027 "$(soft "$(header)" "$(claims)")"
	sandbox app --dir "$work/one" cert add "$work/soft.pem"
	accepted "$(soft "$(header)" "$(claims)")"
}
an_expired_certificate_is_refused() {
	openssl x509 -in "$work/soft.pem" -signkey "$work/soft.key" -days -1 -out "$work/old.pem" 2>/dev/null
	sandbox app --dir "$work/one" cert add "$work/old.pem"
	refused 401 invalid_client 700027 \
		"$(soft "$(header ".[\"x5t#S256\"] = \"$(thumbprint sha256 "$work/old.pem" | b64url)\"")" "$(claims)")"
	contains 'The key used is expired' "$work/body"
}

tenants_that_are_not_ours_are_refused() {
	TENANT=11111111-2222-3333-4444-555555555555 refused 400 invalid_request 90002 x
	TENANT=common refused 400 invalid_request 50194 x
}
the_scope_must_be_one_resource_and_default() {
	local a
	a=$(soft "$(header)" "$(claims)")
	SCOPE=https://outlook.office365.com/Mail.Read refused 400 invalid_scope 1002012 "$a"
	SCOPE=https%3A%2F%2Foutlook.office365.com%2F.default%25 refused 400 invalid_scope 1002012 "$a"
	SCOPE='openid profile' refused 400 invalid_scope 70011 "$a"
	SCOPE='https://outlook.office365.com/.default https://graph.microsoft.com/.default' refused 400 invalid_scope 700022 "$a"
	SCOPE=https://nowhere.example/.default refused 400 invalid_resource 500011 "$a"
	SCOPE='https://outlook.office365.com/.default openid offline_access profile' accepted "$a"
}
missing_and_foreign_parameters_are_named() {
	equals 400 "$(get one "/$tenant/oauth2/v2.0/token" -d client_id=x)"
	contains "AADSTS900144: .*'grant_type'" "$work/body"
	equals 400 "$(get one "/$tenant/oauth2/v2.0/token")"
	contains AADSTS900561 "$work/body"
	equals 401 "$(get one "/$tenant/oauth2/v2.0/token" -d client_id=x -d scope=y -d grant_type=client_credentials)"
	contains AADSTS7000218 "$work/body"
	refused 400 invalid_request 901002 x -d resource=https://outlook.office365.com
	equals 400 "$(get one "/$tenant/oauth2/v2.0/token" -d client_id=x -d scope=y -d grant_type=password)"
	contains 'unsupported_grant_type.*AADSTS70003' "$work/body"
}
a_refusal_has_the_documented_headers_and_members() {
	refused 401 invalid_client 700023 "$(soft "$(header)" "$(claims '.aud = "x"')")" \
		-H 'client-request-id: 0f0e0d0c-1111-2222-3333-444455556666'
	contains '^client-request-id: 0f0e0d0c-1111-2222-3333-444455556666' "$work/headers"
	contains '^x-ms-clitelem: 1,700023,0,,' "$work/headers"
	contains '^Cache-Control: no-store, no-cache' "$work/headers"
	contains '^Date: ' "$work/headers"
	equals 0f0e0d0c-1111-2222-3333-444455556666 "$(jq -r .correlation_id "$work/body")"
	equals "$origin/error?code=700023" "$(jq -r .error_uri "$work/body")"
	jq -e '(.timestamp | test("^[0-9-]{10} [0-9:]{8}Z$")) and (.trace_id | length == 36) and
		(.error_description | test("\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: "))' "$work/body"
}
a_token_has_the_grants_of_its_resource() {
	accepted "$(soft "$(header)" "$(claims)")" --data-urlencode 'claims={"access_token":{"xms_cc":{"values":["CP1"]}}}'
	equals "$client https://outlook.office365.com Exchange.ManageAsApp 29232cdf-9323-42fd-ade2-1d097af3e4de cp1" \
		"$(token_claims | jq -r '"\(.appid) \(.aud) \(.roles[0]) \(.wids[0]) \(.xms_cc[0])"')"
	SCOPE=https://graph.microsoft.com/.default accepted "$(soft "$(header)" "$(claims)")"
	equals '[] null' "$(token_claims | jq -rc '"\(.roles) \(.xms_cc)"')"
	equals 400 "$(redeem "$(soft "$(header)" "$(claims)")" -d claims=nonsense)"
}
a_role_that_is_taken_away_is_missing_from_the_next_token() {
	sandbox app --dir "$work/one" wid remove 'Exchange Administrator'
	sandbox app --dir "$work/one" role remove Exchange.ManageAsApp
	accepted "$(soft "$(header)" "$(claims)")"
	equals '[] []' "$(token_claims | jq -rc '"\(.roles) \(.wids)"')"
	sandbox app --dir "$work/one" wid add 'Global Reader'
	sandbox app --dir "$work/one" role add Exchange.ManageAsApp
	accepted "$(soft "$(header)" "$(claims)")"
	equals '["f2ef992c-3afb-46b9-b7cf-a126ee74c451"]' "$(token_claims | jq -rc .wids)"
}
tokens_verify_under_the_published_key() {
	local token
	accepted "$(soft "$(header)" "$(claims)")"
	token=$(jq -r .access_token "$work/body")
	get one "/$tenant/v2.0/.well-known/openid-configuration"
	equals "$origin/$tenant/oauth2/v2.0/token" "$(jq -r .token_endpoint "$work/body")"
	equals "$origin/$tenant/discovery/v2.0/keys" "$(jq -r .jwks_uri "$work/body")"
	get one "/$tenant/discovery/v2.0/keys"
	jq -r '.keys[0].x5c[0]' "$work/body" | openssl base64 -d -A | openssl x509 -inform DER -pubkey -noout >"$work/signer.pem"
	printf %s "${token##*.}" | unb64url >"$work/token.signature"
	printf %s "${token%.*}" | openssl dgst -sha256 -verify "$work/signer.pem" -signature "$work/token.signature"
}

# organization TOKEN: the status of a first call to Exchange
organization() {
	get one "/adminapi/beta/$tenant/InvokeCommand" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' \
		-H "X-AnchorMailbox: UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@sandbox.onmicrosoft.com" \
		-d '{"CmdletInput":{"CmdletName":"Get-OrganizationConfig","Parameters":{}}}'
}
tokens_of_before_a_revocation_are_challenged() {
	local token
	accepted "$(soft "$(header)" "$(claims)")"
	token=$(jq -r .access_token "$work/body")
	equals 200 "$(organization "$token")"
	sandbox fault --dir "$work/one" add revoke
	equals 401 "$(organization "$token")"
	contains '^[Ww][Ww][Ww]-[Aa]uthenticate: Bearer .*claims="' "$work/headers"
	accepted "$(soft "$(header)" "$(claims)")"
	equals 200 "$(organization "$(jq -r .access_token "$work/body")")"
	sandbox fault --dir "$work/one" clear revoke
	equals 200 "$(organization "$token")"
}
tokens_outlive_a_restart_and_forged_ones_do_not_live() {
	local token
	accepted "$(soft "$(header)" "$(claims)")"
	token=$(jq -r .access_token "$work/body")
	sandbox down --dir "$work/one"
	up one
	equals 200 "$(organization "$token")"
	equals 401 "$(organization "${token%.*}.$(head -c 256 /dev/zero | b64url)")"
	equals 401 "$(organization "$(soft "$(header)" "$(claims)")")"
	sandbox down --dir "$work/one"
	up one --token-lifetime 1 --refresh-in 7
	accepted "$(soft "$(header)" "$(claims)")"
	equals '1 7' "$(jq -r '"\(.expires_in) \(.refresh_in)"' "$work/body")"
	token=$(jq -r .access_token "$work/body")
	while [ "$(date +%s)" -le "$(token_claims | jq .exp)" ]; do sleep 0.2; done
	equals 401 "$(organization "$token")"
}
the_server_ends_in_silence() { ends_in_silence one; }

run_tests a_key_in_the_token_signs_in_with_ps256 a_key_in_the_token_signs_in_with_rs256 the_sha1_thumbprint_will_do \
	rs256_with_the_sha1_thumbprint_will_do a_sha1_thumbprint_as_kid_will_do a_thumbprint_in_standard_base64_will_do \
	typ_may_be_absent dates_may_be_strings_or_fractions the_audience_may_be_the_issuer_or_name_the_domain \
	the_domain_names_the_tenant_too a_jti_may_come_again clocks_may_differ_by_five_minutes \
	an_expired_assertion_is_refused_with_the_three_times an_assertion_of_the_future_is_refused \
	an_assertion_without_exp_is_refused a_wrong_audience_is_refused an_unregistered_thumbprint_is_shown_in_hexadecimal \
	a_signature_by_another_key_is_refused a_changed_claim_breaks_the_signature \
	ps256_with_another_salt_length_is_refused rs256_labelled_ps256_is_refused \
	no_algorithm_and_unknown_algorithms_are_refused what_is_no_jwt_is_refused issuer_and_subject_must_agree \
	an_unknown_application_is_refused a_disabled_application_is_refused_until_enabled \
	a_certificate_that_was_removed_is_refused an_expired_certificate_is_refused tenants_that_are_not_ours_are_refused \
	the_scope_must_be_one_resource_and_default missing_and_foreign_parameters_are_named \
	a_refusal_has_the_documented_headers_and_members a_token_has_the_grants_of_its_resource \
	a_role_that_is_taken_away_is_missing_from_the_next_token tokens_verify_under_the_published_key \
	tokens_of_before_a_revocation_are_challenged tokens_outlive_a_restart_and_forged_ones_do_not_live \
	the_server_ends_in_silence
