// Open purchase orders as the state store has them: all of them, and their ids.
#include "storage/lmdb_state_store.hpp"
#include "storage/purchase_record.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

int read_purchase(Lsn lsn, const MDB_val& value, std::vector<std::uint64_t>& buffer, engine::PurchaseImage& image) {
  buffer.resize(value.mv_size / 8 + 1);
  std::memcpy(buffer.data(), value.mv_data, value.mv_size);
  return read_purchase_record(lsn, std::as_bytes(std::span(buffer)).first(value.mv_size), image) ? 0 : MDB_CORRUPTED;
}

}  // namespace

int LmdbState::read_open_purchases(MDB_txn* transaction, StateVisitor& visitor, std::unordered_set<std::uint64_t>& open) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.purchases, 0, [&](const MDB_val& key, const MDB_val& value) {
    engine::PurchaseImage image;
    if (const int error = read_purchase(Lsn{integer_key(key)}, value, buffer, image); error != 0) return error;
    visitor.open_purchase(image);
    open.insert(integer_key(key));
    return 0;
  });
}

int write_purchases_anew(MDB_txn* transaction, const StateTables& tables) {
  std::vector<std::uint64_t> buffer;
  std::vector<engine::PurchaseLineState> lines;
  std::vector<std::pair<std::uint64_t, std::vector<std::byte>>> records;  // they are few, and a cursor does not see what it changes
  int error = for_each(transaction, tables.purchases, 0, [&](const MDB_val& key, const MDB_val& value) {
    engine::PurchaseImage image;
    buffer.resize(value.mv_size / 8 + 1);
    std::memcpy(buffer.data(), value.mv_data, value.mv_size);
    if (!read_old_purchase_record(Lsn{integer_key(key)}, std::as_bytes(std::span(buffer)).first(value.mv_size), lines, image)) return MDB_CORRUPTED;
    records.emplace_back(integer_key(key), purchase_record(image));
    return 0;
  });
  for (const auto& [lsn, record] : records) {
    MDB_val key = key_of(lsn), value = value_of(record);
    if (error == 0) error = mdb_put(transaction, tables.purchases, &key, &value, 0);
  }
  return error;
}

int LmdbState::purchases_before(MDB_txn* transaction, Lsn from, Lsn before, std::vector<engine::KnownImage>& known) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.purchases, from.value, [&](const MDB_val& key, const MDB_val& value) {
    const Lsn lsn{integer_key(key)};
    engine::PurchaseImage image;
    if (const int error = read_purchase(lsn, value, buffer, image); error != 0) return error;  // also of the one that ends it
    if (lsn >= before) return MDB_NOTFOUND;
    known.push_back({engine::IdSpace::purchase, engine::identify(engine::IdSpace::purchase, image.id), image.content, lsn, {}, engine::HoldEnd::open});
    return 0;
  });
}

}  // namespace earmark::storage
