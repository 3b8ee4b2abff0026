// Lines of purchase orders that are for one line of an order first.
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::Quantity;

void Twin::peg(const engine::PlacePurchase& command, Purchase& purchase, PurchaseAnswer& decision) {
  decision.texts = std::make_shared<std::deque<std::string>>();
  for (const std::string_view id : command.peg_orders) decision.peg_orders.push_back(decision.texts->emplace_back(id));
  for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) {
    PurchaseLine& line = purchase.lines[index];
    const auto row = std::ranges::find(command.pegs, line.number, &engine::PegRow::line);
    if (row == command.pegs.end()) continue;
    line.peg_order = state_.order_ids.at(std::string(command.peg_orders[row->order]));
    line.peg_line = row->order_line;
    decision.pegs.push_back({.order_lsn = line.peg_order, .index = index, .order = row->order, .order_line = row->order_line});
  }
}

// As many good units as the line waits for, its entries in queue order; it passes over nobody by that, for nobody else was promised them.
void Twin::serve_pegged(const Purchase& purchase, const engine::PurchaseArrivedRow& arrived, std::uint32_t row, const Withheld& withheld, Answer& answer) {
  const PurchaseLine& from = *std::ranges::find(purchase.lines, arrived.line, &PurchaseLine::number);
  if (from.peg_order.value == 0) return;
  Order& order = state_.orders.at(from.peg_order);
  const auto line = std::ranges::find(order.lines, from.peg_line, &Line::number);
  if (line->pinned.value != 0 && line->pinned != arrived.warehouse) return;
  Quantity left = std::min(arrived.quantity, arrived.available_after);  // what heals an overdraft is nobody's
  for (const engine::Lsn entry : std::vector(line->entries())) {
    FillAnswer filled{.stamp = {}, .order_id = {}, .row = row, .pegged = true};
    const std::size_t shipments = order.shipments.size();
    filled.takes = take(order, *line, std::min(left, line->waiting_in(entry)), {arrived.warehouse}, withheld);
    for (const engine::Take& each : filled.takes) left -= each.quantity;
    note_fill(order, {order.priority, order.lsn, static_cast<std::uint32_t>(line - order.lines.begin()), entry}, std::move(filled), shipments, answer);
  }
}

}  // namespace earmark::model
