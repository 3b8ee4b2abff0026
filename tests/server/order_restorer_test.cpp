// Orders that come back on two threads are those that come back one by one.
#include <catch2/catch.hpp>

#include <string>
#include <vector>

#include "server/order_restorer.hpp"

namespace {

using namespace earmark;
using engine::LineNumber;
using engine::Lsn;
using engine::SkuId;
using engine::WarehouseId;

constexpr std::uint32_t skus = 40;
constexpr std::uint16_t warehouses = 3;

engine::Capacity small() {
  engine::Capacity capacity;
  capacity.skus = skus;
  capacity.warehouses = warehouses;
  capacity.command_ids = 1U << 16;
  capacity.order_bytes = 512ULL << 20;
  capacity.waiting_lines = 200'000;
  return capacity;
}

// A catalogue, and in each cell as many units as there are orders that have one of it.
void begin(engine::Engine& engine, std::uint32_t orders) {
  std::vector<engine::LoadedWarehouse> places;
  const std::string names[] = {"A", "B", "C"};
  for (std::uint16_t id = 1; id <= warehouses; ++id) places.push_back({WarehouseId{id}, id, names[id - 1], ""});
  std::vector<std::string> codes;
  for (std::uint32_t id = 1; id <= skus; ++id) codes.push_back("S" + std::to_string(id));
  std::vector<engine::LoadedProduct> products;
  for (std::uint32_t id = 1; id <= skus; ++id) products.push_back({SkuId{id}, codes[id - 1], ""});
  engine.restore_base(engine::LoadDecision{false, places, products, {}});
  std::vector<engine::Quantity> units(std::size_t{skus} + 1);
  for (std::uint32_t number = 0; number < orders; ++number) ++units[number % skus + 1];
  for (std::uint32_t id = 1; id <= skus; ++id) {
    engine.restore_base(engine::CellImage{.sku = SkuId{id}, .warehouse = WarehouseId{1}, .on_hand = units[id], .lsn = Lsn{1}});
  }
}

// Of all kinds: lines that wait anywhere and in one place, reserved in part, of three policies, with times, promises and a raise.
template <class Use>
void with_order(std::uint32_t number, Use use) {
  const Lsn lsn{std::uint64_t{number} * 2 + 10};
  const std::uint32_t sku = number % skus + 1;
  const engine::Quantity waits = 1 + number % 7;
  engine::LineImage lines[3] = {{LineNumber{1}, SkuId{sku}, 1 + waits, waits, {}, 1},
                                {LineNumber{2}, SkuId{(sku * 7) % skus + 1}, 2, 2, WarehouseId{static_cast<std::uint16_t>(number % 4)}, 0},
                                {LineNumber{9}, SkuId{(sku * 11) % skus + 1}, 5, 0, {}, 0}};
  const engine::AllocationImage taken{1, 0, WarehouseId{1}, 1};
  const engine::PromiseImage promise{.first = engine::TimeUs{500}, .told = engine::TimeUs{900}, .line_index = 1};
  const engine::RaiseImage raise{lsn + 1, 1, 1};
  const std::string id = "order-" + std::to_string(number);
  engine::OrderImage order;
  order.lsn = lsn, order.time = engine::TimeUs{5}, order.id = id, order.content = number;
  order.status = engine::OrderStatus::backordered;
  order.policy = number % 5 == 0 ? engine::Policy::ship_complete : number % 5 == 1 ? engine::Policy::line_complete : engine::Policy::ship_partial;
  order.priority = engine::Priority{static_cast<std::uint8_t>(number % 3)};
  order.next_shipment = 2;
  order.texts.customer = number % 2 == 0 ? "customer" : "";
  if (number % 11 == 0) order.cancel_after = engine::TimeUs{1'000'000 + number};
  if (number % 13 == 0) order.promises = {&promise, 1};
  if (number % 17 == 0) order.raises = std::as_bytes(std::span(&raise, 1));
  // All or nothing has nothing yet.
  std::size_t allocations = 1;
  if (order.policy == engine::Policy::ship_complete || order.policy == engine::Policy::line_complete) {
    lines[0].quantity = lines[0].waiting = waits + 1;
    lines[0].allocations = 0;
    allocations = 0;
  }
  order.lines = lines;
  order.allocations = {&taken, allocations};
  use(order);
}

std::string end(engine::Engine& engine) {
  engine.restore_base_finished(Lsn{1'000'000}, Lsn{1});
  engine.restore_finished();
  return engine.digest();
}

}  // namespace

TEST_CASE("order restorer: two threads make of the orders what one does, however many there are", "[server][recovery]") {
  constexpr auto at_once = static_cast<std::uint32_t>(server::OrderRestorer::orders_at_once);
  const std::uint32_t orders = GENERATE_COPY(values<std::uint32_t>({0, 1, at_once - 1, at_once, at_once + 1, 40 * at_once, 40 * at_once + 77}));
  engine::Engine one(small(), 1), two(small(), 1);
  begin(one, orders);
  begin(two, orders);
  server::OrderRestorer restorer(two);
  for (std::uint32_t number = 0; number < orders; ++number) {
    with_order(number, [&](const engine::OrderImage& order) {
      one.restore_base(order);
      restorer.add(order);
    });
  }
  restorer.finish();
  restorer.finish();  // nothing more came
  CHECK(one.shared().next_due_us.load() == two.shared().next_due_us.load());
  CHECK(one.shared().blocks.owed() == two.shared().blocks.owed());
  for (std::uint32_t id = 1; id <= skus; ++id) CHECK(one.view().backordered(SkuId{id}) == two.view().backordered(SkuId{id}));
  CHECK(end(one) == end(two));
  CHECK(one.broken_invariant() == two.broken_invariant());
}

TEST_CASE("order restorer: it can be left in the middle, as when a record turns out to be damaged", "[server][recovery]") {
  const std::uint32_t orders = GENERATE(3U, 700U, 9'000U);
  engine::Engine engine(small(), 1);
  begin(engine, orders);
  {
    server::OrderRestorer restorer(engine);
    for (std::uint32_t number = 0; number < orders; ++number) {
      with_order(number, [&](const engine::OrderImage& order) { restorer.add(order); });
    }
  }
  SUCCEED("its thread has ended");
}
