#include "storage/sellers.hpp"

#include <algorithm>

namespace earmark::storage {

using engine::SkuId;

void Sellers::add(std::span<const engine::LoadedWarehouse> warehouses) {
  for (const engine::LoadedWarehouse& each : warehouses) ranks_[each.id] = {each.priority, std::string(each.code)};
}

void Sellers::add(const engine::VendorImage& vendor) { vendors_[std::string(vendor.code)] = {std::string(vendor.name), vendor.lead_days}; }

void Sellers::add(const engine::SourceImage& source) { sources_[source.sku][std::string(source.vendor)] = source.lead_days; }

void Sellers::add(const engine::RuleImage& rule) {
  if (!rule.vendor.empty()) rules_[rule.rule.sku].push_back({ranks_[rule.rule.warehouse], rule.rule.warehouse, std::string(rule.vendor)});
}

std::string_view Sellers::name(std::string_view vendor) const {
  const auto found = vendors_.find(vendor);
  return found == vendors_.end() ? std::string_view{} : found->second.name;
}

std::int32_t Sellers::lead_days(std::string_view vendor) const {
  const auto found = vendors_.find(vendor);
  return found == vendors_.end() ? -1 : found->second.lead_days;
}

std::int32_t Sellers::lead_days(SkuId sku, std::string_view vendor) const {
  const auto sources = sources_.find(sku);
  if (sources != sources_.end()) {
    const auto source = sources->second.find(vendor);
    if (source != sources->second.end() && source->second >= 0) return source->second;
  }
  return lead_days(vendor);
}

std::string_view Sellers::of(SkuId sku, engine::WarehouseId pinned) const {
  const auto rules = rules_.find(sku);
  const Named* best = nullptr;
  for (const Named& each : rules == rules_.end() ? std::span<const Named>{} : std::span(rules->second)) {
    if (pinned.value != 0 && each.warehouse != pinned) continue;
    if (best == nullptr || each.rank < best->rank) best = &each;
  }
  return best != nullptr ? std::string_view(best->vendor) : nearest_source(sku);
}

// A known lead time before an unknown one, then by code.
std::string_view Sellers::nearest_source(SkuId sku) const {
  const auto sources = sources_.find(sku);
  if (sources == sources_.end()) return {};
  std::string_view nearest;
  std::pair<bool, std::int32_t> least{};
  for (const auto& [vendor, unused] : sources->second) {
    const std::int32_t days = lead_days(sku, vendor);
    const std::pair<bool, std::int32_t> time{days < 0, days};
    if (nearest.empty() || time < least) nearest = vendor, least = time;
  }
  return nearest;
}

}  // namespace earmark::storage
