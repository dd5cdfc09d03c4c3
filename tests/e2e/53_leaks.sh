#!/bin/bash
# Nothing stays behind when keys are opened and closed; tests/bench/run does the same a thousand times.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

leaks=$EXS_SOURCE_DIR/tests/bench/leaks.sh rounds=$EXS_BUILD_DIR/tests/open_rounds
"$exosign" sandbox device create --store "$own/store" --token rounds label=ec,type=p256,no-cert >"$own/made" 2>&1
secret "$(cat "$own/store/pin")"
export SOFTHSM2_CONF=$own/store/softhsm2.conf

story 'opening, signing and closing again and again leaves nothing behind'
if ! command -v valgrind >/dev/null; then skip 'valgrind is not installed'; else
	seconds=300 expect_exit 0 -- "$leaks" 2 8 "$rounds" 'pkcs11:token=rounds;object=ec?module-path=/usr/lib/softhsm/libsofthsm2.so' \
		"$own/store/pin" ES256
	out_matches '^[0-9]+ [0-9]+ 0 0$'
fi

story 'a program that does leave something behind is seen'
if ! command -v valgrind >/dev/null; then skip 'valgrind is not installed'; else
	# a shell that keeps a variable a round
	cat >"$own/keeps" <<-'TEXT'
	#!/bin/bash
	for ((i = 0; i < $1 * 100; i++)); do kept[i]=$i; done
	TEXT
	chmod +x "$own/keeps"
	seconds=300 expect_exit 1 -- "$leaks" 1 3 "$own/keeps"
	out_matches '^[0-9]+ [0-9]+ 0 0$'
fi
