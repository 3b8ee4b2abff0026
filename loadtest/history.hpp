// What the clients of a run saw, and the judge of it. Clients append one Movement for each thing that an answer says
// about a cell (one SKU in one warehouse); after the run check() reads all decisions in LSN order through the simplest
// model there is - one number for each cell - and says whether they can all be true:
//   - every LSN was given once; every request got exactly one answer (Delivery)
//   - never oversold: no take is larger than what the cell had, and available_after = before - taken
//   - every line: asked = taken + backordered, and nothing waits while the SKU has stock anywhere
//   - a stock check shows the state at, or after, the LSN that it names
//   - the server's own figures after the run are those that the decisions lead to
// LSNs that no client of this run saw (other clients, bookkeeping) break the chain: from then on a surprise in a cell
// counts as `unexplained`, not as a violation, until the cell is seen again.
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
  order_line,  // one line of an order with its first take, if it has one (quantity 0: none)
  more_take,   // a further take of the line before it
  observed,    // a stock check: available_after of one cell, at some LSN from `lsn` on
};

// Movements of one decision follow each other; the first one begins it.
struct Movement {
  std::uint64_t lsn = 0;
  std::uint32_t sku = 0;        // dense id
  std::uint16_t warehouse = 0;  // dense id, 0: no cell (a line that got nothing)
  MovementKind kind{};
  bool begins_decision = false;
  std::uint32_t quantity = 0;  // taken from the cell
  std::uint32_t available_after = 0;
  std::uint32_t asked = 0, backordered = 0;  // order_line only
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
  std::uint64_t duplicates = 0;    // marked as decided for an earlier sending; this run sends everything once
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
};
inline constexpr std::size_t violation_count = 16;
// e.g. "oversold"
std::string_view name(Violation violation) noexcept;

struct Verdict {
  std::uint64_t decisions = 0, lines = 0, takes = 0, observations = 0;  // checked
  std::uint64_t cells = 0;                                              // touched by them
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
  std::uint64_t operator[](Violation violation) const noexcept { return violations[static_cast<std::size_t>(violation)]; }
};

// Work: a sort of the decisions by LSN, then one pass; about 0.15 s for each million orders of three lines.
// `before` and `after` cover the same cells.
Verdict check(std::span<const History* const> histories, const Delivery& delivery, const StockSnapshot& before,
              const StockSnapshot& after);

}  // namespace earmark::loadtest
