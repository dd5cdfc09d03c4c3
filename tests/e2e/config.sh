#!/bin/bash
# exosign config: where each setting comes from, and files that are wrong are named with their line.
. "$(dirname "$0")/lib.sh"

mkdir -p "$HOME/.config/exosign"
user=$HOME/.config/exosign/config
cat >"$user" <<'INI'
[exosign]
default-profile = prod

[profile "prod"]
tenant = contoso.onmicrosoft.com
organization = contoso.onmicrosoft.com
client-id = 11111111-2222-3333-4444-555555555555
key = pkcs11:token=prod;object=exchange

[profile "test"]
tenant = fabrikam.onmicrosoft.com
organization = fabrikam.onmicrosoft.com
client-id = 66666666-2222-3333-4444-555555555555
key = pkcs11:token=test;object=exchange
INI
chmod 600 "$user"
value() { jq -r --arg s "$1" 'select(.setting == $s).value' "$out"; }
from() { jq -r --arg s "$1" 'select(.setting == $s).from' "$out"; }
comes() { # SETTING VALUE FROM
	if [ "$(value "$1")" = "$2" ] && [[ $(from "$1") == *"$3" ]]; then
		met
	else
		bad "$1 is $(value "$1") from $(from "$1"), wanted $2 from $3"
	fi
}

story 'each setting tells its value and its place'
expect_exit 0 -- exo config show -o ndjson
comes profile prod config:2
comes tenant contoso.onmicrosoft.com config:5
comes client-id 11111111-2222-3333-4444-555555555555 config:7
comes page-size 1000 default
comes cloud public default

story 'flags win over variables, variables over --config, --config over the user'"'"'s file'
printf '[profile "prod"]\ntenant = from-config.example\norganization = from-config.example\n' >"$own/more.conf"
expect_exit 0 -- env EXOSIGN_TENANT=from-variable.example EXOSIGN_ORGANIZATION=from-variable.example \
	"$exosign" --config "$own/more.conf" config show -o ndjson
comes tenant from-variable.example EXOSIGN_TENANT
expect_exit 0 -- env EXOSIGN_TENANT=from-variable.example \
	"$exosign" --config "$own/more.conf" --tenant from-flag.example config show -o ndjson
comes tenant from-flag.example --tenant
comes organization from-config.example more.conf:3
comes client-id 11111111-2222-3333-4444-555555555555 config:7

story 'a profile is chosen by flag or variable'
expect_exit 0 -- exo --profile test config show -o ndjson
comes tenant fabrikam.onmicrosoft.com config:11
expect_exit 0 -- env EXOSIGN_PROFILE=test "$exosign" config show -o ndjson
comes tenant fabrikam.onmicrosoft.com config:11

story 'a profile that is not there is refused, with those that are'
expect_error E-PROFILE 3 -- exo --profile staging config show
err_has prod
err_has test

story 'check reads every profile'
expect_exit 0 -- exo config check
out_lines 2
out_json '.state == "good"'

story 'a profile that lacks something is named by check'
printf '[profile "half"]\ntenant = a.example\n' >"$own/half.conf"
expect_exit 3 -- exo --config "$own/half.conf" config check
err_has 'error[E-CONFIG-MISSING'
err_has '"half"'

# wrong NAME CODE TEXT...: a file with this content is refused with the code, its place and what else is said
wrong() {
	local content=$1 code=$2 text
	shift 2
	printf '%b' "$content" >"$own/wrong.conf"
	expect_error "$code" 3 -- "$exosign" --config "$own/wrong.conf" config check
	err_has "$own/wrong.conf"
	for text in "$@"; do err_has "$text"; done
}

story 'an unknown setting is an error with file, line and the nearest name'
wrong '[profile "x"]\ntenat = a.example\n' E-CONFIG-KEY ':2:' 'tenat' 'perhaps tenant'

story 'a value of the wrong kind is an error'
wrong '[profile "x"]\npage-size = many\n' E-CONFIG-VALUE ':2' 'page-size'
wrong '[profile "x"]\npage-size = 1001\n' E-CONFIG-VALUE ':2'
wrong '[profile "x"]\ncloud = mars\n' E-CONFIG-VALUE ':2'
wrong '[profile "x"]\nx5c = perhaps\n' E-CONFIG-VALUE ':2'
wrong '[profile "x"]\nendpoint.login = http://plain.example\n' E- ':2'

story 'a PIN in the key URI is refused and not repeated'
secret 4711-0815
wrong '[profile "x"]\nkey = pkcs11:token=t?pin-value=4711-0815\n' E-PIN-IN-URI

story 'lines that are none are errors'
wrong 'tenant = a.example\n' E-CONFIG-SYNTAX ':1'
wrong '[profile "x"\ntenant = a.example\n' E-CONFIG-SYNTAX ':1'
wrong '[profile "x"]\nnonsense\n' E-CONFIG-SYNTAX ':2'
wrong '[profile "x"]\ntenant = a\ntenant = b\n' E-CONFIG-SYNTAX ':3'
wrong '[cabinet]\na = b\n' E-CONFIG-KEY ':1'

story 'a line of 10,000 bytes is an error, not half a setting'
wrong "[profile \"x\"]\ntenant = $(head -c 10000 /dev/zero | tr '\0' a)\n" E-CONFIG-VALUE ':2'

story 'a file that others may write is not read'
cp "$user" "$own/open.conf" && chmod 666 "$own/open.conf"
expect_error E-FILE-MODE 3 -- "$exosign" --config "$own/open.conf" config show
err_has 'chmod go-w'

story 'a file that is not there is an error when it was named'
expect_error E- 3 -- "$exosign" --config "$own/nowhere.conf" config show
err_has nowhere.conf

story 'without any file the program says what is missing'
rm "$user"
expect_error E-CONFIG-MISSING 3 -- exo token get
err_has 'fix:'
