#include "loadtest/judge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {
namespace {

constexpr std::uint8_t default_priority = 100;

bool is_line(MovementKind kind) {
  return kind == MovementKind::order_line || kind == MovementKind::line_or_kill || kind == MovementKind::line_or_cancel;
}

// The movements from `begin` on until the next one of this kind: one row with what belongs to it.
std::span<const Movement> row_at(std::span<const Movement> movements, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < movements.size() && movements[end].kind != movements[begin].kind) ++end;
  return movements.subspan(begin, end - begin);
}

}  // namespace

Judge::Judge(const StockSnapshot& before, Verdict& verdict, bool with_orders, std::span<const std::uint64_t> bookkeeping)
    : before_(before), verdict_(verdict), findings_(verdict, before.first_lsn, bookkeeping), cells_(before, findings_),
      holds_(before, findings_), backordered_(before.backordered.begin(), before.backordered.end()) {
  if (with_orders) orders_.emplace(before, findings_);
}

void Judge::decision(std::span<const Movement> movements) {
  const std::uint64_t lsn = movements.front().lsn;
  if (verdict_.decisions++ == 0) verdict_.first_lsn = lsn;
  verdict_.last_lsn = lsn;
  if (lsn <= findings_.last_lsn()) {
    findings_.violate(Violation::duplicate_lsn, [&] {
      return fmt::format("LSN {} was given to more than one decision, or before the run (which began after LSN {})", lsn, before_.first_lsn);
    });
  }
  findings_.advance(lsn);
  if (movements.front().kind == MovementKind::cause) return fill(movements);
  if (movements.front().kind == MovementKind::fills_follow) {
    open_causes_.insert(lsn);
    movements = movements.subspan(1);
  }
  if (movements.empty()) return;
  switch (movements.front().kind) {
    case MovementKind::received: return receipt(movements);
    case MovementKind::cancelled_row: return cancel(movements);
    case MovementKind::shipped_line: return shipment(movements);
    case MovementKind::held_line: return hold(movements);
    case MovementKind::hold_returned: return end_hold(movements);
    default: return order(movements);
  }
}

void Judge::observation(std::span<const Movement> movements) {
  if (movements.front().kind == MovementKind::observed) {
    for (const Movement& movement : movements) cells_.observe(movement);
    return;
  }
  ++verdict_.views;
  for (std::size_t index = 0; index + 1 < movements.size(); index += 2) {
    if (orders_) orders_->show(movements[index], movements[index + 1]);
  }
}

void Judge::order(std::span<const Movement> movements) {
  lines_.clear();
  if (orders_) orders_->begin_order(movements.front().lsn, default_priority);
  if (movements.front().kind == MovementKind::priority) {
    if (orders_) orders_->set_priority(static_cast<std::uint8_t>(movements.front().quantity));
    movements = movements.subspan(1);
  }
  std::uint64_t taken = 0;
  for (const Movement& movement : movements) {
    if (is_line(movement.kind)) lines_.push_back({&movement, 0});
    if (lines_.empty() || movement.warehouse == 0) continue;
    if (orders_ && orders_->is_overtaking(movement.sku)) {
      findings_.violate(Violation::overtaken, [&] {
        return fmt::format("LSN {} takes {} of SKU {}, for which an earlier order waits", movement.lsn, movement.quantity, movement.sku);
      });
    }
    lines_.back().taken += movement.quantity;
    taken += movement.quantity;
    cells_.take(movement);
  }
  const bool refused = taken == 0 && !lines_.empty() && lines_.front().line->kind == MovementKind::line_or_kill;
  for (const LineSum& sum : lines_) line(sum, refused);
  if (refused) refused_order();
}

// What is neither taken nor waits is cancelled, where the policy says so.
void Judge::line(const LineSum& sum, bool refused) {
  const Movement& line = *sum.line;
  ++verdict_.lines;
  if (orders_) orders_->add_line(line.sku, sum.taken, line.backordered);
  const std::uint64_t covered = sum.taken + line.backordered;
  const bool may_cancel = line.kind == MovementKind::line_or_cancel || refused;
  const bool may_wait = line.kind == MovementKind::order_line;
  if (covered > line.asked || (covered < line.asked && !may_cancel) || (line.backordered != 0 && !may_wait)) {
    findings_.violate(Violation::unbalanced_line, [&] {
      return fmt::format("LSN {}, SKU {}: {} asked for, {} taken, {} backordered", line.lsn, line.sku, line.asked, sum.taken, line.backordered);
    });
  }
  add_waiting(line.sku, line.backordered);
  const bool is_short = line.backordered != 0 || (line.kind == MovementKind::line_or_cancel && covered < line.asked);
  if (!is_short || !open_causes_.empty()) return;
  if (const std::uint64_t units = cells_.certainly_available(line.sku); units != 0) needless(line.lsn, line.sku, units);
}

// fill_or_kill: refused although every line had enough.
void Judge::refused_order() {
  if (!open_causes_.empty()) return;
  const bool enough = std::all_of(lines_.begin(), lines_.end(), [&](const LineSum& sum) {
    return cells_.certainly_available(sum.line->sku) >= sum.line->asked;
  });
  if (enough) needless(lines_.front().line->lsn, lines_.front().line->sku, cells_.certainly_available(lines_.front().line->sku));
}

void Judge::needless(std::uint64_t lsn, std::uint32_t sku, std::uint64_t units) {
  findings_.violate(Violation::needless_shortage, [&] {
    return fmt::format("LSN {}: units of SKU {} wait or are refused while {} are available", lsn, sku, units);
  });
}

// After units of this SKU came free: nobody may be left waiting, unless fills follow.
void Judge::gave(std::uint32_t sku, std::uint64_t lsn) {
  if (!orders_ || !open_causes_.empty() || !orders_->has_waiters(sku)) return;
  if (const std::uint64_t units = cells_.certainly_available(sku); units != 0) needless(lsn, sku, units);
}

void Judge::receipt(std::span<const Movement> movements) {
  ++verdict_.receipts;
  for (const Movement& movement : movements) cells_.receive(movement);
  for (const Movement& movement : movements) gave(movement.sku, movement.lsn);
}

void Judge::cancel(std::span<const Movement> movements) {
  ++verdict_.cancels;
  for (std::size_t index = 0; index < movements.size();) {
    const auto row = row_at(movements, index);
    std::uint64_t units = 0;
    for (const Movement& released : row.subspan(1)) {
      units += released.quantity;
      cells_.release(released);
    }
    add_waiting(row.front().sku, -static_cast<std::int64_t>(row.front().quantity));
    if (orders_) orders_->cancel(row.front(), units);
    index += row.size();
  }
  for (const Movement& movement : movements) {
    if (movement.kind == MovementKind::released) gave(movement.sku, movement.lsn);
  }
}

void Judge::shipment(std::span<const Movement> movements) {
  ++verdict_.shipments;
  for (std::size_t index = 0; index < movements.size();) {
    const auto row = row_at(movements, index);
    std::uint64_t units = 0;
    for (const Movement& shipped : row.subspan(1)) {
      units += shipped.quantity;
      cells_.ship(shipped);
    }
    if (orders_) orders_->ship(row.front(), units);
    index += row.size();
  }
}

void Judge::fill(std::span<const Movement> movements) {
  ++verdict_.fills;
  const Movement& cause = movements.front();
  const auto row = movements.subspan(1);
  std::uint64_t units = 0;
  for (const Movement& taken : row.subspan(1)) {
    units += taken.quantity;
    cells_.take(taken);
  }
  if (orders_) orders_->fill(row.front(), units);
  add_waiting(row.front().sku, -static_cast<std::int64_t>(units));
  if (!open_causes_.contains(cause.reference())) {
    findings_.surprise(findings_.gaps() == 0, Violation::broken_fills, [&] {
      return fmt::format("LSN {} is a fill caused by LSN {}, which has no fills outstanding", cause.lsn, cause.reference());
    });
  }
  if (cause.quantity == 1) open_causes_.erase(cause.reference());
  gave(row.front().sku, cause.lsn);
}

void Judge::add_waiting(std::uint32_t sku, std::int64_t units) {
  if (sku - 1U < backordered_.size()) backordered_[sku - 1U] += units;
}

void Judge::finish(const StockSnapshot& after) {
  const std::uint64_t last = findings_.last_lsn();
  if (after.last_lsn < last) {
    findings_.violate(Violation::wrong_final_stock, [&] {
      return fmt::format("the server's figures after the run are of LSN {}, but it had answered LSN {}", after.last_lsn, last);
    });
  } else if (after.last_lsn > last) {
    findings_.advance(after.last_lsn + 1);
  }
  cells_.compare(after);
  const bool certain = findings_.gaps() == 0;
  for (std::size_t index = 0; index < backordered_.size(); ++index) {
    if (backordered_[index] == static_cast<std::int64_t>(after.backordered[index])) continue;
    findings_.surprise(certain, Violation::wrong_final_backorders, [&] {
      return fmt::format("SKU {}: the decisions leave {} backordered, the server says {}", index + 1, backordered_[index], after.backordered[index]);
    });
  }
  for (const std::uint64_t cause : open_causes_) {
    findings_.surprise(certain, Violation::broken_fills, [&] { return fmt::format("the last fill of LSN {} never came", cause); });
  }
}

}  // namespace earmark::loadtest
