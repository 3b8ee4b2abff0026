// Holds: made, extended, released, expired, confirmed (semantics 6).
#include "tests/model/twin.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace earmark::model {

using engine::ErrorCode;
using engine::HoldEnd;
using engine::IdSpace;
using engine::OrderStatus;
using engine::Policy;
using engine::Quantity;
using engine::TimeUs;
using engine::WarehouseId;

namespace {

constexpr std::int64_t day_us = 86'400'000'000;

// Everything that the hold had, but what a line of the order took where the hold had it for that line.
std::vector<CameFree> came_free_of(const Hold& hold, const Order* order) {
  std::map<engine::SkuId, std::uint32_t> rows;
  std::vector<CameFree> all;
  for (std::uint32_t index = 0; index < hold.lines.size(); ++index) {
    const Line& held = hold.lines[index];
    for (const Allocation& each : held.allocations) {
      Quantity units = each.reserved;
      for (std::size_t line = 0; order != nullptr && line < order->lines.size(); ++line) {
        if (order->lines[line].number != held.number || order->lines[line].sku != held.sku) continue;
        for (const Allocation& taken : order->lines[line].allocations) {
          if (taken.warehouse == each.warehouse) units -= std::min(units, taken.reserved);
        }
      }
      if (units > 0) all.push_back({rows.try_emplace(held.sku, index).first->second, held.sku, each.warehouse, units});
    }
  }
  return all;
}

}  // namespace

// Decided as an order that never waits; what it got is held instead of reserved.
Answer Twin::hold(const engine::PlaceHold& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::hold, command.id, content, ErrorCode::duplicate_hold, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    engine::PlaceOrder as_order;
    as_order.policy = command.partial ? Policy::fill_and_cancel : Policy::fill_or_kill;
    as_order.sourcing = command.sourcing;
    as_order.preferred = command.preferred;
    as_order.lines = command.lines;
    Order order;
    OrderAnswer decided = decide(as_order, content, order);
    Hold& hold = state_.holds[answer.stamp.lsn];
    hold = {.id = std::string(command.id), .customer = std::string(command.customer), .lsn = answer.stamp.lsn, .made = answer.stamp.time,
            .deadline = TimeUs{answer.stamp.time.value + command.ttl_us}, .lines = order.lines};
    bool anything = false;
    for (const Line& line : hold.lines) {
      for (const Allocation& each : line.allocations) {
        Cell& cell = state_.cells.at({line.sku, each.warehouse});
        cell.reserved -= each.reserved;
        cell.held += each.reserved;
        anything = true;
      }
    }
    if (!anything) hold.end = HoldEnd::refused;
    answer.decision = HoldAnswer{.id = hold.id, .customer = hold.customer, .content = content, .status = decided.status,
                                 .partial = command.partial, .deadline = hold.deadline, .lines = decided.lines, .takes = decided.takes};
    return answer;
  });
}

Answer Twin::extend(const engine::ExtendHold& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::hold_command, command.command_id, content, ErrorCode::duplicate_hold_command, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Hold& hold = state_.holds.at(state_.hold(command.hold_id)->lsn);
    const std::int64_t wanted = answer.stamp.time.value + command.ttl_us, latest = hold.made.value + day_us;
    hold.deadline = TimeUs{std::max(hold.deadline.value, std::min(wanted, latest))};
    answer.decision = HoldExtendAnswer{.command_id = std::string(command.command_id), .hold_id = hold.id, .customer = hold.customer,
                                       .content = content, .deadline = hold.deadline, .cut = wanted > latest};
    return answer;
  });
}

Answer Twin::release(const engine::ReleaseHold& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::hold_command, command.command_id, content, ErrorCode::duplicate_hold_command, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    HoldEndAnswer decision = end(state_.holds.at(state_.hold(command.hold_id)->lsn), HoldEnd::released, answer);
    decision.command_id = command.command_id;
    decision.content = content;
    answer.decision = std::move(decision);
    return answer;
  });
}

// By their time; of one time holds first, then cancels, then orders that become due, then who turns strict, then the rest as TimerKind has it; then by
// age. What follows a decision by itself comes before all of them, and behind each.
std::vector<Answer> Twin::run_timers(TimeUs now, std::size_t most) {
  std::vector<Answer> all;
  const auto add = [&](Answer answer) {
    wake(answer);
    all.push_back(std::move(answer));
  };
  state_.time = std::max(state_.time, now);
  while (all.size() < most) {
    if (std::optional<Answer> next = follow()) {
      add(std::move(*next));
      continue;
    }
    std::set<DueTimer> due;
    rule_timers(due);
    for (const auto& [lsn, hold] : state_.holds) {
      if (hold.end == HoldEnd::open && hold.deadline <= state_.time) due.insert({hold.deadline, TimerKind::hold, lsn.value});
    }
    for (const auto& [lsn, order] : state_.orders) {
      if (!order.can_be_cancelled()) continue;
      const TimeUs enough = std::max(TimeUs{order.time.value + limits_.max_wait_us}, order.reserve_not_before);
      if (limits_.max_wait_us > 0 && enough <= state_.time && impatient_line(order)) due.insert({enough, TimerKind::turn_strict, lsn.value});
      if (is_past(order.cancel_after, state_.time)) due.insert({order.cancel_after, TimerKind::cancel_order, lsn.value});
      if (order.not_due && order.reserve_not_before <= state_.time) due.insert({order.reserve_not_before, TimerKind::order_due, lsn.value});
    }
    for (const auto& [lsn, purchase] : state_.purchases) {
      if (const TimeUs expected = purchase.next_expected(); is_past(expected, state_.time)) due.insert({expected, TimerKind::purchase_overdue, lsn.value});
    }
    for (const auto& [lsn, transfer] : state_.transfers) {
      if (transfer.open && transfer.expected.value != 0 && transfer.expected <= state_.time) due.insert({transfer.expected, TimerKind::transfer_overdue, lsn.value});
    }
    if (due.empty()) break;
    const auto [time, what, subject] = *due.begin();
    const engine::Lsn lsn{subject};
    if (what == TimerKind::turn_strict) {
      add(turn({lsn, *impatient_line(state_.orders.at(lsn))}, true));
      continue;
    }
    if (what == TimerKind::rule_wakes) {
      wake(engine::SkuId{static_cast<std::uint32_t>(subject >> 16)});
      continue;
    }
    Answer answer;
    answer.stamp = next_stamp(now, {});
    if (what == TimerKind::hold) answer.decision = end(state_.holds.at(lsn), HoldEnd::expired, answer);
    else if (what == TimerKind::cancel_order) answer.decision = cancel_whole(state_.orders.at(lsn), answer);
    else if (what == TimerKind::purchase_cut_off) answer.decision = approve_at_cut_off(state_.purchases.at(lsn));
    else if (what == TimerKind::purchase_overdue) answer.decision = overdue(state_.purchases.at(lsn));
    else if (what == TimerKind::transfer_overdue) answer.decision = overdue(state_.transfers.at(lsn));
    else answer.decision = become_due(state_.orders.at(lsn), answer);
    add(std::move(answer));
  }
  return all;
}

// What is there goes to whoever waits for it, the SKUs in the order of the order's lines.
AmendAnswer Twin::become_due(Order& order, Answer& answer) {
  order.not_due = false;
  std::set<engine::SkuId> served;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const Line& line = order.lines[index];
    if (line.waiting > 0 && served.insert(line.sku).second) fill(line.sku, index, {}, answer);
  }
  return {.command_id = "", .order_id = order.id, .fills_follow = mark_last(answer)};
}

HoldEndAnswer Twin::end(Hold& hold, HoldEnd how, Answer& answer) {
  HoldEndAnswer decision{.command_id = {}, .hold_id = hold.id, .customer = hold.customer, .how = how};
  for (const Line& line : hold.lines) {
    std::uint32_t count = 0;
    for (const Allocation& each : line.allocations) {
      if (each.reserved == 0) continue;  // all of it was lost
      Cell& cell = state_.cells.at({line.sku, each.warehouse});
      cell.held -= each.reserved;
      decision.released.push_back({each.reserved, cell.available(), each.warehouse, each.shipment});
      ++count;
    }
    decision.lines.push_back({line.number, line.sku, count});
  }
  mark_ended(hold, how);
  decision.came_free = came_free_of(hold, nullptr);
  serve(decision.came_free, answer);
  decision.fills_follow = mark_last(answer);
  return decision;
}

void Twin::mark_ended(Hold& hold, HoldEnd how) {
  hold.end = how;
  if (hold.lsn < state_.oldest_known) state_.known.erase({IdSpace::hold, hold.id});
}

// SKU by SKU; what came free of SKUs whose turn has not come is left alone, as with a cancel.
void Twin::serve(const std::vector<CameFree>& came_free, Answer& answer) {
  Withheld withheld;
  std::map<std::uint32_t, engine::SkuId> skus;  // by row
  for (const CameFree& each : came_free) {
    withheld[{each.sku, each.warehouse}] += each.units;
    skus[each.row] = each.sku;
  }
  for (const auto& [row, sku] : skus) {
    std::erase_if(withheld, [&](const auto& each) { return each.first.first == sku; });
    fill(sku, row, withheld, answer);
  }
}

// ---- confirm ----

Answer Twin::confirm(const engine::ConfirmHold& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::order, command.order.id, content, ErrorCode::duplicate_order, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    const TimeUs time = std::max(state_.time, now);
    if (is_past(command.order.cancel_after, time) || command.order.reserve_not_before > time) return error({.code = ErrorCode::bad_time});
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Order& order = state_.orders[answer.stamp.lsn];
    order.lsn = answer.stamp.lsn;
    order.time = answer.stamp.time;
    Hold& hold = state_.holds.at(state_.hold(command.hold_id)->lsn);
    const bool expired = hold.end == HoldEnd::expired;
    OrderAnswer decision = expired ? decide(command.order, content, order) : decide_confirm(command.order, content, order, hold);
    decision.hold = command.hold_id;
    decision.reacquired = expired;
    decision.skipped = count_skip(order, decision);
    state_.order_ids[order.id] = order.lsn;
    if (!expired) {
      mark_ended(hold, HoldEnd::confirmed);
      decision.came_free = came_free_of(hold, &order);
      serve(decision.came_free, answer);
    }
    decision.fills_follow = mark_last(answer);
    note_closing(order, order.lsn);
    answer.decision = std::move(decision);
    return answer;
  });
}

OrderAnswer Twin::decide_confirm(const engine::PlaceOrder& command, std::uint64_t content, Order& order, Hold& hold) {
  engine::PlaceOrder without_lines = command;
  without_lines.lines = {};
  OrderAnswer answer = decide(without_lines, content, order);  // all but the lines
  for (const engine::OrderLine& line : command.lines) {
    order.lines.push_back({.number = line.line, .sku = line.sku, .pinned = line.pinned, .own = line.policy, .quantity = static_cast<Quantity>(line.quantity)});
  }
  tell_policies(order, answer);
  for (const Line& line : hold.lines) {
    Quantity held = line.waiting;  // also what the hold has lost since
    for (const Allocation& each : line.allocations) held += each.reserved;
    if (command.lines.empty() && held > 0) order.lines.push_back({.number = line.number, .sku = line.sku, .pinned = line.pinned, .quantity = held});
  }
  // First what the hold has for the line.
  Uses uses(order.lines.size());
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const Line& line = order.lines[index];
    const auto held = std::ranges::find_if(hold.lines, [&](const Line& each) { return each.number == line.number && each.sku == line.sku; });
    if (held == hold.lines.end()) continue;
    Quantity open = line.quantity;
    for (const Allocation& each : held->allocations) {
      const Quantity units = line.pinned.value == 0 || line.pinned == each.warehouse ? std::min(open, each.reserved) : 0;
      if (units == 0) continue;
      uses[index].push_back({each.warehouse, units});
      answer.from_hold[{index, each.warehouse}] = units;
      open -= units;
    }
  }
  std::map<CellKey, Quantity> kept;  // units for the queue, out of the order's reach
  answer.returned = give_back(hold, order, uses, kept);
  const std::vector<Quantity> cut = take_rest(order, uses);
  std::erase_if(answer.from_hold, [&](const auto& each) { return uses[each.first.first].empty(); });
  for (const auto& [key, units] : kept) state_.cells.at(key).held -= units;
  reserve(order, uses, cut, answer);
  for (engine::ReceivedRow& row : answer.returned) row.available_after = state_.cell(row.sku, row.warehouse).available();
  return answer;
}

// All units go back. Where somebody waits, those that no line uses stay held until the order has taken its own.
std::vector<engine::ReceivedRow> Twin::give_back(const Hold& hold, const Order& order, const Uses& uses, std::map<CellKey, Quantity>& kept) {
  std::vector<engine::ReceivedRow> rows;
  for (const Line& line : hold.lines) {
    for (const Allocation& each : line.allocations) {
      if (each.reserved == 0) continue;
      auto row = std::ranges::find_if(rows, [&](const engine::ReceivedRow& other) { return other.sku == line.sku && other.warehouse == each.warehouse; });
      if (row == rows.end()) row = rows.insert(row, {.sku = line.sku, .warehouse = each.warehouse});
      row->quantity += each.reserved;
    }
  }
  for (const engine::ReceivedRow& row : rows) {
    Quantity used = 0;
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      for (const Use& use : uses[index]) used += order.lines[index].sku == row.sku && use.warehouse == row.warehouse ? use.units : 0;
    }
    if (state_.waited_for(row.sku, row.warehouse)) kept[{row.sku, row.warehouse}] = row.quantity - used;
    const auto stays = kept.find({row.sku, row.warehouse});
    state_.cells.at({row.sku, row.warehouse}).held -= row.quantity - (stays == kept.end() ? 0 : stays->second);
  }
  return rows;
}

// What the hold does not cover, as a new order's: R1 and the policy.
std::vector<Quantity> Twin::take_rest(const Order& order, Uses& uses) {
  Order rest;
  rest.policy = order.policy;
  rest.sourcing = order.sourcing;
  rest.preferred = order.preferred;
  std::vector<std::size_t> line_of;
  Promised from_hold;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    Line line = order.lines[index];
    for (const Use& use : uses[index]) {
      line.quantity -= use.units;
      from_hold[{line.sku, use.warehouse}] += use.units;
    }
    if (line.quantity == 0) continue;
    rest.lines.push_back(line);
    line_of.push_back(index);
  }
  for (const auto& [key, units] : from_hold) state_.cells.at(key).reserved += units;  // out of the way meanwhile
  std::vector<Quantity> cut(order.lines.size());
  if (order.policy == Policy::ship_complete && !covers_all(rest)) {
    const std::vector<Quantity> missing = not_there(rest);
    for (std::size_t index = 0; index < missing.size(); ++index) {
      cut[line_of[index]] = missing[index];
      rest.lines[index].quantity -= missing[index];
    }
  }
  Lines left;
  for (std::uint32_t index = 0; index < rest.lines.size(); ++index) left[index] = rest.lines[index].quantity;
  const bool covered = covers_all(rest);
  const bool by_rule = order.policy != Policy::ship_complete || covered;
  if ((order.policy == Policy::fill_or_kill && !covered) || (!by_rule && !all_there(state_, rest, left, {}))) {
    rest.lines.clear();
    uses.assign(order.lines.size(), {});
  }
  const std::vector<WarehouseId> from = sources(rest);
  Promised taken;
  for (std::uint32_t index = 0; index < rest.lines.size(); ++index) {
    const Line& line = rest.lines[index];
    left.erase(index);
    const Withheld kept = by_rule ? Withheld{} : set_aside(rest, left, {});
    Quantity open = line.quantity;
    std::vector<Use> takes;
    for (const WarehouseId warehouse : by_rule ? sources(rest, line, from, taken) : state_.sources(line, {})) {
      const auto others = kept.find({line.sku, warehouse});
      const Quantity there = available(line, warehouse, taken) - (others == kept.end() ? 0 : others->second);
      const Quantity units = std::min(open, there);
      if (units > 0) takes.push_back({warehouse, units});
      open -= units;
    }
    auto& use = uses[line_of[index]];
    if (open > 0 && takes_whole_line(order.policy_of(line))) {
      use.clear();
      continue;
    }
    for (const Use& each : takes) {
      taken[{line.sku, each.warehouse}] += each.units;
      auto same = std::ranges::find(use, each.warehouse, &Use::warehouse);
      if (same == use.end()) same = use.insert(same, {each.warehouse, 0});
      same->units += each.units;
    }
  }
  for (const auto& [key, units] : from_hold) state_.cells.at(key).reserved -= units;
  return cut;
}

// The order's lines get what they use, line by line, and the rest of each waits or is cancelled.
void Twin::reserve(Order& order, const Uses& uses, const std::vector<Quantity>& cut, OrderAnswer& answer) {
  std::uint64_t taken = 0, waiting = 0, cancelled = 0;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    Line& line = order.lines[index];
    engine::LineDecision decided{.line = line.number, .sku = line.sku, .quantity = line.quantity, .pinned = line.pinned};
    Quantity open = line.quantity;
    for (const Use& use : uses[index]) {
      Cell& cell = state_.cells.at({line.sku, use.warehouse});
      cell.reserved += use.units;
      open -= use.units;
      const std::uint16_t shipment = open_shipment(order, use.warehouse, false);
      line.allocations.push_back({use.warehouse, shipment, use.units, 0});
      const engine::Take take{use.units, cell.available(), use.warehouse, shipment};
      if (&use == uses[index].data()) {
        decided.taken = take.quantity, decided.available_after = take.available_after;
        decided.warehouse = take.warehouse, decided.shipment = take.shipment;
      } else {
        answer.takes.push_back(take);
        ++decided.more_takes;
      }
    }
    wait_or_cancel(order, index, open, cut[index], answer);
    decided.backordered = line.waiting;
    taken += line.quantity - open, waiting += line.waiting, cancelled += line.cancelled;
    answer.lines.push_back(decided);
  }
  order.status = status_of(order.policy, taken, waiting, cancelled);
  answer.status = order.status;
  tell_what_waits(order, answer);
}

}  // namespace earmark::model
