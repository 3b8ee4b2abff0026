// Vendors, who sells what, and reorder rules, as the twin keeps them; and what follows of the state alone: the position that a rule looks at, the
// vendor it orders from, and how much.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/decision.hpp"
#include "engine/types.hpp"

namespace earmark::model {

struct State;

struct Vendor {
  std::string name{};
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  bool listed = false;  // by a SetRules; else it has only delivered
};

struct Rule {
  engine::RuleSet set{};    // its `vendor` says nothing
  std::string vendor{};     // empty: by choice
  bool asleep = false;      // snoozed, and its time has not come
  bool triggered = false;   // it waits until its position is above the point, or its purchase order is over
  engine::Lsn purchase{};   // that it made or added to last; 0: none, or a suggestion that was cancelled

  bool is_below(std::int64_t position) const;
  // How much it orders at this position, if a purchase order may have so much more open. 0: nothing may.
  engine::Quantity quantity_at(std::int64_t position, std::uint64_t room) const;
};

struct Position {
  std::int64_t available = 0, incoming = 0;
  std::uint64_t waiting = 0;

  std::int64_t units() const { return available + incoming - static_cast<std::int64_t>(waiting); }
};
// Of every cell that has one, at one instant of the state.
class Positions {
 public:
  explicit Positions(const State& state);
  Position of(engine::SkuId sku, engine::WarehouseId warehouse, bool pooled) const;

 private:
  std::map<std::pair<engine::SkuId, engine::WarehouseId>, Position> cells_;
};

// From whom the rule orders now, and how many days it takes; -1: not known.
struct Choice {
  std::string vendor{};
  std::int32_t lead_days = -1;
};
Choice vendor_of(const State& state, const Rule& rule);
// By how much later than now what a vendor should have brought is expected: as late as its deliveries have been on average.
std::int64_t lateness_of(const State& state, const std::string& vendor);
// The next time that the clock (UTC) shows this minute of the day.
engine::TimeUs next_cut_off(std::int16_t minute, engine::TimeUs now);

// ---- the answer to who asks for rules ----

struct ListedRule {
  engine::RuleSet set{};
  std::string vendor{}, purchase{};
  std::int64_t position = 0;
  bool triggered = false;
  engine::Lsn purchase_lsn{};
};
struct ListedVendor {
  std::string code, name;
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  std::uint64_t arrivals = 0;
  std::int64_t typical_lateness_us = 0;
};
struct ListedSource {
  engine::SkuId sku{};
  std::string vendor{};
  std::int32_t lead_days = -1;
};
struct ListedRules {
  std::vector<ListedVendor> vendors{};   // by code
  std::vector<ListedSource> sources{};   // by SKU
  std::vector<ListedRule> rules{};       // by SKU and warehouse
};
// Of one SKU (0: of all), or one vendor ("": any): its sources, the rules that order from it now, and whom they name; of all SKUs every vendor.
ListedRules list_rules(const State& state, engine::SkuId sku, std::string_view vendor);
std::string describe(const ListedRules& listed);

}  // namespace earmark::model
