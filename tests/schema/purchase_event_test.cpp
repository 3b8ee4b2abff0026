// Records of purchase orders, and the dates in an order's, there and back; those that contradict themselves are refused.
#include <algorithm>

#include "tests/schema/event_round_trip.hpp"
#include "tests/schema/event_samples.hpp"

using namespace earmark;
using namespace earmark::schema;
using namespace earmark::schema::test;

TEST_CASE("event: a purchase order, its steps and its receipts come back as they were, in one piece or many", "[schema][event]") {
  const auto seed = test_seed();
  CAPTURE(seed);
  Random random(seed);
  for (const std::size_t rows : {0U, 1U, 3U, 4096U, 2U, 5U}) {
    const PurchaseSample placed(random, rows);
    decode_all_ways<engine::PurchaseDecision>(encoded(placed.decision), [&](const engine::PurchaseDecision& got) {
      CHECK(got.id == placed.id);
      CHECK(got.content == placed.decision.content);
      CHECK(got.vendor == placed.vendor);
      CHECK(got.reference == placed.reference);
      CHECK(got.notes == placed.notes);
      CHECK(got.state == placed.decision.state);
      CHECK(same_bytes(got.lines, placed.decision.lines));
      CHECK(same_bytes(got.pegs, placed.decision.pegs));
      CHECK(std::ranges::equal(got.peg_orders, placed.decision.peg_orders));
      CHECK(same_bytes(got.estimates, placed.decision.estimates));
    });
    const PurchaseStepSample step(random, rows);
    decode_all_ways<engine::PurchaseStepDecision>(encoded(step.decision), [&](const engine::PurchaseStepDecision& got) {
      CHECK(got.command_id == step.command);
      CHECK(got.purchase_id == step.purchase);
      CHECK(got.purchase_lsn == step.decision.purchase_lsn);
      CHECK(got.content == step.decision.content);
      CHECK(got.vendor == step.vendor);
      CHECK(got.step == step.decision.step);
      CHECK(got.state == step.decision.state);
      CHECK(got.reference == step.reference);
      CHECK(same_bytes(got.changes, step.decision.changes));
      CHECK(same_bytes(got.estimates, step.decision.estimates));
    });
    const PurchaseReceiptSample receipt(random, rows);
    decode_all_ways<engine::PurchaseReceiptDecision>(encoded(receipt.decision), [&](const engine::PurchaseReceiptDecision& got) {
      CHECK(got.id == receipt.id);
      CHECK(got.purchase_id == receipt.purchase);
      CHECK(got.purchase_lsn == receipt.decision.purchase_lsn);
      CHECK(got.content == receipt.decision.content);
      CHECK(got.vendor == receipt.vendor);
      CHECK(got.state == receipt.decision.state);
      CHECK(got.fills_follow == receipt.decision.fills_follow);
      CHECK(same_bytes(got.rows, receipt.decision.rows));
    });
  }
}

TEST_CASE("event: a purchase order in a state that its record cannot lead to is refused", "[schema][event]") {
  using enum engine::PurchaseState;
  const auto placed = [](engine::PurchaseState state) { return fault_of(engine::PurchaseDecision{"p", 1, "V", "", "", state, {}}); };
  for (const auto state : {draft, approved, sent}) CHECK_FALSE(placed(state).has_value());
  for (const auto state : {acknowledged, partly_received, received, closed, cancelled, suggested}) CHECK(placed(state) == EventFault::inconsistent);
  for (const int state : {0, 10, 255}) CHECK(placed(static_cast<engine::PurchaseState>(state)) == EventFault::not_an_event);

  const auto moved = [](engine::PurchaseStep step, engine::PurchaseState state) {
    return fault_of(engine::PurchaseStepDecision{"c", "p", engine::Lsn{1}, 1, "V", step, state, "", {}});
  };
  CHECK_FALSE(moved(engine::PurchaseStep::approve, approved).has_value());
  CHECK_FALSE(moved(engine::PurchaseStep::cancel, cancelled).has_value());
  CHECK_FALSE(moved(engine::PurchaseStep::adopt, draft).has_value());
  CHECK(moved(engine::PurchaseStep::adopt, approved) == EventFault::inconsistent);
  CHECK(moved(engine::PurchaseStep::approve, draft) == EventFault::inconsistent);
  CHECK(moved(engine::PurchaseStep::acknowledge, suggested) == EventFault::inconsistent);
  for (const int step : {0, 7, 255}) CHECK(moved(static_cast<engine::PurchaseStep>(step), sent) == EventFault::not_an_event);
  for (const int state : {0, 10, 255}) CHECK(moved(engine::PurchaseStep::send, static_cast<engine::PurchaseState>(state)) == EventFault::not_an_event);

  const auto arrived = [](engine::PurchaseState state) {
    return fault_of(engine::PurchaseReceiptDecision{"r", "p", engine::Lsn{1}, 1, "V", state, false, {}});
  };
  for (const auto state : {partly_received, received}) CHECK_FALSE(arrived(state).has_value());
  for (const auto state : {draft, approved, sent, acknowledged, closed, cancelled, suggested}) CHECK(arrived(state) == EventFault::inconsistent);
  for (const int state : {0, 10, 255}) CHECK(arrived(static_cast<engine::PurchaseState>(state)) == EventFault::not_an_event);
}

TEST_CASE("event: a receipt of a purchase order with more over than arrived is refused", "[schema][event]") {
  const auto with = [](engine::Quantity good, engine::Quantity damaged, engine::Quantity over) {
    const engine::PurchaseArrivedRow rows[] = {{engine::LineNumber{1}, engine::SkuId{1}, 5, 0, 0, 5, engine::WarehouseId{1}},
                                               {engine::LineNumber{2}, engine::SkuId{1}, good, damaged, over, 5, engine::WarehouseId{1}}};
    return fault_of(engine::PurchaseReceiptDecision{"r", "p", engine::Lsn{1}, 1, "V", engine::PurchaseState::received, false, rows});
  };
  CHECK_FALSE(with(2, 1, 3).has_value());
  CHECK(with(2, 1, 4) == EventFault::inconsistent);
  CHECK(with(0, 0, 1) == EventFault::inconsistent);
  CHECK_FALSE(with(~engine::Quantity{0}, 2, ~engine::Quantity{0}).has_value());  // both together are more than a quantity holds
}

TEST_CASE("event: dates of an order that are not in order, or of more than waits, are refused", "[schema][event]") {
  engine::LineDecision lines[2];
  lines[0].line = engine::LineNumber{1}, lines[0].quantity = lines[0].backordered = 5;
  lines[1].line = engine::LineNumber{2}, lines[1].quantity = lines[1].backordered = 3;
  const auto with = [&](std::vector<engine::ExpectedUnits> expected) {
    engine::OrderDecision order;
    order.id = "o";
    order.status = engine::OrderStatus::backordered;
    order.lines = lines;
    order.expected = expected;
    return fault_of(order);
  };
  constexpr engine::TimeUs monday{1000}, tuesday{2000};
  CHECK_FALSE(with({{monday, 2, 0}, {tuesday, 3, 0}, {monday, 3, 1}}).has_value());
  CHECK_FALSE(with({{monday, 1, 1}}).has_value());  // of the first line nothing is known
  CHECK(with({{monday, 2, 0}, {monday, 3, 0}}) == EventFault::inconsistent);
  CHECK(with({{tuesday, 2, 0}, {monday, 3, 0}}) == EventFault::inconsistent);
  CHECK(with({{monday, 2, 1}, {tuesday, 3, 0}}) == EventFault::inconsistent);
  CHECK(with({{monday, 1, 2}}) == EventFault::inconsistent);  // there are two lines
  CHECK(with({{monday, 6, 0}}) == EventFault::inconsistent);
  CHECK(with({{monday, 2, 0}, {tuesday, 4, 0}}) == EventFault::inconsistent);
  CHECK(with({{monday, 5, 0}, {tuesday, ~engine::Quantity{0}, 0}}) == EventFault::inconsistent);  // 2^32 + 4 in all
  CHECK(with({{monday, 5, 0}, {monday, 4, 1}}) == EventFault::inconsistent);
}

TEST_CASE("event: only the cut-off approves without a command", "[schema][event]") {
  const auto moved = [](engine::PurchaseStep step, engine::PurchaseState state) {
    return fault_of(engine::PurchaseStepDecision{"", "reorder-7", engine::Lsn{1}, 0, "V", step, state, "", {}});
  };
  CHECK_FALSE(moved(engine::PurchaseStep::approve, engine::PurchaseState::approved).has_value());
  CHECK(moved(engine::PurchaseStep::send, engine::PurchaseState::sent) == EventFault::inconsistent);
  CHECK(moved(engine::PurchaseStep::adopt, engine::PurchaseState::draft) == EventFault::inconsistent);
  CHECK(moved(engine::PurchaseStep::approve, engine::PurchaseState::sent) == EventFault::inconsistent);
}

TEST_CASE("event: pegs of lines and orders that are not there, or of a line twice, are refused", "[schema][event]") {
  const engine::PurchasedLine lines[2] = {};
  const std::string_view orders[] = {"A", "B"};
  const auto with = [&](std::vector<engine::PurchasePeg> pegs) {
    engine::PurchaseDecision purchase{"p", 1, "V", "", "", engine::PurchaseState::draft, lines};
    purchase.pegs = pegs;
    purchase.peg_orders = orders;
    return fault_of(purchase);
  };
  const engine::PurchasePeg first{engine::Lsn{7}, 0, 1, engine::LineNumber{3}}, second{engine::Lsn{7}, 1, 1, engine::LineNumber{3}};
  CHECK_FALSE(with({first, second}).has_value());
  CHECK(with({second, first}) == EventFault::inconsistent);
  CHECK(with({first, first}) == EventFault::inconsistent);
  CHECK(with({{engine::Lsn{7}, 2, 0, {}}}) == EventFault::inconsistent);  // there are two lines
  CHECK(with({{engine::Lsn{7}, 0, 2, {}}}) == EventFault::inconsistent);  // and two orders
  CHECK(with({{engine::Lsn{0}, 0, 0, {}}}) == EventFault::inconsistent);
}

TEST_CASE("event: estimates that are not one for each line, or not later than promised, are refused", "[schema][event]") {
  constexpr engine::TimeUs monday{1000}, tuesday{2000}, none{};
  engine::PurchasedLine lines[2];
  engine::PurchaseChange changes[2];
  lines[0].promised = changes[0].promised = monday;  // of the second line nothing was promised
  const auto both = [&](std::vector<engine::TimeUs> estimates, bool sound) {
    engine::PurchaseDecision purchase{"p", 1, "V", "", "", engine::PurchaseState::sent, lines};
    purchase.estimates = estimates;
    engine::PurchaseStepDecision step{"c", "p", engine::Lsn{1}, 1, "V", engine::PurchaseStep::approve, engine::PurchaseState::approved, "", changes};
    step.estimates = estimates;
    const auto expected = sound ? std::nullopt : std::optional(EventFault::inconsistent);
    CHECK(fault_of(purchase) == expected);
    CHECK(fault_of(step) == expected);
  };
  both({}, true);
  both({none, none}, true);
  both({tuesday, none}, true);
  both({tuesday}, false);
  both({tuesday, none, none}, false);
  both({monday, none}, false);
  both({none, tuesday}, false);
}

TEST_CASE("event: fallbacks that are not in order, or of more than has no date, are refused", "[schema][event]") {
  engine::LineDecision lines[2];
  lines[0].line = engine::LineNumber{1}, lines[0].quantity = lines[0].backordered = 5;
  lines[1].line = engine::LineNumber{2}, lines[1].quantity = lines[1].backordered = 3;
  constexpr engine::TimeUs monday{1000}, tuesday{2000};
  const std::vector<engine::ExpectedUnits> expected{{monday, 2, 0}, {tuesday, 1, 0}};
  const auto with = [&](std::vector<engine::ExpectedUnits> fallbacks) {
    engine::OrderDecision order;
    order.id = "o";
    order.status = engine::OrderStatus::backordered;
    order.lines = lines;
    order.expected = expected;
    order.fallbacks = fallbacks;
    return fault_of(order);
  };
  CHECK_FALSE(with({{tuesday, 2, 0}, {monday, 3, 1}}).has_value());
  CHECK_FALSE(with({{tuesday, 3, 1}}).has_value());
  CHECK(with({{tuesday, 3, 0}}) == EventFault::inconsistent);  // two have no date
  CHECK(with({{tuesday, 4, 1}}) == EventFault::inconsistent);
  CHECK(with({{tuesday, 1, 2}}) == EventFault::inconsistent);  // there are two lines
  CHECK(with({{tuesday, 1, 1}, {tuesday, 1, 0}}) == EventFault::inconsistent);
  CHECK(with({{monday, 1, 0}, {tuesday, 1, 0}}) == EventFault::inconsistent);
}
