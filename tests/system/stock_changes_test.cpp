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

TEST_CASE("stock changes: the newest hold loses before reservations, and goes on with less, also over a restart", "[system][stock][holds]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 10)).decided());
  REQUIRE(tell(server, {"hold", "OLD", "S1:3", "--for", "3600"}).code == 0);
  REQUIRE(caller.ask(order("A", {{1, 3}})).decided());
  REQUIRE(tell(server, {"hold", "NEW", "S1:3", "--for", "3600", "--customer", "Okafor"}).code == 0);
  const Json lost = tell(server, {"count", "W1", "S1:5@10", "--reason", "cycle count"}).lines.at(0)["lost"];
  REQUIRE(lost.size() == 2);
  CHECK(lost[0]["hold"] == "NEW");
  CHECK(lost[0]["quantity"] == 3);
  CHECK(lost[0]["customer"] == "Okafor");
  CHECK(lost[1]["hold"] == "OLD");
  CHECK(lost[1]["quantity"] == 1);
  const Json cell = stock_of(server, "S1", "W1");
  CHECK(cell["on_hand"] == 5);
  CHECK(cell["held"] == 2);
  CHECK(cell["reserved"] == 3);
  const auto open_holds = [&] { return tell(server, {"holds"}).lines; };
  const auto before = open_holds();
  REQUIRE(before.size() == 2);
  CHECK(before[0]["units"] == 2);
  CHECK(before[1]["units"] == 0);

  const std::string digest = caller.digest();
  server.kill();
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  server.start();
  CHECK(Caller(server.port()).digest() == digest);
  CHECK(stock_of(server, "S1", "W1") == cell);
  CHECK(open_holds() == before);
  // What the hold has left, and the rest as a new order's.
  const Json confirmed = tell(server, {"confirm", "OLD", "O"}).lines.at(0);
  CHECK(confirmed["status"] == "split");
  CHECK(confirmed["shipments"][0]["units"] == 2);
  CHECK(confirmed["lines"][0]["backordered"] == 1);
  CHECK(tell(server, {"release", "NEW"}).lines.size() == 1);
  CHECK(stock_of(server, "S1", "W1")["available"] == 0);
}

TEST_CASE("stock changes: a count below what is picked overdraws the cell until what comes has healed it, also over a restart", "[system][stock][shipments]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 10)).decided());
  REQUIRE(caller.ask(order("A", {{1, 6}})).decided());
  REQUIRE(tell(server, {"pick", "A-1"}).code == 0);
  const Told counted = tell(server, {"count", "W1", "S1:4@10", "--reason", "cycle count"});
  REQUIRE(counted.code == 0);
  CHECK(counted.lines.at(0)["rows"][0]["overdrawn"] == true);
  CHECK(counted.lines.at(0)["rows"][0]["available_after"] == 0);
  const Json cell = stock_of(server, "S1", "W1");
  CHECK(cell["on_hand"] == 4);
  CHECK(cell["reserved"] == 6);
  CHECK(cell["available"] == 0);
  CHECK(cell["overdrawn"] == 2);
  const Told refused = tell(server, {"put-back", "A-1"});
  CHECK(refused.code == 1);
  CHECK(refused.error.find("overdrawn") != std::string::npos);
  CHECK(tell(server, {"ship", "A"}).error.find("overdrawn") != std::string::npos);
  CHECK(tell(server, {"order", "--id", "B", "S1:1"}).lines.at(0)["status"] == "backordered");

  const Json waited_for = stock_of(server, "S1", "W1");
  const std::string digest = caller.digest();
  server.kill();
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  server.start();
  CHECK(Caller(server.port()).digest() == digest);
  CHECK(stock_of(server, "S1", "W1") == waited_for);
  INFO("I1: what comes to an overdrawn cell heals it first");
  const Told healing = tell(server, {"receive", "W1", "S1:2"});
  REQUIRE(healing.lines.size() == 1);
  CHECK_FALSE(stock_of(server, "S1", "W1").contains("overdrawn"));
  const Told served = tell(server, {"receive", "W1", "S1:2"});
  REQUIRE(served.lines.size() == 2);
  CHECK(served.lines[1]["order"] == "B");
  CHECK(tell(server, {"ship", "A"}).code == 0);
  const Told told = tell(server, {"watch", "--from", "1", "--to", served.lines[1]["lsn"].dump(), "--kind", "healed"});
  REQUIRE(told.lines.size() == 1);
  CHECK(told.lines[0]["lsn"] == healing.lines[0]["lsn"]);
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
