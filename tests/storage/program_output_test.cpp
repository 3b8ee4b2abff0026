// What earmark-journal shows beside its answers: how far a copy is, on a terminal; settings and forgotten ids in a full dump; and
// a state that does not belong to its journal.
#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/check.hpp"
#include "storage/lmdb_state.hpp"
#include "tests/storage/history.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using nlohmann::json;

namespace fs = std::filesystem;

const char* program = "earmark-journal";

// Runs the program with its errors on a terminal; what the terminal got.
std::string on_terminal(const std::vector<std::string>& arguments) {
  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  EARMARK_CHECK(terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0);
  const std::string name = ::ptsname(terminal);
  const std::string path = (fs::read_symlink("/proc/self/exe").parent_path() / program).string();
  std::vector<std::string> words{path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const int other_end = ::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  EARMARK_CHECK(other_end >= 0);
  const pid_t child = ::fork();
  EARMARK_CHECK(child >= 0);
  if (child == 0) {
    if (::dup2(other_end, STDERR_FILENO) < 0 || ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) < 0) ::_exit(126);
    ::execv(path.c_str(), pointers.data());
    ::_exit(127);
  }
  ::close(other_end);
  std::string text;
  char bytes[4096];
  for (ssize_t count = 0; (count = ::read(terminal, bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<std::size_t>(count));
  ::close(terminal);  // EIO: the program has ended
  int status = 0;
  EARMARK_CHECK(::waitpid(child, &status, 0) == child);
  CHECK(WEXITSTATUS(status) == 0);
  return text;
}

TEST_CASE("earmark-journal: a copy says on a terminal how far it is, and leaves the line empty", "[storage][program]") {
  const test::TemporaryDirectory parent;
  {
    const auto journal = test::open_small(parent.path() / "data").value();
    test::fill_journal(*journal, 60, 3);
  }
  const std::string data = (parent.path() / "data").string(), copy = (parent.path() / "copy").string();
  const std::string backup = on_terminal({"backup", data, copy});
  CHECK_THAT(backup, Catch::Contains("\r\033[Klooking at the journal") && Catch::Contains("\r\033[Kcopying the journal: ") &&
                         Catch::Contains(" kB") && Catch::Contains("checking the copy") && Catch::EndsWith("\r\033[K"));
  const std::string restored = on_terminal({"restore", copy, (parent.path() / "restored").string()});
  CHECK_THAT(restored, Catch::Contains("\r\033[Kchecking the backup") && Catch::EndsWith("\r\033[K"));
  CHECK(std::count(restored.begin(), restored.end(), '\n') == 0);
}

// Every line, of which the last keys by name; the whole history is dumped twice, as records and as a base.
std::vector<json> dump(const fs::path& directory, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"dump", directory.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto ended = test::run(program, arguments);
  INFO(ended.error);
  REQUIRE(ended.code == 0);
  std::vector<json> lines;
  std::istringstream text(ended.out);
  for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
  return lines;
}

void write(const fs::path& directory, test::RandomHistory& history, std::uint64_t folded, std::uint64_t oldest) {
  const auto journal = test::open_small(directory).value();
  history.append_to(*journal, 10);
  const auto opened = open_lmdb_state(directory, journal->identity(), test::small_state()).value();
  REQUIRE(opened.store->fold(*journal, Lsn{folded}, 1'000'000).has_value());
  if (oldest == 0) return;
  REQUIRE(opened.store->keep_decisions(*journal, Lsn{oldest}).has_value());
  REQUIRE(journal->trim_now(Lsn{oldest}, 1'000'000).value() > 0);
}

TEST_CASE("earmark-journal: a full dump of a trimmed journal: base, queues in the order of serving, forgotten ids", "[storage][program][state]") {
  test::RandomHistory history(81, 6);
  history.grow(600);
  const test::TemporaryDirectory whole, trimmed;
  {
    test::RandomHistory same(81, 6);
    same.grow(600);
    write(whole.path(), same, 100, 0);
  }
  write(trimmed.path(), history, 400, 200);
  std::size_t forgetting = 0;
  for (const json& line : dump(whole.path(), {"--full"})) {
    if (line["type"] != "void") continue;
    CHECK(line.contains("oldest_known_lsn") == line.contains("archived_lsn"));
    forgetting += line.contains("oldest_known_lsn") ? 1U : 0U;
  }
  CHECK(forgetting > 0);

  std::map<std::string, std::uint64_t> waiting, queued;
  std::map<std::string, std::pair<int, std::uint64_t>> orders;  // priority and LSN
  std::size_t pinned = 0, queues = 0;
  const auto lines = dump(trimmed.path(), {"--full"});
  REQUIRE(lines.front()["full"] == true);
  for (const json& line : lines) {
    if (line["type"] != "base") continue;
    if (line["part"] == "order") {
      orders[line["id"]] = {-line["priority"].get<int>(), line["lsn"].get<std::uint64_t>()};
      for (const json& each : line["lines"]) {
        waiting[each["sku"]] += each["backordered"].get<std::uint64_t>();
        pinned += each.contains("pinned") ? 1U : 0U;
      }
    }
    if (line["part"] != "queue") continue;
    ++queues;
    std::pair<int, std::uint64_t> before{-1000, 0};
    for (const json& each : line["waiting"]) {
      auto place = orders.at(each["order"]);
      if (each.contains("raised_at")) place.second = each["raised_at"];  // an entry of its own, of that amend
      CHECK(before <= place);  // the higher priority first, then the earlier order
      before = place;
      queued[line["sku"]] += each["qty"].get<std::uint64_t>();
    }
  }
  CHECK(pinned > 0);
  CHECK(queues > 0);
  std::erase_if(waiting, [](const auto& each) { return each.second == 0; });
  CHECK(queued == waiting);
}

TEST_CASE("earmark-journal: a state that is ahead of its journal, or missing beside a trimmed one, is damage", "[storage][program][state]") {
  test::RandomHistory history(82, 4);
  history.grow(200);
  const test::TemporaryDirectory parent;
  const fs::path data = parent.path() / "data";
  write(data, history, 190, 100);
  std::string expected;
  SECTION("missing") {
    fs::remove_all(data / "state");
    expected = "there is no state beside it";
  }
  SECTION("ahead") {
    const auto identity = test::open_small(data).value()->identity();
    fs::remove_all(data / "journal");
    OpenOptions options;
    options.catalogue_epoch = identity.catalogue_epoch;
    options.map_bytes = std::size_t{64} << 20;
    const auto journal = open_lmdb_journal(data, options).value();
    REQUIRE(history.records().append(*journal, 0, 20).has_value());
    expected = "is ahead of its journal";
  }
  for (const char* command : {"verify", "stat"}) {
    const auto ended = test::run(program, {command, data.string()});
    CHECK(ended.code == 4);
    CHECK_THAT(ended.error, Catch::StartsWith("earmark-journal: ") && Catch::Contains(expected));
    CHECK(std::count(ended.error.begin(), ended.error.end(), '\n') == 1);
  }
}

}  // namespace
