#!/bin/bash
# The directory says no. Each refusal is asked once and has a code, a cause, a remedy and the ids that support asks for;
# what the directory can never accept is refused before it is sent.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 25
port=$(sed -n 's/^endpoint\.login = https:..localhost://p' "$conf")
nobody=00000000-0000-4000-8000-000000000000
app() { "$exosign" sandbox app "$@" --dir "$sandbox" >/dev/null || bad "sandbox app $*"; }
certificate() { "$exosign" sandbox device cert --store "$sandbox" --token sandbox --label "$1"; }
certificate exchange >"$own/rsa.pem"
sha1=$(openssl x509 -in "$own/rsa.pem" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')
sha256=$(openssl x509 -in "$own/rsa.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g')

# refused CODE -- COMMAND...
refused() {
	from_here
	expect_error "E-ENTRA-$1]" 7 -- "${@:3}"
	err_matches 'why:  .'
	err_matches 'fix:  .'
	err_matches "ref:  AADSTS$1, trace [0-9a-f-]{36}, correlation [0-9a-f-]{36}, time .*\(exit 7\)"
	counted token.request 1
	counted token.issued 0
}
# unsent CODE EXIT -- COMMAND...
unsent() {
	from_here
	expect_error "$1]" "$2" -- "${@:4}"
	counted http.connection 0
}

story 'a tenant that does not exist is told from everything else'
refused 90002 -- exo token get --tenant "$nobody"
err_has 'the directory does not find the tenant'
err_has "$nobody"
err_has 'compare tenant and cloud in the profile'
refused 90002 -- exo run Get-Mailbox --tenant other.onmicrosoft.com
err_has 'other.onmicrosoft.com'
counted exchange.request 0

story 'common, organizations and nonsense are no tenant, and are not sent'
unsent E-CONFIG-VALUE 3 -- exo token get --tenant common
err_has '"common" and "organizations" do not work'
unsent E-CONFIG-VALUE 3 -- exo token get --tenant organizations
unsent E-CONFIG-VALUE 3 -- exo token get --tenant 'a/../b'

story 'an app that does not exist is told from everything else'
refused 700016 -- exo token get --client-id "$nobody"
err_has 'does not find the app in this tenant'
err_has "$nobody"
unsent E-CONFIG-VALUE 3 -- exo token get --client-id 'exchange-app'
err_has 'Application (client) ID'

story 'a refusal is the same as an object when JSON is wanted'
expect_exit 7 -- exo token get -o json --client-id "$nobody"
out_empty
err_json '.error | .code == "E-ENTRA-700016" and .status == "directory" and .exit == 7 and .native == "AADSTS700016" and
	(.message | length > 0) and (.why | length > 0) and (.fix | length > 0) and (.reference | contains("correlation "))'

story 'a disabled app is refused until it is enabled'
app disable
refused 7000112 -- exo token get
err_has 'enable the app'
app enable
expect_exit 0 -- exo token get
err_empty

story 'a certificate nobody registered is named by both thumbprints'
app cert remove "$sha1"
refused 700027 -- exo token get
err_has 'does not know the certificate that signed the assertion'
err_has "SHA-256 $sha256"
err_has "SHA-1 $sha1"
err_has 'upload the certificate'
refused 700027 -- exo run Get-Mailbox
counted exchange.request 0
app cert add "$own/rsa.pem"
expect_exit 0 -- exo token get

story 'a certificate that has not reached every server yet asks for patience'
fault token-late-key --count 1
refused 700027 -- exo token get
err_has 'wait some minutes'
expect_exit 0 -- exo token get
no_faults

story 'an algorithm that key or directory cannot take is refused before a signature'
unsent E-KEY-UNFIT 6 -- exo token get --alg ES256
err_has 'RSA-2048 cannot sign with ES256'
unsent E-KEY-UNFIT 6 -- exo token get --alg PS384
err_has 'Entra takes PS256 and RS256, not PS384'
err_has 'remove alg'

story 'RS256 is used when the profile says so, PS256 otherwise'
from_here
expect_exit 0 -- exo token get --alg RS256
counted assertion.RS256 1
counted assertion.PS256 0
from_here
expect_exit 0 -- exo token get
counted assertion.PS256 1
counted assertion.RS256 0

story 'a scope is refused with what is wrong with it'
refused 1002012 -- exo token get --scope https://outlook.office365.com
err_has 'must end in /.default'
refused 500011 -- exo token get --scope https://unknown.example/.default
err_has 'https://unknown.example'
refused 700022 -- exo token get --scope 'https://graph.microsoft.com/.default https://outlook.office365.com/.default'
err_has 'several resources'
unsent E-USAGE 2 -- exo token get --scope ''
unsent E-USAGE 2 -- exo token get --scope 'a"b'
unsent E-USAGE 2 -- exo token get --scope $'a\nb'
expect_exit 0 -- exo token get --scope graph
out_json '.aud == "https://graph.microsoft.com"'

story 'x5c and kid may go to Entra too'
expect_exit 0 -- exo token get --x5c yes
out_json '.aud == "https://outlook.office365.com"'
expect_exit 0 -- exo token get --kid 'a-name-of-ours'

# Another issuer: RFC 7523, strict, and an elliptic key.
"$exosign" sandbox device add --store "$sandbox" --token sandbox label=elliptic,type=p256 >/dev/null || exit 1
certificate elliptic >"$own/ec.pem"
app cert add "$own/ec.pem"
ec_uri="$(sed -n 's/^key = //p' "$conf" | sed 's/object=exchange/object=elliptic/')"
ec_sha256=$(openssl x509 -in "$own/ec.pem" -noout -fingerprint -sha256 | sed 's/.*=//; s/://g')
entra=$conf

story 'an elliptic key is not for Entra, and nothing is signed with it'
conf=$(profile "key=$ec_uri")
unsent E-KEY-UNFIT 6 -- exo token get
err_has 'Entra takes PS256 and RS256, not ES256'
err_has 'token-endpoint'

story 'another issuer takes an ES256 assertion by the thumbprint of its certificate'
conf=$(profile "key=$ec_uri" tenant= "token-endpoint=https://localhost:$port/issuer/token")
from_here
expect_exit 0 -- exo token get --scope api://thing
out_json '.scope == "api://thing" and .aud == "api://thing"'
counted issuer.issued 1
counted token.request 0

story 'another issuer takes an assertion by kid alone, for the audience it is named by'
conf=$(profile "key=$ec_uri" tenant= "token-endpoint=https://localhost:$port/issuer/token" certificate=none "kid=$ec_sha256" \
	"assertion-audience=https://localhost:$port/issuer")
expect_exit 0 -- exo token get --scope ''
may_show_token=1 expect_exit 0 -- exo assertion create
cp "$out" "$own/by-kid"
expect_exit 0 -- exo assertion decode "$own/by-kid"
out_json ".header == {alg: \"ES256\", typ: \"JWT\", kid: \"$ec_sha256\"} and .payload.aud == \"https://localhost:$port/issuer\""

story 'another issuer takes x5c, which is the certificate of the key'
conf=$(profile "key=$ec_uri" tenant= "token-endpoint=https://localhost:$port/issuer/token" x5c=yes)
expect_exit 0 -- exo token get
may_show_token=1 expect_exit 0 -- exo assertion create
cp "$out" "$own/with-x5c"
expect_exit 0 -- exo assertion decode "$own/with-x5c"
out_json ".header.x5c == [\"$(openssl x509 -in "$own/ec.pem" -outform der | base64 -w 0)\"]"

story 'what another issuer refuses is its own error, named as it names it'
conf=$(profile "key=$ec_uri" tenant= "token-endpoint=https://localhost:$port/issuer/token" certificate=none "kid=$ec_sha256")
expect_error 'E-ENTRA-INVALID-CLIENT]' 7 -- exo token get --assertion-audience https://elsewhere.example/token
err_has 'aud must be this endpoint'
err_has 'invalid_client'
expect_error 'E-ENTRA-INVALID-CLIENT]' 7 -- exo token get --kid unknown
err_has 'names no key of this client'
unsent E-KEY-UNFIT 6 -- exo token get --alg PS256

story 'each assertion for another issuer is a new one'
from_here
fault reset --count 1
expect_exit 0 -- exo token get
counted issuer.issued 2
counted issuer.refused 0
conf=$entra
