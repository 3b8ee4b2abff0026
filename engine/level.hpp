// What a cell has left to promise: on hand - reserved - held - unavailable, a signed number in 32 bits (two's complement), so that
// adding and taking units is plain arithmetic whatever its sign. Below zero the cell is overdrawn: a count found less than what is
// picked. Then nothing is available, and every unit that comes heals it first. Nobody promises from a level, only from what is available.
#pragma once

#include <cstdint>

#include "engine/types.hpp"

namespace earmark::engine {

constexpr std::int64_t signed_level(Quantity level) noexcept { return static_cast<std::int32_t>(level); }
constexpr bool is_overdrawn(Quantity level) noexcept { return signed_level(level) < 0; }
constexpr Quantity available_of(Quantity level) noexcept { return is_overdrawn(level) ? 0 : level; }
constexpr Quantity overdraft_of(Quantity level) noexcept { return is_overdrawn(level) ? 0 - level : 0; }
// Of units that came, those that are available: what heals an overdraft is not. `available_after` is what they left.
constexpr Quantity units_beyond_healing(Quantity came, Quantity available_after) noexcept { return came < available_after ? came : available_after; }
// Units came to a cell that had none available. (More came than are available then where some healed it.)
constexpr bool was_empty(Quantity came, Quantity available_after) noexcept { return available_after != 0 && available_after <= came; }

// Units came to a cell that was overdrawn: some or all of them made up for what was missing there.
constexpr bool heals(std::uint64_t came, Quantity available_after) noexcept { return came > available_after; }

}  // namespace earmark::engine
