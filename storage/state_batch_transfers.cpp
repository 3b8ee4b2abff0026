// Transfers in a batch (storage/state_batch.hpp): they are few, so each is a value of its own until it is written.
#include <algorithm>

#include "engine/limits.hpp"
#include "storage/state_batch.hpp"
#include "storage/transfer_record.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;

// The open transfer shipped at `lsn`; nullptr: there is none.
StateBatch::Transfer* StateBatch::find_transfer(Lsn lsn) {
  if (const auto found = transfers_.find(lsn); found != transfers_.end()) return found->second.is_open ? &found->second : nullptr;
  const auto stored = source_->transfer(lsn);
  engine::TransferImage image;
  if (stored.empty() || !read_transfer_record(lsn, stored, image)) return nullptr;
  Transfer& transfer = transfers_[lsn];
  transfer = {true, true, std::string(image.id), image.content, image.time, image.expected, image.source, image.destination,
              {image.lines.begin(), image.lines.end()}};
  return &transfer;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::TransferShipDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes || decision.rows.size() > engine::max_lines) return refuse("it is too large");
  know(IdSpace::transfer, engine::identify(IdSpace::transfer, decision.id), decision.content, {});
  Transfer& transfer = transfers_[stamp.lsn];
  transfer = {false, true, std::string(decision.id), decision.content, stamp.time, decision.expected, decision.source, decision.destination, {}};
  for (const engine::TransferredRow& row : decision.rows) {
    engine::CellImage& from = cell(row.sku, decision.source);
    if (engine::available_of(from.level) < row.quantity || from.on_hand < row.quantity) return refuse("it ships more than is available");
    from.level -= row.quantity;
    from.on_hand -= row.quantity;
    from.lsn = lsn_;
    if (!agrees(from, row.available_after)) return false;
    const auto line = std::find_if(transfer.lines.begin(), transfer.lines.end(), [&](const auto& each) { return each.sku == row.sku; });
    if (line != transfer.lines.end()) line->shipped += row.quantity;
    else transfer.lines.push_back({row.sku, row.quantity, 0});
  }
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::TransferReceiptDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::transfer_command, engine::identify(IdSpace::transfer_command, decision.command_id), decision.content, {});
  Transfer* transfer = find_transfer(decision.transfer_lsn);
  if (transfer == nullptr || transfer->destination != decision.destination || transfer->source != decision.source) {
    return refuse("it receives a transfer that is not open");
  }
  const auto line_of_sku = [&](engine::SkuId sku) {
    return std::find_if(transfer->lines.begin(), transfer->lines.end(), [&](const auto& each) { return each.sku == sku; });
  };
  for (const engine::ArrivedRow& row : decision.rows) {
    const auto line = line_of_sku(row.sku);
    const std::uint64_t units = std::uint64_t{row.quantity} + row.damaged;
    if (line == transfer->lines.end()) return refuse("it receives a SKU that the transfer does not have");
    if (units - std::min<std::uint64_t>(units, line->in_transit()) != row.over) return refuse("it says of other units that they are over");
    line->received += units;
    engine::CellImage& to = cell(row.sku, decision.destination);
    if (to.on_hand + units > engine::max_quantity) return refuse("a cell passes the largest quantity");
    to.on_hand += static_cast<engine::Quantity>(units);
    to.unavailable += row.damaged;
    to.level += row.quantity;
    to.lsn = lsn_;
    if (!agrees(to, row.available_after)) return false;
  }
  for (const engine::MissingUnits& missing : decision.missing) {
    const auto line = line_of_sku(missing.sku);
    if (line == transfer->lines.end() || line->in_transit() != missing.quantity) return refuse("it misses other units than are in transit");
    line->received += missing.quantity;
  }
  const bool in_transit = std::any_of(transfer->lines.begin(), transfer->lines.end(), [](const auto& line) { return line.in_transit() != 0; });
  if (in_transit == decision.closed) return refuse("it closes the transfer too early or too late");
  transfer->is_open = in_transit;
  return true;
}

}  // namespace earmark::storage
