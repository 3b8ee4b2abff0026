// What amends raise: more is ordered, what of it may wait stands at the tail of the queue, and what could neither be had nor wait is
// cancelled.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {

// Of a line that takes all of an entry or nothing.
bool DumpJudge::entry_fits(const DumpLine& line, std::uint64_t raised_at) {
  std::int64_t there = 0;
  for (const std::uint32_t warehouse : state_.sources(line.pinned, no_code)) there += usable(line.sku, warehouse);
  return there >= line.waiting_in(raised_at);
}

// How many of the units are there, which nobody who waits could use. `gone`: by cell, what lines before it have of them.
std::int64_t DumpJudge::raised_by(const DumpRecord& record, const DumpRow& row, DumpOrder& order, std::unordered_map<std::uint64_t, std::int64_t>& gone) {
  DumpLine& line = *order.line(row.line);
  std::int64_t there = 0;
  std::vector<std::pair<std::uint64_t, std::int64_t>> own;
  for (const std::uint32_t warehouse : state_.sources(line.pinned, no_code)) {
    const std::uint64_t cell = std::uint64_t{line.sku} << 32 | warehouse;
    std::int64_t came = 0;  // by the same command, after what is raised was judged
    for (const DumpRow& lowered : record.rows) came += lowered.sku == line.sku ? units_there(lowered.moved, warehouse) : 0;
    const std::int64_t free = std::max<std::int64_t>(state_.cell(line.sku, warehouse).available - came, 0) - gone[cell];
    const std::int64_t units = order.not_due ? 0 : std::clamp<std::int64_t>(free, 0, row.quantity - there);
    own.emplace_back(cell, units);
    there += units;
  }
  if ((line.whole == DumpWhole::line || line.kills) && there < row.quantity) return 0;
  for (const auto& [cell, units] : own) gone[cell] += units;
  return there;
}

void DumpJudge::raise(const DumpRecord& record, std::uint64_t lsn) {
  DumpOrder* order = state_.order(lsn);
  std::vector<const DumpRow*> by_line;
  for (const DumpRow& row : record.raised) {
    DumpLine* line = order == nullptr ? nullptr : order->line(row.line);
    if (line == nullptr || line->sku != row.sku || row.quantity < 1 || row.cancelled < 0 || row.cancelled > row.quantity) {
      violate(Promise::conservation, [&] { return fmt::format("raises line {} of order \"{}\", which is not open or has no such line", row.line, record.id); });
      return;
    }
    by_line.push_back(&row);
  }
  std::sort(by_line.begin(), by_line.end(), [&](const DumpRow* left, const DumpRow* right) { return order->line(left->line) < order->line(right->line); });
  std::unordered_map<std::uint64_t, std::int64_t> gone;
  for (const DumpRow* row : by_line) {
    const std::int64_t there = raised_by(record, *row, *order, gone);
    if (row->cancelled == 0 || state_.sku(row->sku).is_uncertain || row->cancelled == row->quantity - there) continue;
    violate(row->cancelled > row->quantity - there ? Promise::work_conserving : Promise::decisions, [&] {
      return fmt::format("line {} of order \"{}\" is raised by {}, of which {} are cancelled, though {} were there", row->line, record.id, row->quantity, row->cancelled, there);
    });
  }
  for (const DumpRow& row : record.raised) {
    DumpLine& line = *order->line(row.line);
    if (row.quantity == row.cancelled) continue;
    line.waiting += row.quantity - row.cancelled;
    state_.waits(line, row.quantity - row.cancelled);
    line.raised.emplace_back(lsn_, row.quantity - row.cancelled);
    state_.wait(*order, lsn, static_cast<std::uint32_t>(&line - order->lines.data()));
  }
}

}  // namespace earmark::loadtest
