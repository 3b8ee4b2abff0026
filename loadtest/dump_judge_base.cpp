// The base of a trimmed dump: where the judge begins.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {

bool DumpJudge::base(const DumpRecord& record) {
  if (has_begun_) {
    refusal_ = "a base line stands behind decisions; give the lines in the order of the dump";
    return false;
  }
  ++verdict_.base_lines;
  if (record.part == "state") {
    in_base_ = true;
    lsn_ = verdict_.last_lsn = record.lsn;
    time_us_ = record.time_us;
    oldest_known_ = record.oldest_known;
    verdict_.is_full = record.full;
    return true;
  }
  if (!in_base_) {
    refusal_ = "its base does not begin with the line of the state; give the whole dump";
    return false;
  }
  const DumpRow& self = record.self;
  const bool has_cell = self.sku != no_code && self.warehouse != no_code;
  if (record.part == "warehouse" && self.warehouse != no_code) {
    state_.set_priority(self.warehouse, self.priority, warehouses_);
  } else if (record.part == "stock" && has_cell) {
    state_.cell(self.sku, self.warehouse) = {self.available - self.overdrawn, self.reserved + self.held, 0};
    if (self.available < 0 || self.reserved + self.held + self.available - self.overdrawn > self.quantity) {
      violate(Promise::never_oversell, [&] {
        return fmt::format("{} has {} on hand, {} reserved, {} held and {} available", cell_name(self.sku, self.warehouse), self.quantity, self.reserved, self.held, self.available);
      });
    }
  } else if (record.part == "order") {
    base_order(record);
  } else if (record.part == "hold") {
    base_hold(record);
  } else if (record.part == "transfer") {
    base_transfer(record);
  } else if (record.part == "purchase") {
    base_purchase(record);
  } else if (record.part == "vendor" || record.part == "source" || record.part == "rule") {
    base_rule(record);
  } else if (record.part == "queue") {
    base_queue(record);
  }
  return true;
}

void DumpJudge::base_order(const DumpRecord& record) {
  if (std::any_of(record.rows.begin(), record.rows.end(), [](const DumpRow& row) { return row.sku == no_code; })) {
    violate(Promise::decisions, [&] { return fmt::format("order \"{}\" of the base has a line without SKU", record.id); });
    return;
  }
  DumpOrder& order = state_.add_order(record.lsn);
  order.id = hash_of(DumpIdSpace::order, record.id);
  order.priority = std::clamp<std::int64_t>(record.self.priority, 0, 255);
  order.whole = whole_of(record.policy) == DumpWhole::order;
  order.not_due = record.not_due;
  order.has_skipped = record.has_skipped;
  order.patience = {record.self.skips, record.self.strict};
  for (const DumpRow& row : record.rows) {
    std::int64_t known = row.backordered + row.cancelled;
    for (const Units& each : row.moved) known += each.units;
    for (const Units& each : row.shipped) known += each.units;
    if (known != row.quantity) {
      violate(Promise::conservation, [&] { return fmt::format("line {} of order \"{}\" asked for {}, of which {} can be told", row.line, record.id, row.quantity, known); });
    }
    order.lines.push_back({row.line, row.sku, row.pinned, row.backordered, row.moved, whole_of(row.policy.empty() ? record.policy : row.policy), row.picked});
    order.lines.back().raised = row.raised;
    order.lines.back().kills = row.policy == "fill_or_kill";
    if (order.lines.back().waiting_in(0) < 0) {
      violate(Promise::conservation, [&] { return fmt::format("line {} of order \"{}\" has more waiting in entries of raises than it waits for", row.line, record.id); });
    }
    order.lines.back().patience = {row.skips, row.strict};
    order.lines.back().told_us = row.told_us;
    state_.waits(order.lines.back(), row.backordered);
    if (row.backordered > 0) state_.wait(order, record.lsn, static_cast<std::uint32_t>(order.lines.size() - 1));
  }
  if (state_.ids.put(order.id, record.lsn) != 0) {
    violate(Promise::exactly_once, [&] { return fmt::format("order \"{}\" is in the base twice", record.id); });
  }
}

// Those who wait, as their orders' priorities and LSNs have it.
void DumpJudge::base_queue(const DumpRecord& record) {
  if (record.self.sku == no_code) return;
  std::size_t waiting = 0;
  for (const auto& queue : state_.sku(record.self.sku).queues) waiting += queue.size();
  bool right = true;
  std::size_t queued = 0;
  DumpPlace before{};
  for (std::size_t index = 0; index < record.rows.size(); ++index) {
    const DumpRow& row = record.rows[index];
    const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, row.order));
    DumpOrder* order = state_.order(lsn);
    const DumpLine* line = order == nullptr ? nullptr : order->line(row.line);
    if (line == nullptr || line->waiting_in(row.raised_at) != row.quantity) {
      right = false;
      break;
    }
    const DumpPlace place{static_cast<std::uint32_t>(255 - order->priority), static_cast<std::uint32_t>(line - order->lines.data()), lsn, row.raised_at};
    right = right && (index == 0 || before < place);
    before = place;
    queued += order->not_due ? 0 : 1;
  }
  if (right && waiting == queued) return;
  violate(Promise::no_overtaking, [&] { return fmt::format("the base's queue of {} is not that of the orders that wait", skus_.code(record.self.sku)); });
}

// What the orders have reserved and the holds hold is what the cells say.
void DumpJudge::end_base() {
  in_base_ = false;
  has_begun_ = true;
  verdict_.first_lsn = lsn_ + 1;
  std::unordered_map<std::uint64_t, std::int64_t> reserved;
  for (const auto& [lsn, order] : state_.open_orders()) {
    for (const DumpLine& line : order.lines) {
      for (const Units& each : line.reserved) reserved[std::uint64_t{line.sku} << 32 | each.warehouse] += each.units;
    }
  }
  for (const auto& [lsn, hold] : state_.open_holds()) {
    for (const DumpLine& line : hold.lines) {
      for (const Units& each : line.reserved) reserved[std::uint64_t{line.sku} << 32 | each.warehouse] += each.units;
    }
  }
  state_.for_each_cell([&](std::uint32_t sku, std::uint32_t warehouse, const DumpCell& cell) {
    const auto found = reserved.find(std::uint64_t{sku} << 32 | warehouse);
    const std::int64_t units = found == reserved.end() ? 0 : found->second;
    if (units == cell.reserved) return;
    violate(Promise::conservation, [&] { return fmt::format("{} has {} reserved or held in the base, its orders and holds {}", cell_name(sku, warehouse), cell.reserved, units); });
  });
}

}  // namespace earmark::loadtest
