// What stands on the command line: SKU:QTY[@WAREHOUSE], SKU:QTY and LINE:QTY. Quantities may be any whole number here:
// which ones are good is the server's business.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/failure.hpp"

namespace earmark::client {

struct Item {
  std::string sku;
  std::int64_t quantity = 0;
  std::string warehouse;  // empty: any
};

struct LineItem {
  std::uint32_t line = 0;
  std::int64_t quantity = 0;
};

// A code may itself have ':' and '@': the last ':' with a number after it counts.
Outcome<Item> parse_item(std::string_view text);
Outcome<LineItem> parse_line_item(std::string_view text);

// A whole number, with nothing around it.
std::optional<std::int64_t> whole_number(std::string_view text);

}  // namespace earmark::client
