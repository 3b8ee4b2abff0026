// An order in the state store, open or closed: one value, its key the LSN of its decision. All integers little-endian.
//   0  u32 crc32c       as state_rows.hpp says
//   4  u32 bytes        of the whole value, a multiple of 8
//   8  u64 content      hash of the command
//  16  i64 time         of the decision
//  24  u8 status, u8 policy, u8 priority, u8 sourcing
//  28  u16 preferred warehouse, u16 next shipment
//  32  u32 lines, u32 allocations
//  40  u8 id bytes, u8 which texts are there (bit 6: times, bit 7: policies of lines), u16 flags (bit 0: not due, 1: raises, 2: has skipped,
//      3: patience of lines is there, 4: was reserved whole once, 5: promises, 8 .. 15: the order's patience), u32 bytes of the shipments (0 in records of old)
//  48  promises         of orders with promised lines: u32 how many, u32 0, 24 bytes each (engine::PromiseImage), by line; records of old have none
//      lines            20 bytes each (engine::LineImage)
//      allocations      12 bytes each (engine::AllocationImage), those of the first line first
//      patience         u8 for each line (engine/patience.hpp), of orders with line_complete lines; records of old have none
//      id; for each text that is there u16 length, bytes; times: 4 i64;
//      policies: u8 for each line (engine::LinePolicy); shipments (engine/shipment_image.hpp: of those of which more is known than
//      their units; what came back stands there); raises: u32 how many, 16 bytes each (engine::RaiseImage); zero bytes up to a
//      multiple of 8
// Pure, any thread. Records are changed in place by whoever folds, but for new allocations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/state_image.hpp"

namespace earmark::storage {

inline constexpr std::size_t order_head_bytes = 48;

std::size_t order_record_bytes(const engine::OrderImage& image) noexcept;

// Writes everything but the checksum to `out`, which has order_record_bytes(image) bytes and is 8-byte aligned.
void write_order_record(const engine::OrderImage& image, std::span<std::byte> out) noexcept;

// A hold's record, sealed: an order's with the deadline as cancel_after.
std::vector<std::byte> hold_record(const engine::HoldImage& image);

void seal_order_record(engine::Lsn lsn, std::span<std::byte> record) noexcept;

// Views into `record` (8-byte aligned). False: the counts are wrong. The checksum is not looked at.
bool view_order_record(engine::Lsn lsn, std::span<const std::byte> record, engine::OrderImage& image) noexcept;
// The same with the checksum.
bool read_order_record(engine::Lsn lsn, std::span<const std::byte> record, engine::OrderImage& image) noexcept;

// An order in a record that its owner may change: views on its parts, no checks.
inline constexpr std::uint16_t order_not_due = 1;  // its reserve_not_before has not come
inline constexpr std::uint16_t order_raises = 2;   // raised lines of it wait in entries of their own
inline constexpr std::uint16_t order_has_skipped = 4;
inline constexpr std::uint16_t order_line_patience = 8;
inline constexpr std::uint16_t order_was_whole = 16;  // nothing of it waited once, all being reserved; figures alone ask for it
inline constexpr std::uint16_t order_promises = 32;
inline constexpr unsigned order_patience_shift = 8;

struct OrderParts {
  explicit OrderParts(std::byte* record) noexcept;

  std::span<engine::LineImage> lines;
  std::span<engine::AllocationImage> allocations;
  std::uint16_t* next_shipment;
  std::uint8_t* priority;
  std::uint16_t* flags;
  std::span<std::uint8_t> line_patience;  // empty: not kept
  std::span<engine::PromiseImage> promises;
  engine::Policy policy{};

  // engine/patience.hpp: of the line, or of a ship_complete order by any of its lines.
  std::uint8_t patience(std::size_t line_index) const noexcept;
  void set_patience(std::size_t line_index, std::uint8_t patience) noexcept;
  std::uint32_t shipment_bytes;
};

// Whether its record keeps the patience of lines.
bool has_line_complete_line(const engine::OrderImage& image) noexcept;

// Something is reserved or waiting.
bool is_open(std::span<const engine::LineImage> lines, std::span<const engine::AllocationImage> allocations) noexcept;

}  // namespace earmark::storage
