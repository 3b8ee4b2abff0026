// Commands about purchase orders, read back from their records.
#include "tests/system/support/log.hpp"

namespace earmark::test {

model::Command StrongReplay::command_of(const engine::PurchaseDecision& decision) const {
  model::PlacePurchaseCommand place{.id = std::string(decision.id), .vendor = std::string(decision.vendor), .reference = std::string(decision.reference),
                                    .notes = std::string(decision.notes), .state = decision.state};
  for (const engine::PurchasedLine& line : decision.lines) place.lines.push_back({line.quantity, line.promised, line.line, line.sku, line.warehouse, 0, 0});
  return place;
}

// An acknowledgement that names what a line has already is the same as one that leaves it.
model::Command StrongReplay::command_of(const engine::PurchaseStepDecision& decision) const {
  model::MovePurchaseCommand move{.command_id = std::string(decision.command_id), .purchase_id = std::string(decision.purchase_id), .step = decision.step,
                                  .reference = std::string(decision.reference)};
  if (decision.step != engine::PurchaseStep::acknowledge) return move;
  for (const engine::PurchaseChange& change : decision.changes) move.rows.push_back({change.quantity, change.promised, change.line, 0});
  return move;
}

// Whether more was to be accepted shows only where it was.
model::Command StrongReplay::command_of(const engine::PurchaseReceiptDecision& decision) const {
  model::ReceivePurchaseCommand receive{.id = std::string(decision.id), .purchase_id = std::string(decision.purchase_id), .accept_over = true};
  for (const engine::PurchaseArrivedRow& row : decision.rows) receive.rows.push_back({row.quantity, row.damaged, row.line, 0});
  return receive;
}

}  // namespace earmark::test
