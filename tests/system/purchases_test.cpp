// Purchase orders over TCP, with the command line: from the draft to the last receipt, who waits served in the same step; kills, repeats, refusals.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark::test;

constexpr std::int64_t fourth = 1'772'582'400'000'000, sixth = 1'772'755'200'000'000;  // of March 2026

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("purchases: an order waits, a purchase order brings it, and a killed server forgets nothing", "[system][purchases]") {
  Shop shop({"--clock", "commands"});  // DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1
  shop.at("2026-03-01 08:00:00");
  CHECK(shop.events({"order", "--id", "A", "DOOR:20"}).at(0)["lines"][0]["backordered"] == 7);
  CHECK(shop.tell({"po", "list"}) == "No purchase order is open.\n");

  const std::vector<std::string> place{"po", "new", "PO-1", "--vendor", "HOLZ", "DOOR:10@W2=2026-03-04", "NAIL:20@W1", "--notes", "by crane"};
  Json placed = shop.events(place).at(0);
  CHECK(placed["event"] == "PurchasePlaced");
  CHECK(placed["vendor"] == "HOLZ");
  CHECK(placed["state"] == "draft");
  CHECK(placed["lines"] == Json::array({{{"line", 1}, {"sku", "DOOR"}, {"warehouse", "W2"}, {"quantity", 10}, {"promised_us", fourth}},
                                        {{"line", 2}, {"sku", "NAIL"}, {"warehouse", "W1"}, {"quantity", 20}}}));
  CHECK(shop.events(place).at(0)["duplicate"] == true);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 0);  // a draft is nothing to count on
  CHECK(has(shop.refusal({"po", "send", "PO-1"}), "purchase_draft"));
  CHECK(has(shop.refusal({"po", "receive", "PO-1"}), "purchase_draft"));

  const std::vector<std::string> approve{"po", "approve", "PO-1", "--id", "C-1"};
  const Json approved = shop.events(approve).at(0);
  CHECK(approved["state"] == "approved");
  CHECK(approved["purchase_lsn"] == placed["lsn"]);
  CHECK(approved["changes"][0]["incoming_change"] == 10);
  CHECK(approved["changes"][1]["incoming_change"] == 20);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 10);
  CHECK(shop.stock("NAIL", "W1")["in_transit"] == 20);
  CHECK(shop.events({"po", "send", "PO-1"}).at(0)["state"] == "sent");
  const Json acknowledged = shop.events({"po", "acknowledge", "PO-1", "1:9=2026-03-06", "--reference", "AB-9"}).at(0);
  CHECK(acknowledged["state"] == "acknowledged");
  CHECK(acknowledged["reference"] == "AB-9");
  CHECK(acknowledged["changes"] == Json::array({{{"line", 1}, {"sku", "DOOR"}, {"warehouse", "W2"}, {"quantity", 9}, {"promised_us", sixth}, {"incoming_change", -1}}}));

  const Json open = shop.events({"po", "list", "--vendor", "HOLZ"}).at(0);
  CHECK(open["purchase"] == "PO-1");
  CHECK(open["ordered"] == 29);
  CHECK(open["open"] == 29);
  CHECK(open["reference"] == "AB-9");
  CHECK(open["next_arrival_us"] == sixth);
  CHECK(open["lines"][0]["first_promised_us"] == fourth);
  CHECK(shop.events({"po", "list", "--vendor", "STAHL"}).empty());
  CHECK(has(shop.tell({"po", "list"}), "1 purchase order with 29 units open"));
  CHECK(shop.events({"document", "purchase-order", "PO-1"}).at(0)["lines"][0]["promised_us"] == sixth);

  // 6 come, one of them broken; who waits gets the others in the same step.
  const std::vector<std::string> receive{"po", "receive", "PO-1", "1:5:1", "--id", "TRUCK-1"};
  const auto arrived = shop.events(receive);
  REQUIRE(arrived.size() == 2);
  CHECK(arrived[0]["event"] == "PurchaseReceived");
  CHECK(arrived[0]["state"] == "partly_received");
  CHECK(arrived[0]["rows"][0]["damaged"] == 1);
  CHECK(arrived[1]["event"] == "BackorderFilled");
  CHECK(arrived[1]["order"] == "A");
  CHECK(arrived[1]["cause_lsn"] == arrived[0]["lsn"]);
  CHECK(arrived[1]["takes"][0]["warehouse"] == "W2");
  CHECK(arrived[1]["still_waiting"] == 2);
  CHECK(shop.stock("DOOR", "W2")["unavailable"] == 1);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 3);
  CHECK(has(shop.tell({"explain", "A"}), "receipt TRUCK-1 of purchase order PO-1"));

  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  shop.compare_digests();
  const Json again = shop.events({"po", "list"}).at(0);
  CHECK(again["state"] == "partly_received");
  CHECK(again["lines"][0]["received"] == 6);
  CHECK(again["lines"][0]["first_promised_us"] == fourth);
  CHECK(again["notes"] == "by crane");
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 3);
  for (const auto* command : {&place, &approve, &receive}) CHECK(shop.events(*command).at(0)["duplicate"] == true);
  CHECK(shop.events(receive).size() == 2);
  CHECK(shop.stock("DOOR", "W2")["on_hand"] == 9);  // once

  // By SKU: its open line is found.
  const auto by_sku = shop.events({"receive", "W2", "DOOR:3", "--po", "PO-1", "--id", "TRUCK-2"});
  REQUIRE(by_sku.size() == 2);
  CHECK(by_sku[0]["rows"][0]["line"] == 1);
  CHECK(by_sku[0]["state"] == "partly_received");
  CHECK(by_sku[1]["still_waiting"] == 0);
  CHECK(has(shop.refusal({"receive", "W2", "DOOR:1", "--po", "PO-1"}), "unknown_line: purchase order PO-1 has no open line of DOOR for W2"));
  CHECK(has(shop.refusal({"receive", "W1", "NAIL:23", "--po", "PO-1"}), "over_tolerance"));
  const Json last = shop.events({"po", "receive", "PO-1", "2:23", "--accept-over"}).at(0);
  CHECK(last["state"] == "received");
  CHECK(last["rows"][0]["over"] == 3);
  CHECK(shop.events({"po", "list"}).empty());
  for (const char* ended : {"show", "close", "cancel", "receive"}) CHECK(has(shop.refusal({"po", ended, "PO-1"}), "purchase_closed"));
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 0);
  CHECK(shop.stock("NAIL", "W1")["available"] == 28);
  shop.compare_digests();
  CHECK(shop.events({"watch", "--from", "1", "--kind", "purchase_received", "--count", "3"}).size() == 3);
  const auto dump = shop.dump();
  CHECK(count_of(dump, "purchase", "PO-1") == 1);
  CHECK(count_of(dump, "purchase_step", "PO-1") == 3);
  CHECK(count_of(dump, "purchase_receipt", "TRUCK-1") == 1);
}

TEST_CASE("purchases: open ones come back from the state store, and are closed, cancelled and received whole", "[system][purchases]") {
  Shop shop({"--horizon", "1000"});
  const TemporaryDirectory files;
  const std::string file = (files.path() / "lines.csv").string();
  std::ofstream(file) << "sku,warehouse,quantity,line,promised\nDOOR,W1,4,10,2026-03-04\nDOOR,W1,6,,\nNAIL,W2,5,7,\n";
  const Json placed = shop.events({"po", "new", "WHOLE", "--vendor", "HOLZ", "--file", file, "--send"}).at(0);
  CHECK(placed["state"] == "sent");
  CHECK(placed["lines"][0]["line"] == 10);
  CHECK(placed["lines"][1]["line"] == 2);
  CHECK(placed["lines"][2]["line"] == 7);
  shop.tell({"po", "new", "DRAFT", "--vendor", "HOLZ", "DOOR:7@W1"});
  shop.tell({"po", "new", "SHORT", "--vendor", "STAHL", "DOOR:8@W2=2026-03-04", "--approve"});
  shop.tell({"po", "receive", "SHORT", "1:3"});
  shop.tell({"po", "new", "NEVER", "--vendor", "STAHL", "NAIL:5@W2", "--approve"});
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 10);
  CHECK(shop.stock("DOOR", "W2")["in_transit"] == 5);
  REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  const auto open = shop.events({"po", "list"});
  REQUIRE(open.size() == 4);
  CHECK(open[1]["purchase"] == "DRAFT");
  CHECK(open[2]["lines"][0]["received"] == 3);
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 10);
  const std::string shown = shop.tell({"po", "show", "SHORT"});
  CHECK(has(shown, "Purchase order SHORT from vendor STAHL: partly received"));
  CHECK(has(shown, "2026-03-04 00:00:00.000 UTC"));

  const Json closed = shop.events({"po", "close", "SHORT"}).at(0);
  CHECK(closed["state"] == "closed");
  CHECK(closed["changes"][0]["incoming_change"] == -5);
  CHECK(shop.events({"po", "cancel", "DRAFT"}).at(0)["changes"][0]["incoming_change"] == 0);
  // What the vendor does not bring at all.
  CHECK(shop.events({"po", "acknowledge", "NEVER", "1:0"}).at(0)["state"] == "closed");
  // Over two lines of a SKU, in their order, and the rest whole.
  const Json both = shop.events({"receive", "W1", "DOOR:5", "--po", "WHOLE"}).at(0);
  CHECK(both["rows"][0]["line"] == 10);
  CHECK(both["rows"][0]["quantity"] == 4);
  CHECK(both["rows"][1]["line"] == 2);
  CHECK(both["rows"][1]["quantity"] == 1);
  const Json whole = shop.events({"po", "receive", "WHOLE"}).at(0);
  CHECK(whole["state"] == "received");
  CHECK(whole["rows"].size() == 2);
  CHECK(shop.stock("DOOR", "W1")["available"] == 20);
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 0);
  CHECK(shop.stock("NAIL", "W2")["available"] == 5);
  CHECK(shop.events({"po", "list"}).empty());
  shop.compare_digests();
}

TEST_CASE("purchases: who waits is told when it can be expected, in queue order, and a killed server tells the same", "[system][purchases][dates]") {
  Shop shop({"--clock", "commands"});  // DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1
  shop.at("2026-03-01 08:00:00");
  const auto dated = [](std::int64_t date_us, int quantity) { return Json{{"date_us", date_us}, {"quantity", quantity}}; };
  const Json undated = shop.events({"order", "--id", "A", "DOOR:18"}).at(0);
  CHECK(undated["lines"][0]["backordered"] == 5);
  CHECK(undated["lines"][0]["expected"] == Json::array());
  CHECK(has(shop.tell({"show", "A"}), "1st, nobody ahead  no date\n"));
  CHECK(!shop.events({"backorders"}).at(0).contains("expected_us"));
  CHECK(has(shop.tell({"explain", "A"}), "5 wait as 1st in the queue, nobody ahead; no date is known\n"));

  // A draft is nothing to count on. Approved: 8 on the 4th, 4 on the 6th, 9 without a date.
  shop.tell({"po", "new", "PO-1", "--vendor", "HOLZ", "DOOR:8@W2=2026-03-04", "DOOR:4@W1=2026-03-06", "DOOR:9@W1"});
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["expected"] == Json::array());
  shop.tell({"po", "approve", "PO-1"});
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["expected"] == Json::array({dated(fourth, 5)}));
  CHECK(has(shop.tell({"show", "A"}), "1st, nobody ahead  2026-03-04      2026-03-04  2026-03-04\n"));  // promised, told, expected
  CHECK(shop.events({"backorders"}).at(0)["expected_us"] == fourth);

  // Asked before ordering: behind A there are 3 of the 4th and 4 of the 6th. Then the same, told.
  const Json asked = shop.events({"check", "DOOR:10", "NAIL:5", "--dates"}).at(0);
  CHECK(asked["now"] == 0);
  CHECK(asked["expected"] == Json::array({dated(fourth, 3), dated(sixth, 4)}));
  const std::string check = shop.tell({"check", "DOOR:10", "NAIL:5", "--dates"});
  CHECK(has(check, "DOOR      10    0  -             2026-03-04 3, 2026-03-06 4, no date 3\n"));
  CHECK(has(check, "NAIL       5    5  W1 5\n"));
  CHECK(!shop.events({"check", "DOOR:10"}).at(0).contains("expected"));
  const std::vector<std::string> second{"order", "--id", "B", "DOOR:10"};
  CHECK(shop.events(second).at(0)["lines"][0]["expected"] == asked["expected"]);
  CHECK(has(shop.tell(second), "2nd, behind 5 units  2026-03-04 3, 2026-03-06 4, no date 3\n"));
  const std::string backorders = shop.tell({"backorders"});
  CHECK(has(backorders, "2026-03-04\n"));
  CHECK(has(backorders, "no date\n"));  // of B's last unit
  CHECK(shop.events({"watch", "--from", "1", "--kind", "line_backordered", "--count", "2"}).at(1)["lines"][0]["expected"] == asked["expected"]);
  CHECK(has(shop.tell({"watch", "--from", "1", "--kind", "line_backordered", "--count", "2"}), "behind 5 units, expected 2026-03-04 3, 2026-03-06 4, no date 3\n"));
  for (const char* kind : {"order-confirmation", "backorder-confirmation"}) {
    CHECK(shop.events({"document", kind, "B"}).at(0)["lines"][0]["expected"] == asked["expected"]);
    CHECK(has(shop.tell({"document", kind, "B"}), "3 expected 2026-03-04, 4 on 2026-03-06, 3 not known yet"));
  }
  CHECK(has(shop.tell({"document", "packing-slip", "A-1"}), "expected 2026-03-04"));

  // The vendor is late with the first: what was told stays told, what is known now moves.
  shop.tell({"po", "acknowledge", "PO-1", "1=2026-03-06"});
  const Json moved = Json::array({dated(sixth, 7)});
  CHECK(shop.events({"show", "B"}).at(0)["lines"][0]["expected"] == moved);
  CHECK(shop.events(second).at(0)["lines"][0]["expected"] == asked["expected"]);
  const std::string explained = shop.tell({"explain", "B"});
  CHECK(has(explained, "It was told to expect: 2026-03-04 3, 2026-03-06 4, no date 3\n"));
  CHECK(has(explained, "; expected 2026-03-06 7, no date 3\n"));

  shop.server().kill();
  shop.server().start();
  shop.compare_digests();
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["expected"] == Json::array({dated(sixth, 5)}));
  CHECK(shop.events({"show", "B"}).at(0)["lines"][0]["expected"] == moved);
  CHECK(shop.events(second).at(0)["lines"][0]["expected"] == asked["expected"]);
  const auto dump = shop.dump();
  const auto told = std::ranges::find_if(dump, [](const Json& line) { return line.at("type") == "order" && line.at("id") == "B"; });
  REQUIRE(told != dump.end());
  CHECK((*told)["lines"][0]["expected"] == asked["expected"]);

  // What comes fills A, and takes its date along.
  shop.tell({"po", "receive", "PO-1", "1:6"});
  CHECK(!shop.events({"show", "A"}).at(0)["lines"][0].contains("expected"));
  CHECK(shop.events({"backorders"}).at(0)["order"] == "B");
}

TEST_CASE("purchases: what is refused is told in one line, and changes nothing", "[system][purchases]") {
  Shop shop;
  shop.tell({"po", "new", "PO-1", "--vendor", "HOLZ", "DOOR:10@W1", "--approve"});
  shop.tell({"po", "receive", "PO-1", "1:1", "--id", "R-1"});
  shop.tell({"po", "new", "PO-2", "--vendor", "HOLZ", "DOOR:10@W1", "--send"});
  shop.tell({"po", "close", "PO-2", "--id", "C-2"});
  const std::string before = shop.tell({"digest"});
  struct Row {
    std::vector<std::string> command;
    std::string words;
  };
  const std::vector<Row> rows{
      {{"new", "PO-1", "--vendor", "HOLZ", "DOOR:11@W1"}, "duplicate_purchase"},
      {{"new", std::string(65, 'P'), "--vendor", "HOLZ", "DOOR:1@W1"}, "bad_id"},
      {{"new", "P", "--vendor", "", "DOOR:1@W1"}, "bad_vendor"},
      {{"new", "P", "--vendor", "HOLZ", "GATE:1@W1"}, "unknown_sku, line 1"},
      {{"new", "P", "--vendor", "HOLZ", "DOOR:1@W1", "DOOR:1@W9"}, "unknown_warehouse, line 2"},
      {{"new", "P", "--vendor", "HOLZ", "DOOR:0@W1"}, "bad_quantity, line 1"},
      {{"new", "P", "--vendor", "HOLZ", "DOOR:2147483647@W1"}, "quantity_overflow"},
      {{"approve", "NONE"}, "unknown_purchase"},
      {{"show", "NONE"}, "unknown_purchase"},
      {{"approve", "PO-1"}, "purchase_approved"},
      {{"send", "PO-2"}, "purchase_closed"},
      {{"send", "PO-1", "--id", "C-2"}, "duplicate_purchase_command"},
      {{"cancel", "PO-1"}, "purchase_received"},
      {{"acknowledge", "PO-1", "9:1"}, "unknown_line, line 9"},
      {{"acknowledge", "PO-1", "1:5", "1:6"}, "duplicate_line, line 1"},
      {{"acknowledge", "PO-1", "1:0"}, "bad_quantity, line 1"},  // one has arrived
      {{"receive", "PO-1", "9:1"}, "unknown_line, line 9"},
      {{"receive", "PO-1", "1:2", "--id", "R-1"}, "duplicate_receipt"},
      {{"receive", "PO-1", "1:11"}, "over_tolerance, line 1"},
      {{"receive", "NONE"}, "unknown_purchase"},
  };
  for (const Row& row : rows) {
    std::vector<std::string> command{"po"};
    command.insert(command.end(), row.command.begin(), row.command.end());
    INFO(row.command[0] << " " << row.words);
    CHECK(has(shop.refusal(command), row.words));
  }
  CHECK(has(shop.refusal({"receive", "W1", "DOOR:1", "--id", "R-1"}), "duplicate_receipt"));  // one name space
  CHECK(has(shop.refusal({"receive", "W1", "DOOR:1", "--po", "NONE"}), "unknown_purchase"));
  CHECK(has(shop.refusal({"document", "purchase-order", "PO-2"}), "purchase_closed"));
  CHECK(shop.ask({"receive", "W1", "--po", "PO-1"}).code == 2);
  CHECK(shop.tell({"digest"}) == before);
}
