// The judge must find what is planted: each test makes a sound history and breaks one thing.
#include <catch2/catch.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "loadtest/history.hpp"
#include "loadtest/random.hpp"

namespace {

using namespace earmark::loadtest;

constexpr std::uint16_t warehouses = 2;
constexpr std::uint32_t skus = 50;

StockSnapshot stock_of(std::uint64_t lsn, std::uint32_t units) {
  return {lsn, lsn, warehouses, std::vector<std::uint32_t>(std::size_t{skus} * warehouses, units), std::vector<std::uint64_t>(skus, 0)};
}

// A run as a right server would have decided it: orders of two lines, some short, at LSN 101 and up.
struct Story {
  StockSnapshot before = stock_of(100, 20), after = before;
  std::vector<std::vector<Movement>> decisions;
  Delivery delivery;

  explicit Story(std::uint64_t seed = 1, int orders = 400) {
    Random random(seed);
    for (int count = 0; count < orders; ++count) {
      const std::uint64_t lsn = ++after.last_lsn;
      decisions.emplace_back();
      const std::uint32_t first = 1 + random.below(skus), second = 1 + first % skus;
      add_line(lsn, first, 1 + random.below(6));
      add_line(lsn, second, 1 + random.below(6));
    }
    after.first_lsn = after.last_lsn;
    delivery.sent = delivery.answered = decisions.size();
  }

  void add_line(std::uint64_t lsn, std::uint32_t sku, std::uint32_t asked) {
    std::vector<Movement>& decision = decisions.back();
    const std::size_t line = decision.size();
    decision.push_back({lsn, sku, 0, MovementKind::order_line, line == 0, 0, 0, asked, asked});
    for (std::uint16_t warehouse = 1; warehouse <= warehouses; ++warehouse) {
      std::uint32_t& available = after.available[after.cell(sku, warehouse)];
      const std::uint32_t units = std::min(available, decision[line].backordered);
      if (units == 0) continue;
      available -= units;
      decision[line].backordered -= units;
      if (decision[line].warehouse == 0) {
        decision[line].warehouse = warehouse;
        decision[line].quantity = units;
        decision[line].available_after = available;
      } else {
        decision.push_back({lsn, sku, warehouse, MovementKind::more_take, false, units, available, 0, 0});
      }
    }
    after.backordered[sku - 1] += decision[line].backordered;
  }

  // As two clients saw it: each its share, the answers of one commit in another order than they were decided.
  Verdict judge() const {
    History first, second;
    for (std::size_t index = 0; index < decisions.size(); ++index) {
      const std::size_t shuffled = index % 8 == 0 && index + 7 < decisions.size() ? index + 7 : index % 8 == 7 ? index - 7
                                                                                                               : index;
      for (const Movement& movement : decisions[shuffled]) (index % 3 == 0 ? first : second).push(movement);
    }
    const History* const histories[] = {&first, &second};
    return check(histories, delivery, before, after);
  }

  // The first take (of a line that got all from one cell, the cell touched again later).
  Movement& simple_take() {
    for (auto& decision : decisions) {
      if (decision[0].warehouse != 0 && decision[0].backordered == 0 && decision[0].available_after > 10) return decision[0];
    }
    throw std::logic_error("the story has no such line");
  }
};

std::uint64_t other_violations(const Verdict& verdict, std::initializer_list<Violation> expected) {
  std::uint64_t sum = 0;
  for (std::size_t index = 0; index < violation_count; ++index) {
    const auto violation = static_cast<Violation>(index);
    if (std::find(expected.begin(), expected.end(), violation) == expected.end()) sum += verdict[violation];
  }
  return sum;
}

TEST_CASE("history: a sound run passes, whatever the order in which its answers came", "[loadtest]") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U);
  CAPTURE(seed);
  const Story story(seed);
  const Verdict verdict = story.judge();
  CAPTURE(verdict.examples);
  CHECK(verdict.passed());
  CHECK(verdict.word() == "passed");
  CHECK(verdict.decisions == 400);
  CHECK(verdict.lines == 800);
  CHECK(verdict.takes >= 400);
  CHECK(verdict.cells > 90);
  CHECK(verdict.first_lsn == 101);
  CHECK(verdict.last_lsn == 500);
  CHECK(verdict.foreign_lsns == 0);
  CHECK(verdict.unexplained == 0);
}

TEST_CASE("history: a run that checked nothing is vacuous and does not pass", "[loadtest]") {
  const Verdict verdict = Story(1, 0).judge();
  CHECK(verdict.vacuous());
  CHECK_FALSE(verdict.failed());
  CHECK_FALSE(verdict.passed());
  CHECK(verdict.word() == "vacuous");
}

TEST_CASE("history: units taken twice are an oversell", "[loadtest]") {
  Story story;
  for (auto& decision : story.decisions) {
    Movement& line = decision[0];
    if (line.warehouse == 0 || line.available_after != 0 || line.backordered != 0) continue;
    line.quantity += 1;  // the last unit and one that was not there
    line.asked += 1;
    break;
  }
  const Verdict verdict = story.judge();
  CHECK(verdict.failed());
  CHECK(verdict[Violation::oversold] == 1);
  CHECK(other_violations(verdict, {Violation::oversold}) == 0);
  REQUIRE(verdict.examples.size() == 1);
  CHECK(verdict.examples[0].find("oversold: LSN") == 0);
}

TEST_CASE("history: two orders that saw the same stock break the chain", "[loadtest]") {
  Story story;
  story.simple_take().available_after += 1;
  const Verdict verdict = story.judge();
  CHECK(verdict[Violation::broken_chain] >= 1);  // there, and where the cell is seen next
  CHECK(other_violations(verdict, {Violation::broken_chain, Violation::wrong_final_stock}) == 0);
}

TEST_CASE("history: one LSN for two decisions is found", "[loadtest]") {
  Story story;
  const std::uint64_t twice = story.decisions[9][0].lsn;
  for (Movement& movement : story.decisions[10]) movement.lsn = twice;
  const Verdict verdict = story.judge();
  CHECK(verdict[Violation::duplicate_lsn] == 1);
  CHECK(verdict.failed());
}

TEST_CASE("history: an LSN from before the run is found", "[loadtest]") {
  Story story;
  for (Movement& movement : story.decisions[0]) movement.lsn = 100;
  CHECK(story.judge()[Violation::duplicate_lsn] == 1);
}

TEST_CASE("history: a line that loses or gains units is unbalanced", "[loadtest]") {
  Story story;
  story.simple_take().asked += GENERATE(1U, static_cast<std::uint32_t>(-1));
  const Verdict verdict = story.judge();
  CHECK(verdict[Violation::unbalanced_line] == 1);
  CHECK(other_violations(verdict, {Violation::unbalanced_line}) == 0);
}

TEST_CASE("history: waiting beside available stock is needless", "[loadtest]") {
  Story story;
  Movement& line = story.simple_take();
  line.backordered = line.asked;  // it got nothing though the cell had enough
  const std::size_t cell = story.before.cell(line.sku, line.warehouse);
  const std::uint32_t units = std::exchange(line.quantity, 0);
  line.warehouse = 0;
  bool later = false;
  for (auto& decision : story.decisions) {
    for (Movement& movement : decision) {
      if (&movement == &line) later = true;
      else if (later && movement.warehouse != 0 && story.before.cell(movement.sku, movement.warehouse) == cell) movement.available_after += units;
    }
  }
  CHECK(story.judge()[Violation::needless_shortage] >= 1);
}

TEST_CASE("history: cells outside the catalogue are found", "[loadtest]") {
  Story story;
  Movement& line = story.simple_take();
  const bool bad_sku = GENERATE(true, false);
  (bad_sku ? line.sku = skus + 1 : line.warehouse = warehouses + 1);
  CHECK(story.judge()[Violation::unknown_cell] == 1);
}

TEST_CASE("history: the server's figures must be those of the decisions", "[loadtest]") {
  Story story;
  SECTION("available") {
    story.after.available[17] += 1;
    CHECK(story.judge()[Violation::wrong_final_stock] == 1);
  }
  SECTION("backordered") {
    story.after.backordered[17] += 1;
    CHECK(story.judge()[Violation::wrong_final_backorders] == 1);
  }
  SECTION("a decision that was answered but is not in them") {
    story.after.last_lsn -= 1;
    CHECK(story.judge()[Violation::wrong_final_stock] == 1);
  }
}

TEST_CASE("history: what went wrong between request and answer fails the run", "[loadtest]") {
  using Count = std::uint64_t Delivery::*;
  const auto [violation, count] = GENERATE(table<Violation, Count>({
      {Violation::unanswered, &Delivery::sent},
      {Violation::unexpected_answer, &Delivery::unexpected},
      {Violation::malformed_answer, &Delivery::malformed},
      {Violation::mismatched_answer, &Delivery::mismatched},
      {Violation::duplicate_answer, &Delivery::duplicates},
      {Violation::out_of_order, &Delivery::out_of_order},
      {Violation::error_answer, &Delivery::errors},
  }));
  CAPTURE(name(violation));
  Story story;
  story.delivery.*count += 1;
  const Verdict verdict = story.judge();
  CHECK(verdict.failed());
  CHECK(verdict[violation] == 1);
  CHECK(other_violations(verdict, {violation}) == 0);
}

TEST_CASE("history: after LSNs of others a surprise is unexplained, and only where it may be theirs", "[loadtest]") {
  Story story;
  story.decisions.erase(story.decisions.begin() + 200, story.decisions.begin() + 203);  // decided for other clients
  story.delivery.sent = story.delivery.answered = story.decisions.size();
  Verdict verdict = story.judge();
  CHECK(verdict.passed());
  CHECK(verdict.foreign_lsns == 3);
  CHECK(verdict.unexplained >= 1);

  story.simple_take().available_after += 1;  // long before, where nothing is missing
  verdict = story.judge();
  CHECK(verdict[Violation::broken_chain] >= 1);
}

TEST_CASE("history: a stock check may show its LSN or anything later, nothing else", "[loadtest]") {
  Story story(3);
  const Movement seen = story.simple_take();
  const std::uint32_t had = seen.available_after + seen.quantity;
  const auto check_saying = [&](std::uint64_t lsn, std::uint32_t available) {
    Story with = story;
    with.decisions.push_back({{lsn, seen.sku, seen.warehouse, MovementKind::observed, true, 0, available, 0, 0}});
    with.delivery.sent = with.delivery.answered = with.decisions.size();
    return with.judge();
  };
  CHECK(check_saying(seen.lsn, seen.available_after).passed());
  CHECK(check_saying(seen.lsn - 1, seen.available_after).passed());  // later than the LSN it names
  CHECK(check_saying(seen.lsn - 1, had).passed());
  CHECK(check_saying(story.after.last_lsn, story.after.available[story.after.cell(seen.sku, seen.warehouse)]).passed());
  CHECK(check_saying(seen.lsn, had)[Violation::false_observation] == 1);  // older
  CHECK(check_saying(seen.lsn, 1'000)[Violation::false_observation] == 1);
  CHECK(check_saying(100, 20).observations == 1);
}

TEST_CASE("history: pages keep their elements across page borders", "[loadtest]") {
  Pages<std::uint64_t> pages;
  pages.reserve(10);
  CHECK(pages.empty());
  const std::size_t count = Pages<std::uint64_t>::page_elements + 5;
  for (std::size_t index = 0; index < count; ++index) pages.push(index);
  CHECK(pages.size() == count);
  CHECK(pages.page_count() == 2);
  CHECK(pages.page(0).size() == Pages<std::uint64_t>::page_elements);
  CHECK(pages.page(1).size() == 5);
  CHECK(pages[count - 1] == count - 1);
  CHECK(pages.page(1)[0] == count - 5);
}

}  // namespace
