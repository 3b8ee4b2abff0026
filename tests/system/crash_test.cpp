// kill -9 under load over TCP, again and again, also while it recovers: what was answered is there once with the same decision,
// what anybody observed is there, what is unknown is decided at most once when it is repeated, and the journal is whole.
// EARMARK_KILL_CYCLES sets the number of kills, EARMARK_SEED the moments and the commands, EARMARK_KILL_VERIFY after how many kills
// all of the journal is verified and its digest compared; what clients see is checked each time.
#include <signal.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <future>
#include <iostream>

#include "storage/lmdb_journal.hpp"
#include "storage/recovery.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/guarded.hpp"
#include "tests/system/support/log.hpp"
#include "tests/system/support/work.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

constexpr std::uint64_t cycles_of_one_directory = 100;  // the twin reads it all in the end
constexpr std::uint32_t flooded_sku = 13;
constexpr std::int64_t flood = 400;

struct Sent {
  model::Command command;
  std::optional<Reply> answer;  // none: unknown
};

// What one client saw without asking for a decision.
struct Observed {
  engine::Lsn checked{};                                        // named by checks and snapshots
  std::vector<std::pair<engine::Lsn, std::string>> events;
};

// `fills` counts the fills that it was shown.
Observed observe_until_lost(std::uint16_t port, std::atomic<std::uint64_t>& fills) {
  Observed observed;
  try {
    Caller listener(port), asker(port);
    std::vector<std::byte> subscribe;
    listener.encoder().subscribe(subscribe, 7, {listener.durable_at_hello() + 1});
    listener.send(subscribe);
    for (;;) {
      engine::Lsn lsn;
      asker.check({1, 2, 3}, &lsn);
      observed.checked = std::max(observed.checked, lsn);
      asker.stock(true, &lsn);
      observed.checked = std::max(observed.checked, lsn);
      for (int count = 0; count < 50; ++count) {
        const Reply event = listener.receive();
        for (std::size_t part = 0; part < event.lsns.size(); ++part) {
          observed.events.emplace_back(event.lsns[part], event.records[part]);
          fills += event.records[part].find("fill") != std::string::npos ? 1U : 0U;
        }
        fills.notify_all();
      }
    }
  } catch (const ConnectionLost&) {
  }
  fills = ~std::uint64_t{0} / 2;  // nobody waits for more
  fills.notify_all();
  return observed;
}

// Orders that wait, several hundred in a row, then a receipt that fills them all: in commits of 128 fills, so that kills come
// between them.
std::vector<Sent> flood_until_lost(std::uint16_t port, const std::string& name) {
  std::vector<Sent> sent;
  std::map<std::uint64_t, std::size_t> under_way;
  try {
    Caller caller(port);
    for (int round = 0;; ++round) {
      const std::string number = name + "-" + std::to_string(round);
      std::vector<std::byte> out;
      for (int index = 0; index < flood; ++index) {
        sent.push_back({order("o" + number + "-" + std::to_string(index), {{flooded_sku, 1}}), std::nullopt});
        under_way.emplace(caller.put(out, sent.back().command), sent.size() - 1);
      }
      sent.push_back({receipt("r" + number, {{flooded_sku, flood}}), std::nullopt});
      under_way.emplace(caller.put(out, sent.back().command), sent.size() - 1);
      caller.send(out);
      while (!under_way.empty()) {
        Reply reply = caller.receive();
        sent[under_way.extract(reply.correlation).mapped()].answer = std::move(reply);
      }
    }
  } catch (const ConnectionLost&) {
  }
  return sent;
}

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

// Repeats everything in the order sent, many under way. Errors have no LSN and may differ the second time: what was refused before
// the kill was refused for what had been decided then. What was unknown is asked for twice.
struct Repeats {
  std::uint64_t unknown = 0, survived = 0;
};

void check_repeats(Caller& caller, const std::vector<Sent>& all, Repeats& repeats) {
  constexpr std::size_t at_once = 200;
  for (std::size_t from = 0; from < all.size(); from += at_once) {
    const std::size_t to = std::min(from + at_once, all.size());
    std::vector<std::byte> out;
    std::vector<std::pair<std::size_t, std::uint64_t>> asked;
    for (std::size_t index = from; index < to; ++index) {
      if (all[index].answer && !all[index].answer->decided()) continue;
      asked.emplace_back(index, caller.put(out, all[index].command));
      if (!all[index].answer) asked.emplace_back(index, caller.put(out, all[index].command));
    }
    caller.send(out);
    std::map<std::uint64_t, Reply> replies;
    for (std::size_t index = 0; index < asked.size(); ++index) {
      Reply reply = caller.receive();
      replies.emplace(reply.correlation, std::move(reply));
    }
    for (std::size_t at = 0; at < asked.size(); ++at) {
      const Sent& sent = all[asked[at].first];
      const Reply& reply = replies.at(asked[at].second);
      const auto say = [&] { return model::describe(sent.command) + "\nfirst: " + (sent.answer ? sent.answer->text() : "unknown") + "\nrepeated: " + reply.text(); };
      if (sent.answer) {
        if (!reply.duplicate || reply.lsns != sent.answer->lsns || reply.bodies != sent.answer->bodies) FAIL("I5, I7: " << say());
        continue;
      }
      const Reply& again = replies.at(asked[++at].second);
      ++repeats.unknown;
      // One of the two is the first to be decided since the restart, unless it had been decided before.
      repeats.survived += reply.duplicate && again.duplicate ? 1U : 0U;
      if (!reply.decided() && !again.decided()) continue;
      if (reply.lsns != again.lsns || reply.bodies != again.bodies || !(reply.duplicate || again.duplicate)) FAIL("I5: " << say() << "\nand: " << again.text());
    }
  }
}

// I7 for those who only watched: the log has what they were shown.
void check_observed(Server& server, const Observed& observed) {
  INFO("I7: observed");
  REQUIRE(server.ready().lsn >= observed.checked.value);
  if (observed.events.empty()) return;
  REQUIRE(server.ready().lsn >= observed.events.back().first.value);
  Caller listener(server.port());
  std::vector<std::byte> subscribe;
  listener.encoder().subscribe(subscribe, 7, {observed.events.front().first});
  listener.send(subscribe);
  REQUIRE(listener.receive().kind == schema::MessageKind::subscribe_answer);
  for (std::size_t at = 0; at < observed.events.size();) {
    const Reply event = listener.receive();
    for (std::size_t part = 0; part < event.lsns.size() && at < observed.events.size(); ++part, ++at) {
      if (event.lsns[part] != observed.events[at].first || event.records[part] != observed.events[at].second) {
        FAIL("I7: a subscriber was shown LSN " << observed.events[at].first.value << ": " << observed.events[at].second << ", it is "
                                               << event.lsns[part].value << ": " << event.records[part]);
      }
    }
  }
}

// How many causes the journal holds whose last fill is not there.
std::uint64_t causes_cut_off(const std::filesystem::path& directory) {
  storage::OpenOptions options;
  options.read_only = true;
  const auto journal = storage::open_lmdb_journal(directory, options);
  REQUIRE(journal.has_value());
  const std::uint64_t last = (*journal)->last().value;
  std::vector<engine::Lsn> open;
  const auto replayed = storage::replay(**journal, [&](const schema::Event& event) { schema::follow(open, event); }, {engine::Lsn{last > 3000 ? last - 3000 : 1}, {}});
  REQUIRE(replayed.has_value());
  return open.size();
}

// Starts it and kills it before it is ready, at some moment of its recovery.
void kill_while_it_recovers(const Server& server, model::Random& random) {
  Process process("earmarkd", server_arguments(server.directory(), {"--io-threads", "2"}));
  try {
    process.read_line(milliseconds{random.below(40)});
  } catch (const TimedOut&) {
  }
  process.send_signal(SIGKILL);
  process.wait();
}

struct Totals {
  std::uint64_t decided = 0, events = 0, cut_off = 0, while_recovering = 0, verified = 0, fills = 0;
  Repeats repeats;
};

void one_cycle(Server& server, std::uint64_t cycle, bool verify, model::Random& random, Totals& totals) {
  INFO("cycle " << cycle);
  Work one(random.next(), std::to_string(cycle) + "a"), two(random.next(), std::to_string(cycle) + "b");
  std::atomic<std::uint64_t> answered{0}, fills{0};
  const std::uint16_t port = server.port();
  auto first = std::async(std::launch::async, [&] { return load_until_lost(port, one, answered); });
  auto second = std::async(std::launch::async, [&] { return load_until_lost(port, two, answered); });
  auto flooding = std::async(std::launch::async, [&] { return flood_until_lost(port, std::to_string(cycle) + "f"); });
  auto watch = std::async(std::launch::async, [&] { return observe_until_lost(port, fills); });
  // Killed after some answers, or in the midst of fills.
  std::atomic<std::uint64_t>& seen = random.chance(50) ? answered : fills;
  const std::uint64_t enough = random.between(1, 500);
  for (std::uint64_t now = 0; (now = seen.load()) < enough;) seen.wait(now);
  server.kill();
  const std::vector<Sent> by_one = first.get(), by_two = second.get(), by_flood = flooding.get();
  const Observed observed = watch.get();
  totals.cut_off += causes_cut_off(server.directory());
  if (random.chance(30)) {
    kill_while_it_recovers(server, random);
    ++totals.while_recovering;
  }
  if (verify) {
    const ProgramResult result = run("earmark-journal", {"verify", server.directory().string()});
    INFO(result.error);
    REQUIRE(result.code == 0);
    ++totals.verified;
  }
  server.start();
  Caller caller(server.port());
  check_repeats(caller, by_one, totals.repeats);
  check_repeats(caller, by_two, totals.repeats);
  check_repeats(caller, by_flood, totals.repeats);
  check_observed(server, observed);
  totals.decided += answered.load();
  totals.events += observed.events.size();
  if (!verify) return;
  const std::string live = caller.digest();
  REQUIRE(run("earmark-journal", {"digest", server.directory().string()}).out == live + "\n");
}

}  // namespace

TEST_CASE("kill -9 under load: what was answered stays, the rest is decided at most once", "[system][faults][crash]") {
  const std::uint64_t cycles = number_from("EARMARK_KILL_CYCLES", 15), seed = number_from("EARMARK_SEED", 1);
  const std::uint64_t verify_every = number_from("EARMARK_KILL_VERIFY", 3);
  INFO("EARMARK_SEED=" << seed);
  model::Random random(seed);
  Totals totals;
  for (std::uint64_t cycle = 1; cycle <= cycles;) {
    const TemporaryDirectory directory = TemporaryDirectory::in_memory();  // what a kill leaves behind is in memory anyhow
    Server server(directory.path(), {"--io-threads", "2"});
    REQUIRE(Caller(server.port()).ask(catalogue(flooded_sku, 2, 60)).decided());
    const std::uint64_t last = std::min(cycles, cycle + cycles_of_one_directory - 1);
    for (; cycle <= last; ++cycle) one_cycle(server, cycle, cycle % verify_every == 0 || cycle == last, random, totals);
    REQUIRE(server.terminate().status == 0);
    StrongReplay twin({.skus = 20000, .warehouses = 8});
    CHECK(twin.run(directory.path()) == "");
    totals.fills += twin.fills();
  }
  std::cout << "kill -9: " << cycles << " cycles, seed " << seed << ", " << totals.while_recovering << " killed again while recovering; "
            << totals.decided << " answered before the kills, " << totals.events << " events observed, " << totals.repeats.unknown << " unknown, of which "
            << totals.repeats.survived << " had been decided; " << totals.cut_off << " causes cut off from their fills, " << totals.fills << " fills; verified "
            << totals.verified << " times\n";
  CHECK(totals.repeats.unknown > 0);
  CHECK(totals.events > 0);
}
