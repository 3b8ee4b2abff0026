#include "storage/backup.hpp"

#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

#include "storage/child_work.hpp"
#include "storage/directory_lock.hpp"
#include "storage/lmdb_copy.hpp"
#include "storage/lmdb_journal.hpp"
#include "storage/lmdb_state.hpp"
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
  // If there is one. A state that cannot be copied because of damage is left out for the moment.
  Outcome<void> state(const fs::path& from);
  // Whether the copied state, if there is one, may stay beside the copied journal. Damage: it is left out, or the failure.
  Outcome<bool> settle_state(const Journal& journal, const DirectoryIdentity& identity, const StateFitsJournal& fits);
  // The copied state, if there is one, belongs to the journal with this epoch from now on.
  Outcome<void> adopt_state_for(std::uint64_t epoch) const {
    if (state_ != CopiedState::copied) return {};
    return run_in_child("changing the state", [&] { return adopt_state(path(), epoch); }, [] { return true; });
  }
  // The copy as a start would look at it: pages, checksums, chain, and every record decoded.
  Outcome<std::unique_ptr<Journal>> open_checked(const fs::path& from, JournalCheck& check) const;
  // Leaves what belongs to the copy alone, and gives it its name.
  Outcome<CopyReport> publish(const JournalCheck& check);

 private:
  PartialDirectory target_;
  const CopyProgress& progress_;
  CopiedState state_ = CopiedState::none;
  Failure why_left_out_;
};

bool is_damage(const Failure& failure) {
  return failure.kind == FailureKind::damaged || failure.kind == FailureKind::bad_version;
}

Outcome<void> Copy::state(const fs::path& from) {
  state_ = CopiedState::none;
  if (!fs::exists(from / "data.mdb")) return {};
  const auto copied = copy_environment(from, path() / "state", CopyForm::as_it_is, tick("copying the state", size_of(from / "data.mdb")));
  if (!copied && !is_damage(copied.error())) return Unexpected{copied.error()};
  state_ = copied ? CopiedState::copied : CopiedState::left_out;
  if (!copied) why_left_out_ = copied.error();
  // Whoever opens the copy has to know, as of the original, that its last commit failed.
  std::error_code ignored;
  if (copied) fs::copy_file(failed_append_mark(from), failed_append_mark(path() / "state"), ignored);
  return {};
}

Outcome<bool> Copy::settle_state(const Journal& journal, const DirectoryIdentity& identity, const StateFitsJournal& fits) {
  if (state_ == CopiedState::none) {
    if (journal.oldest() == engine::Lsn{1}) return true;
    return Unexpected{Failure{FailureKind::damaged, "the journal begins at LSN " + std::to_string(journal.oldest().value) +
                                                        " and there is no state that carries what is before; use another backup"}};
  }
  if (state_ == CopiedState::copied) {
    if (!tell("checking the copy of the state")) return interrupted();
    const auto answer = fits(path(), journal, identity);
    if (answer) return *answer;
    if (!is_damage(answer.error())) return Unexpected{answer.error()};
    why_left_out_ = answer.error();
  }
  if (journal.oldest() > engine::Lsn{1}) return Unexpected{why_left_out_};  // nothing else holds what was trimmed
  state_ = CopiedState::left_out;
  std::error_code ignored;
  fs::remove_all(path() / "state", ignored);
  return true;
}

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
  CopyReport report{check, state_, state_ == CopiedState::left_out ? why_left_out_.text : std::string(), 0};
  for (const char* part : {"journal", "state"}) {
    const fs::path directory = path() / part;
    if (!fs::exists(directory)) continue;
    std::error_code ignored;
    fs::remove(directory / "lock.mdb", ignored);  // of the check that read it
    report.file_bytes += size_of(directory / "data.mdb");
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
Outcome<void> copy_both(const fs::path& directory, Copy& copy) {
  if (auto copied = copy.state(directory / "state"); !copied) return copied;
  const fs::path journal = directory / "journal";
  if (!copy.tell("looking at the journal")) return interrupted();
  const auto check = check_journal(journal, CheckDepth::pages, true);
  if (!check) return Unexpected{check.error()};
  const std::uint64_t total = check->used_bytes - check->free_pages * check->page_bytes;
  return copy_environment(journal, copy.path() / "journal", CopyForm::compact, copy.tick("copying the journal", total));
}

std::uint64_t new_epoch(std::uint64_t other_than) {
  std::uint64_t epoch = 0;
  while (epoch == 0 || epoch == other_than) {
    if (::getrandom(&epoch, sizeof epoch, 0) < 0 && errno != EINTR) break;
  }
  return epoch;
}

}  // namespace

// In a child process: nothing is known about the pages yet.
Outcome<bool> state_fits_journal(const fs::path& directory, const Journal& journal, const DirectoryIdentity& identity) {
  const auto work = [&]() -> Outcome<void> {
    StateOptions options;
    options.read_only = true;
    options.journal_last = journal.last();
    const auto opened = open_lmdb_state(directory, identity, options);
    if (!opened) return Unexpected{opened.error()};
    if (!opened->store) return {};
    // What the journal no longer has must be in the state: what it amounts to, and decisions that may be asked for again.
    const StateSummary summary = opened->store->summary();
    if (summary.applied + 1 >= journal.oldest() && summary.decisions_before >= journal.oldest()) return {};
    return Unexpected{Failure{FailureKind::trimmed, "the journal was trimmed past the state"}};
  };
  const auto done = run_in_child("reading the state", work, [] { return true; });
  if (!done && done.error().kind != FailureKind::trimmed) return Unexpected{done.error()};
  return done.has_value();
}

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
    const auto fits = copy->settle_state(**journal, check.identity, state_fits);
    if (!fits) return Unexpected{fits.error()};
    journal->reset();
    if (*fits) return copy->publish(check);
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
  if (auto copied = copy->state(backup / "state"); !copied) return Unexpected{copied.error()};
  const std::uint64_t total = source->used_bytes - source->free_pages * source->page_bytes;
  if (auto copied = copy_with_epoch(backup / "journal", copy->path() / "journal", *source, new_epoch(source->identity.catalogue_epoch),
                                    copy->tick("copying the journal", total));
      !copied) {
    return Unexpected{copied.error()};
  }
  JournalCheck check;
  auto journal = copy->open_checked(backup, check);
  if (!journal) return Unexpected{journal.error()};
  const auto fits = copy->settle_state(**journal, source->identity, state_fits_journal);
  if (!fits) return Unexpected{fits.error()};
  if (!*fits) {
    return Unexpected{Failure{FailureKind::damaged, "the state in " + backup.string() + " ends before the journal begins; this is no whole "
                                                        "backup, use another"}};
  }
  journal->reset();
  if (auto adopted = copy->adopt_state_for(check.identity.catalogue_epoch); !adopted) return Unexpected{adopted.error()};
  return copy->publish(check);
}

}  // namespace earmark::storage
