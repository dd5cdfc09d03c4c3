#!/bin/bash
# Modules by path, by name and through p11-kit's proxy; modules that fail beside others; tokens with 500 keys and odd neighbours;
# modules that others may change; and every way out finalises the module.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

sandbox_up
plain=$conf
softhsm=$(sed -n 's/^key = .*module-path=//p' "$conf")
proxy=/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so
faulty=$EXS_BUILD_DIR/tests/faulty_module.so
# key QUERY [SETTING...]: $conf with the sandbox's key and this behind its question mark
key() {
	local query=$1
	shift
	conf=$plain
	conf=$(profile "key=pkcs11:token=sandbox;object=exchange${query:+?$query}" "$@")
}
signs() { may_show_token=1 expect_exit 0 -- exo assertion create; }
# the directory of modules that p11-kit shall see
mkdir "$own/modules"
echo "module: $softhsm" >"$own/modules/good.module"
registered=("$EXS_SOURCE_DIR/tests/support/registered.sh" "$own/modules")
no_namespace=$("${registered[@]}") && no_namespace=''
# registered_exo N ARGUMENT...: expect_exit N with exosign among those modules
registered_exo() {
	local wanted=$1
	shift
	expect_exit "$wanted" -- "${registered[@]}" "$exosign" --config "$conf" "$@"
}

story 'a registered module is found by its name, and without one'
if [ -n "$no_namespace" ]; then skip "$no_namespace"; else
	for query in module-name=good ''; do
		key "$query"
		registered_exo 0 token get
		out_json '.scope'
		may_show_token=1 registered_exo 0 assertion create
	done
	registered_exo 0 hsm list -o ndjson
	expect 'its name is shown' jq -es 'any(.[]; .kind == "token" and .label == "sandbox" and .module == "good")' "$out"
	key module-name=other
	registered_exo 5 token get
	err_has 'p11-kit has: good'
fi

story "p11-kit's proxy stands for all registered modules"
if [ -n "$no_namespace" ]; then skip "$no_namespace"; elif [ ! -e "$proxy" ]; then skip 'p11-kit-proxy is not installed'; else
	key "module-path=$proxy"
	registered_exo 0 token get
	may_show_token=1 registered_exo 0 assertion create
	registered_exo 0 hsm list "pkcs11:?module-path=$proxy" -o ndjson
	expect 'the key is listed' jq -es 'any(.[]; .kind == "key" and .label == "exchange")' "$out"
fi
key module-path=/nonexistent/p11-kit-proxy.so
expect_error E-MODULE 5 -- exo token get

story 'registered modules that fail are named and stop nobody'
if [ -n "$no_namespace" ]; then skip "$no_namespace"; else
	echo text >"$own/text.so"
	echo 'C_Initialize 0 fail 0x5' >"$own/broken"
	echo 'module: /nonexistent/gone.so' >"$own/modules/gone.module"
	echo "module: $own/text.so" >"$own/modules/text.module"
	echo "module: $faulty" >"$own/modules/broken.module"
	echo 'remote: |exit 1' >"$own/modules/deaf.module"
	export EXS_FAULTY_SCRIPT=$own/broken
	conf=''
	expect_exit 0 -- "${registered[@]}" env SOFTHSM2_CONF="$sandbox/softhsm2.conf" "$exosign" hsm list -o ndjson
	for name in gone text broken; do
		expect "$name is named" jq -es "any(.[]; .kind == \"module\" and .module == \"$name\" and .problem != null)" "$out"
		err_matches "warning.*$name"
	done
	expect 'the good one is there' jq -es 'any(.[]; .kind == "key" and .module == "good")' "$out"
	key ''
	registered_exo 0 token get
	for name in gone text broken; do
		key module-name=$name
		registered_exo 5 token get
		err_has "error[E-MODULE]: the module $name cannot be used"
	done
	rm "$own/modules/"{gone,text,broken,deaf}.module
	unset EXS_FAULTY_SCRIPT
fi

story 'one token behind two modules is told apart by their names'
if [ -n "$no_namespace" ]; then skip "$no_namespace"; else
	cp "$softhsm" "$own/again.so"
	echo "module: $own/again.so" >"$own/modules/again.module"
	key ''
	registered_exo 6 token get
	err_has 'error[E-TOKEN-AMBIGUOUS]'
	err_has module-name=good
	err_has module-name=again
	for name in good again; do
		key module-name=$name
		registered_exo 0 token get
	done
	rm "$own/modules/again.module"
fi

story 'a token that another program serves over ssh is a registered module like others'
if [ -n "$no_namespace" ]; then skip "$no_namespace"; elif ! command -v p11-kit >/dev/null; then skip 'p11-kit is not installed'; else
	echo "remote: |p11-kit remote $softhsm" >"$own/modules/far.module"
	key module-name=far
	registered_exo 0 token get
	may_show_token=1 registered_exo 0 assertion create
	rm "$own/modules/far.module"
fi

story 'with privileges a module that others may change is refused, without it is not'
mkdir -m 777 "$own/open" && mkdir "$own/closed"
cp "$softhsm" "$own/open/module.so"
cp "$softhsm" "$own/closed/module.so"
chmod 666 "$own/closed/module.so"
ln -s "$own/open/module.so" "$own/link.so"
if [ "$(id -u)" -ne 0 ]; then skip 'this user has no privileges'; else
	for path in "$own/open/module.so" "$own/closed/module.so" "$own/link.so"; do
		key "module-path=$path"
		expect_error E-MODULE 5 -- exo token get
		err_has 'users other than root may change'
	done
	chmod 644 "$own/closed/module.so"
	key "module-path=$own/closed/module.so"
	expect_exit 0 -- exo token get
fi

story 'what a user has registered counts for the user, and not for root'
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then skip 'this takes root and setpriv'; else
	chmod 711 "$own"
	mkdir -p "$own/nobody/.config/pkcs11/modules"
	cp -r "$sandbox/tokens" "$sandbox/pin" "$own/nobody/"
	sed "s|$sandbox|$own/nobody|" "$sandbox/softhsm2.conf" >"$own/nobody/softhsm2.conf"
	cp "$softhsm" "$own/nobody/mine.so"
	echo "module: $own/nobody/mine.so" >"$own/nobody/.config/pkcs11/modules/mine.module"
	key module-name=mine "pin-source=file:$own/nobody/pin" "softhsm-conf=$own/nobody/softhsm2.conf"
	cp "$conf" "$own/nobody/conf"
	chown -R nobody "$own/nobody"
	if ! setpriv --reuid=nobody --clear-groups test -x "$exosign"; then skip 'nobody cannot reach the program'; else
		may_show_token=1 expect_exit 0 -- env -u XDG_RUNTIME_DIR HOME="$own/nobody" setpriv --reuid=nobody --clear-groups \
			"$exosign" --config "$own/nobody/conf" assertion create
		expect_error E-MODULE 5 -- env HOME="$own/nobody" "$exosign" --config "$conf" assertion create
		err_has 'no registered module is called mine'
	fi
fi

story 'the module is finalised once when a signal ends the program'
for signal in INT TERM HUP; do
	printf 'C_Sign 0 delay 700\n' >"$own/script"
	rm -f "$own/calls"
	key "module-path=$faulty"
	last_command="token get (and SIG$signal)"
	env --default-signal=INT,HUP EXS_FAULTY_SCRIPT="$own/script" EXS_FAULTY_LOG="$own/calls" "$exosign" --config "$conf" \
		token get >"$out" 2>"$err" </dev/null &
	pid=$!
	for _ in {1..400}; do
		if grep -qx C_Sign "$own/calls" 2>/dev/null; then break; fi
		sleep 0.02
	done
	kill -"$signal" $pid
	status=0
	wait $pid || status=$?
	expect "SIG$signal ends it with 130" test "$status" -eq 130
	expect "SIG$signal: finalised once" test "$(grep -cx C_Finalize "$own/calls")" -eq 1
	expect "SIG$signal: all sessions are closed" test "$(grep -cx C_OpenSession "$own/calls")" -eq "$(grep -cx C_CloseSession "$own/calls")"
done

story 'a key among 500, with an Ed25519 neighbour, is listed and signs'
"$exosign" sandbox device create --store "$own/many" --token many label=first label=edwards,type=ed25519,no-cert >"$own/made" 2>&1 ||
	bad "no token: $(cat "$own/made")"
"$EXS_SOURCE_DIR/tests/support/crowd.sh" "$exosign sandbox" "$own/many" many 498
secret "$(cat "$own/many/pin")"
"$exosign" sandbox device cert --store "$own/many" --token many --label first >"$own/first.pem"
"$exosign" sandbox app --dir "$sandbox" cert add "$own/first.pem" >/dev/null
conf=$plain
conf=$(profile "key=pkcs11:token=many;object=first?module-path=$softhsm" "softhsm-conf=$own/many/softhsm2.conf" "pin-source=file:$own/many/pin")
expect_exit 0 -- exo hsm list pkcs11:token=many -o ndjson
expect '500 keys' test "$(grep -c '"kind":"key"' "$out")" -eq 500
expect 'the neighbour is shown as what it is' jq -es 'any(.[]; .label == "edwards" and .type == "Edwards curve")' "$out"
expect_exit 0 -- exo token get
signs
conf=$(profile "key=pkcs11:token=many;object=edwards?module-path=$softhsm" "softhsm-conf=$own/many/softhsm2.conf" "pin-source=file:$own/many/pin")
expect_error E-KEY-UNFIT 6 -- exo assertion create

story 'two tokens of one name are told apart by their serials'
# two NAME [URI-ATTRIBUTE]: $conf with the key of both tokens and the PIN of this one
two() {
	conf=$plain
	conf=$(profile "key=pkcs11:token=same;object=k${2:+;$2}?module-path=$softhsm" "softhsm-conf=$own/two/a/softhsm2.conf" \
		"pin-source=file:$own/two/$1/pin")
}
declare -A serials
mkdir -m 700 "$own/two"
for name in a b; do
	"$exosign" sandbox device create --store "$own/two/$name" --token same label=k >"$own/made" 2>&1 || bad "no token: $(cat "$own/made")"
	"$exosign" sandbox device cert --store "$own/two/$name" --token same --label k >"$own/$name.pem"
	"$exosign" sandbox app --dir "$sandbox" cert add "$own/$name.pem" >/dev/null
	secret "$(cat "$own/two/$name/pin")"
	serials[$name]=$(SOFTHSM2_CONF=$own/two/$name/softhsm2.conf "$exosign" hsm list "pkcs11:token=same?module-path=$softhsm" -o ndjson |
		jq -r 'select(.kind == "token") | .serial')
done
cp -r "$own/two/b/tokens/"* "$own/two/a/tokens/"
two a
expect_error E-TOKEN-AMBIGUOUS 6 -- exo assertion create
err_has "serial=${serials[a]}"
err_has "serial=${serials[b]}"
for name in a b; do
	two $name "serial=${serials[$name]}"
	expect_exit 0 -- exo token get
	signs
done
