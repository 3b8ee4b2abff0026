// What a cancel or an amend serves, step by step, and at the end what an order serves that has become due. First the SKUs of what waits to be filled whole and has become smaller, since all of it may
// be there now: the line's own (of a line_complete line), or for a ship_complete order the first that it still waits for. Then each
// SKU that got something back, in the order of the rows (R5, R6); units of a SKU whose turn has not come are not usable yet, so that an order of
// several SKUs cannot take them past somebody who waits for them. Used by the settler and by recovery, which must agree.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/order_state.hpp"
#include "engine/patience.hpp"
#include "engine/serve_plan.hpp"

namespace earmark::engine {

// `waiting_after(line index)`: units that wait behind the cancel.
template <class WaitingAfter>
std::vector<ServeStep> cancel_steps(const OrderState& order, std::span<const CancelledLine> rows, std::span<const Take> released,
                                    WaitingAfter waiting_after) {
  std::vector<ServeStep> steps;
  const auto is_served = [&](SkuId sku) {
    return std::any_of(steps.begin(), steps.end(), [&](const ServeStep& step) { return step.sku == sku; });
  };
  const std::span<const OrderLineState> lines = order.lines();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t index = 0; rows[row].waiting != 0 && !order.not_due && index < lines.size(); ++index) {
      const bool whole_line = lines[index].policy.or_else(order.policy) == Policy::line_complete;
      const bool smaller = order.policy == Policy::ship_complete || (whole_line && lines[index].line == rows[row].line);
      if (!smaller || waiting_after(index) == 0) continue;
      if (!is_served(lines[index].sku)) steps.push_back({lines[index].sku, static_cast<std::uint32_t>(row), {}, 0, true});
      break;
    }
  }
  const std::size_t smaller_ones = steps.size();
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const SkuId sku = rows[row].sku;
    if (rows[row].releases == 0) continue;
    if (std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(smaller_ones), steps.end(), [&](const ServeStep& step) { return step.sku == sku; })) continue;
    std::size_t next = 0;
    for (const CancelledLine& each : rows) {
      for (std::uint32_t count = 0; count < each.releases; ++count, ++next) {
        if (each.sku == sku) steps.push_back({sku, static_cast<std::uint32_t>(row), released[next].warehouse, released[next].quantity, false});
      }
    }
    steps.back().serves = true;
  }
  return steps;
}

// Behind them what an amend has raised: each SKU of it that no step serves yet, in the order of the rows. A ship_complete order stands at
// the first line of it that waits, and is served with all of them. `first_row`: of the raised lines.
inline void add_raise_steps(const OrderState& order, std::span<const RaisedLine> raised, std::size_t first_row, std::vector<ServeStep>& steps) {
  for (std::size_t index = 0; index < raised.size() && !order.not_due; ++index) {
    SkuId sku = raised[index].sku;
    if (raised[index].quantity == raised[index].cancelled) continue;
    if (takes_all(order)) {
      const auto lines = order.lines();
      sku = std::find_if(lines.begin(), lines.end(), [](const OrderLineState& line) { return line.waiting != 0; })->sku;
    }
    const bool served = std::any_of(steps.begin(), steps.end(), [&](const ServeStep& step) { return step.serves && step.sku == sku; });
    if (!served) steps.push_back({sku, static_cast<std::uint32_t>(first_row + index), {}, 0, true});
  }
}

// The steps of an order that has become due: each SKU that it waits for, in the order of its lines.
inline std::vector<ServeStep> due_steps(const OrderState& order) {
  std::vector<ServeStep> steps;
  for (std::size_t index = 0; index < order.lines().size(); ++index) {
    const OrderLineState& line = order.lines()[index];
    const bool there = std::any_of(steps.begin(), steps.end(), [&](const ServeStep& step) { return step.sku == line.sku; });
    if (line.waiting != 0 && !there) steps.push_back({line.sku, static_cast<std::uint32_t>(index), {}, 0, true});
  }
  return steps;
}

}  // namespace earmark::engine
