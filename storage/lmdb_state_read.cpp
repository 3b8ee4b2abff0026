// Reading the state as a whole, and the ids that it knows. Every value that is read is verified.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "engine/limits.hpp"
#include "storage/lmdb_state_store.hpp"
#include "storage/order_record.hpp"
#include "storage/transfer_record.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

constexpr std::size_t part_rows = 1024;  // of the catalogue

engine::KnownImage known_of(Lsn lsn, const IdRow& row) {
  return {static_cast<engine::IdSpace>(row.space), {row.low, row.high}, row.content, lsn, Lsn{row.closed},
          static_cast<engine::HoldEnd>(row.ended)};
}

int read_transfer(Lsn lsn, const MDB_val& value, std::vector<std::uint64_t>& buffer, engine::TransferImage& image) {
  buffer.resize(value.mv_size / 8 + 1);
  std::memcpy(buffer.data(), value.mv_data, value.mv_size);
  return read_transfer_record(lsn, std::as_bytes(std::span(buffer)).first(value.mv_size), image) ? 0 : MDB_CORRUPTED;
}

bool is_order(const IdRow& row) { return row.space == static_cast<std::uint8_t>(engine::IdSpace::order); }

std::string_view text_at(std::span<const std::byte> bytes, std::size_t offset, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes.data()) + offset, size};
}

// Rows of one kind, handed on in parts. Views into the transaction.
class CatalogueParts {
 public:
  using Visit = std::function<void(const engine::LoadDecision& part)>;
  explicit CatalogueParts(Visit visit) : visit_(std::move(visit)) {}

  int add(const MDB_val& key, const MDB_val& value) {
    CatalogueHead head;
    const auto bytes = bytes_of(value);
    if (!is_sound(bytes_of(key), bytes) || bytes.size() < sizeof head) return MDB_CORRUPTED;
    std::memcpy(&head, bytes.data(), sizeof head);
    if (std::uint64_t{head.code_bytes} + head.name_bytes != bytes.size() - sizeof head) return MDB_CORRUPTED;
    const std::string_view code = text_at(bytes, sizeof head, head.code_bytes);
    const std::string_view name = text_at(bytes, sizeof head + head.code_bytes, head.name_bytes);
    const auto id = static_cast<std::uint32_t>(integer_key(key));
    if (integer_key(key) < catalogue_key(CatalogueKind::product, 0)) {
      warehouses_.push_back({engine::WarehouseId{static_cast<std::uint16_t>(id)}, head.priority, code, name});
    } else {
      products_.push_back({engine::SkuId{id}, code, name, head.priority != not_backorderable});
    }
    if (warehouses_.size() + products_.size() >= part_rows) hand_on();
    return 0;
  }

  void hand_on() {
    if (!warehouses_.empty() || !products_.empty()) visit_({false, warehouses_, products_, {}});
    warehouses_.clear();
    products_.clear();
  }

 private:
  Visit visit_;
  std::vector<engine::LoadedWarehouse> warehouses_;
  std::vector<engine::LoadedProduct> products_;
};

}  // namespace

int LmdbState::read_catalogue(MDB_txn* transaction, StateVisitor& visitor) const {
  CatalogueParts parts([&](const engine::LoadDecision& part) { visitor.catalogue(part); });
  const int error = for_each(transaction, tables_.catalogue, 0,
                             [&](const MDB_val& key, const MDB_val& value) { return parts.add(key, value); });
  if (error == 0) parts.hand_on();
  return error;
}

int LmdbState::read_warehouses(MDB_txn* transaction, FigureVisitor& visitor) const {
  CatalogueParts parts([&](const engine::LoadDecision& part) { visitor.warehouses(part.warehouses); });
  const int error = for_each(transaction, tables_.catalogue, 0, [&](const MDB_val& key, const MDB_val& value) {
    return integer_key(key) < catalogue_key(CatalogueKind::product, 0) ? parts.add(key, value) : MDB_NOTFOUND;
  });
  if (error == 0) parts.hand_on();
  return error;
}

int LmdbState::read_cells(MDB_txn* transaction, StateVisitor& visitor) const {
  return for_each(transaction, tables_.cells, 0, [&](const MDB_val& key, const MDB_val& value) {
    CellRow row;
    if (const int error = read_row(key, value, row); error != 0) return error;
    const std::uint64_t cell = integer_key(key);
    visitor.cell({engine::SkuId{static_cast<std::uint32_t>(cell >> 16)}, engine::WarehouseId{static_cast<std::uint16_t>(cell)},
                  row.on_hand, row.held, row.unavailable, row.level, row.opening_plus_one, Lsn{row.lsn}});
    return 0;
  });
}

// Orders lie by LSN, so this goes through them in one direction.
int LmdbState::read_open_orders(MDB_txn* transaction, StateVisitor& visitor) const {
  return each_open_order(transaction, [&](const engine::OrderImage& order) { visitor.open_order(order); });
}

int LmdbState::each_open_order(MDB_txn* transaction, const std::function<void(const engine::OrderImage&)>& visit) const {
  Cursor orders(transaction, tables_.orders);
  if (orders.error() != 0) return orders.error();
  std::vector<std::uint64_t> buffer;
  std::uint64_t open = 0;
  Lsn last;
  const int error = for_each(transaction, tables_.open, 0, [&](const MDB_val& key, const MDB_val&) {
    const Lsn lsn{integer_key(key)};
    MDB_val name = key, value{};
    engine::OrderImage image;
    // Directly behind the last one there is nothing else: it need not be searched for.
    int failed = orders.get(name, value, open != 0 && lsn == last + 1 ? MDB_NEXT : MDB_SET_KEY);
    if (failed == 0 && integer_key(name) != lsn.value) failed = MDB_NOTFOUND;
    last = lsn;
    if (failed == 0) failed = read_order(lsn, value, buffer, image);
    if (failed != 0) return failed == MDB_NOTFOUND ? MDB_CORRUPTED : failed;
    if (!is_open(image.lines, image.allocations)) return MDB_CORRUPTED;
    visit(image);
    ++open;
    return 0;
  });
  return error == 0 && open != entries_of(transaction, tables_.open) ? MDB_CORRUPTED : error;
}

int LmdbState::read_open_holds(MDB_txn* transaction, StateVisitor& visitor) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.holds, 0, [&](const MDB_val& key, const MDB_val& value) {
    const Lsn lsn{integer_key(key)};
    engine::OrderImage image;
    if (const int error = read_order(lsn, value, buffer, image); error != 0) return error;
    visitor.open_hold({lsn, image.time, image.cancel_after, image.id, image.texts.customer, image.content, image.lines, image.allocations});
    return 0;
  });
}

int LmdbState::read_open_transfers(MDB_txn* transaction, StateVisitor& visitor, std::unordered_set<std::uint64_t>& open) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.transfers, 0, [&](const MDB_val& key, const MDB_val& value) {
    engine::TransferImage image;
    if (const int error = read_transfer(Lsn{integer_key(key)}, value, buffer, image); error != 0) return error;
    visitor.open_transfer(image);
    open.insert(integer_key(key));
    return 0;
  });
}

MDB_dbi table_of_open(const StateTables& tables, const IdRow& row) {
  switch (static_cast<engine::IdSpace>(row.space)) {
    case engine::IdSpace::transfer: return tables.transfers;
    case engine::IdSpace::purchase: return tables.purchases;
    default: return 0;
  }
}

int find_open(MDB_txn* transaction, MDB_dbi table, std::uint64_t lsn, bool& open) {
  MDB_val key = key_of(lsn), value{};
  const int error = mdb_get(transaction, table, &key, &value);
  open = error == 0;
  return error == MDB_NOTFOUND ? 0 : error;
}

// Those that stand in `ids` but for those of what is open, behind the older ones of closed orders.
int LmdbState::read_known(MDB_txn* transaction, StateVisitor& visitor, const std::unordered_set<std::uint64_t>& open) const {
  std::vector<engine::KnownImage> older;
  if (const int error = closed_rows(transaction, older); error != 0) return error;
  std::sort(older.begin(), older.end(), [](const auto& left, const auto& right) { return left.lsn < right.lsn; });
  for (const engine::KnownImage& known : older) visitor.known(known);
  return for_each(transaction, tables_.ids, 0, [&](const MDB_val& key, const MDB_val& value) {
    IdRow row;
    if (const int error = read_row(key, value, row); error != 0) return error;
    const bool open_hold = row.space == static_cast<std::uint8_t>(engine::IdSpace::hold) && row.ended == 0;
    if (!open_hold && !open.contains(integer_key(key)) && (!is_order(row) || row.closed != 0)) visitor.known(known_of(Lsn{integer_key(key)}, row));
    return 0;
  });
}

Outcome<void> LmdbState::read(StateVisitor& visitor) const {
  const ReadTransaction transaction(*environment_);
  SummaryRow row;
  StateSummary summary;
  int error = transaction.error();
  if (error == 0) error = summary_in(transaction.handle(), row, summary);
  if (error != 0) return cannot_read(error);
  visitor.begin(summary);
  error = read_catalogue(transaction.handle(), visitor);
  if (error == 0) error = read_vendors(transaction.handle(), visitor);
  if (error == 0) error = read_cells(transaction.handle(), visitor);
  if (error == 0) error = read_open_orders(transaction.handle(), visitor);
  if (error == 0) error = read_open_holds(transaction.handle(), visitor);
  std::unordered_set<std::uint64_t> open;  // transfers and purchase orders, by LSN
  if (error == 0) error = read_open_transfers(transaction.handle(), visitor, open);
  if (error == 0) error = read_open_purchases(transaction.handle(), visitor, open);
  if (error == 0) error = read_rules(transaction.handle(), visitor);
  if (error == 0) error = read_known(transaction.handle(), visitor, open);
  if (error != 0) return cannot_read(error);
  return {};
}

// In the order of closing.
int LmdbState::closed_rows(MDB_txn* transaction, std::vector<engine::KnownImage>& known) const {
  return for_each(transaction, tables_.closed_known, 0, [&](const MDB_val& key, const MDB_val& value) {
    ClosedRow row;
    if (const int error = read_row(key, value, row); error != 0) return error;
    known.push_back({engine::IdSpace::order, {row.low, row.high}, row.content, Lsn{row.order}, Lsn{integer_key(key)},
                     engine::HoldEnd::open});
    return 0;
  });
}

int LmdbState::open_before(MDB_txn* transaction, Lsn from, Lsn before, std::size_t most,
                           std::vector<engine::KnownImage>& known) const {
  std::vector<std::uint64_t> buffer;
  std::size_t found = 0;
  return for_each(transaction, tables_.open, from.value, [&](const MDB_val& key, const MDB_val&) {
    const Lsn lsn{integer_key(key)};
    if (lsn >= before || found == most) return MDB_NOTFOUND;
    MDB_val name = key, value{};
    engine::OrderImage image;
    int error = mdb_get(transaction, tables_.orders, &name, &value);
    if (error == 0) error = read_order(lsn, value, buffer, image);
    if (error != 0) return error == MDB_NOTFOUND ? MDB_CORRUPTED : error;
    known.push_back({engine::IdSpace::order, engine::identify(engine::IdSpace::order, image.id), image.content, lsn, {},
                     engine::HoldEnd::open});
    ++found;
    return 0;
  });
}

int LmdbState::holds_before(MDB_txn* transaction, Lsn from, Lsn before, std::vector<engine::KnownImage>& known) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.holds, from.value, [&](const MDB_val& key, const MDB_val& value) {
    const Lsn lsn{integer_key(key)};
    engine::OrderImage image;
    if (const int error = read_order(lsn, value, buffer, image); error != 0) return error;  // also of the one that ends it
    if (lsn >= before) return MDB_NOTFOUND;
    known.push_back({engine::IdSpace::hold, engine::identify(engine::IdSpace::hold, image.id), image.content, lsn, {}, engine::HoldEnd::open});
    return 0;
  });
}

int LmdbState::transfers_before(MDB_txn* transaction, Lsn from, Lsn before, std::vector<engine::KnownImage>& known) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.transfers, from.value, [&](const MDB_val& key, const MDB_val& value) {
    const Lsn lsn{integer_key(key)};
    engine::TransferImage image;
    if (const int error = read_transfer(lsn, value, buffer, image); error != 0) return error;  // also of the one that ends it
    if (lsn >= before) return MDB_NOTFOUND;
    known.push_back({engine::IdSpace::transfer, engine::identify(engine::IdSpace::transfer, image.id), image.content, lsn, {}, engine::HoldEnd::open});
    return 0;
  });
}

int LmdbState::ids_between(MDB_txn* transaction, Lsn from, Lsn before, std::size_t most,
                           std::vector<engine::KnownImage>& known) const {
  return for_each(transaction, tables_.ids, from.value, [&](const MDB_val& key, const MDB_val& value) {
    IdRow row;
    if (integer_key(key) >= before.value || known.size() >= most) return MDB_NOTFOUND;
    if (const int error = read_row(key, value, row); error != 0) return error;
    known.push_back(known_of(Lsn{integer_key(key)}, row));
    return 0;
  });
}

Outcome<std::vector<engine::KnownImage>> LmdbState::known_ids(Lsn from, Lsn before, std::size_t most) const {
  const ReadTransaction transaction(*environment_);
  std::vector<engine::KnownImage> known;
  SummaryRow row;
  StateSummary summary;
  int error = transaction.error();
  if (error == 0) error = summary_in(transaction.handle(), row, summary);
  if (error == 0 && from < summary.oldest_known) {  // few: of what is open, and of orders closed since
    error = closed_rows(transaction.handle(), known);
    std::erase_if(known, [&](const engine::KnownImage& each) { return each.lsn < from || each.lsn >= before; });
    if (error == 0) error = open_before(transaction.handle(), from, std::min(before, summary.oldest_known), most, known);
    if (error == 0) error = holds_before(transaction.handle(), from, std::min(before, summary.oldest_known), known);
    if (error == 0) error = transfers_before(transaction.handle(), from, std::min(before, summary.oldest_known), known);
    if (error == 0) error = purchases_before(transaction.handle(), from, std::min(before, summary.oldest_known), known);
    std::sort(known.begin(), known.end(), [](const auto& left, const auto& right) { return left.lsn < right.lsn; });
    if (known.size() > most) known.resize(most);
  }
  if (error == 0) error = ids_between(transaction.handle(), std::max(from, summary.oldest_known), before, most, known);
  if (error != 0) return cannot_read(error);
  return known;
}

Outcome<std::vector<ClosedOrder>> LmdbState::closed_known() const {
  const ReadTransaction transaction(*environment_);
  std::vector<engine::KnownImage> known;
  const int error = transaction.error() != 0 ? transaction.error() : closed_rows(transaction.handle(), known);
  if (error != 0) return cannot_read(error);
  std::vector<ClosedOrder> closed;
  for (const engine::KnownImage& each : known) closed.push_back({each.identity, each.closed});
  return closed;
}

// Counted from the nearer end.
Outcome<Lsn> LmdbState::horizon(std::uint64_t newer) const {
  const ReadTransaction transaction(*environment_);
  if (transaction.error() != 0) return cannot_read(transaction.error());
  const std::uint64_t count = entries_of(transaction.handle(), tables_.ids);
  if (count <= newer) return Lsn{};
  const std::uint64_t before = count - newer - 1;
  Cursor cursor(transaction.handle(), tables_.ids);
  MDB_val key{}, value{};
  int error = cursor.error();
  if (error == 0) error = cursor.get(key, value, before < newer ? MDB_FIRST : MDB_LAST);
  for (std::uint64_t steps = std::min(before, newer); error == 0 && steps > 0; --steps) {
    error = cursor.get(key, value, before < newer ? MDB_NEXT : MDB_PREV);
  }
  if (error != 0) return cannot_read(error);
  return Lsn{integer_key(key)};
}

}  // namespace earmark::storage
