// Stock changes in small: a victim's place, how many victims one record holds, and cells that others reserve in meanwhile.
#include <catch2/catch.hpp>

#include "tests/engine/harness.hpp"

namespace {

using namespace earmark;
using engine::SkuId;
using engine::WarehouseId;

constexpr engine::TimeUs now{1};

model::LoadCommand one_sku(std::int64_t on_hand) {
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}};
  load.products = {{"S1", ""}};
  load.stock = {{on_hand, 0, 0}};
  return load;
}

model::OrderCommand order(std::string id, std::int64_t quantity, std::uint8_t priority = 100) {
  model::OrderCommand command{.id = std::move(id), .priority = engine::Priority{priority}, .texts = {}};
  command.lines = {{.quantity = quantity, .sku = SkuId{1}, .line = engine::LineNumber{1}}};
  return command;
}

model::ChangeCommand change(std::string id, engine::ChangeKind kind, std::int64_t quantity, std::int64_t expected = 0) {
  return {std::move(id), kind, "", {{quantity, expected, SkuId{1}, WarehouseId{1}, 0}}};
}

// The engine and the twin; what the engine answers is what the twin does.
struct Both {
  explicit Both(const engine::Capacity& capacity = test::small_capacity()) : harness(capacity) {}
  std::string apply(const model::Command& command) {
    ++content;
    const std::string answer = harness.apply(command, content, now);
    const std::string right = model::describe(model::apply(twin, command, content, now));
    if (answer != right) FAIL("section 8: the engine and the twin disagree\ntwin:\n  " << right << "\nengine:\n  " << answer);
    return answer;
  }
  test::Harness harness;
  model::Twin twin;
  std::uint64_t content = 0;
};

}  // namespace

TEST_CASE("stock change: the last in the queue loses, and waits at the old place", "[engine][stock]") {
  Both both;
  both.apply(one_sku(10));
  both.apply(order("first", 4));
  both.apply(order("second", 4));
  both.apply(order("urgent", 2, 200));
  both.apply(order("waiting", 3));
  // Five go: second's four, then one of first; urgent keeps all.
  both.apply(change("K1", engine::ChangeKind::adjust, -5));
  both.apply(order("newcomer", 1));
  // As they come back: first, second, waiting, newcomer.
  both.apply(change("K2", engine::ChangeKind::adjust, 2));
  both.apply(change("K3", engine::ChangeKind::count, 12, 7));
  both.apply(change("K4", engine::ChangeKind::adjust, 2));
  CHECK(both.harness.engine().broken_invariant() == "");
  CHECK(both.harness.engine().digest() == both.twin.digest());
}

TEST_CASE("stock change: who was served from elsewhere loses there next, quarantined units are the last to go", "[engine][stock]") {
  Both both;
  both.apply(one_sku(6));
  both.apply(model::ReceiptCommand{"R", {{2, SkuId{1}, WarehouseId{2}, 0}}});
  both.apply(order("A", 5));
  both.apply(change("K1", engine::ChangeKind::quarantine, 3));
  both.apply(change("K2", engine::ChangeKind::count, 1, 6));
  both.apply(change("K3", engine::ChangeKind::restore, 1));
  both.apply(model::ShipCommand{"S", "A"});
  both.apply(change("K4", engine::ChangeKind::adjust, 4));
  CHECK(both.harness.engine().broken_invariant() == "");
  CHECK(both.harness.engine().digest() == both.twin.digest());
}

TEST_CASE("stock change: an order of several SKUs takes nothing past a victim of a later row", "[engine][stock]") {
  Both both;
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}};
  load.products = {{"S1", ""}, {"S2", ""}};
  load.stock = {{1, 0, 0}, {2, 1, 0}, {1, 0, 1}, {1, 1, 1}};
  both.apply(load);
  const auto line = [](std::uint32_t sku, std::uint32_t number) {
    return engine::OrderLine{.quantity = 1, .sku = SkuId{sku}, .line = engine::LineNumber{number}};
  };
  model::OrderCommand earlier{.id = "earlier", .texts = {}}, whole{.id = "whole", .policy = engine::Policy::ship_complete, .texts = {}};
  earlier.lines = {line(2, 1)};
  whole.lines = {line(1, 1), line(2, 2)};
  both.apply(earlier);
  both.apply(whole);
  // Both lose what they have in W1; W2 has one unit of each SKU, and that of the second is due to the earlier order.
  both.apply(model::ChangeCommand{"K", engine::ChangeKind::adjust, "", {{-1, 0, SkuId{1}, WarehouseId{1}, 0}, {-2, 0, SkuId{2}, WarehouseId{1}, 0}}});
  CHECK(both.harness.engine().broken_invariant() == "");
  both.apply(model::ReceiptCommand{"R", {{1, SkuId{2}, WarehouseId{1}, 0}}});
  CHECK(both.harness.engine().broken_invariant() == "");
  CHECK(both.harness.engine().digest() == both.twin.digest());
}

TEST_CASE("stock change: the newest hold loses before older ones and all reservations, and gives back only what it has left", "[engine][stock][holds]") {
  Both both;
  both.apply(one_sku(20));
  const auto hold = [](std::string id, std::int64_t first, std::int64_t second) {
    model::HoldCommand command{.id = std::move(id), .ttl_us = 3'600'000'000};
    command.lines = {{.quantity = first, .sku = SkuId{1}, .line = engine::LineNumber{1}}, {.quantity = second, .sku = SkuId{1}, .line = engine::LineNumber{2}}};
    return command;
  };
  both.apply(hold("oldest", 2, 2));
  both.apply(order("A", 5));
  both.apply(hold("newest", 3, 4));
  both.apply(hold("gone", 1, 1));
  both.apply(model::ReleaseCommand{"X0", "gone"});
  // Four are available; newest loses its second line and one of the first, and then all of its rest and one of oldest.
  CHECK(both.apply(change("K1", engine::ChangeKind::adjust, -9)).find("lost by hold 'newest'") != std::string::npos);
  both.apply(change("K2", engine::ChangeKind::count, 8, 11));
  // A reservation goes only when no hold has anything left.
  const std::string last = both.apply(change("K3", engine::ChangeKind::adjust, -4));
  CHECK(last.find("lost by hold 'oldest'") < last.find("lost by 'A'"));
  CHECK(both.harness.engine().broken_invariant() == "");
  both.apply(change("K4", engine::ChangeKind::adjust, 3));
  both.apply(model::ReleaseCommand{"X1", "newest"});
  both.apply(model::ConfirmCommand{.hold_id = "oldest", .order = {.id = "O", .texts = {}, .lines = {}}});
  both.apply(order("B", 1));
  CHECK(both.harness.engine().broken_invariant() == "");
  CHECK(both.harness.engine().digest() == both.twin.digest());
  engine::Engine restored(test::small_capacity(), 1);
  both.harness.replay_into(restored, both.harness.records());
  CHECK(restored.broken_invariant() == "");
  CHECK(restored.digest() == both.twin.digest());
}

TEST_CASE("stock change: victims that do not fit one record are refused whole, less at a time is taken", "[engine][stock][limits]") {
  engine::Capacity capacity = test::small_capacity();
  capacity.ring_bytes = 1U << 20;
  test::Harness harness(capacity);
  std::uint64_t content = 0;
  harness.apply(one_sku(1000), ++content, now);
  for (int number = 0; number < 1000; ++number) {
    model::OrderCommand command = order("o" + std::to_string(number), 1);
    command.texts.customer = std::string(500, 'c');
    harness.apply(command, ++content, now);
  }
  const std::size_t records = harness.records();
  const std::string digest = harness.engine().digest();
  CHECK(harness.apply(change("K1", engine::ChangeKind::count, 0, 1000), ++content, now).find("error too_many_lines row 0") != std::string::npos);
  CHECK(harness.records() == records);
  CHECK(harness.engine().digest() == digest);
  REQUIRE(harness.engine().broken_invariant() == "");
  for (int part = 0; part < 4; ++part) {
    const std::string answer = harness.apply(change("A" + std::to_string(part), engine::ChangeKind::adjust, -250), ++content, now);
    REQUIRE(answer.find("change 'A") != std::string::npos);
    REQUIRE(harness.engine().broken_invariant() == "");
  }
  engine::Engine restored(capacity, 1);
  harness.replay_into(restored, harness.records());
  CHECK(restored.digest() == harness.engine().digest());
}

TEST_CASE("stock change: no place left in the queues is refused whole", "[engine][stock][limits]") {
  engine::Capacity capacity = test::small_capacity();
  capacity.waiting_lines = 3;
  test::Harness harness(capacity);
  std::uint64_t content = 0;
  harness.apply(one_sku(5), ++content, now);
  for (int number = 0; number < 5; ++number) harness.apply(order("o" + std::to_string(number), 1), ++content, now);
  const std::size_t records = harness.records();
  CHECK(harness.apply(change("K1", engine::ChangeKind::adjust, -4), ++content, now).find("error overloaded") != std::string::npos);
  CHECK(harness.records() == records);
  REQUIRE(harness.engine().broken_invariant() == "");
  CHECK(harness.apply(change("K1", engine::ChangeKind::adjust, -3), ++content, now).find("change 'K1'") != std::string::npos);
  REQUIRE(harness.engine().broken_invariant() == "");
}
