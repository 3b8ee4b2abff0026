// A thread whose only request waits for the disk commits it itself: who may, that nothing is lost between two who want to, and
// what a failure leaves.
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <thread>

#include "tests/server/bench.hpp"

using namespace earmark;
using namespace earmark::server::test;

namespace {

std::uint64_t of_receivers(const Bench& bench) { return bench.thread_->counters().groups_of_receivers.get(); }

// One order after the other, each when the one before is answered.
void one_by_one(Bench& bench, std::uint32_t session, std::size_t count, const std::string& prefix) {
  for (std::size_t index = 0; index < count; ++index) {
    std::vector<std::byte> bytes;
    bench.order(bytes, index, prefix + std::to_string(index), 2, 1);
    bench.worker_.receive(session, bytes, bench.now_);
    bench.until_durable();
    REQUIRE(bench.answers(session).size() == 1);
  }
}

}  // namespace

TEST_CASE("commit here: the only request of the only one who asks is committed by its thread", "[server][commit_here]") {
  Bench bench;
  one_by_one(bench, bench.session_, 300, "alone");
  // How many depends on when the journal's thread looks for work by itself.
  CHECK(of_receivers(bench) > 0);
}

TEST_CASE("commit here: where several ask, or one asks for several, the journal's thread commits", "[server][commit_here]") {
  Bench bench;
  const std::uint32_t other = bench.open();
  const auto session = [&](std::size_t index) { return index % 2 == 0 ? bench.session_ : other; };
  for (std::size_t index = 0; index < 40; ++index) one_by_one(bench, session(index), 1, "turn" + std::to_string(index));
  CHECK(of_receivers(bench) == 0);
  for (std::size_t index = 0; index < 40; ++index) {
    std::vector<std::byte> bytes;
    bench.order(bytes, index, "a" + std::to_string(index), 2, 1);
    bench.order(bytes, index, "b" + std::to_string(index), 2, 1);
    bench.worker_.receive(bench.session_, bytes, bench.now_);
    bench.until_durable();
    REQUIRE(bench.answers(bench.session_).size() == 2);
  }
  CHECK(of_receivers(bench) == 0);
}

TEST_CASE("commit here: two threads that want to and the journal's leave no decision behind (E4)", "[server][commit_here]") {
  constexpr std::size_t each = 3'000;
  storage::MemoryJournal journal({1, 42, 0, 8, 3});
  engine::Engine engine(Bench::capacity(), 2);
  server::Hub hub(engine, journal);
  std::array<std::atomic<std::uint64_t>, 2> wakes{};
  server::Worker first(hub, 0, [&] { ++wakes[0]; }), second(hub, 1, [&] { ++wakes[1]; });
  hub.workers = {&first, &second};
  const std::array<server::Worker*, 2> workers{&first, &second};
  server::JournalThread thread(engine, journal, engine::TimeUs{}, [] {}, [](const storage::Failure&) { FAIL("a failure"); });
  hub.journal_thread = &thread;
  thread.start();
  schema::RequestEncoder encoder;
  const engine::TimeUs now{1'000'000};
  const auto until_answered = [&](server::Worker& worker, std::uint32_t session, std::size_t bytes) {
    while (worker.session(session).out.size() == bytes) {
      thread.wait_for_group();
      worker.proceed(now);
    }
  };
  const auto open = [&](server::Worker& worker) {
    const std::uint32_t session = worker.open_session();
    std::vector<std::byte> bytes;
    encoder.hello(bytes, 1, {schema::protocol_version, "", "test", 0});
    worker.receive(session, bytes, now);
    return session;
  };
  const std::array<std::uint32_t, 2> sessions{open(first), open(second)};
  const engine::WarehouseEntry warehouses[] = {{"A", "", 1}};
  const engine::ProductEntry products[] = {{"beam", ""}};
  const engine::OpeningStockEntry stock[] = {{1'000'000, 0, 0}};
  std::vector<std::byte> load;
  encoder.load(load, 2, {{warehouses, products, stock}});
  const std::size_t greeting = first.session(sessions[0]).out.size();
  first.receive(sessions[0], load, now);
  until_answered(first, sessions[0], greeting);

  const auto ask = [&](std::size_t who) {
    schema::RequestEncoder own;
    server::Worker& worker = *workers[who];
    for (std::size_t index = 0; index < each; ++index) {
      const engine::OrderLine lines[] = {{1, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}};
      const std::string id = std::to_string(who) + "-" + std::to_string(index);
      schema::OrderRequest request;
      request.epoch = 42;
      request.order.id = id;
      request.order.lines = lines;
      std::vector<std::byte> bytes;
      own.order(bytes, index, request);
      worker.session(sessions[who]).out.clear();
      worker.receive(sessions[who], bytes, now);
      until_answered(worker, sessions[who], 0);
    }
  };
  std::thread beside([&] { ask(1); });
  ask(0);
  beside.join();
  CHECK(engine.shared().window.durable() == engine.shared().commit_word.last());
  CHECK(journal.last() == engine.shared().commit_word.last());
  CHECK(thread.counters().groups_of_receivers.get() > 0);
  thread.drain_and_stop();
}

TEST_CASE("commit here: after a failure nobody is answered and nothing is appended", "[server][commit_here]") {
  Bench bench;
  one_by_one(bench, bench.session_, 20, "before");
  bench.journal_.fail_append(1, storage::FailurePoint::after_write);
  for (const std::string id : {"failing", "behind it"}) {
    std::vector<std::byte> bytes;
    bench.order(bytes, 1, id, 2, 1);
    bench.worker_.receive(bench.session_, bytes, bench.now_);
    CHECK_FALSE(bench.thread_->commit_here());
    bench.worker_.proceed(bench.now_);
    CHECK(bench.answers(bench.session_).empty());
  }
  bench.thread_->drain_and_stop();
  CHECK(bench.failures_ == 1);
}
