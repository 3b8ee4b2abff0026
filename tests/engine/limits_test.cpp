// At the edges of what the engine has room for: more warehouses than all sets of them can be tried, and memory, ids and queues
// that are used up. Nothing is decided by halves then, and what can still be done is done.
#include <catch2/catch.hpp>

#include "tests/engine/harness.hpp"

namespace {

using namespace earmark;
using engine::SkuId;
using engine::WarehouseId;

engine::OrderLine line(std::int64_t quantity, std::uint32_t sku, std::uint32_t number) {
  return {.quantity = quantity, .sku = SkuId{sku}, .line = engine::LineNumber{number}};
}

// Two products; in each of `warehouses` as many units of both as `units` says for it (1-based).
template <class Units>
model::LoadCommand catalogue(std::uint32_t warehouses, Units units) {
  model::LoadCommand load;
  for (std::uint32_t id = 1; id <= warehouses; ++id) load.warehouses.push_back({"W" + std::to_string(id), "", id});
  load.products = {{"X", ""}, {"Y", ""}};
  for (std::uint32_t id = 1; id <= warehouses; ++id) {
    for (std::uint32_t product = 0; product < 2; ++product) {
      load.stock.push_back({.on_hand = static_cast<std::int64_t>(units(id)), .product = product, .warehouse = id - 1});
    }
  }
  return load;
}

TEST_CASE("fewest splits: of more warehouses than can be tried in all sets, the one that covers most comes first", "[engine][sourcing]") {
  for (const std::uint32_t warehouses : {20U, 70U}) {
    INFO(warehouses);
    engine::Capacity capacity = test::small_capacity();
    capacity.warehouses = 80;
    test::Harness harness(capacity);
    harness.apply(catalogue(warehouses, [](std::uint32_t id) { return id == 18 ? 5 : id == 19 ? 4 : 1; }), 1, engine::TimeUs{1});
    model::OrderCommand order{.id = "O", .sourcing = engine::Sourcing::fewest_splits, .texts = {}};
    order.lines = {line(5, 1, 1), line(9, 2, 2)};
    harness.apply(order, 2, engine::TimeUs{2});
    harness.with_event(harness.records() - 1, [](const schema::Event& event) {
      const auto& decision = std::get<engine::OrderDecision>(event.decision);
      REQUIRE(decision.lines.size() == 2);
      CHECK(decision.lines[0].warehouse == WarehouseId{18});
      CHECK(decision.lines[0].taken == 5);
      CHECK(decision.lines[1].warehouse == WarehouseId{18});
      REQUIRE(decision.takes.size() == 1);
      CHECK(decision.takes[0].warehouse == WarehouseId{19});
      CHECK(decision.takes[0].quantity == 4);
    });
    // What no further warehouse helps with waits.
    order.id = "P";
    order.lines = {line(1000, 1, 1)};
    harness.apply(order, 3, engine::TimeUs{3});
    CHECK(harness.engine().broken_invariant() == "");
  }
}

TEST_CASE("limits: the longest order waits in every warehouse, of more than forty", "[engine][limits]") {
  constexpr std::uint32_t warehouses = 40;
  engine::Capacity capacity = test::small_capacity();
  capacity.skus = engine::max_lines;
  capacity.warehouses = warehouses;
  capacity.ring_bytes = engine::ring_bytes_for(warehouses);
  test::Harness harness(capacity);
  model::LoadCommand load = catalogue(warehouses, [](std::uint32_t) { return 0; });
  load.stock.clear();
  for (std::size_t sku = load.products.size(); sku < engine::max_lines; ++sku) load.products.push_back({"S" + std::to_string(sku), ""});
  harness.apply(load, 1, engine::TimeUs{1});
  const auto policy = GENERATE(engine::Policy::ship_partial, engine::Policy::ship_complete);
  model::OrderCommand order{.id = "O", .policy = policy, .texts = {}};
  for (std::uint32_t number = 1; number <= engine::max_lines; ++number) order.lines.push_back(line(1, number, number));
  CHECK(harness.apply(order, 2, engine::TimeUs{2}).find("backordered") != std::string::npos);
  model::ReceiptCommand receipt{"R", {}};
  for (std::uint32_t sku = 1; sku <= engine::max_lines; ++sku) receipt.rows.push_back({1, SkuId{sku}, WarehouseId{warehouses}, 0});
  harness.apply(receipt, 3, engine::TimeUs{3});
  CHECK(harness.engine().settler().counters().fills.get() == engine::max_lines);
  CHECK(harness.engine().broken_invariant() == "");
}

// Commands of each kind until each of them is told that the server is full; what was decided before still holds.
void fill_up(test::Harness& harness, std::uint64_t most) {
  harness.apply(catalogue(3, [](std::uint32_t) { return 500; }), 1, engine::TimeUs{1});
  std::uint64_t content = 2, refused[5] = {};
  const auto send = [&](std::size_t kind, const model::Command& command) {
    const std::size_t before = harness.records();
    ++content;
    const std::string answer = harness.apply(command, content, engine::TimeUs{static_cast<std::int64_t>(content)});
    const bool full = answer.find("overloaded") != std::string::npos;
    if (full) REQUIRE(harness.records() == before);
    refused[kind] += full ? 1U : 0U;
  };
  for (std::uint64_t round = 0; round < most && (refused[0] < 3 || refused[1] < 3); ++round) {
    const std::string id = std::to_string(round);
    model::OrderCommand order{.id = "o" + id, .texts = {}};
    order.texts.notes = std::string(400, 'n');
    order.lines = {line(1, 1, 1), line(1, 2, 2)};
    send(0, order);
    order.id = "w" + id;
    order.lines = {line(900'000, 1, 1)};  // waits
    send(1, order);
    if (round % 64 == 0) send(2, model::ReceiptCommand{"r" + id, {{.quantity = 1, .sku = SkuId{2}, .warehouse = WarehouseId{1}}}});
  }
  CHECK(refused[0] + refused[1] >= 3);
  for (int round = 0; round < 40; ++round) {
    const std::string id = std::to_string(round);
    send(2, model::ReceiptCommand{"late r" + id, {{.quantity = 1, .sku = SkuId{2}, .warehouse = WarehouseId{1}}}});
    send(3, model::CancelCommand{"c" + id, "o" + id, {}});
    send(4, model::ShipCommand{"s" + id, "o" + std::to_string(40 + round)});
  }
  REQUIRE(harness.engine().broken_invariant() == "");
}

TEST_CASE("used up: memory of orders, command ids, places in queues: refused whole, and nothing is broken", "[engine][limits]") {
  engine::Capacity capacity = test::small_capacity();
  SECTION("memory of orders") { capacity.order_bytes = 6U << 20; }
  SECTION("command ids") { capacity.command_ids = 1024; }
  SECTION("places in queues") { capacity.waiting_lines = 500; }
  test::Harness harness(capacity);
  fill_up(harness, 40'000);
}

}  // namespace
