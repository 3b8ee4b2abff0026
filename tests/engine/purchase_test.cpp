// Purchase orders at the engine: what views show of them, ids beyond the horizon, a restart anywhere, the limits of one command.
#include <catch2/catch.hpp>

#include "tests/engine/pair.hpp"

namespace {

using namespace earmark;
using engine::SkuId;
using engine::WarehouseId;

struct Pair : test::Pair {
  Pair() { say("load LON=1 BHM=2 MAN=3 | X Y | X:10@LON Y:10@LON"); }

  engine::CellCounters counters(std::uint16_t warehouse) const {
    engine::Engine restored(test::small_capacity(), 1);
    harness.replay_into(restored, harness.records());
    return restored.view().counters(SkuId{1}, WarehouseId{warehouse});
  }
  bool knows(const std::string& id) const { return state().purchase(id) != nullptr; }
};

engine::PurchaseLine line_of(std::uint32_t number) {
  return {.quantity = 1, .line = engine::LineNumber{number}, .sku = SkuId{1}, .warehouse = WarehouseId{1}};
}

}  // namespace

TEST_CASE("purchases: what is open is incoming from approved on, beside what is in transit", "[engine][purchases]") {
  Pair pair;
  const struct {
    const char* event;
    engine::Quantity on_hand, unavailable, available, incoming;  // of X in BHM
  } expected[] = {
      {"purchase P ACME draft X:9@BHM Y:5@BHM X:2@BHM X:50@MAN", 0, 0, 0, 0},
      {"transfer T LON BHM X:3", 0, 0, 0, 3},
      {"step S1 P approve", 0, 0, 0, 14},
      {"step S2 P send", 0, 0, 0, 14},
      {"step S3 P acknowledge 1:12 3:1", 0, 0, 0, 16},
      {"delivery R1 P 1:4/1 1:2", 7, 1, 6, 9},
      {"delivery R2 P 3:3 over", 10, 1, 9, 8},  // 2 over
      {"arrive U T", 13, 1, 12, 5},
      {"step S4 P acknowledge 1:10 3:-1", 13, 1, 12, 3},
      {"purchase Q ACME sent X:7@BHM", 13, 1, 12, 10},
      {"step S5 Q cancel", 13, 1, 12, 3},
      {"step S6 P close", 13, 1, 12, 0},
      {"purchase D ACME draft X:7@BHM", 13, 1, 12, 0},
      {"step S7 D cancel", 13, 1, 12, 0},
      {"purchase A ACME approved X:7@BHM", 13, 1, 12, 7},
      {"step S8 A acknowledge 1:0", 13, 1, 12, 0},
      {"purchase B ACME approved X:7@BHM", 13, 1, 12, 7},
      {"delivery R3 B 1:2", 15, 1, 14, 5},
      {"step S9 B acknowledge 1:2", 15, 1, 14, 0},
  };
  for (const auto& row : expected) {
    INFO(row.event);
    REQUIRE(pair.say(row.event).decided());
    const engine::CellCounters cell = pair.counters(2);
    CHECK(cell.on_hand == row.on_hand);
    CHECK(cell.unavailable == row.unavailable);
    CHECK(cell.available == row.available);
    CHECK(cell.reserved == 0);
    CHECK(cell.incoming == row.incoming);
  }
  CHECK(pair.counters(3).incoming == 0);
}

TEST_CASE("purchases: an open one keeps its id beyond the horizon, a closed one does not", "[engine][purchases][ids]") {
  Pair pair;
  pair.say("purchase OPEN ACME draft X:4@BHM");
  for (const std::string id : {"A", "B", "C"}) pair.say("purchase " + id + " ACME sent X:4@BHM");
  pair.say("step SA A cancel");
  pair.say("delivery RB B");
  pair.say("step SC C acknowledge 1:0");
  CHECK(pair.say("delivery RB2 B").error.code == engine::ErrorCode::purchase_closed);
  pair.forget(pair.last() + 1);
  CHECK(pair.knows("OPEN"));
  for (const std::string id : {"A", "B", "C"}) {
    CHECK_FALSE(pair.knows(id));
    CHECK(pair.say("delivery R " + id).error.code == engine::ErrorCode::unknown_purchase);
  }
  CHECK(pair.say("purchase OPEN ACME draft X:1@BHM").error.code == engine::ErrorCode::duplicate_purchase);
  CHECK(pair.say("step S1 OPEN approve").decided());
  CHECK(pair.say("delivery R1 OPEN 1:1").decided());
  CHECK(pair.say("delivery R2 OPEN").decided());
  CHECK_FALSE(pair.knows("OPEN"));  // it was decided before the horizon: the id goes with it
  CHECK(pair.say("step S2 OPEN close").error.code == engine::ErrorCode::unknown_purchase);
  CHECK(pair.say("purchase OPEN ACME sent X:1@BHM").decided());
}

TEST_CASE("purchases: each way to end one lets its id go that was decided before the horizon", "[engine][purchases][ids]") {
  for (const std::string event : {"step S P close", "step S P cancel", "step S P acknowledge 1:0", "delivery S P"}) {
    Pair pair;
    pair.say("purchase P ACME sent X:4@BHM");
    pair.forget(pair.last() + 1);
    INFO(event);
    REQUIRE(pair.say(event).decided());
    CHECK_FALSE(pair.knows("P"));
    CHECK(pair.say("purchase P ACME sent X:9@BHM").decided());
  }
}

TEST_CASE("purchases: a restart anywhere gives the same state, and finishes a delivery's fills", "[engine][restore][purchases]") {
  Pair pair;
  pair.say("purchase D ACME draft X:3@LON");
  pair.say("purchase P ACME approved X:20@BHM=5 Y:30@MAN ref=R");
  for (const std::string id : {"A", "B", "C"}) pair.say("order " + id + " X:9 Y:8");
  pair.say("step S1 P send");
  pair.say("step S2 P acknowledge 2:16=7 ref=V");
  pair.say("delivery R1 P 1:9/1 2:3 1:2");
  pair.say("delivery R2 P 2:13/1");
  pair.say("step S3 P close");
  pair.say("step S4 D approve");
  REQUIRE(pair.harness.records() > 15);
  pair.restart_anywhere();
}

TEST_CASE("purchases: as many lines and rows as a command may have, and one more", "[engine][purchases]") {
  Pair pair;
  model::PlacePurchaseCommand place{.id = "P", .vendor = std::string(64, 'v'), .state = engine::PurchaseState::sent};
  place.reference = place.notes = std::string(512, 'n');
  for (std::uint32_t number = 1; number <= 4097; ++number) place.lines.push_back(line_of(number));
  CHECK(pair.apply(place).error.code == engine::ErrorCode::too_many_lines);
  place.lines.pop_back();
  REQUIRE(pair.apply(place).decided());
  model::MovePurchaseCommand move{.command_id = "S", .purchase_id = "P", .step = engine::PurchaseStep::acknowledge};
  for (std::uint32_t number = 1; number <= 4097; ++number) move.rows.push_back({.quantity = 2, .line = engine::LineNumber{number}});
  CHECK(pair.apply(move).error.code == engine::ErrorCode::too_many_lines);
  move.rows.pop_back();
  REQUIRE(pair.apply(move).decided());
  model::ReceivePurchaseCommand receive{.id = "R", .purchase_id = "P"};
  for (std::uint32_t number = 1; number <= 4097; ++number) receive.rows.push_back({1, 0, engine::LineNumber{number}, 0});
  CHECK(pair.apply(receive).error.code == engine::ErrorCode::too_many_lines);
  receive.rows.pop_back();
  CHECK(pair.apply(receive).decided());
  CHECK(pair.say("step S2 P close").decided());
}
