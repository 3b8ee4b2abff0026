// Lines of purchase orders on the command line.
#include "client/items.hpp"

namespace earmark::client {

std::optional<std::uint32_t> line_number(std::string_view text) {
  const auto number = whole_number(text);
  if (!number || *number < 0 || *number > UINT32_MAX) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

Outcome<PurchaseItem> parse_purchase_item(std::string_view text, std::int64_t now_us) {
  const std::size_t at = text.rfind('@'), equals = text.rfind('=');
  const bool dated = equals != std::string_view::npos && at != std::string_view::npos && equals > at;
  const auto item = parse_item(dated ? text.substr(0, equals) : text);
  if (!item || item->warehouse.empty()) {
    return usage("'" + std::string(text) + "' is not SKU:QUANTITY@WAREHOUSE[=DATE], e.g. BEAM-LVL:200@MAIN=2026-04-01");
  }
  PurchaseItem line{item->sku, item->quantity, item->warehouse, 0};
  if (!dated) return line;
  const auto promised = parse_moment(text.substr(equals + 1), now_us);
  if (!promised) return Unexpected{promised.error()};
  line.promised_us = *promised;
  return line;
}

Outcome<AcknowledgedItem> parse_acknowledged_item(std::string_view text, std::int64_t now_us) {
  const std::size_t equals = text.find('=');
  const std::string_view units = text.substr(0, equals);
  const std::size_t colon = units.find(':');
  const auto line = line_number(units.substr(0, colon));
  const auto quantity = colon == std::string_view::npos ? std::nullopt : whole_number(units.substr(colon + 1));
  // On the wire a negative one says that the quantity stays; here nothing does.
  if (!line || (colon != std::string_view::npos && (!quantity || *quantity < 0))) {
    return usage("'" + std::string(text) + "' is not LINE[:QUANTITY][=DATE], e.g. 2:180=2026-04-08 for 180 units of line 2 on that day");
  }
  AcknowledgedItem item{*line, quantity, 0};
  if (equals == std::string_view::npos) return item;
  const auto promised = parse_moment(text.substr(equals + 1), now_us);
  if (!promised) return Unexpected{promised.error()};
  item.promised_us = *promised;
  return item;
}

Outcome<ArrivedLineItem> parse_arrived_line_item(std::string_view text) {
  const std::size_t first = text.find(':');
  if (first != std::string_view::npos) {
    const std::string_view rest = text.substr(first + 1);
    const std::size_t second = rest.find(':');
    const auto line = line_number(text.substr(0, first));
    const auto quantity = whole_number(rest.substr(0, second));
    const auto damaged = second == std::string_view::npos ? std::optional<std::int64_t>(0) : whole_number(rest.substr(second + 1));
    if (line && quantity && damaged) return ArrivedLineItem{*line, *quantity, *damaged};
  }
  return usage("'" + std::string(text) + "' is not LINE:QUANTITY or LINE:QUANTITY:DAMAGED, e.g. 2:18:2 for 18 good units of line 2 and 2 damaged ones");
}

Outcome<PegItem> parse_peg_item(std::string_view text) {
  const std::size_t equals = text.find('='), colon = text.rfind(':');
  if (equals != std::string_view::npos && colon != std::string_view::npos && colon > equals + 1) {
    const auto line = line_number(text.substr(0, equals)), order_line = line_number(text.substr(colon + 1));
    if (line && order_line) return PegItem{*line, std::string(text.substr(equals + 1, colon - equals - 1)), *order_line};
  }
  return usage("'" + std::string(text) + "' is not LINE=ORDER:LINE, e.g. 1=SITE-7:3 for line 1 of the purchase order, which is for line 3 of order SITE-7");
}

}  // namespace earmark::client
