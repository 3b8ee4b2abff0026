// Stock changes: what their rows do to the cells, whose reserved units they take, and that those lines wait again.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace earmark::loadtest {

void DumpJudge::stock_change(const DumpRecord& record) {
  ++verdict_.changes;
  if (record.kind == "short_pick") missing(record);
  else once(DumpIdSpace::stock_change, record.id, "stock change");
  for (const DumpRow& lost : record.lost) {
    if (lost.row >= 0 && static_cast<std::size_t>(lost.row) < record.rows.size() && lost.sku == record.rows[static_cast<std::size_t>(lost.row)].sku &&
        lost.warehouse == record.rows[static_cast<std::size_t>(lost.row)].warehouse) {
      continue;
    }
    violate(Promise::decisions, [&] { return fmt::format("line {} of order \"{}\" loses units to row {}, which is not of that cell", lost.line, lost.order, lost.row); });
  }
  std::vector<Stage> stages;
  std::set<std::uint32_t> in_turn;
  for (std::size_t index = 0; index < record.rows.size(); ++index) {
    const DumpRow& row = record.rows[index];
    if (row.sku == no_code || row.warehouse == no_code) {
      violate(Promise::decisions, [&] { return fmt::format("stock change \"{}\" has a row without SKU or warehouse", record.id); });
      continue;
    }
    change_row(record, index);
    const bool lost = std::any_of(record.lost.begin(), record.lost.end(), [&](const DumpRow& each) { return each.row == static_cast<std::int64_t>(index); });
    const std::int64_t came = row.on_hand_change - row.unavailable_change;
    if (lost) stages.push_back({row.sku, no_code, 0, false}), in_turn.insert(row.sku);
    else if (came > 0) stages.push_back({row.sku, row.warehouse, came, false});
  }
  begin_cause(record, std::move(stages), nullptr, std::move(in_turn));
}

void DumpJudge::change_row(const DumpRecord& record, std::size_t index) {
  const DumpRow& row = record.rows[index];
  std::vector<const DumpRow*> lost;
  std::int64_t units = 0;
  for (const DumpRow& each : record.lost) {
    if (each.row != static_cast<std::int64_t>(index)) continue;
    lost.push_back(&each);
    units += each.quantity;
  }
  const bool certain = !state_.sku(row.sku).is_uncertain;
  if (certain && !lost.empty()) judge_victims(row, lost);
  for (const DumpRow* each : lost) lose(*each);
  move(row.sku, row.warehouse, row.on_hand_change - row.unavailable_change + units, -units);
  const DumpCell& cell = state_.cell(row.sku, row.warehouse);
  if (!certain) return;
  const auto name = [&] { return fmt::format("row {} of stock change \"{}\" ({})", index + 1, record.id, cell_name(row.sku, row.warehouse)); };
  if (cell.available < 0 || cell.reserved < 0) {
    violate(Promise::never_oversell, [&] { return fmt::format("{} leaves {} available and {} reserved", name(), cell.available, cell.reserved); });
  } else if (units > 0 && cell.available > 0) {
    violate(Promise::decisions, [&] { return fmt::format("{} takes {} reserved units, though {} more were available", name(), units, cell.available); });
  }
  const bool by_count = record.kind == "count" || record.kind == "adjust";
  // Units of holds and picked ones are not touched.
  if (by_count && row.unavailable_change < 0 && cell.available + cell.reserved > held_in(row.sku, row.warehouse) + picked_in(row.sku, row.warehouse)) {
    violate(Promise::decisions, [&] { return fmt::format("{} takes unavailable units, though others are left", name()); });
  }
  const bool fits = record.kind == "quarantine" ? row.on_hand_change == 0 && row.unavailable_change > 0
                    : record.kind == "restore"  ? row.on_hand_change == 0 && row.unavailable_change < 0
                    : record.kind == "scrap"    ? row.on_hand_change == row.unavailable_change && row.on_hand_change < 0
                    : record.kind == "short_pick" ? row.on_hand_change < 0 && row.unavailable_change == 0
                    : by_count                  ? row.unavailable_change <= 0 && row.unavailable_change >= std::min<std::int64_t>(row.on_hand_change, 0)
                                                : false;
  if (!fits) {
    violate(Promise::decisions, [&] {
      return fmt::format("{} changes the on hand by {} and the unavailable by {}, which no {} does", name(), row.on_hand_change, row.unavailable_change, record.kind);
    });
  }
}

std::int64_t DumpJudge::held_in(std::uint32_t sku, std::uint32_t warehouse) const {
  std::int64_t units = 0;
  for (const auto& [lsn, hold] : state_.open_holds()) {
    for (const DumpLine& line : hold.lines) {
      for (const Units& each : line.reserved) units += line.sku == sku && each.warehouse == warehouse ? each.units : 0;
    }
  }
  return units;
}

// Reverse queue order: of all that is reserved there, the last places lose.
void DumpJudge::judge_victims(const DumpRow& row, const std::vector<const DumpRow*>& lost) {
  std::map<DumpPlace, std::int64_t> reserved, right, said;
  for (const auto& [lsn, order] : state_.open_orders()) {
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      if (order.lines[index].sku != row.sku) continue;
      for (const Units& each : order.lines[index].reserved) {
        const std::int64_t units = each.units - units_there(order.lines[index].picked, each.warehouse);
        if (each.warehouse == row.warehouse && units > 0) reserved[{static_cast<std::uint32_t>(255 - order.priority), index, lsn}] += units;
      }
    }
  }
  std::int64_t rest = 0;
  for (const DumpRow* each : lost) {
    const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, each->order));
    DumpOrder* order = state_.order(lsn);
    const DumpLine* line = order == nullptr ? nullptr : order->line(each->line);
    rest += each->quantity;
    if (line == nullptr) continue;  // told by lose()
    said[{static_cast<std::uint32_t>(255 - order->priority), static_cast<std::uint32_t>(line - order->lines.data()), lsn}] += each->quantity;
  }
  for (auto place = reserved.rbegin(); place != reserved.rend() && rest > 0; ++place) {
    const std::int64_t units = std::min(rest, place->second);
    right[place->first] = units;
    rest -= units;
  }
  if (right == said) return;
  for (const auto& [place, units] : right) {
    if (const auto found = said.find(place); found != said.end() && found->second == units) continue;
    violate(Promise::no_overtaking, [&] {
      return fmt::format("units of {} are lost in another order than from the last in the queue: line {} of the order decided at LSN {} loses {} first",
                         cell_name(row.sku, row.warehouse), state_.order(place.order)->lines[place.index].number, place.order, units);
    });
    return;
  }
  violate(Promise::no_overtaking, [&] { return fmt::format("more units of {} are lost than the last in the queue have", cell_name(row.sku, row.warehouse)); });
}

void DumpJudge::lose(const DumpRow& lost) {
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, lost.order));
  DumpOrder* order = state_.order(lsn);
  DumpLine* line = order == nullptr ? nullptr : order->line(lost.line);
  const bool there = line != nullptr && line->sku == lost.sku;
  const auto from = there ? std::find_if(line->reserved.begin(), line->reserved.end(), [&](const Units& each) { return each.warehouse == lost.warehouse; })
                          : std::vector<Units>::iterator{};
  if (!there || from == line->reserved.end() || from->units < lost.quantity || lost.quantity < 1) {
    violate(Promise::conservation, [&] {
      return fmt::format("line {} of order \"{}\" loses {} of {}, which it has not reserved", lost.line, lost.order, lost.quantity, cell_name(lost.sku, lost.warehouse));
    });
    return;
  }
  from->units -= lost.quantity;
  if (from->units == 0) line->reserved.erase(from);
  line->waiting += lost.quantity;
  state_.wait(*order, lsn, static_cast<std::uint32_t>(line - order->lines.data()));
}

}  // namespace earmark::loadtest
