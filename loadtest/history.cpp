#include "loadtest/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/check.hpp"

namespace earmark::loadtest {
namespace {

// Where a decision or observation begins. Observations of an LSN come after its decision.
struct Entry {
  std::uint64_t order = 0;  // lsn << 1 | observation
  const History* history = nullptr;
  std::size_t begin = 0;

  std::uint64_t lsn() const noexcept { return order >> 1; }
  bool is_observation() const noexcept { return (order & 1) != 0; }
};

std::vector<Entry> in_lsn_order(std::span<const History* const> histories) {
  std::vector<Entry> entries;
  for (const History* history : histories) {
    for (std::size_t page = 0, index = 0; page < history->page_count(); ++page) {
      for (const Movement& movement : history->page(page)) {
        const std::uint64_t observed = movement.kind == MovementKind::observed ? 1 : 0;
        if (movement.begins_decision) entries.push_back({movement.lsn << 1 | observed, history, index});
        ++index;
      }
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) { return left.order < right.order; });
  return entries;
}

// The model: what every cell has, as the decisions read so far leave it.
class Ledger {
 public:
  Ledger(const StockSnapshot& before, Verdict& verdict)
      : before_(before), verdict_(verdict), available_(before.available), backordered_(before.backordered),
        known_since_(before.available.size(), 0), touched_(before.available.size(), false),
        has_pending_(before.available.size(), false), last_lsn_(before.first_lsn) {}

  void read(const Entry& entry) {
    if (entry.is_observation()) {
      for (std::size_t index = entry.begin; in_entry(entry, index); ++index) observe((*entry.history)[index]);
      return;
    }
    if (verdict_.decisions++ == 0) verdict_.first_lsn = entry.lsn();
    verdict_.last_lsn = entry.lsn();
    if (entry.lsn() <= last_lsn_) {
      violate(Violation::duplicate_lsn, [&] {
        return fmt::format("LSN {} was given to more than one decision, or before the run (which began after LSN {})",
                           entry.lsn(), before_.first_lsn);
      });
    }
    advance(entry.lsn());
    for (std::size_t index = entry.begin; in_entry(entry, index); ++index) {
      const Movement& movement = (*entry.history)[index];
      if (movement.kind == MovementKind::order_line) begin_line(movement);
      if (movement.warehouse != 0) take(movement);
    }
    end_line();
  }

  void compare(const StockSnapshot& after) {
    if (after.last_lsn < last_lsn_) {
      violate(Violation::wrong_final_stock, [&] {
        return fmt::format("the server's figures after the run are of LSN {}, but it had answered LSN {}", after.last_lsn, last_lsn_);
      });
    } else if (after.last_lsn > last_lsn_) {
      advance(after.last_lsn + 1);
    }
    for (std::size_t cell = 0; cell < available_.size(); ++cell) {
      if (touched_[cell]) ++verdict_.cells;
      if (available_[cell] == after.available[cell]) continue;
      surprise(Violation::wrong_final_stock, cell, [&] {
        return fmt::format("{}: the decisions leave {} available, the server says {}", describe(cell), available_[cell],
                           after.available[cell]);
      });
    }
    for (std::size_t sku = 0; sku < backordered_.size(); ++sku) {
      if (backordered_[sku] == after.backordered[sku]) continue;
      surprise_if(gaps_ == 0, Violation::wrong_final_backorders, [&] {
        return fmt::format("SKU {}: the decisions leave {} backordered, the server says {}", sku + 1, backordered_[sku],
                           after.backordered[sku]);
      });
    }
    for (const auto& [cell, values] : pending_) {
      for (const std::uint32_t value : values) {
        surprise_if(gaps_ == 0, Violation::false_observation, [&, at = cell] {
          return fmt::format("{}: a stock check said {} available, which it never had from then on", describe(at), value);
        });
      }
    }
  }

 private:
  static bool in_entry(const Entry& entry, std::size_t index) {
    return index < entry.history->size() && (index == entry.begin || !(*entry.history)[index].begins_decision);
  }
  std::string describe(std::size_t cell) const {
    return fmt::format("SKU {} in warehouse {}", cell / before_.warehouses + 1, cell % before_.warehouses + 1);
  }

  // Decisions between the last one read and `lsn` that are not in the history.
  void advance(std::uint64_t lsn) {
    if (lsn > last_lsn_ + 1) {
      verdict_.foreign_lsns += lsn - last_lsn_ - 1;
      ++gaps_;
    }
    last_lsn_ = std::max(last_lsn_, lsn);
  }

  void begin_line(const Movement& line) {
    end_line();
    line_ = &line;
    taken_ = 0;
    ++verdict_.lines;
  }

  void end_line() {
    if (line_ == nullptr) return;
    const Movement& line = *std::exchange(line_, nullptr);
    if (taken_ + line.backordered != line.asked) {
      violate(Violation::unbalanced_line, [&] {
        return fmt::format("LSN {}, SKU {}: {} asked for, {} taken, {} backordered", line.lsn, line.sku, line.asked, taken_, line.backordered);
      });
    }
    if (line.backordered == 0 || line.sku - 1U >= backordered_.size()) return;
    backordered_[line.sku - 1U] += line.backordered;
    for (std::uint16_t warehouse = 1; warehouse <= before_.warehouses; ++warehouse) {
      const std::size_t cell = before_.cell(line.sku, warehouse);
      if (available_[cell] == 0 || !is_certain(cell)) continue;
      violate(Violation::needless_shortage, [&] {
        return fmt::format("LSN {}: {} units wait while {} has {} available", line.lsn, line.backordered, describe(cell),
                           available_[cell]);
      });
    }
  }

  void take(const Movement& movement) {
    ++verdict_.takes;
    taken_ += movement.quantity;
    if (!before_.holds(movement.sku, movement.warehouse)) return unknown(movement);
    const std::size_t cell = before_.cell(movement.sku, movement.warehouse);
    const std::uint32_t had = available_[cell];
    if (movement.quantity > had) {
      surprise(Violation::oversold, cell, [&] {
        return fmt::format("LSN {}: {} taken from {}, which had {}", movement.lsn, movement.quantity, describe(cell), had);
      });
    } else if (movement.available_after != had - movement.quantity) {
      surprise(Violation::broken_chain, cell, [&] {
        return fmt::format("LSN {}: {} had {}, {} taken, but {} said to be left", movement.lsn, describe(cell), had,
                           movement.quantity, movement.available_after);
      });
    }
    available_[cell] = movement.available_after;
    known_since_[cell] = gaps_;
    touched_[cell] = true;
    if (has_pending_[cell]) settle_observations(cell);
  }

  void observe(const Movement& seen) {
    ++verdict_.observations;
    if (!before_.holds(seen.sku, seen.warehouse)) return unknown(seen);
    const std::size_t cell = before_.cell(seen.sku, seen.warehouse);
    if (available_[cell] == seen.available_after) return;
    pending_[cell].push_back(seen.available_after);
    has_pending_[cell] = true;
  }

  void settle_observations(std::size_t cell) {
    std::vector<std::uint32_t>& values = pending_[cell];
    std::erase(values, available_[cell]);
    if (!values.empty()) return;
    pending_.erase(cell);
    has_pending_[cell] = false;
  }

  void unknown(const Movement& movement) {
    violate(Violation::unknown_cell, [&] {
      return fmt::format("LSN {} names SKU {} in warehouse {}, which the catalogue has not", movement.lsn, movement.sku, movement.warehouse);
    });
  }

  // No decision that we did not see can have touched the cell since it was last seen.
  bool is_certain(std::size_t cell) const { return known_since_[cell] == gaps_; }

  template <class Text>
  void violate(Violation violation, Text text) {
    if (verdict_.violations[static_cast<std::size_t>(violation)]++ != 0) return;
    verdict_.examples.push_back(std::string(name(violation)) + ": " + text());
  }
  template <class Text>
  void surprise_if(bool certain, Violation violation, Text text) {
    if (certain) {
      violate(violation, text);
    } else {
      ++verdict_.unexplained;
    }
  }
  template <class Text>
  void surprise(Violation violation, std::size_t cell, Text text) {
    surprise_if(is_certain(cell), violation, text);
  }

  const StockSnapshot& before_;
  Verdict& verdict_;
  std::vector<std::uint32_t> available_;
  std::vector<std::uint64_t> backordered_;
  std::vector<std::uint32_t> known_since_;  // value of gaps_ when the cell was last seen
  std::vector<bool> touched_, has_pending_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> pending_;  // observed, but not yet seen to be true
  std::uint64_t last_lsn_;
  std::uint32_t gaps_ = 0;  // how often LSNs were missing
  const Movement* line_ = nullptr;
  std::uint64_t taken_ = 0;  // of line_
};

void judge_delivery(const Delivery& delivery, Verdict& verdict) {
  const auto count = [&](Violation violation, std::uint64_t number, std::string_view meaning) {
    if (number == 0) return;
    verdict.violations[static_cast<std::size_t>(violation)] += number;
    verdict.examples.push_back(fmt::format("{}: {} {}", name(violation), number, meaning));
  };
  const std::uint64_t unanswered = delivery.sent - std::min(delivery.sent, delivery.answered);
  count(Violation::unanswered, unanswered, "requests got no answer");
  count(Violation::unexpected_answer, delivery.unexpected, "answers belong to no open request");
  count(Violation::malformed_answer, delivery.malformed, "answers cannot be read");
  count(Violation::mismatched_answer, delivery.mismatched, "decisions are about another order than the one asked for");
  count(Violation::duplicate_answer, delivery.duplicates,
        "answers are marked duplicate, though every order was sent once; were these ids used before? Give another --id-prefix");
  count(Violation::out_of_order, delivery.out_of_order, "LSNs are not above those answered before the request was sent");
  count(Violation::error_answer, delivery.errors, "valid requests were refused");
}

}  // namespace

void Delivery::add(const Delivery& other) noexcept {
  sent += other.sent;
  answered += other.answered;
  unexpected += other.unexpected;
  malformed += other.malformed;
  mismatched += other.mismatched;
  duplicates += other.duplicates;
  out_of_order += other.out_of_order;
  errors += other.errors;
}

std::string_view name(Violation violation) noexcept {
  static constexpr std::array<std::string_view, violation_count> names = {
      "unanswered", "unexpected_answer", "malformed_answer", "mismatched_answer", "duplicate_answer", "out_of_order",
      "error_answer", "duplicate_lsn", "unknown_cell", "oversold", "broken_chain", "unbalanced_line",
      "needless_shortage", "false_observation", "wrong_final_stock", "wrong_final_backorders"};
  return names[static_cast<std::size_t>(violation)];
}

bool Verdict::failed() const noexcept {
  return std::any_of(violations.begin(), violations.end(), [](std::uint64_t count) { return count != 0; });
}

Verdict check(std::span<const History* const> histories, const Delivery& delivery, const StockSnapshot& before,
              const StockSnapshot& after) {
  EARMARK_CHECK(before.warehouses == after.warehouses && before.available.size() == after.available.size() &&
                before.backordered.size() == after.backordered.size());
  Verdict verdict;
  judge_delivery(delivery, verdict);
  Ledger ledger(before, verdict);
  for (const Entry& entry : in_lsn_order(histories)) ledger.read(entry);
  ledger.compare(after);
  return verdict;
}

}  // namespace earmark::loadtest
