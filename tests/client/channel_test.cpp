// Both faces of the library against a server on loopback that drops connections at chosen points: every order is decided
// once and its decision is told, whatever was lost on the way. Limits here are far longer than anything takes, but where a
// limit itself is tested.
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "client/blocking_channel.hpp"
#include "client/channel.hpp"
#include "tests/client/loopback_server.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace std::chrono_literals;
using earmark::client::test::Fate;
using earmark::client::test::Heard;
using earmark::client::test::LoopbackServer;
using schema::MessageKind;

namespace {

Order order(const std::string& id) {
  Order order;
  order.id = id;
  order.lines.push_back({1, "S1", 2, ""});
  return order;
}

std::string name_of(const Outcome<OrderAnswer>& outcome) {
  return outcome ? "decided " + std::to_string(outcome->lsn) : outcome.error().text;
}

using Told = std::map<std::string, Outcome<OrderAnswer>>;

asio::awaitable<void> place(Channel& channel, std::string id, TimeLimit limit, Told& told) {
  Outcome<OrderAnswer> outcome = co_await channel.place_order(order(id), limit);
  told.emplace(id, std::move(outcome));
}

// Calls with all ids at once, and waits for all of them.
Told place_all(const ChannelOptions& options, int count, TimeLimit limit = {}) {
  Told told;
  asio::io_context context(1);
  Channel channel(context.get_executor(), options);
  for (int index = 0; index < count; ++index) {
    asio::co_spawn(context, place(channel, "A" + std::to_string(index), limit, told), asio::detached);
  }
  while (told.size() < static_cast<std::size_t>(count) && context.run_one() != 0) continue;
  return told;
}

constexpr Fate drops[] = {Fate::dropped_before, Fate::dropped_after, Fate::dropped_within, Fate::refused};

}  // namespace

TEST_CASE("channel: each of many orders is decided once, wherever connections are dropped", "[client][channel]") {
  constexpr int orders = 300;
  std::size_t heard_orders = 0, dropped = 0;
  LoopbackServer server([&](std::size_t, const Heard& heard) {
    if (heard.kind != MessageKind::order || ++heard_orders % 20 != 0 || dropped >= 8) return Fate::answered;
    return drops[dropped++ % 4];
  });
  server.options.connections = GENERATE(1u, 3u);
  const Told told = place_all(server.options, orders);
  const auto decided = server.decided();
  REQUIRE(told.size() == orders);
  CHECK(decided.size() == orders);
  CHECK(dropped == 8);
  for (const auto& [id, outcome] : told) {
    INFO(id << ": " << name_of(outcome));
    REQUIRE(outcome.has_value());
    CHECK(outcome->lsn == decided.at(id));
    CHECK(outcome->lines.at(0).sku == "S1");
  }
}

TEST_CASE("channel: connections dropped before, at and after the hello, and at the question for codes", "[client][channel]") {
  const Fate fate = GENERATE(Fate::dropped_before, Fate::dropped_after, Fate::dropped_within);
  const MessageKind kind = GENERATE(MessageKind::hello, MessageKind::resolve);
  std::size_t dropped = 0;
  LoopbackServer server([&](std::size_t, const Heard& heard) { return heard.kind == kind && dropped++ < 3 ? fate : Fate::answered; });
  server.options.connections = 1;
  const Told told = place_all(server.options, 5);
  for (const auto& [id, outcome] : told) CHECK(outcome.has_value());
  CHECK(told.size() == 5);
  CHECK(server.connections() == 4);
}

TEST_CASE("channel: a server that is not there is waited for until the limit, and nothing happened", "[client][channel]") {
  ChannelOptions options;
  {
    const LoopbackServer gone([](std::size_t, const Heard&) { return Fate::answered; });
    options = gone.options;
  }
  options.time_limit = 200ms;
  const Told told = place_all(options, 3);
  REQUIRE(told.size() == 3);
  for (const auto& [id, outcome] : told) {
    REQUIRE(!outcome.has_value());
    CHECK(outcome.error().kind == FailureKind::unreachable);
    CHECK(!outcome.error().outcome_unknown);
    CHECK(outcome.error().text.find(options.server.text()) != std::string::npos);
  }
}

TEST_CASE("channel: an answer that never comes leaves the outcome unknown, and the repeat gets it", "[client][channel]") {
  std::size_t heard_orders = 0;
  LoopbackServer server([&](std::size_t, const Heard& heard) {
    return heard.kind == MessageKind::order && ++heard_orders == 1 ? Fate::ignored : Fate::answered;
  });
  BlockingChannel channel(server.options);
  const auto first = channel.place_order(order("A"), 300ms);
  REQUIRE(!first.has_value());
  CHECK(first.error().outcome_unknown);
  const auto second = channel.place_order(order("A"));
  REQUIRE(second.has_value());
  CHECK(second->duplicate);
  CHECK(second->lsn == server.decided().at("A"));
}

TEST_CASE("channel: a silent connection is given up and the order repeated on another", "[client][channel]") {
  LoopbackServer server([&](std::size_t connection, const Heard& heard) {
    return heard.kind == MessageKind::order && connection == 1 ? Fate::ignored : Fate::answered;
  });
  server.options.silence_limit = 100ms;
  BlockingChannel channel(server.options);
  const auto answer = channel.place_order(order("A"));
  REQUIRE(answer.has_value());
  CHECK(answer->duplicate);
  CHECK(server.connections() == 2);
}

TEST_CASE("blocking channel: goes on where the connection was dropped", "[client][channel]") {
  const Fate fate = GENERATE(Fate::dropped_before, Fate::dropped_after, Fate::dropped_within, Fate::refused);
  std::size_t heard_orders = 0;
  LoopbackServer server([&](std::size_t, const Heard& heard) {
    return heard.kind == MessageKind::order && ++heard_orders == 2 ? fate : Fate::answered;
  });
  BlockingChannel channel(server.options);
  for (const char* id : {"A", "B", "C"}) {
    const auto answer = channel.place_order(order(id));
    INFO(name_of(answer));
    REQUIRE(answer.has_value());
    CHECK(answer->lsn == server.decided().at(id));
  }
  CHECK(server.decided().size() == 3);
}

TEST_CASE("channel: closing ends calls under way, and later ones fail at once", "[client][channel]") {
  LoopbackServer server([&](std::size_t, const Heard& heard) {
    return heard.kind == MessageKind::order ? Fate::ignored : Fate::answered;
  });
  Told told;
  asio::io_context context(1);
  Channel channel(context.get_executor(), server.options);
  asio::co_spawn(context, place(channel, "A", {}, told), asio::detached);
  while (!server.decided().contains("A")) context.run_one();
  channel.close();
  asio::co_spawn(context, place(channel, "B", {}, told), asio::detached);
  context.run();  // ends: nothing is left
  REQUIRE(told.size() == 2);
  CHECK(told.at("A").error().outcome_unknown);
  CHECK(!told.at("B").error().outcome_unknown);
}

TEST_CASE("channel: calls that wait when the context ends are gone with it", "[client][channel]") {
  LoopbackServer server([](std::size_t, const Heard&) { return Fate::ignored; });
  Told told;
  {
    asio::io_context context(1);
    Channel channel(context.get_executor(), server.options);
    asio::co_spawn(context, place(channel, "A", {}, told), asio::detached);
    context.run_one();
  }
  CHECK(told.empty());
}

TEST_CASE("channel: a name that cannot be resolved is named when the limit passes", "[client][channel]") {
  ChannelOptions options;
  options.server = {"no-such-host.invalid", "7411"};
  options.time_limit = 100ms;
  BlockingChannel channel(options);
  const auto answer = channel.place_order(order("A"));
  REQUIRE(!answer.has_value());
  CHECK(answer.error().kind == FailureKind::unreachable);
}
