#include "engine/transfers.hpp"

#include <algorithm>
#include <utility>

#include "engine/arrival_plan.hpp"
#include "engine/command_ids.hpp"
#include "engine/engine.hpp"

namespace earmark::engine {

OpenTransfer::OpenTransfer(const Stamp& stamp, const TransferShipDecision& decision, BlockRef known_block)
    : id(decision.id), source(decision.source), destination(decision.destination), time(stamp.time), expected(decision.expected), known(known_block) {
  std::unordered_map<std::uint32_t, std::size_t> places;  // by SKU
  for (const TransferredRow& row : decision.rows) {
    const auto [place, is_new] = places.try_emplace(row.sku.value, lines.size());
    if (is_new) lines.push_back({row.sku, 0, 0});
    lines[place->second].shipped += row.quantity;
  }
}

OpenTransfer::OpenTransfer(const TransferImage& image, BlockRef known_block)
    : id(image.id), source(image.source), destination(image.destination), time(image.time), expected(image.expected), known(known_block),
      lines(image.lines.begin(), image.lines.end()) {}

TransferLine* OpenTransfer::line(SkuId sku) noexcept { return const_cast<TransferLine*>(std::as_const(*this).line(sku)); }

const TransferLine* OpenTransfer::line(SkuId sku) const noexcept {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const TransferLine& each) { return each.sku == sku; });
  return found == lines.end() ? nullptr : &*found;
}

const OpenTransfer* Transfers::find(Lsn lsn) const noexcept {
  const auto found = open_.find(lsn);
  return found == open_.end() ? nullptr : &found->second;
}

bool Transfers::is_open(const KnownCommand& known) const noexcept {
  return known.space() == IdSpace::transfer && open_.contains(known.lsn());
}

Quantity Transfers::in_transit(CellIndex destination) const noexcept {
  const auto found = in_transit_.find(destination.value);
  return found == in_transit_.end() ? 0 : found->second;
}

void Transfers::change(const SharedState& shared, SkuId sku, WarehouseId destination, std::int64_t units) {
  if (units == 0) return;
  const std::uint64_t cell = shared.cell_index(sku, destination).value;
  const std::int64_t left = std::int64_t{in_transit_[cell]} + units;
  EARMARK_CHECK(left >= 0 && left <= max_quantity);
  if (left == 0) in_transit_.erase(cell);
  else in_transit_[cell] = static_cast<Quantity>(left);
}

void Transfers::list(Lsn lsn, const OpenTransfer& transfer, const TransferLine& line, Quantity in_transit) {
  const auto index = static_cast<std::uint32_t>(&line - transfer.lines.data());
  supply_.set(line.sku, {transfer.expected, lsn, index}, {transfer.destination, in_transit});
}

void Transfers::add(const SharedState& shared, Lsn lsn, OpenTransfer transfer) {
  for (const TransferLine& line : transfer.lines) {
    change(shared, line.sku, transfer.destination, line.in_transit());
    list(lsn, transfer, line, line.in_transit());
  }
  open_.emplace(lsn, std::move(transfer));
}

void Transfers::arrive(const SharedState& shared, const TransferReceiptDecision& decision) {
  const auto found = open_.find(decision.transfer_lsn);
  EARMARK_CHECK(found != open_.end());
  for (const ArrivedRow& row : decision.rows) {
    TransferLine* line = found->second.line(row.sku);
    EARMARK_CHECK(line != nullptr);
    const std::int64_t before = line->in_transit();
    line->received += std::uint64_t{row.quantity} + row.damaged;
    change(shared, row.sku, decision.destination, line->in_transit() - before);
    list(found->first, found->second, *line, line->in_transit());
  }
  if (!decision.closed) return;
  for (const TransferLine& line : found->second.lines) {
    change(shared, line.sku, decision.destination, -std::int64_t{line.in_transit()});
    list(found->first, found->second, line, 0);
  }
  open_.erase(found);
}

OpenTransfer* Transfers::open_one(Lsn lsn) noexcept {
  const auto found = open_.find(lsn);
  return found == open_.end() ? nullptr : &found->second;
}

void Transfers::delay(const OverdueDecision& decision) {
  const auto found = open_.find(decision.lsn);
  EARMARK_CHECK(found != open_.end());
  for (const TransferLine& line : found->second.lines) list(found->first, found->second, line, 0);
  found->second.expected = decision.expected;
  for (const TransferLine& line : found->second.lines) list(found->first, found->second, line, line.in_transit());
}

void Book::start_transfer(SharedState& shared, const Stamp& stamp, const TransferShipDecision& decision, BlockRef known) {
  for (const TransferredRow& row : decision.rows) stock[shared.cell_index(row.sku, decision.source).value].on_hand -= row.quantity;
  transfers.add(shared, stamp.lsn, OpenTransfer(stamp, decision, known));
  set_transfer_timer(shared, stamp.lsn);
}

void Book::apply_arrival(SharedState& shared, const TransferReceiptDecision& decision) {
  for (const ArrivedRow& row : decision.rows) {
    CellStock& cell = stock[shared.cell_index(row.sku, decision.destination).value];
    cell.on_hand += row.quantity + row.damaged;
    cell.unavailable += row.damaged;
  }
  if (decision.closed) {
    OpenTransfer& transfer = *transfers.open_one(decision.transfer_lsn);
    if (transfer.overdue != 0) timers.remove(transfer.overdue);
    shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
  }
  transfers.arrive(shared, decision);
}

// ---- replay of their records ----

void Engine::restore(const Stamp& stamp, const TransferShipDecision& decision) {
  restored(stamp);
  const BlockRef known = restore_id(stamp, IdSpace::transfer, identify(IdSpace::transfer, decision.id), decision.content, 0);
  for (const TransferredRow& row : decision.rows) add_to_cell(row.sku, decision.source, -static_cast<std::int64_t>(row.quantity));
  book_.start_transfer(shared_, stamp, decision, known);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const TransferReceiptDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::transfer_command, identify(IdSpace::transfer_command, decision.command_id), decision.content, 0);
  const OpenTransfer* transfer = book_.transfers.find(decision.transfer_lsn);
  EARMARK_CHECK(transfer != nullptr);
  const Identity identity = shared_.blocks.at<KnownCommand>(transfer->known)->identity;
  for (const ArrivedRow& row : decision.rows) add_to_cell(row.sku, decision.destination, row.quantity);
  book_.apply_arrival(shared_, decision);
  if (decision.closed && decision.transfer_lsn.value < shared_.oldest_known.load(std::memory_order_relaxed)) forget(identity);
  if (decision.fills_follow) open_cause_ = Cause{stamp.lsn, stamp.time, {}, steps_of_arrival(decision.rows, decision.destination), 0, false};
  view_.apply(stamp, decision);
}

// What is in transit is what the open transfers say, and their ids are known.
std::string Engine::broken_transfers() {
  std::map<std::uint64_t, std::uint64_t> in_transit;  // by cell
  for (const auto& [lsn, transfer] : book_.transfers.open()) {
    std::uint64_t units = 0;
    for (const TransferLine& line : transfer.lines) {
      in_transit[shared_.cell_index(line.sku, transfer.destination).value] += line.in_transit();
      units += line.in_transit();
    }
    const auto* known = shared_.blocks.at<KnownCommand>(transfer.known);
    if (units == 0) return "transfer " + transfer.id + " is open with nothing in transit";
    if (known->lsn() != lsn || shared_.ids.find(no_writes_, known->identity).known != transfer.known) {
      return "I5: transfer " + transfer.id + " is open and its id not known";
    }
  }
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  for (std::uint32_t id = 1; id <= catalogue.sku_count; ++id) {
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const CellIndex cell = shared_.cell_index(SkuId{id}, warehouse);
      const auto found = in_transit.find(cell.value);
      if (book_.transfers.in_transit(cell) != (found == in_transit.end() ? 0 : found->second)) {
        return "I2: SKU " + std::to_string(id) + " to warehouse " + std::to_string(warehouse.value) + ": in transit is not what the open transfers have";
      }
    }
  }
  return {};
}

}  // namespace earmark::engine
