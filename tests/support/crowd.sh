#!/bin/bash
# crowd.sh SANDBOX STORE TOKEN N: so many further keys in a SoftHSM token, all called "crowd". One is made (SANDBOX is the
# sandbox's command), the others are copies of its files, because making 500 takes minutes on a busy machine.
set -euo pipefail
read -ra sandbox <<<"$1"
cd "$2/tokens"
find . -name '*.object' | sort >../before
"${sandbox[@]}" device add --store "$2" --token "$3" label=crowd,id=cc,type=p256,no-cert >/dev/null 2>&1
find . -name '*.object' | sort | comm -13 ../before - >../crowd
mapfile -t made <../crowd
for ((i = 1; i < $4; i++)); do
	for ((k = 0; k < ${#made[@]}; k++)); do
		printf -v name '%08x-0000-0000-0000-%012x' "$i" "$k"
		cat <"${made[k]}" >"${made[k]%/*}/$name.object"
	done
done
rm ../before ../crowd
