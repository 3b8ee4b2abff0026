// Reads the decisions of a run one by one, in LSN order, against the ledgers of cells and of orders. Not thread-safe.
#pragma once

#include <optional>
#include <span>
#include <unordered_set>
#include <vector>

#include "loadtest/cell_ledger.hpp"
#include "loadtest/hold_ledger.hpp"
#include "loadtest/order_ledger.hpp"

namespace earmark::loadtest {

class Judge {
 public:
  // `with_orders`: the history has more than orders and checks, so every line is kept.
  Judge(const StockSnapshot& before, Verdict& verdict, bool with_orders, std::span<const std::uint64_t> bookkeeping);

  // All movements of one decision; or of one observation or view, after the decision with its LSN.
  void decision(std::span<const Movement> movements);
  void observation(std::span<const Movement> movements);
  void finish(const StockSnapshot& after);

 private:
  struct LineSum {
    const Movement* line = nullptr;
    std::uint64_t taken = 0;
  };

  void order(std::span<const Movement> movements);
  void hold(std::span<const Movement> movements);
  void end_hold(std::span<const Movement> movements);
  void confirmed_order(std::span<const Movement> returned, std::span<const Movement> lines);
  void line(const LineSum& sum, bool refused);
  void refused_order();
  void receipt(std::span<const Movement> movements);
  void cancel(std::span<const Movement> movements);
  void shipment(std::span<const Movement> movements);
  void fill(std::span<const Movement> movements);
  void gave(std::uint32_t sku, std::uint64_t lsn);
  void needless(std::uint64_t lsn, std::uint32_t sku, std::uint64_t units);
  void add_waiting(std::uint32_t sku, std::int64_t units);

  const StockSnapshot& before_;
  Verdict& verdict_;
  Findings findings_;
  CellLedger cells_;
  std::optional<OrderLedger> orders_;
  HoldLedger holds_;
  std::vector<std::int64_t> backordered_;
  std::unordered_set<std::uint64_t> open_causes_;  // whose last fill has not been seen
  std::vector<LineSum> lines_;                     // of the order that is read
};

}  // namespace earmark::loadtest
