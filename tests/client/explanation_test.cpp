// Why an order has what it has, from the answer to `show` and events, without a server.
#include "client/explanation.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace earmark;
using namespace earmark::client;

namespace {

using engine::LineNumber, engine::Lsn, engine::SkuId;
constexpr std::int64_t noon = 1'767'268'800'123'456;  // 2026-01-01 12:00:00.123 UTC
constexpr const char* noon_text = "2026-01-01 12:00:00.123 UTC";

Catalogue catalogue() {
  Catalogue known(1);
  known.learn("BEAM", SkuId{1});
  known.learn("HANGER", SkuId{2});
  known.learn(std::vector<WarehouseInfo>{{"MAIN", "", 1}, {"WEST", "", 2}});
  return known;
}

engine::WarehouseId warehouse(std::uint16_t id) { return engine::WarehouseId{id}; }

schema::Event event(std::uint64_t lsn, schema::Decision decision, std::uint64_t cause = 0) {
  return {{Lsn{lsn}, engine::TimeUs{noon}, Lsn{cause}}, std::move(decision)};
}

// Of customer Okafor, decided at 10, true at 50.
OrderState shown(engine::OrderStatus status, std::vector<OrderStateLine> lines, engine::Policy policy = engine::Policy::ship_partial) {
  OrderState state;
  state.id = "A", state.customer = "Okafor";
  state.lsn = 10, state.as_of = 50, state.time_us = noon;
  state.status = status, state.policy = policy;
  state.lines = std::move(lines);
  return state;
}

Explanation explained(OrderState now, const std::vector<schema::Event>& events) {
  Explainer explainer(std::move(now));
  for (const schema::Event& each : events) explainer.see(each, catalogue());
  return std::move(explainer).take();
}

engine::FillDecision fill(const char* order, std::uint64_t order_lsn, std::span<const engine::Take> takes, engine::Quantity still_waiting, bool last) {
  return {order, Lsn{order_lsn}, LineNumber{1}, SkuId{1}, 0, still_waiting, last, takes, "Okafor", Lsn{}, {}};
}

// The lines about what has happened since, without number and time.
std::vector<std::string> steps_of(const Explanation& told) {
  std::vector<std::string> steps;
  const std::string text = explanation_text(told);
  for (std::size_t at = 0; (at = text.find(noon_text, at)) != std::string::npos;) {
    at += std::string_view(noon_text).size();
    const std::size_t end = text.find('\n', at);
    if (text.substr(at, 2) == "  ") steps.push_back(text.substr(at + 2, end - at - 2));
  }
  return steps;
}

}  // namespace

TEST_CASE("explanation: what was available before each take, in the order of the takes", "[client][explain]") {
  // Two lines take from one cell, one of them from two; the third got all from one warehouse, where some was left for others.
  const engine::LineDecision lines[] = {{LineNumber{1}, SkuId{1}, 8, 0, 8, 4, warehouse(1), 1, 0, {}},
                                        {LineNumber{2}, SkuId{1}, 9, 3, 4, 0, warehouse(1), 1, 1, {}},
                                        {LineNumber{3}, SkuId{2}, 5, 2, 3, 6, warehouse(2), 2, 0, warehouse(2)}};
  const engine::Take more[] = {{2, 0, warehouse(2), 2}};
  const engine::LineWait waits[] = {{0, 1, 1}, {7, 3, 2}};
  engine::OrderDecision order;
  order.id = "A";
  order.status = engine::OrderStatus::split;
  order.sourcing = engine::Sourcing::highest_stock;
  order.preferred = warehouse(1);
  order.lines = lines, order.takes = more, order.waits = waits;
  order.skipped = {Lsn{4}, LineNumber{2}, "WHOLE"};
  OrderStateLine one{1, "BEAM", 8}, two{2, "BEAM", 9, 3}, three{3, "HANGER", 5, 2};
  one.units = {{"MAIN", 8, 0, 1, 0}};
  two.units = {{"MAIN", 0, 4, 1, 1}, {"WEST", 2, 0, 2, 0}}, two.position = 1;
  three.position = 2, three.quantity_ahead = 1, three.skips = 1;
  const Explanation told = explained(shown(engine::OrderStatus::split, {one, two, three}), {event(10, order)});
  CHECK(explanation_text(told) ==
        "Order A of Okafor: split, decided at 2026-01-01 12:00:00.123 UTC (decision 10)\n"
        "  Policy ship_partial: what is there is taken, the rest waits\n"
        "  Priority 100; MAIN first, then from the warehouse with the most of a line first\n"
        "  Line 1: 8 BEAM\n"
        "    MAIN had 12 available: 8 taken, in shipment A-1\n"
        "  Line 2: 9 BEAM\n"
        "    MAIN had 4 available: 4 taken, in shipment A-1\n"
        "    WEST had 2 available: 2 taken, in shipment A-2\n"
        "    3 wait as 1st in the queue, nobody ahead: nothing more was available in any warehouse\n"
        "  Line 3: 5 HANGER, from WEST alone\n"
        "    WEST had 9 available: 3 taken, in shipment A-2, 6 left for those ahead in the queue\n"
        "    2 wait as 3rd in the queue, 7 units ahead\n"
        "  It passed over order WHOLE line 2 (decision 4), which waits for all or nothing\n"
        "Nothing has happened to it since.\n"
        "Now, at decision 50:\n"
        "  Line 1: 8 BEAM: reserved 8 MAIN\n"
        "  Line 2: 9 BEAM: reserved 2 WEST; shipped 4 MAIN; 1 came back; 3 wait as 1st in the queue, nobody ahead; no date is known\n"
        "  Line 3: 5 HANGER: 2 wait as 2nd in the queue, 1 unit ahead; no date is known; passed over by 1 later order\n");
  const std::vector<Json> json = explanation_json(told);
  REQUIRE(json.size() == 7);
  CHECK(json[0].at("skipped") == "WHOLE");
  CHECK(json[2].at("takes")[0].at("available_before") == 4);
  CHECK(json[2].at("takes")[1].at("available_before") == 2);
  CHECK(json[2].at("nothing_more") == true);
  CHECK_FALSE(json[3].contains("nothing_more"));
  CHECK(json[6].at("skips") == 1);
}

TEST_CASE("explanation: nothing is told of warehouses that a record says nothing of", "[client][explain]") {
  const engine::LineDecision lines[] = {{LineNumber{1}, SkuId{1}, 8, 8, 0, 0, {}, 0, 0, {}}};
  const engine::LineWait waits[] = {{0, 1, 0}};
  engine::OrderDecision order;
  order.id = "A";
  order.status = engine::OrderStatus::backordered;
  order.lines = lines, order.waits = waits;
  OrderStateLine line{1, "BEAM", 8, 8};
  const auto text = [&](engine::Policy policy) {
    order.policy = policy;
    return explanation_text(explained(shown(engine::OrderStatus::backordered, {line}, policy), {event(10, order)}));
  };
  CHECK_THAT(text(engine::Policy::ship_partial), Catch::Contains("nobody ahead: nothing was available in any warehouse\n"));
  CHECK_THAT(text(engine::Policy::line_complete), Catch::Contains("nobody ahead: not all of the line could be had at once\n"));
  CHECK_THAT(text(engine::Policy::ship_complete), Catch::Contains("nobody ahead: not all of the order could be had at once\n"));
  CHECK_THAT(text(engine::Policy::ship_complete), !Catch::Contains("available in"));
  order.not_due = true;
  CHECK_THAT(text(engine::Policy::ship_partial), Catch::Contains("nobody ahead: it is not due yet\n") && !Catch::Contains("available in"));
}

TEST_CASE("explanation: fills name their cause, those of others are left out", "[client][explain]") {
  const engine::ReceivedRow rows[] = {{SkuId{1}, warehouse(1), 0, 9, 9}};
  const engine::Take first[] = {{4, 5, warehouse(1), 1}}, second[] = {{5, 0, warehouse(1), 1}}, third[] = {{1, 0, warehouse(2), 2}};
  engine::CancelDecision cancel;
  cancel.command_id = "C-9", cancel.order_id = "X", cancel.fills_follow = true;
  engine::FillDecision raised = fill("A", 10, third, 0, true);
  raised.raised_at = Lsn{30}, raised.skipped = {Lsn{3}, {}, "WHOLE"};
  const Explanation told = explained(
      shown(engine::OrderStatus::split, {{1, "BEAM", 20}}),
      {event(11, engine::ReceiptDecision{"R-7", 0, true, rows}), event(12, fill("B", 9, first, 0, false), 11), event(13, fill("A", 10, second, 1, true), 11),
       event(20, engine::ReceiptDecision{"R-8", 0, true, rows}), event(21, fill("B", 9, first, 0, true), 20),
       event(31, cancel), event(32, raised, 31),
       event(40, fill("A", 10, first, 0, true), 9),         // a cause that was not seen
       event(51, fill("A", 10, first, 0, true), 31)});      // later than `show`
  CHECK(steps_of(told) ==
        std::vector<std::string>{"line 1 BEAM: filled 5 MAIN of 5 available, by receipt R-7 (decision 11); 1 waits on",
                                 "line 1 BEAM: filled 1 WEST of 1 available, of what it was raised by, by cancel C-9 of order X (decision 31); nothing waits any more; "
                                 "it passed over order WHOLE (decision 3), which waits for all or nothing",
                                 "line 1 BEAM: filled 4 MAIN of 9 available, by decision 9; nothing waits any more"});
  const std::vector<Json> json = explanation_json(told);
  REQUIRE(json.size() == 5);
  CHECK(json[1].at("cause") == "StockReceived");
  CHECK(json[1].at("cause_id") == "R-7");
  CHECK(json[1].at("cause_lsn") == 11);
  CHECK(json[1].at("still_waiting") == 1);
  CHECK_FALSE(json[3].contains("cause"));
}

TEST_CASE("explanation: losses, amends, cancels and steps of shipments", "[client][explain]") {
  const engine::ChangedRow changed[] = {{SkuId{1}, warehouse(1), 0, -6, 0, 0}};
  const engine::LostUnits lost[] = {{Lsn{10}, 0, LineNumber{1}, 2, 0, warehouse(1), 1, SkuId{1}}, {Lsn{8}, 1, LineNumber{1}, 4, 0, warehouse(1), 1, SkuId{1}}};
  const std::string_view losers[] = {"A", "H"}, customers[] = {"Okafor", ""};
  const std::uint32_t of_holds[] = {1};
  engine::StockChangeDecision count;
  count.id = "K-1", count.reason = "cycle count";
  count.rows = changed, count.lost = lost, count.orders = losers, count.customers = customers, count.of_holds = of_holds;
  const engine::CancelledLine cut[] = {{LineNumber{1}, SkuId{1}, 2, 1, 3}};
  const engine::Take released[] = {{1, 1, warehouse(2), 2}};
  engine::AmendDecision lowered, sooner, due, raise;
  lowered.command_id = "M-1", lowered.order_id = "A", lowered.lines = cut, lowered.released = released;
  sooner.command_id = "M-2", sooner.order_id = "A", sooner.priority = engine::Priority{200};
  due.order_id = "A";
  const engine::RaisedLine raised[] = {{LineNumber{1}, SkuId{1}, 6, 1}};
  raise.command_id = "M-3", raise.order_id = "A", raise.raised = raised;
  engine::CancelDecision by_time;
  by_time.order_id = "A", by_time.lines = cut, by_time.released = released;
  const engine::MovedLine moved[] = {{LineNumber{1}, SkuId{1}, 3, 0, 1}};
  engine::ShipmentDecision pick;
  pick.command_id = "P-1", pick.order_id = "A", pick.shipment = 1, pick.warehouse = warehouse(1), pick.rest_shipment = 3, pick.lines = moved, pick.fills_follow = true;
  engine::StockChangeDecision missing = count;
  missing.id = "", missing.reason = "", missing.kind = engine::ChangeKind::short_pick;
  engine::ShipmentDecision others = pick;
  others.order_id = "B", others.fills_follow = false;
  const Explanation told = explained(shown(engine::OrderStatus::split, {{1, "BEAM", 20}}),
                                     {event(11, count), event(12, lowered), event(13, sooner), event(14, due), event(15, raise), event(16, pick),
                                      event(17, missing, 16), event(18, others), event(19, by_time)});
  CHECK(steps_of(told) ==
        std::vector<std::string>{"line 1 BEAM: lost 2 MAIN to count K-1, cycle count; they wait again at the old place",
                                 "line 1 BEAM: amended by M-1: 2 no longer wait; given back 1 WEST; 3 were not there",
                                 "priority 200 from now on, by M-2",
                                 "due from now on",
                                 "line 1 BEAM: raised by 6, by M-3; 1 of these cancelled",
                                 "line 1 BEAM: picked 3 MAIN, shipment A-1; 1 not found, in shipment A-3 from now on",
                                 "line 1 BEAM: lost 2 MAIN to pick P-1 of shipment A-1 (decision 16); they wait again at the old place",
                                 "line 1 BEAM: cancelled because its time had come: 2 no longer wait; given back 1 WEST; 3 were not there"});
}

TEST_CASE("explanation: a second round completes what a filter of SKUs left out of the first", "[client][explain]") {
  const engine::ReceivedRow freed[] = {{SkuId{1}, warehouse(1), 0, 2, 2}};
  const engine::LostUnits lost[] = {{Lsn{10}, 0, LineNumber{1}, 2, 0, warehouse(1), 1, SkuId{1}}};
  const std::string_view losers[] = {"A"}, customers[] = {"Okafor"};
  engine::StrictDecision in_part, whole, mine;
  in_part.freed = freed, in_part.lost = lost, in_part.orders = losers, in_part.customers = customers;
  whole = in_part;
  whole.order_id = "FIRST", whole.order_lsn = Lsn{5}, whole.fills_follow = true;
  mine.order_id = "A", mine.order_lsn = Lsn{10}, mine.waited = true;
  engine::AmendDecision sooner;
  sooner.command_id = "M-2", sooner.order_id = "X", sooner.priority = engine::Priority{200}, sooner.fills_follow = true;
  const engine::Take take[] = {{1, 0, warehouse(1), 1}};
  Explainer explainer(shown(engine::OrderStatus::backordered, {{1, "BEAM", 20}}, engine::Policy::ship_complete));
  engine::OrderDecision late;
  late.id = "LATE", late.skipped = {Lsn{10}, {}, "A"};
  explainer.see(event(11, late), catalogue());
  explainer.see(event(20, in_part), catalogue());
  explainer.see(event(31, fill("A", 10, take, 3, true), 30), catalogue());
  explainer.begin_second_round();
  explainer.see(event(12, mine), catalogue());
  explainer.see(event(20, whole), catalogue());
  explainer.see(event(30, sooner), catalogue());
  explainer.see(event(32, sooner), catalogue());  // of which nothing here is an effect
  const Explanation told = std::move(explainer).take();
  CHECK(told.causes.size() == 1);
  CHECK(steps_of(told) ==
        std::vector<std::string>{"passed over by order LATE",
                                 "has waited long enough: units are set aside for it from now on",
                                 "line 1 BEAM: lost 2 MAIN to order FIRST, which takes them over; they wait again at the old place",
                                 "line 1 BEAM: filled 1 MAIN of 1 available, by amend M-2 of order X (decision 30); 3 wait on"});
}

TEST_CASE("explanation: of a trimmed journal only what the order shows is told", "[client][explain]") {
  OrderStateLine line{1, "BEAM", 20, 4};
  line.units = {{"MAIN", 16, 0, 1, 0}}, line.position = 2, line.quantity_ahead = 9;
  Explainer explainer(shown(engine::OrderStatus::split, {line}));
  explainer.set_trimmed();
  const Explanation told = std::move(explainer).take();
  CHECK(explanation_text(told) ==
        "Order A of Okafor: split, decided at 2026-01-01 12:00:00.123 UTC (decision 10)\n"
        "  Policy ship_partial: what is there is taken, the rest waits\n"
        "The journal no longer has everything since decision 10, so only what the order itself shows is told; keep more with a larger --retain of "
        "earmarkd.\n"
        "Now, at decision 50:\n"
        "  Line 1: 20 BEAM: reserved 16 MAIN; 4 wait as 2nd in the queue, 9 units ahead; no date is known\n");
  CHECK(explanation_json(told).at(0).at("trimmed") == true);
}
