#!/usr/bin/env bash
# A short load of every kind of request with its verdict, on one I/O thread and on two: half of the lines find no stock. Then the
# journal is verified, and its digest compared with the server's. Last the proof that the hard cases really happen, on servers with
# 1, 2 and 4 I/O threads (earmark-load --verdict). Proves nothing about speed.   tools/short_load.sh [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh
source tools/server.sh

readonly bin=build/release/bin seconds=${1:-3}
if [[ ! -x $bin/earmark-load ]]; then
  skipped "load with verdict: $bin/earmark-load is not built; build it: tools/build.sh release"
  exit 0
fi

mkdir -p "$log_dir"
directory=$(mktemp -d "$PWD/.run/load.XXXXXX")
server_ready=$directory/ready server_log=$log_dir/load-server.log
clean_up() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [[ -n $server_pid ]] && kill -0 "$server_pid" 2>/dev/null; then kill_server; fi
  rm -rf "$directory"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

run_load() {
  local threads=$1 data=$directory/data-$1 log=$log_dir/load-$1.log live offline
  start_server "$data" 0 --io-threads "$threads"
  if ! "$bin/earmark-load" --distribution zipf --skus 1000 --connections 16 --pipeline 16 --warmup 0.5 --seconds "$seconds" \
    --mix orders=78,checks=8,cancels=4,receipts=5,ships=3,shows=2 --restock --repeat-share 0.02 \
    --policies ship_partial=90,fill_or_kill=5,fill_and_cancel=5 --priorities 100=90,200=10 >"$log" 2>&1; then
    cat "$log"
    die 1 "the load on $threads I/O threads has no good verdict; see $log and $server_log"
  fi
  live=$("$bin/earmark" digest --json)
  end_server || die 1 "the server does not stop after the load; see $server_log"
  "$bin/earmark-journal" verify "$data" >/dev/null || die 1 "the journal is not good after the load"
  offline=$("$bin/earmark-journal" digest "$data")
  if [[ $live != *"\"${offline##* }\""* ]]; then die 1 "the journal tells another state than the server: $offline, $live"; fi
  passed "load of $seconds s on $threads I/O threads: $(grep -i -m1 verdict "$log" || echo "verdict good")"
}

for threads in 1 2; do run_load "$threads"; done

proof=$log_dir/load-verdict.log
if ! "$bin/earmark-load" --verdict --seconds "$seconds" >"$proof" 2>&1; then
  cat "$proof"
  die 1 "earmark-load --verdict did not pass; see $proof"
fi
passed "servers with 1, 2 and 4 I/O threads: $(grep -m1 '^verdict' "$proof")"
