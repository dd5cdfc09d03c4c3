#!/bin/bash
# Keys made in a device, looked at, vouched for and destroyed, through the program.
. "$(dirname "$0")/lib.sh"

sandbox_up
main=$conf
module=$(sed -n 's/^key = .*module-path=//p' "$conf")
store=$own/store
"$exosign" sandbox device create --store "$store" --token keys label=twin,id=01 label=twin,id=02 label=leaky,extractable \
	label=bare,no-cert >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
secret "$(cat "$store/pin")"
# at WORDS: the URI of an object of that token
at() { echo "pkcs11:token=keys;$1?module-path=$module"; }
conf=$(profile "key=$(at 'object=bare;type=private')" "softhsm-conf=$store/softhsm2.conf" "pin-source=file:$store/pin")
device=$conf
# on_terminal WORDS: the program at a terminal at which nobody types; what it shows is in $out
on_terminal() { run script -qefc "$(printf '%q ' "$exosign" --config "$conf" "$@")" /dev/null; }

story 'a key of each type is made, cannot leave, and is shown as it is'
for type in rsa2048:RSA-2048 rsa3072:RSA-3072 rsa4096:RSA-4096 p256:'EC P-256' p384:'EC P-384'; do
	expect_exit 0 -- exo key generate "$(at "object=new-${type%%:*}")" --type "${type%%:*}"
	out_json ".type == \"${type#*:}\" and .attributes.sensitive == \"yes\" and .attributes.extractable == \"no\""
	out_json '.attributes.never_extractable == "yes" and .attributes.sign == "yes" and (.id | length) == 40'
	jq -r .uri "$out" >"$own/uri"
	expect_exit 0 -- exo key show "$(cat "$own/uri")"
	out_json ".uri == \"$(cat "$own/uri")\" and .certificates == []"
	expect_exit 0 -- exo hsm list "$(at "object=new-${type%%:*}")"
done

story 'a new key signs'
expect_exit 0 -- exo key evidence "$(at object=new-p384)"
cp "$out" "$own/new.json"
expect_exit 0 -- exo key evidence --check "$own/new.json"
out_json '.proved.possession.alg == "ES384" and .claimed_by_module.label == "new-p384"'

story 'the id of the URI is taken, and a key may want its PIN each time'
expect_exit 0 -- exo key generate "$(at 'object=strict;id=%77')" --type p256 --always-authenticate
out_json '.id == "77" and .attributes.always_authenticate == "yes"'

story 'what is there already is not made again, and a new key needs a name'
expect_error E-KEY-EXISTS 6 -- exo key generate "$(at object=strict)"
err_has 'object=strict'
expect_error E-KEY-EXISTS 6 -- exo key generate "$(at 'object=else;id=%77')"
expect_error E-URI 3 -- exo key generate "$(at 'id=%78')"
err_has 'object=NAME'
expect_error E-USAGE 2 -- exo key generate "$(at object=small)" --type rsa1024
expect_error E-USAGE 2 -- exo key generate

story 'the key of the profile is shown with the certificate that has its public key'
conf=$main
expect_exit 0 -- exo key show
out_json '.certificates | length == 1 and (.[0].sha1 | length) == 40 and (.[0].uri | startswith("pkcs11:"))'
conf=$device

story 'two keys that match are both listed'
expect_error E-KEY-AMBIGUOUS 6 -- exo key show "$(at object=twin)"
err_has 'id=%01'
err_has 'id=%02'
expect_error E-KEY-AMBIGUOUS 6 -- exo key delete --yes "$(at object=twin)"
expect_error E-KEY-ABSENT 6 -- exo key show "$(at object=nowhere)"

story 'a wrong PIN makes no key and is sent once; without one nothing is asked'
echo 99999999 >"$own/wrong" && chmod 600 "$own/wrong"
conf=$(profile "key=$(at object=bare)" "softhsm-conf=$store/softhsm2.conf" "pin-source=file:$own/wrong")
expect_error E-PIN-WRONG 4 -- exo key generate "$(at object=unpaid)" --type p256
expect_error E-PIN-KNOWN-BAD 4 -- exo key generate "$(at object=unpaid)" --type p256
conf=$(profile "key=$(at object=bare)" "softhsm-conf=$store/softhsm2.conf" pin-source=)
expect_error E-PIN-NONE 4 -- exo --no-input key generate "$(at object=unpaid)" --type p256
expect_error E-PIN-NONE 4 -- exo --no-input key show "$(at object=bare)"
conf=$device
expect_exit 0 -- exo --forget-pin-failure key show
expect_error E-KEY-ABSENT 6 -- exo key show "$(at object=unpaid)"

story 'evidence is signed by the key and holds for anybody, without a device or settings'
expect_exit 0 -- exo key evidence
out_json 'keys == ["payload", "protected", "signature"]'
cp "$out" "$own/evidence.json"
conf=''
expect_exit 0 -- "$exosign" key evidence --check "$own/evidence.json"
out_json '.result == "good" and .proved.possession.alg == "PS256" and .proved.attestation == null'
out_json '.claimed_by_module.attributes.extractable == "no" and .claimed_by_module.software_token == "yes"'
stdin=$own/evidence.json expect_exit 0 -- "$exosign" key evidence --check -
jq -c '.payload |= sub("^.{40}"; "eyJ0eXBlIjoiZXhvc2lnbi1rZXktZXZpZGVuY2Ui")' "$own/evidence.json" >"$own/same.json"
expect_exit 0 -- "$exosign" key evidence --check "$own/same.json"
jq -c '.payload |= sub("MjAyN"; "MjAxN")' "$own/evidence.json" >"$own/changed.json"
expect 'a change' test "$(cat "$own/changed.json")" != "$(cat "$own/same.json")"
expect_error E-EVIDENCE 6 -- "$exosign" key evidence --check "$own/changed.json"
expect_error E-EVIDENCE 6 -- "$exosign" key evidence --check /dev/null
expect_exit 3 -- "$exosign" key evidence --check "$own/nowhere.json"
expect_error E-USAGE 2 -- "$exosign" key evidence --check "$own/evidence.json" pkcs11:token=keys
conf=$device

story 'a root that was named must be led to'
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -out "$own/root.pem" -subj /CN=root -days 3 2>/dev/null
expect_error E-ATTESTATION 6 -- exo key evidence --attestation-root "$own/root.pem"
expect_error E-ATTESTATION 6 -- exo key evidence --check "$own/evidence.json" --attestation-root "$own/root.pem"

story 'a key that could leave does not vouch'
expect_error E-KEY-EXTRACTABLE 6 -- exo key evidence "$(at object=leaky)"

story 'a key is destroyed only after a yes'
expect_error E-UNCONFIRMED 2 -- exo key delete "$(at object=new-p256)"
err_has '--yes'
at_terminal 'destroy the EC P-256' n -- exo key delete "$(at object=new-p256)"
expect 'exit 2 after a no' test "$status" -eq 2
out_has 'id '
out_has 'token "keys" (serial '
expect_exit 0 -- exo key show "$(at object=new-p256)"
at_terminal 'destroy the RSA-2048 key "leaky"' n -- exo key delete "$(at object=leaky)"
out_matches 'Its certificate CN=[^(]*\(SHA-1 [0-9A-F]{40}, until [0-9-]{10}\) is of no use without it\.'
at_terminal 'destroy the EC P-256' y -- exo key delete "$(at object=new-p256)"
expect 'exit 0 after a yes' test "$status" -eq 0
expect_error E-KEY-ABSENT 6 -- exo key show "$(at object=new-p256)"
expect_exit 0 -- exo key delete --yes "$(at object=new-p384)"
out_json '.label == "new-p384"'
# neither half is left: the label is free again
expect_exit 0 -- exo key generate "$(at object=new-p384)" --type p384
on_terminal --no-input key delete "$(at object=new-p384)"
out_has E-UNCONFIRMED

story 'the key of a profile is destroyed with --yes alone'
on_terminal key delete "$(at object=bare)"
expect 'exit 2 at a terminal' test "$status" -eq 2
out_has 'a key of profile "sandbox"'
expect_exit 0 -- exo key show
expect_exit 0 -- exo key delete --yes "$(at object=bare)"
err_has 'a key of profile "sandbox"'
expect_error E-KEY-ABSENT 6 -- exo key show

story 'a terminal is told what comes next'
on_terminal key generate "$(at object=next)" --type p256
expect 'exit 0' test "$status" -eq 0
out_has "next: exosign cert create 'pkcs11:"
