#!/bin/bash
# year.sh [ROUNDS [SEED [OPTION...]]]: a year of bad weather, 10,000 rounds of the storm (the checks run 200: tests/e2e/60_batch_storm.sh)
# with what tests/run built and installed. Files of rounds that went wrong stay in the directory it names.
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=$(mktemp -d "${TMPDIR:-/tmp}/storm.XXXXXX")
echo "in $directory"
exec "${EXS_BUILD_DIR:-$PWD/build-tests/plain}/tests/storm" --exosign "${EXS_PREFIX:-$PWD/build-tests/prefix}/bin/exosign" \
	--directory "$directory" --workers $(($(nproc) * 2)) --rounds "${1:-10000}" --seed "${2:-$(date +%s)}" "${@:3}"
