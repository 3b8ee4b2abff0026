#include "storage/lmdb_check.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "storage/identity.hpp"
#include "storage/lmdb_environment.hpp"
#include "storage/lmdb_pages.hpp"

namespace earmark::storage {
namespace {

constexpr int snapshot_tries = 100;  // a writer may commit twice before the metas are read
constexpr const char* remedy = "; keep a copy of the directory, then restore it from a backup";

// What the child leaves behind, in shared memory: it can be read whatever became of the child.
struct Mailbox {
  std::atomic<std::uint64_t> at_offset{0}, at_lsn{0};
  std::atomic<bool> finished{false};
  bool failed = false;
  FailureKind kind = FailureKind::damaged;
  JournalCheck check;
  char text[4096] = {};
};

class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
      error_ = errno;
      return;
    }
    struct stat status = {};
    if (::fstat(file, &status) == 0) size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) {
      bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
      if (bytes_ == MAP_FAILED) error_ = errno;
    }
    ::close(file);
  }
  ~MappedFile() {
    if (size_ > 0 && error_ == 0) ::munmap(bytes_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  int error() const noexcept { return error_; }
  std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(bytes_), error_ == 0 ? size_ : 0};
  }

 private:
  void* bytes_ = nullptr;
  std::size_t size_ = 0;
  int error_ = 0;
};

// The child's work. One of these per check; it stops at what it finds first and says so in the mailbox.
class Checker {
 public:
  Checker(std::filesystem::path directory, CheckDepth depth, bool beside_writer, Mailbox& mailbox)
      : directory_(std::move(directory)), depth_(depth), beside_writer_(beside_writer), mailbox_(mailbox) {}

  void run();

 private:
  struct Found {  // the earliest problem of the contents
    GroupProblem problem;
    std::size_t offset = 0;
    FailureKind kind = FailureKind::damaged;
  };

  void fail(FailureKind kind, const std::string& text);
  void fail_pages(const PageProblem& problem);
  void fail_contents(const Found& found);
  std::optional<PageProblem> check_snapshot(std::span<const std::byte> file, std::uint64_t commit);
  bool check_beside_writer();
  bool check_alone();
  bool check_identity(std::span<const std::byte> file);
  void visit(std::span<const std::byte> file, const StoredValue& value);
  void check_contents(std::span<const std::byte> file, const StoredValue& value);
  void note(GroupFault fault, std::size_t offset, engine::Lsn lsn);
  std::string in_journal() const { return "the journal " + directory_.string(); }

  std::filesystem::path directory_;
  CheckDepth depth_;
  bool beside_writer_;
  Mailbox& mailbox_;
  PageSummary summary_;
  ChainLink link_;
  DirectoryIdentity identity_;
  std::uint64_t first_previous_chain_ = 0, chain_seed_ = 0;
  std::vector<StoredValue> later_;  // groups on pages of their own: they never move, so no snapshot is needed for them
  std::optional<Found> found_;
};

void Checker::fail(FailureKind kind, const std::string& text) {
  mailbox_.failed = true;
  mailbox_.kind = kind;
  const std::size_t size = std::min(text.size(), sizeof mailbox_.text - 1);
  std::memcpy(mailbox_.text, text.data(), size);
  mailbox_.text[size] = 0;
}

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
  mailbox_.at_lsn.store(value.key, std::memory_order_relaxed);
  GroupHeader header;
  const auto stored = file.subspan(value.offset, value.bytes);
  const GroupFault fault = read_header(stored, stored.size(), header);
  if (fault != GroupFault::none) {
    note(fault, value.offset, engine::Lsn{value.key});
    return;
  }
  if (link_.number == 0) {
    first_previous_chain_ = link_.chain = header.previous_chain;
  }
  if (!follows(header, link_) || header.first.value != value.key) {
    note(GroupFault::does_not_follow, value.offset, engine::Lsn{value.key});
  }
  link_ = {header.chain, header.number, header.last};
  mailbox_.check.records += header.last.value - header.first.value + 1;
  mailbox_.check.record_bytes += header.record_bytes;
  if (depth_ == CheckDepth::pages) return;
  if (value.own_pages) {
    later_.push_back(value);
  } else {
    check_contents(file, value);
  }
}

void Checker::check_contents(std::span<const std::byte> file, const StoredValue& value) {
  mailbox_.at_lsn.store(value.key, std::memory_order_relaxed);
  mailbox_.at_offset.store(value.offset, std::memory_order_relaxed);
  GroupHeader header;
  const GroupProblem problem = check_group(file.subspan(value.offset, value.bytes), header);
  if (problem.fault == GroupFault::none) return;
  note(problem.fault, value.offset + problem.offset, problem.lsn.value != 0 ? problem.lsn : engine::Lsn{value.key});
}

bool Checker::check_identity(std::span<const std::byte> file) {
  const auto bytes = file.subspan(summary_.identity.offset, summary_.identity.bytes);
  const IdentityFault fault = read_identity(bytes, identity_);
  if (fault == IdentityFault::unknown_version) {
    fail(FailureKind::bad_version, in_journal() + " has format version " + std::to_string(identity_.format_version) +
                                       " (file offset " + std::to_string(summary_.identity.offset) +
                                       " of data.mdb), this program knows " + std::to_string(journal_format_version) +
                                       "; use the program version that wrote it");
    return false;
  }
  if (fault == IdentityFault::damaged) {
    fail_pages({summary_.identity.offset, "the checksum of the directory's identity does not match", false});
    return false;
  }
  chain_seed_ = identity_.catalogue_epoch;
  const auto seed = file.subspan(summary_.chain_seed.offset, summary_.chain_seed.bytes);
  if (!seed.empty() && !read_chain_seed(seed, chain_seed_)) {
    fail_pages({summary_.chain_seed.offset, "the checksum of the chain's seed does not match", false});
    return false;
  }
  if (summary_.groups > 0 && first_previous_chain_ != chain_seed_) {
    note(GroupFault::does_not_follow, 0, engine::Lsn{1});
  }
  return true;
}

std::optional<PageProblem> Checker::check_snapshot(std::span<const std::byte> file, std::uint64_t commit) {
  summary_ = {};
  link_ = {};
  later_.clear();
  found_.reset();
  mailbox_.check = {};
  return check_pages(file, commit, std::filesystem::exists(failed_append_mark(directory_)), mailbox_.at_offset, summary_,
                     [&](const StoredValue& value) { visit(file, value); });
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
  if (!check_identity(file.bytes())) return false;
  ::madvise(const_cast<std::byte*>(file.bytes().data()), file.bytes().size(), MADV_SEQUENTIAL);
  for (const StoredValue& value : later_) {
    if (found_ && found_->problem.lsn.value <= value.key) break;
    check_contents(file.bytes(), value);
  }
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
      mdb_stat(transaction.handle(), groups, &statistics) != 0 || statistics.ms_entries != summary_.groups) {
    fail_pages({0, "LMDB reads another commit than the one that was checked", false});
    return false;
  }
  return true;
}

// The commit is pinned by a read transaction while its pages are walked, and no longer: groups on their own pages
// never move, so that they can be read afterwards without keeping the writer from using freed pages.
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
  for (const StoredValue& value : later_) {
    if (found_ && found_->problem.lsn.value <= value.key) break;
    check_contents(file->bytes(), value);
  }
  return true;
}

void Checker::run() {
  const bool sound = beside_writer_ ? check_beside_writer() : check_alone();
  if (!sound) return;
  if (found_) {
    fail_contents(*found_);
    return;
  }
  std::error_code ignored;
  JournalCheck& check = mailbox_.check;
  check.identity = identity_;
  check.chain_seed = chain_seed_;
  check.groups = summary_.groups;
  check.used_bytes = summary_.used_bytes;
  check.free_pages = summary_.free_pages;
  check.page_bytes = summary_.page_bytes;
  check.file_bytes = std::filesystem::file_size(directory_ / "data.mdb", ignored);
  check.tail = summary_.groups > 0 ? link_ : ChainLink{chain_seed_, 0, {}};
}

// Nothing of the parent may be left in the child's way: its files (the directory lock is one of them), its signal
// handlers, its terminal. The limits turn an endless loop over damaged pages into a signal.
void become_checker(std::size_t file_bytes) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::close_range(3, ~0U, 0);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);  // LMDB prints its assertions
  }
  for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM, SIGXCPU}) std::signal(number, SIG_DFL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlim_t seconds = 60 + file_bytes / 50'000'000;
  const rlimit processor{seconds, seconds + 5};
  ::setrlimit(RLIMIT_CPU, &processor);
}

Failure killed(const std::filesystem::path& directory, const Mailbox& mailbox, int status) {
  const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (number == SIGINT || number == SIGTERM || number == SIGKILL || number == SIGHUP) {
    return {FailureKind::cannot_open, "the check of the journal " + directory.string() + " was killed by signal " +
                                          std::to_string(number) + "; start again"};
  }
  return {FailureKind::damaged,
          "the journal " + directory.string() + " is damaged at or after record LSN " +
              std::to_string(mailbox.at_lsn.load()) + ", file offset " + std::to_string(mailbox.at_offset.load()) +
              " of data.mdb: reading it " +
              (number == SIGXCPU ? std::string("does not end") : "ends with signal " + std::to_string(number)) + remedy};
}

}  // namespace

Outcome<JournalCheck> check_journal(const std::filesystem::path& journal_directory, CheckDepth depth, bool beside_writer) {
  std::error_code ignored;
  const auto file_bytes = std::filesystem::file_size(journal_directory / "data.mdb", ignored);
  void* memory = ::mmap(nullptr, sizeof(Mailbox), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return Unexpected{Failure{FailureKind::cannot_open, std::string("cannot check the journal: ") + std::strerror(errno)}};
  }
  const std::unique_ptr<Mailbox, void (*)(Mailbox*)> mailbox(
      new (memory) Mailbox, [](Mailbox* box) { ::munmap(static_cast<void*>(box), sizeof(Mailbox)); });
  const pid_t child = ::fork();
  if (child < 0) {
    return Unexpected{Failure{FailureKind::cannot_open, std::string("cannot start the check: ") + std::strerror(errno)}};
  }
  if (child == 0) {
    become_checker(ignored ? 0 : file_bytes);
    try {
      Checker(journal_directory, depth, beside_writer, *mailbox).run();
    } catch (const std::exception& exception) {
      mailbox->failed = true;
      mailbox->kind = FailureKind::cannot_open;
      std::strncpy(mailbox->text, exception.what(), sizeof mailbox->text - 1);
    }
    mailbox->finished.store(true);
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!mailbox->finished.load()) return Unexpected{killed(journal_directory, *mailbox, status)};
  if (mailbox->failed) return Unexpected{Failure{mailbox->kind, mailbox->text}};
  return mailbox->check;
}

}  // namespace earmark::storage
