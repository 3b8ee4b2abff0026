// Reorder rules (semantics 10): one for a SKU and a warehouse. Kept here as they were set, with what they wait for; looking at them and ordering:
// engine/reorder_plan.hpp, engine/settle_rules.cpp. Owned by whoever settles, but for the levels.
//
// A receiving thread takes units without the settler. So that it notices when a rule may have to order, the settler gives each cell of the SKU
// a level (SharedState::reorder_levels): as long as every cell has its level or more, no rule of the SKU that could trigger is at its point. After
// each commit the thread compares the cells of its SKUs with their levels, and leaves word (MindRules) where one is below.
// No crossing is missed: the settler stores the levels, passes SharedState::rules_turn (a read-modify-write, acquire and release), then reads the
// cells and looks at the rules again if one of them would act; the thread writes its cells, passes rules_turn, then reads the levels. Whoever passes
// second sees what the first one wrote before: the cells, or the levels. A thread passes only if has_rules is set, which the settler does before the
// commit of the first rules: who commits behind that has read the commit word behind it; what was committed before, the settler's cells show.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "engine/decision.hpp"
#include "engine/timers.hpp"
#include "engine/types.hpp"
#include "engine/vendors.hpp"

namespace earmark::engine {

struct Rule {
  RuleSet set;             // `vendor` is not used
  VendorId vendor{};       // 0: by choice
  bool triggered = false;  // it has, and its position has not been above its point since
  Lsn purchase{};          // the last purchase order that it made or added to; 0: none, or a suggestion that was cancelled
  Timers::Handle wake = 0; // at the end of its snooze
};

class Rules {
 public:
  using Key = std::pair<std::uint32_t, std::uint16_t>;  // SKU, warehouse
  using Map = std::map<Key, Rule>;

  explicit Rules(Timers& timers) : timers_(timers) {}

  static Key key_of(SkuId sku, WarehouseId warehouse) noexcept { return {sku.value, warehouse.value}; }
  const Map& all() const noexcept { return rules_; }
  bool empty() const noexcept { return rules_.empty(); }
  const Rule* find(SkuId sku, WarehouseId warehouse) const;
  // Of one SKU, by warehouse.
  std::pair<Map::const_iterator, Map::const_iterator> of(SkuId sku) const {
    return {rules_.lower_bound({sku.value, 0}), rules_.lower_bound({sku.value + 1, 0})};
  }
  bool has(SkuId sku) const { const auto [first, last] = of(sku); return first != last; }

  // The rule as it is from now on; one that differs in its snooze alone goes on with what it waits for.
  void set(const RuleSet& set, VendorId vendor);
  void restore(const RuleImage& image, VendorId vendor);
  // What a record says that it did.
  void done(const ReorderDecision& decision, Lsn purchase);
  // A suggestion, or its draft, was cancelled: who had asked for it waits until his position has been above his point.
  void suggestion_cancelled(Lsn purchase);
  void woken(SkuId sku, WarehouseId warehouse);

 private:
  void set_wake(const Key& key, Rule& rule);

  Timers& timers_;
  Map rules_;
};

}  // namespace earmark::engine
