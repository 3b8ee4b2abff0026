// Lines that wait have no room for what they will be served with in their order's block: it is owed to them, so that new commands leave it.
#include <catch2/catch.hpp>

#include "tests/engine/harness.hpp"

namespace {

using namespace earmark;
using engine::BlockCache;
using engine::BlockStore;
using engine::LineNumber;
using engine::SkuId;
using engine::WarehouseId;

constexpr std::uint64_t room = sizeof(engine::MoreAllocations);

class Shop {
 public:
  Shop() {
    model::LoadCommand load;
    load.warehouses = {{"A", "", 1}, {"B", "", 2}};
    load.products = {{"X", "", {}}, {"Y", "", {}}};
    load.stock = {{.on_hand = 4, .product = 1, .warehouse = 0}};
    send(load);
  }
  std::string send(const model::Command& command) {
    ++commands_;
    return harness_.apply(command, commands_, engine::TimeUs{static_cast<std::int64_t>(commands_)});
  }
  void order(const std::string& id, std::vector<std::pair<std::uint32_t, std::int64_t>> lines, engine::Policy policy = engine::Policy::ship_partial) {
    model::OrderCommand order{.id = id, .policy = policy, .texts = {}};
    for (const auto& [sku, quantity] : lines) {
      order.lines.push_back({.quantity = quantity, .sku = SkuId{sku}, .line = LineNumber{static_cast<std::uint32_t>(order.lines.size()) + 1}});
    }
    send(order);
  }
  void receive(const std::string& id, std::uint32_t sku, std::int64_t quantity, std::uint16_t warehouse) {
    send(model::ReceiptCommand{id, {{.quantity = quantity, .sku = SkuId{sku}, .warehouse = WarehouseId{warehouse}}}});
  }
  std::uint64_t owed() { return harness_.engine().shared().blocks.owed() / room; }
  test::Harness& harness() { return harness_; }
  // The same state, from the records.
  std::uint64_t owed_after_a_start() {
    engine::Engine again(test::small_capacity(), 1);
    harness_.replay_into(again, harness_.records());
    CHECK(again.digest() == harness_.engine().digest());
    CHECK(again.broken_invariant() == "");
    return again.shared().blocks.owed() / room;
  }

 private:
  test::Harness harness_{test::small_capacity()};
  std::uint64_t commands_ = 0;
};

TEST_CASE("order room: who waits is owed a place for what he will get, until he has it or his order is gone", "[engine][memory]") {
  Shop shop;
  shop.order("all waits", {{1, 3}, {1, 2}});
  CHECK(shop.owed() == 2);
  shop.order("part", {{2, 6}, {1, 1}});  // 4 of the first line are there
  CHECK(shop.owed() == 3);
  CHECK(shop.owed_after_a_start() == 3);
  shop.receive("R1", 1, 2, 1);  // a part of the first line: its place is there from now on
  CHECK(shop.owed() == 2);
  shop.receive("R2", 1, 2, 2);  // the rest from elsewhere, and a part of the second
  CHECK(shop.owed() == 1);
  CHECK(shop.owed_after_a_start() == 1);
  shop.receive("R3", 1, 2, 2);
  CHECK(shop.owed() == 0);
  CHECK(shop.harness().engine().broken_invariant() == "");

  shop.order("cancelled", {{1, 5}});
  CHECK(shop.owed() == 1);
  shop.send(model::CancelCommand{"C", "cancelled", {}});
  const engine::Identity closed[] = {engine::identify(engine::IdSpace::order, "cancelled")};
  shop.harness().submit(std::make_unique<engine::Message>(engine::ArchiveOrders{closed, engine::Lsn{1'000}}, engine::TimeUs{100}));
  CHECK(shop.owed() == 0);
  CHECK(shop.harness().engine().broken_invariant() == "");
}

TEST_CASE("order room: what is owed is left to those whom it is owed to", "[engine][memory]") {
  constexpr std::uint64_t chunks = 8;
  BlockStore store((BlockCache::chunks_for_accepted + 1 + chunks) * BlockStore::chunk_bytes);
  BlockCache cache(store);
  const auto take_chunk = [&](BlockCache::For purpose) {
    bool all = true;
    for (std::size_t bytes = 0; bytes < BlockStore::chunk_bytes; bytes += BlockStore::largest) all = all && cache.allocate(BlockStore::largest, purpose) != 0;
    return all;
  };
  REQUIRE(take_chunk(BlockCache::For::new_command));
  store.owe((chunks - 1) * BlockStore::chunk_bytes);
  CHECK_FALSE(take_chunk(BlockCache::For::new_command));
  CHECK(take_chunk(BlockCache::For::accepted));
  store.owe_less(2 * BlockStore::chunk_bytes);
  CHECK(take_chunk(BlockCache::For::new_command));
  CHECK_FALSE(take_chunk(BlockCache::For::new_command));
}

TEST_CASE("blocks: sizes are multiples of 16 bytes, then powers of two, and names fit 32 bits", "[engine][memory]") {
  for (std::size_t bytes = 1; bytes <= BlockStore::largest; bytes = bytes < 600 ? bytes + 1 : bytes * 3 / 2) {
    const std::size_t size = BlockStore::class_bytes(BlockStore::class_of(bytes));
    INFO(bytes);
    CHECK(size >= bytes);
    CHECK((bytes <= 512 ? size < bytes + 16 : size < 2 * bytes));
    CHECK(size % BlockStore::unit == 0);
  }
  CHECK(BlockStore::class_of(BlockStore::largest) + 1 == BlockStore::classes);
  CHECK(BlockStore::most_bytes >= engine::Capacity{}.order_bytes);
}

}  // namespace
