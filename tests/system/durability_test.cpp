// Durable first (I7): while a group's sync has not returned nobody hears of it, by answer, event or question; and a sync
// that fails ends the server without anybody having been told.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/sync_gate.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

constexpr milliseconds a_while{150};  // how long silence is listened to; an early answer comes within one or two

bool gate_works() {
  if (!SyncGate::works()) std::cout << "skipped: syncs cannot be held under a sanitizer\n";
  return SyncGate::works();
}

// Lets the syncs of one group through one by one; before each, `check_nothing_is_known` is called. Ends with the write
// of the meta page, which is what makes LMDB's commit.
int pass_one_group(SyncGate& gate, const std::function<void()>& check_nothing_is_known) {
  for (int syncs = 1;; ++syncs) {
    const std::string name = gate.entered();
    INFO("held: " << name);
    check_nothing_is_known();
    gate.release();
    if (name == "meta") return syncs;
  }
}

}  // namespace

TEST_CASE("durable first: no answer and no event before the sync of its group has returned", "[system][durability]") {
  if (!gate_works()) return;
  SyncGate gate;
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", GENERATE("1", "2")}, gate.environment());
  Caller caller(server.port()), listener(server.port()), other(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 10)).decided());
  REQUIRE(caller.ask(order("waits", {{2, 15}})).decided());
  std::vector<std::byte> subscribe;
  listener.encoder().subscribe(subscribe, 7, {engine::Lsn{0}});
  listener.send(subscribe);
  REQUIRE(listener.receive().kind == schema::MessageKind::subscribe_answer);

  gate.hold();
  const std::vector<model::Command> commands{order("A", {{1, 4}}), receipt("R", {{2, 9}}), cancel("C", "A"), ship("S", "waits")};
  for (const model::Command& command : commands) {
    INFO(model::describe(command));
    engine::Lsn before{};
    const auto stock_before = other.check({1, 2}, &before);
    const std::uint64_t correlation = caller.send(command);
    const int syncs = pass_one_group(gate, [&] {
      CHECK(caller.wire().quiet_for(a_while));
      CHECK(listener.wire().quiet_for(milliseconds{0}));
      // A stock check is answered at once, and shows nothing that can be lost.
      engine::Lsn lsn{};
      CHECK(other.check({1, 2}, &lsn) == stock_before);
      CHECK(lsn == before);
      CHECK(other.stock(true, &lsn).size() == 2);
      CHECK(lsn == before);
    });
    CHECK(syncs >= 2);
    const Reply reply = caller.receive(correlation);
    REQUIRE(reply.decided());
    for (const std::string& record : reply.records) CHECK(listener.receive().text() == record);
    engine::Lsn after{};
    other.check({1, 2}, &after);
    CHECK(after == reply.lsns.back());
  }
  gate.open();
}

TEST_CASE("durable first: what rests on a decision that is not durable waits with it", "[system][durability]") {
  if (!gate_works()) return;
  SyncGate gate;
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", GENERATE("1", "2")}, gate.environment());
  Caller caller(server.port()), other(server.port()), shopper(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 10)).decided());
  gate.hold();
  const std::uint64_t first = caller.send(order("A", {{1, 4}}));
  REQUIRE(gate.entered() == "fdatasync");
  // A repeat, another content, an order that is refused whole, and questions, all judged after A.
  std::vector<std::byte> out;
  const std::uint64_t repeat = other.put(out, order("A", {{1, 4}}));
  const std::uint64_t conflict = other.put(out, order("A", {{1, 5}}));
  const std::uint64_t show = other.next_correlation(), list = other.next_correlation();
  other.encoder().show(out, show, {"A"});
  other.encoder().backorders(out, list, {other.epoch(), engine::SkuId{1}, {}});
  other.send(out);
  CHECK(shopper.check({1}) == std::vector<engine::Quantity>{10});
  CHECK(other.wire().quiet_for(a_while));
  gate.release();
  REQUIRE(gate.entered() == "meta");
  CHECK(other.wire().quiet_for(a_while));
  CHECK(caller.wire().quiet_for(milliseconds{0}));
  CHECK(shopper.check({1}) == std::vector<engine::Quantity>{10});
  gate.open();
  const Reply decided = caller.receive(first);
  REQUIRE(decided.lsn() == engine::Lsn{2});
  CHECK(other.receive(repeat).duplicate);
  CHECK(other.receive(conflict).error.code == engine::ErrorCode::duplicate_order);
  CHECK(other.receive(show).kind == schema::MessageKind::order_view);
  CHECK(other.receive(list).kind == schema::MessageKind::backorders_answer);
  CHECK(shopper.check({1}) == std::vector<engine::Quantity>{6});
}

TEST_CASE("exit 5: a sync that fails ends the server, nothing acknowledged is lost, nothing else was told", "[system][durability][exit]") {
  if (!gate_works()) return;
  const std::string call = GENERATE("fdatasync", "meta");
  INFO("failing: " << call);
  SyncGate gate;
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"}, gate.environment());
  std::vector<Reply> answered;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 100)).decided());
  for (int number = 0; number < 20; ++number) answered.push_back(caller.ask(order("o" + std::to_string(number), {{1, 1}})));
  gate.fail(call);
  caller.send(order("lost", {{1, 50}}));
  CHECK_THROWS_AS(caller.receive(), ConnectionLost);
  const Ended ended = server.process().wait();
  CHECK(ended.status == 5);
  CHECK_THAT(server.process().error(), Catch::Contains("storage failed"));

  server.start({});
  Caller after(server.port());
  for (std::size_t number = 0; number < answered.size(); ++number) {
    const Reply reply = after.ask(order("o" + std::to_string(number), {{1, 1}}));
    CHECK(reply.duplicate);
    CHECK(reply.bodies == answered[number].bodies);
  }
  // Unknown until now: decided once, whenever that was.
  const Reply lost = after.ask(order("lost", {{1, 50}}));
  CHECK(after.got(lost).reserved == 50);
  CHECK(after.ask(order("lost", {{1, 50}})).bodies == lost.bodies);
  CHECK(after.check({1}) == std::vector<engine::Quantity>{30});
}
