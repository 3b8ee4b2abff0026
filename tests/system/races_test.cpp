// Attack patterns on shops (ACIDRain): concurrent requests that each look allowed and together give away too much.
#include <barrier>
#include <catch2/catch.hpp>
#include <future>

#include "tests/system/support/goods.hpp"
#include "tests/system/support/log.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

// Each command on a connection of its own, all sent at the same moment.
std::vector<Reply> at_once(std::uint16_t port, const std::vector<model::Command>& commands, std::vector<Got>* got = nullptr) {
  std::barrier start(static_cast<std::ptrdiff_t>(commands.size()));
  std::vector<std::future<std::pair<Reply, Got>>> threads;
  for (const model::Command& command : commands) {
    threads.push_back(std::async(std::launch::async, [&, port] {
      Caller caller(port);
      start.arrive_and_wait();
      Reply reply = caller.ask(command);
      const Got sum = reply.decided() ? caller.got(reply) : Got{};
      return std::pair{std::move(reply), sum};
    }));
  }
  std::vector<Reply> replies;
  for (auto& thread : threads) {
    auto [reply, sum] = thread.get();
    replies.push_back(std::move(reply));
    if (got != nullptr) got->push_back(sum);
  }
  return replies;
}

std::string id(const char* prefix, int round, int buyer = 0) { return prefix + std::to_string(round) + "-" + std::to_string(buyer); }

// The journal of a server that has ended is what the twin decides, in LSN order.
void check_strong_replay(Server& server) {
  REQUIRE(server.terminate().status == 0);
  StrongReplay twin({.skus = 20000, .warehouses = 8});
  CHECK(twin.run(server.directory()) == "");
}

}  // namespace

TEST_CASE("ACIDRain: the last unit bought by many at once is reserved once, the others wait", "[system][races]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", GENERATE("2", "4")});
  constexpr int rounds = 30, buyers = 8;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(rounds, 1, 1)).decided());
  for (int round = 0; round < rounds; ++round) {
    std::vector<model::Command> orders;
    for (int buyer = 0; buyer < buyers; ++buyer) orders.emplace_back(order(id("o", round, buyer), {{static_cast<std::uint32_t>(round + 1), 1}}));
    std::vector<Got> got;
    at_once(server.port(), orders, &got);
    std::uint64_t reserved = 0, waiting = 0;
    for (const Got& each : got) {
      CHECK(each.reserved + each.backordered == 1);
      reserved += each.reserved;
      waiting += each.backordered;
    }
    CHECK(reserved == 1);
    CHECK(waiting == buyers - 1);
  }
  check_strong_replay(server);
}

TEST_CASE("ACIDRain: the last unit with fill_or_kill goes to one, the others are refused whole", "[system][races]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  constexpr int rounds = 20, buyers = 6;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2 * rounds, 1, 1)).decided());
  for (int round = 0; round < rounds; ++round) {
    // Half of the buyers name the two SKUs the other way around.
    const auto one = static_cast<std::uint32_t>(2 * round + 1), two = one + 1;
    std::vector<model::Command> orders;
    for (int buyer = 0; buyer < buyers; ++buyer) {
      const std::vector<Wanted> both = buyer % 2 == 0 ? std::vector<Wanted>{{one, 1}, {two, 1}} : std::vector<Wanted>{{two, 1}, {one, 1}};
      orders.emplace_back(order(id("o", round, buyer), both, engine::Policy::fill_or_kill));
    }
    std::vector<Got> got;
    at_once(server.port(), orders, &got);
    std::uint64_t whole = 0, nothing = 0;
    for (const Got& each : got) {
      whole += each.reserved == 2 ? 1U : 0U;
      nothing += each.reserved == 0 && each.status == engine::OrderStatus::refused ? 1U : 0U;
    }
    CHECK(whole == 1);
    CHECK(nothing == buyers - 1);
  }
  check_strong_replay(server);
}

TEST_CASE("ACIDRain: a cancel against a restock gives each unit once", "[system][races]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  constexpr int rounds = 40;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(rounds, 1, 5)).decided());
  for (int round = 0; round < rounds; ++round) {
    const auto sku = static_cast<std::uint32_t>(round + 1);
    REQUIRE(caller.ask(order(id("holds", round), {{sku, 5}})).decided());
    REQUIRE(caller.ask(order(id("waits", round), {{sku, 8}})).decided());
    const auto replies = at_once(server.port(), {cancel(id("c", round), id("holds", round)), receipt(id("r", round), {{sku, 3}}),
                                                 order(id("late", round), {{sku, 2}}), cancel(id("d", round), id("waits", round), 1, 1)});
    for (const Reply& reply : replies) REQUIRE(reply.decided());
    // 5 + 3 units; 5 cancelled; 7 still wanted by the one that waited, 2 by the late one.
    std::map<std::uint32_t, schema::StockLevel> levels;
    for (const schema::StockLevel& level : caller.stock(false)) levels[level.sku.value] = level;
    CHECK(levels[sku].on_hand == 8);
    CHECK(levels[sku].reserved == 8);
    CHECK(levels[sku].available == 0);
  }
  check_strong_replay(server);
}

TEST_CASE("ACIDRain: an order against a cancel of itself, and a cancel against itself", "[system][races]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  constexpr int rounds = 40;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 1000)).decided());
  for (int round = 0; round < rounds; ++round) {
    const std::string name = id("o", round);
    if (round % 2 == 0) REQUIRE(caller.ask(order(name, {{1, 10}})).decided());
    const auto replies = at_once(server.port(), {order(name, {{1, 10}}), cancel(id("c", round), name), cancel(id("c", round), name),
                                                 cancel(id("d", round), name)});
    CHECK(replies[0].decided());
    // Released once, whoever asks how often.
    const Reply end = caller.ask(cancel(id("e", round), name));
    REQUIRE(end.decided());
    CHECK(caller.stock(false)[0].available == 1000);
  }
  check_strong_replay(server);
}

TEST_CASE("ACIDRain: a repeat against itself takes stock once", "[system][races]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "4"});
  constexpr int rounds = 30, clicks = 6;
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 1, 10 * rounds)).decided());
  for (int round = 0; round < rounds; ++round) {
    const auto replies = at_once(server.port(), std::vector<model::Command>(clicks, order(id("o", round), {{1, 10}})));
    int firsts = 0;
    for (const Reply& reply : replies) {
      REQUIRE(reply.decided());
      CHECK(reply.records == replies[0].records);
      firsts += reply.duplicate ? 0 : 1;
    }
    CHECK(firsts == 1);
    CHECK(caller.stock(false)[0].available == static_cast<engine::Quantity>(10 * (rounds - round - 1)));
  }
  check_strong_replay(server);
}
