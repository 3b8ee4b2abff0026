// What filters leave of purchase orders, and of the dates that an order was told.
#include <catch2/catch.hpp>

#include "server/event_filter.hpp"
#include "tests/server/event_parts.hpp"

using namespace earmark;
using namespace earmark::server;
using namespace earmark::server::test;

namespace {

constexpr engine::SkuId beam{1}, board{2};
constexpr engine::WarehouseId main_yard{1}, west{2};
constexpr engine::TimeUs monday{1000}, tuesday{2000};

engine::LineDecision waiting_line(std::uint32_t number, engine::SkuId sku, engine::Quantity units, engine::WarehouseId pinned) {
  engine::LineDecision line;
  line.line = engine::LineNumber{number};
  line.sku = sku;
  line.quantity = line.backordered = units;
  line.pinned = pinned;
  return line;
}

schema::Event event_of(schema::Decision decision) { return {{engine::Lsn{9}, {}, {}}, std::move(decision)}; }

}  // namespace

TEST_CASE("event filter: of an order that waits, the dates of the lines that are left and of no others", "[server][events]") {
  engine::LineDecision lines[] = {waiting_line(1, beam, 5, main_yard), waiting_line(2, board, 3, west), waiting_line(3, beam, 4, west)};
  lines[2].quantity = 6, lines[2].taken = 2, lines[2].warehouse = west, lines[2].shipment = 1, lines[2].available_after = 7;
  const engine::ExpectedUnits expected[] = {{monday, 2, 0}, {tuesday, 3, 0}, {monday, 1, 1}, {tuesday, 2, 1}, {tuesday, 4, 2}};
  engine::OrderDecision order;
  order.id = "o";
  order.status = engine::OrderStatus::split;
  order.lines = lines;
  order.expected = expected;
  const schema::Event event = event_of(order);
  EventSieve sieve;
  schema::Event left;
  const auto dates = [&](const Asked& asked) {
    REQUIRE(sieve.sift(EventFilter(asked.request(1, 1)), event, left) == Passes::some);
    std::vector<std::string> found;
    const auto& kept = std::get<engine::OrderDecision>(left.decision);
    for (const engine::ExpectedUnits& each : kept.expected) {
      REQUIRE(each.line_index < kept.lines.size());
      found.push_back(std::to_string(kept.lines[each.line_index].line.value) + ": " + std::to_string(each.quantity) + " at " + std::to_string(each.date.value));
    }
    return found;
  };
  using Dates = std::vector<std::string>;
  CHECK(dates({.warehouses = {west}}) == Dates{"2: 1 at 1000", "2: 2 at 2000", "3: 4 at 2000"});
  CHECK(dates({.skus = {beam}}) == Dates{"1: 2 at 1000", "1: 3 at 2000", "3: 4 at 2000"});
  CHECK(dates({.skus = {board}}) == Dates{"2: 1 at 1000", "2: 2 at 2000"});
  CHECK(dates({.kinds = {EventKind::line_reserved}}).empty());  // of the third line what it took is left
  CHECK(std::get<engine::OrderDecision>(left.decision).lines.size() == 1);
  CHECK(dates({.kinds = {EventKind::order_accepted}}).empty());
  CHECK(dates({.kinds = {EventKind::line_backordered}, .skus = {beam}, .warehouses = {west}}) == Dates{"3: 4 at 2000"});
  CHECK(sieve.sift(EventFilter(Asked{.customers = {""}}.request(1, 1)), event, left) == Passes::whole);
}

TEST_CASE("event filter: a step of a purchase order passes as a whole where no place is asked for, and by its lines", "[server][events]") {
  const engine::PurchaseChange changes[] = {{monday, engine::LineNumber{1}, beam, 5, 5, main_yard}, {monday, engine::LineNumber{2}, board, 3, 3, west}};
  engine::PurchaseStepDecision step{"c", "p", engine::Lsn{3}, 1, "v", engine::PurchaseStep::approve, engine::PurchaseState::approved, "", changes};
  EventSieve sieve;
  schema::Event left;
  const auto sift = [&](const Asked& asked) { return sieve.sift(EventFilter(asked.request(1, 1)), event_of(step), left); };
  CHECK(sift({.kinds = {EventKind::purchase_approved}}) == Passes::whole);
  CHECK(sift({.kinds = {EventKind::purchase_sent, EventKind::purchase_closed}}) == Passes::nothing);
  CHECK(sift({.customers = {""}}) == Passes::nothing);  // it is nobody's
  CHECK(sift({.warehouses = {main_yard, west}}) == Passes::whole);
  CHECK(sift({.warehouses = {engine::WarehouseId{3}}}) == Passes::nothing);
  REQUIRE(sift({.skus = {board}}) == Passes::some);
  REQUIRE(std::get<engine::PurchaseStepDecision>(left.decision).changes.size() == 1);
  CHECK(std::get<engine::PurchaseStepDecision>(left.decision).changes[0].line == engine::LineNumber{2});
  step.changes = {};
  step.step = engine::PurchaseStep::send;
  step.state = engine::PurchaseState::sent;
  CHECK(sift({.kinds = {EventKind::purchase_sent}}) == Passes::whole);
  CHECK(sift({.kinds = {EventKind::purchase_sent}, .warehouses = {west}}) == Passes::nothing);
}

TEST_CASE("event filter: an acknowledgement after which nothing is open closes its purchase order, too", "[server][events]") {
  const auto passes = [](engine::PurchaseStep step, engine::PurchaseState state, EventKind kind) {
    EventSieve sieve;
    schema::Event left;
    const schema::Event event = event_of(engine::PurchaseStepDecision{"c", "p", engine::Lsn{3}, 1, "v", step, state, "", {}});
    return sieve.sift(EventFilter(Asked{.kinds = {kind}}.request(1, 1)), event, left) == Passes::whole;
  };
  using enum engine::PurchaseState;
  constexpr auto acknowledge = engine::PurchaseStep::acknowledge;
  for (const auto state : {acknowledged, partly_received, received, closed}) CHECK(passes(acknowledge, state, EventKind::purchase_acknowledged));
  for (const auto state : {acknowledged, partly_received}) CHECK_FALSE(passes(acknowledge, state, EventKind::purchase_closed));
  for (const auto state : {received, closed}) CHECK(passes(acknowledge, state, EventKind::purchase_closed));
  CHECK(passes(engine::PurchaseStep::cancel, cancelled, EventKind::purchase_cancelled));
  CHECK_FALSE(passes(engine::PurchaseStep::cancel, cancelled, EventKind::purchase_closed));
}

TEST_CASE("event filter: what arrives of a purchase order is back in stock where nothing was, also after an overdraft", "[server][events]") {
  const engine::PurchaseArrivedRow rows[] = {{engine::LineNumber{1}, beam, 5, 0, 0, 9, main_yard},    // 4 were there
                                             {engine::LineNumber{2}, beam, 5, 0, 0, 5, west},         // none were
                                             {engine::LineNumber{3}, board, 5, 1, 0, 2, main_yard},   // 3 were missing
                                             {engine::LineNumber{4}, board, 0, 2, 0, 0, west}};       // all damaged
  const schema::Event event = event_of(engine::PurchaseReceiptDecision{"r", "p", engine::Lsn{3}, 1, "v", engine::PurchaseState::partly_received, false, rows});
  EventSieve sieve;
  schema::Event left;
  const auto sift = [&](const Asked& asked) { return sieve.sift(EventFilter(asked.request(1, 1)), event, left); };
  REQUIRE(sift({.kinds = {EventKind::back_in_stock}}) == Passes::some);
  const auto& kept = std::get<engine::PurchaseReceiptDecision>(left.decision);
  REQUIRE(kept.rows.size() == 2);
  CHECK(kept.rows[0].line == engine::LineNumber{2});
  CHECK(kept.rows[1].line == engine::LineNumber{3});
  CHECK(sift({.kinds = {EventKind::stock_received}}) == Passes::whole);
  CHECK(sift({.kinds = {EventKind::purchase_received}}) == Passes::whole);
  CHECK(sift({.customers = {"Mill"}}) == Passes::nothing);
}
