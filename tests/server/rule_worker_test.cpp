// Vendors, reorder rules, pegs and the question for earlier decisions through the worker: frames in, frames out.
#include <catch2/catch.hpp>

#include "tests/server/asking_bench.hpp"

using namespace earmark;
using namespace earmark::server::test;

namespace {

constexpr engine::SkuId beam{1}, board{2};  // of beams 12 and 5 are there, of boards 100
constexpr engine::WarehouseId near_yard{1}, far_yard{2};
constexpr engine::TimeUs friday{90'000'000'000};

// Beams come from the Sawmill within three days; below 10 in the near yard 40 more are suggested. The rule of boards is asleep until Friday.
class RuleBench : public AskingBench {
 public:
  RuleBench() {
    beams_.point = 10, beams_.quantity = 40, beams_.sku = beam, beams_.warehouse = near_yard;
    engine::RuleRow boards = beams_;
    boards.sku = board, boards.point = 200, boards.warehouse = far_yard, boards.pooled = 1;
    rules_ = {beams_, boards};
  }

  std::vector<Answer> set(std::uint64_t epoch = 42) {
    schema::SetRulesRequest request{{vendors_, sources_, rules_, snoozes_}, epoch, {}};
    return ask([&](auto& bytes) { encoder_.set_rules(bytes, 12, request); });
  }
  schema::RulesAnswer rules(engine::SkuId sku, std::string_view vendor) {
    return view<schema::RulesAnswer>([&](auto& bytes) { encoder_.rules(bytes, 13, {42, sku, vendor}); });
  }

  engine::RuleRow beams_;
  std::vector<engine::VendorEntry> vendors_{{"Sawmill", "The sawmill", 3, 600}, {"Quarry", "", -1, -1}};
  std::vector<engine::SourceRow> sources_{{beam, 1, -1}, {board, 2, 9}};
  std::vector<engine::RuleRow> rules_;
  std::vector<engine::SnoozeRow> snoozes_{{friday, board, far_yard}};
};

}  // namespace

TEST_CASE("worker: rules are set, listed, all, by SKU or by vendor, and set anew without effect", "[server]") {
  RuleBench bench;
  CHECK(bench.error(bench.set(41).at(0)) == engine::ErrorCode::stale_catalogue);
  const auto answers = bench.set();
  REQUIRE(answers.size() == 1);
  const auto set = bench.event<engine::RulesDecision>(answers[0]);
  CHECK(set.vendors.size() == 2);
  CHECK(set.sources.size() == 2);
  CHECK(set.rules.size() == 2);
  CHECK(bench.event<engine::RulesDecision>(bench.set().at(0)).rules.empty());
  {
    const auto all = bench.rules({}, "");
    REQUIRE(all.vendors.size() == 2);
    CHECK(all.vendor_codes[0] == "Quarry");
    CHECK(all.vendor_codes[1] == "Sawmill");
    CHECK(all.vendor_names[1] == "The sawmill");
    CHECK(all.vendors[1].lead_days == 3);
    CHECK(all.vendors[1].cut_off == 600);
    CHECK(all.vendors[1].arrivals == 0);
    CHECK(all.vendors[1].typical_lateness_us == 86'400'000'000);
    REQUIRE(all.sources.size() == 2);
    CHECK(all.sources[0].sku == beam);
    CHECK(all.sources[0].vendor == 2);
    CHECK(all.sources[1].lead_days == 9);
    REQUIRE(all.rules.size() == 2);
    CHECK(all.rules[0].position == 12);
    CHECK(all.rules[0].snoozed_until == engine::TimeUs{});
    CHECK(all.rules[0].vendor == 0);
    CHECK(all.rules[0].point == 10);
    CHECK(all.rules[0].quantity == 40);
    CHECK(all.rules[0].warehouse == near_yard);
    CHECK(all.rules[0].mode == engine::RuleMode::suggest);
    CHECK(all.rules[0].triggered == 0);
    CHECK(all.purchases[0].empty());
    CHECK(all.rules[1].position == 100);
    CHECK(all.rules[1].pooled == 1);
    CHECK(all.rules[1].snoozed_until == friday);
    CHECK(all.as_of == engine::Lsn{bench.engine_.shared().commit_word.last()});
  }
  REQUIRE(bench.rules(board, "").rules.size() == 1);
  CHECK(bench.rules(board, "").rules[0].sku == board);
  REQUIRE(bench.rules({}, "Sawmill").vendors.size() == 1);
  CHECK(bench.rules({}, "Nobody").vendors.empty());
}

TEST_CASE("worker: a rule that cannot be is refused with its row", "[server]") {
  RuleBench bench;
  bench.rules_[1].quantity = 0;
  const auto answers = bench.set();
  const std::span<const std::byte> parts[] = {answers.at(0).body};
  REQUIRE(answers[0].kind == schema::MessageKind::error);
  const auto error = std::get<schema::ErrorAnswer>(*bench.decoder_.decode(answers[0].kind, parts)).error;
  CHECK(error.code == engine::ErrorCode::bad_rule);
  CHECK(error.row == 2);
  CHECK(bench.rules({}, "").vendors.empty());  // nothing of the command is there
}

TEST_CASE("worker: what a rule suggests is listed with its purchase order, adopted and approved", "[server]") {
  RuleBench bench;
  bench.set();
  bench.ask([&](auto& bytes) { bench.order(bytes, 20, "o1", beam.value, 3); });
  const auto listed = bench.view<schema::PurchasesAnswer>([&](auto& bytes) { bench.encoder_.purchases(bytes, 21, {"", ""}); });
  REQUIRE(listed.open.size() == 1);
  CHECK(listed.open[0].state == engine::PurchaseState::suggested);
  CHECK(listed.open[0].automatic == 0);
  CHECK(listed.open[0].closes > bench.now_);
  CHECK(listed.vendors[0] == "Sawmill");
  const std::string id(listed.purchases[0]);
  CHECK(id == "reorder-" + std::to_string(listed.open[0].lsn.value));
  REQUIRE(listed.lines.size() == 1);
  CHECK(listed.lines[0].quantity == 40);
  CHECK(listed.lines[0].promised == engine::TimeUs{bench.now_.value + 3 * 86'400'000'000});
  const engine::Lsn made = listed.open[0].lsn;
  {
    const auto rules = bench.rules(beam, "");
    CHECK(rules.rules[0].position == 9 + 40);
    CHECK(rules.rules[0].purchase_lsn == made);
    CHECK(rules.purchases[0] == id);
  }
  const auto move = [&](engine::PurchaseStep step, std::string_view command) {
    return bench.ask([&](auto& bytes) { bench.encoder_.move_purchase(bytes, 22, {{command, id, step, "", {}}, {}}); }).at(0);
  };
  CHECK(bench.event<engine::PurchaseStepDecision>(move(engine::PurchaseStep::adopt, "c1")).state == engine::PurchaseState::draft);
  CHECK(bench.error(move(engine::PurchaseStep::adopt, "c2")) == engine::ErrorCode::purchase_draft);
  CHECK(bench.event<engine::PurchaseStepDecision>(move(engine::PurchaseStep::approve, "c3")).state == engine::PurchaseState::approved);
}

TEST_CASE("worker: who has no date is told when it could come if it were ordered now", "[server]") {
  RuleBench bench;
  bench.set();
  const auto answers = bench.ask([&](auto& bytes) { bench.order(bytes, 20, "o1", board.value, 130); });
  const auto order = bench.event<engine::OrderDecision>(answers.at(0));
  REQUIRE(order.fallbacks.size() == 1);
  CHECK(order.fallbacks[0].quantity == 30);
  CHECK(order.fallbacks[0].date == engine::TimeUs{bench.now_.value + 9 * 86'400'000'000});
  {
    const auto shown = bench.view<schema::OrderView>([&](auto& bytes) { bench.encoder_.show(bytes, 21, {"o1"}); });
    REQUIRE(shown.fallbacks.size() == 1);
    CHECK(shown.fallbacks[0].quantity == 30);
    CHECK(shown.promises.empty());
  }
  const engine::SkuId skus[] = {board};
  const engine::Quantity wanted[] = {7};
  const auto check = bench.view<schema::CheckAnswer>([&](auto& bytes) { bench.encoder_.check(bytes, 22, {42, skus, wanted, true}); });
  CHECK(check.expected.empty());
  REQUIRE(check.fallbacks.size() == 1);
  CHECK(check.fallbacks[0].quantity == 7);
}

TEST_CASE("worker: a line that a purchase order is pegged to is told its date, and both are listed", "[server]") {
  AskingBench bench;
  bench.ask([&](auto& bytes) { bench.order(bytes, 10, "o1", beam.value, 30); });  // 13 wait
  bench.ask([&](auto& bytes) { bench.order(bytes, 11, "o2", beam.value, 4); });
  const engine::PurchaseLine lines[] = {{9, engine::TimeUs{5'000'000}, engine::LineNumber{1}, beam, near_yard}, {2, {}, engine::LineNumber{2}, beam, near_yard}};
  const engine::PegRow pegs[] = {{engine::LineNumber{1}, engine::LineNumber{1}, 0}};
  const std::string_view orders[] = {"o2"};
  const schema::PlacePurchaseRequest request{{"P-1", "Sawmill", "", "", engine::PurchaseState::sent, lines, pegs, orders}, 42, {}};
  const auto placed = bench.event<engine::PurchaseDecision>(bench.ask([&](auto& bytes) { bench.encoder_.place_purchase(bytes, 12, request); }).at(0));
  REQUIRE(placed.pegs.size() == 1);
  CHECK(placed.peg_orders[placed.pegs[0].order] == "o2");
  const engine::Lsn order_lsn = placed.pegs[0].order_lsn;
  {
    const auto listed = bench.view<schema::PurchasesAnswer>([&](auto& bytes) { bench.encoder_.purchases(bytes, 13, {"", ""}); });
    REQUIRE(listed.lines.size() == 2);
    CHECK(listed.lines[0].peg_order == order_lsn);
    CHECK(listed.lines[0].peg_line == engine::LineNumber{1});
    CHECK(listed.lines[0].expected == engine::TimeUs{5'000'000});
    CHECK(listed.lines[1].peg_order == engine::Lsn{});
    REQUIRE(listed.peg_orders.size() == 1);
    CHECK(listed.peg_orders[0] == "o2");
  }
  const auto shown = bench.view<schema::OrderView>([&](auto& bytes) { bench.encoder_.show(bytes, 14, {"o2"}); });
  CHECK(shown.lsn == order_lsn);
  REQUIRE(shown.expected.size() == 1);
  CHECK(shown.expected[0].quantity == 4);  // all that it waits for, though another is ahead of it
  REQUIRE(shown.promises.size() == 1);
  CHECK(shown.promises[0].first == engine::TimeUs{5'000'000});
  CHECK(shown.promises[0].told == engine::TimeUs{5'000'000});
  const auto came = bench.ask([&](auto& bytes) { bench.encoder_.receive_purchase(bytes, 15, {{"R-1", "P-1", false, {}}, {}}); });
  REQUIRE(came.size() == 4);  // of 9 units 4 for o2, 5 for o1, which gets the 2 of the other line, too
  const auto first = bench.event<engine::FillDecision>(came[1]);
  CHECK(first.order_id == "o2");
  CHECK(first.pegged);
  CHECK(first.takes[0].quantity == 4);
  for (std::size_t index : {2U, 3U}) {  // what is more, and the other line, for the first in the queue
    const auto fill = bench.event<engine::FillDecision>(came[index]);
    CHECK(fill.order_id == "o1");
    CHECK_FALSE(fill.pegged);
  }
}

TEST_CASE("worker: an earlier decision is found by its id, with its fills, as a repeat would tell it", "[server]") {
  AskingBench bench;
  const auto find = [&](engine::IdSpace space, std::string_view id) { return bench.ask([&](auto& bytes) { bench.encoder_.find(bytes, 14, {space, id}); }); };
  const auto placed = bench.ask([&](auto& bytes) { bench.order(bytes, 10, "o1", beam.value, 20); });
  const engine::StockRow rows[] = {{5, beam, near_yard}};
  const auto received = bench.ask([&](auto& bytes) { bench.encoder_.receive(bytes, 11, {{"o1", rows}, 42, {}}); });
  REQUIRE(received.size() == 2);
  const auto order = find(engine::IdSpace::order, "o1");
  REQUIRE(order.size() == 1);
  CHECK(order[0].flags == schema::flag_duplicate);
  CHECK(order[0].correlation == 14);
  CHECK(order[0].body == placed.at(0).body);
  const auto receipt = find(engine::IdSpace::receipt, "o1");
  REQUIRE(receipt.size() == 2);
  CHECK(receipt[0].body == received[0].body);
  CHECK(receipt[1].body == received[1].body);
  CHECK(bench.error(find(engine::IdSpace::cancel, "o1").at(0)) == engine::ErrorCode::unknown_decision);
  CHECK(bench.error(find(engine::IdSpace::order, "o2").at(0)) == engine::ErrorCode::unknown_decision);
}
