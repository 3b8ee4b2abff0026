// Transfers: what leaves a warehouse is available there, is nobody's in transit, and has arrived, is over or is told as short in the end.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {

void DumpJudge::transfer_shipped(const DumpRecord& record) {
  ++verdict_.transfers;
  once(DumpIdSpace::transfer, record.id, "transfer");
  DumpTransfer transfer{record.source, record.destination, {}, record.self.expected_us};
  if (record.source == no_code || record.destination == no_code || record.source == record.destination) {
    violate(Promise::decisions, [&] { return fmt::format("transfer \"{}\" does not go from one warehouse to another", record.id); });
  }
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.quantity < 1 || record.source == no_code) {
      violate(Promise::decisions, [&] { return fmt::format("transfer \"{}\" has a row without SKU, warehouse or units", record.id); });
      continue;
    }
    if (const std::int64_t there = state_.cell(row.sku, record.source).available; there < row.quantity) {
      violate(Promise::never_oversell, [&] {
        return fmt::format("transfer \"{}\" takes {} of {}, which has {} available", record.id, row.quantity, cell_name(row.sku, record.source), there);
      });
    }
    move(row.sku, record.source, -row.quantity, 0);
    transfer.skus[row.sku].shipped += row.quantity;
    if (record.destination != no_code) state_.cell(row.sku, record.destination).in_transit += row.quantity;
  }
  state_.add_transfer(record.lsn, std::move(transfer));
}

void DumpJudge::transfer_received(const DumpRecord& record) {
  ++verdict_.arrivals;
  once(DumpIdSpace::transfer_command, record.command_id, "arrival");
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::transfer, record.id));
  DumpTransfer* transfer = state_.transfer(lsn);
  if (transfer == nullptr || lsn != record.transfer_lsn || transfer->source != record.source || transfer->destination != record.destination) {
    violate(Promise::decisions, [&] { return fmt::format("transfer \"{}\" arrives, which is not open between these warehouses", record.id); });
    transfer = nullptr;
  }
  std::vector<Stage> stages;
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.quantity < 0 || row.damaged < 0 || record.destination == no_code) {
      violate(Promise::decisions, [&] { return fmt::format("an arrival of transfer \"{}\" has a row without SKU, warehouse or units", record.id); });
      continue;
    }
    if (transfer != nullptr) arrived_row(record, row, *transfer);
    move(row.sku, record.destination, row.quantity, 0);
    if (row.quantity > 0) stages.push_back({row.sku, record.destination, beyond_healing(row.sku, record.destination, row.quantity), false});
  }
  if (transfer != nullptr) close_transfer(record, lsn, *transfer);
  begin_cause(record, std::move(stages), nullptr);
}

void DumpJudge::arrived_row(const DumpRecord& record, const DumpRow& row, DumpTransfer& transfer) {
  const auto found = transfer.skus.find(row.sku);
  if (found == transfer.skus.end()) {
    violate(Promise::conservation, [&] { return fmt::format("{} arrives by transfer \"{}\", which has none", skus_.code(row.sku), record.id); });
    return;
  }
  const std::int64_t came = row.quantity + row.damaged, over = came - std::min(came, found->second.left());
  if (row.over != over) {
    violate(Promise::conservation, [&] {
      return fmt::format("{} of {} arrive by transfer \"{}\", of which {} were in transit, and it tells {} as over", came, skus_.code(row.sku), record.id,
                         found->second.left(), row.over);
    });
  }
  const std::int64_t before = found->second.left();
  found->second.received += came;
  state_.cell(row.sku, record.destination).in_transit -= before - found->second.left();
}

// Closed when nothing is in transit, or when it says what is short: all of it.
void DumpJudge::close_transfer(const DumpRecord& record, std::uint64_t lsn, const DumpTransfer& transfer) {
  std::int64_t left = 0, told = 0;
  bool right = true;
  for (const auto& [sku, units] : transfer.skus) left += units.left();
  for (const DumpRow& row : record.missing) {
    const auto found = transfer.skus.find(row.sku);
    right = right && found != transfer.skus.end() && found->second.left() == row.quantity && row.quantity > 0;
    told += row.quantity;
  }
  right = right && (record.closed ? told == left : told == 0 && left > 0);
  if (!right) {
    violate(Promise::conservation, [&] {
      return fmt::format("transfer \"{}\" has {} in transit, {} and tells {} as short", record.id, left, record.closed ? "is closed" : "stays open", told);
    });
  }
  if (!record.closed) return;
  for (const auto& [sku, units] : transfer.skus) state_.cell(sku, record.destination).in_transit -= units.left();
  state_.close_transfer(lsn);
}

void DumpJudge::base_transfer(const DumpRecord& record) {
  DumpTransfer transfer{record.source, record.destination, {}, record.self.expected_us};
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code) continue;
    transfer.skus[row.sku] = {row.units_shipped, row.received};
    if (record.destination != no_code) state_.cell(row.sku, record.destination).in_transit += transfer.skus[row.sku].left();
  }
  state_.add_transfer(record.lsn, std::move(transfer));
  if (state_.ids.put(hash_of(DumpIdSpace::transfer, record.id), record.lsn) != 0) {
    violate(Promise::exactly_once, [&] { return fmt::format("transfer \"{}\" is in the base twice", record.id); });
  }
}

}  // namespace earmark::loadtest
