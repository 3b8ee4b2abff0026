// What questions may show while orders run: a snapshot is of one LSN, a check has everything answered before it, a show
// sees what its connection ordered; and the stream of events has no gap and no repetition.
#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <iostream>

#include "tests/model/random_commands.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/log.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

// Orders of both SKUs in the same quantity, pipelined; returns what is left of each.
void order_both(std::uint16_t port, int orders, std::atomic<bool>& done) {
  Caller caller(port);
  std::vector<std::byte> out;
  int under_way = 0;
  for (int number = 0; number < orders; ++number) {
    const auto quantity = static_cast<std::int64_t>(1 + number % 7);
    caller.put(out, order("o" + std::to_string(number), {{1, quantity}, {2, quantity}}));
    if (++under_way < 50) continue;
    caller.send(out);
    out.clear();
    for (; under_way > 0; --under_way) caller.receive();
  }
  done.store(true);
}

struct SnapshotSeen {
  engine::Lsn lsn{};
  std::vector<engine::Quantity> available;
};

}  // namespace

TEST_CASE("stock snapshot: all rows at one LSN, named, while orders run", "[system][reads]") {
  constexpr int orders = 6000;
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  REQUIRE(Caller(server.port()).ask(catalogue(2, 1, 100'000)).decided());
  std::atomic<bool> done{false};
  auto orderer = std::async(std::launch::async, [&, port = server.port()] { order_both(port, orders, done); });
  std::vector<SnapshotSeen> seen;
  Caller caller(server.port());
  for (bool last = false; !last;) {
    last = done.load();
    SnapshotSeen snapshot;
    for (const schema::StockLevel& level : caller.stock(true, &snapshot.lsn)) {
      snapshot.available.push_back(level.available);
      if (level.on_hand - level.reserved != level.available) throw std::runtime_error("a row that contradicts itself");
      if (level.lsn > snapshot.lsn) throw std::runtime_error("a row from after the snapshot");
    }
    seen.push_back(std::move(snapshot));
  }
  orderer.get();
  REQUIRE(server.terminate().status == 0);
  // What the log makes of both SKUs at each LSN.
  std::map<std::uint64_t, engine::Quantity> available{{1, 100'000}};
  each_record(directory.path(), [&](const schema::Event& event) {
    if (const auto* decided = std::get_if<engine::OrderDecision>(&event.decision)) available[event.stamp.lsn.value] = decided->lines[0].available_after;
  });
  engine::Lsn before{};
  std::size_t different = 0;
  for (const SnapshotSeen& snapshot : seen) {
    INFO("LSN " << snapshot.lsn.value);
    REQUIRE(snapshot.available.size() == 2);
    REQUIRE(snapshot.available[0] == available.at(snapshot.lsn.value));
    REQUIRE(snapshot.available[1] == snapshot.available[0]);
    REQUIRE(snapshot.lsn >= before);
    different += snapshot.lsn > before ? 1U : 0U;
    before = snapshot.lsn;
  }
  std::cout << "snapshots: " << seen.size() << " at " << different << " LSNs, of " << orders << " orders\n";
  CHECK(before == engine::Lsn{orders + 1});
}

TEST_CASE("stock snapshot: 1,024 rows, one more is refused", "[system][reads]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(513, 2, 1)).decided());
  std::vector<std::byte> out;
  std::vector<engine::SkuId> skus;
  for (std::uint32_t sku = 1; sku <= 512; ++sku) skus.emplace_back(sku);
  caller.encoder().stock(out, 1, {caller.epoch(), skus, {}, {}, true});
  caller.encoder().stock(out, 2, {caller.epoch(), {}, {}, {}, true});
  caller.send(out);
  CHECK(caller.receive(1).kind == schema::MessageKind::stock_answer);
  CHECK(caller.receive(2).error.code == engine::ErrorCode::too_many_rows);
}

TEST_CASE("check and stock: show everything that anybody was answered before", "[system][reads]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  Caller buyer(server.port()), shopper(server.port());
  constexpr engine::Quantity units = 400;
  REQUIRE(buyer.ask(catalogue(1, 1, units)).decided());
  for (engine::Quantity sold = 1; sold <= units; ++sold) {
    const Reply reply = buyer.ask(order("o" + std::to_string(sold), {{1, 1}}));
    engine::Lsn lsn{};
    const auto available = shopper.check({1}, &lsn);
    REQUIRE(available == std::vector<engine::Quantity>{units - sold});
    REQUIRE(lsn >= reply.lsn());
    REQUIRE(shopper.stock(sold % 2 == 0, &lsn)[0].reserved == sold);
    REQUIRE(lsn >= reply.lsn());
  }
}

TEST_CASE("show and backorders: sent after an order on one connection, see it", "[system][reads]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 300)).decided());
  std::vector<std::byte> out;
  std::vector<std::array<std::uint64_t, 3>> asked;
  std::vector<std::string> names;
  constexpr int orders = 300;
  for (int number = 0; number < orders; ++number) names.push_back("o" + std::to_string(number));
  for (const std::string& name : names) {
    const std::uint64_t ordered = caller.put(out, order(name, {{1, 2}, {2, 1}}));
    const std::uint64_t show = caller.next_correlation();
    caller.encoder().show(out, show, {name});
    const std::uint64_t cancelled = caller.put(out, cancel("c" + name, name, 2, 1));
    asked.push_back({ordered, show, cancelled});
  }
  caller.send(out);
  schema::AnswerDecoder decoder;
  for (std::size_t index = 0; index < asked.size(); ++index) {
    const Reply ordered = caller.receive(asked[index][0]), shown = caller.receive(asked[index][1]), cancelled = caller.receive(asked[index][2]);
    INFO(names[index] << '\n' << shown.text());
    REQUIRE(ordered.decided());
    REQUIRE(cancelled.decided());
    REQUIRE(shown.kind == schema::MessageKind::order_view);
    const std::vector<std::span<const std::byte>> parts(shown.bodies.begin(), shown.bodies.end());
    const auto answer = decoder.decode(shown.kind, parts);
    REQUIRE(answer.has_value());
    const auto& view = std::get<schema::OrderView>(*answer);
    CHECK(view.lsn == ordered.lsn());
    CHECK(view.as_of >= ordered.lsn());
    // Its own cancel was sent later.
    CHECK(view.as_of < cancelled.lsn());
    CHECK(view.lines[1].cancelled == 0);
  }
}

TEST_CASE("subscribe: the history from any LSN, then what comes, no gap and no repetition", "[system][reads][events]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  Caller loader(server.port());
  REQUIRE(loader.ask(catalogue(5, 2, 100)).decided());
  model::Random random(7);
  const auto drive = [&](Caller& caller, const std::string& name, int commands) {
    std::vector<std::byte> out;
    int under_way = 0;
    for (int number = 0; number < commands; ++number) {
      const std::string id = name + std::to_string(number);
      const auto sku = static_cast<std::uint32_t>(random.between(1, 5));
      if (number % 9 == 8) caller.put(out, receipt("r" + id, {{sku, 40}}));
      else if (number % 13 == 12) caller.put(out, cancel("c" + id, "o" + name + std::to_string(number - 1)));
      else caller.put(out, order("o" + id, {{sku, 9}, {1, 1}}));
      if (++under_way < 30) continue;
      caller.send(out);
      out.clear();
      for (; under_way > 0; --under_way) caller.receive();
    }
    caller.send(out);
    for (; under_way > 0; --under_way) caller.receive();
  };
  drive(loader, "early", 900);
  // One with an order that is an event in parts.
  REQUIRE(loader.ask(order("long", std::vector<Wanted>(4000, Wanted{2, 1}))).decided());
  const std::uint64_t middle = Caller(server.port()).durable_at_hello().value;

  std::atomic<bool> go{false};
  struct Stream {
    engine::Lsn from{};
    std::vector<std::string> events;
  };
  // Reads until an order with the id "end" is heard of.
  const auto listen = [&, port = server.port()](std::uint64_t from) {
    Caller caller(port);
    std::vector<std::byte> out;
    caller.encoder().subscribe(out, 42, {engine::Lsn{from}});
    caller.send(out);
    if (caller.receive().kind != schema::MessageKind::subscribe_answer) throw std::runtime_error("no answer to subscribe");
    go.store(true);
    go.notify_all();
    Stream stream;
    for (;;) {
      const Reply event = caller.receive();
      if (event.correlation != 42 || event.records.size() != 1) throw std::runtime_error("an event is one record");
      if (stream.events.empty()) stream.from = event.lsn();
      stream.events.push_back(event.records[0]);
      if (event.records[0].find("order 'end'") != std::string::npos) return stream;
    }
  };
  auto whole = std::async(std::launch::async, listen, 1);
  auto part = std::async(std::launch::async, listen, middle - 100);
  go.wait(false);
  drive(loader, "late", 3000);
  REQUIRE(loader.ask(order("end", {{1, 1}})).decided());
  const Stream all = whole.get(), some = part.get();
  REQUIRE(server.terminate().status == 0);
  const std::vector<std::string> log = read_log(directory.path());
  CHECK(all.from == engine::Lsn{1});
  CHECK(some.from == engine::Lsn{middle - 100});
  CHECK(all.events == log);
  CHECK(some.events == std::vector<std::string>(log.begin() + static_cast<std::ptrdiff_t>(middle) - 101, log.end()));
  std::cout << "subscribe: " << log.size() << " events from LSN 1, " << some.events.size() << " from LSN " << middle - 100 << '\n';
}

TEST_CASE("subscribe: from 0 only what comes, from beyond the end what will come", "[system][reads][events]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port()), now(server.port()), later(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 10)).decided());
  std::vector<std::byte> out;
  now.encoder().subscribe(out, 1, {engine::Lsn{0}});
  now.send(out);
  REQUIRE(now.receive().kind == schema::MessageKind::subscribe_answer);
  out.clear();
  later.encoder().subscribe(out, 1, {engine::Lsn{4}});
  later.send(out);
  REQUIRE(later.receive().kind == schema::MessageKind::subscribe_answer);
  for (const char* id : {"two", "three", "four"}) REQUIRE(caller.ask(order(id, {{1, 1}})).decided());
  for (std::uint64_t lsn = 2; lsn <= 4; ++lsn) CHECK(now.receive().lsn() == engine::Lsn{lsn});
  CHECK(later.receive().lsn() == engine::Lsn{4});
}
