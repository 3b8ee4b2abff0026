#include "loadtest/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/check.hpp"
#include "loadtest/judge.hpp"

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

bool is_observation(MovementKind kind) { return kind == MovementKind::observed || kind == MovementKind::shown_line; }

std::vector<Entry> in_lsn_order(std::span<const History* const> histories) {
  std::vector<Entry> entries;
  for (const History* history : histories) {
    for (std::size_t page = 0, index = 0; page < history->page_count(); ++page) {
      for (const Movement& movement : history->page(page)) {
        const std::uint64_t observed = is_observation(movement.kind) ? 1 : 0;
        if (movement.begins_decision) entries.push_back({movement.lsn << 1 | observed, history, index});
        ++index;
      }
    }
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& left, const Entry& right) { return left.order < right.order; });
  return entries;
}

bool is_of_orders_and_checks(MovementKind kind) {
  return kind <= MovementKind::priority;
}

bool has_only_orders_and_checks(std::span<const History* const> histories) {
  for (const History* history : histories) {
    for (std::size_t page = 0; page < history->page_count(); ++page) {
      const auto movements = history->page(page);
      if (!std::all_of(movements.begin(), movements.end(), [](const Movement& movement) { return is_of_orders_and_checks(movement.kind); })) return false;
    }
  }
  return true;
}

// The movements of an entry in one piece; copied only where they cross from one page to the next.
class Pieces {
 public:
  std::span<const Movement> of(const Entry& entry) {
    const History& history = *entry.history;
    const std::size_t page = entry.begin / History::page_elements;
    const auto in_page = history.page(page).subspan(entry.begin % History::page_elements);
    std::size_t count = 1;
    while (count < in_page.size() && !in_page[count].begins_decision) ++count;
    if (count < in_page.size() || page + 1 == history.page_count()) return in_page.first(count);
    copied_.assign(in_page.begin(), in_page.end());
    for (std::size_t index = entry.begin + count; index < history.size() && !history[index].begins_decision; ++index) copied_.push_back(history[index]);
    return copied_;
  }

 private:
  std::vector<Movement> copied_;
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
        "answers are marked duplicate, though their commands were sent once; were these ids used before? Give another --id-prefix");
  count(Violation::repeat_differs, delivery.repeats_differ, "commands sent twice got two different decisions");
  count(Violation::repeat_not_marked, delivery.repeats_not_marked, "commands sent twice have not exactly one answer marked duplicate");
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
  repeats += other.repeats;
  repeats_differ += other.repeats_differ;
  repeats_not_marked += other.repeats_not_marked;
}

std::string_view name(Violation violation) noexcept {
  static constexpr std::array<std::string_view, violation_count> names = {
      "unanswered", "unexpected_answer", "malformed_answer", "mismatched_answer", "duplicate_answer", "out_of_order",
      "error_answer", "duplicate_lsn", "unknown_cell", "oversold", "broken_chain", "unbalanced_line",
      "needless_shortage", "false_observation", "wrong_final_stock", "wrong_final_backorders",
      "repeat_differs", "repeat_not_marked", "overtaken", "broken_fills", "wrong_order_state", "wrong_hold"};
  return names[static_cast<std::size_t>(violation)];
}

std::string_view name(Rule rule) noexcept {
  static constexpr std::array<std::string_view, rule_count> names = {"every request answered", "exactly once", "never oversold", "conserved",
                                                                     "ordered"};
  return names[static_cast<std::size_t>(rule)];
}

Rule rule_of(Violation violation) noexcept {
  switch (violation) {
    case Violation::unanswered:
    case Violation::unexpected_answer:
    case Violation::malformed_answer:
    case Violation::mismatched_answer:
    case Violation::error_answer: return Rule::answered;
    case Violation::duplicate_answer:
    case Violation::duplicate_lsn:
    case Violation::repeat_differs:
    case Violation::repeat_not_marked: return Rule::exactly_once;
    case Violation::unknown_cell:
    case Violation::oversold:
    case Violation::broken_chain: return Rule::never_oversold;
    case Violation::unbalanced_line:
    case Violation::wrong_final_stock:
    case Violation::wrong_final_backorders:
    case Violation::wrong_order_state:
    case Violation::wrong_hold: return Rule::conserved;
    case Violation::out_of_order:
    case Violation::needless_shortage:
    case Violation::false_observation:
    case Violation::overtaken:
    case Violation::broken_fills: return Rule::ordered;
  }
  return Rule::answered;
}

std::uint64_t Verdict::broken(Rule rule) const noexcept {
  std::uint64_t count = 0;
  for (std::size_t index = 0; index < violation_count; ++index) {
    if (rule_of(static_cast<Violation>(index)) == rule) count += violations[index];
  }
  return count;
}

bool Verdict::failed() const noexcept {
  return std::any_of(violations.begin(), violations.end(), [](std::uint64_t count) { return count != 0; });
}

Verdict check(std::span<const History* const> histories, const Delivery& delivery, const StockSnapshot& before,
              const StockSnapshot& after, std::span<const std::uint64_t> bookkeeping) {
  EARMARK_CHECK(before.warehouses == after.warehouses && before.available.size() == after.available.size() &&
                before.backordered.size() == after.backordered.size());
  Verdict verdict;
  verdict.repeats = delivery.repeats;
  judge_delivery(delivery, verdict);
  Judge judge(before, verdict, !has_only_orders_and_checks(histories), bookkeeping);
  Pieces pieces;
  for (const Entry& entry : in_lsn_order(histories)) {
    const auto movements = pieces.of(entry);
    if (entry.is_observation()) {
      judge.observation(movements);
    } else {
      judge.decision(movements);
    }
  }
  judge.finish(after);
  return verdict;
}

std::vector<LsnRange> missing_lsns(std::span<const History* const> histories, std::uint64_t after, std::uint64_t last) {
  if (last <= after) return {};
  std::vector<bool> seen(last - after);  // a bit for each LSN
  for (const History* history : histories) {
    for (std::size_t page = 0; page < history->page_count(); ++page) {
      for (const Movement& movement : history->page(page)) {
        const bool decides = movement.begins_decision && !is_observation(movement.kind);
        if (decides && movement.lsn > after && movement.lsn <= last) seen[movement.lsn - after - 1] = true;
      }
    }
  }
  std::vector<LsnRange> missing;
  for (std::uint64_t lsn = after + 1; lsn <= last; ++lsn) {
    if (seen[lsn - after - 1]) continue;
    if (missing.empty() || missing.back().last + 1 != lsn) missing.push_back({lsn, lsn});
    missing.back().last = lsn;
  }
  return missing;
}

}  // namespace earmark::loadtest
