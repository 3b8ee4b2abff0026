#include <catch2/catch.hpp>

#include "loadtest/options.hpp"

namespace {

using namespace earmark::loadtest;

ParsedOptions parse(std::vector<const char*> words) {
  words.insert(words.begin(), "earmark-load");
  return parse_options(static_cast<int>(words.size()), words.data());
}

TEST_CASE("options: the defaults are the comparison's standard case", "[loadtest]") {
  const ParsedOptions parsed = parse({"--server", "127.0.0.1:9"});
  REQUIRE_FALSE(parsed.exit_status.has_value());
  const Options& options = parsed.options;
  CHECK(options.server.text() == "127.0.0.1:9");
  CHECK(options.connections == 50);
  CHECK(options.pipeline == 64);
  CHECK(options.shape.skus == 100'000);
  CHECK(options.shape.lines == 3);
  CHECK(options.short_share == 0);
  CHECK(options.stock == 1'000'000);
  CHECK(options.verdict);
  CHECK(options.seed != 0);
  CHECK_FALSE(options.id_prefix.empty());
  CHECK(parse({}).options.id_prefix != options.id_prefix);  // ids of two runs differ
}

TEST_CASE("options: the short share belongs to the distribution unless given", "[loadtest]") {
  CHECK(parse({"--distribution", "zipf"}).options.short_share == Approx(0.55));
  CHECK(parse({"--distribution", "hot"}).options.short_share == Approx(1.0 / 3));
  CHECK(parse({"--distribution", "hot", "--lines", "2"}).options.short_share == Approx(0.5));
  CHECK(parse({"--distribution", "zipf", "--short-share", "0.2"}).options.short_share == Approx(0.2));
  CHECK(parse({"--distribution", "zipf", "--stock", "10"}).options.short_share == 0);
  CHECK(parse({"--distribution", "zipf", "--stock", "10"}).options.stock == 10);
}

TEST_CASE("options: flags are understood", "[loadtest]") {
  const Options options = parse({"--op", "mixed", "--check-share", "0.9", "--waves", "--no-verdict", "--json", "--seed", "5",
                                 "--id-prefix", "x", "--threads", "2", "--server-pid", "77"})
                              .options;
  CHECK(options.operation == Operation::mixed);
  CHECK(options.checks() == Approx(0.9));
  CHECK(options.waves);
  CHECK_FALSE(options.verdict);
  CHECK(options.json);
  CHECK(options.seed == 5);
  CHECK(options.id_prefix == "x");
  CHECK(options.threads == 2);
  CHECK(options.server_pid == 77);
}

TEST_CASE("options: bad usage ends with 2", "[loadtest]") {
  using Words = std::vector<const char*>;
  const auto words = GENERATE(as<Words>{}, Words{"--server", "nowhere"}, Words{"--connections", "0"}, Words{"--pipeline", "5000"},
                              Words{"--lines", "5", "--skus", "4"}, Words{"--threads", "3", "--connections", "2"},
                              Words{"--stock", "5", "--short-share", "0.5"}, Words{"--distribution", "square"}, Words{"--op", "dance"},
                              Words{"--id-prefix", "a b"}, Words{"--id-prefix", "12345678901234567890123456789012345678901"},
                              Words{"--seconds", "0"}, Words{"--unknown"}, Words{"stray"});
  CHECK(parse(words).exit_status == exit_usage);
}

TEST_CASE("options: help and version end with 0", "[loadtest]") {
  CHECK(parse({"--help"}).exit_status == 0);
  CHECK(parse({"--version"}).exit_status == 0);
}

}  // namespace
