// What happens to vendors, reorder rules, overdue supply, dates and pegs, as people and as programs read it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "client/event_json.hpp"
#include "client/event_text.hpp"
#include "client/ids_in_event.hpp"
#include "client/rules_text.hpp"
#include "client/stream_text.hpp"
#include "tests/client/told_event.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// 24 beams for MAIN, suggested: 10 available, 4 incoming, 6 wait.
engine::ReorderDecision reorder() {
  engine::ReorderDecision reorder;
  reorder.sku = sku(1), reorder.warehouse = warehouse(1), reorder.mode = engine::RuleMode::suggest, reorder.point = 12;
  reorder.available = 10, reorder.incoming = 4, reorder.waiting = 6, reorder.quantity = 24;
  reorder.vendor = "HOLZ", reorder.purchase = "reorder-7", reorder.line = line(1), reorder.line_quantity = 24, reorder.promised = at(noon + 9 * day);
  return reorder;
}

}  // namespace

TEST_CASE("rule events: what was set, and of vendors those that no row names", "[client][events][rules]") {
  const engine::VendorSet vendors[] = {{"HOLZ", "", -1, -1}, {"STAHL", "Steel & Co", 9, 870}};
  const engine::SourceSet sources[] = {{sku(2), 1, 4}};
  engine::RuleSet rules[2];
  rules[0].sku = sku(1), rules[0].warehouse = warehouse(1), rules[0].vendor = 1, rules[0].point = 12, rules[0].quantity = 24, rules[0].pooled = 1;
  rules[0].mode = engine::RuleMode::suggest, rules[0].snoozed_until = at(noon + day);
  rules[1].sku = sku(2), rules[1].warehouse = warehouse(2);
  const engine::RulesDecision set{vendors, sources, rules};
  CHECK(event_text(event(5, set), catalogue(), false) ==
        "Set (decision 5)\n"
        "VENDOR  NAME        LEAD TIME  CUT-OFF\n"
        "STAHL   Steel & Co  9 days     14:30 UTC\n"
        "SKU     VENDOR  LEAD TIME\n"
        "HANGER  HOLZ    4 days\n"
        "SKU     WAREHOUSE  RULE                            MODE     VENDOR  SNOOZED UNTIL\n"
        "BEAM    MAIN       at 12 order 24, all warehouses  suggest  HOLZ    2026-01-02 12:00:00.000 UTC\n"
        "HANGER  WEST                                       off\n");
  CHECK(told(event(5, set)) ==
        "         5  12:00:00.000  set          2 vendors, 1 source, 2 rules\n"
        "                                       BEAM    for MAIN: suggest, at 12 order 24, all warehouses, snoozed until 2026-01-02 12:00:00.000 UTC\n"
        "                                       HANGER  for WEST: off\n");
  const Json json = event_json(event(5, set), catalogue(), false);
  CHECK(json["event"] == "RulesSet");
  CHECK(json["vendors"][1] == Json{{"vendor", "STAHL"}, {"name", "Steel & Co"}, {"lead_days", 9}, {"cut_off", 870}});
  CHECK(json["sources"][0] == Json{{"sku", "HANGER"}, {"vendor", "HOLZ"}, {"lead_days", 4}});
  CHECK(json["rules"][0] == Json{{"sku", "BEAM"}, {"warehouse", "MAIN"}, {"kind", "reorder_point"}, {"mode", "suggest"}, {"point", 12}, {"quantity", 24}, {"pooled", true},
                                 {"vendor", "HOLZ"}, {"snoozed_until_us", noon + day}});
  CHECK(json["rules"][1]["mode"] == "off");
  CHECK(event_text(event(5, engine::RulesDecision{}), catalogue(), false) == "Everything stood like this already (decision 5)\n");
  CHECK(has(told(event(5, engine::RulesDecision{})), "set          no vendor, source or rule, because all stood like this already\n"));
}

TEST_CASE("rule events: a rule in words", "[client][words][rules]") {
  CHECK(rule_text(RuleFigures{engine::RuleKind::reorder_point, 12, 24, 0, 0, 0, false}) == "at 12 order 24");
  CHECK(rule_text(RuleFigures{engine::RuleKind::min_max, 1'000, 5'000, 20, 5, 90, true}) ==
        "at 1,000 up to 5,000, at least 20, in multiples of 5, at most 90, all warehouses");
  CHECK(rule_text(RuleFigures{engine::RuleKind::lot_for_lot, 0, 0, 0, 0, 0, false}) == "what is missing");
  CHECK(signed_text(-1'200) == "-1,200");
  CHECK(signed_text(INT64_MIN) == "-9,223,372,036,854,775,808");
  CHECK(lateness_text(day * 3 / 2) == "1.5 days");
}

TEST_CASE("rule events: a trigger that suggests, orders, adds or only tells, and one that is cleared", "[client][events][rules]") {
  engine::ReorderDecision what = reorder();
  CHECK(event_text(event(7, what), catalogue(), false) ==
        "Purchase order reorder-7 from vendor HOLZ raised: suggested (decision 7)\n"
        "Line 1: 24 BEAM for MAIN, promised 2026-01-10 12:00:00.000 UTC\n"
        "position 8 (10 available, 4 incoming, 6 waiting), point 12\n");
  CHECK(told(event(7, what)) ==
        "         7  12:00:00.000  suggested    24 BEAM for MAIN, line 1 of purchase order reorder-7 from HOLZ, suggested, which is new, promised "
        "2026-01-10 12:00:00.000 UTC, position 8 (10 available, 4 incoming, 6 waiting), point 12\n");
  CHECK(event_json(event(7, what), catalogue(), false) ==
        Json{{"lsn", 7}, {"time_us", noon}, {"event", "ReorderTriggered"}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"mode", "suggest"}, {"pooled", false},
             {"cleared", false}, {"point", 12}, {"position", 8}, {"available", 10}, {"incoming", 4}, {"waiting", 6}, {"quantity", 24}, {"vendor", "HOLZ"},
             {"purchase", "reorder-7"}, {"line", 1}, {"line_quantity", 24}, {"promised_us", noon + 9 * day}, {"state", "suggested"}});

  what.purchase_lsn = engine::Lsn{3}, what.line_quantity = 48, what.mode = engine::RuleMode::auto_po, what.state = engine::PurchaseState::approved;
  what.closes = at(noon + day);
  CHECK(has(event_text(event(7, what), catalogue(), false), "Added to purchase order reorder-7 from vendor HOLZ: 24 (decision 7)\nLine 1: 48 BEAM for MAIN"));
  CHECK(has(event_text(event(7, what), catalogue(), false), "It takes lines until 2026-01-02 12:00:00.000 UTC\n"));
  CHECK(has(told(event(7, what)), "reordered    24 BEAM for MAIN, line 1 of purchase order reorder-7 from HOLZ, approved, 48 in all"));
  CHECK(event_json(event(7, what), catalogue(), false)["purchase_lsn"] == 3);

  what = reorder();
  what.mode = engine::RuleMode::alert, what.quantity = 0;
  CHECK(event_text(event(7, what), catalogue(), false) == "Reorder BEAM for MAIN (decision 7)\nposition 8 (10 available, 4 incoming, 6 waiting), point 12\n");
  CHECK(told(event(7, what)) == "         7  12:00:00.000  reorder      BEAM for MAIN, position 8 (10 available, 4 incoming, 6 waiting), point 12\n");
  CHECK(!event_json(event(7, what), catalogue(), false).contains("purchase"));
  what.cleared = true, what.available = -30;
  CHECK(event_text(event(7, what), catalogue(), false) ==
        "The position of BEAM for MAIN is above the point of its rule again (decision 7)\nposition -32 (-30 available, 4 incoming, 6 waiting), point 12\n");
  CHECK(has(told(event(7, what)), "cleared      BEAM for MAIN, position -32"));
}

TEST_CASE("rule events: overdue purchase orders and transfers", "[client][events][purchases]") {
  const engine::OverdueLine lines[] = {{at(noon - day), line(2), sku(1), 12, warehouse(1), 0}};
  engine::OverdueDecision overdue{false, "PO-7", engine::Lsn{3}, "HOLZ", at(noon + 2 * day), lines};
  CHECK(event_text(event(8, overdue), catalogue(), false) ==
        "Purchase order PO-7 from vendor HOLZ is overdue, and expected 2026-01-03 12:00:00.000 UTC now (decision 8)\n"
        "LINE  SKU   WAREHOUSE  OPEN  PROMISED\n"
        "   2  BEAM  MAIN         12  2025-12-31 12:00:00.000 UTC\n");
  CHECK(told(event(8, overdue)) ==
        "         8  12:00:00.000  overdue      purchase order PO-7 from HOLZ, expected 2026-01-03 12:00:00.000 UTC now: line 2 BEAM 12 for MAIN, promised "
        "2025-12-31 12:00:00.000 UTC\n");
  CHECK(event_json(event(8, overdue), catalogue(), false) ==
        Json{{"lsn", 8}, {"time_us", noon}, {"event", "SupplyOverdue"}, {"purchase", "PO-7"}, {"decided_at", 3}, {"vendor", "HOLZ"}, {"expected_us", noon + 2 * day},
             {"lines", {{{"line", 2}, {"sku", "BEAM"}, {"warehouse", "MAIN"}, {"open", 12}, {"promised_us", noon - day}}}}});
  overdue.transfer = true, overdue.id = "T-1", overdue.vendor = {};
  CHECK(has(event_text(event(8, overdue), catalogue(), false), "Transfer T-1 is overdue, and expected 2026-01-03 12:00:00.000 UTC now (decision 8)\nSKU   WAREHOUSE  IN TRANSIT  WAS EXPECTED\n"));
  CHECK(has(told(event(8, overdue)), "transfer T-1, expected 2026-01-03 12:00:00.000 UTC now: BEAM 12 for MAIN, was expected 2025-12-31"));
  CHECK(event_json(event(8, overdue), catalogue(), false)["transfer"] == "T-1");
}

TEST_CASE("rule events: dates that moved, are known for the first time, or no longer", "[client][events][dates]") {
  const engine::MovedDate lines[] = {{at(noon + day), at(noon + 3 * day), engine::Lsn{3}, 0, line(1), sku(1), 8},
                                     {at(0), at(noon + 5 * day), engine::Lsn{4}, 1, line(2), sku(1), 3},
                                     {at(noon + 7 * day), at(0), engine::Lsn{4}, 1, line(3), sku(1), 2}};
  const std::string_view orders[] = {"A", "B"}, customers[] = {"Okafor", ""};
  const engine::DatesDecision dates{lines, orders, customers};
  CHECK(event_text(event(9, dates), catalogue(), false) ==
        "New dates for 3 lines that wait (decision 9)\n"
        "ORDER  LINE  SKU   WAITS  TOLD BEFORE  EXPECTED NOW  CUSTOMER\n"
        "A         1  BEAM      8  2026-01-02   2026-01-04    Okafor\n"
        "B         2  BEAM      3  no date      2026-01-06\n"
        "B         3  BEAM      2  2026-01-08   no date\n");
  CHECK(told(event(9, dates)) ==
        "         9  12:00:00.000  dates        3 lines with a new date\n"
        "                                       line 1  BEAM  of order A of Okafor: 8 wait, expected 2026-01-04, told before: 2026-01-02\n"
        "                                       line 2  BEAM  of order B: 3 wait, expected 2026-01-06\n"
        "                                       line 3  BEAM  of order B: 2 wait, no date any more, told before: 2026-01-08\n");
  CHECK(event_json(event(9, dates), catalogue(), false)["lines"] ==
        Json::array({{{"order", "A"}, {"order_lsn", 3}, {"line", 1}, {"sku", "BEAM"}, {"waiting", 8}, {"before_us", noon + day}, {"date_us", noon + 3 * day}, {"customer", "Okafor"}},
                     {{"order", "B"}, {"order_lsn", 4}, {"line", 2}, {"sku", "BEAM"}, {"waiting", 3}, {"before_us", 0}, {"date_us", noon + 5 * day}},
                     {{"order", "B"}, {"order_lsn", 4}, {"line", 3}, {"sku", "BEAM"}, {"waiting", 2}, {"before_us", noon + 7 * day}, {"date_us", 0}}}));
}

TEST_CASE("rule events: pegs, estimates, an adopted suggestion and a cut-off in the events of purchase orders", "[client][events][purchases]") {
  const engine::PurchasedLine lines[] = {{at(noon - day), line(1), sku(1), 200, warehouse(1), 0}, {at(0), line(2), sku(2), 40, warehouse(2), 0}};
  const engine::PurchasePeg pegs[] = {{engine::Lsn{2}, 1, 0, line(7), 0}};
  const std::string_view orders[] = {"A"};
  const engine::TimeUs estimates[] = {at(noon + day), at(0)};
  engine::PurchaseDecision place{"PO-7", 1, "HOLZ", "", "", engine::PurchaseState::approved, lines};
  place.pegs = pegs, place.peg_orders = orders, place.estimates = estimates;
  CHECK(event_text(event(5, place), catalogue(), false) ==
        "Purchase order PO-7 from vendor HOLZ: approved (decision 5)\n"
        "LINE  SKU     WAREHOUSE  ORDERED  PROMISED                     EXPECTED                     FIRST FOR\n"
        "   1  BEAM    MAIN           200  2025-12-31 12:00:00.000 UTC  2026-01-02 12:00:00.000 UTC\n"
        "   2  HANGER  WEST            40  -                                                         order A line 7\n");
  CHECK(has(told(event(5, place)), "line 1  BEAM    200 for MAIN, promised 2025-12-31 12:00:00.000 UTC, expected 2026-01-02 12:00:00.000 UTC\n"));
  CHECK(has(told(event(5, place)), "line 2  HANGER  40 for WEST, first for order A line 7\n"));
  const Json json = event_json(event(5, place), catalogue(), false);
  CHECK(json["lines"][0]["expected_us"] == noon + day);
  CHECK(!json["lines"][1].contains("expected_us"));
  CHECK(json["lines"][1]["peg_order"] == "A");
  CHECK(json["lines"][1]["peg_order_lsn"] == 2);
  CHECK(json["lines"][1]["peg_line"] == 7);

  engine::PurchaseStepDecision move{"M", "reorder-5", engine::Lsn{5}, 1, "HOLZ", engine::PurchaseStep::adopt, engine::PurchaseState::draft, "", {}};
  CHECK(event_text(event(6, move), catalogue(), false) == "Purchase order reorder-5 from vendor HOLZ is adopted, draft (decision 6)\n");
  CHECK(has(told(event(6, move)), "adopted      purchase order reorder-5 from HOLZ, draft\n"));
  const engine::PurchaseChange changes[] = {{at(noon - day), line(1), sku(1), 200, 200, warehouse(1), 0, 0}};
  move.command_id = {}, move.step = engine::PurchaseStep::approve, move.state = engine::PurchaseState::approved, move.changes = changes;
  move.estimates = std::span(estimates).first(1);
  CHECK(has(event_text(event(6, move), catalogue(), false), "is approved (decision 6)\nIts cut-off has come: no rule adds lines to it any more.\n"));
  CHECK(has(event_text(event(6, move), catalogue(), false), "+200  2026-01-02 12:00:00.000 UTC\n"));
  CHECK(has(told(event(6, move)), "approved, whose cut-off has come: line 1 BEAM 200 for MAIN, promised 2025-12-31 12:00:00.000 UTC, expected 2026-01-02 12:00:00.000 UTC"));
  CHECK(event_json(event(6, move), catalogue(), false)["by_time"] == true);

  const engine::Take takes[] = {{8, 3, warehouse(1), 1}};
  engine::FillDecision fill{"A", engine::Lsn{2}, line(7), sku(1), 0, 0, true, takes, "Okafor", engine::Lsn{}, {}};
  fill.pegged = true;
  CHECK(has(event_text(event(7, fill), catalogue(), false), "8 MAIN of BEAM that are pegged to it, nothing left to wait for"));
  CHECK(has(told(event(7, fill)), "BEAM 8 MAIN pegged to it, nothing left to wait for"));
  CHECK(event_json(event(7, fill), catalogue(), false)["pegged"] == true);
}

TEST_CASE("rule events: every code in them is looked up", "[client][events][rules]") {
  IdsInEvent ids;
  ids.collect(reorder());
  CHECK(ids.skus == std::vector{sku(1)});
  CHECK(ids.warehouses == std::vector{warehouse(1)});
  const engine::OverdueLine overdue[] = {{at(1), line(1), sku(2), 3, warehouse(2), 0}};
  ids.collect(engine::OverdueDecision{false, "PO", engine::Lsn{1}, "V", at(2), overdue});
  CHECK(ids.skus == std::vector{sku(2)});
  CHECK(ids.warehouses == std::vector{warehouse(2)});
  const engine::MovedDate moved[] = {{at(1), at(2), engine::Lsn{1}, 0, line(1), sku(2), 3}};
  const std::string_view texts[] = {"A"};
  ids.collect(engine::DatesDecision{moved, texts, texts});
  CHECK(ids.skus == std::vector{sku(2)});
  const engine::SourceSet sources[] = {{sku(2), 1, 4}};
  const engine::VendorSet vendors[] = {{"V", "", -1, -1}};
  engine::RuleSet rule;
  rule.sku = sku(1), rule.warehouse = warehouse(2);
  ids.collect(engine::RulesDecision{vendors, sources, std::span(&rule, 1)});
  CHECK(ids.skus == std::vector{sku(2), sku(1)});
  CHECK(ids.warehouses == std::vector{warehouse(2)});
}

TEST_CASE("rule events: of what has no date a decision tells when it could come if it were ordered now", "[client][events][dates]") {
  const engine::LineDecision lines[] = {{line(1), sku(1), 12, 10, 2, 0, warehouse(1), 1, 0, {}}, {line(2), sku(2), 3, 3, 0, 0, {}, 0, 0, {}}};
  const engine::LineWait waits[] = {{0, 1, 0}, {0, 1, 1}};
  const engine::ExpectedUnits expected[] = {{at(noon + day), 4, 0}}, fallbacks[] = {{at(noon + 9 * day), 6, 0}, {at(noon + 5 * day), 3, 1}};
  engine::OrderDecision order;
  order.id = "A", order.status = engine::OrderStatus::split;
  order.lines = lines, order.waits = waits, order.expected = expected, order.fallbacks = fallbacks;
  const std::string text = event_text(event(5, order), catalogue(), false);
  CHECK(has(text, "2026-01-02 4, no date 6; about 2026-01-10 if ordered now\n"));
  CHECK(has(text, "no date; about 2026-01-06 if ordered now\n"));
  const std::string stream = told(event(5, order));
  CHECK(has(stream, "10 wait as 1st in the queue, expected 2026-01-02 4, no date 6; about 2026-01-10 if ordered now\n"));
  CHECK(has(stream, "3 wait as 1st in the queue, no date; about 2026-01-06 if ordered now\n"));
  const Json json = event_json(event(5, order), catalogue(), false);
  CHECK(json["lines"][0]["fallback_us"] == noon + 9 * day);
  CHECK(json["lines"][1]["fallback_us"] == noon + 5 * day);
}
