// Purchase orders and dates through the worker: frames in, frames out.
#include <catch2/catch.hpp>

#include "tests/server/asking_bench.hpp"

using namespace earmark;
using namespace earmark::server::test;

namespace {

constexpr engine::SkuId beam{1}, board{2};
constexpr engine::WarehouseId near_yard{1}, far_yard{2};
constexpr engine::TimeUs monday{5'000'000}, tuesday{9'000'000};

// A bench whose first order took all 17 beams and waits for 13, and a sent purchase order of 10 and 8 beams.
class PurchaseBench : public AskingBench {
 public:
  PurchaseBench() {
    ask([&](auto& bytes) { order(bytes, 10, "o1", beam.value, 30, "Mill"); });
    const engine::PurchaseLine lines[] = {{10, monday, engine::LineNumber{1}, beam, near_yard}, {8, tuesday, engine::LineNumber{2}, beam, far_yard}};
    placed_.epoch = 42;
    lines_.assign(std::begin(lines), std::end(lines));
    placed_.place = {"P-1", "Sawmill", "SM-9", "by rail", engine::PurchaseState::sent, lines_};
    first_ = ask([&](auto& bytes) { encoder_.place_purchase(bytes, 11, placed_); }).at(0);
    REQUIRE(first_.kind == schema::MessageKind::event);
  }

  schema::PurchasesAnswer purchases(std::string_view id, std::string_view vendor) {
    return view<schema::PurchasesAnswer>([&](auto& bytes) { encoder_.purchases(bytes, 30, {id, vendor}); });
  }
  schema::CheckAnswer check(std::span<const engine::SkuId> skus, std::span<const engine::Quantity> wanted) {
    return view<schema::CheckAnswer>([&](auto& bytes) { encoder_.check(bytes, 31, {42, skus, wanted, true}); });
  }

  schema::PlacePurchaseRequest placed_;
  std::vector<engine::PurchaseLine> lines_;
  Answer first_;  // to the purchase order
};

std::vector<std::string> words(std::span<const engine::ExpectedUnits> expected) {
  std::vector<std::string> found;
  for (const auto& each : expected) {
    found.push_back(std::to_string(each.line_index) + ": " + std::to_string(each.quantity) + " at " + std::to_string(each.date.value));
  }
  return found;
}
using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("worker: a purchase order is placed, repeated, received and closed", "[server]") {
  PurchaseBench bench;
  const auto placed = bench.event<engine::PurchaseDecision>(bench.first_);
  CHECK(placed.id == "P-1");
  CHECK(placed.vendor == "Sawmill");
  CHECK(placed.lines.size() == 2);
  const Answer again = bench.ask([&](auto& bytes) { bench.encoder_.place_purchase(bytes, 12, bench.placed_); }).at(0);
  CHECK(again.flags == schema::flag_duplicate);
  CHECK(again.body == bench.first_.body);
  bench.placed_.place.notes = "by road";
  CHECK(bench.error(bench.ask([&](auto& bytes) { bench.encoder_.place_purchase(bytes, 13, bench.placed_); }).at(0)) == engine::ErrorCode::duplicate_purchase);
  bench.placed_.place.id = "P-2";
  bench.placed_.epoch = 41;
  CHECK(bench.error(bench.ask([&](auto& bytes) { bench.encoder_.place_purchase(bytes, 14, bench.placed_); }).at(0)) == engine::ErrorCode::stale_catalogue);

  const engine::PurchaseArrival came[] = {{10, 1, engine::LineNumber{1}}};
  const auto answers = bench.ask([&](auto& bytes) { bench.encoder_.receive_purchase(bytes, 15, {{"R-1", "P-1", false, came}, {}}); });
  const auto receipt = bench.event<engine::PurchaseReceiptDecision>(answers.at(0));
  CHECK(receipt.state == engine::PurchaseState::partly_received);
  CHECK(receipt.fills_follow);
  REQUIRE(receipt.rows.size() == 1);
  CHECK(receipt.rows[0].over == 1);
  REQUIRE(answers.size() == 2);
  CHECK(bench.event<engine::FillDecision>(answers[1]).order_id == "o1");
  const auto close = [&](std::string_view command, std::string_view purchase) {
    return bench.ask([&](auto& bytes) { bench.encoder_.move_purchase(bytes, 16, {{command, purchase, engine::PurchaseStep::close, "", {}}, {}}); }).at(0);
  };
  CHECK(bench.error(close("C-1", "P-3")) == engine::ErrorCode::unknown_purchase);
  const auto closed = bench.event<engine::PurchaseStepDecision>(close("C-1", "P-1"));
  CHECK(closed.state == engine::PurchaseState::closed);
  REQUIRE(closed.changes.size() == 1);
  CHECK(closed.changes[0].incoming_change == -8);
  CHECK(bench.error(close("C-2", "P-1")) == engine::ErrorCode::purchase_closed);
}

TEST_CASE("worker: open purchase orders are listed, all, by id or by vendor", "[server]") {
  PurchaseBench bench;
  bench.placed_.place.id = "P-2";
  bench.placed_.place.vendor = "Quarry";
  bench.placed_.place.state = engine::PurchaseState::draft;
  bench.placed_.place.lines = std::span(bench.lines_).first(1);
  bench.ask([&](auto& bytes) { bench.encoder_.place_purchase(bytes, 12, bench.placed_); });
  {
    const auto all = bench.purchases("", "");
    REQUIRE(all.open.size() == 2);
    CHECK(all.purchases[0] == "P-1");
    CHECK(all.vendors[0] == "Sawmill");
    CHECK(all.references[0] == "SM-9");
    CHECK(all.notes[0] == "by rail");
    CHECK(all.open[0].state == engine::PurchaseState::sent);
    CHECK(all.open[0].lines == 2);
    CHECK(all.open[1].lines == 1);
    CHECK(all.open[1].lsn > all.open[0].lsn);
    CHECK(all.as_of >= all.open[1].lsn);
    REQUIRE(all.lines.size() == 3);
    CHECK(all.lines[1].quantity == 8);
    CHECK(all.lines[1].promised == tuesday);
    CHECK(all.lines[1].first_promised == tuesday);
    CHECK(all.lines[1].warehouse == far_yard);
  }
  REQUIRE(bench.purchases("", "Quarry").purchases.size() == 1);
  CHECK(bench.purchases("", "Quarry").purchases[0] == "P-2");
  REQUIRE(bench.purchases("P-1", "").purchases.size() == 1);
  CHECK(bench.purchases("P-1", "").purchases[0] == "P-1");
  CHECK(bench.purchases("", "Nobody").open.empty());
}

TEST_CASE("worker: who waits is told when what is to come will be his, at the decision and later", "[server]") {
  PurchaseBench bench;
  const auto show = [&] { return bench.view<schema::OrderView>([&](auto& bytes) { bench.encoder_.show(bytes, 20, {"o1"}); }); };
  CHECK(words(show().expected) == Words{"0: 10 at 5000000", "0: 3 at 9000000"});
  const auto answers = bench.ask([&](auto& bytes) { bench.order(bytes, 21, "o2", beam.value, 7); });
  CHECK(words(bench.event<engine::OrderDecision>(answers.at(0)).expected) == Words{"0: 5 at 9000000"});  // and 2 at no known date
  {
    const auto waiting = bench.view<schema::BackordersAnswer>([&](auto& bytes) { bench.encoder_.backorders(bytes, 22, {42, beam, ""}); });
    REQUIRE(waiting.lines.size() == 2);
    REQUIRE(waiting.expected.size() == 2);
    CHECK(waiting.expected[0] == tuesday.value);  // of his last unit
    CHECK(waiting.expected[1] == 0);
  }
  bench.now_ = engine::TimeUs{6'000'000};  // Monday is past: a day from now
  CHECK(words(show().expected) == Words{"0: 8 at 9000000", "0: 5 at 86406000000"});
}

TEST_CASE("worker: a check with dates says what is there, and when the rest could be", "[server]") {
  PurchaseBench bench;
  const engine::SkuId skus[] = {board, beam, engine::SkuId{7}, beam};
  const engine::Quantity wanted[] = {101, 4, 1, 3};
  const auto answer = bench.check(skus, wanted);
  CHECK(answer.lsn == engine::Lsn{bench.engine_.shared().commit_word.last()});
  CHECK(answer.warehouses == 2);
  CHECK(std::vector<engine::Quantity>(answer.available.begin(), answer.available.end()) == std::vector<engine::Quantity>{100, 0, 0, 0, 0, 0, 0, 0});
  CHECK(std::vector<engine::Quantity>(answer.now.begin(), answer.now.end()) == std::vector<engine::Quantity>{100, 0, 0, 0});
  CHECK(words(answer.expected) == Words{"1: 4 at 9000000", "3: 1 at 9000000"});  // 5 are nobody's yet; each row takes its own
  std::vector<std::byte> bytes;
  bench.encoder_.check(bytes, 31, {41, skus, wanted, true});
  bench.worker_.receive(bench.session_, bytes, bench.now_);
  CHECK(bench.error(bench.answers(bench.session_).at(0)) == engine::ErrorCode::stale_catalogue);
}
