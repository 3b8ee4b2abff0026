// An open purchase order in the state store: one value, its key the LSN of its placing. All integers little-endian.
//   0  u32 crc32c       as state_rows.hpp says
//   4  u32 lines
//   8  u64 content      hash of the command
//  16  i64 time         of the decision
//  24  i64 closes       of a suggestion
//  32  u16 id bytes, u16 vendor bytes, u16 reference bytes, u16 notes bytes
//  40  u8 state         engine::PurchaseState; u8 automatic; 6 zero bytes
//  48  lines            64 bytes each (engine::PurchaseLineState); id, vendor, reference, notes; zero bytes up to a multiple of 8
// In states of versions 1 and 2 there was no `closes`, the state was alone, and a line had 40 bytes: promised, promised first, received, line, SKU,
// quantity, warehouse.
// Pure, any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/state_image.hpp"

namespace earmark::storage {

// Sealed.
std::vector<std::byte> purchase_record(const engine::PurchaseImage& image);

// Views into `record` (8-byte aligned). False: it is not what was written under this LSN.
bool read_purchase_record(engine::Lsn lsn, std::span<const std::byte> record, engine::PurchaseImage& image) noexcept;

// The same of one that a state of version 1 or 2 has, its lines in `lines`: expected as they were promised.
bool read_old_purchase_record(engine::Lsn lsn, std::span<const std::byte> record, std::vector<engine::PurchaseLineState>& lines,
                              engine::PurchaseImage& image);

}  // namespace earmark::storage
