// Who waits for all or nothing is not passed over for ever: skips, turning strict, and taking over what later strict ones gathered.
#include <algorithm>
#include <set>
#include <utility>

#include "tests/model/twin.hpp"

namespace earmark::model {

using engine::Quantity;
using engine::WarehouseId;

// Of all whom the order passes over with what it takes, the earliest counts; each order counts once.
SkipAnswer Twin::count_skip(Order& by, const std::vector<Taken>& taken) {
  constexpr std::uint32_t most = 254;
  std::optional<Place> earliest;
  for (const Taken& each : taken) {
    const Place place{by.priority, by.lsn, each.line_index, each.raised_at};
    for (const Place& ahead : state_.queues[each.sku]) {
      if (!(ahead < place) || (earliest && !(ahead < *earliest))) break;
      const Order& order = state_.orders.at(ahead.order);
      const Line& line = order.lines[ahead.line_index];
      const bool could_use = line.pinned.value == 0 || line.pinned == each.warehouse;
      if (ahead.order == by.lsn || !could_use || order.not_due || !waits_for_all(order, line) || order.patience_of(line).strict) continue;
      earliest = ahead;
    }
  }
  if (by.has_skipped || !earliest) return {};
  by.has_skipped = true;
  Order& order = state_.orders.at(earliest->order);
  Line& line = order.lines[earliest->line_index];
  std::uint32_t& skips = order.patience_of(line).skips;
  skips = std::min(skips + 1, most);
  passed_over_.insert(order.lsn);
  return {order.lsn, order.policy == engine::Policy::ship_complete ? engine::LineNumber{} : line.number, order.id};
}

SkipAnswer Twin::count_skip(Order& by, const OrderAnswer& decision) {
  std::vector<Taken> taken;
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < decision.lines.size(); ++index) {
    const engine::LineDecision& line = decision.lines[index];
    if (line.taken > 0) taken.push_back({line.sku, line.warehouse, index, {}});
    for (std::size_t more = 0; more < line.more_takes; ++more) taken.push_back({line.sku, decision.takes[next++].warehouse, index, {}});
  }
  return count_skip(by, taken);
}

void Twin::forget_if_whole(Order& order, Line& line) {
  const bool whole_order = order.policy == engine::Policy::ship_complete;
  if (whole_order ? !order.waits() : line.waiting == 0) order.patience_of(line) = {};
}

// The first line of the order by which somebody waits for all or nothing, and could turn strict.
std::optional<std::uint32_t> Twin::impatient_line(const Order& order) {
  for (std::uint32_t index = 0; index < order.lines.size() && !order.not_due; ++index) {
    if (waits_for_all(order, order.lines[index]) && !order.patience_of(order.lines[index]).strict) return index;
  }
  return std::nullopt;
}

// The oldest order's first.
std::optional<Twin::ByLine> Twin::passed_over_enough() {
  while (!passed_over_.empty()) {
    const Order& order = state_.orders.at(*passed_over_.begin());
    for (std::uint32_t index = 0; index < order.lines.size() && !order.not_due; ++index) {
      const Line& line = order.lines[index];
      const Patience& patience = order.patience_of(line);
      if (waits_for_all(order, line) && !patience.strict && patience.skips >= limits_.max_skips) return ByLine{order.lsn, index};
    }
    passed_over_.erase(order.lsn);
  }
  return std::nullopt;
}

std::vector<Answer> Twin::turn_strict(std::size_t most) {
  std::vector<Answer> all;
  while (all.size() < most) {
    std::optional<Answer> next = follow();
    if (!next) break;
    all.push_back(std::move(*next));
  }
  return all;
}

std::vector<Answer> Twin::follow_at(engine::TimeUs now) {
  state_.time = std::max(state_.time, now);
  return turn_strict(1);
}

Answer Twin::turn(const ByLine& who, bool waited) {
  Order& order = state_.orders.at(who.first);
  Line& first = order.lines[who.second];
  const bool whole_order = order.policy == engine::Policy::ship_complete;
  Answer answer;
  answer.stamp = next_stamp(state_.time, {});
  StrictAnswer decision{.order_id = order.id, .customer = order.customer, .order_lsn = order.lsn, .line = whole_order ? engine::LineNumber{} : first.number,
                        .waited = waited, .texts = std::make_shared<std::deque<std::string>>()};
  std::vector<std::uint32_t> lines;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    if (order.lines[index].waiting > 0 && (whole_order || index == who.second)) lines.push_back(index);
  }
  take_over(order, lines, decision);
  order.patience_of(first).strict = true;
  order.patience_of(first).skips = 0;

  // SKU by SKU, while nothing of those whose turn has not come is touched.
  constexpr Quantity all = 1U << 31;
  Withheld withheld;
  for (const std::uint32_t index : lines) {
    const engine::SkuId sku = order.lines[index].sku;
    if (std::ranges::find(decision.served, sku) != decision.served.end()) continue;
    decision.served.push_back(sku);
    for (const WarehouseId warehouse : state_.by_priority()) withheld[{sku, warehouse}] = all;
  }
  for (std::uint32_t row = 0; row < decision.served.size(); ++row) {
    const engine::SkuId sku = decision.served[row];
    std::erase_if(withheld, [&](const auto& each) { return each.first.first == sku; });
    fill(sku, row, withheld, answer);
  }
  decision.fills_follow = mark_last(answer);
  answer.decision = std::move(decision);
  return answer;
}

// What he waits for and is not available is taken from later strict ones.
void Twin::take_over(const Order& order, const std::vector<std::uint32_t>& lines, StrictAnswer& decision) {
  Promised promised;
  std::map<std::uint32_t, Quantity> open;
  for (const std::uint32_t index : lines) {
    const Line& line = order.lines[index];
    open[index] = line.waiting;
    for (const WarehouseId warehouse : state_.sources(line, {})) {
      const Quantity units = std::min(open[index], available(line, warehouse, promised));
      promised[{line.sku, warehouse}] += units;
      open[index] -= units;
    }
  }
  for (const auto& [index, units] : open) take_from_later({order.priority, order.lsn, index}, units, decision);
  std::set<std::pair<engine::Lsn, std::uint16_t>> lists;
  for (const engine::LostUnits& lost : decision.lost) lists.insert({lost.order_lsn, lost.shipment});
  for (const auto& [loser, number] : lists) ++state_.orders.at(loser).shipments[number - 1u].revision;
}

// The last in the queue's order loses first, from the last warehouse by priority to the first, of one the latest shipment first.
void Twin::take_from_later(const Place& place, Quantity open, StrictAnswer& decision) {
  const Line taker = state_.line_at(place);
  std::set<Place> losers;
  for (const auto& [lsn, order] : state_.orders) {
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const Line& line = order.lines[index];
      if (line.sku == taker.sku && order.is_set_aside(line) && place < Place{order.priority, lsn, index}) losers.insert({order.priority, lsn, index});
    }
  }
  std::vector<WarehouseId> last_first = state_.sources(taker, {});
  std::ranges::reverse(last_first);
  for (auto last = losers.rbegin(); last != losers.rend(); ++last) {
    Order& order = state_.orders.at(last->order);
    Line& line = order.lines[last->line_index];
    for (const WarehouseId warehouse : last_first) {
      for (auto number = static_cast<std::uint16_t>(order.shipments.size()); number > 0; --number) {
        const auto each = std::ranges::find(line.allocations, number, &Allocation::shipment);
        if (each == line.allocations.end() || each->warehouse != warehouse || order.shipments[number - 1u].picked()) continue;
        const Quantity units = std::min(open, each->reserved);
        if (units == 0) continue;
        Cell& cell = state_.cells.at({line.sku, warehouse});
        each->reserved -= units;
        cell.reserved -= units;
        line.waiting += units;
        open -= units;
        state_.queues[line.sku].insert(*last);
        const auto row = static_cast<std::uint32_t>(decision.lost.size());
        decision.lost.push_back({order.lsn, name_loser(order.lsn, order.id, order.customer, decision), line.number, units, row, warehouse, number, line.sku});
        decision.freed.push_back({.sku = line.sku, .warehouse = warehouse, .quantity = units, .available_after = cell.available()});
      }
    }
  }
}

}  // namespace earmark::model
