#!/bin/bash
# shellcheck disable=SC2317,SC2016,SC2154 # every test is called by its name; $ belongs to OData; variables are set by the functions
# The sandbox's key vault: the challenge, reading secrets and certificates, pages, and who is refused.
# shellcheck source=tests/support/sandbox_graph.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_graph.sh"

certificate reader
version='api-version=7.4'
new_app vaultreader reader
new_principal
signs_in reader https://vault.azure.net/.default
bearer=$token

# vault PATH [CURL OPTION...]: the status
vault() {
	local path=$1
	shift
	get one "$path" -H "Authorization: Bearer $bearer" "$@"
}

# shows PATH: must be 200
shows() {
	equals 200 "$(vault "$1")" || { cat "$work/body"; return 1; }
}

# denies STATUS CODE PATH [CURL OPTION...]
denies() {
	local status=$1 code=$2
	shift 2
	equals "$status" "$(vault "$@")" || { cat "$work/body"; return 1; }
	equals "$code" "$(field .error.code)"
}

keep() {
	sandbox vault --dir "$work/one" "$@"
}

who_comes_without_a_token_is_told_where_to_get_one() {
	equals 401 "$(get one "/secrets/web?$version")"
	contains "^WWW-Authenticate: Bearer authorization=\"$origin/$tenant\", resource=\"https://vault.azure.net\"" "$work/headers"
	equals Unauthorized "$(field .error.code)"
}
a_token_for_something_else_is_refused() {
	signs_in reader
	bearer=$token
	denies 401 Unauthorized "/secrets/web?$version"
	contains 'Invalid audience' "$work/body"
	bearer=nonsense
	denies 401 Unauthorized "/secrets/web?$version"
}
the_challenge_may_lie() {
	fault add vault-challenge=https://login.evil.example/x --count 1
	fault add vault-challenge-resource=https://evil.example --count 1
	equals 401 "$(get one "/secrets/web?$version")"
	contains 'authorization="https://login.evil.example/x", resource="https://evil.example"' "$work/headers"
	fault clear
}
a_secret_is_read_newest_first() {
	shows "/secrets/database-password?$version"
	equals 'text/plain mail true' "$(field '"\(.contentType) \(.tags.team) \(.attributes.enabled)"')"
	equals "$origin/secrets/database-password/" "$(field '.id | sub("[0-9a-f]{32}$"; "")')"
	[ "$(field '.value | length')" -gt 20 ]
	shows "/secrets/database-password/versions?$version"
	equals 2 "$(field '.value | length')"
	equals null "$(field '.value[0].value')"
	shows "$(field '.value[0].id' | sed "s|$origin||")?$version"
	equals null "$(field .contentType)"
}
what_is_set_is_read_and_survives_the_end_of_the_sandbox() {
	printf 'ü\n"x"' | keep set from-outside --type text/plain --tag a=b
	shows "/secrets/from-outside?$version"
	equals '"ü\n\"x\""' "$(jq .value "$work/body")"
	kill -9 "$(sandbox status --dir "$work/one" -o json | jq .pid)"
	up one
	shows "/secrets/From-Outside?$version"
	equals b "$(field .tags.a)"
	printf two | keep set from-outside
	shows "/secrets/from-outside?$version"
	equals two "$(field .value)"
	keep forget from-outside
	denies 404 SecretNotFound "/secrets/from-outside?$version"
	fails 3 keep forget from-outside
	fails 2 keep set 'bad name' </dev/null
}
a_disabled_secret_is_not_read() {
	denies 403 Forbidden "/secrets/switched-off?$version"
	equals SecretDisabled "$(field .error.innererror.code)"
	printf x | keep set off-too --off
	denies 403 Forbidden "/secrets/off-too?$version"
}
a_certificate_shows_its_public_part() {
	shows "/certificates/web?$version"
	field .cer | openssl base64 -d -A | openssl x509 -inform DER -noout -subject >"$work/subject"
	contains 'CN *= *web' "$work/subject"
	equals "$(field .cer | openssl base64 -d -A | openssl dgst -sha1 -binary | b64url)" "$(field .x5t)"
	equals null "$(field .value)"
	shows "/certificates?$version"
	equals 1 "$(field '.value | length')"
	shows "/secrets/web?$version"
	equals true "$(field .managed)"
}
long_lists_come_in_pages() {
	local rows=0 link="$origin/secrets?$version&maxresults=10"
	while [ "$link" != null ]; do
		shows "${link#"$origin"}"
		rows=$((rows + $(field '.value | length')))
		link=$(field .nextLink)
	done
	equals "$(keep list | grep -c ^secrets)" "$rows"
	[ "$rows" -gt 30 ]
	fault add vault-page=3 --count 1
	fault add vault-link-foreign=https://evil.example/next --count 1
	shows "/secrets?$version"
	fault clear
	equals https://evil.example/next "$(field .nextLink)"
	equals 3 "$(field '.value | length')"
}
what_is_not_there_or_wrong_is_refused() {
	denies 404 SecretNotFound "/secrets/nothing?$version"
	denies 404 SecretNotFound "/secrets/web/0123456789abcdef0123456789abcdef?$version"
	denies 404 CertificateNotFound "/certificates/nothing?$version"
	denies 400 BadParameter /secrets/web
	denies 400 BadParameter '/secrets/web?api-version=1'
	denies 400 BadParameter "/secrets/not_a_name?$version"
	denies 400 BadParameter "/secrets?$version&maxresults=26"
	denies 400 BadParameter "/secrets?$version&\$skiptoken=9999"
	denies 405 MethodNotAllowed "/secrets/web?$version" -X PUT -d '{}'
}
an_application_can_be_kept_out() {
	keep deny "$client"
	denies 403 Forbidden "/secrets/web?$version"
	equals ForbiddenByRbac "$(field .error.innererror.code)"
	keep allow "$client"
	shows "/secrets/web?$version"
}
faults_strike_the_vault() {
	fault add vault-429=5 --count 1
	denies 429 Throttled "/secrets/web?$version"
	contains '^Retry-After: 5' "$work/headers"
	fault add vault-503 --count 1
	denies 503 ServiceUnavailable "/secrets/web?$version"
	fault add vault-403 --count 1
	denies 403 Forbidden "/secrets/web?$version"
	equals ForbiddenByFirewall "$(field .error.innererror.code)"
	fault clear
}
it_goes_down_in_silence() { ends_in_silence one; }

run_tests who_comes_without_a_token_is_told_where_to_get_one a_token_for_something_else_is_refused the_challenge_may_lie \
	a_secret_is_read_newest_first what_is_set_is_read_and_survives_the_end_of_the_sandbox a_disabled_secret_is_not_read \
	a_certificate_shows_its_public_part long_lists_come_in_pages what_is_not_there_or_wrong_is_refused an_application_can_be_kept_out \
	faults_strike_the_vault it_goes_down_in_silence
