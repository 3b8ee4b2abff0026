#include "storage/child_work.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>

namespace earmark::storage {
namespace {

constexpr int wait_ms = 200;

void become_worker(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before the line above
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);  // LMDB prints its assertions
  }
  for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

// The whole result: a byte for the kind of failure, 'k' for none, and its text.
std::string result_of(const std::function<Outcome<void>()>& work) {
  try {
    const auto done = work();
    if (done) return "k";
    return std::string(1, static_cast<char>('0' + static_cast<int>(done.error().kind))) + done.error().text;
  } catch (const std::exception& exception) {
    return std::string(1, static_cast<char>('0' + static_cast<int>(FailureKind::cannot_open))) + exception.what();
  }
}

[[noreturn]] void finish(int pipe, const std::string& result) {
  for (std::size_t sent = 0; sent < result.size();) {
    const ssize_t count = ::write(pipe, result.data() + sent, result.size() - sent);
    if (count > 0) sent += static_cast<std::size_t>(count);
    else if (errno != EINTR) break;
  }
  ::_exit(0);
}

// Reads until the child has closed its end. False: `wait` wants no more.
bool read_result(int pipe, const std::function<bool()>& wait, std::string& result) {
  for (;;) {
    if (!wait()) return false;
    pollfd ready{pipe, POLLIN, 0};
    if (::poll(&ready, 1, wait_ms) <= 0) continue;
    char bytes[4096];
    const ssize_t count = ::read(pipe, bytes, sizeof bytes);
    if (count > 0) result.append(bytes, static_cast<std::size_t>(count));
    else if (count == 0) return true;
  }
}

}  // namespace

Outcome<void> run_in_child(const std::string& what, const std::function<Outcome<void>()>& work, const std::function<bool()>& wait) {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return Unexpected{Failure{FailureKind::cannot_open, "cannot begin " + what + ": " + std::strerror(errno)}};
  }
  const pid_t parent = ::getpid(), child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    become_worker(parent);
    finish(ends[1], result_of(work));
  }
  ::close(ends[1]);
  std::string result;
  const bool wanted = child > 0 && read_result(ends[0], wait, result);
  ::close(ends[0]);
  if (child < 0) return Unexpected{Failure{FailureKind::cannot_open, "cannot begin " + what + ": no process could be made"}};
  if (!wanted) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (!wanted) return Unexpected{Failure{FailureKind::cannot_open, what + " was interrupted; nothing was left behind"}};
  if (result == "k") return {};
  if (!result.empty()) return Unexpected{Failure{static_cast<FailureKind>(result[0] - '0'), result.substr(1)}};
  const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (number == SIGINT || number == SIGTERM || number == SIGKILL || number == SIGHUP) {
    return Unexpected{Failure{FailureKind::cannot_open, what + " was ended by signal " + std::to_string(number) + "; start it again"}};
  }
  return Unexpected{Failure{FailureKind::damaged, what + " ends with signal " + std::to_string(number) +
                                                      ": a page or a sector of the file is damaged; run earmark-journal verify"}};
}

}  // namespace earmark::storage
