// The judge's model of checkout holds: what each open one has in which cell. A hold ends once, and gives back or turns into an
// order exactly what it has. Holds are named by the LSN of their decision. Not thread-safe.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "loadtest/findings.hpp"

namespace earmark::loadtest {

class HoldLedger {
 public:
  HoldLedger(const StockSnapshot& before, Findings& findings) : before_(before), findings_(findings) {}

  // One take of the hold that was decided at this LSN.
  void add(const Movement& take);
  // `returned`: all rows of the decision that ends a hold, released or confirmed.
  void end(std::span<const Movement> returned);

 private:
  struct Held {
    std::uint32_t sku = 0;
    std::uint16_t warehouse = 0;
    std::uint32_t units = 0;

    bool operator==(const Held&) const noexcept = default;
  };

  const StockSnapshot& before_;
  Findings& findings_;
  std::unordered_map<std::uint64_t, std::vector<Held>> open_;
};

}  // namespace earmark::loadtest
