#include "loadtest/order_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {
namespace {

constexpr std::uint32_t nobody = ~0U;

}  // namespace

OrderLedger::OrderLedger(const StockSnapshot& before, Findings& findings)
    : before_(before), findings_(findings), queues_(before.backordered.size()) {}

void OrderLedger::begin_order(std::uint64_t lsn, std::uint8_t priority) {
  orders_.push_back({lsn, static_cast<std::uint32_t>(lines_.size()), priority});
}

void OrderLedger::add_line(std::uint32_t sku, std::uint64_t taken, std::uint32_t waiting) {
  lines_.push_back({sku, waiting, 0, taken});
  if (waiting == 0 || sku - 1U >= queues_.size()) return;
  std::vector<Waiters>& queue = queues_[sku - 1U];
  const std::uint8_t priority = orders_.back().priority;
  const auto behind = std::find_if(queue.begin(), queue.end(), [&](const Waiters& other) { return other.priority <= priority; });
  const bool is_there = behind != queue.end() && behind->priority == priority;
  Waiters& waiters = is_there ? *behind : *queue.insert(behind, {priority, 0, {}});
  waiters.lines.push_back(static_cast<std::uint32_t>(lines_.size() - 1));
}

bool OrderLedger::knows_queue(std::uint32_t sku) const {
  return sku - 1U < queues_.size() && before_.backordered[sku - 1U] == 0 && is_certain();
}

std::uint32_t OrderLedger::first_waiter(std::uint32_t sku, std::uint8_t& priority) {
  if (sku - 1U >= queues_.size()) return nobody;
  for (Waiters& waiters : queues_[sku - 1U]) {
    while (waiters.head < waiters.lines.size() && lines_[waiters.lines[waiters.head]].waiting == 0) ++waiters.head;
    priority = waiters.priority;
    if (waiters.head < waiters.lines.size()) return waiters.lines[waiters.head];
  }
  return nobody;
}

bool OrderLedger::is_overtaking(std::uint32_t sku) { return is_overtaking(sku, orders_.back().priority); }

bool OrderLedger::is_overtaking(std::uint32_t sku, std::uint8_t own_priority) {
  std::uint8_t priority = 0;
  return knows_queue(sku) && first_waiter(sku, priority) != nobody && priority >= own_priority;
}

bool OrderLedger::has_waiters(std::uint32_t sku) {
  std::uint8_t priority = 0;
  return knows_queue(sku) && first_waiter(sku, priority) != nobody;
}

OrderLedger::Line* OrderLedger::find(const Movement& line) {
  const std::uint64_t lsn = line.reference();
  const auto order = std::lower_bound(orders_.begin(), orders_.end(), lsn, [](const Order& other, std::uint64_t wanted) { return other.lsn < wanted; });
  if (order != orders_.end() && order->lsn == lsn) {
    const std::size_t end = order + 1 == orders_.end() ? lines_.size() : (order + 1)->first_line;
    const std::size_t index = std::size_t{order->first_line} + line.available_after - 1U;
    if (line.available_after != 0 && index < end && lines_[index].sku == line.sku) return &lines_[index];
  }
  if (lsn <= before_.last_lsn) return nullptr;  // an order from before the run
  findings_.surprise(is_certain(), Violation::wrong_order_state, [&] {
    return fmt::format("LSN {} names line {} (SKU {}) of the order decided at LSN {}, which has no such line", line.lsn, line.available_after,
                       line.sku, lsn);
  });
  return nullptr;
}

void OrderLedger::disagree(const Movement& movement, const char* what, std::uint64_t said, std::uint64_t known) {
  findings_.surprise(is_certain(), Violation::wrong_order_state, [&] {
    return fmt::format("LSN {}: line {} of the order decided at LSN {} has {} {}, but {} said", movement.lsn, movement.available_after,
                       movement.reference(), known, what, said);
  });
}

void OrderLedger::cancel(const Movement& row, std::uint64_t units) {
  Line* line = find(row);
  if (line == nullptr) return;
  if (row.quantity > line->waiting) disagree(row, "waiting, to be cancelled", row.quantity, line->waiting);
  if (units > line->reserved) disagree(row, "reserved, to be released", units, line->reserved);
  line->waiting -= std::min(line->waiting, row.quantity);
  line->reserved -= std::min(line->reserved, units);
  const bool nothing_left = row.warehouse == 1;
  if (line->waiting != 0 && (units != 0 || nothing_left)) disagree(row, "waiting after the cancel, which comes first,", 0, line->waiting);
  if (line->reserved != 0 && nothing_left) disagree(row, "reserved after the cancel", 0, line->reserved);
}

void OrderLedger::ship(const Movement& shipped, std::uint64_t units) {
  Line* line = find(shipped);
  if (line == nullptr) return;
  if (units != line->reserved) disagree(shipped, "reserved, to be shipped", units, line->reserved);
  line->shipped += static_cast<std::uint32_t>(units);
  line->reserved = 0;
}

void OrderLedger::fill(const Movement& filled, std::uint64_t units) {
  Line* line = find(filled);
  if (line == nullptr) return;
  std::uint8_t priority = 0;
  const std::uint32_t first = first_waiter(filled.sku, priority);
  if (knows_queue(filled.sku) && first != static_cast<std::uint32_t>(line - lines_.data())) {
    findings_.violate(Violation::overtaken, [&] {
      return fmt::format("LSN {} serves line {} of the order decided at LSN {}, but another line is first in the queue of SKU {}", filled.lsn,
                         filled.available_after, filled.reference(), filled.sku);
    });
  }
  if (line->waiting < units || line->waiting - units != filled.quantity) {
    disagree(filled, "waiting after the fill", filled.quantity, line->waiting - std::min<std::uint64_t>(units, line->waiting));
  }
  line->waiting -= static_cast<std::uint32_t>(std::min<std::uint64_t>(line->waiting, units));
  line->reserved += units;
}

void OrderLedger::show(const Movement& shown, const Movement& units) {
  const Line* line = find(shown);
  if (line == nullptr) return;
  if (shown.quantity != line->waiting) disagree(shown, "waiting", shown.quantity, line->waiting);
  if (units.quantity != line->reserved) disagree(shown, "reserved", units.quantity, line->reserved);
  if (units.available_after != line->shipped) disagree(shown, "shipped", units.available_after, line->shipped);
}

}  // namespace earmark::loadtest
