// What stands on the command line: SKU:QTY[@WAREHOUSE][/POLICY], SKU:QTY, LINE:QTY, and lines of purchase orders. Quantities may be any
// whole number here: which ones are good is the server's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/failure.hpp"
#include "engine/errors.hpp"

namespace earmark::client {

struct Item {
  std::string sku;
  std::int64_t quantity = 0;
  std::string warehouse;  // empty: any
  std::optional<engine::Policy> policy{};  // of orders' lines alone
};

// SKU:QTY[/DAMAGED]
struct ArrivalItem {
  std::string sku;
  std::int64_t quantity = 0, damaged = 0;
};

struct LineItem {
  std::uint32_t line = 0;
  std::int64_t quantity = 0;
};

// SKU:QTY@WAREHOUSE[=DATE]: a line of a purchase order.
struct PurchaseItem {
  std::string sku;
  std::int64_t quantity = 0;
  std::string warehouse;
  std::int64_t promised_us = 0;  // 0: not said
};

// LINE[:QTY][=DATE]: a line as a vendor acknowledges it.
struct AcknowledgedItem {
  std::uint32_t line = 0;
  std::optional<std::int64_t> quantity{};
  std::int64_t promised_us = 0;
};

// LINE:QTY[:DAMAGED]: what arrived of a line.
struct ArrivedLineItem {
  std::uint32_t line = 0;
  std::int64_t quantity = 0, damaged = 0;
};

// LINE=ORDER:LINE: a line of a purchase order that is for a line of an order first.
struct PegItem {
  std::uint32_t line = 0;
  std::string order;
  std::uint32_t order_line = 0;
};

// A code may itself have ':', '@' and '/': the last ':' with a number after it counts, and a last '/' with the name of a policy behind it.
Outcome<Item> parse_item(std::string_view text);
// The same with a policy behind a '/'.
Outcome<Item> parse_order_item(std::string_view text);
Outcome<ArrivalItem> parse_arrival_item(std::string_view text);
Outcome<LineItem> parse_line_item(std::string_view text);
// A date begins at the last '=', if that stands behind the '@': a SKU may have one, too. Dates as parse_moment reads them.
Outcome<PurchaseItem> parse_purchase_item(std::string_view text, std::int64_t now_us);
Outcome<AcknowledgedItem> parse_acknowledged_item(std::string_view text, std::int64_t now_us);
Outcome<ArrivedLineItem> parse_arrived_line_item(std::string_view text);
Outcome<PegItem> parse_peg_item(std::string_view text);  // the order ends at the last ':'

// Microseconds since 1970 of "2026-03-01 08:30:00", "2026-03-01" (its beginning) or "+90s", "+30m", "+12h", "+7d" from now on, in UTC.
Outcome<std::int64_t> parse_moment(std::string_view text, std::int64_t now_us);
std::int64_t now_us();

std::optional<std::uint32_t> line_number(std::string_view text);
// A whole number, with nothing around it.
std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace earmark::client
