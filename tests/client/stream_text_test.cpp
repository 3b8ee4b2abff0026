// The stream of events as people read it, and as JSON.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/event_json.hpp"
#include "client/event_text.hpp"
#include "client/stream_text.hpp"

using namespace earmark;
using namespace earmark::client;

namespace {

Catalogue catalogue() {
  Catalogue known(1);
  known.learn("BEAM", engine::SkuId{1});
  known.learn("HANGER", engine::SkuId{2});
  known.learn(std::vector<WarehouseInfo>{{"MAIN", "", 1}, {"WEST", "", 2}, {"EAST", "", 3}, {"NORTH", "", 4}, {"SOUTH", "", 5}});
  return known;
}

engine::WarehouseId warehouse(std::uint16_t id) { return engine::WarehouseId{id}; }

schema::Event event(std::uint64_t lsn, schema::Decision decision) {
  return {{engine::Lsn{lsn}, engine::TimeUs{1'767'268'800'123'456}, engine::Lsn{}}, std::move(decision)};
}

std::string told(const schema::Event& what) {
  StreamText text(false);
  text.text(event(1, engine::VoidDecision{}), catalogue());  // takes the date's heading
  return text.text(what, catalogue());
}

}  // namespace

TEST_CASE("stream text: an event of one part is one line, of several a paragraph", "[client][events]") {
  const engine::LineDecision one[] = {{engine::LineNumber{1}, engine::SkuId{2}, 3, 0, 3, 5, warehouse(2), 1, 0, {}}};
  engine::OrderDecision order;
  order.id = "A-1";
  order.lines = one;
  CHECK(told(event(42, order)) ==
        "        42  12:00:00.123  reserved     order A-1, 3 units in 1 line: line 1 HANGER reserved 3 WEST\n");

  const engine::LineDecision two[] = {{engine::LineNumber{1}, engine::SkuId{1}, 15, 3, 10, 0, warehouse(1), 1, 1, {}},
                                      {engine::LineNumber{10}, engine::SkuId{2}, 3, 0, 2, 5, warehouse(2), 2, 0, {}}};
  const engine::Take more[] = {{2, 4, warehouse(2), 2}};
  const engine::LineWait waits[] = {{4, 2, 0}};
  order.texts.customer = "Okafor Builders";
  order.status = engine::OrderStatus::split;
  order.lines = two, order.takes = more, order.waits = waits;
  CHECK(told(event(43, order)) ==
        "        43  12:00:00.123  split        order A-1 of Okafor Builders, 18 units in 2 lines\n"
        "                                       line 1   BEAM    reserved 10 MAIN (now out of stock), 2 WEST; 3 wait as 2nd in the queue, behind 4 units, no date\n"
        "                                       line 10  HANGER  reserved 2 WEST; 1 cancelled\n");
}

TEST_CASE("stream text: receipts, fills, cancels, ships, loads", "[client][events]") {
  const engine::ReceivedRow rows[] = {{engine::SkuId{1}, warehouse(1), 0, 1600, 1600}};
  CHECK(told(event(5, engine::ReceiptDecision{"TRUCK-7", 0, true, rows})) ==
        "         5  12:00:00.123  received     receipt TRUCK-7: BEAM 1,600 into MAIN, 1,600 available then (back in stock)\n");
  const engine::Take takes[] = {{3, 0, warehouse(1), 1}};
  schema::Event fill = event(6, engine::FillDecision{"A-1", engine::Lsn{2}, engine::LineNumber{1}, engine::SkuId{1}, 0, 0, true, takes, "Okafor"});
  fill.stamp.cause = engine::Lsn{5};
  CHECK(told(fill) ==
        "         6  12:00:00.123  filled       order A-1 line 1 of Okafor: BEAM 3 MAIN (now out of stock) from the queue, nothing left to wait for (by 5)\n");
  const engine::CancelledLine cancelled[] = {{engine::LineNumber{1}, engine::SkuId{1}, 7, 1, 2}};
  const engine::Take released[] = {{3, 3, warehouse(1), 1}};
  CHECK(told(event(7, engine::CancelDecision{"c", "A-1", 0, false, false, cancelled, released, "Okafor"})) ==
        "         7  12:00:00.123  cancelled    parts of order A-1 of Okafor: line 1 BEAM 7 no longer wait; given back: 3 MAIN (back in stock); 2 were not there\n");
  const engine::ShippedLine shipped[] = {{engine::LineNumber{1}, engine::SkuId{1}, 1}};
  CHECK(told(event(8, engine::ShipDecision{"s", "A-1", 0, shipped, takes, ""})) ==
        "         8  12:00:00.123  shipped      order A-1, 3 units: line 1 BEAM 3 MAIN\n");
  CHECK(told(event(9, engine::ShipDecision{"s", "A-1", 0, {}, {}, ""})) ==
        "         9  12:00:00.123  shipped      order A-1, nothing, because nothing was reserved\n");
  CHECK(told(event(10, engine::LoadDecision{false, {}, {}, rows})) ==
        "        10  12:00:00.123  loaded       0 warehouses, 0 products, 1 row of stock\n");
  CHECK(told(event(11, engine::VoidDecision{engine::Lsn{4}, {}})) ==
        "        11  12:00:00.123  bookkeeping  ids of commands before 4 are forgotten\n");
}

TEST_CASE("stream text: steps of shipments, a short pick with what it left over", "[client][events]") {
  engine::ShipmentDecision move;
  move.command_id = "P-1";
  move.order_id = "A-1";
  move.shipment = 2;
  move.warehouse = warehouse(1);
  move.revision = 3;
  move.customer = "Okafor";
  const engine::MovedLine lines[] = {{engine::LineNumber{1}, engine::SkuId{1}, 3, 0, 2}};
  move.lines = lines;
  move.rest_shipment = 4;
  CHECK(told(event(5, move)) ==
        "         5  12:00:00.123  picked       shipment A-1-2 of Okafor from MAIN: line 1 BEAM 3, 2 not found, in shipment 4 from now on\n");
  const auto json = event_json(event(5, move), catalogue(), false);
  CHECK(json.at("event") == "ShipmentMoved");
  CHECK(json.at("step") == "pick");
  CHECK(json.at("shipment") == 2);
  CHECK(json.at("revision") == 3);
  CHECK(json.at("rest_shipment") == 4);
  CHECK(json.at("lines").at(0).at("rest") == 2);
  const std::string text = event_text(event(5, move), catalogue(), false);
  CHECK(text.find("Shipment A-1-2 of Okafor from MAIN: picked, pick list 3") == 0);
  CHECK(text.find("NOT FOUND") != std::string::npos);

  move.rest_shipment = 0;
  move.lines = {};
  move.step = engine::ShipmentStep::track;
  move.carrier = "UPS";
  move.tracking = "1Z999";
  CHECK(told(event(6, move)) == "         6  12:00:00.123  tracked      shipment A-1-2 of Okafor from MAIN, by UPS, tracking number 1Z999\n");
}

TEST_CASE("stream text: transfers and arrivals, short, over and damaged", "[client][events]") {
  const engine::TransferredRow left[] = {{engine::SkuId{1}, 20, 0}};
  const engine::TransferShipDecision ship{"TR-1", 0, warehouse(1), warehouse(2), {}, "rebalance", left};
  CHECK(told(event(5, ship)) ==
        "         5  12:00:00.123  in transit   transfer TR-1 to WEST, rebalance: BEAM 20 from MAIN, 0 available then (now out of stock)\n");
  CHECK(event_text(event(5, ship), catalogue(), false).starts_with("Transfer TR-1 has left MAIN for WEST, rebalance (decision 5)\n"));
  auto json = event_json(event(5, ship), catalogue(), false);
  CHECK(json.at("event") == "TransferShipped");
  CHECK(json.at("source") == "MAIN");
  CHECK(json.at("destination") == "WEST");
  CHECK(json.at("rows").at(0).at("quantity") == 20);

  const engine::ArrivedRow came[] = {{engine::SkuId{1}, 12, 3, 1, 12}};
  const engine::MissingUnits missing[] = {{engine::SkuId{1}, 6}};
  engine::TransferReceiptDecision receipt{"U", "TR-1", engine::Lsn{5}, 0, warehouse(1), warehouse(2), false, false, came, {}};
  CHECK(told(event(6, receipt)) ==
        "         6  12:00:00.123  arrived      transfer TR-1, more in transit: BEAM 12 into WEST, 12 available then (back in stock), 3 damaged, 1 over\n");
  receipt.closed = true;
  receipt.missing = missing;
  CHECK(told(event(6, receipt)) ==
        "         6  12:00:00.123  arrived      transfer TR-1, closed\n"
        "                                       BEAM  12 into WEST, 12 available then (back in stock), 3 damaged, 1 over\n"
        "                                       BEAM  6 short\n");
  CHECK(event_text(event(6, receipt), catalogue(), false).find("Lost on the way") != std::string::npos);
  json = event_json(event(6, receipt), catalogue(), false);
  CHECK(json.at("event") == "TransferReceived");
  CHECK(json.at("closed") == true);
  CHECK(json.at("rows").at(0).at("over") == 1);
  CHECK(json.at("missing").at(0).at("quantity") == 6);
}

TEST_CASE("stream text: stock changes, with who lost what", "[client][events]") {
  const engine::ChangedRow rows[] = {{engine::SkuId{1}, warehouse(1), 0, -8, -1, 0}};
  CHECK(told(event(5, engine::StockChangeDecision{"K-1", 0, engine::ChangeKind::count, "cycle count", false, rows, {}, {}, {}})) ==
        "         5  12:00:00.123  counted      stock change K-1, cycle count: BEAM in MAIN: -8 on hand; -1 unavailable, 0 available then\n");
  const engine::ChangedRow same[] = {{engine::SkuId{1}, warehouse(1), 0, 0, 0, 4}};
  CHECK(told(event(6, engine::StockChangeDecision{"K-2", 0, engine::ChangeKind::count, "", false, same, {}, {}, {}})) ==
        "         6  12:00:00.123  counted      stock change K-2: BEAM in MAIN: nothing changed, 4 available then\n");
  const engine::LostUnits lost[] = {{engine::Lsn{2}, 0, engine::LineNumber{3}, 7, 0, warehouse(1), 1, engine::SkuId{1}}};
  const std::string_view orders[] = {"A-1"}, customers[] = {"Okafor"};
  CHECK(told(event(7, engine::StockChangeDecision{"K-3", 0, engine::ChangeKind::quarantine, "", false, rows, lost, orders, customers})) ==
        "         7  12:00:00.123  quarantined  stock change K-3\n"
        "                                       BEAM  in MAIN: -8 on hand; -1 unavailable, 0 available then\n"
        "                                       line 3  BEAM  of order A-1 of Okafor: 7 MAIN lost, waiting again\n");
  const auto json = event_json(event(7, engine::StockChangeDecision{"K-3", 0, engine::ChangeKind::count, "why", false, rows, lost, orders, customers}), catalogue(), false);
  CHECK(json.at("event") == "StockChanged");
  CHECK(json.at("kind") == "count");
  CHECK(json.at("reason") == "why");
  CHECK(json.at("rows").at(0).at("on_hand_change") == -8);
  CHECK(json.at("rows").at(0).at("unavailable_change") == -1);
  CHECK(json.at("lost").at(0).at("order") == "A-1");
  CHECK(json.at("lost").at(0).at("quantity") == 7);
  CHECK(json.at("lost").at(0).at("customer") == "Okafor");
  CHECK(json.at("lost").at(0).at("order_lsn") == 2);

  const engine::LostUnits both[] = {{engine::Lsn{4}, 1, engine::LineNumber{1}, 2, 0, warehouse(1), 1, engine::SkuId{1}}, lost[0]};
  const std::string_view ids[] = {"A-1", "CART-7"}, theirs[] = {"Okafor", ""};
  constexpr std::uint32_t of_holds[] = {0};
  const engine::StockChangeDecision change{"K-4", 0, engine::ChangeKind::adjust, "", false, rows, both, ids, theirs, of_holds};
  CHECK(told(event(8, change)) ==
        "         8  12:00:00.123  adjusted     stock change K-4\n"
        "                                       BEAM  in MAIN: -8 on hand; -1 unavailable, 0 available then\n"
        "                                       line 1  BEAM  of hold CART-7: 2 MAIN lost\n"
        "                                       line 3  BEAM  of order A-1 of Okafor: 7 MAIN lost, waiting again\n");
  const auto of_both = event_json(event(8, change), catalogue(), false).at("lost");
  CHECK(of_both.at(0).at("hold") == "CART-7");
  CHECK(of_both.at(0).at("hold_lsn") == 4);
  CHECK_FALSE(of_both.at(0).contains("order"));
  CHECK(of_both.at(1).at("order") == "A-1");
  const std::string text = event_text(event(8, change), catalogue(), false);
  const auto holds = text.find("these holds have less"), waiting = text.find("these lines wait again");
  REQUIRE(holds != std::string::npos);
  REQUIRE(waiting != std::string::npos);
  CHECK(text.find("CART-7") > holds);
  CHECK(text.find("CART-7") < waiting);
  CHECK(text.find("A-1") > waiting);
}

TEST_CASE("stream text: what is long is shortened with a count, what is left out is said", "[client][events]") {
  std::vector<engine::LineDecision> lines(4000, {engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 1, 9, warehouse(1), 1, 0, {}});
  engine::OrderDecision order;
  order.id = "BIG";
  order.lines = lines;
  const std::string text = told(event(2, order));
  CHECK(std::count(text.begin(), text.end(), '\n') == 1 + static_cast<std::ptrdiff_t>(most_shown_rows) + 1);
  CHECK(text.ends_with("and 3,992 more lines\n"));

  const engine::Take takes[] = {{1, 9, warehouse(1), 1}, {2, 9, warehouse(2), 2}, {3, 9, warehouse(3), 3}, {4, 9, warehouse(4), 4}, {5, 9, warehouse(5), 5}, {6, 9, warehouse(1), 6}};
  CHECK(told(event(3, engine::FillDecision{"A", {}, engine::LineNumber{1}, engine::SkuId{1}, 0, 2, true, takes, {}})).find(
            "BEAM 1 MAIN, 2 WEST, 3 EAST, 4 NORTH and 11 in 2 more warehouses from the queue, 2 still waiting") != std::string::npos);

  order.lines = {};
  schema::Event some = event(4, order);
  some.filtered = true;
  CHECK(told(some) == "         4  12:00:00.123  reserved     order BIG (in part)\n");
}

TEST_CASE("stream text: who turns strict, what he takes over, and whom an order passed over", "[client][events]") {
  const engine::ReceivedRow freed[] = {{engine::SkuId{1}, warehouse(1), 0, 3, 3}};
  const engine::LostUnits lost[] = {{engine::Lsn{5}, 0, engine::LineNumber{2}, 3, 0, warehouse(1), 1, engine::SkuId{1}}};
  const std::string_view orders[] = {"LATER"}, customers[] = {"Quarry"};
  engine::StrictDecision strict{"FIRST", engine::Lsn{2}, {}, false, true, {}, {}, {}, {}, "Bridge"};
  CHECK(told(event(9, strict)) == "         9  12:00:00.123  set aside    order FIRST of Bridge, which was passed over often enough\n");
  strict.freed = freed, strict.lost = lost, strict.orders = orders, strict.customers = customers;
  strict.line = engine::LineNumber{4}, strict.waited = true;
  CHECK(told(event(9, strict)) ==
        "         9  12:00:00.123  set aside    order FIRST of Bridge, line 4, which has waited long enough: line 2 BEAM of order LATER of Quarry: "
        "3 MAIN taken over, waiting again\n");
  CHECK(event_text(event(9, strict), catalogue(), false)
            .starts_with("Line 4 of order FIRST of Bridge has waited long enough: from now on units are set aside for it until it is whole (decision 9)\n"));
  auto json = event_json(event(9, strict), catalogue(), false);
  CHECK(json.at("event") == "TurnedStrict");
  CHECK(json.at("order") == "FIRST");
  CHECK(json.at("line") == 4);
  CHECK(json.at("waited") == true);
  CHECK(json.at("lost").at(0).at("order") == "LATER");
  CHECK(json.at("lost").at(0).at("sku") == "BEAM");
  CHECK(json.at("lost").at(0).at("available_after") == 3);
  strict.order_id = {}, strict.line = {};  // left out by a filter
  CHECK(told(event(9, strict)).find("set aside    another order: line 2 BEAM of order LATER") != std::string::npos);

  engine::OrderDecision order;
  order.id = "LATE";
  CHECK_FALSE(event_json(event(3, order), catalogue(), false).contains("skipped"));
  order.skipped = {engine::Lsn{2}, engine::LineNumber{4}, "FIRST"};
  json = event_json(event(3, order), catalogue(), false);
  CHECK(json.at("skipped") == "FIRST");
  CHECK(json.at("skipped_lsn") == 2);
  CHECK(json.at("skipped_line") == 4);
}

TEST_CASE("stream text: the date stands above the first event of a day, and names cannot move the cursor", "[client][events]") {
  StreamText text(false);
  engine::OrderDecision order;
  order.id = "A\x1b[2J";
  CHECK(text.text(event(2, order), catalogue()) == "2026-01-01 UTC\n         2  12:00:00.123  reserved     order A [2J\n");
  CHECK(text.text(event(3, order), catalogue()) == "         3  12:00:00.123  reserved     order A [2J\n");
  schema::Event next = event(4, order);
  next.stamp.time.value += 86'400'000'000;
  CHECK(text.text(next, catalogue()).starts_with("2026-01-02 UTC\n"));
  StreamText coloured(true);
  CHECK(coloured.text(event(2, order), catalogue()).find("\x1b[32mreserved") != std::string::npos);
}

TEST_CASE("event json: says who the customer is and what was left out", "[client][events]") {
  const engine::Take takes[] = {{3, 0, warehouse(1), 1}};
  schema::Event fill = event(6, engine::FillDecision{"A-1", engine::Lsn{2}, engine::LineNumber{1}, engine::SkuId{1}, 0, 0, true, takes, "Okafor"});
  CHECK(event_json(fill, catalogue(), false).value("customer", "") == "Okafor");
  CHECK_FALSE(event_json(fill, catalogue(), false).contains("filtered"));
  fill.filtered = true;
  CHECK(event_json(fill, catalogue(), false).value("filtered", false));
}
