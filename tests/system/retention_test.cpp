// Orders that have left memory, ids beyond the horizon and a trimmed journal, seen from outside: what is said about them,
// what a repeat gets, and that a restart, the offline tools and the twin agree with the server.
#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/system/support/goods.hpp"
#include "tests/system/support/log.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

// The compactor is in no hurry: waits until it has come as far as the journal, and everything it asked for is done.
// `counter` is to come to `least` by then: housekeeping that is yet to be asked for shows nowhere.
std::map<std::string, std::uint64_t> settled_stats(Caller& caller, const std::string& counter = "ids_forgotten", std::uint64_t least = 0) {
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  for (;;) {
    const auto stats = caller.stats();
    if (stats.at("state_applied_lsn") == stats.at("durable_lsn") && stats.at("housekeeping_waiting") == 0 && stats.at(counter) >= least) return stats;
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // between two looks only
  }
}

schema::OrderView show(Caller& caller, const std::string& id, Reply& reply) {
  const auto answer = caller.ask_question(
      [&](std::vector<std::byte>& out, std::uint64_t correlation) { caller.encoder().show(out, correlation, {id}); }, reply);
  return std::get<schema::OrderView>(answer);
}

std::string offline_digest(const std::filesystem::path& directory) {
  const ProgramResult digest = run("earmark-journal", {"digest", directory.string()});
  INFO(digest.error);
  REQUIRE(digest.code == 0);
  return digest.out;
}

// Orders of one unit that ship at once, one after the other's answer.
void place_and_ship(Caller& caller, std::uint64_t from, std::uint64_t count) {
  std::vector<std::byte> out;
  std::vector<std::uint64_t> asked;
  for (std::uint64_t number = from; number < from + count; ++number) {
    const std::string id = "o" + std::to_string(number);
    asked.push_back(caller.put(out, order(id, {{1 + static_cast<std::uint32_t>(number % 12), 1}})));
    asked.push_back(caller.put(out, ship("s" + std::to_string(number), id)));
    if (asked.size() < 200 && number + 1 < from + count) continue;
    caller.send(out);
    for (const std::uint64_t correlation : asked) REQUIRE(caller.receive(correlation).decided());
    out.clear();
    asked.clear();
  }
}

}  // namespace

TEST_CASE("archive: a closed order out of memory is shown, repeated and cancelled as before, also after a restart", "[system][state]") {
  const TemporaryDirectory directory;
  Server server(directory.path());
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(12, 2, 1000)).decided());
  model::OrderCommand command = order("kept", {{1, 5}, {2, 7}});
  command.texts.customer = "Hartmann Roofing";
  command.texts.notes = "gate code 17";
  const Reply first = caller.ask(command);
  REQUIRE(caller.ask(cancel("c-kept", "kept", 2, 3)).decided());
  REQUIRE(caller.ask(ship("s-kept", "kept")).decided());
  REQUIRE(caller.ask(order("killed", {{1, 5000}}, engine::Policy::fill_or_kill)).decided());
  Reply before_reply;
  const schema::OrderView before = show(caller, "kept", before_reply);
  REQUIRE(before.lines.size() == 2);

  const auto look = [&](Caller& asker) {
    Reply reply;
    const schema::OrderView view = show(asker, "kept", reply);
    CHECK(view.customer == "Hartmann Roofing");
    CHECK(view.notes == "gate code 17");
    CHECK(view.lsn == first.lsn());
    CHECK(view.lines[1].cancelled == 3);
    REQUIRE(view.allocations.size() == 2);
    CHECK(view.allocations[0].shipped == 5);
    CHECK(view.allocations[1].shipped == 4);
    const Reply again = asker.ask(command);
    CHECK(again.duplicate);
    CHECK(again.bodies == first.bodies);
    const Reply refused_before = asker.ask(order("kept", {{1, 6}}));
    CHECK(refused_before.error.code == engine::ErrorCode::duplicate_order);
  };
  const auto stats = settled_stats(caller);
  CHECK(stats.at("orders_archived") == 2);
  look(caller);
  const Reply nothing = caller.ask(cancel("c-late", "kept"));
  REQUIRE(nothing.decided());
  const std::string live = caller.digest();
  REQUIRE(offline_digest(directory.path()) == live + "\n");
  REQUIRE(server.terminate().status == 0);
  server.start();
  Caller after(server.port());
  CHECK(after.digest() == live);
  look(after);
  CHECK(after.ask(cancel("c-late", "kept")).bodies == nothing.bodies);
  REQUIRE(server.terminate().status == 0);
  StrongReplay twin({.skus = 20000, .warehouses = 8});
  CHECK(twin.run(directory.path()) == "");
}

TEST_CASE("horizon: ids are known for as many commands as promised, then forgotten at one LSN for all", "[system][state]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--horizon", "1000"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(12, 2, 1'000'000)).decided());
  const model::OrderCommand waiting = order("waiting", {{12, 5'000'000}});
  const Reply open = caller.ask(waiting);
  REQUIRE(open.decided());
  place_and_ship(caller, 0, 4000);
  const auto stats = settled_stats(caller, "ids_forgotten", 5001);
  CHECK(stats.at("ids_forgotten") > 5000);
  CHECK(stats.at("oldest_known_lsn") > 5000);
  {
    Reply reply;
    CHECK(show(caller, "o0", reply).allocations[0].shipped == 1);  // forgotten, but still shown
    CHECK(caller.ask(order("o3999", {{1 + 3999 % 12, 1}})).duplicate);
    CHECK(caller.ask(waiting).bodies == open.bodies);              // ids of open orders are always known
  }
  const Reply anew = caller.ask(order("o0", {{3, 2}}));  // another order under a forgotten id
  REQUIRE(anew.decided());
  CHECK_FALSE(anew.duplicate);
  Reply reply;
  CHECK(show(caller, "o0", reply).lsn == anew.lsn());  // the newest
  settled_stats(caller);
  const std::string live = caller.digest();
  REQUIRE(offline_digest(directory.path()) == live + "\n");
  server.kill();
  server.start();
  Caller after(server.port());
  CHECK(after.digest() == live);
  CHECK(after.ask(order("o0", {{3, 2}})).bodies == anew.bodies);
  CHECK(Caller(server.port()).ask(waiting).bodies == open.bodies);
  REQUIRE(server.terminate().status == 0);
  StrongReplay twin({.skus = 20000, .warehouses = 8});
  CHECK(twin.run(directory.path()) == "");
  CHECK(twin.forgettings() > 0);
}

TEST_CASE("retain: the journal is trimmed, and the rest is in the state", "[system][state]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--horizon", "1000", "--retain", "3000"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(12, 2, 1'000'000)).decided());
  const model::OrderCommand waiting = order("waiting", {{12, 5'000'000}});
  const Reply open = caller.ask(waiting);
  for (std::uint64_t round = 0; round < 6; ++round) {
    place_and_ship(caller, round * 1500, 1500);
    settled_stats(caller);
  }
  place_and_ship(caller, 9000, 10);  // trimming goes along with appending
  const auto stats = settled_stats(caller);
  const std::uint64_t oldest = stats.at("oldest_lsn");
  CHECK(oldest > 10'000);
  CHECK(oldest <= stats.at("durable_lsn") - 3000 + 1);
  CHECK(caller.ask(waiting).bodies == open.bodies);  // its decision was kept
  const std::string live = caller.digest();
  CHECK(offline_digest(directory.path()) == live + "\n");
  const ProgramResult early = run("earmark-journal", {"dump", directory.path().string(), "--from", "5", "--to", "9"});
  CHECK(early.code == 1);
  CHECK(early.error.find(std::to_string(oldest)) != std::string::npos);
  Reply refused;
  std::vector<std::byte> out;
  schema::SubscribeRequest subscribe;
  subscribe.from = engine::Lsn{1};
  const std::uint64_t correlation = caller.next_correlation();
  caller.encoder().subscribe(out, correlation, subscribe);
  caller.send(out);
  CHECK(caller.receive(correlation).error.code == engine::ErrorCode::trimmed);
  const ProgramResult explained = run("earmark", {"--server", server.address(), "explain", "waiting"});
  CHECK(explained.code == 0);
  CHECK(explained.out.find("The journal no longer has everything since decision 2") != std::string::npos);
  CHECK(explained.out.find("wait as 1st in the queue") != std::string::npos);
  server.kill();
  CHECK(run("earmark-journal", {"verify", directory.path().string()}).code == 0);
  server.start();
  Caller after(server.port());
  CHECK(after.digest() == live);
  CHECK(after.ask(waiting).bodies == open.bodies);
  CHECK(after.ask(ship("s-late", "o0")).decided());  // closed and forgotten long ago: nothing to ship
  REQUIRE(server.terminate().status == 0);
  // The state carries the trimmed part now: without it the server must not start.
  std::filesystem::remove_all(directory.path() / "state");
  const ProgramResult lost = run("earmarkd", server_arguments(directory.path()));
  CHECK(lost.code == 4);
  CHECK(lost.error.find("earmarkd: ") != std::string::npos);  // behind the log's lines
  CHECK(lost.error.find("restore the directory from a backup") != std::string::npos);
}

TEST_CASE("state: lost or damaged it is made again from the journal", "[system][state]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--horizon", "1000"});
  std::string live;
  {
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(12, 2, 1'000'000)).decided());
    place_and_ship(caller, 0, 2500);
    REQUIRE(caller.ask(order("split", {{1, 3'000'000}})).decided());
    settled_stats(caller);
    live = caller.digest();
  }
  REQUIRE(server.terminate().status == 0);
  const bool damaged = GENERATE(false, true);
  if (damaged) {
    std::fstream file(directory.path() / "state" / "data.mdb", std::ios::in | std::ios::out | std::ios::binary);
    for (std::streamoff at = 0; at < 64 * 1024; at += 512) file.seekp(at).write("damaged!", 8);
  } else {
    std::filesystem::remove_all(directory.path() / "state");
  }
  server.start();
  Caller after(server.port());
  // Bookkeeping goes on by itself, so each digest is compared with the journal's at its own LSN.
  for (const std::string& said : {live, after.digest()}) {
    const std::string lsn = said.substr(0, said.find(' '));
    CHECK(run("earmark-journal", {"digest", directory.path().string(), "--at", lsn}).out == said + "\n");
  }
  Reply reply;
  CHECK(show(after, "o7", reply).allocations[0].shipped == 1);
}
