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

TEST_CASE("options: the open loop, a number of orders, mixes", "[loadtest]") {
  const Options open = parse({"--rate", "2500", "--arrivals", "poisson"}).options;
  CHECK(open.is_open_loop());
  CHECK(open.rates == std::vector<double>{2'500});
  CHECK(open.arrivals == Arrivals::poisson);
  CHECK(parse({"--rate-steps", "10,20,30"}).options.rates == std::vector<double>{10, 20, 30});
  CHECK_FALSE(parse({}).options.is_open_loop());

  const Options counted = parse({"--orders", "1000"}).options;
  CHECK(counted.orders == 1'000);
  CHECK(counted.warmup_seconds == 0);
  CHECK(counted.seconds > 3'600);
  CHECK(parse({"--orders", "1000", "--seconds", "5", "--warmup", "1"}).options.seconds == 5);

  const Options mixed = parse({"--mix", "orders=3,receipts=1", "--restock", "--policies", "fill_or_kill=1", "--priorities", "7=1",
                               "--repeat-share", "0.1", "--distribution", "retail"})
                            .options;
  CHECK(mixed.operation == Operation::mix);
  CHECK(mixed.mix.share_of(RequestKind::receipt) == Approx(0.25));
  CHECK(mixed.policies.is_one_value());
  CHECK(mixed.priorities.share_of(earmark::engine::Priority{7}) == 1);
  CHECK(mixed.restock);
  CHECK(mixed.shape.distribution == Distribution::retail);
}

TEST_CASE("options: a sweep has a length of its own, and finds its rates itself", "[loadtest]") {
  const Options sweep = parse({"--sweep", "--arrivals", "poisson", "--p99-limit", "2.5"}).options;
  CHECK(sweep.sweep);
  CHECK(sweep.is_open_loop());
  CHECK(sweep.rates.empty());
  CHECK(sweep.seconds == 20);
  CHECK(sweep.p99_limit_ms == 2.5);
  CHECK(parse({"--sweep", "--seconds", "4"}).options.seconds == 4);
  CHECK_FALSE(parse({}).options.sweep);
  using Words = std::vector<const char*>;
  const auto words = GENERATE(as<Words>{}, Words{"--sweep", "--rate", "5"}, Words{"--sweep", "--rate-steps", "5,6"}, Words{"--sweep", "--orders", "5"},
                              Words{"--sweep", "--waves"}, Words{"--sweep", "--seconds", "1"}, Words{"--sweep", "--verdict"}, Words{"--p99-limit", "5"},
                              Words{"--sweep", "--p99-limit", "0"});
  CHECK(parse(words).exit_status == exit_usage);
}

TEST_CASE("options: --verdict is the proof on own servers, --no-verdict judges nothing", "[loadtest]") {
  const Options proof = parse({"--verdict"}).options;
  CHECK(proof.verdict_runs);
  CHECK(proof.verdict);
  CHECK(proof.short_share == Approx(0.5));
  CHECK(proof.mix.entries().size() == kinds_of_mixes);
  CHECK(proof.restock);
  CHECK(parse({"--verdict", "--seconds", "9", "--skus", "50"}).options.seconds == 9);
  CHECK_FALSE(parse({"--no-verdict"}).options.verdict);
  CHECK_FALSE(parse({}).options.verdict_runs);
}

TEST_CASE("options: bad usage ends with 2", "[loadtest]") {
  using Words = std::vector<const char*>;
  const auto words = GENERATE(as<Words>{}, Words{"--server", "nowhere"}, Words{"--connections", "0"}, Words{"--pipeline", "5000"},
                              Words{"--lines", "5", "--skus", "4"}, Words{"--threads", "3", "--connections", "2"},
                              Words{"--stock", "5", "--short-share", "0.5"}, Words{"--distribution", "square"}, Words{"--op", "dance"},
                              Words{"--id-prefix", "a b"}, Words{"--id-prefix", "12345678901234567890123456789012345678901"},
                              Words{"--seconds", "0"}, Words{"--unknown"}, Words{"stray"}, Words{"--mix", "dances=1"}, Words{"--mix", "orders=1,confirms=1"}, Words{"--mix", ""},
                              Words{"--mix", "orders=1", "--op", "check"}, Words{"--mix", "cancels=1,checks=1"},
                              Words{"--mix", "checks=1", "--orders", "5"}, Words{"--restock"}, Words{"--mix", "orders=1", "--restock"},
                              Words{"--policies", "ship_complete=1"}, Words{"--priorities", "300=1"}, Words{"--repeat-share", "2"},
                              Words{"--rate", "0"}, Words{"--rate", "fast"}, Words{"--rate", "5", "--rate-steps", "1,2"},
                              Words{"--rate", "5", "--waves"}, Words{"--arrivals", "poisson"}, Words{"--rate-steps", "1,0"},
                              Words{"--rate-steps", "1,2", "--orders", "5"}, Words{"--orders", "0"}, Words{"--verdict", "--no-verdict"},
                              Words{"--verdict", "--server", "127.0.0.1:5"}, Words{"--verdict", "--html", "page.html"});
  CHECK(parse(words).exit_status == exit_usage);
}

TEST_CASE("options: help and version end with 0", "[loadtest]") {
  CHECK(parse({"--help"}).exit_status == 0);
  CHECK(parse({"--version"}).exit_status == 0);
}

}  // namespace
