// What the judge of a dump found: how often each promise is broken, and the first ones in words. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::loadtest {

// Whose invariant a finding is about; docs/TESTING.md says what is judged from what.
enum class Promise : std::uint8_t { never_oversell, conservation, work_conserving, no_overtaking, exactly_once, holds, lsn_order, decisions, causes };
inline constexpr std::size_t promise_count = 9;
// e.g. "I1 never oversell"
std::string_view name(Promise promise) noexcept;

struct DumpVerdict {
  std::uint64_t skips = 0, turned_strict = 0;
  std::uint64_t records = 0, orders = 0, receipts = 0, fills = 0, cancels = 0, ships = 0, loads = 0, voids = 0, changes = 0, holds = 0, ended_holds = 0, steps = 0, transfers = 0, arrivals = 0;
  std::uint64_t purchases = 0, purchase_steps = 0, purchase_receipts = 0;
  std::uint64_t rules = 0, reorders = 0, overdue = 0, moved_dates = 0;
  std::uint64_t base_lines = 0, unknown = 0;  // lines of a base; records of types that are not known
  std::uint64_t first_lsn = 0, last_lsn = 0;
  bool is_full = false;  // the dump has what decisions rest on: --full
  std::uint64_t outstanding_cause = 0;  // whose last fill is not in the dump; 0: none
  std::array<std::uint64_t, promise_count> broken{};
  std::vector<std::string> examples;  // the first ones of each promise, in the order in which they were found

  bool failed() const noexcept;
  bool vacuous() const noexcept { return records == 0 && base_lines == 0; }
  std::uint64_t operator[](Promise promise) const noexcept { return broken[static_cast<std::size_t>(promise)]; }
};

class DumpFindings {
 public:
  explicit DumpFindings(DumpVerdict& verdict) : verdict_(verdict) {}

  // `text` is called for the first few only.
  template <class Text>
  void violate(Promise promise, std::uint64_t lsn, Text text) {
    constexpr std::uint64_t most_examples = 5;
    if (verdict_.broken[static_cast<std::size_t>(promise)]++ >= most_examples) return;
    verdict_.examples.push_back(std::string(name(promise)) + ": LSN " + std::to_string(lsn) + ": " + text());
  }

 private:
  DumpVerdict& verdict_;
};

}  // namespace earmark::loadtest
