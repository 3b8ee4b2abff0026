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

TEST_CASE("amend: a raised line waits in entries of its own, with the command line, over a restart", "[system][amend]") {
  const TemporaryDirectory directory;
  std::string digest;
  const auto on = [](Server& server, std::vector<std::string> words) {
    words.insert(words.begin(), {"--server", server.address()});
    return run("earmark", words);
  };
  {
    Server server(directory.path());
    Caller caller(server.port());
    REQUIRE(caller.ask(catalogue(1, 1, 5)).decided());
    REQUIRE(caller.ask(order("A", {{1, 2}})).decided());
    const ProgramResult raised = on(server, {"amend", "A", "1:9"});
    CHECK(raised.code == 0);
    CHECK_THAT(raised.out, Catch::Contains("Raised quantities of order A"));
    REQUIRE(caller.ask(order("B", {{1, 3}})).decided());
    const ProgramResult more = on(server, {"--json", "amend", "A", "1:11", "--id", "M2"});
    CHECK(more.code == 0);
    CHECK_THAT(more.out, Catch::Contains("\"raised\":[{") && Catch::Contains("\"quantity\":2"));
    CHECK_THAT(on(server, {"--json", "amend", "A", "1:11", "--id", "M2"}).out, Catch::Contains("\"duplicate\":true"));
    CHECK_THAT(on(server, {"--json", "backorders"}).out, Catch::Contains("\"quantity\":4") && Catch::Contains("\"quantity\":2"));
    digest = caller.digest();
    CHECK(server.terminate().status == 0);
  }
  CHECK(run("earmark-journal", {"digest", directory.path().string()}).out == digest + "\n");
  CHECK(run("earmark-journal", {"verify", directory.path().string()}).code == 0);
  Server again(directory.path());
  Caller caller(again.port());
  CHECK(caller.digest() == digest);
  // What waits is served as before the restart: A's first raise, B, A's second raise.
  const ProgramResult received = on(again, {"receive", "W1", "S1:8"});
  CHECK(received.code == 0);
  const std::size_t first = received.out.find("  4 W1"), second = received.out.find("  3 W1"), third = received.out.find("  1 W1");
  CHECK(first < second);
  CHECK(second < third);
  CHECK(third != std::string::npos);
  CHECK(on(again, {"cancel", "A"}).code == 0);
  const ProgramResult closed = on(again, {"amend", "A", "1:20"});
  CHECK(closed.code == 1);
  CHECK_THAT(closed.error, Catch::Contains("order_closed"));
}
