// Orders that came together are decided in as few commits as can be, and as if each had come alone: the same records, answers and state. Two engines, one
// of which gets each order by itself.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/engine/harness.hpp"

using namespace earmark;

namespace {

class Together {
 public:
  explicit Together(const model::CatalogueLimits& limits) : together_(test::small_capacity(limits)), alone_(test::small_capacity(limits)) {}

  void settle(const std::vector<model::OrderCommand>& orders, engine::TimeUs now) {
    const std::vector<std::string> told = together_.settle(orders, now);
    for (std::size_t index = 0; index < orders.size(); ++index) {
      CAPTURE(index, orders.size());
      REQUIRE(told[index] == alone_.settle(std::span(orders).subspan(index, 1), now).at(0));
    }
    compare();
  }
  void apply(const model::Command& command, engine::TimeUs now) {
    REQUIRE(together_.apply(command, model::content_of(command), now) == alone_.apply(command, model::content_of(command), now));
    compare();
  }
  std::size_t commits_saved() const { return alone_.commits() - together_.commits(); }
  std::uint64_t skips() { return together_.engine().settler().counters().skips.get(); }
  std::uint64_t moved_dates() { return together_.engine().settler().counters().moved_dates.get(); }
  std::uint64_t triggered() { return together_.engine().settler().counters().rules_triggered.get(); }

 private:
  void compare() {
    REQUIRE(together_.records() == alone_.records());
    for (; compared_ < alone_.records(); ++compared_) REQUIRE(together_.record(compared_) == alone_.record(compared_));
    REQUIRE(together_.engine().broken_invariant() == "");
    REQUIRE(together_.engine().digest() == alone_.engine().digest());
  }

  test::Harness together_, alone_;
  std::size_t compared_ = 0;
};

model::OrderCommand order_of(const std::string& id, engine::Quantity quantity) {
  model::OrderCommand order;
  order.id = id;
  order.lines = {{quantity, engine::SkuId{1}, engine::LineNumber{1}, {}, 0, 0}};
  return order;
}

}  // namespace

TEST_CASE("settled together: any orders are decided as if each had come alone", "[engine][settler]") {
  std::size_t commits_saved = 0;
  std::uint64_t skips = 0, moved_dates = 0, triggered = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    model::RandomCommands commands(seed, seed % 4 == 0, seed % 3 == 0, seed % 2 == 0);
    model::Random random(seed);
    Together both(model::RandomCommands::limits(seed));
    engine::TimeUs now{};
    for (int round = 0; round < 60; ++round) {
      std::vector<model::OrderCommand> orders;
      std::vector<model::Command> others;
      for (std::uint64_t left = random.between(1, 30); left != 0; --left) {
        now = commands.now();
        const model::Command command = commands.next();
        if (const auto* order = std::get_if<model::OrderCommand>(&command)) orders.push_back(*order);
        else others.push_back(command);
      }
      if (random.chance(30) && !orders.empty()) orders.push_back(orders[random.below(orders.size())]);  // a repeat of one that is not decided yet
      if (!orders.empty()) both.settle(orders, now);
      for (const model::Command& other : others) both.apply(other, now);
    }
    commits_saved += both.commits_saved(), skips += both.skips(), moved_dates += both.moved_dates(), triggered += both.triggered();
  }
  CHECK(commits_saved > 200);
  CHECK(skips > 0);
  CHECK(moved_dates > 0);
  CHECK(triggered > 0);
}

TEST_CASE("settled together: a hundred orders for what is not there take four commits", "[engine][settler]") {
  Together both(model::RandomCommands::limits());
  both.apply(model::LoadCommand{{{"W1", "", 1}}, {{"SKU-1", ""}}, {{0, 0, 0}}}, engine::TimeUs{1});
  std::vector<model::OrderCommand> orders;
  for (engine::Quantity number = 1; number <= 100; ++number) orders.push_back(order_of("o" + std::to_string(number), number));
  both.settle(orders, engine::TimeUs{2});
  CHECK(both.commits_saved() == 96);
}

TEST_CASE("settled together: dates of a long order behind one that is refused have room in the commit's record", "[engine][settler]") {
  Together both(model::RandomCommands::limits());
  both.apply(model::LoadCommand{{{"W1", "", 1}}, {{"SKU-1", ""}}, {{0, 0, 0}}}, engine::TimeUs{1});
  constexpr std::uint32_t lines = 300, dates = 8;
  model::PlacePurchaseCommand purchase{.id = "P", .vendor = "V", .state = engine::PurchaseState::sent};
  for (std::uint32_t number = 1; number <= lines * dates; ++number) {
    purchase.lines.push_back({1, engine::TimeUs{1'000'000 + std::int64_t{number}}, engine::LineNumber{number}, engine::SkuId{1}, engine::WarehouseId{1}, 0, 0});
  }
  both.apply(purchase, engine::TimeUs{2});
  model::OrderCommand refused = order_of("refused", 1), dated = order_of("dated", dates);
  refused.lines.clear();
  for (std::uint32_t number = 2; number <= lines; ++number) dated.lines.push_back({dates, engine::SkuId{1}, engine::LineNumber{number}, {}, 0, 0});
  both.settle({refused, dated}, engine::TimeUs{3});
}
