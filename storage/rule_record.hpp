// Vendors, who sells what, and reorder rules in the state store: one value each. All integers little-endian; `crc32c` as state_rows.hpp says.
//   vendors   key the vendor's code          VendorHead, the name
//   sources   key SKU, big-endian (4 bytes), the vendor's code      SourceValue
//   rules     key SKU << 16 | warehouse      RuleHead, the code of the rule's vendor, if it has one
// Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/state_image.hpp"

namespace earmark::storage {

struct VendorHead {
  std::uint32_t crc32c = 0;
  std::int32_t lead_days = -1;
  std::uint64_t arrivals = 0;
  std::int64_t late_us = 0;
  std::int16_t cut_off = -1;
  std::uint8_t listed = 0, unused = 0;
  std::uint32_t name_bytes = 0;
};
static_assert(sizeof(VendorHead) == 32);

struct SourceValue {
  std::uint32_t crc32c = 0;
  std::int32_t lead_days = -1;
};
static_assert(sizeof(SourceValue) == 8);

struct RuleHead {
  std::uint32_t crc32c = 0;
  std::uint8_t kind = 0, mode = 0, pooled = 0, triggered = 0;
  std::int64_t snoozed_until = 0;
  std::uint64_t purchase = 0;
  std::uint32_t point = 0, quantity = 0, minimum = 0, multiple = 0, maximum = 0;
  std::int32_t lead_days = -1;
};
static_assert(sizeof(RuleHead) == 48);

std::vector<std::byte> source_key(engine::SkuId sku, std::string_view vendor);

// Sealed.
std::vector<std::byte> vendor_record(const engine::VendorImage& vendor);
std::vector<std::byte> source_record(const engine::SourceImage& source);
std::vector<std::byte> rule_record(const engine::RuleImage& rule);

// Views into key and record. False: it is not what was written under this key.
bool read_vendor_record(std::span<const std::byte> key, std::span<const std::byte> record, engine::VendorImage& vendor) noexcept;
bool read_source_record(std::span<const std::byte> key, std::span<const std::byte> record, engine::SourceImage& source) noexcept;
bool read_rule_record(std::uint64_t key, std::span<const std::byte> record, engine::RuleImage& rule) noexcept;

}  // namespace earmark::storage
