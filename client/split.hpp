// An order's decision taken apart: what each line got from where, and which shipments that makes. Pure.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/expected.hpp"
#include "engine/decision.hpp"

namespace earmark::client {

struct LineSplit {
  const engine::LineDecision& line;
  std::span<const engine::Take> takes;  // all of them, the one in the line included
  const engine::LineWait* wait = nullptr;
  engine::Quantity cancelled = 0;
  engine::LinePolicy policy{};     // its own, if it has one
  bool not_backorderable = false;  // some is cancelled because nothing waits for its SKU
  std::vector<ExpectedUnits> expected{};  // of what waits
  std::int64_t fallback_us = 0;           // of what has no date, if it were ordered now
};

// Calls `use(const LineSplit&)` for every line in order. The decision's counts agree (its decoder saw to that).
template <class Use>
void each_line(const engine::OrderDecision& order, Use use) {
  std::vector<engine::Take> takes;
  std::size_t next_take = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision& line = order.lines[index];
    takes.clear();
    if (line.taken != 0) takes.push_back({line.taken, line.available_after, line.warehouse, line.shipment});
    const auto more = order.takes.subspan(next_take, line.more_takes);
    takes.insert(takes.end(), more.begin(), more.end());
    next_take += line.more_takes;
    std::uint64_t given = line.backordered;
    for (const engine::Take& take : takes) given += take.quantity;
    const auto wait = std::find_if(order.waits.begin(), order.waits.end(),
                                   [&](const engine::LineWait& entry) { return entry.line_index == index; });
    const engine::Quantity cancelled = given < line.quantity ? static_cast<engine::Quantity>(line.quantity - given) : 0;
    use(LineSplit{line, takes, wait == order.waits.end() ? nullptr : &*wait, cancelled, order.own_policy(index),
                  std::find(order.not_backorderable.begin(), order.not_backorderable.end(), index) != order.not_backorderable.end(),
                  expected_of(order.expected, index), fallback_of(order.fallbacks, index)});
  }
}

// The same of a hold, of which nothing waits; `cancelled` is what it did not get.
engine::OrderDecision like_an_order(const engine::HoldDecision& hold);

// Whether lines may be cancelled in part.
inline bool may_cancel(const engine::OrderDecision& order) noexcept {
  return order.policy != engine::Policy::ship_partial || !order.line_policies.empty() || !order.not_backorderable.empty();
}

struct Shipment {
  std::uint16_t number = 0;
  engine::WarehouseId warehouse{};
  std::uint64_t units = 0;
};

// By number. The shipments that this decision opened or joined.
std::vector<Shipment> shipments_of(const engine::OrderDecision& order);

std::string shipment_id(std::string_view order, std::uint16_t number);  // ORDER-1
std::string backorder_id(std::string_view order);                      // ORDER-B1

}  // namespace earmark::client
