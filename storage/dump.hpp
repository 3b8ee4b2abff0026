// Records as JSON lines, one per LSN, keys sorted: the shapes of the decision file with lsn, time_us, cause_lsn (fills)
// and available_after, as the contract says. `available_after` has each touched cell once, in the order in which the
// record touches them, with what the record leaves there. Beyond those shapes a line of an order that was told when what waits of it can be expected
// has `expected`, and where nothing is on the way `fallbacks`; a fill out of turn `pegged`; a line of a purchase order `peg`, and `expected_us` where
// what was promised is over; and records of types of their own are about what nobody else tells (rules, reorder, overdue, dates). Readers pass over
// types and fields that they do not know.
// Codes stand for dense ids; they come from the catalogue loads, so every record before is shown to `learn`.
#pragma once

#include <string>
#include <vector>

#include "schema/event.hpp"

namespace earmark::storage {

class Dump {
 public:
  // `full`: also what the decisions rest on and what the fills of a cause are told by, so that they can be judged:
  //   order: policy (not ship_partial), priority (not 100), preferred, sourcing (not priority), and `pinned` and
  //   `policy` of lines, where there are any
  //   receipt, load, cancel, hold_ended, and orders of which it is true: fills_follow; cancel: whole (true), if it was; fill: last
  explicit Dump(bool full = false) : full_(full) {}
  bool full() const noexcept { return full_; }

  // Takes the codes out of catalogue loads; other records do nothing.
  void learn(const schema::Event& event);
  void learn(const engine::LoadDecision& load);
  // The record's line, without a line end.
  std::string line(const schema::Event& event) const;
  // The code of a dense id; "#" and the number while it is not known.
  std::string sku(engine::SkuId id) const;
  std::string warehouse(engine::WarehouseId id) const;

 private:
  bool full_;
  std::vector<std::string> skus_, warehouses_;  // by dense id; 0 is unused
};

}  // namespace earmark::storage
