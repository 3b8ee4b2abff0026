// Holds: made, extended, ended, confirmed. What each has came from the cells once, and goes back to them once (I6).
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "loadtest/dump_judge.hpp"

namespace earmark::loadtest {
namespace {

using Held = std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t>;  // units by SKU and warehouse

Held all_of(const std::vector<DumpLine>& lines) {
  Held held;
  for (const DumpLine& line : lines) {
    for (const Units& each : line.reserved) held[{line.sku, each.warehouse}] += each.units;
  }
  return held;
}

std::int64_t taken_of(const DumpRecord& order, const DumpLine& line, std::uint32_t warehouse) {
  for (const DumpRow& row : order.rows) {
    if (row.line != line.number || row.sku != line.sku) continue;
    for (const Units& each : row.moved) {
      if (each.warehouse == warehouse) return each.units;
    }
  }
  return 0;
}

}  // namespace

DumpHold* DumpJudge::open_hold(std::string_view id) { return state_.hold(state_.ids.find(hash_of(DumpIdSpace::hold, id))); }

// A record does not tell by which rule it chose among warehouses, so only how much is judged, and that it passes no waiter.
void DumpJudge::hold(const DumpRecord& record) {
  constexpr std::uint32_t later = 255 - 100;
  ++verdict_.holds;
  once(DumpIdSpace::hold, record.id, "hold");
  DumpHold hold{{}, record.deadline_us};
  std::int64_t wanted = 0, taken = 0;
  bool could = record.rows.size() == 1;  // of several lines one may take what another needs
  for (std::uint32_t index = 0; index < record.rows.size(); ++index) {
    const DumpRow& row = record.rows[index];
    DumpLine& line = hold.lines.emplace_back(DumpLine{row.line, row.sku, row.pinned, 0, {}});
    const bool certain = !state_.sku(row.sku).is_uncertain;
    std::int64_t free = 0, of_line = 0;
    for (const std::uint32_t warehouse : state_.sources(row.pinned, no_code)) {
      const std::int64_t there = free_for(row.sku, warehouse, {later, index, record.lsn});
      free += there;
      for (const Units& each : row.moved) {
        if (each.warehouse != warehouse) continue;
        of_line += each.units;
        if (certain && each.units > there && each.units <= state_.cell(row.sku, warehouse).available) {
          violate(Promise::no_overtaking, [&] { return fmt::format("hold \"{}\" takes {} of {}, which an earlier waiter could use", record.id, each.units, cell_name(row.sku, warehouse)); });
        }
      }
    }
    could = could && certain;
    const std::int64_t right = std::min(free, row.quantity);
    if (could && of_line < (record.partial || right == row.quantity ? right : 0)) {
      violate(Promise::work_conserving, [&] { return fmt::format("hold \"{}\" takes {} of {}, though {} was free for it", record.id, of_line, skus_.code(row.sku), free); });
    }
    if (of_line > row.quantity) {
      violate(Promise::conservation, [&] { return fmt::format("line {} of hold \"{}\" takes {} of {}", row.line, record.id, of_line, row.quantity); });
    }
    for (const Units& each : row.moved) take(row.sku, each, &line);
    wanted += row.quantity, taken += of_line;
  }
  const std::string_view right = taken == wanted ? "reserved" : !record.partial ? "refused" : taken == 0 ? "cancelled" : "reduced";
  if (record.status != right || (!record.partial && taken != 0 && taken != wanted)) {
    violate(Promise::decisions, [&] { return fmt::format("hold \"{}\" is {}, with {} of {} held", record.id, record.status, taken, wanted); });
  }
  if (taken != 0) state_.add_hold(record.lsn, std::move(hold));
}

void DumpJudge::hold_extended(const DumpRecord& record) {
  once(DumpIdSpace::hold_command, record.command_id, "hold command");
  DumpHold* hold = open_hold(record.id);
  if (hold == nullptr) {
    violate(Promise::holds, [&] { return fmt::format("extends hold \"{}\", which is not open", record.id); });
  } else if (record.deadline_us < hold->deadline) {
    violate(Promise::holds, [&] { return fmt::format("extends hold \"{}\" to {}, before its deadline {}", record.id, record.deadline_us, hold->deadline); });
  } else {
    hold->deadline = record.deadline_us;
  }
}

void DumpJudge::hold_ended(const DumpRecord& record) {
  ++verdict_.ended_holds;
  if (!record.command_id.empty()) once(DumpIdSpace::hold_command, record.command_id, "hold command");
  const DumpHold* hold = open_hold(record.id);
  if (hold == nullptr) {
    violate(Promise::holds, [&] { return fmt::format("hold \"{}\" is {}, but is not open", record.id, record.how); });
  } else if (record.how == "expired" && record.time_us < hold->deadline) {
    violate(Promise::holds, [&] { return fmt::format("hold \"{}\" expires before its deadline {}", record.id, hold->deadline); });
  }
  Held held = hold == nullptr ? Held() : all_of(hold->lines);
  std::vector<DumpRow> freed;
  for (const DumpRow& row : record.rows) {
    for (const Units& each : row.moved) {
      held[{row.sku, each.warehouse}] -= each.units;
      move(row.sku, each.warehouse, each.units, -each.units);
    }
    if (!row.moved.empty()) freed.push_back(row);
  }
  for (const auto& [cell, units] : held) {
    if (units == 0) continue;
    violate(Promise::conservation, [&] { return fmt::format("the end of hold \"{}\" leaves {} of {} with it", record.id, units, cell_name(cell.first, cell.second)); });
  }
  if (hold != nullptr) state_.end_hold(state_.ids.find(hash_of(DumpIdSpace::hold, record.id)));
  begin_cause(record, stages_of(freed), &freed);
}

// Before the order takes: all of its hold goes back. What that had, line by line; nothing for an order without hold.
std::vector<DumpLine> DumpJudge::confirm(const DumpRecord& record) {
  if (record.hold.empty()) return {};
  const DumpHold* hold = open_hold(record.hold);
  if (record.reacquired == (hold != nullptr)) {
    violate(Promise::holds, [&] {
      return fmt::format("order \"{}\" {} hold \"{}\", which is {}", record.id, record.reacquired ? "reacquires" : "confirms", record.hold, hold == nullptr ? "not open" : "open");
    });
  }
  if (record.reacquired || hold == nullptr) return {};
  std::vector<DumpLine> lines = hold->lines;
  Held held = all_of(lines);
  for (const DumpRow& row : record.returned) {
    if (row.sku == no_code || row.warehouse == no_code) continue;
    held[{row.sku, row.warehouse}] -= row.quantity;
    move(row.sku, row.warehouse, row.quantity, -row.quantity);
  }
  for (const auto& [cell, units] : held) {
    if (units == 0) continue;
    violate(Promise::conservation, [&] { return fmt::format("order \"{}\" leaves {} of {} with its hold", record.id, units, cell_name(cell.first, cell.second)); });
  }
  state_.end_hold(state_.ids.find(hash_of(DumpIdSpace::hold, record.hold)));
  return lines;
}

// What the order has not taken of its hold serves who waits, line by line of the hold.
void DumpJudge::after_confirm(const DumpRecord& record, const std::vector<DumpLine>& held) {
  std::vector<DumpRow> freed;
  for (const DumpLine& line : held) {
    DumpRow row;
    row.sku = line.sku;
    for (const Units& each : line.reserved) {
      const std::int64_t units = each.units - std::min(each.units, taken_of(record, line, each.warehouse));
      if (units != 0) row.moved.push_back({each.warehouse, units});
    }
    if (!row.moved.empty()) freed.push_back(std::move(row));
  }
  begin_cause(record, stages_of(freed), &freed);
}

std::vector<DumpJudge::Stage> DumpJudge::stages_of(const std::vector<DumpRow>& freed) {
  std::vector<Stage> stages;
  for (const DumpRow& row : freed) {
    if (std::none_of(stages.begin(), stages.end(), [&](const Stage& stage) { return stage.sku == row.sku; })) stages.push_back({row.sku, no_code, 0, true});
  }
  return stages;
}

void DumpJudge::base_hold(const DumpRecord& record) {
  DumpHold hold{{}, record.deadline_us};
  for (const DumpRow& row : record.rows) {
    if (row.sku != no_code) hold.lines.push_back({row.line, row.sku, row.pinned, 0, row.moved});
  }
  state_.add_hold(record.lsn, std::move(hold));
  if (state_.ids.put(hash_of(DumpIdSpace::hold, record.id), record.lsn) != 0) {
    violate(Promise::exactly_once, [&] { return fmt::format("hold \"{}\" is in the base twice", record.id); });
  }
}

}  // namespace earmark::loadtest
