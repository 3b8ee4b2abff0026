// When what waits of a line can be expected, as values of a channel. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "client/values.hpp"
#include "engine/decision.hpp"

namespace earmark::client {

// Those of one line (of a check: of one row) out of all, which stand by line: by date, each date once.
std::vector<ExpectedUnits> expected_of(std::span<const engine::ExpectedUnits> all, std::size_t line_index);

std::uint64_t dated_units(const std::vector<ExpectedUnits>& expected);
// When the last of them can be expected; 0: of some no date is known.
std::int64_t last_date_us(const std::vector<ExpectedUnits>& expected, std::uint64_t waits);

}  // namespace earmark::client
