# Sourced by the tests of the sandbox's Exchange half: a sandbox of 2,500 mailboxes in $work/one, a software key registered
# with its application, and what it takes to run cmdlets with curl.
# shellcheck shell=bash disable=SC2034,SC2119,SC2120
# shellcheck source=tests/support/sandbox.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox.sh"

up one --mailboxes 2500
tenant=$(conf one tenant)
origin=$(conf one endpoint.exchange)
domain=$(conf one organization)
invoke=/adminapi/beta/$tenant/InvokeCommand

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -subj /CN=test -days 9 2>"$work/log"
sandbox app --dir "$work/one" cert add "$work/cert.pem"

# bearer [RESOURCE]: a new bearer into $work/bearer, for what the application may do at this moment
bearer() {
	local resource=${1:-$origin} client now head claims thumb
	client=$(conf one client-id)
	now=$(date +%s)
	thumb=$(openssl x509 -in "$work/cert.pem" -outform DER | openssl dgst -sha256 -binary | b64url)
	head=$(printf '{"alg":"PS256","typ":"JWT","x5t#S256":"%s"}' "$thumb" | b64url)
	claims=$(printf '{"aud":"%s/%s/oauth2/v2.0/token","iss":"%s","sub":"%s","jti":"%s","nbf":%d,"exp":%d}' "$origin" \
		"$tenant" "$client" "$client" "$now-$RANDOM-$RANDOM" $((now - 5)) $((now + 300)) | b64url)
	printf '%s' "$head.$claims" | openssl dgst -sha256 -sign "$work/key.pem" -sigopt rsa_padding_mode:pss \
		-sigopt rsa_pss_saltlen:32 | b64url >"$work/signature"
	get one "/$tenant/oauth2/v2.0/token" -d grant_type=client_credentials -d "client_id=$client" \
		--data-urlencode "scope=$resource/.default" \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
		-d "client_assertion=$head.$claims.$(cat "$work/signature")" >"$work/token.status"
	jq -er .access_token "$work/body" >"$work/bearer"
}

# post BODY [CURL OPTION...]: the status to stdout
post() {
	local body=$1
	shift
	get one "$invoke" -H "Authorization: Bearer $(cat "$work/bearer")" -H 'Content-Type: application/json' \
		--data-binary "$body" "$@"
}

envelope() {
	printf '{"CmdletInput":{"CmdletName":"%s","Parameters":%s}}' "$1" "$2"
}

# run CMDLET PARAMETERS [CURL OPTION...]: the status to stdout
run() {
	local cmdlet=$1 parameters=$2
	shift 2
	post "$(envelope "$cmdlet" "$parameters")" "$@"
}

# good CMDLET PARAMETERS [...]: must be 200
good() {
	equals 200 "$(run "$@")" || { head -c 2000 "$work/body"; return 1; }
}

# refused STATUS TEXT CMDLET PARAMETERS [...]: must be that status, and the text in the body
refused() {
	local status=$1 text=$2
	shift 2
	equals "$status" "$(run "$@")"
	contains "$text" "$work/body"
}

# is VALUE FILTER: what jq makes of the last answer
is() {
	equals "$1" "$(jq -rc "$2" "$work/body")"
}

header() {
	tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip"
}

fault() {
	sandbox fault --dir "$work/one" clear
	sandbox fault --dir "$work/one" add "$@"
}

app() {
	sandbox app --dir "$work/one" "$@"
}

bearer
