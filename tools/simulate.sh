#!/usr/bin/env bash
# Many seeds of the simulation, in a process for each core, a thousand seeds and more at a time.
#   tools/simulate.sh PRESET SEEDS FIRST      e.g. tools/simulate.sh release 20000 1
# Ends at the first seed that breaks a promise, with the command that replays it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

preset=${1:-} seeds=${2:-} first=${3:-}
if ! [[ -n $preset && $seeds =~ ^[1-9][0-9]*$ && $first =~ ^[0-9]+$ ]]; then
  die 2 "which seeds? tools/simulate.sh PRESET SEEDS FIRST, for example tools/simulate.sh release 20000 1"
fi
program=build/$preset/bin/test_simulation
if ! [[ -x $program ]]; then die 2 "$program is not there; build it first: tools/build.sh $preset test_simulation"; fi
share=2500 # seeds of one process; a failure is told when its share is done
mkdir -p "$log_dir/simulation"
rm -f "$log_dir/simulation"/*.log
start=$SECONDS

run_share() { # FIRST COUNT
  local log=$log_dir/simulation/$1.log
  if EARMARK_SIMULATION_SEED=$1 EARMARK_SIMULATION_SEEDS=$2 "$program" -w NoTests "simulation: every promise*" >"$log" 2>&1 </dev/null; then
    grep -h '^simulation: ' "$log"
  else
    sed -n '1,80p' "$log"
    return 255 # xargs ends
  fi
}
export -f run_share
export program log_dir

from=$first left=$seeds
while ((left > 0)); do
  count=$((left < share ? left : share))
  printf '%s %s\n' "$from" "$count"
  from=$((from + count)) left=$((left - count))
done | xargs -P "$(nproc)" -L 1 bash -c 'run_share "$@"' _
note "simulation: $seeds seeds from $first, no promise broken, $((SECONDS - start)) s"
