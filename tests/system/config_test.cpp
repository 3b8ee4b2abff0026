// The configuration of the real program: what it prints, what it refuses, what it takes from a file.
#include <catch2/catch.hpp>
#include <fstream>
#include <signal.h>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

namespace {

using namespace earmark::test;

std::string write(const TemporaryDirectory& directory, const std::string& text) {
  const std::filesystem::path file = directory.path() / "earmark.toml";
  std::ofstream(file) << text;
  return file.string();
}

}  // namespace

TEST_CASE("print-config: what it prints gives the same when fed back, and no directory is needed or made", "[system][config]") {
  const TemporaryDirectory directory;
  const std::string data = (directory.path() / "never").string();
  const ProgramResult first = run("earmarkd", {"--print-config", "--data", data, "--max-skus", "77", "--metrics", "127.0.0.1:0"});
  INFO(first.error);
  REQUIRE(first.code == 0);
  CHECK(first.error.empty());
  CHECK(first.out.find("max_skus = 77\n") != std::string::npos);
  CHECK(first.out.find("data = \"" + data + "\"\n") != std::string::npos);
  const ProgramResult again = run("earmarkd", {"--config", write(directory, first.out), "--print-config"});
  CHECK(again.code == 0);
  CHECK(again.out == first.out);
  const ProgramResult without = run("earmarkd", {"--print-config"});
  CHECK(without.code == 0);
  const ProgramResult without_again = run("earmarkd", {"--config", write(directory, without.out), "--print-config"});
  CHECK(without_again.out == without.out);
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE("configuration file: a mistake ends the start with exit 2, one line, and nothing is made", "[system][config]") {
  const TemporaryDirectory directory;
  const std::string data = (directory.path() / "never").string();
  const std::string text = GENERATE(as<std::string>{}, "max_sku = 5", "max_skus = \"5\"", "max_skus = 0", "max_skus = ", "retain = 5",
                                    "log_level = \"a\\nb\"", "listen = \"0.0.0.0:0\"", "tokens = \"t\"");
  const ProgramResult result = run("earmarkd", {"--data", data, "--config", write(directory, text)});
  INFO(text << "\n" << result.error);
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  CHECK(is_one_line(result.error, "earmarkd"));
  CHECK_FALSE(std::filesystem::exists(data));
}

TEST_CASE("configuration file: a server of its directory and limits, which flags override", "[system][config]") {
  const TemporaryDirectory directory;
  const std::string file = write(directory, "data = \"" + (directory.path() / "data").string() +
                                                "\"\nlisten = \"127.0.0.1:0\"\nmax_skus = 2\nmax_warehouses = 2\n");
  const auto skus_that_fit = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> arguments{"--config", file};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    Process process("earmarkd", arguments);
    const auto line = process.read_line();
    REQUIRE(line);
    Caller caller(parse_ready_line(*line).value().port);
    const bool fits = caller.ask(catalogue(3, 2, 10)).decided();
    process.send_signal(SIGTERM);
    CHECK(process.wait().status == 0);
    return fits;
  };
  CHECK_FALSE(skus_that_fit({}));
  CHECK(skus_that_fit({"--max-skus", "3"}));
}

TEST_CASE("sourcing: orders that name no rule take the server's, which their records name", "[system][config]") {
  const TemporaryDirectory directory;
  Server server(directory.path(), {"--sourcing", "highest_stock"});
  Caller caller(server.port());
  REQUIRE(caller.ask(catalogue(1, 2, 10)).decided());
  REQUIRE(caller.ask(order("A", {{1, 3}})).decided());  // a tie, so from the first by priority
  const Reply second = caller.ask(order("B", {{1, 1}}));
  CHECK_THAT(second.text(), Catch::Contains("highest_stock"));
  const auto levels = caller.stock(true);
  REQUIRE(levels.size() == 2);
  CHECK(levels[0].available == 7);
  CHECK(levels[1].available == 9);
}
