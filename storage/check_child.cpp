#include "storage/check_child.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

namespace earmark::storage {

void CheckProgress::fail(FailureKind what, const std::string& words) {
  failed = true;
  kind = what;
  const std::size_t size = std::min(words.size(), sizeof text - 1);
  std::memcpy(text, words.data(), size);
  text[size] = 0;
}

namespace {

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

Failure killed(const std::string& what, const char* remedy, const CheckProgress& progress, int status) {
  const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (number == SIGINT || number == SIGTERM || number == SIGKILL || number == SIGHUP) {
    return {FailureKind::cannot_open, "the check of " + what + " was killed by signal " + std::to_string(number) + "; start again"};
  }
  const std::uint64_t lsn = progress.at_lsn.load();
  return {FailureKind::damaged,
          what + " is damaged" + (lsn == 0 ? "" : " at or after record LSN " + std::to_string(lsn)) + ", file offset " +
              std::to_string(progress.at_offset.load()) + " of data.mdb: reading it " +
              (number == SIGXCPU ? std::string("does not end") : "ends with signal " + std::to_string(number)) + remedy};
}

}  // namespace

namespace detail {
namespace {
constexpr std::size_t result_at = (sizeof(CheckProgress) + 63) / 64 * 64;
}

Outcome<CheckChild> CheckChild::begin(std::string what, const std::filesystem::path& file, const char* remedy, std::size_t bytes,
                                      const std::function<void(CheckProgress&, void*)>& work) {
  std::error_code missing;
  const auto file_bytes = std::filesystem::file_size(file, missing);
  CheckChild begun(std::move(what), remedy);
  void* memory = ::mmap(nullptr, result_at + bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot check " + begun.what_ + ": " + std::strerror(errno)}};
  }
  begun.mapped_bytes_ = result_at + bytes;
  begun.progress_ = new (memory) CheckProgress;
  begun.child_ = ::fork();
  if (begun.child_ < 0) {
    return Unexpected{Failure{FailureKind::cannot_open, std::string("cannot start the check: ") + std::strerror(errno)}};
  }
  if (begun.child_ == 0) {
    become_checker(missing ? 0 : file_bytes);
    try {
      work(*begun.progress_, begun.place());
    } catch (const std::exception& exception) {
      begun.progress_->fail(FailureKind::cannot_open, exception.what());
    }
    begun.progress_->finished.store(true);
    ::_exit(0);
  }
  return begun;
}

CheckChild::CheckChild(CheckChild&& other) noexcept
    : what_(std::move(other.what_)), remedy_(other.remedy_), mapped_bytes_(other.mapped_bytes_), progress_(std::exchange(other.progress_, nullptr)),
      child_(std::exchange(other.child_, 0)) {}

CheckChild::~CheckChild() {
  if (child_ > 0) {
    ::kill(child_, SIGKILL);
    wait();
  }
  if (progress_ != nullptr) ::munmap(static_cast<void*>(progress_), mapped_bytes_);
}

int CheckChild::wait() noexcept {
  int status = 0;
  while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
  }
  child_ = 0;
  return status;
}

void* CheckChild::place() const noexcept { return reinterpret_cast<std::byte*>(progress_) + result_at; }

Outcome<void> CheckChild::end(void* result, std::size_t bytes) {
  const int status = wait();
  if (!progress_->finished.load()) return Unexpected{killed(what_, remedy_, *progress_, status)};
  if (progress_->failed) return Unexpected{Failure{progress_->kind, progress_->text}};
  std::memcpy(result, place(), bytes);
  return {};
}

}  // namespace detail

}  // namespace earmark::storage
