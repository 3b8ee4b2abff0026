// --clock commands: decisions carry the time of commands, which never falls, over restarts, too.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark;
using namespace earmark::test;

void write_catalogue(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "warehouses.csv") << "warehouse,priority\nW1,1\n";
  std::ofstream(directory / "stock.csv") << "sku,warehouse,on_hand\nS1,W1,10\n";
}

std::vector<std::int64_t> times_of(const std::filesystem::path& data) {
  std::vector<std::int64_t> times;
  std::istringstream lines(run("earmark-journal", {"dump", data.string()}).out);
  for (std::string line; std::getline(lines, line);) times.push_back(nlohmann::json::parse(line).at("time_us"));
  return times;
}

constexpr std::int64_t january = 1'767'225'600'000'000;  // 2026-01-01 00:00:00 UTC
constexpr std::int64_t day = 86'400'000'000;

}  // namespace

TEST_CASE("clock commands: decisions carry the time of commands, which never falls", "[system][clock]") {
  const TemporaryDirectory directory;
  const std::filesystem::path data = directory.path() / "data", catalogue = directory.path() / "catalogue";
  write_catalogue(catalogue);
  Server server(data, {"--clock", "commands", "--io-threads", "2"});
  const auto at = [&](const std::string& time, std::vector<std::string> command) {
    command.insert(command.begin(), {"--server", server.address(), "--time", time});
    const ProgramResult result = run("earmark", command);
    INFO(result.error);
    REQUIRE(result.code == 0);
  };
  at("2026-01-01 00:00:00", {"load", catalogue.string()});
  at("2026-01-02 00:00:00", {"order", "--id", "A", "S1:4"});
  at("2026-01-05 00:00:00", {"order", "--id", "B", "S1:9"});
  at("2026-01-03 00:00:00", {"cancel", "A"});                      // late: at the time of the latest, and so its fill
  at("2026-01-06T12:00:00", {"receive", "W1", "S1:1"});
  at("2026-01-07 00:00:00", {"ship", "B"});
  REQUIRE(server.terminate().status == 0);
  server.start();
  REQUIRE(Caller(server.port()).ask(order("C", {{1, 1}})).decided());  // carries none: the last decision's, known from the journal
  REQUIRE(server.terminate().status == 0);
  CHECK(times_of(data) == std::vector<std::int64_t>{january, january + day, january + 4 * day, january + 4 * day, january + 4 * day,
                                                    january + 5 * day + day / 2, january + 6 * day, january + 6 * day});
}

TEST_CASE("clock commands: orders of one socket read keep a time each", "[system][clock]") {
  const TemporaryDirectory directory;
  {
    Server server(directory.path(), {"--clock", "commands"});
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 1, 100)).decided());
    std::vector<std::byte> bytes;
    for (std::int64_t number = 1; number <= 5; ++number) {
      const engine::OrderLine lines[] = {{1, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}};
      const std::string id = "O" + std::to_string(number);
      schema::OrderRequest request;
      request.epoch = caller.epoch();
      request.order.id = id;
      request.order.lines = lines;
      request.time = engine::TimeUs{number / 2 * 1000};
      caller.encoder().order(bytes, caller.next_correlation(), request);
    }
    caller.send(bytes);
    for (int answers = 0; answers < 5; ++answers) REQUIRE(caller.receive().decided());
    REQUIRE(server.terminate().status == 0);
  }
  CHECK(times_of(directory.path()) == std::vector<std::int64_t>{0, 0, 1000, 1000, 2000, 2000});
}

TEST_CASE("clock: a directory keeps the clock that it was made with, else exit 2", "[system][clock]") {
  const TemporaryDirectory directory;
  const std::string first = GENERATE(as<std::string>{}, "wall", "commands"), second = first == "wall" ? "commands" : "wall";
  { REQUIRE(Server(directory.path(), {"--clock", first}).terminate().status == 0); }
  const ProgramResult stat = run("earmark-journal", {"stat", directory.path().string()});
  CHECK_THAT(stat.out, Catch::Contains("clock=" + first + "\n"));
  const ProgramResult refused = run("earmarkd", {"--data", directory.path().string(), "--listen", "127.0.0.1:0", "--clock", second});
  INFO(refused.error);
  CHECK(refused.code == 2);
  CHECK_THAT(refused.error, Catch::Contains("--clock"));
  CHECK(Server(directory.path(), {"--clock", first}).terminate().status == 0);
}

TEST_CASE("earmark --time: what is no moment is bad usage", "[system][clock]") {
  const ProgramResult result = run("earmark", {"--time", "yesterday", "stock"});
  CHECK(result.code == 2);
  CHECK_THAT(result.error, Catch::Contains("--time wants a moment in UTC"));
}
