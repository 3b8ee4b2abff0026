#!/usr/bin/env bash
# Counts what an order costs in instructions (callgrind; the fixed workload of tests/micro/instructions.cpp) and compares it with what was accepted last
# (tests/micro/instructions.txt). Counts are the same in each run on one machine, where times are not.
#   tools/instructions.sh            exit 1 if a figure is more than 2 % above the accepted one
#   tools/instructions.sh --accept   what is counted now is accepted: for a change that is worth it, or a gain to keep
# Counted by another compiler than the accepted figures: shown, not compared.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

accepted=tests/micro/instructions.txt
program=build/release/bin/instructions
few=1280 many=6400 percent=2

case ${1:-} in
  "" | --accept) ;;
  *) die 2 "\"$1\" is no argument of tools/instructions.sh; it takes --accept" ;;
esac
if ! command -v valgrind >/dev/null; then die 1 "valgrind is not installed; on Debian: apt-get install valgrind"; fi
if ! [[ -x $program ]]; then die 1 "$program is not there; build it first: tools/build.sh release instructions"; fi

collected() { valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'; }
# Of one more order: what a start costs falls out.
each() { echo $((($(collected "$1" $many) - $(collected "$1" $few)) / (many - few))); }

compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' build/release/CMakeCache.txt)
compiler=$("$compiler" --version | head -n 1)
frames=$(each frames)
whole=$(($(each whole) - frames))
short=$(($(each short) - frames))

if [[ ${1:-} == --accept ]]; then
  {
    echo "# Instructions of an order of three lines on its way through the server, by tools/instructions.sh --accept."
    echo "compiler $compiler"
    echo "whole $whole"
    echo "short $short"
  } >"$accepted"
  cat "$accepted"
  exit 0
fi

was_by=$(sed -n 's/^compiler //p' "$accepted")
status=0
printf '%-46s %12s %12s %9s\n' "an order of three lines" accepted now change
compare() {
  local was
  was=$(sed -n "s/^$1 //p" "$accepted")
  printf '%-46s %12s %12s %8s%%\n' "$2" "$was" "$3" "$(awk -v was="$was" -v now="$3" 'BEGIN { printf "%+.1f", (now - was) * 100 / was }')"
  if (($3 * 100 > was * (100 + percent))); then status=1; fi
}
compare whole "all of it is there" "$whole"
compare short "nothing is there: it waits, and is served later" "$short"
if [[ $was_by != "$compiler" ]]; then
  note "not compared: accepted by $was_by, counted by $compiler"
  exit 0
fi
if ((status)); then note "more than $percent % above what was accepted: find out why, or accept it with tools/instructions.sh --accept"; fi
exit $status
