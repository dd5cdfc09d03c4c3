#!/bin/bash
# A server that cannot prove who it is gets nothing: not an assertion, not a byte of a request.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up --mailboxes 1

# distrusted CODE EXIT -- COMMAND...: refused before a request was sent
distrusted() {
	from_here
	expect_error "$1]" "$2" -- "${@:4}"
	err_matches 'fix:  .'
	counted http.request 0
	counted token.request 0
}
# again MODE: the same tenant behind another kind of TLS
again() {
	"$exosign" sandbox down --dir "$sandbox" >/dev/null
	"$exosign" sandbox up --dir "$sandbox" --tls "$1" >"$own/up" 2>&1 || { cat "$own/up" && exit 1; }
}

story 'a root that is not trusted is named, with the file that lacks it'
cp "$sandbox/ca.pem" "$own/right.pem"
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj '/CN=another authority' -days 2 -out "$own/another.pem" 2>/dev/null
distrusted E-TLS-CA 8 -- exo token get --ca-file "$own/another.pem"
err_has 'cannot verify localhost:'
err_matches 'the chain ends in "CN=exosign sandbox authority [0-9a-f]+", which .*/another.pem does not know'
err_has 'verification cannot be switched off'
distrusted E-TLS-CA 8 -- exo run Get-Mailbox --ca-file "$own/another.pem"
conf=$(profile ca-file=)
distrusted E-TLS-CA 8 -- exo token get
err_has "the system's store does not know"
err_has 'add ca-file to the profile'
conf=$sandbox/exosign.conf

story 'a file of roots that cannot be used is told by its name and what is wrong with it'
distrusted E-FILE 3 -- exo token get --ca-file "$own/absent.pem"
err_has 'absent.pem: No such file or directory'
mkdir "$own/directory.pem"
distrusted E-FILE 3 -- exo token get --ca-file "$own/directory.pem"
err_has 'directory.pem is not a regular file'
: >"$own/empty.pem"
distrusted E-FILE 3 -- exo token get --ca-file "$own/empty.pem"
err_has 'empty.pem holds no certificate in PEM form'
cp "$sandbox/ca.pem" "$own/unreadable.pem" && chmod 0 "$own/unreadable.pem"
if [ "$(id -u)" -ne 0 ]; then
	distrusted E-FILE 3 -- exo token get --ca-file "$own/unreadable.pem"
	err_has 'Permission denied'
fi

story 'the environment may name the roots, and config show says so'
conf=$(profile ca-file=)
EXOSIGN_CA_FILE=$own/right.pem expect_exit 0 -- exo token get
EXOSIGN_CA_FILE=$own/right.pem expect_exit 0 -- exo config show -o csv
out_matches "ca-file,.*right.pem,EXOSIGN_CA_FILE"
conf_kept=$conf conf=''
CURL_CA_BUNDLE=$own/right.pem expect_exit 0 -- exo config show -o csv --cloud public
out_matches "ca-file,.*right.pem,CURL_CA_BUNDLE"
CURL_CA_BUNDLE=$own/right.pem expect_exit 0 -- exo config show -o csv --cloud sandbox
out_lacks right.pem
conf=$conf_kept
conf=$sandbox/exosign.conf

story 'there is no switch for trust without proof'
for switch in --insecure -k --no-verify; do
	expect_error 'E-USAGE]' 2 -- exo token get $switch
done
conf=$(profile verify=no)
expect_error 'E-CONFIG-KEY]' 3 -- exo token get
conf=$sandbox/exosign.conf

story 'a certificate for another name is refused with the names it has'
again wrong-name
distrusted E-TLS 8 -- exo token get
err_has 'is not for localhost:'
err_has 'it is for elsewhere.example'
distrusted E-TLS 8 -- exo run Get-Mailbox

story 'an expired certificate of the server is refused with its dates and this machine'\''s clock'
again expired
distrusted E-TLS 8 -- exo token get
err_has 'has expired'
err_matches 'is valid from 20.* to 20.*; this machine'\''s clock says 20'
distrusted E-TLS 8 -- exo run Get-Mailbox

story 'TLS 1.1 is not spoken'
again tls11
distrusted E-TLS 8 -- exo token get
err_has 'no TLS 1.2 or newer'
distrusted E-TLS 8 -- exo run Get-Mailbox

story 'the same server with a good certificate is spoken to'
again good
expect_exit 0 -- exo token get
err_empty
