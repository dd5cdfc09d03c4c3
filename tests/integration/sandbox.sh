#!/bin/bash
# shellcheck disable=SC2317 # every test is called by its name
# The sandbox as a thing: up, down, side by side, its directory, its TLS, and faults that act as often as they were told to.
# shellcheck source=tests/support/sandbox.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox.sh"

up one --mailboxes 7
keys=/$(conf one tenant)/discovery/v2.0/keys
token=/$(conf one tenant)/oauth2/v2.0/token

fault() {
	sandbox fault --dir "$work/one" "$@"
}

# after_clear: a fault of one test is not met by the next
with_fault() {
	fault clear
	fault add "$@"
}

mode() {
	stat -c %a "$work/$1"
}

its_files_are_for_their_owner_alone() {
	equals 700 "$(mode one)"
	for file in pin so-pin exosign.conf apps.json issuer.pem server-good.pem sandbox.json control.sock; do
		equals 600 "$(mode "one/$file")"
	done
}
the_profile_is_complete() {
	contains '^default-profile = sandbox$' "$work/one/exosign.conf"
	for key in tenant organization client-id cloud key certificate pin-source softhsm-conf ca-file endpoint.login \
		endpoint.graph endpoint.exchange endpoint.compliance endpoint.vault; do
		[ -n "$(conf one "$key")" ] || { echo "no $key"; return 1; }
	done
	[ -r "$(conf one softhsm-conf)" ]
	[ -r "$(conf one ca-file)" ]
}
the_key_was_born_in_the_token_and_stays() {
	export SOFTHSM2_CONF=$work/one/softhsm2.conf
	pkcs11-tool --module "$(jq -r .module "$work/one/sandbox.json")" --token-label sandbox --login \
		--pin "$(cat "$work/one/pin")" --list-objects --type privkey >"$work/objects"
	contains 'Access: *sensitive, always sensitive, never extractab?le, local' "$work/objects"
	sandbox device cert --store "$work/one" --token sandbox --label exchange >"$work/token.pem"
	openssl verify -CAfile "$work/token.pem" "$work/token.pem"
	sandbox app --dir "$work/one" cert list >"$work/certificates"
	contains "^$(openssl x509 -in "$work/token.pem" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g') " "$work/certificates"
}
a_second_up_says_that_it_runs() {
	local pid
	pid=$(sandbox status --dir "$work/one" -o json | jq .pid)
	up one --mailboxes 7
	contains 'was up already' "$work/up.out"
	equals "$pid" "$(sandbox status --dir "$work/one" -o json | jq .pid)"
}
a_second_up_with_other_settings_is_refused() {
	fails 3 up one --mailboxes 8
}
ups_at_once_make_one_server() {
	up both & up both & up both
	wait
	equals 200 "$(get both "/$(conf both tenant)/discovery/v2.0/keys")"
	sandbox down --dir "$work/both" --purge
}
two_stand_side_by_side() {
	up two --seed 9
	[ "$(conf one endpoint.login)" != "$(conf two endpoint.login)" ]
	[ "$(conf one tenant)" != "$(conf two tenant)" ]
	equals 200 "$(get two "/$(conf two tenant)/v2.0/.well-known/openid-configuration")"
	equals 400 "$(get one "/$(conf two tenant)/v2.0/.well-known/openid-configuration")"
	contains AADSTS90002 "$work/body"
	fails 60 curl -s --cacert "$work/one/ca.pem" "$(conf two endpoint.login)/"
}
down_and_up_keep_token_authority_and_port() {
	local before after
	before=$(cat "$work/two/ca.pem" "$work/two/apps.json" "$work/two/exosign.conf" "$work/two/issuer.pem" | sha256sum)
	sandbox down --dir "$work/two"
	fails 8 sandbox status --dir "$work/two"
	fails 7 curl -s --cacert "$work/two/ca.pem" "$(conf two endpoint.login)/"
	sandbox down --dir "$work/two" >"$work/again"
	contains 'down already' "$work/again"
	up two
	equals 9 "$(sandbox status --dir "$work/two" -o json | jq .seed)"
	after=$(cat "$work/two/ca.pem" "$work/two/apps.json" "$work/two/exosign.conf" "$work/two/issuer.pem" | sha256sum)
	equals "$before" "$after"
}
a_server_that_was_killed_is_seen_as_down() {
	kill -9 "$(cat "$work/two/sandbox.pid")"
	fails 8 sandbox status --dir "$work/two"
	up two
	equals 200 "$(get two "/$(conf two tenant)/discovery/v2.0/keys")"
}
purge_removes_its_own_files_only() {
	touch "$work/two/mine"
	sandbox down --dir "$work/two" --purge
	equals mine "$(ls "$work/two")"
	mkdir "$work/plain"
	touch "$work/plain/pin"
	fails 3 sandbox down --dir "$work/plain" --purge
	[ -e "$work/plain/pin" ]
}
a_long_path_is_no_hindrance() {
	local long
	long=long/$(printf 'x%.0s' $(seq 100))/$(printf 'y%.0s' $(seq 100))
	up "$long"
	equals true "$(sandbox status --dir "$work/$long" -o json | jq .running)"
	sandbox down --dir "$work/$long" --purge
}
what_was_left_half_made_is_made_whole() {
	local client
	up half
	client=$(conf half client-id)
	sandbox down --dir "$work/half"
	rm "$work/half/apps.json" "$work/half/ca.pem"
	up half
	equals "$client" "$(conf half client-id)"
	equals 200 "$(get half "/$(conf half tenant)/discovery/v2.0/keys")"
	equals 1 "$(find "$work/half/tokens" -mindepth 1 -maxdepth 1 | wc -l)"
	sandbox down --dir "$work/half" --purge
}
env_leads_to_it() {
	(
		eval "$(sandbox env --dir "$work/one")"
		equals "$work/one/exosign.conf" "$EXOSIGN_CONFIG"
		equals "$work/one/softhsm2.conf" "$SOFTHSM2_CONF"
		equals sandbox "$EXOSIGN_PROFILE"
	)
}
a_port_that_is_taken_is_refused() {
	fails 8 up taken --port "$(jq .port "$work/one/sandbox.json")"
}
usage_errors_exit_with_2() {
	fails 2 sandbox
	fails 2 sandbox nonsense
	fails 2 sandbox up --nonsense
	fails 2 sandbox up --mailboxes many
	fails 2 sandbox up --tls odd --dir "$work/odd"
	fails 2 fault add nonsense
	fails 2 fault add half-body=3
	fails 2 fault add status
	fails 2 fault add x-400-details=other
	fails 2 sandbox app --dir "$work/one" cert
}

the_tls_modes_are_what_they_say() {
	up tls --tls expired
	fails 60 get tls /
	sandbox down --dir "$work/tls" && up tls --tls wrong-name
	fails 60 get tls /
	sandbox down --dir "$work/tls" && up tls --tls tls11
	fails 35 get tls /
	sandbox down --dir "$work/tls" && up tls --tls good
	equals 404 "$(get tls /)"
	fails 60 curl -s "$(conf tls endpoint.login)/"
	sandbox down --dir "$work/tls" --purge
}
one_connection_carries_many_requests() {
	local before url
	before=$(ledger one http.connection)
	url=$(conf one endpoint.login)$keys
	curl -sf --cacert "$work/one/ca.pem" "$url" "$url" "$url" "$url" >/dev/null
	equals $((before + 1)) "$(ledger one http.connection)"
}
many_clients_are_served_at_once() {
	curl -sf --parallel --parallel-max 60 --cacert "$work/one/ca.pem" -o "$work/n#1" \
		"$(conf one endpoint.login)$keys?[1-200]"
	equals 200 "$(find "$work" -maxdepth 1 -name 'n[0-9]*' -size +1000c | wc -l)"
}

a_fault_acts_as_often_as_it_was_told() {
	with_fault status=418 --after 1 --count 2
	equals 200 "$(get one "$keys")"
	equals 418 "$(get one "$keys")"
	equals 418 "$(get one "$keys")"
	equals 200 "$(get one "$keys")"
	fault list >"$work/list"
	contains '^status=418: could act 4 times, acted 2 of 2, skips the first 1$' "$work/list"
	equals '{"seen":4,"acted":2}' "$(fault list -o json | jq -c '.[0] | {seen, acted}')"
	fault clear
	equals '' "$(fault list)"
}
a_fault_can_be_kept_to_a_cmdlet() {
	with_fault status=418 --cmdlet Get-Mailbox
	equals 200 "$(get one "$keys")"
	equals 200 "$(get one "$keys" -H 'X-CmdletName: Get-Recipient')"
	equals 418 "$(get one "$keys" -H 'X-CmdletName: get-mailbox')"
	fault clear status
}
the_wire_breaks_as_it_was_told() {
	with_fault reset --count 1 && fails 52 get one "$keys"
	with_fault reset-early --count 1 && fails 52 get one "$keys"
	with_fault half-body --count 1 && fails 18 get one "$keys"
	contains '^Content-Length' "$work/headers"
	with_fault half-chunked --count 1 && fails 18 get one "$keys"
	contains '^Transfer-Encoding: chunked' "$work/headers"
	with_fault hang --count 1 && fails 28 get one "$keys" --max-time 1
	contains '^HTTP/1.1 200' "$work/headers"
	with_fault delay=1500 --count 1 && fails 28 get one "$keys" --max-time 1
	with_fault trickle=100 --count 1 && fails 28 get one "$keys" --max-time 1
	[ "$(wc -c <"$work/body")" -lt 100 ]
	with_fault html=502 --count 1 && equals 502 "$(get one "$keys")"
	contains '^Content-Type: text/html' "$work/headers"
	with_fault redirect=https://elsewhere.example/ --count 1 && equals 302 "$(get one "$keys")"
	contains '^Location: https://elsewhere.example/' "$work/headers"
	with_fault no-date --count 1 && get one "$keys"
	lacks '^Date:' "$work/headers"
	equals 200 "$(get one "$keys")"
	contains '^Date:' "$work/headers"
}
compression_can_lie() {
	with_fault gzip --count 2
	get one "$keys" --compressed && jq -e .keys "$work/body"
	contains '^Content-Encoding: gzip' "$work/headers"
	get one "$keys" && jq -e .keys "$work/body"
	lacks '^Content-Encoding' "$work/headers"
	with_fault gzip-unlabelled --count 1 && get one "$keys" --compressed
	gzip -dc <"$work/body" | jq -e .keys
	with_fault gzip-lie --count 1 && fails 61 get one "$keys" --compressed
}
the_token_endpoint_breaks_as_it_was_told() {
	with_fault token-429=7 --count 1 && equals 429 "$(get one "$token" -d x=y)"
	contains '^Retry-After: 7' "$work/headers"
	is_no_json "$work/body"
	with_fault token-503 --count 1 && equals 503 "$(get one "$token" -d x=y)"
	lacks '^Retry-After' "$work/headers"
	with_fault token-90024 --count 1 && equals 400 "$(get one "$token" -d x=y)"
	contains 'temporarily_unavailable.*AADSTS90024' "$work/body"
	with_fault token-empty --count 1 && equals 200 "$(get one "$token" -d x=y)"
	equals 0 "$(wc -c <"$work/body")"
	with_fault token-huge=8 --count 1 && equals 200 "$(get one "$token" -d x=y)"
	[ "$(wc -c <"$work/body")" -gt 8000000 ]
	with_fault token-not-json --count 1 && equals 200 "$(get one "$token" -d x=y)"
	is_no_json "$work/body"
	with_fault token-reset --count 1 && fails 52 get one "$token" -d x=y
	with_fault token-half --count 1 && fails 18 get one "$token" -d x=y
	with_fault token-skew=-7200 --count 1 && equals 400 "$(get one "$token" -d x=y)"
	equals 1 "$((($(date +%s) - $(date -d "$(sed -n 's/^Date: //p' "$work/headers" | tr -d '\r')" +%s)) / 7100))"
	equals 400 "$(get one "$token" -d x=y)"
	contains AADSTS900144 "$work/body"
}
a_body_without_end_is_refused() {
	head -c 34000000 /dev/zero >"$work/zeros"
	equals 413 "$(get one "$token" --data-binary @"$work/zeros" -H 'Expect:')"
}
the_server_ends_in_silence() { ends_in_silence one; }

run_tests its_files_are_for_their_owner_alone the_profile_is_complete the_key_was_born_in_the_token_and_stays \
	a_second_up_says_that_it_runs a_second_up_with_other_settings_is_refused ups_at_once_make_one_server \
	two_stand_side_by_side down_and_up_keep_token_authority_and_port a_server_that_was_killed_is_seen_as_down \
	purge_removes_its_own_files_only a_long_path_is_no_hindrance what_was_left_half_made_is_made_whole \
	env_leads_to_it a_port_that_is_taken_is_refused \
	usage_errors_exit_with_2 the_tls_modes_are_what_they_say one_connection_carries_many_requests \
	many_clients_are_served_at_once a_fault_acts_as_often_as_it_was_told a_fault_can_be_kept_to_a_cmdlet \
	the_wire_breaks_as_it_was_told compression_can_lie the_token_endpoint_breaks_as_it_was_told \
	a_body_without_end_is_refused the_server_ends_in_silence
