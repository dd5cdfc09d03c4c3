#!/bin/bash
# registered.sh DIR COMMAND...: runs it where the .module files of DIR are all that p11-kit has registered, in a mount
# namespace of its own. Ends with 77 and a reason where that is not allowed; without a command it just finds out.
set -uo pipefail
modules=/usr/share/p11-kit/modules
[ -d "$modules" ] || { echo "p11-kit keeps its modules elsewhere" && exit 77; }
root=()
[ "$(id -u)" -eq 0 ] || root=(--user --map-root-user)
if ! unshare "${root[@]}" --mount mount --bind "$1" "$modules" 2>/dev/null; then
	echo "no mount namespace can be had here" && exit 77
fi
dir=$1
shift
[ $# -gt 0 ] || exit 0
exec unshare "${root[@]}" --mount bash -c 'mount --bind "$0" "$1" && shift && exec "$@"' "$dir" "$modules" "$@"
