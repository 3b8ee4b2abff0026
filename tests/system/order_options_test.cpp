// What an order may say beyond its lines, and what a SKU says of them: with the command line, over restarts and kills.
#include "tests/system/support/shop.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

constexpr std::int64_t january = 1'767'225'600'000'000;  // 2026-01-01 00:00:00 UTC

void load(Shop& shop, const std::string& products) {
  const TemporaryDirectory files;
  std::ofstream(files.path() / "products.csv") << "sku,description,backorderable\n" << products;
  shop.tell({"load", files.path().string()});
}

}  // namespace

TEST_CASE("order options: nothing waits for a SKU that is not backorderable, over restarts and kills", "[system][options]") {
  Shop shop;
  load(shop, "DOOR,Fire door,false\nNAIL,,\n");
  const Json order = shop.events({"order", "--id", "A", "DOOR:15", "NAIL:7"})[0];
  CHECK(order.at("status") == "split");
  CHECK(order.at("lines")[0].at("backordered") == 0);
  CHECK(order.at("lines")[0].at("cancelled") == 2);
  CHECK(order.at("lines")[0].at("not_backorderable") == true);
  CHECK(order.at("lines")[1].at("backordered") == 2);
  CHECK(order.at("lines")[1].contains("not_backorderable") == false);
  CHECK_THAT(shop.tell({"order", "--id", "A", "DOOR:15", "NAIL:7"}), Catch::Contains("2 (no backorders)"));
  CHECK(shop.events({"order", "--id", "B", "DOOR:1"})[0].at("status") == "cancelled");
  CHECK(shop.events({"order", "--id", "C", "DOOR:1", "--policy", "fill_or_kill"})[0].at("status") == "refused");
  shop.compare_digests();

  SECTION("from the journal, after a kill") {
    shop.server().kill();
    shop.server().start();
  }
  SECTION("after an ordinary stop") {
    REQUIRE(shop.server().terminate().status == 0);
    shop.server().start();
  }
  CHECK(shop.events({"order", "--id", "D", "DOOR:1"})[0].at("status") == "cancelled");
  load(shop, "DOOR,,\n");  // says nothing of it
  CHECK(shop.events({"order", "--id", "E", "DOOR:1"})[0].at("status") == "cancelled");
  load(shop, "DOOR,,true\n");
  CHECK(shop.events({"order", "--id", "F", "DOOR:1"})[0].at("status") == "backordered");
  load(shop, "DOOR,,false\n");
  CHECK(shop.events({"receive", "W1", "DOOR:2", "--id", "R"}).size() == 2);  // F goes on waiting
  CHECK(shop.events({"order", "--id", "G", "DOOR:2", "--policy", "line_complete"})[0].at("status") == "cancelled");
  shop.compare_digests();

  const TemporaryDirectory wrong;
  std::ofstream(wrong.path() / "products.csv") << "sku,backorderable\nDOOR,no\n";
  const ProgramResult refused = shop.ask({"load", wrong.path().string()});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.error, Catch::Contains("'no' is not true or false"));
}

TEST_CASE("order options: lines with policies of their own, over a kill", "[system][options]") {
  Shop shop;
  const Json order = shop.events({"order", "--id", "A", "DOOR:20/line_complete", "NAIL:9/fill_and_cancel", "NAIL:1"})[0];
  CHECK(order.at("status") == "split");
  CHECK(order.at("lines")[0].at("policy") == "line_complete");
  CHECK(order.at("lines")[0].at("backordered") == 20);
  CHECK(order.at("lines")[1].at("cancelled") == 4);
  CHECK(order.at("lines")[2].contains("policy") == false);
  CHECK(shop.events({"order", "--id", "A", "DOOR:20/line_complete", "NAIL:9/fill_and_cancel", "NAIL:1"})[0].at("duplicate") == true);
  CHECK_THAT(shop.refusal({"order", "--id", "A", "DOOR:20", "NAIL:9/fill_and_cancel", "NAIL:1"}), Catch::Contains("duplicate_order"));
  CHECK_THAT(shop.refusal({"order", "--id", "B", "DOOR:1/line_complete", "--policy", "ship_complete"}), Catch::Contains("bad_policy"));
  CHECK_THAT(shop.refusal({"hold", "H", "DOOR:1/fill_or_kill"}), Catch::Contains("bad_policy") || Catch::Contains("unknown_sku"));
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK_THAT(shop.tell({"show", "A"}), Catch::Contains("Policies of lines: line 1 line_complete, line 2 fill_and_cancel"));
  CHECK(shop.events({"receive", "W1", "DOOR:6", "--id", "R"}).size() == 1);  // 19 of 20: passed over
  const auto filled = shop.events({"receive", "W2", "DOOR:1", "--id", "R2"});
  REQUIRE(filled.size() == 2);
  CHECK(filled[1].at("still_waiting") == 0);
  shop.compare_digests();
}

TEST_CASE("order options: cancel_after cancels by itself and serves who waits", "[system][options]") {
  Shop shop;
  shop.tell({"order", "--id", "A", "DOOR:13", "NAIL:9", "--cancel-after", "+1s", "--customer", "Okafor"});
  shop.tell({"order", "--id", "WAITS", "DOOR:12"});
  const std::vector<Json> seen = shop.watch_until("BackorderFilled");
  REQUIRE(seen.size() >= 2);
  const Json& cancelled = seen[seen.size() - 2];
  CHECK(cancelled.at("event") == "OrderCancelled");
  CHECK(cancelled.at("by_time") == true);
  CHECK(cancelled.at("whole") == true);
  CHECK(cancelled.at("order") == "A");
  CHECK(cancelled.at("customer") == "Okafor");
  CHECK(seen.back().at("still_waiting") == 0);
  shop.compare_digests();
}

TEST_CASE("order options: times are kept and shown, and cancel_after runs by the time of commands and over restarts", "[system][options][clock]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-01-01 00:00:00");
  const Json order = shop.events({"order", "--id", "A", "DOOR:14", "--need-by", "2026-01-05", "--cancel-after", "2026-01-01 00:01:00"})[0];
  CHECK(order.at("cancel_after") == january + 60'000'000);
  shop.tell({"order", "--id", "B", "NAIL:2", "--cancel-after", "2026-01-01 00:01:00"});
  CHECK_THAT(shop.refusal({"order", "--id", "C", "NAIL:1", "--cancel-after", "2026-01-01 00:00:00"}), Catch::Contains("bad_time"));
  CHECK(shop.ask({"order", "--id", "C", "NAIL:1", "--cancel-after", "soon"}).code == 2);
  shop.tell({"ship", "B"});
  shop.at("2026-01-01 00:00:59");
  CHECK(shop.events({"order", "--id", "WAITS", "DOOR:1"})[0].at("status") == "backordered");
  if (GENERATE(true, false)) shop.server().kill();
  else REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  CHECK_THAT(shop.tell({"show", "A"}), Catch::Contains("Needed by 2026-01-05") && Catch::Contains("Cancelled at 2026-01-01 00:01:00"));
  shop.compare_digests();
  shop.at("2026-01-01 00:01:00");
  CHECK(shop.events({"order", "--id", "D", "DOOR:12"})[0].at("status") == "reserved");
  const auto lines = shop.dump();
  const auto cancel = std::ranges::find_if(lines, [](const Json& line) { return line.at("type") == "cancel"; });
  REQUIRE(cancel != lines.end());
  CHECK(cancel->at("by_time") == true);
  CHECK(cancel->at("id") == "A");
  CHECK(cancel->at("time_us") == january + 60'000'000);
  CHECK(count_of(lines, "cancel", "B") == 0);  // it had shipped
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK(count_of(shop.dump(), "cancel", "A") == 1);
  shop.compare_digests();
}

TEST_CASE("order options: before reserve_not_before an order takes nothing, then what is there, by the time of commands and over restarts", "[system][options][clock]") {
  Shop shop({"--clock", "commands"});
  shop.at("2026-01-01 00:00:00");
  const Json order = shop.events({"order", "--id", "LATER", "DOOR:10", "--reserve-not-before", "2026-01-01 00:01:00"})[0];
  CHECK(order.at("status") == "backordered");
  CHECK(order.at("not_due") == true);
  CHECK(order.at("reserve_not_before") == january + 60'000'000);
  CHECK_THAT(shop.tell({"order", "--id", "LATER", "DOOR:10", "--reserve-not-before", "2026-01-01 00:01:00"}),
             Catch::Contains("Takes nothing before 2026-01-01 00:01:00"));
  CHECK(shop.events({"order", "--id", "NOW", "DOOR:5"})[0].at("status") == "reserved");
  CHECK_THAT(shop.refusal({"order", "--id", "KILL", "DOOR:1", "--policy", "fill_or_kill", "--reserve-not-before", "2026-01-02"}), Catch::Contains("bad_policy"));
  CHECK_THAT(shop.refusal({"order", "--id", "BOTH", "DOOR:1", "--cancel-after", "2026-01-02", "--reserve-not-before", "2026-01-02"}), Catch::Contains("bad_time"));
  if (GENERATE(true, false)) shop.server().kill();
  else REQUIRE(shop.server().terminate().status == 0);
  shop.server().start();
  CHECK_THAT(shop.tell({"show", "LATER"}), Catch::Contains("Takes nothing before 2026-01-01 00:01:00"));
  shop.compare_digests();
  shop.at("2026-01-01 00:01:00");
  CHECK(shop.events({"order", "--id", "LAST", "DOOR:1"})[0].at("status") == "backordered");
  const auto lines = shop.dump();
  const auto due = std::ranges::find_if(lines, [](const Json& line) { return line.at("type") == "amend"; });
  REQUIRE(due != lines.end());
  CHECK(due->at("by_time") == true);
  CHECK(due->at("id") == "LATER");
  CHECK(due->at("time_us") == january + 60'000'000);
  REQUIRE(due + 1 != lines.end());
  CHECK((due + 1)->at("type") == "fill");
  CHECK((due + 1)->at("order") == "LATER");
  CHECK((due + 1)->at("still_waiting") == 2);
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK(count_of(shop.dump(), "amend", "LATER") == 1);
  shop.compare_digests();
}
