#include "engine/vendors.hpp"

#include <algorithm>
#include <tuple>

namespace earmark::engine {

std::int64_t Vendor::typical_lateness_us() const noexcept {
  if (arrivals == 0) return day_us;
  return std::clamp(late_us / static_cast<std::int64_t>(arrivals), day_us, 365 * day_us);
}

VendorId Vendors::find(std::string_view code) const {
  const auto found = by_code_.find(code);
  return found == by_code_.end() ? VendorId{} : found->second;
}

VendorId Vendors::add(std::string_view code) {
  if (const VendorId id = find(code); id.value != 0) return id;
  vendors_.emplace_back().code = code;
  const VendorId id{static_cast<std::uint32_t>(vendors_.size())};
  by_code_.emplace(vendors_.back().code, id);
  return id;
}

VendorId Vendors::list(const VendorSet& set) {
  const VendorId id = add(set.code);
  Vendor& vendor = vendors_[id.value - 1];
  vendor.name = set.name;
  vendor.lead_days = set.lead_days;
  vendor.cut_off = set.cut_off;
  vendor.listed = true;
  return id;
}

void Vendors::restore(const VendorImage& image) {
  Vendor& vendor = vendors_[add(image.code).value - 1];
  vendor.name = image.name;
  vendor.lead_days = image.lead_days;
  vendor.cut_off = image.cut_off;
  vendor.listed = image.listed;
  vendor.arrivals = image.arrivals;
  vendor.late_us = image.late_us;
}

std::span<const Source> Vendors::sources_of(SkuId sku) const {
  const auto found = sources_.find(sku.value);
  return found == sources_.end() ? std::span<const Source>() : found->second;
}

void Vendors::set_source(SkuId sku, Source source) {
  std::vector<Source>& all = sources_[sku.value];
  const auto place = std::lower_bound(all.begin(), all.end(), source,
                                      [&](const Source& one, const Source& other) { return at(one.vendor).code < at(other.vendor).code; });
  if (place != all.end() && place->vendor == source.vendor) *place = source;
  else all.insert(place, source);
}

void Vendors::arrived(std::string_view code, TimeUs promised, TimeUs now) {
  if (promised.value == 0) return;
  Vendor& vendor = vendors_[add(code).value - 1];
  ++vendor.arrivals;
  vendor.late_us += std::max<std::int64_t>(0, now.value - promised.value);
}

std::int64_t Vendors::lateness_us(std::string_view code) const {
  const VendorId id = find(code);
  return id.value == 0 ? day_us : at(id).typical_lateness_us();
}

TimeUs Vendors::expected(std::string_view code, TimeUs promised, TimeUs now) const {
  return promised.value == 0 || promised > now ? promised : TimeUs{now.value + lateness_us(code)};
}

std::int32_t Vendors::lead_days(SkuId sku, VendorId vendor) const {
  if (vendor.value == 0) return -1;
  for (const Source& source : sources_of(sku)) {
    if (source.vendor == vendor && source.lead_days >= 0) return source.lead_days;
  }
  return at(vendor).lead_days;
}

VendorId Vendors::choose(SkuId sku) const {
  const auto rank = [&](const Source& source) {
    const std::int32_t days = lead_days(sku, source.vendor);
    return std::tuple<bool, std::int32_t, std::string_view>(days < 0, days, at(source.vendor).code);
  };
  const std::span<const Source> all = sources_of(sku);
  const auto best = std::min_element(all.begin(), all.end(), [&](const Source& one, const Source& other) { return rank(one) < rank(other); });
  return best == all.end() ? VendorId{} : best->vendor;
}

}  // namespace earmark::engine
