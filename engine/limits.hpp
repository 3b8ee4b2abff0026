// Every limit of the engine, in one place. `Capacity` is chosen at start: it fixes memory, the sourcing rule of orders
// that name none, and how long who waits for all may be passed over; the constants are part of the contract and cannot be changed by a flag.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/types.hpp"

namespace earmark::engine {

inline constexpr std::size_t max_id_bytes = 64;          // order, receipt, command ids and codes
inline constexpr std::size_t max_text_bytes = 512;       // customer, ship_to, notes ... each
inline constexpr std::size_t max_lines = 4096;           // of one order, rows of one receipt or cancel
inline constexpr std::size_t max_load_rows = 8192;       // products + stock rows of one load command
inline constexpr std::size_t fast_path_cells = 64;       // K: an order reading more cells is decided by the settler
inline constexpr std::size_t batch_orders = 64;          // orders decided in one commit at most
// Short orders in one commit of whoever settles, and their records' bytes: of more an order's share of the commit hardly falls.
inline constexpr std::size_t settled_orders_per_commit = 32;
inline constexpr std::size_t settled_bytes_per_commit = 64U << 10;
inline constexpr std::size_t max_lost_bytes = 1U << 20;  // of one stock change's victims in its record
inline constexpr std::size_t window_lsns = 65536;        // decided but not yet durable, at most
inline constexpr std::size_t max_committers = 32;        // I/O threads; the settler has a descriptor of its own
inline constexpr std::size_t fills_per_commit = 128;     // a long queue is filled in bounded batches
inline constexpr std::size_t commits_at_once = 8;        // of fills, before whoever settles looks after others
// Fewer, the more attempts at this commit have lost: a shorter one comes through.
constexpr std::size_t fills_after(std::size_t lost_commits) noexcept { return fills_per_commit >> (lost_commits < 7 ? lost_commits : 7); }
inline constexpr std::uint8_t most_skips = 254;          // --max-skips; engine/patience.hpp keeps them in a byte
inline constexpr std::size_t max_vendor_bytes = 64;
inline constexpr std::string_view suggestion_prefix = "reorder-";  // ids of purchase orders that reorder rules make; nobody else's
inline constexpr std::int32_t max_lead_days = 3'650;
inline constexpr std::size_t max_rule_rows = 4'096;      // vendors, sources, rules and snoozes of one command, each
inline constexpr std::size_t dates_per_record = 1'024;   // lines of one record of moved dates
inline constexpr std::int64_t max_time_us = 253'402'300'799'999'999;  // the end of the year 9999: no date is later
inline constexpr std::int64_t min_hold_us = 1'000;       // a hold's ttl, at least
inline constexpr std::int64_t max_hold_us = 86'400'000'000;  // a hold ends a day after it was made, however often it is extended

struct Capacity {
  std::uint32_t skus = 1'048'576;        // --max-skus
  std::uint16_t warehouses = 8;          // --max-warehouses
  std::uint64_t command_ids = 33'554'432;  // slots of the exactly-once table, a power of two
  std::uint64_t waiting_lines = 33'554'432;  // lines that wait at one time
  std::uint64_t order_bytes = 64ULL << 30; // address space for orders; memory is taken as it is used
  std::size_t ring_bytes = 32U << 20;    // records of one committer that are not yet durable and answered; see ring_bytes_for()
  Sourcing default_sourcing = Sourcing::priority;  // of orders that name none
  std::uint8_t max_skips = 64;     // 1 .. 254: of who waits for all or nothing, before he turns strict
  std::int64_t date_threshold_us = 86'400'000'000;  // a date that moves by more is told
  std::int64_t max_wait_us = 0;    // the same as a time since the order's decision; 0: no time is long enough
};

// Room for the record of the longest command on so many warehouses with its fills: an order of max_lines that confirms a hold of as
// many lines and is filled whole. What is left of 32 MiB is for records that wait for the disk.
constexpr std::size_t ring_bytes_for(std::uint16_t warehouses) noexcept {
  // 9 dates of 16 bytes (engine/pegging.hpp, and a fallback), an eighth of that for what surrounds them, and 64 for all else.
  const std::size_t line = 64 + 9 * 16 * 9 / 8 + std::size_t{warehouses} * 32, fill = 1024 + std::size_t{warehouses} * 16;
  return std::max(std::size_t{32} << 20, std::bit_ceil(2 * max_lines * line + max_lines * fill));
}

// Words that one settled command may write: an order's lines in every warehouse, and as many of the hold that it confirms.
constexpr std::size_t settler_words_for(std::uint16_t warehouses) noexcept {
  return std::max<std::size_t>(131'072, 2 * max_lines * warehouses + 1024);
}

}  // namespace earmark::engine
