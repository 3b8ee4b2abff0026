// When what waits can be expected, in words and as JSON. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/event_json.hpp"
#include "client/values.hpp"

namespace earmark::client {

// Units on one day: "2026-12-01".
struct UnitsOnDay {
  std::string day{};
  std::uint64_t units = 0;
};
std::vector<UnitsOnDay> by_day(const std::vector<ExpectedUnits>& expected);

// For a table: "2026-12-01" where all that waits can be expected that day; "2026-12-01 5, 2026-12-08 3, no date 2"; "no date" where none is
// known; "" where nothing waits. With a fallback "no date; about 2026-12-11 if ordered now".
std::string dates_text(const std::vector<ExpectedUnits>& expected, std::uint64_t waits, std::int64_t fallback_us = 0);
// For a sentence: the same behind "expected", if a date is known.
std::string expectation_text(const std::vector<ExpectedUnits>& expected, std::uint64_t waits, std::int64_t fallback_us);
// [{"date_us", "quantity"}], empty where no date is known.
Json dates_json(const std::vector<ExpectedUnits>& expected);

}  // namespace earmark::client
