#include "storage/lmdb_journal.hpp"

#include <sys/random.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "storage/directory_lock.hpp"
#include "storage/group.hpp"
#include "storage/identity.hpp"
#include "storage/lmdb_environment.hpp"
#include "storage/lmdb_trim.hpp"
#include "storage/retained.hpp"

namespace earmark::storage {
namespace {

class LmdbReader final : public JournalReader {
 public:
  LmdbReader(LmdbEnvironment& environment, MDB_dbi groups, std::filesystem::path directory, const std::atomic<std::uint64_t>& oldest)
      : environment_(environment), groups_(groups), directory_(std::move(directory)), oldest_(oldest) {}

  Outcome<void> seek(engine::Lsn lsn) override;
  Outcome<std::size_t> read(std::span<std::byte> out, engine::Lsn until, engine::Lsn& first, engine::Lsn& last) override;

 private:
  // Moves the cursor to the group that holds position_.next; its key and value. MDB_NOTFOUND: not there yet, or no more.
  int find(Cursor& cursor, MDB_val& key, MDB_val& value);
  Unexpected<Failure> damaged(const GroupProblem& problem) const;

  LmdbEnvironment& environment_;
  MDB_dbi groups_;
  std::filesystem::path directory_;
  const std::atomic<std::uint64_t>& oldest_;  // the journal's
  ReadPosition position_;
};

Outcome<void> LmdbReader::seek(engine::Lsn lsn) {
  position_ = {};
  position_.next = lsn.value == 0 ? engine::Lsn{1} : lsn;
  const engine::Lsn oldest{oldest_.load(std::memory_order_acquire)};  // pairs with the appender's store
  if (position_.next < oldest) return Unexpected{trimmed(position_.next, oldest)};
  return {};
}

int LmdbReader::find(Cursor& cursor, MDB_val& key, MDB_val& value) {
  std::uint64_t wanted = position_.group_first.value != 0 ? position_.group_first.value : position_.next.value;
  key = value_of(&wanted, sizeof wanted);
  if (position_.group_first.value != 0) {
    const int gone = cursor.get(key, value, MDB_SET_KEY);
    if (gone != MDB_NOTFOUND) return gone;
    position_.group_first = {};  // trimmed meanwhile, perhaps after its last record had been read
    wanted = position_.next.value;
    key = value_of(&wanted, sizeof wanted);
  }
  int error = cursor.get(key, value, MDB_SET_RANGE);
  if (error == 0) {
    std::uint64_t found = 0;
    std::memcpy(&found, key.mv_data, sizeof found);
    if (found == wanted) return 0;
    error = cursor.get(key, value, MDB_PREV);
  } else if (error == MDB_NOTFOUND) {
    error = cursor.get(key, value, MDB_LAST);
  }
  return error;
}

Unexpected<Failure> LmdbReader::damaged(const GroupProblem& problem) const {
  return Unexpected{Failure{problem.fault == GroupFault::unknown_version ? FailureKind::bad_version : FailureKind::damaged,
                            "the journal " + directory_.string() + " is damaged at record LSN " +
                                std::to_string(problem.lsn.value) + ", byte " + std::to_string(problem.offset) +
                                " of its group: " + std::string(describe(problem.fault)) +
                                "; run earmark-journal verify, which names the file offset"}};
}

Outcome<std::size_t> LmdbReader::read(std::span<std::byte> out, engine::Lsn until, engine::Lsn& first, engine::Lsn& last) {
  first = position_.next;
  const ReadTransaction transaction(environment_);
  if (transaction.error() != 0) {
    return lmdb_failure(FailureKind::cannot_open, "cannot read the journal " + directory_.string(), transaction.error());
  }
  Cursor cursor(transaction.handle(), groups_);
  MDB_val key, value;
  int error = cursor.error() != 0 ? cursor.error() : find(cursor, key, value);
  std::size_t bytes = 0;
  while (error == 0 && position_.next <= until) {
    const Copied copied = copy_records(bytes_of(value), position_, until, out.subspan(bytes));
    if (copied.problem.fault != GroupFault::none) return damaged(copied.problem);
    bytes += copied.bytes;
    if (copied.full || position_.next > until) break;
    error = cursor.get(key, value, MDB_NEXT);
  }
  if (error == MDB_NOTFOUND && bytes == 0 && cursor.get(key, value, MDB_FIRST) == 0) {
    std::uint64_t oldest = 0;
    std::memcpy(&oldest, key.mv_data, sizeof oldest);
    if (position_.next.value < oldest) return Unexpected{trimmed(position_.next, engine::Lsn{oldest})};
  }
  if (error != 0 && error != MDB_NOTFOUND) {
    return lmdb_failure(FailureKind::damaged, "cannot read the journal " + directory_.string(), error);
  }
  last = engine::Lsn{position_.next.value - 1};
  return bytes;
}

class LmdbJournal final : public Journal {
 public:
  LmdbJournal(std::filesystem::path directory, std::optional<DirectoryLock> lock, const JournalCheck& check)
      : directory_(std::move(directory)), lock_(std::move(lock)), identity_(check.identity), link_(check.tail),
        last_(check.tail.last.value), oldest_(check.oldest.value), retain_(check.oldest.value) {}

  Outcome<void> start(const OpenOptions& options);
  Outcome<void> append(const Group& group) override;
  engine::Lsn last() const noexcept override { return engine::Lsn{last_.load(std::memory_order_acquire)}; }
  engine::Lsn oldest() const noexcept override { return engine::Lsn{oldest_.load(std::memory_order_acquire)}; }
  void retain_from(engine::Lsn oldest) noexcept override;
  Outcome<std::size_t> trim_now(engine::Lsn oldest, std::size_t most_groups) override;
  const DirectoryIdentity& identity() const noexcept override { return identity_; }
  std::unique_ptr<JournalReader> reader() const override {
    return std::make_unique<LmdbReader>(*environment_, groups_, directory_, oldest_);
  }

 private:
  int try_append(const Group& group, ChainLink& link, Trimmed& trim);
  int try_trim(engine::Lsn oldest, std::size_t most_groups, Trimmed& trim);
  Outcome<void> writable();
  void succeeded(const Trimmed& trim);
  Unexpected<Failure> failed_write(const std::string& what, int error);
  Unexpected<Failure> refuse(const std::string& text);

  std::filesystem::path directory_;
  std::optional<DirectoryLock> lock_;  // released last
  DirectoryIdentity identity_;
  ChainLink link_;
  // Stored (release) after the sync, by the appender; loaded (acquire) by last() on any thread.
  std::atomic<std::uint64_t> last_;
  std::atomic<std::uint64_t> oldest_;  // likewise, when what was before is gone
  std::atomic<std::uint64_t> retain_;  // what retain_from() asked for; relaxed, it guards nothing
  TrimPace pace_;
  bool read_only_ = false;
  bool failed_before_ = false;  // the mark of a failed append is there
  std::string failed_;  // why no append is accepted any more
  std::unique_ptr<LmdbEnvironment> environment_;
  MDB_dbi groups_ = 0, meta_ = 0;
};

Outcome<void> LmdbJournal::start(const OpenOptions& options) {
  read_only_ = options.read_only;
  failed_before_ = std::filesystem::exists(failed_append_mark(directory_));
  auto environment = LmdbEnvironment::open(directory_, options.read_only, options.map_bytes);
  if (!environment) return Unexpected{environment.error()};
  environment_ = std::move(environment).value();
  MDB_txn* transaction = nullptr;
  int error = mdb_txn_begin(environment_->handle(), nullptr, MDB_RDONLY, &transaction);
  if (error == 0) error = mdb_dbi_open(transaction, "groups", MDB_INTEGERKEY, &groups_);
  if (error == 0) error = mdb_dbi_open(transaction, "meta", 0, &meta_);
  // Committing a read transaction keeps the database's handle.
  if (error == 0) error = mdb_txn_commit(std::exchange(transaction, nullptr));
  if (transaction != nullptr) mdb_txn_abort(transaction);
  if (error != 0) return lmdb_failure(FailureKind::cannot_open, "cannot open the journal " + directory_.string(), error);
  return {};
}

// One transaction, one value. Zero, or LMDB's error; after MDB_MAP_FULL nothing was written.
int LmdbJournal::try_append(const Group& group, ChainLink& link, Trimmed& trim) {
  const engine::Lsn may_go{retain_.load(std::memory_order_relaxed)};
  std::size_t pages = 0;  // that are to become free
  if (may_go > oldest()) {
    if (const int error = pace_.wanted(*environment_, pages); error != 0) return error;
  }
  WriteTransaction transaction(*environment_);
  if (transaction.error() != 0) return transaction.error();
  const std::uint64_t first = group.first.value;
  MDB_val key = value_of(&first, sizeof first);
  MDB_val value{stored_bytes(group), nullptr};
  int error = mdb_put(transaction.handle(), groups_, &key, &value, MDB_RESERVE | MDB_APPEND);
  if (error != 0) return error;
  link = write_group(group, link_, {static_cast<std::byte*>(value.mv_data), value.mv_size});
  if (pages != 0) {
    error = trim_groups(transaction.handle(), groups_, meta_, std::min(may_go, link.last), {groups_per_trim, pages}, trim);
  }
  return error != 0 ? error : transaction.commit();
}

int LmdbJournal::try_trim(engine::Lsn oldest, std::size_t most_groups, Trimmed& trim) {
  WriteTransaction transaction(*environment_);
  if (transaction.error() != 0) return transaction.error();
  const int error = trim_groups(transaction.handle(), groups_, meta_, oldest, {most_groups, SIZE_MAX}, trim);
  if (error != 0 || trim.groups == 0) return error;
  return transaction.commit();
}

Unexpected<Failure> LmdbJournal::refuse(const std::string& text) {
  if (failed_.empty()) failed_ = text;
  return Unexpected{Failure{FailureKind::write_failed, text}};
}

Outcome<void> LmdbJournal::writable() {
  if (!failed_.empty()) return refuse("no append after a failed one: " + failed_);
  if (read_only_) return refuse("the journal " + directory_.string() + " is open for reading only");
  return {};
}

Outcome<void> LmdbJournal::append(const Group& group) {
  if (auto may = writable(); !may) return may;
  if (group.bytes > max_group_bytes) return refuse("a group of " + std::to_string(group.bytes) + " bytes is too large");
  ChainLink link;
  Trimmed trim;
  int error = try_append(group, link, trim);
  while (error == MDB_MAP_FULL && environment_->grow_map() == 0) error = try_append(group, link, trim);
  if (error != 0) {
    return failed_write("append records LSN " + std::to_string(group.first.value) + " to " + std::to_string(group.last.value) +
                        " to", error);
  }
  succeeded(trim);
  link_ = link;
  last_.store(group.last.value, std::memory_order_release);
  return {};
}

Unexpected<Failure> LmdbJournal::failed_write(const std::string& what, int error) {
  std::ofstream(failed_append_mark(directory_)) << mdb_strerror(error) << '\n';  // if this fails too, the start says damaged
  return refuse("cannot " + what + " the journal " + directory_.string() + ": " + mdb_strerror(error) +
                "; see to the disk, then start the server again: it recovers what is durable");
}

void LmdbJournal::succeeded(const Trimmed& trim) {
  if (std::exchange(failed_before_, false)) {
    std::error_code ignored;
    std::filesystem::remove(failed_append_mark(directory_), ignored);
  }
  if (trim.groups != 0) oldest_.store(trim.before.last.value + 1, std::memory_order_release);
}

void LmdbJournal::retain_from(engine::Lsn oldest) noexcept {
  std::uint64_t before = retain_.load(std::memory_order_relaxed);
  while (before < oldest.value && !retain_.compare_exchange_weak(before, oldest.value, std::memory_order_relaxed)) {
  }
}

Outcome<std::size_t> LmdbJournal::trim_now(engine::Lsn oldest, std::size_t most_groups) {
  if (auto may = writable(); !may) return Unexpected{may.error()};
  oldest = std::min(oldest, last());  // the newest group stays
  if (oldest <= this->oldest() || most_groups == 0) return std::size_t{0};
  Trimmed trim;
  int error = try_trim(oldest, most_groups, trim);
  while (error == MDB_MAP_FULL && environment_->grow_map() == 0) error = try_trim(oldest, most_groups, trim);
  if (error != 0) return failed_write("trim", error);
  succeeded(trim);
  return trim.groups;
}

DirectoryIdentity new_identity(const OpenOptions& options) {
  DirectoryIdentity identity;
  identity.format_version = journal_format_version;
  identity.catalogue_epoch = options.catalogue_epoch;
  while (identity.catalogue_epoch == 0 &&
         ::getrandom(&identity.catalogue_epoch, sizeof identity.catalogue_epoch, 0) < 0 && errno == EINTR) {
  }
  identity.created_us = options.created_us != 0
                            ? options.created_us
                            : std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::system_clock::now().time_since_epoch()).count();
  identity.max_skus = options.max_skus;
  identity.max_warehouses = options.max_warehouses;
  identity.on_commands_time = options.on_commands_time;
  return identity;
}

// The databases and the identity, in one transaction.
int fill_new(const LmdbEnvironment& environment, const DirectoryIdentity& identity) {
  WriteTransaction transaction(environment);
  MDB_dbi groups = 0, meta = 0;
  const auto bytes = write_identity(identity);
  const char name[] = "identity";
  MDB_val key = value_of(name, sizeof name - 1), value = value_of(bytes.data(), bytes.size());
  int error = transaction.error();
  if (error == 0) error = mdb_dbi_open(transaction.handle(), "groups", MDB_CREATE | MDB_INTEGERKEY, &groups);
  if (error == 0) error = mdb_dbi_open(transaction.handle(), "meta", MDB_CREATE, &meta);
  if (error == 0) error = mdb_put(transaction.handle(), meta, &key, &value, 0);
  return error == 0 ? transaction.commit() : error;
}

Outcome<void> create(const std::filesystem::path& directory, const OpenOptions& options) {
  const std::filesystem::path unfinished = directory / "journal.new";
  std::error_code error;
  std::filesystem::remove_all(unfinished, error);  // of a creation that was interrupted: nothing was ever decided in it
  if (auto made = ensure_directory(unfinished); !made) return made;
  {
    const auto environment = LmdbEnvironment::open(unfinished, false, options.map_bytes);
    if (!environment) return Unexpected{environment.error()};
    if (const int failed = fill_new(**environment, new_identity(options)); failed != 0) {
      return creation_failure("cannot create the journal " + unfinished.string(), failed);
    }
  }
  if (auto synced = sync_directory(unfinished); !synced) return synced;
  std::filesystem::rename(unfinished, directory / "journal", error);
  if (error) {
    return Unexpected{Failure{FailureKind::cannot_open,
                              "cannot create the journal in " + directory.string() + ": " + error.message()}};
  }
  return sync_directory(directory);
}

}  // namespace

Outcome<std::unique_ptr<Journal>> open_lmdb_journal(const std::filesystem::path& directory, const OpenOptions& options,
                                                    JournalCheck* check) {
  const std::filesystem::path path = directory / "journal";
  std::optional<DirectoryLock> lock;
  std::error_code error;
  if (!options.read_only) {
    if (auto made = ensure_directory(directory); !made) return Unexpected{made.error()};
    auto taken = DirectoryLock::take(directory);
    if (!taken) return Unexpected{taken.error()};
    lock.emplace(std::move(taken).value());
    if (options.when_locked && !options.when_locked()) return Unexpected{Failure{FailureKind::cannot_open, "not wanted any more"}};
    if (!std::filesystem::exists(path, error)) {
      if (auto created = create(directory, options); !created) return Unexpected{created.error()};
    }
  } else if (!std::filesystem::exists(path, error)) {
    return Unexpected{Failure{FailureKind::cannot_open, "there is no journal in " + directory.string() +
                                                            "; give the data directory of a server"}};
  }
  const auto checked = check_journal(path, options.check, options.read_only);
  if (!checked) return Unexpected{checked.error()};
  if (check != nullptr) *check = *checked;
  auto journal = std::make_unique<LmdbJournal>(path, std::move(lock), *checked);
  if (auto started = journal->start(options); !started) return Unexpected{started.error()};
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace earmark::storage
