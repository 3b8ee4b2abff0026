// LMDB's C API with owners: environment, transactions, cursor. LMDB's types stay in storage/lmdb_*.
// Rules of LMDB kept here: one open per process and file (a second is refused); the map grows only while no
// transaction is live (read transactions hold `map_mutex` shared, growing takes it whole); read transactions are not
// tied to threads (MDB_NOTLS). Never opened with MDB_WRITEMAP, MDB_NOSYNC or MDB_NOMETASYNC: only the default keeps
// what was acknowledged.
#pragma once

#include <lmdb.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <shared_mutex>
#include <span>
#include <utility>

#include "storage/journal.hpp"

namespace earmark::storage {

class LmdbEnvironment {
 public:
  // `map_bytes` 0: room for the whole file system. Failures: cannot_open, write_failed, in_use, damaged
  // (no meta page that LMDB can read).
  static Outcome<std::unique_ptr<LmdbEnvironment>> open(const std::filesystem::path& directory, bool read_only,
                                                        std::size_t map_bytes);
  ~LmdbEnvironment();
  LmdbEnvironment(const LmdbEnvironment&) = delete;
  LmdbEnvironment& operator=(const LmdbEnvironment&) = delete;

  MDB_env* handle() const noexcept { return environment_; }
  std::shared_mutex& map_mutex() const noexcept { return map_mutex_; }
  // Doubles the map; waits for this process's read transactions. No write transaction may be live.
  int grow_map();
  // Called by each write transaction: now and then it gives back the places of other processes' readers that died, which would keep
  // freed pages from use for ever.
  void mind_dead_readers() const noexcept;
  // Takes over the size that another process gave the map.
  int adopt_map();
  // From now on each of LMDB's writes is on the disk before the next one begins: a large commit then leaves room between its writes
  // for those of others on the same disk, where one sync at its end would hold them up until all of it is there. Zero, or an error.
  int write_through(const std::filesystem::path& directory);

 private:
  LmdbEnvironment() = default;
  MDB_env* environment_ = nullptr;
  mutable std::shared_mutex map_mutex_;
  mutable std::size_t write_transactions_ = 0;  // of who has LMDB's write lock
  std::pair<std::uint64_t, std::uint64_t> file_{};  // device and inode of the data file, 0: not registered
};

// The older of the two meta pages, which a commit overwrites. When writing it fails LMDB leaves a mixture of two commits there,
// which nothing but the note of a failed append tells from damage; and that note may fail, too. So it is put back.
class OlderMeta {
 public:
  explicit OlderMeta(const LmdbEnvironment& environment);
  void put_back() const noexcept;

 private:
  static constexpr std::size_t bytes = 152;  // page header and meta: within one sector
  int file_ = -1;
  off_t offset_ = 0;
  std::array<std::byte, bytes> before_{};
};

class WriteTransaction {
 public:
  explicit WriteTransaction(const LmdbEnvironment& environment);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;

  int error() const noexcept { return error_; }  // of beginning
  MDB_txn* handle() const noexcept { return transaction_; }
  // Ends the transaction either way. When it fails, no other may follow before the environment is opened anew.
  int commit();

 private:
  const LmdbEnvironment& environment_;
  MDB_txn* transaction_ = nullptr;
  int error_ = 0;
};

// Short: a reader that stays keeps LMDB from using freed pages again, and the file grows.
class ReadTransaction {
 public:
  explicit ReadTransaction(LmdbEnvironment& environment);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  int error() const noexcept { return error_; }
  MDB_txn* handle() const noexcept { return transaction_; }

 private:
  std::shared_lock<std::shared_mutex> map_;
  MDB_txn* transaction_ = nullptr;
  int error_ = 0;
};

class Cursor {
 public:
  Cursor(MDB_txn* transaction, MDB_dbi database) : error_(mdb_cursor_open(transaction, database, &cursor_)) {}
  ~Cursor() {
    if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  }
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;

  int error() const noexcept { return error_; }
  int get(MDB_val& key, MDB_val& value, MDB_cursor_op operation) {
    return mdb_cursor_get(cursor_, &key, &value, operation);
  }
  int put(MDB_val key, MDB_val value, unsigned flags) { return mdb_cursor_put(cursor_, &key, &value, flags); }
  int remove() { return mdb_cursor_del(cursor_, 0); }

 private:
  MDB_cursor* cursor_ = nullptr;
  int error_ = 0;
};

inline std::span<const std::byte> bytes_of(const MDB_val& value) noexcept {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

inline MDB_val value_of(const void* data, std::size_t bytes) noexcept { return {bytes, const_cast<void*>(data)}; }
inline MDB_val value_of(std::span<const std::byte> bytes) noexcept { return value_of(bytes.data(), bytes.size()); }

Unexpected<Failure> lmdb_failure(FailureKind kind, const std::string& what, int error);
// Of making an environment: write_failed where the disk is to blame, else cannot_open.
Unexpected<Failure> creation_failure(const std::string& what, int error);

}  // namespace earmark::storage
