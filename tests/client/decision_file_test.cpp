// Decisions as lines of a replay's file, as JSON and as text for people.
#include "client/decision_file.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/event_text.hpp"
#include "client/split.hpp"

using namespace earmark;
using namespace earmark::client;

namespace {

Catalogue catalogue() {
  Catalogue codes(5);
  codes.learn("BEAM", engine::SkuId{1});
  codes.learn("NAIL", engine::SkuId{2});
  codes.learn({{"MAIN", "Main yard", 1}, {"WEST", "West yard", 2}});
  return codes;
}

constexpr engine::WarehouseId main_yard{1}, west_yard{2};

struct Sample {
  std::vector<engine::LineDecision> lines{
      {engine::LineNumber{1}, engine::SkuId{1}, 20, 5, 12, 0, main_yard, 1, 1, {}},
      {engine::LineNumber{2}, engine::SkuId{2}, 4, 0, 0, 0, {}, 0, 0, {}},
  };
  std::vector<engine::Take> takes{{3, 7, west_yard, 2}};
  std::vector<engine::LineWait> waits{{8, 2, 0}};
  engine::OrderDecision order;

  Sample() {
    order.id = "A-1";
    order.status = engine::OrderStatus::split;
    order.texts.customer = "Ann";
    order.lines = lines;
    order.takes = takes;
    order.waits = waits;
  }
};

ReplayEvent event_of(const std::string& type) { return {7, "2010-12-01 08:26:00", type, "A-1", {}, {}}; }

}  // namespace

TEST_CASE("decision file: an order's line has sorted keys and maps of units", "[client][replay]") {
  const Sample sample;
  DecisionLine line(event_of("order"));
  line.add(sample.order, catalogue());
  CHECK(line.json().dump() ==
        R"({"id":"A-1","lines":[{"backordered":5,"line":1,"qty":20,"reserved":{"MAIN":12,"WEST":3},"sku":"BEAM"},)"
        R"({"backordered":0,"line":2,"qty":4,"reserved":{},"sku":"NAIL"}],"seq":7,"status":"split",)"
        R"("time":"2010-12-01 08:26:00","type":"order"})");
}

TEST_CASE("decision file: lines say what was cancelled under other policies only", "[client][replay]") {
  Sample sample;
  sample.lines[0].backordered = 0;
  sample.order.waits = {};
  sample.order.policy = engine::Policy::fill_and_cancel;
  sample.order.status = engine::OrderStatus::reduced;
  DecisionLine line(event_of("order"));
  line.add(sample.order, catalogue());
  CHECK(line.json()["lines"][0]["cancelled"] == 5);
  CHECK(line.json()["lines"][1]["cancelled"] == 4);
}

TEST_CASE("decision file: receipts and cancels list their fills in order", "[client][replay]") {
  const std::vector<engine::ReceivedRow> rows{{engine::SkuId{1}, main_yard, 0, 16, 16}};
  const std::vector<engine::Take> both{{4, 0, main_yard, 1}, {1, 0, west_yard, 2}};
  DecisionLine receipt(event_of("receipt"));
  receipt.add(engine::ReceiptDecision{"A-1", 0, true, rows}, catalogue());
  receipt.add(engine::FillDecision{"B-2", engine::Lsn{3}, engine::LineNumber{9}, engine::SkuId{1}, 0, 2, true, both}, catalogue());
  CHECK(receipt.json()["rows"].dump() == R"([{"qty":16,"sku":"BEAM","warehouse":"MAIN"}])");
  CHECK(receipt.json()["filled"].dump() == R"([{"line":9,"order":"B-2","sku":"BEAM","still_waiting":2,"taken":{"MAIN":4,"WEST":1}}])");

  const std::vector<engine::CancelledLine> lines{{engine::LineNumber{1}, engine::SkuId{1}, 5, 2, 7},
                                                 {engine::LineNumber{2}, engine::SkuId{2}, 0, 0, 0}};
  DecisionLine cancel(event_of("cancel"));
  cancel.add(engine::CancelDecision{"cancel-7", "A-1", 0, true, false, lines, both}, catalogue());
  CHECK(cancel.json()["lines"].dump() ==
        R"([{"excess":7,"line":1,"released":{"MAIN":4,"WEST":1},"sku":"BEAM","waiting":5},)"
        R"({"excess":0,"line":2,"released":{},"sku":"NAIL","waiting":0}])");
  CHECK(cancel.json()["filled"].dump() == "[]");

  const std::vector<engine::ShippedLine> shipped{{engine::LineNumber{1}, engine::SkuId{1}, 2}};
  DecisionLine ship(event_of("ship"));
  ship.add(engine::ShipDecision{"ship-7", "A-1", 0, shipped, both}, catalogue());
  CHECK(ship.json()["lines"].dump() == R"([{"line":1,"shipped":{"MAIN":4,"WEST":1},"sku":"BEAM"}])");
}

TEST_CASE("decision file: an error has nothing but its name", "[client][replay]") {
  const Sample sample;
  DecisionLine line(event_of("order"));
  line.add(sample.order, catalogue());
  line.refuse("duplicate_order");
  CHECK(line.json().dump() == R"({"error":"duplicate_order","id":"A-1","seq":7,"time":"2010-12-01 08:26:00","type":"order"})");
}

TEST_CASE("decision file: the final state names every SKU and warehouse, sorted", "[client][replay]") {
  const std::vector<schema::StockLevel> levels{{engine::Lsn{9}, engine::SkuId{1}, west_yard, 0, 9, 4, 0, 0, 5, 0}};
  const auto stock = stock_lines({"NAIL", "BEAM"}, levels, catalogue());
  REQUIRE(stock.size() == 4);
  CHECK(stock[0].dump() == R"({"available":0,"on_hand":0,"reserved":0,"sku":"BEAM","type":"stock","warehouse":"MAIN"})");
  CHECK(stock[1].dump() == R"({"available":5,"on_hand":9,"reserved":4,"sku":"BEAM","type":"stock","warehouse":"WEST"})");
  CHECK(stock[2]["sku"] == "NAIL");

  std::vector<schema::WaitingLine> waiting(3);
  waiting[0].sku = engine::SkuId{2}, waiting[0].line = engine::LineNumber{1}, waiting[0].quantity = 4;
  waiting[1].sku = engine::SkuId{1}, waiting[1].line = engine::LineNumber{2}, waiting[1].quantity = 5, waiting[1].order = 1;
  waiting[2].sku = engine::SkuId{1}, waiting[2].line = engine::LineNumber{1}, waiting[2].quantity = 6;
  const std::vector<std::string_view> orders{"A", "B"}, customers{"", ""};
  const auto queues = queue_lines({engine::Lsn{9}, waiting, orders, customers}, catalogue());
  REQUIRE(queues.size() == 2);
  CHECK(queues[0].dump() == R"({"sku":"BEAM","type":"queue","waiting":[{"line":2,"order":"B","qty":5},{"line":1,"order":"A","qty":6}]})");
  CHECK(queues[1]["waiting"].size() == 1);
}

TEST_CASE("split: shipments by number, one for each warehouse", "[client][split]") {
  const Sample sample;
  const auto shipments = shipments_of(sample.order);
  REQUIRE(shipments.size() == 2);
  CHECK(shipments[0].number == 1);
  CHECK(shipments[0].warehouse == main_yard);
  CHECK(shipments[0].units == 12);
  CHECK(shipments[1].units == 3);
  CHECK(shipment_id("A-1", 2) == "A-1-2");
  CHECK(backorder_id("A-1") == "A-1-B1");
}

TEST_CASE("event json: the schema's names, codes in place of ids", "[client][json]") {
  const Sample sample;
  const schema::Event event{{engine::Lsn{42}, engine::TimeUs{9}, {}}, sample.order};
  const Json json = event_json(event, catalogue(), true);
  CHECK(json["event"] == "OrderDecided");
  CHECK(json["lsn"] == 42);
  CHECK(json["time_us"] == 9);
  CHECK(json["duplicate"] == true);
  CHECK(!json.contains("cause_lsn"));
  CHECK(json["status"] == "split");
  CHECK(json["policy"] == "ship_partial");
  CHECK(json["customer"] == "Ann");
  CHECK(json["lines"][0]["takes"].size() == 2);
  CHECK(json["lines"][0]["takes"][1].dump() == R"({"available_after":7,"quantity":3,"shipment":2,"warehouse":"WEST"})");
  CHECK(json["lines"][0]["position"] == 2);
  CHECK(json["lines"][0]["quantity_ahead"] == 8);
  CHECK(!json["lines"][1].contains("position"));
  CHECK(json["shipments"][0].dump() == R"({"id":"A-1-1","units":12,"warehouse":"MAIN"})");
  CHECK(json["backorder"] == "A-1-B1");
}

TEST_CASE("event json: text that is no UTF-8 does not stop the program", "[client][json]") {
  CHECK(json_line(Json{{"id", "A\xff"}}) == "{\"id\":\"A\xef\xbf\xbd\"}");
}

TEST_CASE("event json: an id that nobody looked up is shown as a number", "[client][json]") {
  Sample sample;
  sample.lines[0].sku = engine::SkuId{99};
  const Json json = event_json({{engine::Lsn{1}, {}, {}}, sample.order}, catalogue(), false);
  CHECK(json["lines"][0]["sku"] == "#99");
}

TEST_CASE("event text: an order is a small table, its shipments and what waits", "[client][text]") {
  const Sample sample;
  CHECK(event_text({{engine::Lsn{42}, {}, {}}, sample.order}, catalogue(), false) ==
        "Order A-1 of Ann: split (decision 42)\n"
        "LINE  SKU   ORDERED  SHIPS NOW        WAITS  PLACE IN QUEUE       EXPECTED\n"
        "   1  BEAM       20  12 MAIN, 3 WEST      5  2nd, behind 8 units  no date\n"
        "   2  NAIL        4  -                    -\n"
        "Shipment A-1-1 from MAIN: 12 units\n"
        "Shipment A-1-2 from WEST: 3 units\n"
        "Backorder A-1-B1: 5 units\n");
}

TEST_CASE("event text: a repeat says so, and a control character cannot move the cursor", "[client][text]") {
  Sample sample;
  sample.order.texts.customer = "Ann\x1b[2J";
  const std::string text = event_text({{engine::Lsn{42}, {}, {}}, sample.order}, catalogue(), true);
  CHECK(text.find("(decision 42, made for an earlier sending)") != std::string::npos);
  CHECK(text.find('\x1b') == std::string::npos);
}
