#include "storage/lmdb_trim.hpp"

#include <algorithm>
#include <string_view>

#include "storage/retained.hpp"

namespace earmark::storage {

int trim_groups(MDB_txn* transaction, MDB_dbi groups, MDB_dbi meta, engine::Lsn oldest, std::size_t most, Trimmed& trimmed) {
  trimmed = {};
  Cursor cursor(transaction, groups);
  MDB_val key{}, value{};
  int error = cursor.error();
  while (error == 0 && trimmed.groups < most) {
    error = cursor.get(key, value, MDB_FIRST);
    if (error != 0) break;
    GroupHeader header;
    // One that cannot be read stays: the next check says where it is damaged, an append is not the place for it.
    if (read_header(bytes_of(value).first(std::min(value.mv_size, group_header_bytes)), value.mv_size, header) != GroupFault::none) break;
    if (header.last >= oldest) break;
    error = cursor.remove();
    trimmed.before = {header.chain, header.number, header.last};
    ++trimmed.groups;
  }
  if (error == MDB_NOTFOUND) error = 0;
  if (error != 0 || trimmed.groups == 0) return error;
  constexpr std::string_view name = "retained";
  const auto bytes = write_retained(trimmed.before);
  key = value_of(name.data(), name.size());
  value = value_of(bytes);
  return mdb_put(transaction, meta, &key, &value, 0);
}

}  // namespace earmark::storage
