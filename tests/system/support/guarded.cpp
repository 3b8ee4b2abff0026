#include "tests/system/support/guarded.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <vector>

namespace earmark::test {
namespace {

void copy_text(const std::string& from, char* to, std::size_t size) {
  const std::size_t count = std::min(from.size(), size - 1);
  std::memcpy(to, from.data(), count);
  to[count] = 0;
}

[[noreturn]] void do_share(Share& share, const std::function<void(Share&)>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL}) std::signal(number, SIG_DFL);  // not Catch's
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  try {
    work(share);
  } catch (const std::exception& exception) {
    copy_text(std::string(share.doing) + ": " + exception.what(), share.complaint, sizeof share.complaint);
  }
  share.finished = true;
  ::_exit(0);
}

}  // namespace

void Share::say(const std::string& what) { copy_text(what, doing, sizeof doing); }

GuardedResult run_guarded(std::size_t children, const std::function<void(Share&)>& work) {
  void* memory = ::mmap(nullptr, children * sizeof(Share), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("no shared memory");
  auto* const shares = static_cast<Share*>(memory);
  std::vector<pid_t> processes;
  for (std::size_t index = 0; index < children; ++index) {
    Share& share = *new (&shares[index]) Share;
    share.index = index;
    share.of = children;
    const pid_t process = ::fork();
    if (process == 0) do_share(share, work);
    if (process < 0) throw std::runtime_error("no child process");
    processes.push_back(process);
  }
  GuardedResult result;
  for (std::size_t index = 0; index < children; ++index) {
    int status = 0;
    while (::waitpid(processes[index], &status, 0) < 0 && errno == EINTR) continue;
    const Share& share = shares[index];
    for (std::size_t number = 0; number < Share::most; ++number) result.numbers[number] += share.numbers[number];
    std::string complaint = share.complaint;
    if (!share.finished) complaint = std::string(share.doing) + ": ends with signal " + std::to_string(WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    if (result.complaint.empty()) result.complaint = complaint;
  }
  ::munmap(memory, children * sizeof(Share));
  if (!result.complaint.empty()) std::cerr << "complaint: " << result.complaint << std::endl;  // whole, on one line
  return result;
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace earmark::test
