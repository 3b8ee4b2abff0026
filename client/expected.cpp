#include "client/expected.hpp"

#include <algorithm>
#include <map>

namespace earmark::client {

std::vector<ExpectedUnits> expected_of(std::span<const engine::ExpectedUnits> all, std::size_t line_index) {
  // A line that was raised waits in several entries, each with dates of its own.
  std::map<std::int64_t, std::uint32_t> by_date;
  for (const engine::ExpectedUnits& each : std::ranges::equal_range(all, line_index, {}, &engine::ExpectedUnits::line_index)) {
    by_date[each.date.value] += each.quantity;
  }
  std::vector<ExpectedUnits> expected;
  for (const auto& [date_us, quantity] : by_date) expected.push_back({date_us, quantity});
  return expected;
}

std::int64_t fallback_of(std::span<const engine::ExpectedUnits> all, std::size_t line_index) {
  const std::vector<ExpectedUnits> fallbacks = expected_of(all, line_index);
  return fallbacks.empty() ? 0 : fallbacks.back().date_us;
}

std::uint64_t dated_units(const std::vector<ExpectedUnits>& expected) {
  std::uint64_t units = 0;
  for (const ExpectedUnits& each : expected) units += each.quantity;
  return units;
}

std::int64_t last_date_us(const std::vector<ExpectedUnits>& expected, std::uint64_t waits) {
  return expected.empty() || dated_units(expected) < waits ? 0 : expected.back().date_us;
}

}  // namespace earmark::client
