#include "client/dates_text.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "client/describe.hpp"
#include "client/expected.hpp"

namespace earmark::client {

std::vector<UnitsOnDay> by_day(const std::vector<ExpectedUnits>& expected) {
  std::vector<UnitsOnDay> days;
  for (const ExpectedUnits& each : expected) {
    std::string day = day_text(each.date_us);
    if (days.empty() || days.back().day != day) days.push_back({std::move(day), 0});
    days.back().units += each.quantity;
  }
  return days;
}

std::string dates_text(const std::vector<ExpectedUnits>& expected, std::uint64_t waits, std::int64_t fallback_us) {
  if (waits == 0) return "";
  std::vector<UnitsOnDay> days = by_day(expected);
  const std::uint64_t dated = dated_units(expected);
  if (dated < waits) days.push_back({"no date", waits - dated});
  std::string text = days.size() == 1 ? days.front().day : "";
  for (const auto& [day, units] : days) {
    if (days.size() > 1) text += (text.empty() ? "" : ", ") + day + " " + with_separators(units);
  }
  return dated < waits && fallback_us != 0 ? text + "; about " + day_text(fallback_us) + " if ordered now" : text;
}

std::string expectation_text(const std::vector<ExpectedUnits>& expected, std::uint64_t waits, std::int64_t fallback_us) {
  return (expected.empty() ? "" : "expected ") + dates_text(expected, waits, fallback_us);
}

Json dates_json(const std::vector<ExpectedUnits>& expected) {
  Json list = Json::array();
  for (const ExpectedUnits& each : expected) list.push_back({{"date_us", each.date_us}, {"quantity", each.quantity}});
  return list;
}

}  // namespace earmark::client
