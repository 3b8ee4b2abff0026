// What the comparison's load clients share: the judge must find what a peer did wrong, and texts must be read to the letter.
// The servers themselves run in peers_comparison_test.py.
#include <catch2/catch.hpp>

#include "loadtest/peers/ledger.hpp"
#include "loadtest/peers/postgres/array_text.hpp"
#include "loadtest/peers/redis/redis_text.hpp"

namespace {

using namespace earmark::loadtest;
using namespace earmark::loadtest::peers;

const std::uint32_t sold_out = Generator::hot_sku(1000);

WorkloadShape hot_shape() {
  WorkloadShape shape;
  shape.distribution = Distribution::hot;
  shape.skus = 1000;
  return shape;
}

// One order was answered: 3 units of SKU 5 from warehouse 1, 2 of SKU 6 from 0 and 3, 4 of the sold-out SKU wait.
struct Told {
  Ledger ledger{hot_shape(), 1.0 / 3};
  PeerState state;

  Told() {
    ledger.sent();
    ledger.line({5, 3}, {0, 3, 0, 0}, 0);
    ledger.line({6, 2}, {1, 0, 0, 1}, 0);
    ledger.line({sold_out, 4}, {}, 4);
    ledger.order_answered();
    for (std::uint32_t sku = 0; sku < ledger.skus(); ++sku) {
      state.available.push_back({});
      state.available.back().fill(ledger.opening_of(sku));
    }
    state.queued.resize(ledger.skus());
    state.available[5][1] -= 3;
    --state.available[6][0], --state.available[6][3];
    state.queued[sold_out] = 4;
    state.recorded_orders = 1;
    state.recorded_reserved = 5;
    state.recorded_queued = 4;
  }
};

TEST_CASE("peers: data that fit the answers pass", "[loadtest][peers]") {
  Told told;
  CHECK(told.ledger.opening_of(sold_out) == 0);
  CHECK(told.ledger.opening_of(5) == opening_stock);
  told.ledger.judge(told.state);
  CHECK(told.ledger.examples().empty());
  CHECK(told.ledger.passed());
}

TEST_CASE("peers: the judge finds each planted fault", "[loadtest][peers]") {
  struct Fault {
    const char* kind;
    void (*plant)(Told&);
  };
  const auto fault = GENERATE(values<Fault>({
      {"oversold", [](Told& told) { told.state.available[7][2] = -1; }},
      {"wrong_final_stock", [](Told& told) { ++told.state.available[5][1]; }},
      {"wrong_final_stock", [](Told& told) { told.state.available.pop_back(); }},
      {"wrong_final_backorders", [](Told& told) { told.state.queued[sold_out] = 3; }},
      {"wrong_final_backorders", [](Told& told) { told.state.queued[8] = 1; }},
      {"wrong_records", [](Told& told) { told.state.recorded_orders = 0; }},
      {"wrong_records", [](Told& told) { ++told.state.recorded_reserved; }},
      {"unbalanced_line", [](Told& told) { told.ledger.line({9, 5}, {4, 0, 0, 0}, 0); }},
      {"unbalanced_line", [](Told& told) { told.ledger.line({9, 5}, {4, 0, 0, 0}, 2); }},
      {"unanswered", [](Told& told) { told.ledger.sent(); }},
      {"bad_answer", [](Told& told) { told.ledger.bad_answer("ERR"); }},
  }));
  CAPTURE(fault.kind);
  Told told;
  fault.plant(told);
  told.ledger.judge(told.state);
  CHECK(told.ledger.violations().count(fault.kind) == 1);
  CHECK_FALSE(told.ledger.passed());
}

TEST_CASE("peers: a run without answers is vacuous", "[loadtest][peers]") {
  Ledger ledger(hot_shape(), 0);
  CHECK(ledger.vacuous());
  CHECK_FALSE(ledger.passed());
}

TEST_CASE("peers: both sides draw the same orders from one seed", "[loadtest][peers]") {
  PeerOptions options;
  options.shape = hot_shape();
  options.seed = 1003;
  PeerRun run(options);
  Generator generator(options.shape, Random(options.seed).next());  // as earmark-load's first thread
  std::array<AskedLine, order_lines> lines;
  for (std::uint64_t number = 1; number <= 100; ++number) {
    const Request request = run.next_order();
    CHECK(request.number == number);
    CHECK(request.preferred == generator.order(lines));
    for (std::size_t line = 0; line < lines.size(); ++line) {
      CHECK(request.lines[line].sku == lines[line].sku);
      CHECK(request.lines[line].quantity == lines[line].quantity);
    }
  }
}

TEST_CASE("peers: a command for Redis, byte for byte", "[loadtest][peers]") {
  Request order;
  order.number = 12;
  order.preferred = 3;
  order.lines = {{{5, 1}, {60, 2}, {777, 5}}};
  std::string text;
  append_order(text, order);
  CHECK(text ==
        "*11\r\n$5\r\nFCALL\r\n$11\r\nplace_order\r\n$1\r\n3\r\n$3\r\ns:5\r\n$4\r\ns:60\r\n$5\r\ns:777\r\n"
        "$2\r\n12\r\n$1\r\n3\r\n$1\r\n1\r\n$1\r\n2\r\n$1\r\n5\r\n");
}

TEST_CASE("peers: a record of Redis", "[loadtest][peers]") {
  const auto record = read_record("12;3;5:3=1:0;60:3=1,0=1:0;777::5");
  REQUIRE(record);
  CHECK(record->number == 12);
  CHECK(record->lines[0].sku == 5);
  CHECK(record->lines[1].taken == Taken{1, 0, 0, 1});
  CHECK(record->lines[2].queued == 5);
  const std::string broken = GENERATE("", "12", "12;3", "12;3;5:3=1:0;60:3=1:0", "x;3;5:3=1:0;6:3=1:0;7:3=1:0",
                                      "12;3;5:4=1:0;6:3=1:0;7:3=1:0", "12;3;5:3=1:0;6:3:0;7:3=1:0", "12;3;5:3=1:0;6:3=1:0;7:3=1:");
  CAPTURE(broken);
  CHECK_FALSE(read_record(broken));
}

TEST_CASE("peers: an array of PostgreSQL", "[loadtest][peers]") {
  std::string text;
  append_array(text, std::array{1, -20, 300});
  CHECK(text == "{1,-20,300}");
  std::vector<std::int64_t> numbers;
  CHECK(read_array(text, numbers));
  CHECK(numbers == std::vector<std::int64_t>{1, -20, 300});
  CHECK(read_array("{}", numbers));
  CHECK(numbers.empty());
  const std::string broken = GENERATE("", "{", "1,2", "{1,x}", "{1 2}");
  CAPTURE(broken);
  CHECK_FALSE(read_array(broken, numbers));
}

}  // namespace
