#!/bin/bash
# What a code means, asked offline: in every spelling, for every table, and what is said of codes nobody knows.
. "$(dirname "$0")/lib.sh"

# Without any network where this machine lets us take it away.
apart=()
if unshare -rn true 2>/dev/null; then apart=(unshare -rn); fi
explain() { expect_exit 0 -- "${apart[@]}" "$exosign" explain "$@"; }

story 'a code is found in every spelling'
for word in CKR_USER_NOT_LOGGED_IN ckr_user_not_logged_in user-not-logged-in 0x101 0X00000101 257; do
	explain "$word"
	out_json '.code == "CKR_USER_NOT_LOGGED_IN" and .kind == "pkcs11" and .number == "0x101" and .error == "E-PIN-NONE" and .exit == 4'
done
for word in E-PIN-WRONG e-pin-wrong pin-wrong pin_wrong 'PIN WRONG'; do
	explain "$word"
	out_json '.code == "E-PIN-WRONG" and .kind == "exosign" and .exit == 4 and (.fix | length > 0)'
done
for word in AADSTS700027 aadsts700027 700027 E-ENTRA-700027; do
	explain "$word"
	out_json '.code == "AADSTS700027" and .kind == "directory" and .error == "E-ENTRA-700027" and .exit == 7'
done
for word in HTTP-403 http-403 'HTTP 403' 403; do
	explain "$word"
	out_json '.code == "HTTP-403" and .kind == "http" and .number == "403" and .exit == 9 and (.why | length > 0)'
done
for word in exit-4 4 pin; do
	explain "$word"
	out_json '.code == "exit-4" and .exit == 4'
done

story 'what means several things gives a row for each'
explain 6
out_lines 2
out_has '"CKR_FUNCTION_FAILED"'
out_has '"exit-6"'
explain pin-locked
out_has '"E-PIN-LOCKED"'
out_has '"CKR_PIN_LOCKED"'

story 'a closer form of our code leads to its row'
explain E-ENTRA-INVALID-CLIENT
out_json '.code == "E-ENTRA"'

story 'an unknown code is not guessed at, but the nearest is named'
expect_error E-USAGE 2 -- exo explain CKR_PIN_INCORECT
err_has 'perhaps CKR_PIN_INCORRECT was meant'
out_empty
expect_error E-USAGE 2 -- exo explain e-pin-wrnog
err_has 'perhaps E-PIN-WRONG was meant'
expect_error E-USAGE 2 -- exo explain 0x80000001
err_has "the module's maker"
expect_error E-USAGE 2 -- exo explain AADSTS4242424
err_has 'error?code=4242424'
expect_error E-USAGE 2 -- exo explain completely-else
err_has 'exosign explain lists'
expect_error E-USAGE 2 -- exo explain ''
expect_error E-USAGE 2 -- exo explain E-PIN-WRONG E-PIN-LOCKED

story 'without a code all are listed, each with a meaning, and foreign ones with what to do'
expect_exit 0 -- exo explain
out_json '(.code | length > 0) and (.meaning | length > 0)'
cp "$out" "$own/all"
expect 'all tables are there' test "$(jq -r .kind "$own/all" | sort -u | tr '\n' ' ')" = 'directory exchange exit exosign graph http pkcs11 '
expect 'each CKR says why and what to do' jq -es 'map(select(.kind == "pkcs11")) | length > 90 and all(.[]; (.why | length > 0) and (.fix | length > 0))' "$own/all"
expect 'no code twice' test -z "$(jq -r .code "$own/all" | sort | uniq -d)"
while read -r code; do
	grep -qF "\"$code\"" "$own/all" || bad "$code is not explained"
done < <(perl -0777 -ne 'print "$1\n" while /\bCODE\(\w+,\s*"([^"]+)"/g' "$EXS_SOURCE_DIR/src/base/codes.def")
expect_exit 0 -- exo explain -o csv --select code,exit
out_has 'E-PIN-WRONG,4'

story 'no configuration is read for it'
conf=/nonexistent/config
expect_exit 0 -- exo explain E-PIN-WRONG
conf=''

story 'the manual has the same sentences'
page=$(find "$EXS_PREFIX" -name exosign.1 | head -n 1)
if [ -z "$page" ] || ! command -v mandoc >/dev/null; then
	skip 'no manual page or no mandoc here'
else
	mandoc -T ascii -O width=1000 "$page" | perl -pe 's{.\x08}{}g; s/\s+/ /g' >"$own/manual"
	while IFS=$'\t' read -r code meaning; do
		grep -qF "$code" "$own/manual" || bad "the manual lacks $code"
		grep -qF "$meaning" "$own/manual" || bad "the manual lacks: $meaning"
	done < <(jq -r 'select(.kind == "pkcs11") | [.code, .meaning] | @tsv' "$own/all")
	met
fi

