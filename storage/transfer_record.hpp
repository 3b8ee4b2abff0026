// An open transfer in the state store: one value, its key the LSN of its shipping. All integers little-endian.
//   0  u32 crc32c       as state_rows.hpp says
//   4  u32 lines
//   8  u64 content      hash of the command
//  16  i64 time         of the decision
//  24  i64 expected     arrival, 0: not said
//  32  u16 source, u16 destination, u32 id bytes
//  40  lines            16 bytes each (engine::TransferLine); the id; zero bytes up to a multiple of 8
// Pure, any thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/state_image.hpp"

namespace earmark::storage {

// Sealed.
std::vector<std::byte> transfer_record(const engine::TransferImage& image);

// Views into `record` (8-byte aligned). False: it is not what was written under this LSN.
bool read_transfer_record(engine::Lsn lsn, std::span<const std::byte> record, engine::TransferImage& image) noexcept;

}  // namespace earmark::storage
