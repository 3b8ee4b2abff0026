// A cell: one SKU in one warehouse, 8 bytes.   gate:1 | version:31 | free:32
//   free     available units; what an order may take now
//   version  raised by every write, so that a helper that comes late cannot write twice (S3)
//   gate     somebody waits who could use this cell: only the settler takes from it (S9)
// Cells change inside a commit only (engine/commit_word.hpp), never by a plain store.
#pragma once

#include <cstdint>

#include "engine/types.hpp"

namespace earmark::engine {

struct CellWord {
  std::uint64_t bits = 0;

  constexpr Quantity free() const noexcept { return static_cast<Quantity>(bits); }
  constexpr bool gate() const noexcept { return (bits >> 63) != 0; }
  constexpr std::uint32_t version() const noexcept { return static_cast<std::uint32_t>(bits >> 32) & 0x7FFF'FFFFU; }

  // The word that replaces this one: always with the next version.
  constexpr CellWord with(Quantity free, bool gate) const noexcept {
    const std::uint64_t next_version = (version() + 1U) & 0x7FFF'FFFFU;
    return {(static_cast<std::uint64_t>(gate) << 63) | (next_version << 32) | free};
  }
};
static_assert(sizeof(CellWord) == 8);

}  // namespace earmark::engine
