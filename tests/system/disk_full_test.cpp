// A disk that fills up under load: the server ends with status 5 and says so, on the full disk it starts or says why not, and
// when there is space again it starts, has everything that was acknowledged, once, and goes on.
// The disk is a small file system in memory, in a mount namespace of a thread of this program's own: nobody else sees it.
#include <sched.h>
#include <sys/mount.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <future>
#include <iostream>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

// What was seen; judged when the thread has ended.
struct Seen {
  std::string skipped;  // why nothing was tried
  Ended under_load{-1, -1};
  std::string error;
  std::uint64_t acknowledged = 0, told = 0;
  std::vector<std::string> on_full_disk;  // how each start there ended, "" served
  bool full_start_signalled = false;
  std::uint64_t ready = 0, repeated = 0, differ = 0, twice = 0;
  bool goes_on = false, same_digest = false;
  int verified = -1;
};

model::OrderCommand filling(std::uint64_t number) {
  model::OrderCommand command = order("fill-" + std::to_string(number), {{1 + static_cast<std::uint32_t>(number % 12), 1}});
  command.texts.notes = std::string(400, 'n');
  return command;
}

void fill_up(Server& server, std::vector<std::optional<Reply>>& answers, Seen& seen) {
  std::map<std::uint64_t, std::uint64_t> under_way;  // correlation to number
  try {
    Caller caller(server.port());
    for (;;) {
      std::vector<std::byte> out;
      while (under_way.size() < 50) {
        under_way.emplace(caller.put(out, filling(answers.size())), answers.size());
        answers.emplace_back();
      }
      caller.send(out);
      Reply reply = caller.receive();
      ++seen.acknowledged;
      if (reply.decided()) seen.told = std::max(seen.told, reply.lsns.back().value);
      answers[under_way.extract(reply.correlation).mapped()] = std::move(reply);
    }
  } catch (const ConnectionLost&) {
  }
  seen.under_load = server.process().wait();
  seen.error = server.process().error();
}

void start_on_full_disk(Server& server, Seen& seen) {
  for (int start = 0; start < 3; ++start) {
    try {
      server.start();
      seen.on_full_disk.push_back("");
      server.kill();
    } catch (const std::runtime_error&) {
      const Ended ended = server.process().wait();
      seen.full_start_signalled = seen.full_start_signalled || ended.signal != 0;
      seen.on_full_disk.push_back("status " + std::to_string(ended.status) + ", signal " + std::to_string(ended.signal) + ": " + server.process().error());
    }
  }
}

void check_all(Server& server, const std::vector<std::optional<Reply>>& answers, Seen& seen) {
  server.start();
  seen.ready = server.ready().lsn;
  Caller caller(server.port());
  for (std::uint64_t number = 0; number < answers.size(); ++number) {
    const Reply reply = caller.ask(filling(number));
    if (answers[number]) {
      ++seen.repeated;
      seen.differ += reply.duplicate && reply.bodies == answers[number]->bodies ? 0U : 1U;
    } else {
      seen.twice += caller.ask(filling(number)).bodies == reply.bodies ? 0U : 1U;
    }
  }
  seen.goes_on = caller.ask(order("afterwards", {{1, 1}})).decided();
  const std::string live = caller.digest();
  server.terminate();
  seen.verified = run("earmark-journal", {"verify", server.directory().string()}).code;
  seen.same_digest = run("earmark-journal", {"digest", server.directory().string()}).out == live + "\n";
}

Seen on_small_disk(const std::filesystem::path& disk, bool ballast) {
  Seen seen;
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("none", disk.c_str(), "tmpfs", 0, ballast ? "size=24m,mode=0700" : "size=8m,mode=0700") != 0) {
    seen.skipped = std::strerror(errno);
    return seen;
  }
  const std::filesystem::path stone = disk / "ballast";
  // When it is gone there is room for the state store, too, which follows when the server is calm.
  if (ballast) std::ofstream(stone, std::ios::binary) << std::string(20 << 20, 'b');
  std::vector<std::optional<Reply>> answers;
  Server server(disk / "data", {"--io-threads", "2"});
  Caller(server.port()).ask(catalogue(12, 2, 1'000'000));
  fill_up(server, answers, seen);
  start_on_full_disk(server, seen);
  if (ballast) std::filesystem::remove(stone);
  else if (::mount("none", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m,mode=0700") != 0) throw std::runtime_error("no space is given back");
  check_all(server, answers, seen);
  return seen;
}

// A directory is made on a disk with so many pages left; a few orders follow. Then there is space again.
struct Start {
  std::uint64_t pages = 0;
  Ended first{-1, 0}, second{-1, 0};
  std::string error;
  bool decided = false, kept = true, goes_on = false;
};

std::vector<Start> starts_on_nearly_full_disk(const std::filesystem::path& disk, std::string& skipped) {
  std::vector<Start> starts;
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    skipped = std::strerror(errno);
    return starts;
  }
  for (std::uint64_t pages = 1; pages < 60; pages += pages < 30 ? 1 : 3) {
    const std::string size = "mode=0700,size=" + std::to_string(pages * 4096);
    if (::mount("none", disk.c_str(), "tmpfs", 0, size.c_str()) != 0) {
      skipped = std::strerror(errno);
      return starts;
    }
    Start& start = starts.emplace_back();
    start.pages = pages;
    Reply load;
    {
      Process process("earmarkd", server_arguments(disk / "data"));
      if (const auto line = process.read_line()) {
        try {
          Caller caller(parse_ready_line(*line).value().port);
          load = caller.ask(catalogue(12, 2, 1000));
          start.decided = load.decided();
          for (std::uint64_t number = 0; number < 100; ++number) caller.ask(filling(number));
        } catch (const ConnectionLost&) {
        }
      }
      start.first = process.wait();
      start.error = process.error();
    }
    if (::mount("none", disk.c_str(), "tmpfs", MS_REMOUNT, "size=64m,mode=0700") != 0) throw std::runtime_error("no space is given back");
    {
      Server server(disk / "data");
      start.kept = !start.decided || server.ready().lsn >= load.lsns.back().value;
      start.goes_on = Caller(server.port()).ask(catalogue(12, 2, 1000)).kind != schema::MessageKind{};
      start.second = server.terminate();
    }
    ::umount(disk.c_str());
  }
  return starts;
}

}  // namespace

TEST_CASE("disk full: a directory that is made on the last pages of a disk: status 5, never a signal", "[system][faults][diskfull]") {
  const TemporaryDirectory disk;
  std::string skipped;
  const std::vector<Start> starts = std::async(std::launch::async, [&] { return starts_on_nearly_full_disk(disk.path(), skipped); }).get();
  if (!skipped.empty()) {
    std::cout << "skipped: a full disk: a file system for it cannot be mounted (" << skipped << "); it needs root\n";
    return;
  }
  std::uint64_t served = 0;
  for (const Start& start : starts) {
    INFO("a disk of " << start.pages << " pages: " << start.error);
    CHECK(start.first.signal == 0);
    CHECK(start.first.status == 5);
    CHECK(start.kept);
    CHECK(start.goes_on);
    CHECK(start.second.status == 0);
    served += start.decided ? 1U : 0U;
  }
  CHECK(served > 0);
  CHECK(served < starts.size());
  std::cout << "disk full: " << starts.size() << " starts on the last pages of a disk, " << served << " of which decided something first; all ended with status 5\n";
}

TEST_CASE("disk full: status 5, and with space again everything acknowledged is there", "[system][faults][diskfull]") {
  const bool ballast = GENERATE(false, true);
  const TemporaryDirectory disk;
  const Seen seen = std::async(std::launch::async, on_small_disk, disk.path(), ballast).get();
  if (!seen.skipped.empty()) {
    std::cout << "skipped: a full disk: a file system for it cannot be mounted (" << seen.skipped << "); it needs root\n";
    return;
  }
  INFO(seen.error);
  CHECK(seen.under_load.signal == 0);
  CHECK(seen.under_load.status == 5);
  CHECK_THAT(seen.error, Catch::Contains("earmarkd: storage failed: ") && Catch::Contains("see to the disk"));
  CHECK(seen.acknowledged > 100);
  std::string starts;
  INFO("the first start on the full disk: " << (seen.on_full_disk.empty() ? "none" : seen.on_full_disk[0]));
  for (const std::string& start : seen.on_full_disk) {
    CHECK((start.empty() || start.starts_with("status 5, signal 0")));
    starts += start.empty() ? " served" : " ended with " + start.substr(0, start.find(','));
  }
  CHECK_FALSE(seen.full_start_signalled);
  CHECK(seen.ready >= seen.told);
  CHECK(seen.repeated == seen.acknowledged);
  CHECK(seen.differ == 0);
  CHECK(seen.twice == 0);
  CHECK(seen.goes_on);
  CHECK(seen.verified == 0);
  CHECK(seen.same_digest);
  std::cout << "disk full: " << seen.acknowledged << " acknowledged, then status " << seen.under_load.status << "; starts on the full disk:"
            << starts << "; " << (ballast ? "space freed" : "the disk enlarged") << ", all there\n";
}
