// Stock changes: what their rows do to the cells, whose promised units they take, and that orders' lines wait again.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ranges>

namespace earmark::loadtest {
namespace {

constexpr std::uint32_t place_of_holds = 256;  // behind every priority

}  // namespace

void DumpJudge::stock_change(const DumpRecord& record) {
  ++verdict_.changes;
  if (record.kind == "short_pick") missing(record);
  else once(DumpIdSpace::stock_change, record.id, "stock change");
  for (const DumpRow& lost : record.lost) {
    if (lost.row >= 0 && static_cast<std::size_t>(lost.row) < record.rows.size() && lost.sku == record.rows[static_cast<std::size_t>(lost.row)].sku &&
        lost.warehouse == record.rows[static_cast<std::size_t>(lost.row)].warehouse) {
      continue;
    }
    violate(Promise::decisions, [&] {
      const bool of_hold = !lost.hold.empty();
      return fmt::format("line {} of {} \"{}\" loses units to row {}, which is not of that cell", lost.line, of_hold ? "hold" : "order", of_hold ? lost.hold : lost.order, lost.row);
    });
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
    // What holds lost makes nobody wait.
    const bool lost = std::any_of(record.lost.begin(), record.lost.end(), [&](const DumpRow& each) { return each.row == static_cast<std::int64_t>(index) && each.hold.empty(); });
    const std::int64_t came = beyond_healing(row.sku, row.warehouse, row.on_hand_change - row.unavailable_change);
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
  const bool by_count = record.kind == "count" || record.kind == "adjust";
  // Only picked units may be more than there are, and only by a count or adjustment, which says so.
  const bool overdrawn = cell.available < 0 && row.overdrawn != 0 && cell.reserved == picked_in(row.sku, row.warehouse);
  if (row.overdrawn != 0 && cell.available >= 0) {
    violate(Promise::decisions, [&] { return fmt::format("{} is said to leave its cell overdrawn, which has {} available", name(), cell.available); });
  } else if ((cell.available < 0 && !overdrawn) || cell.reserved < 0) {
    violate(Promise::never_oversell, [&] { return fmt::format("{} leaves {} available and {} reserved", name(), cell.available, cell.reserved); });
  } else if (units > 0 && cell.available > 0) {
    violate(Promise::decisions, [&] { return fmt::format("{} takes {} promised units, though {} more were available", name(), units, cell.available); });
  }
  // Picked units are not touched.
  if (by_count && row.unavailable_change < 0 && std::max<std::int64_t>(cell.available, 0) + cell.reserved > picked_in(row.sku, row.warehouse)) {
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

// Whose units these are: as a place, holds behind all orders, so that the last of all loses first; and the line.
std::optional<DumpJudge::Loser> DumpJudge::loser(const DumpRow& lost) {
  const bool of_hold = !lost.hold.empty();
  const std::uint64_t lsn = state_.ids.find(of_hold ? hash_of(DumpIdSpace::hold, lost.hold) : hash_of(DumpIdSpace::order, lost.order));
  DumpOrder* order = of_hold ? nullptr : state_.order(lsn);
  DumpHold* hold = of_hold ? state_.hold(lsn) : nullptr;
  if (order == nullptr && hold == nullptr) return std::nullopt;
  std::vector<DumpLine>& lines = order != nullptr ? order->lines : hold->lines;
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const DumpLine& each) { return each.number == lost.line && each.sku == lost.sku; });
  if (line == lines.end()) return std::nullopt;
  const auto later = order != nullptr ? static_cast<std::uint32_t>(255 - order->priority) : place_of_holds;
  return Loser{{later, static_cast<std::uint32_t>(line - lines.begin()), lsn}, order, &*line};
}

// Newest holds first; then reverse queue order: of all that is reserved there, the last places lose.
void DumpJudge::judge_victims(const DumpRow& row, const std::vector<const DumpRow*>& lost) {
  std::map<DumpPlace, std::int64_t> promised, right, said;
  const auto add = [&](const std::vector<DumpLine>& lines, std::uint32_t later, std::uint64_t lsn) {
    for (std::uint32_t index = 0; index < lines.size(); ++index) {
      if (lines[index].sku != row.sku) continue;
      for (const Units& each : lines[index].reserved) {
        const std::int64_t units = each.units - units_there(lines[index].picked, each.warehouse);
        if (each.warehouse == row.warehouse && units > 0) promised[{later, index, lsn}] += units;
      }
    }
  };
  for (const auto& [lsn, order] : state_.open_orders()) add(order.lines, static_cast<std::uint32_t>(255 - order.priority), lsn);
  for (const auto& [lsn, hold] : state_.open_holds()) add(hold.lines, place_of_holds, lsn);
  std::int64_t rest = 0;
  for (const DumpRow* each : lost) {
    rest += each->quantity;
    if (const auto found = loser(*each)) said[found->place] += each->quantity;  // else told by lose()
  }
  for (auto place = promised.rbegin(); place != promised.rend() && rest > 0; ++place) {
    const std::int64_t units = std::min(rest, place->second);
    right[place->first] = units;
    rest -= units;
  }
  if (right == said) return;
  for (const auto& [place, units] : std::views::reverse(right)) {
    if (const auto found = said.find(place); found != said.end() && found->second == units) continue;
    const bool of_hold = place.later == place_of_holds;
    const DumpLine& line = of_hold ? state_.hold(place.order)->lines[place.index] : state_.order(place.order)->lines[place.index];
    violate(Promise::no_overtaking, [&] {
      return fmt::format("units of {} are lost in another order than from the {}: line {} of the {} decided at LSN {} loses {} first", cell_name(row.sku, row.warehouse),
                         of_hold ? "newest hold" : "last in the queue", line.number, of_hold ? "hold" : "order", place.order, units);
    });
    return;
  }
  violate(Promise::no_overtaking, [&] { return fmt::format("more units of {} are lost than the last in the queue have", cell_name(row.sku, row.warehouse)); });
}

void DumpJudge::lose(const DumpRow& lost) {
  const bool of_hold = !lost.hold.empty();
  const auto found = loser(lost);
  std::vector<Units> none;
  std::vector<Units>& reserved = found ? found->line->reserved : none;
  const auto from = std::find_if(reserved.begin(), reserved.end(), [&](const Units& each) { return each.warehouse == lost.warehouse; });
  if (from == reserved.end() || from->units < lost.quantity || lost.quantity < 1) {
    violate(of_hold ? Promise::holds : Promise::conservation, [&] {
      return fmt::format("line {} of {} \"{}\" loses {} of {}, which it has not {}", lost.line, of_hold ? "hold" : "order", of_hold ? lost.hold : lost.order,
                         lost.quantity, cell_name(lost.sku, lost.warehouse), of_hold ? "held" : "reserved");
    });
    return;
  }
  from->units -= lost.quantity;
  if (from->units == 0) reserved.erase(from);
  if (of_hold) return;
  found->line->waiting += lost.quantity;
  state_.waits(*found->line, lost.quantity);
  state_.wait(*found->order, found->place.order, found->place.index);
}

}  // namespace earmark::loadtest
