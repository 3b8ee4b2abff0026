#include "engine/purchase_plan.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "engine/level.hpp"

namespace earmark::engine {
namespace {

constexpr std::uint32_t over_tolerance_part = 10;  // a tenth of what was ordered

bool bad_time(TimeUs time) noexcept { return time.value < 0 || time.value > max_time_us; }

// What would be open of each cell, row by row.
class OpenUnits {
 public:
  OpenUnits(const SharedState& shared, const Purchases& purchases) : shared_(shared), purchases_(purchases) {}

  // False: more than a cell can have.
  bool add(SkuId sku, WarehouseId warehouse, std::int64_t units) {
    const CellIndex cell = shared_.cell_index(sku, warehouse);
    std::int64_t& sum = units_.try_emplace(cell.value, purchases_.open_units(cell)).first->second;
    sum += units;
    return sum <= max_quantity;
  }

 private:
  const SharedState& shared_;
  const Purchases& purchases_;
  std::unordered_map<std::uint64_t, std::int64_t> units_;
};

Error at_row(ErrorCode code, std::size_t index, LineNumber line) { return {code, static_cast<std::uint32_t>(index + 1), line}; }

// The state that a step leads to, or why it may not be taken.
struct Next {
  ErrorCode fault = ErrorCode::none;
  PurchaseState state{};
};

Next next_state(PurchaseStep step, const OpenPurchase& purchase) noexcept {
  const PurchaseState state = purchase.state;
  const bool draft = is_unapproved(state);
  switch (step) {
    case PurchaseStep::adopt:
      if (state == PurchaseState::suggested) return {{}, PurchaseState::draft};
      return {draft ? ErrorCode::purchase_draft : ErrorCode::purchase_approved, state};
    case PurchaseStep::approve: return draft ? Next{{}, PurchaseState::approved} : Next{ErrorCode::purchase_approved, state};
    case PurchaseStep::cancel:
      return purchase.has_arrivals() ? Next{ErrorCode::purchase_received, state} : Next{{}, PurchaseState::cancelled};
    case PurchaseStep::send:
      if (!draft && state != PurchaseState::approved) return {ErrorCode::purchase_sent, state};
      return {draft ? ErrorCode::purchase_draft : ErrorCode::none, PurchaseState::sent};
    case PurchaseStep::close: return {draft ? ErrorCode::purchase_draft : ErrorCode::none, PurchaseState::closed};
    case PurchaseStep::acknowledge: break;
  }
  const bool partly = state == PurchaseState::partly_received;
  return {draft ? ErrorCode::purchase_draft : ErrorCode::none, partly ? state : PurchaseState::acknowledged};
}

Quantity open_of(Quantity quantity, std::uint64_t received) noexcept {
  return received >= quantity ? 0 : quantity - static_cast<Quantity>(received);
}

// The lines that the vendor changed.
Error plan_acknowledgement(const MovePurchase& move, const OpenPurchase& purchase, const SharedState& shared, const Book& book,
                           std::vector<PurchaseChange>& changes) {
  std::unordered_set<std::uint32_t> named;
  OpenUnits open(shared, book.purchases);
  Error too_much;
  for (std::size_t index = 0; index < move.rows.size(); ++index) {
    const PurchaseRow& row = move.rows[index];
    if (!named.insert(row.line.value).second) return at_row(ErrorCode::duplicate_line, index, row.line);
    const PurchaseLineState* line = purchase.line(row.line);
    if (line == nullptr) return at_row(ErrorCode::unknown_line, index, row.line);
    const bool same_quantity = row.quantity == -1;
    if (!same_quantity && (row.quantity < 0 || row.quantity > max_quantity || static_cast<std::uint64_t>(row.quantity) < line->received)) {
      return at_row(ErrorCode::bad_quantity, index, row.line);
    }
    if (bad_time(row.promised)) return at_row(ErrorCode::bad_time, index, row.line);
    const Quantity quantity = same_quantity ? line->quantity : static_cast<Quantity>(row.quantity);
    const std::int64_t more = std::int64_t{open_of(quantity, line->received)} - line->open();
    if (!open.add(line->sku, line->warehouse, more) && too_much.code == ErrorCode::none) too_much = at_row(ErrorCode::quantity_overflow, index, row.line);
    changes.push_back({row.promised.value == 0 ? line->promised : row.promised, line->line, line->sku, quantity, static_cast<std::int32_t>(more), line->warehouse});
  }
  return too_much;
}

// An acknowledgement after which nothing is open ends it.
PurchaseState state_after(PurchaseState state, const OpenPurchase& purchase, std::span<const PurchaseChange> changes) {
  std::int64_t open = 0;
  for (const PurchaseLineState& line : purchase.lines) open += line.open();
  for (const PurchaseChange& change : changes) open += change.incoming_change;
  if (open != 0) return state;
  return purchase.has_arrivals() ? PurchaseState::received : PurchaseState::closed;
}

// Everything that is open, whole.
std::vector<PurchaseArrival> whole(const OpenPurchase& purchase) {
  std::vector<PurchaseArrival> rows;
  for (const PurchaseLineState& line : purchase.lines) {
    if (line.open() != 0) rows.push_back({line.open(), 0, line.line});
  }
  return rows;
}

bool out_of_range(WireQuantity quantity) noexcept { return quantity < 0 || quantity > max_quantity; }

// The rows one after the other: what of each is more than was open by then.
Error add_arrivals(std::span<const PurchaseArrival> rows, const OpenPurchase& purchase, bool accept_over, std::vector<PurchaseArrivedRow>& out) {
  std::unordered_map<std::uint32_t, std::uint64_t> received;  // by line, rows so far included
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const PurchaseArrival& row = rows[index];
    const PurchaseLineState* line = purchase.line(row.line);
    if (line == nullptr) return at_row(ErrorCode::unknown_line, index, row.line);
    if (out_of_range(row.quantity) || out_of_range(row.damaged)) return at_row(ErrorCode::bad_quantity, index, row.line);
    std::uint64_t& sum = received.try_emplace(row.line.value, line->received).first->second;
    const auto units = static_cast<std::uint64_t>(row.quantity + row.damaged);
    const std::uint64_t expected = std::min<std::uint64_t>(open_of(line->quantity, sum), units);
    sum += units;
    if (!accept_over && units != expected && sum > line->quantity + line->quantity / over_tolerance_part) {
      return at_row(ErrorCode::over_tolerance, index, row.line);
    }
    out.push_back({row.line, line->sku, static_cast<Quantity>(row.quantity), static_cast<Quantity>(row.damaged),
                   static_cast<Quantity>(units - expected), 0, line->warehouse});
  }
  return {};
}

Error judge_room(std::span<const PurchaseArrivedRow> rows, const SharedState& shared, const Book& book) {
  std::unordered_map<std::uint64_t, std::uint64_t> on_hand;  // by cell, rows so far included
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const std::uint64_t cell = shared.cell_index(rows[index].sku, rows[index].warehouse).value;
    std::uint64_t& sum = on_hand.try_emplace(cell, book.stock[cell].on_hand).first->second;
    sum += std::uint64_t{rows[index].quantity} + rows[index].damaged;
    if (sum > max_quantity) return at_row(ErrorCode::quantity_overflow, index, rows[index].line);
  }
  return {};
}

bool nothing_is_open_after(std::span<const PurchaseArrivedRow> rows, const OpenPurchase& purchase) {
  std::uint64_t open = 0, arrived = 0;
  for (const PurchaseLineState& line : purchase.lines) open += line.open();
  for (const PurchaseArrivedRow& row : rows) arrived += std::uint64_t{row.quantity} + row.damaged - row.over;
  return open == arrived;
}

}  // namespace

namespace {

// Those of which what was promised is over; empty: none is.
template <class Lines>
std::vector<TimeUs> estimates_of(const Lines& lines, const Vendors& vendors, std::string_view vendor, TimeUs now) {
  std::vector<TimeUs> estimates(lines.size());
  bool some = false;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const TimeUs expected = vendors.expected(vendor, lines[index].promised, now);
    if (expected == lines[index].promised) continue;
    estimates[index] = expected;
    some = true;
  }
  return some ? estimates : std::vector<TimeUs>();
}

// The line of an order takes what is there, and waits for it.
bool can_be_pegged(const OrderState& order, const OrderLineState& line, const PurchasedLine& to) noexcept {
  if (order.not_due || line.policy.or_else(order.policy) != Policy::ship_partial) return false;
  return line.waiting != 0 && line.sku == to.sku && (line.pinned.value == 0 || line.pinned == to.warehouse);
}

Error plan_pegs(const PlacePurchase& place, const SharedState& shared, std::span<const BlockRef> orders, PurchasePlan& plan) {
  std::unordered_map<std::uint32_t, std::uint32_t> places;  // of the purchase order's lines
  for (std::uint32_t index = 0; index < plan.lines.size(); ++index) places.emplace(plan.lines[index].line.value, index);
  std::unordered_set<std::uint32_t> pegged;
  for (std::size_t row = 0; row < place.pegs.size(); ++row) {
    const PegRow& peg = place.pegs[row];
    const Error bad = at_row(ErrorCode::bad_peg, row, peg.line);
    const auto index = places.find(peg.line.value);
    if (index == places.end() || !pegged.insert(peg.line.value).second || peg.order >= orders.size() || orders[peg.order] == 0) return bad;
    const auto* order = shared.blocks.at<OrderState>(orders[peg.order]);
    const auto lines = order->lines();
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const OrderLineState& each) { return each.line == peg.order_line; });
    if (line == lines.end() || !can_be_pegged(*order, *line, plan.lines[index->second])) return bad;
    plan.pegs.push_back({order->known.lsn(), index->second, peg.order, peg.order_line, 0});
  }
  std::sort(plan.pegs.begin(), plan.pegs.end(), [](const PurchasePeg& one, const PurchasePeg& other) { return one.index < other.index; });
  for (const PurchasePeg& peg : plan.pegs) plan.pegged_orders.push_back(orders[peg.order]);
  return {};
}

Error plan_lines(const PlacePurchase& place, const CatalogueView& catalogue, const SharedState& shared, const Purchases& purchases,
                 std::vector<PurchasedLine>& lines) {
  if (place.vendor.empty() || place.vendor.size() > max_vendor_bytes) return {ErrorCode::bad_vendor, 0, {}};
  if (place.lines.empty()) return {ErrorCode::empty_purchase, 0, {}};
  if (place.lines.size() > max_lines) return {ErrorCode::too_many_lines, 0, {}};
  std::unordered_set<std::uint32_t> named;
  for (std::size_t index = 0; index < place.lines.size(); ++index) {
    const PurchaseLine& line = place.lines[index];
    if (!named.insert(line.line.value).second) return at_row(ErrorCode::duplicate_line, index, line.line);
    if (!catalogue.knows(line.sku)) return at_row(ErrorCode::unknown_sku, index, line.line);
    if (!catalogue.knows(line.warehouse)) return at_row(ErrorCode::unknown_warehouse, index, line.line);
    if (line.quantity < 1 || line.quantity > max_quantity) return at_row(ErrorCode::bad_quantity, index, line.line);
    if (bad_time(line.promised)) return at_row(ErrorCode::bad_time, index, line.line);
    lines.push_back({line.promised, line.line, line.sku, static_cast<Quantity>(line.quantity), line.warehouse});
  }
  OpenUnits open(shared, purchases);
  for (std::size_t index = 0; index < lines.size(); ++index) {
    if (!open.add(lines[index].sku, lines[index].warehouse, lines[index].quantity)) return at_row(ErrorCode::quantity_overflow, index, lines[index].line);
  }
  return {};
}

}  // namespace

PurchasePlan plan_purchase(const PlacePurchase& place, const CatalogueView& catalogue, const SharedState& shared, const Book& book, TimeUs now,
                           std::span<const BlockRef> orders) {
  PurchasePlan plan;
  if (place.id.starts_with(suggestion_prefix)) plan.error.code = ErrorCode::bad_id;
  else plan.error = plan_lines(place, catalogue, shared, book.purchases, plan.lines);
  if (plan.error.code == ErrorCode::none) plan.error = plan_pegs(place, shared, orders, plan);
  if (is_incoming(place.state)) plan.estimates = estimates_of(plan.lines, book.vendors, place.vendor, now);
  return plan;
}

PurchaseStepPlan plan_purchase_step(const MovePurchase& move, const OpenPurchase& purchase, const SharedState& shared, const Book& book, TimeUs now) {
  PurchaseStepPlan plan;
  const Next next = next_state(move.step, purchase);
  plan.state = next.state;
  plan.error.code = next.fault;
  if (next.fault != ErrorCode::none || move.step == PurchaseStep::send || move.step == PurchaseStep::adopt) return plan;
  if (move.step == PurchaseStep::acknowledge) {
    plan.error = plan_acknowledgement(move, purchase, shared, book, plan.changes);
    if (plan.error.code == ErrorCode::none) plan.state = state_after(plan.state, purchase, plan.changes);
    plan.estimates = estimates_of(plan.changes, book.vendors, purchase.vendor, now);
    return plan;
  }
  for (const PurchaseLineState& line : purchase.lines) {
    const auto open = static_cast<std::int32_t>(line.open());
    if (open == 0) continue;
    const std::int32_t change = move.step == PurchaseStep::approve ? open : is_incoming(purchase.state) ? -open : 0;
    plan.changes.push_back({line.promised, line.line, line.sku, line.quantity, change, line.warehouse});
  }
  if (move.step == PurchaseStep::approve) plan.estimates = estimates_of(plan.changes, book.vendors, purchase.vendor, now);
  return plan;
}

PurchaseReceiptPlan plan_purchase_receipt(const ReceivePurchase& receive, const OpenPurchase& purchase, const SharedState& shared, const Book& book) {
  PurchaseReceiptPlan plan;
  if (is_unapproved(purchase.state)) {
    plan.error.code = ErrorCode::purchase_draft;
    return plan;
  }
  const bool everything = receive.rows.empty();
  const std::vector<PurchaseArrival> implied = everything ? whole(purchase) : std::vector<PurchaseArrival>();
  plan.error = add_arrivals(everything ? implied : receive.rows, purchase, receive.accept_over, plan.rows);
  if (plan.error.code != ErrorCode::none) return plan;
  plan.error = judge_room(plan.rows, shared, book);
  if (plan.error.code != ErrorCode::none && everything) plan.error = {plan.error.code, 0, {}};
  plan.state = nothing_is_open_after(plan.rows, purchase) ? PurchaseState::received : PurchaseState::partly_received;
  return plan;
}

std::vector<ServeStep> steps_of_purchase_receipt(const SharedState& shared, const Book& book, std::span<const PurchaseArrivedRow> rows,
                                                 const OpenPurchase& purchase) {
  std::vector<ServeStep> steps;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const PurchaseArrivedRow& row = rows[index];
    const Quantity units = units_beyond_healing(row.quantity, row.available_after);
    if (units == 0) continue;
    ServeStep& step = steps.emplace_back(ServeStep{row.sku, static_cast<std::uint32_t>(index), row.warehouse, units, true});
    const PurchaseLineState& line = *purchase.line(row.line);
    const auto pegged = book.pegged_orders.find(line.peg_order);
    if (pegged == book.pegged_orders.end()) continue;
    step.pegged_order = pegged->second;
    step.pegged_line = shared.blocks.at<OrderState>(pegged->second)->line_index(line.peg_line);
  }
  return steps;
}

}  // namespace earmark::engine
