#!/bin/bash
# No name, no route, no server, a proxy in between: each is told apart. And nothing goes to a host that the profile does not name.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 25
port=$(sed -n 's/^endpoint\.login = https:..localhost://p' "$conf")
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

# listen NAME ADDRESS COMMAND...: a listener of socat's that runs the command for each connection; its port goes to $listener,
# what it does to $own/NAME.socat
listen() {
	local waited=0 log=$own/$1.socat
	background socat -d -d -lf "$log" "$2,bind=127.0.0.1,fork" "EXEC:${*:3}" 2>/dev/null
	until grep -q 'listening on' "$log" 2>/dev/null || [ $waited -gt 100 ]; do sleep 0.1 && waited=$((waited + 1)); done
	listener=$(sed -n 's/.* listening on .*:\([0-9]*\)$/\1/p' "$log" | head -n 1)
	[ -n "$listener" ] || exit 1
}
# met_nobody NAME: nobody ever connected to that listener
met_nobody() {
	if grep -q 'accepting connection' "$own/$1.socat"; then bad "somebody connected to $1"; else met; fi
}
# proxy NAME ANSWER [PORT]: a pretended proxy; its address goes to $proxy
proxy() {
	: >"$own/$1.asked"
	listen "$1" TCP4-LISTEN:0 "$EXS_SOURCE_DIR/tests/support/proxy.sh $own/$1.asked ${*:2}"
	proxy=http://127.0.0.1:$listener
}
closed=1 # a port of the loopback where nobody listens

story 'a port where nobody listens'
expect_error 'E-NETWORK]' 8 -- exo token get --endpoint-login "https://localhost:$closed"
err_has "localhost:$closed: no connection can be made"
err_has 'check the network, a firewall'

story 'a server that speaks no TLS'
listen plain TCP4-LISTEN:0 "$EXS_SOURCE_DIR/tests/support/proxy.sh $own/plain.asked silent"
expect_error 'E-' 8 -- exo token get --endpoint-login "https://127.0.0.1:$listener" --timeout 3
err_matches 'fix:  .'

story 'plain HTTP is not spoken, and a sandbox is nowhere else'
from_here
for address in "http://localhost:$port" "localhost:$port" "ftp://localhost:$port" "https://user:word@localhost:$port" \
	"https://localhost:$port/path"; do
	expect_error 'E-CONFIG-VALUE]' 2 -- exo token get --endpoint-login "$address"
	err_lacks user:word
done
expect_error 'E-CONFIG-VALUE]' 2 -- exo token get --token-endpoint "http://localhost:$port/token"
expect_error 'E-CONFIG-VALUE]' 3 -- exo token get --endpoint-login https://login.microsoftonline.com
err_has 'which is not this machine'
expect_error 'E-CONFIG-VALUE]' 3 -- exo token get --token-endpoint https://issuer.example/token
counted http.connection 0

story 'a redirect of the token endpoint is named and not followed'
listen stranger TCP4-LISTEN:0 /bin/cat
stranger=$listener
for address in "https://127.0.0.1:$stranger/login" "http://127.0.0.1:$stranger/" "https://localhost:$stranger/oauth2/v2.0/token"; do
	fault "redirect=$address"
	expect_error 'E-ENTRA-ANSWER]' 8 -- exo token get
	err_has 'redirects (status 302)'
	err_has 'nothing was sent there'
	no_faults
done
met_nobody stranger

# As for a real tenant: a cloud with hosts of its own, some of them overridden, and the token known to SoftHSM by its own means.
export SOFTHSM2_CONF=$sandbox/softhsm2.conf
sandbox_conf=$conf
conf=$(profile cloud=public softhsm-conf=)

story 'the overridden hosts of a cloud are spoken to, and a list stays among them'
from_here
expect_exit 0 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --select Name
out_lines 25
counted exchange.page 5
fault "x-link-foreign=https://127.0.0.1:$stranger/adminapi"
expect_exit 13 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --select Name
err_has 'error[E-HOST]'
no_faults
fault "x-link-foreign=http://localhost:$port/adminapi"
expect_exit 13 -- exo run Get-Mailbox -ResultSize Unlimited --page-size 5 --select Name
err_has 'error[E-HOST]'
no_faults
met_nobody stranger

story 'a name that does not exist'
expect_error 'E-NETWORK]' 8 -- exo token get --endpoint-login https://login.nowhere.invalid
err_has 'login.nowhere.invalid: the name cannot be resolved'
err_has "check the host's spelling"

story 'a proxy that works is used: from the profile, a flag or HTTPS_PROXY'
proxy working tunnel "$port"
HTTPS_PROXY=$proxy expect_exit 0 -- exo token get
expect 'it was asked for a tunnel' grep -qxF "CONNECT localhost:$port HTTP/1.1" "$own/working.asked"
expect 'it heard of no token' test "$(grep -c -i -e authorization -e client_assertion "$own/working.asked")" -eq 0
expect_exit 0 -- exo token get --proxy "$proxy"
conf=$(profile cloud=public softhsm-conf= "proxy=$proxy") expect_exit 0 -- exo token get
expect 'each time' test "$(grep -c '^CONNECT ' "$own/working.asked")" -eq 3
HTTPS_PROXY=$proxy expect_exit 0 -- exo config show -o csv
out_has "proxy,$proxy,HTTPS_PROXY"

story 'NO_PROXY keeps hosts from it, and so does a sandbox'
: >"$own/working.asked"
HTTPS_PROXY=$proxy NO_PROXY=elsewhere.example,localhost expect_exit 0 -- exo token get
HTTPS_PROXY=$proxy expect_exit 0 -- exo token get --no-proxy localhost
kept=$conf conf=$sandbox_conf
HTTPS_PROXY=$proxy expect_exit 0 -- exo token get
conf=$kept
expect 'it was not asked' test ! -s "$own/working.asked"

story 'a proxy that refuses is told from a service that does'
printf 'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n' >"$own/407"
printf 'HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>no</html' >"$own/502"
printf 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n' >"$own/garbage"
from_here
proxy locked "$own/407"
HTTPS_PROXY=$proxy expect_error 'E-PROXY]' 8 -- exo token get
err_has "the proxy $proxy wants a user name and a password"
err_has 'config show says where it comes from'
proxy gateway "$own/502"
HTTPS_PROXY=$proxy expect_error 'E-PROXY]' 8 -- exo run Get-Mailbox
err_has "the proxy $proxy refuses to connect to localhost:$port (status 502)"
proxy garbled "$own/garbage"
HTTPS_PROXY=$proxy expect_error 'E-PROXY]' 8 -- exo token get
err_has "the proxy $proxy cannot be used"
proxy silent silent
HTTPS_PROXY=$proxy expect_error 'E-PROXY]' 8 -- exo token get
err_has "the proxy $proxy cannot be used"
counted http.connection 0

story 'a proxy that is not there'
HTTPS_PROXY=http://127.0.0.1:$closed expect_error 'E-PROXY]' 8 -- exo token get
err_has "the proxy http://127.0.0.1:$closed cannot be used"
HTTPS_PROXY=http://proxy.nowhere.invalid:3128 expect_error 'E-PROXY]' 8 -- exo token get
err_has 'the name of the proxy http://proxy.nowhere.invalid:3128 cannot be resolved'

story 'a password for the proxy goes to the proxy and nowhere else'
secret hunter2
proxy guarded tunnel "$port"
HTTPS_PROXY=http://ann:hunter2@127.0.0.1:$listener expect_exit 0 -- exo -v -v token get
expect 'the proxy heard it' grep -qi '^proxy-authorization: basic ' "$own/guarded.asked"
HTTPS_PROXY=http://ann:hunter2@127.0.0.1:$closed expect_error 'E-PROXY]' 8 -- exo token get
HTTPS_PROXY=http://ann:hunter2@127.0.0.1:$closed expect_exit 0 -- exo config show

story 'behind a proxy that inspects, the stranger'\''s certificate is refused and the proxy named'
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$own/inspector.key" -subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-days 2 -out "$own/inspector.crt" 2>/dev/null
cat "$own/inspector.key" "$own/inspector.crt" >"$own/inspector.pem"
listen inspector "OPENSSL-LISTEN:0,verify=0,cert=$own/inspector.pem" /bin/cat
proxy inspecting tunnel "$listener"
HTTPS_PROXY=$proxy expect_error 'E-TLS-CA]' 8 -- exo token get
err_has "proxy in use: $proxy"

story 'with the cable pulled, nothing hangs and the name service is blamed'
if unshare -n true 2>/dev/null; then
	expect_error 'E-NETWORK]' 8 -- unshare -n "$exosign" --config "$(profile cloud=public softhsm-conf= endpoint.login=)" token get
	err_has 'login.microsoftonline.com: the name cannot be resolved'
	expect_error 'E-NETWORK]' 8 -- unshare -n "$exosign" --config "$conf" token get
	err_has "localhost:$port: no connection can be made"
else
	skip 'this machine lets nobody make a network namespace'
fi
