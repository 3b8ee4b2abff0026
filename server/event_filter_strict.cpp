// What of a waiter who turns strict passes a filter. Parts: he himself, his customer's, without SKU and warehouse (turned_strict); each
// line's units that he takes over (allocation_lost, pick_list_superseded), their customer's. Of other customers' orders nothing is said.
#include "server/event_filter.hpp"

namespace earmark::server {

using schema::EventKind;

Passes EventSieve::sift(const EventFilter& filter, const engine::StrictDecision& strict, schema::Decision& left) {
  const bool himself = filter.any_place() && filter.kind(EventKind::turned_strict) && filter.customer(strict.customer);
  const bool kind = filter.kind(EventKind::allocation_lost) || filter.kind(EventKind::pick_list_superseded);
  rows_.clear(), lost_.clear();
  for (std::size_t index = 0; kind && index < strict.lost.size(); ++index) {
    engine::LostUnits lost = strict.lost[index];
    if (!filter.place(lost.sku, lost.warehouse) || !filter.customer(strict.customers[lost.order])) continue;
    lost.row = static_cast<std::uint32_t>(lost_.size());
    lost_.push_back(lost);
    rows_.push_back(strict.freed[index]);
  }
  if (himself && lost_.size() == strict.lost.size()) return Passes::whole;
  if (!himself && lost_.empty()) return Passes::nothing;
  name_orders(lost_, strict.orders, strict.customers);
  engine::StrictDecision& kept = left.emplace<engine::StrictDecision>(strict);
  if (!himself) kept.order_id = kept.customer = {}, kept.order_lsn = {}, kept.line = {}, kept.waited = false;
  kept.lost = lost_;
  kept.freed = rows_;
  kept.orders = orders_;
  kept.customers = customers_;
  return Passes::some;
}

}  // namespace earmark::server
