#include "server/counters.hpp"

namespace earmark::server {

bool takes_id(const schema::Decision& decision) noexcept {
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&decision)) return !end->command_id.empty();
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&decision)) return !cancel->command_id.empty();
  if (const auto* amend = std::get_if<engine::AmendDecision>(&decision)) return !amend->command_id.empty();
  if (const auto* step = std::get_if<engine::PurchaseStepDecision>(&decision)) return !step->command_id.empty();
  if (const auto* reorder = std::get_if<engine::ReorderDecision>(&decision)) return reorder->quantity != 0 && reorder->purchase_lsn.value == 0;  // its purchase order's
  // What a short pick did not find has the pick's id.
  if (const auto* change = std::get_if<engine::StockChangeDecision>(&decision)) return change->kind != engine::ChangeKind::short_pick;
  if (std::holds_alternative<engine::HoldDecision>(decision) || std::holds_alternative<engine::HoldExtendDecision>(decision)) return true;
  return std::holds_alternative<engine::OrderDecision>(decision) || std::holds_alternative<engine::ReceiptDecision>(decision) ||
         std::holds_alternative<engine::ShipDecision>(decision) || std::holds_alternative<engine::ShipmentDecision>(decision) ||
         std::holds_alternative<engine::TransferShipDecision>(decision) || std::holds_alternative<engine::TransferReceiptDecision>(decision) ||
         std::holds_alternative<engine::PurchaseDecision>(decision) || std::holds_alternative<engine::PurchaseReceiptDecision>(decision);
}

void JournalCounters::count(const schema::Decision& decision) noexcept {
  decisions[decision.index()].add();
  if (takes_id(decision)) command_ids.add();
  if (const auto* order = std::get_if<engine::OrderDecision>(&decision)) orders[static_cast<std::size_t>(order->status)].add();
}

}  // namespace earmark::server
