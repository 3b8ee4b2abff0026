#include "tests/model/invariants.hpp"

#include <algorithm>
#include <sstream>

#include "tests/model/whole.hpp"

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
  std::vector<std::pair<engine::WarehouseId, engine::Quantity>> takes;
  std::uint32_t row = 0;  // of the cause, for fills
  bool pegged = false;       // out of turn
  bool of_decision = false;  // an order that took at its decision, before anything that its hold gave back served anybody
};

std::vector<Taker> takers(const State& state, const Answer& answer) {
  std::vector<Taker> all;
  if (const auto* order = std::get_if<OrderAnswer>(&answer.decision)) {
    std::size_t more = 0;
    for (std::uint32_t index = 0; index < order->lines.size(); ++index) {
      const engine::LineDecision& line = order->lines[index];
      Taker taker{{order->priority, answer.stamp.lsn, index}, line.sku, {}};
      if (line.taken > 0) taker.takes.push_back({line.warehouse, line.taken});
      for (std::size_t left = line.more_takes; left > 0; --left, ++more) {
        taker.takes.push_back({order->takes[more].warehouse, order->takes[more].quantity});
      }
      for (auto& [warehouse, units] : taker.takes) {  // what it had held before was nobody's to take
        const auto held = order->from_hold.find({index, warehouse});
        if (held != order->from_hold.end()) units -= held->second;
      }
      std::erase_if(taker.takes, [](const auto& take) { return take.second == 0; });
      taker.of_decision = true;
      all.push_back(std::move(taker));
    }
  }
  if (const auto* hold = std::get_if<HoldAnswer>(&answer.decision)) {  // behind everybody who waits
    std::size_t more = 0;
    for (std::uint32_t index = 0; index < hold->lines.size(); ++index) {
      const engine::LineDecision& line = hold->lines[index];
      Taker taker{{engine::Priority{0}, answer.stamp.lsn, index}, line.sku, {}};
      if (line.taken > 0) taker.takes.push_back({line.warehouse, line.taken});
      for (std::size_t left = line.more_takes; left > 0; --left, ++more) {
        taker.takes.push_back({hold->takes[more].warehouse, hold->takes[more].quantity});
      }
      all.push_back(std::move(taker));
    }
  }
  for (const FillAnswer& fill : answer.fills) {
    Taker taker{{state.orders.at(fill.order_lsn).priority, fill.order_lsn, fill.line_index, fill.raised_at}, fill.sku, {}, fill.row, fill.pegged};
    for (const engine::Take& take : fill.takes) taker.takes.push_back({take.warehouse, take.quantity});
    all.push_back(std::move(taker));
  }
  return all;
}

// The moment before a taker took: what was available, and what waited of each line. Walks backwards from the end.
class Then {
 public:
  Then(const State& state, const Answer& answer) : state_(state) {
    const auto rows_of = [&](const std::vector<engine::ReceivedRow>& rows) {
      for (std::uint32_t row = 0; row < rows.size(); ++row) later_.push_back({row, {rows[row].sku, rows[row].warehouse}, std::min(rows[row].quantity, rows[row].available_after)});
    };
    if (const auto* receipt = std::get_if<ReceiptAnswer>(&answer.decision)) rows_of(receipt->rows);
    if (const auto* load = std::get_if<LoadAnswer>(&answer.decision)) rows_of(load->stock);
    if (const auto* cancel = std::get_if<CancelAnswer>(&answer.decision)) given_back(cancel->lines, cancel->released);
    if (const auto* amend = std::get_if<AmendAnswer>(&answer.decision)) given_back(amend->lines, amend->released);
    if (const auto* change = std::get_if<StockChangeAnswer>(&answer.decision)) rows_of_change(*change);
    if (answer.missing) rows_of_change(*answer.missing);
    if (const auto* arrival = std::get_if<TransferReceiptAnswer>(&answer.decision)) {
      for (std::uint32_t row = 0; row < arrival->rows.size(); ++row) {
        const engine::ArrivedRow& arrived = arrival->rows[row];
        later_.push_back({row, {arrived.sku, arrival->destination}, std::min(arrived.quantity, arrived.available_after)});
      }
    }
    if (const auto* delivery = std::get_if<PurchaseReceiptAnswer>(&answer.decision)) {
      for (std::uint32_t row = 0; row < delivery->rows.size(); ++row) {
        const engine::PurchaseArrivedRow& arrived = delivery->rows[row];
        later_.push_back({row, {arrived.sku, arrived.warehouse}, std::min(arrived.quantity, arrived.available_after)});
      }
    }
    const auto* step = std::get_if<ShipmentAnswer>(&answer.decision);
    if (step != nullptr && step->step == engine::ShipmentStep::give_back && !step->to_unavailable) {
      for (std::uint32_t row = 0; row < step->lines.size(); ++row) {
        const engine::MovedLine& line = step->lines[row];
        later_.push_back({row, {line.sku, step->warehouse}, std::min(line.quantity, line.available_after)});
      }
    }
    const auto came_free = [&](const std::vector<CameFree>& all) {
      for (const CameFree& each : all) later_.push_back({each.row, {each.sku, each.warehouse}, each.units});
    };
    if (const auto* order = std::get_if<OrderAnswer>(&answer.decision)) came_free(order->came_free);
    if (const auto* end = std::get_if<HoldEndAnswer>(&answer.decision)) came_free(end->came_free);
    if (const auto* strict = std::get_if<StrictAnswer>(&answer.decision)) {  // nothing of a SKU is there before its turn
      for (std::uint32_t row = 0; row < strict->served.size(); ++row) {
        for (const engine::WarehouseId warehouse : state.by_priority()) later_.push_back({row, {strict->served[row], warehouse}, engine::max_quantity});
      }
    }
    for (const FillAnswer& fill : answer.fills) {
      const Order& order = state.orders.at(fill.order_lsn);
      if (fill.strict) strict_then_.insert({fill.order_lsn, order.policy == engine::Policy::ship_complete ? 0 : fill.line_index});
    }
  }

  void before(const Taker& taker) {
    now_ = &taker;
    // A fill of what a cancel has made smaller comes before those of what it gave back.
    before_all_ = taker.of_decision || (taker.row < cancelled_.size() && cancelled_[taker.row].releases == 0);
    for (const auto& [warehouse, units] : taker.takes) {
      given_back_[{taker.sku, warehouse}] += units;
      waited_[{taker.place.order, taker.place.line_index}][taker.place.raised_at] += units;
    }
  }
  // Whether this waiter could have used a unit that the taker took.
  bool could_use(const Place& ahead) const {
    const Order& order = state_.orders.at(ahead.order);
    if (order.not_due) return false;
    const Line& line = order.lines[ahead.line_index];
    const bool strict = order.patience_of(line).strict || strict_then_.contains({ahead.order, order.policy == engine::Policy::ship_complete ? 0 : ahead.line_index});
    if (order.policy == engine::Policy::ship_complete && !strict && ahead.order == now_->place.order) return false;  // served together
    const bool may = std::ranges::any_of(now_->takes, [&](const auto& take) { return can_use(line, take.first); });
    const engine::Policy policy = order.policy_of(line);
    if (!may || strict || (policy != engine::Policy::line_complete && policy != engine::Policy::ship_complete)) return may;
    Lines lines;
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const auto later = waited_.find({ahead.order, index});
      const bool whole_order = order.policy == engine::Policy::ship_complete;
      engine::Quantity units = whole_order ? order.lines[index].waiting : order.lines[index].waiting_in(ahead.raised_at);
      if (later != waited_.end()) {
        for (const auto& [entry, waited] : later->second) units += whole_order || entry == ahead.raised_at ? waited : 0;
      }
      const bool together = whole_order || index == ahead.line_index;
      if (units > 0 && together) lines[index] = units;
    }
    return all_there(order, lines, state_.by_priority(), [&](const CellKey& key) { return usable(key); });
  }

 private:
  struct LaterUnits {
    std::uint32_t row = 0;
    CellKey cell;
    engine::Quantity units = 0;
  };
  void given_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) {
    cancelled_ = lines;
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines) {
      const auto first = std::ranges::find_if(lines, [&](const auto& each) { return each.sku == line.sku && each.releases != 0; });
      for (std::uint32_t count = 0; count < line.releases; ++count, ++next) {
        later_.push_back({static_cast<std::uint32_t>(first - lines.begin()), {line.sku, released[next].warehouse}, released[next].quantity});
      }
    }
  }
  // What a row brought comes with it; nothing of a SKU with victims is there before its turn.
  void rows_of_change(const StockChangeAnswer& change) {
    std::map<engine::SkuId, std::uint32_t> turns;
    std::set<engine::SkuId> with_victims;
    const auto makes_wait = [&](const engine::LostUnits& lost) { return !change.of_hold(lost); };
    for (const engine::LostUnits& lost : change.lost) {
      if (makes_wait(lost)) with_victims.insert(lost.sku);
    }
    for (std::uint32_t row = 0; row < change.rows.size(); ++row) {
      const engine::ChangedRow& changed = change.rows[row];
      const bool took = std::ranges::any_of(change.lost, [&](const auto& lost) { return lost.row == row && makes_wait(lost); });
      const std::int64_t net = std::int64_t{changed.on_hand_change} - changed.unavailable_change;
      if (!took && net > 0) later_.push_back({row, {changed.sku, changed.warehouse}, std::min(static_cast<engine::Quantity>(net), changed.available_after)});
      if ((took || net > 0) && with_victims.contains(changed.sku)) turns.try_emplace(changed.sku, row);
    }
    for (const auto& [sku, row] : turns) {
      for (const engine::WarehouseId warehouse : state_.by_priority()) later_.push_back({row, {sku, warehouse}, engine::max_quantity});
    }
  }
  std::int64_t usable(const CellKey& key) const {
    std::int64_t units = state_.cell(key.first, key.second).available();
    if (const auto back = given_back_.find(key); back != given_back_.end()) units += back->second;
    for (const LaterUnits& later : later_) units -= (later.row > now_->row || before_all_) && later.cell == key ? later.units : 0;
    return std::max<std::int64_t>(units, 0);
  }

  const State& state_;
  std::span<const engine::CancelledLine> cancelled_;
  const Taker* now_ = nullptr;
  bool before_all_ = false;
  std::map<CellKey, std::int64_t> given_back_;
  std::map<std::pair<engine::Lsn, std::uint32_t>, std::map<engine::Lsn, engine::Quantity>> waited_;  // by order and line; by entry
  std::vector<LaterUnits> later_;
  // Who was strict when he was filled, though he may be whole at the end: by line, of a ship_complete order the first.
  std::set<std::pair<engine::Lsn, std::uint32_t>> strict_then_;
};

std::string judge_overtaking(const Then& then, const Taker& taker, const Place& ahead, engine::SkuId sku) {
  if (sku != taker.sku || taker.pegged || !(ahead < taker.place) || !then.could_use(ahead)) return "";
  return say("I4: order ", taker.place.order.value, " line index ", taker.place.line_index, " took sku ", sku.value,
             " past the earlier waiter ", ahead.order.value, " index ", ahead.line_index);
}

}  // namespace

std::string check_never_oversell(const State& state) {
  std::map<CellKey, std::uint64_t> reserved, held;
  for (const auto& [lsn, order] : state.orders) {
    for (const Line& line : order.lines) {
      for (const Allocation& each : line.allocations) reserved[{line.sku, each.warehouse}] += each.reserved;
    }
  }
  for (const auto& [lsn, hold] : state.holds) {
    for (const Line& line : hold.lines) {
      for (const Allocation& each : line.allocations) held[{line.sku, each.warehouse}] += hold.end == engine::HoldEnd::open ? each.reserved : 0;
    }
  }
  for (const auto& [key, cell] : state.cells) {
    if (cell.level() < 0 && (cell.held != 0 || cell.reserved != state.picked(key.first, key.second))) {
      return say("I1: ", cell_name(key), " has ", cell.reserved, " reserved and ", cell.unavailable, " unavailable and ", cell.held, " held of ", cell.on_hand);
    }
    if (cell.held != held[key]) return say("I1: ", cell_name(key), " has ", cell.held, " held, the open holds ", held[key]);
    if (cell.on_hand > engine::max_quantity) return say("I1: ", cell_name(key), " holds too much: ", cell.on_hand);
    if (cell.reserved != reserved[key]) return say("I1: ", cell_name(key), " has ", cell.reserved, " reserved, its orders ", reserved[key]);
    reserved.erase(key);
  }
  for (const auto& [key, quantity] : reserved) {
    if (quantity > 0) return say("I1: ", cell_name(key), " is no cell, but orders reserve ", quantity);
  }
  return "";
}

// What left a warehouse by transfers has arrived in another, is in transit or was lost; nothing else has arrived but what was over.
std::string check_transfers(const State& state) {
  std::map<engine::SkuId, std::int64_t> sent, arrived;
  for (const auto& [key, cell] : state.cells) {
    sent[key.first] += static_cast<std::int64_t>(cell.sent);
    arrived[key.first] += static_cast<std::int64_t>(cell.arrived);
  }
  for (const auto& [lsn, transfer] : state.transfers) {
    std::uint64_t in_transit = 0;
    for (const auto& [sku, units] : transfer.units) {
      if (units.shipped + units.over < units.received + units.lost) return say("I2: transfer ", transfer.id, " of sku ", sku.value, " has more than it shipped");
      sent[sku] -= static_cast<std::int64_t>(units.shipped);
      arrived[sku] -= static_cast<std::int64_t>(units.received);
      in_transit += units.left();
    }
    if (transfer.open == (in_transit == 0)) return say("I2: transfer ", transfer.id, " is ", transfer.open ? "open" : "closed", " with ", in_transit, " in transit");
  }
  for (const auto& [sku, units] : sent) {
    if (units != 0 || arrived[sku] != 0) return say("I2: sku ", sku.value, " left or arrived without a transfer");
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
      for (const engine::Lsn entry : line.entries()) {
        ++waiting_lines;
        const auto queue = state.queues.find(line.sku);
        if (queue == state.queues.end() || !queue->second.contains({order.priority, lsn, index, entry})) {
          return say("I2: order ", lsn.value, " line ", line.number.value, " waits but is in no queue");
        }
      }
    }
  }
  for (const auto& [sku, queue] : state.queues) queued += queue.size();
  if (queued != waiting_lines) return say("I2: ", queued, " places in queues, ", waiting_lines, " lines wait");
  for (const auto& [key, cell] : state.cells) {
    const auto came = static_cast<std::int64_t>(cell.opening + cell.received + cell.returned + cell.arrived + cell.delivered) + cell.adjusted;
    if (static_cast<std::int64_t>(cell.on_hand + cell.shipped + cell.sent) != came) {
      return say("I2: ", cell_name(key), " has ", cell.on_hand, ", opened with ", cell.opening, ", received ", cell.received,
                 ", adjusted by ", cell.adjusted, ", shipped ", cell.shipped, ", sent ", cell.sent, ", arrived ", cell.arrived,
                 ", delivered ", cell.delivered);
    }
  }
  if (std::string fault = check_transfers(state); !fault.empty()) return fault;
  return check_purchases(state);
}

std::string check_work_conserving(const State& state, engine::SkuId sku) {
  const auto queue = state.queues.find(sku);
  if (queue == state.queues.end()) return "";
  for (const Place& place : queue->second) {
    const Order& order = state.orders.at(place.order);
    if (order.not_due) continue;
    if (const Lines at_once = taken_at_once(order, place); !at_once.empty()) {
      if (all_there(state, order, at_once, {})) return say("I3: all is there that order ", order.id, " line index ", place.line_index, " waits for");
      continue;
    }
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

// Whoever waits after the command, or is filled later in it, waited when each earlier taker took. Lines of one order take in
// their order: nobody of it is overtaken by another of its lines.
std::string check_no_overtaking(const State& state, const Answer& answer) {
  if (!answer.decided() || answer.duplicate) return "";
  const std::vector<Taker> all = takers(state, answer);
  Then then(state, answer);
  for (std::size_t index = all.size(); index-- > 0;) {
    then.before(all[index]);
    const auto queue = state.queues.find(all[index].sku);
    if (queue != state.queues.end()) {
      for (const Place& ahead : queue->second) {
        if (!(ahead < all[index].place)) break;
        if (std::string fault = judge_overtaking(then, all[index], ahead, queue->first); !fault.empty()) return fault;
      }
    }
    for (std::size_t later = index + 1; !answer.fills.empty() && later < all.size(); ++later) {
      std::string fault = judge_overtaking(then, all[index], all[later].place, all[later].sku);
      if (!fault.empty()) return fault;
    }
  }
  return "";
}

std::string check_patience(const State& state) {
  for (const auto& [lsn, order] : state.orders) {
    const bool whole_order = order.policy == engine::Policy::ship_complete;
    if (!whole_order && (order.patience.skips != 0 || order.patience.strict)) return say("patience: order ", lsn.value, " is not one that waits as a whole");
    for (const Line& line : order.lines) {
      const Patience& patience = order.patience_of(line);
      const bool waits = whole_order ? order.waits() : waits_for_all(order, line);
      if ((patience.skips != 0 || patience.strict) && !waits) return say("patience: order ", lsn.value, " line ", line.number.value, " does not wait for all or nothing");
      if (patience.skips > 254 || (patience.skips != 0 && patience.strict)) return say("patience: order ", lsn.value, " has ", patience.skips, " skips");
      if (order.not_due && patience.skips != 0) return say("patience: order ", lsn.value, " is not due and has skips");
    }
  }
  return "";
}

std::string check_invariants(const State& state, const Answer& answer) {
  for (const std::string& fault : {check_never_oversell(state), check_conservation(state), check_work_conserving(state),
                                   check_no_overtaking(state, answer), check_pegs(state, answer), check_patience(state)}) {
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace earmark::model
