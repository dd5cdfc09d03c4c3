#!/bin/bash
# shellcheck disable=SC2317,SC2016,SC2154 # every test is called by its name; $ belongs to jq; variables are set by the functions
# How people sign in at the sandbox: by a device code, by a browser with PKCE, and what an administrator's consent does.
# shellcheck source=tests/support/sandbox_graph.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox_graph.sh"

tools=14d82eec-204b-4c2f-b7e8-296a70dab67e
scope='https://graph.microsoft.com/Application.ReadWrite.All User.Read openid'
home='http://localhost:1/done'
verifier=$(printf '%050d' 7)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | b64url)

approve() {
	sandbox approve --dir "$work/one" "$@"
}

auto() {
	sandbox signin --dir "$work/one" --auto "$1"
}

# login PATH FIELD=VALUE...: a POST to the login service; the status
login() {
	local path=$1 options=() one
	shift
	for one in "$@"; do options+=(--data-urlencode "$one"); done
	get one "/${TENANT:-$tenant}/oauth2/v2.0/$path" "${options[@]}"
}

# begin [CLIENT]: a device code; $device and $user_code
begin() {
	equals 200 "$(login devicecode "client_id=${1:-$tools}" "scope=$scope")" || { cat "$work/body"; return 1; }
	device=$(field .device_code)
	user_code=$(field .user_code)
}

poll() {
	login token "client_id=${1:-$tools}" grant_type=urn:ietf:params:oauth:grant-type:device_code "device_code=$device"
}

# says STATUS ERROR: what the last answer said
says() {
	equals "$1" "$(cat "$work/status")" || { cat "$work/body"; return 1; }
	equals "$2" "$(field .error)"
}

# authorize [FIELD=VALUE...]: the status; the usual question, changed
authorize() {
	local options=(-G) pair
	declare -A fields=([client_id]=$tools [response_type]=code [redirect_uri]=$home [response_mode]=query [scope]=$scope
		[state]='a b&c' [code_challenge]=$challenge [code_challenge_method]=S256)
	for pair in "$@"; do fields[${pair%%=*}]=${pair#*=}; done
	for pair in "${!fields[@]}"; do options+=(--data-urlencode "$pair=${fields[$pair]}"); done
	get one "/$tenant/oauth2/v2.0/authorize" "${options[@]}"
}

location() {
	sed -n 's/^Location: \([^\r]*\).*/\1/p' "$work/headers"
}

# redeem CODE
redeem() {
	login token "client_id=$tools" grant_type=authorization_code "code=$1" "redirect_uri=$home" "code_verifier=$verifier"
}

# code: an authorisation code, from the address one was sent to
code() {
	auto admin
	equals 302 "$(authorize)"
	auto off
	code=$(location | sed 's/.*[?&]code=\([^&]*\).*/\1/')
}

a_device_code_waits_for_its_approval() {
	begin
	equals "$origin/devicelogin 900 1" "$(field '"\(.verification_uri) \(.expires_in) \(.interval)"')"
	poll >"$work/status"
	says 400 authorization_pending
	equals 70016 "$(field '.error_codes[0]')"
	approve "$user_code"
	equals 200 "$(poll)"
	equals 'Application.ReadWrite.All User.Read' "$(field .scope)"
	as "$(field .access_token)"
	answers 200 GET 'applications?$top=1'
	equals "admin@$(conf one organization) user" "$(printf %s "$caller" | cut -d. -f2 | unb64url | jq -r '"\(.upn) \(.idtyp)"')"
	poll >"$work/status"
	says 400 bad_verification_code
}
one_who_asks_too_often_is_told_to_slow_down() {
	fault add signin-interval=60
	begin
	equals 60 "$(field .interval)"
	poll >"$work/status"
	says 400 authorization_pending
	poll >"$work/status"
	says 400 slow_down
	fault clear
	approve "$user_code"
}
a_declined_sign_in_says_so() {
	begin
	approve --deny
	poll >"$work/status"
	says 400 authorization_declined
}
an_expired_or_blocked_one_too() {
	begin
	fault add signin-expired --count 1
	poll >"$work/status"
	says 400 expired_token
	fault add signin-blocked --count 1
	poll >"$work/status"
	says 400 interaction_required
	equals 53003 "$(field '.error_codes[0]')"
	fault clear
	approve
}
any_of_the_people_can_sign_in() {
	auto reader
	begin
	auto off
	equals 200 "$(poll)"
	as "$(field .access_token)"
	answers 200 GET 'applications?$top=1'
	refuses 403 Authorization_RequestDenied POST applications '{"displayName":"x"}'
}
people_may_come_through_organizations() {
	auto admin
	TENANT=organizations begin
	auto off
	equals 200 "$(TENANT=organizations poll)"
}
a_code_belongs_to_its_client() {
	begin
	approve
	poll 04b07795-8ddb-461a-bbee-02f9e1bf7b46 >"$work/status"
	says 400 bad_verification_code
	device=nonsense
	poll >"$work/status"
	says 400 bad_verification_code
}
the_tenants_own_client_is_known() { begin "$(sandbox status --dir "$work/one" -o json | jq -r .bootstrapClientId)"; approve --deny; }
a_stranger_is_not() {
	login devicecode client_id=11111111-2222-4333-8444-555555555555 "scope=$scope" >"$work/status"
	says 400 unauthorized_client
	login devicecode "client_id=$(conf one client-id)" "scope=$scope" >"$work/status"
	says 401 invalid_client
	login devicecode "scope=$scope" >"$work/status"
	says 400 invalid_request
}
scopes_that_are_none_or_not_the_clients_are_refused() {
	login devicecode "client_id=$tools" 'scope=Nonsense.Read' >"$work/status"
	says 400 invalid_scope
	login devicecode "client_id=$tools" 'scope=openid' >"$work/status"
	says 400 invalid_scope
	login devicecode client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46 'scope=RoleManagement.ReadWrite.Directory' >"$work/status"
	equals 65002 "$(field '.error_codes[0]')"
}
an_answer_that_nobody_waits_for_is_refused() {
	fails 3 approve
	fails 3 approve NOPE-NOPE
	begin
	fails 3 approve "$user_code" --user stranger
	approve "$user_code"
	fails 3 approve "$user_code"
	fails 3 auto stranger
	fails 2 sandbox signin --dir "$work/one"
}
a_sign_in_survives_the_end_of_the_sandbox() {
	begin
	kill -9 "$(sandbox status --dir "$work/one" -o json | jq .pid)"
	up one
	approve "$user_code"
	equals 200 "$(poll)"
}
status_shows_who_waits_and_no_secret() {
	begin
	sandbox status --dir "$work/one" -o json >"$work/shown"
	equals "pending $tools" "$(jq -r --arg code "$user_code" '.signIn.signins[] | select(.code == $code) | "\(.state) \(.client_id)"' "$work/shown")"
	lacks "$device" "$work/shown"
	approve
}

a_browser_is_led_back_with_a_code_and_the_state() {
	code
	contains "^Location: $home\?code=[A-Za-z0-9_-]*&state=a%20b%26c&session_state=" "$work/headers"
	equals 200 "$(redeem "$code")"
	as "$(field .access_token)"
	answers 200 GET 'applications?$top=1'
	redeem "$code" >"$work/status"
	says 400 invalid_grant
	equals 54005 "$(field '.error_codes[0]')"
}
a_browser_waits_for_the_command_line() {
	equals 200 "$(authorize)"
	user_code=$(sed -n 's/.*approve \([A-Z-]*\).*/\1/p' "$work/body")
	equals 200 "$(get one "/signin/wait?code=$user_code")"
	approve "$user_code" --user appadmin
	equals 302 "$(get one "/signin/wait?code=$user_code")"
	code=$(location | sed 's/.*[?&]code=\([^&]*\).*/\1/')
	equals 200 "$(redeem "$code")"
	equals 404 "$(get one "/signin/wait?code=$user_code")"
}
a_declined_browser_is_led_back_with_the_error() {
	auto deny
	equals 302 "$(authorize)"
	auto off
	contains "^Location: $home\?error=access_denied&error_description=.*&state=a%20b%26c" "$work/headers"
}
any_port_of_the_loopback_will_do() {
	for address in http://127.0.0.1:40000/ 'http://[::1]:5/x' http://localhost; do
		auto admin
		equals 302 "$(authorize "redirect_uri=$address")"
		auto off
	done
}
what_is_wrong_with_the_question_is_never_led_back() {
	for change in redirect_uri=http://evil.example/ redirect_uri=https://localhost.evil.example/ redirect_uri=http://localhost.evil.example/ \
		redirect_uri=http://localhost:1@evil.example/ response_type=token response_mode=form_post code_challenge_method=plain \
		code_challenge= code_challenge=short client_id=x scope=Nonsense; do
		equals 400 "$(authorize "$change")"
		contains AADSTS "$work/body"
		lacks '^Location' "$work/headers"
	done
}
a_code_is_good_for_its_verifier_and_its_address() {
	code
	login token "client_id=$tools" grant_type=authorization_code "code=$code" "redirect_uri=$home" \
		"code_verifier=$(printf '%050d' 8)" >"$work/status"
	says 400 invalid_grant
	equals 501481 "$(field '.error_codes[0]')"
	login token "client_id=$tools" grant_type=authorization_code "code=$code" redirect_uri=http://localhost:2/done \
		"code_verifier=$verifier" >"$work/status"
	equals 500112 "$(field '.error_codes[0]')"
	fault add signin-expired --count 1
	redeem "$code" >"$work/status"
	equals 70008 "$(field '.error_codes[0]')"
	fault clear
	redeem nonsense >"$work/status"
	equals 70000 "$(field '.error_codes[0]')"
	equals 200 "$(redeem "$code")"
}

# consent [USER]: to what $client requires
consent() {
	auto "$1"
	equals 302 "$(get one "/$tenant/v2.0/adminconsent" -G --data-urlencode "client_id=$client" --data-urlencode "redirect_uri=$home" \
		--data-urlencode 'scope=https://outlook.office365.com/.default' -d state=s)"
	auto off
}
# requires RESOURCE VALUE
requires() {
	role_id "$1" "$2"
	answers 204 PATCH "applications(appId='$client')" "{\"requiredResourceAccess\":[{\"resourceAppId\":\"$1\",\"resourceAccess\":[{\"id\":\"$role\",\"type\":\"Role\"}]}]}"
}
consent_grants_what_the_application_requires() {
	new_app consented
	requires "$exchange" Exchange.ManageAsApp
	consent deny
	contains "^Location: $home\?error=access_denied" "$work/headers"
	refuses 404 Request_ResourceNotFound GET "servicePrincipals(appId='$client')/appRoleAssignments"
	consent appadmin
	contains "^Location: $home\?admin_consent=True&tenant=$tenant&state=s" "$work/headers"
	answers 200 GET "servicePrincipals(appId='$client')/appRoleAssignments"
	equals "$role" "$(field '.value[0].appRoleId')"
}
consent_to_graphs_own_roles_takes_more() {
	new_app more
	requires "$graph_id" Application.ReadWrite.OwnedBy
	consent appadmin
	contains "^Location: $home\?error=access_denied" "$work/headers"
	consent roleadmin
	contains "^Location: $home\?admin_consent=True" "$work/headers"
}
consent_to_a_stranger_or_through_a_strange_address_is_refused() {
	equals 400 "$(get one "/$tenant/adminconsent?client_id=$graph_id&redirect_uri=$home")"
	equals 400 "$(get one "/$tenant/adminconsent?client_id=$(conf one client-id)&redirect_uri=https://evil.example/")"
	lacks '^Location' "$work/headers"
}
it_goes_down_in_silence() { ends_in_silence one; }

run_tests a_device_code_waits_for_its_approval one_who_asks_too_often_is_told_to_slow_down a_declined_sign_in_says_so \
	an_expired_or_blocked_one_too any_of_the_people_can_sign_in people_may_come_through_organizations a_code_belongs_to_its_client \
	the_tenants_own_client_is_known a_stranger_is_not scopes_that_are_none_or_not_the_clients_are_refused \
	an_answer_that_nobody_waits_for_is_refused a_sign_in_survives_the_end_of_the_sandbox status_shows_who_waits_and_no_secret \
	a_browser_is_led_back_with_a_code_and_the_state a_browser_waits_for_the_command_line a_declined_browser_is_led_back_with_the_error \
	any_port_of_the_loopback_will_do what_is_wrong_with_the_question_is_never_led_back a_code_is_good_for_its_verifier_and_its_address \
	consent_grants_what_the_application_requires consent_to_graphs_own_roles_takes_more \
	consent_to_a_stranger_or_through_a_strange_address_is_refused it_goes_down_in_silence
