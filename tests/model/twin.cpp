// Exactly once, and orders: R1 and the policies.
#include "tests/model/twin.hpp"

#include <algorithm>

#include "tests/model/dates.hpp"

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::OrderStatus;
using engine::Policy;
using engine::Quantity;
using engine::TimeUs;
using engine::WarehouseId;

Answer Twin::error(engine::Error fault) const {
  Answer answer;
  answer.error = fault;
  answer.as_of = state_.lsn;
  return answer;
}

engine::Stamp Twin::next_stamp(TimeUs now, engine::Lsn cause) {
  engine::Lsn lsn = state_.lsn + 1;
  if (!numbers_.empty()) {
    lsn = numbers_.front();
    numbers_.pop_front();
  }
  state_.lsn = std::max(state_.lsn, lsn);
  state_.time = std::max(state_.time, now);
  look_ = Look{};
  return {lsn, state_.time, cause};
}

// Exactly once (I5), with the two first rungs of R8. `decide` judges the others and answers.
Answer Twin::once(IdSpace space, std::string_view id, std::uint64_t content, ErrorCode duplicate,
                  const std::function<Answer()>& decide) {
  if (is_bad_id(id)) return error({.code = ErrorCode::bad_id});
  const std::pair key{space, std::string(id)};
  if (const auto found = state_.known.find(key); found != state_.known.end()) {
    if (found->second.content != content) return error({.code = duplicate});
    Answer repeated = found->second.first;
    repeated.duplicate = true;
    return repeated;
  }
  Answer answer = decide();
  if (answer.decided()) state_.known.emplace(key, Known{content, answer});
  return answer;
}

engine::Stamp Twin::forget(const engine::VoidDecision& decision, TimeUs now) {
  std::erase_if(state_.known, [&](const auto& entry) {
    const auto& [key, known] = entry;
    if (known.first.stamp.lsn >= decision.oldest_known) return false;
    if (key.first == IdSpace::hold) return state_.holds.at(known.first.stamp.lsn).end != engine::HoldEnd::open;
    if (key.first == IdSpace::transfer) return !state_.transfers.at(known.first.stamp.lsn).open;
    if (key.first == IdSpace::purchase) return state_.purchases.at(known.first.stamp.lsn).is_closed();
    if (key.first != IdSpace::order) return true;
    const engine::Lsn closed = state_.orders.at(known.first.stamp.lsn).closed;
    return closed.value != 0 && closed <= decision.archived;
  });
  if (decision.oldest_known.value != 0) state_.oldest_known = decision.oldest_known;
  return next_stamp(now, {});
}

void Twin::note_closing(Order& order, engine::Lsn lsn) {
  if (order.closed.value == 0 && !order.open()) order.closed = lsn;
}

Answer Twin::place(const engine::PlaceOrder& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::order, command.id, content, ErrorCode::duplicate_order, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    const auto untimely = refusal_of_times(command, std::max(state_.time, now));
    if (untimely.code != ErrorCode::none) return error(untimely);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Order& order = state_.orders[answer.stamp.lsn];
    order.lsn = answer.stamp.lsn;
    order.time = answer.stamp.time;
    order.not_due = command.reserve_not_before > state_.time;
    OrderAnswer decision = decide(command, content, order);
    decision.skipped = count_skip(order, decision);
    answer.decision = std::move(decision);
    state_.order_ids[order.id] = order.lsn;
    note_closing(order, order.lsn);
    return answer;
  });
}

// What a line did not get: `cut` of it is what nothing may wait for, of a ship_complete order.
void Twin::wait_or_cancel(Order& order, std::uint32_t index, Quantity open, Quantity cut, OrderAnswer& answer) {
  Line& line = order.lines[index];
  if (may_wait(order.policy_of(line))) {
    line.cancelled = order.policy == Policy::ship_complete ? cut : state_.backorderable(line.sku) ? 0 : open;
    if (line.cancelled > 0) answer.not_backorderable.push_back(index);
    line.waiting = open - line.cancelled;
  } else {
    line.cancelled = open;
  }
  if (line.waiting > 0) state_.queues[line.sku].insert({order.priority, order.lsn, index});
}

OrderAnswer Twin::decide(const engine::PlaceOrder& command, std::uint64_t content, Order& order) {
  OrderAnswer answer{.id = std::string(command.id), .content = content, .policy = command.policy,
                     .priority = command.priority, .sourcing = command.sourcing, .preferred = command.preferred,
                     .placed_at = command.placed_at, .need_by = command.need_by,
                     .reserve_not_before = command.reserve_not_before, .cancel_after = command.cancel_after,
                     .texts = OwnedTexts::of(command.texts)};
  order.id = answer.id;
  order.customer = answer.texts.customer;
  order.policy = command.policy;
  order.priority = command.priority;
  order.preferred = command.preferred;
  order.cancel_after = command.cancel_after;
  order.reserve_not_before = command.reserve_not_before;
  answer.not_due = order.not_due;
  for (const engine::OrderLine& line : command.lines) {
    order.lines.push_back({.number = line.line, .sku = line.sku, .pinned = line.pinned, .own = line.policy,
                           .quantity = static_cast<Quantity>(line.quantity)});
  }
  if (answer.sourcing == engine::Sourcing::server_default) answer.sourcing = limits_.sourcing;
  order.sourcing = answer.sourcing;
  tell_policies(order, answer);
  // ship_complete: what nothing may wait for is cut off first where it is not there, then the order is decided as if without it.
  Order asked = order;
  std::vector<Quantity> cut(order.lines.size());
  if (command.policy == Policy::ship_complete && (order.not_due || !covers_all(order))) cut = not_there(order);
  for (std::size_t index = 0; index < cut.size(); ++index) asked.lines[index].quantity -= cut[index];
  const std::vector<WarehouseId> from = sources(asked);
  const bool killed = command.policy == Policy::fill_or_kill && !covers_all(order);
  Lines all;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) all[index] = asked.lines[index].quantity;
  // ship_complete: as the sourcing rule gives it, else with the units of pinned lines set aside, else nothing.
  const bool by_rule = command.policy != Policy::ship_complete || covers_all(asked);
  const bool nothing = killed || order.not_due || (!by_rule && !all_there(state_, order, all, {}));
  std::uint64_t taken = 0, waiting = 0, cancelled = 0;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    Line& line = order.lines[index];
    all.erase(index);
    const auto line_sources = by_rule ? sources(order, line, from, {}) : state_.sources(line, {});
    Promised none;
    const bool short_line = takes_whole_line(order.policy_of(line)) && try_to_take(line, line_sources, none) < line.quantity;
    const auto takes = nothing || short_line ? std::vector<engine::Take>{}
                       : take(order, line, asked.lines[index].quantity, line_sources, by_rule ? Withheld{} : set_aside(order, all, {}));
    Quantity rest = line.quantity;
    for (const engine::Take& each : takes) rest -= each.quantity;
    wait_or_cancel(order, index, rest, cut[index], answer);
    taken += line.quantity - rest;
    waiting += line.waiting;
    cancelled += line.cancelled;

    engine::LineDecision decided{.line = line.number, .sku = line.sku, .quantity = line.quantity,
                                 .backordered = line.waiting, .pinned = line.pinned};
    if (!takes.empty()) {
      decided.taken = takes[0].quantity;
      decided.available_after = takes[0].available_after;
      decided.warehouse = takes[0].warehouse;
      decided.shipment = takes[0].shipment;
      decided.more_takes = static_cast<std::uint16_t>(takes.size() - 1);
      answer.takes.insert(answer.takes.end(), takes.begin() + 1, takes.end());
    }
    answer.lines.push_back(decided);
  }
  order.status = status_of(command.policy, taken, waiting, cancelled);
  answer.status = order.status;
  tell_what_waits(order, answer);
  return answer;
}

// What waits tells more than what is cancelled.
OrderStatus Twin::status_of(Policy policy, std::uint64_t taken, std::uint64_t waiting, std::uint64_t cancelled) {
  if (policy == Policy::fill_or_kill && cancelled > 0) return OrderStatus::refused;
  if (waiting > 0) return taken > 0 ? OrderStatus::split : OrderStatus::backordered;
  if (cancelled > 0) return taken > 0 ? OrderStatus::reduced : OrderStatus::cancelled;
  return OrderStatus::reserved;
}

void Twin::tell_policies(const Order& order, OrderAnswer& answer) {
  if (std::ranges::none_of(order.lines, [](const Line& line) { return line.own.own(); })) return;
  for (const Line& line : order.lines) answer.line_policies.push_back(line.own);
}

std::vector<Quantity> Twin::not_there(const Order& order) const {
  std::vector<Quantity> missing(order.lines.size());
  Promised promised;
  for (const bool pinned : {true, false}) {
    for (std::size_t index = 0; index < order.lines.size(); ++index) {
      const Line& line = order.lines[index];
      if ((line.pinned.value != 0) != pinned || state_.backorderable(line.sku)) continue;
      missing[index] = order.not_due ? line.quantity : line.quantity - try_to_take(line, state_.sources(line, {}), promised);
    }
  }
  return missing;
}

// Whether every line could be reserved whole, the lines one after the other, as fill_or_kill asks.
bool Twin::covers_all(const Order& order) const {
  Promised promised;
  const std::vector<WarehouseId> from = sources(order);
  return std::ranges::all_of(order.lines, [&](const Line& line) {
    return try_to_take(line, sources(order, line, from, promised), promised) == line.quantity;
  });
}

// Reserves up to `wanted` units for the line, warehouse by warehouse, leaving the withheld units alone. Available stock is
// always free for the taking here: no waiter can use it (I3), or it would have been filled.
std::vector<engine::Take> Twin::take(Order& order, Line& line, Quantity wanted, const std::vector<WarehouseId>& sources,
                                     const Withheld& withheld) {
  std::vector<engine::Take> takes;
  for (const WarehouseId warehouse : sources) {
    const auto later = withheld.find({line.sku, warehouse});
    const Quantity available = state_.cell(line.sku, warehouse).available();
    // A row may have taken again what a row before it brought: then less is there than is withheld.
    const Quantity kept = later == withheld.end() ? 0 : std::min(available, later->second);
    const Quantity quantity = std::min(wanted, available - kept);
    if (quantity == 0) continue;
    Cell& cell = state_.cells[{line.sku, warehouse}];
    cell.reserved += quantity;
    wanted -= quantity;
    const std::uint16_t shipment = open_shipment(order, warehouse, order.patience_of(line).strict);
    auto allocation = std::ranges::find(line.allocations, shipment, &Allocation::shipment);
    if (allocation == line.allocations.end()) allocation = line.allocations.insert(allocation, {warehouse, shipment});
    allocation->reserved += quantity;
    takes.push_back({quantity, cell.available(), warehouse, shipment});
  }
  return takes;
}

// The latest one there, if it is open, also while a cancel has left nothing in it. What is set aside and what is not never come together.
std::uint16_t Twin::open_shipment(Order& order, WarehouseId warehouse, bool set_aside) {
  std::uint16_t latest = 0;
  for (std::uint16_t number = 1; number <= order.shipments.size(); ++number) {
    if (order.shipments[number - 1u].warehouse == warehouse && !order.has_units(number, !set_aside)) latest = number;
  }
  if (latest != 0 && order.shipments[latest - 1u].state == engine::ShipmentState::open) return latest;
  order.shipments.push_back({.warehouse = warehouse});
  return static_cast<std::uint16_t>(order.shipments.size());
}

std::vector<engine::LineWait> Twin::waits(const Order& order) const {
  std::vector<engine::LineWait> waits;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    if (order.lines[index].waiting == 0) continue;
    engine::LineWait wait{.position = 1, .line_index = index};
    for (const Place& place : state_.queues.at(order.lines[index].sku)) {
      if (place.order == order.lsn && place.line_index == index) break;
      wait.quantity_ahead += state_.waiting_at(place);
      ++wait.position;
    }
    waits.push_back(wait);
  }
  return waits;
}

std::vector<engine::ExpectedUnits> Twin::dates(const Order& order) const {
  return Dates(state_, state_.time).of(order);
}

}  // namespace earmark::model
