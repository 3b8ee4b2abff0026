// Counts, adjustments, quarantine and scrap over TCP, with the command line and the client's bytes; what they leave is there
// after a kill, and the offline fold agrees.
#include <catch2/catch.hpp>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/told.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

Json stock_of(const Server& server, const std::string& sku, const std::string& warehouse) {
  for (const Json& line : tell(server, {"stock", sku}).lines) {
    if (line.value("warehouse", "") == warehouse) return line;
  }
  return {};
}

}  // namespace

TEST_CASE("stock changes: by the command line, who loses units keeps the place and is served from elsewhere", "[system][stock]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 2, 10)).decided());  // S1: 10 in W1, 10 in W2
  REQUIRE(caller.ask(order("A", {{1, 6}})).decided());
  REQUIRE(caller.ask(order("B", {{1, 4, 1}})).decided());   // pinned to W1
  REQUIRE(caller.ask(order("C", {{1, 9, 2}})).decided());   // pinned to W2: 1 left there

  const Told stale = tell(server, {"count", "W1", "S1:3@9", "--reason", "cycle count"});
  CHECK(stale.code == 1);
  CHECK(stale.error.find("stale_count, row 1") != std::string::npos);
  const std::vector<std::string> count{"count", "W1", "S1:3@10", "--reason", "cycle count", "--id", "K1"};
  const Told counted = tell(server, count);
  INFO(counted.error);
  REQUIRE(counted.code == 0);
  REQUIRE(counted.lines.size() == 2);
  CHECK(counted.lines[0]["event"] == "StockChanged");
  CHECK(counted.lines[0]["rows"][0]["on_hand_change"] == -7);
  REQUIRE(counted.lines[0]["lost"].size() == 2);  // the newest first
  CHECK(counted.lines[0]["lost"][0]["order"] == "B");
  CHECK(counted.lines[0]["lost"][0]["quantity"] == 4);
  CHECK(counted.lines[0]["lost"][1]["order"] == "A");
  CHECK(counted.lines[0]["lost"][1]["quantity"] == 3);
  CHECK(counted.lines[1]["event"] == "BackorderFilled");
  CHECK(counted.lines[1]["order"] == "A");
  CHECK(counted.lines[1]["takes"][0]["warehouse"] == "W2");
  CHECK(counted.lines[1]["still_waiting"] == 2);
  const Told again = tell(server, count);
  CHECK(again.lines.at(0)["duplicate"] == true);
  CHECK(again.lines.size() == 2);
  CHECK(tell(server, {"count", "W1", "S1:4@3", "--reason", "cycle count", "--id", "K1"}).error.find("duplicate_change") != std::string::npos);

  const Json lost = tell(server, {"quarantine", "W2", "S1:2"}).lines.at(0)["lost"];
  REQUIRE(lost.size() == 1);
  CHECK(lost[0]["order"] == "C");
  CHECK(lost[0]["quantity"] == 2);
  CHECK(tell(server, {"restore", "W2", "S1:3"}).error.find("not_enough") != std::string::npos);
  CHECK(tell(server, {"scrap", "W2", "S1:1", "--reason", "broken"}).code == 0);
  CHECK(tell(server, {"adjust", "W1", "S1:+2", "--reason", "found"}).lines.size() == 2);
  const Json cell = stock_of(server, "S1", "W2");
  CHECK(cell["on_hand"] == 9);
  CHECK(cell["unavailable"] == 1);
  CHECK(cell["reserved"] == 8);

  const std::string digest = caller.digest();
  server.kill();
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  server.start();
  CHECK(Caller(server.port()).digest() == digest);
  CHECK(stock_of(server, "S1", "W2") == cell);
  CHECK(tell(server, count).lines.at(0)["duplicate"] == true);
}

TEST_CASE("stock changes: a long one goes in parts and is decided once, all rows or none", "[system][stock]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 5000)).decided());
  model::ChangeCommand change{"K", engine::ChangeKind::adjust, "long", {}};
  for (int row = 0; row < 4096; ++row) change.rows.push_back({-1, 0, engine::SkuId{1}, engine::WarehouseId{1}, 0});
  const Reply decided = caller.ask(change);
  REQUIRE(decided.decided());
  CHECK(decided.bodies.size() > 1);
  CHECK(caller.stock(false).at(0).on_hand == 904);
  const Reply repeat = caller.ask(change);
  CHECK(repeat.duplicate);
  CHECK(repeat.text() == decided.text());
  change.id = "L";
  const Reply refused = caller.ask(change);
  CHECK(refused.error.code == engine::ErrorCode::not_enough);
  CHECK(refused.error.row == 905);
  CHECK(caller.stock(false).at(0).on_hand == 904);
  change.rows.push_back(change.rows.back());
  CHECK(caller.ask(change).error.code == engine::ErrorCode::too_many_lines);
}
