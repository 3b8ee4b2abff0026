// The values of the state store with fixed fields, and their bytes. All integers little-endian, all sizes multiples of 8.
// Every value starts with a u32 crc32c: that of its bytes from 4 on, XOR that of its key, so that a value never passes for
// another's. Keys are u64 unless said otherwise.
//   cells         key SKU << 16 | warehouse     CellRow
//   ids           key LSN of the decision       IdRow: commands decided at oldest_known or after
//   closed_known  key LSN of the closing        ClosedRow: orders decided before oldest_known, closed after `archived`
//   newest        key u32 LSN >> newest_shift, identity high, low, 20 bytes, big-endian (sorts as the numbers do)     NewestRow: of each
//                 order's id the newest order decided in that age; of an open hold's id the hold
//   holds         key LSN of the decision       open ones, as orders: storage/order_record.hpp with the deadline as cancel_after.
//                 Not there in states of version 0.1.
//   transfers     key LSN of the decision       open ones: storage/transfer_record.hpp. Not there in states of version 0.1.
//   purchases     key LSN of the decision       open purchase orders: storage/purchase_record.hpp. Not there in states of version 0.1.
//   catalogue     key kind << 32 | dense id     CatalogueHead, code, name
//   decisions     key LSN of the decision       DecisionHead, the record as the journal had it, those of its fills behind it
//   orders        key LSN of the decision       storage/order_record.hpp
//   open          key LSN of the decision       nothing; the order itself must be there and open
//   days, availability, deliveries            storage/figures.hpp
//   vendors, sources, rules                     storage/rule_record.hpp. Not there in states of versions 1 and 2.
//   meta          "identity" IdentityRow (version first, whatever follows), "summary" SummaryRow, "figures" and "promises" FiguresRow: only
//                 where figures, or those of version 3 among them, do not begin at LSN 1
// Pure, any thread.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/digest.hpp"
#include "engine/state_image.hpp"
#include "storage/crc32c.hpp"

namespace earmark::storage {

inline constexpr std::uint32_t state_format_version = 4;
// Without figures; and without those of deliveries and promises, what lines were told, vendors and rules, and with shorter lines of purchase orders. Where the
// journal can make it again, it does, so that all is counted from the beginning.
inline constexpr std::uint32_t state_version_without_figures = 1, state_version_without_promises = 2;
// With `newest` by identity alone.
inline constexpr std::uint32_t state_version_of_one_age = 3;

struct CellRow {
  std::uint32_t crc32c = 0;
  engine::Quantity on_hand = 0, held = 0, unavailable = 0, level = 0;  // level: engine/level.hpp
  std::uint32_t opening_plus_one = 0;
  std::uint64_t lsn = 0;
};
static_assert(sizeof(CellRow) == 32);

struct IdRow {
  std::uint32_t crc32c = 0;
  std::uint8_t space = 0;
  std::uint8_t ended = 0;  // a hold's: engine::HoldEnd
  std::uint8_t unused[2] = {};
  std::uint64_t low = 0, high = 0, content = 0;
  std::uint64_t closed = 0;  // an order's: LSN of the record that closed it, 0: open
};
static_assert(sizeof(IdRow) == 40);

struct ClosedRow {
  std::uint32_t crc32c = 0, unused = 0;
  std::uint64_t order = 0;  // LSN of its decision
  std::uint64_t low = 0, high = 0, content = 0;
};
static_assert(sizeof(ClosedRow) == 40);

struct NewestRow {
  std::uint32_t crc32c = 0, unused = 0;
  std::uint64_t lsn = 0;
};
static_assert(sizeof(NewestRow) == 16);

inline constexpr std::uint32_t not_backorderable = 1;  // orders may not wait for the product

struct CatalogueHead {
  std::uint32_t crc32c = 0;
  std::uint32_t priority = 0;  // of a warehouse; of a product 0, or not_backorderable
  std::uint32_t code_bytes = 0, name_bytes = 0;
};
static_assert(sizeof(CatalogueHead) == 16);

struct DecisionHead {
  std::uint32_t crc32c = 0, unused = 0;
};
static_assert(sizeof(DecisionHead) == 8);

struct IdentityRow {
  std::uint32_t version = state_format_version;
  std::uint32_t crc32c = 0;  // of all 16 bytes with this field zero
  std::uint64_t epoch = 0;   // catalogue epoch of the journal that this is the state of
};
static_assert(sizeof(IdentityRow) == 16);

struct SummaryRow {
  std::uint32_t crc32c = 0;
  std::uint32_t complete = 0;  // 1: it has once held everything that the journal held
  std::uint64_t commit = 0;    // LMDB's number of the transaction that wrote it
  std::uint64_t applied = 0;
  std::int64_t last_time = 0;
  std::uint64_t oldest_known = 1, archived = 0;
  std::uint64_t decisions_before = 1;  // decisions of open orders decided before this LSN are kept
};
static_assert(sizeof(SummaryRow) == 56);

struct FiguresRow {
  std::uint32_t crc32c = 0, unused = 0;
  std::uint64_t from = 1;  // the LSN of the first record that is counted
};
static_assert(sizeof(FiguresRow) == 16);

enum class CatalogueKind : std::uint32_t { warehouse = 1, product = 2 };

constexpr std::uint64_t catalogue_key(CatalogueKind kind, std::uint32_t id) noexcept {
  return std::uint64_t{static_cast<std::uint32_t>(kind)} << 32 | id;
}
constexpr std::uint64_t cell_key(engine::SkuId sku, engine::WarehouseId warehouse) noexcept {
  return std::uint64_t{sku.value} << 16 | warehouse.value;
}

using IdentityKey = std::array<std::byte, 16>;
inline IdentityKey identity_key(engine::Identity identity) noexcept {
  const std::uint64_t words[2] = {__builtin_bswap64(identity.high), __builtin_bswap64(identity.low)};
  return std::bit_cast<IdentityKey>(words);
}

// Identities are hashes, so new ones lie anywhere among the old: by identity alone they would change all pages of a large table, a page for
// each. By age first they change those of one age, a million LSNs; whoever looks for one asks age by age, from the newest.
inline constexpr unsigned newest_shift = 20;
using NewestKey = std::array<std::byte, 20>;
constexpr std::uint32_t newest_age(engine::Lsn lsn) noexcept { return static_cast<std::uint32_t>(lsn.value >> newest_shift); }
inline NewestKey newest_key(std::uint32_t age, engine::Identity identity) noexcept {
  NewestKey key;
  const std::uint32_t ordered = __builtin_bswap32(age);
  std::memcpy(key.data(), &ordered, sizeof ordered);
  const IdentityKey rest = identity_key(identity);
  std::memcpy(key.data() + sizeof ordered, rest.data(), rest.size());
  return key;
}

// What stands in a value's first four bytes.
inline std::uint32_t value_checksum(std::span<const std::byte> key, std::span<const std::byte> value) noexcept {
  return crc32c(value.subspan(4)) ^ crc32c(key);
}
inline std::uint32_t value_checksum(std::uint64_t key, std::span<const std::byte> value) noexcept {
  return value_checksum(std::as_bytes(std::span(&key, 1)), value);
}

// Fills in the checksum of a row that stands alone under an integer key.
template <class Row>
void seal(std::uint64_t key, Row& row) noexcept {
  row.crc32c = value_checksum(key, std::as_bytes(std::span(&row, 1)));
}

}  // namespace earmark::storage
