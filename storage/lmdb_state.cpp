#include "storage/lmdb_state.hpp"

#include <algorithm>
#include <fstream>

#include "storage/directory_lock.hpp"
#include "storage/lmdb_state_store.hpp"
#include "storage/order_record.hpp"

namespace earmark::storage {

using engine::Lsn;

namespace {

Unexpected<Failure> not_ours(FailureKind kind, const std::filesystem::path& directory, const std::string& what) {
  return Unexpected{Failure{kind, "the state " + directory.string() + " " + what + state_remedy}};
}

int fill_new(const LmdbEnvironment& environment, std::uint64_t epoch) {
  WriteTransaction transaction(environment);
  StateTables tables;
  int error = transaction.error();
  if (error == 0) error = open_tables(transaction.handle(), MDB_CREATE, tables);
  if (error == 0) error = put_identity(transaction.handle(), tables, epoch);
  if (error == 0) error = put_summary(transaction.handle(), tables, SummaryRow{});
  return error == 0 ? transaction.commit() : error;
}

// As a journal is made (lmdb_journal.cpp): under another name first.
Outcome<void> create(const std::filesystem::path& directory, std::uint64_t epoch, std::size_t map_bytes) {
  const std::filesystem::path unfinished = directory / "state.new";
  std::error_code error;
  std::filesystem::remove_all(unfinished, error);
  if (auto made = ensure_directory(unfinished); !made) return made;
  {
    const auto environment = LmdbEnvironment::open(unfinished, false, map_bytes);
    if (!environment) return Unexpected{environment.error()};
    if (const int failed = fill_new(**environment, epoch); failed != 0) {
      return creation_failure("cannot create the state " + unfinished.string(), failed);
    }
  }
  if (auto synced = sync_directory(unfinished); !synced) return synced;
  std::filesystem::remove(directory / "state", error);  // an empty directory, or none
  std::filesystem::rename(unfinished, directory / "state", error);
  if (error) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot create the state in " + directory.string() + ": " + error.message()}};
  }
  return sync_directory(directory);
}

// The newest orders of a store of version 3 or before, where they stand now.
int write_newest_anew(MDB_txn* transaction, const StateTables& tables) {
  std::vector<std::pair<Lsn, engine::Identity>> all;
  MDB_val key{}, value{};
  int error = 0;
  {
    Cursor cursor(transaction, tables.newest);
    error = cursor.error() != 0 ? cursor.error() : cursor.get(key, value, MDB_FIRST);
    while (error == 0) {
      NewestRow row;
      std::uint64_t words[2] = {};
      if (key.mv_size != sizeof words || read_row(key, value, row) != 0) return MDB_CORRUPTED;
      std::memcpy(words, key.mv_data, sizeof words);
      all.emplace_back(Lsn{row.lsn}, engine::Identity{__builtin_bswap64(words[1]), __builtin_bswap64(words[0])});
      error = cursor.get(key, value, MDB_NEXT);
    }
  }
  if (error != MDB_NOTFOUND) return error;
  // They stand in the order of their identities, and do within each age.
  std::stable_sort(all.begin(), all.end(), [](const auto& left, const auto& right) { return newest_age(left.first) < newest_age(right.first); });
  error = mdb_drop(transaction, tables.newest, 0);
  Cursor cursor(transaction, tables.newest);
  if (error == 0) error = cursor.error();
  for (const auto& [lsn, identity] : all) {
    if (error == 0) error = put_newest(cursor, identity, lsn, MDB_APPEND);
  }
  return error;
}

// A state of version 3, or one of version 1 or 2 whose journal cannot make it again. Of the latter figures, or those that they had not, begin behind `applied`,
// and so do vendors' lateness and what lines were promised: of what came before nothing is known.
int take_over_old(const LmdbEnvironment& environment) {
  WriteTransaction transaction(environment);
  StateTables tables;
  IdentityRow owner;
  SummaryRow summary;
  int error = transaction.error();
  if (error == 0) error = open_tables(transaction.handle(), MDB_CREATE, tables);
  if (error == 0) error = get_identity(transaction.handle(), tables, owner);
  if (error == 0) error = get_summary(transaction.handle(), tables, summary);
  if (error == 0 && owner.version == state_version_without_figures) error = begin_figures(transaction.handle(), tables, summary);
  if (error == 0 && owner.version < state_version_of_one_age) error = write_purchases_anew(transaction.handle(), tables);
  if (error == 0 && owner.version < state_version_of_one_age) error = put_promises(transaction.handle(), tables, {0, 0, summary.applied + 1});
  if (error == 0) error = write_newest_anew(transaction.handle(), tables);
  if (error == 0) error = put_identity(transaction.handle(), tables, owner.epoch);
  if (error == 0) error = put_summary(transaction.handle(), tables, summary);  // it names the transaction that wrote it
  return error == 0 ? transaction.commit() : error;
}

// The version and the epoch, whatever else the store has.
int read_owner(const LmdbEnvironment& environment, IdentityRow& owner) {
  MDB_txn* transaction = nullptr;
  StateTables tables;
  int error = mdb_txn_begin(environment.handle(), nullptr, MDB_RDONLY, &transaction);
  if (error == 0) error = mdb_dbi_open(transaction, "meta", 0, &tables.meta);
  if (error == 0) error = get_identity(transaction, tables, owner);
  if (transaction != nullptr) mdb_txn_abort(transaction);
  return error;
}

}  // namespace

int read_order(Lsn lsn, const MDB_val& value, std::vector<std::uint64_t>& buffer, engine::OrderImage& image) {
  auto bytes = bytes_of(value);
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    buffer.resize(bytes.size() / 8 + 1);
    std::memcpy(buffer.data(), bytes.data(), bytes.size());
    bytes = std::as_bytes(std::span(buffer)).first(bytes.size());
  }
  return read_order_record(lsn, bytes, image) ? 0 : MDB_CORRUPTED;
}

Unexpected<Failure> LmdbState::cannot_read(int error) const {
  const bool damaged = error == MDB_CORRUPTED || error == MDB_NOTFOUND || error == MDB_PAGE_NOTFOUND || error == MDB_BAD_VALSIZE;
  const std::string what = error == MDB_CORRUPTED ? "a checksum does not match"
                           : error == MDB_NOTFOUND ? "a value that others name is not there"
                                                   : mdb_strerror(error);
  return Unexpected{Failure{damaged ? FailureKind::damaged : FailureKind::cannot_open,
                            "the state " + directory_.string() + (damaged ? " is damaged: " : " cannot be read: ") + what +
                                (damaged ? state_remedy : "")}};
}

Unexpected<Failure> LmdbState::cannot_write(int error) {
  failed_ = "cannot write the state " + directory_.string() + ": " + mdb_strerror(error) +
            "; see to the disk, then start the server again: the state follows the journal";
  std::ofstream(failed_append_mark(directory_)) << mdb_strerror(error) << '\n';
  return Unexpected{Failure{FailureKind::write_failed, failed_}};
}

Outcome<void> LmdbState::writable() const {
  if (!failed_.empty()) return Unexpected{Failure{FailureKind::write_failed, "no change after a failed one: " + failed_}};
  if (!read_only_) return {};
  return Unexpected{Failure{FailureKind::write_failed, "the state " + directory_.string() + " is open for reading only"}};
}

void LmdbState::note_success() {
  if (!std::exchange(failed_before_, false)) return;
  std::error_code ignored;
  std::filesystem::remove(failed_append_mark(directory_), ignored);
}

int LmdbState::summary_in(MDB_txn* transaction, SummaryRow& row, StateSummary& summary) const {
  FiguresRow figures, promises;
  int error = get_summary(transaction, tables_, row);
  if (error == 0) error = get_figures(transaction, tables_, figures);
  if (error == 0) error = get_promises(transaction, tables_, promises);
  if (error != 0) return error;
  const std::uint64_t orders = entries_of(transaction, tables_.orders), open = entries_of(transaction, tables_.open);
  if (open > orders) return MDB_CORRUPTED;
  summary = {Lsn{row.applied}, engine::TimeUs{row.last_time}, Lsn{row.oldest_known}, entries_of(transaction, tables_.ids),
             open, orders - open, Lsn{row.archived}, row.complete != 0, Lsn{row.decisions_before}, Lsn{figures.from}, Lsn{promises.from}};
  return 0;
}

void LmdbState::take_over(const SummaryRow& row, const StateSummary& summary) {
  const std::scoped_lock lock(mutex_);
  row_ = row;
  summary_ = summary;
}

Outcome<void> LmdbState::start(const DirectoryIdentity& identity, const StateOptions& options) {
  read_only_ = options.read_only;
  failed_before_ = std::filesystem::exists(failed_append_mark(directory_));
  auto environment = LmdbEnvironment::open(directory_, options.read_only, options.map_bytes);
  if (!environment) return Unexpected{environment.error()};
  environment_ = std::move(environment).value();
  IdentityRow owner;
  if (const int failed = read_owner(*environment_, owner); failed != 0) return cannot_read(failed);
  const bool lacks_some = owner.version == state_version_without_figures || owner.version == state_version_without_promises;
  if (!options.read_only && (owner.version == state_version_of_one_age || (lacks_some && !options.journal_whole))) {
    if (const int failed = take_over_old(*environment_); failed != 0) return cannot_write(failed);
    owner.version = state_format_version;
  }
  if (owner.version != state_format_version) {
    return not_ours(FailureKind::bad_version, directory_, "has format version " + std::to_string(owner.version) +
                    ", this program knows " + std::to_string(state_format_version));
  }
  MDB_txn* transaction = nullptr;
  int error = mdb_txn_begin(environment_->handle(), nullptr, MDB_RDONLY, &transaction);
  if (error == 0) error = open_tables(transaction, 0, tables_);
  if (error == 0) error = summary_in(transaction, row_, summary_);
  if (error == 0) error = mdb_txn_commit(std::exchange(transaction, nullptr));  // keeps the tables' handles
  if (transaction != nullptr) mdb_txn_abort(transaction);
  if (error != 0) return cannot_read(error);
  if (owner.epoch != identity.catalogue_epoch) {
    return not_ours(FailureKind::damaged, directory_, "belongs to another journal: its catalogue epoch is " +
                    std::to_string(owner.epoch) + ", the journal's " + std::to_string(identity.catalogue_epoch));
  }
  if (options.journal_last.value != 0 && summary_.applied > options.journal_last) {
    return not_ours(FailureKind::damaged, directory_, "is ahead of its journal: it holds everything up to LSN " +
                    std::to_string(summary_.applied.value) + ", the journal ends at LSN " +
                    std::to_string(options.journal_last.value));
  }
  const Lsn oldest = options.journal_oldest;
  if (summary_.applied + 1 < oldest || row_.decisions_before < oldest.value) {
    return not_ours(FailureKind::damaged, directory_, "lacks what its journal no longer has: that begins at LSN " +
                    std::to_string(oldest.value) + ", the state ends at LSN " + std::to_string(summary_.applied.value) +
                    " and has decisions of open orders up to LSN " + std::to_string(row_.decisions_before - 1));
  }
  return {};
}

Outcome<void> LmdbState::share_disk() {
  if (auto may = writable(); !may) return may;
  if (const int failed = environment_->write_through(directory_); failed != 0) {
    return lmdb_failure(FailureKind::cannot_open, "cannot open the state " + directory_.string() + " for writing through; are descriptors used up (ulimit -n)? Then start the server again", failed);
  }
  return {};
}

StateSummary LmdbState::summary() const {
  const std::scoped_lock lock(mutex_);
  return summary_;
}

Outcome<bool> LmdbState::find(Lsn lsn, engine::OrderImage& image) {
  const ReadTransaction transaction(*environment_);
  MDB_val key = key_of(lsn.value), value{};
  int error = transaction.error();
  if (error == 0) error = get_value(transaction.handle(), tables_.orders, bytes_of(key), value);
  if (error == MDB_NOTFOUND) return false;
  if (error != 0) return cannot_read(error);
  find_buffer_.resize(value.mv_size / 8 + 1);
  std::memcpy(find_buffer_.data(), value.mv_data, value.mv_size);
  if (!read_order_record(lsn, std::as_bytes(std::span(find_buffer_)).first(value.mv_size), image)) return cannot_read(MDB_CORRUPTED);
  return true;
}

Outcome<Lsn> LmdbState::newest(engine::Identity identity) {
  const ReadTransaction transaction(*environment_);
  NewestRow row;
  const int error = transaction.error() != 0 ? transaction.error()
                                             : get_newest(transaction.handle(), tables_, identity, summary().applied, row);
  if (error == MDB_NOTFOUND) return Lsn{};
  if (error != 0) return cannot_read(error);
  return Lsn{row.lsn};
}

Outcome<OpenedState> open_lmdb_state(const std::filesystem::path& directory, const DirectoryIdentity& identity,
                                     const StateOptions& options, StateCheck* check) {
  const std::filesystem::path path = directory / "state";
  std::error_code error;
  OpenedState opened;
  if (!std::filesystem::exists(path, error) || std::filesystem::is_empty(path, error)) {
    if (options.read_only) return opened;
    if (auto created = create(directory, identity.catalogue_epoch, options.map_bytes); !created) return Unexpected{created.error()};
    opened.created = true;
  }
  const auto checked = options.begun != nullptr && !opened.created ? options.begun->end() : check_state(path, options.check, options.read_only);
  if (!checked) return Unexpected{checked.error()};
  if (check != nullptr) *check = *checked;
  auto state = std::make_unique<LmdbState>(path);
  if (auto started = state->start(identity, options); !started) return Unexpected{started.error()};
  opened.complete = state->summary().complete;
  opened.store = std::move(state);
  return opened;
}

Outcome<std::filesystem::path> move_state_aside(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::path aside;
  for (std::uint64_t number = 1; aside.empty() || std::filesystem::exists(aside, error); ++number) {
    aside = directory / ("state.damaged-" + std::to_string(number));
  }
  std::filesystem::rename(directory / "state", aside, error);
  if (error) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot move " + (directory / "state").string() + " to " +
                                                            aside.string() + ": " + error.message()}};
  }
  if (auto synced = sync_directory(directory); !synced) return Unexpected{synced.error()};
  return aside;
}

Outcome<void> adopt_state(const std::filesystem::path& directory, std::uint64_t catalogue_epoch) {
  const std::filesystem::path path = directory / "state";
  auto environment = LmdbEnvironment::open(path, false, 0);
  if (!environment) return Unexpected{environment.error()};
  WriteTransaction transaction(**environment);
  StateTables tables;
  SummaryRow summary;
  int error = transaction.error();
  if (error == 0) error = open_tables(transaction.handle(), 0, tables);
  if (error == 0) error = get_summary(transaction.handle(), tables, summary);
  if (error == 0) error = put_identity(transaction.handle(), tables, catalogue_epoch);
  if (error == 0) error = put_summary(transaction.handle(), tables, summary);  // it names the transaction that wrote it
  if (error == 0) error = transaction.commit();
  if (error != 0) return lmdb_failure(FailureKind::write_failed, "cannot change the state " + path.string(), error);
  return {};
}

}  // namespace earmark::storage
