// What the requests of a run are, in shares: kinds of requests, policies and priorities of orders.
// Pure. The text form is NAME=SHARE,NAME=SHARE ...; shares are any numbers, only their proportions count.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.hpp"
#include "engine/types.hpp"

namespace earmark::loadtest {

enum class RequestKind : std::uint8_t { order,
                                        check,
                                        cancel,
                                        receipt,
                                        ship,
                                        show,
                                        hold,
                                        // What becomes of holds: they follow their answers, no mix names them.
                                        confirm,
                                        release };
inline constexpr std::size_t request_kinds = 9, kinds_of_mixes = 7;
// "orders", "checks" ...: as they stand in --mix and in reports.
std::string_view plural(RequestKind kind) noexcept;

// Values with their share of all draws; the shares sum to 1. Drawing from one value alone needs no random number.
template <class Value>
class Shares {
 public:
  struct Entry {
    Value value{};
    double share = 0;
  };

  Shares() = default;
  explicit Shares(Value only) : entries_{{only, 1}} {}
  // Shares of any scale; those of 0 are left out.
  explicit Shares(const std::vector<Entry>& weights) {
    double sum = 0;
    for (const Entry& entry : weights) sum += entry.share;
    for (const Entry& entry : weights) {
      if (entry.share > 0) entries_.push_back({entry.value, entry.share / sum});
    }
  }

  bool is_one_value() const noexcept { return entries_.size() == 1; }
  const std::vector<Entry>& entries() const noexcept { return entries_; }
  double share_of(Value value) const noexcept {
    for (const Entry& entry : entries_) {
      if (entry.value == value) return entry.share;
    }
    return 0;
  }
  // `unit` is 0 <= unit < 1.
  Value pick(double unit) const noexcept {
    for (const Entry& entry : entries_) {
      if (unit < entry.share) return entry.value;
      unit -= entry.share;
    }
    return entries_.back().value;
  }

 private:
  std::vector<Entry> entries_;
};

using Mix = Shares<RequestKind>;
using PolicyShares = Shares<engine::Policy>;
using PriorityShares = Shares<engine::Priority>;

// The error is a sentence about the text.
Result<Mix, std::string> parse_mix(const std::string& text);
Result<PolicyShares, std::string> parse_policies(const std::string& text);
Result<PriorityShares, std::string> parse_priorities(const std::string& text);

// "orders 80 %, checks 20 %"
std::string describe(const Mix& mix);

}  // namespace earmark::loadtest
