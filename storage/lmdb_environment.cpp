#include "storage/lmdb_environment.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <string>

#include "storage/directory_lock.hpp"

namespace earmark::storage {
namespace {

constexpr unsigned max_databases = 32;
constexpr unsigned max_readers = 1024;
constexpr std::size_t gibibyte = std::size_t{1} << 30;

// Files that this process has open: opening one twice would break LMDB's locks (see lmdb.h, Caveats).
std::mutex open_files_mutex;
std::set<std::pair<std::uint64_t, std::uint64_t>> open_files;

// The map costs address space only, and what LMDB cannot map it cannot use: as large as the file system itself, which
// is what runs out first. Growing is still there, for file systems that are enlarged while the server runs.
std::size_t map_for(const std::filesystem::path& directory) {
  struct statvfs system = {};
  if (::statvfs(directory.c_str(), &system) != 0) return 64 * gibibyte;
  const std::size_t bytes = static_cast<std::size_t>(system.f_blocks) * system.f_frsize;
  return std::clamp(bytes / gibibyte + 1, std::size_t{1}, std::size_t{16'384}) * gibibyte;
}

bool is_network_file_system(const std::filesystem::path& directory) {
  struct statfs system = {};
  if (::statfs(directory.c_str(), &system) != 0) return false;
  const auto type = static_cast<std::uint32_t>(system.f_type);
  return type == 0x6969U || type == 0xFE534D42U || type == 0xFF534D42U;  // NFS, SMB2, CIFS
}

// LMDB makes its table of readers a file with a hole and maps it: on a full disk touching it would be a SIGBUS. So its space is
// taken before LMDB comes to it. Zero, or an error of the disk; whatever else is wrong LMDB finds, too.
int take_space_for_readers(const std::filesystem::path& directory) {
  constexpr off_t bytes = max_readers * 64 + 4096;
  const int file = ::open((directory / "lock.mdb").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  const int error = file < 0 || ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes) != 0 ? errno : 0;
  if (file >= 0) ::close(file);
  return is_of_the_disk(error) ? error : 0;
}

}  // namespace

Unexpected<Failure> lmdb_failure(FailureKind kind, const std::string& what, int error) {
  return Unexpected{Failure{kind, what + ": " + mdb_strerror(error)}};
}

Unexpected<Failure> creation_failure(const std::string& what, int error) {
  if (!is_of_the_disk(error)) return lmdb_failure(FailureKind::cannot_open, what, error);
  return Unexpected{Failure{FailureKind::write_failed, what + ": " + mdb_strerror(error) + "; see to the disk, then start again"}};
}

Outcome<std::unique_ptr<LmdbEnvironment>> LmdbEnvironment::open(const std::filesystem::path& directory, bool read_only,
                                                                std::size_t map_bytes) {
  if (is_network_file_system(directory)) {
    return Unexpected{Failure{FailureKind::cannot_open, directory.string() + " is on a network file system, where the "
                              "store's locks and memory map are not safe; give a directory on a local disk"}};
  }
  std::unique_ptr<LmdbEnvironment> environment(new LmdbEnvironment);
  int error = mdb_env_create(&environment->environment_);
  if (error == 0) error = mdb_env_set_maxdbs(environment->environment_, max_databases);
  if (error == 0) error = mdb_env_set_maxreaders(environment->environment_, max_readers);
  // A reader takes the size that the writer's file names; the server chooses.
  if (error == 0 && !read_only) {
    error = mdb_env_set_mapsize(environment->environment_, map_bytes != 0 ? map_bytes : map_for(directory));
  }
  struct stat status = {};
  if (::stat((directory / "data.mdb").c_str(), &status) == 0) {
    const std::pair<std::uint64_t, std::uint64_t> file{status.st_dev, status.st_ino};
    const std::scoped_lock lock(open_files_mutex);
    if (!open_files.insert(file).second) {
      return Unexpected{Failure{FailureKind::in_use, directory.string() +
                                " is already open in this process; use the journal that is open"}};
    }
    environment->file_ = file;
  }
  if (error == 0) error = take_space_for_readers(directory);
  if (error == 0) {
    error = mdb_env_open(environment->environment_, directory.c_str(), MDB_NOTLS | (read_only ? MDB_RDONLY : 0U), 0600);
  }
  if (error != 0) {
    const bool damaged = error == MDB_INVALID || error == MDB_CORRUPTED || error == MDB_VERSION_MISMATCH;
    if (!read_only && is_of_the_disk(error)) return creation_failure("cannot write to " + directory.string(), error);
    return lmdb_failure(damaged ? FailureKind::damaged : FailureKind::cannot_open, "cannot open " + directory.string(), error);
  }
  int dead = 0;
  mdb_reader_check(environment->environment_, &dead);  // slots of readers that died would keep pages from reuse
  return environment;
}

void LmdbEnvironment::mind_dead_readers() const noexcept {
  constexpr std::size_t transactions_between = 16;
  int dead = 0;
  if (++write_transactions_ % transactions_between == 0) mdb_reader_check(environment_, &dead);
}

LmdbEnvironment::~LmdbEnvironment() {
  if (environment_ != nullptr) mdb_env_close(environment_);
  const std::scoped_lock lock(open_files_mutex);
  open_files.erase(file_);
}

int LmdbEnvironment::grow_map() {
  const std::unique_lock lock(map_mutex_);
  MDB_envinfo info = {};
  mdb_env_info(environment_, &info);
  return mdb_env_set_mapsize(environment_, info.me_mapsize * 2);
}

int LmdbEnvironment::adopt_map() {
  const std::unique_lock lock(map_mutex_);
  return mdb_env_set_mapsize(environment_, 0);
}

// LMDB writes through the descriptor that it opened; only an open file's flags say how, and this one cannot be set later. So another
// file description of the same file takes that descriptor's place. LMDB's locks are on a file of their own.
int LmdbEnvironment::write_through(const std::filesystem::path& directory) {
  int descriptor = -1;
  if (const int error = mdb_env_get_fd(environment_, &descriptor); error != 0) return error;
  const int file = ::open((directory / "data.mdb").c_str(), O_RDWR | O_DSYNC | O_CLOEXEC);
  const int error = file < 0 || ::dup3(file, descriptor, O_CLOEXEC) < 0 ? errno : 0;
  if (file >= 0) ::close(file);
  return error;
}

OlderMeta::OlderMeta(const LmdbEnvironment& environment) {
  MDB_stat statistics = {};
  MDB_envinfo info = {};
  int file = -1;
  if (mdb_env_stat(environment.handle(), &statistics) != 0 || mdb_env_info(environment.handle(), &info) != 0 ||
      mdb_env_get_fd(environment.handle(), &file) != 0) {
    return;
  }
  offset_ = (info.me_last_txnid + 1) % 2 == 0 ? 0 : static_cast<off_t>(statistics.ms_psize);  // where the next commit goes
  if (::pread(file, before_.data(), before_.size(), offset_) == static_cast<ssize_t>(before_.size())) file_ = file;
}

// What cannot be written back has not been overwritten either, or is whole.
void OlderMeta::put_back() const noexcept {
  std::array<std::byte, bytes> now{};
  if (file_ < 0 || (::pread(file_, now.data(), now.size(), offset_) == static_cast<ssize_t>(now.size()) && now == before_)) return;
  static_cast<void>(::pwrite(file_, before_.data(), before_.size(), offset_));
}

WriteTransaction::WriteTransaction(const LmdbEnvironment& environment)
    : environment_(environment), error_(mdb_txn_begin(environment.handle(), nullptr, 0, &transaction_)) {
  if (error_ == 0) environment.mind_dead_readers();
}

WriteTransaction::~WriteTransaction() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}

int WriteTransaction::commit() {
  const OlderMeta older(environment_);
  const int error = mdb_txn_commit(std::exchange(transaction_, nullptr));
  if (error != 0) older.put_back();
  return error;
}

ReadTransaction::ReadTransaction(LmdbEnvironment& environment) : map_(environment.map_mutex()) {
  error_ = mdb_txn_begin(environment.handle(), nullptr, MDB_RDONLY, &transaction_);
  while (error_ == MDB_MAP_RESIZED) {
    map_.unlock();
    const int adopted = environment.adopt_map();
    map_.lock();
    error_ = adopted != 0 ? adopted : mdb_txn_begin(environment.handle(), nullptr, MDB_RDONLY, &transaction_);
  }
  if (error_ != 0) transaction_ = nullptr;
}

ReadTransaction::~ReadTransaction() {
  if (transaction_ != nullptr) mdb_txn_abort(transaction_);
}

}  // namespace earmark::storage
