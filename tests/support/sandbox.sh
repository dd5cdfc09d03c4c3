# Sourced by the shell tests of the sandbox. A test is a function whose name is its sentence; run_tests runs them in order
# and reports in TAP, which tests/support/cmocka.sh counts. Everything lives below a temporary directory; every server that
# was started is ended by `down`.
# shellcheck shell=bash
set -uo pipefail
unset "${!EXOSIGN_@}" "${!SOFTHSM2_@}" "${!XDG_@}" http_proxy https_proxy HTTP_PROXY HTTPS_PROXY
export LC_ALL=C.UTF-8
EXS_BUILD_DIR=${EXS_BUILD_DIR:?the build directory}
work=$(mktemp -d "${TMPDIR:-/tmp}/sandbox-test.XXXXXX")
export HOME=$work/home
mkdir -m 700 "$HOME"

for tool in curl jq openssl pkcs11-tool; do
	if ! command -v "$tool" >/dev/null; then
		echo "$tool is not installed"
		exit 77
	fi
done

sandbox() {
	"$EXS_BUILD_DIR/exosign-sandbox" "$@"
}

clean_up() {
	local state
	find "$work" -name sandbox.json | while read -r state; do
		sandbox down --dir "${state%/*}" >&2
	done
	rm -rf "$work"
}
trap clean_up EXIT

# up NAME [OPTION...]: a sandbox in $work/NAME
up() {
	local name=$1
	shift
	sandbox up --dir "$work/$name" "$@" >"$work/up.out"
}

# conf NAME KEY: a value of its profile
conf() {
	sed -n "s/^$2 = //p" "$work/$1/exosign.conf"
}

# ledger NAME COUNTER
ledger() {
	sandbox status --dir "$work/$1" -o json | jq ".ledger[\"$2\"] // 0"
}

# get NAME PATH [CURL OPTION...]: the answer's headers go to $work/headers, its body to $work/body, its status to stdout
get() {
	local name=$1 path=$2
	shift 2
	curl -s --max-time 20 --cacert "$work/$name/ca.pem" -D "$work/headers" -o "$work/body" -w '%{http_code}' \
		"$@" "$(conf "$name" endpoint.login)$path"
}

b64url() {
	openssl base64 -A | tr '+/' '-_' | tr -d '='
}

unb64url() {
	local text
	text=$(tr '_-' '/+')
	while [ $((${#text} % 4)) -ne 0 ]; do text=$text=; done
	printf %s "$text" | openssl base64 -d -A
}

equals() {
	[ "$1" = "$2" ] || { echo "expected: $1"; echo "     got: $2"; return 1; }
}

contains() {
	grep -qE -- "$1" "$2" || { echo "no '$1' in $2:"; head -c 2000 "$2" | cat -v; return 1; }
}

lacks() {
	! grep -qE -- "$1" "$2" || { echo "'$1' is in $2:"; head -c 2000 "$2" | cat -v; return 1; }
}

# fails STATUS COMMAND...: the command must end with that status
fails() {
	local want=$1 got=0
	shift
	"$@" || got=$?
	equals "$want" "$got"
}

# ends_in_silence NAME: it goes down without a word in its log, a sanitizer's included
ends_in_silence() {
	sandbox down --dir "$work/$1"
	equals '' "$(cat "$work/$1/server.log")"
}

is_no_json() {
	if jq -e . "$1" >/dev/null 2>&1; then echo "$1 is JSON"; return 1; fi
}

run_tests() {
	local number=0 failed=0 status
	for name in "$@"; do
		number=$((number + 1))
		(
			set -e
			"$name"
		) >"$work/log" 2>&1 </dev/null
		status=$?
		if [ "$status" -eq 0 ]; then
			echo "ok $number - $name"
		else
			echo "not ok $number - $name"
			sed 's/^/# /' "$work/log"
			failed=1
		fi
	done
	echo "1..$number"
	exit "$failed"
}
