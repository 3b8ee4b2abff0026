#include "tests/storage/lmdb_faults.hpp"

#include <fcntl.h>
#include <lmdb.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <new>
#include <utility>
#include <vector>

#include "engine/check.hpp"

extern "C" void* __real_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset);

namespace earmark::storage::test {

const int lmdb_map_full = MDB_MAP_FULL, lmdb_map_resized = MDB_MAP_RESIZED, lmdb_corrupted = MDB_CORRUPTED, lmdb_not_found = MDB_NOTFOUND;

namespace {

// Shared with the children.
struct Plan {
  std::atomic<bool> active{false}, happened{false};
  std::atomic<std::uint64_t> left{0};
  Calls calls{};
  int error = 0;
  char function[32] = {};
  std::atomic<std::uint8_t> seen[8192] = {};  // calls of each kind, by its hash
};

constexpr std::uint8_t most_of_a_kind = 2;

// Function, table and operation in one number; of the system's calls each is its own kind.
struct Kind {
  const char* function = nullptr;
  std::uint64_t table = 0, operation = 0;
};

bool seen_enough(Plan& plan, const Kind& kind) {
  std::uint64_t hash = kind.table * 0x9E3779B97F4A7C15U + kind.operation;
  for (const char* at = kind.function; *at != 0; ++at) hash = (hash ^ static_cast<std::uint64_t>(*at)) * 0x100000001B3U;
  std::atomic<std::uint8_t>& count = plan.seen[(hash >> 20) % std::size(plan.seen)];
  if (count.load() == most_of_a_kind) return true;
  ++count;
  return false;
}

Plan& plan() {
  static Plan* const shared = [] {
    void* memory = __real_mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    EARMARK_CHECK(memory != MAP_FAILED);
    return new (memory) Plan;
  }();
  return *shared;
}

// Zero, or the error with which this call shall fail.
int fault_of(Calls calls, const Kind& kind) {
  Plan& plan = test::plan();
  if (!plan.active.load() || plan.calls != calls) return 0;
  const bool in_loops = calls == Calls::lmdb || calls == Calls::lmdb_changes || calls == Calls::lmdb_values;
  if ((in_loops && seen_enough(plan, kind)) || plan.left.fetch_sub(1) != 1) return 0;
  std::snprintf(plan.function, sizeof plan.function, "%s", kind.function);
  plan.happened.store(true);
  return plan.error;
}

int fault_of_lmdb(const Kind& kind) { return fault_of(Calls::lmdb, kind); }

int fault_of_change(const Kind& kind) {
  const int error = fault_of(Calls::lmdb_changes, kind);
  return error != 0 ? error : fault_of_lmdb(kind);
}

bool fails(Calls calls, const char* function) {
  const int error = fault_of(calls, {function, 0, 0});
  if (error != 0) errno = error;
  return error != 0;
}

// Lets the value that a look-up found be a copy with a changed bit, if it is its turn.
int change_value(int error, const Kind& kind, MDB_val* value) {
  if (error != 0 || value == nullptr || value->mv_size == 0 || fault_of(Calls::lmdb_values, kind) == 0) return error;
  static thread_local std::vector<std::uint64_t> changed;
  changed.assign(value->mv_size / 8 + 1, 0);
  std::memcpy(changed.data(), value->mv_data, value->mv_size);
  reinterpret_cast<unsigned char*>(changed.data())[value->mv_size / 2] ^= 0x10;
  value->mv_data = changed.data();
  return 0;
}

// Of this thread. Committing it changes nothing.
thread_local MDB_txn* last_read_transaction = nullptr;

bool system_fails(const char* function) { return fails(Calls::system, function); }

// Not the files of what counts lines, which is linked to the same functions.
bool is_ours(const char* path) { return std::strstr(path, "earmark-storage-") != nullptr; }

}  // namespace

CallFault::CallFault(Calls calls, std::uint64_t number, int error) {
  Plan& plan = test::plan();
  EARMARK_CHECK(!plan.active.load());
  plan.calls = calls;
  plan.error = error;
  for (auto& count : plan.seen) count.store(0);
  plan.left.store(number);
  plan.happened.store(false);
  plan.active.store(true);
}

CallFault::~CallFault() { plan().active.store(false); }
bool CallFault::happened() const noexcept { return plan().happened.load(); }
std::string CallFault::function() const { return happened() ? plan().function : "none"; }

}  // namespace earmark::storage::test

// A function of LMDB that fails by what it returns, and one of the system that fails by -1 and errno.
#define EARMARK_WRAP_LMDB(fault, name, table, operation, parameters, arguments)        \
  int __real_##name parameters;                                                        \
  int __wrap_##name parameters;                                                        \
  int __wrap_##name parameters {                                                       \
    const int error = earmark::storage::test::fault({#name, table, operation});        \
    return error != 0 ? error : __real_##name arguments;                               \
  }
#define EARMARK_WRAP_SYSTEM(result, when, name, parameters, arguments)    \
  result __real_##name parameters;                                        \
  result __wrap_##name parameters;                                        \
  result __wrap_##name parameters {                                       \
    using namespace earmark::storage::test;                               \
    if ((when) && system_fails(#name)) return -1;                         \
    return __real_##name arguments;                                       \
  }
#define EARMARK_WRAP_INTERRUPTIBLE(result, name, parameters, arguments)   \
  result __real_##name parameters;                                        \
  result __wrap_##name parameters;                                        \
  result __wrap_##name parameters {                                       \
    using namespace earmark::storage::test;                               \
    if (fails(Calls::interruptible, #name)) return -1;                    \
    return __real_##name arguments;                                       \
  }

extern "C" {

EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_create, 0, 0, (MDB_env * *environment), (environment))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_set_mapsize, 0, 0, (MDB_env * environment, std::size_t bytes), (environment, bytes))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_set_maxreaders, 0, 0, (MDB_env * environment, unsigned most), (environment, most))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_set_maxdbs, 0, 0, (MDB_env * environment, MDB_dbi most), (environment, most))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_open, 0, 0, (MDB_env * environment, const char* path, unsigned flags, mdb_mode_t mode),
                  (environment, path, flags, mode))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_stat, 0, 0, (MDB_env * environment, MDB_stat* statistics), (environment, statistics))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_get_fd, 0, 0, (MDB_env * environment, mdb_filehandle_t* file), (environment, file))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_env_copyfd2, 0, 0, (MDB_env * environment, mdb_filehandle_t file, unsigned flags), (environment, file, flags))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_dbi_open, 0, 0, (MDB_txn * transaction, const char* name, unsigned flags, MDB_dbi* table),
                  (transaction, name, flags, table))
EARMARK_WRAP_LMDB(fault_of_lmdb, mdb_cursor_open, table, 0, (MDB_txn * transaction, MDB_dbi table, MDB_cursor** cursor), (transaction, table, cursor))
EARMARK_WRAP_LMDB(fault_of_change, mdb_put, table, flags, (MDB_txn * transaction, MDB_dbi table, MDB_val* key, MDB_val* value, unsigned flags),
                  (transaction, table, key, value, flags))
EARMARK_WRAP_LMDB(fault_of_change, mdb_del, table, 0, (MDB_txn * transaction, MDB_dbi table, MDB_val* key, MDB_val* value), (transaction, table, key, value))
EARMARK_WRAP_LMDB(fault_of_change, mdb_cursor_put, mdb_cursor_dbi(cursor), flags, (MDB_cursor * cursor, MDB_val* key, MDB_val* value, unsigned flags),
                  (cursor, key, value, flags))
EARMARK_WRAP_LMDB(fault_of_change, mdb_cursor_del, mdb_cursor_dbi(cursor), flags, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

int __real_mdb_get(MDB_txn* transaction, MDB_dbi table, MDB_val* key, MDB_val* value);
int __wrap_mdb_get(MDB_txn* transaction, MDB_dbi table, MDB_val* key, MDB_val* value);
int __wrap_mdb_get(MDB_txn* transaction, MDB_dbi table, MDB_val* key, MDB_val* value) {
  using namespace earmark::storage::test;
  const Kind kind{"mdb_get", table, 0};
  const int error = fault_of_lmdb(kind);
  return error != 0 ? error : change_value(__real_mdb_get(transaction, table, key, value), kind, value);
}

int __real_mdb_cursor_get(MDB_cursor* cursor, MDB_val* key, MDB_val* value, MDB_cursor_op operation);
int __wrap_mdb_cursor_get(MDB_cursor* cursor, MDB_val* key, MDB_val* value, MDB_cursor_op operation);
int __wrap_mdb_cursor_get(MDB_cursor* cursor, MDB_val* key, MDB_val* value, MDB_cursor_op operation) {
  using namespace earmark::storage::test;
  const Kind kind{"mdb_cursor_get", mdb_cursor_dbi(cursor), static_cast<std::uint64_t>(operation)};
  const int error = fault_of_lmdb(kind);
  return error != 0 ? error : change_value(__real_mdb_cursor_get(cursor, key, value, operation), kind, value);
}

int __real_mdb_txn_begin(MDB_env* environment, MDB_txn* parent, unsigned flags, MDB_txn** transaction);
int __wrap_mdb_txn_begin(MDB_env* environment, MDB_txn* parent, unsigned flags, MDB_txn** transaction);
int __wrap_mdb_txn_begin(MDB_env* environment, MDB_txn* parent, unsigned flags, MDB_txn** transaction) {
  using namespace earmark::storage::test;
  int error = fault_of(Calls::lmdb_begins, {"mdb_txn_begin", 0, 0});
  if (error == 0) error = fault_of_lmdb({"mdb_txn_begin", 0, flags});
  if (error == 0) error = __real_mdb_txn_begin(environment, parent, flags, transaction);
  if (error == 0 && (flags & MDB_RDONLY) != 0) last_read_transaction = *transaction;
  return error;
}

int __real_mdb_txn_commit(MDB_txn* transaction);
int __wrap_mdb_txn_commit(MDB_txn* transaction);
int __wrap_mdb_txn_commit(MDB_txn* transaction) {
  using namespace earmark::storage::test;
  const bool reading = transaction == std::exchange(last_read_transaction, nullptr);
  const int error = reading ? fault_of_lmdb({"mdb_txn_commit", 0, MDB_RDONLY}) : fault_of_change({"mdb_txn_commit", 0, 0});
  if (error == 0) return __real_mdb_txn_commit(transaction);
  mdb_txn_abort(transaction);  // as LMDB does
  return error;
}

int __real_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...);
int __wrap_open(const char* path, int flags, ...) {
  if (earmark::storage::test::is_ours(path) && earmark::storage::test::system_fails("open")) return -1;
  std::va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return __real_open(path, flags, mode);
}

int __real_fcntl(int file, int command, ...);
int __wrap_fcntl(int file, int command, ...);
int __wrap_fcntl(int file, int command, ...) {
  std::va_list rest;
  va_start(rest, command);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  const bool ours = command == F_OFD_SETLK || command == F_OFD_GETLK;
  if (ours && earmark::storage::test::system_fails("fcntl")) return -1;
  return __real_fcntl(file, command, argument);
}

void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset);
void* __wrap_mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset) {
  if (earmark::storage::test::system_fails("mmap")) return MAP_FAILED;
  return __real_mmap(address, bytes, protection, flags, file, offset);
}

EARMARK_WRAP_SYSTEM(int, true, fsync, (int file), (file))
EARMARK_WRAP_SYSTEM(int, true, fallocate, (int file, int mode, off_t offset, off_t bytes), (file, mode, offset, bytes))
EARMARK_WRAP_SYSTEM(int, true, dup3, (int from, int to, int flags), (from, to, flags))
EARMARK_WRAP_SYSTEM(int, true, flock, (int file, int operation), (file, operation))
EARMARK_WRAP_SYSTEM(int, is_ours(path), mkdir, (const char* path, mode_t mode), (path, mode))
EARMARK_WRAP_SYSTEM(int, true, rename, (const char* from, const char* to), (from, to))
EARMARK_WRAP_SYSTEM(int, true, pipe2, (int* ends, int flags), (ends, flags))
EARMARK_WRAP_SYSTEM(pid_t, true, fork, (), ())
EARMARK_WRAP_SYSTEM(int, true, statfs, (const char* path, struct statfs* status), (path, status))
EARMARK_WRAP_SYSTEM(int, true, statvfs, (const char* path, struct statvfs* status), (path, status))
EARMARK_WRAP_SYSTEM(ssize_t, true, pread, (int file, void* bytes, std::size_t size, off_t offset), (file, bytes, size, offset))
EARMARK_WRAP_SYSTEM(ssize_t, true, pwrite, (int file, const void* bytes, std::size_t size, off_t offset), (file, bytes, size, offset))

EARMARK_WRAP_INTERRUPTIBLE(pid_t, waitpid, (pid_t process, int* status, int options), (process, status, options))
EARMARK_WRAP_INTERRUPTIBLE(int, poll, (pollfd * files, nfds_t count, int timeout_ms), (files, count, timeout_ms))
EARMARK_WRAP_INTERRUPTIBLE(ssize_t, read, (int file, void* bytes, std::size_t size), (file, bytes, size))
EARMARK_WRAP_INTERRUPTIBLE(ssize_t, write, (int file, const void* bytes, std::size_t size), (file, bytes, size))
}
