// Backup beside a server under load, restore, and a start on what was restored, with real processes.
#include <catch2/catch.hpp>
#include <atomic>
#include <future>
#include <iostream>
#include <signal.h>
#include <thread>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/sync_gate.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

namespace fs = std::filesystem;

// Orders and receipts, some under way at any time, until told to stop; then waits for the rest.
void load_until(std::uint16_t port, const std::string& name, const std::atomic<bool>& stop, std::atomic<std::uint64_t>& acknowledged) {
  Caller caller(port);
  std::uint64_t made = 0, under_way = 0;
  std::vector<std::byte> out;
  while (!stop.load() || under_way > 0) {
    out.clear();
    for (; !stop.load() && under_way < 50; ++under_way, ++made) {
      const std::string id = name + std::to_string(made);
      const auto sku = static_cast<std::uint32_t>(1 + made % 9);
      if (made % 5 == 4) caller.put(out, receipt(id, {{sku, 6}}));
      else caller.put(out, order(id, {{sku, 3}, {static_cast<std::uint32_t>(1 + (made + 4) % 9), 2}}));
    }
    caller.send(out);
    const Reply reply = caller.receive();
    --under_way;
    std::uint64_t before = acknowledged.load();
    while (reply.decided() && before < reply.lsn().value && !acknowledged.compare_exchange_weak(before, reply.lsn().value)) continue;
    acknowledged.notify_all();
  }
}

// Also when a check fails: a load that is never told would be waited for without end.
struct StopAtEnd {
  std::atomic<bool>& stop;
  ~StopAtEnd() { stop = true; }
};

void wait_for(const std::atomic<std::uint64_t>& acknowledged, std::uint64_t lsn) {
  for (std::uint64_t seen = 0; (seen = acknowledged.load()) < lsn;) acknowledged.wait(seen);
}

std::uint64_t number_after(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name + "=");
  REQUIRE(at != std::string::npos);
  return std::stoull(text.substr(at + name.size() + 1));
}

void write_orders(const fs::path& directory, int orders) {
  Server server(directory);
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(3, 2, 1000)).decided());
  for (int number = 0; number < orders; ++number) REQUIRE(caller.ask(order("order-" + std::to_string(number), {{1, 1}, {2, 2}})).decided());
  REQUIRE(server.terminate().status == 0);
}

}  // namespace

TEST_CASE("backup under load, restore, start: one state, everything that was acknowledged before", "[system][backup]") {
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", copy = directory.path() / "copy", restored = directory.path() / "restored";
  Server server(data, {"--io-threads", "2"});
  const std::uint64_t old_epoch = Caller(server.port()).epoch();
  REQUIRE(Caller(server.port()).ask(catalogue(9, 2, 200)).decided());
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> acknowledged{0};
  std::vector<std::future<void>> loads;
  const StopAtEnd stops{stop};
  for (const char* name : {"a", "b"}) {
    loads.push_back(std::async(std::launch::async, [&, name] { load_until(server.port(), name, stop, acknowledged); }));
  }
  wait_for(acknowledged, 3000);
  const std::uint64_t before = acknowledged.load();
  const ProgramResult backup = run("earmark-journal", {"backup", data.string(), copy.string()});
  wait_for(acknowledged, acknowledged.load() + 500);  // the load went on
  stop = true;
  for (auto& load : loads) load.get();
  INFO(backup.out << backup.error);
  REQUIRE(backup.code == 0);
  CHECK(backup.error.empty());  // no progress but on a terminal
  const std::uint64_t lsn = number_after(backup.out, "lsn");
  CHECK(lsn >= before);
  CHECK(lsn < acknowledged.load());

  const std::string at = std::to_string(lsn);
  const ProgramResult expected = run("earmark-journal", {"digest", data.string(), "--at", at});
  REQUIRE(expected.code == 0);
  CHECK(run("earmark-journal", {"digest", copy.string()}).out == expected.out);
  CHECK(run("earmark-journal", {"dump", copy.string()}).out == run("earmark-journal", {"dump", data.string(), "--to", at}).out);
  CHECK(server.terminate().status == 0);

  const ProgramResult restoring = run("earmark-journal", {"restore", copy.string(), restored.string()});
  INFO(restoring.error);
  REQUIRE(restoring.code == 0);
  Server second(restored);
  CHECK(second.ready().lsn >= lsn);  // fills that the backup cut off are finished first
  Caller caller(second.port());
  CHECK(caller.epoch() != old_epoch);
  CHECK(caller.epoch() == number_after(restoring.out, "catalogue_epoch"));
  if (second.ready().lsn == lsn) CHECK(caller.digest() + "\n" == expected.out);
  CHECK(run("earmark-journal", {"digest", restored.string(), "--at", at}).out == expected.out);
  const std::string live = caller.digest();
  CHECK(run("earmark-journal", {"digest", restored.string()}).out == live + "\n");
  std::cout << "backup under load: " << before << " acknowledged before, " << lsn << " in the copy, " << acknowledged.load() << " at the end\n";
}

TEST_CASE("backup of a trimmed journal under load, restore, start: the state carries what is gone", "[system][backup][state]") {
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", copy = directory.path() / "copy", restored = directory.path() / "restored";
  const std::vector<std::string> flags{"--io-threads", "2", "--horizon", "1000", "--retain", "1500"};
  Server server(data, flags);
  REQUIRE(Caller(server.port()).ask(catalogue(9, 2, 200)).decided());
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> acknowledged{0};
  std::future<void> load;
  const StopAtEnd stops{stop};
  const auto start_load = [&](const char* name) {
    stop = false;
    load = std::async(std::launch::async, [&, name] { load_until(server.port(), name, stop, acknowledged); });
  };
  start_load("a");
  wait_for(acknowledged, 5000);
  stop = true;
  load.get();
  // Folding and trimming wait for quieter times; groups are trimmed behind appended ones. The pause makes the time quiet.
  std::uint64_t made = 0;
  const auto deadline = std::chrono::steady_clock::now() + long_enough;
  for (Caller asker(server.port()); asker.stats().at("oldest_lsn") == 1;) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    REQUIRE(asker.ask(order("calm-" + std::to_string(++made), {{1, 1}})).decided());
    std::this_thread::sleep_for(milliseconds(5));
  }
  start_load("b");
  wait_for(acknowledged, acknowledged.load() + 500);
  const std::uint64_t before = acknowledged.load();
  const ProgramResult backup = run("earmark-journal", {"backup", data.string(), copy.string()});
  stop = true;
  load.get();
  INFO(backup.out << backup.error);
  REQUIRE(backup.code == 0);
  CHECK_THAT(backup.out, Catch::Contains(" state=yes "));
  CHECK(number_after(backup.out, "lsn") >= before);
  const ProgramResult stat = run("earmark-journal", {"stat", copy.string()});
  INFO("stat ended with " << stat.code << ": " << stat.out << stat.error);
  REQUIRE(stat.code == 0);
  CHECK(number_after(stat.out, "oldest_lsn") > 1);

  // Whatever was decided since: a quiet backup has the server's own state. (While it ran, its compactor might still forget ids.)
  CHECK(server.terminate().status == 0);
  const std::string ended = run("earmark-journal", {"digest", data.string()}).out;
  fs::remove_all(copy);
  REQUIRE(run("earmark-journal", {"backup", data.string(), copy.string()}).code == 0);
  const ProgramResult restoring = run("earmark-journal", {"restore", copy.string(), restored.string()});
  INFO(restoring.error);
  REQUIRE(restoring.code == 0);
  CHECK_THAT(restoring.out, Catch::Contains(" state=yes "));
  Server second(restored, flags);
  Caller caller(second.port());
  const std::string live = caller.digest() + "\n";
  if (number_after("lsn=" + live, "lsn") == number_after("lsn=" + ended, "lsn")) CHECK(live == ended);
  REQUIRE(caller.ask(order("after the restore", {{1, 1}})).decided());
  CHECK(second.terminate().status == 0);
  CHECK(run("earmark-journal", {"verify", restored.string()}).code == 0);
}

TEST_CASE("restore: dense ids of before are stale, codes and repeats work", "[system][backup]") {
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", restored = directory.path() / "restored";
  write_orders(data, 20);
  std::uint64_t old_epoch = 0;
  {
    Server server(data);
    old_epoch = Caller(server.port()).epoch();
  }
  REQUIRE(run("earmark-journal", {"restore", data.string(), restored.string()}).code == 0);
  Server server(restored);
  CHECK(server.ready().lsn == 21);
  Caller caller(server.port());
  CHECK(caller.epoch() != old_epoch);
  const std::uint64_t epoch = caller.epoch();
  caller.use_epoch(old_epoch);
  CHECK(caller.ask(order("new", {{1, 1}})).error.code == engine::ErrorCode::stale_catalogue);
  CHECK(caller.ask(receipt("new", {{1, 1}})).error.code == engine::ErrorCode::stale_catalogue);
  caller.use_epoch(epoch);
  CHECK(caller.ask(order("order-7", {{1, 1}, {2, 2}})).duplicate);
  CHECK(caller.ask(order("new", {{1, 1}})).lsn() == engine::Lsn{22});
  CHECK(run("earmark", {"--server", server.address(), "show", "order-7"}).code == 0);
  CHECK(server.terminate().status == 0);
  CHECK(run("earmark-journal", {"verify", restored.string()}).code == 0);
}

TEST_CASE("backup: kill -9 in the middle leaves no copy, and the next one succeeds", "[system][backup][crash]") {
  if (!SyncGate::works()) {
    std::cout << "skipped: syncs cannot be held under a sanitizer\n";
    return;
  }
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", copy = directory.path() / "copy";
  write_orders(data, 5);
  const bool restoring = GENERATE(false, true);
  const int signal = GENERATE(SIGKILL, SIGTERM);
  INFO((restoring ? "restore" : "backup") << ", signal " << signal);
  const char* command = restoring ? "restore" : "backup";
  {
    SyncGate gate;
    gate.hold();
    Process process("earmark-journal", {command, data.string(), copy.string()}, gate.environment());
    gate.entered();  // the first sync waits
    CHECK_FALSE(fs::exists(copy));
    CHECK(fs::exists(copy.string() + ".partial"));
    // Whoever comes meanwhile is told so.
    const ProgramResult second = run("earmark-journal", {"backup", data.string(), copy.string()});
    CHECK(second.code == 3);
    CHECK(is_one_line(second.error, "earmark-journal"));
    // SIGTERM is heard while the child waits for the disk.
    process.send_signal(signal);
    const Ended ended = process.wait();
    CHECK(ended.signal == (signal == SIGKILL ? SIGKILL : 0));
    if (signal == SIGTERM) {
      CHECK(ended.status == 1);
      CHECK(is_one_line(process.error(), "earmark-journal"));
      CHECK_FALSE(fs::exists(copy.string() + ".partial"));
    }
  }
  CHECK_FALSE(fs::exists(copy));
  // The killed program's child dies with it, but holds its lock until it has.
  ProgramResult again = run("earmark-journal", {command, data.string(), copy.string()});
  for (const auto deadline = std::chrono::steady_clock::now() + long_enough; again.code == 3 && std::chrono::steady_clock::now() < deadline;) {
    again = run("earmark-journal", {command, data.string(), copy.string()});
  }
  INFO(again.error);
  CHECK(again.code == 0);
  CHECK(run("earmark-journal", {"verify", copy.string()}).code == 0);
  CHECK_FALSE(fs::exists(copy.string() + ".partial"));
}

TEST_CASE("backup and restore: exit codes and one-line errors", "[system][backup]") {
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", full = directory.path() / "full", damaged = directory.path() / "damaged";
  write_orders(data, 40);
  fs::create_directories(full / "something");
  fs::copy(data, damaged, fs::copy_options::recursive);
  fs::resize_file(damaged / "journal" / "data.mdb", fs::file_size(damaged / "journal" / "data.mdb") / 2);
  const std::string copy = (directory.path() / "copy").string();
  struct Row {
    std::vector<std::string> arguments;
    int code;
    std::string text;
  };
  const Row rows[] = {
      {{"backup", data.string(), full.string()}, 2, "not empty"},
      {{"restore", data.string(), full.string()}, 2, "not empty"},
      {{"restore", data.string(), data.string()}, 2, "not empty"},
      {{"backup", data.string(), (directory.path() / "other").string() + "/."}, 0, ""},
      {{"backup", copy, copy}, 1, "no journal"},
      {{"restore", copy, copy}, 1, "no journal"},
      {{"backup", damaged.string(), copy}, 4, "damaged"},
      {{"restore", damaged.string(), copy}, 4, "damaged"},
      {{"backup", data.string()}, 2, "--help"},
      {{"restore", data.string()}, 2, "--help"},
  };
  for (const Row& row : rows) {
    const ProgramResult ended = run("earmark-journal", row.arguments);
    CAPTURE(row.arguments, ended.error);
    CHECK(ended.code == row.code);
    if (row.code == 0) continue;
    CHECK(ended.out.empty());
    CHECK(is_one_line(ended.error, "earmark-journal"));
    CHECK_THAT(ended.error, Catch::Contains(row.text));
    CHECK_FALSE(fs::exists(copy));
    CHECK_FALSE(fs::exists(copy + ".partial"));
  }
  Server server(data);
  CHECK(run("earmark-journal", {"restore", data.string(), copy}).code == 3);
}

TEST_CASE("backup: a disk that fails, exit 5, nothing left", "[system][backup]") {
  if (!SyncGate::works()) {
    std::cout << "skipped: syncs cannot be made to fail under a sanitizer\n";
    return;
  }
  const TemporaryDirectory directory;
  const fs::path data = directory.path() / "data", copy = directory.path() / "copy";
  write_orders(data, 5);
  const char* command = GENERATE("backup", "restore");
  SyncGate gate;
  gate.fail("fsync fdatasync");
  Process process("earmark-journal", {command, data.string(), copy.string()}, gate.environment());
  CHECK(process.wait().status == 5);
  CHECK(is_one_line(process.error(), "earmark-journal"));
  CHECK_FALSE(fs::exists(copy));
  CHECK_FALSE(fs::exists(copy.string() + ".partial"));
}
