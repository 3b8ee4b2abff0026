// Transfers in the offline fold.
#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::IdSpace;

bool OfflineState::fold(const engine::Stamp& stamp, const engine::TransferShipDecision& decision) {
  know(IdSpace::transfer, decision.id, decision.content, stamp.lsn);
  Transfer& transfer = transfers_[stamp.lsn];
  transfer = {engine::identify(IdSpace::transfer, decision.id), decision.source, decision.destination, decision.expected, {}};
  for (const engine::TransferredRow& row : decision.rows) {
    const CellKey key{row.sku, decision.source};
    Cell& cell = cells_[key];
    if (cell.available() < row.quantity || cell.on_hand < row.quantity) return refuse("it ships more than is available");
    cell.level -= row.quantity;
    cell.on_hand -= row.quantity;
    transfer.skus[row.sku].shipped += row.quantity;
    if (!agrees(key, row.available_after)) return false;
  }
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision) {
  know(IdSpace::transfer_command, decision.command_id, decision.content, stamp.lsn);
  const auto open = transfers_.find(decision.transfer_lsn);
  if (open == transfers_.end() || open->second.identity != engine::identify(IdSpace::transfer, decision.transfer_id)) {
    return refuse("it receives a transfer that is not open");
  }
  Transfer& transfer = open->second;
  if (transfer.source != decision.source || transfer.destination != decision.destination) return refuse("it receives between other warehouses");
  for (const engine::ArrivedRow& row : decision.rows) {
    const auto found = transfer.skus.find(row.sku);
    if (found == transfer.skus.end()) return refuse("it receives a SKU that the transfer does not have");
    InTransit& units = found->second;
    const std::uint64_t came = std::uint64_t{row.quantity} + row.damaged, wanted = units.left();
    if (row.over != (came > wanted ? came - wanted : 0)) return refuse("it says of other units that they are over");
    units.received += came;
    const CellKey key{row.sku, decision.destination};
    Cell& cell = cells_[key];
    cell.on_hand += came;
    cell.unavailable += row.damaged;
    cell.level += row.quantity;
    if (cell.on_hand > engine::max_quantity) return refuse("a cell passes the largest quantity");
    if (!agrees(key, row.available_after)) return false;
  }
  std::uint64_t left = 0, missing = 0;
  for (const auto& [sku, units] : transfer.skus) left += units.left();
  for (const engine::MissingUnits& each : decision.missing) {
    const auto found = transfer.skus.find(each.sku);
    if (found == transfer.skus.end() || found->second.left() != each.quantity) return refuse("it misses other units than are in transit");
    missing += each.quantity;
  }
  if (decision.closed ? missing != left : left == 0) return refuse("it closes the transfer too early or too late");
  if (!decision.closed) return true;
  const IdKey key{IdSpace::transfer, {transfer.identity.low, transfer.identity.high}};
  transfers_.erase(open);
  if (decision.transfer_lsn < oldest_known_) known_.erase(key);  // beyond the horizon the id goes with it
  return true;
}

}  // namespace earmark::storage
