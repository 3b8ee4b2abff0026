// Who waits for all or nothing is not passed over for ever. Each later order that takes a unit which he could have used is a skip; after
// Capacity::max_skips of them, or Capacity::max_wait, he turns strict: he takes whatever is there, in his turn, and keeps it set aside
// until he is whole. Then all of this is forgotten.
// He is a line_complete line, or a ship_complete order as a whole; what is known of him lies at the line or at the order. The settler
// alone, and recovery.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/limits.hpp"
#include "engine/order_state.hpp"
#include "engine/serve_plan.hpp"

namespace earmark::engine {

inline constexpr std::uint8_t strict_patience = 255;  // else the number of skips

constexpr bool waits_whole(Policy policy) noexcept { return policy == Policy::ship_complete || policy == Policy::line_complete; }
inline bool waits_whole(const OrderState& order, const OrderLineState& line) noexcept { return waits_whole(line.policy.or_else(order.policy)); }

inline std::uint8_t& patience_of(OrderState& order, OrderLineState& line) noexcept {
  return order.policy == Policy::ship_complete ? order.patience : line.patience;
}
inline std::uint8_t patience_of(const OrderState& order, const OrderLineState& line) noexcept {
  return order.policy == Policy::ship_complete ? order.patience : line.patience;
}
inline bool is_strict(const OrderState& order, const OrderLineState& line) noexcept { return patience_of(order, line) == strict_patience; }

// It waits, and all of it is served at once or nothing.
inline bool takes_all(const OrderState& order) noexcept { return order.policy == Policy::ship_complete && order.patience != strict_patience; }

inline bool waits_at_all(const OrderState& order) noexcept {
  const auto lines = order.lines();
  return std::any_of(lines.begin(), lines.end(), [](const OrderLineState& line) { return line.waiting != 0; });
}

// He who waits by this line still does: the line, or of a ship_complete order any of its lines.
inline bool waiter_waits(const OrderState& order, const OrderLineState& line) noexcept {
  return order.policy == Policy::ship_complete ? waits_at_all(order) : line.waiting != 0;
}

// What the line has reserved, and nobody has picked, is gathered by somebody strict who is not whole: nobody picks it yet.
inline bool is_set_aside(const OrderState& order, const OrderLineState& line) noexcept { return is_strict(order, line) && waiter_waits(order, line); }

inline bool has_strict_line(const OrderState& order) noexcept {
  if (order.policy == Policy::ship_complete) return order.patience == strict_patience;
  const auto lines = order.lines();
  return std::any_of(lines.begin(), lines.end(), [](const OrderLineState& line) { return line.patience == strict_patience; });
}

// Shipments with units that are set aside. They are neither picked nor shipped, and nothing that can be picked joins them.
std::vector<std::uint16_t> set_aside_shipments(const BlockStore& blocks, const OrderState& order);
inline bool is_among(std::span<const std::uint16_t> numbers, std::uint16_t number) noexcept {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

// Whether he, by one of his lines, can turn strict.
inline bool can_turn_strict(const OrderState& order, const OrderLineState& line) noexcept {
  return !order.not_due && waits_whole(order, line) && !is_strict(order, line) && waiter_waits(order, line);
}

// The first line by which somebody of the order can turn strict, of a ship_complete one the first of all; OrderState::no_line: there
// is none.
std::uint16_t first_impatient_line(const OrderState& order) noexcept;

// Who it is in words of a record.
Skip skip_of(const OrderState& order, std::size_t line_index) noexcept;

// Of a waiter who turns strict: a step for each SKU that he waits for, in the order of his lines; with it the units become usable
// that were taken from others.
std::vector<ServeStep> strict_steps(const OrderState& order, std::size_t line_index, std::span<const LostUnits> lost);

}  // namespace earmark::engine
