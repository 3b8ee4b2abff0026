// What an explanation tells of dates that moved, pegs, and when what has no date could come, without a server.
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <nlohmann/json.hpp>

#include "client/explanation.hpp"

using namespace earmark;
using namespace earmark::client;

namespace {

using engine::LineNumber, engine::Lsn, engine::SkuId, engine::TimeUs;
constexpr std::int64_t noon = 1'767'268'800'000'000, day = 86'400'000'000;  // 2026-01-01 12:00 UTC

Catalogue catalogue() {
  Catalogue known(1);
  known.learn("BEAM", SkuId{1});
  known.learn("HANGER", SkuId{2});
  known.learn(std::vector<WarehouseInfo>{{"MAIN", "", 1}});
  return known;
}

schema::Event event(std::uint64_t lsn, schema::Decision decision, std::uint64_t cause = 0) { return {{Lsn{lsn}, TimeUs{noon}, Lsn{cause}}, std::move(decision)}; }

// Order A, decided at 10, true at 50; 8 of line 1 wait.
OrderState shown() {
  OrderState state;
  state.id = "A", state.lsn = 10, state.as_of = 50, state.time_us = noon, state.status = engine::OrderStatus::split;
  state.lines = {{1, "BEAM", 20, 8, 0, {}, 1, 0}};
  return state;
}

// Line 1 of order A is told another date.
schema::Event moved(std::uint64_t lsn, std::int64_t before, std::int64_t date, SkuId sku = SkuId{1}) {
  static const std::string_view orders[] = {"A"}, customers[] = {"Okafor"};
  static std::deque<engine::MovedDate> lines;
  lines.push_back({TimeUs{before}, TimeUs{date}, Lsn{10}, 0, LineNumber{1}, sku, 8});
  return event(lsn, engine::DatesDecision{std::span(&lines.back(), 1), orders, customers});
}

engine::OverdueLine overdue_lines[] = {{TimeUs{noon}, LineNumber{1}, SkuId{1}, 12, engine::WarehouseId{1}, 0}};
schema::Event overdue(std::uint64_t lsn) { return event(lsn, engine::OverdueDecision{false, "PO-7", Lsn{5}, "HOLZ", TimeUs{noon + day}, overdue_lines}); }

engine::PurchaseChange changes[] = {{TimeUs{noon}, LineNumber{1}, SkuId{1}, 12, 0, engine::WarehouseId{1}, 0, 0}};
schema::Event acknowledged(std::uint64_t lsn, SkuId sku = SkuId{1}) {
  static std::deque<engine::PurchaseChange> all;
  all.push_back(changes[0]);
  all.back().sku = sku;
  return event(lsn, engine::PurchaseStepDecision{"M-1", "PO-8", Lsn{5}, 1, "HOLZ", engine::PurchaseStep::acknowledge, engine::PurchaseState::acknowledged, "",
                                                 std::span(&all.back(), 1)});
}

Explanation explained(const std::vector<schema::Event>& first, const std::vector<schema::Event>& second = {}) {
  Explainer explainer(shown());
  for (const schema::Event& each : first) explainer.see(each, catalogue());
  explainer.begin_second_round();
  for (const schema::Event& each : second) explainer.see(each, catalogue());
  return std::move(explainer).take();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("explain: a date that moved, with what moved it", "[client][explain][dates]") {
  const Explanation told = explained({moved(12, 0, noon + day), acknowledged(20), acknowledged(21, SkuId{2}), moved(22, noon + day, noon + 3 * day), overdue(30),
                                      moved(31, noon + 3 * day, 0)});
  const std::string text = explanation_text(told);
  CHECK(has(text, "        12  2026-01-01 12:00:00.000 UTC  line 1 BEAM: expected 2026-01-02 from now on\n"));
  CHECK(has(text, "line 1 BEAM: expected 2026-01-04 from now on, told before: 2026-01-02, because of what the vendor says of purchase order PO-8 (decision 20)\n"));
  CHECK(has(text, "line 1 BEAM: no date is known any more, told before: 2026-01-04, because of purchase order PO-7, which is overdue (decision 30)\n"));
  const std::vector<Json> json = explanation_json(told);
  const auto last = std::ranges::find_if(json, [](const Json& each) { return each.value("lsn", 0) == 31; });
  REQUIRE(last != json.end());
  CHECK((*last)["what"] == "dated");
  CHECK((*last)["before_us"] == noon + 3 * day);
  CHECK((*last)["date_us"] == 0);
  CHECK((*last)["cause"] == "SupplyOverdue");
  CHECK((*last)["cause_lsn"] == 30);
}

TEST_CASE("explain: a fill is no reason, its cause is, and what a rule ordered is one", "[client][explain][dates]") {
  const engine::ReceivedRow rows[] = {{SkuId{1}, engine::WarehouseId{1}, 0, 4, 4}};
  const engine::Take takes[] = {{4, 0, engine::WarehouseId{1}, 1}};
  const engine::FillDecision fill{"B", Lsn{9}, LineNumber{1}, SkuId{1}, 0, 0, true, takes, "Okafor", Lsn{}, {}};
  engine::ReorderDecision reorder;
  reorder.sku = SkuId{1}, reorder.warehouse = engine::WarehouseId{1}, reorder.quantity = 24, reorder.purchase = "reorder-32", reorder.vendor = "HOLZ";
  reorder.state = engine::PurchaseState::approved;
  engine::ReorderDecision suggested = reorder;
  suggested.state = engine::PurchaseState::suggested;
  const std::string text = explanation_text(explained({event(20, engine::ReceiptDecision{"TRUCK", 1, true, rows}), event(21, fill, 20), event(22, suggested),
                                                       moved(23, 0, noon + day), event(32, reorder), moved(33, noon + day, noon + 4 * day)}));
  CHECK(has(text, "expected 2026-01-02 from now on, because of receipt TRUCK (decision 20)\n"));
  CHECK(has(text, "told before: 2026-01-02, because of purchase order reorder-32 of a reorder rule (decision 32)\n"));
}

TEST_CASE("explain: where another record may have moved a date, none is blamed", "[client][explain][dates]") {
  engine::AmendDecision amend;
  amend.command_id = "AM", amend.order_id = "B", amend.priority = engine::Priority{200};
  const std::vector<schema::Event> first{acknowledged(20), moved(25, noon, noon + day), overdue(30), moved(31, noon + day, noon + 2 * day)};
  const std::string text = explanation_text(explained(first, {event(24, amend)}));
  CHECK(has(text, "expected 2026-01-02 from now on, told before: 2026-01-01\n"));
  CHECK(has(text, "told before: 2026-01-02, because of purchase order PO-7, which is overdue (decision 30)\n"));
  // In one round, unfiltered: the same.
  CHECK(has(explanation_text(explained({acknowledged(20), event(24, amend), moved(25, noon, noon + day)})), "from now on, told before: 2026-01-01\n"));
}

TEST_CASE("explain: a peg, and a fill by it", "[client][explain][purchases]") {
  const engine::PurchasedLine lines[] = {{TimeUs{0}, LineNumber{4}, SkuId{2}, 9, engine::WarehouseId{1}, 0}, {TimeUs{0}, LineNumber{5}, SkuId{1}, 12, engine::WarehouseId{1}, 0}};
  const engine::PurchasePeg pegs[] = {{Lsn{99}, 0, 0, LineNumber{1}, 0}, {Lsn{10}, 1, 1, LineNumber{1}, 0}};
  const std::string_view orders[] = {"X", "A"};
  engine::PurchaseDecision place{"PO-9", 1, "HOLZ", "", "", engine::PurchaseState::approved, lines};
  place.pegs = pegs, place.peg_orders = orders;
  const engine::Take takes[] = {{8, 4, engine::WarehouseId{1}, 1}};
  engine::FillDecision fill{"A", Lsn{10}, LineNumber{1}, SkuId{1}, 0, 0, true, takes, "Okafor", Lsn{}, {}};
  fill.pegged = true;
  const Explanation told = explained({event(20, place), event(30, fill)});
  CHECK(has(explanation_text(told), "line 1 BEAM: 12 of purchase order PO-9 line 5 are for it first\n"));
  CHECK(has(explanation_text(told), "filled 8 MAIN of 12 available, which are pegged to it; nothing waits any more\n"));
  REQUIRE(told.since.size() == 2);
  CHECK(told.since.at(20).steps.size() == 1);
  const std::vector<Json> json = explanation_json(told);
  CHECK(std::ranges::any_of(json, [](const Json& each) { return each.value("what", "") == "pegged" && each["purchase"] == "PO-9" && each["purchase_line"] == 5; }));
  CHECK(std::ranges::any_of(json, [](const Json& each) { return each.value("what", "") == "filled" && each["pegged"] == true; }));
}

TEST_CASE("explain: of what waits now, what was promised first and when it could come", "[client][explain][dates]") {
  OrderState now = shown();
  now.lines[0].first_promised_us = noon, now.lines[0].fallback_us = noon + 9 * day;
  Explainer explainer(now);
  const Explanation told = std::move(explainer).take();
  CHECK(has(explanation_text(told), "no date is known; about 2026-01-10 if ordered now; promised first for 2026-01-01\n"));
  CHECK(explanation_json(told).back()["first_us"] == noon);
  CHECK(explanation_json(told).back()["fallback_us"] == noon + 9 * day);
}
