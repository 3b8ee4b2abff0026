// The twin against the scenario tables, and what the tables do not show: LSNs, time, available_after, the digest, limits.
#include "tests/model/twin.hpp"

#include <catch2/catch.hpp>

#include "tests/model/invariants.hpp"
#include "tests/model/scenarios.hpp"
#include "tests/model/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::model;

// Tells events to a twin and checks the invariants after each.
class Teller {
 public:
  explicit Teller(CatalogueLimits limits = {}) : twin_(limits), codes_(twin_.state()) {}
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  // "at 5 order ..." takes place 5 milliseconds after 1970; what is due by then ends before.
  Answer run(std::string_view event, engine::TimeUs now = {}) {
    expired_.clear();
    now = take_time(event, now);
    while (true) {
      const std::vector<Answer> due = twin_.run_timers(now, 1);
      if (due.empty()) break;
      REQUIRE(check_invariants(twin_.state(), due.front()) == "");
      expired_ += tell(due.front(), codes_) + " || ";
    }
    const Command command = parse(event, codes_);
    const Answer answer = apply(twin_, command, content_of(command), now);
    INFO(event);
    REQUIRE(check_invariants(twin_.state(), answer) == "");
    turned_.clear();
    while (true) {  // one after the other, so that each is judged on what it left
      const std::vector<Answer> turned = twin_.turn_strict(1);
      if (turned.empty()) break;
      REQUIRE(check_invariants(twin_.state(), turned.front()) == "");
      turned_ += " || " + tell(turned.front(), codes_);
    }
    return answer;
  }
  std::string say(std::string_view event) {
    const Answer answer = run(event);
    return expired_ + tell(answer, codes_) + turned_;
  }
  bool expired_anything() const { return !expired_.empty(); }
  const Twin& twin() const { return twin_; }

 private:
  Twin twin_;
  Codes codes_;
  std::string expired_, turned_;
};

CatalogueLimits limits_of(const Scenario& scenario) {
  return {.max_skips = scenario.max_skips, .max_wait_us = scenario.max_wait_us, .date_threshold_us = scenario.date_threshold_us};
}

}  // namespace

TEST_CASE("twin: answers every scenario as the rules say", "[model][scenarios]") {
  REQUIRE_FALSE(scenarios().empty());
  for (const Scenario& scenario : scenarios()) {
    DYNAMIC_SECTION(scenario.name) {
      Teller teller(limits_of(scenario));
      for (const Step& step : scenario.steps) {
        INFO(step.event);
        CHECK(teller.say(step.event) == step.answer);
      }
    }
  }
}

TEST_CASE("twin: an error leaves the state as it was", "[model]") {
  for (const Scenario& scenario : scenarios()) {
    Teller teller(limits_of(scenario));
    for (const Step& step : scenario.steps) {
      const std::string before = teller.twin().digest();
      const Answer answer = teller.run(step.event);
      const bool changed = teller.twin().digest() != before && !teller.expired_anything();
      if (teller.expired_anything()) continue;  // these are decisions of their own
      INFO(scenario.name << ": " << step.event);
      CHECK(changed == (answer.decided() && !answer.duplicate));
      if (!answer.decided()) CHECK(answer.as_of == teller.twin().state().lsn);
    }
  }
}

TEST_CASE("twin: a cause has an LSN, and each of its fills the next one", "[model]") {
  Teller teller;
  CHECK(teller.run("load LON=1 BHM=2 | X Y |", engine::TimeUs{50}).stamp.lsn.value == 1);
  CHECK(teller.run("order A X:2 Y:2", engine::TimeUs{70}).stamp.lsn.value == 2);
  CHECK(teller.run("order B NOPE:1").as_of.value == 2);
  CHECK(teller.run("order B X:2").stamp.lsn.value == 3);
  const Answer receipt = teller.run("receive R X:3@LON Y:9@BHM", engine::TimeUs{60});
  CHECK(describe(receipt) ==
        "lsn 4 receipt 'R' content " + std::to_string(receipt.as<ReceiptAnswer>().content) +
        " fills_follow 1 [sku 1 in 1 +3 makes 3] [sku 2 in 2 +9 makes 9]\n"
        "  lsn 5 cause 4 fill 'A' of 2 line 1 sku 1 row 0 still_waiting 0 last 0 [2 in 1 shipment 1 leaves 1]\n"
        "  lsn 6 cause 4 fill 'B' of 3 line 1 sku 1 row 0 still_waiting 1 last 0 [1 in 1 shipment 1 leaves 0]\n"
        "  lsn 7 cause 4 fill 'A' of 2 line 2 sku 2 row 1 still_waiting 0 last 1 [2 in 2 shipment 2 leaves 7]");
  CHECK(receipt.stamp.time.value == 70);  // never falls
  CHECK(teller.run("receive R X:3@LON Y:9@BHM", engine::TimeUs{99}).stamp.lsn.value == 4);
  CHECK(teller.run("cancel K A").stamp.lsn.value == 8);
}

TEST_CASE("twin: available_after follows the log", "[model]") {
  Teller teller;
  teller.run("load LON=1 BHM=2 | X | X:5@LON X:1@BHM");
  const Answer order = teller.run("order A X:3 X:4");
  CHECK(describe(order).ends_with("[3 in 1 shipment 1 leaves 2]; line 2 sku 1 pinned 0 wants 4 backordered 1 more 1"
                                  " [2 in 1 shipment 1 leaves 0]; takes [1 in 2 shipment 2 leaves 0]; wait index 1 position 1 ahead 0"));
  const Answer receipt = teller.run("receive R X:1@LON X:2@LON");
  CHECK(describe(receipt).find("fills_follow 1 [sku 1 in 1 +1 makes 1] [sku 1 in 1 +2 makes 3]\n") != std::string::npos);
  CHECK(receipt.fills.at(0).takes.at(0).available_after == 2);  // the second row's units are on the shelf already
  const Answer ship = teller.run("ship S A");
  CHECK(describe(ship).ends_with("; shipped [3 in 1 shipment 1 leaves 2] [3 in 1 shipment 1 leaves 2] [1 in 2 shipment 2 leaves 0]"));
  teller.run("order B X:2");
  const Answer cancel = teller.run("cancel K B 1:1 1:1");
  CHECK(describe(cancel).ends_with("; released [1 in 1 shipment 1 leaves 1] [1 in 1 shipment 1 leaves 2]"));
}

TEST_CASE("twin: the catalogue is full at its limits", "[model]") {
  Teller teller({.skus = 2, .warehouses = 1});
  CHECK(teller.say("load LON=1 BHM=2 | - |") == "catalogue_full row 2");
  CHECK(teller.say("load LON=1 | X Y Z - | X:-1@LON") == "catalogue_full row 3");
  CHECK(teller.say("load LON=1 | X Y |") == "loaded 1 warehouses 2 products 0 stock");
  CHECK(teller.say("load LON=1 | Y Z |") == "catalogue_full row 2");
  CHECK(teller.say("load LON=2 | Y X |") == "loaded 1 warehouses 0 products 0 stock");
}

TEST_CASE("twin: names and descriptions change, and are not lost when left out", "[model]") {
  Twin twin;
  LoadCommand load{.warehouses = {{"LON", "London", 1}}, .products = {{"X", "a beam"}}};
  CHECK(twin.load(load.rows().view(), {}).as<LoadAnswer>().products.size() == 1);
  load.products[0].description = "a longer beam";
  load.warehouses[0].name = "";
  const Answer changed = twin.load(load.rows().view(), {});
  CHECK(describe(changed) == "lsn 2 load fills_follow 0; sku 1 'X' 'a longer beam'; stock");
  load.products[0].description = "";
  load.warehouses[0].priority = 2;
  CHECK(describe(twin.load(load.rows().view(), {})) == "lsn 3 load fills_follow 0; warehouse 1 'LON' 'London' priority 2; stock");
}

TEST_CASE("twin: at most 4,096 lines or rows, at most 8,192 in a load", "[model]") {
  Teller teller;
  teller.run("load LON=1 | X | X:9000@LON");
  std::string lines, cancels, receipts;
  const auto add = [&](int row) {
    lines += " X:1";
    cancels += " " + std::to_string(row) + ":1";
    receipts += " X:1@LON";
  };
  for (int row = 1; row <= 4096; ++row) add(row);
  CHECK(teller.run("order A" + lines).as<OrderAnswer>().status == engine::OrderStatus::reserved);
  CHECK(teller.run("receive R" + receipts).decided());
  CHECK(teller.run("cancel K A" + cancels).as<CancelAnswer>().released.size() == 4096);
  add(4097);
  CHECK(teller.say("order B" + lines) == "too_many_lines");
  CHECK(teller.say("order B prefer=NOWHERE" + lines) == "too_many_lines");
  CHECK(teller.say("receive R2" + receipts) == "too_many_lines");
  CHECK(teller.say("cancel K2 NOPE" + cancels) == "too_many_lines");

  LoadCommand load{.warehouses = {{"LON", "", 1}}, .products = {{"Y", ""}}};
  load.stock.assign(8191, {7, 0, 0});
  Twin twin;
  CHECK(twin.load(load.rows().view(), {}).decided());
  load.stock.emplace_back(engine::OpeningStockEntry{7, 0, 0});
  CHECK(twin.load(load.rows().view(), {}).error.code == engine::ErrorCode::too_many_lines);
}

TEST_CASE("twin: the digest tells states apart", "[model]") {
  const auto digest_after = [](std::initializer_list<std::string_view> events) {
    Teller teller;
    teller.run("load LON=1 BHM=2 | X Y | X:5@LON X:5@BHM");
    for (const std::string_view event : events) teller.run(event);
    return teller.twin().digest();
  };
  const std::string base = digest_after({"order A X:7"});
  CHECK(base.size() == 32);
  CHECK(base == digest_after({"order A X:7"}));
  CHECK(base != digest_after({}));
  CHECK(base != digest_after({"order A X:6"}));
  CHECK(base != digest_after({"order B X:7"}));
  CHECK(base != digest_after({"order A X:7 priority=99"}));
  CHECK(base != digest_after({"order A X:7 prefer=LON"}));
  CHECK(base != digest_after({"order A X:7 policy=fill_and_cancel"}));
  CHECK(base != digest_after({"order A X:7 customer=Smith"}));  // by the content of the known id
  CHECK(digest_after({"order A X:7", "ship S A"}) != digest_after({"order A X:7", "cancel S A"}));
}

TEST_CASE("twin: the digest tells apart how often somebody was passed over, and by whom", "[model]") {
  Teller teller({.max_skips = 3});
  teller.run("load LON=1 | X Y | X:5@LON");
  teller.run("order A X:9 policy=line_complete");
  teller.run("order B X:9 Y:1 policy=ship_complete");
  teller.run("order C X:1");
  const State good = teller.twin().state();
  const auto order = [](State& state, std::uint64_t lsn) -> Order& { return state.orders.at(engine::Lsn{lsn}); };
  CHECK(good.orders.at(engine::Lsn{2}).lines[0].patience.skips == 1);
  CHECK(good.orders.at(engine::Lsn{4}).has_skipped);
  std::set<std::string> digests{good.digest()};
  const auto is_another = [&](auto change) {
    State bad = good;
    change(bad);
    CHECK(digests.insert(bad.digest()).second);
  };
  is_another([&](State& bad) { order(bad, 2).lines[0].patience.skips = 2; });
  is_another([&](State& bad) { order(bad, 2).lines[0].patience = {0, true}; });
  is_another([&](State& bad) { order(bad, 3).patience.skips = 1; });
  is_another([&](State& bad) { order(bad, 3).patience = {0, true}; });
  is_another([&](State& bad) { order(bad, 4).has_skipped = false; });
}

TEST_CASE("invariants: of who is strict, each violation is named", "[model]") {
  Teller teller;
  teller.run("load LON=1 | X Y | X:5@LON");
  teller.run("order A X:9 policy=line_complete");
  const State good = teller.twin().state();
  REQUIRE(check_invariants(good, {}) == "");
  SECTION("I3: units are there that he could use") {
    State bad = good;
    bad.orders.at(engine::Lsn{2}).lines[0].patience.strict = true;
    CHECK_THAT(check_work_conserving(bad), Catch::StartsWith("I3: sku 1 in warehouse 1 has 5 available"));
  }
  SECTION("I4: an order past him") {
    const Answer order = teller.run("order B X:1");
    State bad = teller.twin().state();
    REQUIRE(check_no_overtaking(bad, order) == "");
    bad.orders.at(engine::Lsn{2}).lines[0].patience.strict = true;
    CHECK_THAT(check_no_overtaking(bad, order), Catch::StartsWith("I4: order 3 line index 0 took"));
  }
  SECTION("patience of somebody who does not wait for all or nothing") {
    teller.run("order B X:6");
    State bad = teller.twin().state();
    bad.orders.at(engine::Lsn{3}).lines[0].patience.skips = 1;
    CHECK_THAT(check_patience(bad), Catch::StartsWith("patience: order 3 line 1 does not wait for all or nothing"));
  }
  SECTION("too many skips, or skips of one who is strict") {
    for (const Patience patience : {Patience{255, false}, Patience{1, true}}) {
      State bad = good;
      bad.orders.at(engine::Lsn{2}).lines[0].patience = patience;
      CHECK_THAT(check_patience(bad), Catch::StartsWith("patience: order 2 has"));
    }
  }
}

TEST_CASE("invariants: each violation is named", "[model]") {
  Teller teller;
  teller.run("load LON=1 BHM=2 | X Y | X:5@LON");
  teller.run("order A X:4@BHM");
  teller.run("order B X:3");
  const State good = teller.twin().state();
  const Answer none;
  REQUIRE(check_invariants(good, none) == "");
  const engine::SkuId x{1};
  const engine::WarehouseId lon{1}, bhm{2};

  SECTION("I1: more reserved than on hand") {
    State bad = good;
    bad.cells[{x, lon}].on_hand = 2;
    CHECK_THAT(check_never_oversell(bad), Catch::StartsWith("I1: sku 1 in warehouse 1 has 3 reserved and 0 unavailable and 0 held of 2"));
  }
  SECTION("I1: a cell whose orders reserve other units") {
    State bad = good;
    bad.cells[{x, lon}].reserved = 2;
    CHECK_THAT(check_never_oversell(bad), Catch::StartsWith("I1: sku 1 in warehouse 1 has 2 reserved, its orders 3"));
  }
  SECTION("I2: a line that lost units") {
    State bad = good;
    bad.orders.at(engine::Lsn{2}).lines[0].waiting = 3;
    CHECK_THAT(check_conservation(bad), Catch::StartsWith("I2: order 2 line 1 has 3 of 4"));
  }
  SECTION("I2: a waiter without a place") {
    State bad = good;
    bad.queues[x].clear();
    CHECK_THAT(check_conservation(bad), Catch::Contains("is in no queue"));
  }
  SECTION("I2: a place without a waiter") {
    State bad = good;
    bad.queues[x].insert({engine::Priority{100}, engine::Lsn{3}, 0});
    CHECK_THAT(check_conservation(bad), Catch::Contains("2 places in queues, 1 lines wait"));
  }
  SECTION("I2: stock from nowhere") {
    State bad = good;
    ++bad.cells[{x, lon}].on_hand;
    CHECK_THAT(check_conservation(bad), Catch::StartsWith("I2: sku 1 in warehouse 1 has 6"));
  }
  SECTION("I3: a unit that the pinned waiter could use") {
    State bad = good;
    bad.cells[{x, bhm}].on_hand = 1;
    CHECK_THAT(check_work_conserving(bad), Catch::StartsWith("I3: sku 1 in warehouse 2 has 1 available"));
  }
  SECTION("I4: an order past an earlier waiter") {
    Answer order = teller.run("order C X:1");
    std::get<OrderAnswer>(order.decision).lines[0].warehouse = bhm;
    CHECK_THAT(check_no_overtaking(teller.twin().state(), order), Catch::StartsWith("I4: order 4 line index 0 took"));
  }
  SECTION("I4: fills of one cause in the wrong order") {
    teller.run("order C X:5");
    Answer receipt = teller.run("receive R X:9@BHM");
    REQUIRE(receipt.fills.size() == 2);
    std::swap(receipt.fills[0], receipt.fills[1]);
    CHECK_THAT(check_no_overtaking(teller.twin().state(), receipt), Catch::StartsWith("I4: order 4"));
  }
}
