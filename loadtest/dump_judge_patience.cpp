// Who waits for all or nothing: that each later order counts once as passing over the earliest who could have used what it takes; that he
// turns strict after that, or after a wait, whose length no record tells; and what he takes over then. A dump tells units by warehouse, not
// by shipment, so of a line the warehouses are judged.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ranges>

#include "loadtest/dump_judge.hpp"

namespace earmark::loadtest {

// Records of an old server tell no skips: that one is missing can be said behind the first that is told.
void DumpJudge::skip(const DumpRecord& record, DumpOrder& by, const std::vector<Taken>& taken) {
  const DumpSkip& said = record.skipped;
  const DumpPlace* earliest = nullptr;
  bool certain = true;
  for (const Taken& each : taken) {
    const DumpPlace* passed = state_.passed_over(each.sku, each.warehouse, each.place);
    certain = certain && !state_.sku(each.sku).is_uncertain;
    if (passed != nullptr && (earliest == nullptr || *passed < *earliest)) earliest = passed;
  }
  tells_skips_ = tells_skips_ || said.lsn != 0;
  const bool right_none = by.has_skipped || earliest == nullptr;
  DumpOrder* order = said.lsn == 0 ? nullptr : state_.order(state_.ids.find(hash_of(DumpIdSpace::order, said.order)));
  DumpLine* line = nullptr;
  if (order != nullptr && order->whole && said.line == 0 && !order->lines.empty()) line = &order->lines.front();
  else if (order != nullptr && !order->whole) line = order->line(said.line);
  if (certain && said.lsn != 0 && by.has_skipped) {
    violate(Promise::decisions, [&] { return fmt::format("counts as passing over order \"{}\", though its order counted before", said.order); });
  } else if (certain && (said.lsn == 0 ? tells_skips_ && !right_none : right_none)) {
    violate(Promise::decisions, [&] {
      if (said.lsn == 0) return fmt::format("passes over line {} of the order decided at LSN {}, and does not say so", state_.order(earliest->order)->lines[earliest->index].number, earliest->order);
      return fmt::format("is said to pass over order \"{}\", but it passes over nobody", said.order);
    });
  } else if (certain && said.lsn != 0) {
    const DumpOrder& right = *state_.order(earliest->order);
    const bool same = said.lsn == earliest->order && line != nullptr && said.line == (right.whole ? 0 : right.lines[earliest->index].number);
    if (!same || right.id != hash_of(DumpIdSpace::order, said.order)) {
      violate(Promise::decisions, [&] {
        return fmt::format("is said to pass over order \"{}\" of LSN {}, but line {} of the order decided at LSN {} is the earliest that it passes over", said.order, said.lsn,
                           right.lines[earliest->index].number, earliest->order);
      });
    }
  }
  if (said.lsn == 0) return;
  ++verdict_.skips;
  by.has_skipped = true;
  if (line != nullptr) ++order->patience_of(*line).skips;
}

void DumpJudge::strict(const DumpRecord& record) {
  ++verdict_.turned_strict;
  const DumpRow& self = record.self;
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, self.order));
  DumpOrder* order = state_.order(lsn);
  std::vector<std::uint32_t> lines;
  for (std::uint32_t index = 0; order != nullptr && index < order->lines.size(); ++index) {
    const DumpLine& line = order->lines[index];
    const bool his = order->whole ? self.line == 0 : line.number == self.line;
    if (his && order->can_be_skipped(line)) lines.push_back(index);
  }
  const auto name = [&] { return fmt::format("{} of order \"{}\"", self.line == 0 ? "all" : fmt::format("line {}", self.line), self.order); };
  if (lines.empty() || lsn != self.order_lsn) {
    violate(Promise::decisions, [&] { return fmt::format("{} turns strict, but does not wait for all or nothing there", name()); });
  } else if (const DumpPatience& patience = order->patience_of(order->lines[lines.front()]); record.because == "skips" ? patience.skips < 1 : record.because != "wait") {
    violate(Promise::decisions, [&] { return fmt::format("{} turns strict because of {}, with {} skips", name(), record.because, patience.skips); });
  }
  std::vector<Stage> stages;
  std::set<std::uint32_t> in_turn;
  if (!lines.empty()) judge_take_over(record, *order, lsn, lines);
  for (const std::uint32_t index : lines) {
    if (in_turn.insert(order->lines[index].sku).second) stages.push_back({order->lines[index].sku, no_code, 0, false});
  }
  for (std::size_t row = 0; row < record.lost.size(); ++row) {
    const DumpRow& lost = record.lost[row];
    if (lost.sku == no_code || lost.warehouse == no_code || lost.row != static_cast<std::int64_t>(row) ||
        lost.order_lsn != state_.ids.find(hash_of(DumpIdSpace::order, lost.order))) {
      violate(Promise::decisions, [&] { return fmt::format("what line {} of order \"{}\" loses is not told as row {} of it", lost.line, lost.order, row); });
    }
    if (lost.sku == no_code || lost.warehouse == no_code) continue;
    lose(lost);
    move(lost.sku, lost.warehouse, lost.quantity, -lost.quantity);
  }
  if (!lines.empty()) order->patience_of(order->lines[lines.front()]) = {0, true};
  begin_cause(record, std::move(stages), nullptr, std::move(in_turn));
}

// What is available goes to himself first; the rest from those behind him.
void DumpJudge::judge_take_over(const DumpRecord& record, const DumpOrder& order, std::uint64_t lsn, const std::vector<std::uint32_t>& lines) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> spoken_for;
  TakenOver right, said;
  for (const std::uint32_t index : lines) {
    const DumpLine& line = order.lines[index];
    if (state_.sku(line.sku).is_uncertain) return;
    std::int64_t open = line.waiting;
    for (const std::uint32_t warehouse : state_.sources(line.pinned, no_code)) {
      std::int64_t& units_of_others = spoken_for[{line.sku, warehouse}];
      const std::int64_t units = std::clamp<std::int64_t>(state_.cell(line.sku, warehouse).available - units_of_others, 0, open);
      units_of_others += units;
      open -= units;
    }
    take_from_later({static_cast<std::uint32_t>(255 - order.priority), index, lsn}, line, open, right);
  }
  for (const DumpRow& lost : record.lost) {
    if (const auto found = loser(lost)) said[{found->place, lost.warehouse}] += lost.quantity;  // else told by lose()
  }
  if (right == said) return;
  const auto differs = [&](const auto& each) {
    const auto found = said.find(each.first);
    return found == said.end() || found->second != each.second;
  };
  const auto first = std::ranges::find_if(right, differs);
  violate(Promise::no_overtaking, [&] {
    if (first == right.end()) return fmt::format("order \"{}\" takes over more than it needs of those who turned strict behind it", record.self.order);
    const auto& [place, warehouse] = first->first;
    const DumpLine& line = state_.order(place.order)->lines[place.index];
    return fmt::format("order \"{}\" turns strict and has to take over {} of {} from line {} of the order decided at LSN {}", record.self.order, first->second,
                       cell_name(line.sku, warehouse), line.number, place.order);
  });
}

// The last in the queue first, of each the last warehouse first.
void DumpJudge::take_from_later(const DumpPlace& place, const DumpLine& taker, std::int64_t open, TakenOver& taken) {
  std::map<DumpPlace, const DumpLine*> losers;
  for (const auto& [lsn, order] : state_.open_orders()) {
    for (std::uint32_t index = 0; open > 0 && index < order.lines.size(); ++index) {
      const DumpPlace other{static_cast<std::uint32_t>(255 - order.priority), index, lsn};
      if (order.lines[index].sku == taker.sku && order.is_set_aside(order.lines[index]) && place < other) losers[other] = &order.lines[index];
    }
  }
  std::vector<std::uint32_t> last_first = state_.sources(taker.pinned, no_code);
  std::ranges::reverse(last_first);
  for (const auto& [loser, line] : std::views::reverse(losers)) {
    for (const std::uint32_t warehouse : last_first) {
      const auto before = taken.find({loser, warehouse});
      const std::int64_t there = units_there(line->reserved, warehouse) - units_there(line->picked, warehouse) - (before == taken.end() ? 0 : before->second);
      if (const std::int64_t units = std::min(open, there); units > 0) taken[{loser, warehouse}] += units, open -= units;
    }
  }
}

}  // namespace earmark::loadtest
