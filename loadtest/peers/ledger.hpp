// What a peer answered, summed up as the answers came, and the judge of it: after the run the peer's own data must be
// what its answers lead to. One thread.
//   - every order answered once; every line: ordered = reserved + queued
//   - no cell ever below zero, and each cell is its opening stock less what was reserved of it
//   - each SKU's queue holds what its lines left waiting; the recorded orders are those that were answered
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "loadtest/peers/peer_options.hpp"

namespace earmark::loadtest::peers {

using Taken = std::array<std::uint32_t, warehouse_count>;  // units of one line, by warehouse

// What stands in the peer after the run, added up by its client.
struct PeerState {
  std::vector<std::array<std::int64_t, warehouse_count>> available;  // by SKU
  std::vector<std::uint64_t> queued;                                 // by SKU, units
  std::uint64_t recorded_orders = 0, recorded_reserved = 0, recorded_queued = 0;
};

class Ledger {
 public:
  explicit Ledger(const WorkloadShape& shape, double short_share);

  std::uint32_t opening_of(std::uint32_t sku) const noexcept { return without_stock_[sku] ? 0 : opening_stock; }
  std::uint32_t skus() const noexcept { return static_cast<std::uint32_t>(without_stock_.size()); }

  void sent() noexcept { ++sent_; }
  void answered() noexcept { ++answered_; }
  void order_answered() noexcept { ++answered_, ++orders_; }
  // The answer for one line. True if something of it waits.
  bool line(const AskedLine& asked, const Taken& taken, std::uint32_t queued);
  // An answer that is an error, cannot be read, or is about something else.
  void bad_answer(const std::string& what);

  std::uint64_t orders() const noexcept { return orders_; }
  std::uint64_t sent_count() const noexcept { return sent_; }
  std::uint64_t answered_count() const noexcept { return answered_; }

  // Call once, when the run has ended. Afterwards violations() and examples() are complete.
  void judge(const PeerState& state);
  const std::map<std::string, std::uint64_t>& violations() const noexcept { return violations_; }
  const std::vector<std::string>& examples() const noexcept { return examples_; }
  std::uint64_t lines() const noexcept { return lines_; }
  bool vacuous() const noexcept { return answered_ == 0; }
  bool passed() const noexcept { return violations_.empty() && !vacuous(); }

 private:
  void violate(const char* kind, const std::string& example);
  void judge_sku(std::uint32_t sku, const PeerState& state);

  std::vector<bool> without_stock_;
  std::vector<Taken> reserved_;        // by SKU
  std::vector<std::uint64_t> queued_;  // by SKU
  std::uint64_t sent_ = 0, answered_ = 0, orders_ = 0, lines_ = 0;
  std::uint64_t units_ordered_ = 0, units_reserved_ = 0, units_queued_ = 0;
  std::map<std::string, std::uint64_t> violations_;
  std::vector<std::string> examples_;  // the first of each kind
};

}  // namespace earmark::loadtest::peers
