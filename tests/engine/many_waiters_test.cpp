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
  void order(const std::vector<std::uint32_t>& skus, engine::Policy policy) {
    model::OrderCommand order{.id = "o" + std::to_string(commands), .policy = policy, .texts = {}};
    for (const std::uint32_t sku : skus) {
      order.lines.push_back({.quantity = 1, .sku = SkuId{sku}, .line = engine::LineNumber{static_cast<std::uint32_t>(order.lines.size() + 1)}});
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

  test::Harness harness;
  std::uint32_t commands = 0;
};

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
  const Bench::Cost all = bench.receipt(1, waiters);
  CHECK(all.fills == waiters - 1);
  CHECK(bench.harness.engine().broken_invariant() == "");
  std::cout << "many waiters: a receipt beside " << waiters << " waiting lines: " << one.us << " us serving one, " << all.us / 1000
            << " ms serving " << all.fills << "\n";
}

}  // namespace
