// When the proof on servers with 1, 2 and 4 I/O threads proves something.
#include <catch2/catch.hpp>

#include "loadtest/verdict_runs.hpp"

namespace {

using namespace earmark::loadtest;

VerdictRun good(std::uint32_t io_threads) {
  VerdictRun run;
  run.io_threads = io_threads;
  run.shorts = 10, run.fills = 20, run.helps = 1, run.lost_commits = 2;
  run.word = "passed";
  run.clean_stop = true;
  run.report.verdict.emplace();
  return run;
}

TEST_CASE("verdict runs: each must have shortages and fills, those with many threads helps and lost commits", "[loadtest]") {
  std::vector<VerdictRun> runs{good(1), good(2), good(4)};
  runs[0].helps = runs[0].lost_commits = 0;  // one thread and the settler seldom meet
  CHECK(word_of(runs) == "passed");
  CHECK(exit_status(runs) == exit_ok);
  SECTION("one of the two is enough for helps") {
    runs[1].helps = 0;
    CHECK(word_of(runs) == "passed");
  }
  SECTION("no helps with 2 and 4: those with 1 do not count") {
    runs[1].helps = runs[2].helps = 0;
    runs[0].helps = 5;
    CHECK(word_of(runs) == "vacuous");
    CHECK(exit_status(runs) == exit_failed);
  }
  SECTION("no lost commits") {
    runs[1].lost_commits = runs[2].lost_commits = 0;
    CHECK(word_of(runs) == "vacuous");
  }
  SECTION("a run without shortage") {
    runs[GENERATE(0U, 1U, 2U)].shorts = 0;
    CHECK(word_of(runs) == "vacuous");
  }
  SECTION("a run without fills") {
    runs[GENERATE(0U, 1U, 2U)].fills = 0;
    CHECK(word_of(runs) == "vacuous");
  }
  SECTION("a run that checked nothing") {
    runs[1].word = "vacuous";
    CHECK(word_of(runs) == "vacuous");
  }
  SECTION("a failed run outweighs all") {
    runs[GENERATE(0U, 2U)].word = "failed";
    runs[1].fills = 0;
    CHECK(word_of(runs) == "failed");
    CHECK(exit_status(runs) == exit_failed);
  }
  SECTION("a server that does not end cleanly") {
    runs[2].clean_stop = false;
    CHECK(word_of(runs) == "failed");
  }
  CHECK(word_of({}) == "vacuous");
}

TEST_CASE("verdict runs: the report names the four counters of each run", "[loadtest]") {
  const std::vector<VerdictRun> runs{good(1), good(2), good(4)};
  const std::string text = table_of(runs);
  for (const char* word : {"shorts", "fills", "helps", "lost commits", "verdict  passed"}) CHECK_THAT(text, Catch::Contains(word));
  CHECK_THAT(json_of(runs), Catch::Contains("\"lost_commits\":2"));
  CHECK_THAT(json_of(runs), Catch::Contains("\"verdict\":\"passed\""));
}

}  // namespace
