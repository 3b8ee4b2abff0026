// A cell: one SKU in one warehouse, 8 bytes.   gate:1 | version:31 | level:32
//   level    what is left to promise (engine/level.hpp); free(): what of it an order may take now, 0 of a cell that is overdrawn
//   version  raised by every write, so that a helper that comes late cannot write twice (S3)
//   gate     somebody waits who could use this cell: only the settler takes from it (S9)
// Cells change inside a commit only (engine/commit_word.hpp), never by a plain store. Whatever brings units to a cell goes through
// plus(), which heals first.
#pragma once

#include <cstdint>

#include "engine/level.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct CellWord {
  std::uint64_t bits = 0;

  constexpr Quantity level() const noexcept { return static_cast<Quantity>(bits); }
  constexpr Quantity free() const noexcept { return available_of(level()); }
  constexpr bool gate() const noexcept { return (bits >> 63) != 0; }
  constexpr std::uint32_t version() const noexcept { return static_cast<std::uint32_t>(bits >> 32) & 0x7FFF'FFFFU; }

  // The word that replaces this one: always with the next version.
  constexpr CellWord with_level(Quantity level, bool gate) const noexcept {
    const std::uint64_t next_version = (version() + 1U) & 0x7FFF'FFFFU;
    return {(static_cast<std::uint64_t>(gate) << 63) | (next_version << 32) | level};
  }
  constexpr CellWord plus(Quantity units, bool gate) const noexcept { return with_level(level() + units, gate); }
  constexpr CellWord minus(Quantity units, bool gate) const noexcept { return with_level(level() - units, gate); }  // at most free()
  constexpr CellWord gated(bool gate) const noexcept { return with_level(level(), gate); }
};
static_assert(sizeof(CellWord) == 8);

}  // namespace earmark::engine
