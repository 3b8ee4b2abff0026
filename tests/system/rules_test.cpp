// Vendors and reorder rules over TCP, with the command line: a position that comes down to its point orders in the same step, who waits is told
// when, overdue supply is told, pegged units go to their line first; kills, cut-offs, snoozes, refusals.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark::test;

constexpr std::int64_t day = 86'400'000'000, first = 1'772'323'200'000'000;  // 2026-03-01 00:00 UTC

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The events of one kind, up to the last that is durable.
std::vector<Json> parts(Shop& shop, const std::string& kind, std::size_t count) {
  return shop.events({"watch", "--from", "1", "--kind", kind, "--count", std::to_string(count)});
}

Json open_purchase(Shop& shop, const std::string& state) {
  const auto all = shop.events({"po", "list", "--state", state});
  REQUIRE(all.size() == 1);
  return all.front();
}

}  // namespace

TEST_CASE("rules: an order brings the position to its point, the suggestion is approved, arrives, and serves who waits", "[system][rules]") {
  Shop shop;  // DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1
  shop.tell({"vendor", "set", "HOLZ", "--name", "Timber Mills", "--lead-days", "9"});
  const std::vector<std::string> set{"rule", "set", "DOOR", "W1", "--reorder-point", "5", "--reorder-qty", "20", "--vendor", "HOLZ", "--pooled"};
  CHECK(shop.events(set).at(0)["rules"][0]["mode"] == "suggest");
  CHECK(shop.events(set).at(0)["rules"] == Json::array());  // it stands like this already
  CHECK(shop.events({"rule", "list"}).at(0)["position"] == 13);
  CHECK(shop.events({"po", "list"}).empty());

  shop.tell({"order", "--id", "A", "DOOR:8"});
  Json suggested = open_purchase(shop, "suggested");
  const std::string id = suggested["purchase"];
  CHECK(id.starts_with("reorder-"));
  CHECK(suggested["vendor"] == "HOLZ");
  CHECK(suggested["ordered"] == 20);
  CHECK(suggested["lines"][0]["promised_us"] == suggested["since_us"].get<std::int64_t>() + 9 * day);
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 0);  // a suggestion is nothing to count on
  const Json rule = shop.events({"rule", "list", "DOOR"}).at(0);
  CHECK(rule["position"] == 25);
  CHECK(rule["purchase"] == id);
  CHECK(rule["triggered"] == false);  // the suggestion brings it above its point
  const Json triggered = parts(shop, "reorder_triggered", 1).at(0);
  CHECK(triggered["position"] == 5);
  CHECK(triggered["quantity"] == 20);

  // Who waits has no date, and hears when it could come.
  const Json waits = shop.events({"order", "--id", "B", "DOOR:9"}).at(0)["lines"][0];
  CHECK(waits["backordered"] == 4);
  CHECK(waits["expected"] == Json::array());
  CHECK(waits["fallback_us"].get<std::int64_t>() > suggested["since_us"].get<std::int64_t>() + 8 * day);
  CHECK(has(shop.tell({"show", "B"}), "no date; about "));
  CHECK(has(shop.tell({"check", "DOOR:3", "--dates"}), "no date; about "));
  CHECK(parts(shop, "shortage_alert", 1).at(0)["id"] == "B");

  shop.server().kill();
  shop.server().start();
  shop.compare_digests();
  CHECK(open_purchase(shop, "suggested")["purchase"] == id);
  CHECK(shop.events(set).at(0)["rules"] == Json::array());
  shop.tell({"order", "--id", "C", "DOOR:12"});  // 20 - 4 - 12: at the point again, the line grows
  suggested = open_purchase(shop, "suggested");
  CHECK(suggested["purchase"] == id);
  CHECK(suggested["lines"].size() == 1);
  CHECK(suggested["ordered"] == 40);

  CHECK(shop.events({"po", "approve", id}).at(0)["state"] == "approved");
  CHECK(shop.stock("DOOR", "W1")["in_transit"] == 40);
  const Json promised = shop.events({"show", "B"}).at(0)["lines"][0];
  CHECK(promised["expected"][0]["quantity"] == 4);
  CHECK(promised["first_us"] == promised["expected"][0]["date_us"]);
  CHECK(!promised.contains("fallback_us"));
  CHECK(parts(shop, "date_assigned", 1).at(0)["lines"][0]["order"] == "B");
  CHECK(has(shop.tell({"show", "B"}), "PROMISED FIRST"));
  const auto arrived = shop.events({"po", "receive", id, "--id", "TRUCK"});
  REQUIRE(arrived.size() == 3);
  CHECK(arrived[1]["order"] == "B");
  CHECK(arrived[2]["order"] == "C");
  CHECK(arrived[2]["still_waiting"] == 0);
  CHECK(shop.events({"rule", "list"}).at(0)["position"] == 24);
  shop.compare_digests();
}

TEST_CASE("rules: lines for a vendor are gathered up to the cut-off, and approved then", "[system][rules]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-03-01 08:00:00");
  shop.tell({"vendor", "set", "HOLZ", "--lead-days", "3", "--cut-off", "14:30"});
  CHECK(shop.events({"vendor", "list"}).at(0)["cut_off"] == 870);
  shop.tell({"rule", "set", "NAIL", "W1", "--min", "5", "--max", "20", "--mode", "auto-po", "--vendor", "HOLZ"});
  const Json suggested = open_purchase(shop, "suggested");
  CHECK(suggested["ordered"] == 15);
  CHECK(suggested["automatic"] == true);
  CHECK(suggested["closes_us"] == first + 870 * 60'000'000LL);
  shop.tell({"rule", "set", "DOOR", "W1", "--lot-for-lot", "--mode", "auto-po", "--vendor", "HOLZ"});
  shop.at("2026-03-01 10:00:00");
  shop.tell({"order", "--id", "A", "DOOR:15"});
  CHECK(open_purchase(shop, "suggested")["lines"].size() == 2);  // two more doors, in the same one
  shop.server().kill();
  shop.server().start();
  shop.at("2026-03-01 14:31:00");
  shop.tell({"order", "--id", "B", "NAIL:1"});
  const Json approved = open_purchase(shop, "approved");
  CHECK(approved["purchase"] == suggested["purchase"]);
  CHECK(shop.stock("NAIL", "W1")["in_transit"] == 15);
  const auto events = parts(shop, "purchase_approved", 1);
  CHECK(events.at(0)["by_time"] == true);
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["expected"][0]["quantity"] == 2);
  shop.compare_digests();
}

TEST_CASE("rules: a snoozed rule does nothing until its time, and one that is off nothing at all", "[system][rules]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-03-01 08:00:00");
  shop.tell({"vendor", "set", "HOLZ", "--lead-days", "3"});
  shop.tell({"vendor", "source", "DOOR", "HOLZ", "--lead-days", "2"});
  shop.tell({"rule", "set", "DOOR", "W1", "--reorder-point", "5", "--reorder-qty", "20", "--pooled"});
  shop.tell({"rule", "set", "NAIL", "W1", "--reorder-point", "4", "--reorder-qty", "20", "--vendor", "HOLZ"});
  shop.tell({"rule", "snooze", "DOOR", "W1", "--until", "+2d"});
  CHECK(shop.events({"rule", "list", "DOOR"}).at(0)["snoozed_until_us"] == first + 8 * 3'600'000'000LL + 2 * day);
  CHECK(has(shop.tell({"rule", "list"}), "snoozed until 2026-03-03 08:00:00.000 UTC"));
  shop.tell({"rule", "off", "NAIL", "W1"});
  shop.tell({"order", "--id", "A", "DOOR:10", "NAIL:5"});
  CHECK(shop.events({"po", "list"}).empty());
  CHECK(shop.events({"rule", "list"}).size() == 1);
  shop.server().kill();
  shop.server().start();
  shop.at("2026-03-03 08:00:01");
  shop.tell({"receive", "W2", "NAIL:1"});
  const Json suggested = open_purchase(shop, "suggested");
  CHECK(suggested["vendor"] == "HOLZ");  // its only source
  CHECK(suggested["lines"][0]["promised_us"] == suggested["since_us"].get<std::int64_t>() + 2 * day);
  // Who cancels it makes the rule wait until the position has been above the point.
  shop.tell({"po", "cancel", suggested["purchase"]});
  shop.tell({"order", "--id", "B", "DOOR:1"});
  CHECK(shop.events({"po", "list"}).empty());
  CHECK(has(shop.tell({"rule", "list"}), "triggered"));
  shop.compare_digests();
}

TEST_CASE("rules: overdue supply is told, and so is a date that moves, with its reason", "[system][rules][dates]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-03-01 08:00:00");
  shop.tell({"order", "--id", "A", "--customer", "Okafor", "--notes", "Crane until noon", "DOOR:20"});
  shop.tell({"po", "new", "PO-1", "--vendor", "HOLZ", "DOOR:10@W1=2026-03-04", "--approve"});
  CHECK(parts(shop, "date_assigned", 1).at(0)["lines"][0]["date_us"] == first + 3 * day);
  shop.at("2026-03-05 08:00:00");
  shop.tell({"receive", "W2", "NAIL:1"});
  const Json overdue = parts(shop, "purchase_overdue", 1).at(0);
  CHECK(overdue["purchase"] == "PO-1");
  CHECK(overdue["expected_us"] == first + 5 * day + 8 * 3'600'000'000LL);  // he has delivered nothing: a day from now
  const std::string shown = shop.tell({"po", "show", "PO-1"});
  CHECK(has(shown, "2026-03-04 00:00:00.000 UTC overdue"));
  CHECK(has(shown, "2026-03-06 08:00:00.000 UTC"));
  shop.tell({"po", "acknowledge", "PO-1", "1=2026-03-20"});
  const Json moved = parts(shop, "date_changed", 1).at(0)["lines"][0];
  CHECK(moved["order"] == "A");
  CHECK(moved["before_us"] == first + 3 * day);
  CHECK(moved["date_us"] == first + 19 * day);
  shop.server().kill();
  shop.server().start();
  shop.compare_digests();
  const Json line = shop.events({"show", "A"}).at(0)["lines"][0];
  CHECK(line["first_us"] == first + 3 * day);
  CHECK(line["told_us"] == first + 19 * day);
  CHECK(has(shop.tell({"explain", "A"}), "expected 2026-03-20 from now on, told before: 2026-03-04, because of what the vendor says of purchase order PO-1"));
  const Json notice = shop.events({"document", "eta-notice", "A"}).at(0);
  CHECK(notice["customer"] == "Okafor");
  CHECK(notice["notes"] == "Crane until noon");
  CHECK(notice["lines"][0]["first_us"] == first + 3 * day);
  CHECK(notice["lines"][0]["before_us"] == first + 3 * day);
  CHECK(notice["lines"][0]["told_us"] == first + 19 * day);
  CHECK(notice["lines"][0]["reason"] == "what the vendor says of purchase order PO-1");
  // What comes late is counted.
  shop.at("2026-03-23 00:00:00");
  shop.tell({"po", "receive", "PO-1"});
  shop.tell({"vendor", "set", "HOLZ", "--name", "Timber Mills"});
  const Json vendor = shop.events({"vendor", "list"}).at(0);
  CHECK(vendor["arrivals"] == 1);
  CHECK(vendor["typical_lateness_us"] == 3 * day);
  CHECK(has(shop.tell({"vendor", "list"}), "3.0 days"));
  // A promise that is over already is expected later from the start.
  shop.tell({"po", "new", "PO-2", "--vendor", "HOLZ", "NAIL:10@W1=2026-03-22", "--approve"});
  CHECK(has(shop.tell({"po", "show", "PO-2"}), "2026-03-26 00:00:00.000 UTC"));
  shop.compare_digests();
}

TEST_CASE("rules: pegged units go to their line, whoever is ahead, and papers say so", "[system][rules][purchases]") {
  Shop shop;
  shop.tell({"order", "--id", "A", "DOOR:15"});
  shop.tell({"order", "--id", "B", "--customer", "Okafor", "--notes", "Ring twice", "DOOR:4"});
  CHECK(has(shop.refusal({"po", "new", "PO-1", "--vendor", "HOLZ", "DOOR:5@W1", "--peg", "1=B:2"}), "bad_peg"));
  CHECK(has(shop.refusal({"po", "new", "PO-1", "--vendor", "HOLZ", "NAIL:5@W1", "--peg", "1=B:1"}), "bad_peg"));
  const TemporaryDirectory files;
  const std::string file = (files.path() / "lines.csv").string();
  std::ofstream(file) << "sku,warehouse,quantity,line,promised,peg_order,peg_line\nDOOR,W1,5,3,2030-03-04,B,1\nDOOR,W2,1,4,,,\n";
  const std::vector<std::string> place{"po", "new", "PO-1", "--vendor", "HOLZ", "--file", file, "--approve"};
  CHECK(shop.events(place).at(0)["lines"][0]["peg_order"] == "B");
  CHECK(shop.events(place).at(0)["duplicate"] == true);
  CHECK(has(shop.tell({"po", "show", "PO-1"}), "order B line 1"));
  CHECK(shop.events({"show", "B"}).at(0)["lines"][0]["expected"][0]["quantity"] == 4);
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["expected"][0]["quantity"] == 1);  // what B leaves of the five
  const Json before = shop.events({"document", "receiving-slip", "PO-1"}).at(0);
  CHECK(before["lines"][0]["expected"] == 5);
  REQUIRE(before["benefits"].size() == 3);
  CHECK(before["benefits"][0]["order"] == "B");
  CHECK(before["benefits"][0]["units"] == 4);
  CHECK(before["benefits"][0]["pegged"] == true);
  CHECK(before["benefits"][0]["notes"] == "Ring twice");
  CHECK(before["benefits"][1]["order"] == "A");
  CHECK(shop.events({"document", "purchase-order", "PO-1"}).at(0)["benefits"] == before["benefits"]);
  shop.server().kill();
  shop.server().start();
  shop.compare_digests();
  const auto arrived = shop.events({"po", "receive", "PO-1", "3:4:1", "--id", "TRUCK"});
  REQUIRE(arrived.size() == 2);
  CHECK(arrived[1]["order"] == "B");
  CHECK(arrived[1]["pegged"] == true);
  CHECK(arrived[1]["still_waiting"] == 0);
  CHECK(shop.events({"show", "A"}).at(0)["lines"][0]["backordered"] == 2);
  CHECK(has(shop.tell({"explain", "B"}), "which are pegged to it"));
  const Json after = shop.events({"document", "receiving-slip", "--receipt", "TRUCK"}).at(0);
  CHECK(after["arrived"] == true);
  CHECK(after["lines"][0]["expected"] == 5);
  CHECK(after["lines"][0]["received"] == 4);
  CHECK(after["lines"][0]["damaged"] == 1);
  CHECK(after["benefits"][0]["order"] == "B");
  CHECK(after["benefits"][0]["customer"] == "Okafor");
  CHECK(has(shop.refusal({"document", "receiving-slip", "--receipt", "NONE"}), "unknown_decision"));
  shop.compare_digests();
}

TEST_CASE("rules: what is refused is told in one line, and changes nothing", "[system][rules]") {
  Shop shop;
  shop.tell({"vendor", "set", "HOLZ"  , "--name", "Timber Mills"});
  shop.tell({"rule", "set", "DOOR", "W1", "--reorder-point", "1", "--reorder-qty", "5", "--vendor", "HOLZ"});
  const std::string before = shop.tell({"digest"});
  struct Row {
    std::vector<std::string> command;
    std::string words;
  };
  const std::vector<Row> rows{
      {{"rule", "set", "DOOR", "W1", "--reorder-point", "5", "--reorder-qty", "0", "--vendor", "HOLZ"}, "bad_rule"},       // would order for ever
      {{"rule", "set", "DOOR", "W1", "--min", "10", "--max", "10", "--vendor", "HOLZ"}, "bad_rule"},                        // the same
      {{"rule", "set", "DOOR", "W1", "--lot-for-lot", "--multiple", "6", "--maximum", "5", "--vendor", "HOLZ"}, "bad_rule"},  // would order nothing
      {{"rule", "set", "DOOR", "W1", "--reorder-point", "2147483648", "--reorder-qty", "5", "--vendor", "HOLZ"}, "bad_rule"},
      {{"rule", "set", "DOOR", "W1", "--lot-for-lot", "--vendor", "STAHL"}, "unknown_vendor"},
      {{"rule", "set", "NAIL", "W1", "--lot-for-lot"}, "unknown_vendor"},  // nobody sells it
      {{"rule", "set", "DOOR", "W1", "--lot-for-lot", "--vendor", "HOLZ", "--lead-days", "3651"}, "bad_lead_time"},
      {{"rule", "set", "GATE", "W1", "--lot-for-lot", "--vendor", "HOLZ"}, "unknown_sku"},
      {{"rule", "set", "DOOR", "W9", "--lot-for-lot", "--vendor", "HOLZ"}, "unknown_warehouse"},
      {{"rule", "snooze", "NAIL", "W1", "--until", "+1d"}, "unknown_rule"},
      {{"rule", "snooze", "DOOR", "W1", "--until", "2020-01-01"}, "bad_lead_time"},
      {{"rule", "list", "GATE"}, "unknown_sku"},
      {{"vendor", "set", "HOLZ", "--lead-days", "3651"}, "bad_lead_time"},
      {{"vendor", "set", std::string(65, 'V'), "--name", "long"}, "bad_vendor"},
      {{"vendor", "source", "DOOR", "STAHL"}, "unknown_vendor"},
      {{"po", "adopt", "NONE"}, "unknown_purchase"},
      {{"po", "new", "reorder-7", "--vendor", "HOLZ", "DOOR:1@W1"}, "bad_id"},
  };
  for (const Row& row : rows) {
    INFO(row.words << " of " << row.command[0] << " " << row.command[1] << " " << row.command[2]);
    CHECK(has(shop.refusal(row.command), row.words));
  }
  CHECK(shop.tell({"digest"}) == before);
  // A vendor without a lead time: it is suggested, and nothing is promised.
  shop.tell({"order", "--id", "A", "DOOR:10@W1"});
  CHECK(!open_purchase(shop, "suggested")["lines"][0].contains("promised_us"));
  CHECK(!shop.events({"order", "--id", "B", "DOOR:9"}).at(0)["lines"][0].contains("fallback_us"));
}

TEST_CASE("rules: a directory sets vendors, sources and rules once, and a replay of it sets none", "[system][rules]") {
  const TemporaryDirectory files;
  const auto write = [&](const char* name, const char* content) { std::ofstream(files.path() / name) << content; };
  write("warehouses.csv", "warehouse,priority\nW2,2\nW1,1\n");
  write("products.csv", "sku,vendor,lead_days,reorder_point,reorder_qty\nDOOR,HOLZ,4,10,20\nNAIL,,,5,9\n");
  write("stock.csv", "sku,warehouse,on_hand\nDOOR,W1,10\nNAIL,W1,5\n");
  write("vendors.csv", "vendor,name,lead_days,cut_off\nHOLZ,Timber Mills,9,\n");
  write("events.csv", "seq,time,type,id,line,sku,warehouse,qty\n1,2026-03-01 08:00:00,order,A,1,DOOR,,12\n");
  const TemporaryDirectory directory;
  {
    Server server(directory.path() / "replayed", {"--clock", "commands"});
    REQUIRE(run("earmark", {"--server", server.address(), "replay", files.path().string()}).code == 0);
    CHECK(run("earmark", {"--server", server.address(), "rule", "list"}).out == "There is no such reorder rule; earmark rule set makes one.\n");
    CHECK(run("earmark", {"--server", server.address(), "po", "list"}).out == "No purchase order is open.\n");
  }
  Server server(directory.path() / "loaded");
  const auto load = [&](const std::string& option) {
    std::vector<std::string> words{"--server", server.address(), "--json", "load", files.path().string()};
    if (!option.empty()) words.push_back(option);
    const ProgramResult result = run("earmark", words);
    INFO(result.error);
    REQUIRE(result.code == 0);
    return Json::parse(result.out);
  };
  CHECK(load("--no-rules")["rules"] == 0);
  const Json set = load("");
  CHECK(set["vendors"] == 1);
  CHECK(set["sources"] == 1);
  CHECK(set["rules"] == 2);
  const std::string rules = run("earmark", {"--server", server.address(), "rule", "list"}).out;
  CHECK(has(rules, "DOOR  W1               30  at 10 order 20, all warehouses  suggest  HOLZ"));
  CHECK(has(rules, "NAIL  W1                5  at 5 order 9, all warehouses    alert    by lead time  triggered"));
  const Json again = load("");
  CHECK(again["vendors"] == 0);
  CHECK(again["sources"] == 0);
  CHECK(again["rules"] == 0);
  CHECK(again["rules_left"] == 0);
  REQUIRE(run("earmark", {"--server", server.address(), "rule", "set", "DOOR", "W1", "--min", "3", "--max", "9", "--vendor", "HOLZ"}).code == 0);
  CHECK(load("")["rules_left"] == 1);
}
