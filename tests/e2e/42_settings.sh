#!/bin/bash
# Settings that are wrong: every one is found, told with its place, and no secret is a setting.
. "$(dirname "$0")/lib.sh"

story 'check finds every problem of every file and profile in one run'
cat >"$own/wrong.conf" <<'INI'
[exosign]
default-profil = x
tenant = a
[profile "one"]
tennant = a
x5c = maybe
[cabinet]
key = value
[profile "two"]
softhsm-conf = x
INI
chmod 600 "$own/wrong.conf"
expect_exit 3 -- env EXOSIGN_TIMEOUT=soon "$exosign" --config "$own/wrong.conf" config check
out_empty
for problem in ':2: there is no setting' ':3: tenant is a profile' ':5: there is no setting "tennant"' ':6: x5c is yes or no' \
	':7: there is no section' 'EXOSIGN_TIMEOUT: timeout' 'profile "one"' 'profile "two"' ':10: softhsm-conf'; do
	err_has "$problem"
done
err_lacks ':8:'
expect_exit 3 -- "$exosign" --config "$own/wrong.conf" --log-format json config check
err_json '.error.exit == 3'

story 'a secret is no setting, no option and no variable'
secret 4711-0815
for name in pin password client-secret pfx; do
	printf '[profile "x"]\n%s = 4711-0815\n' "$name" >"$own/secret.conf"
	expect_error E-CONFIG-KEY 3 -- "$exosign" --config "$own/secret.conf" config show
	err_has "secret.conf:2: there is no setting \"$name\""
	err_matches 'fix:  (a PIN is never|the key stays)'
	expect_error E-USAGE 2 -- "$exosign" "--$name=4711-0815" config show
done
expect_exit 0 -- env EXOSIGN_PIN=4711-0815 EXOSIGN_TENNANT=a "$exosign" config show
err_has 'EXOSIGN_PIN is not used'
err_has 'perhaps EXOSIGN_TENANT was meant'
printf '[profile "x"]\npin-source = 4711-0815\n' >"$own/secret.conf"
expect_error E-CONFIG-VALUE 3 -- "$exosign" --config "$own/secret.conf" config show
printf '[profile "x"]\nproxy = http://me:4711-0815@proxy.example:1\n' >"$own/secret.conf"
expect_exit 0 -- "$exosign" --config "$own/secret.conf" config show
out_has '***@proxy.example'

story 'bytes that are no text, and lines without end, are refused with their line'
for bytes in '\xff\xfe' 'a\0b' '\x1b[2J'; do
	printf '[profile "x"]\ntenant = %b\n' "$bytes" >"$own/bytes.conf"
	expect_error E-CONFIG-SYNTAX 3 -- "$exosign" --config "$own/bytes.conf" config show
	err_has 'bytes.conf:2:'
done
for code in 10000:E-CONFIG-VALUE 100000:E-CONFIG-SYNTAX; do
	length=${code%%:*} code=${code#*:}
	{ printf '[profile "x"]\nanchor = ' && head -c "$length" /dev/zero | tr '\0' a && echo; } >"$own/bytes.conf"
	expect_error "$code" 3 -- "$exosign" --config "$own/bytes.conf" config show
	err_has 'bytes.conf:2:'
	expect 'the line is not repeated' test "$(wc -c <"$err")" -lt 1000
done

story 'a profile with a typing error is told with the nearest'
printf '[profile "production"]\ntenant = a\n' >"$own/typo.conf"
expect_error E-PROFILE 3 -- "$exosign" --config "$own/typo.conf" --profile prodution config show
err_has 'perhaps production was meant'
expect_error E-CONFIG-FILE 3 -- "$exosign" --config "$own/nowhere.conf" config show
expect_error E-CONFIG-FILE 3 -- "$exosign" --config "$own" config show

story 'version, help and completions need no configuration and load no module'
export EXOSIGN_CONFIG=$own/wrong.conf
for words in version --version --help 'help run' 'completion bash' 'completion zsh' 'completion fish'; do
	# shellcheck disable=SC2086
	expect_exit 0 -- "$exosign" $words
	err_empty
	# shellcheck disable=SC2086
	strace -f -o "$own/trace" -e trace=openat "$exosign" $words >/dev/null 2>&1
	expect "$words opens no module" test "$(grep -cE 'softhsm|opensc|pkcs11\.so|\.module' "$own/trace")" -eq 0
done

story 'the completions are valid, and bash completes'
"$exosign" completion bash >"$own/completion"
expect 'bash reads it' bash -n "$own/completion"
for shell in zsh fish; do
	"$exosign" completion $shell >"$own/completion.$shell"
	expect "$shell reads its own" $shell -n "$own/completion.$shell"
done
unset EXOSIGN_CONFIG
COMP_WORDS=(exosign tok) COMP_CWORD=1 COMPREPLY=()
# shellcheck source=/dev/null
. "$own/completion"
"$(complete -p exosign | sed 's/.*-F \([^ ]*\).*/\1/')" exosign tok exosign >/dev/null 2>&1
expect "tok becomes token, not ${COMPREPLY[*]-nothing}" test "${COMPREPLY[*]+"${COMPREPLY[*]% }"}" = token

# "${as_system[@]}" COMMAND...: where the system's configuration directory is one of this script's own
system_files=$own/etc
mkdir -p "$system_files/exosign/conf.d" "$EXS_PREFIX/etc"
chmod 755 "$system_files" "$system_files/exosign" "$system_files/exosign/conf.d"
as_system=(unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$system_files" "$EXS_PREFIX/etc")

story 'the system file and its drop-ins count, and what they lock nobody else may set'
if ! "${as_system[@]}" true 2>/dev/null; then
	skip 'only root may give a command another view of the file system'
else
	printf '[exosign]\nlock = cloud, allow-extractable\n[profile "one"]\ncloud = usgov\ntenant = a.example\n' \
		>"$system_files/exosign/config"
	printf '[profile "one"]\ntenant = b.example\npage-size = 7\n' >"$system_files/exosign/conf.d/10-more.conf"
	chmod 644 "$system_files/exosign/config" "$system_files/exosign/conf.d/10-more.conf"
	expect_exit 0 -- "${as_system[@]}" "$exosign" --profile one -o ndjson config show
	out_json '.value == "b.example" and (.from | test("10-more.conf:2")) or .setting != "tenant"'
	out_has usgov
	expect_error E-CONFIG-LOCKED 3 -- "${as_system[@]}" "$exosign" --profile one --cloud public config show
	err_has 'config:2'
	expect_error E-CONFIG-LOCKED 3 -- "${as_system[@]}" env EXOSIGN_ALLOW_EXTRACTABLE=yes "$exosign" --profile one config show
	printf '[profile "one"]\ncloud = public\n' >"$own/user.conf"
	expect_error E-CONFIG-LOCKED 3 -- "${as_system[@]}" "$exosign" --config "$own/user.conf" --profile one config show
	printf '[exosign]\nlock = cloud\n' >"$own/user.conf"
	expect_error E-CONFIG-KEY 3 -- "${as_system[@]}" "$exosign" --config "$own/user.conf" --profile one config show
	chmod 666 "$system_files/exosign/conf.d/10-more.conf"
	expect_error E-FILE-MODE 3 -- "${as_system[@]}" "$exosign" --profile one config show
fi
