#include "storage/lmdb_trim.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "storage/retained.hpp"

namespace earmark::storage {
namespace {

// Measured over 13 rounds of a file of 500,000 pages, groups of 5 pages in the mean: with 4,096 pages free it grows by 3 %, with
// 1,024 by 80 %, for none is long enough where it is wanted; without a limit a commit takes three times as long, at worst 60 ms.
constexpr std::size_t fewest_free = 4096, most_free = 32'768;
constexpr std::size_t more_for_each_page = 4;   // by which the file grew although groups may go: what is free is too much cut up
constexpr std::size_t appends_per_page_less = 64;

constexpr std::size_t page_header_bytes = 16;
constexpr MDB_dbi free_pages_database = 0;  // key: transaction, value: the number of pages that it freed, then the pages

std::size_t pages_of(std::size_t bytes, std::size_t page_bytes) noexcept {
  return (page_header_bytes + bytes + page_bytes - 1) / page_bytes;
}

// The file's free pages, of which it counts `enough` and perhaps a few more.
int count_free(LmdbEnvironment& environment, std::size_t enough, std::size_t& pages) {
  const ReadTransaction transaction(environment);
  if (transaction.error() != 0) return transaction.error();
  Cursor cursor(transaction.handle(), free_pages_database);
  MDB_val key{}, value{};
  int error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_FIRST);
  for (; error == 0 && pages < enough; error = cursor.get(key, value, MDB_NEXT)) {
    std::size_t freed = 0;
    std::memcpy(&freed, value.mv_data, sizeof freed);
    pages += freed;
  }
  return error == MDB_NOTFOUND ? 0 : error;
}

}  // namespace

int TrimPace::wanted(LmdbEnvironment& environment, std::size_t& pages) {
  MDB_envinfo file{};
  if (const int error = mdb_env_info(environment.handle(), &file); error != 0) return error;
  const std::size_t before = std::exchange(last_page_, file.me_last_pgno);
  free_wanted_ = std::max(free_wanted_, fewest_free);
  if (before != 0 && last_page_ > before) {
    free_wanted_ = std::min(free_wanted_ + more_for_each_page * (last_page_ - before), most_free);
  } else if (free_wanted_ > fewest_free && ++appends_ % appends_per_page_less == 0) {
    --free_wanted_;
  }
  std::size_t free = 0;
  const int error = count_free(environment, free_wanted_, free);
  pages = free < free_wanted_ ? free_wanted_ - free : 0;
  return error;
}

int trim_groups(MDB_txn* transaction, MDB_dbi groups, MDB_dbi meta, engine::Lsn oldest, TrimLimit limit, Trimmed& trimmed) {
  trimmed = {};
  MDB_stat stat{};
  std::size_t pages = 0;
  Cursor cursor(transaction, groups);
  MDB_val key{}, value{};
  int error = cursor.error() != 0 ? cursor.error() : mdb_stat(transaction, groups, &stat);
  while (error == 0 && trimmed.groups < limit.groups && pages < limit.pages) {
    error = cursor.get(key, value, MDB_FIRST);
    if (error != 0) break;
    GroupHeader header;
    // One that cannot be read stays: the next check says where it is damaged, an append is not the place for it.
    if (read_header(bytes_of(value).first(std::min(value.mv_size, group_header_bytes)), value.mv_size, header) != GroupFault::none) break;
    if (header.last >= oldest) break;
    if (value.mv_size >= stat.ms_psize / 2) pages += pages_of(value.mv_size, stat.ms_psize);  // smaller ones lie beside others
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
