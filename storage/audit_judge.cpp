// One take of units against who waits for them (storage/audit.hpp says what is fair).
#include <algorithm>

#include "storage/audit.hpp"

namespace earmark::storage {

using engine::Lsn;
using engine::WarehouseId;

namespace {

// Whether somebody who stands behind the place, of a lower priority, was decided before it.
bool older_behind(const AuditQueues::Queue& queue, const AuditPlace& place) {
  const auto behind_level = [&](std::uint32_t later) { return queue.lower_bound({later + 1, {}, 0}); };
  for (auto at = behind_level(place.later); at != queue.end(); at = behind_level(at->first.later)) {
    if (at->first.sequence < place.sequence) return true;
  }
  return false;
}

bool ahead_in(const AuditQueues::Queue& queue, const AuditPlace& place) { return !queue.empty() && queue.begin()->first < place; }

}  // namespace

// False: it is not to be looked at.
bool Audit::judge(const Taker& taker, const Taken& taken, Ahead& earliest) {
  const AuditQueues::Pins* pins = queues_.of(taken.sku);
  // Which whole takers are ahead is needed for the skip of the record, whatever is listed.
  if (pins != nullptr) find_whole(taker, taken, *pins, earliest);
  if (!judges_ || !concerns(taken.sku)) return false;
  ++report_.takes;
  if (pins == nullptr) ++report_.unopposed;
  if (pins == nullptr || taken.units == 0) return true;
  look_past(taker, taken, *pins);
  find_able(taker, taken, *pins);
  return true;
}

// Whoever stands ahead and could use the cell is passed by right.
bool Audit::pass_pegged(const Taker& taker, const Taken& taken) {
  if (!judges_ || !concerns(taken.sku)) return false;
  ++report_.takes;
  const AuditQueues::Pins* pins = queues_.of(taken.sku);
  if (pins == nullptr) return ++report_.unopposed, true;
  const bool passes = std::any_of(pins->begin(), pins->end(), [&](const auto& each) {
    const bool could_use = each.first.value == 0 || each.first == taken.warehouse;
    return could_use && (ahead_in(each.second.any, taker.place) || ahead_in(each.second.whole, taker.place));
  });
  if (passes) count(Passing::pegged);
  return true;
}

// Whom it passes by right, without looking at what is there.
void Audit::look_past(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins) {
  bool lower = false, elsewhere = false, not_due = false;
  for (const auto& [warehouse, pin] : pins) {
    const bool could_use = warehouse.value == 0 || warehouse == taken.warehouse;
    if (could_use) {
      lower = lower || older_behind(pin.any, taker.place) || older_behind(pin.whole, taker.place);
      not_due = not_due || ahead_in(pin.not_due, taker.place);
    } else {
      elsewhere = elsewhere || ahead_in(pin.any, taker.place) || ahead_in(pin.whole, taker.place);
    }
  }
  if (lower) count(Passing::lower_priority);
  if (elsewhere) count(Passing::pinned_elsewhere);
  if (not_due) count(Passing::not_due);
}

// Who takes whatever is there, stands ahead and still waits: he comes first. As many of them are named as the units would have reached.
void Audit::find_able(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins) {
  std::map<AuditPlace, AuditWaiter> first;
  for (const WarehouseId warehouse : {WarehouseId{}, taken.warehouse}) {
    const auto pin = pins.find(warehouse);
    if (pin == pins.end()) continue;
    std::uint64_t units = 0;
    for (auto at = pin->second.any.begin(); at != pin->second.any.end() && at->first < taker.place && units < taken.units; ++at) {
      first.insert(*at);
      units += at->second.units;
    }
  }
  std::uint64_t left = taken.units;
  for (auto at = first.begin(); at != first.end() && left != 0; ++at) {
    overtaken(taker, taken, at->first, at->second, Unfair::takes_anything);
    left -= std::min<std::uint64_t>(left, at->second.units);
  }
}

// Who takes all or nothing and stands ahead: the first of all, and each one for whom all was there.
void Audit::find_whole(const Taker& taker, const Taken& taken, const AuditQueues::Pins& pins, Ahead& earliest) {
  for (const WarehouseId warehouse : {WarehouseId{}, taken.warehouse}) {
    const auto pin = pins.find(warehouse);
    if (pin == pins.end() || !ahead_in(pin->second.whole, taker.place)) continue;
    auto first = pin->second.whole.begin();
    while (first != pin->second.whole.end() && first->second.order == taker.order) ++first;
    if (first != pin->second.whole.end() && first->first < taker.place && (earliest.place == nullptr || first->first < *earliest.place)) {
      earliest = {&first->first, &first->second, taken};
    }
    if (!judges_ || taken.units == 0 || !concerns(taken.sku)) continue;
    if (first != pin->second.whole.begin()) count(Passing::own_order);
    std::uint64_t there = 0;
    for (auto cell = state_.cells().lower_bound({taken.sku, {}}); cell != state_.cells().end() && cell->first.first == taken.sku; ++cell) {
      if (warehouse.value == 0 || cell->first.second == warehouse) there += cause_.usable(state_, taken.sku, cell->first.second);
    }
    for (auto need = pin->second.needs.begin(); need != pin->second.needs.end() && need->first <= there; ++need) {
      for (auto place = need->second.begin(); place != need->second.end() && *place < taker.place; ++place) {
        const AuditWaiter& waiter = pin->second.whole.at(*place);
        if (waiter.order != taker.order && all_there(waiter)) overtaken(taker, taken, *place, waiter, Unfair::all_was_there);
      }
    }
  }
}

// Of an order that waits as a whole: each pinned line has its units where it is pinned, and all lines of a SKU theirs anywhere.
bool Audit::all_there(const AuditWaiter& waiter) const {
  const OfflineState::Order& order = *state_.order(waiter.order);
  if (order.policy != engine::Policy::ship_complete) return true;  // his own line's need is there
  std::map<engine::SkuId, std::uint64_t> wanted;
  std::map<OfflineState::CellKey, std::uint64_t> pinned;
  for (const OfflineState::Line& line : order.lines) {
    if (line.waiting == 0) continue;
    wanted[line.sku] += line.waiting;
    if (line.pinned.value != 0) pinned[{line.sku, line.pinned}] += line.waiting;
  }
  for (const auto& [cell, units] : pinned) {
    if (cause_.usable(state_, cell.first, cell.second) < units) return false;
  }
  for (const auto& [sku, units] : wanted) {
    std::uint64_t there = 0;
    for (auto cell = state_.cells().lower_bound({sku, {}}); cell != state_.cells().end() && cell->first.first == sku; ++cell) {
      there += cause_.usable(state_, sku, cell->first.second);
    }
    if (there < units) return false;
  }
  return true;
}

// One skip for each order that passes, for the earliest whom it passes over by that record.
void Audit::settle_skip(const Taker& taker, const Ahead& earliest, const std::vector<Taken>& all) {
  const engine::Skip& said = taker.skipped;
  const bool is_told = said.order_lsn.value != 0;
  tells_skips_ = tells_skips_ || is_told;
  if (!judges_) return;
  if (is_told) {
    const engine::SkuId sku = earliest.place != nullptr ? earliest.taken.sku : all.empty() ? engine::SkuId{} : all.front().sku;
    if (concerns(sku)) report_.skips.push_back({lsn_, {std::string(said.order), said.line}, taker.name, codes_.sku(sku)});
  }
  if (earliest.place == nullptr || !concerns(earliest.taken.sku)) return;
  if (!is_told && taker.has_skipped) return count(Passing::counted_before);
  if (!is_told && !tells_skips_) return count(Passing::before_skips);
  if (!is_told) return overtaken(taker, earliest.taken, *earliest.place, *earliest.waiter, Unfair::skip_not_counted);
  const bool is_his = said.order_lsn == earliest.waiter->order && (said.line.value == 0 || said.line == name_of(said.order_lsn, earliest.place->line_index).line);
  if (is_his) count(Passing::skip_counted);
  else overtaken(taker, earliest.taken, *earliest.place, *earliest.waiter, Unfair::skip_of_another);
}

void Audit::overtaken(const Taker& taker, const Taken& taken, const AuditPlace& place, const AuditWaiter& waiter, Unfair why) {
  const AuditLine who = name_of(waiter.order, place.line_index);
  for (auto found = report_.overtaken.rbegin(); found != report_.overtaken.rend() && found->lsn == lsn_; ++found) {
    if (found->who == who && (why >= Unfair::skip_not_counted || found->warehouse == codes_.warehouse(taken.warehouse))) return;  // it is said already
  }
  report_.overtaken.push_back({lsn_, who, taker.name, taker.order.value == 0, codes_.sku(taken.sku), codes_.warehouse(taken.warehouse),
                               waiter.units, taken.units, why});
}

}  // namespace earmark::storage
