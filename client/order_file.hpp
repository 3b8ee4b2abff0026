// Reads orders from CSV (a row per line; adjacent rows with one order id are one order) or JSON lines (an order each).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client/put.hpp"

namespace earmark::client {

enum class OrderFormat : std::uint8_t { csv, json };

class OrderReader {
 public:
  virtual ~OrderReader() = default;
  // The next order, or nothing after the last one. A bad row is an error that names its place.
  virtual Outcome<std::optional<Order>> next() = 0;
};

// `-` is standard input. CSV may be compressed with gzip.
Outcome<std::unique_ptr<OrderReader>> open_orders(const std::string& path, OrderFormat format);

// One order from one JSON object; `place` begins the messages.
Outcome<Order> order_from_json(const std::string& text, const std::string& place);

}  // namespace earmark::client
