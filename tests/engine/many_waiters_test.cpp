// A hundred thousand who wait: what a receipt costs beside them. Counts are asserted, times are printed.
#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

#include "tests/engine/harness.hpp"

namespace {

using namespace earmark;
using engine::SkuId;

constexpr std::uint32_t waiters = 100'000;
constexpr std::uint32_t others = 100;  // SKUs 2 .. 101; SKU 1 is wanted by all

engine::Capacity room() {
  engine::Capacity capacity = test::small_capacity();
  capacity.skus = others + 1;
  capacity.command_ids = 1U << 19;
  capacity.waiting_lines = 1U << 19;
  capacity.order_bytes = 512ULL << 20;
  return capacity;
}

class Bench {
 public:
  Bench() : harness(room()) {
    model::LoadCommand load;
    load.warehouses = {{"W", "", 1}};
    for (std::uint32_t sku = 1; sku <= others + 1; ++sku) load.products.push_back({"S" + std::to_string(sku), ""});
    send(load);
  }
  void send(const model::Command& command) {
    ++commands;
    harness.apply(command, commands, engine::TimeUs{commands});
  }
  void order(const std::vector<std::uint32_t>& skus, engine::Policy policy, engine::Priority priority = engine::Priority{100}, engine::WarehouseId pinned = {}) {
    model::OrderCommand order{.id = "o" + std::to_string(commands), .priority = priority, .policy = policy, .texts = {}};
    for (const std::uint32_t sku : skus) {
      order.lines.push_back({.quantity = 1, .sku = SkuId{sku}, .line = engine::LineNumber{static_cast<std::uint32_t>(order.lines.size() + 1)}, .pinned = pinned});
    }
    send(order);
  }
  struct Cost {
    std::uint64_t fills = 0, looked_at = 0;
    double us = 0;
  };
  Cost receipt(std::uint32_t sku, std::int64_t units) {
    const engine::SettlerCounters& counters = harness.engine().settler().counters();
    const std::uint64_t fills = counters.fills.get(), looked_at = counters.whole_orders_looked_at.get();
    const auto start = std::chrono::steady_clock::now();
    send(model::ReceiptCommand{"r" + std::to_string(commands), {{units, SkuId{sku}, engine::WarehouseId{1}, 0}}});
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    return {counters.fills.get() - fills, counters.whole_orders_looked_at.get() - looked_at, took.count()};
  }

  // SKU 1 is promised: so many units, and later more than are ever asked for here.
  void supply(std::int64_t units) {
    const auto line = [](std::uint32_t number, std::int64_t quantity, engine::TimeUs promised) {
      return engine::PurchaseLine{.quantity = quantity, .promised = promised, .line = engine::LineNumber{number}, .sku = SkuId{1}, .warehouse = engine::WarehouseId{1}};
    };
    send(model::PlacePurchaseCommand{.id = "P", .vendor = "V", .state = engine::PurchaseState::sent, .lines = {line(1, units, soon), line(2, 1'000'000, later)}});
  }
  // What the last order waits for: its place, and when it can be expected; 0: at no known date.
  std::pair<std::uint32_t, engine::TimeUs> last_wait() {
    std::pair<std::uint32_t, engine::TimeUs> told;
    harness.with_event(harness.records() - 1, [&](const schema::Event& event) {
      const auto& order = std::get<engine::OrderDecision>(event.decision);
      told = {order.waits[0].position, order.expected.empty() ? engine::TimeUs{} : order.expected[0].date};
    });
    return told;
  }
  static constexpr engine::TimeUs soon{1'000'000'000}, later{2'000'000'000};

  test::Harness harness;
  std::uint32_t commands = 0;
};

// Microseconds for one more order behind so many, with its record, its place and its date.
double us_behind(std::uint32_t ahead) {
  Bench bench;
  bench.supply(ahead);
  for (std::uint32_t index = 0; index < ahead; ++index) bench.order({1}, engine::Policy::ship_partial);
  CHECK(bench.last_wait() == std::pair(ahead, Bench::soon));
  constexpr std::uint32_t more = 1000;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint32_t index = 0; index < more; ++index) bench.order({1}, engine::Policy::ship_partial);
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  CHECK(bench.last_wait() == std::pair(ahead + more, Bench::later));
  return took.count() / more;
}

TEST_CASE("many waiters: a receipt looks at those parked on its SKU, not at all who wait for it", "[engine][queue]") {
  Bench bench;
  bench.receipt(1, 10);  // the SKU that all want is there, the others are not: everybody is parked on an other one
  for (std::uint32_t index = 0; index < waiters; ++index) bench.order({1, 2 + index % others}, engine::Policy::ship_complete);

  const Bench::Cost wanted_by_all = bench.receipt(1, 5);
  CHECK(wanted_by_all.looked_at == 0);
  CHECK(wanted_by_all.fills == 0);
  const Bench::Cost completes_one = bench.receipt(9, 1);
  CHECK(completes_one.looked_at == 1);
  CHECK(completes_one.fills == 2);

  // The SKU that all want is used up: those parked on an other one are moved over when that comes, once.
  CHECK(bench.receipt(2, 14).fills == 28);
  const Bench::Cost moves_over = bench.receipt(3, 1);
  CHECK(moves_over.looked_at == waiters / others);
  CHECK(moves_over.fills == 0);
  const Bench::Cost after = bench.receipt(3, 1);
  CHECK(after.looked_at == 0);
  // Two units of it are for the two earliest whose other SKU is there.
  const Bench::Cost comes_back = bench.receipt(1, 2);
  CHECK(comes_back.fills == 4);
  CHECK(bench.harness.engine().broken_invariant() == "");
  std::cout << "many waiters: a receipt beside " << waiters << " ship_complete orders: " << wanted_by_all.us << " us looking at none, "
            << completes_one.us << " us serving one, " << moves_over.us << " us moving " << moves_over.looked_at << " over, " << after.us
            << " us when they have moved\n";
}

TEST_CASE("many waiters: one receipt serves a hundred thousand lines", "[engine][queue]") {
  Bench bench;
  for (std::uint32_t index = 0; index < waiters; ++index) {
    bench.order({1}, index % 2 == 0 ? engine::Policy::ship_partial : engine::Policy::line_complete);
  }
  const Bench::Cost one = bench.receipt(1, 1);
  CHECK(one.fills == 1);
  bench.harness.keep_silent();
  const Bench::Cost all = bench.receipt(1, waiters);
  CHECK(all.fills == waiters - 1);
  CHECK(bench.harness.engine().broken_invariant() == "");
  std::cout << "many waiters: a receipt beside " << waiters << " waiting lines: " << one.us << " us serving one, " << all.us / 1000
            << " ms serving " << all.fills << ", " << static_cast<std::uint64_t>(static_cast<double>(all.fills) * 1e6 / all.us) << " fills/s\n";
}

TEST_CASE("many waiters: the place and the date of one more order", "[engine][queue][dates]") {
  const double behind_few = us_behind(1000), behind_many = us_behind(waiters);
  std::cout << "many waiters: an order with its place and date: " << behind_few << " us behind 1000, " << behind_many << " us behind " << waiters << "\n";
}

TEST_CASE("many waiters: behind 10,000 of a SKU with pinned lines no date is told", "[engine][queue][dates]") {
  Bench bench;
  bench.supply(9999);
  for (std::uint32_t index = 0; index < 9998; ++index) bench.order({1}, engine::Policy::ship_partial);
  bench.order({1}, engine::Policy::ship_partial, engine::Priority{200}, engine::WarehouseId{1});
  CHECK(bench.last_wait() == std::pair(1U, Bench::soon));
  bench.order({1}, engine::Policy::ship_partial);
  CHECK(bench.last_wait() == std::pair(10'000U, Bench::later));
  bench.order({1}, engine::Policy::ship_partial);
  CHECK(bench.last_wait() == std::pair(10'001U, engine::TimeUs{}));
  bench.order({1}, engine::Policy::ship_partial, engine::Priority{150});  // not so far back
  CHECK(bench.last_wait() == std::pair(2U, Bench::soon));
}

}  // namespace
