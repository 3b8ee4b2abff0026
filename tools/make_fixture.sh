#!/usr/bin/env bash
# Makes a journal with every kind of record that the built server writes, for tests/fixtures: later builds must still read it.
#   tools/make_fixture.sh NEW_DIRECTORY        for example tests/fixtures/journal-v1
# Writes data.mdb.gz (the journal's file), dump.jsonl.gz, digest and stat as this build's earmark-journal gives them. The times
# and the catalogue epoch are new in each run: a fixture that stands in the repository is never made again.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lib.sh
source tools/server.sh

target=${1:-}
if [[ -z $target || -e $target/data.mdb.gz ]]; then
  die 2 "give a directory that holds no fixture yet; fixtures are kept as they are, a new format version gets a new one"
fi
readonly bin=build/release/bin
work=$(mktemp -d "${TMPDIR:-/tmp}/earmark-fixture.XXXXXX")
# shellcheck disable=SC2034  # tools/server.sh uses both
server_ready=$work/ready server_log=$work/log
clean_up() {
  if [[ -n $server_pid ]]; then kill_server; fi
  rm -rf "$work"
}
trap clean_up EXIT

earmark() { "$bin/earmark" "$@" >>"$work/output"; }
order() { earmark order --customer "Fixture" --id "$@"; }

# Three warehouses, 12 SKUs with 100 each in every cell of the first two; then more of both, and stock that serves who waits.
write_catalogues() {
  mkdir "$work/first" "$work/second"
  printf 'warehouse,priority,name\nMAIN,1,Main yard\nNORTH,2,Entrepôt nord\n' >"$work/first/warehouses.csv"
  printf 'sku,description\n' >"$work/first/products.csv"
  printf 'sku,warehouse,on_hand\n' >"$work/first/stock.csv"
  local number
  for number in $(seq 1 12); do
    printf 'SKU-%s,"Product %s, ø %s mm"\n' "$number" "$number" "$((number * 8))" >>"$work/first/products.csv"
    printf 'SKU-%s,MAIN,100\nSKU-%s,NORTH,100\n' "$number" "$number" >>"$work/first/stock.csv"
  done
  # Renamed and with another priority; new ones; more text than one frame holds.
  printf 'warehouse,priority,name\nMAIN,3,Main yard\nNORTH,2,North yard\nHARBOUR,1,Harbour\n' >"$work/second/warehouses.csv"
  printf 'sku,description\nSKU-1,Product 1 renamed\n' >"$work/second/products.csv"
  for number in $(seq 13 600); do
    printf 'SKU-%s,"Product %s of the second load, described at some length: %0100d"\n' "$number" "$number" "$number"
  done >>"$work/second/products.csv"
  printf 'sku,warehouse,on_hand\nSKU-2,HARBOUR,40\nSKU-13,HARBOUR,7\n' >"$work/second/stock.csv"
}

# Every status at decision: reserved, split, backordered, refused, cancelled, reduced; every policy that this version takes.
place_orders() {
  order RESERVED SKU-1:10 SKU-2:150
  order SPLIT SKU-2:60 SKU-3:230 SKU-3:5
  order BACKORDERED SKU-3:25
  order REFUSED --policy fill_or_kill SKU-1:5 SKU-3:1
  order KILLED-NOT --policy fill_or_kill SKU-4:199
  order CANCELLED --policy fill_and_cancel SKU-3:9
  order REDUCED --policy fill_and_cancel SKU-4:9
  order PINNED SKU-5:120@NORTH SKU-5:20@MAIN SKU-6:101@MAIN
  order URGENT --priority 255 SKU-3:7
  order PATIENT --priority 0 SKU-3:3
  order 123e4567-e89b-12d3-a456-426614174000 SKU-7:1
  {
    printf '{"order":"TEXTS","customer":"Ærø Træ & Søn","channel":"shop","ship_to":"Kaj 4\\nÆrøskøbing","contact":"+45 1234",'
    printf '"reference":"site \\"B\\"","notes":"%0400d","preferred":"NORTH","priority":130,' 7
    printf '"lines":[{"line":4000000000,"sku":"SKU-8","quantity":130},{"line":7,"sku":"SKU-8","quantity":90}]}\n'
  } >"$work/texts.jsonl"
  earmark order "$work/texts.jsonl"
  # Over a frame: a record of several pieces, one with much taken and one with much waiting.
  printf 'order,customer,line,sku,quantity,warehouse\n' >"$work/large.csv"
  local order
  for order in LARGE-1 LARGE-2; do
    awk -v order="$order" 'BEGIN { for (i = 1; i <= 3000; ++i)
      printf "%s,Fixture,%d,SKU-%d,%d,%s\n", order, i * 3, 9 + i % 3, i % 7 == 0 ? 2 : 1, i % 11 == 0 ? "NORTH" : "" }' >>"$work/large.csv"
  done
  earmark order "$work/large.csv"
}

change_orders() {
  earmark receive MAIN SKU-3:20 SKU-6:1 --id RECEIPT-1               # fills by priority, over several waiters
  earmark receive NORTH SKU-9:30 SKU-10:500 SKU-3:4 --id RECEIPT-2   # fills of large orders
  earmark receive NORTH SKU-12:1 --id RECEIPT-3                      # nobody waits
  earmark cancel SPLIT --id CANCEL-ROWS 1:10 2:500                   # by rows, more than there is; freed stock fills others
  earmark cancel RESERVED --id CANCEL-WHOLE
  earmark cancel RESERVED --id CANCEL-NOTHING
  earmark ship PINNED --id SHIP-1                                    # its waiting part goes on waiting
  earmark ship LARGE-1 --id SHIP-LARGE
  earmark receive NORTH SKU-5:50 --id RECEIPT-4                      # a second shipment of PINNED
  earmark ship PINNED --id SHIP-2
  earmark cancel PINNED --id CANCEL-AFTER-SHIP
}

# Many orders under way at once: groups of more than one record.
place_many() {
  printf 'order,customer,line,sku,quantity,policy,priority\n' >"$work/many.csv"
  awk 'BEGIN { for (i = 1; i <= 120; ++i) {
    printf "MANY-%d,Fixture,1,SKU-%d,1,ship_partial,%d\n", i, 1 + i % 12, i % 256
    printf "MANY-%d,Fixture,2,SKU-%d,%d,ship_partial,%d\n", i, 1 + (i * 5) % 12, 1 + i % 4, i % 256 } }' >>"$work/many.csv"
  earmark order "$work/many.csv" --pipeline 40
}

write_catalogues
start_server "$work/data" 0 --max-skus 1000 --max-warehouses 4 --io-threads 2
earmark load "$work/first"
place_orders
change_orders
earmark load "$work/second"   # its stock of SKU-2 serves who waits
place_many
live=$("$bin/earmark" digest --json)
end_server || die 1 "the server does not stop"
server_pid=''
"$bin/earmark-journal" verify "$work/data" || die 1 "the journal is not good"

mkdir -p "$target"
gzip -9 -n <"$work/data/journal/data.mdb" >"$target/data.mdb.gz"
"$bin/earmark-journal" dump "$work/data" | gzip -9 -n >"$target/dump.jsonl.gz"
"$bin/earmark-journal" digest "$work/data" >"$target/digest"
"$bin/earmark-journal" stat "$work/data" >"$target/stat"
read -r _ offline <"$target/digest"
if [[ $live != *"\"$offline\""* ]]; then die 1 "the journal tells another state than the server did: $offline, $live"; fi
passed "$target: $(cat "$target/digest"), $(du -sh "$target" | cut -f1)"
