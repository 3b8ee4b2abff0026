#include "client/items.hpp"

#include <charconv>

namespace earmark::client {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Outcome<Item> parse_item(std::string_view text) {
  for (std::size_t colon = text.rfind(':'); colon != std::string_view::npos && colon > 0; colon = text.rfind(':', colon - 1)) {
    const std::string_view rest = text.substr(colon + 1);
    const std::size_t at = rest.find('@');
    const auto quantity = whole_number(rest.substr(0, at));
    if (!quantity) continue;
    const bool pinned = at != std::string_view::npos;
    if (pinned && at + 1 == rest.size()) break;
    return Item{std::string(text.substr(0, colon)), *quantity, pinned ? std::string(rest.substr(at + 1)) : std::string()};
  }
  return usage("'" + std::string(text) + "' is not SKU:QUANTITY or SKU:QUANTITY@WAREHOUSE, e.g. BEAM-LVL:20@MAIN");
}

Outcome<LineItem> parse_line_item(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const auto line = whole_number(text.substr(0, colon)), quantity = whole_number(text.substr(colon + 1));
    if (line && quantity && *line >= 0 && *line <= UINT32_MAX) return LineItem{static_cast<std::uint32_t>(*line), *quantity};
  }
  return usage("'" + std::string(text) + "' is not LINE:QUANTITY, e.g. 2:15 for 15 units of line 2");
}

}  // namespace earmark::client
