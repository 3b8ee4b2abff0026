#!/usr/bin/env bash
# Which lines and branches of engine/ and storage/ the tests run.   tools/coverage.sh [--jobs N] [--html DIR] [--no-run]
# Builds the preset coverage, runs the suites that matter, prints a table for each folder; exit 1 below the goal: 95 % of the lines
# and 90 % of the branches of both together. --no-run: only the table, from the counters of the last run. --html: a page for each file.
# Needs gcovr (Debian: tools/install.sh --with gcovr). What is not counted, and why: docs/TESTING.md.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

line_goal=95 branch_goal=90
jobs=() html='' run=1
while (($# > 0)); do
  case $1 in
    --jobs) jobs=(--jobs "${2:-}"); shift 2 ;;
    --html) html=${2:-}; shift 2 ;;
    --no-run) run=0; shift ;;
    *) die 2 "\"$1\" is no argument of coverage.sh; it takes --jobs N, --html DIR and --no-run" ;;
  esac
done
if ! command -v gcovr >/dev/null; then die 2 "gcovr is not installed; on Debian: tools/install.sh --with gcovr"; fi

if ((run)); then
  tools/build.sh coverage "${jobs[@]}" earmarkd earmark earmark-journal test_engine test_schema test_server test_simulation test_storage test_system
  find build/coverage -name '*.gcda' -delete
  # What is reached does not grow with the number of seeds, nor does it matter whether a sync reaches a disk. The fibers of the
  # interleaving tests, and system tests of other things than storage, have nothing to add. Hundreds of processes write counters at
  # their end, so a time that suits other builds may be too short: a test that fails is the release suite's business, not this script's.
  if [[ -d /dev/shm && -w /dev/shm ]]; then export TMPDIR=/dev/shm; fi
  export EARMARK_SEEDS=8 EARMARK_COMMANDS=1200 EARMARK_SIMULATION_SEEDS=40
  tools/suite.sh coverage "${jobs[@]}" --quiet -L '^(engine|schema|storage|server|simulation)$' || note "some tests failed under coverage; see above"
  tools/suite.sh coverage "${jobs[@]}" --quiet -R '^system: ?(backup|restore|archive|horizon|retain|state|health)' || note "some tests failed under coverage; see above"
fi

# A check that fails is a bug, and the end of the process: no test can come there; nor does engine/invariants.cpp say what is broken
# before something is. Branches of the compiler's own for exceptions are
# not branches of the source, nor are those that the standard library's atomics bring with them: they compare a memory order that is
# known when compiling. On a line with a condition of its own all are counted.
gcovr --root . --object-directory build/coverage --filter 'engine/' --filter 'storage/' --exclude 'tests/' --exclude 'engine/invariants.cpp' \
  --exclude-throw-branches --exclude-unreachable-branches \
  --exclude-branches-by-pattern '.*EARMARK_CHECK.*|^(?!.*\b(if|while|for)\b).*memory_order_.*' \
  --gcov-ignore-parse-errors --json-summary build/coverage/summary.json --txt build/coverage/table.txt \
  ${html:+--html-details "$html/index.html"} build/coverage/{engine,schema,server,storage,tests} 2>build/coverage/gcovr.log || { tail -n 5 build/coverage/gcovr.log >&2; die 1 "gcovr failed, see build/coverage/gcovr.log"; }

python3 tools/coverage_table.py build/coverage/summary.json "$line_goal" "$branch_goal"
