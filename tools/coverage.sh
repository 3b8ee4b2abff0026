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
  tools/build.sh coverage "${jobs[@]}"
  find build/coverage -name '*.gcda' -delete
  # Fewer seeds than in ./test: what they reach does not grow with their number. The fibers of the interleaving tests, and tests that
  # build or install, have nothing to add. A test that fails is the release suite's business, not this script's.
  EARMARK_SEEDS=24 EARMARK_EVENTS=20000 tools/suite.sh coverage "${jobs[@]}" --quiet -L '^(engine|model|schema|storage|server|system)$' \
    -E 'installation|package|outside project|order channel' || note "some tests failed under coverage; see above"
fi

# A check that fails is a bug, and the end of the process: no test can come there. Branches of the compiler's own for exceptions are
# not branches of the source.
gcovr --root . --object-directory build/coverage --filter 'engine/' --filter 'storage/' --exclude 'tests/' \
  --exclude-throw-branches --exclude-unreachable-branches --exclude-branches-by-pattern '.*EARMARK_CHECK.*' \
  --gcov-ignore-parse-errors --json-summary build/coverage/summary.json --txt build/coverage/table.txt \
  ${html:+--html-details "$html/index.html"} 2>build/coverage/gcovr.log || { tail -n 5 build/coverage/gcovr.log >&2; die 1 "gcovr failed, see build/coverage/gcovr.log"; }

python3 tools/coverage_table.py build/coverage/summary.json "$line_goal" "$branch_goal"
