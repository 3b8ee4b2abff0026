// The fairness audit beside a running server: what it lists is what the server told.
#include "tests/system/support/shop.hpp"

using namespace earmark;
using namespace earmark::test;

TEST_CASE("audit: beside a running server it lists who was passed over, by whom and when", "[system][audit]") {
  Shop shop({"--max-skips", "2"});
  const auto audit = [&](std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"audit", "--json", shop.server().directory().string()});
    const ProgramResult result = run("earmark-journal", more);
    INFO(result.out << result.error);
    REQUIRE(result.code == 0);
    return Json::parse(result.out);
  };
  shop.tell({"order", "--id", "FIRST", "--policy", "ship_complete", "DOOR:20", "NAIL:1"});
  const Json early = shop.events({"order", "--id", "EARLY", "DOOR:3"})[0];
  const Json late = shop.events({"order", "--id", "LATE", "DOOR:4"})[0];
  REQUIRE(late.at("skipped") == "FIRST");
  shop.tell({"order", "--id", "PIN", "DOOR:2@W2"});
  shop.tell({"order", "--id", "LAST", "DOOR:1"});
  shop.tell({"receive", "W1", "DOOR:15", "--id", "R"});

  const Json all = audit();
  CHECK(all.at("overtaken").empty());
  CHECK(all.at("from") == 1);
  REQUIRE(all.at("skips").size() == 2);
  CHECK(all.at("skips")[0] == Json{{"lsn", early.at("lsn")}, {"waiter", {{"order", "FIRST"}}}, {"by", {{"order", "EARLY"}, {"line", 1}}}, {"sku", "DOOR"}});
  CHECK(all.at("skips")[1].at("lsn") == late.at("lsn"));
  REQUIRE(all.at("strict").size() == 1);
  CHECK(all.at("strict")[0].at("waiter").at("order") == "FIRST");
  CHECK(all.at("passed").at("pinned_elsewhere") == 1);  // LAST, in W1, past PIN
  CHECK(all.at("passed").at("skip_counted") == 2);
  CHECK(all.at("fills") == count_of(shop.dump(), "fill", ""));
  CHECK(audit({"--from", std::to_string(late.at("lsn").get<std::uint64_t>())}).at("skips").size() == 1);
  CHECK(audit({"--sku", "NAIL"}).at("skips").empty());

  const ProgramResult table = run("earmark-journal", {"audit", shop.server().directory().string()});
  CHECK(table.code == 0);
  CHECK_THAT(table.out, Catch::Contains("Nobody who waited was overtaken.") && Catch::Contains("waiters overtaken: 0\n") && Catch::Contains("EARLY line 1"));
}
