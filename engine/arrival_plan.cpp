#include "engine/arrival_plan.hpp"

#include <algorithm>
#include <unordered_map>

#include "engine/level.hpp"

namespace earmark::engine {
namespace {

bool bad_quantity(WireQuantity quantity) noexcept { return quantity < 0 || quantity > max_quantity; }

// Everything that is still in transit, whole.
std::vector<ArrivalRow> whole(const OpenTransfer& transfer) {
  std::vector<ArrivalRow> rows;
  for (const TransferLine& line : transfer.lines) {
    if (line.in_transit() != 0) rows.push_back({line.in_transit(), 0, line.sku, 0});
  }
  return rows;
}

Error judge_rows(std::span<const ArrivalRow> rows, const OpenTransfer& transfer, const CatalogueView& catalogue) {
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const ArrivalRow& row = rows[index];
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(index + 1), {}}; };
    if (!catalogue.knows(row.sku)) return at_fault(ErrorCode::unknown_sku);
    if (transfer.line(row.sku) == nullptr) return at_fault(ErrorCode::not_in_transfer);
    if (bad_quantity(row.quantity) || bad_quantity(row.damaged)) return at_fault(ErrorCode::bad_quantity);
  }
  return {};
}

// The rows one after the other: what of each is more than was in transit by then. `left`: in transit after all of them, by SKU.
void add_rows(std::span<const ArrivalRow> rows, std::unordered_map<std::uint32_t, std::uint64_t>& left, std::vector<ArrivedRow>& out) {
  for (const ArrivalRow& row : rows) {
    std::uint64_t& in_transit = left.at(row.sku.value);
    const auto units = static_cast<std::uint64_t>(row.quantity + row.damaged);
    const std::uint64_t expected = std::min(in_transit, units);
    in_transit -= expected;
    out.push_back({row.sku, static_cast<Quantity>(row.quantity), static_cast<Quantity>(row.damaged), static_cast<Quantity>(units - expected), 0});
  }
}

Error judge_room(std::span<const ArrivedRow> rows, WarehouseId destination, const SharedState& shared, const Book& book) {
  std::unordered_map<std::uint64_t, std::uint64_t> on_hand;  // by cell, rows so far included
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const std::uint64_t cell = shared.cell_index(rows[index].sku, destination).value;
    std::uint64_t& sum = on_hand.try_emplace(cell, book.stock[cell].on_hand).first->second;
    sum += std::uint64_t{rows[index].quantity} + rows[index].damaged;
    if (sum > max_quantity) return {ErrorCode::quantity_overflow, static_cast<std::uint32_t>(index + 1), {}};
  }
  return {};
}

}  // namespace

ArrivalPlan plan_arrival(const ReceiveTransfer& receive, const OpenTransfer& transfer, const CatalogueView& catalogue,
                         const SharedState& shared, const Book& book) {
  ArrivalPlan plan;
  const bool everything = receive.rows.empty();
  const std::vector<ArrivalRow> implied = everything ? whole(transfer) : std::vector<ArrivalRow>();
  const std::span<const ArrivalRow> rows = everything ? std::span<const ArrivalRow>(implied) : receive.rows;
  plan.error = judge_rows(rows, transfer, catalogue);
  if (plan.error.code != ErrorCode::none) return plan;
  std::unordered_map<std::uint32_t, std::uint64_t> left;
  for (const TransferLine& line : transfer.lines) left[line.sku.value] = line.in_transit();
  add_rows(rows, left, plan.rows);
  plan.error = judge_room(plan.rows, transfer.destination, shared, book);
  if (plan.error.code != ErrorCode::none) {
    if (everything) plan.error.row = 0;
    return plan;
  }
  const bool all_is_there = std::all_of(left.begin(), left.end(), [](const auto& each) { return each.second == 0; });
  plan.closes = receive.close || all_is_there;
  if (!plan.closes) return plan;
  for (const TransferLine& line : transfer.lines) {
    if (const std::uint64_t units = left[line.sku.value]; units != 0) plan.missing.push_back({line.sku, static_cast<Quantity>(units)});
  }
  return plan;
}

std::vector<ServeStep> steps_of_arrival(std::span<const ArrivedRow> rows, WarehouseId destination) {
  std::vector<ServeStep> steps;
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const ArrivedRow& row = rows[index];
    const Quantity units = units_beyond_healing(row.quantity, row.available_after);
    if (units != 0) steps.push_back({row.sku, static_cast<std::uint32_t>(index), destination, units, true});
  }
  return steps;
}

}  // namespace earmark::engine
