// The judge's model of cells: what each has available and reserved, as the decisions read so far leave it.
// Not thread-safe.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "loadtest/findings.hpp"

namespace earmark::loadtest {

class CellLedger {
 public:
  CellLedger(const StockSnapshot& before, Findings& findings);

  // The units leave available for reserved; come in from outside; go back from reserved; leave the house from reserved.
  void take(const Movement& movement);
  void receive(const Movement& movement);
  void release(const Movement& movement);
  void ship(const Movement& movement);
  // The units leave available for held; go back from there; become reserved from there, by the order that confirms the hold.
  void hold(const Movement& movement);
  void give_back(const Movement& movement);
  void convert(const Movement& movement);
  // Must be true now or become true later.
  void observe(const Movement& seen);

  // Units of the SKU in all warehouses, if they are certain; otherwise 0.
  std::uint64_t certainly_available(std::uint32_t sku) const;
  // Against the server's own figures; the observations that never came true.
  void compare(const StockSnapshot& after);
  std::string describe(std::size_t cell) const;

 private:
  struct Cell {
    std::uint32_t available = 0;
    std::uint32_t known_since = 0;  // gaps when the cell was last seen
    std::int64_t reserved = 0;      // less than before the run when earlier orders ship
    std::int64_t held = 0;
    bool touched = false, has_pending = false;
  };

  void take_from(Cell& cell, std::size_t index, const Movement& movement);
  Cell* find(const Movement& movement, std::size_t& index);
  void set_available(Cell& cell, std::size_t index, const Movement& movement, std::uint64_t expected);
  void settle_observations(std::size_t index);
  // No decision that we did not see can have touched the cell since it was last seen.
  bool is_certain(const Cell& cell) const { return cell.known_since == findings_.gaps(); }

  const StockSnapshot& before_;
  Findings& findings_;
  std::vector<Cell> cells_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> pending_;  // observed, but not yet seen to be true
};

}  // namespace earmark::loadtest
