#include "storage/lmdb_copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

#include "storage/child_work.hpp"
#include "storage/identity.hpp"
#include "storage/lmdb_environment.hpp"

namespace earmark::storage {
namespace {

constexpr std::size_t batch_bytes = std::size_t{64} << 20;  // in one transaction, of a copy that nobody sees yet

std::string_view text_of(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

Unexpected<Failure> cannot_write(const std::filesystem::path& path, const std::string& why) {
  return Unexpected{Failure{FailureKind::write_failed, "cannot write " + path.string() + ": " + why +
                                                           "; nothing was left behind, see to the disk and start again"}};
}

// LMDB gives errors of the system as they are, and its own as negative numbers.
Unexpected<Failure> copy_failed(const std::filesystem::path& from, const std::filesystem::path& file, int error) {
  if (error > 0) return cannot_write(file, mdb_strerror(error));
  return lmdb_failure(FailureKind::damaged, "cannot copy " + from.string(), error);
}

Outcome<void> make_directory(const std::filesystem::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0) return cannot_write(path, std::strerror(errno));
  return {};
}

Outcome<void> copy_hot(const std::filesystem::path& from, const std::filesystem::path& to, CopyForm form) {
  if (auto made = make_directory(to); !made) return made;
  const auto environment = LmdbEnvironment::open(from, true, 0);
  if (!environment) return Unexpected{environment.error()};
  const std::filesystem::path file = to / "data.mdb";
  const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (out < 0) return cannot_write(file, std::strerror(errno));
  const int error = mdb_env_copyfd2((*environment)->handle(), out, form == CopyForm::compact ? MDB_CP_COMPACT : 0);
  const int unsynced = error == 0 && ::fsync(out) != 0 ? errno : 0;
  ::close(out);
  if (error != 0) return copy_failed(from, file, error);
  if (unsynced != 0) return cannot_write(file, std::strerror(unsynced));
  return {};
}

// Group by group from one environment into another. Its last transaction holds exactly one group, as every commit of a
// journal does: the check of the pages relies on it.
class EpochCopy {
 public:
  EpochCopy(LmdbEnvironment& from, const LmdbEnvironment& to) : to_(to), reading_(from) {}

  int run(const JournalCheck& check, std::uint64_t epoch) {
    int error = begin(check, epoch);
    if (error != 0 || check.groups == 0) return error;
    Cursor cursor(reading_.handle(), groups_);
    if (cursor.error() != 0) return cursor.error();
    std::uint64_t copied = 0;
    MDB_val key, value;
    for (error = cursor.get(key, value, MDB_FIRST); error == 0 && copied < check.groups - 1;) {
      error = copy_batch(cursor, key, value, copied, check.groups - 1);
    }
    if (error != 0) return error;
    WriteTransaction last(to_);
    if (last.error() != 0) return last.error();
    error = mdb_put(last.handle(), copied_groups_, &key, &value, MDB_APPEND);
    return error == 0 ? last.commit() : error;
  }

 private:
  // The databases, and the whole of "meta", with another identity and the chain's seed.
  int begin(const JournalCheck& check, std::uint64_t epoch) {
    MDB_dbi meta = 0, copied_meta = 0;
    if (reading_.error() != 0) return reading_.error();
    WriteTransaction writing(to_);
    int error = writing.error();
    if (error == 0) error = mdb_dbi_open(reading_.handle(), "groups", MDB_INTEGERKEY, &groups_);
    if (error == 0) error = mdb_dbi_open(reading_.handle(), "meta", 0, &meta);
    if (error == 0) error = mdb_dbi_open(writing.handle(), "groups", MDB_CREATE | MDB_INTEGERKEY, &copied_groups_);
    if (error == 0) error = mdb_dbi_open(writing.handle(), "meta", MDB_CREATE, &copied_meta);
    if (error == 0) error = copy_meta(meta, writing.handle(), copied_meta);
    DirectoryIdentity identity = check.identity;
    identity.catalogue_epoch = epoch;
    const auto identity_bytes = write_identity(identity);
    const auto seed_bytes = write_chain_seed(check.chain_seed);
    if (error == 0) error = put(writing.handle(), copied_meta, "identity", identity_bytes);
    if (error == 0) error = put(writing.handle(), copied_meta, "chain_seed", seed_bytes);
    return error == 0 ? writing.commit() : error;
  }

  static int put(MDB_txn* transaction, MDB_dbi database, std::string_view name, std::span<const std::byte> bytes) {
    MDB_val key = value_of(std::as_bytes(std::span(name))), value = value_of(bytes);
    return mdb_put(transaction, database, &key, &value, 0);
  }

  int copy_meta(MDB_dbi meta, MDB_txn* transaction, MDB_dbi copied_meta) {
    Cursor cursor(reading_.handle(), meta);
    MDB_val key, value;
    int error = cursor.error();
    if (error == 0) error = cursor.get(key, value, MDB_FIRST);
    while (error == 0) {
      if (text_of(key) != "identity" && text_of(key) != "chain_seed") error = mdb_put(transaction, copied_meta, &key, &value, 0);
      if (error == 0) error = cursor.get(key, value, MDB_NEXT);
    }
    return error == MDB_NOTFOUND ? 0 : error;
  }

  // From the cursor's group on, which is left on the next one.
  int copy_batch(Cursor& cursor, MDB_val& key, MDB_val& value, std::uint64_t& copied, std::uint64_t most) {
    WriteTransaction transaction(to_);
    int error = transaction.error();
    for (std::size_t bytes = 0; error == 0 && bytes < batch_bytes && copied < most; ++copied) {
      MDB_val copied_key = key, copied_value = value;
      error = mdb_put(transaction.handle(), copied_groups_, &copied_key, &copied_value, MDB_APPEND);
      bytes += value.mv_size;
      if (error == 0) error = cursor.get(key, value, MDB_NEXT);
    }
    return error == 0 ? transaction.commit() : error;
  }

  const LmdbEnvironment& to_;
  ReadTransaction reading_;
  MDB_dbi groups_ = 0, copied_groups_ = 0;
};

CopyTick ticking_for(const CopyTick& tick) { return tick ? tick : [](std::uint64_t) { return true; }; }

Outcome<void> in_child(const std::filesystem::path& from, const std::filesystem::path& to, const CopyTick& tick,
                       const std::function<Outcome<void>()>& work) {
  return run_in_child("copying " + from.string(), work, [file = to / "data.mdb", ticking = ticking_for(tick)] {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(file, missing);
    return ticking(missing ? 0 : bytes);
  });
}

}  // namespace

Outcome<void> copy_environment(const std::filesystem::path& from, const std::filesystem::path& to, CopyForm form, const CopyTick& tick) {
  return in_child(from, to, tick, [&] { return copy_hot(from, to, form); });
}

Outcome<void> copy_with_epoch(const std::filesystem::path& from, const std::filesystem::path& to, const JournalCheck& check,
                              std::uint64_t epoch, const CopyTick& tick) {
  return in_child(from, to, tick, [&]() -> Outcome<void> {
    if (auto made = make_directory(to); !made) return made;
    const auto source = LmdbEnvironment::open(from, true, 0);
    if (!source) return Unexpected{source.error()};
    const auto target = LmdbEnvironment::open(to, false, 0);
    if (!target) return Unexpected{target.error()};
    const int error = EpochCopy(**source, **target).run(check, epoch);
    if (error != 0) return copy_failed(from, to / "data.mdb", error);
    return {};
  });
}

}  // namespace earmark::storage
