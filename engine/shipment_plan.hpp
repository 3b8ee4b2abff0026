// What a step of a shipment does, worked out without changing anything. Pure; the settler calls it: only he changes orders, so what
// it says of an order stays true until he does. What is said of cells (available_after, room for what comes back) is his to add.
#pragma once

#include <vector>

#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/order_state.hpp"
#include "engine/serve_plan.hpp"

namespace earmark::engine {

struct ShipmentPlan {
  Error error;
  WarehouseId warehouse{};
  std::uint32_t revision = 1;       // behind the step
  std::uint16_t rest_shipment = 0;  // of a short pick: where what was not found is reserved from now on
  std::vector<MovedLine> lines;

  bool is_short() const noexcept { return rest_shipment != 0; }
};

// Judges the command behind unknown_order: unknown_shipment, what its state forbids, superseded, shipment_empty, the rows.
ShipmentPlan plan_step(const MoveShipment& move, const BlockStore& blocks, const OrderState& order);

// The record, without what only a commit knows.
ShipmentDecision decision_of(const MoveShipment& move, std::uint64_t content, const OrderState& order, const ShipmentPlan& plan) noexcept;

// The SKUs to serve after a return, line by line, as the rows of a receipt. Recovery makes the same steps.
std::vector<ServeStep> steps_of_return(std::span<const MovedLine> lines, WarehouseId warehouse);

}  // namespace earmark::engine
