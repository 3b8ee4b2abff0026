#include "loadtest/hold_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace earmark::loadtest {

void HoldLedger::add(const Movement& take) { open_[take.lsn].push_back({take.sku, take.warehouse, take.quantity}); }

void HoldLedger::end(std::span<const Movement> returned) {
  const Movement& first = returned.front();
  const std::uint64_t lsn = first.reference();
  const auto hold = open_.find(lsn);
  if (hold == open_.end()) {
    if (lsn <= before_.last_lsn) return;  // one from before the run
    findings_.surprise(findings_.gaps() == 0, Violation::wrong_hold, [&] {
      return fmt::format("LSN {} ends the hold decided at LSN {}, which is not open", first.lsn, lsn);
    });
    return;
  }
  std::vector<Held> missing = hold->second;
  bool fits = true;
  for (const Movement& row : returned) {
    const auto same = std::find(missing.begin(), missing.end(), Held{row.sku, row.warehouse, row.quantity});
    fits &= same != missing.end() && row.reference() == lsn;
    if (same != missing.end()) missing.erase(same);
  }
  if (!fits || !missing.empty()) {
    findings_.violate(Violation::wrong_hold, [&] {
      return fmt::format("LSN {} ends the hold decided at LSN {} with other units than it had: {} in cells with others, {} in cells left out", first.lsn, lsn,
                         fits ? "none" : "some", missing.size());
    });
  }
  open_.erase(hold);
}

}  // namespace earmark::loadtest
