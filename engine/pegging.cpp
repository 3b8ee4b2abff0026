#include "engine/pegging.hpp"

#include <algorithm>

#include "engine/entries.hpp"
#include "engine/queue_walk.hpp"

namespace earmark::engine {

void Pegging::add(SupplyPlace place, SupplyUnits units) {
  if (units.units != 0) sources_.push_back({place, units});
}

void Pegging::add_supply(const SharedState& shared, const Book& book, const Supply::Lines& lines, TimeUs now) {
  for (const auto& [expected, units] : lines) {
    SupplyPlace place = expected;
    place.date = std::max(place.date, now);  // what was expected before is about to be told overdue
    SupplyUnits rest = units;
    if (units.peg_order.value != 0) rest.units -= peg(shared, book, place, units);
    add(place, rest);
  }
}

// Units of the supply that are for a pegged line, as far as it waits, its first entry first.
Quantity Pegging::peg(const SharedState& shared, const Book& book, const SupplyPlace& place, const SupplyUnits& units) {
  const auto found = book.pegged_orders.find(units.peg_order);
  if (found == book.pegged_orders.end()) return 0;
  const auto* order = shared.blocks.at<OrderState>(found->second);
  const std::size_t line_index = order->line_index(units.peg_line);
  Quantity left = units.units;
  for_each_entry(shared.blocks, *order, line_index, [&](QueuePlace entry, Quantity waiting) {
    const Quantity taken = std::min(left, waiting - units_pegged_at(entry));
    left -= taken;
    if (taken != 0) pegged_[entry].push_back({place.date, taken});
  });
  return units.units - left;
}

std::span<const Dated> Pegging::pegged_at(QueuePlace place) const {
  const auto found = pegged_.find(place);
  return found == pegged_.end() ? std::span<const Dated>() : found->second;
}

Quantity Pegging::units_pegged_at(QueuePlace place) const {
  Quantity units = 0;
  for (const Dated& each : pegged_at(place)) units += each.units;
  return units;
}

std::uint64_t Pegging::units_pegged_before(QueuePlace place) const {
  std::uint64_t units = 0;
  for (auto each = pegged_.begin(); each != pegged_.end() && each->first < place; ++each) units += units_pegged_at(each->first);
  return units;
}

void Pegging::take(std::uint64_t units, WarehouseId pinned, std::vector<Dated>* out) {
  for (std::size_t index = first_; index < sources_.size() && units != 0; ++index) {
    Source& source = sources_[index];
    if (pinned.value != 0 && source.left.warehouse != pinned) continue;
    const auto taken = static_cast<Quantity>(std::min<std::uint64_t>(units, source.left.units));
    source.left.units -= taken;
    units -= taken;
    if (index == first_ && source.left.units == 0) ++first_;
    if (out == nullptr || taken == 0) continue;
    if (!out->empty() && out->back().date == source.place.date) out->back().units += taken;
    else out->push_back({source.place.date, taken});
  }
}

void expect(Pegging& pegging, const WaitingPart& part, std::uint32_t line_index, std::vector<ExpectedUnits>& out) {
  std::vector<Dated> taken, slices;
  Quantity pegged = 0, covered = 0;
  for (const Dated& each : part.pegged) pegged += each.units;
  pegging.take(part.units - pegged, part.pinned, &taken);
  if (pegged != 0) {
    taken.insert(taken.end(), part.pegged.begin(), part.pegged.end());
    std::stable_sort(taken.begin(), taken.end(), [](const Dated& left, const Dated& right) { return left.date < right.date; });
  }
  for (const Dated& each : taken) {
    covered += each.units;
    const TimeUs date = std::max(each.date, part.not_before);
    if (slices.size() == max_dates) slices.back().date = date;
    if (!slices.empty() && slices.back().date == date) slices.back().units += each.units;
    else slices.push_back({date, each.units});
  }
  if (slices.empty() || (part.whole && covered != part.units)) return;
  if (part.whole) slices = {{slices.back().date, covered}};
  for (const Dated& each : slices) {
    const bool same = !out.empty() && out.back().line_index == line_index && out.back().date == each.date;
    if (same) out.back().quantity += each.units;
    else out.push_back({each.date, each.units, line_index});
  }
}

bool take_ahead(Pegging& pegging, const SharedState& shared, const Book& book, SkuId sku, QueuePlace place, bool pinned) {
  const std::uint16_t warehouses = book.catalogue.warehouse_count();
  const Ahead all = book.ahead_of(shared, warehouses, sku, place), anywhere = book.queues.ahead_of(book.sku_queues[sku.value], place);
  if (!pinned && all.lines == anywhere.lines) {  // nobody ahead has a pin: who takes which unit makes no difference
    pegging.take(all.units - pegging.units_pegged_before(place), {});
    return true;
  }
  if (all.lines >= max_pegged_ahead) return false;
  QueueWalk walk(shared, book, sku);
  for (std::uint64_t count = 0; count < all.lines; ++count) {
    const Waiter* waiter = walk.next();
    pegging.take(waiter->quantity - pegging.units_pegged_at(waiter->place), walk.pinned());
  }
  return true;
}

}  // namespace earmark::engine
