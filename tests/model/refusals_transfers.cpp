// Every reason to reject a transfer or its arrival, in the order of semantics R8.
#include <map>

#include "tests/model/refusals.hpp"

namespace earmark::model {

using engine::Error;
using engine::ErrorCode;
using engine::WireQuantity;

namespace {

constexpr std::size_t max_rows = 4096;
constexpr WireQuantity max_units = 2'147'483'647;

}  // namespace

Error refusal(const State& state, const engine::ShipTransfer& command) {
  if (command.rows.empty()) return {.code = ErrorCode::empty_change};
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  if (!state.has(command.source) || !state.has(command.destination)) return {.code = ErrorCode::unknown_warehouse};
  if (command.source == command.destination) return {.code = ErrorCode::same_warehouse};
  std::map<engine::SkuId, WireQuantity> leaving;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::TransferRow& each = command.rows[row - 1];
    if (!state.has(each.sku)) return {.code = ErrorCode::unknown_sku, .row = row};
    if (each.quantity < 1 || each.quantity > max_units) return {.code = ErrorCode::bad_quantity, .row = row};
    leaving[each.sku] += each.quantity;
    if (leaving[each.sku] > state.cell(each.sku, command.source).available()) return {.code = ErrorCode::not_enough, .row = row};
  }
  leaving.clear();
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::TransferRow& each = command.rows[row - 1];
    leaving[each.sku] += each.quantity;
    const auto before = static_cast<WireQuantity>(state.in_transit(each.sku, command.destination));
    if (before + leaving[each.sku] > max_units) return {.code = ErrorCode::quantity_overflow, .row = row};
  }
  return {};
}

std::vector<engine::ArrivalRow> rows_that_arrive(const State& state, const engine::ReceiveTransfer& command, const Transfer& transfer) {
  std::vector<engine::ArrivalRow> rows(command.rows.begin(), command.rows.end());
  if (!rows.empty()) return rows;
  for (const engine::SkuId sku : state.skus_of(transfer)) {
    const std::uint64_t left = transfer.units.at(sku).left();
    if (left > 0) rows.push_back({static_cast<WireQuantity>(left), 0, sku, 0});
  }
  return rows;
}

Error refusal(const State& state, const engine::ReceiveTransfer& command) {
  if (command.rows.size() > max_rows) return {.code = ErrorCode::too_many_lines};
  const Transfer* transfer = state.transfer(command.transfer_id);
  if (transfer == nullptr) return {.code = ErrorCode::unknown_transfer};
  if (!transfer->open) return {.code = ErrorCode::transfer_closed};
  const auto bad = [](WireQuantity quantity) { return quantity < 0 || quantity > max_units; };
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::ArrivalRow& each = command.rows[row - 1];
    if (!state.has(each.sku)) return {.code = ErrorCode::unknown_sku, .row = row};
    if (!transfer->units.contains(each.sku)) return {.code = ErrorCode::not_in_transfer, .row = row};
    if (bad(each.quantity) || bad(each.damaged)) return {.code = ErrorCode::bad_quantity, .row = row};
  }
  std::map<engine::SkuId, WireQuantity> arriving;
  std::uint32_t row = 0;
  for (const engine::ArrivalRow& each : rows_that_arrive(state, command, *transfer)) {
    ++row;
    arriving[each.sku] += each.quantity + each.damaged;
    if (arriving[each.sku] + state.cell(each.sku, transfer->destination).on_hand <= max_units) continue;
    return {.code = ErrorCode::quantity_overflow, .row = command.rows.empty() ? 0 : row};
  }
  return {};
}

}  // namespace earmark::model
