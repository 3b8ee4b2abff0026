// Commands about purchase orders, read back from their records.
#include <algorithm>

#include "tests/system/support/log.hpp"

namespace earmark::test {

model::Command StrongReplay::command_of(const engine::PurchaseDecision& decision) const {
  model::PlacePurchaseCommand place{.id = std::string(decision.id), .vendor = std::string(decision.vendor), .reference = std::string(decision.reference),
                                    .notes = std::string(decision.notes), .state = decision.state};
  for (const engine::PurchasedLine& line : decision.lines) place.lines.push_back({line.quantity, line.promised, line.line, line.sku, line.warehouse, 0, 0});
  for (const engine::PurchasePeg& peg : decision.pegs) place.pegs.push_back({decision.lines[peg.index].line, peg.order_line, peg.order});
  place.peg_orders.assign(decision.peg_orders.begin(), decision.peg_orders.end());
  return place;
}

// An acknowledgement that names what a line has already is the same as one that leaves it; but where more has arrived than was ordered, it can
// only be left.
model::Command StrongReplay::command_of(const engine::PurchaseStepDecision& decision) const {
  model::MovePurchaseCommand move{.command_id = std::string(decision.command_id), .purchase_id = std::string(decision.purchase_id), .step = decision.step,
                                  .reference = std::string(decision.reference)};
  if (decision.step != engine::PurchaseStep::acknowledge) return move;
  const model::Purchase& purchase = *twin_.state().purchase(move.purchase_id);
  for (const engine::PurchaseChange& change : decision.changes) {
    const auto line = std::ranges::find(purchase.lines, change.line, &model::PurchaseLine::number);
    const bool left = line != purchase.lines.end() && line->ordered == change.quantity;
    move.rows.push_back({left ? engine::WireQuantity{-1} : engine::WireQuantity{change.quantity}, change.promised, change.line, 0});
  }
  return move;
}

// Whether more was to be accepted shows only where it was.
model::Command StrongReplay::command_of(const engine::PurchaseReceiptDecision& decision) const {
  model::ReceivePurchaseCommand receive{.id = std::string(decision.id), .purchase_id = std::string(decision.purchase_id), .accept_over = true};
  for (const engine::PurchaseArrivedRow& row : decision.rows) receive.rows.push_back({row.quantity, row.damaged, row.line, 0});
  return receive;
}

}  // namespace earmark::test
