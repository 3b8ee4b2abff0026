// The reporter without its thread: who waits for a fold, for how long, and what is said when a report cannot be had.
#include "server/reporter.hpp"

#include <unistd.h>

#include <filesystem>

#include "storage/lmdb_state.hpp"
#include "tests/server/bench.hpp"

using namespace earmark;
using server::Reporter;

namespace {

constexpr auto second = std::chrono::seconds(1);

struct Reports {
  Reports()
      : directory(std::filesystem::temp_directory_path() / ("earmark-reporter-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    state = storage::open_lmdb_state(directory, bench.journal_.identity(), {.map_bytes = std::size_t{64} << 20}).value().store;
    reporter = std::make_unique<Reporter>(bench.hub_, *state, [this](engine::Lsn lsn) { hurried_to = lsn; }, [] { return engine::TimeUs{}; });
    bench.hub_.reporter = reporter.get();
  }
  ~Reports() {
    state.reset();
    std::filesystem::remove_all(directory);
  }

  void ask(std::uint64_t correlation, schema::ReportRequest request) {
    std::vector<std::byte> bytes;
    bench.encoder_.report(bytes, correlation, request);
    bench.worker_.receive(bench.session_, bytes, bench.now_);
  }
  void ask(std::uint64_t correlation, std::uint32_t wait_ms, engine::Lsn at = {}) {
    ask(correlation, {schema::ReportKind::splits, 0, false, INT32_MIN, INT32_MAX, at, wait_ms});
  }
  void order(std::string_view id) {
    std::vector<std::byte> bytes;
    bench.order(bytes, 9, id, 1, 1);
    bench.worker_.receive(bench.session_, bytes, bench.now_);
    bench.until_durable();
    bench.answers(bench.session_);
  }
  void fold() { REQUIRE(state->fold(bench.journal_, bench.journal_.last(), 1000).has_value()); }
  // What has been answered by the time `now`.
  std::vector<server::test::Answer> answers(Reporter::Clock::time_point now) {
    reporter->work(now);
    bench.worker_.proceed(bench.now_);
    return bench.answers(bench.session_);
  }
  engine::Lsn as_of(const server::test::Answer& answer) {
    REQUIRE(answer.kind == schema::MessageKind::report_answer);
    const std::span<const std::byte> parts[] = {answer.body};
    return std::get<schema::ReportAnswer>(*bench.decoder_.decode(answer.kind, parts)).as_of;
  }

  server::test::Bench bench;
  std::filesystem::path directory;
  std::unique_ptr<storage::StateStore> state;
  std::unique_ptr<Reporter> reporter;
  engine::Lsn hurried_to{};
};

}  // namespace

TEST_CASE("reports: a question waits for the fold of what was durable when it came, for as long as it says", "[server][reports]") {
  Reports reports;
  const auto now = Reporter::Clock::now();
  reports.order("A");
  const engine::Lsn placed = reports.bench.journal_.last();
  reports.ask(5, 10'000);
  CHECK(reports.hurried_to == placed);
  CHECK(reports.answers(now).empty());
  reports.order("B");  // later: the question does not wait for it
  CHECK(reports.answers(now + second).empty());
  REQUIRE(reports.state->fold(reports.bench.journal_, placed, 1000).has_value());
  const auto answered = reports.answers(now + second);
  REQUIRE(answered.size() == 1);
  CHECK(answered[0].correlation == 5);
  CHECK(reports.as_of(answered[0]) == placed);

  reports.ask(6, 10'000);
  CHECK(reports.answers(now + second).empty());
  const auto told = reports.answers(now + 20 * second);  // what is there
  REQUIRE(told.size() == 1);
  CHECK(reports.as_of(told[0]) == placed);

  reports.hurried_to = {};
  reports.ask(7, 0);
  CHECK(reports.hurried_to == engine::Lsn{});
  CHECK(reports.as_of(reports.answers(now + second).at(0)) == placed);

  reports.ask(8, 60'000);
  CHECK(reports.answers(now).empty());
  reports.reporter->wait_no_more();
  CHECK(reports.as_of(reports.answers(now).at(0)) == placed);
}

TEST_CASE("reports: at an LSN where the state does not stand there is none", "[server][reports]") {
  Reports reports;
  const auto now = Reporter::Clock::now();
  reports.order("A");
  reports.order("B");
  reports.fold();
  const engine::Lsn last = reports.bench.journal_.last();
  reports.ask(1, 0, last);
  CHECK(reports.as_of(reports.answers(now).at(0)) == last);
  reports.ask(2, 0, engine::Lsn{1});
  const auto trimmed = reports.answers(now);
  CHECK(reports.bench.error(trimmed.at(0)) == engine::ErrorCode::trimmed);
  const std::span<const std::byte> parts[] = {trimmed[0].body};
  CHECK(std::get<schema::ErrorAnswer>(*reports.bench.decoder_.decode(trimmed[0].kind, parts)).as_of == last);
  reports.ask(3, 0, last + 1);
  CHECK(reports.bench.error(reports.answers(now + second).at(0)) == engine::ErrorCode::overloaded);
  reports.ask(4, 10'000, last + 1);  // waits for it
  CHECK(reports.answers(now).empty());
  reports.order("C");
  reports.fold();
  CHECK(reports.as_of(reports.answers(now).at(0)) == last + 1);
}

TEST_CASE("reports: too many at one time are overloaded, and who has gone is not answered", "[server][reports]") {
  Reports reports;
  const auto now = Reporter::Clock::now();
  reports.order("A");
  for (std::uint64_t correlation = 1; correlation <= 65; ++correlation) reports.ask(correlation, 10'000);
  const auto refused = reports.answers(now);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].correlation == 65);
  CHECK(reports.bench.error(refused[0]) == engine::ErrorCode::overloaded);
  reports.fold();
  CHECK(reports.answers(now).size() == 64);
  reports.ask(70, 10'000);
  CHECK(reports.answers(now).size() == 1);  // there is room again

  reports.order("B");
  reports.ask(71, 10'000);
  reports.bench.worker_.close_session(reports.bench.session_);
  reports.bench.session_ = reports.bench.open();
  reports.fold();
  CHECK(reports.answers(now).empty());
}

TEST_CASE("reports: a server without a state store says so", "[server][reports]") {
  Reports reports;
  reports.bench.hub_.reporter = nullptr;
  reports.ask(5, 0);
  CHECK(reports.bench.error(reports.answers(Reporter::Clock::now()).at(0)) == engine::ErrorCode::not_supported);
}
