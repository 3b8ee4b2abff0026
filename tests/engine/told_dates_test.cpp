// Overdue supply, told dates and pegs at the engine: what a restart keeps of them, from the journal and from the state as values, and what telling
// costs with many who wait. What is told: tests/model/scenarios_told.cpp, which the engine is given in states_test.cpp.
#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

#include "tests/engine/pair.hpp"

namespace {

using namespace earmark;
using engine::LineNumber;
using engine::Lsn;
using engine::SkuId;
using engine::TimeUs;
using engine::WarehouseId;

constexpr std::int64_t day_us = 86'400'000'000;
TimeUs day(std::int64_t number) { return TimeUs{number * day_us}; }

// The pair goes on, and so does an engine that was restored from its log: the same answers and records, whatever comes of itself.
void goes_on(test::Pair& pair, std::initializer_list<std::string_view> events) {
  test::Harness again(test::small_capacity());
  pair.harness.replay_into(again.engine(), pair.harness.records());
  REQUIRE(again.settle_unfinished() == 0);
  const std::size_t before = pair.harness.records();
  TimeUs time = pair.state().time;
  for (std::string_view event : events) {
    INFO(event);
    std::string_view rest = event;
    time = model::take_time(rest, time);
    const model::Command command = model::parse(rest, pair.codes());
    const std::string answer = model::describe(pair.say(event));
    CHECK(again.apply(command, model::content_of(command), time) == answer);
    const model::Questions questions = model::all_questions(pair.state());
    CHECK(again.ask(questions, time) == model::answers(pair.state(), questions, time));
  }
  REQUIRE(again.records() == pair.harness.records() - before);
  for (std::size_t index = 0; index < again.records(); ++index) CHECK(again.record(index) == pair.harness.record(before + index));
  CHECK(again.engine().digest() == pair.harness.engine().digest());
}

model::LoadCommand one_sku() {
  model::LoadCommand load;
  load.warehouses = {{"W", "", 1}};
  load.products = {{"A", "", {}}, {"B", "", {}}};
  return load;
}

// An order of 3 units of A that waits, promised for the fifth day, told the ninth; a purchase order that is expected then, its line for
// that order; and a transfer.
void restore_images(engine::Engine& engine) {
  const model::LoadCommand load = one_sku();
  const engine::LoadedWarehouse warehouse{WarehouseId{1}, 1, "W", ""};
  const std::vector<engine::LoadedProduct> products{{SkuId{1}, "A", "", true}, {SkuId{2}, "B", "", true}};
  engine::LoadDecision catalogue;
  catalogue.warehouses = {&warehouse, 1};
  catalogue.products = products;
  engine.restore_base(catalogue);
  engine.restore_base(engine::VendorImage{.code = "V", .name = "", .arrivals = 2, .late_us = 6 * day_us});
  const engine::LineImage line{.line = LineNumber{1}, .sku = SkuId{1}, .quantity = 3, .waiting = 3};
  const engine::PromiseImage promise{.first = day(5), .told = day(9)};
  engine::OrderImage order;
  order.lsn = Lsn{2}, order.time = day(1), order.id = "O", order.content = 7;
  order.status = engine::OrderStatus::backordered, order.policy = engine::Policy::ship_partial, order.priority = engine::Priority{100};
  order.lines = {&line, 1};
  order.promises = {&promise, 1};
  engine.restore_base(order);
  const engine::PurchaseLineState bought{.promised = day(5), .first_promised = day(4), .expected = day(9), .peg_order = Lsn{2}, .line = LineNumber{1},
                                         .sku = SkuId{1}, .quantity = 5, .peg_line = LineNumber{1}, .warehouse = WarehouseId{1}};
  engine::PurchaseImage purchase;
  purchase.lsn = Lsn{3}, purchase.time = day(2), purchase.id = "P", purchase.content = 8, purchase.vendor = "V", purchase.state = engine::PurchaseState::sent;
  purchase.lines = {&bought, 1};
  engine.restore_base(purchase);
  const engine::TransferLine moving{.sku = SkuId{2}, .shipped = 4};
  engine::TransferImage transfer;
  transfer.lsn = Lsn{4}, transfer.time = day(2), transfer.expected = day(8), transfer.id = "T", transfer.content = 9;
  transfer.source = transfer.destination = WarehouseId{1};
  transfer.lines = {&moving, 1};
  engine.restore_base(transfer);
  engine.restore_base_finished(Lsn{4}, Lsn{1});
  engine.restore_finished();
}

// So many lines of single units that wait for what comes in five days.
class Bench {
 public:
  explicit Bench(std::uint32_t waiters) : harness_(room()) {
    send(one_sku());
    const engine::PurchaseLine line{.quantity = 2 * waiters, .promised = day(5), .line = LineNumber{1}, .sku = SkuId{1}, .warehouse = WarehouseId{1}};
    send(model::PlacePurchaseCommand{.id = "P", .vendor = "V", .state = engine::PurchaseState::sent, .lines = {line}});
    for (std::uint32_t index = 0; index < waiters; ++index) {
      model::OrderCommand order{.id = "o" + std::to_string(index), .texts = {}};
      order.lines.push_back({.quantity = 1, .sku = SkuId{1}, .line = LineNumber{1}});
      send(order);
    }
  }
  struct Cost {
    std::size_t records = 0;  // of dates
    std::uint64_t lines = 0;
    double us = 0;
  };
  // The vendor says another date.
  Cost acknowledge(TimeUs promised) {
    const std::size_t before = harness_.records();
    const std::uint64_t told = harness_.engine().settler().counters().moved_dates.get();
    model::MovePurchaseCommand step{.command_id = "s" + std::to_string(commands_), .purchase_id = "P", .step = engine::PurchaseStep::acknowledge};
    step.rows.push_back({.quantity = -1, .promised = promised, .line = LineNumber{1}});
    const auto start = std::chrono::steady_clock::now();
    send(step);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    return {harness_.records() - before - 1, harness_.engine().settler().counters().moved_dates.get() - told, took.count()};
  }

 private:
  static engine::Capacity room() {
    engine::Capacity capacity = test::small_capacity();
    capacity.command_ids = 1U << 19;
    capacity.waiting_lines = 1U << 19;
    capacity.order_bytes = 512ULL << 20;
    return capacity;
  }
  void send(const model::Command& command) {
    ++commands_;
    harness_.apply(command, commands_, TimeUs{commands_});
  }

  test::Harness harness_;
  std::uint32_t commands_ = 0;
};

}  // namespace

TEST_CASE("told dates: an engine restored from the log goes on as the other one does", "[engine][recovery][dates]") {
  test::Pair pair;
  for (const std::string_view event :
       {"load LON=1 BHM=2 | A B | A:12@LON", "at 1d purchase L LATE sent B:1@BHM=2d", "at 6d delivery R0 L", "purchase P LATE sent A:3@LON=10d A:3@BHM=12d",
        "order O A:15", "order Q A:2 customer=Smith", "purchase S LATE draft A:2@LON=7d>Q/1", "step S1 S approve", "transfer T LON BHM B:1 expected=9d",
        "adjust K B:5@LON", "transfer T LON BHM B:1 expected=9d", "step S2 P acknowledge 1:-1=20d"}) {
    pair.say(event);
  }
  SECTION("overdue, told again, and a delivery for the pegged line first") {
    goes_on(pair, {"at 9d order X1 B:9", "at 11d order X2 B:1", "at 13d order X3 B:1", "delivery R1 S", "at 30d order X4 B:1", "delivery R2 P"});
  }
  SECTION("what was told last counts, not what was promised first; what is whole was told nothing") {
    goes_on(pair, {"step S3 P acknowledge 1:-1=21d", "step S4 P acknowledge 1:-1=22d", "receive R1 A:5@LON", "adjust K2 A:-2@LON", "step S5 P cancel"});
  }
  SECTION("how late the vendor is") { goes_on(pair, {"at 40d delivery R1 P 1:1", "purchase N LATE sent B:1@LON=30d", "purchase N2 OTHER sent B:1@LON=30d"}); }
  pair.restart_anywhere();
}

TEST_CASE("told dates: values of the state bring back what was told, promised, expected, pegged and due", "[engine][recovery][dates]") {
  test::Harness harness(test::small_capacity());
  restore_images(harness.engine());
  REQUIRE(harness.settle_unfinished() == 0);
  const model::Questions questions{.orders = {"O"}};
  CHECK(harness.ask(questions, day(7)).find("; promised index 0 first 432000000000 told 777600000000; index 0: 3 by 777600000000\n") != std::string::npos);
  CHECK(harness.records() == 0);
  std::uint64_t number = 0;
  const auto content = [&] { return ++number; };
  harness.apply(model::ReceiptCommand{"R1", {{1, SkuId{2}, WarehouseId{1}, 0}}}, content(), day(8));
  harness.apply(model::ReceiptCommand{"R2", {{1, SkuId{2}, WarehouseId{1}, 0}}}, content(), day(9));
  REQUIRE(harness.records() == 6);
  CHECK(harness.record(0) == "lsn 5 overdue transfer 'T' of 4 from '' expected 777600000000; line 0 sku 2 x 4 to 1 promised 691200000000");
  CHECK(harness.record(4).find("lsn 9 overdue transfer 'T'") == 0);
  CHECK(harness.record(2) == "lsn 7 overdue purchase 'P' of 3 from 'V' expected 1036800000000; line 1 sku 1 x 5 to 1 promised 432000000000");
  CHECK(harness.record(3) == "lsn 8 dates; 'O' of '' 2 line 1 sku 1 waiting 3 before 777600000000 now 1036800000000");
  model::OrderCommand first{.id = "FIRST", .priority = engine::Priority{200}, .texts = {}};
  first.lines.push_back({.quantity = 3, .sku = SkuId{1}, .line = LineNumber{1}});
  harness.apply(first, content(), day(9));
  harness.apply(model::ReceivePurchaseCommand{.id = "R3", .purchase_id = "P"}, content(), day(9));
  CHECK(harness.record(harness.records() - 3).find("fills_follow 1 [line 1 sku 1 in 1 +5 damaged 0 over 0 makes 5]") != std::string::npos);
  CHECK(harness.record(harness.records() - 2).find("fill 'O' of 2 line 1 sku 1 row 0 still_waiting 0 last 0 [3 in 1 shipment 1 leaves 2]; pegged") != std::string::npos);
  CHECK(harness.record(harness.records() - 1).find("fill 'FIRST'") != std::string::npos);
  CHECK(harness.engine().broken_invariant() == "");
}

TEST_CASE("told dates: of how many who wait is told, and what it costs", "[engine][queue][dates]") {
  std::cout << "told dates: a vendor's new date";
  for (const std::uint32_t waiters : {100U, 10'000U, 100'000U}) {
    Bench bench(waiters);
    const Bench::Cost too_little = bench.acknowledge(TimeUs{day(6).value - 1});
    CHECK(too_little.records == 0);
    const Bench::Cost moved = bench.acknowledge(day(10));
    const std::uint64_t told = std::min(waiters, 10'000U);
    CHECK(moved.lines == told);
    CHECK(moved.records == (told + 1023) / 1024);
    std::cout << (waiters == 100 ? ": " : "; ") << waiters << " who wait: " << too_little.us << " us to see that it is not told, " << moved.us << " us to tell "
              << moved.lines;
  }
  std::cout << "\n";
}
