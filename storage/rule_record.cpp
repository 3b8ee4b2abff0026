#include "storage/rule_record.hpp"

#include <cstring>

#include "storage/state_rows.hpp"

namespace earmark::storage {
namespace {

constexpr std::size_t sku_bytes = sizeof(std::uint32_t);

std::span<const std::byte> bytes_of(std::string_view text) noexcept { return std::as_bytes(std::span(text)); }

std::string_view text_of(std::span<const std::byte> bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// The head and a text behind it, sealed.
template <class Head, class Key>
std::vector<std::byte> record_of(Head head, std::string_view text, const Key& key) {
  std::vector<std::byte> record(sizeof head + text.size());
  std::memcpy(record.data(), &head, sizeof head);
  if (!text.empty()) std::memcpy(record.data() + sizeof head, text.data(), text.size());
  head.crc32c = value_checksum(key, record);
  std::memcpy(record.data(), &head, sizeof head);
  return record;
}

template <class Head, class Key>
bool read(const Key& key, std::span<const std::byte> record, Head& head, std::string_view& text) noexcept {
  if (record.size() < sizeof head) return false;
  std::memcpy(&head, record.data(), sizeof head);
  text = text_of(record.subspan(sizeof head));
  return head.crc32c == value_checksum(key, record);
}

}  // namespace

std::vector<std::byte> source_key(engine::SkuId sku, std::string_view vendor) {
  const std::uint32_t number = __builtin_bswap32(sku.value);
  std::vector<std::byte> key(sku_bytes + vendor.size());
  std::memcpy(key.data(), &number, sku_bytes);
  if (!vendor.empty()) std::memcpy(key.data() + sku_bytes, vendor.data(), vendor.size());
  return key;
}

std::vector<std::byte> vendor_record(const engine::VendorImage& vendor) {
  return record_of(VendorHead{0, vendor.lead_days, vendor.arrivals, vendor.late_us, vendor.cut_off, static_cast<std::uint8_t>(vendor.listed), 0,
                              static_cast<std::uint32_t>(vendor.name.size())},
                   vendor.name, bytes_of(vendor.code));
}

std::vector<std::byte> source_record(const engine::SourceImage& source) {
  return record_of(SourceValue{0, source.lead_days}, "", std::span<const std::byte>(source_key(source.sku, source.vendor)));
}

std::vector<std::byte> rule_record(const engine::RuleImage& image) {
  const engine::RuleSet& rule = image.rule;
  return record_of(RuleHead{0, static_cast<std::uint8_t>(rule.kind), static_cast<std::uint8_t>(rule.mode), rule.pooled, static_cast<std::uint8_t>(image.triggered),
                            rule.snoozed_until.value, image.purchase.value, rule.point, rule.quantity, rule.minimum, rule.multiple, rule.maximum,
                            rule.lead_days},
                   image.vendor, cell_key(rule.sku, rule.warehouse));
}

bool read_vendor_record(std::span<const std::byte> key, std::span<const std::byte> record, engine::VendorImage& vendor) noexcept {
  VendorHead head;
  std::string_view name;
  if (!read(key, record, head, name) || name.size() != head.name_bytes) return false;
  vendor = {text_of(key), name, head.lead_days, head.cut_off, head.listed != 0, head.arrivals, head.late_us};
  return true;
}

bool read_source_record(std::span<const std::byte> key, std::span<const std::byte> record, engine::SourceImage& source) noexcept {
  SourceValue value;
  std::string_view nothing;
  if (key.size() < sku_bytes || !read(key, record, value, nothing) || !nothing.empty()) return false;
  std::uint32_t number = 0;
  std::memcpy(&number, key.data(), sku_bytes);
  source = {engine::SkuId{__builtin_bswap32(number)}, text_of(key.subspan(sku_bytes)), value.lead_days};
  return true;
}

bool read_rule_record(std::uint64_t key, std::span<const std::byte> record, engine::RuleImage& image) noexcept {
  RuleHead head;
  if (!read(key, record, head, image.vendor)) return false;
  image.rule = {engine::TimeUs{head.snoozed_until}, engine::SkuId{static_cast<std::uint32_t>(key >> 16)}, image.vendor.empty() ? 0U : 1U, head.point,
                head.quantity, head.minimum, head.multiple, head.maximum, head.lead_days, engine::WarehouseId{static_cast<std::uint16_t>(key)},
                static_cast<engine::RuleKind>(head.kind), static_cast<engine::RuleMode>(head.mode), head.pooled, 0, 0};
  image.triggered = head.triggered != 0;
  image.purchase = engine::Lsn{head.purchase};
  return true;
}

}  // namespace earmark::storage
