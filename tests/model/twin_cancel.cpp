// Cancels (R5, R6) and ship (R7).
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::Quantity;
using engine::TimeUs;
using engine::WarehouseId;

Answer Twin::cancel(const engine::CancelOrder& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::cancel, command.command_id, content, ErrorCode::duplicate_cancel, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    CancelAnswer decision{.command_id = std::string(command.command_id), .order_id = std::string(command.order_id),
                          .content = content, .whole = command.rows.empty()};
    Order& order = state_.orders.at(state_.order_ids.at(decision.order_id));
    if (decision.whole) {
      CancelAnswer whole = cancel_whole(order, answer);
      whole.command_id = decision.command_id;
      whole.content = content;
      answer.decision = std::move(whole);
      return answer;
    }
    GivenBack given_back;
    for (const engine::CancelRow& row : command.rows) {
      const auto line = std::ranges::find(order.lines, row.line, &Line::number);
      give_back(order, static_cast<std::uint32_t>(line - order.lines.begin()), static_cast<std::uint64_t>(row.quantity), given_back);
    }
    for (Line& line : order.lines) forget_if_whole(order, line);
    serve_cancelled(order, given_back, {}, answer);
    decision.lines = given_back.lines;
    decision.released = given_back.released;
    pick_lists_changed(order, decision.released);
    decision.fills_follow = mark_last(answer);
    note_closing(order, answer.stamp.lsn);
    answer.decision = std::move(decision);
    return answer;
  });
}

CancelAnswer Twin::cancel_whole(Order& order, Answer& answer) {
  CancelAnswer decision{.command_id = "", .order_id = order.id, .whole = true};
  GivenBack given_back;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    give_back(order, index, order.lines[index].quantity, given_back);
    given_back.lines.back().excess = 0;
  }
  for (Line& line : order.lines) forget_if_whole(order, line);
  serve_cancelled(order, given_back, {}, answer);
  decision.lines = given_back.lines;
  decision.released = given_back.released;
  pick_lists_changed(order, decision.released);
  decision.fills_follow = mark_last(answer);
  note_closing(order, answer.stamp.lsn);
  return decision;
}

// A new priority gives what waits of the order another place. A lower quantity is a cancel of what is too much, a higher one is
// demand that comes now.
Answer Twin::amend(const engine::AmendOrder& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::amend, command.command_id, content, ErrorCode::duplicate_amend, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    AmendAnswer decision{.command_id = std::string(command.command_id), .order_id = std::string(command.order_id), .content = content};
    Order& order = state_.orders.at(state_.order_ids.at(decision.order_id));
    if (command.priority && order.open()) {
      decision.priority = command.priority;
      for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
        auto& queue = state_.queues[order.lines[index].sku];
        for (const engine::Lsn entry : order.lines[index].entries()) {
          queue.erase({order.priority, order.lsn, index, entry});
          queue.insert({*command.priority, order.lsn, index, entry});
        }
      }
      order.priority = *command.priority;
    }
    refusal_of_raise(state_, command, decision.raised);  // none; says what is raised
    GivenBack given_back;
    for (const engine::CancelRow& row : command.rows) {
      const auto line = std::ranges::find(order.lines, row.line, &Line::number);
      const std::int64_t too_much = std::int64_t{line->quantity} - line->cancelled - row.quantity;
      if (too_much >= 0) give_back(order, static_cast<std::uint32_t>(line - order.lines.begin()), static_cast<std::uint64_t>(too_much), given_back);
    }
    raise(order, decision.raised, answer.stamp.lsn);
    for (Line& line : order.lines) forget_if_whole(order, line);
    serve_cancelled(order, given_back, decision.raised, answer);
    decision.lines = given_back.lines;
    decision.released = given_back.released;
    pick_lists_changed(order, decision.released);
    decision.fills_follow = mark_last(answer);
    note_closing(order, answer.stamp.lsn);
    answer.decision = std::move(decision);
    return answer;
  });
}

// What may wait stands in the queue behind everybody of its priority, as an entry of its own.
void Twin::raise(Order& order, const std::vector<engine::RaisedLine>& raised, engine::Lsn amend) {
  for (const engine::RaisedLine& row : raised) {
    const auto line = std::ranges::find(order.lines, row.line, &Line::number);
    line->quantity += row.quantity;
    line->cancelled += row.cancelled;
    if (row.quantity == row.cancelled) continue;
    line->waiting += row.quantity - row.cancelled;
    line->raised[amend] = row.quantity - row.cancelled;
    state_.queues[line->sku].insert({order.priority, order.lsn, static_cast<std::uint32_t>(line - order.lines.begin()), amend});
  }
}

// First what waits to be filled whole and has become smaller, since all of it may be there now; then each SKU that got something
// back, while what came back of the SKUs behind it is left alone; at last what was raised.
void Twin::serve_cancelled(const Order& order, const GivenBack& decision, const std::vector<engine::RaisedLine>& raised, Answer& answer) {
  Withheld withheld;
  std::size_t next = 0;
  std::vector<std::pair<engine::SkuId, std::uint32_t>> smaller, given_back;
  const auto add = [](auto& to_serve, engine::SkuId sku, std::uint32_t row) {
    if (std::ranges::none_of(to_serve, [&](const auto& each) { return each.first == sku; })) to_serve.push_back({sku, row});
  };
  for (std::uint32_t row = 0; row < decision.lines.size(); ++row) {
    const engine::CancelledLine& cancelled = decision.lines[row];
    for (std::uint32_t count = 0; count < cancelled.releases; ++count, ++next) {
      withheld[{cancelled.sku, decision.released[next].warehouse}] += decision.released[next].quantity;
    }
    if (cancelled.releases > 0) add(given_back, cancelled.sku, row);
    if (cancelled.waiting == 0) continue;
    const auto line = std::ranges::find(order.lines, cancelled.line, &Line::number);
    const auto index = static_cast<std::uint32_t>(line - order.lines.begin());
    if (order.policy == engine::Policy::ship_complete) {
      const auto first = std::ranges::find_if(order.lines, [](const Line& each) { return each.waiting > 0; });
      if (first != order.lines.end()) add(smaller, first->sku, row);
    } else if (order.policy_of(order.lines[index]) == engine::Policy::line_complete && line->waiting > 0) {
      add(smaller, line->sku, row);
    }
  }
  for (const auto& [sku, row] : smaller) fill(sku, row, withheld, answer);
  for (const auto& [sku, row] : given_back) {
    std::erase_if(withheld, [&](const auto& each) { return each.first.first == sku; });
    fill(sku, row, withheld, answer);
  }
  // A ship_complete order is served with all of its lines when the first of them has its turn.
  std::set<engine::SkuId> served;
  for (const auto* list : {&smaller, &given_back}) {
    for (const auto& [sku, row] : *list) served.insert(sku);
  }
  const auto first = std::ranges::find_if(order.lines, [](const Line& line) { return line.waiting > 0; });
  for (std::uint32_t index = 0; index < raised.size() && !order.not_due; ++index) {
    if (raised[index].quantity == raised[index].cancelled) continue;
    const bool whole = order.policy == engine::Policy::ship_complete && !order.patience.strict && served.empty();
    const engine::SkuId sku = whole ? first->sku : raised[index].sku;
    if (served.insert(sku).second) fill(sku, static_cast<std::uint32_t>(decision.lines.size()) + index, {}, answer);
  }
}

// R6: the waiting part first, then what is reserved, from the last warehouse by priority to the first.
void Twin::give_back(Order& order, std::uint32_t line_index, std::uint64_t wanted, GivenBack& to) {
  Line& line = order.lines[line_index];
  engine::CancelledLine cancelled{.line = line.number, .sku = line.sku};
  std::vector<engine::Lsn> newest_first = line.entries();
  std::ranges::reverse(newest_first);
  for (const engine::Lsn entry : newest_first) {
    const auto units = static_cast<Quantity>(std::min<std::uint64_t>(wanted, line.waiting_in(entry)));
    line.stop_waiting(entry, units);
    cancelled.waiting += units;
    wanted -= units;
    if (line.waiting_in(entry) == 0) state_.queues[line.sku].erase({order.priority, order.lsn, line_index, entry});
  }
  line.cancelled += cancelled.waiting;

  std::vector<WarehouseId> last_first = state_.by_priority();
  std::ranges::reverse(last_first);
  for (const WarehouseId warehouse : last_first) {
    for (Allocation& allocation : line.allocations) {
      const auto quantity = static_cast<Quantity>(std::min<std::uint64_t>(wanted, allocation.reserved));
      if (allocation.warehouse != warehouse || quantity == 0 || order.shipments[allocation.shipment - 1u].picked()) continue;
      Cell& cell = state_.cells.at({line.sku, warehouse});
      cell.reserved -= quantity;
      allocation.reserved -= quantity;
      line.cancelled += quantity;
      wanted -= quantity;
      to.released.push_back({quantity, cell.available(), warehouse, allocation.shipment});
      ++cancelled.releases;
    }
  }
  cancelled.excess = wanted;
  to.lines.push_back(cancelled);
}

// Each list once, however many of its lines gave something back.
void Twin::pick_lists_changed(Order& order, const std::vector<engine::Take>& released) {
  std::set<std::uint16_t> numbers;
  for (const engine::Take& take : released) numbers.insert(take.shipment);
  for (const std::uint16_t number : numbers) ++order.shipments[number - 1u].revision;
}

Answer Twin::ship(const engine::ShipOrder& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::ship, command.command_id, content, ErrorCode::duplicate_ship, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    ShipAnswer decision{.command_id = std::string(command.command_id), .order_id = std::string(command.order_id),
                        .content = content};
    Order& order = state_.orders.at(state_.order_ids.at(decision.order_id));
    for (Line& line : order.lines) ship_line(order, line, decision);
    note_closing(order, answer.stamp.lsn);
    answer.decision = std::move(decision);
    return answer;
  });
}

// R7: what is reserved leaves the building, so its shipments are no longer open; a later fill opens the next number. A shipment in which
// something is set aside stays whole.
void Twin::ship_line(Order& order, Line& line, ShipAnswer& decision) {
  engine::ShippedLine shipped{.line = line.number, .sku = line.sku};
  for (Allocation& allocation : line.allocations) {
    const Quantity quantity = order.has_units(allocation.shipment, true) ? 0 : allocation.reserved;
    if (quantity == 0) continue;
    Cell& cell = state_.cells.at({line.sku, allocation.warehouse});
    cell.on_hand -= quantity;
    cell.reserved -= quantity;
    cell.shipped += quantity;
    allocation.reserved = 0;
    allocation.shipped += quantity;
    order.shipments[allocation.shipment - 1u].state = engine::ShipmentState::shipped;
    decision.shipped.push_back({quantity, cell.available(), allocation.warehouse, allocation.shipment});
    ++shipped.ships;
  }
  decision.lines.push_back(shipped);
}

}  // namespace earmark::model
