#include "storage/lmdb_check.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "storage/check_child.hpp"
#include "storage/directory_lock.hpp"
#include "storage/identity.hpp"
#include "storage/lmdb_environment.hpp"
#include "storage/lmdb_pages.hpp"
#include "storage/mapped_file.hpp"
#include "storage/retained.hpp"

namespace earmark::storage {
namespace {

constexpr int snapshot_tries = 100;  // a writer may commit twice before the metas are read
constexpr const char* remedy = "; keep a copy of the directory, then restore it from a backup";

constexpr std::array kinds{DatabaseKind{"meta", false, "the directory's identity"}, DatabaseKind{"groups", true, "the groups"}};
constexpr std::size_t meta_kind = 0, groups_kind = 1;

// The child's work. One of these per check; it stops at what it finds first and says so in the mailbox.
class Checker {
 public:
  Checker(std::filesystem::path directory, CheckDepth depth, bool beside_writer, CheckProgress& progress, JournalCheck& check)
      : directory_(std::move(directory)), depth_(depth), beside_writer_(beside_writer), progress_(progress), check_(check) {}

  void run();

 private:
  struct Found {  // the earliest problem of the contents
    GroupProblem problem;
    std::size_t offset = 0;
    FailureKind kind = FailureKind::damaged;
  };

  void fail(FailureKind kind, const std::string& text) { progress_.fail(kind, text); }
  void fail_pages(const PageProblem& problem);
  void fail_contents(const Found& found);
  std::optional<PageProblem> check_snapshot(std::span<const std::byte> file, std::uint64_t commit);
  bool check_beside_writer();
  bool check_alone();
  bool agrees_with_a_start();
  bool check_identity(std::span<const std::byte> file);
  void visit(std::span<const std::byte> file, const StoredValue& value);
  void check_contents(std::span<const std::byte> file, const StoredValue& value);
  void check_later(std::span<const std::byte> file, LmdbEnvironment* writers);
  void note(GroupFault fault, std::size_t offset, engine::Lsn lsn);
  std::uint64_t group_count() const { return summary_.databases[groups_kind].entries; }
  bool check_commits();
  std::string in_journal() const { return "the journal " + directory_.string(); }

  std::filesystem::path directory_;
  CheckDepth depth_;
  bool beside_writer_;
  CheckProgress& progress_;
  JournalCheck& check_;
  PageSummary summary_;
  ChainLink link_;
  DirectoryIdentity identity_;
  ChainLink before_;                // what the first group follows, as it says
  StoredValue stored_identity_, stored_chain_seed_, stored_retained_;  // bytes 0: not there
  std::uint64_t chain_seed_ = 0;
  std::vector<StoredValue> later_;  // groups on pages of their own: they never move, so no snapshot is needed for them
  std::optional<Found> found_;
};

void Checker::fail_pages(const PageProblem& problem) {
  const std::string where = "file offset " + std::to_string(problem.offset) + " of data.mdb";
  const std::string after = link_.last.value == 0 ? std::string("before the first record")
                                                  : "after record LSN " + std::to_string(link_.last.value);
  fail(FailureKind::damaged, in_journal() + " is damaged at " + where + ", " + after + ": " + problem.text + remedy);
}

void Checker::fail_contents(const Found& found) {
  const std::uint64_t lsn = found.problem.lsn.value;
  std::string text = in_journal() + (found.kind == FailureKind::bad_version ? " cannot be read" : " is damaged") +
                     " at record LSN " + std::to_string(lsn) + ", file offset " + std::to_string(found.offset) +
                     " of data.mdb: " + std::string(describe(found.problem.fault));
  if (found.kind == FailureKind::bad_version) {
    text += "; use the program version that wrote it";
  } else {
    text += remedy;
    if (lsn > 1) text += " (earmark-journal dump DIR --to " + std::to_string(lsn - 1) + " still reads what comes before)";
  }
  fail(found.kind, text);
}

void Checker::note(GroupFault fault, std::size_t offset, engine::Lsn lsn) {
  if (found_ && found_->problem.lsn <= lsn) return;
  found_ = Found{{fault, 0, lsn}, offset,
                 fault == GroupFault::unknown_version ? FailureKind::bad_version : FailureKind::damaged};
}

// Called in LSN order while the pages are walked: the header and the chain here, the records here or later.
void Checker::visit(std::span<const std::byte> file, const StoredValue& value) {
  if (value.database == meta_kind) {
    const auto name = file.subspan(value.key_offset, value.key_bytes);
    const std::string_view text(reinterpret_cast<const char*>(name.data()), name.size());
    if (text == "identity") stored_identity_ = value;
    if (text == "chain_seed") stored_chain_seed_ = value;
    if (text == "retained") stored_retained_ = value;
    return;
  }
  progress_.at_lsn.store(value.key, std::memory_order_relaxed);
  GroupHeader header;
  const auto stored = file.subspan(value.offset, value.bytes);
  const GroupFault fault = read_header(stored, stored.size(), header);
  if (fault != GroupFault::none) {
    note(fault, value.offset, engine::Lsn{value.key});
    return;
  }
  if (check_.records == 0) {
    before_ = link_ = {header.previous_chain, header.number - 1, engine::Lsn{header.first.value - 1}};
  }
  if (!follows(header, link_) || header.first.value != value.key) {
    note(GroupFault::does_not_follow, value.offset, engine::Lsn{value.key});
  }
  link_ = {header.chain, header.number, header.last};
  check_.records += header.last.value - header.first.value + 1;
  check_.record_bytes += header.record_bytes;
  if (depth_ == CheckDepth::pages) return;
  if (value.own_pages) {
    later_.push_back(value);
  } else {
    check_contents(file, value);
  }
}

void Checker::check_contents(std::span<const std::byte> file, const StoredValue& value) {
  progress_.at_lsn.store(value.key, std::memory_order_relaxed);
  progress_.at_offset.store(value.offset, std::memory_order_relaxed);
  GroupHeader header;
  const GroupProblem problem = check_group(file.subspan(value.offset, value.bytes), header);
  if (problem.fault == GroupFault::none) return;
  note(problem.fault, value.offset + problem.offset, problem.lsn.value != 0 ? problem.lsn : engine::Lsn{value.key});
}

// The first key that the newest commit has.
std::uint64_t oldest_group(LmdbEnvironment& environment) {
  const ReadTransaction transaction(environment);
  MDB_dbi groups = 0;
  MDB_val key{}, value{};
  std::uint64_t first = 0;
  if (transaction.error() != 0 || mdb_dbi_open(transaction.handle(), "groups", 0, &groups) != 0) return 0;
  Cursor cursor(transaction.handle(), groups);
  if (cursor.error() == 0 && cursor.get(key, value, MDB_FIRST) == 0) std::memcpy(&first, key.mv_data, sizeof first);
  return first;
}

// Beside a writer a group may be trimmed while it is being read, and its pages used again: then it does not count.
void Checker::check_later(std::span<const std::byte> file, LmdbEnvironment* writers) {
  for (const StoredValue& value : later_) {
    if (found_ && found_->problem.lsn.value <= value.key) break;
    const auto before = found_;
    check_contents(file, value);
    const bool fault = found_.has_value() && (!before || found_->problem.lsn < before->problem.lsn);
    if (fault && writers != nullptr && oldest_group(*writers) > value.key) found_ = before;
  }
}

bool Checker::check_identity(std::span<const std::byte> file) {
  const auto bytes = file.subspan(stored_identity_.offset, stored_identity_.bytes);
  const IdentityFault fault = read_identity(bytes, identity_);
  if (fault == IdentityFault::unknown_version) {
    fail(FailureKind::bad_version, in_journal() + " has format version " + std::to_string(identity_.format_version) +
                                       " (file offset " + std::to_string(stored_identity_.offset) +
                                       " of data.mdb), this program knows " + std::to_string(journal_format_version) +
                                       "; use the program version that wrote it");
    return false;
  }
  if (fault == IdentityFault::damaged) {
    fail_pages({stored_identity_.offset, "the checksum of the directory's identity does not match", false});
    return false;
  }
  chain_seed_ = identity_.catalogue_epoch;
  const auto seed = file.subspan(stored_chain_seed_.offset, stored_chain_seed_.bytes);
  if (!seed.empty() && !read_chain_seed(seed, chain_seed_)) {
    fail_pages({stored_chain_seed_.offset, "the checksum of the chain's seed does not match", false});
    return false;
  }
  ChainLink begin{chain_seed_, 0, {}};
  const auto retained = file.subspan(stored_retained_.offset, stored_retained_.bytes);
  if (!retained.empty() && (!read_retained(retained, begin) || group_count() == 0)) {
    fail_pages({stored_retained_.offset, "the note of where the trimmed journal begins is damaged", false});
    return false;
  }
  if (group_count() > 0 &&
      (before_.chain != begin.chain || before_.number != begin.number || before_.last != begin.last)) {
    note(GroupFault::does_not_follow, 0, begin.last + 1);
  }
  check_.oldest = begin.last + 1;
  return true;
}

std::optional<PageProblem> Checker::check_snapshot(std::span<const std::byte> file, std::uint64_t commit) {
  summary_ = {};
  link_ = before_ = {};
  stored_identity_ = stored_chain_seed_ = stored_retained_ = {};
  later_.clear();
  found_.reset();
  check_ = {};
  return check_pages(file, {kinds, commit, std::filesystem::exists(failed_append_mark(directory_)), true}, progress_.at_offset, summary_,
                     [&](const StoredValue& value) { visit(file, value); });
}

// So that no older commit passes for the newest: each commit adds one group at the end, or takes some from the front.
bool Checker::check_commits() {
  if (summary_.previous.empty()) return true;
  const DatabaseSummary& now = summary_.databases[groups_kind];
  const DatabaseSummary& before = summary_.previous[groups_kind];
  const bool added = now.last > before.last, trimmed = now.first > before.first && before.first != 0;
  const bool sound = now.last >= before.last && now.first >= before.first && (added || trimmed) &&
                     (trimmed ? now.entries <= before.entries : now.entries == before.entries + 1);
  if (!sound) fail_pages({0, "the two meta pages are not one commit of the journal apart", false});
  return sound;
}

// Nobody writes: the pages first, LMDB only if they are sound; then both must agree on what the newest commit holds.
bool Checker::check_alone() {
  const MappedFile file(directory_ / "data.mdb");
  if (file.error() != 0) {
    fail(file.error() == ENOENT ? FailureKind::damaged : FailureKind::cannot_open,
         in_journal() + " cannot be read: data.mdb: " + std::strerror(file.error()) +
             (file.error() == ENOENT ? remedy : "; give a directory that this user may read"));
    return false;
  }
  if (const auto problem = check_snapshot(file.bytes(), 0)) {
    fail_pages(*problem);
    return false;
  }
  if (!check_commits() || !check_identity(file.bytes())) return false;
  file.read_ahead();
  check_later(file.bytes(), nullptr);
  auto environment = LmdbEnvironment::open(directory_, true, 0);
  if (!environment) {
    fail(environment.error().kind, environment.error().text);
    return false;
  }
  const ReadTransaction transaction(**environment);
  MDB_dbi groups = 0;
  MDB_stat statistics = {};
  if (transaction.error() != 0 || mdb_txn_id(transaction.handle()) != summary_.commit ||
      mdb_dbi_open(transaction.handle(), "groups", 0, &groups) != 0 ||
      mdb_stat(transaction.handle(), groups, &statistics) != 0 || statistics.ms_entries != group_count()) {
    fail_pages({0, "LMDB reads another commit than the one that was checked", false});
    return false;
  }
  return true;
}

// The commit is pinned by a read transaction while its pages are walked, and no longer: groups on their own pages never
// move until they are trimmed, so they can be read afterwards without keeping the writer from using freed pages.
bool Checker::check_beside_writer() {
  if (::access((directory_ / "data.mdb").c_str(), F_OK) != 0) {
    fail(FailureKind::damaged, in_journal() + " cannot be read: data.mdb is missing" + remedy);
    return false;
  }
  auto environment = LmdbEnvironment::open(directory_, true, 0);
  if (!environment) {
    // LMDB refuses a file that it cannot read at all; the page walk says where it is damaged.
    if (check_alone()) fail(environment.error().kind, environment.error().text);
    return false;
  }
  std::optional<PageProblem> problem;
  std::optional<MappedFile> file;
  for (int tries = 0; tries < snapshot_tries; ++tries) {
    const ReadTransaction transaction(**environment);
    if (transaction.error() != 0) {
      fail(FailureKind::cannot_open, in_journal() + " cannot be read: " + mdb_strerror(transaction.error()));
      return false;
    }
    file.emplace(directory_ / "data.mdb");
    problem = check_snapshot(file->bytes(), mdb_txn_id(transaction.handle()));
    // A meta page read while it is being written looks damaged: believe it only when it stays so.
    if (!problem || (!problem->moved_on && tries >= 3)) break;
  }
  if (problem) {
    fail_pages(*problem);
    return false;
  }
  if (!check_identity(file->bytes())) return false;
  check_later(file->bytes(), environment->get());
  return true;
}

// Beside a writer the older meta page cannot be judged, which a server that starts does judge. So if there is none after all,
// its check follows; it counts if no writer came meanwhile.
bool Checker::agrees_with_a_start() {
  if (is_in_use(directory_.parent_path())) return true;
  CheckProgress progress;
  JournalCheck check;
  Checker alone(directory_, CheckDepth::pages, false, progress, check);
  alone.run();
  if (!progress.failed || is_in_use(directory_.parent_path()) || (alone.summary_.commit != 0 && alone.summary_.commit != summary_.commit)) return true;
  fail(progress.kind, progress.text);
  return false;
}

void Checker::run() {
  const bool sound = beside_writer_ ? check_beside_writer() && (found_ || agrees_with_a_start()) : check_alone();
  if (!sound) return;
  if (found_) {
    fail_contents(*found_);
    return;
  }
  std::error_code ignored;
  check_.identity = identity_;
  check_.chain_seed = chain_seed_;
  check_.groups = group_count();
  check_.used_bytes = summary_.used_bytes;
  check_.free_pages = summary_.free_pages;
  check_.page_bytes = summary_.page_bytes;
  check_.file_bytes = std::filesystem::file_size(directory_ / "data.mdb", ignored);
  check_.tail = group_count() > 0 ? link_ : ChainLink{chain_seed_, 0, {}};
}

}  // namespace

Outcome<JournalCheck> check_journal(const std::filesystem::path& journal_directory, CheckDepth depth, bool beside_writer) {
  return check_in_child<JournalCheck>("the journal " + journal_directory.string(), journal_directory / "data.mdb", remedy,
                                      [&](CheckProgress& progress, JournalCheck& check) {
                                        Checker(journal_directory, depth, beside_writer, progress, check).run();
                                      });
}

}  // namespace earmark::storage
