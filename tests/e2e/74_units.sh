#!/bin/bash
# Renewal that nobody watches: the units as they are installed, the condition they ask, and the metrics it leaves behind.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
units=$EXS_PREFIX/lib/systemd/system
all=(exosign-{renew,retire,runbook}@.{service,timer})
most=15 # of systemd-analyze security, in tenths: it may get better, not worse

has_systemd() {
	command -v systemd-analyze >/dev/null && return 0
	skip 'systemd-analyze is not installed'
	return 1
}
# as_installed UNIT: a copy whose programs are here, whatever they are on the machine it is for
as_installed() {
	mkdir -p "$own/units"
	sed "s|/etc/exosign/runbooks/%i\$|$exosign|" "$units/$1" >"$own/units/$1"
	echo "$own/units/$1"
}

story 'the units are installed, and name the program that is'
for unit in "${all[@]}"; do
	expect "$unit" test -s "$units/$unit"
done
expect 'their user' grep -q '^u exosign' "$EXS_PREFIX/lib/sysusers.d/exosign.conf"
expect 'the program' grep -qF "ExecStart=$exosign --no-input --profile %i --log-format json app key rotate --yes \$ROTATE_OPTIONS" "$units/exosign-renew@.service"
expect 'no frame is left' bash -c "! grep -rn '@CMAKE' '$units'"

story 'systemd understands every line'
if has_systemd; then
	for unit in "${all[@]}"; do
		as_installed "$unit" >/dev/null
	done
	for unit in "${all[@]}"; do
		expect_exit 0 -- systemd-analyze verify --man=no "$own/units/$unit"
		err_empty
	done
	sed 's/^NoNewPrivileges=/NoNewPrivilege=/' "$own/units/exosign-renew@.service" >"$own/units/wrong@.service"
	run systemd-analyze verify --man=no "$own/units/wrong@.service"
	err_has 'NoNewPrivilege'
fi

story 'the services are closed as far as they can be'
if has_systemd; then
	for unit in exosign-{renew,retire,runbook}@.service; do
		expect_exit 0 -- systemd-analyze security --no-pager --offline=true --threshold=$most "$(as_installed "$unit")"
	done
	sed '/^ProtectSystem=\|^CapabilityBoundingSet=\|^SystemCallFilter=/d' "$(as_installed exosign-renew@.service)" >"$own/units/open@.service"
	run systemd-analyze security --no-pager --offline=true --threshold=$most "$own/units/open@.service"
	expect 'a unit that is open is told' test "$status" -ne 0
fi

story 'what a person must see to stops the restarts, and nothing else does'
for unit in exosign-{renew,retire,runbook}@.service; do
	expect "$unit" grep -qx 'RestartPreventExitStatus=2 3 4 6 7 9 13' "$units/$unit"
	expect "$unit" grep -qx 'Restart=on-failure' "$units/$unit"
done
for code in 2 3 4 6 7 9 13; do
	expect_exit 0 -- exo explain exit-$code
done

story 'no secret is in a unit: a PIN comes as a credential'
expect 'none' bash -c "! grep -rniE 'pin-value|Environment=.*PIN|--pin-fd' '$units'"
expect 'the example' grep -q 'LoadCredentialEncrypted=exo-pin:' "$units/exosign-renew@.service"

sandbox_up --mailboxes 1
# The condition of the unit, as systemd would run it for this profile, with this much time.
condition() {
	sed -n 's/^ExecCondition=//p' "$units/exosign-renew@.service" |
		sed "s|%i|sandbox|g; s|%C/exosign|$own/cache|; s|\\\${RENEW_WITHIN}|$1|; s|$exosign|$exosign --config $conf|"
}
mkdir "$own/cache"
metrics=$own/cache/sandbox.prom

# OpenMetrics 1.0, as far as gauges go: every sample's family was described before it, and # EOF ends the text.
well_formed() {
	perl -e '
		local $/; my $text = <STDIN>; my %gauge;
		$text =~ s/# EOF\n\z// or die "no end\n";
		for (split /\n/, $text) {
			if (/^# TYPE ([a-z_]+) gauge$/) { die "twice\n" if $gauge{$1}++ }
			elsif (/^# HELP ([a-z_]+) \S.*$/) { die "no type\n" unless $gauge{$1} }
			elsif (/^([a-z_]+)\{([a-z0-9_]+="(?:[^"\\\n]|\\[\\"n])*")(,[a-z0-9_]+="(?:[^"\\\n]|\\[\\"n])*")*\} -?\d+$/) { die "no type\n" unless $gauge{$1} }
			else { die "not a line: $_\n" }
		}' <"$1"
}
sample() { sed -n "s/^$1{.*} //p" "$metrics"; }

story 'the condition of the unit: not due is 1, due is 0, cannot tell is 255'
# shellcheck disable=SC2046
expect_exit 1 -- $(condition 30d)
# shellcheck disable=SC2046
expect_exit 0 -- $(condition 4000d)
conf=$(profile 'key=pkcs11:token=nowhere?module-path=/usr/lib/softhsm/libsofthsm2.so')
# shellcheck disable=SC2046
expect_exit 255 -- $(condition 30d)
conf=$sandbox/exosign.conf

story 'the metrics: when it ends, whether it is due, and whether it could be told'
# shellcheck disable=SC2046
expect_exit 1 -- $(condition 30d)
expect 'well-formed' well_formed "$metrics"
expect 'for everybody' test "$(stat -c %a "$metrics")" = 644
expect 'nothing else is left' test "$(find "$own/cache" -type f | wc -l)" -eq 1
"$exosign" sandbox device cert --store "$sandbox" --token sandbox --label exchange >"$own/cert.pem"
expect 'the end of the certificate' test "$(sample exosign_certificate_not_after_seconds)" -eq \
	"$(date -d "$(openssl x509 -in "$own/cert.pem" -noout -enddate | sed 's/.*=//')" +%s)"
expect 'not due' test "$(sample exosign_certificate_due)" -eq 0
expect 'readable' test "$(sample exosign_certificate_readable)" -eq 1
expect 'named by the profile' grep -q '{profile="sandbox",sha1="[0-9A-F]*",subject="CN=exosign sandbox"}' "$metrics"
# shellcheck disable=SC2046
expect_exit 0 -- $(condition 4000d)
expect 'due' test "$(sample exosign_certificate_due)" -eq 1
conf=$(profile 'key=pkcs11:token=nowhere?module-path=/usr/lib/softhsm/libsofthsm2.so')
# shellcheck disable=SC2046
expect_exit 255 -- $(condition 30d)
expect 'well-formed' well_formed "$metrics"
expect 'not readable' test "$(sample exosign_certificate_readable)" -eq 0
expect 'and nothing is said of an end' test -z "$(sample exosign_certificate_not_after_seconds)"
conf=$sandbox/exosign.conf
cp "$metrics" "$own/before"
expect_exit 255 -- exo cert due --metrics "$own/nowhere/x.prom"
err_has 'error[E-FILE'

story 'what the unit runs renews the certificate, and then it is not due'
# The command of the unit, as systemd would run it for this profile.
renew() { sed -n 's/^ExecStart=//p' "$units/exosign-renew@.service" | sed "s|%i|sandbox|g; s|\$ROTATE_OPTIONS|$1|; s|$exosign|$exosign --config $conf|"; }
"$exosign" sandbox device create --store "$own/soon" --token soon label=app,not-after=+864000 >/dev/null 2>&1 || bad 'no token'
secret "$(cat "$own/soon/pin")"
"$exosign" sandbox device cert --store "$own/soon" --token soon --label app >"$own/soon.pem"
"$exosign" sandbox app --dir "$sandbox" cert add "$own/soon.pem" >/dev/null
"$exosign" sandbox app --dir "$sandbox" role add Application.Read.All >/dev/null # it finds its own object id
conf=$(profile "key=pkcs11:token=soon;object=app?module-path=/usr/lib/softhsm/libsofthsm2.so" "softhsm-conf=$own/soon/softhsm2.conf" "pin-source=file:$own/soon/pin")
# shellcheck disable=SC2046
expect_exit 0 -- $(condition 30d)
expect_exit 0 -- exo token get
# shellcheck disable=SC2046
expect_exit 0 -- $(renew '--days 365')
# shellcheck disable=SC2046
expect_exit 1 -- $(condition 30d)
expect 'not due' test "$(sample exosign_certificate_due)" -eq 0
expect_exit 0 -- exo token get
renewed=$conf
conf=$sandbox/exosign.conf

story 'what was left for an overlap is taken away by the other unit, and before its end it stays'
retire() { sed -n 's/^ExecStart=//p' "$units/exosign-retire@.service" | sed "s|%i|sandbox|g; s|$exosign|$exosign --config $conf|"; }
conf=$renewed
# shellcheck disable=SC2046
expect_exit 0 -- $(retire)
out_json 'select(.step == "retire") | .state == "left-out" or .state == "done"'
# shellcheck disable=SC2046
expect_exit 0 -- $(renew '--overlap 2')
out_json 'select(.step == "retire") | .state == "waiting"'
for _ in {1..100}; do
	# shellcheck disable=SC2046
	run $(retire)
	if jq -es 'any(.[]; .step == "retire" and .state == "made")' "$out" >/dev/null; then break; fi
	sleep 0.1
done
expect 'it goes when its time is over' jq -es 'any(.[]; .step == "retire" and .state == "made")' "$out"
expect_exit 0 -- exo token get
conf=$sandbox/exosign.conf

story 'names with quotes and backslashes stay one line'
"$exosign" sandbox device create --store "$own/odd" --token odd 'label=main,cn=a "quoted\" name' >/dev/null 2>&1 || bad 'no token'
secret "$(cat "$own/odd/pin")"
conf=$(profile "key=pkcs11:token=odd;object=main?module-path=/usr/lib/softhsm/libsofthsm2.so" "softhsm-conf=$own/odd/softhsm2.conf")
expect_exit 1 -- exo cert due --metrics "$metrics"
expect 'well-formed' well_formed "$metrics"
expect 'and one sample' test "$(grep -c '^exosign_certificate_due{' "$metrics")" -eq 1
