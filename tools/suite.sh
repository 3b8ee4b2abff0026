#!/usr/bin/env bash
# Runs the tests of one built preset; says what was skipped and why; ctest's own summary comes last.
#   tools/suite.sh PRESET [--jobs N] [--minutes N] [--quiet] [CTEST ARGUMENTS...]      e.g. tools/suite.sh release -L storage
# --minutes: what is not done by then is ended, exit 124.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

preset=${1:-}
if [[ -z $preset || ! -d build/$preset ]]; then die 2 "build/$preset is not there; build it first: tools/build.sh PRESET"; fi
shift
jobs=$(nproc) quiet=0 minutes=0 # no end
while (($# > 0)); do
  case $1 in
    --jobs) jobs=${2:-}; shift 2 ;;
    --minutes) minutes=${2:-}; shift 2 ;;
    --quiet) quiet=1; shift ;;
    *) break ;;
  esac
done

# The first report ends the program, with the place in it. The queue's races are its own: see the file.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$PWD/tools/tsan.suppressions:second_deadlock_stack=1}
export CTEST_OUTPUT_ON_FAILURE=1

log=$log_dir/tests-$preset.log
summary=$log_dir/tests-$preset.summary
details=build/$preset/Testing/Temporary/LastTest.log
mkdir -p "$log_dir"
: >"$summary"
: >"$log" # tail may look for it before ctest is started
rm -f "$details"
status=0

# In a session of its own, so that its end takes all tests and their servers with it.
setsid timeout -k 20 "${minutes}m" ctest --test-dir "build/$preset" -j "$jobs" --timeout 600 --no-tests=error \
  --no-label-summary "$@" >"$log" 2>&1 </dev/null &
ctest_pid=$!
trap 'kill -TERM -- "-$ctest_pid" 2>/dev/null || true; exit 130' INT TERM HUP

tail -n +1 -s 0.2 -f --pid="$ctest_pid" "$log" |
  awk -v summary="$summary" -v quiet="$quiet" '
    /^[0-9]+% tests passed/ || /^No tests were found/ { ending = 1 }
    ending { print > summary; next }
    /^ *[0-9]+\/[0-9]+ Test.* Passed / {
      ++passed
      if (!quiet && passed % 25 == 0) { printf "  %d passed\n", passed; fflush() }
      next
    }
    /^ +Start +[0-9]+:|^Internal ctest changing|^Test project/ { next }
    { print; fflush() }'
wait "$ctest_pid" || status=$?

# What tests printed stands in ctest's last log, also where they passed: the counts of the harnesses, and what was skipped.
if [[ -f $details ]]; then
  if ((!quiet)); then
    { grep -a -h -E '^[a-z][a-z ]*: .*[0-9]' "$details" || true; } | { grep -v -E '^(test cases|assertions|skipped|earmark[a-z-]*): ' || true; } |
      sort -u | sed 's/^/count    /'
  fi
  { grep -a -h -E '^skipped: ' "$details" || true; } | sort -u | sed 's/^skipped: /skipped  /'
fi
if ((status == 124)); then die 124 "the suite was not done after $minutes minutes and was ended"; fi
cat "$summary"
exit "$status"
