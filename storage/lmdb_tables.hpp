// The databases of the state store in LMDB, and their values read and written with their checksums. What each holds:
// storage/state_rows.hpp. Errors are LMDB's; a value that fails its checksum is MDB_CORRUPTED.
// For use within one transaction of the caller's.
#pragma once

#include <algorithm>
#include <cstring>

#include "storage/lmdb_environment.hpp"
#include "storage/state_rows.hpp"

namespace earmark::storage {

// What to do about a damaged store, for the end of a message.
inline constexpr const char* state_remedy =
    "; keep a copy of the directory: the state is made again from a journal that begins at LSN 1, else restore a backup";

struct StateTables {
  MDB_dbi meta = 0, catalogue = 0, cells = 0, orders = 0, open = 0, ids = 0, closed_known = 0, newest = 0, decisions = 0;
  MDB_dbi holds = 0, transfers = 0, purchases = 0, days = 0, availability = 0, deliveries = 0, vendors = 0, sources = 0, rules = 0;
};

// Opens all of them, with MDB_CREATE in `flags` makes them.
int open_tables(MDB_txn* transaction, unsigned flags, StateTables& tables);

std::uint64_t entries_of(MDB_txn* transaction, MDB_dbi table);

inline MDB_val key_of(const std::uint64_t& key) noexcept { return value_of(&key, sizeof key); }
inline std::uint64_t integer_key(const MDB_val& key) noexcept {
  std::uint64_t number = 0;
  std::memcpy(&number, key.mv_data, std::min(key.mv_size, sizeof number));
  return number;
}

// Is the value under this key what was written under it?
inline bool is_sound(std::span<const std::byte> key, std::span<const std::byte> value) noexcept {
  std::uint32_t checksum = 0;
  if (value.size() < 8) return false;
  std::memcpy(&checksum, value.data(), sizeof checksum);
  return checksum == value_checksum(key, value);
}

template <class Row>
int read_row(const MDB_val& key, const MDB_val& value, Row& row) noexcept {
  if (value.mv_size != sizeof row || !is_sound(bytes_of(key), bytes_of(value))) return MDB_CORRUPTED;
  std::memcpy(&row, value.mv_data, sizeof row);
  return 0;
}

// The value under this key. MDB_NOTFOUND only if it is not there: both its neighbours would be sound, while a key that damage
// has changed, and that still stands in order, is one of them (MDB_CORRUPTED). Of tables whose values carry is_sound()'s checksum.
int get_value(MDB_txn* transaction, MDB_dbi table, std::span<const std::byte> key, MDB_val& value);

template <class Row>
int get_row(MDB_txn* transaction, MDB_dbi table, std::span<const std::byte> key, Row& row) {
  MDB_val value{};
  const int error = get_value(transaction, table, key, value);
  return error != 0 ? error : read_row(value_of(key), value, row);
}
template <class Row>
int get_row(MDB_txn* transaction, MDB_dbi table, std::uint64_t key, Row& row) {
  return get_row(transaction, table, std::as_bytes(std::span(&key, 1)), row);
}

// The newest order of this id, or open hold, decided at `last` or before; MDB_NOTFOUND: there is none.
int get_newest(MDB_txn* transaction, const StateTables& tables, engine::Identity identity, engine::Lsn last, NewestRow& row);
// Under a key that is greater than all there are with MDB_APPEND in `flags`, which is faster.
int put_newest(Cursor& cursor, engine::Identity identity, engine::Lsn lsn, unsigned flags);

// Meta rows stand under names.
int get_identity(MDB_txn* transaction, const StateTables& tables, IdentityRow& row);
int put_identity(MDB_txn* transaction, const StateTables& tables, std::uint64_t epoch);
int get_summary(MDB_txn* transaction, const StateTables& tables, SummaryRow& row);
int put_summary(MDB_txn* transaction, const StateTables& tables, SummaryRow row);  // fills in checksum and commit
int get_figures(MDB_txn* transaction, const StateTables& tables, FiguresRow& row);  // not there: those of a store that counted from LSN 1
int put_figures(MDB_txn* transaction, const StateTables& tables, FiguresRow row);
// The same of what states of version 2 did not count.
int get_promises(MDB_txn* transaction, const StateTables& tables, FiguresRow& row);
int put_promises(MDB_txn* transaction, const StateTables& tables, FiguresRow row);

// All entries of a table from the key `from` on. `visit` gives an error, or MDB_NOTFOUND for enough.
template <class Visit>
int for_each(MDB_txn* transaction, MDB_dbi table, std::span<const std::byte> from, Visit&& visit) {
  Cursor cursor(transaction, table);
  MDB_val key = value_of(from), value{};
  int error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_SET_RANGE);
  for (; error == 0; error = cursor.get(key, value, MDB_NEXT)) {
    if (const int stop = visit(key, value); stop != 0) return stop == MDB_NOTFOUND ? 0 : stop;
  }
  return error == MDB_NOTFOUND ? 0 : error;
}
template <class Visit>
int for_each(MDB_txn* transaction, MDB_dbi table, std::uint64_t from, Visit&& visit) {
  return for_each(transaction, table, std::as_bytes(std::span(&from, 1)), visit);
}

}  // namespace earmark::storage
