#!/usr/bin/env bash
# Configures and builds one preset.   tools/build.sh PRESET [--jobs N] [TARGET...]      presets: release dev asan tsan coverage
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

preset=${1:-}
if [[ -z $preset ]]; then die 2 "which preset? for example: tools/build.sh release"; fi
shift
jobs=$(default_jobs)
if [[ ${1:-} == --jobs ]]; then
  jobs=${2:-}
  shift 2
fi

# The compiler's words from the first failure on, without the lines of what went well.
show_failure() {
  grep -v -E '^\[[0-9]+/[0-9]+\]' "$1" | grep -n -m1 -E '^FAILED:|error:|CMake Error' | cut -d: -f1 >"$1.at" || true
  local from
  from=$(cat "$1.at")
  rm -f "$1.at"
  grep -v -E '^\[[0-9]+/[0-9]+\]' "$1" | tail -n "+${from:-1}" | head -n 40 >&2
}

log=$log_dir/build-$preset.log
if ! [[ -f build/$preset/build.ninja ]]; then
  if ! work "$log" "Configuring build/$preset" cmake --preset "$preset"; then
    show_failure "$log"
    die 1 "the build could not be configured; all of it: $log"
  fi
fi
targets=()
if (($# > 0)); then targets=(--target "$@"); fi
export NINJA_STATUS='[%f/%t] '
if ! work "$log" "Building build/$preset" cmake --build --preset "$preset" -j "$jobs" "${targets[@]}"; then
  show_failure "$log"
  die 1 "the build failed; all of it: $log"
fi
