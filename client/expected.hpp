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

// Of `fallbacks`, which stand as `expected` does: when what has no date could come if it were ordered now; 0: it is not known.
std::int64_t fallback_of(std::span<const engine::ExpectedUnits> all, std::size_t line_index);

// What a line was promised first, and told last; 0: nothing was.
struct ToldDates {
  std::int64_t first_us = 0, told_us = 0;
};
// Out of all of an order's, which stand by line.
template <class Promises>
ToldDates promise_of(const Promises& promises, std::size_t line_index) {
  for (const auto& each : promises) {
    if (each.line_index == line_index) return {each.first.value, each.told.value};
  }
  return {};
}

}  // namespace earmark::client
