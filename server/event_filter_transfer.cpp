// What of a transfer passes a filter. Parts are nobody's: each row that left, in the warehouse that it left; each row that arrived, and
// what a closed transfer lost on the way, in the warehouse that it was going to.
#include "server/event_filter.hpp"

namespace earmark::server {

using schema::EventKind;

Passes EventSieve::sift(const EventFilter& filter, const engine::TransferShipDecision& ship, schema::Decision& left) {
  if (!filter.any_customer()) return Passes::nothing;
  transferred_.clear();
  for (const engine::TransferredRow& row : ship.rows) {
    const bool emptied = row.available_after == 0;
    if (!filter.place(row.sku, ship.source) || (!filter.kind(EventKind::transfer_shipped) && !(emptied && filter.kind(EventKind::out_of_stock)))) continue;
    transferred_.push_back(row);
  }
  if (transferred_.empty()) return Passes::nothing;
  if (transferred_.size() == ship.rows.size()) return Passes::whole;
  left.emplace<engine::TransferShipDecision>(ship).rows = transferred_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::TransferReceiptDecision& receipt, schema::Decision& left) {
  if (!filter.any_customer()) return Passes::nothing;
  const bool by_kind = filter.kind(EventKind::transfer_received);
  arrived_.clear(), missing_.clear();
  for (const engine::ArrivedRow& row : receipt.rows) {
    if (filter.place(row.sku, receipt.destination) && (by_kind || passes_arrival(filter, row.quantity, row.available_after))) arrived_.push_back(row);
  }
  for (const engine::MissingUnits& missing : receipt.missing) {
    if (by_kind && filter.place(missing.sku, receipt.destination)) missing_.push_back(missing);
  }
  if (arrived_.empty() && missing_.empty()) return Passes::nothing;
  if (arrived_.size() == receipt.rows.size() && missing_.size() == receipt.missing.size()) return Passes::whole;
  engine::TransferReceiptDecision& kept = left.emplace<engine::TransferReceiptDecision>(receipt);
  kept.rows = arrived_;
  kept.missing = missing_;
  return Passes::some;
}

}  // namespace earmark::server
