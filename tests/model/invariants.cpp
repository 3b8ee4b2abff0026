#include "tests/model/invariants.hpp"

#include <sstream>

namespace earmark::model {
namespace {

template <class... Words>
std::string say(const Words&... words) {
  std::ostringstream out;
  (out << ... << words);
  return out.str();
}

std::string cell_name(const CellKey& key) { return say("sku ", key.first.value, " in warehouse ", key.second.value); }

bool can_use(const Line& line, engine::WarehouseId warehouse) {
  return line.pinned.value == 0 || line.pinned == warehouse;
}

// Who took from which SKU and warehouses, at which place of that SKU's queue.
struct Taker {
  Place place;
  engine::SkuId sku{};
  std::vector<engine::WarehouseId> warehouses;
};

std::vector<Taker> takers(const State& state, const Answer& answer) {
  std::vector<Taker> all;
  if (const auto* order = std::get_if<OrderAnswer>(&answer.decision)) {
    std::size_t more = 0;
    for (std::uint32_t index = 0; index < order->lines.size(); ++index) {
      const engine::LineDecision& line = order->lines[index];
      Taker taker{{order->priority, answer.stamp.lsn, index}, line.sku, {}};
      if (line.taken > 0) taker.warehouses.push_back(line.warehouse);
      for (std::size_t left = line.more_takes; left > 0; --left) taker.warehouses.push_back(order->takes[more++].warehouse);
      all.push_back(std::move(taker));
    }
  }
  for (const FillAnswer& fill : answer.fills) {
    Taker taker{{state.orders.at(fill.order_lsn).priority, fill.order_lsn, fill.line_index}, fill.sku, {}};
    for (const engine::Take& take : fill.takes) taker.warehouses.push_back(take.warehouse);
    all.push_back(std::move(taker));
  }
  return all;
}

std::string judge_overtaking(const State& state, const Taker& taker, const Place& ahead, engine::SkuId sku) {
  if (sku != taker.sku || !(ahead < taker.place)) return "";
  for (const engine::WarehouseId warehouse : taker.warehouses) {
    if (can_use(state.line_at(ahead), warehouse)) {
      return say("I4: order ", taker.place.order.value, " line index ", taker.place.line_index, " took ",
                 cell_name({sku, warehouse}), " past the earlier waiter ", ahead.order.value, " index ", ahead.line_index);
    }
  }
  return "";
}

}  // namespace

std::string check_never_oversell(const State& state) {
  std::map<CellKey, std::uint64_t> reserved;
  for (const auto& [lsn, order] : state.orders) {
    for (const Line& line : order.lines) {
      for (const Allocation& each : line.allocations) reserved[{line.sku, each.warehouse}] += each.reserved;
    }
  }
  for (const auto& [key, cell] : state.cells) {
    if (cell.reserved > cell.on_hand) return say("I1: ", cell_name(key), " has ", cell.reserved, " reserved of ", cell.on_hand);
    if (cell.on_hand > engine::max_quantity) return say("I1: ", cell_name(key), " holds too much: ", cell.on_hand);
    if (cell.reserved != reserved[key]) return say("I1: ", cell_name(key), " has ", cell.reserved, " reserved, its orders ", reserved[key]);
    reserved.erase(key);
  }
  for (const auto& [key, quantity] : reserved) {
    if (quantity > 0) return say("I1: ", cell_name(key), " is no cell, but orders reserve ", quantity);
  }
  return "";
}

std::string check_conservation(const State& state) {
  std::size_t waiting_lines = 0, queued = 0;
  for (const auto& [lsn, order] : state.orders) {
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const Line& line = order.lines[index];
      std::uint64_t sum = std::uint64_t{line.waiting} + line.cancelled;
      for (const Allocation& each : line.allocations) sum += std::uint64_t{each.reserved} + each.shipped;
      if (sum != line.quantity) return say("I2: order ", lsn.value, " line ", line.number.value, " has ", sum, " of ", line.quantity);
      if (line.waiting == 0) continue;
      ++waiting_lines;
      const auto queue = state.queues.find(line.sku);
      if (queue == state.queues.end() || !queue->second.contains({order.priority, lsn, index})) {
        return say("I2: order ", lsn.value, " line ", line.number.value, " waits but is in no queue");
      }
    }
  }
  for (const auto& [sku, queue] : state.queues) queued += queue.size();
  if (queued != waiting_lines) return say("I2: ", queued, " places in queues, ", waiting_lines, " lines wait");
  for (const auto& [key, cell] : state.cells) {
    if (cell.on_hand + cell.shipped != cell.opening + cell.received) {
      return say("I2: ", cell_name(key), " has ", cell.on_hand, ", opened with ", cell.opening, ", received ", cell.received,
                 ", shipped ", cell.shipped);
    }
  }
  return "";
}

std::string check_work_conserving(const State& state, engine::SkuId sku) {
  const auto queue = state.queues.find(sku);
  if (queue == state.queues.end()) return "";
  for (const Place& place : queue->second) {
    for (const engine::WarehouseId warehouse : state.by_priority()) {
      const auto available = state.cell(sku, warehouse).available();
      if (available == 0 || !can_use(state.line_at(place), warehouse)) continue;
      return say("I3: ", cell_name({sku, warehouse}), " has ", available, " available, but order ", place.order.value,
                 " line index ", place.line_index, " waits for it");
    }
  }
  return "";
}

std::string check_work_conserving(const State& state) {
  for (const auto& [sku, queue] : state.queues) {
    if (std::string fault = check_work_conserving(state, sku); !fault.empty()) return fault;
  }
  return "";
}

// Whoever waits after the command, or is filled later in it, waited when each earlier taker took.
std::string check_no_overtaking(const State& state, const Answer& answer) {
  if (!answer.decided() || answer.duplicate) return "";
  const std::vector<Taker> all = takers(state, answer);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const auto queue = state.queues.find(all[index].sku);
    if (queue != state.queues.end()) {
      for (const Place& ahead : queue->second) {
        if (std::string fault = judge_overtaking(state, all[index], ahead, queue->first); !fault.empty()) return fault;
      }
    }
    if (answer.fills.empty()) continue;  // lines of one order take in their order: nobody of it waited before it came
    for (std::size_t later = index + 1; later < all.size(); ++later) {
      std::string fault = judge_overtaking(state, all[index], all[later].place, all[later].sku);
      if (!fault.empty()) return fault;
    }
  }
  return "";
}

std::string check_invariants(const State& state, const Answer& answer) {
  for (const std::string& fault : {check_never_oversell(state), check_conservation(state), check_work_conserving(state),
                                   check_no_overtaking(state, answer)}) {
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace earmark::model
