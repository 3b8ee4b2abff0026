// A small history of vendors, reorder rules, dates and pegs, made by hand: the tests of their folds and of the dump share it. Records are of LSN * 1000
// microseconds; a day is `day`. Warehouses A (1) and B (2); SKUs nail (1) and screw (2), of which there is nothing.
//   1 load    2 vendor V, named Vendor, 2 days, W, whose cut-off is minute 960; V sells nails, W screws in 3 days; the rules: nail to A, at 5 suggests 10 of V;
//   screw to B, of all warehouses, at 2 orders up to 8, in pairs    3 reorder-3 of V is suggested: line 1 nail 10 to A    4 reorder-4 of W, of screw 8 to B: closes at 15000
//   5 order O1 of ann: nail 12, all wait, without a date    6 ten nails more: line 1 has 20    7 P1 of X, sent: line 10 nail 12 to A, promised at 500, pegged to O1, line 20
//   screw 3 to A, promised at 9000    8 O1 is told 7000 and a day    9 line 20 is overdue: expected at 9000 and a day    10 receipt R1 of P1: nail 4, for O1    11 its fill
//   12 reorder-3 adopted    13 and cancelled: its rule waits    14 the rule is snoozed until 999    15 receipt R2: nail 30 to A    16 its fill: O1 has all
//   17 the rule is cleared    18 transfer T1: nail 5 from A to B, expected at 100    19 it is overdue: expected at 19000 and a day    20 reorder-4 approved, its cut-off has come
//   21 P1 acknowledged: line 20, with neither quantity nor date, is expected at 21000 and a day    22 there is no rule of screws any more    23 that of nails has its point at 4
#pragma once

#include <string>
#include <vector>

#include "storage/offline_state.hpp"
#include "storage/state_store.hpp"
#include "tests/storage/story.hpp"

namespace earmark::storage::test {

inline constexpr std::int64_t day = 86'400'000'000;

Records rule_history();

// What a state says of vendors, sources, rules, what is open of purchase orders, and what lines were promised: a line of text for each.
class RulesSeen final : public StateVisitor {
 public:
  void catalogue(const engine::LoadDecision&) override {}
  void cell(const engine::CellImage&) override {}
  void known(const engine::KnownImage&) override {}
  void open_order(const engine::OrderImage& order) override { promises(order.lsn, order.promises); }
  void open_purchase(const engine::PurchaseImage& purchase) override;
  void open_transfer(const engine::TransferImage& transfer) override;
  void vendor(const engine::VendorImage& vendor) override;
  void source(const engine::SourceImage& source) override;
  void rule(const engine::RuleImage& rule) override;
  void promises(engine::Lsn order, std::span<const engine::PromiseImage> promises);

  std::vector<std::string> vendors, sources, rules, purchases, promised, transfers;
  std::vector<engine::Lsn> orders;  // all open ones
};

RulesSeen rules_of(const StateStore& store);
// Of the offline state, with the promises of these orders; transfers, of which its digest has the date, are not told.
RulesSeen rules_of(const OfflineState& offline, std::span<const engine::Lsn> orders);

}  // namespace earmark::storage::test
