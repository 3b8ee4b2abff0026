// One of a server's writes or syncs fails, each in its turn, of the journal or of the state: the server ends with status 5, and
// never tries a failed one again. It starts without the fault, and then everything that was acknowledged is there once, what
// was unknown at most once, and nothing is damaged. Never a signal.
// EARMARK_FAULTS: operations 1 .. N of each file fail; EARMARK_FAULT_STEP: every so many-th of them.
#include <signal.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <iostream>
#include <thread>

#include "tests/paths.hpp"
#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"
#include "tests/system/support/guarded.hpp"
#include "tests/system/support/sync_gate.hpp"
#include "tests/system/support/work.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

struct Fault {
  std::string file, error, how;
  std::uint64_t number = 0;
  std::string text() const { return file + " " + std::to_string(number) + " " + error + " " + how; }
};

struct Sent {
  model::Command command;
  std::optional<Reply> answer;
};

struct Outcome {
  Ended ended;
  bool ready = false;
  std::string error;
  std::vector<Sent> sent;
  std::uint64_t operations = 0, failed = 0;
};

constexpr int commands = 100;

// A little work, then calm until the state store has followed, and a clean stop: as far as it comes.
void work_until_it_ends(const std::string& line, Outcome& outcome, Process& process) {
  try {
    Caller caller(parse_ready_line(line).value().port);
    const auto ask = [&](const model::Command& command) {
      outcome.sent.push_back({command, std::nullopt});
      outcome.sent.back().answer = caller.ask(command);
    };
    ask(catalogue(12, 2, 60));
    Work work(7, "f");
    for (int number = 0; number < commands; ++number) ask(work.next());
    const auto deadline = std::chrono::steady_clock::now() + long_enough;
    for (auto stats = caller.stats(); stats.at("state_applied_lsn") != stats.at("durable_lsn"); stats = caller.stats()) {
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the state does not follow");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // between two looks only
    }
    process.send_signal(SIGTERM);
  } catch (const ConnectionLost&) {
  }
}

Outcome run_with(const Fault& fault, const TemporaryDirectory& directory) {
  const std::filesystem::path data = directory.path() / "data", counts = directory.path() / "counts";
  Outcome outcome;
  {
    Process process("earmarkd", server_arguments(data, {"--io-threads", "1"}),
                    {std::string("LD_PRELOAD=") + EARMARK_FAULTS, "EARMARK_FAULT=" + fault.text(), "EARMARK_FAULT_COUNT=" + counts.string()});
    const auto line = process.read_line();
    outcome.ready = line.has_value();
    if (line) work_until_it_ends(*line, outcome, process);
    outcome.ended = process.wait();
    outcome.error = process.error();
  }
  std::ifstream(counts) >> outcome.operations >> outcome.failed;
  return outcome;
}

// What must hold afterwards, without the fault. Throws what does not.
void require(bool good, const std::string& what) {
  if (!good) throw std::runtime_error(what);
}

void check_after(const Outcome& outcome, const std::filesystem::path& data) {
  Server server(data, {"--io-threads", "1"});
  Caller caller(server.port());
  if (!outcome.sent.empty() && outcome.sent.front().answer) require(server.ready().lsn >= outcome.sent.front().answer->lsn().value, "I7: the catalogue is lost");
  for (const Sent& sent : outcome.sent) {
    if (sent.answer && !sent.answer->decided()) continue;  // an error has no effect and may differ now
    const Reply reply = caller.ask(sent.command);
    if (sent.answer) {
      const bool load = std::holds_alternative<model::LoadCommand>(sent.command);  // loads have no id
      require(load || (reply.duplicate && reply.bodies == sent.answer->bodies),
              "I5, I7: acknowledged " + sent.answer->text() + ", after the restart " + reply.text());
    } else if (reply.decided() && !std::holds_alternative<model::LoadCommand>(sent.command)) {
      require(caller.ask(sent.command).bodies == reply.bodies, "I5: an unknown command is decided twice");
    }
  }
  const std::string live = caller.digest();
  require(server.terminate().status == 0, "the server does not stop");
  const ProgramResult verify = run("earmark-journal", {"verify", data.string()});
  require(verify.code == 0, "verify ends with " + std::to_string(verify.code) + ": " + verify.error);
  const ProgramResult offline = run("earmark-journal", {"digest", data.string()});
  require(offline.out == live + "\n", "another digest offline");
}

enum Number : std::size_t { runs, before_ready };

// Returns false when the work has fewer operations than the fault's number.
bool try_fault(const Fault& fault, Share& share) {
  share.say("EARMARK_FAULT=\"" + fault.text() + "\"");
  const TemporaryDirectory directory = TemporaryDirectory::in_memory();
  const Outcome outcome = run_with(fault, directory);
  if (outcome.operations < fault.number) {
    require(outcome.ended.status == 0, "without a fault the server ends with " + std::to_string(outcome.ended.status) + ": " + outcome.error);
    return false;
  }
  ++share.numbers[runs];
  require(outcome.failed > 0, "the fault did not come");
  require(outcome.ended.signal == 0, "the server ends with signal " + std::to_string(outcome.ended.signal) + ": " + outcome.error);
  require(outcome.ended.status == 5, "I7: what failed is over, the server must end with status 5, and it ends with status " +
                                         std::to_string(outcome.ended.status) + ": " + outcome.error);
  require(outcome.error.find("earmarkd: ") != std::string::npos, "it does not say why");
  share.numbers[before_ready] += outcome.ready ? 0U : 1U;
  check_after(outcome, directory.path() / "data");
  return true;
}

}  // namespace

TEST_CASE("storage fault: the n-th write or sync fails, for every n", "[system][faults][iofault]") {
  if (!SyncGate::works()) {
    std::cout << "skipped: storage faults: writes cannot be made to fail under a sanitizer\n";
    return;
  }
  const std::uint64_t most = number_from("EARMARK_FAULTS", 300), step = number_from("EARMARK_FAULT_STEP", 25);
  const std::string file = GENERATE("journal", "state");
  constexpr std::size_t kinds = 5;
  const std::array<std::pair<const char*, const char*>, kinds> errors{
      {{"EIO", "once"}, {"ENOSPC", "once"}, {"short", "once"}, {"ENOSPC", "always"}, {"EIO", "unmarked"}}};
  const std::uint64_t wanted = file == "journal" ? step : std::max<std::uint64_t>(step / 12, 1);  // the state has fewer
  const GuardedResult result = run_guarded(2, [&](Share& share) {
    std::uint64_t number = 0;
    bool reached = true;  // whether the work has so many operations
    // In a sample each operation fails in one way, each in the next; in the whole every one in every way.
    for (std::uint64_t at = 1, turn = 0; reached && at <= most; at += wanted, ++turn) {
      for (std::size_t kind = 0; reached && kind < kinds; ++kind) {
        if (wanted > 1 && turn % kinds != kind) continue;
        if (number++ % share.of != share.index) continue;
        reached = try_fault({file, errors[kind].first, errors[kind].second, at}, share);
      }
    }
  });
  std::cout << "storage faults: " << file << ": " << result.numbers[runs] << " runs, every " << wanted << ". operation; all ended with status 5, "
            << result.numbers[before_ready] << " of them before they were ready\n";
  CHECK(result.complaint == "");
  CHECK(result.numbers[runs] > 0);
}
