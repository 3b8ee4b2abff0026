#include "tests/storage/naive_figures.hpp"

#include <algorithm>

namespace earmark::storage::test {

using engine::Lsn;

bool NaiveOrder::wants_something() const {
  for (const auto& [number, line] : lines) {
    if (line.waiting != 0) return true;
    for (const auto& [where, units] : line.units) {
      if (units.reserved != 0) return true;
    }
  }
  return false;
}

NaiveDay& NaiveFigures::day(std::int64_t time) {
  std::int64_t number = time / 86'400'000'000;
  if (number * 86'400'000'000 > time) --number;
  return days_[number];
}

void NaiveFigures::apply(const schema::Event& event) {
  now_ = event.stamp.time.value;
  lsn_ = event.stamp.lsn;
  touched_.clear();
  std::visit([&](const auto& decision) { on(decision); }, event.decision);
  settle_stock();
}

void NaiveFigures::settle_stock() {
  for (const auto& [sku, cells] : touched_) {
    NaiveSku& known = skus_[sku];
    for (const auto& [warehouse, available] : cells) known.available[warehouse] = available;
    std::uint64_t all = 0;
    for (const auto& [warehouse, available] : known.available) all += available;
    const bool has = all != 0;
    if (known.changes.empty() ? has : known.changes.back().second != has) known.changes.emplace_back(now_, has);
  }
}

std::map<std::uint32_t, NaiveFigures::Out> NaiveFigures::stock_outs(std::int64_t now) const {
  std::map<std::uint32_t, Out> outs;
  for (const auto& [sku, known] : skus_) {
    // Times of no length, of either kind, are none: what is left alternates again.
    std::vector<std::pair<std::int64_t, bool>> changes;
    for (const auto& change : known.changes) {
      while (!changes.empty() && changes.back().first == change.first) changes.pop_back();
      if (changes.empty() || changes.back().second != change.second) changes.push_back(change);
    }
    if (known.changes.empty()) continue;
    Out& out = outs[sku];
    out.first = known.changes.front().first;
    for (std::size_t index = 0; index < changes.size(); ++index) {
      if (changes[index].second) continue;
      const bool is_last = index + 1 == changes.size();
      out.micros += static_cast<std::uint64_t>((is_last ? now : changes[index + 1].first) - changes[index].first);
      ++out.times;
      out.out = is_last;
    }
  }
  return outs;
}

std::vector<const NaiveOrder*> NaiveFigures::open_orders() const {
  std::vector<const NaiveOrder*> open;
  for (const auto& [lsn, order] : orders_) {
    if (order.open) open.push_back(&order);
  }
  return open;
}

void NaiveFigures::on(const engine::OrderDecision& decision) {
  if (!decision.hold.empty() && !decision.reacquired) end_hold(std::string(decision.hold), DayCount::holds_confirmed, DayCount::units_confirmed);
  NaiveOrder order{lsn_, now_, std::max(now_, decision.reserve_not_before.value), decision.need_by.value, std::string(decision.texts.customer),
                   decision.preferred, decision.not_due, false, true, {}};
  std::uint64_t ordered = 0, reserved = 0, whole_lines = 0;
  std::size_t next = 0;
  for (const engine::LineDecision& line : decision.lines) {
    NaiveLine& entry = order.lines[line.line.value];
    entry = {line.sku, 0, false, line.quantity, line.backordered, line.pinned, {}};
    std::uint64_t taken = line.taken;
    if (line.taken != 0) {
      entry.units[{line.warehouse.value, line.shipment}].reserved += line.taken;
      left(line.sku, line.warehouse, line.available_after);
    }
    for (const engine::Take& take : decision.takes.subspan(next, line.more_takes)) {
      entry.units[{take.warehouse.value, take.shipment}].reserved += take.quantity;
      taken += take.quantity;
      left(line.sku, take.warehouse, take.available_after);
    }
    next += line.more_takes;
    ordered += line.quantity, reserved += taken;
    if (taken == line.quantity) ++whole_lines;
  }
  for (const engine::ReceivedRow& row : decision.returned) left(row.sku, row.warehouse, row.available_after);
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    std::uint64_t dated = 0;
    std::int64_t latest = 0;
    for (const engine::ExpectedUnits& units : decision.expected) {
      if (units.line_index == index) dated += units.quantity, latest = std::max(latest, units.date.value);
    }
    if (dated == decision.lines[index].backordered && latest > now_) order.lines.at(decision.lines[index].line.value).promised = latest;
  }
  NaiveDay& today = day(now_);
  ++today.counts[static_cast<DayCount>(decision.status)];
  if (decision.not_due) {
    ++today.counts[DayCount::not_due];
  } else {
    ++today.counts[DayCount::orders];
    today.counts[DayCount::lines] += decision.lines.size();
    today.counts[DayCount::lines_filled] += whole_lines;
    today.counts[DayCount::units] += ordered;
    today.counts[DayCount::units_filled] += reserved;
    if (ordered == reserved) {
      ++today.counts[DayCount::orders_filled];
      today.durations[DurationKind::order_to_reserved].push_back(0);
      order.was_whole = true;
    }
  }
  order.open = order.wants_something();
  newest_[std::string(decision.id)] = lsn_;
  orders_[lsn_] = std::move(order);
}

void NaiveFigures::on(const engine::FillDecision& decision) {
  NaiveOrder& filled = orders_.at(decision.order_lsn);
  NaiveLine& line = filled.lines.at(decision.line.value);
  line.waiting = decision.still_waiting;
  for (const engine::Take& take : decision.takes) {
    line.units[{take.warehouse.value, take.shipment}].reserved += take.quantity;
    left(decision.sku, take.warehouse, take.available_after);
  }
  if (line.waiting != 0) return;
  judge_promise(line);
  const auto took = static_cast<std::uint64_t>(std::max<std::int64_t>(now_ - filled.begins, 0));
  day(now_).durations[DurationKind::backorder_to_filled].push_back(took);
  const bool waits = std::any_of(filled.lines.begin(), filled.lines.end(), [](const auto& each) { return each.second.waiting != 0; });
  if (waits || filled.was_whole) return;
  filled.was_whole = true;
  day(now_).durations[DurationKind::order_to_reserved].push_back(took);
}

void NaiveFigures::take_back(const std::string& id, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released) {
  std::size_t next = 0;
  bool changed = false;
  for (const engine::CancelledLine& row : rows) {
    if (row.waiting == 0 && row.releases == 0) continue;
    NaiveLine& line = order(id).lines.at(row.line.value);
    changed = true;
    line.waiting -= row.waiting;
    if (line.waiting == 0) line.settle();
    for (const engine::Take& take : released.subspan(next, row.releases)) {
      line.units.at({take.warehouse.value, take.shipment}).reserved -= take.quantity;
      left(line.sku, take.warehouse, take.available_after);
    }
    next += row.releases;
  }
  if (changed) close(order(id), false);
}

void NaiveFigures::on(const engine::AmendDecision& decision) {
  for (const engine::RaisedLine& raised : decision.raised) {
    NaiveLine& line = order(decision.order_id).lines.at(raised.line.value);
    line.quantity += raised.quantity;
    line.waiting += raised.quantity - raised.cancelled;
    if (raised.quantity != raised.cancelled) line.settle();
  }
  if (decision.command_id.empty()) order(decision.order_id).not_due = false;
  else take_back(std::string(decision.order_id), decision.lines, decision.released);
}

void NaiveFigures::on(const engine::ShipDecision& decision) {
  std::size_t next = 0;
  for (const engine::ShippedLine& row : decision.lines) {
    for (const engine::Take& take : decision.shipped.subspan(next, row.ships)) {
      NaiveLine& line = order(decision.order_id).lines.at(row.line.value);
      NaiveAllocation& units = line.units.at({take.warehouse.value, take.shipment});
      units.reserved -= take.quantity;
      units.shipped += take.quantity;
      left(line.sku, take.warehouse, take.available_after);
    }
    next += row.ships;
  }
  if (!decision.shipped.empty()) close(order(decision.order_id), true);
}

void NaiveFigures::on(const engine::ShipmentDecision& decision) {
  NaiveOrder& of = order(decision.order_id);
  for (const engine::MovedLine& moved : decision.lines) {
    NaiveLine& line = of.lines.at(moved.line.value);
    NaiveAllocation& units = line.units[{decision.warehouse.value, decision.shipment}];
    if (decision.step == engine::ShipmentStep::ship) units.reserved -= moved.quantity, units.shipped += moved.quantity;
    if (moved.rest != 0) {
      units.reserved -= moved.rest;
      line.units[{decision.warehouse.value, decision.rest_shipment}].reserved += moved.rest;
    }
    left(moved.sku, decision.warehouse, moved.available_after);
  }
  close(of, decision.step == engine::ShipmentStep::ship);
}

void NaiveFigures::on(const engine::StockChangeDecision& decision) {
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    const engine::LostUnits& lost = decision.lost[index];
    if (decision.of_hold(index)) continue;
    NaiveLine& line = orders_.at(lost.order_lsn).lines.at(lost.line.value);
    line.units.at({lost.warehouse.value, lost.shipment}).reserved -= lost.quantity;
    line.waiting += lost.quantity;
  }
  for (const engine::ChangedRow& row : decision.rows) left(row.sku, row.warehouse, row.available_after);
}

void NaiveFigures::on(const engine::StrictDecision& decision) {
  for (const engine::LostUnits& lost : decision.lost) {
    NaiveLine& line = orders_.at(lost.order_lsn).lines.at(lost.line.value);
    line.units.at({lost.warehouse.value, lost.shipment}).reserved -= lost.quantity;
    line.waiting += lost.quantity;
  }
  for (const engine::ReceivedRow& row : decision.freed) left(row.sku, row.warehouse, row.available_after);
}

void NaiveFigures::close(NaiveOrder& of, bool by_shipping) {
  if (!of.open || of.wants_something()) return;
  of.open = false;
  std::uint64_t ordered = 0, shipped = 0;
  std::set<std::uint16_t> shipments;
  for (const auto& [number, line] : of.lines) {
    ordered += line.quantity;
    for (const auto& [where, units] : line.units) {
      shipped += units.shipped;
      if (units.shipped != 0) shipments.insert(where.second);
    }
  }
  if (shipped == 0) return;
  ++day(now_).counts[DayCount::shipped];
  if (shipments.size() > 1) ++day(now_).counts[DayCount::shipped_in_parts];
  if (by_shipping) day(now_).durations[DurationKind::order_to_shipped].push_back(static_cast<std::uint64_t>(std::max<std::int64_t>(now_ - of.begins, 0)));
  if (of.need_by == 0) ++day(now_).counts[ordered == shipped ? DayCount::whole : DayCount::short_of_units];
  else if (ordered != shipped) ++day(of.need_by).counts[DayCount::due_short];
  else ++day(of.need_by).counts[now_ > of.need_by ? DayCount::late : DayCount::on_time];
}

void NaiveFigures::on(const engine::HoldDecision& decision) {
  std::uint64_t units = 0;
  std::size_t next = 0;
  for (const engine::LineDecision& line : decision.lines) {
    units += line.taken;
    if (line.taken != 0) left(line.sku, line.warehouse, line.available_after);
    for (const engine::Take& take : decision.takes.subspan(next, line.more_takes)) {
      units += take.quantity;
      left(line.sku, take.warehouse, take.available_after);
    }
    next += line.more_takes;
  }
  if (units == 0) {
    ++day(now_).counts[DayCount::holds_refused];
    return;
  }
  ++day(now_).counts[DayCount::holds];
  day(now_).counts[DayCount::units_held] += units;
  holds_[std::string(decision.id)] = {now_, units};
}

void NaiveFigures::on(const engine::HoldEndDecision& decision) {
  const bool expired = decision.how == engine::HoldEnd::expired;
  end_hold(std::string(decision.hold_id), expired ? DayCount::holds_expired : DayCount::holds_released,
           expired ? DayCount::units_expired : DayCount::units_released);
  std::size_t next = 0;
  for (const engine::ReleasedLine& line : decision.lines) {
    for (const engine::Take& take : decision.released.subspan(next, line.count)) left(line.sku, take.warehouse, take.available_after);
    next += line.count;
  }
}

void NaiveFigures::end_hold(const std::string& id, DayCount how, DayCount units) {
  const Hold hold = holds_.at(id);
  ++day(hold.time).counts[how];
  day(hold.time).counts[units] += hold.units;
  holds_.erase(id);
}

void NaiveFigures::on(const engine::ReceiptDecision& decision) {
  for (const engine::ReceivedRow& row : decision.rows) left(row.sku, row.warehouse, row.available_after);
}
void NaiveFigures::on(const engine::LoadDecision& decision) {
  for (const engine::ReceivedRow& row : decision.stock) left(row.sku, row.warehouse, row.available_after);
  for (const engine::LoadedWarehouse& each : decision.warehouses) warehouses_[each.id.value] = {each.priority, std::string(each.code)};
}
void NaiveFigures::on(const engine::TransferShipDecision& decision) {
  for (const engine::TransferredRow& row : decision.rows) left(row.sku, decision.source, row.available_after);
}
void NaiveFigures::on(const engine::TransferReceiptDecision& decision) {
  for (const engine::ArrivedRow& row : decision.rows) left(row.sku, decision.destination, row.available_after);
}
}  // namespace earmark::storage::test
