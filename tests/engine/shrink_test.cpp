// The shrinker of failing histories, with faults planted between the engine and the comparison: what is left must be the few
// commands that the fault needs.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/engine/shrink.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;
using namespace earmark::test;

namespace {

bool has_receipt_of(const model::Command& command, std::uint32_t sku) {
  const auto* receipt = std::get_if<model::ReceiptCommand>(&command);
  return receipt != nullptr && std::ranges::any_of(receipt->rows, [=](const engine::StockRow& row) { return row.sku.value == sku; });
}

// Once a receipt of SKU 3 was decided, the next cancel that is decided is answered wrongly.
Meddler wrong_after_receipt() {
  return [seen = false](const model::Command& command, std::string& answer) mutable {
    const bool decided = !answer.starts_with("error") && !answer.starts_with("duplicate");
    if (decided && has_receipt_of(command, 3)) seen = true;
    if (seen && decided && std::holds_alternative<model::CancelCommand>(command)) answer += " and one more";
  };
}

// A line of 5 units of which some wait is said to want 4.
Meddler wrong_backorder() {
  return [](const model::Command& command, std::string& answer) {
    if (!std::holds_alternative<model::OrderCommand>(command)) return;
    const std::size_t found = answer.find(" wants 5 backordered ");
    if (found != std::string::npos) answer[found + 8] = '4';
  };
}

Steps failing_history(std::uint64_t seed, Meddler (*meddler)(), Disagreement& wrong) {
  Steps history = draw_history(seed, 400, true);
  Tally tally;
  const auto found = compare(history, model::RandomCommands::limits(), 16, tally, meddler());
  REQUIRE(found.has_value());
  wrong = *found;
  return history;
}

Steps made_small(const Steps& history, Meddler (*meddler)()) {
  return shrink(history, [&](const Steps& steps) {
    Tally tally;
    return compare(steps, model::RandomCommands::limits(), 1, tally, meddler()).has_value();
  });
}

template <class Command>
const Command* only(const Steps& steps) {
  const Command* found = nullptr;
  for (const Step& step : steps) {
    const auto* command = std::get_if<model::Command>(&step.what);
    const auto* wanted = command == nullptr ? nullptr : std::get_if<Command>(command);
    if (wanted != nullptr && found != nullptr) return nullptr;
    if (wanted != nullptr) found = wanted;
  }
  return found;
}

}  // namespace

TEST_CASE("shrink: a cancel answered wrongly after a receipt is down to loads, order, receipt, cancel", "[engine][model]") {
  const std::uint64_t seed = GENERATE(1ULL, 2ULL, 3ULL);
  CAPTURE(seed);
  Disagreement wrong;
  const Steps history = failing_history(seed, wrong_after_receipt, wrong);
  CHECK_THAT(wrong.text, Catch::Contains("I1-I5") && Catch::Contains("and one more"));
  const Steps small = made_small(history, wrong_after_receipt);
  INFO(describe(small));
  REQUIRE(small.size() <= 5);  // in some histories a later load brings the receipt's SKU or warehouse
  REQUIRE(only<model::OrderCommand>(small) != nullptr);
  REQUIRE(only<model::ReceiptCommand>(small) != nullptr);
  REQUIRE(only<model::CancelCommand>(small) != nullptr);
  const model::OrderCommand& order = *only<model::OrderCommand>(small);
  REQUIRE(order.lines.size() == 1);
  CHECK(order.lines[0].quantity == 1);
  CHECK(order.policy == engine::Policy::ship_partial);
  const model::ReceiptCommand& receipt = *only<model::ReceiptCommand>(small);
  REQUIRE(receipt.rows.size() == 1);
  CHECK(receipt.rows[0].sku.value == 3);
  CHECK(receipt.rows[0].quantity == 1);
  CHECK(only<model::CancelCommand>(small)->order_id == order.id);
}

TEST_CASE("shrink: one order is left where one is enough, and its line keeps the quantity that matters", "[engine][model]") {
  Disagreement wrong;
  const Steps history = failing_history(5, wrong_backorder, wrong);
  const Steps small = made_small(history, wrong_backorder);
  INFO(describe(small));
  REQUIRE(small.size() == 2);
  REQUIRE(only<model::OrderCommand>(small) != nullptr);
  REQUIRE(only<model::OrderCommand>(small)->lines.size() == 1);
  CHECK(only<model::OrderCommand>(small)->lines[0].quantity == 5);
}

TEST_CASE("shrink: the failure says which promise, how to repeat it, and the small history", "[engine][model]") {
  Disagreement wrong;
  const Steps history = failing_history(2, wrong_after_receipt, wrong);
  const std::string text = explain(2, history, wrong, wrong_after_receipt);
  CHECK_THAT(text, Catch::Contains("EARMARK_SEED=2 EARMARK_SEEDS=1 EARMARK_COMMANDS=400 ") && Catch::Contains("Made small, 4 of ") && Catch::Contains("receive 'r"));
}

TEST_CASE("shrink: never gives a history that does not fail, and stops after its tries", "[engine][model]") {
  const Steps history = draw_history(9, 300, false);
  std::size_t tried = 0;
  // Fails as long as it has two given steps, whatever else is there.
  const auto has = [](const Steps& steps, std::uint64_t number) {
    return std::ranges::any_of(steps, [=](const Step& step) { return step.number == number; });
  };
  const Fails fails = [&](const Steps& steps) { return ++tried, has(steps, 41) && has(steps, 260); };
  const Steps bounded = shrink(history, fails, 10);
  CHECK(tried == 10);
  CHECK(fails(bounded));
  const Steps small = shrink(history, fails);
  REQUIRE(small.size() == 2);
  CHECK(small[0].number == 41);
  CHECK(small[1].number == 260);
}
