#include "engine/shipments.hpp"

#include <string>

#include "engine/check.hpp"

namespace earmark::engine {
namespace {

struct TrackingTexts {
  std::uint16_t carrier_bytes = 0, tracking_bytes = 0;
};

BlockRef take_block(BlockCache& blocks, std::size_t bytes) noexcept {
  const BlockRef ref = blocks.allocate(bytes, BlockCache::For::accepted);
  EARMARK_CHECK(ref != 0);  // memory is kept back for this
  return ref;
}

std::string_view tracking_text(const BlockStore& blocks, const ShipmentEntry& entry, bool carrier) noexcept {
  if (entry.texts == 0) return {};
  const auto* texts = blocks.at<TrackingTexts>(entry.texts);
  const auto* bytes = reinterpret_cast<const char*>(texts + 1);
  return carrier ? std::string_view(bytes, texts->carrier_bytes) : std::string_view(bytes + texts->carrier_bytes, texts->tracking_bytes);
}

std::size_t tracking_bytes(const BlockStore& blocks, const ShipmentEntry& entry) noexcept {
  return sizeof(TrackingTexts) + carrier_of(blocks, entry).size() + tracking_of(blocks, entry).size();
}

bool has_shipped(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept {
  bool shipped = false;
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(blocks, line, [&](const Allocation& each) { shipped = shipped || (each.shipment == number && each.shipped != 0); });
  }
  return shipped;
}

}  // namespace

const ShipmentEntry* find_shipment(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept {
  for (BlockRef ref = order.shipments; ref != 0; ref = blocks.at<ShipmentEntry>(ref)->next) {
    if (blocks.at<ShipmentEntry>(ref)->number == number) return blocks.at<ShipmentEntry>(ref);
  }
  return nullptr;
}

ShipmentEntry& keep_shipment(BlockCache& blocks, OrderState& order, std::uint16_t number) noexcept {
  if (const ShipmentEntry* found = find_shipment(blocks.store(), order, number)) return const_cast<ShipmentEntry&>(*found);
  const BlockRef ref = take_block(blocks, sizeof(ShipmentEntry));
  auto* entry = blocks.store().at<ShipmentEntry>(ref);
  *entry = ShipmentEntry{};
  entry->number = number;
  if (has_shipped(blocks.store(), order, number)) entry->state = ShipmentState::shipped;
  entry->next = order.shipments;
  order.shipments = ref;
  return *entry;
}

ShipmentState state_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept {
  if (const ShipmentEntry* entry = find_shipment(blocks, order, number)) return entry->state;
  return has_shipped(blocks, order, number) ? ShipmentState::shipped : ShipmentState::open;
}

std::uint32_t revision_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number) noexcept {
  const ShipmentEntry* entry = find_shipment(blocks, order, number);
  return entry == nullptr ? 1 : entry->revision;
}

bool can_be_cancelled(const BlockStore& blocks, const OrderState& order) noexcept {
  bool found = false;
  for (const OrderLineState& line : order.lines()) {
    found = found || line.waiting != 0;
    for_each_allocation(blocks, line, [&](const Allocation& each) {
      found = found || (each.reserved != 0 && !is_picked(blocks, order, each.shipment));
    });
    if (found) break;
  }
  return found;
}

Quantity returned_of(const BlockStore& blocks, const OrderState& order, std::uint16_t number, std::uint32_t line_index) noexcept {
  const ShipmentEntry* entry = find_shipment(blocks, order, number);
  if (entry == nullptr) return 0;
  for (BlockRef ref = entry->returned; ref != 0; ref = blocks.at<ReturnedRows>(ref)->next) {
    for (const ReturnedUnits& row : blocks.at<ReturnedRows>(ref)->rows) {
      if (row.units != 0 && row.line_index == line_index) return row.units;
    }
  }
  return 0;
}

void add_returned(BlockCache& blocks, ShipmentEntry& entry, std::uint32_t line_index, Quantity units) noexcept {
  BlockRef* tail = &entry.returned;
  ReturnedUnits* unused = nullptr;
  while (*tail != 0) {
    auto* block = blocks.store().at<ReturnedRows>(*tail);
    for (ReturnedUnits& row : block->rows) {
      if (row.units != 0 && row.line_index == line_index) {
        row.units += units;
        return;
      }
      if (row.units == 0 && unused == nullptr) unused = &row;
    }
    tail = &block->next;
  }
  if (unused == nullptr) {
    const BlockRef ref = take_block(blocks, sizeof(ReturnedRows));
    *blocks.store().at<ReturnedRows>(ref) = ReturnedRows{};
    *tail = ref;
    unused = &blocks.store().at<ReturnedRows>(ref)->rows[0];
  }
  *unused = {line_index, units};
}

void set_tracking(BlockCache& blocks, ShipmentEntry& entry, std::string_view carrier, std::string_view tracking, TimeUs expected) noexcept {
  if (expected.value != 0) entry.expected = expected;
  if (carrier.empty() && tracking.empty()) return;
  if (carrier.empty()) carrier = carrier_of(blocks.store(), entry);
  if (tracking.empty()) tracking = tracking_of(blocks.store(), entry);
  const BlockRef ref = take_block(blocks, sizeof(TrackingTexts) + carrier.size() + tracking.size());
  auto* texts = blocks.store().at<TrackingTexts>(ref);
  *texts = {static_cast<std::uint16_t>(carrier.size()), static_cast<std::uint16_t>(tracking.size())};
  auto* bytes = reinterpret_cast<char*>(texts + 1);
  if (!carrier.empty()) std::memcpy(bytes, carrier.data(), carrier.size());
  if (!tracking.empty()) std::memcpy(bytes + carrier.size(), tracking.data(), tracking.size());
  if (entry.texts != 0) blocks.give_back(entry.texts, tracking_bytes(blocks.store(), entry));
  entry.texts = ref;
}

std::string_view carrier_of(const BlockStore& blocks, const ShipmentEntry& entry) noexcept { return tracking_text(blocks, entry, true); }
std::string_view tracking_of(const BlockStore& blocks, const ShipmentEntry& entry) noexcept { return tracking_text(blocks, entry, false); }

ShipmentImage image_of(const BlockStore& blocks, const ShipmentEntry& entry, std::vector<ReturnedUnits>& rows) {
  rows.clear();
  for (BlockRef ref = entry.returned; ref != 0; ref = blocks.at<ReturnedRows>(ref)->next) {
    for (const ReturnedUnits& row : blocks.at<ReturnedRows>(ref)->rows) {
      if (row.units != 0) rows.push_back(row);
    }
  }
  return {entry.number, entry.state, entry.revision, entry.expected, carrier_of(blocks, entry), tracking_of(blocks, entry), rows, entry.stepped};
}

void build_shipment(BlockCache& blocks, OrderState& order, const ShipmentImage& image) noexcept {
  ShipmentEntry& entry = keep_shipment(blocks, order, image.number);
  entry.state = image.state;
  entry.revision = image.revision;
  entry.stepped = image.stepped;
  set_tracking(blocks, entry, image.carrier, image.tracking, image.expected);
  for (const ReturnedUnits& row : image.returned) add_returned(blocks, entry, row.line_index, row.units);
}

void release_shipments(BlockCache& blocks, OrderState& order) noexcept {
  while (order.shipments != 0) {
    const BlockRef ref = order.shipments;
    auto& entry = *blocks.store().at<ShipmentEntry>(ref);
    if (entry.texts != 0) blocks.give_back(entry.texts, tracking_bytes(blocks.store(), entry));
    while (entry.returned != 0) {
      const BlockRef rows = entry.returned;
      entry.returned = blocks.store().at<ReturnedRows>(rows)->next;
      blocks.give_back(rows, sizeof(ReturnedRows));
    }
    order.shipments = entry.next;
    blocks.give_back(ref, sizeof(ShipmentEntry));
  }
}

}  // namespace earmark::engine
