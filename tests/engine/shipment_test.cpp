// Steps of shipments at the engine: of orders that have left memory, over a restart, with repeats.
#include <catch2/catch.hpp>

#include "engine/shipments.hpp"
#include "tests/engine/pair.hpp"

namespace {

using namespace earmark;
using engine::ShipmentStep;

model::LoadCommand two_skus() {
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}};
  load.products = {{"S1", ""}, {"S2", ""}};
  load.stock = {{10, 0, 0}, {10, 1, 0}, {1, 0, 1}};
  return load;
}

struct Pair : test::Pair {
  Pair() : test::Pair(two_skus()) {}

  model::Answer order(const std::string& id, std::vector<std::pair<std::uint32_t, std::int64_t>> lines) {
    model::OrderCommand order{.id = id, .texts = {}};
    for (const auto& [sku, units] : lines) {
      order.lines.push_back({.quantity = units, .sku = engine::SkuId{sku}, .line = engine::LineNumber{static_cast<std::uint32_t>(order.lines.size() + 1)}});
    }
    return apply(order);
  }
  model::Answer step(ShipmentStep step, const std::string& id, std::uint16_t shipment, std::vector<engine::CancelRow> rows = {}) {
    return apply(model::MoveCommand{.command_id = "m" + std::to_string(++ids_), .order_id = id, .shipment = shipment, .step = step, .rows = std::move(rows)});
  }

 private:
  std::uint64_t ids_ = 0;
};

}  // namespace

TEST_CASE("shipments: each step is allowed from the states that have it, and refused from the others with the state", "[engine][shipments]") {
  using engine::ErrorCode;
  constexpr ShipmentStep way[] = {ShipmentStep::pick, ShipmentStep::pack, ShipmentStep::ship, ShipmentStep::deliver};
  constexpr ErrorCode refusals[] = {ErrorCode::shipment_open, ErrorCode::shipment_picked, ErrorCode::shipment_packed,
                                    ErrorCode::shipment_shipped, ErrorCode::shipment_delivered};
  // By step, from pick on; a bit for each state, from open on.
  constexpr unsigned allowed[] = {0b00001, 0b00010, 0b00100, 0b01000, 0b00110, 0b11111, 0b11000};
  for (std::size_t state = 0; state < 5; ++state) {
    for (std::size_t which = 0; which < 7; ++which) {
      Pair pair;
      pair.order("A", {{1, 3}});
      for (std::size_t done = 0; done < state; ++done) REQUIRE(pair.step(way[done], "A", 1).decided());
      model::MoveCommand move{.command_id = "step", .order_id = "A", .shipment = 1, .step = static_cast<ShipmentStep>(which + 1), .carrier = "UPS"};
      const model::Answer answer = pair.apply(move);
      INFO("state " << state << ", step " << which + 1);
      CHECK(answer.error.code == ((allowed[which] >> state & 1) != 0 ? ErrorCode::none : refusals[state]));
    }
  }
}

TEST_CASE("shipments: what is done with an order that has left memory stays until the archive has it", "[engine][archive][shipments]") {
  Pair pair;
  pair.order("A", {{1, 6}});
  REQUIRE(pair.step(ShipmentStep::pick, "A", 1).decided());
  REQUIRE(pair.step(ShipmentStep::pack, "A", 1).decided());
  REQUIRE(pair.step(ShipmentStep::ship, "A", 1).decided());
  pair.archive("A");
  const engine::Lsn archived = pair.last();
  CHECK(pair.harness.engine().settler().counters().archived_orders.get() == 1);
  REQUIRE(pair.step(ShipmentStep::deliver, "A", 1).decided());
  CHECK(pair.step(ShipmentStep::deliver, "A", 1).error.code == engine::ErrorCode::shipment_delivered);
  REQUIRE(pair.step(ShipmentStep::give_back, "A", 1, {{4, engine::LineNumber{1}, 0}}).decided());
  CHECK(pair.step(ShipmentStep::give_back, "A", 1, {{3, engine::LineNumber{1}, 0}}).error.code == engine::ErrorCode::not_enough);
  const engine::Lsn decided = pair.state().orders.begin()->first;
  REQUIRE(pair.harness.engine().settler().kept_order(decided) != nullptr);

  // A message of before the change does not let go of it; the one behind it does, and the archive has it then.
  const auto tell = [&](engine::Lsn through) {
    pair.harness.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{{}, through}, engine::TimeUs{100}));
  };
  tell(archived);
  REQUIRE(pair.harness.engine().settler().kept_order(decided) != nullptr);
  pair.kept.keep_changed(pair.harness.engine(), decided);
  tell(pair.last());
  CHECK(pair.harness.engine().settler().kept_order(decided) == nullptr);
  CHECK(pair.step(ShipmentStep::give_back, "A", 1, {{3, engine::LineNumber{1}, 0}}).error.code == engine::ErrorCode::not_enough);
  CHECK(pair.step(ShipmentStep::give_back, "A", 1, {{2, engine::LineNumber{1}, 0}}).decided());
}

TEST_CASE("shipments: an order that is closed and changed before it is archived keeps the change", "[engine][archive][shipments]") {
  Pair pair;
  pair.order("A", {{1, 6}});
  pair.apply(model::ShipCommand{"s", "A"});
  const engine::Identity identity = engine::identify(engine::IdSpace::order, "A");
  pair.kept.keep(pair.harness.engine(), identity);  // the archive has it as it was then
  const engine::Lsn through = pair.last();
  REQUIRE(pair.step(ShipmentStep::give_back, "A", 1, {{6, engine::LineNumber{1}, 0}}).decided());
  const std::vector<engine::Identity> identities{identity};
  pair.harness.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, through}, engine::TimeUs{100}));
  CHECK(pair.step(ShipmentStep::give_back, "A", 1).error.code == engine::ErrorCode::not_enough);
}

TEST_CASE("shipments: a restart in the middle of anything gives the same state, and finishes a short pick's fills", "[engine][restore][shipments]") {
  Pair pair;
  pair.order("A", {{1, 8}, {2, 4}});
  pair.order("B", {{2, 3}});
  pair.order("C", {{1, 2}});
  REQUIRE(pair.step(ShipmentStep::pick, "B", 1).decided());
  // 5 of 8 found: C loses 2, A itself 1 of the rest, and both get what W2 has.
  REQUIRE(pair.step(ShipmentStep::pick, "A", 1, {{5, engine::LineNumber{1}, 0}}).decided());
  REQUIRE(pair.step(ShipmentStep::put_back, "B", 1).decided());
  REQUIRE(pair.step(ShipmentStep::pack, "A", 1).decided());
  REQUIRE(pair.step(ShipmentStep::ship, "A", 1).decided());
  REQUIRE(pair.step(ShipmentStep::give_back, "A", 1, {{2, engine::LineNumber{1}, 0}}).decided());
  pair.restart_anywhere();
}

TEST_CASE("shipments: a plain order costs no memory for its shipment", "[engine][shipments]") {
  Pair pair;
  pair.order("A", {{1, 3}});
  engine::SharedState& shared = pair.harness.engine().shared();
  engine::WriteSet none(1);
  const auto* order = shared.blocks.at<engine::OrderState>(shared.ids.find(none, engine::identify(engine::IdSpace::order, "A")).known);
  CHECK(order->shipments == 0);
  CHECK(engine::state_of(shared.blocks, *order, 1) == engine::ShipmentState::open);
  CHECK(engine::revision_of(shared.blocks, *order, 1) == 1);
  pair.apply(model::ShipCommand{"s", "A"});
  CHECK(order->shipments == 0);
  CHECK(engine::state_of(shared.blocks, *order, 1) == engine::ShipmentState::shipped);
}
