#include "storage/lmdb_tables.hpp"

#include <string_view>

namespace earmark::storage {
namespace {

constexpr std::string_view identity_name = "identity", summary_name = "summary", figures_name = "figures", promises_name = "promises";

std::span<const std::byte> name_bytes(std::string_view name) { return std::as_bytes(std::span(name)); }

template <class Row>
int put_named(MDB_txn* transaction, const StateTables& tables, std::string_view name, const Row& row) {
  MDB_val key = value_of(name_bytes(name)), value = value_of(&row, sizeof row);
  return mdb_put(transaction, tables.meta, &key, &value, 0);
}

// Where figures begin that began later than the journal.
int get_beginning(MDB_txn* transaction, const StateTables& tables, std::string_view name, FiguresRow& row) {
  MDB_val key = value_of(name_bytes(name)), value{};
  const int error = mdb_get(transaction, tables.meta, &key, &value);
  row = {};
  return error == 0 ? read_row(key, value, row) : error == MDB_NOTFOUND ? 0 : error;
}

int put_beginning(MDB_txn* transaction, const StateTables& tables, std::string_view name, FiguresRow row) {
  row.crc32c = value_checksum(name_bytes(name), std::as_bytes(std::span(&row, 1)));
  return put_named(transaction, tables, name, row);
}

}  // namespace

int open_tables(MDB_txn* transaction, unsigned flags, StateTables& tables) {
  const struct {
    const char* name;
    unsigned flags;
    MDB_dbi& table;
  } all[] = {{"meta", 0, tables.meta},
             {"catalogue", MDB_INTEGERKEY, tables.catalogue},
             {"cells", MDB_INTEGERKEY, tables.cells},
             {"orders", MDB_INTEGERKEY, tables.orders},
             {"open", MDB_INTEGERKEY, tables.open},
             {"ids", MDB_INTEGERKEY, tables.ids},
             {"closed_known", MDB_INTEGERKEY, tables.closed_known},
             {"newest", 0, tables.newest},
             {"decisions", MDB_INTEGERKEY, tables.decisions},
             {"holds", MDB_INTEGERKEY, tables.holds},
             {"transfers", MDB_INTEGERKEY, tables.transfers},
             {"purchases", MDB_INTEGERKEY, tables.purchases},
             {"days", MDB_INTEGERKEY, tables.days},
             {"availability", MDB_INTEGERKEY, tables.availability},
             {"deliveries", 0, tables.deliveries},
             {"vendors", 0, tables.vendors},
             {"sources", 0, tables.sources},
             {"rules", MDB_INTEGERKEY, tables.rules}};
  int error = 0;
  for (const auto& each : all) {
    if (error == 0) error = mdb_dbi_open(transaction, each.name, each.flags | flags, &each.table);
  }
  return error;
}

std::uint64_t entries_of(MDB_txn* transaction, MDB_dbi table) {
  MDB_stat statistics = {};
  return mdb_stat(transaction, table, &statistics) == 0 ? statistics.ms_entries : 0;
}

int get_value(MDB_txn* transaction, MDB_dbi table, std::span<const std::byte> key, MDB_val& value) {
  MDB_val name = value_of(key);
  const int error = mdb_get(transaction, table, &name, &value);
  if (error != MDB_NOTFOUND) return error;
  Cursor cursor(transaction, table);
  if (cursor.error() != 0) return cursor.error();
  MDB_val found = value_of(key);
  int at = cursor.get(found, value, MDB_SET_RANGE);
  if (at == 0 && !is_sound(bytes_of(found), bytes_of(value))) return MDB_CORRUPTED;
  at = cursor.get(found, value, at == 0 ? MDB_PREV : MDB_LAST);
  if (at == 0 && !is_sound(bytes_of(found), bytes_of(value))) return MDB_CORRUPTED;
  return at == 0 ? MDB_NOTFOUND : at;
}

int get_newest(MDB_txn* transaction, const StateTables& tables, engine::Identity identity, engine::Lsn last, NewestRow& row) {
  for (std::uint32_t age = newest_age(last);; --age) {
    const int error = get_row(transaction, tables.newest, newest_key(age, identity), row);
    if (error != MDB_NOTFOUND || age == 0) return error;
  }
}

int put_newest(Cursor& cursor, engine::Identity identity, engine::Lsn lsn, unsigned flags) {
  const NewestKey key = newest_key(newest_age(lsn), identity);
  NewestRow row{0, 0, lsn.value};
  row.crc32c = value_checksum(key, std::as_bytes(std::span(&row, 1)));
  return cursor.put(value_of(key), value_of(&row, sizeof row), flags);
}

int get_identity(MDB_txn* transaction, const StateTables& tables, IdentityRow& row) {
  MDB_val key = value_of(name_bytes(identity_name)), value{};
  if (const int error = mdb_get(transaction, tables.meta, &key, &value); error != 0) return error;
  if (value.mv_size < sizeof row) return MDB_CORRUPTED;
  std::memcpy(&row, value.mv_data, sizeof row);
  const std::uint32_t checksum = row.crc32c;
  row.crc32c = 0;
  return checksum == crc32c(std::as_bytes(std::span(&row, 1))) ? 0 : MDB_CORRUPTED;
}

int put_identity(MDB_txn* transaction, const StateTables& tables, std::uint64_t epoch) {
  IdentityRow row;
  row.epoch = epoch;
  row.crc32c = crc32c(std::as_bytes(std::span(&row, 1)));
  return put_named(transaction, tables, identity_name, row);
}

int get_summary(MDB_txn* transaction, const StateTables& tables, SummaryRow& row) {
  return get_row(transaction, tables.meta, name_bytes(summary_name), row);
}

int put_summary(MDB_txn* transaction, const StateTables& tables, SummaryRow row) {
  row.commit = mdb_txn_id(transaction);
  row.crc32c = value_checksum(name_bytes(summary_name), std::as_bytes(std::span(&row, 1)));
  return put_named(transaction, tables, summary_name, row);
}

int get_figures(MDB_txn* transaction, const StateTables& tables, FiguresRow& row) { return get_beginning(transaction, tables, figures_name, row); }
int put_figures(MDB_txn* transaction, const StateTables& tables, FiguresRow row) { return put_beginning(transaction, tables, figures_name, row); }
int get_promises(MDB_txn* transaction, const StateTables& tables, FiguresRow& row) { return get_beginning(transaction, tables, promises_name, row); }
int put_promises(MDB_txn* transaction, const StateTables& tables, FiguresRow row) { return put_beginning(transaction, tables, promises_name, row); }

}  // namespace earmark::storage
