// Transfers (semantics 8): available units leave one warehouse and arrive in another. While they are in transit no cell has them.
// Only the settler sees open transfers, so what it finds of one stays true until it changes it. Shipping takes free units as an
// order does and gates nothing; an arrival serves who waits, as a receipt does.
#include <unordered_map>

#include "engine/arrival_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

Error judge_route(const ShipTransfer& ship, const CatalogueView& catalogue) {
  if (ship.rows.empty()) return {ErrorCode::empty_change, 0, {}};
  if (ship.rows.size() > max_lines) return {ErrorCode::too_many_lines, 0, {}};
  if (!catalogue.knows(ship.source) || !catalogue.knows(ship.destination)) return {ErrorCode::unknown_warehouse, 0, {}};
  if (ship.source == ship.destination) return {ErrorCode::same_warehouse, 0, {}};
  return {};
}

// As part of a commit: takes the units out of the source's cells, row by row. With an error nothing may be committed.
Error take_rows(const ShipTransfer& ship, const CatalogueView& catalogue, SharedState& shared, WriteSet& writes, std::vector<TransferredRow>& rows) {
  rows.clear();
  for (std::size_t index = 0; index < ship.rows.size(); ++index) {
    const TransferRow& row = ship.rows[index];
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(index + 1), {}}; };
    if (!catalogue.knows(row.sku)) return at_fault(ErrorCode::unknown_sku);
    if (row.quantity < 1 || row.quantity > max_quantity) return at_fault(ErrorCode::bad_quantity);
    Atomic<std::uint64_t>& cell = shared.cell(row.sku, ship.source);
    const CellWord word{writes.read(cell)};
    const auto units = static_cast<Quantity>(row.quantity);
    if (word.free() < units) return at_fault(ErrorCode::not_enough);
    const CellWord after = word.minus(units, word.gate());
    writes.write(cell, word.bits, after.bits);
    rows.push_back({row.sku, units, after.free()});
  }
  return {};
}

// What is in transit to one cell may not pass the largest quantity either.
Error judge_transit(std::span<const TransferredRow> rows, WarehouseId destination, const SharedState& shared, const Transfers& transfers) {
  std::unordered_map<std::uint64_t, std::uint64_t> in_transit;  // by cell
  for (std::size_t index = 0; index < rows.size(); ++index) {
    const CellIndex cell = shared.cell_index(rows[index].sku, destination);
    std::uint64_t& sum = in_transit.try_emplace(cell.value, transfers.in_transit(cell)).first->second;
    sum += rows[index].quantity;
    if (sum > max_quantity) return {ErrorCode::quantity_overflow, static_cast<std::uint32_t>(index + 1), {}};
  }
  return {};
}

}  // namespace

bool Settler::settle(const ShipTransfer& ship, const Message& message, Committer& committer) {
  Judged judged;
  std::vector<TransferredRow> rows;
  TransferShipDecision decision{ship.id, message.content, ship.source, ship.destination, ship.expected, ship.reason, {}};
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 2048 + max_text_bytes + ship.rows.size() * sizeof(TransferredRow) * 9 / 8,
      [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::transfer, ship.id, message.content, ErrorCode::duplicate_transfer);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = judge_route(ship, catalogue());
        if (judged.error.code == ErrorCode::none) judged.error = take_rows(ship, catalogue(), shared_, writes_, rows);
        if (judged.error.code == ErrorCode::none) judged.error = judge_transit(rows, ship.destination, shared_, book_.transfers);
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        write_id(judged, known, IdSpace::transfer, message.content, bundle.next());
        decision.rows = rows;
        bundle.add(message.time, {}, decision, message.reply);
      });
  if (committed.attempt != Attempt::committed) {
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  book_.start_transfer(shared_, {committed.first, message.time, {}}, decision, known);
  counters_.transfers.add();
  committer.announce(committed.first);
  return true;
}

Settler::FoundTransfer Settler::find_transfer(std::string_view id) {
  if (id.empty() || id.size() > max_id_bytes) return {};
  writes_.clear();
  const BlockRef block = shared_.ids.find(writes_, identify(IdSpace::transfer, id)).known;
  if (block == 0) return {};
  const Lsn lsn = shared_.blocks.at<KnownCommand>(block)->lsn();
  const OpenTransfer* open = book_.transfers.find(lsn);
  return {open == nullptr ? ErrorCode::transfer_closed : ErrorCode::none, lsn, open};
}

bool Settler::settle(const ReceiveTransfer& receive, const Message& message, Committer& committer) {
  Judged judged;
  const FoundTransfer found = find_transfer(receive.transfer_id);
  ArrivalPlan plan;
  if (receive.rows.size() > max_lines) plan.error.code = ErrorCode::too_many_lines;
  else if (found.fault != ErrorCode::none) plan.error.code = found.fault;
  else plan = plan_arrival(receive, *found.open, catalogue(), shared_, book_);
  const WarehouseId source = found.open == nullptr ? WarehouseId{} : found.open->source;
  const WarehouseId destination = found.open == nullptr ? WarehouseId{} : found.open->destination;
  const BlockRef transfer = found.open == nullptr ? 0 : found.open->known;
  TransferReceiptDecision decision{receive.command_id, receive.transfer_id, found.lsn,  message.content, source, destination,
                                   plan.closes,        false,               plan.rows, plan.missing};
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false, forgotten = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      2048 + (plan.rows.size() * sizeof(ArrivedRow) + plan.missing.size() * sizeof(MissingUnits)) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        judged = judge_id(IdSpace::transfer_command, receive.command_id, message.content, ErrorCode::duplicate_transfer_command);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        for (ArrivedRow& row : plan.rows) {
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, destination);
          const CellWord word{writes_.read(cell)};
          // Gated before units come: the cell of a new warehouse was not there when the waiters began to wait.
          const CellWord after = word.plus(row.quantity, book_.waited_for(shared_, row.sku, destination));
          row.available_after = after.free();
          if (row.quantity != 0) writes_.write(cell, word.bits, after.bits);
        }
        write_id(judged, known, IdSpace::transfer_command, message.content, bundle.next());
        forgotten = plan.closes && forget_ended(transfer);
        cause.lsn = bundle.next();
        cause.steps = steps_of_arrival(plan.rows, destination);
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        decision.fills_follow = !plan_.fills().empty();
        bundle.add(message.time, {}, decision, message.reply, decision.fills_follow);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  book_.apply_arrival(shared_, decision);
  if (forgotten) drop_forgotten(transfer);
  if (plan.closes) counters_.closed_transfers.add();
  for (const MissingUnits& missing : plan.missing) counters_.missing_units.add(missing.quantity);
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

bool Settler::settle(const ListTransfers& list, const Message& message, Committer& committer) {
  const Lsn as_of = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  std::vector<OpenTransferView> views;
  if (list.id.empty()) {
    for (const auto& [lsn, transfer] : book_.transfers.open()) views.push_back({lsn, &transfer});
  } else {
    const FoundTransfer found = find_transfer(list.id);
    if (found.fault != ErrorCode::none) {
      committer.outcomes().refused(message.reply, std::max(as_of, found.lsn), {found.fault, 0, {}});
      return true;
    }
    views.push_back({found.lsn, found.open});
  }
  committer.outcomes().listed_transfers(message.reply, as_of, views);
  return true;
}

}  // namespace earmark::engine
