// Receipts, fills, cancels, shipments and views before the judge: one sound story of every kind of decision, and for each
// rule a fault that is planted into it.
#include <catch2/catch.hpp>

#include <functional>
#include <map>

#include "loadtest/history.hpp"

namespace {

using namespace earmark::loadtest;
using Kind = MovementKind;

constexpr std::uint16_t warehouses = 2;

Movement movement(std::uint64_t lsn, Kind kind, std::uint32_t sku, std::uint16_t warehouse, std::uint32_t quantity, std::uint32_t after,
                  std::uint32_t asked = 0, std::uint32_t backordered = 0) {
  return {lsn, sku, warehouse, kind, false, quantity, after, asked, backordered};
}
Movement about(std::uint64_t lsn, Kind kind, std::uint32_t sku, std::uint32_t quantity, std::uint32_t line, std::uint64_t order,
               std::uint16_t nothing_left = 0) {
  Movement row = movement(lsn, kind, sku, nothing_left, quantity, line);
  row.refer_to(order);
  return row;
}

// SKU 1 begins with 10 units in warehouse 1, SKU 2 with 5 in warehouse 2. By LSN:
struct Story {
  std::map<std::uint64_t, std::vector<Movement>> decisions{
      // Order of 8 of SKU 1 and 3 of SKU 2.
      {101, {movement(101, Kind::order_line, 1, 1, 8, 2, 8), movement(101, Kind::order_line, 2, 2, 3, 2, 3)}},
      // 6 of SKU 1: 2 at once, 4 wait.
      {102, {movement(102, Kind::order_line, 1, 1, 2, 0, 6, 4)}},
      // 5 of SKU 1 with priority 200: all wait, ahead of the one before.
      {103, {movement(103, Kind::priority, 0, 0, 200, 0), movement(103, Kind::order_line, 1, 0, 0, 0, 5, 5)}},
      // All or nothing: 1 of SKU 1, which has none.
      {104, {movement(104, Kind::line_or_kill, 1, 0, 0, 0, 1), movement(104, Kind::line_or_kill, 2, 0, 0, 0, 1)}},
      // 4 of SKU 2, 2 of them cancelled.
      {105, {movement(105, Kind::line_or_cancel, 2, 2, 2, 0, 4)}},
      // 7 of SKU 1 arrive: 5 for the priority, 2 for the other.
      {106, {movement(106, Kind::fills_follow, 0, 0, 0, 0), movement(106, Kind::received, 1, 2, 7, 7)}},
      {107, {about(107, Kind::cause, 1, 0, 0, 106), about(107, Kind::filled_line, 1, 0, 1, 103), movement(107, Kind::filled, 1, 2, 5, 2)}},
      {108, {about(108, Kind::cause, 1, 1, 0, 106), about(108, Kind::filled_line, 1, 2, 1, 102), movement(108, Kind::filled, 1, 2, 2, 0)}},
      // The first order ships.
      {109,
       {about(109, Kind::shipped_line, 1, 0, 1, 101), movement(109, Kind::shipped, 1, 1, 8, 0), about(109, Kind::shipped_line, 2, 0, 2, 101),
        movement(109, Kind::shipped, 2, 2, 3, 0)}},
      // The order with priority is cancelled whole; what it had goes to the other.
      {110,
       {movement(110, Kind::fills_follow, 0, 0, 0, 0), about(110, Kind::cancelled_row, 1, 0, 1, 103, 1), movement(110, Kind::released, 1, 2, 5, 5)}},
      {111, {about(111, Kind::cause, 1, 1, 0, 110), about(111, Kind::filled_line, 1, 0, 1, 102), movement(111, Kind::filled, 1, 2, 2, 3)}},
  };
  // A view of order 102 after its first fill.
  std::vector<Movement> view{about(108, Kind::shown_line, 1, 2, 1, 102), movement(108, Kind::shown_units, 1, 0, 4, 0)};
  StockSnapshot before{100, 100, warehouses, {10, 0, 0, 5}, {0, 0}, {0, 0, 0, 0}};
  StockSnapshot after{111, 111, warehouses, {0, 3, 0, 0}, {0, 0}, {2, 4, 0, 2}};

  Verdict judge(std::span<const std::uint64_t> bookkeeping = {}) const {
    History history;
    const auto add = [&](std::vector<Movement> movements) {
      movements.front().begins_decision = true;
      for (const Movement& one : movements) history.push(one);
    };
    add(view);  // the answer to a question may come before others'
    for (auto decision = decisions.rbegin(); decision != decisions.rend(); ++decision) add(decision->second);
    Delivery delivery;
    delivery.sent = delivery.answered = 10;
    const History* const histories[] = {&history};
    missing = missing_lsns(histories, before.first_lsn, after.last_lsn);
    return check(histories, delivery, before, after, bookkeeping);
  }
  mutable std::vector<LsnRange> missing;  // of the history judged last
  Movement& at(std::uint64_t lsn, std::size_t index) { return decisions.at(lsn).at(index); }
};

TEST_CASE("judge: a sound story of all kinds of decisions passes", "[loadtest]") {
  const Verdict verdict = Story().judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
  CHECK(verdict.decisions == 11);
  CHECK(verdict.lines == 7);
  CHECK(verdict.receipts == 1);
  CHECK(verdict.fills == 3);
  CHECK(verdict.cancels == 1);
  CHECK(verdict.shipments == 1);
  CHECK(verdict.views == 1);
  CHECK(verdict.unexplained == 0);
  for (std::size_t rule = 0; rule < rule_count; ++rule) CHECK(verdict.broken(static_cast<Rule>(rule)) == 0);
}

struct Fault {
  const char* what;
  Violation violation;
  Rule rule;
  std::function<void(Story&)> plant;
};

TEST_CASE("judge: every planted fault is found", "[loadtest]") {
  const std::vector<Fault> faults = {
      {"a receipt that adds nothing", Violation::broken_chain, Rule::never_oversold, [](Story& story) { story.at(106, 1).available_after = 0; }},
      {"a fill of units that are not there", Violation::oversold, Rule::never_oversold,
       [](Story& story) { story.at(108, 2).quantity = 3, story.at(108, 1).quantity = 1; }},
      {"a fill that takes none of the stock", Violation::broken_chain, Rule::never_oversold, [](Story& story) { story.at(107, 2).available_after = 7; }},
      {"a shipment that changes what is available", Violation::broken_chain, Rule::never_oversold,
       [](Story& story) { story.at(109, 1).available_after = 8; }},
      {"a release that gives nothing back", Violation::broken_chain, Rule::never_oversold, [](Story& story) { story.at(110, 2).available_after = 0; }},
      {"a fill that leaves another rest", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.at(108, 1).quantity = 3; }},
      {"a fill of a line that nobody ordered", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.at(107, 1).available_after = 9; }},
      {"a fill of an order that nobody placed", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.at(107, 1).refer_to(106); }},
      {"a shipment of less than is reserved", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.at(109, 1).quantity = 7; }},
      {"a shipment of more than is reserved", Violation::wrong_final_stock, Rule::conserved, [](Story& story) { story.at(109, 1).quantity = 9; }},
      {"a cancel of units that do not wait", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.at(110, 1).quantity = 1; }},
      {"a whole cancel that leaves something", Violation::wrong_order_state, Rule::conserved,
       [](Story& story) { story.at(110, 2).quantity = 4, story.at(110, 2).available_after = 4; }},
      {"a release of more than is reserved", Violation::wrong_order_state, Rule::conserved,
       [](Story& story) { story.at(110, 2).quantity = 6, story.at(110, 2).available_after = 6; }},
      {"a view that shows too much reserved", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.view[1].quantity = 5; }},
      {"a view that shows what comes later", Violation::wrong_order_state, Rule::conserved, [](Story& story) { story.view[0].quantity = 0; }},
      {"an order with ship_partial that loses units", Violation::unbalanced_line, Rule::conserved, [](Story& story) { story.at(102, 0).backordered = 3; }},
      {"an order that is to be killed but waits", Violation::unbalanced_line, Rule::conserved, [](Story& story) { story.at(104, 0).backordered = 1; }},
      {"the server has other reservations", Violation::wrong_final_stock, Rule::conserved, [](Story& story) { story.after.reserved[1] = 5; }},
      {"the server has other backorders", Violation::wrong_final_backorders, Rule::conserved, [](Story& story) { story.after.backordered[0] = 1; }},
      {"the receipt serves the lower priority first", Violation::overtaken, Rule::ordered,
       [](Story& story) {
         story.at(107, 1) = about(107, Kind::filled_line, 1, 0, 1, 102);
         story.at(107, 2) = movement(107, Kind::filled, 1, 2, 4, 3);
         story.at(108, 1) = about(108, Kind::filled_line, 1, 2, 1, 103);
         story.at(108, 2) = movement(108, Kind::filled, 1, 2, 3, 0);
       }},
      {"an order takes past one that waits", Violation::overtaken, Rule::ordered,
       [](Story& story) {  // between the receipt and its fills
         story.decisions[107] = {movement(107, Kind::order_line, 1, 2, 5, 2, 5)};
       }},
      {"an order is refused although there is enough", Violation::needless_shortage, Rule::ordered,
       [](Story& story) { story.decisions[104] = {movement(104, Kind::line_or_kill, 2, 0, 0, 0, 2)}; }},
      {"units are cancelled although there are some", Violation::needless_shortage, Rule::ordered,
       [](Story& story) { story.at(105, 0) = movement(105, Kind::line_or_cancel, 2, 2, 1, 1, 4); }},
      {"a receipt leaves somebody waiting beside stock", Violation::needless_shortage, Rule::ordered,
       [](Story& story) { story.decisions.at(106).erase(story.decisions.at(106).begin()); }},
      {"a cancel does not serve the queue", Violation::needless_shortage, Rule::ordered,
       [](Story& story) {
         story.decisions.at(110).erase(story.decisions.at(110).begin());
         story.decisions.erase(111);
         story.after = {110, 110, warehouses, {0, 5, 0, 0}, {2, 0}, {2, 2, 0, 2}};
       }},
      {"the last fill never comes", Violation::broken_fills, Rule::ordered, [](Story& story) { story.at(108, 0).quantity = 0; }},
      {"a fill after the last one", Violation::broken_fills, Rule::ordered, [](Story& story) { story.at(107, 0).quantity = 1; }},
      {"a fill that names another cause", Violation::broken_fills, Rule::ordered, [](Story& story) { story.at(111, 0).refer_to(109); }},
      {"one LSN twice", Violation::duplicate_lsn, Rule::exactly_once,
       [](Story& story) {
         for (Movement& one : story.decisions.at(105)) one.lsn = 104;
       }},
      {"a cell that is not there", Violation::unknown_cell, Rule::never_oversold, [](Story& story) { story.at(106, 1).warehouse = 3; }},
  };
  for (const Fault& fault : faults) {
    Story story;
    fault.plant(story);
    const Verdict verdict = story.judge();
    CAPTURE(fault.what, verdict.examples);
    CHECK(verdict.failed());
    CHECK(verdict[fault.violation] >= 1);
    CHECK(rule_of(fault.violation) == fault.rule);
    CHECK(verdict.broken(fault.rule) >= 1);
    CHECK(verdict.examples.size() >= 1);
  }
}

TEST_CASE("judge: a whole cancel of a waiting order takes it from the queue", "[loadtest]") {
  Story story;
  // Instead of the receipt and all after it: the priority order goes, then 4 units arrive for the other.
  for (std::uint64_t lsn = 106; lsn <= 111; ++lsn) story.decisions.erase(lsn);
  story.decisions[106] = {about(106, Kind::cancelled_row, 1, 5, 1, 103, 1)};
  story.decisions[107] = {movement(107, Kind::fills_follow, 0, 0, 0, 0), movement(107, Kind::received, 1, 1, 4, 4)};
  story.decisions[108] = {about(108, Kind::cause, 1, 1, 0, 107), about(108, Kind::filled_line, 1, 0, 1, 102), movement(108, Kind::filled, 1, 1, 4, 0)};
  story.view = {about(108, Kind::shown_line, 1, 0, 1, 102), movement(108, Kind::shown_units, 1, 0, 6, 0)};
  story.after = {108, 108, warehouses, {0, 0, 0, 0}, {0, 0}, {14, 0, 0, 5}};
  const Verdict verdict = story.judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
}

TEST_CASE("judge: waiters from before the run are not taken for this run's", "[loadtest]") {
  Story story;
  story.before.backordered[0] = 2;
  story.after.backordered[0] = 2;
  CHECK(story.judge().passed());
  // One of them is served first: no overtaking, and no order of this run.
  story.at(107, 1) = about(107, Kind::filled_line, 1, 0, 1, 50);
  story.at(107, 2) = movement(107, Kind::filled, 1, 2, 2, 5);
  story.at(108, 2) = movement(108, Kind::filled, 1, 2, 5, 0);
  story.at(108, 1) = about(108, Kind::filled_line, 1, 0, 1, 103);
  story.at(111, 1) = about(111, Kind::filled_line, 1, 0, 1, 102);
  story.at(111, 2) = movement(111, Kind::filled, 1, 2, 4, 1);
  story.view.resize(2);
  story.view[0].quantity = 4, story.view[1].quantity = 2;
  story.after = {111, 111, warehouses, {0, 1, 0, 0}, {0, 0}, {2, 6, 0, 2}};
  const Verdict verdict = story.judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
}

TEST_CASE("judge: after LSNs of others the state of orders is not judged, only counted", "[loadtest]") {
  Story story;
  story.decisions.erase(105);
  story.at(108, 1).quantity = 3;
  const Verdict verdict = story.judge();
  CAPTURE(verdict.examples);
  CHECK(verdict[Violation::wrong_order_state] == 0);
  CHECK(verdict.foreign_lsns == 1);
  CHECK(verdict.unexplained >= 1);
}

TEST_CASE("judge: bookkeeping between the decisions changes nothing, so all is judged behind it", "[loadtest]") {
  Story story;
  story.decisions.erase(105);  // fill_and_cancel of 2 units of SKU 2 ...
  story.at(109, 3).available_after = 2;  // ... which are still there
  story.after = {111, 111, warehouses, {0, 3, 0, 2}, {0, 0}, {2, 4, 0, 0}};
  const std::uint64_t bookkeeping[] = {105};
  const Verdict verdict = story.judge(bookkeeping);
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
  CHECK(verdict.foreign_lsns == 0);
  CHECK(verdict.unexplained == 0);
  REQUIRE(story.missing.size() == 1);
  CHECK(story.missing[0].first == 105);
  CHECK(story.missing[0].last == 105);

  story.at(108, 1).quantity = 3;  // without it this would be unexplained
  CHECK(story.judge(bookkeeping)[Violation::wrong_order_state] >= 1);
  story.decisions.erase(104);
  CHECK(story.judge(bookkeeping).foreign_lsns == 1);  // one of the two is explained
  CHECK(story.missing.size() == 1);
  CHECK(story.missing[0].first == 104);
}

}  // namespace
