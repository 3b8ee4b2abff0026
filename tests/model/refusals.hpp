// Every reason to reject a command, in the order of semantics R8, judged against the twin's state. What stands before
// them in that order (bad_id, and the duplicate_* errors) is judged by the twin. Code none: the command can be decided.
#pragma once

#include "engine/command.hpp"
#include "engine/errors.hpp"
#include "tests/model/state.hpp"

namespace earmark::model {

// How much the catalogue may hold, the server's --max-skus and --max-warehouses; the rule of orders that name none, --sourcing; and
// how long who waits for all or nothing may be passed over, --max-skips and --max-wait (0: no time is long enough).
struct CatalogueLimits {
  std::size_t skus = 1'048'576;
  std::size_t warehouses = 8;
  engine::Sourcing sourcing = engine::Sourcing::priority;
  std::uint32_t max_skips = 64;
  std::int64_t max_wait_us = 0;
  std::int64_t date_threshold_us = 86'400'000'000;  // a date that moves by more is told, --date-threshold-hours
};

// A time that is given and has come.
bool is_past(engine::TimeUs time, engine::TimeUs now);
// What is wrong with the times of an order that is decided at `now`.
engine::Error refusal_of_times(const engine::PlaceOrder& command, engine::TimeUs now);
bool is_bad_id(std::string_view id);

engine::Error refusal(const State& state, const engine::PlaceOrder& command, bool own_policies = true);
engine::Error refusal(const State& state, const engine::ReceiveStock& command);
engine::Error refusal(const State& state, const engine::CancelOrder& command);
engine::Error refusal(const State& state, const engine::ShipOrder& command);
engine::Error refusal(const State& state, const engine::AmendOrder& command);
// Of an amend that is right but for what it raises: whether it can be, and what becomes of it.
engine::Error refusal_of_raise(const State& state, const engine::AmendOrder& command, std::vector<engine::RaisedLine>& raised);
engine::Error refusal(const State& state, const engine::MoveShipment& command);
engine::Error refusal(const State& state, const engine::ChangeStock& command);
engine::Error refusal(const State& state, const engine::PlaceHold& command);
engine::Error refusal(const State& state, const engine::ExtendHold& command);
engine::Error refusal(const State& state, const engine::ReleaseHold& command);
engine::Error refusal(const State& state, const engine::ShipTransfer& command);
engine::Error refusal(const State& state, const engine::ReceiveTransfer& command);
// What an arrival says; without rows: everything in transit, whole.
std::vector<engine::ArrivalRow> rows_that_arrive(const State& state, const engine::ReceiveTransfer& command, const Transfer& transfer);
engine::Error refusal(const State& state, const engine::PlacePurchase& command);
// Of one whose rows are right: which peg cannot be.
engine::Error refusal_of_pegs(const State& state, const engine::PlacePurchase& command);
engine::Error refusal(const State& state, const engine::MovePurchase& command);
engine::Error refusal(const State& state, const engine::ReceivePurchase& command);
engine::Error refusal(const State& state, const engine::SetRules& command, engine::TimeUs now);
// What a delivery says; without rows: everything that is open, whole.
std::vector<engine::PurchaseArrival> rows_that_arrive(const engine::ReceivePurchase& command, const Purchase& purchase);
// Of a confirm: too_many_lines, what the hold's state forbids, then what is wrong with the order.
engine::Error refusal(const State& state, const engine::ConfirmHold& command);
// Of a load: too_many_lines; then warehouse by warehouse and product by product bad_code, catalogue_full; then stock row by
// row unknown_sku, unknown_warehouse (positions outside the load), bad_quantity, already_loaded; last quantity_overflow (row 0).
engine::Error refusal(const State& state, const engine::LoadCatalogue& command, const CatalogueLimits& limits);

}  // namespace earmark::model
