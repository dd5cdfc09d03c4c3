# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the end-to-end tests of setup and renewal: a profile without an app, an administrator's token, and a process that is killed
# at a step.

# new_profile NAME: $own/NAME.conf, a profile whose key is not made yet; `using NAME COMMAND...` uses it
new_profile() {
	{
		printf '[profile "%s"]\n# kept by whoever wrote it\n' "$1"
		grep -E '^(tenant|organization|cloud|certificate|pin-source|softhsm-conf|ca-file|endpoint)' "$conf"
		printf 'key = pkcs11:token=sandbox;object=%s?module-path=%s\n' "$1" \
			"$(sed -n 's/^key = .*module-path=\(.*\)/\1/p' "$conf")"
	} >"$own/$1.conf"
	chmod 600 "$own/$1.conf"
}
setting() {
	sed -n "s/^$2 = //p" "$own/$1.conf"
}

# administrator: a token in $own/administrator, handed over as descriptor 3 by with_administrator
administrator() {
	"$exosign" sandbox admin-token --dir "$sandbox" "$@" >"$own/administrator"
	secret "$(cat "$own/administrator")"
}
# programs, because `run` runs no functions
mkdir "$own/bin"
export PATH=$own/bin:$PATH
cat >"$own/bin/using" <<END
#!/bin/sh
name=\$1
shift
exec "$exosign" --config "$own/\$name.conf" --profile "\$name" "\$@"
END
cat >"$own/bin/with_administrator" <<END
#!/bin/sh
exec "\$@" --access-token-fd 3 3<"$own/administrator"
END
chmod +x "$own/bin/using" "$own/bin/with_administrator"

# graph METHOD PATH [BODY]: as the administrator, past exosign; the answer
graph() {
	curl -sS --max-time 20 --cacert "$sandbox/ca.pem" -X "$1" -H "Authorization: Bearer $(cat "$own/administrator")" \
		-H 'Content-Type: application/json' ${3:+-d "$3"} "$(sed -n 's/^endpoint.graph = //p' "$conf")/v1.0/$2"
}
keys_of() {
	graph GET "applications(appId='$1')?\$select=id,keyCredentials" | jq -c '.keyCredentials'
}

# killed_at STEP STATE COMMAND...: kill -9 as soon as the log says that the step is begun or made. False when it ended by itself.
killed_at() {
	local step=$1 state=$2 line pid reached=''
	shift 2
	rm -f "$own/events" && mkfifo "$own/events"
	"$@" -v >"$out" 2>"$own/events" 3<"$own/administrator" </dev/null &
	pid=$!
	while IFS= read -r line; do
		case $line in
		*" step=$step state=$state"*) reached=1 && kill -9 $pid 2>/dev/null && break ;;
		esac
	done <"$own/events"
	{ wait $pid; } 2>/dev/null
	[ -n "$reached" ]
}
