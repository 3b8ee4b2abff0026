// Why a purchase order, a step of one or a delivery is refused.
#include "tests/model/refusals.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace earmark::model {

using engine::Error;
using engine::ErrorCode;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::WireQuantity;

namespace {

constexpr std::size_t max_rows = 4096, max_vendor = 64;
constexpr WireQuantity max_units = 2'147'483'647;
constexpr std::int64_t end_of_9999 = 253'402'300'799'999'999;

bool is_bad_time(engine::TimeUs time) { return time.value < 0 || time.value > end_of_9999; }

const PurchaseLine* line_of(const Purchase& purchase, engine::LineNumber number) {
  const auto found = std::ranges::find(purchase.lines, number, &PurchaseLine::number);
  return found == purchase.lines.end() ? nullptr : &*found;
}

// What an open one's state forbids.
ErrorCode not_now(const Purchase& purchase, PurchaseStep step) {
  switch (step) {
    case PurchaseStep::adopt:
      if (purchase.state == PurchaseState::suggested) return ErrorCode::none;
      return purchase.is_draft() ? ErrorCode::purchase_draft : ErrorCode::purchase_approved;
    case PurchaseStep::approve: return purchase.is_draft() ? ErrorCode::none : ErrorCode::purchase_approved;
    case PurchaseStep::cancel: return purchase.anything_received() ? ErrorCode::purchase_received : ErrorCode::none;
    case PurchaseStep::send:
      if (purchase.is_draft()) return ErrorCode::purchase_draft;
      return purchase.state == PurchaseState::approved ? ErrorCode::none : ErrorCode::purchase_sent;
    case PurchaseStep::acknowledge:
    case PurchaseStep::close: return purchase.is_draft() ? ErrorCode::purchase_draft : ErrorCode::none;
  }
  return ErrorCode::none;
}

Error judge_rows(const State& state, std::span<const engine::PurchaseRow> rows, const Purchase& purchase) {
  std::set<engine::LineNumber> seen;
  for (std::uint32_t row = 1; row <= rows.size(); ++row) {
    const engine::PurchaseRow& each = rows[row - 1];
    if (!seen.insert(each.line).second) return {ErrorCode::duplicate_line, row, each.line};
    const PurchaseLine* line = line_of(purchase, each.line);
    if (line == nullptr) return {ErrorCode::unknown_line, row, each.line};
    const bool bad = each.quantity < 0 || each.quantity > max_units || static_cast<std::uint64_t>(each.quantity) < line->received;
    if (bad && each.quantity != -1) return {ErrorCode::bad_quantity, row, each.line};
    if (is_bad_time(each.promised)) return {ErrorCode::bad_time, row, each.line};
  }
  // One row after the other: what a later one lowers is no room for an earlier one.
  std::map<CellKey, WireQuantity> more;
  for (std::uint32_t row = 1; row <= rows.size(); ++row) {
    const engine::PurchaseRow& each = rows[row - 1];
    const PurchaseLine& line = *line_of(purchase, each.line);
    if (each.quantity == -1) continue;
    const CellKey key{line.sku, line.warehouse};
    more[key] += each.quantity - static_cast<WireQuantity>(line.received) - static_cast<WireQuantity>(line.open());
    if (static_cast<WireQuantity>(state.open_purchases(key, true)) + more[key] > max_units) return {ErrorCode::quantity_overflow, row, each.line};
  }
  return {};
}

// The purchase order that a step or delivery names, if it is open.
Error judge_open(const Purchase* purchase) {
  if (purchase == nullptr) return {.code = ErrorCode::unknown_purchase};
  return {.code = purchase->is_closed() ? ErrorCode::purchase_closed : ErrorCode::none};
}

}  // namespace

Error refusal(const State& state, const engine::PlacePurchase& command) {
  if (command.vendor.empty() || command.vendor.size() > max_vendor) return {.code = ErrorCode::bad_vendor};
  if (command.lines.empty()) return {.code = ErrorCode::empty_purchase};
  if (command.lines.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  std::set<engine::LineNumber> seen;
  for (std::uint32_t row = 1; row <= command.lines.size(); ++row) {
    const engine::PurchaseLine& line = command.lines[row - 1];
    if (!seen.insert(line.line).second) return {ErrorCode::duplicate_line, row, line.line};
    if (!state.has(line.sku)) return {ErrorCode::unknown_sku, row, line.line};
    if (!state.has(line.warehouse)) return {ErrorCode::unknown_warehouse, row, line.line};
    if (line.quantity < 1 || line.quantity > max_units) return {ErrorCode::bad_quantity, row, line.line};
    if (is_bad_time(line.promised)) return {ErrorCode::bad_time, row, line.line};
  }
  std::map<CellKey, WireQuantity> more;
  for (std::uint32_t row = 1; row <= command.lines.size(); ++row) {
    const engine::PurchaseLine& line = command.lines[row - 1];
    const CellKey key{line.sku, line.warehouse};
    more[key] += line.quantity;
    if (static_cast<WireQuantity>(state.open_purchases(key, true)) + more[key] > max_units) return {ErrorCode::quantity_overflow, row, line.line};
  }
  return refusal_of_pegs(state, command);
}

Error refusal(const State& state, const engine::MovePurchase& command) {
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const Purchase* purchase = state.purchase(command.purchase_id);
  if (const Error fault = judge_open(purchase); fault.code != ErrorCode::none) return fault;
  if (const ErrorCode fault = not_now(*purchase, command.step); fault != ErrorCode::none) return {.code = fault};
  if (command.step != PurchaseStep::acknowledge) return {};
  return judge_rows(state, command.rows, *purchase);
}

std::vector<engine::PurchaseArrival> rows_that_arrive(const engine::ReceivePurchase& command, const Purchase& purchase) {
  std::vector<engine::PurchaseArrival> rows(command.rows.begin(), command.rows.end());
  if (!rows.empty()) return rows;
  for (const PurchaseLine& line : purchase.lines) {
    if (line.open() > 0) rows.push_back({static_cast<WireQuantity>(line.open()), 0, line.number, 0});
  }
  return rows;
}

Error refusal(const State& state, const engine::ReceivePurchase& command) {
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const Purchase* purchase = state.purchase(command.purchase_id);
  if (const Error fault = judge_open(purchase); fault.code != ErrorCode::none) return fault;
  if (purchase->is_draft()) return {.code = ErrorCode::purchase_draft};
  const auto bad = [](WireQuantity quantity) { return quantity < 0 || quantity > max_units; };
  std::map<engine::LineNumber, std::uint64_t> came;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::PurchaseArrival& each = command.rows[row - 1];
    const PurchaseLine* line = line_of(*purchase, each.line);
    if (line == nullptr) return {ErrorCode::unknown_line, row, each.line};
    if (bad(each.quantity) || bad(each.damaged)) return {ErrorCode::bad_quantity, row, each.line};
    const auto units = static_cast<std::uint64_t>(each.quantity + each.damaged);
    came[each.line] += units;
    const bool over = units > 0 && line->received + came[each.line] > std::uint64_t{line->ordered} + line->ordered / 10;
    if (over && !command.accept_over) return {ErrorCode::over_tolerance, row, each.line};
  }
  std::map<CellKey, WireQuantity> arriving;
  std::uint32_t row = 0;
  for (const engine::PurchaseArrival& each : rows_that_arrive(command, *purchase)) {
    ++row;
    const PurchaseLine& line = *line_of(*purchase, each.line);
    const CellKey key{line.sku, line.warehouse};
    arriving[key] += each.quantity + each.damaged;
    if (arriving[key] + state.cell(line.sku, line.warehouse).on_hand <= max_units) continue;
    return command.rows.empty() ? Error{.code = ErrorCode::quantity_overflow} : Error{ErrorCode::quantity_overflow, row, each.line};
  }
  return {};
}

}  // namespace earmark::model
