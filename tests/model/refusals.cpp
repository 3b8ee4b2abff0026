#include "tests/model/refusals.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tests/model/whole.hpp"

namespace earmark::model {
namespace {

using engine::Error;
using engine::ErrorCode;
using engine::Quantity;
using engine::WireQuantity;

constexpr std::size_t max_id_bytes = 64;
constexpr std::size_t max_rows = 4096;
constexpr std::size_t max_load_rows = 8192;
constexpr WireQuantity max_on_hand = 2'147'483'647;

bool is_bad_quantity(WireQuantity quantity) { return quantity < 1 || quantity > max_on_hand; }

// The sums of a command's rows over what is on hand; exact, since a row adds less than 2^31.
class Additions {
 public:
  explicit Additions(const State& state) : state_(state) {}
  bool overflows(CellKey key, WireQuantity quantity) {
    WireQuantity& added = added_[key];
    added += quantity;
    return added + static_cast<WireQuantity>(state_.cell(key.first, key.second).on_hand) > max_on_hand;
  }

 private:
  const State& state_;
  std::map<CellKey, WireQuantity> added_;
};

// Entries of one kind, in their order: bad_code (also when a code stands twice), then catalogue_full if it is new.
template <class Entry, class Ids>
Error judge_codes(std::span<const Entry> entries, const Ids& known, std::size_t most) {
  std::set<std::string_view> seen;
  std::size_t count = known.size();
  for (std::uint32_t row = 1; row <= entries.size(); ++row) {
    const std::string_view code = entries[row - 1].code;
    if (is_bad_id(code) || !seen.insert(code).second) return {.code = ErrorCode::bad_code, .row = row};
    if (known.find(code) == known.end() && ++count > most) return {.code = ErrorCode::catalogue_full, .row = row};
  }
  return {};
}

// What the pair has already: a pair with a code that is new has nothing.
Cell cell_of(const State& state, const engine::LoadCatalogue& command, const engine::OpeningStockEntry& entry) {
  const auto sku = state.sku_ids.find(command.products[entry.product].code);
  const auto warehouse = state.warehouse_ids.find(command.warehouses[entry.warehouse].code);
  if (sku == state.sku_ids.end() || warehouse == state.warehouse_ids.end()) return {};
  return state.cell(sku->second, warehouse->second);
}

bool is_bad_ttl(std::int64_t ttl_us) { return ttl_us < 1'000 || ttl_us > 86'400'000'000; }

ErrorCode not_open(const State& state, std::string_view id) {
  const Hold* hold = state.hold(id);
  if (hold == nullptr) return ErrorCode::unknown_hold;
  if (hold->end == engine::HoldEnd::open) return ErrorCode::none;
  return hold->end == engine::HoldEnd::expired ? ErrorCode::expired : ErrorCode::hold_ended;
}

// A line's own policy, where its order's leaves that to the lines.
bool goes_with(engine::LinePolicy own, engine::Policy of_order) {
  const engine::Policy policy = own.or_else({});
  return own.code <= 5 && policy != engine::Policy::ship_complete && of_order != engine::Policy::ship_complete && of_order != engine::Policy::fill_or_kill;
}

// A confirm without lines takes what is held; what remains to be judged is the preferred warehouse.
Error refusal_but_lines(const State& state, const engine::PlaceOrder& order) {
  const bool unknown = order.preferred.value != 0 && !state.has(order.preferred);
  return {.code = unknown ? ErrorCode::unknown_warehouse : ErrorCode::none};
}

Quantity units_of(const Order& order, const Line& line, bool picked) {
  Quantity units = 0;
  for (const Allocation& each : line.allocations) units += order.shipments[each.shipment - 1u].picked() == picked ? each.reserved : 0;
  return units;
}

// To take so many units from the line, picked ones would have to be taken.
bool needs_picked_units(const Order& order, engine::LineNumber number, std::uint64_t wanted) {
  const Line& line = *std::ranges::find(order.lines, number, &Line::number);
  return wanted > line.waiting + units_of(order, line, false) && units_of(order, line, true) > 0;
}

Error needs_picked_units(const Order& order) {
  for (const Line& line : order.lines) {
    if (units_of(order, line, true) > 0) return {ErrorCode::picked, 0, line.number};
  }
  return {};
}

// Which states a step may be taken from.
bool may_be_taken(engine::ShipmentStep step, engine::ShipmentState state) {
  using engine::ShipmentState;
  using engine::ShipmentStep;
  switch (step) {
    case ShipmentStep::pick: return state == ShipmentState::open;
    case ShipmentStep::pack: return state == ShipmentState::picked;
    case ShipmentStep::ship: return state == ShipmentState::packed;
    case ShipmentStep::deliver: return state == ShipmentState::shipped;
    case ShipmentStep::put_back: return state == ShipmentState::picked || state == ShipmentState::packed;
    case ShipmentStep::give_back: return state == ShipmentState::shipped || state == ShipmentState::delivered;
    case ShipmentStep::track: return true;
  }
  return false;
}

// What of the line's units in the shipment the step could move.
Quantity movable(const Order& order, const Line& line, std::uint16_t number, bool out) {
  const Shipment& shipment = order.shipments[number - 1u];
  for (const Allocation& each : line.allocations) {
    if (each.shipment != number) continue;
    const auto back = shipment.returned.find(static_cast<std::uint32_t>(&line - order.lines.data()));
    return out ? each.shipped - (back == shipment.returned.end() ? 0 : back->second) : each.reserved;
  }
  return 0;
}

}  // namespace

bool is_past(engine::TimeUs time, engine::TimeUs now) { return time.value != 0 && time <= now; }

Error refusal_of_times(const engine::PlaceOrder& command, engine::TimeUs now) {
  if (is_past(command.cancel_after, now)) return {.code = ErrorCode::bad_time};
  if (command.reserve_not_before <= now) return {};
  if (is_past(command.cancel_after, command.reserve_not_before)) return {.code = ErrorCode::bad_time};
  for (std::size_t index = 0; index < command.lines.size(); ++index) {
    const engine::OrderLine& line = command.lines[index];
    if (!may_wait(line.policy.or_else(command.policy))) return {.code = ErrorCode::bad_policy, .row = static_cast<std::uint32_t>(index + 1), .line = line.line};
  }
  return {};
}

bool is_bad_id(std::string_view id) { return id.empty() || id.size() > max_id_bytes; }

Error refusal(const State& state, const engine::PlaceOrder& command, bool own_policies) {
  if (command.lines.empty()) return {.code = ErrorCode::empty_order};
  if (command.lines.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  if (command.preferred.value != 0 && !state.has(command.preferred)) return {.code = ErrorCode::unknown_warehouse};
  std::set<engine::LineNumber> seen;
  for (std::uint32_t row = 1; row <= command.lines.size(); ++row) {
    const engine::OrderLine& line = command.lines[row - 1];
    if (!seen.insert(line.line).second) return {ErrorCode::duplicate_line, row, line.line};
    if (!state.has(line.sku)) return {ErrorCode::unknown_sku, row, line.line};
    if (line.pinned.value != 0 && !state.has(line.pinned)) return {ErrorCode::unknown_warehouse, row, line.line};
    if (is_bad_quantity(line.quantity)) return {ErrorCode::bad_quantity, row, line.line};
    if (line.policy.own() && !(own_policies && goes_with(line.policy, command.policy))) return {ErrorCode::bad_policy, row, line.line};
  }
  return {};
}

Error refusal(const State& state, const engine::ReceiveStock& command) {
  if (command.rows.empty()) return {.code = ErrorCode::empty_receipt};
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::StockRow& stock = command.rows[row - 1];
    if (!state.has(stock.sku)) return {.code = ErrorCode::unknown_sku, .row = row};
    if (!state.has(stock.warehouse)) return {.code = ErrorCode::unknown_warehouse, .row = row};
    if (is_bad_quantity(stock.quantity)) return {.code = ErrorCode::bad_quantity, .row = row};
  }
  Additions additions(state);
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::StockRow& stock = command.rows[row - 1];
    if (additions.overflows({stock.sku, stock.warehouse}, stock.quantity)) {
      return {.code = ErrorCode::quantity_overflow, .row = row};
    }
  }
  return {};
}

Error refusal(const State& state, const engine::CancelOrder& command) {
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const auto found = state.order_ids.find(std::string(command.order_id));
  if (found == state.order_ids.end()) return {.code = ErrorCode::unknown_order};
  const Order& order = state.orders.at(found->second);
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& cancel = command.rows[row - 1];
    const bool there = std::ranges::find(order.lines, cancel.line, &Line::number) != order.lines.end();
    if (!there) return {ErrorCode::unknown_line, row, cancel.line};
    if (is_bad_quantity(cancel.quantity)) return {ErrorCode::bad_quantity, row, cancel.line};
  }
  if (command.rows.empty()) return needs_picked_units(order);
  std::map<engine::LineNumber, std::uint64_t> wanted;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& cancel = command.rows[row - 1];
    wanted[cancel.line] += static_cast<std::uint64_t>(cancel.quantity);
    if (needs_picked_units(order, cancel.line, wanted[cancel.line])) return {ErrorCode::picked, row, cancel.line};
  }
  return {};
}

Error refusal(const State& state, const engine::AmendOrder& command) {
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const auto found = state.order_ids.find(std::string(command.order_id));
  if (found == state.order_ids.end()) return {.code = ErrorCode::unknown_order};
  if (command.priority.has_value() == !command.rows.empty()) return {.code = ErrorCode::bad_amend};
  const Order& order = state.orders.at(found->second);
  std::set<engine::LineNumber> seen;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& amend = command.rows[row - 1];
    if (!seen.insert(amend.line).second) return {ErrorCode::duplicate_line, row, amend.line};
    const auto line = std::ranges::find(order.lines, amend.line, &Line::number);
    if (line == order.lines.end()) return {ErrorCode::unknown_line, row, amend.line};
    if (is_bad_quantity(amend.quantity)) return {ErrorCode::bad_quantity, row, amend.line};
    if (amend.quantity > line->quantity - line->cancelled && !order.open()) return {ErrorCode::order_closed, row, amend.line};
  }
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& amend = command.rows[row - 1];
    const auto line = std::ranges::find(order.lines, amend.line, &Line::number);
    if (amend.quantity + line->cancelled > engine::max_quantity) return {ErrorCode::quantity_overflow, row, amend.line};
  }
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& amend = command.rows[row - 1];
    const auto line = std::ranges::find(order.lines, amend.line, &Line::number);
    const std::int64_t wanted = std::int64_t{line->quantity} - line->cancelled - amend.quantity;
    if (wanted > 0 && needs_picked_units(order, amend.line, static_cast<std::uint64_t>(wanted))) return {ErrorCode::picked, row, amend.line};
  }
  std::vector<engine::RaisedLine> raised;
  return refusal_of_raise(state, command, raised);
}

Error refusal(const State& state, const engine::MoveShipment& command) {
  using engine::ShipmentState;
  using engine::ShipmentStep;
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const auto found = state.order_ids.find(std::string(command.order_id));
  if (found == state.order_ids.end()) return {.code = ErrorCode::unknown_order};
  const Order& order = state.orders.at(found->second);
  if (command.shipment == 0 || command.shipment > order.shipments.size()) return {.code = ErrorCode::unknown_shipment};
  const Shipment& shipment = order.shipments[command.shipment - 1u];
  if (!may_be_taken(command.step, shipment.state)) {
    return {.code = static_cast<ErrorCode>(static_cast<int>(ErrorCode::shipment_open) + static_cast<int>(shipment.state))};
  }
  if (command.step == ShipmentStep::track) {
    const bool empty = command.carrier.empty() && command.tracking.empty() && command.expected.value == 0;
    return {.code = empty ? ErrorCode::empty_track : ErrorCode::none};
  }
  const bool pick = command.step == ShipmentStep::pick, back = command.step == ShipmentStep::give_back;
  if (pick && command.revision != 0 && command.revision != shipment.revision) {
    return {.code = ErrorCode::superseded, .row = 0, .line = {}, .revision = shipment.revision};
  }
  if (pick && order.has_units(command.shipment, true)) return {.code = ErrorCode::not_whole};
  const bool out = shipment.state == ShipmentState::shipped || shipment.state == ShipmentState::delivered;
  std::uint64_t units = 0;
  for (const Line& line : order.lines) units += movable(order, line, command.shipment, out);
  if (units == 0 && command.step != ShipmentStep::deliver) return {.code = back ? ErrorCode::not_enough : ErrorCode::shipment_empty};
  std::set<engine::LineNumber> seen;
  for (std::uint32_t row = 1; (pick || back) && row <= command.rows.size(); ++row) {
    const engine::CancelRow& asked = command.rows[row - 1];
    if (!seen.insert(asked.line).second) return {ErrorCode::duplicate_line, row, asked.line};
    const auto line = std::ranges::find(order.lines, asked.line, &Line::number);
    if (line == order.lines.end()) return {ErrorCode::unknown_line, row, asked.line};
    if (asked.quantity < (pick ? 0 : 1) || asked.quantity > max_on_hand) return {ErrorCode::bad_quantity, row, asked.line};
    if (static_cast<std::uint64_t>(asked.quantity) > movable(order, *line, command.shipment, out)) {
      return {pick ? ErrorCode::bad_quantity : ErrorCode::not_enough, row, asked.line};
    }
  }
  const bool ships = command.step == ShipmentStep::ship;
  std::map<CellKey, std::int64_t> leaving;
  std::uint32_t moved = 0;
  for (const Line& line : order.lines) {
    const Quantity all = ships || command.step == ShipmentStep::put_back ? movable(order, line, command.shipment, out) : 0;
    if (all == 0) continue;
    ++moved;
    const Cell cell = state.cell(line.sku, shipment.warehouse);
    leaving[{line.sku, shipment.warehouse}] += all;
    const bool there = ships && leaving[{line.sku, shipment.warehouse}] <= std::int64_t{cell.on_hand} - cell.unavailable;
    if (cell.level() < 0 && !there) return {ErrorCode::overdrawn, moved, line.number};
  }
  if (!back) return {};
  Additions additions(state);
  std::uint32_t number = 0;
  const auto overflows = [&](const Line& line, WireQuantity quantity) {
    ++number;
    return additions.overflows({line.sku, shipment.warehouse}, quantity);
  };
  for (const engine::CancelRow& asked : command.rows) {
    const Line& line = *std::ranges::find(order.lines, asked.line, &Line::number);
    if (overflows(line, asked.quantity)) return {ErrorCode::quantity_overflow, number, line.number};
  }
  for (const Line& line : order.lines) {
    const Quantity all = command.rows.empty() ? movable(order, line, command.shipment, out) : 0;
    if (all > 0 && overflows(line, all)) return {ErrorCode::quantity_overflow, number, line.number};
  }
  return {};
}

Error refusal(const State& state, const engine::ShipOrder& command) {
  const auto found = state.order_ids.find(std::string(command.order_id));
  if (found == state.order_ids.end()) return {.code = ErrorCode::unknown_order};
  std::map<CellKey, std::int64_t> leaving;
  const Order& order = state.orders.at(found->second);
  for (std::uint32_t row = 1; row <= order.lines.size(); ++row) {
    const Line& line = order.lines[row - 1];
    for (const Allocation& each : line.allocations) {
      const Cell cell = state.cell(line.sku, each.warehouse);
      if (each.reserved == 0 || cell.level() >= 0 || order.has_units(each.shipment, true)) continue;
      leaving[{line.sku, each.warehouse}] += each.reserved;
      if (leaving[{line.sku, each.warehouse}] > std::int64_t{cell.on_hand} - cell.unavailable) return {ErrorCode::overdrawn, row, line.number};
    }
  }
  return {};
}

Error refusal(const State& state, const engine::PlaceHold& command) {
  if (is_bad_ttl(command.ttl_us)) return {.code = ErrorCode::bad_time};
  engine::PlaceOrder order;
  order.preferred = command.preferred;
  order.lines = command.lines;
  return refusal(state, order, false);
}

Error refusal(const State& state, const engine::ExtendHold& command) {
  if (is_bad_ttl(command.ttl_us)) return {.code = ErrorCode::bad_time};
  return {.code = not_open(state, command.hold_id)};
}

Error refusal(const State& state, const engine::ReleaseHold& command) { return {.code = not_open(state, command.hold_id)}; }

Error refusal(const State& state, const engine::ConfirmHold& command) {
  if (command.order.lines.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const ErrorCode fault = not_open(state, command.hold_id);
  const bool named = !command.order.lines.empty();
  if (fault != ErrorCode::none && !(fault == ErrorCode::expired && command.reacquire && named)) return {.code = fault};
  const Error wrong = refusal(state, command.order);
  return wrong.code == ErrorCode::empty_order ? refusal_but_lines(state, command.order) : wrong;
}

Error refusal(const State& state, const engine::LoadCatalogue& command, const CatalogueLimits& limits) {
  if (command.products.size() + command.stock.size() > max_load_rows) return {.code = ErrorCode::too_many_lines};
  Error fault = judge_codes(command.warehouses, state.warehouse_ids, limits.warehouses);
  if (fault.code == ErrorCode::none) fault = judge_codes(command.products, state.sku_ids, limits.skus);
  if (fault.code != ErrorCode::none) return fault;
  std::map<std::pair<std::uint32_t, std::uint32_t>, WireQuantity> listed;
  bool overflows = false;
  for (std::uint32_t row = 1; row <= command.stock.size(); ++row) {
    const engine::OpeningStockEntry& entry = command.stock[row - 1];
    if (entry.product >= command.products.size()) return {.code = ErrorCode::unknown_sku, .row = row};
    if (entry.warehouse >= command.warehouses.size()) return {.code = ErrorCode::unknown_warehouse, .row = row};
    if (entry.on_hand < 0 || entry.on_hand > max_on_hand) return {.code = ErrorCode::bad_quantity, .row = row};
    const Cell cell = cell_of(state, command, entry);
    const auto first = listed.try_emplace({entry.product, entry.warehouse}, entry.on_hand).first;
    const WireQuantity figure = cell.opening_set ? static_cast<WireQuantity>(cell.opening) : first->second;
    if (figure != entry.on_hand) return {.code = ErrorCode::already_loaded, .row = row};
    overflows |= !cell.opening_set && static_cast<WireQuantity>(cell.on_hand) + entry.on_hand > max_on_hand;
  }
  return {.code = overflows ? ErrorCode::quantity_overflow : ErrorCode::none};
}

// Row by row, each judged on what the rows before it leave.
Error refusal(const State& state, const engine::ChangeStock& command) {
  using engine::ChangeKind;
  if (command.rows.empty()) return {.code = ErrorCode::empty_change};
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  std::map<CellKey, std::pair<WireQuantity, WireQuantity>> cells;  // on hand, unavailable
  Error overflow;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::ChangeRow& change = command.rows[row - 1];
    if (!state.has(change.sku)) return {.code = ErrorCode::unknown_sku, .row = row};
    if (!state.has(change.warehouse)) return {.code = ErrorCode::unknown_warehouse, .row = row};
    const bool counted = command.kind == ChangeKind::count, adjusted = command.kind == ChangeKind::adjust;
    const bool bad = counted ? change.quantity != 0 && is_bad_quantity(change.quantity)
                     : adjusted ? change.quantity == 0 || change.quantity > max_on_hand || change.quantity < -max_on_hand
                                : is_bad_quantity(change.quantity);
    if (bad) return {.code = ErrorCode::bad_quantity, .row = row};
    const Cell cell = state.cell(change.sku, change.warehouse);
    auto& [on_hand, unavailable] = cells.try_emplace({change.sku, change.warehouse}, cell.on_hand, cell.unavailable).first->second;
    if (counted && change.expected != on_hand) return {.code = ErrorCode::stale_count, .row = row};
    const WireQuantity picked = state.picked(change.sku, change.warehouse);  // not touched
    if (adjusted && on_hand + change.quantity < 0) return {.code = ErrorCode::not_enough, .row = row};
    if (command.kind == ChangeKind::quarantine && change.quantity > on_hand - unavailable - picked) return {.code = ErrorCode::not_enough, .row = row};
    const bool from_unavailable = command.kind == ChangeKind::restore || command.kind == ChangeKind::scrap;
    if (from_unavailable && change.quantity > unavailable) return {.code = ErrorCode::not_enough, .row = row};
    if (counted || adjusted) {  // what is not among the promised units but for picked ones is taken from the unavailable ones
      const WireQuantity gone = counted ? on_hand - change.quantity : -change.quantity;
      const WireQuantity missing = gone - std::max<WireQuantity>(on_hand - unavailable - picked, 0);
      on_hand -= gone;
      if (missing > 0) unavailable -= std::min(unavailable, missing);
    }
    if (command.kind == ChangeKind::scrap) on_hand -= change.quantity;
    if (command.kind == ChangeKind::quarantine) unavailable += change.quantity;
    if (from_unavailable) unavailable -= change.quantity;
    if (on_hand > max_on_hand && overflow.code == ErrorCode::none) overflow = {.code = ErrorCode::quantity_overflow, .row = row};
  }
  return overflow;
}

}  // namespace earmark::model
