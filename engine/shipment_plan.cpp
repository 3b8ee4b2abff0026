#include "engine/shipment_plan.hpp"

#include <algorithm>

#include "engine/level.hpp"
#include "engine/limits.hpp"
#include "engine/patience.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

// What is wrong with taking this step from there; none: nothing.
ErrorCode forbids(ShipmentState state, ShipmentStep step) noexcept {
  const bool is_out = state == ShipmentState::shipped || state == ShipmentState::delivered;
  bool allowed = true;  // tracking
  switch (step) {
    case ShipmentStep::pick: allowed = state == ShipmentState::open; break;
    case ShipmentStep::pack: allowed = state == ShipmentState::picked; break;
    case ShipmentStep::ship: allowed = state == ShipmentState::packed; break;
    case ShipmentStep::deliver: allowed = state == ShipmentState::shipped; break;
    case ShipmentStep::put_back: allowed = state == ShipmentState::picked || state == ShipmentState::packed; break;
    case ShipmentStep::give_back: allowed = is_out; break;
    case ShipmentStep::track: break;
  }
  if (allowed) return ErrorCode::none;
  constexpr ErrorCode codes[] = {ErrorCode::shipment_open, ErrorCode::shipment_picked, ErrorCode::shipment_packed,
                                 ErrorCode::shipment_shipped, ErrorCode::shipment_delivered};
  return codes[static_cast<std::size_t>(state)];
}

// The shipment's lines with the units that the step could move: reserved ones, or of one that is out what has not come back.
std::vector<MovedLine> lines_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number, bool is_out, WarehouseId& warehouse) {
  std::vector<MovedLine> lines;
  for (std::uint32_t index = 0; index < order.line_count; ++index) {
    const OrderLineState& line = order.lines()[index];
    for_each_allocation(blocks, line, [&](const Allocation& each) {
      if (each.shipment != number) return;
      warehouse = each.warehouse;
      const Quantity units = is_out ? each.shipped - returned_of(blocks, order, number, index) : each.reserved;
      if (units != 0) lines.push_back({line.line, line.sku, units, 0, 0});
    });
  }
  return lines;
}

const OrderLineState* line_with(const OrderState& order, LineNumber number) noexcept {
  for (const OrderLineState& line : order.lines()) {
    if (line.line == number) return &line;
  }
  return nullptr;
}

// Rows name what was found of a line (a pick), or what came back of it: then lines without a row stay out.
Error apply_rows(const MoveShipment& move, const OrderState& order, std::vector<MovedLine>& lines) {
  const bool pick = move.step == ShipmentStep::pick;
  std::vector<MovedLine> returned;
  for (std::size_t index = 0; index < move.rows.size(); ++index) {
    const CancelRow& row = move.rows[index];
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(index + 1), row.line}; };
    const bool repeated = std::any_of(move.rows.begin(), move.rows.begin() + static_cast<std::ptrdiff_t>(index),
                                      [&](const CancelRow& earlier) { return earlier.line == row.line; });
    if (repeated) return at_fault(ErrorCode::duplicate_line);
    if (line_with(order, row.line) == nullptr) return at_fault(ErrorCode::unknown_line);
    if (row.quantity < (pick ? 0 : 1) || row.quantity > max_quantity) return at_fault(ErrorCode::bad_quantity);
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const MovedLine& each) { return each.line == row.line; });
    const auto units = static_cast<Quantity>(row.quantity);
    if (units > (line == lines.end() ? 0 : line->quantity)) return at_fault(pick ? ErrorCode::bad_quantity : ErrorCode::not_enough);
    if (line == lines.end()) continue;  // nothing found where nothing was to be picked
    if (pick) {
      line->rest = line->quantity - units;
      line->quantity = units;
    } else {
      returned.push_back({line->line, line->sku, units, 0, 0});
    }
  }
  if (!pick && !move.rows.empty()) lines = std::move(returned);
  return {};
}

// Where what a pick does not find is reserved from now on: in the latest other shipment there that is open, or in a new one.
std::uint16_t shipment_for_rest(const BlockStore& blocks, const OrderState& order, WarehouseId warehouse, std::uint16_t number) noexcept {
  const std::uint16_t open = open_shipment(blocks, order, warehouse, set_aside_shipments(blocks, order));
  return open != 0 && open != number ? open : order.next_shipment;
}

}  // namespace

ShipmentPlan plan_step(const MoveShipment& move, const BlockStore& blocks, const OrderState& order) {
  ShipmentPlan plan;
  const auto refuse = [&](ErrorCode code) { plan.error.code = code; };
  if (move.shipment == 0 || move.shipment >= order.next_shipment) return refuse(ErrorCode::unknown_shipment), plan;
  const ShipmentState state = state_of(blocks, order, move.shipment);
  if (const ErrorCode code = forbids(state, move.step); code != ErrorCode::none) return refuse(code), plan;
  plan.revision = revision_of(blocks, order, move.shipment);
  const bool is_out = state == ShipmentState::shipped || state == ShipmentState::delivered;
  plan.lines = lines_of(blocks, order, move.shipment, is_out, plan.warehouse);
  if (move.step == ShipmentStep::track) {
    plan.lines.clear();
    if (move.carrier.empty() && move.tracking.empty() && move.expected.value == 0) refuse(ErrorCode::empty_track);
    return plan;
  }
  if (move.step == ShipmentStep::pick && move.revision != 0 && move.revision != plan.revision) {
    refuse(ErrorCode::superseded);
    plan.error.revision = plan.revision;
    return plan;
  }
  if (plan.lines.empty() && move.step != ShipmentStep::deliver) {
    return refuse(move.step == ShipmentStep::give_back ? ErrorCode::not_enough : ErrorCode::shipment_empty), plan;
  }
  if (move.step == ShipmentStep::pick && is_among(set_aside_shipments(blocks, order), move.shipment)) return refuse(ErrorCode::not_whole), plan;
  const bool has_rows = move.step == ShipmentStep::pick || move.step == ShipmentStep::give_back;
  if (has_rows) plan.error = apply_rows(move, order, plan.lines);
  if (plan.error.code != ErrorCode::none) return plan;
  const bool is_short = std::any_of(plan.lines.begin(), plan.lines.end(), [](const MovedLine& line) { return line.rest != 0; });
  const bool found = std::any_of(plan.lines.begin(), plan.lines.end(), [](const MovedLine& line) { return line.quantity != 0; });
  if (is_short) plan.rest_shipment = shipment_for_rest(blocks, order, plan.warehouse, move.shipment);
  if (move.step == ShipmentStep::put_back || (move.step == ShipmentStep::pick && !found)) ++plan.revision;
  return plan;
}

std::vector<ServeStep> steps_of_return(std::span<const MovedLine> lines, WarehouseId warehouse) {
  std::vector<ServeStep> steps;
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    steps.push_back({lines[index].sku, index, warehouse, units_beyond_healing(lines[index].quantity, lines[index].available_after), true});
  }
  return steps;
}

ShipmentDecision decision_of(const MoveShipment& move, std::uint64_t content, const OrderState& order, const ShipmentPlan& plan) noexcept {
  ShipmentDecision decision;
  decision.command_id = move.command_id;
  decision.order_id = move.order_id;
  decision.content = content;
  decision.shipment = move.shipment;
  decision.warehouse = plan.warehouse;
  decision.step = move.step;
  decision.revision = plan.revision;
  decision.rest_shipment = plan.rest_shipment;
  if (move.step == ShipmentStep::ship || move.step == ShipmentStep::track) {
    decision.carrier = move.carrier;
    decision.tracking = move.tracking;
    decision.expected = move.expected;
  }
  if (move.step == ShipmentStep::give_back) {
    decision.to_unavailable = move.to_unavailable;
    decision.reason = move.reason;
  }
  decision.lines = plan.lines;
  decision.customer = order.texts().customer;
  return decision;
}

}  // namespace earmark::engine
