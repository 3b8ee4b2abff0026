// The judge's model of orders: what each line waits for, has reserved and has shipped, and who waits for a SKU in which
// order. Built only for runs with more than orders and checks: 24 bytes for each line, 4 more for one that waits.
// Orders are named by the LSN of their decision, lines by their number, which is their position from 1. Not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "loadtest/findings.hpp"

namespace earmark::loadtest {

class OrderLedger {
 public:
  // SKUs for which somebody waited before the run have waiters that we do not know.
  OrderLedger(const StockSnapshot& before, Findings& findings);

  void begin_order(std::uint64_t lsn, std::uint8_t priority);
  void set_priority(std::uint8_t priority) { orders_.back().priority = priority; }  // of the order begun last
  // A line of the order begun last.
  void add_line(std::uint32_t sku, std::uint64_t taken, std::uint32_t waiting);
  // Whether the order begun last may not take units of this SKU because somebody waits ahead of it.
  bool is_overtaking(std::uint32_t sku);
  // The same for one who comes with this priority and is no order.
  bool is_overtaking(std::uint32_t sku, std::uint8_t priority);
  // Whether somebody waits for it, as far as is known.
  bool has_waiters(std::uint32_t sku);

  // One line's part of a decision. `units` is what its takes add up to.
  void cancel(const Movement& row, std::uint64_t units);
  void ship(const Movement& line, std::uint64_t units);
  void fill(const Movement& line, std::uint64_t units);
  void show(const Movement& line, const Movement& units);

 private:
  struct Order {
    std::uint64_t lsn = 0;
    std::uint32_t first_line = 0;
    std::uint8_t priority = 0;
  };
  struct Line {
    std::uint32_t sku = 0, waiting = 0, shipped = 0;
    std::uint64_t reserved = 0;
  };
  // Waiters of one priority in their order; those who wait no more are passed over.
  struct Waiters {
    std::uint8_t priority = 0;
    std::size_t head = 0;
    std::vector<std::uint32_t> lines;
  };

  Line* find(const Movement& line);
  // The first waiter of the SKU; ~0 if none.
  std::uint32_t first_waiter(std::uint32_t sku, std::uint8_t& priority);
  bool knows_queue(std::uint32_t sku) const;
  bool is_certain() const { return findings_.gaps() == 0; }
  void disagree(const Movement& movement, const char* what, std::uint64_t said, std::uint64_t known);

  const StockSnapshot& before_;
  Findings& findings_;
  std::vector<Order> orders_;  // by LSN
  std::vector<Line> lines_;
  std::vector<std::vector<Waiters>> queues_;  // sku - 1; higher priority first
};

}  // namespace earmark::loadtest
