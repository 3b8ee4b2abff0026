// What of a stock change passes a filter. Parts: each row, nobody's (stock_adjusted; out_of_stock, back_in_stock, overdrawn, healed), and each
// line's lost units (allocation_lost), the customer's, an order's or a hold's. The row of lost units stays with them, without its own figures.
#include "server/event_filter.hpp"

namespace earmark::server {
namespace {

using schema::EventKind;

bool row_passes(const EventFilter& filter, const engine::ChangedRow& row, std::uint64_t lost, bool overdrawn) {
  if (!filter.any_customer() || !filter.place(row.sku, row.warehouse)) return false;
  const std::int64_t came = std::int64_t{row.on_hand_change} - row.unavailable_change + static_cast<std::int64_t>(lost);
  const bool emptied = came < 0 && row.available_after == 0;
  const bool arrival = came > 0 && passes_arrival(filter, static_cast<engine::Quantity>(came), row.available_after);
  return filter.kind(EventKind::stock_adjusted) || (overdrawn && filter.kind(EventKind::overdrawn)) || (emptied && filter.kind(EventKind::out_of_stock)) || arrival;
}

}  // namespace

Passes EventSieve::sift(const EventFilter& filter, const engine::StockChangeDecision& change, schema::Decision& left) {
  changed_.clear(), lost_.clear(), of_holds_.clear(), overdrawn_.clear();
  bool all = true;
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < change.rows.size(); ++index) {
    engine::ChangedRow row = change.rows[index];
    const std::size_t first = next, kept = lost_.size();
    std::uint64_t units = 0;
    for (; next < change.lost.size() && change.lost[next].row == index; ++next) {
      engine::LostUnits lost = change.lost[next];
      units += lost.quantity;
      const bool of_hold = change.of_hold(next);  // which stands on no pick list
      const bool kind = filter.kind(EventKind::allocation_lost) || (!of_hold && filter.kind(EventKind::pick_list_superseded));
      if (!kind || !filter.place(lost.sku, lost.warehouse) ||
          !filter.customer(change.customers[lost.order])) {
        continue;
      }
      if (of_hold) of_holds_.push_back(static_cast<std::uint32_t>(lost_.size()));
      lost.row = static_cast<std::uint32_t>(changed_.size());
      lost_.push_back(lost);
    }
    const bool itself = row_passes(filter, row, units, change.overdraws(index));
    if (itself && change.overdraws(index)) overdrawn_.push_back(static_cast<std::uint32_t>(changed_.size()));
    all &= itself && lost_.size() - kept == next - first;
    if (!itself) row.on_hand_change = row.unavailable_change = 0, row.available_after = 0;
    if (itself || lost_.size() != kept) changed_.push_back(row);
  }
  if (changed_.empty()) return Passes::nothing;
  if (all) return Passes::whole;
  name_orders(lost_, change.orders, change.customers);
  engine::StockChangeDecision& kept = left.emplace<engine::StockChangeDecision>(change);
  kept.rows = changed_;
  kept.lost = lost_;
  kept.orders = orders_;
  kept.customers = customers_;
  kept.of_holds = of_holds_;
  kept.overdrawn = overdrawn_;
  return Passes::some;
}

}  // namespace earmark::server
