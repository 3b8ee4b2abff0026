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

// `visit` gives 0, or MDB_NOTFOUND for enough.
int LmdbState::each_open_purchase(MDB_txn* transaction, Lsn from, const std::function<int(const engine::PurchaseImage&)>& visit) const {
  std::vector<std::uint64_t> buffer;
  return for_each(transaction, tables_.purchases, from.value, [&](const MDB_val& key, const MDB_val& value) {
    engine::PurchaseImage image;
    const int error = read_purchase(Lsn{integer_key(key)}, value, buffer, image);
    return error != 0 ? error : visit(image);
  });
}

int LmdbState::read_open_purchases(MDB_txn* transaction, StateVisitor& visitor, std::unordered_set<std::uint64_t>& open) const {
  return each_open_purchase(transaction, {}, [&](const engine::PurchaseImage& image) {
    visitor.open_purchase(image);
    open.insert(image.lsn.value);
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
  return each_open_purchase(transaction, from, [&](const engine::PurchaseImage& image) {
    if (image.lsn >= before) return MDB_NOTFOUND;  // that one was verified, too
    known.push_back({engine::IdSpace::purchase, engine::identify(engine::IdSpace::purchase, image.id), image.content, image.lsn, {}, engine::HoldEnd::open});
    return 0;
  });
}

}  // namespace earmark::storage
