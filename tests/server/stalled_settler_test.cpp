// Two workers, one of which has the settler's role and waits for room: what it was left with may decide nothing, so that no group of the
// journal wakes anybody when it is done.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>

#include "schema/event.hpp"
#include "tests/server/bench.hpp"

using namespace earmark;

namespace {

constexpr std::size_t ring_bytes = 1U << 18;

// Two workers whose steps the test takes, and a journal whose syncs it holds.
struct TwoWorkers {
  TwoWorkers()
      : journal({1, 42, 0, 8, 3}), engine(capacity(), 2), hub(engine, journal), leader(hub, 0, [this] { ++wakes[0]; }), other(hub, 1, [this] { ++wakes[1]; }) {
    hub.workers = {&leader, &other};
    thread = std::make_unique<server::JournalThread>(engine, journal, engine::TimeUs{}, [] {}, [](const storage::Failure&) {});
    hub.journal_thread = thread.get();
    thread->start();
  }
  ~TwoWorkers() {
    journal.release_syncs();
    thread->drain_and_stop();
  }

  static engine::Capacity capacity() {
    engine::Capacity capacity = server::test::Bench::capacity();
    capacity.ring_bytes = ring_bytes;
    return capacity;
  }
  std::uint32_t open(server::Worker& worker) {
    const std::uint32_t session = worker.open_session();
    std::vector<std::byte> bytes;
    encoder.hello(bytes, 1, {schema::protocol_version, "", "test", 0});
    worker.receive(session, bytes, now);
    return session;
  }
  void load(std::uint32_t session) {
    const engine::WarehouseEntry warehouses[] = {{"A", "", 1}};
    const engine::ProductEntry products[] = {{"beam", ""}};
    const engine::OpeningStockEntry stock[] = {{1'000'000, 0, 0}};
    std::vector<std::byte> bytes;
    encoder.load(bytes, 2, {{warehouses, products, stock}});
    other.receive(session, bytes, now);
    until_durable();
    other.proceed(now);
  }
  void order(std::uint32_t session, const std::string& id) {
    const engine::OrderLine lines[] = {{1, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}};
    const std::string notes(500, 'n');
    schema::OrderRequest request;
    request.epoch = 42;
    request.order.id = id;
    request.order.lines = lines;
    request.order.texts.notes = notes;
    std::vector<std::byte> bytes;
    encoder.order(bytes, 3, request);
    other.receive(session, bytes, now);
  }
  // Nothing becomes durable, and a cancel comes for which there is no room, whatever it would decide: the other worker has the role.
  void stall(std::uint32_t session) {
    journal.hold_syncs();
    for (std::size_t orders = 0; engine.shared().rings[1]->used() < ring_bytes * 5 / 8; ++orders) order(session, "o" + std::to_string(orders));
    std::vector<std::byte> bytes;
    encoder.cancel(bytes, 4, {{"c1", "nobody's", {}}, {}});
    other.receive(session, bytes, now);
    REQUIRE_FALSE(engine.settler().quiet());
  }
  std::size_t errors(std::uint32_t session) {
    std::size_t found = 0;
    for (std::span<const std::byte> rest(other.session(session).out); !rest.empty();) {
      const schema::Split split = schema::split(rest);
      found += split.frame.header.kind == schema::MessageKind::error ? 1U : 0U;
      rest = rest.subspan(split.consumed);
    }
    return found;
  }
  void until_durable() {
    while (engine.shared().window.durable() != engine.shared().commit_word.last()) thread->wait_for_group();
  }

  storage::MemoryJournal journal;
  engine::Engine engine;
  server::Hub hub;
  std::array<std::uint64_t, 2> wakes{};
  server::Worker leader, other;
  std::unique_ptr<server::JournalThread> thread;
  schema::RequestEncoder encoder;
  engine::TimeUs now{1'000'000};
};

}  // namespace

TEST_CASE("stalled settler: what it refuses when there is room again is answered at once", "[server]") {
  TwoWorkers two;
  const std::uint32_t session = two.open(two.other);
  two.load(session);
  two.stall(session);
  two.journal.release_syncs();
  two.until_durable();
  two.other.session(session).out.clear();
  two.other.proceed(two.now);
  REQUIRE(two.engine.settler().quiet());
  INFO("liveness: a refusal is not told, and no group follows that would let it go");
  CHECK(two.other.idle());
  CHECK(two.errors(session) == 1);
}

TEST_CASE("stalled settler: the digest is asked for again when it ends and has decided nothing", "[server]") {
  TwoWorkers two;
  const std::uint32_t asking = two.open(two.leader), session = two.open(two.other);
  two.load(session);
  two.stall(session);
  std::vector<std::byte> bytes;
  two.encoder.digest(bytes, 5);
  two.leader.receive(asking, bytes, two.now);
  for (server::Worker* worker : {&two.leader, &two.other, &two.leader}) worker->proceed(two.now);
  REQUIRE(two.hub.digest_under_way.load());
  two.journal.release_syncs();
  two.until_durable();
  two.leader.proceed(two.now);
  REQUIRE_FALSE(two.engine.settler().quiet());
  two.wakes = {};
  two.other.proceed(two.now);  // the cancel is refused: no record, no group
  REQUIRE(two.engine.settler().quiet());
  INFO("liveness: nobody asks the digest's leader again, and nobody is let in any more");
  REQUIRE(two.wakes[0] != 0);
  two.leader.proceed(two.now);
  CHECK_FALSE(two.hub.digest_under_way.load());
}

TEST_CASE("stalled settler: an order that waits for room is kept, though what it came in is gone", "[server]") {
  TwoWorkers two;
  const std::uint32_t session = two.open(two.other);
  two.load(session);
  two.journal.hold_syncs();  // and there comes to be room for what the desk may write of an order, not for what the settler may
  for (std::size_t orders = 0; two.engine.shared().rings[1]->used() < ring_bytes - 4'500; ++orders) two.order(session, "o" + std::to_string(orders));
  std::vector<engine::OrderLine> lines;  // whose dates would take much room; more than there is: the settler's
  for (std::uint32_t number = 1; number <= 20; ++number) lines.push_back({2'000'000, engine::SkuId{1}, engine::LineNumber{number}, {}, 0, 0});
  schema::OrderRequest request;
  request.epoch = 42;
  request.order.id = "an order that is short";
  request.order.lines = lines;
  request.order.texts.customer = "a customer with a long name";
  std::vector<std::byte> bytes;
  two.encoder.order(bytes, 7, request);
  two.other.receive(session, bytes, two.now);
  REQUIRE_FALSE(two.engine.settler().quiet());
  std::fill(bytes.begin(), bytes.end(), std::byte{0xEE});
  two.other.session(session).out.clear();
  two.journal.release_syncs();
  two.until_durable();
  two.other.proceed(two.now);
  REQUIRE(two.engine.settler().quiet());
  two.until_durable();
  two.other.proceed(two.now);
  std::span<const std::byte> rest(two.other.session(session).out);  // beside the answers of what went before it
  schema::Split split = schema::split(rest);
  for (; split.frame.header.correlation != 7 && split.consumed != 0; split = schema::split(rest)) rest = rest.subspan(split.consumed);
  REQUIRE(split.frame.header.correlation == 7);
  REQUIRE(split.frame.header.kind == schema::MessageKind::event);
  const std::span<const std::byte> bodies[] = {split.frame.body};
  std::size_t consumed = 0;
  schema::EventDecoder decoder;
  const auto order = std::get<engine::OrderDecision>(decoder.decode_bodies(bodies, consumed)->decision);
  CHECK(order.id == "an order that is short");
  CHECK(order.texts.customer == "a customer with a long name");
  REQUIRE(order.lines.size() == 20);
  CHECK(order.lines[0].quantity == 2'000'000);
}
