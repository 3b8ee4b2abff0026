#!/usr/bin/env bash
# Crashes and storage faults in full counts, on real servers: power cuts, writes and syncs that fail, full disks, damaged files,
# kill -9. 22 minutes on two cores that had other work, too.   tools/faults.sh [PERCENT]     of the counts, 100 unless said
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

readonly program=build/release/bin/test_system percent=${1:-100}
if ! [[ $percent =~ ^[1-9][0-9]*$ ]]; then die 2 "how much of the counts, in percent? for example: tools/faults.sh 10"; fi
if [[ ! -x $program ]]; then die 2 "$program is not built; build it: tools/build.sh release"; fi

share() { echo $((($1 * percent + 99) / 100)); }
mkdir -p "$log_dir"
status=0
# NAME TESTS VARIABLE=VALUE...
try() {
  local name=$1 tests=$2 log=$log_dir/faults-$1.log start=$SECONDS
  shift 2
  if env "$@" "$program" -w NoTests "$tests" >"$log" 2>&1 </dev/null; then
    { grep -E '^(power cut|storage faults|disk full|damage|kill -9): ' "$log" || true; } | sed 's/^/count    /'
    { grep -E '^skipped: ' "$log" || true; } | sort -u | sed 's/^skipped: /skipped  /'
    passed "$name, $((SECONDS - start)) s"
  else
    cat "$log"
    failed "$name; see $log"
    status=1
  fi
}

try power-cuts '[powercut]' EARMARK_POWER_CUT_IMAGES="$(share 100000)"
try failing-writes '[iofault]' EARMARK_FAULTS="$(share 300)" EARMARK_FAULT_STEP=1
try full-disks '[diskfull]'
try damaged-files '[flips]' EARMARK_DAMAGES="$(share 2000)"
try kills 'kill -9 under load*' EARMARK_KILL_CYCLES="$(share 500)" EARMARK_KILL_VERIFY=10
exit "$status"
