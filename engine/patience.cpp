#include "engine/patience.hpp"

#include "engine/shipments.hpp"

namespace earmark::engine {

std::uint16_t first_impatient_line(const OrderState& order) noexcept {
  const std::size_t last = order.policy == Policy::ship_complete ? 1 : order.lines().size();  // each of its lines speaks for it
  for (std::size_t index = 0; index < last; ++index) {
    if (can_turn_strict(order, order.lines()[index])) return static_cast<std::uint16_t>(index);
  }
  return OrderState::no_line;
}

std::vector<std::uint16_t> set_aside_shipments(const BlockStore& blocks, const OrderState& order) {
  std::vector<std::uint16_t> numbers;
  if (!has_strict_line(order)) return numbers;
  for (const OrderLineState& line : order.lines()) {
    if (!is_set_aside(order, line)) continue;
    for_each_allocation(blocks, line, [&](const Allocation& each) {
      if (each.reserved != 0 && !is_picked(blocks, order, each.shipment)) numbers.push_back(each.shipment);
    });
  }
  return numbers;
}

Skip skip_of(const OrderState& order, std::size_t line_index) noexcept {
  const LineNumber line = order.policy == Policy::ship_complete ? LineNumber{} : order.lines()[line_index].line;
  return {order.known.lsn(), line, order.id()};
}

std::vector<ServeStep> strict_steps(const OrderState& order, std::size_t line_index, std::span<const LostUnits> lost) {
  std::vector<ServeStep> steps;
  std::vector<SkuId> skus;
  for (std::size_t index = 0; index < order.lines().size(); ++index) {
    const OrderLineState& line = order.lines()[index];
    if (line.waiting == 0 || (order.policy != Policy::ship_complete && index != line_index)) continue;
    if (std::find(skus.begin(), skus.end(), line.sku) == skus.end()) skus.push_back(line.sku);
  }
  for (std::uint32_t row = 0; row < skus.size(); ++row) {
    for (const LostUnits& units : lost) {
      if (units.sku == skus[row]) steps.push_back({skus[row], row, units.warehouse, units.quantity, false, true});
    }
    steps.push_back({skus[row], row, {}, 0, true, true});
  }
  return steps;
}

}  // namespace earmark::engine
