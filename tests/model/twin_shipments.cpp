// Steps of shipments (semantics section 7): pick, pack, ship, deliver, put back, track, return.
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::Quantity;
using engine::ShipmentState;
using engine::ShipmentStep;
using engine::TimeUs;

namespace {

void advance(Shipment& shipment, ShipmentStep step, bool moved_any) {
  switch (step) {
    case ShipmentStep::pick:
      if (moved_any) shipment.state = ShipmentState::picked;
      else ++shipment.revision;  // nothing was found: it is open, and empty
      break;
    case ShipmentStep::pack: shipment.state = ShipmentState::packed; break;
    case ShipmentStep::ship: shipment.state = ShipmentState::shipped; break;
    case ShipmentStep::deliver: shipment.state = ShipmentState::delivered; break;
    case ShipmentStep::put_back:
      shipment.state = ShipmentState::open;
      ++shipment.revision;
      break;
    case ShipmentStep::track:
    case ShipmentStep::give_back: break;
  }
}

void note_tracking(Shipment& shipment, ShipmentAnswer& decision, const engine::MoveShipment& command) {
  if (command.step != ShipmentStep::ship && command.step != ShipmentStep::track) return;
  decision.carrier = command.carrier;
  decision.tracking = command.tracking;
  decision.expected = command.expected;
  if (!decision.carrier.empty()) shipment.carrier = decision.carrier;
  if (!decision.tracking.empty()) shipment.tracking = decision.tracking;
  if (decision.expected.value != 0) shipment.expected = decision.expected;
}

}  // namespace

Answer Twin::move(const engine::MoveShipment& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::shipment, command.command_id, content, ErrorCode::duplicate_shipment_command, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Order& order = state_.orders.at(state_.order_ids.at(std::string(command.order_id)));
    Shipment& shipment = order.shipments[command.shipment - 1u];
    ShipmentAnswer decision{.command_id = std::string(command.command_id), .order_id = std::string(command.order_id),
                            .customer = order.customer, .content = content, .shipment = command.shipment,
                            .warehouse = shipment.warehouse, .step = command.step};
    const bool pick = command.step == ShipmentStep::pick, back = command.step == ShipmentStep::give_back;
    if (back) {
      decision.to_unavailable = command.to_unavailable;
      decision.reason = command.reason;
    }
    const bool out = shipment.state == ShipmentState::shipped || shipment.state == ShipmentState::delivered;
    // Lines in the order of the order; of a return with rows, in theirs.
    std::map<engine::LineNumber, Quantity> rest;
    const auto each_line = [&](std::uint32_t index, std::optional<Quantity> said) {
      Line& line = order.lines[index];
      for (Allocation& each : line.allocations) {
        if (each.shipment != command.shipment) continue;
        const Quantity all = out ? each.shipped - shipment.returned[index] : each.reserved;
        if (shipment.returned[index] == 0) shipment.returned.erase(index);
        if (all == 0 || command.step == ShipmentStep::track) continue;
        const Quantity units = said.value_or(all);
        if (pick && units < all) rest[line.number] = all - units;
        move_line(order, line, index, each, units, decision);
      }
    };
    for (std::uint32_t index = 0; index < order.lines.size() && (!back || command.rows.empty()); ++index) {
      const auto row = std::ranges::find(command.rows, order.lines[index].number, &engine::CancelRow::line);
      const bool told = pick && row != command.rows.end();
      each_line(index, told ? std::optional(static_cast<Quantity>(row->quantity)) : std::nullopt);
    }
    for (const engine::CancelRow& row : command.rows) {
      const auto line = std::ranges::find(order.lines, row.line, &Line::number);
      if (back) each_line(static_cast<std::uint32_t>(line - order.lines.begin()), static_cast<Quantity>(row.quantity));
    }
    advance(shipment, command.step, std::ranges::any_of(decision.lines, [](const auto& line) { return line.quantity > 0; }));
    note_tracking(shipment, decision, command);
    decision.revision = shipment.revision;
    shipment.stepped = true;
    if (!rest.empty()) leave_rest(order, decision, rest);
    if (!rest.empty()) write_off(decision, answer);
    if (back && !command.to_unavailable) {
      std::vector<engine::ReceivedRow> rows;
      for (const engine::MovedLine& line : decision.lines) {
        rows.push_back({.sku = line.sku, .warehouse = shipment.warehouse, .quantity = line.quantity, .available_after = line.available_after});
      }
      fill_row_by_row(rows, answer);
    }
    const bool fills = mark_last(answer);
    if (answer.missing) answer.missing->fills_follow = fills;
    decision.fills_follow = fills || answer.missing;
    if (order.closed.value != 0) order.changed = answer.stamp.lsn;
    note_closing(order, answer.stamp.lsn);
    answer.decision = std::move(decision);
    return answer;
  });
}

void Twin::move_line(Order& order, Line& line, std::uint32_t line_index, Allocation& allocation, Quantity units, ShipmentAnswer& decision) {
  Cell& cell = state_.cells.at({line.sku, allocation.warehouse});
  if (decision.step == ShipmentStep::ship) {
    allocation.reserved -= units;
    allocation.shipped += units;
    cell.reserved -= units;
    cell.on_hand -= units;
    cell.shipped += units;
  }
  if (decision.step == ShipmentStep::give_back) {
    order.shipments[allocation.shipment - 1u].returned[line_index] += units;
    cell.on_hand += units;
    cell.returned += units;
    if (decision.to_unavailable) cell.unavailable += units;
  }
  decision.lines.push_back({.line = line.number, .sku = line.sku, .quantity = units, .available_after = cell.available()});
}

// What was not found is reserved in the latest other shipment there that is open and in which nothing is set aside, or in a new one.
void Twin::leave_rest(Order& order, ShipmentAnswer& decision, const std::map<engine::LineNumber, Quantity>& rest) {
  for (std::uint16_t number = 1; number <= order.shipments.size(); ++number) {
    const Shipment& other = order.shipments[number - 1u];
    if (other.warehouse != decision.warehouse || number == decision.shipment || order.has_units(number, true)) continue;
    decision.rest_shipment = other.state == ShipmentState::open && number > decision.shipment ? number : 0;
  }
  if (decision.rest_shipment != 0) {
    ++order.shipments[decision.rest_shipment - 1u].revision;
  } else {
    order.shipments.push_back({.warehouse = decision.warehouse});
    decision.rest_shipment = static_cast<std::uint16_t>(order.shipments.size());
  }
  for (engine::MovedLine& moved : decision.lines) {
    const auto missing = rest.find(moved.line);
    if (missing == rest.end()) continue;
    moved.rest = missing->second;
    Line& line = *std::ranges::find(order.lines, moved.line, &Line::number);
    std::ranges::find(line.allocations, decision.shipment, &Allocation::shipment)->reserved -= moved.rest;
    const auto there = std::ranges::find(line.allocations, decision.rest_shipment, &Allocation::shipment);
    if (there != line.allocations.end()) there->reserved += moved.rest;
    else line.allocations.push_back({decision.warehouse, decision.rest_shipment, moved.rest, 0});
  }
}

// The missing units are an adjustment, in a record of its own.
void Twin::write_off(const ShipmentAnswer& decision, Answer& answer) {
  std::vector<engine::ChangeRow> rows;
  for (const engine::MovedLine& line : decision.lines) {
    if (line.rest > 0) rows.push_back({.quantity = line.rest, .sku = line.sku, .warehouse = decision.warehouse});
  }
  answer.missing_stamp = next_stamp(answer.stamp.time, answer.stamp.lsn);
  answer.missing = StockChangeAnswer{.id = decision.command_id, .content = 0, .kind = engine::ChangeKind::short_pick, .reason = "",
                                     .texts = std::make_shared<std::deque<std::string>>()};
  apply_change(*answer.missing, rows, answer);
}

}  // namespace earmark::model
