# shellcheck shell=bash disable=SC2034
# Sourced by the tests of the sandbox's Graph half: a sandbox, its people's tokens, certificates with keys in software,
# and assertions signed by openssl. Nothing of exosign's is used.
# shellcheck source=tests/support/sandbox.sh
. "${EXS_SOURCE_DIR:?the source directory}/tests/support/sandbox.sh"

up one
origin=$(conf one endpoint.graph)
tenant=$(conf one tenant)
exchange=00000002-0000-0ff1-ce00-000000000000
graph_id=00000003-0000-0000-c000-000000000000
admin=$(sandbox admin-token --dir "$work/one")
caller=$admin

# certificate NAME [DAYS]: NAME.key and NAME.pem, and what is asked of it again and again
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.pem" -days "${2:-30}" -subj "/CN=$1" 2>/dev/null
	der "$1" | openssl base64 -A >"$work/$1.base64"
	thumbprint sha1 "$1" | b64url >"$work/$1.x5t"
	thumbprint sha1 "$1" | od -An -tx1 -v | tr -d ' \n' | tr a-f A-F >"$work/$1.hex"
}

der() {
	openssl x509 -in "$work/$1.pem" -outform DER
}

# key NAME: a key credential as one uploads it
key() {
	printf '{"type":"AsymmetricX509Cert","usage":"Verify","key":"%s"}' "$(<"$work/$1.base64")"
}

# header NAME: the header of what its key signs
header() {
	printf '{"alg":"RS256","typ":"JWT","kid":"%s","x5t":"%s"}' "$(<"$work/$1.hex")" "$(<"$work/$1.x5t")"
}

# graph METHOD PATH [BODY]: the status; the body of the answer is in $work/body
graph() {
	local options=()
	[ $# -lt 3 ] || options=(-H 'Content-Type: application/json' -d "$3")
	get one "/v1.0/$2" -X "$1" -H "Authorization: Bearer $caller" "${options[@]}"
}

as() {
	caller=$1
}

# answers STATUS METHOD PATH [BODY]
answers() {
	local status=$1
	shift
	equals "$status" "$(graph "$@")" || { cat "$work/body"; return 1; }
}

# refuses STATUS CODE METHOD PATH [BODY]
refuses() {
	local status=$1 code=$2
	shift 2
	answers "$status" "$@"
	equals "$code" "$(field .error.code)"
	[ "$(field '.error.innerError["request-id"]')" = "$(sed -n 's/^request-id: \([^\r]*\).*/\1/p' "$work/headers")" ]
}

field() {
	jq -r "$1" "$work/body"
}

fault() {
	sandbox fault --dir "$work/one" "$@"
}

# new_app NAME [CERTIFICATE...]: $object and $client
new_app() {
	local name=$1 keys=() one
	shift
	for one in "$@"; do keys+=("$(key "$one")"); done
	answers 201 POST applications "$(printf '%s\n' "${keys[@]}" | jq -sc --arg name "$name" \
		'{displayName: $name, signInAudience: "AzureADMyOrg", keyCredentials: map(select(. != null))}')"
	object=$(field .id)
	client=$(field .appId)
}

# new_principal: of $client; $principal
new_principal() {
	answers 201 POST servicePrincipals "{\"appId\":\"$client\"}"
	principal=$(field .id)
}

# role_id RESOURCE VALUE: $resource and $role, found out as a client must
role_id() {
	answers 200 GET "servicePrincipals(appId='$1')?\$select=id,appRoles"
	resource=$(field .id)
	role=$(jq -r --arg value "$2" '.appRoles[] | select(.value == $value) | .id' "$work/body")
	[ -n "$role" ]
}

# give RESOURCE VALUE: to $principal
give() {
	role_id "$1" "$2"
	answers 201 POST "servicePrincipals/$principal/appRoleAssignments" \
		"{\"principalId\":\"$principal\",\"resourceId\":\"$resource\",\"appRoleId\":\"$role\"}"
}

thumbprint() {
	der "$2" | openssl dgst "-$1" -binary
}

# signed NAME CLAIMS [HEADER]: RS256 by the certificate's key
signed() {
	local input
	input=$(printf %s "${3:-$(header "$1")}" | b64url).$(printf %s "$2" | b64url)
	printf '%s.%s' "$input" "$(printf %s "$input" | openssl dgst -sha256 -sign "$work/$1.key" | b64url)"
}

# sign_in NAME [SCOPE]: $client with that certificate; the status
sign_in() {
	local now
	now=$(date +%s)
	get one "/$tenant/oauth2/v2.0/token" -d "client_id=$client" -d grant_type=client_credentials \
		--data-urlencode "scope=${2:-https://graph.microsoft.com/.default}" \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
		-d "client_assertion=$(signed "$1" "$(printf '{"aud":"%s/%s/oauth2/v2.0/token","iss":"%s","sub":"%s","jti":"x","nbf":%d,"exp":%d}' \
			"$origin" "$tenant" "$client" "$client" "$now" $((now + 600)))")"
}

signs_in() {
	equals 200 "$(sign_in "$@")" || { cat "$work/body"; return 1; }
	token=$(field .access_token)
}

# does_not_sign_in CODE NAME
does_not_sign_in() {
	sign_in "$2" >"$work/status"
	equals "$1" "$(field '.error_codes[0]')"
}
