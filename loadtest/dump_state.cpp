#include "loadtest/dump_state.hpp"

#include <algorithm>
#include <bit>

namespace earmark::loadtest {

bool DumpOrder::is_open() const noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const DumpLine& line) { return line.waiting != 0 || !line.reserved.empty(); });
}

bool DumpOrder::waits() const noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const DumpLine& line) { return line.waiting > 0; });
}

void DumpOrder::forget_if_whole(DumpLine& line) noexcept {
  if (whole ? !waits() : line.waiting == 0) patience_of(line) = {};
}

DumpLine* DumpOrder::line(std::int64_t number) noexcept {
  // Mostly lines are numbered from 1 on.
  const auto guess = static_cast<std::size_t>(number - 1);
  if (guess < lines.size() && lines[guess].number == number) return &lines[guess];
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const DumpLine& line) { return line.number == number; });
  return found == lines.end() ? nullptr : &*found;
}

void change_units(std::vector<Units>& all, std::uint32_t warehouse, std::int64_t by) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Units& each) { return each.warehouse == warehouse; });
  if (found == all.end()) all.push_back({warehouse, by});
  else found->units += by;
  std::erase_if(all, [](const Units& each) { return each.units == 0; });
}

std::int64_t units_there(const std::vector<Units>& all, std::uint32_t warehouse) noexcept {
  for (const Units& each : all) {
    if (each.warehouse == warehouse) return each.units;
  }
  return 0;
}

std::int64_t DumpLine::waiting_in(std::uint64_t raised_at) const noexcept {
  std::int64_t own = waiting, found = 0;
  for (const auto& [amend, units] : raised) {
    own -= units;
    if (amend == raised_at) found = units;
  }
  return raised_at == 0 ? own : found;
}

std::vector<std::uint64_t> DumpLine::entries() const {
  std::vector<std::uint64_t> all;
  if (waiting_in(0) > 0) all.push_back(0);
  for (const auto& [amend, units] : raised) all.push_back(amend);
  return all;
}

void DumpLine::stop_waiting(std::uint64_t raised_at, std::int64_t units) {
  waiting -= units;
  for (auto& [amend, left] : raised) left -= amend == raised_at ? units : 0;
  std::erase_if(raised, [](const auto& entry) { return entry.second <= 0; });
  if (waiting == 0) told_us = 0;
}

DumpWhole whole_of(std::string_view policy) noexcept {
  return policy == "line_complete" ? DumpWhole::line : policy == "ship_complete" ? DumpWhole::order : DumpWhole::nothing;
}

std::uint64_t hash_of(DumpIdSpace space, std::string_view id) noexcept {
  std::uint64_t hash = std::hash<std::string_view>()(id) + static_cast<std::uint64_t>(space) * 0x9E3779B97F4A7C15ULL;
  hash = (hash ^ hash >> 31) * 0xBF58476D1CE4E5B9ULL;
  return hash ^ hash >> 29;
}

DumpIds::Entry& DumpIds::slot(std::uint64_t id) noexcept {
  const std::size_t mask = entries_.size() - 1;
  std::size_t at = id & mask;
  while (entries_[at].lsn != 0 && entries_[at].id != id) at = (at + 1) & mask;
  return entries_[at];
}

void DumpIds::rebuild(std::vector<Entry> entries, std::size_t room) {
  entries_ = std::vector<Entry>(std::max<std::size_t>(1024, std::bit_ceil(room * 4 / 3 + 1)));
  for (const Entry& entry : entries) {
    if (entry.lsn != 0) slot(entry.id) = entry;
  }
}

std::uint64_t DumpIds::put(std::uint64_t id, std::uint64_t lsn) {
  if (count_ * 4 >= entries_.size() * 3) rebuild(std::move(entries_), count_ + 1);
  Entry& entry = slot(id);
  const std::uint64_t before = entry.lsn;
  if (before == 0) ++count_;
  entry = {id, lsn};
  return before;
}

std::uint64_t DumpIds::find(std::uint64_t id) const noexcept {
  const std::size_t mask = entries_.size() - 1;
  for (std::size_t at = id & mask; entries_[at].lsn != 0; at = (at + 1) & mask) {
    if (entries_[at].id == id) return entries_[at].lsn;
  }
  return 0;
}

DumpSku& DumpState::sku(std::uint32_t number) {
  if (number >= skus_.size()) skus_.resize(number + 1);
  return skus_[number];
}

DumpCell& DumpState::cell(std::uint32_t sku_number, std::uint32_t warehouse) {
  DumpSku& found = sku(sku_number);
  if (warehouse >= found.cells.size()) found.cells.resize(warehouse + 1);
  return found.cells[warehouse];
}

void DumpState::set_priority(std::uint32_t warehouse, std::int64_t priority, const Codes& codes) {
  if (!priorities_.contains(warehouse)) by_priority_.push_back(warehouse);
  priorities_[warehouse] = priority;
  std::sort(by_priority_.begin(), by_priority_.end(), [&](std::uint32_t left, std::uint32_t right) {
    const std::int64_t one = priorities_.at(left), other = priorities_.at(right);
    return one != other ? one < other : codes.code(left) < codes.code(right);
  });
}

const std::vector<std::uint32_t>& DumpState::sources(std::uint32_t pinned, std::uint32_t first) {
  if (pinned == no_code && first == no_code) return by_priority_;
  sources_.assign(1, pinned != no_code ? pinned : first);
  if (pinned != no_code) return sources_;
  std::copy_if(by_priority_.begin(), by_priority_.end(), std::back_inserter(sources_), [&](std::uint32_t each) { return each != first; });
  return sources_;
}

bool DumpPurchase::has_open() const noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const auto& each) { return each.second.open() != 0; });
}

bool DumpPurchase::has_arrived() const noexcept {
  return std::any_of(lines.begin(), lines.end(), [](const auto& each) { return each.second.received != 0; });
}

DumpPurchaseLine* DumpPurchase::line(std::int64_t number) noexcept {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const auto& each) { return each.first == number; });
  return found == lines.end() ? nullptr : &found->second;
}

std::int64_t DumpReorderRule::quantity_at(std::int64_t position, std::int64_t room) const noexcept {
  std::int64_t units = kind == "min_max" ? set.quantity - position : -position;
  if (kind == "reorder_point") {
    if (set.quantity < 1) return 0;
    const std::int64_t times = (set.point - position) / set.quantity + 1;  // until it is above the point
    units = times * set.quantity;
  }
  units = std::max(units, set.minimum);
  const std::int64_t multiple = std::max<std::int64_t>(1, set.multiple);
  if (units % multiple != 0) units += multiple - units % multiple;
  if (set.maximum > 0) units = std::min(units, set.maximum - set.maximum % multiple);
  return std::min(units, room);
}

DumpPurchase* DumpState::purchase(std::uint64_t lsn) {
  const auto found = purchases_.find(lsn);
  return found == purchases_.end() ? nullptr : &found->second;
}

DumpTransfer* DumpState::transfer(std::uint64_t lsn) {
  const auto found = transfers_.find(lsn);
  return found == transfers_.end() ? nullptr : &found->second;
}

DumpHold* DumpState::hold(std::uint64_t lsn) {
  const auto found = holds_.find(lsn);
  return found == holds_.end() ? nullptr : &found->second;
}

DumpOrder* DumpState::order(std::uint64_t lsn) {
  const auto found = orders_.find(lsn);
  return found == orders_.end() ? nullptr : &found->second;
}

void DumpState::close_if_done(std::uint64_t lsn) {
  const auto found = orders_.find(lsn);
  if (found == orders_.end() || found->second.is_open()) return;
  leave_all(found->second, lsn);
  orders_.erase(found);
}

DumpOrder& DumpState::add_order(std::uint64_t lsn) {
  DumpOrder& order = orders_[lsn];
  leave_all(order, lsn);  // in a wrong dump two have one LSN
  return order = DumpOrder();
}

void DumpState::leave_all(const DumpOrder& order, std::uint64_t lsn) {
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) leave(order, lsn, index);
}

namespace {

std::size_t queue_of(std::uint32_t pinned) { return pinned == no_code ? 0 : std::size_t{pinned} + 1; }

DumpPlace place_of(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index, std::uint64_t raised_at) {
  return {static_cast<std::uint32_t>(255 - order.priority), index, lsn, raised_at};
}

}  // namespace

void DumpState::wait(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index) {
  if (order.not_due) return;
  const DumpLine& line = order.lines[index];
  DumpSku& found = sku(line.sku);
  const std::size_t queue = queue_of(line.pinned);
  if (queue >= found.queues.size()) found.queues.resize(queue + 1);
  for (const std::uint64_t entry : line.entries()) found.queues[queue].insert(place_of(order, lsn, index, entry));
}

void DumpState::waits(const DumpLine& line, std::int64_t more) {
  DumpSku& found = sku(line.sku);
  const std::size_t queue = queue_of(line.pinned);
  if (queue >= found.waiting.size()) found.waiting.resize(queue + 1);
  found.waiting[queue] += more;
}

// Who is not pinned waits at the warehouse of the first priority.
DumpPosition DumpState::position(std::uint32_t sku_number, std::uint32_t warehouse, bool pooled) {
  DumpSku& found = sku(sku_number);
  DumpPosition sum;
  const auto waiting = [&](std::size_t queue) { return queue < found.waiting.size() ? found.waiting[queue] : 0; };
  const auto add = [&](std::uint32_t from) {
    const DumpCell& there = cell(sku_number, from);
    sum.available += there.available;
    sum.incoming += there.in_transit + there.on_order;
    sum.waiting += waiting(queue_of(from));
  };
  if (!pooled) add(warehouse);
  for (std::uint32_t each = 0; pooled && each < std::max(found.cells.size(), found.waiting.size()); ++each) add(each);
  if (pooled || (!by_priority_.empty() && warehouse == by_priority_.front())) sum.waiting += waiting(queue_of(no_code));
  return sum;
}

void DumpState::change_priority(DumpOrder& order, std::uint64_t lsn, std::int64_t priority) {
  leave_all(order, lsn);
  order.priority = priority;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    if (order.lines[index].waiting > 0) wait(order, lsn, index);
  }
}

void DumpState::leave(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index) {
  leave(order, lsn, index, 0);
  for (const auto& [amend, units] : order.lines[index].raised) leave(order, lsn, index, amend);
}

void DumpState::cut(DumpOrder& order, std::uint64_t lsn, std::uint32_t index, std::int64_t units) {
  DumpLine& line = order.lines[index];
  std::vector<std::uint64_t> newest_first = line.entries();
  std::reverse(newest_first.begin(), newest_first.end());
  for (const std::uint64_t entry : newest_first) {
    const std::int64_t gone = std::min(units, line.waiting_in(entry));
    line.stop_waiting(entry, gone);
    waits(line, -gone);
    units -= gone;
    if (line.waiting_in(entry) == 0) leave(order, lsn, index, entry);
  }
}

void DumpState::leave(const DumpOrder& order, std::uint64_t lsn, std::uint32_t index, std::uint64_t raised_at) {
  const DumpLine& line = order.lines[index];
  if (line.sku >= skus_.size()) return;
  DumpSku& found = skus_[line.sku];
  const std::size_t queue = queue_of(line.pinned);
  if (queue < found.queues.size()) found.queues[queue].erase(place_of(order, lsn, index, raised_at));
}

const DumpPlace* DumpState::passed_over(std::uint32_t sku_number, std::uint32_t warehouse, const DumpPlace& by) {
  const DumpSku& found = sku(sku_number);
  const DumpPlace* earliest = nullptr;
  for (const std::size_t queue : {std::size_t{0}, std::size_t{warehouse} + 1}) {
    if (queue >= found.queues.size()) continue;
    for (const DumpPlace& place : found.queues[queue]) {
      if (!(place < by) || (earliest != nullptr && !(place < *earliest))) break;
      const DumpOrder& order = orders_.at(place.order);
      if (place.order != by.order && order.can_be_skipped(order.lines[place.index])) earliest = &place;
    }
  }
  return earliest;
}

bool DumpState::has_waiter(std::uint32_t sku_number, std::uint32_t warehouse, const DumpPlace& before) {
  const DumpSku& found = sku(sku_number);
  for (const std::size_t queue : {std::size_t{0}, std::size_t{warehouse} + 1}) {
    if (queue >= found.queues.size()) continue;
    for (const DumpPlace& place : found.queues[queue]) {
      if (!(place < before)) break;
      if (takes_any(place)) return true;
    }
  }
  return false;
}

std::int64_t DumpState::waiting_ahead(std::uint32_t sku_number, std::uint32_t warehouse, const DumpPlace& before, std::int64_t enough) {
  const DumpSku& found = sku(sku_number);
  std::int64_t units = 0;
  for (const std::size_t queue : {std::size_t{0}, std::size_t{warehouse} + 1}) {
    if (queue >= found.queues.size()) continue;
    for (const DumpPlace& place : found.queues[queue]) {
      if (!(place < before) || units >= enough) break;
      if (takes_any(place)) units += orders_.at(place.order).lines[place.index].waiting_in(place.raised_at);
    }
  }
  return units;
}

}  // namespace earmark::loadtest
