#!/usr/bin/env bash
# Builds one sanitizer preset and runs the suite under it.   tools/sanitized.sh asan|tsan [--jobs N]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh

preset=${1:-}
if [[ $preset != asan && $preset != tsan ]]; then die 2 "which sanitizer? tools/sanitized.sh asan or tsan"; fi
shift
tools/build.sh "$preset" "$@"
tests=()
if [[ $preset == tsan ]]; then
  skipped "model, schema, client, interleaving, simulation, the engine's differential test and its longest orders under ThreadSanitizer: no threads there"
  tests=(-LE '^(model|schema|client|interleaving|simulation)$' -E "gives the twin's answers to random commands|the longest order waits in every")
fi
exec tools/suite.sh "$preset" "$@" --minutes 25 --quiet "${tests[@]}"
