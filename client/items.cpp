#include "client/items.hpp"

#include <charconv>
#include <chrono>

#include "client/describe.hpp"

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
    return Item{std::string(text.substr(0, colon)), *quantity, pinned ? std::string(rest.substr(at + 1)) : std::string(), {}};
  }
  return usage("'" + std::string(text) + "' is not SKU:QUANTITY or SKU:QUANTITY@WAREHOUSE, e.g. BEAM-LVL:20@MAIN");
}

Outcome<Item> parse_order_item(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  const auto policy = slash == std::string_view::npos ? std::nullopt : engine::policy_named(text.substr(slash + 1));
  if (!policy) {
    auto item = parse_item(text);
    if (item) return item;
    return usage("'" + std::string(text) + "' is not SKU:QUANTITY[@WAREHOUSE][/POLICY], e.g. BEAM-LVL:20@MAIN or BEAM-LVL:20/line_complete");
  }
  auto item = parse_item(text.substr(0, slash));
  if (item) item->policy = policy;
  return item;
}

Outcome<ArrivalItem> parse_arrival_item(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && colon > 0) {
    const std::string_view rest = text.substr(colon + 1);
    const std::size_t slash = rest.find('/');
    const auto quantity = whole_number(rest.substr(0, slash));
    const auto damaged = slash == std::string_view::npos ? std::optional<std::int64_t>(0) : whole_number(rest.substr(slash + 1));
    if (quantity && damaged) return ArrivalItem{std::string(text.substr(0, colon)), *quantity, *damaged};
  }
  return usage("'" + std::string(text) + "' is not SKU:QUANTITY or SKU:QUANTITY/DAMAGED, e.g. BEAM-LVL:18/2 for 18 good units and 2 damaged ones");
}

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

Outcome<std::int64_t> parse_moment(std::string_view text, std::int64_t now_us) {
  constexpr std::int64_t second = 1'000'000, most = 1'000'000'000'000;
  if (text.starts_with('+') && text.size() > 2) {
    const auto number = whole_number(text.substr(1, text.size() - 2));
    const char unit = text.back();
    const std::int64_t each = unit == 's' ? second : unit == 'm' ? 60 * second : unit == 'h' ? 3'600 * second : unit == 'd' ? 86'400 * second : 0;
    if (number && *number >= 0 && each != 0 && *number <= most / (each / second)) return now_us + *number * each;
  } else {
    engine::TimeUs time = time_from(text);
    if (time.value == 0) time = time_from(std::string(text) + " 00:00:00");
    if (time.value > 0) return time.value;
  }
  return usage("'" + std::string(text) + "' is no moment; write UTC, e.g. \"2026-03-01 08:30:00\" or 2026-03-01, or from now on +90s, +30m, +12h or +7d");
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
