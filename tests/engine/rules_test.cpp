// Reorder rules at the engine: a restart from the journal or from a state image goes on as if there had been none, orders that receiving threads take
// alone, what they cost, the limits of one command.
#include <catch2/catch.hpp>

#include "tests/engine/pair.hpp"

namespace {

using namespace earmark;
using engine::SkuId;
using engine::WarehouseId;

struct Pair : test::Pair {
  Pair() { say("load LON=1 BHM=2 MAN=3 | X Y Z | X:12@LON Y:9@LON"); }

  std::uint64_t triggered() { return harness.engine().settler().counters().rules_triggered.get(); }
  std::uint64_t messages() { return harness.engine().settler().counters().messages.get(); }
};

// What waits for its time when the engine starts again: a cut-off, a snooze, a rule that waits for its purchase order, one that waits for a clearance.
constexpr std::string_view before_the_start[] = {
    "rules ACME=5/1 BOLT=2 | X:ACME Y:ACME=3 Z:BOLT | X@LON:auto-po:5+10 Y@LON:suggest:20+4,max=4 Z@LON:alert:4+1 X@BHM:suggest:2+5,lead=9 Y@BHM:suggest:0+2 | X@BHM=70000",
    "at 100 adjust K1 X:-8@LON",
    "at 200 step S1 reorder-3 approve",
    "at 300 rules | | Y@MAN:suggest:1+1",
    "at 400 adjust K2 X:-4@LON",
    "at 500 receive R1 Z:5@LON",
    "at 600 adjust K3 Z:-2@LON",
};
constexpr std::string_view behind_it[] = {
    "at 700 adjust K4 X:-1@LON",       "at 59999 receive R2 Y:1@LON",     "at 60000 receive R3 Z:1@MAN", "at 69999 receive R4 Z:1@MAN",
    "at 70000 receive R5 Z:1@MAN",     "at 80000 delivery R6 reorder-3",  "rules ACME BOLT | Y:BOLT | ", "at 90000 receive R7 Z:3@LON",
    "at 95000 adjust K5 Y:-4@LON",     "rules ACME=-",                    "rules BOLT | | X@MAN:auto-po:0+1,of=BOLT",
};

// The same commands for the pair and for an engine that has started again: from then on they decide the same.
void goes_on(Pair& pair, test::Harness& again) {
  const std::size_t before = pair.harness.records();
  REQUIRE(again.engine().broken_invariant() == "");
  for (std::string_view event : behind_it) {
    INFO(event);
    std::string_view words = event;
    const engine::TimeUs now = model::take_time(words, pair.state().time);
    const model::Command command = model::parse(words, pair.codes());
    const std::uint64_t content = model::content_of(command);
    const model::Answer answer = pair.say(event);
    CHECK(again.apply(command, content, now) == model::describe(answer));
    const model::Questions questions = model::all_questions(pair.state());
    CHECK(again.ask(questions, now) == model::answers(pair.state(), questions, now));
    CHECK(again.engine().broken_invariant() == "");
  }
  REQUIRE(again.records() == pair.harness.records() - before);
  REQUIRE(again.records() > std::size(behind_it) + 5);
  for (std::size_t index = 0; index < again.records(); ++index) CHECK(again.record(index) == pair.harness.record(before + index));
  CHECK(again.engine().digest() == pair.twin().digest());
}

// From what the twin knows, as the state store would have it. There is no order among it.
void start_from(const model::State& state, engine::Engine& engine) {
  engine::LoadDecision load;
  std::vector<engine::LoadedWarehouse> warehouses;
  std::vector<engine::LoadedProduct> products;
  for (std::uint16_t id = 1; id <= state.warehouses.size(); ++id) {
    const model::Warehouse& each = state.warehouses[id - 1u];
    warehouses.push_back({WarehouseId{id}, each.priority, each.code, each.name});
  }
  for (std::uint32_t id = 1; id <= state.products.size(); ++id) products.push_back({SkuId{id}, state.products[id - 1].code, "", true});
  load.warehouses = warehouses;
  load.products = products;
  engine.restore_base(load);
  for (const auto& [key, cell] : state.cells) {
    engine.restore_base(engine::CellImage{.sku = key.first, .warehouse = key.second, .on_hand = cell.on_hand, .level = cell.available(),
                                          .opening_plus_one = cell.opening_set ? cell.opening + 1 : 0});
  }
  for (const auto& [code, vendor] : state.vendors) {
    const auto late = state.lateness.find(code);
    const model::Lateness of = late == state.lateness.end() ? model::Lateness{} : late->second;
    engine.restore_base(engine::VendorImage{code, vendor.name, vendor.lead_days, vendor.cut_off, vendor.listed, of.arrivals, of.late_us});
  }
  for (const auto& [sku, sellers] : state.sellers) {
    for (const auto& [code, days] : sellers) engine.restore_base(engine::SourceImage{sku, code, days});
  }
  for (const auto& [key, rule] : state.rules) engine.restore_base(engine::RuleImage{rule.set, rule.vendor, rule.triggered, rule.purchase});
  for (const auto& [lsn, purchase] : state.purchases) {
    if (purchase.is_closed()) continue;
    std::vector<engine::PurchaseLineState> lines;
    for (const model::PurchaseLine& line : purchase.lines) {
      lines.push_back({.promised = line.promised, .first_promised = line.first_promised, .expected = line.expected, .received = line.received,
                       .line = line.number, .sku = line.sku, .quantity = line.ordered, .warehouse = line.warehouse});
    }
    engine.restore_base(engine::PurchaseImage{.lsn = lsn, .id = purchase.id, .vendor = purchase.vendor, .reference = {}, .notes = {}, .state = purchase.state,
                                              .closes = purchase.closes, .automatic = purchase.automatic, .lines = lines});
  }
  for (const auto& [key, known] : state.known) {
    if (key.first == engine::IdSpace::purchase && !state.purchase(key.second)->is_closed()) continue;
    engine.restore_base(engine::KnownImage{.space = key.first, .identity = engine::identify(key.first, key.second), .content = known.content, .lsn = known.first.stamp.lsn});
  }
  engine.restore_base_finished(state.lsn, state.oldest_known);
  engine.restore_finished();
}

engine::RuleRow rule_of(std::uint32_t sku, std::uint16_t warehouse) {
  return {.point = 1, .quantity = 1, .sku = SkuId{sku}, .warehouse = WarehouseId{warehouse}, .mode = engine::RuleMode::alert};
}

}  // namespace

TEST_CASE("rules: a start from the journal goes on as if there had been none", "[engine][restore][rules]") {
  Pair pair;
  for (const std::string_view event : before_the_start) REQUIRE(pair.say(event).decided());
  test::Harness again(test::small_capacity());
  pair.harness.replay_into(again.engine(), pair.harness.records());
  goes_on(pair, again);
  pair.restart_anywhere();
}

TEST_CASE("rules: a start from a state image goes on as if there had been none", "[engine][restore][rules]") {
  Pair pair;
  for (const std::string_view event : before_the_start) REQUIRE(pair.say(event).decided());
  test::Harness again(test::small_capacity());
  start_from(pair.state(), again.engine());
  goes_on(pair, again);
}

TEST_CASE("rules: an order that a receiving thread takes alone brings a rule to its line", "[engine][rules]") {
  Pair pair;
  pair.say("rules | | X@LON:alert:5+1 Y@LON:alert:4+1 Y@BHM:alert:6+1,pooled");
  REQUIRE(pair.triggered() == 0);
  const std::uint64_t messages = pair.messages(), alone = pair.harness.desk().fast_orders.get();
  pair.say("order A X:6");
  CHECK(pair.triggered() == 0);
  CHECK(pair.harness.desk().fast_orders.get() == alone + 1);
  pair.say("order B X:1 Y:2");
  CHECK(pair.triggered() == 1);
  pair.say("order C X:1");
  CHECK(pair.triggered() == 1);  // it has told
  pair.say("order D Y:1");
  CHECK(pair.triggered() == 2);  // of all warehouses together
  pair.say("order E Y:2");
  CHECK(pair.triggered() == 3);
  CHECK(pair.harness.desk().fast_orders.get() == alone + 5);
  CHECK(pair.messages() > messages);
}

TEST_CASE("rules: orders away from every line cost the settler nothing, however many rules there are", "[engine][rules]") {
  model::LoadCommand load;
  for (std::uint16_t number = 1; number <= 4; ++number) load.warehouses.push_back({"W" + std::to_string(number), "", number});
  for (std::uint32_t number = 1; number <= 9; ++number) {
    load.products.push_back({"S" + std::to_string(number), "", {}});
    for (std::uint32_t warehouse = 0; warehouse < 4; ++warehouse) load.stock.push_back({1'000'000, number - 1, warehouse});
  }
  test::Harness harness(test::small_capacity());
  const auto apply = [&](const model::Command& command) { harness.apply(command, model::content_of(command), engine::TimeUs{1}); };
  apply(load);
  model::SetRulesCommand set;
  for (std::uint32_t sku = 1; sku <= 9; ++sku) {
    for (std::uint16_t warehouse = 1; warehouse <= 4; ++warehouse) set.rules.push_back(rule_of(sku, warehouse));
  }
  apply(set);
  const std::uint64_t messages = harness.engine().settler().counters().messages.get();
  for (std::uint32_t number = 0; number < 500; ++number) {
    model::OrderCommand order{.id = "o" + std::to_string(number), .texts = {}};
    for (std::uint32_t line = 1; line <= 9; ++line) {
      order.lines.push_back({.quantity = 3, .sku = SkuId{line}, .line = engine::LineNumber{line}, .pinned = WarehouseId{static_cast<std::uint16_t>(1 + number % 4)}});
    }
    apply(order);
  }
  CHECK(harness.desk().fast_orders.get() == 500);
  CHECK(harness.engine().settler().counters().messages.get() == messages);
  CHECK(harness.engine().broken_invariant() == "");
}

TEST_CASE("rules: as many rows as a command may have, and one more", "[engine][rules]") {
  Pair pair;
  const auto refused = [&](const model::SetRulesCommand& set) { return pair.apply(set).error.code == engine::ErrorCode::too_many_lines; };
  model::SetRulesCommand set;
  for (std::uint32_t number = 0; number < 4097; ++number) set.vendors.push_back({.code = "vendor " + std::to_string(number) + std::string(50, 'v'), .name = std::string(64, 'n')});
  CHECK(refused(set));
  set.vendors.pop_back();
  set.sources.assign(4097, {.sku = SkuId{1}, .vendor = 4096});
  CHECK(refused(set));
  set.sources.clear();
  set.rules.assign(4097, rule_of(1, 1));
  CHECK(refused(set));
  set.rules.clear();
  set.snoozes.assign(4097, {.sku = SkuId{1}, .warehouse = WarehouseId{1}});
  CHECK(refused(set));
  set.snoozes.clear();
  for (std::uint32_t number = 1; number <= 4096; ++number) set.sources.push_back({.sku = SkuId{1}, .vendor = number, .lead_days = static_cast<std::int32_t>(number % 9)});
  set.rules.assign(4096, rule_of(1, 1));
  set.rules.back().point = 2;
  set.snoozes.assign(4096, {.sku = SkuId{1}, .warehouse = WarehouseId{1}});
  const model::Answer answer = pair.apply(set);
  REQUIRE(answer.decided());
  CHECK(answer.as<model::RulesAnswer>().vendors.size() == 4096);
  CHECK(answer.as<model::RulesAnswer>().sources.size() == 4096);
  CHECK(answer.as<model::RulesAnswer>().rules.size() == 1);
}
