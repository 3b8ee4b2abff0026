#include "storage/recovery.hpp"

#include <catch2/catch.hpp>

#include "storage/memory_journal.hpp"
#include "storage/offline_state.hpp"
#include "tests/storage/history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

std::unique_ptr<MemoryJournal> journal_of(const test::Records& records, std::size_t count, std::size_t per_group = 3) {
  auto journal = std::make_unique<MemoryJournal>(DirectoryIdentity{1, 9, 0, 10, 2});
  for (std::size_t from = 0; from < count; from += per_group) {
    REQUIRE(records.append(*journal, from, std::min(from + per_group, count)).has_value());
  }
  return journal;
}

// The digest of the first `count` records of the history.
std::string fold(std::size_t count) {
  const test::Records records = test::small_history();
  OfflineState state;
  const auto report = replay(*journal_of(records, count), [&](const schema::Event& event) { state.apply(event); });
  REQUIRE(report.has_value());
  REQUIRE(state.problem().empty());
  return state.digest();
}

TEST_CASE("replay: every record once, in order, with its stamp", "[storage][recovery]") {
  const test::Records records = test::small_history();
  const auto journal = journal_of(records, records.size());
  std::vector<std::uint64_t> lsns;
  const auto report = replay(*journal, [&](const schema::Event& event) { lsns.push_back(event.stamp.lsn.value); });
  REQUIRE(report.has_value());
  CHECK(lsns == std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(report->records == 10);
  CHECK(report->first == Lsn{1});
  CHECK(report->last == Lsn{10});
  CHECK(report->last_time.value == 10'000);
  CHECK(report->open_causes.empty());
  CHECK(report->bytes == records.bytes().size());

  lsns.clear();
  REQUIRE(replay(*journal, [&](const schema::Event& event) { lsns.push_back(event.stamp.lsn.value); }, {Lsn{4}, Lsn{6}}).has_value());
  CHECK(lsns == std::vector<std::uint64_t>{4, 5, 6});
}

TEST_CASE("replay: names the command whose fills are not finished", "[storage][recovery]") {
  const test::Records records = test::small_history();
  const auto open = [&](std::size_t count) {
    return replay(*journal_of(records, count), [](const schema::Event&) {}).value().open_causes;
  };
  CHECK(open(3).empty());
  CHECK(open(4) == std::vector<Lsn>{Lsn{4}});
  CHECK(open(5) == std::vector<Lsn>{Lsn{4}});
  CHECK(open(6).empty());
}

TEST_CASE("replay: an empty journal is nothing, a damaged one a failure", "[storage][recovery]") {
  MemoryJournal empty({1, 9, 0, 10, 2});
  const auto nothing = replay(empty, [](const schema::Event&) {});
  REQUIRE(nothing.has_value());
  CHECK(nothing->records == 0);

  const test::Records records = test::small_history();
  const auto journal = journal_of(records, records.size());
  journal->flip_bit(1, (group_header_bytes + 40) * 8);
  const auto damaged = replay(*journal, [](const schema::Event&) {});
  REQUIRE_FALSE(damaged.has_value());
  CHECK(damaged.error().kind == FailureKind::damaged);
  CHECK_THAT(damaged.error().text, Catch::Contains("LSN 4"));
}

TEST_CASE("replay: a record that carries another LSN is refused", "[storage][recovery]") {
  test::Records records(Lsn{5});
  records.add_order();
  MemoryJournal journal({1, 9, 0, 10, 2});
  REQUIRE(records.append(journal, 0, 1).has_value());
  const auto report = replay(journal, [](const schema::Event&) {});
  REQUIRE_FALSE(report.has_value());
  CHECK_THAT(report.error().text, Catch::Contains("LSN 1") && Catch::Contains("LSN 5"));
}

using engine::IdSpace;
using engine::identify;

void feed_ids(engine::Digest& digest, std::size_t records) {
  const struct { std::size_t lsn; IdSpace space; const char* id; std::uint64_t content; } ids[] = {
      {2, IdSpace::order, "O1", 101}, {3, IdSpace::order, "O2", 102}, {4, IdSpace::receipt, "R1", 201},
      {7, IdSpace::ship, "S1", 301},  {8, IdSpace::order, "O3", 103}, {9, IdSpace::cancel, "C1", 401}};
  for (const auto& each : ids) {
    if (each.lsn <= records) digest.known_id(each.space, identify(each.space, each.id), each.content, Lsn{each.lsn});
  }
}

constexpr engine::SkuId nail{1}, screw{2};
constexpr engine::WarehouseId a{1}, b{2};
constexpr engine::Priority normal{100}, high{150};

TEST_CASE("offline state: the digest after an order with a shortage, by hand", "[storage][digest]") {
  engine::Digest digest;
  feed_ids(digest, 3);
  digest.cell(nail, a, 5, 0, 0, 0);
  digest.cell(nail, b, 2, 0, 0, 1);
  digest.cell(screw, a, 1, 0, 0, 0);
  digest.open_order(Lsn{2}, identify(IdSpace::order, "O1"), engine::OrderStatus::split, engine::Policy::ship_partial, normal, {}, 2);
  digest.order_line(Lsn{2}, 0, engine::LineNumber{10}, nail, 6, 0, {});
  digest.order_line(Lsn{2}, 1, engine::LineNumber{20}, screw, 3, 2, {});
  digest.allocation(Lsn{2}, 0, a, 1, 5, 0);
  digest.allocation(Lsn{2}, 0, b, 2, 1, 0);
  digest.allocation(Lsn{2}, 1, a, 1, 1, 0);
  digest.waiting_line(screw, normal, Lsn{2}, 1, 2);
  CHECK(fold(3) == digest.finish(Lsn{3}));
}

TEST_CASE("offline state: the digest after receipt and fills, by hand", "[storage][digest]") {
  engine::Digest digest;
  feed_ids(digest, 6);
  digest.cell(nail, a, 5, 0, 0, 0);
  digest.cell(nail, b, 2, 0, 0, 1);
  digest.cell(screw, a, 5, 0, 0, 3);
  digest.cell(screw, b, 1, 0, 0, 0);
  digest.open_order(Lsn{2}, identify(IdSpace::order, "O1"), engine::OrderStatus::split, engine::Policy::ship_partial, normal, {}, 2);
  digest.order_line(Lsn{2}, 0, engine::LineNumber{10}, nail, 6, 0, {});
  digest.order_line(Lsn{2}, 1, engine::LineNumber{20}, screw, 3, 0, {});
  digest.allocation(Lsn{2}, 0, a, 1, 5, 0);
  digest.allocation(Lsn{2}, 0, b, 2, 1, 0);
  digest.allocation(Lsn{2}, 1, a, 1, 2, 0);  // the fill joined the order's shipment 1
  digest.allocation(Lsn{2}, 1, b, 2, 1, 0);
  CHECK(fold(6) == digest.finish(Lsn{6}));
}

TEST_CASE("offline state: the digest after ship and cancel, by hand", "[storage][digest]") {
  engine::Digest digest;
  feed_ids(digest, 10);
  digest.cell(nail, b, 1, 0, 0, 1);
  digest.cell(screw, a, 3, 0, 0, 1);
  digest.open_order(Lsn{8}, identify(IdSpace::order, "O3"), engine::OrderStatus::split, engine::Policy::ship_partial, high, {}, 1);
  digest.order_line(Lsn{8}, 0, engine::LineNumber{1}, screw, 5, 0, {});
  digest.allocation(Lsn{8}, 0, a, 1, 2, 0);
  CHECK(fold(10) == digest.finish(Lsn{10}));
}

TEST_CASE("offline state: a record that contradicts the ones before is refused", "[storage][digest]") {
  test::Records records;
  const engine::ReceivedRow rows[] = {{nail, a, 0, 2, 2}};
  records.add(engine::ReceiptDecision{"R1", 1, false, rows});
  engine::LineDecision line{engine::LineNumber{1}, nail, 3, 0, 3, 0, a, 1, 0, {}};
  std::string expected;
  SECTION("more taken than is there") { expected = "takes more than is available"; }
  SECTION("another quantity left than it says") {
    line.quantity = line.taken = 1;
    line.available_after = 7;
    expected = "it leaves 7";
  }
  engine::OrderDecision order;
  order.id = "O1";
  order.lines = {&line, 1};
  records.add(order);
  OfflineState state;
  REQUIRE(replay(*journal_of(records, 2), [&](const schema::Event& event) { state.apply(event); }).has_value());
  CHECK_THAT(state.problem(), Catch::Contains("LSN 2") && Catch::Contains(expected));
}

}  // namespace
