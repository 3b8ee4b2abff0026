// An open purchase order in the state store: one value, its key the LSN of its placing. All integers little-endian.
//   0  u32 crc32c       as state_rows.hpp says
//   4  u32 lines
//   8  u64 content      hash of the command
//  16  i64 time         of the decision
//  24  u16 id bytes, u16 vendor bytes, u16 reference bytes, u16 notes bytes
//  32  u8 state         engine::PurchaseState; 7 zero bytes
//  40  lines            40 bytes each (engine::PurchaseLineState); id, vendor, reference, notes; zero bytes up to a multiple of 8
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

}  // namespace earmark::storage
