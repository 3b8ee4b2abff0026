// Amends with the command line, over a restart.
#include <catch2/catch.hpp>

#include "tests/system/support/caller.hpp"
#include "tests/system/support/goods.hpp"

using namespace earmark;
using namespace earmark::test;

TEST_CASE("amend: a new priority and lower quantities, with the command line, over a restart", "[system][amend]") {
  const TemporaryDirectory directory;
  std::string digest;
  {
    Server server(directory.path());
    const auto earmark = [&](std::vector<std::string> words) {
      words.insert(words.begin(), {"--server", server.address()});
      return run("earmark", words);
    };
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 1, 3)).decided());
    REQUIRE(caller.ask(order("A", {{1, 5}})).decided());
    REQUIRE(caller.ask(order("B", {{1, 5}})).decided());

    const ProgramResult priority = earmark({"--json", "amend", "B", "--priority", "200", "--id", "M1"});
    CHECK(priority.code == 0);
    CHECK_THAT(priority.out, Catch::Contains("\"event\":\"OrderAmended\"") && Catch::Contains("\"priority\":200"));
    CHECK_THAT(earmark({"--json", "amend", "B", "--priority", "200", "--id", "M1"}).out, Catch::Contains("\"duplicate\":true"));
    const ProgramResult lower = earmark({"amend", "A", "1:2"});
    CHECK(lower.code == 0);
    CHECK_THAT(lower.out, Catch::Contains("Lowered quantities of order A") && Catch::Contains("B"));
    const ProgramResult raise = earmark({"amend", "A", "1:9"});
    CHECK(raise.code == 1);
    CHECK_THAT(raise.error, Catch::Contains("cannot_raise"));
    for (const std::vector<std::string>& words : {std::vector<std::string>{"amend", "A"}, {"amend", "A", "1:1", "--priority", "3"},
                                                  {"amend", "A", "--priority", "256"}, {"amend", "A", "--priority", "-1"}, {"amend", "A", "x"}}) {
      CHECK(earmark(words).code == 2);
    }
    digest = caller.digest();
    CHECK(server.terminate().status == 0);
  }
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  Server again(directory.path());
  Caller caller(again.port());
  CHECK(caller.digest() == digest);
}
