#include "storage/lmdb_state_check.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "storage/check_child.hpp"
#include "storage/directory_lock.hpp"
#include "storage/lmdb_pages.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/mapped_file.hpp"

namespace earmark::storage {
namespace {

constexpr int snapshot_tries = 100;  // a writer may commit twice before the metas are read
constexpr std::size_t meta_kind = 0, open_kind = 4;
constexpr std::array kinds{
    DatabaseKind{"meta", false, "the store's identity"}, DatabaseKind{"catalogue", true, "the catalogue"},
    DatabaseKind{"cells", true, "the cells"},            DatabaseKind{"orders", true, "the orders"},
    DatabaseKind{"open", true, "the open orders"},       DatabaseKind{"ids", true, "the ids"},
    DatabaseKind{"closed_known", true, "the closed orders' ids"}, DatabaseKind{"newest", false, "the newest orders"},
    DatabaseKind{"decisions", true, "the decisions"},    DatabaseKind{"holds", true, "the open holds", true},
    DatabaseKind{"transfers", true, "the open transfers", true}, DatabaseKind{"purchases", true, "the open purchase orders", true},
    DatabaseKind{"days", true, "the figures of days", true}, DatabaseKind{"availability", true, "the availability of SKUs", true},
    DatabaseKind{"deliveries", false, "the deliveries of vendors", true},
    DatabaseKind{"vendors", false, "the vendors", true}, DatabaseKind{"sources", false, "the vendors' products", true},
    DatabaseKind{"rules", true, "the reorder rules", true}};

class StateChecker {
 public:
  StateChecker(const std::filesystem::path& directory, CheckDepth depth, CheckProgress& progress, StateCheck& check)
      : directory_(directory), depth_(depth), progress_(progress), check_(check) {}

  void run(bool beside_writer);

 private:
  bool check_alone();
  bool check_beside_writer();
  bool agrees_with_a_start();
  std::optional<PageProblem> check_commit(std::span<const std::byte> file, std::uint64_t commit);
  void visit(std::span<const std::byte> file, const StoredValue& value);
  void fail(const PageProblem& problem);

  const std::filesystem::path& directory_;
  CheckDepth depth_;
  CheckProgress& progress_;
  StateCheck& check_;
  PageSummary summary_;
  std::optional<std::size_t> unsound_;  // where the first value lies whose checksum is wrong
};

void StateChecker::fail(const PageProblem& problem) {
  progress_.fail(FailureKind::damaged, "the state " + directory_.string() + " is damaged at file offset " +
                                           std::to_string(problem.offset) + " of data.mdb: " + problem.text + state_remedy);
}

// Meta values have rules of their own, which opening applies; an open order's entry has no value.
void StateChecker::visit(std::span<const std::byte> file, const StoredValue& value) {
  if (value.database == meta_kind || value.database == open_kind || unsound_) return;
  if (!is_sound(file.subspan(value.key_offset, value.key_bytes), file.subspan(value.offset, value.bytes))) unsound_ = value.offset;
}

std::optional<PageProblem> StateChecker::check_commit(std::span<const std::byte> file, std::uint64_t commit) {
  summary_ = {};
  check_ = {};
  unsound_.reset();
  PageWalk walk{kinds, commit, std::filesystem::exists(failed_append_mark(directory_)), false};
  const ValueVisitor look = [&](const StoredValue& value) { visit(file, value); };
  auto problem = check_pages(file, walk, progress_.at_offset, summary_, depth_ == CheckDepth::pages ? ValueVisitor() : look);
  for (const DatabaseSummary& database : summary_.databases) check_.values += database.entries;
  if (!problem && unsound_) problem = PageProblem{*unsound_, "the checksum of a value does not match", false};
  return problem;
}

bool StateChecker::check_alone() {
  const MappedFile file(directory_ / "data.mdb");
  if (file.error() != 0) {
    progress_.fail(file.error() == ENOENT ? FailureKind::damaged : FailureKind::cannot_open,
                   "the state " + directory_.string() + " cannot be read: data.mdb: " + std::strerror(file.error()) +
                       (file.error() == ENOENT ? state_remedy : "; give a directory that this user may read"));
    return false;
  }
  if (const auto problem = check_commit(file.bytes(), 0)) {
    fail(*problem);
    return false;
  }
  return true;
}

bool StateChecker::check_beside_writer() {
  auto environment = LmdbEnvironment::open(directory_, true, 0);
  if (!environment) {
    // LMDB refuses a file that it cannot read at all; the page walk says where it is damaged.
    if (check_alone()) progress_.fail(environment.error().kind, environment.error().text);
    return false;
  }
  std::optional<PageProblem> problem;
  for (int tries = 0; tries < snapshot_tries; ++tries) {
    const ReadTransaction transaction(**environment);
    if (transaction.error() != 0) {
      progress_.fail(FailureKind::cannot_open, "the state " + directory_.string() + " cannot be read: " + mdb_strerror(transaction.error()));
      return false;
    }
    const MappedFile file(directory_ / "data.mdb");
    problem = check_commit(file.bytes(), mdb_txn_id(transaction.handle()));
    // A meta page read while it is being written looks damaged: believe it only when it stays so.
    if (!problem || (!problem->moved_on && tries >= 3)) break;
  }
  if (problem) fail(*problem);
  return !problem;
}

// As of the journal's check (lmdb_check.cpp): what only a check without a writer can judge.
bool StateChecker::agrees_with_a_start() {
  if (is_in_use(directory_.parent_path())) return true;
  CheckProgress progress;
  StateCheck check;
  StateChecker alone(directory_, CheckDepth::pages, progress, check);
  if (alone.check_alone() || is_in_use(directory_.parent_path()) ||
      (alone.summary_.commit != 0 && alone.summary_.commit != summary_.commit)) {
    return true;
  }
  progress_.fail(progress.kind, progress.text);
  return false;
}

void StateChecker::run(bool beside_writer) {
  if (!(beside_writer ? check_beside_writer() && agrees_with_a_start() : check_alone())) return;
  std::error_code ignored;
  check_.used_bytes = summary_.used_bytes;
  check_.free_pages = summary_.free_pages;
  check_.page_bytes = summary_.page_bytes;
  check_.file_bytes = std::filesystem::file_size(directory_ / "data.mdb", ignored);
}

}  // namespace

Outcome<BegunCheck<StateCheck>> begin_state_check(const std::filesystem::path& state_directory, CheckDepth depth, bool beside_writer) {
  return begin_check<StateCheck>("the state " + state_directory.string(), state_directory / "data.mdb", state_remedy,
                                 [&](CheckProgress& progress, StateCheck& check) {
                                   StateChecker(state_directory, depth, progress, check).run(beside_writer);
                                 });
}

Outcome<StateCheck> check_state(const std::filesystem::path& state_directory, CheckDepth depth, bool beside_writer) {
  auto begun = begin_state_check(state_directory, depth, beside_writer);
  if (!begun) return Unexpected{begun.error()};
  return begun->end();
}

}  // namespace earmark::storage
