// Vendors, reorder rules, pegs and decisions told again through an exchange: commands and questions in codes, and their answers.
#include "tests/client/played.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;
using namespace std::chrono_literals;

namespace {

engine::WarehouseId warehouse(std::uint16_t id) { return engine::WarehouseId{id}; }
engine::LineNumber line(std::uint32_t number) { return engine::LineNumber{number}; }
engine::SkuId sku(std::uint32_t id) { return engine::SkuId{id}; }
engine::TimeUs at(std::int64_t time_us) { return engine::TimeUs{time_us}; }

ReorderRule rule(const char* of, const char* to) {
  ReorderRule rule;
  rule.sku = of, rule.warehouse = to, rule.point = 12, rule.quantity = 24, rule.vendor = "HOLZ";
  return rule;
}

}  // namespace

TEST_CASE("exchange: rules are set in codes, and vendors that rows name stand behind those that are set", "[client][exchange][rules]") {
  Played played;
  played.greet();
  SetRules set;
  set.vendors = {{"HOLZ", "Timber Mills", 9, 870}, {"STAHL", "", {}, {}}};
  set.sources = {{"S1", "HOLZ", 4}, {"S2", "GLAS", {}}};
  set.rules = {rule("S1", "W1"), rule("S2", "W2")};
  set.rules[1].kind = engine::RuleKind::min_max, set.rules[1].mode = engine::RuleMode::auto_po, set.rules[1].vendor = "GLAS";
  set.rules[1].minimum = 5, set.rules[1].multiple = 6, set.rules[1].maximum = 90, set.rules[1].lead_days = 3, set.rules[1].pooled = true;
  set.snoozes = {{"S1", "W1", 777}};
  const auto call = played.exchange.submit(set, played.now + 1min);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == MessageKind::set_rules);
  CHECK(heard[0].epoch == 5);
  CHECK(heard[0].rows == std::vector<std::string>{"vendor HOLZ Timber Mills 9 870", "vendor STAHL  -1 -1", "vendor GLAS named", "source S1 of 1 in 4", "source S2 of 3 in -1",
                                                  "rule S1 for 1: reorder_point suggest 12 24 0 0 0 of 1 in -1", "rule S2 for 2: min_max auto-po 12 24 5 6 90 of 3 in 3 pooled",
                                                  "snooze S1 for 1 until 777"});
  const engine::VendorSet vendors[] = {{"HOLZ", "Timber Mills", 9, 870}, {"GLAS", "", -1, -1}};
  const engine::SourceSet sources[] = {{sku(2), 2, -1}};
  engine::RuleSet changed;
  changed.sku = sku(1), changed.warehouse = warehouse(1), changed.vendor = 1, changed.point = 12, changed.quantity = 24, changed.lead_days = 3;
  changed.kind = engine::RuleKind::lot_for_lot, changed.mode = engine::RuleMode::alert, changed.pooled = 1, changed.snoozed_until = at(777);
  played.send(0, heard[0].correlation, engine::RulesDecision{vendors, sources, std::span(&changed, 1)});
  const auto finished = played.finished();
  CHECK(finished.call == call);
  REQUIRE(finished.outcome.has_value());
  const auto answer = std::get<SetRulesAnswer>(*finished.outcome);
  CHECK(answer.lsn == 1);
  CHECK(answer.vendors == std::vector<Vendor>{{"HOLZ", "Timber Mills", 9, 870}, {"GLAS", "", {}, {}}});
  CHECK(answer.sources == std::vector<Source>{{"S2", "GLAS", {}}});
  REQUIRE(answer.rules.size() == 1);
  CHECK(answer.rules[0].snoozed_until_us == 777);
  ReorderRule expected = rule("S1", "W1");
  expected.kind = engine::RuleKind::lot_for_lot, expected.mode = engine::RuleMode::alert, expected.pooled = true, expected.lead_days = 3;
  CHECK(answer.rules[0].rule == expected);
}

TEST_CASE("exchange: what no server takes of rules is not sent", "[client][exchange][rules]") {
  Played played;
  played.greet();
  const auto limit = played.now + 1min;
  played.exchange.submit(SetRules{{{"HOLZ", std::string(513, 'n'), {}, {}}}, {}, {}, {}}, limit);
  played.exchange.submit(SetRules{{{"HOLZ", "", -1, {}}}, {}, {}, {}}, limit);
  played.exchange.submit(SetRules{{{"HOLZ", "", {}, static_cast<std::int16_t>(-1)}}, {}, {}, {}}, limit);
  played.exchange.submit(SetRules{{}, {{"S1", "HOLZ", -1}}, {}, {}}, limit);
  SetRules bad{{}, {}, {rule("S1", "W1")}, {}};
  bad.rules[0].lead_days = -2;
  played.exchange.submit(bad, limit);
  const auto ended = played.exchange.take_finished();
  REQUIRE(ended.size() == 5);
  for (const auto& each : ended) CHECK(each.outcome.error().kind == FailureKind::usage);
  CHECK(played.hear_commands().empty());
}

TEST_CASE("exchange: rules come with their positions in codes that are looked up for them", "[client][exchange][rules]") {
  Played played;
  played.greet();
  played.exchange.submit(RulesQuestion{"S7", "HOLZ"}, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == MessageKind::rules);
  CHECK(heard[0].skus == std::vector<std::uint32_t>{7});
  CHECK(heard[0].rows == std::vector<std::string>{"of vendor HOLZ"});
  const std::string_view codes[] = {"GLAS", "HOLZ"}, names[] = {"", "Timber Mills"}, purchases[] = {"reorder-9", ""};
  const schema::VendorView vendors[] = {{0, 86'400'000'000, -1, -1, 0}, {12, 130'000'000'000, 9, 870, 0}};
  const engine::SourceSet sources[] = {{sku(7), 2, 4}};
  schema::RuleView rules[2];
  rules[0].sku = sku(7), rules[0].warehouse = warehouse(1), rules[0].vendor = 2, rules[0].point = 12, rules[0].quantity = 24, rules[0].mode = engine::RuleMode::suggest;
  rules[0].position = -3, rules[0].triggered = 1, rules[0].purchase_lsn = engine::Lsn{9};
  rules[1].sku = sku(8), rules[1].warehouse = warehouse(2), rules[1].kind = engine::RuleKind::min_max, rules[1].mode = engine::RuleMode::alert, rules[1].snoozed_until = at(50);
  schema::RulesAnswer from;
  from.as_of = engine::Lsn{31};
  from.vendor_codes = codes, from.vendor_names = names, from.vendors = vendors, from.sources = sources, from.rules = rules, from.purchases = purchases;
  played.answer(0, heard[0].correlation, from);
  CHECK(played.hear_commands().empty());  // the codes were asked for
  const auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto& answer = std::get<RulesAnswer>(*finished.outcome);
  CHECK(answer.as_of == 31);
  REQUIRE(answer.vendors.size() == 2);
  CHECK(answer.vendors[0].vendor == Vendor{"GLAS", "", {}, {}});
  CHECK(answer.vendors[1].vendor == Vendor{"HOLZ", "Timber Mills", 9, 870});
  CHECK(answer.vendors[1].arrivals == 12);
  CHECK(answer.vendors[1].typical_lateness_us == 130'000'000'000);
  CHECK(answer.sources == std::vector<Source>{{"S7", "HOLZ", 4}});
  REQUIRE(answer.rules.size() == 2);
  CHECK(answer.rules[0].rule == rule("S7", "W1"));
  CHECK(answer.rules[0].position == -3);
  CHECK(answer.rules[0].triggered);
  CHECK(answer.rules[0].purchase == "reorder-9");
  CHECK(answer.rules[0].purchase_lsn == 9);
  CHECK(answer.rules[1].rule.vendor.empty());
  CHECK(answer.rules[1].rule.warehouse == "W2");
  CHECK(answer.rules[1].snoozed_until_us == 50);
  CHECK(!answer.rules[1].triggered);
}

TEST_CASE("exchange: pegs go with the lines of a purchase order and come back with its decision and with open ones", "[client][exchange][purchases]") {
  Played played;
  played.greet();
  PlacePurchase place{"PO", "HOLZ", "", "", engine::PurchaseState::approved, {{1, "S1", "W2", 20, 700}, {2, "S2", "W1", 4, 0}, {3, "S1", "W1", 2, 0}}};
  place.lines[0].peg_order = "A", place.lines[0].peg_line = 7;
  place.lines[2].peg_order = "A", place.lines[2].peg_line = 8;
  played.exchange.submit(place, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  REQUIRE(heard[0].rows.size() == 5);
  CHECK(heard[0].rows[3] == "1 for A line 7");
  CHECK(heard[0].rows[4] == "3 for A line 8");
  const engine::PurchasedLine lines[] = {{at(700), line(1), sku(1), 20, warehouse(2), 0}, {at(0), line(2), sku(2), 4, warehouse(1), 0}, {at(0), line(3), sku(1), 2, warehouse(1), 0}};
  const engine::PurchasePeg pegs[] = {{engine::Lsn{3}, 0, 0, line(7), 0}, {engine::Lsn{3}, 2, 0, line(8), 0}};
  const std::string_view orders[] = {"A"};
  const engine::TimeUs estimates[] = {at(900), at(0), at(0)};
  engine::PurchaseDecision decision{"PO", 1, "HOLZ", "", "", engine::PurchaseState::approved, lines};
  decision.pegs = pegs, decision.peg_orders = orders, decision.estimates = estimates;
  played.send(0, heard[0].correlation, decision);
  auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto placed = std::get<PlacePurchaseAnswer>(*finished.outcome);
  CHECK(placed.lines[0].peg_order == "A");
  CHECK(placed.lines[0].peg_line == 7);
  CHECK(placed.lines[0].promised_us == 700);
  CHECK(placed.lines[0].expected_us == 900);
  CHECK(placed.lines[1].peg_order.empty());
  CHECK(placed.lines[2].peg_line == 8);

  played.exchange.submit(PurchasesQuestion{"PO", {}}, played.now + 1min);
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const schema::OpenPurchase open[] = {{engine::Lsn{3}, at(30), at(99), 2, engine::PurchaseState::suggested, 1, 0}};
  const std::string_view ids[] = {"PO"}, vendors[] = {"HOLZ"}, texts[] = {""}, peg_orders[] = {""};
  engine::PurchaseLineState states[2];
  states[0].line = line(1), states[0].sku = sku(1), states[0].warehouse = warehouse(1), states[0].quantity = 4;
  states[1] = states[0], states[1].line = line(2);
  states[1].promised = states[1].first_promised = at(700), states[1].expected = at(900), states[1].peg_order = engine::Lsn{2}, states[1].peg_line = line(8);
  schema::PurchasesAnswer from;
  from.as_of = engine::Lsn{9};
  from.open = open, from.purchases = ids, from.vendors = vendors, from.references = texts, from.notes = texts, from.lines = states, from.peg_orders = peg_orders;
  played.answer(0, heard[0].correlation, from);
  finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const OpenPurchase& purchase = std::get<PurchasesAnswer>(*finished.outcome).purchases.at(0);
  CHECK(purchase.closes_us == 99);
  CHECK(purchase.automatic);
  CHECK(!purchase.lines[0].pegged);
  CHECK(purchase.lines[1].pegged);
  CHECK(purchase.lines[1].peg_order.empty());  // that order is forgotten
  CHECK(purchase.lines[1].peg_line == 8);
  CHECK(purchase.lines[1].expected_us == 900);
}

TEST_CASE("exchange: a decision is found by its id, with its fills, as its command was answered", "[client][exchange][rules]") {
  Played played;
  played.greet();
  played.exchange.submit(FindQuestion{CommandKind::receipt, "TRUCK"}, played.now + 1min);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == MessageKind::find);
  CHECK(heard[0].id == "TRUCK");
  CHECK(heard[0].rows == std::vector<std::string>{"space 2"});
  const engine::ReceivedRow rows[] = {{sku(1), warehouse(1), 0, 5, 5}};
  const engine::Take takes[] = {{2, 3, warehouse(1), 1}};
  engine::FillDecision fill{"A", engine::Lsn{1}, line(1), sku(1), 0, 0, true, takes, "Okafor"};
  fill.pegged = true;
  played.send_two(0, heard[0].correlation, engine::ReceiptDecision{"TRUCK", 1, true, rows}, fill);
  CHECK(played.hear_commands().empty());  // its codes were asked for
  auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto receipt = std::get<ReceiptAnswer>(std::get<FindAnswer>(*finished.outcome).decision);
  CHECK(receipt.id == "TRUCK");
  REQUIRE(receipt.rows.size() == 1);
  REQUIRE(receipt.filled.size() == 1);
  CHECK(receipt.filled[0].order == "A");
  CHECK(receipt.filled[0].pegged);

  // Another's decision is no answer, nor is what no command decided.
  played.exchange.submit(FindQuestion{CommandKind::receipt, "TRUCK"}, played.now + 1min);
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  played.send(0, heard[0].correlation, engine::ReceiptDecision{"OTHER", 1, false, rows});
  CHECK(!played.finished().outcome.has_value());
}

TEST_CASE("exchange: an order as it stands tells what was promised, and when what has no date could come", "[client][exchange][dates]") {
  Played played;
  played.greet();
  played.exchange.submit(ShowQuestion{"A"}, played.now + 1min);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const schema::OrderLineView lines[] = {{0, line(1), sku(1), 12, 10, 0, 1, {}, 0, {}, 0, 0}, {0, line(2), sku(2), 4, 4, 0, 1, {}, 0, {}, 0, 0}};
  const engine::ExpectedUnits expected[] = {{at(50), 10, 0}}, fallbacks[] = {{at(90), 4, 1}};
  engine::PromiseImage promise;
  promise.first = at(40), promise.told = at(50), promise.line_index = 0;
  schema::OrderView view;
  view.id = "A", view.lines = lines, view.expected = expected, view.fallbacks = fallbacks, view.promises = std::span(&promise, 1);
  played.answer(0, heard[0].correlation, view);
  played.hear_commands();  // codes
  const auto finished = played.finished();
  REQUIRE(finished.outcome.has_value());
  const auto& order = std::get<OrderState>(*finished.outcome);
  CHECK(order.lines[0].first_promised_us == 40);
  CHECK(order.lines[0].told_us == 50);
  CHECK(order.lines[0].fallback_us == 0);
  CHECK(order.lines[1].first_promised_us == 0);
  CHECK(order.lines[1].told_us == 0);
  CHECK(order.lines[1].fallback_us == 90);
}
