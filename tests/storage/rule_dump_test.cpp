// Vendors, reorder rules, dates, overdue supply and pegs in the lines of a dump, and in the base of one.
#include <catch2/catch.hpp>

#include <map>

#include "storage/dump_base.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/rule_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

std::string in_days(std::int64_t time, int days) { return std::to_string(time + days * test::day); }

}  // namespace

TEST_CASE("dump: rules, what they order, overdue supply and dates", "[storage][rules]") {
  const test::Records history = test::rule_history();
  const auto journal = test::journal_of(history, history.size());
  std::map<std::uint64_t, std::string> lines;
  Dump dump;
  REQUIRE(replay(*journal, [&](const schema::Event& event) {
            dump.learn(event);
            lines[event.stamp.lsn.value] = dump.line(event);
          }).has_value());
  CHECK(lines[2] ==
        R"({"available_after":[],"lsn":2,"rules":[{"kind":"reorder_point","mode":"suggest","point":5,"qty":10,"sku":"nail","vendor":"V","warehouse":"A"},{"kind":"min_max","maximum":100,"minimum":1,"mode":"auto-po","multiple":2,"point":2,"pooled":true,"qty":8,"sku":"screw","warehouse":"B"}],"sources":[{"sku":"nail","vendor":"V"},{"lead_days":3,"sku":"screw","vendor":"W"}],"time_us":2000,"type":"rules","vendors":[{"lead_days":2,"name":"Vendor","vendor":"V"},{"cut_off":960,"name":"","vendor":"W"}]})");
  CHECK(lines[4] == R"({"available":0,"available_after":[],"closes_us":15000,"incoming":0,"line":1,"line_qty":8,"lsn":4,"mode":"auto-po","point":2,"pooled":true,"position":0,"promised_us":)" +
                        in_days(4000, 3) + R"(,"purchase":"reorder-4","qty":8,"sku":"screw","state":"suggested","time_us":4000,"type":"reorder","vendor":"W","waiting":0,"warehouse":"B"})");
  CHECK_THAT(lines[5], Catch::Contains(R"("fallbacks":[{"date_us":)" + in_days(5000, 2) + R"(,"quantity":12}])"));
  CHECK(lines[6] == R"({"available":0,"available_after":[],"incoming":10,"line":1,"line_qty":20,"lsn":6,"mode":"suggest","point":5,"position":-2,"promised_us":)" + in_days(6000, 2) +
                        R"(,"purchase":"reorder-3","purchase_lsn":3,"qty":10,"sku":"nail","state":"suggested","time_us":6000,"type":"reorder","vendor":"V","waiting":12,"warehouse":"A"})");
  CHECK(lines[7] == R"({"available_after":[],"id":"P1","lines":[{"expected_us":)" + in_days(7000, 1) +
                        R"(,"line":10,"peg":{"line":1,"lsn":5,"order":"O1"},"promised_us":500,"qty":12,"sku":"nail","warehouse":"A"},{"line":20,"promised_us":9000,"qty":3,"sku":"screw","warehouse":"A"}],"lsn":7,"state":"sent","time_us":7000,"type":"purchase","vendor":"X"})");
  CHECK(lines[8] == R"({"available_after":[],"lines":[{"date_us":)" + in_days(7000, 1) +
                        R"(,"line":1,"order":"O1","order_lsn":5,"sku":"nail","waiting":12}],"lsn":8,"time_us":8000,"type":"dates"})");
  CHECK(lines[9] == R"({"available_after":[],"expected_us":)" + in_days(9000, 1) +
                        R"(,"id":"P1","lines":[{"line":20,"open":3,"promised_us":9000,"sku":"screw","warehouse":"A"}],"lsn":9,"purchase_lsn":7,"time_us":9000,"type":"overdue","vendor":"X"})");
  CHECK(lines[11] ==
        R"({"available_after":[{"available":0,"sku":"nail","warehouse":"A"}],"cause_lsn":10,"line":1,"lsn":11,"order":"O1","pegged":true,"sku":"nail","still_waiting":8,"taken":{"A":4},"time_us":11000,"type":"fill"})");
  CHECK(lines[17] ==
        R"({"available":22,"available_after":[],"cleared":true,"incoming":8,"lsn":17,"mode":"suggest","point":5,"position":30,"qty":0,"sku":"nail","time_us":17000,"type":"reorder","waiting":0,"warehouse":"A"})");
  CHECK(lines[19] == R"({"available_after":[],"expected_us":)" + in_days(19'000, 1) +
                         R"(,"id":"T1","lines":[{"open":5,"promised_us":100,"sku":"nail","warehouse":"B"}],"lsn":19,"time_us":19000,"transfer_lsn":18,"type":"overdue"})");
  CHECK(lines[20] == R"({"available_after":[],"by_time":true,"changes":[{"incoming_change":8,"line":1,"promised_us":)" + in_days(4000, 3) +
                         R"(,"qty":8,"sku":"screw","warehouse":"B"}],"id":"reorder-4","lsn":20,"purchase_lsn":4,"state":"approved","step":"approve","time_us":20000,"type":"purchase_step","vendor":"W"})");
  CHECK_THAT(lines[21], Catch::Contains(R"("changes":[{"expected_us":)" + in_days(21'000, 1) + R"(,"incoming_change":0,)"));
  CHECK_THAT(lines[22], Catch::Contains(R"("mode":"off")"));
}

TEST_CASE("dump: a base has vendors, rules, what they suggest, and what lines were promised", "[storage][state][rules]") {
  const test::Records history = test::rule_history();
  const test::TemporaryDirectory directory;
  const auto store = test::open_state(directory.path());
  REQUIRE(store->fold(*test::journal_of(history, history.size()), Lsn{14}, 1000).has_value());
  std::map<std::string, std::vector<std::string>> lines;
  Dump dump;
  BaseDump base(dump, [&](const std::string& line) {
    for (const char* part : {"vendor", "source", "rule", "purchase", "order"}) {
      if (line.find(R"("part":")" + std::string(part) + "\"") != std::string::npos) lines[part].push_back(line);
    }
  });
  REQUIRE(store->read(base).has_value());
  CHECK(lines["vendor"] == std::vector<std::string>{R"({"lead_days":2,"name":"Vendor","part":"vendor","type":"base","vendor":"V"})",
                                                    R"({"cut_off":960,"name":"","part":"vendor","type":"base","vendor":"W"})",
                                                    R"({"arrivals":1,"late_us":9500,"listed":false,"name":"","part":"vendor","type":"base","vendor":"X"})"});
  CHECK(lines["source"] == std::vector<std::string>{R"({"part":"source","sku":"nail","type":"base","vendor":"V"})",
                                                    R"({"lead_days":3,"part":"source","sku":"screw","type":"base","vendor":"W"})"});
  REQUIRE(lines["rule"].size() == 2);
  CHECK(lines["rule"][0] ==
        R"({"kind":"reorder_point","mode":"suggest","part":"rule","point":5,"qty":10,"sku":"nail","snoozed_until_us":999,"triggered":true,"type":"base","vendor":"V","warehouse":"A"})");
  CHECK_THAT(lines["rule"][1], Catch::Contains(R"("purchase_lsn":4)"));
  REQUIRE(lines["purchase"].size() == 2);
  CHECK_THAT(lines["purchase"][0], Catch::Contains(R"("automatic":true,"closes_us":15000,"id":"reorder-4")") && Catch::Contains(R"("state":"suggested")"));
  CHECK_THAT(lines["purchase"][1], Catch::Contains(R"("expected_us":)" + in_days(7000, 1) + R"(,"first_promised_us":500,"line":10,"peg":{"line":1,"lsn":5},"promised_us":500)"));
  REQUIRE(lines["order"].size() == 1);
  CHECK_THAT(lines["order"][0], Catch::Contains(R"("first_promised_us":)" + in_days(7000, 1)) && Catch::Contains(R"("told_us":)" + in_days(7000, 1)));
}
