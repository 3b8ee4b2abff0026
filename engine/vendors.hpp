// Vendors: who sells what, how long it takes, and how late what they promised has come (semantics 9, 10). Those that a SetRules has listed
// are known; others are here because something of theirs has arrived. Vendors are never forgotten. Owned by whoever settles.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/decision.hpp"
#include "engine/state_image.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

inline constexpr std::int64_t day_us = 86'400'000'000;

// Dense ids, 1 based; 0: none.
using VendorId = Strong<std::uint32_t, struct VendorTag>;

struct Vendor {
  std::string code, name;
  std::int32_t lead_days = -1;
  std::int16_t cut_off = -1;
  bool listed = false;
  std::uint64_t arrivals = 0;  // rows of receipts of lines with a promise
  std::int64_t late_us = 0;    // sum of how late they were

  // By how much later than now what should be there is expected: as late as it usually is, between a day and a year.
  std::int64_t typical_lateness_us() const noexcept;
};

struct Source {
  VendorId vendor{};
  std::int32_t lead_days = -1;
};

class Vendors {
 public:
  VendorId find(std::string_view code) const;  // 0: never heard of
  VendorId known(std::string_view code) const { const VendorId id = find(code); return id.value != 0 && at(id).listed ? id : VendorId{}; }
  const Vendor& at(VendorId id) const { return vendors_[id.value - 1]; }
  std::size_t count() const noexcept { return vendors_.size(); }
  const std::map<std::uint32_t, std::vector<Source>>& sources() const noexcept { return sources_; }
  std::span<const Source> sources_of(SkuId sku) const;

  VendorId list(const VendorSet& vendor);
  void set_source(SkuId sku, Source source);
  void restore(const VendorImage& image);

  // Units of a line that was promised for `promised` have come at `now`.
  void arrived(std::string_view code, TimeUs promised, TimeUs now);
  std::int64_t lateness_us(std::string_view code) const;
  // When what was promised is expected: as promised, or later where that is over. 0: not said.
  TimeUs expected(std::string_view code, TimeUs promised, TimeUs now) const;

  // Of the SKU's sources the one with the shortest lead time, a known one first, then by code; 0: it has none.
  VendorId choose(SkuId sku) const;
  // From order to arrival. -1: not known.
  std::int32_t lead_days(SkuId sku, VendorId vendor) const;

 private:
  VendorId add(std::string_view code);

  std::deque<Vendor> vendors_;  // deque: the codes below are views into it
  std::unordered_map<std::string_view, VendorId> by_code_;
  std::map<std::uint32_t, std::vector<Source>> sources_;  // by SKU, then by code
};

}  // namespace earmark::engine
