// Transfers (semantics section 8): what is available leaves one warehouse, and arrives in another, short, over or damaged.
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::Quantity;
using engine::TimeUs;

Answer Twin::ship_transfer(const engine::ShipTransfer& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::transfer, command.id, content, ErrorCode::duplicate_transfer, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    TransferShipAnswer decision{.id = std::string(command.id), .content = content, .source = command.source, .destination = command.destination,
                                .expected = command.expected, .reason = std::string(command.reason)};
    Transfer& transfer = state_.transfers[answer.stamp.lsn];
    transfer = {decision.id, answer.stamp.lsn, command.source, command.destination, command.expected, {}, true};
    for (const engine::TransferRow& row : command.rows) {
      const auto units = static_cast<Quantity>(row.quantity);
      Cell& cell = state_.cells[{row.sku, command.source}];
      cell.on_hand -= units;
      cell.sent += units;
      transfer.units[row.sku].shipped += units;
      decision.rows.push_back({row.sku, units, cell.available()});
    }
    answer.decision = std::move(decision);
    return answer;
  });
}

Answer Twin::receive_transfer(const engine::ReceiveTransfer& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::transfer_command, command.command_id, content, ErrorCode::duplicate_transfer_command, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    Transfer& transfer = state_.transfers.at(state_.transfer(command.transfer_id)->lsn);
    TransferReceiptAnswer decision{.command_id = std::string(command.command_id), .transfer_id = std::string(command.transfer_id),
                                   .transfer_lsn = transfer.lsn, .content = content, .source = transfer.source,
                                   .destination = transfer.destination};
    for (const engine::ArrivalRow& row : rows_that_arrive(state_, command, transfer)) {
      const auto good = static_cast<Quantity>(row.quantity), damaged = static_cast<Quantity>(row.damaged);
      Transit& units = transfer.units.at(row.sku);
      const std::uint64_t came = std::uint64_t{good} + damaged, expected = units.left();
      const std::uint64_t over = came > expected ? came - expected : 0;
      units.received += came;
      units.over += over;
      Cell& cell = state_.cells[{row.sku, transfer.destination}];
      cell.on_hand += static_cast<Quantity>(came);
      cell.unavailable += damaged;
      cell.arrived += came;
      decision.rows.push_back({row.sku, good, damaged, static_cast<Quantity>(over), cell.available()});
    }
    const bool left = std::ranges::any_of(transfer.units, [](const auto& each) { return each.second.left() > 0; });
    decision.closed = command.close || !left;
    if (decision.closed) close(transfer, decision);
    serve_arrival(decision, answer);
    decision.fills_follow = mark_last(answer);
    answer.decision = std::move(decision);
    return answer;
  });
}

// What has not arrived is lost, told in the order in which the transfer named its SKUs first.
void Twin::close(Transfer& transfer, TransferReceiptAnswer& decision) {
  transfer.open = false;
  for (const engine::SkuId sku : state_.skus_of(transfer)) {
    Transit& units = transfer.units.at(sku);
    const std::uint64_t left = units.left();
    if (left > 0) decision.missing.push_back({sku, static_cast<Quantity>(left)});
    units.lost += left;
  }
  if (transfer.lsn < state_.oldest_known) state_.known.erase({IdSpace::transfer, transfer.id});
}

// As a receipt: the fills of a row leave the units of later rows alone. What heals an overdraft is nobody's.
void Twin::serve_arrival(const TransferReceiptAnswer& decision, Answer& answer) {
  Withheld withheld;
  const auto brought = [](const engine::ArrivedRow& row) { return std::min(row.quantity, row.available_after); };
  for (const engine::ArrivedRow& row : decision.rows) withheld[{row.sku, decision.destination}] += brought(row);
  for (std::uint32_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ArrivedRow& row = decision.rows[index];
    if (brought(row) == 0) continue;
    withheld[{row.sku, decision.destination}] -= brought(row);
    fill(row.sku, index, withheld, answer);
  }
}

}  // namespace earmark::model
