// What the judge found while it reads a history: counts by kind, the first of each in words, and how much of the log is
// not this run's. Not thread-safe.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "loadtest/history.hpp"

namespace earmark::loadtest {

class Findings {
 public:
  Findings(Verdict& verdict, std::uint64_t last_lsn, std::span<const std::uint64_t> bookkeeping)
      : verdict_(verdict), last_lsn_(last_lsn), bookkeeping_(bookkeeping) {}

  Verdict& verdict() noexcept { return verdict_; }
  std::uint64_t last_lsn() const noexcept { return last_lsn_; }
  // How often LSNs were missing so far.
  std::uint32_t gaps() const noexcept { return gaps_; }

  // The next decision is `lsn`; those between it and the last one are not in the history.
  void advance(std::uint64_t lsn) noexcept {
    if (lsn > last_lsn_ + 1) {
      const auto begin = std::upper_bound(bookkeeping_.begin(), bookkeeping_.end(), last_lsn_);
      const auto end = std::lower_bound(begin, bookkeeping_.end(), lsn);
      const std::uint64_t foreign = lsn - last_lsn_ - 1 - static_cast<std::uint64_t>(end - begin);
      verdict_.foreign_lsns += foreign;
      if (foreign != 0) ++gaps_;
    }
    last_lsn_ = std::max(last_lsn_, lsn);
  }

  // `text` is called for the first of its kind only.
  template <class Text>
  void violate(Violation violation, Text text) {
    if (verdict_.violations[static_cast<std::size_t>(violation)]++ != 0) return;
    verdict_.examples.push_back(std::string(name(violation)) + ": " + text());
  }
  // A violation only if no decision that we did not see can explain it.
  template <class Text>
  void surprise(bool certain, Violation violation, Text text) {
    if (certain) {
      violate(violation, text);
    } else {
      ++verdict_.unexplained;
    }
  }

 private:
  Verdict& verdict_;
  std::uint64_t last_lsn_;
  std::uint32_t gaps_ = 0;
  std::span<const std::uint64_t> bookkeeping_;
};

}  // namespace earmark::loadtest
