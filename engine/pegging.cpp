#include "engine/pegging.hpp"

#include <algorithm>

namespace earmark::engine {

void Pegging::add(SupplyPlace place, SupplyUnits units) {
  if (units.units != 0) sources_.push_back({place, units});
}

void Pegging::add_supply(const Supply::Lines& lines) {
  const std::size_t there = sources_.size();
  for (const auto& [place, units] : lines) {
    SupplyPlace expected = place;
    if (place.date <= now_) expected.date = TimeUs{now_.value + overdue_us};
    add(expected, units);
  }
  std::sort(sources_.begin() + static_cast<std::ptrdiff_t>(there), sources_.end(),
            [](const Source& left, const Source& right) { return left.place < right.place; });
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
  std::vector<Pegging::Dated> taken, slices;
  pegging.take(part.units, part.pinned, &taken);
  Quantity covered = 0;
  for (const Pegging::Dated& each : taken) {
    covered += each.units;
    const TimeUs date = std::max(each.date, part.not_before);
    if (slices.size() == max_dates) slices.back().date = date;
    if (!slices.empty() && slices.back().date == date) slices.back().units += each.units;
    else slices.push_back({date, each.units});
  }
  if (slices.empty() || (part.whole && covered != part.units)) return;
  if (part.whole) slices = {{slices.back().date, covered}};
  for (const Pegging::Dated& each : slices) {
    const bool same = !out.empty() && out.back().line_index == line_index && out.back().date == each.date;
    if (same) out.back().quantity += each.units;
    else out.push_back({each.date, each.units, line_index});
  }
}

bool take_ahead(Pegging& pegging, const SharedState& shared, const Book& book, SkuId sku, QueuePlace place, bool pinned) {
  const std::uint16_t warehouses = book.catalogue.warehouse_count();
  const Ahead all = book.ahead_of(shared, warehouses, sku, place), anywhere = book.queues.ahead_of(book.sku_queues[sku.value], place);
  if (!pinned && all.lines == anywhere.lines) {  // nobody ahead has a pin: who takes which unit makes no difference
    pegging.take(all.units, {});
    return true;
  }
  if (all.lines >= max_pegged_ahead) return false;
  // The queues of the SKU and of its cells, one after the other by place.
  struct Next {
    const Waiter* waiter = nullptr;
    WaitingQueues::Root root = 0;
    WarehouseId pinned{};
  };
  std::vector<Next> queues{{book.queues.first(book.sku_queues[sku.value]), book.sku_queues[sku.value], {}}};
  for (std::uint16_t id = 1; id <= warehouses; ++id) {
    const WaitingQueues::Root root = book.cell_queues[shared.cell_index(sku, WarehouseId{id}).value];
    queues.push_back({book.queues.first(root), root, WarehouseId{id}});
  }
  for (std::uint64_t count = 0; count < all.lines; ++count) {
    Next* next = nullptr;
    for (Next& each : queues) {
      if (each.waiter != nullptr && (next == nullptr || each.waiter->place < next->waiter->place)) next = &each;
    }
    pegging.take(next->waiter->quantity, next->pinned);
    next->waiter = book.queues.after(next->root, next->waiter->place);
  }
  return true;
}

}  // namespace earmark::engine
