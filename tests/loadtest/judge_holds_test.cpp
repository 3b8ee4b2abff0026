// Checkout holds before the judge: one sound story, and for each thing that a hold must keep a fault that is planted into it.
#include <catch2/catch.hpp>

#include <functional>
#include <map>

#include "loadtest/history.hpp"

namespace {

using namespace earmark::loadtest;
using Kind = MovementKind;

Movement movement(std::uint64_t lsn, Kind kind, std::uint32_t sku, std::uint16_t warehouse, std::uint32_t quantity, std::uint32_t after, std::uint32_t asked = 0,
                  std::uint32_t backordered = 0) {
  return {lsn, sku, warehouse, kind, false, quantity, after, asked, backordered};
}
Movement about(std::uint64_t lsn, Kind kind, std::uint32_t sku, std::uint16_t warehouse, std::uint32_t quantity, std::uint32_t after, std::uint64_t other) {
  Movement row = movement(lsn, kind, sku, warehouse, quantity, after);
  row.refer_to(other);
  return row;
}

// SKU 1 begins with 10 units in warehouse 1 and 2 in warehouse 2, SKU 2 with 5 in warehouse 2. By LSN:
struct Story {
  std::map<std::uint64_t, std::vector<Movement>> decisions{
      // A hold of 11 of SKU 1, from both warehouses, and 1 of SKU 2.
      {101, {movement(101, Kind::held_line, 1, 1, 10, 0, 11), movement(101, Kind::more_take, 1, 2, 1, 1), movement(101, Kind::held_line, 2, 2, 1, 4, 1)}},
      // One of 4 of SKU 2.
      {102, {movement(102, Kind::held_line, 2, 2, 4, 0, 4)}},
      // One of 1 of SKU 2, which has none: refused.
      {103, {movement(103, Kind::held_line, 2, 0, 0, 0, 1)}},
      // An order of 3 of SKU 2: all wait.
      {104, {movement(104, Kind::order_line, 2, 0, 0, 0, 3, 3)}},
      // The first hold becomes an order.
      {105,
       {about(105, Kind::hold_returned, 1, 1, 10, 0, 101), about(105, Kind::hold_returned, 1, 2, 1, 1, 101), about(105, Kind::hold_returned, 2, 2, 1, 0, 101),
        movement(105, Kind::order_line, 1, 1, 10, 0, 11), movement(105, Kind::more_take, 1, 2, 1, 1), movement(105, Kind::order_line, 2, 2, 1, 0, 1)}},
      // The second is released; 3 go to who waits.
      {106, {movement(106, Kind::fills_follow, 0, 0, 0, 0), about(106, Kind::hold_returned, 2, 2, 4, 4, 102)}},
      {107, {about(107, Kind::cause, 2, 0, 1, 0, 106), about(107, Kind::filled_line, 2, 0, 0, 1, 104), movement(107, Kind::filled, 2, 2, 3, 1)}},
      // One that stays open.
      {108, {movement(108, Kind::held_line, 1, 2, 1, 0, 1)}},
      // The order that was a hold ships.
      {109,
       {about(109, Kind::shipped_line, 1, 0, 0, 1, 105), movement(109, Kind::shipped, 1, 1, 10, 0), movement(109, Kind::shipped, 1, 2, 1, 0),
        about(109, Kind::shipped_line, 2, 0, 0, 2, 105), movement(109, Kind::shipped, 2, 2, 1, 1)}},
  };
  StockSnapshot before{100, 100, 2, {10, 2, 0, 5}, {0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}};
  StockSnapshot after{109, 109, 2, {0, 0, 0, 1}, {0, 0}, {0, 0, 0, 3}, {0, 1, 0, 0}};

  Verdict judge() const {
    History history;
    for (auto decision : decisions) {
      decision.second.front().begins_decision = true;
      for (const Movement& one : decision.second) history.push(one);
    }
    Delivery delivery;
    delivery.sent = delivery.answered = 9;
    const History* const histories[] = {&history};
    return check(histories, delivery, before, after);
  }
};

TEST_CASE("judge: holds that are confirmed, released, refused and left open pass", "[loadtest]") {
  const Verdict verdict = Story().judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
  CHECK(verdict.unexplained == 0);
  CHECK(verdict.holds == 4);
  CHECK(verdict.holds_ended == 2);
  CHECK(verdict.shipments == 1);
  CHECK(verdict.fills == 1);
}

struct Fault {
  const char* what;
  std::function<void(Story&)> plant;
  Violation violation;
};

TEST_CASE("judge: what a hold must keep, and what breaks it", "[loadtest]") {
  const auto fault = GENERATE(values<Fault>({
      {"a hold takes more than there is", [](Story& story) { story.decisions[102][0].quantity = 5, story.decisions[102][0].asked = 5; }, Violation::oversold},
      {"a hold says another stock than it leaves", [](Story& story) { story.decisions[102][0].available_after = 1; }, Violation::broken_chain},
      {"all or nothing, but a part", [](Story& story) { story.decisions[102][0].asked = 5; }, Violation::unbalanced_line},
      {"refused while there is enough",
       [](Story& story) { story.decisions[102] = {movement(102, Kind::held_line, 2, 0, 0, 0, 4)}; }, Violation::needless_shortage},
      {"a hold past who waits",
       [](Story& story) {
         story.decisions[106] = {movement(106, Kind::held_line, 2, 2, 1, 3, 1)};
       },
       Violation::overtaken},
      {"a unit is lost at the release", [](Story& story) { story.decisions[106][1].quantity = 3; }, Violation::wrong_hold},
      {"a unit too many comes back", [](Story& story) { story.decisions[106][1].quantity = 5; }, Violation::wrong_hold},
      {"a release into another cell", [](Story& story) { story.decisions[106][1].warehouse = 1; }, Violation::wrong_hold},
      {"a cell is forgotten by the confirm",
       [](Story& story) { story.decisions[105].erase(story.decisions[105].begin() + 1); }, Violation::wrong_hold},
      {"the confirming order takes less than was held",
       [](Story& story) { story.decisions[105].erase(story.decisions[105].begin() + 4); }, Violation::wrong_hold},
      {"the confirming order takes from another cell", [](Story& story) { story.decisions[105][5].warehouse = 1; }, Violation::wrong_hold},
      {"the confirm moves available", [](Story& story) { story.decisions[105][2].available_after = story.decisions[105][5].available_after = 1; }, Violation::broken_chain},
      {"a hold ends twice",
       [](Story& story) { story.decisions[110] = {about(110, Kind::hold_returned, 2, 2, 4, 5, 102)}, story.after.last_lsn = 110; }, Violation::wrong_hold},
      {"one ends that never was",
       [](Story& story) { story.decisions[110] = {about(110, Kind::hold_returned, 2, 2, 1, 2, 103)}, story.after.last_lsn = 110; }, Violation::wrong_hold},
      {"a release whose units nobody gets, though one waits",
       [](Story& story) {
         story.decisions[106].erase(story.decisions[106].begin());
         story.decisions.erase(107);
       },
       Violation::needless_shortage},
      {"the server forgets what is held", [](Story& story) { story.after.held[1] = 0; }, Violation::wrong_final_stock},
      {"the server holds what nobody asked for", [](Story& story) { story.after.held[3] = 1; }, Violation::wrong_final_stock},
      {"the converted order ships less than it has", [](Story& story) { story.decisions[109][4].quantity = 0; }, Violation::wrong_order_state},
  }));
  Story story;
  fault.plant(story);
  const Verdict verdict = story.judge();
  CAPTURE(fault.what, verdict.examples);
  CHECK(verdict.failed());
  CHECK(verdict[fault.violation] >= 1);
}

TEST_CASE("judge: a hold from before the run may end in it", "[loadtest]") {
  Story story;
  story.before.held[3] = 2;
  story.decisions[108] = {about(108, Kind::hold_returned, 2, 2, 2, 3, 50)};
  story.decisions[109][2].available_after = 1;
  story.decisions[109][4].available_after = 3;
  story.after = {109, 109, 2, {0, 1, 0, 3}, {0, 0}, {0, 0, 0, 3}, {0, 0, 0, 0}};
  const Verdict verdict = story.judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
}

}  // namespace
