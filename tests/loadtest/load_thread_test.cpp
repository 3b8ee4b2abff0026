// The load engine against a server that lies on purpose: what went wrong must be counted, and a sound server must pass.
#include <catch2/catch.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "loadtest/load_thread.hpp"
#include "tests/loadtest/lying_server.hpp"

namespace {

using namespace earmark;
using namespace earmark::loadtest;
using namespace earmark::loadtest::test;

struct Outcome {
  Verdict verdict;
  Tally tally;
  std::vector<engine::Histogram> timeline;
  std::string fault;
  std::uint64_t units_taken = 0;
};

constexpr std::uint64_t run_ns = 60'000'000;

// With `then`: a second phase follows, an open loop at these rates, whose tally is told.
Outcome run_against(Lie lie, bool waves, Options options = {}, const std::vector<double>& then = {}, std::uint64_t length_ns = run_ns) {
  LyingServer server(lie);
  options.server = {"127.0.0.1", server.port()};
  options.pipeline = 8;
  options.shape.skus = skus;
  options.shape.warehouses = 1;
  options.waves = waves;
  options.seed = 12;
  options.id_prefix = "test";
  std::vector<engine::SkuId> ids;
  for (std::uint32_t sku = 1; sku <= skus; ++sku) ids.push_back(engine::SkuId{sku});
  const BenchmarkCatalogue catalogue(7, ids, {engine::WarehouseId{1}}, true);
  Outcome outcome;
  auto thread = std::make_unique<LoadThread>(options, catalogue, 0, 1'000'000);
  REQUIRE(thread->connect(1).has_value());
  RunTimes times;
  times.start = times.measure_from = monotonic_ns();
  times.end = times.start + (options.orders == 0 ? length_ns : 60'000'000'000U);
  times.drain_ns = 200'000'000;
  times.rates = options.rates;
  thread->begin_phase();
  thread->run(times);
  if (!then.empty()) {
    times.start = times.measure_from = monotonic_ns();
    times.end = times.start + length_ns;
    times.rates = then;
    times.grace_ns = 20'000'000;
    thread->begin_phase();
    thread->run(times);
  }
  outcome.tally = thread->tally();
  outcome.timeline = thread->timeline().slices();
  outcome.fault = thread->fault();
  const Delivery delivery = thread->delivery();
  const History history = std::move(thread->history());
  thread.reset();  // hangs up, so that the server ends
  const StockSnapshot before{100, 100, 1, std::vector<std::uint32_t>(skus, opening), std::vector<std::uint64_t>(skus, 0)};
  const History* const histories[] = {&history};
  const StockSnapshot after = server.stock();
  for (const std::uint32_t left : after.available) outcome.units_taken += opening - left;
  outcome.verdict = check(histories, delivery, before, after);
  return outcome;
}

TEST_CASE("load thread: a sound server passes, in a loop and in waves", "[loadtest]") {
  const bool waves = GENERATE(false, true);
  const Outcome outcome = run_against(Lie::none, waves);
  CAPTURE(waves, outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.fault.empty());
  CHECK(outcome.verdict.decisions > 10);
  CHECK(outcome.verdict.lines == 3 * outcome.verdict.decisions);
  CHECK(outcome.tally.of(RequestKind::order).count() > 0);
  CHECK(outcome.tally.statuses[0] == outcome.tally.answered[0]);
  CHECK(outcome.tally.short_lines == 0);
}

TEST_CASE("load thread: every lie is found", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::no_answer, Violation::unanswered},
      {Lie::two_answers, Violation::unexpected_answer},
      {Lie::other_order, Violation::mismatched_answer},
      {Lie::old_lsn, Violation::duplicate_lsn},
      {Lie::old_lsn, Violation::out_of_order},
      {Lie::same_lsn, Violation::duplicate_lsn},
      {Lie::oversell, Violation::broken_chain},
      {Lie::duplicate_flag, Violation::duplicate_answer},
      {Lie::refusal, Violation::error_answer},
      {Lie::garbage, Violation::malformed_answer},
  }));
  CAPTURE(static_cast<int>(lie), name(violation));
  const Outcome outcome = run_against(lie, false);
  CHECK(outcome.verdict.failed());
  CHECK(outcome.verdict[violation] >= 1);
  CHECK(outcome.verdict.decisions > 5);
}

TEST_CASE("load thread: commands sent twice are compared, and every lie about them is found", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::none, Violation::unanswered},
      {Lie::repeat_not_marked, Violation::repeat_not_marked},
      {Lie::repeat_marked_twice, Violation::repeat_not_marked},
      {Lie::repeat_differs, Violation::repeat_differs},
  }));
  CAPTURE(static_cast<int>(lie));
  Options options;
  options.repeat_share = 0.3;
  options.orders = 100;
  const Outcome outcome = run_against(lie, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.repeats > 3);
  CHECK(outcome.verdict.failed() == (lie != Lie::none));
  if (lie != Lie::none) CHECK(outcome.verdict[violation] >= 1);
}

TEST_CASE("load thread: receipts and shipments are compared with what was asked, and judged", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::none, Violation::unanswered},
      {Lie::other_receipt, Violation::mismatched_answer},
      {Lie::lost_receipt, Violation::broken_chain},
      {Lie::other_shipment, Violation::mismatched_answer},
      {Lie::half_shipment, Violation::wrong_order_state},
  }));
  CAPTURE(static_cast<int>(lie));
  Options options;
  options.orders = 60;
  options.mix = Mix({{RequestKind::order, 2}, {RequestKind::receipt, 1}, {RequestKind::ship, 1}});
  options.restock = GENERATE(true, false);
  const Outcome outcome = run_against(lie, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.failed() == (lie != Lie::none));
  if (lie != Lie::none) CHECK(outcome.verdict[violation] >= 1);
  CHECK(outcome.verdict.receipts > 5);
  CHECK(outcome.verdict.shipments > 5);
}

TEST_CASE("load thread: holds become orders or are released, also when the run is over, and every lie about them is found", "[loadtest]") {
  const auto [lie, violation] = GENERATE(table<Lie, Violation>({
      {Lie::none, Violation::unanswered},
      {Lie::other_hold, Violation::mismatched_answer},
      {Lie::greedy_release, Violation::wrong_hold},
      {Lie::half_confirm, Violation::wrong_hold},
  }));
  CAPTURE(static_cast<int>(lie));
  Options options;
  options.orders = 60;
  options.mix = Mix({{RequestKind::order, 2}, {RequestKind::hold, 2}, {RequestKind::ship, 1}});
  const Outcome outcome = run_against(lie, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.failed() == (lie != Lie::none));
  if (lie != Lie::none) CHECK(outcome.verdict[violation] >= 1);
  CHECK(outcome.verdict.holds > 20);
  CHECK(outcome.verdict.holds_ended == outcome.verdict.holds);
  CHECK(outcome.tally.of(RequestKind::confirm).count() > outcome.tally.of(RequestKind::release).count());
  CHECK(outcome.tally.of(RequestKind::release).count() > 0);
}

TEST_CASE("load thread: what overloads the server is sent again, as the same order", "[loadtest]") {
  Options options;
  options.orders = 50;
  const Outcome outcome = run_against(Lie::overloaded, false, options);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.tally.errors.at(engine::ErrorCode::overloaded) == 1);
  CHECK(outcome.verdict.decisions == 50);
}

TEST_CASE("load thread: a fixed number of orders is sent, no more and no less", "[loadtest]") {
  Options options;
  options.orders = 37;
  const Outcome outcome = run_against(Lie::none, GENERATE(true, false), options);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions == 37);
}

TEST_CASE("load thread: an open loop sends what is due and counts what it offered", "[loadtest]") {
  Options options;
  options.rates = GENERATE(std::vector<double>{2'000}, std::vector<double>{500, 4'000});
  options.arrivals = GENERATE(Arrivals::constant, Arrivals::poisson);
  const Outcome outcome = run_against(Lie::none, false, options);
  CAPTURE(options.rates.size(), outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions > 10);
  CHECK(outcome.tally.offered == outcome.verdict.decisions + outcome.tally.unsent);
  CHECK(outcome.tally.of(RequestKind::order).count() == outcome.tally.offered);  // what was never sent counts, too
  CHECK(outcome.tally.waited.count() == outcome.tally.offered);
  CHECK(outcome.tally.steps.size() == (options.rates.size() > 1 ? options.rates.size() : 0));
  if (options.arrivals == Arrivals::constant) CHECK(outcome.tally.offered == (options.rates.size() == 1 ? 120 : 15 + 120));
}

TEST_CASE("load thread: an open loop against a server that answers nothing leaves a backlog, and its waiting counts", "[loadtest]") {
  Options options;
  options.rates = {10'000};
  const Outcome outcome = run_against(Lie::silence, false, options);
  CHECK(outcome.verdict.failed());
  CHECK(outcome.verdict[Violation::unanswered] == 8);  // the pipeline
  CHECK(outcome.tally.offered == 600);
  CHECK(outcome.tally.unsent == 592);
  CHECK(outcome.tally.unanswered == 8);
  CHECK(outcome.tally.of(RequestKind::order).count() == 592);
  CHECK(outcome.tally.of(RequestKind::order).max() > 50'000'000);  // the first of them, almost the whole run
  CHECK(outcome.tally.requests() == 0);
}

TEST_CASE("load thread: a second phase on the same connections counts anew, and the verdict is on both", "[loadtest]") {
  Options options;
  options.sweep = true;  // an open loop may follow a closed one
  const Outcome outcome = run_against(Lie::none, false, options, {2'000});
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.tally.offered == 120);  // of the second phase alone
  CHECK(outcome.tally.of(RequestKind::order).count() == 120);
  CHECK(outcome.tally.in_time + outcome.tally.unsent <= 120);
  CHECK(outcome.tally.in_time > 0);
  CHECK(outcome.verdict.decisions > 120);
}

TEST_CASE("load thread: a backlog that is never caught up with is seen to grow", "[loadtest]") {
  Options options;
  options.rates = {10'000};
  const Outcome outcome = run_against(Lie::silence, false, options, {}, 400'000'000);
  CHECK(outcome.tally.in_time == 0);
  CHECK(outcome.tally.backlog_before >= 1'000);  // at a quarter of 400 ms so many are due
  CHECK(outcome.tally.backlog_before < 2'000);
  CHECK(outcome.tally.backlog_after >= 3'000);
  CHECK(outcome.tally.backlog_after <= 4'000);
}

TEST_CASE("load thread: a situation's acts are told apart, and so is who asked", "[loadtest]") {
  Options options;
  options.situation = Situation::restock_storm;
  options.situation_shape = {3, 2, 0, 2, 3};
  options.situation_base_rate = 2'000;
  options.repeat_share = 0.2;  // what is sent twice was offered once
  options.shape.popular_skus = 2;
  for (const Act& act : options.acts()) options.rates.push_back(act.rate());
  const Outcome outcome = run_against(Lie::none, false, options, {}, 600'000'000);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  REQUIRE(outcome.tally.acts.size() == 3);
  const auto& [filling, calm, storm] = std::tie(outcome.tally.acts[0], outcome.tally.acts[1], outcome.tally.acts[2]);
  CHECK(filling.of(Stream::other_orders).offered + filling.of(Stream::popular_orders).offered == 1'200);
  CHECK(filling.of(Stream::popular_orders).offered > filling.of(Stream::other_orders).offered);  // two of three
  CHECK(filling.of(Stream::receipts).offered == 0);
  CHECK(calm.of(Stream::popular_orders).offered == 0);
  CHECK(calm.of(Stream::other_orders).offered == 400);
  CHECK(storm.of(Stream::other_orders).offered == 400);
  CHECK(storm.of(Stream::popular_orders).offered == 0);
  CHECK(storm.of(Stream::receipts).offered == 6);  // two bursts of three
  CHECK(outcome.verdict.receipts == storm.of(Stream::receipts).answered);
  CHECK(outcome.verdict.repeats > 50);
  CHECK(calm.of(Stream::other_orders).latency.count() == 400);
  CHECK(outcome.tally.sold_out_ns == ~std::uint64_t{0});  // this server has enough of everything
}

TEST_CASE("load thread: a replay sends the orders of its file, each once, at their times", "[loadtest]") {
  std::string table = "order_id,time,sku,quantity\n";
  for (int second = 10; second < 60; ++second) {
    table += fmt::format("o{0},2020-01-01 10:00:{0},S{1},{2}\no{0},2020-01-01 10:00:{0},other,1\n", second, second % 7, second);
  }
  const std::string path = fmt::format("{}/earmark-load-thread-{}.csv", std::filesystem::temp_directory_path().string(), ::getpid());
  std::ofstream(path) << table;
  Options options;
  options.replay = plan_replay(path, 1'000, 0)->replay;  // 49 s in 49 ms
  std::filesystem::remove(path);
  options.shape.replayed_lines = options.replay.orders->most_lines();
  const Outcome outcome = run_against(Lie::none, false, options, {}, 300'000'000);
  CAPTURE(outcome.verdict.examples);
  CHECK(outcome.verdict.passed());
  CHECK(outcome.verdict.decisions == 50);
  CHECK(outcome.verdict.lines == 100);
  CHECK(outcome.tally.offered == 50);
  CHECK(outcome.tally.in_time == 50);
  CHECK(outcome.units_taken == 50 * 69 / 2 + 50);
}

TEST_CASE("load thread: a server that hangs up ends the run, and its requests count as unanswered", "[loadtest]") {
  const Outcome outcome = run_against(Lie::hang_up, false);
  CHECK_THAT(outcome.fault, Catch::Contains("lost the server"));
  CHECK(outcome.verdict[Violation::unanswered] >= 1);
}

TEST_CASE("catalogue: dense ids are looked up only where they are not consecutive", "[loadtest]") {
  using engine::SkuId;
  const BenchmarkCatalogue consecutive(7, {SkuId{5}, SkuId{6}, SkuId{7}}, {engine::WarehouseId{1}}, true);
  CHECK(consecutive.sku(2).value == 7);
  CHECK(consecutive.largest_sku().value == 7);
  const BenchmarkCatalogue scattered(7, {SkuId{9}, SkuId{2}, SkuId{4}}, {engine::WarehouseId{1}}, true);
  for (const auto& [index, id] : {std::pair{0U, 9U}, {1U, 2U}, {2U, 4U}}) CHECK(scattered.sku(index).value == id);
  CHECK(scattered.largest_sku().value == 9);
}

TEST_CASE("load thread: nobody listening is said so", "[loadtest]") {
  Options options;
  {
    const LyingServer gone(Lie::none);
    options.server = {"127.0.0.1", gone.port()};
    REQUIRE(LoadSocket::open(options.server).has_value());  // its only connection
  }
  const auto socket = LoadSocket::open(options.server);
  REQUIRE_FALSE(socket.has_value());
  CHECK(socket.error().kind == client::FailureKind::unreachable);
  CHECK_THAT(socket.error().text, Catch::Contains("cannot reach a server at 127.0.0.1"));
}

}  // namespace
