// What an order that is short is told: its place in each queue, when what waits can be expected, and whom it passes over.
#include "engine/patience.hpp"
#include "engine/pegging.hpp"
#include "engine/reorder_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {

void Settler::count_skip(const PassedOver& passed, BlockRef by) {
  if (passed.order == 0) return;
  book_.count_skip(shared_, passed.order, passed.place.line_index, by);
  counters_.skips.add();
}

// Place in queue and quantity ahead, as they are at this instant. True: there is something to tell of when it can be expected.
bool Settler::add_waits(const PlaceOrder& order, Lsn lsn, const CatalogueView& view) {
  draft_.waits.clear();
  for (std::size_t index = 0; index < draft_.lines.size(); ++index) {
    const LineDecision& line = draft_.lines[index];
    if (line.backordered == 0) continue;
    const QueuePlace place = QueuePlace::of(order.priority, lsn, index);
    Ahead ahead = book_.ahead_of(shared_, view.warehouse_count, line.sku, place);
    for (const WaitingHere& earlier : waiting_here_) {  // decided in this commit, and in no queue yet
      if (earlier.sku != line.sku || place < earlier.place) continue;
      ++ahead.lines;
      ahead.units += earlier.units;
    }
    for (const LineWait& earlier : draft_.waits) {  // lines of this order wait in their order
      const LineDecision& other = draft_.lines[earlier.line_index];
      if (other.sku != line.sku) continue;
      ++ahead.lines;
      ahead.units += other.backordered;
    }
    draft_.waits.push_back({ahead.units, static_cast<std::uint32_t>(ahead.lines + 1), static_cast<std::uint32_t>(index)});
  }
  draft_.decision.waits = draft_.waits;
  return add_expected(order, lsn, view);
}

// When what waits of the order can be expected, as it is at this instant. False: nothing is there or to come of what it waits for.
bool Settler::add_expected(const PlaceOrder& order, Lsn lsn, const CatalogueView& view) {
  bool dated = false;
  draft_.expected.clear();
  draft_.fallbacks.clear();
  for (const LineWait& wait : draft_.waits) {
    const LineDecision& line = draft_.lines[wait.line_index];
    const std::size_t known = draft_.expected.size();
    Pegging pegging(shared_, book_, line.sku, view.by_priority, now_,
                    [&](WarehouseId warehouse) { return CellWord{writes_.read(shared_.cell(line.sku, warehouse))}.free(); });
    dated = dated || !pegging.empty();
    if (pegging.empty() || !take_ahead(pegging, shared_, book_, line.sku, QueuePlace::of(order.priority, lsn, wait.line_index), line.pinned.value != 0)) {
      add_fallback(line.sku, line.pinned, line.backordered, wait.line_index, {}, draft_.fallbacks);
      continue;
    }
    for (const LineWait& earlier : draft_.waits) {
      if (earlier.line_index >= wait.line_index) break;
      const LineDecision& other = draft_.lines[earlier.line_index];
      if (other.sku == line.sku) pegging.take(other.backordered, other.pinned);
    }
    const bool whole = waits_whole(draft_.decision.own_policy(wait.line_index).or_else(order.policy));
    expect(pegging, {line.backordered, line.pinned, whole, order.reserve_not_before, {}}, wait.line_index, draft_.expected);
    add_fallback(line.sku, line.pinned, line.backordered, wait.line_index, std::span(draft_.expected).subspan(known), draft_.fallbacks);
  }
  draft_.decision.expected = draft_.expected;
  draft_.decision.fallbacks = draft_.fallbacks;
  return dated;
}

void Settler::add_fallback(SkuId sku, WarehouseId pinned, Quantity units, std::uint32_t line_index, std::span<const ExpectedUnits> expected,
                           std::vector<ExpectedUnits>& fallbacks) {
  for (const ExpectedUnits& each : expected) units -= each.quantity;
  if (units == 0 || book_.rules.empty()) return;
  const TimeUs date = fallback_date(book_, catalogue(), sku, pinned, now_);
  if (date.value != 0) fallbacks.push_back({date, units, line_index});
}

// An order that stands before others who wait for the same moves their dates; one at the end of every queue does not, and nobody need look.
void Settler::note_who_is_behind(std::span<const LineWait> waits) {
  for (const LineWait& wait : waits) {
    const SkuId sku = draft_.lines[wait.line_index].sku;
    if (!has_dates(sku)) continue;
    const Ahead all = book_.ahead_of(shared_, book_.catalogue.warehouse_count(), sku, QueuePlace::last());
    if (all.lines != wait.position) book_.touched.dates.insert(sku);
  }
}

}  // namespace earmark::engine
