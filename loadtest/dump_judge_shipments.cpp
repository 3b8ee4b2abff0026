// Steps of shipments: what they do to cells and to what is reserved. A dump tells units by warehouse, not by shipment, so what is
// followed is which reserved units of a line are picked.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {

std::int64_t DumpJudge::picked_in(std::uint32_t sku, std::uint32_t warehouse) {
  std::int64_t units = 0;
  for (const auto& [lsn, order] : state_.open_orders()) {
    for (const DumpLine& line : order.lines) units += line.sku == sku ? units_there(line.picked, warehouse) : 0;
  }
  return units;
}

void DumpJudge::shipment(const DumpRecord& record) {
  ++verdict_.steps;
  pick_ = 0;
  not_found_.clear();
  once(DumpIdSpace::shipment, record.command_id, "step of a shipment");
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, record.id));
  DumpOrder* order = state_.order(lsn);
  std::vector<Stage> stages;
  for (const DumpRow& row : record.rows) {
    if (record.self.warehouse == no_code || row.quantity < 0) {
      violate(Promise::decisions, [&] { return fmt::format("a step of a shipment of order \"{}\" has a line without warehouse or units", record.id); });
      continue;
    }
    if (row.rest != 0) pick_ = record.lsn, not_found_.emplace_back(row.sku, row.rest);
    DumpLine* line = order == nullptr ? nullptr : order->line(row.line);
    if (record.step == "pick" && line != nullptr && order->is_set_aside(*line)) {
      violate(Promise::decisions, [&] { return fmt::format("picks units of line {} of order \"{}\", which are set aside until it is whole", row.line, record.id); });
    }
    step(record, row, line);
    if (record.step == "return" && !record.to_unavailable) {
      stages.push_back({row.sku, record.self.warehouse, beyond_healing(row.sku, record.self.warehouse, row.quantity), false});
    }
  }
  state_.close_if_done(lsn);
  if (record.step == "return") begin_cause(record, std::move(stages), nullptr);
}

// Right behind a pick that did not find all: a row for each line, of as many units.
void DumpJudge::missing(const DumpRecord& record) {
  bool fits = record.cause == pick_ && pick_ != 0 && record.lsn == pick_ + 1 && record.rows.size() == not_found_.size();
  for (std::size_t index = 0; fits && index < not_found_.size(); ++index) {
    fits = record.rows[index].sku == not_found_[index].first && record.rows[index].on_hand_change == -not_found_[index].second;
  }
  if (!fits) violate(Promise::conservation, [&] { return fmt::format("what the pick \"{}\" did not find is not what comes off the on hand", record.id); });
}

void DumpJudge::step(const DumpRecord& record, const DumpRow& row, DumpLine* line) {
  const std::uint32_t warehouse = record.self.warehouse;
  const bool ships = record.step == "ship", returns = record.step == "return";
  // On hand falls by what ships and rises by what comes back.
  move(row.sku, warehouse, returns && !record.to_unavailable ? row.quantity : 0, ships ? -row.quantity : 0);
  if (returns || record.step == "deliver") return;  // of what is no longer reserved; the order may be closed
  const auto name = [&] { return fmt::format("{} of line {} of order \"{}\" in {}", row.quantity, row.line, record.id, cell_name(row.sku, warehouse)); };
  const std::int64_t reserved = line == nullptr ? 0 : units_there(line->reserved, warehouse);
  const std::int64_t picked = line == nullptr ? 0 : units_there(line->picked, warehouse);
  const bool picks = record.step == "pick";
  if ((picks ? reserved - picked : picked) < row.quantity + row.rest) {
    violate(Promise::conservation, [&] { return fmt::format("{}s {}, which has {} reserved and {} picked", record.step, name(), reserved, picked); });
    return;
  }
  if (record.step == "put_back" && state_.cell(row.sku, warehouse).available < 0) {
    violate(Promise::never_oversell, [&] { return fmt::format("puts back {}, which is overdrawn", name()); });
  }
  if (picks) change_units(line->picked, warehouse, row.quantity);
  if (ships || record.step == "put_back") change_units(line->picked, warehouse, -row.quantity);
  if (ships) change_units(line->reserved, warehouse, -row.quantity);
}

}  // namespace earmark::loadtest
