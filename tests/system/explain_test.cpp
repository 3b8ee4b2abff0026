// `earmark explain` over TCP: a small story with every number worked out by hand, over a kill -9; what cannot be explained.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark::test;

// DOOR: 10 in W1, 3 in W2; NAIL: 5 in W1.
void tell_story(Shop& shop) {
  shop.at("2026-03-01 01:00:00");
  shop.tell({"order", "--id", "OTHER", "DOOR:4"});
  shop.at("2026-03-01 02:00:00");
  shop.tell({"order", "--id", "MINE", "--customer", "Okafor", "DOOR:12", "NAIL:7"});  // 6 and 3, 3 wait; 5, 2 wait
  shop.tell({"order", "--id", "LAST", "NAIL:1"});                                     // its fills are not MINE's
  shop.at("2026-03-01 03:00:00");
  shop.tell({"receive", "W1", "DOOR:2", "--id", "R1"});  // 1 waits
  shop.at("2026-03-01 04:00:00");
  shop.tell({"cancel", "OTHER", "--id", "C1"});          // 4 come back: none waits
  shop.at("2026-03-01 05:00:00");
  shop.tell({"count", "W1", "NAIL:3@5", "--id", "K1", "--reason", "rats"});  // MINE loses 2, 4 wait
  shop.tell({"amend", "MINE", "--id", "M1", "1:11"});
  shop.tell({"amend", "MINE", "--id", "M2", "--priority", "200"});
  shop.at("2026-03-01 06:00:00");
  shop.tell({"pick", "MINE-1", "--id", "P1"});
  shop.tell({"pack", "MINE-1", "--id", "P2"});
  shop.tell({"ship", "MINE", "--shipment", "1", "--id", "S1", "--carrier", "UPS"});
  shop.tell({"track", "MINE-1", "--id", "T1", "--tracking", "1Z999"});
}

// The steps without their numbers, and what stands before and behind them.
std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream all(text);
  for (std::string line; std::getline(all, line);) {
    const std::size_t lsn = line.find("  2026-"), decision = line.find(" (decision ");
    if (lsn != std::string::npos) line = line.substr(lsn + 2, 19) + line.substr(lsn + 29);
    else if (decision != std::string::npos) line.resize(decision);
    lines.push_back(line.starts_with("Now, ") ? "Now" : line);
  }
  return lines;
}

std::uint64_t lsn_of(Shop& shop, const std::string& type, const std::string& id) {
  for (const Json& line : shop.dump()) {
    if (line.at("type") == type && (line.value("id", "") == id || line.value("command_id", "") == id)) return line.at("lsn");
  }
  return 0;
}

void check_text(Shop& shop) {
  const std::string receipt = std::to_string(lsn_of(shop, "receipt", "R1"));
  const std::vector<std::string> told = lines_of(shop.tell({"explain", "MINE"}));
  const std::vector<std::string> expected{
      "Order MINE of Okafor: split, decided at 2026-03-01 02:00:00.000 UTC",
      "  Policy ship_partial: what is there is taken, the rest waits",
      "  Priority 100; from warehouses in the order of their priority",
      "  Line 1: 12 DOOR",
      "    W1 had 6 available: 6 taken, in shipment MINE-1",
      "    W2 had 3 available: 3 taken, in shipment MINE-2",
      "    3 wait as 1st in the queue, nobody ahead: nothing more was available in any warehouse",
      "  Line 2: 7 NAIL",
      "    W1 had 5 available: 5 taken, in shipment MINE-1",
      "    2 wait as 1st in the queue, nobody ahead: nothing more was available in any warehouse",
      "Since then:",
      "2026-03-01 03:00:00  line 1 DOOR: filled 2 W1 of 2 available, by receipt R1 (decision " + receipt + "); 1 waits on",
      "2026-03-01 04:00:00  line 1 DOOR: filled 1 W1 of 4 available, by cancel C1 of order OTHER (decision " +
          std::to_string(lsn_of(shop, "cancel", "C1")) + "); nothing waits any more",
      "2026-03-01 05:00:00  line 2 NAIL: lost 2 W1 to count K1, rats; they wait again at the old place",
      "2026-03-01 05:00:00  line 1 DOOR: amended by M1: given back 1 W2",
      "2026-03-01 05:00:00  priority 200 from now on, by M2",
      "2026-03-01 06:00:00  line 1 DOOR: picked 9 W1, shipment MINE-1",
      "2026-03-01 06:00:00  line 2 NAIL: picked 3 W1, shipment MINE-1",
      "2026-03-01 06:00:00  line 1 DOOR: packed 9 W1, shipment MINE-1",
      "2026-03-01 06:00:00  line 2 NAIL: packed 3 W1, shipment MINE-1",
      "2026-03-01 06:00:00  line 1 DOOR: shipped 9 W1, shipment MINE-1, by UPS",
      "2026-03-01 06:00:00  line 2 NAIL: shipped 3 W1, shipment MINE-1, by UPS",
      "2026-03-01 06:00:00  tracked, shipment MINE-1, tracking number 1Z999",
      "Now",
      "  Line 1: 12 DOOR: reserved 2 W2; shipped 9 W1; 1 cancelled",
      "  Line 2: 7 NAIL: shipped 3 W1; 4 wait as 1st in the queue, nobody ahead; no date is known"};
  CHECK(told == expected);
}

void check_json(Shop& shop) {
  const std::vector<Json> told = shop.events({"explain", "MINE"});
  REQUIRE(told.size() == 1 + 2 + 12 + 2);
  CHECK(told[0].at("explain") == "order");
  CHECK(told[0].at("lsn") == lsn_of(shop, "order", "MINE"));
  CHECK(told[1].at("takes") == Json::array({{{"warehouse", "W1"}, {"quantity", 6}, {"shipment", 1}, {"available_before", 6}, {"available_after", 0}},
                                            {{"warehouse", "W2"}, {"quantity", 3}, {"shipment", 2}, {"available_before", 3}, {"available_after", 0}}}));
  CHECK(told[1].at("position") == 1);
  CHECK(told[4].at("what") == "filled");
  CHECK(told[4].at("cause") == "OrderCancelled");
  CHECK(told[4].at("cause_id") == "C1");
  CHECK(told[4].at("cause_lsn") == lsn_of(shop, "cancel", "C1"));
  CHECK(told[5].at("what") == "lost");
  CHECK(told[5].at("command_id") == "K1");
  CHECK(told[7].at("priority") == 200);
  CHECK(told.back().at("explain") == "now");
  CHECK(told.back().at("backordered") == 4);
  const std::vector<Json> last = shop.events({"explain", "LAST"});
  REQUIRE(last.size() == 3);  // nothing has happened to it
  CHECK(last[1].at("position") == 2);
  CHECK(last[1].at("quantity_ahead") == 2);
  CHECK(last[2].at("quantity_ahead") == 4);
}

}  // namespace

TEST_CASE("explain: a story told with its numbers and causes, the same after kill -9", "[system][explain]") {
  Shop shop({"--clock", "commands"});
  tell_story(shop);
  check_text(shop);
  check_json(shop);
  shop.server().kill();
  shop.server().start();
  check_text(shop);
  check_json(shop);
}

TEST_CASE("explain: an order that nobody knows is an error", "[system][explain]") {
  Shop shop;
  CHECK_THAT(shop.refusal({"explain", "NOBODY"}), Catch::Contains("unknown_order"));
}

TEST_CASE("explain: who waits for all is passed over, then gathers, who loses to him is told why", "[system][explain]") {
  Shop shop({"--max-skips", "1"});
  shop.tell({"order", "--id", "EARLY", "--policy", "ship_complete", "DOOR:20"});
  shop.tell({"order", "--id", "LATER", "--policy", "ship_complete", "DOOR:15", "NAIL:9"});
  shop.tell({"order", "--id", "SMALL", "NAIL:1"});  // passes over LATER, who gathers all doors, past EARLY, who takes them over
  CHECK_THAT(shop.tell({"explain", "SMALL"}), Catch::Contains("It passed over order LATER (decision 3), which waits for all or nothing"));
  const std::string later = shop.tell({"explain", "LATER"});
  CHECK_THAT(later, Catch::Contains("1st in the queue, nobody ahead: not all of the order could be had at once") && Catch::Contains("passed over by order SMALL") &&
                        Catch::Contains("was passed over often enough: units are set aside for it from now on") &&
                        Catch::Contains("to order EARLY, which takes them over; they wait again at the old place") &&
                        Catch::Contains("what comes is set aside until it is whole"));
  CHECK_THAT(shop.tell({"explain", "EARLY"}), Catch::Contains("by this order, which turned strict"));
}

TEST_CASE("explain: every kind of cause of a fill is named", "[system][explain]") {
  Shop shop;
  shop.tell({"hold", "H1", "--for", "3600", "DOOR:13", "NAIL:5"});
  shop.tell({"order", "--id", "MINE", "DOOR:30@W1", "NAIL:9"});
  const auto filled_by = [&](const std::string& cause) {
    const std::vector<Json> told = shop.events({"explain", "MINE"});
    const auto step = std::ranges::find_if(told, [&](const Json& each) { return each.value("cause_text", "") == cause; });
    INFO(cause);
    REQUIRE(step != told.end());
    return step->at("quantity").get<int>();
  };
  CHECK_THAT(shop.tell({"explain", "MINE"}), Catch::Contains("  Line 1: 30 DOOR, from W1 alone\n    30 wait as 1st in the queue, nobody ahead: nothing was available in W1\n"));
  shop.tell({"release", "H1", "--id", "L1"});
  CHECK(filled_by("hold H1, which was released") == 10);
  shop.tell({"adjust", "W1", "DOOR:+2", "--id", "J1", "--reason", "found"});
  CHECK(filled_by("adjustment J1") == 2);
  shop.tell({"transfer", "ship", "W2", "W1", "DOOR:3", "--id", "T1"});
  shop.tell({"transfer", "receive", "T1", "--id", "T2"});
  CHECK(filled_by("arrival T2 of transfer T1") == 3);
  shop.tell({"order", "--id", "ABOVE", "--priority", "200", "NAIL:2"});
  shop.tell({"amend", "MINE", "--id", "M1", "2:5"});
  shop.tell({"receive", "W1", "NAIL:3", "--id", "R1"});
  shop.tell({"amend", "MINE", "--id", "M2", "2:6"});
  CHECK(filled_by("amend M2 of this order") == 1);
  shop.tell({"pick", "MINE-1", "--id", "P1", "1:12"});
  const std::string text = shop.tell({"explain", "MINE"});
  CHECK_THAT(text, Catch::Contains("line 1 DOOR: picked 12 W1, shipment MINE-1; 3 not found, in shipment MINE-2 from now on") &&
                       Catch::Contains("line 1 DOOR: lost 3 W1 to pick P1 of shipment MINE-1 (decision ") && Catch::Contains("line 2 NAIL: raised by 1, by M2"));
}

TEST_CASE("explain: an order of more SKUs than a filter takes is explained as well", "[system][explain]") {
  Shop shop;
  const TemporaryDirectory more;
  std::ofstream stock(more.path() / "stock.csv");
  stock << "sku,warehouse,on_hand\n";
  std::vector<std::string> order{"order", "--id", "WIDE"};
  for (int number = 1; number <= 300; ++number) {
    stock << "S" << number << ",W1,1\n";
    order.push_back("S" + std::to_string(number) + ":1");
  }
  stock.close();
  shop.tell({"load", more.path().string()});
  order.push_back("DOOR:20");
  shop.tell(order);
  shop.tell({"amend", "WIDE", "--id", "M1", "--priority", "7"});
  shop.tell({"receive", "W2", "DOOR:1", "--id", "R1"});
  const std::vector<Json> told = shop.events({"explain", "WIDE"});
  REQUIRE(told.size() == 1 + 301 + 2 + 301);
  CHECK(told[302].at("priority") == 7);
  CHECK(told[303].at("cause_text") == "receipt R1");
  CHECK(told[303].at("still_waiting") == 6);
}
