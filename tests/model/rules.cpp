#include "tests/model/rules.hpp"

#include <algorithm>
#include <sstream>
#include <tuple>

#include "tests/model/state.hpp"

namespace earmark::model {

using engine::Quantity;
using engine::SkuId;
using engine::WarehouseId;

namespace {

constexpr std::int64_t day_us = 86'400'000'000;

}  // namespace

bool Rule::is_below(std::int64_t position) const {
  return set.kind == engine::RuleKind::lot_for_lot ? position < 0 : position <= std::int64_t{set.point};
}

Quantity Rule::quantity_at(std::int64_t position, std::uint64_t room) const {
  std::int64_t units = 0;
  switch (set.kind) {
    case engine::RuleKind::reorder_point:
      units = ((set.point - position) / set.quantity + 1) * set.quantity;  // the fewest of them that bring it above the point
      break;
    case engine::RuleKind::min_max: units = set.quantity - position; break;
    case engine::RuleKind::lot_for_lot: units = -position; break;
  }
  units = std::max<std::int64_t>(units, set.minimum);
  const std::int64_t multiple = std::max<Quantity>(set.multiple, 1);
  units = (units + multiple - 1) / multiple * multiple;
  if (set.maximum != 0) units = std::min(units, set.maximum / multiple * multiple);
  return static_cast<Quantity>(std::min(units, static_cast<std::int64_t>(room)));
}

// ---- positions ----

Positions::Positions(const State& state) {
  for (const auto& [key, cell] : state.cells) cells_[key].available += cell.level();
  for (const auto& [lsn, transfer] : state.transfers) {
    if (!transfer.open) continue;
    for (const auto& [sku, units] : transfer.units) cells_[{sku, transfer.destination}].incoming += static_cast<std::int64_t>(units.left());
  }
  for (const auto& [lsn, purchase] : state.purchases) {
    if (purchase.is_closed()) continue;
    for (const PurchaseLine& line : purchase.lines) cells_[{line.sku, line.warehouse}].incoming += static_cast<std::int64_t>(line.open());
  }
  for (const auto& [sku, queue] : state.queues) {
    for (const Place& place : queue) {
      const WarehouseId pinned = state.line_at(place).pinned;
      cells_[{sku, pinned.value != 0 ? pinned : state.by_priority().front()}].waiting += state.waiting_at(place);
    }
  }
}

Position Positions::of(SkuId sku, WarehouseId warehouse, bool pooled) const {
  Position sum;
  for (const auto& [key, each] : cells_) {
    if (key.first != sku || (key.second != warehouse && !pooled)) continue;
    sum.available += each.available;
    sum.incoming += each.incoming;
    sum.waiting += each.waiting;
  }
  return sum;
}

// ---- from whom ----

namespace {

std::int32_t lead_of(const State& state, SkuId sku, const std::string& vendor) {
  const auto of_sku = state.sellers.find(sku);
  if (of_sku != state.sellers.end()) {
    const auto seller = of_sku->second.find(vendor);
    if (seller != of_sku->second.end() && seller->second != -1) return seller->second;
  }
  return state.vendors.at(vendor).lead_days;
}

}  // namespace

Choice vendor_of(const State& state, const Rule& rule) {
  std::string vendor = rule.vendor;
  if (vendor.empty()) {
    std::vector<std::tuple<bool, std::int32_t, std::string>> all;  // those that are known first, then by days, then by code
    for (const auto& [code, days] : state.sellers.at(rule.set.sku)) {
      const std::int32_t lead = lead_of(state, rule.set.sku, code);
      all.emplace_back(lead == -1, lead, code);
    }
    vendor = std::get<2>(*std::ranges::min_element(all));
  }
  const std::int32_t lead = rule.set.lead_days != -1 ? rule.set.lead_days : lead_of(state, rule.set.sku, vendor);
  return {std::move(vendor), lead};
}

std::int64_t lateness_of(const State& state, const std::string& vendor) {
  const auto found = state.lateness.find(vendor);
  if (found == state.lateness.end() || found->second.arrivals == 0) return day_us;
  return std::clamp(found->second.late_us / static_cast<std::int64_t>(found->second.arrivals), day_us, 365 * day_us);
}

engine::TimeUs next_cut_off(std::int16_t minute, engine::TimeUs now) {
  constexpr std::int64_t minute_us = 60'000'000;
  std::int64_t time = minute * minute_us;
  while (time <= now.value) time += std::max(day_us, (now.value - time) / day_us * day_us);
  return engine::TimeUs{time};
}

// ---- who asks ----

ListedRules list_rules(const State& state, SkuId sku, std::string_view vendor) {
  ListedRules listed;
  std::set<std::string, std::less<>> named;
  const auto shown = [&](SkuId of, std::string_view code) { return (sku.value == 0 || of == sku) && (vendor.empty() || code == vendor); };
  for (const auto& [of, sellers] : state.sellers) {
    for (const auto& [code, days] : sellers) {
      if (!shown(of, code)) continue;
      listed.sources.push_back({of, code, days});
      named.insert(code);
    }
  }
  const Positions positions(state);
  for (const auto& [key, rule] : state.rules) {
    const bool has_vendor = !rule.vendor.empty() || state.sellers.contains(key.first);  // an alert needs none
    if (!shown(key.first, has_vendor ? vendor_of(state, rule).vendor : "")) continue;
    ListedRule& told = listed.rules.emplace_back(ListedRule{.set = rule.set, .vendor = rule.vendor, .triggered = rule.triggered});
    told.position = positions.of(key.first, key.second, rule.set.pooled != 0).units();
    if (!rule.vendor.empty()) named.insert(rule.vendor);
    const auto purchase = state.purchases.find(rule.purchase);
    if (purchase == state.purchases.end() || purchase->second.is_closed()) continue;
    told.purchase_lsn = rule.purchase;
    told.purchase = purchase->second.id;
  }
  std::set<std::string, std::less<>> heard_of;  // those who have only delivered, too
  for (const auto& [code, of] : state.vendors) heard_of.insert(code);
  for (const auto& [code, of] : state.lateness) heard_of.insert(code);
  for (const std::string& code : heard_of) {
    const bool all = sku.value == 0 && (vendor.empty() || vendor == code);
    if (!all && !named.contains(code)) continue;
    const auto set = state.vendors.find(code);
    const Vendor of = set == state.vendors.end() ? Vendor{} : set->second;
    const auto late = state.lateness.find(code);
    listed.vendors.push_back({code, of.name, of.lead_days, of.cut_off, late == state.lateness.end() ? 0 : late->second.arrivals, lateness_of(state, code)});
  }
  return listed;
}

std::string describe(const ListedRules& listed) {
  std::ostringstream out;
  out << "rules";
  for (const ListedVendor& each : listed.vendors) {
    out << "; vendor '" << each.code << "' '" << each.name << "' " << each.lead_days << " days, cut-off " << each.cut_off << ", " << each.arrivals << " arrivals, late by "
        << each.typical_lateness_us;
  }
  for (const ListedSource& each : listed.sources) out << "; sku " << each.sku.value << " of '" << each.vendor << "' " << each.lead_days << " days";
  for (const ListedRule& rule : listed.rules) {
    out << "; rule of sku " << rule.set.sku.value << " in " << rule.set.warehouse.value << ' ' << name(rule.set.kind) << ' ' << name(rule.set.mode) << " pooled "
        << +rule.set.pooled << " point " << rule.set.point << " quantity " << rule.set.quantity << " minimum " << rule.set.minimum << " multiple "
        << rule.set.multiple << " maximum " << rule.set.maximum << " of '" << rule.vendor << "' " << rule.set.lead_days << " days, snoozed until "
        << rule.set.snoozed_until.value << ", at " << rule.position << " triggered " << rule.triggered << " purchase '" << rule.purchase << "' "
        << rule.purchase_lsn.value;
  }
  return out.str();
}

}  // namespace earmark::model
