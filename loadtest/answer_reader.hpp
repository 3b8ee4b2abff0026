// Reads the two answers of the hot path - an order's decision and a stock check - straight from a frame's body. The
// schema's EventDecoder verifies and copies more than a load test needs and costs about 100 ns; this follows the offsets
// with a bounds check each (about 15 ns), and accepts every valid layout of the same tables.
// Pure; any thread. Views hold as long as the body.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "engine/decision.hpp"

namespace earmark::loadtest {

// Rows of a vector of structs, wherever they lie: reading one copies it.
template <class Row>
class Rows {
 public:
  Rows() = default;
  explicit Rows(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  std::size_t size() const noexcept { return bytes_.size() / sizeof(Row); }
  Row operator[](std::size_t index) const noexcept {
    Row row;
    std::memcpy(&row, bytes_.data() + index * sizeof(Row), sizeof(Row));
    return row;
  }

 private:
  std::span<const std::byte> bytes_;
};

struct DecidedOrder {
  engine::Lsn lsn{};
  engine::OrderStatus status{};
  std::string_view id;
  Rows<engine::LineDecision> lines;
  Rows<engine::Take> takes;
};

// None if the body is not one whole event with an order's decision, or if its counts do not agree.
std::optional<DecidedOrder> read_decided_order(std::span<const std::byte> body) noexcept;

struct CheckedStock {
  engine::Lsn lsn{};
  std::uint16_t warehouses = 0;
  Rows<engine::Quantity> available;  // row-major, `warehouses` for each SKU
};

std::optional<CheckedStock> read_checked_stock(std::span<const std::byte> body) noexcept;

}  // namespace earmark::loadtest
