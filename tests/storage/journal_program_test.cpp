#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/storage/history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;

const char* program = "earmark-journal";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void write_history(const std::filesystem::path& directory) {
  const test::Records records = test::small_history();
  const auto journal = test::open_small(directory).value();
  REQUIRE(records.append(*journal, 0, 4).has_value());
  REQUIRE(records.append(*journal, 4, records.size()).has_value());
}

TEST_CASE("earmark-journal dump: one line per LSN in the decision file's shapes", "[storage][program]") {
  const test::TemporaryDirectory directory;
  write_history(directory.path());
  const auto dump = test::run(program, {"dump", directory.path().string()});
  REQUIRE(dump.code == 0);
  CHECK(dump.error.empty());
  const std::vector<std::string> expected{
      R"({"available_after":[{"available":5,"sku":"nail","warehouse":"A"},{"available":2,"sku":"nail","warehouse":"B"},{"available":1,"sku":"screw","warehouse":"A"}],"lsn":1,"products":[{"description":"a nail","sku":"nail"},{"description":"","sku":"screw"}],"stock":[{"on_hand":5,"sku":"nail","warehouse":"A"},{"on_hand":2,"sku":"nail","warehouse":"B"},{"on_hand":1,"sku":"screw","warehouse":"A"}],"time_us":1000,"type":"load","warehouses":[{"name":"Alpha","priority":1,"warehouse":"A"},{"name":"Beta","priority":2,"warehouse":"B"}]})",
      R"({"available_after":[{"available":0,"sku":"nail","warehouse":"A"},{"available":1,"sku":"nail","warehouse":"B"},{"available":0,"sku":"screw","warehouse":"A"}],"id":"O1","lines":[{"backordered":0,"line":10,"qty":6,"reserved":{"A":5,"B":1},"sku":"nail"},{"backordered":2,"line":20,"qty":3,"reserved":{"A":1},"sku":"screw"}],"lsn":2,"status":"split","time_us":2000,"type":"order"})",
      R"({"available_after":[],"id":"O2","lines":[{"backordered":0,"cancelled":9,"line":1,"qty":9,"reserved":{},"sku":"nail"}],"lsn":3,"status":"refused","time_us":3000,"type":"order"})",
      R"({"available_after":[{"available":1,"sku":"screw","warehouse":"B"},{"available":4,"sku":"screw","warehouse":"A"}],"id":"R1","lsn":4,"rows":[{"qty":1,"sku":"screw","warehouse":"B"},{"qty":4,"sku":"screw","warehouse":"A"}],"time_us":4000,"type":"receipt"})",
      R"({"available_after":[{"available":0,"sku":"screw","warehouse":"B"}],"cause_lsn":4,"line":20,"lsn":5,"order":"O1","sku":"screw","still_waiting":1,"taken":{"B":1},"time_us":5000,"type":"fill"})",
      R"({"available_after":[{"available":3,"sku":"screw","warehouse":"A"}],"cause_lsn":4,"line":20,"lsn":6,"order":"O1","sku":"screw","still_waiting":0,"taken":{"A":1},"time_us":6000,"type":"fill"})",
      R"({"available_after":[{"available":0,"sku":"nail","warehouse":"A"},{"available":1,"sku":"nail","warehouse":"B"},{"available":3,"sku":"screw","warehouse":"A"},{"available":0,"sku":"screw","warehouse":"B"}],"command_id":"S1","id":"O1","lines":[{"line":10,"shipped":{"A":5,"B":1},"sku":"nail"},{"line":20,"shipped":{"A":2,"B":1},"sku":"screw"}],"lsn":7,"time_us":7000,"type":"ship"})",
      R"({"available_after":[{"available":0,"sku":"screw","warehouse":"A"}],"id":"O3","lines":[{"backordered":2,"line":1,"qty":5,"reserved":{"A":3},"sku":"screw"}],"lsn":8,"status":"split","time_us":8000,"type":"order"})",
      R"({"available_after":[{"available":1,"sku":"screw","warehouse":"A"}],"command_id":"C1","id":"O3","lines":[{"excess":0,"line":1,"released":{"A":1},"sku":"screw","waiting":2}],"lsn":9,"time_us":9000,"type":"cancel"})",
      R"({"available_after":[],"lsn":10,"time_us":10000,"type":"void"})"};
  const auto lines = lines_of(dump.out);
  REQUIRE(lines.size() == expected.size());
  for (std::size_t index = 0; index < lines.size(); ++index) CHECK(lines[index] == expected[index]);

  // Codes are known although the load lies before the range.
  const auto part = test::run(program, {"dump", directory.path().string(), "--from", "5", "--to", "6"});
  CHECK(part.code == 0);
  CHECK(lines_of(part.out) == std::vector<std::string>{expected[4], expected[5]});
}

TEST_CASE("earmark-journal: verify, stat and digest answer", "[storage][program]") {
  const test::TemporaryDirectory directory;
  write_history(directory.path());
  const auto verify = test::run(program, {"verify", directory.path().string()});
  CHECK(verify.code == 0);
  CHECK_THAT(verify.out, Catch::StartsWith("ok lsn=10 groups=2 "));
  const auto stat = test::run(program, {"stat", directory.path().string()});
  CHECK(stat.code == 0);
  CHECK_THAT(stat.out, Catch::Contains("last_lsn=10\n") && Catch::Contains("groups=2\n") && Catch::Contains("max_skus=1000\n"));
  const auto last = test::run(program, {"digest", directory.path().string()});
  const auto at = test::run(program, {"digest", directory.path().string(), "--at", "10"});
  const auto before = test::run(program, {"digest", directory.path().string(), "--at", "9"});
  CHECK(last.code == 0);
  CHECK_THAT(last.out, Catch::Matches("10 [0-9a-f]{32}\n"));
  CHECK(last.out == at.out);
  CHECK_THAT(before.out, Catch::Matches("9 [0-9a-f]{32}\n"));
}

TEST_CASE("earmark-journal: exit codes and one-line errors", "[storage][program]") {
  const test::TemporaryDirectory directory;
  write_history(directory.path());
  const std::string data = directory.path().string(), nowhere = (directory.path() / "nowhere").string();
  struct Row {
    std::vector<std::string> arguments;
    int code;
    std::string text;
  };
  const Row rows[] = {
      {{"verify", nowhere}, 1, "no journal"},
      {{"dump", data, "--from", "11"}, 1, "no LSN 11"},
      {{"digest", data, "--at", "11"}, 1, "no LSN 11"},
      {{"dump", data, "--from", "5", "--to", "4"}, 2, "before"},
      {{"dump", data, "--from", "0"}, 2, "--help"},
      {{"dump", data, "--from", "x"}, 2, "--help"},
      {{"mend", data}, 2, "--help"},
      {{"verify"}, 2, "--help"},
      {{}, 2, "--help"},
  };
  for (const Row& row : rows) {
    const auto ended = test::run(program, row.arguments);
    CAPTURE(row.arguments, ended.error);
    CHECK(ended.code == row.code);
    CHECK(ended.out.empty());
    CHECK_THAT(ended.error, Catch::StartsWith("earmark-journal: ") && Catch::Contains(row.text));
    CHECK(std::count(ended.error.begin(), ended.error.end(), '\n') == 1);
  }
  CHECK(test::run(program, {"--version"}).code == 0);
  const auto help = test::run(program, {"--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("Examples:"));
}

TEST_CASE("earmark-journal: a reader that goes away ends the dump quietly", "[storage][program]") {
  const test::TemporaryDirectory directory;
  {
    const auto journal = test::open_small(directory.path()).value();
    test::Records records;
    for (int i = 0; i < 3000; ++i) records.add_order();
    REQUIRE(records.append(*journal, 0, 3000).has_value());
  }
  const auto binary = std::filesystem::read_symlink("/proc/self/exe").parent_path() / program;
  const auto errors = directory.path() / "errors", code = directory.path() / "code";
  const std::string command = "('" + binary.string() + "' dump '" + directory.path().string() + "' 2>'" + errors.string() +
                              "'; echo $? >'" + code.string() + "') | head -n 1 >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  std::string text;
  std::getline(std::ifstream(code) >> std::ws, text);
  CHECK(text == "0");
  CHECK(std::filesystem::file_size(errors) == 0);
}

TEST_CASE("earmark-journal: reads beside a writer that goes on", "[storage][program]") {
  const test::TemporaryDirectory directory;
  int stop[2];
  REQUIRE(::pipe(stop) == 0);
  const auto journal = test::open_small(directory.path()).value();
  test::Records first;
  first.add_order();
  REQUIRE(first.append(*journal, 0, 1).has_value());
  const pid_t reader = ::fork();
  REQUIRE(reader >= 0);
  if (reader == 0) {  // runs the program again and again while the parent writes
    int worst = 0, runs = 0;
    for (const char* command : {"verify", "stat", "dump", "verify", "dump", "verify", "stat", "verify"}) {
      const auto ended = test::run(program, {command, directory.path().string()});
      worst = std::max(worst, ended.code);
      ++runs;
    }
    const char result = static_cast<char>(worst);
    const bool told = ::write(stop[1], &result, 1) == 1;
    ::_exit(told && runs == 8 ? 0 : 1);
  }
  ::close(stop[1]);
  std::size_t groups = 0;
  int status = 0;
  bool appended = true;
  while (::waitpid(reader, &status, WNOHANG) == 0 && appended) {
    test::Records more(journal->last() + 1);
    for (std::size_t i = 0; i <= groups % 30; ++i) more.add_wide_order(groups % 7 * 50);
    appended = more.append(*journal, 0, more.size()).has_value();
    ++groups;
  }
  char worst = 1;
  CHECK(appended);
  CHECK(status == 0);
  CHECK(::read(stop[0], &worst, 1) == 1);
  ::close(stop[0]);
  CHECK(int{worst} == 0);
  CHECK(groups > 0);
  CHECK(test::run(program, {"verify", directory.path().string()}).code == 0);
}

}  // namespace
