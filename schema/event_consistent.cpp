#include "schema/event_consistent.hpp"

#include <algorithm>
#include <functional>

namespace earmark::schema {
namespace {

template <class Rows, class Count>
bool counts_agree(const Rows& rows, Count count, std::size_t size) noexcept {
  std::uint64_t sum = 0;
  for (const auto& row : rows) sum += count(row);
  return sum == size;
}

// Ascending positions in something with `size` entries.
bool are_positions(std::span<const std::uint32_t> positions, std::size_t size) noexcept {
  const bool ascending = std::adjacent_find(positions.begin(), positions.end(), std::greater_equal<>()) == positions.end();
  return ascending && (positions.empty() || positions.back() < size);
}

// By line, each line's by date, and no more of it than waits.
bool is_expected_of(std::span<const engine::ExpectedUnits> expected, std::span<const engine::LineDecision> lines) noexcept {
  std::uint64_t units = 0;
  for (std::size_t index = 0; index < expected.size(); ++index) {
    const engine::ExpectedUnits& each = expected[index];
    const bool same_line = index != 0 && expected[index - 1].line_index == each.line_index;
    if (index != 0 && (same_line ? expected[index - 1].date >= each.date : expected[index - 1].line_index > each.line_index)) return false;
    units = same_line ? units + each.quantity : each.quantity;
    if (each.line_index >= lines.size() || units > lines[each.line_index].backordered) return false;
  }
  return true;
}

// By line, one for each at most, and no more of it than waits and is not expected.
bool is_fallback_of(std::span<const engine::ExpectedUnits> fallbacks, const engine::OrderDecision& order) noexcept {
  std::size_t next = 0;
  for (std::size_t index = 0; index < fallbacks.size(); ++index) {
    const engine::ExpectedUnits& each = fallbacks[index];
    if (each.line_index >= order.lines.size() || (index != 0 && fallbacks[index - 1].line_index >= each.line_index)) return false;
    std::uint64_t units = each.quantity;
    for (; next < order.expected.size() && order.expected[next].line_index <= each.line_index; ++next) {
      if (order.expected[next].line_index == each.line_index) units += order.expected[next].quantity;
    }
    if (units > order.lines[each.line_index].backordered) return false;
  }
  return true;
}

bool consistent(const engine::OrderDecision& order) noexcept {
  if (!is_expected_of(order.expected, order.lines) || !is_fallback_of(order.fallbacks, order)) return false;
  for (const engine::LineWait& wait : order.waits) {
    if (wait.line_index >= order.lines.size()) return false;
  }
  if (!order.line_policies.empty() && order.line_policies.size() != order.lines.size()) return false;
  for (const engine::LinePolicy policy : order.line_policies) {
    if (!policy.known()) return false;
  }
  if (order.not_due && std::any_of(order.lines.begin(), order.lines.end(), [](const auto& line) { return line.taken != 0; })) return false;
  if (!are_positions(order.not_backorderable, order.lines.size())) return false;
  return counts_agree(order.lines, [](const auto& line) { return line.more_takes; }, order.takes.size());
}
bool consistent(const engine::CancelDecision& cancel) noexcept {
  return counts_agree(cancel.lines, [](const auto& line) { return line.releases; }, cancel.released.size());
}
bool consistent(const engine::AmendDecision& amend) noexcept {
  if (std::any_of(amend.raised.begin(), amend.raised.end(), [](const auto& line) { return line.quantity == 0 || line.cancelled > line.quantity; })) return false;
  return counts_agree(amend.lines, [](const auto& line) { return line.releases; }, amend.released.size());
}
bool consistent(const engine::ShipDecision& ship) noexcept {
  return counts_agree(ship.lines, [](const auto& line) { return line.ships; }, ship.shipped.size());
}
// Losses stand by row, and name rows and orders that are there.
bool consistent(const engine::StockChangeDecision& change) noexcept {
  std::uint32_t row = 0;
  for (const engine::LostUnits& lost : change.lost) {
    if (lost.row < row || lost.row >= change.rows.size() || lost.order >= change.orders.size()) return false;
    if (lost.sku != change.rows[lost.row].sku || lost.warehouse != change.rows[lost.row].warehouse) return false;
    row = lost.row;
  }
  if (!are_positions(change.overdrawn, change.rows.size())) return false;
  for (const std::uint32_t index : change.overdrawn) {
    if (change.rows[index].available_after != 0) return false;
  }
  return are_positions(change.of_holds, change.lost.size()) && change.orders.size() == change.customers.size();
}
bool consistent(const engine::HoldDecision& hold) noexcept {
  return counts_agree(hold.lines, [](const auto& line) { return line.more_takes; }, hold.takes.size());
}
bool consistent(const engine::HoldEndDecision& end) noexcept {
  return (end.how == engine::HoldEnd::released || end.how == engine::HoldEnd::expired) &&
         counts_agree(end.lines, [](const auto& line) { return line.count; }, end.released.size());
}
// Only a pick leaves units over, and then it says where.
bool consistent(const engine::ShipmentDecision& move) noexcept {
  bool rest = false;
  for (const engine::MovedLine& line : move.lines) rest = rest || line.rest != 0;
  return rest == (move.rest_shipment != 0) && (!rest || move.step == engine::ShipmentStep::pick);
}
// Every unit that is freed was somebody's.
bool consistent(const engine::StrictDecision& strict) noexcept {
  if (strict.freed.size() != strict.lost.size() || strict.orders.size() != strict.customers.size()) return false;
  for (std::size_t index = 0; index < strict.lost.size(); ++index) {
    const engine::LostUnits& lost = strict.lost[index];
    const engine::ReceivedRow& row = strict.freed[index];
    const bool same = lost.sku == row.sku && lost.warehouse == row.warehouse && lost.quantity == row.quantity;
    if (!same || lost.row != index || lost.order >= strict.orders.size()) return false;
  }
  return true;
}
bool consistent(const auto&) noexcept { return true; }

}  // namespace

bool is_consistent(const Decision& decision) noexcept {
  return std::visit([](const auto& each) { return consistent(each); }, decision);
}

}  // namespace earmark::schema
