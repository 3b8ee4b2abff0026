// Transfers at the engine: what views show of them, ids beyond the horizon, a restart anywhere, the limits of one command.
#include <catch2/catch.hpp>

#include "tests/engine/pair.hpp"

namespace {

using namespace earmark;
using engine::Lsn;
using engine::SkuId;
using engine::WarehouseId;

model::LoadCommand three_warehouses() {
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}, {"W3", "", 3}};
  load.products = {{"S1", ""}, {"S2", ""}};
  load.stock = {{10, 0, 0}, {10, 1, 0}};
  return load;
}

struct Pair : test::Pair {
  Pair() : test::Pair(three_warehouses()) {}

  model::Answer ship(const std::string& id, std::uint16_t from, std::uint16_t to, std::vector<engine::TransferRow> rows) {
    return apply(model::ShipTransferCommand{.id = id, .source = WarehouseId{from}, .destination = WarehouseId{to}, .rows = std::move(rows)});
  }
  model::Answer receive(const std::string& command, const std::string& id, std::vector<engine::ArrivalRow> rows = {}, bool close = false) {
    return apply(model::ReceiveTransferCommand{.command_id = command, .transfer_id = id, .close = close, .rows = std::move(rows)});
  }
  bool knows(const std::string& id) const { return state().transfer(id) != nullptr; }
};

engine::CellCounters counters_after(const Pair& pair, std::size_t records, WarehouseId warehouse) {
  engine::Engine restored(test::small_capacity(), 1);
  pair.harness.replay_into(restored, records);
  return restored.view().counters(SkuId{1}, warehouse);
}

}  // namespace

TEST_CASE("transfers: what is in transit is incoming where it goes, and in no warehouse", "[engine][transfers]") {
  Pair pair;
  pair.ship("T1", 1, 2, {{4, SkuId{1}, 0}, {2, SkuId{1}, 0}});
  pair.ship("T2", 1, 3, {{3, SkuId{1}, 0}});
  pair.receive("U1", "T1", {{1, 1, SkuId{1}, 0}});
  pair.receive("U2", "T1", {{6, 0, SkuId{1}, 0}});  // 2 over
  pair.receive("U3", "T2", {{1, 0, SkuId{1}, 0}}, true);
  const struct {
    std::size_t records;
    std::uint16_t warehouse;
    engine::Quantity on_hand, unavailable, available, incoming;
  } expected[] = {{2, 1, 4, 0, 4, 0}, {2, 2, 0, 0, 0, 6}, {3, 1, 1, 0, 1, 0}, {3, 2, 0, 0, 0, 6}, {3, 3, 0, 0, 0, 3},
                  {4, 2, 2, 1, 1, 4}, {5, 2, 8, 1, 7, 0}, {5, 3, 0, 0, 0, 3},  {6, 3, 1, 0, 1, 0}};
  for (const auto& row : expected) {
    INFO("after " << row.records << " records, warehouse " << row.warehouse);
    const engine::CellCounters cell = counters_after(pair, row.records, WarehouseId{row.warehouse});
    CHECK(cell.on_hand == row.on_hand);
    CHECK(cell.unavailable == row.unavailable);
    CHECK(cell.available == row.available);
    CHECK(cell.reserved == 0);
    CHECK(cell.incoming == row.incoming);
  }
}

TEST_CASE("transfers: an open one keeps its id beyond the horizon, a closed one does not", "[engine][transfers][ids]") {
  Pair pair;
  pair.ship("OPEN", 1, 2, {{4, SkuId{1}, 0}});
  pair.ship("SHUT", 1, 2, {{1, SkuId{1}, 0}});
  pair.receive("U1", "SHUT");
  CHECK(pair.receive("U2", "SHUT").error.code == engine::ErrorCode::transfer_closed);
  pair.forget(pair.last() + 1);
  CHECK(pair.knows("OPEN"));
  CHECK_FALSE(pair.knows("SHUT"));
  CHECK(pair.receive("U2", "SHUT").error.code == engine::ErrorCode::unknown_transfer);
  CHECK(pair.ship("OPEN", 1, 2, {{1, SkuId{1}, 0}}).error.code == engine::ErrorCode::duplicate_transfer);
  CHECK(pair.receive("U3", "OPEN", {{1, 0, SkuId{1}, 0}}).decided());
  CHECK(pair.receive("U4", "OPEN").decided());
  CHECK_FALSE(pair.knows("OPEN"));  // it was decided before the horizon: the id goes with it
  CHECK(pair.receive("U5", "OPEN").error.code == engine::ErrorCode::unknown_transfer);
  CHECK(pair.ship("OPEN", 1, 3, {{1, SkuId{1}, 0}}).decided());
}

TEST_CASE("transfers: a restart anywhere gives the same state, and finishes an arrival's fills", "[engine][restore][transfers]") {
  Pair pair;
  pair.ship("T1", 1, 2, {{7, SkuId{1}, 0}, {9, SkuId{2}, 0}});
  for (const std::string id : {"A", "B", "C"}) {
    model::OrderCommand order{.id = id, .texts = {}};
    order.lines = {{.quantity = 4, .sku = SkuId{1}, .line = engine::LineNumber{1}}, {.quantity = 3, .sku = SkuId{2}, .line = engine::LineNumber{2}}};
    pair.apply(order);
  }
  pair.receive("U1", "T1", {{5, 0, SkuId{1}, 0}, {3, 1, SkuId{2}, 0}});
  pair.receive("U2", "T1", {{1, 0, SkuId{2}, 0}}, true);
  REQUIRE(pair.harness.records() > 9);
  pair.restart_anywhere();
}

TEST_CASE("transfers: as many rows as a command may have, and one more", "[engine][transfers]") {
  Pair pair;
  pair.apply(model::ReceiptCommand{"R", {{5000, SkuId{1}, WarehouseId{1}, 0}}});
  std::vector<engine::TransferRow> rows(4097, {1, SkuId{1}, 0});
  CHECK(pair.ship("T", 1, 2, rows).error.code == engine::ErrorCode::too_many_lines);
  rows.pop_back();
  REQUIRE(pair.ship("T", 1, 2, rows).decided());
  std::vector<engine::ArrivalRow> arrivals(4097, {1, 0, SkuId{1}, 0});
  CHECK(pair.receive("U", "T", arrivals).error.code == engine::ErrorCode::too_many_lines);
  arrivals.pop_back();
  CHECK(pair.receive("U", "T", arrivals).decided());
}
