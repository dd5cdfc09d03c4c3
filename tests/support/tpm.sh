#!/bin/bash
# A TPM in software (swtpm) with a token of tpm2-pkcs11 in it: label "tpm", its PIN in DIR/pin, keys "signer" (RSA-2048, id 01)
# and "curve" (P-256, id 02), each with a certificate on the token and in DIR/NAME.pem.
#
#   tpm.sh up DIR       makes and starts it; DIR/environment says what its users must export, a NAME=VALUE a line.
#                       Ends with 77 and the reason when a package is missing.
#   tpm.sh down DIR     ends it
#   tpm.sh unlock DIR   ends the lockout that wrong PINs have caused
#   tpm.sh flush DIR    closes what programs have left open in it
#
# There is no resource manager: one program at a time, and each must finalise its module, as on a machine with /dev/tpm0.
set -euo pipefail
module=/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so
[ $# -eq 2 ] || { echo "usage: tpm.sh up|down|unlock|flush DIR" >&2 && exit 2; }
dir=$2
export TPM2_PKCS11_TCTI=swtpm:path=$dir/socket TPM2_PKCS11_STORE=$dir/store TPM2TOOLS_TCTI=swtpm:path=$dir/socket
export TSS2_LOG=all+none

down() {
	[ ! -e "$dir/pid" ] || kill "$(cat "$dir/pid")" 2>/dev/null || true
	rm -f "$dir/pid"
}

token() {
	exosign_pin=$(cat "$dir/pin") exosign_so_pin=officer1 pkcs11-tool --module "$module" "$@" >>"$dir/log" 2>&1
}

start() {
	mkdir -p "$dir/state" "$dir/store"
	chmod 700 "$dir" "$dir/state" "$dir/store"
	swtpm socket --tpm2 --tpmstate "dir=$dir/state" --server "type=unixio,path=$dir/socket" \
		--ctrl "type=unixio,path=$dir/socket.ctrl" --flags not-need-init,startup-clear >"$dir/log" 2>&1 </dev/null &
	echo $! >"$dir/pid"
	for _ in {1..200}; do
		[ ! -S "$dir/socket" ] || return 0
		sleep 0.05
	done
	return 1
}

# A certificate over the device's public key, by a maker of our own: what an organisation's CA would send back.
certify() {
	token --token-label tpm --read-object --type pubkey --id "$2" -o "$dir/$1.pub"
	openssl req -new -key "$dir/maker.key" -subj "/CN=$1" -out "$dir/$1.csr"
	openssl x509 -req -in "$dir/$1.csr" -CA "$dir/maker.pem" -CAkey "$dir/maker.key" -CAcreateserial -days 30 \
		-force_pubkey "$dir/$1.pub" -keyform DER -out "$dir/$1.pem"
	openssl x509 -in "$dir/$1.pem" -outform DER -out "$dir/$1.der"
	token --token-label tpm --login --pin env:exosign_pin --write-object "$dir/$1.der" --type cert --id "$2" --label "$1"
}

fill() {
	(umask 077 && printf 'tpm%05d\n' $((RANDOM % 100000)) >"$dir/pin")
	token --slot-index 0 --init-token --label tpm --so-pin env:exosign_so_pin
	token --token-label tpm --login --login-type so --so-pin env:exosign_so_pin --init-pin --pin env:exosign_pin
	token --token-label tpm --login --pin env:exosign_pin --keypairgen --key-type rsa:2048 --id 01 --label signer
	token --token-label tpm --login --pin env:exosign_pin --keypairgen --key-type EC:prime256v1 --id 02 --label curve
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/maker.key" -out "$dir/maker.pem" -subj /CN=maker -days 30
	certify signer 01
	certify curve 02
} >>"$dir/log" 2>&1

case $1 in
up)
	for tool in swtpm pkcs11-tool tpm2_dictionarylockout openssl; do
		command -v "$tool" >/dev/null || { echo "$tool is not installed" && exit 77; }
	done
	[ -r "$module" ] || { echo "tpm2-pkcs11 is not installed" && exit 77; }
	if [ ${#dir} -gt 90 ]; then echo "the name of $dir is too long for a socket" >&2 && exit 1; fi
	if ! start || ! fill; then
		tail -n 20 "$dir/log" >&2
		down
		exit 1
	fi
	printf '%s\n' "TPM2_PKCS11_TCTI=$TPM2_PKCS11_TCTI" "TPM2_PKCS11_STORE=$TPM2_PKCS11_STORE" "TPM2TOOLS_TCTI=$TPM2TOOLS_TCTI" "TSS2_LOG=$TSS2_LOG" \
		>"$dir/environment"
	;;
down) down ;;
unlock) tpm2_dictionarylockout --clear-lockout ;;
flush)
	for kind in transient-object loaded-session saved-session; do tpm2_flushcontext --$kind; done
	;;
*) exit 2 ;;
esac
