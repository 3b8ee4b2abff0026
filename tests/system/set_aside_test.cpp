// Who waits for all or nothing and was passed over often enough: units are set aside for him, over kills and restarts.
#include "tests/system/support/shop.hpp"

using namespace earmark;
using namespace earmark::test;

TEST_CASE("set aside: after so many later orders a waiter gathers, and is picked when it is whole", "[system][options]") {
  Shop shop({"--max-skips", "2"});
  CHECK(shop.events({"order", "--id", "FIRST", "--policy", "ship_complete", "DOOR:20", "NAIL:1"})[0].at("status") == "backordered");
  Json late = shop.events({"order", "--id", "LATE-1", "DOOR:3"})[0];
  CHECK(late.at("skipped") == "FIRST");
  CHECK_THAT(shop.tell({"show", "FIRST"}), Catch::Contains("It has been passed over by 1 later order."));
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK_FALSE(shop.events({"order", "--id", "FIRST-NAIL", "--priority", "200", "NAIL:1"})[0].contains("skipped"));  // it is not later
  late = shop.events({"order", "--id", "LATE-2", "DOOR:4"})[0];
  CHECK(late.at("skipped") == "FIRST");

  const Json shown = shop.events({"show", "FIRST"})[0];
  CHECK(shown.at("lines")[0].at("strict") == true);
  CHECK(shown.at("lines")[0].at("backordered") == 14);
  CHECK(shown.at("lines")[1].at("backordered") == 0);
  CHECK_THAT(shop.tell({"show", "FIRST"}), Catch::Contains("It gathers units from now on; they are set aside until it is whole."));
  CHECK_THAT(shop.refusal({"pick", "FIRST-1"}), Catch::Contains("not_whole"));
  CHECK_THAT(shop.tell({"document", "pick-list", "FIRST-1"}), Catch::Contains("set aside"));
  CHECK_THAT(shop.tell({"ship", "FIRST"}), Catch::Contains("nothing was shipped"));
  CHECK(shop.events({"order", "--id", "LATE-3", "DOOR:1"})[0].at("status") == "backordered");  // nothing goes past it any more
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();

  const auto filled = shop.events({"receive", "W1", "DOOR:15", "--id", "R"});
  REQUIRE(filled.size() == 3);
  CHECK(filled[1].at("order") == "FIRST");
  CHECK(filled[1].at("still_waiting") == 0);
  CHECK(filled[2].at("order") == "LATE-3");
  CHECK_FALSE(shop.events({"show", "FIRST"})[0].at("lines")[0].contains("strict"));
  shop.tell({"pick", "FIRST-1"});
  shop.compare_digests();
}

TEST_CASE("set aside: two who want each other's units do not wait for ever", "[system][options]") {
  Shop shop({"--max-skips", "1"});
  shop.events({"order", "--id", "EARLY", "--policy", "ship_complete", "DOOR:20"});
  shop.events({"order", "--id", "LATER", "--policy", "ship_complete", "DOOR:15", "NAIL:9"});
  // Passes over LATER, who gathers all doors, past EARLY, who takes them over.
  CHECK(shop.events({"order", "--id", "SMALL", "NAIL:1"})[0].at("skipped") == "LATER");
  const Json early = shop.events({"show", "EARLY"})[0], later = shop.events({"show", "LATER"})[0];
  CHECK(early.at("lines")[0].at("backordered") == 7);
  CHECK(early.at("lines")[0].at("strict") == true);
  CHECK(later.at("lines")[0].at("backordered") == 15);
  CHECK(later.at("lines")[1].at("backordered") == 5);
  shop.compare_digests();
  SECTION("after a kill") {
    shop.server().kill();
    shop.server().start();
  }
  SECTION("after an ordinary stop") {
    REQUIRE(shop.server().terminate().status == 0);
    shop.server().start();
  }
  shop.events({"receive", "W2", "DOOR:7", "NAIL:5", "--id", "R"});
  CHECK(shop.events({"show", "EARLY"})[0].at("lines")[0].at("backordered") == 0);
  shop.events({"receive", "W2", "DOOR:15", "--id", "R2"});
  CHECK(shop.events({"show", "LATER"})[0].at("lines")[0].at("backordered") == 0);
  shop.compare_digests();
}

TEST_CASE("set aside: after so many hours, by the clock of commands", "[system][options]") {
  Shop shop({"--max-wait-hours", "24", "--clock", "commands"});
  shop.at("2026-01-01T00:00:00Z");
  shop.events({"order", "--id", "FIRST", "DOOR:20/line_complete", "NAIL:9"});
  shop.at("2026-01-01T23:59:59Z");
  CHECK(shop.events({"order", "--id", "A", "DOOR:1"})[0].at("status") == "reserved");
  shop.at("2026-01-02T00:00:00Z");
  CHECK(shop.events({"order", "--id", "B", "DOOR:1"})[0].at("status") == "backordered");
  CHECK(shop.events({"show", "FIRST"})[0].at("lines")[0].at("backordered") == 8);
  shop.compare_digests();
  shop.server().kill();
  shop.server().start();
  CHECK(shop.events({"show", "FIRST"})[0].at("lines")[0].at("strict") == true);
}
