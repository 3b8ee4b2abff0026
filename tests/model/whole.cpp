#include "tests/model/whole.hpp"

#include <algorithm>

namespace earmark::model {

using engine::Policy;

Lines taken_at_once(const Order& order, const Place& place) {
  Lines lines;
  if (order.patience_of(order.lines[place.line_index]).strict) return lines;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const Line& line = order.lines[index];
    const bool alone = index == place.line_index && order.policy_of(line) == Policy::line_complete;
    if (order.policy == Policy::ship_complete && line.waiting > 0) lines[index] = line.waiting;
    else if (alone && line.waiting_in(place.raised_at) > 0) lines[index] = line.waiting_in(place.raised_at);
  }
  return lines;
}

bool all_there(const State& state, const Order& order, const Lines& lines, const Withheld& withheld) {
  return all_there(order, lines, state.by_priority(), [&](const CellKey& key) {
    const auto kept = withheld.find(key);
    const std::int64_t there = std::int64_t{state.cell(key.first, key.second).available()} - (kept == withheld.end() ? 0 : kept->second);
    return std::max<std::int64_t>(there, 0);
  });
}

bool all_there(const Order& order, const Lines& lines, const std::vector<engine::WarehouseId>& warehouses,
               const std::function<std::int64_t(const CellKey&)>& usable) {
  std::map<CellKey, std::int64_t> pinned;
  std::map<engine::SkuId, std::int64_t> all;
  for (const auto& [index, units] : lines) {
    const Line& line = order.lines[index];
    all[line.sku] += units;
    if (line.pinned.value != 0) pinned[{line.sku, line.pinned}] += units;
  }
  for (const auto& [key, units] : pinned) {
    if (units > usable(key)) return false;
  }
  for (const auto& [sku, units] : all) {
    std::int64_t there = 0;
    for (const engine::WarehouseId warehouse : warehouses) there += usable({sku, warehouse});
    if (units > there) return false;
  }
  return true;
}

bool takes_whole_line(Policy policy) { return policy == Policy::line_complete || policy == Policy::fill_or_kill; }

bool waits_for_all(const Order& order, const Line& line) {
  return line.waiting > 0 && (order.policy == Policy::ship_complete || order.policy_of(line) == Policy::line_complete);
}

bool is_fast(const State& state, const engine::OrderDecision& order) {
  if (!order.hold.empty() || order.not_due) return false;
  std::size_t next = 0;
  for (const engine::LineDecision& line : order.lines) {
    if (line.backordered != 0 || (line.taken != 0 && state.waited_for(line.sku, line.warehouse))) return false;
    for (std::size_t more = line.more_takes; more > 0; --more) {
      if (state.waited_for(line.sku, order.takes[next++].warehouse)) return false;
    }
  }
  return true;
}

bool may_wait(Policy policy) { return policy != Policy::fill_or_kill && policy != Policy::fill_and_cancel; }

Withheld set_aside(const Order& order, const Lines& lines, Withheld withheld) {
  for (const auto& [index, units] : lines) {
    const Line& line = order.lines[index];
    if (line.pinned.value != 0) withheld[{line.sku, line.pinned}] += units;
  }
  return withheld;
}

}  // namespace earmark::model
