#!/bin/bash
# What an identity may run: asked for once, kept, used to check and complete; and parameters that are secrets.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
sandbox_up
cache=$HOME/.cache/exosign
who=gulay.yildiz

# requests: how many the whole tenant has seen
requests() {
	tenant_count '.ledger["http.request"] // 0'
}
# old HOURS: the kept list, made so many hours older
old() {
	local file
	file=$(grep -l "Get-Mailbox" "$cache"/cmdlets-*)
	awk -v s=$(($1 * 3600)) -F'\t' -v OFS='\t' '$1 == "fetched" { $2 -= s } $1 != "sum"' "$file" >"$own/list"
	printf 'sum\t%s\n' "$(sha256sum <"$own/list" | cut -d' ' -f1)" >>"$own/list"
	cp "$own/list" "$file"
}

story 'the service is asked once, and what it said is kept for this user alone'
from_here
expect_exit 0 -- exo cmdlets
out_json '.Cmdlet | test("^[A-Z][a-z]+-[A-Za-z0-9]+$")'
expect 'Set-Mailbox is among them' grep -q '"Cmdlet":"Set-Mailbox"' "$out"
expect 'no helper of the script is' test "$(grep -cE 'Join-SandboxWords|Get-NotThisOne|Get-NorThis|Get-NothingAtAll' "$out")" -eq 0
err_empty
cp "$out" "$own/first"
before=$(requests)
expect_exit 0 -- exo cmdlets
expect 'the same again' cmp -s "$own/first" "$out"
expect 'nobody was asked' test "$(requests)" -eq "$before"
err_has 'kept list age='
counted exchange.script 1
expect 'private' test "$(stat -c %a "$cache" "$cache"/cmdlets-* | tr '\n' ' ')" = '700 600 '
expect 'no script in it' test "$(grep -cE 'function|param' "$cache"/cmdlets-*)" -eq 0
expect_exit 0 -- exo -q cmdlets --refresh -o none
out_empty
err_empty
counted exchange.script 2

story 'patterns choose cmdlets in any case, and one name shows its parameters'
expect_exit 0 -- exo cmdlets 'get-*folder*' --select Cmdlet
out_is '{"Cmdlet":"Get-MailboxFolderPermission"}'
expect_exit 0 -- exo cmdlets set-mailbox
out_json '.Cmdlet == "Set-Mailbox" and (.Type | type) == "string"'
for row in '"Identity","Type":"string","Required":"yes"' '"Password","Type":"securestring"' '"Force","Type":"switch"' \
	'"HiddenFromAddressListsEnabled","Type":"bool"' '"ResourceCapacity","Type":"int"' '"ErrorAction","Type":"string","Required":"no","Aliases":["ea"]'; do
	out_has "\"Parameter\":$row"
done
expect_exit 0 -- exo cmdlets 'Test-*' --parameters -o csv --select Parameter,Type
out_has 'BytesList,byte[][]'
out_has 'Secret,securestring'
expect_exit 0 -- exo cmdlets '*NoSuchThing*'
out_empty
expect_error E-CMDLET-UNKNOWN 2 -- exo cmdlets Set-Malibox
err_has 'perhaps Set-Mailbox was meant'
expect_error E-USAGE 2 -- exo --api v2 cmdlets --refresh

story 'names, abbreviations and simple types are checked before anything is sent'
from_here
expect_error E-CMDLET-UNKNOWN 2 -- exo run Set-Malibox -Identity $who
expect_error E-PARAMETER-UNKNOWN 2 -- exo run Set-Mailbox -Idendity $who
err_has 'perhaps -Identity was meant'
expect_error E-PARAMETER 2 -- exo run Set-Mailbox -Identity $who -HiddenFromAddressListsEnabled true
err_has "'\$true'"
expect_error E-PARAMETER 2 -- exo run Get-Mailbox -Re 5
err_has '-RecipientTypeDetails, -ResultSize'
counted http.request 0
expect_exit 0 -- exo run get-mailbox -ident $who -resultS 1 --select Name
out_has "$who"
expect_exit 0 -- exo --dry-run run Set-Mailbox -Ident $who -Hid '$true'
out_json '.body.CmdletInput.Parameters == {"Identity":"'$who'","HiddenFromAddressListsEnabled":true,"Confirm":false}'
expect_exit 0 -- exo run --ps "Get-Mailbox -Fil 'Name -eq ''$who'''" --select Name
out_has "$who"
expect_exit 10 -- exo run --no-check Get-Mailbox -Idendity $who
err_has E-EXO-PARAMETER

story 'an old list stops nobody: the service is asked about a name it lacks, and its silence is no refusal'
old 1
from_here
expect_error E-PARAMETER-UNKNOWN 2 -- exo run Set-Mailbox -Idendity $who
counted exchange.script 1
old 30
expect_exit 0 -- exo cmdlets 'Get-Mailbox*'
err_matches 'warning.*kept list.*age="1 day'
from_here
expect_exit 0 -- exo run Get-Mailbox -Identity $who --output none
counted exchange.script 0
sed -i '/^p\tAnr\t/d' "$cache"/cmdlets-*
old 0
fault x-script=truncated
expect_exit 0 -- exo run Get-Mailbox -Anr $who --select Name
err_has 'has no parameter -Anr'
err_has 'could not be asked for anew'
out_has "$who"
expect_exit 0 -- exo run --dry-run Get-Mailbox -Anr $who
err_has 'kept list of cmdlets does not have it'
no_faults
expect_exit 0 -- exo run Get-Mailbox -Anr $who --output none
err_empty

old -48
expect_exit 0 -- exo cmdlets 'Get-Mailbox*'
err_has 'from the future'
expect_exit 0 -- exo cmdlets --refresh -o none

story 'a list that was changed, cut short or opened to others is not believed'
for harm in 'sed -i 1,9s/object/string/' 'sed -i $d' 'chmod 644'; do
	exo_list=$(echo "$cache"/cmdlets-*)
	# shellcheck disable=SC2086
	$harm "$exo_list"
	expect_exit 0 -- exo run Get-Mailbox -Identity $who --output none
	err_has 'kept cmdlets ignored'
	expect_exit 0 -- exo cmdlets -o none --refresh
done
expect_exit 0 -- exo cmdlets -o none
err_lacks ignored

story 'names alone come from CmdletInfo where the script is refused; what is no list is told'
fault x-script=refused
expect_exit 0 -- exo cmdlets --refresh Set-Mailbox
out_json '.Cmdlet == "Set-Mailbox" and .Type == null'
expect_exit 0 -- exo run Get-Mailbox -Ident $who --output none
no_faults
for how in truncated malformed empty; do
	fault x-script=$how
	expect_error E- 8 -- exo --timeout 20 cmdlets --refresh
	no_faults
done
expect_exit 0 -- env CACHE_DIRECTORY=/dev/null/none "$exosign" --config "$conf" cmdlets Set-Mailbox
err_has 'cmdlets not kept'
out_has '"Identity"'
fault x-script=oversized
expect_error E-ANSWER-SIZE 8 -- exo cmdlets --refresh
no_faults
fault half-body --count 1
expect_exit 0 -- exo cmdlets --refresh -o none
no_faults
port=$(sed -n 's/^endpoint.exchange *= *https:\/\/localhost:\([0-9]*\).*/\1/p' "$conf")
fault x-redirect-foreign=https://exchange.invalid
expect_error E-HOST 13 -- exo cmdlets --refresh
no_faults
fault "x-redirect=https://localhost:$port" --count 1
expect_exit 0 -- exo cmdlets --refresh -o none
no_faults

story "the list is the caller's own: with another role, and of another service, it is another"
"$exosign" sandbox app wid remove 'Exchange Administrator' --dir "$sandbox" >/dev/null
"$exosign" sandbox app wid add 'Global Reader' --dir "$sandbox" >/dev/null
expect_exit 0 -- exo cmdlets --refresh
out_has '"Get-Mailbox"'
out_lacks Set-Mailbox
from_here
expect_error E-CMDLET-UNKNOWN 2 -- exo run Set-Mailbox -Identity $who -Office x
counted http.request 0
expect_exit 0 -- exo --service compliance cmdlets
out_lacks '"Get-Mailbox"'
out_has Get-
expect 'two files' test "$(find "$cache" -type f | wc -l)" -eq 2
"$exosign" sandbox app wid add 'Exchange Administrator' --dir "$sandbox" >/dev/null
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Office x --no-check
old 1
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Office y
expect 'a cmdlet granted since then just runs' grep -q 'Set-Mailbox' "$cache"/cmdlets-*
rm "$cache"/cmdlets-*
expect_exit 0 -- exo cmdlets -o none

story 'a shell completes from the kept list: no device, no network, three shells'
from_here
strace -f -o "$own/trace" -e trace=connect,openat "$exosign" complete --config "$conf" run Set-M >"$own/words"
expect 'names' test "$(tr '\n' ' ' <"$own/words")" = 'Set-Mailbox Set-MailboxFolderPermission '
expect 'nothing was opened but files' test "$(grep -cE 'connect\(|softhsm2.so|pkcs11' "$own/trace")" -eq 0
expect_exit 0 -- "$exosign" complete --config "$conf" run Set-Mailbox -Identity x -pass
out_is -Password
expect_exit 0 -- "$exosign" complete --config "$own/none" run Set-M
out_empty
err_empty
"$exosign" completion bash >"$own/bash" && "$exosign" completion fish >"$own/fish"
expect 'bash completes' bash -c '. "$1"; COMP_WORDS=(exosign --config "$2" run set-mailboxf) COMP_CWORD=4; _exosign
	[ "${COMPREPLY[*]}" = Set-MailboxFolderPermission ]' - "$own/bash" "$conf"
expect 'fish completes' test "$(fish -c "source $own/fish; complete -C 'exosign --config $conf run Set-Mailbox -Pass'")" = -Password
counted http.request 0

story 'a secret comes from a file, a descriptor or the terminal, and arrives'
password='Geheim-w'$'\303\266''rt-12'
secret "$password"
digest=$(printf %s "$password" | sha256sum | cut -d' ' -f1)
printf '%s\n' "$password" >"$own/password"
expect_error E-FILE-MODE 3 -- exo run Test-SandboxBinding -Secret@"$own/password"
chmod 600 "$own/password"
from_here
expect_exit 0 -- exo run Test-SandboxBinding -Secret@"$own/password"
out_has "${digest^^}"
stdin=$own/password expect_exit 0 -- exo run Test-SandboxBinding -Sec@fd:0
out_has "${digest^^}"
expect_exit 0 -- bash -c 'exec 7<"$0"; exec "$@"' "$own/password" "$exosign" --config "$conf" run Set-Mailbox -Identity $who -Password@fd:7
at_terminal '-Secret for Test-SandboxBinding: ' "$password" -- exo run -o ndjson Test-SandboxBinding -Secret
out_has "${digest^^}"
at_terminal '-Secret for Test-SandboxBinding: ' "$password" -- exo run -o ndjson --ps 'Test-SandboxBinding -Secret'
out_has "${digest^^}"
counted secret.current 5
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Password '$null' -DisplayName Gulay

story 'a secret that is written out is refused with the way out, and nothing is sent'
from_here
expect_error E-SECRET-ARGUMENT 2 -- exo run Set-Mailbox -Identity $who -Password "$password"
err_has 'Password@FILE'
expect_error E-SECRET-ARGUMENT 2 -- exo run Set-Mailbox -Identity $who -Password:"$password"
expect_error E-SECRET-ARGUMENT 2 -- exo run Set-Mailbox -Identity $who "-Password:=\"$password\""
expect_error E-SECRET-ARGUMENT 2 -- exo run Set-Mailbox -Identity $who -Pass "$password"
expect_error E-SECRET-ARGUMENT 2 -- exo run --ps "Set-Mailbox -Identity $who -Password '$password'"
expect_error E-SECRET-ARGUMENT 2 -- exo run --ps "Set-Mailbox -Identity $who -Password (ConvertTo-SecureString '$password' -AsPlainText -Force)"
err_has 'nothing in a line is run'
expect_error E-SECRET-SOURCE 3 -- exo run Set-Mailbox -Identity $who -Password
expect_error E-SECRET-SOURCE 3 -- exo run Set-Mailbox -Identity $who -Password@fd:9
expect_error E-PARAMETER 2 -- exo run Set-Mailbox -Identity $who -DisplayName@fd:0
mv "$cache" "$own/away"
expect_error E-SECRET-ARGUMENT 2 -- exo run New-Mailbox -Name x -Password "$password"
counted http.request 0

story 'without a kept list a secret fetches it first; a dry run shows no secret and asks nobody'
expect_exit 0 -- exo run --dry-run Set-Mailbox -Identity $who -Password@"$own/password"
out_json '.body.CmdletInput.Parameters.Password == "(encrypted)"'
counted http.request 0
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Password@"$own/password"
counted exchange.script 1
counted secret.current 1

story 'another key of the service is taken from a fresh list alone, and told with both fingerprints'
fault x-new-key --count 1
expect_exit 0 -- exo cmdlets --refresh -o none
err_matches 'notice: .*another key.* before=[0-9a-f]{64} now=[0-9a-f]{64}'
expect_exit 0 -- exo cmdlets --refresh -o none
err_empty
cp -p "$cache"/cmdlets-* "$own/list"
fault x-new-key --count 1
expect_exit 0 -- env XDG_CACHE_HOME="$own/other" "$exosign" --config "$conf" cmdlets -o none
from_here
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Password@"$own/password"
counted secret.previous 1
fault x-new-key --count 1
expect_exit 0 -- env XDG_CACHE_HOME="$own/another" "$exosign" --config "$conf" cmdlets -o none
expect_exit 10 -- exo run Set-Mailbox -Identity $who -Password@"$own/password"
err_has 'cmdlets --refresh'
counted secret.refused 1
fault x-script=keyless
expect_exit 0 -- exo cmdlets --refresh -o none
no_faults
expect_exit 0 -- exo cmdlets --refresh -o none
expect_exit 0 -- exo run Set-Mailbox -Identity $who -Password@"$own/password"
mv "$cache" "$own/away2"
fault x-script=keyless
expect_error E-SECRET-KEY 8 -- exo run Set-Mailbox -Identity $who -Password@"$own/password"
no_faults

story 'the password and its ciphertext are seen nowhere: outputs, logs, files, calls but the one to the service'
expect_exit 0 -- exo cmdlets --refresh -o none
for format in text json; do
	expect_exit 0 -- strace -f -s 65536 -e trace=execve,write,writev,openat -o "$own/trace" "$exosign" --config "$conf" -v -v \
		--log-format $format run Set-Mailbox -Identity $who -Password@"$own/password"
	expect 'no password in a call' test "$(grep -cF -- "$password" "$own/trace")" -eq 0
	expect 'no ciphertext in a call' test "$(grep -cE '"Password\\*":|[A-Za-z0-9+/]{300,}' "$own/trace")" -eq 0
	err_has Password
done
expect 'no password in our files' test "$(grep -rlF -- "$password" "$HOME" "$own/run" "$own/tmp" "$sandbox" | wc -l)" -eq 0
