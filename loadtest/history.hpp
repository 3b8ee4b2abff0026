// What the clients of a run saw, and the judge of it. Clients append Movements for each thing that an answer says about a
// cell (one SKU in one warehouse) or an order; after the run check() reads all decisions in LSN order through the simplest
// model there is - a number for each cell, a row for each order line - and says whether they can all be true:
//   answered      every request got exactly one readable answer, about what was asked, and no valid one was refused
//   exactly once  every LSN was given once; of a command sent twice one answer is marked duplicate, and both say the same
//   not oversold  no take is larger than what the cell had, and available_after follows from what was before
//   conserved     asked = taken + backordered + cancelled, fills, cancels and shipments fit what the order has, and the
//                 server's own figures after the run are those that the decisions lead to
//   ordered       LSNs respect real time; nobody overtakes an earlier waiter; nothing waits while its SKU has stock; every
//                 cause gets its last fill; checks and views show the state at the LSN that they name
// LSNs that no client of this run saw and that are not known to be bookkeeping, which changes no cell and no order (other clients')
// break the chain: from then on a surprise in a cell counts as `unexplained`, not as a violation, until the cell is seen again.
// History is written by one thread each; check() runs when they have ended.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadtest/pages.hpp"

namespace earmark::loadtest {

enum class MovementKind : std::uint8_t {
  order_line,      // one line of an order with its first take, if it has one (quantity 0: none); what is short waits
  line_or_kill,    // the same of an order with fill_or_kill
  line_or_cancel,  // the same with fill_and_cancel
  more_take,       // a further take of the line before it
  observed,        // a stock check: available_after of one cell, at some LSN from `lsn` on
  priority,        // first of an order's decision where it is not the default: `quantity`
  fills_follow,    // first of a decision that caused fills
  received,        // units added to the cell
  cancelled_row,   // quantity: left the queue; available_after: line number; warehouse 1: nothing of the line is left
  released,        // units of the row before it, given back to the cell
  shipped_line,    // available_after: line number
  shipped,         // units of the line before it that left the cell
  cause,           // first of a fill: reference() is the cause's LSN, quantity 1: the last fill
  filled_line,     // quantity: still waiting; available_after: line number
  filled,          // units taken for the line before it
  shown_line,      // a view at this LSN: quantity: waiting; available_after: line number
  held_line,       // one line of a hold with its first take, if it has one; further ones are more_take
  hold_returned,   // units that its end gives back: reference() is the hold's LSN; lines of the order that confirms it follow, if one does
  shown_units,     // of the line before it: quantity: reserved; available_after: shipped
};

// Movements of one decision follow each other; the first one begins it.
struct Movement {
  std::uint64_t lsn = 0;
  std::uint32_t sku = 0;        // dense id
  std::uint16_t warehouse = 0;  // dense id, 0: no cell (a line that got nothing)
  MovementKind kind{};
  bool begins_decision = false;
  std::uint32_t quantity = 0;  // units moved in the cell
  std::uint32_t available_after = 0;
  std::uint32_t asked = 0, backordered = 0;  // of lines; or the two halves of a reference

  // Of cancelled, shipped, filled and shown lines the LSN of their order; of a cause that of the cause.
  std::uint64_t reference() const noexcept { return std::uint64_t{backordered} << 32 | asked; }
  void refer_to(std::uint64_t other) noexcept {
    asked = static_cast<std::uint32_t>(other);
    backordered = static_cast<std::uint32_t>(other >> 32);
  }
};
static_assert(sizeof(Movement) == 32);

using History = Pages<Movement>;

// All cells, as the server told them page by page: at some LSN from `first_lsn` to `last_lsn`, which are the same when
// nothing else goes on. The run's own decisions come after the snapshot before it and are in the one after it.
struct StockSnapshot {
  std::uint64_t first_lsn = 0, last_lsn = 0;
  std::uint16_t warehouses = 0;
  std::vector<std::uint32_t> available;    // cell = (sku - 1) * warehouses + warehouse - 1
  std::vector<std::uint64_t> backordered;  // sku - 1
  std::vector<std::uint32_t> reserved{};   // as `available`; empty: not asked for
  std::vector<std::uint32_t> held{};       // by holds; the same

  bool holds(std::uint32_t sku, std::uint16_t warehouse) const noexcept {
    return sku - 1U < backordered.size() && warehouse - 1U < warehouses;
  }
  std::size_t cell(std::uint32_t sku, std::uint16_t warehouse) const noexcept {
    return std::size_t{sku - 1U} * warehouses + warehouse - 1U;
  }
};

// How requests and answers went together, counted by the clients as they came.
struct Delivery {
  std::uint64_t sent = 0, answered = 0;
  std::uint64_t unexpected = 0;    // answers to nothing that was asked, or second answers
  std::uint64_t malformed = 0;     // answers that cannot be read
  std::uint64_t mismatched = 0;    // decisions about another order than the one asked for
  std::uint64_t duplicates = 0;    // marked as decided for an earlier sending, though sent once
  std::uint64_t repeats = 0;       // commands that were answered twice because they were sent twice
  std::uint64_t repeats_differ = 0, repeats_not_marked = 0;
  std::uint64_t out_of_order = 0;  // an LSN not above those answered before the request was sent
  std::uint64_t errors = 0;        // refusals of valid requests, `overloaded` apart

  void add(const Delivery& other) noexcept;
};

enum class Violation : std::uint8_t {
  unanswered,
  unexpected_answer,
  malformed_answer,
  mismatched_answer,
  duplicate_answer,
  out_of_order,
  error_answer,
  duplicate_lsn,
  unknown_cell,
  oversold,
  broken_chain,
  unbalanced_line,
  needless_shortage,
  false_observation,
  wrong_final_stock,
  wrong_final_backorders,
  repeat_differs,
  repeat_not_marked,
  overtaken,
  broken_fills,
  wrong_order_state,
  wrong_hold,
};
inline constexpr std::size_t violation_count = 22;
// e.g. "oversold"
std::string_view name(Violation violation) noexcept;

// What a verdict promises; every violation breaks one of them.
enum class Rule : std::uint8_t { answered,
                                 exactly_once,
                                 never_oversold,
                                 conserved,
                                 ordered };
inline constexpr std::size_t rule_count = 5;
std::string_view name(Rule rule) noexcept;
Rule rule_of(Violation violation) noexcept;

struct Verdict {
  std::uint64_t decisions = 0, lines = 0, takes = 0, observations = 0;  // checked
  std::uint64_t cells = 0;                                              // touched by them
  std::uint64_t fills = 0, receipts = 0, cancels = 0, shipments = 0, views = 0, repeats = 0;  // checked
  std::uint64_t holds = 0, holds_ended = 0;
  std::uint64_t unexplained = 0;                                        // surprises after LSNs that this run did not see
  std::uint64_t foreign_lsns = 0;                                       // how many of those there are
  std::uint64_t first_lsn = 0, last_lsn = 0;                            // of the decisions
  std::array<std::uint64_t, violation_count> violations{};
  std::vector<std::string> examples;  // the first of each kind, in words

  bool vacuous() const noexcept { return decisions == 0 && observations == 0; }
  bool failed() const noexcept;
  bool passed() const noexcept { return !failed() && !vacuous(); }
  std::string_view word() const noexcept { return failed() ? "failed" : vacuous() ? "vacuous"
                                                                                  : "passed"; }
  // How often the rule was broken.
  std::uint64_t broken(Rule rule) const noexcept;
  std::uint64_t operator[](Violation violation) const noexcept { return violations[static_cast<std::size_t>(violation)]; }
};

// Work: a sort of the decisions by LSN, then one pass; some tenths of a second for each million orders of three lines. Where there are
// other commands than orders each line is kept, too: 24 bytes for it, and a few hundred ns for each fill, cancel or shipment.
// `before` and `after` cover the same cells. `bookkeeping`: LSNs that are known to be that, in rising order.
Verdict check(std::span<const History* const> histories, const Delivery& delivery, const StockSnapshot& before,
              const StockSnapshot& after, std::span<const std::uint64_t> bookkeeping = {});

// Runs of LSNs above `after` and up to `last` that no decision of the histories has, in rising order.
struct LsnRange {
  std::uint64_t first = 0, last = 0;
};
std::vector<LsnRange> missing_lsns(std::span<const History* const> histories, std::uint64_t after, std::uint64_t last);

}  // namespace earmark::loadtest
