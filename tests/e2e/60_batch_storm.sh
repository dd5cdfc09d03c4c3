#!/bin/bash
# Batches in bad weather: the storm (tests/storm) runs `exosign batch` under random faults, kills it and the tenant, goes on with
# --resume, and compares journal and outcomes with what the tenant really ran.
#
#   EXS_STORM_ROUNDS   how many rounds (200); 10000 is the long mode: about an hour
#   EXS_STORM_SEED     repeat what was printed
#   EXS_STORM_FORM     ndjson, csv, template, stdin or any
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
storm=${EXS_BUILD_DIR:-$EXS_SOURCE_DIR/build-tests/plain}/tests/storm
rounds=${EXS_STORM_ROUNDS:-200}
seed=${EXS_STORM_SEED:-$(date +%s)}
form=${EXS_STORM_FORM:-any}

story 'the judge of the storm sees every kind of lie'
expect_exit 0 -- "$storm" --twin
out_lacks 'NOT SEEN'

story "$rounds rounds of faults, kills and restarts lose nothing and do nothing twice (seed $seed)"
seconds=$((rounds * 5 + 60)) expect_exit 0 -- "$storm" --exosign "$exosign" --rounds "$rounds" --seed "$seed" --form "$form" --directory "$own/storm"
out_has "$rounds rounds, 0 of them bad"
cat "$out"
