// Purchase orders in the lines of a dump, and in the base of one.
#include <catch2/catch.hpp>

#include <map>

#include "storage/dump_base.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/purchase_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

}  // namespace

TEST_CASE("dump: purchase orders, their steps and their receipts", "[storage][purchases]") {
  const test::Records history = test::purchase_history();
  const auto journal = test::journal_of(history, history.size());
  std::map<std::uint64_t, std::string> plain, full;
  Dump dump, dump_in_full(true);
  REQUIRE(replay(*journal, [&](const schema::Event& event) {
            dump.learn(event);
            dump_in_full.learn(event);
            plain[event.stamp.lsn.value] = dump.line(event);
            full[event.stamp.lsn.value] = dump_in_full.line(event);
          }).has_value());
  const std::map<std::uint64_t, std::string> expected{
      {3, R"({"available_after":[],"id":"P1","lines":[{"line":10,"promised_us":500,"qty":10,"sku":"nail","warehouse":"A"},{"line":20,"qty":6,"sku":"screw","warehouse":"B"}],"lsn":3,"notes":"by rail","state":"draft","time_us":3000,"type":"purchase","vendor":"V"})"},
      {4, R"({"available_after":[],"changes":[{"incoming_change":10,"line":10,"promised_us":500,"qty":10,"sku":"nail","warehouse":"A"},{"incoming_change":6,"line":20,"qty":6,"sku":"screw","warehouse":"B"}],"command_id":"S1","id":"P1","lsn":4,"purchase_lsn":3,"state":"approved","step":"approve","time_us":4000,"type":"purchase_step","vendor":"V"})"},
      {5, R"({"available_after":[],"changes":[],"command_id":"S2","id":"P1","lsn":5,"purchase_lsn":3,"state":"sent","step":"send","time_us":5000,"type":"purchase_step","vendor":"V"})"},
      {6, R"({"available_after":[],"changes":[{"incoming_change":0,"line":10,"promised_us":600,"qty":10,"sku":"nail","warehouse":"A"},{"incoming_change":-1,"line":20,"promised_us":700,"qty":5,"sku":"screw","warehouse":"B"}],"command_id":"S3","id":"P1","lsn":6,"purchase_lsn":3,"reference":"SO-7","state":"acknowledged","step":"acknowledge","time_us":6000,"type":"purchase_step","vendor":"V"})"},
      {7, R"({"available_after":[{"available":4,"sku":"nail","warehouse":"A"},{"available":6,"sku":"screw","warehouse":"B"}],"id":"R1","lsn":7,"purchase":"P1","purchase_lsn":3,"rows":[{"damaged":1,"line":10,"over":0,"qty":4,"sku":"nail","warehouse":"A"},{"damaged":0,"line":20,"over":1,"qty":6,"sku":"screw","warehouse":"B"}],"state":"partly_received","time_us":7000,"type":"purchase_receipt","vendor":"V"})"},
      {11, R"({"available_after":[],"changes":[{"incoming_change":-8,"line":7,"qty":8,"sku":"nail","warehouse":"B"}],"command_id":"S4","id":"P2","lsn":11,"purchase_lsn":9,"state":"closed","step":"close","time_us":11000,"type":"purchase_step","vendor":"W"})"}};
  for (const auto& [lsn, line] : expected) CHECK(plain[lsn] == line);
  CHECK_THAT(full[7], Catch::Contains(R"("fills_follow":true)"));
  CHECK_THAT(full[10], Catch::Contains(R"("fills_follow":false)"));
}

TEST_CASE("dump: an order's line has the dates that it was told", "[storage][purchases]") {
  const engine::LineDecision lines[] = {{engine::LineNumber{1}, engine::SkuId{1}, 3, 3, 0, 0, {}, 0, 0, {}}, {engine::LineNumber{2}, engine::SkuId{2}, 9, 9, 0, 0, {}, 0, 0, {}}};
  const engine::ExpectedUnits expected[] = {{engine::TimeUs{600}, 4, 1}, {engine::TimeUs{700}, 2, 1}};
  engine::OrderDecision order;
  order.id = "A";
  order.status = engine::OrderStatus::backordered;
  order.lines = lines, order.expected = expected;
  const schema::Event event{{Lsn{12}, engine::TimeUs{12'000}, Lsn{}}, order};
  CHECK(Dump().line(event) ==
        R"({"available_after":[],"id":"A","lines":[{"backordered":3,"line":1,"qty":3,"reserved":{},"sku":"#1"},{"backordered":9,"expected":[{"date_us":600,"quantity":4},{"date_us":700,"quantity":2}],"line":2,"qty":9,"reserved":{},"sku":"#2"}],"lsn":12,"status":"backordered","time_us":12000,"type":"order"})");
}

TEST_CASE("dump: a base has the open purchase orders, with what has arrived", "[storage][state][purchases]") {
  const test::Records history = test::purchase_history();
  const test::TemporaryDirectory directory;
  const auto store = test::open_state(directory.path());
  REQUIRE(store->fold(*test::journal_of(history, history.size()), Lsn{9}, 1000).has_value());
  std::vector<std::string> lines;
  Dump dump;
  BaseDump base(dump, [&](const std::string& line) {
    if (line.find(R"("part":"purchase")") != std::string::npos) lines.push_back(line);
  });
  REQUIRE(store->read(base).has_value());
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == R"({"id":"P1","lines":[{"first_promised_us":500,"line":10,"promised_us":600,"qty":10,"received":5,"sku":"nail","warehouse":"A"},{"first_promised_us":700,"line":20,"promised_us":700,"qty":5,"received":6,"sku":"screw","warehouse":"B"}],"lsn":3,"notes":"by rail","part":"purchase","reference":"SO-7","state":"partly_received","time_us":3000,"type":"base","vendor":"V"})");
  CHECK(lines[1] == R"({"id":"P2","lines":[{"line":7,"qty":8,"received":0,"sku":"nail","warehouse":"B"}],"lsn":9,"part":"purchase","state":"sent","time_us":9000,"type":"base","vendor":"W"})");
}
