#include "engine/digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstdio>

#include "engine/check.hpp"
#include "engine/limits.hpp"

namespace earmark::engine {
namespace {

#pragma pack(push, 1)
struct CellElement { char kind; std::uint32_t sku; std::uint16_t warehouse; Quantity on_hand, held, unavailable, available; };
struct WaitingElement { char kind; std::uint32_t sku; std::uint8_t priority; std::uint64_t order; std::uint32_t index, waiting; };
struct IdElement { char kind; std::uint8_t space; std::uint64_t low, high, content, lsn; };
struct OrderElement {
  char kind; std::uint64_t lsn, low, high; std::uint8_t status, policy, priority; std::uint16_t preferred; std::uint32_t lines;
};
struct LineElement { char kind; std::uint64_t order; std::uint32_t index, line, sku, quantity, waiting; std::uint16_t pinned; };
struct AllocationElement {
  char kind; std::uint64_t order; std::uint32_t index; std::uint16_t warehouse, shipment; Quantity reserved, shipped;
};
struct ShipmentElement { char kind; std::uint64_t order; std::uint16_t number; std::uint8_t state; std::uint32_t revision; };
struct ReturnedElement { char kind; std::uint64_t order; std::uint16_t shipment; std::uint32_t index; Quantity units; };
struct HoldElement { char kind; std::uint64_t lsn, low, high; std::int64_t deadline; std::uint32_t lines; };
struct EndElement { char kind; std::uint64_t lsn; std::uint8_t how; };
struct PolicyElement { char kind; std::uint64_t order; std::uint32_t index; std::uint8_t policy; };
struct FlagElement { char kind; std::uint32_t sku; };
struct TransferElement {
  char kind; std::uint64_t lsn, low, high; std::uint16_t source, destination; std::int64_t expected; std::uint32_t lines;
};
struct TransitElement { char kind; std::uint64_t transfer; std::uint32_t sku; Quantity shipped; std::uint64_t received; };
struct PurchaseElement { char kind; std::uint64_t lsn, low, high; std::uint8_t state; std::uint32_t lines; };
struct PurchaseLineElement {
  char kind; std::uint64_t purchase; std::uint32_t index, line, sku; std::uint16_t warehouse; Quantity quantity; std::uint64_t received;
  std::int64_t promised, first_promised, expected; std::uint64_t peg_order; std::uint32_t peg_line;
};
struct NotDueElement { char kind; std::uint64_t order_lsn; };
struct PatienceElement { char kind; std::uint64_t order_lsn; std::uint32_t index; std::uint8_t patience; };
struct SkippedElement { char kind; std::uint64_t order_lsn; };
#pragma pack(pop)

}  // namespace

Identity identify(IdSpace space, std::string_view id) noexcept {
  EARMARK_CHECK(id.size() <= max_id_bytes);
  char bytes[max_id_bytes + 1];
  bytes[0] = static_cast<char>(space);
  std::copy_n(id.data(), id.size(), bytes + 1);  // an empty id may have no data, which memcpy must not be given
  const XXH128_hash_t hash = XXH3_128bits(bytes, id.size() + 1);
  return {hash.low64, hash.high64};
}

void Digest::add(const void* bytes, std::size_t size) {
  const XXH128_hash_t hash = XXH3_128bits(bytes, size);
  low_ += hash.low64;
  high_ += hash.high64;
  ++elements_;
}

void Digest::cell(SkuId sku, WarehouseId warehouse, Quantity on_hand, Quantity held, Quantity unavailable,
                  Quantity available) {
  if ((on_hand | held | unavailable | available) == 0) return;
  const CellElement element{'C', sku.value, warehouse.value, on_hand, held, unavailable, available};
  add(&element, sizeof element);
}

void Digest::waiting_line(SkuId sku, Priority priority, Lsn sequence, std::uint32_t line_index, Quantity waiting) {
  const WaitingElement element{'Q', sku.value, priority.value, sequence.value, line_index, waiting};
  add(&element, sizeof element);
}

void Digest::known_id(IdSpace space, Identity identity, std::uint64_t content, Lsn lsn) {
  const IdElement element{'I', static_cast<std::uint8_t>(space), identity.low, identity.high, content, lsn.value};
  add(&element, sizeof element);
}

void Digest::open_order(Lsn lsn, Identity identity, OrderStatus status, Policy policy, Priority priority,
                        WarehouseId preferred, std::uint32_t line_count) {
  const OrderElement element{'O', lsn.value, identity.low, identity.high, static_cast<std::uint8_t>(status),
                             static_cast<std::uint8_t>(policy), priority.value, preferred.value, line_count};
  add(&element, sizeof element);
}

void Digest::line_policy(Lsn order_lsn, std::uint32_t line_index, LinePolicy policy) {
  if (!policy.own()) return;
  const PolicyElement element{'P', order_lsn.value, line_index, policy.code};
  add(&element, sizeof element);
}

void Digest::not_backorderable(SkuId sku) {
  const FlagElement element{'B', sku.value};
  add(&element, sizeof element);
}

void Digest::not_due(Lsn order_lsn) {
  const NotDueElement element{'N', order_lsn.value};
  add(&element, sizeof element);
}

void Digest::patience(Lsn order_lsn, std::uint32_t line_index, std::uint8_t patience) {
  if (patience == 0) return;
  const PatienceElement element{'W', order_lsn.value, line_index, patience};
  add(&element, sizeof element);
}

void Digest::has_skipped(Lsn order_lsn) {
  const SkippedElement element{'K', order_lsn.value};
  add(&element, sizeof element);
}

void Digest::open_hold(Lsn lsn, Identity identity, TimeUs deadline, std::uint32_t line_count) {
  const HoldElement element{'H', lsn.value, identity.low, identity.high, deadline.value, line_count};
  add(&element, sizeof element);
}

void Digest::ended_hold(Lsn lsn, HoldEnd how) {
  const EndElement element{'E', lsn.value, static_cast<std::uint8_t>(how)};
  add(&element, sizeof element);
}

void Digest::order_line(Lsn order_lsn, std::uint32_t line_index, LineNumber line, SkuId sku, Quantity quantity,
                        Quantity waiting, WarehouseId pinned) {
  const LineElement element{'L', order_lsn.value, line_index, line.value, sku.value, quantity, waiting, pinned.value};
  add(&element, sizeof element);
}

void Digest::allocation(Lsn order_lsn, std::uint32_t line_index, WarehouseId warehouse, std::uint16_t shipment,
                        Quantity reserved, Quantity shipped) {
  if ((reserved | shipped) == 0) return;
  const AllocationElement element{'A', order_lsn.value, line_index, warehouse.value, shipment, reserved, shipped};
  add(&element, sizeof element);
}

// What ShipOrder ships at once makes no element, so that it does not matter whether anything is kept of it.
void Digest::shipment(Lsn order_lsn, std::uint16_t number, ShipmentState state, std::uint32_t revision, bool stepped) {
  if (!stepped || state == ShipmentState::shipped) return;
  const ShipmentElement element{'S', order_lsn.value, number, static_cast<std::uint8_t>(state), revision};
  add(&element, sizeof element);
}

void Digest::returned(Lsn order_lsn, std::uint16_t shipment, std::uint32_t line_index, Quantity units) {
  if (units == 0) return;
  const ReturnedElement element{'R', order_lsn.value, shipment, line_index, units};
  add(&element, sizeof element);
}

void Digest::open_transfer(Lsn lsn, Identity identity, WarehouseId source, WarehouseId destination, TimeUs expected,
                           std::uint32_t line_count) {
  const TransferElement element{'T', lsn.value, identity.low, identity.high, source.value, destination.value, expected.value, line_count};
  add(&element, sizeof element);
}

void Digest::transfer_line(Lsn transfer_lsn, SkuId sku, Quantity shipped, std::uint64_t received) {
  const TransitElement element{'U', transfer_lsn.value, sku.value, shipped, received};
  add(&element, sizeof element);
}

void Digest::open_purchase(Lsn lsn, Identity identity, PurchaseState state, std::uint32_t line_count) {
  const PurchaseElement element{'V', lsn.value, identity.low, identity.high, static_cast<std::uint8_t>(state), line_count};
  add(&element, sizeof element);
}

void Digest::purchase_line(Lsn purchase_lsn, std::uint32_t line_index, const PurchaseLineState& line) {
  const PurchaseLineElement element{'W', purchase_lsn.value, line_index, line.line.value, line.sku.value, line.warehouse.value, line.quantity,
                                    line.received, line.promised.value, line.first_promised.value, line.expected.value, line.peg_order.value,
                                    line.peg_line.value};
  add(&element, sizeof element);
}

std::string Digest::finish(Lsn lsn) const {
  const std::uint64_t whole[4] = {lsn.value, low_, high_, elements_};
  const XXH128_hash_t hash = XXH3_128bits(whole, sizeof whole);
  char text[33];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return text;
}

}  // namespace earmark::engine
