#!/usr/bin/env bash
# Builds one sanitizer preset and runs the suite under it.   tools/sanitized.sh asan|tsan [--jobs N]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

preset=${1:-}
if [[ $preset != asan && $preset != tsan ]]; then die 2 "which sanitizer? tools/sanitized.sh asan or tsan"; fi
shift
tools/build.sh "$preset" "$@"
timeout --foreground 600 tools/suite.sh "$preset" "$@" --quiet || {
  status=$?
  if ((status == 124)); then die 1 "the $preset suite took more than 10 minutes and was stopped"; fi
  exit "$status"
}
