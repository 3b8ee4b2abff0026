// Exactly once (I5): repeats on two connections at once, with other contents, after kill -9 and restart.
#include <barrier>
#include <catch2/catch.hpp>
#include <future>

#include "tests/system/support/goods.hpp"
#include "tests/system/support/log.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;
using engine::ErrorCode;

// One command on two connections at the same moment, many times. Answers of both, by round.
struct Pair {
  Reply first, second;
};

std::vector<Pair> ask_twice_at_once(std::uint16_t port, const std::vector<model::Command>& commands,
                                    const std::vector<model::Command>& others) {
  std::vector<Pair> pairs(commands.size());
  std::barrier start(2);
  const auto ask = [&](const std::vector<model::Command>& mine, Reply Pair::* place) {
    Caller caller(port);
    for (std::size_t round = 0; round < mine.size(); ++round) {
      start.arrive_and_wait();
      pairs[round].*place = caller.ask(mine[round]);
    }
  };
  auto one = std::async(std::launch::async, ask, std::cref(commands), &Pair::first);
  auto two = std::async(std::launch::async, ask, std::cref(others), &Pair::second);
  one.get();
  two.get();
  return pairs;
}

constexpr int rounds = 300;

std::string number(const char* prefix, int round) { return prefix + std::to_string(round); }

}  // namespace

TEST_CASE("exactly once: the same id at once on two connections is one decision and its duplicate", "[system][once]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", GENERATE("1", "2")});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(3, 2, 400)).decided());
  std::vector<model::Command> commands;
  for (int round = 0; round < rounds; ++round) {
    commands.emplace_back(order(number("o", round), {{1, 2}, {2, 5}}));
    if (round % 3 == 0) commands.emplace_back(receipt(number("r", round), {{1, 1}, {2, 20}}));
    if (round % 3 == 1) commands.emplace_back(cancel(number("c", round), number("o", round - 1)));
    if (round % 3 == 2) commands.emplace_back(ship(number("s", round), number("o", round - 2)));
  }
  const auto pairs = ask_twice_at_once(server.port(), commands, commands);
  std::uint64_t lsns = 1;
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    const Pair& pair = pairs[index];
    INFO(model::describe(commands[index]) << '\n' << pair.first.text() << '\n' << pair.second.text());
    REQUIRE(pair.first.decided());
    CHECK(pair.first.duplicate != pair.second.duplicate);
    CHECK(pair.first.records == pair.second.records);
    CHECK(pair.first.bodies == pair.second.bodies);
    lsns += pair.first.records.size();
  }
  // No LSN besides: nothing was decided twice, not even in silence.
  REQUIRE(server.terminate().status == 0);
  CHECK(read_log(directory.path()).size() == lsns);
}

TEST_CASE("exactly once: the same id at once with two contents is one decision and one refusal", "[system][once]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(2, 1, 400)).decided());
  std::vector<model::Command> commands, others;
  for (int round = 0; round < rounds; ++round) {
    commands.emplace_back(order(number("o", round), {{1, 2}}));
    others.emplace_back(order(number("o", round), {{1, 3}}));
    commands.emplace_back(receipt(number("r", round), {{2, 2}}));
    others.emplace_back(receipt(number("r", round), {{2, 3}}));
  }
  const auto pairs = ask_twice_at_once(server.port(), commands, others);
  for (std::size_t index = 0; index < pairs.size(); ++index) {
    const Pair& pair = pairs[index];
    INFO(pair.first.text() << '\n' << pair.second.text());
    REQUIRE(pair.first.decided() != pair.second.decided());
    const Reply& refused = pair.first.decided() ? pair.second : pair.first;
    const Reply& decided = pair.first.decided() ? pair.first : pair.second;
    CHECK_FALSE(decided.duplicate);
    CHECK(refused.error.code == (index % 2 == 0 ? ErrorCode::duplicate_order : ErrorCode::duplicate_receipt));
    // It rests on the decision, so it may not be heard of before that is durable.
    CHECK(refused.as_of.value >= decided.lsn().value);
  }
}

TEST_CASE("exactly once: repeats after kill -9 get the decision as first made, with its fills", "[system][once][crash]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  std::vector<std::pair<model::Command, Reply>> first;
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(3, 2, 10)).decided());
    const auto decide = [&](model::Command command) {
      Reply reply = caller.ask(command);
      REQUIRE(reply.decided());
      CHECK_FALSE(reply.duplicate);
      first.emplace_back(std::move(command), std::move(reply));
    };
    for (int round = 0; round < 60; ++round) {
      decide(order(number("o", round), {{1, 3}, {2, 4}}));
      decide(order(number("k", round), {{3, 30}}, engine::Policy::fill_or_kill));
      if (round % 10 == 4) decide(receipt(number("r", round), {{1, 14}, {2, 9, 2}, {1, 5}}));
      if (round % 10 == 5) decide(cancel(number("c", round), number("o", round - 5)));
      if (round % 10 == 6) decide(cancel(number("d", round), number("o", round - 1), 1, 2));
      if (round % 10 == 7) decide(cancel(number("e", round), number("o", round - 7)));
      if (round % 10 == 8) decide(ship(number("s", round), number("o", round - 7)));
    }
    decide(order("long", std::vector<Wanted>(4000, Wanted{1, 1})));
    decide(receipt("truck", {{1, 3000}, {2, 3000}}));
  }
  std::size_t fills = 0;
  for (int restart = 0; restart < 2; ++restart) {
    server.kill();
    server.start();
    Caller caller(server.port());
    const std::string before = caller.digest();
    fills = 0;
    for (const auto& [command, reply] : first) {
      INFO(model::describe(command));
      const Reply repeated = caller.ask(command);
      CHECK(repeated.duplicate);
      CHECK(repeated.lsns == reply.lsns);
      CHECK(repeated.bodies == reply.bodies);
      fills += reply.lsns.size() - 1;
    }
    model::OrderCommand other = std::get<model::OrderCommand>(first[0].first);
    other.texts.notes = "another one";
    CHECK(caller.ask(other).error.code == ErrorCode::duplicate_order);
    CHECK(caller.digest() == before);
  }
  CHECK(fills > 100);
}
