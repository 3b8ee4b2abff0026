// When what waits can be expected, as people and programs read it: answers, events, explanations, documents; and a check that asks for it.
#include <nlohmann/json.hpp>

#include "client/dates_text.hpp"
#include "client/documents/backorder_confirmation.hpp"
#include "client/documents/order_confirmation.hpp"
#include "client/documents/order_parts.hpp"
#include "client/documents/packing_slip.hpp"
#include "client/documents/text.hpp"
#include "client/event_text.hpp"
#include "client/expected.hpp"
#include "client/explanation.hpp"
#include "client/stream_text.hpp"
#include "tests/client/played.hpp"

using namespace earmark;
using namespace earmark::client;
using namespace earmark::client::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t first = 1'764'590'400'000'000, day = 86'400'000'000;  // 2025-12-01 12:00 UTC

engine::TimeUs at(std::int64_t time_us) { return engine::TimeUs{time_us}; }
engine::LineNumber line(std::uint32_t number) { return engine::LineNumber{number}; }
engine::SkuId sku(std::uint32_t id) { return engine::SkuId{id}; }

// Line 1 wants 12 S1: 2 are there, 5 and 3 are to come, of 2 no date is known. Line 2 has all it wants, line 3 waits without a date.
struct Decision {
  const engine::LineDecision lines[3] = {{line(1), sku(1), 12, 10, 2, 0, engine::WarehouseId{1}, 1, 0, {}},
                                         {line(2), sku(2), 4, 0, 4, 6, engine::WarehouseId{1}, 1, 0, {}},
                                         {line(3), sku(3), 3, 3, 0, 0, {}, 0, 0, {}}};
  const engine::LineWait waits[2] = {{7, 2, 0}, {0, 1, 2}};
  const engine::ExpectedUnits expected[2] = {{at(first), 5, 0}, {at(first + 7 * day), 3, 0}};
  engine::OrderDecision order{};

  Decision() {
    order.id = "A";
    order.status = engine::OrderStatus::split;
    order.lines = lines, order.waits = waits, order.expected = expected;
  }
};

Catalogue catalogue() {
  Catalogue known(1);
  for (std::uint32_t id = 1; id <= 3; ++id) known.learn("S" + std::to_string(id), sku(id));
  known.learn(std::vector<WarehouseInfo>{{"MAIN", "", 1}});
  return known;
}

schema::Event event(const engine::OrderDecision& order) { return {{engine::Lsn{9}, at(first), engine::Lsn{}}, order}; }

Json dated(std::int64_t date_us, std::uint32_t quantity) { return {{"date_us", date_us}, {"quantity", quantity}}; }

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::pair<std::int64_t, std::uint32_t>> pairs(const std::vector<ExpectedUnits>& expected) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> all;
  for (const ExpectedUnits& each : expected) all.emplace_back(each.date_us, each.quantity);
  return all;
}
using Pairs = std::vector<std::pair<std::int64_t, std::uint32_t>>;

}  // namespace

TEST_CASE("dates: of a line that was raised each date is told once, the earliest first", "[client][dates]") {
  const engine::ExpectedUnits all[] = {{at(50), 1, 0}, {at(40), 2, 2}, {at(70), 3, 2}, {at(30), 4, 2}, {at(70), 5, 2}, {at(10), 6, 3}};
  CHECK(pairs(expected_of(all, 2)) == Pairs{{30, 4}, {40, 2}, {70, 8}});
  CHECK(expected_of(all, 1).empty());
  CHECK(expected_of({}, 0).empty());
  CHECK(last_date_us(expected_of(all, 2), 14) == 70);
  CHECK(last_date_us(expected_of(all, 2), 15) == 0);  // of one no date is known
  CHECK(last_date_us({}, 0) == 0);
}

TEST_CASE("dates: in a cell of a table", "[client][dates]") {
  CHECK(dates_text({}, 0).empty());
  CHECK(dates_text({}, 4) == "no date");
  CHECK(dates_text({{first, 4}}, 4) == "2025-12-01");
  CHECK(dates_text({{first, 4}}, 1'004) == "2025-12-01 4, no date 1,000");
  CHECK(dates_text({{first, 1}, {first + 1, 3}}, 4) == "2025-12-01");  // two times of one day
  CHECK(dates_text({{first, 1}, {first + 1, 3}, {first + 7 * day, 2}}, 6) == "2025-12-01 4, 2025-12-08 2");
}

TEST_CASE("dates: a decision tells them of what waits, and no more where nothing does", "[client][dates]") {
  const Decision decided;
  CHECK(event_text(event(decided.order), catalogue(), false) ==
        "Order A: split (decision 9)\n"
        "LINE  SKU  ORDERED  SHIPS NOW  WAITS  PLACE IN QUEUE       EXPECTED\n"
        "   1  S1        12  2 MAIN        10  2nd, behind 7 units  2025-12-01 5, 2025-12-08 3, no date 2\n"
        "   2  S2         4  4 MAIN         -\n"
        "   3  S3         3  -              3  1st, nobody ahead    no date\n"
        "Shipment A-1 from MAIN: 6 units\n"
        "Backorder A-B1: 13 units\n");
  const Json json = event_json(event(decided.order), catalogue(), false);
  CHECK(json["lines"][0]["expected"] == Json::array({dated(first, 5), dated(first + 7 * day, 3)}));
  CHECK(!json["lines"][1].contains("expected"));
  CHECK(json["lines"][2]["expected"] == Json::array());
  StreamText stream(false);
  const std::string told = stream.text(event(decided.order), catalogue());
  CHECK(has(told, "10 wait as 2nd in the queue, behind 7 units, expected 2025-12-01 5, 2025-12-08 3, no date 2\n"));
  CHECK(has(told, "3 wait as 1st in the queue, no date\n"));

  engine::OrderDecision whole = decided.order;
  whole.lines = std::span(decided.lines).subspan(1, 1), whole.waits = {}, whole.expected = {};
  CHECK(!has(event_text(event(whole), catalogue(), false), "EXPECTED"));
}

TEST_CASE("dates: an order as it stands tells them, in words and in JSON", "[client][dates]") {
  const schema::OrderLineView lines[] = {{7, line(1), sku(1), 12, 10, 0, 2, {}, 0, {}, 0, 0}, {0, line(2), sku(2), 4, 0, 4, 0, {}, 0, {}, 0, 0}};
  const engine::ExpectedUnits expected[] = {{at(first + day), 9, 0}, {at(first), 1, 0}};  // of two entries
  schema::OrderView view;
  view.id = "A", view.lines = lines, view.expected = expected;
  CHECK(has(order_view_text(view, catalogue()), "PLACE IN QUEUE       EXPECTED\n"));
  CHECK(has(order_view_text(view, catalogue()), "2nd, behind 7 units  2025-12-01 1, 2025-12-02 9\n"));
  const Json json = order_view_json(view, catalogue());
  CHECK(json["lines"][0]["expected"] == Json::array({dated(first, 1), dated(first + day, 9)}));
  CHECK(!json["lines"][1].contains("expected"));
  view.lines = std::span(lines).subspan(1), view.expected = {};
  CHECK(!has(order_view_text(view, catalogue()), "EXPECTED"));
}

TEST_CASE("dates: an explanation has those told at the decision and those of now", "[client][dates][explain]") {
  const Decision decided;
  OrderState now;
  now.id = "A", now.lsn = 9, now.as_of = 50, now.status = engine::OrderStatus::split;
  now.lines = {{1, "S1", 12, 10, 0, {}, 1, 0}, {3, "S3", 3, 3, 0, {}, 1, 0}};
  now.lines[0].expected = {{first + 8 * day, 10}};
  Explainer explainer(now);
  explainer.see(event(decided.order), catalogue());
  const Explanation told = std::move(explainer).take();
  const std::string text = explanation_text(told);
  CHECK(has(text, "    10 wait as 2nd in the queue, 7 units ahead\n    It was told to expect: 2025-12-01 5, 2025-12-08 3, no date 2\n"));
  CHECK(has(text, "  Line 1: 12 S1: 10 wait as 1st in the queue, nobody ahead; expected 2025-12-09\n"));
  CHECK(has(text, "  Line 3: 3 S3: 3 wait as 1st in the queue, nobody ahead; no date is known\n"));
  const std::vector<Json> json = explanation_json(told);
  REQUIRE(json.size() == 6);
  CHECK(json[1].at("expected") == Json::array({dated(first, 5), dated(first + 7 * day, 3)}));
  CHECK(!json[2].contains("expected"));
  CHECK(json[4].at("expected") == Json::array({dated(first + 8 * day, 10)}));
  CHECK(json[5].at("expected") == Json::array());
}

TEST_CASE("dates: documents say when what waits can be expected", "[client][dates][documents]") {
  using namespace earmark::client::documents;
  OrderState order;
  order.id = "A";
  order.lines = {{1, "BEAM", 10, 10, 0, {}, 1, 0}, {2, "ANGLE", 6, 4, 0, {{"MAIN", 2, 0, 1, 0}}, 1, 0}};
  order.shipments = {{"A-1", "MAIN", 1, engine::ShipmentState::open, 1, "", "", 0}};
  order.lines[0].expected = {{first, 5}, {first + 7 * day, 5}};
  order.lines[1].expected = {{first + day, 4}};
  const Issue issue{first, {}};
  CHECK(documents::date_text(order, order.lines[0], first) == "5 expected 2025-12-01, 5 on 2025-12-08");
  CHECK(documents::date_text(order, order.lines[1], first) == "expected 2025-12-02");
  const OrderConfirmation confirmation = order_confirmation(order, issue);
  CHECK(has(page_text(page_of(confirmation)), "goods expected 2025-12-08"));
  Json json = documents::json_of(confirmation);
  CHECK(json["backorder"] == Json{{"id", "A-B1"}, {"units", 14}, {"expected_us", first + 7 * day}});
  CHECK(json["lines"][1]["expected"] == Json::array({dated(first + day, 4)}));
  CHECK(documents::json_of(*packing_slip(order, 1, issue))["lines"][0]["expected"] == Json::array({dated(first, 5), dated(first + 7 * day, 5)}));
  CHECK(has(page_text(page_of(*packing_slip(order, 1, issue))), "5 expected 2025-12-01, 5 on 2025-12-08"));
  CHECK(documents::json_of(*backorder_confirmation(order, issue))["lines"][1]["expected"] == Json::array({dated(first + day, 4)}));
  CHECK(has(page_text(page_of(*backorder_confirmation(order, issue))), "expected 2025-12-02"));

  // Of a part no date is known: none is for the backorder.
  order.lines[0].expected.pop_back();
  CHECK(documents::date_text(order, order.lines[0], first) == "5 expected 2025-12-01, 5 not known yet");
  json = documents::json_of(order_confirmation(order, issue));
  CHECK(json["backorder"] == Json{{"id", "A-B1"}, {"units", 14}});
  CHECK(!has(page_text(page_of(order_confirmation(order, issue))), "goods expected"));
  order.lines[0].expected.clear(), order.reserve_not_before_us = first + day;
  CHECK(documents::date_text(order, order.lines[0], first) == "not before 2025-12-02 12:00 UTC");
}

TEST_CASE("exchange: a check with dates, and the dates of an order, of `show` and of backorders", "[client][exchange][dates]") {
  Played played;
  played.greet();
  const auto limit = played.now + 1min;
  played.exchange.submit(CheckQuestion{{"S1", "S2"}, {20, 3}, true}, limit);
  auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].dates);
  const std::vector<engine::Quantity> available{4, 0, 0, 9}, now{4, 3};
  const engine::ExpectedUnits expected[] = {{at(first), 5, 0}, {at(first + day), 6, 0}};
  played.answer(0, heard[0].correlation, schema::CheckAnswer{engine::Lsn{9}, 2, available, now, expected});
  CHECK(played.hear_commands().empty());  // codes that are not known are asked for
  const auto checked = played.finished();
  REQUIRE(checked.outcome.has_value());
  const auto& rows = std::get<CheckAnswer>(*checked.outcome).rows;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].now == 4);
  CHECK(pairs(rows[0].expected) == Pairs{{first, 5}, {first + day, 6}});
  CHECK(rows[1].expected.empty());

  played.order("A");
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const Decision decided;
  played.send(0, heard[0].correlation, decided.order);
  played.hear_commands();
  const auto placed = played.finished();
  REQUIRE(placed.outcome.has_value());
  const auto& lines = std::get<OrderAnswer>(*placed.outcome).lines;
  CHECK(pairs(lines[0].expected) == Pairs{{first, 5}, {first + 7 * day, 3}});
  CHECK(lines[1].expected.empty());

  played.exchange.submit(ShowQuestion{"A"}, limit);
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const schema::OrderLineView shown[] = {{0, line(1), sku(1), 12, 0, 0, 0, {}, 0, {}, 0, 0}, {7, line(3), sku(3), 3, 3, 0, 1, {}, 0, {}, 0, 0}};
  const engine::ExpectedUnits of_second[] = {{at(first), 3, 1}};
  schema::OrderView view;
  view.id = "A", view.lines = shown, view.expected = of_second;
  played.answer(0, heard[0].correlation, view);
  played.hear_commands();
  const auto state = played.finished();
  REQUIRE(state.outcome.has_value());
  CHECK(std::get<OrderState>(*state.outcome).lines[0].expected.empty());
  CHECK(pairs(std::get<OrderState>(*state.outcome).lines[1].expected) == Pairs{{first, 3}});

  played.exchange.submit(BackordersQuestion{}, limit);
  heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  const schema::WaitingLine waiting[] = {{engine::Lsn{3}, 0, at(1), sku(1), line(1), 5, 1, 0, {}, engine::Priority{100}, 0},
                                         {engine::Lsn{4}, 5, at(1), sku(1), line(1), 5, 2, 0, {}, engine::Priority{100}, 0}};
  const std::string_view orders[] = {"A"}, customers[] = {""};
  const std::int64_t dates[] = {first, 0};
  played.answer(0, heard[0].correlation, schema::BackordersAnswer{engine::Lsn{9}, waiting, orders, customers, dates});
  played.hear_commands();
  const auto listed = played.finished();
  REQUIRE(listed.outcome.has_value());
  CHECK(std::get<BackordersAnswer>(*listed.outcome).lines[0].expected_us == first);
  CHECK(std::get<BackordersAnswer>(*listed.outcome).lines[1].expected_us == 0);
}

TEST_CASE("exchange: dates without wanted quantities are wrong usage, dates that nobody asked for are not understood", "[client][exchange][dates]") {
  Played played;
  played.greet();
  played.exchange.submit(CheckQuestion{{"S1"}, {}, true}, played.now + 1min);
  played.hear_commands();
  const auto refused = played.finished();
  REQUIRE(!refused.outcome.has_value());
  CHECK(refused.outcome.error().kind == FailureKind::usage);
  played.exchange.submit(CheckQuestion{{"S1"}, {3}}, played.now + 1min);
  const auto heard = played.hear_commands();
  REQUIRE(heard.size() == 1);
  CHECK(!heard[0].dates);
  const std::vector<engine::Quantity> available{0, 0}, now{0};
  const engine::ExpectedUnits expected[] = {{at(first), 3, 0}};
  played.answer(0, heard[0].correlation, schema::CheckAnswer{engine::Lsn{9}, 2, available, now, expected});
  CHECK(!played.finished().outcome.has_value());
}
