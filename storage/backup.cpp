#include "storage/backup.hpp"

#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

#include "storage/directory_lock.hpp"
#include "storage/lmdb_copy.hpp"
#include "storage/lmdb_journal.hpp"
#include "storage/partial_directory.hpp"
#include "storage/recovery.hpp"

namespace earmark::storage {
namespace {

namespace fs = std::filesystem;

constexpr int most_tries = 3;

std::uint64_t size_of(const fs::path& file) {
  std::error_code missing;
  const auto bytes = fs::file_size(file, missing);
  return missing ? 0 : bytes;
}

// Without "." and "/" at the end, so that ".partial" can be put behind it.
fs::path without_slash(const fs::path& path) {
  const fs::path whole = fs::absolute(path).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

Unexpected<Failure> interrupted() {
  return Unexpected{Failure{FailureKind::cannot_open, "interrupted; nothing was left behind"}};
}

// One copy under way: where it is made, and who is told how far it is.
class Copy {
 public:
  Copy(PartialDirectory target, const CopyProgress& progress) : target_(std::move(target)), progress_(progress) {}

  const fs::path& path() const noexcept { return target_.path(); }
  bool tell(std::string_view step, std::uint64_t done = 0, std::uint64_t total = 0) const {
    return !progress_ || progress_(step, done, total);
  }
  CopyTick tick(std::string_view step, std::uint64_t total) const {
    return [this, step, total](std::uint64_t done) { return tell(step, done, total); };
  }
  // The state is the state store's to check when it is opened; without one its pages are copied as they are.
  Outcome<void> state(const fs::path& from) const {
    return copy_environment(from, path() / "state", tick("copying the state", size_of(from / "data.mdb")));
  }
  // The copy as a start would look at it: pages, checksums, chain, and every record decoded.
  Outcome<std::unique_ptr<Journal>> open_checked(const fs::path& from, JournalCheck& check) const;
  // Leaves what belongs to the copy alone, and gives it its name.
  Outcome<CopyReport> publish(const JournalCheck& check);

 private:
  PartialDirectory target_;
  const CopyProgress& progress_;
};

Outcome<std::unique_ptr<Journal>> Copy::open_checked(const fs::path& from, JournalCheck& check) const {
  if (!tell("checking the copy")) return interrupted();
  OpenOptions options;
  options.read_only = true;
  options.check = CheckDepth::contents;
  auto journal = open_lmdb_journal(path(), options, &check);
  if (journal) {
    if (auto report = replay(**journal, [](const schema::Event&) {}, {(*journal)->oldest(), check.tail.last}); !report) {
      journal = Unexpected{report.error()};
    }
  }
  if (!journal) {
    // Damage in what was copied is told with the places there.
    if (const auto original = check_journal(from / "journal", CheckDepth::contents, true); !original) {
      return Unexpected{original.error()};
    }
    return Unexpected{Failure{journal.error().kind, "the copy was removed, since it fails its check, which the original passes: " +
                                                        journal.error().text}};
  }
  if (!tell("checking the copy")) return interrupted();
  return journal;
}

Outcome<CopyReport> Copy::publish(const JournalCheck& check) {
  CopyReport report{check, false, 0};
  for (const char* part : {"journal", "state"}) {
    const fs::path directory = path() / part;
    if (!fs::exists(directory)) continue;
    std::error_code ignored;
    fs::remove(directory / "lock.mdb", ignored);  // of the check that read it
    report.file_bytes += size_of(directory / "data.mdb");
    report.with_state = report.with_state || part == std::string_view("state");
    if (const auto synced = sync_directory(directory); !synced) {
      return Unexpected{Failure{FailureKind::write_failed, synced.error().text}};
    }
  }
  if (auto published = target_.publish(); !published) return Unexpected{published.error()};
  return report;
}

Outcome<Copy> begin(const fs::path& target, const CopyProgress& progress) {
  if (auto usable = check_copy_target(target); !usable) return Unexpected{usable.error()};
  auto made = PartialDirectory::make(without_slash(target));
  if (!made) return Unexpected{made.error()};
  return Copy(std::move(made).value(), progress);
}

Outcome<void> require_journal(const fs::path& directory) {
  std::error_code error;
  if (fs::exists(directory / "journal", error)) return {};
  return Unexpected{Failure{FailureKind::cannot_open, "there is no journal in " + directory.string() + "; give a data directory or a backup of one"}};
}

// State and journal, once. The journal's pages are checked before LMDB is let near them, as everywhere.
Outcome<void> copy_both(const fs::path& directory, const Copy& copy) {
  const bool with_state = fs::exists(directory / "state" / "data.mdb");
  if (with_state) {
    if (auto copied = copy.state(directory / "state"); !copied) return copied;
  }
  const fs::path journal = directory / "journal";
  if (!copy.tell("looking at the journal")) return interrupted();
  const auto check = check_journal(journal, CheckDepth::pages, true);
  if (!check) return Unexpected{check.error()};
  const std::uint64_t total = check->used_bytes - check->free_pages * check->page_bytes;
  return copy_environment(journal, copy.path() / "journal", copy.tick("copying the journal", total));
}

std::uint64_t new_epoch(std::uint64_t other_than) {
  std::uint64_t epoch = 0;
  while (epoch == 0 || epoch == other_than) {
    if (::getrandom(&epoch, sizeof epoch, 0) < 0 && errno != EINTR) break;
  }
  return epoch;
}

}  // namespace

Outcome<void> check_copy_target(const fs::path& target) {
  const auto refuse = [&](const std::string& why) {
    return Unexpected{Failure{FailureKind::cannot_open, target.string() + " " + why}};
  };
  const fs::path path = without_slash(target);
  struct stat itself = {}, parent = {};
  if (::lstat(path.c_str(), &itself) != 0) return {};
  if (!S_ISDIR(itself.st_mode)) return refuse("is there already and is no directory; give a name that does not exist");
  std::error_code error;
  if (!fs::is_empty(path, error) || error) return refuse("is not empty; give a name that does not exist, or an empty directory");
  if (::stat(path.parent_path().c_str(), &parent) == 0 && parent.st_dev != itself.st_dev) {
    return refuse("is a mount point, which cannot be replaced in one step; give a name below it");
  }
  return {};
}

Outcome<CopyReport> back_up(const fs::path& directory, const fs::path& target, const CopyProgress& progress,
                            const StateFitsJournal& state_fits) {
  if (auto there = require_journal(directory); !there) return Unexpected{there.error()};
  auto copy = begin(target, progress);
  if (!copy) return Unexpected{copy.error()};
  for (int tries = 1; tries <= most_tries; ++tries) {
    if (auto copied = copy_both(directory, *copy); !copied) return Unexpected{copied.error()};
    JournalCheck check;
    auto journal = copy->open_checked(directory, check);
    if (!journal) return Unexpected{journal.error()};
    bool fits = true;
    if (state_fits && fs::exists(copy->path() / "state")) {
      const auto answer = state_fits(copy->path() / "state", **journal);
      if (!answer) return Unexpected{answer.error()};
      fits = *answer;
    }
    journal->reset();
    if (fits) return copy->publish(check);
    std::error_code ignored;
    for (const char* part : {"state", "journal"}) fs::remove_all(copy->path() / part, ignored);
  }
  return Unexpected{Failure{FailureKind::cannot_open, "the journal was trimmed faster than it could be copied, " +
                                                          std::to_string(most_tries) + " times; try again at a quieter time"}};
}

Outcome<CopyReport> restore(const fs::path& backup, const fs::path& target, const CopyProgress& progress) {
  if (auto there = require_journal(backup); !there) return Unexpected{there.error()};
  auto copy = begin(target, progress);
  if (!copy) return Unexpected{copy.error()};
  if (!copy->tell("checking the backup")) return interrupted();
  // A data directory may be restored as well as a backup, but not one that a server is writing.
  std::optional<DirectoryLock> lock;
  if (fs::exists(backup / "lock")) {
    auto taken = DirectoryLock::take(backup);
    if (!taken) return Unexpected{taken.error()};
    lock.emplace(std::move(taken).value());
  }
  const auto source = check_journal(backup / "journal", CheckDepth::contents, false);
  if (!source) return Unexpected{source.error()};
  if (fs::exists(backup / "state" / "data.mdb")) {
    if (auto copied = copy->state(backup / "state"); !copied) return Unexpected{copied.error()};
  }
  const std::uint64_t total = source->used_bytes - source->free_pages * source->page_bytes;
  if (auto copied = copy_with_epoch(backup / "journal", copy->path() / "journal", *source, new_epoch(source->identity.catalogue_epoch),
                                    copy->tick("copying the journal", total));
      !copied) {
    return Unexpected{copied.error()};
  }
  JournalCheck check;
  auto journal = copy->open_checked(backup, check);
  if (!journal) return Unexpected{journal.error()};
  journal->reset();
  return copy->publish(check);
}

}  // namespace earmark::storage
