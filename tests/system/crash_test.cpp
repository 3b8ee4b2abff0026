// kill -9 under load over TCP, again and again: what was answered is there once with the same decision, what was not is
// decided at most once when it is repeated, and the journal is whole each time.
// EARMARK_KILL_CYCLES sets the number of kills, EARMARK_SEED the moments and the commands.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <iostream>
#include <random>

#include "tests/system/support/goods.hpp"
#include "tests/system/support/guarded.hpp"
#include "tests/system/support/log.hpp"
#include "tests/system/support/work.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

struct Sent {
  model::Command command;
  std::optional<Reply> answer;  // none: unknown
};

// Sends, up to 100 under way, until the connection is lost. `answered` counts what everybody was told.
std::vector<Sent> load_until_lost(std::uint16_t port, Work& work, std::atomic<std::uint64_t>& answered) {
  std::vector<Sent> sent;
  std::map<std::uint64_t, std::size_t> under_way;
  try {
    Caller caller(port);
    for (;;) {
      std::vector<std::byte> out;
      while (under_way.size() < 100) {
        sent.push_back({work.next(), std::nullopt});
        under_way.emplace(caller.put(out, sent.back().command), sent.size() - 1);
      }
      caller.send(out);
      Reply reply = caller.receive();
      sent[under_way.extract(reply.correlation).mapped()].answer = std::move(reply);
      ++answered;
      answered.notify_all();
    }
  } catch (const ConnectionLost&) {
  }
  return sent;
}

// Repeats everything in the order sent. Errors have no LSN and may differ the second time: what was refused before the
// kill was refused for what had been decided then.
void check_repeats(Caller& caller, const std::vector<Sent>& all, std::uint64_t& unknown, std::uint64_t& survived) {
  for (const Sent& sent : all) {
    if (sent.answer && !sent.answer->decided()) continue;
    const Reply reply = caller.ask(sent.command);
    INFO(model::describe(sent.command) << "\nfirst: " << (sent.answer ? sent.answer->text() : "unknown") << "\nrepeated: " << reply.text());
    if (sent.answer) {
      REQUIRE(reply.duplicate);
      REQUIRE(reply.lsns == sent.answer->lsns);
      REQUIRE(reply.bodies == sent.answer->bodies);
      continue;
    }
    ++unknown;
    survived += reply.duplicate ? 1U : 0U;
    if (!reply.decided()) continue;
    const Reply again = caller.ask(sent.command);
    REQUIRE(again.duplicate);
    REQUIRE(again.bodies == reply.bodies);
  }
}

}  // namespace

TEST_CASE("kill -9 under load: what was answered stays, the rest is decided at most once", "[system][crash]") {
  const std::uint64_t cycles = number_from("EARMARK_KILL_CYCLES", 15), seed = number_from("EARMARK_SEED", 1);
  INFO("EARMARK_SEED=" << seed);
  model::Random random(seed);
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--io-threads", "2"});
  REQUIRE(Caller(server.port()).ask(catalogue(12, 2, 60)).decided());
  std::uint64_t decided = 0, unknown = 0, survived = 0;
  for (std::uint64_t cycle = 1; cycle <= cycles; ++cycle) {
    INFO("cycle " << cycle);
    Work one(random.next(), std::to_string(cycle) + "a"), two(random.next(), std::to_string(cycle) + "b");
    std::atomic<std::uint64_t> answered{0};
    auto first = std::async(std::launch::async, [&, port = server.port()] { return load_until_lost(port, one, answered); });
    auto second = std::async(std::launch::async, [&, port = server.port()] { return load_until_lost(port, two, answered); });
    const std::uint64_t enough = random.between(1, 900);
    for (std::uint64_t seen = 0; (seen = answered.load()) < enough;) answered.wait(seen);
    server.kill();
    const std::vector<Sent> by_one = first.get(), by_two = second.get();
    const ProgramResult verify = run("earmark-journal", {"verify", directory.path().string()});
    INFO(verify.error);
    REQUIRE(verify.code == 0);
    server.start();
    Caller caller(server.port());
    check_repeats(caller, by_one, unknown, survived);
    check_repeats(caller, by_two, unknown, survived);
    decided += answered.load();
    const ProgramResult offline = run("earmark-journal", {"digest", directory.path().string()});
    REQUIRE(offline.out == caller.digest() + "\n");
  }
  REQUIRE(server.terminate().status == 0);
  StrongReplay twin({.skus = 20000, .warehouses = 8});
  CHECK(twin.run(directory.path()) == "");
  std::cout << "kill -9: " << cycles << " cycles, seed " << seed << ", " << decided << " answered before the kills, " << unknown
            << " unknown, of which " << survived << " had been decided; " << twin.fills() << " fills\n";
  CHECK(unknown > 0);
}
