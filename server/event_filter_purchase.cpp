// What of a purchase order passes a filter. Parts are nobody's: each line as it was placed, changed or arrived, in its warehouse; a step as a
// whole, without SKU and warehouse.
#include "server/event_filter.hpp"

namespace earmark::server {

using schema::EventKind;

namespace {

EventKind kind_of(engine::PurchaseStep step) noexcept {
  switch (step) {
    case engine::PurchaseStep::approve: return EventKind::purchase_approved;
    case engine::PurchaseStep::send: return EventKind::purchase_sent;
    case engine::PurchaseStep::acknowledge: return EventKind::purchase_acknowledged;
    case engine::PurchaseStep::close: return EventKind::purchase_closed;
    case engine::PurchaseStep::adopt: return EventKind::purchase_adopted;
    case engine::PurchaseStep::cancel: break;
  }
  return EventKind::purchase_cancelled;
}

}  // namespace

Passes EventSieve::sift(const EventFilter& filter, const engine::PurchaseDecision& purchase, schema::Decision& left) {
  if (!filter.any_customer() || !filter.kind(EventKind::purchase_placed)) return Passes::nothing;
  purchased_.clear(), estimates_.clear(), pegs_.clear();
  std::size_t next_peg = 0;
  for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) {
    const engine::PurchasedLine& line = purchase.lines[index];
    const bool stays = filter.place(line.sku, line.warehouse);
    for (; next_peg < purchase.pegs.size() && purchase.pegs[next_peg].index <= index; ++next_peg) {
      if (!stays) continue;
      pegs_.push_back(purchase.pegs[next_peg]);
      pegs_.back().index = static_cast<std::uint32_t>(purchased_.size());
    }
    if (!stays) continue;
    purchased_.push_back(line);
    if (!purchase.estimates.empty()) estimates_.push_back(purchase.estimates[index]);
  }
  if (purchased_.empty()) return Passes::nothing;
  if (purchased_.size() == purchase.lines.size()) return Passes::whole;
  name_orders(pegs_, purchase.peg_orders, {});
  engine::PurchaseDecision& kept = left.emplace<engine::PurchaseDecision>(purchase);
  kept.lines = purchased_;
  kept.estimates = estimates_;
  kept.pegs = pegs_;
  kept.peg_orders = orders_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::PurchaseStepDecision& step, schema::Decision& left) {
  const bool ends = step.step == engine::PurchaseStep::acknowledge && !engine::is_open(step.state);
  const bool by_kind = filter.kind(kind_of(step.step)) || (ends && filter.kind(EventKind::purchase_closed));
  if (!filter.any_customer() || !by_kind) return Passes::nothing;
  purchase_changes_.clear(), estimates_.clear();
  for (std::size_t index = 0; index < step.changes.size(); ++index) {
    const engine::PurchaseChange& change = step.changes[index];
    if (!filter.place(change.sku, change.warehouse)) continue;
    purchase_changes_.push_back(change);
    if (!step.estimates.empty()) estimates_.push_back(step.estimates[index]);
  }
  if (purchase_changes_.empty() && !filter.any_place()) return Passes::nothing;
  if (purchase_changes_.size() == step.changes.size()) return Passes::whole;
  engine::PurchaseStepDecision& kept = left.emplace<engine::PurchaseStepDecision>(step);
  kept.changes = purchase_changes_;
  kept.estimates = estimates_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::PurchaseReceiptDecision& receipt, schema::Decision& left) {
  if (!filter.any_customer()) return Passes::nothing;
  const bool by_kind = filter.kind(EventKind::purchase_received) || filter.kind(EventKind::stock_received);
  purchase_arrived_.clear();
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    if (filter.place(row.sku, row.warehouse) && (by_kind || passes_arrival(filter, row.quantity, row.available_after))) purchase_arrived_.push_back(row);
  }
  if (purchase_arrived_.empty()) return Passes::nothing;
  if (purchase_arrived_.size() == receipt.rows.size()) return Passes::whole;
  left.emplace<engine::PurchaseReceiptDecision>(receipt).rows = purchase_arrived_;
  return Passes::some;
}

}  // namespace earmark::server
