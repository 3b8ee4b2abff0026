#include "client/cut_off.hpp"

#include "client/items.hpp"

namespace earmark::client {

Outcome<std::optional<std::int16_t>> parse_cut_off(std::string_view text) {
  if (text == "none") return std::optional<std::int16_t>();
  const std::size_t colon = text.find(':');
  if (text.size() == 5 && colon == 2) {
    const auto hours = whole_number(text.substr(0, 2)), minutes = whole_number(text.substr(3));
    if (hours && minutes && *hours >= 0 && *hours < 24 && *minutes >= 0 && *minutes < 60) return std::optional(static_cast<std::int16_t>(*hours * 60 + *minutes));
  }
  return usage("'" + std::string(text) + "' is not a cut-off; write a time of day in UTC, for example 14:30, or none");
}

}  // namespace earmark::client
