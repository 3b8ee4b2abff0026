// Reorder rules: orders that receiving threads take without the settler bring a position to its line, alone or together, while the settler moves the
// line or looks at the rule. Whatever the order of things, no rule is left below its line without having said so.
#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {
namespace {

// Of the first SKU in the first warehouse.
model::SetRulesCommand rule(engine::RuleMode mode, std::int64_t point, bool pooled = false) {
  model::SetRulesCommand set{.vendors = {{.code = "v"}}};
  set.sources = {{.sku = engine::SkuId{1}, .vendor = 1}};
  set.rules = {{.point = point, .quantity = 2, .sku = engine::SkuId{1}, .vendor = 0, .warehouse = engine::WarehouseId{1}, .mode = mode,
                .pooled = static_cast<std::uint8_t>(pooled ? 1 : 0)}};
  return set;
}

}  // namespace

std::vector<Program> rule_programs() {
  const auto alert = [](std::int64_t point) { return rule(engine::RuleMode::alert, point); };
  const auto suggest = [](std::int64_t point) { return rule(engine::RuleMode::suggest, point); };
  std::vector<Program> all = {
      {"an order that crosses the line against a rule that is set", {stock({{5}})}, {{alert(3)}, {order("a", {{1, 2}})}}, 3},
      {"an order that crosses the line against a receipt that moves it", {stock({{5}}), alert(3)},
       {{receipt("r", {row(1, 1, 1)})}, {order("a", {{1, 3}})}}, 3},
      {"two orders that cross the line together", {stock({{5}}), alert(3)}, {{order("a", {{1, 1}})}, {order("b", {{1, 1}})}}, 3},
      {"two orders of two warehouses that cross a line of both", {stock({{3, 3}}), rule(engine::RuleMode::alert, 4, true)},
       {{order("a", {{1, 1, 1}})}, {order("b", {{1, 1, 2}})}}, 3},
      {"an order at the line against one below it", {stock({{5}}), suggest(3)}, {{order("a", {{1, 2}})}, {order("b", {{1, 1}})}}, 3},
      {"an order that crosses the line against a cancel that takes it back", {stock({{5}}), alert(3), order("k", {{1, 1}})},
       {{order("a", {{1, 1}})}, {cancel("c", "k")}}, 3},
      {"a short order for what is ordered against an order that takes what is there", {stock({{2}}), suggest(0)},
       {{order("a", {{1, 3}})}, {order("b", {{1, 1}})}}, 3},
      {"a rule that goes against an order that crosses its line", {stock({{5}}), alert(3)},
       {{rule(engine::RuleMode::off, 0)}, {order("a", {{1, 2}})}}, 3},
  };
  all.push_back({"3: two orders that cross the line together, while a receipt moves it", {stock({{5}}), alert(3)},
                 {{order("a", {{1, 1}})}, {order("b", {{1, 2}})}, {receipt("r", {row(1, 1, 1)})}}, 2});
  return all;
}

}  // namespace earmark::interleaving
