#include "tests/paths.hpp"
#include "tests/system/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

extern char** environ;

namespace earmark::test {
namespace {

using Clock = std::chrono::steady_clock;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left);
}

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() : TemporaryDirectory(std::filesystem::temp_directory_path()) {}

TemporaryDirectory TemporaryDirectory::in_memory() {
  const std::filesystem::path memory = "/dev/shm";
  return TemporaryDirectory(::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path());
}

TemporaryDirectory::TemporaryDirectory(const std::filesystem::path& parent) {
  std::string name = (parent / "earmark-system-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) fail("cannot make " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Process::Process(const std::string& program, const std::vector<std::string>& arguments, const Environment& environment) {
  std::vector<std::string> words{program.starts_with("/") ? program : std::string(EARMARK_BIN_DIR) + "/" + program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("cannot make a pipe");
  pipe_ = ends[0];
  const std::string error_file = files_.path() / "stderr";
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, error_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  errno = ::posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers_to(words).data(), pointers_to(variables).data());
  const int error = errno;
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  errno = error;
  if (error != 0) fail("cannot start " + words[0]);
  process_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0U));
  if (process_ < 0) fail("cannot watch " + words[0]);
}

Process::~Process() {
  if (pid_ > 0 && !ended_) {
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  }
  if (process_ >= 0) ::close(process_);
  if (pipe_ >= 0) ::close(pipe_);
}

void Process::send_signal(int signal) const {
  if (::syscall(SYS_pidfd_send_signal, process_, signal, nullptr, 0U) != 0) fail("cannot send a signal");
}

// False: nothing more comes.
bool Process::read_more(Clock::time_point deadline) {
  if (pipe_ < 0) return false;
  pollfd wanted{pipe_, POLLIN, 0};
  const int ready = ::poll(&wanted, 1, milliseconds_until(deadline));
  if (ready < 0 && errno != EINTR) fail("cannot wait for output");
  if (ready == 0) throw TimedOut("the program printed nothing more in time; so far: " + output_ + error());
  if (ready < 0) return true;
  char bytes[65536];
  const ssize_t count = ::read(pipe_, bytes, sizeof bytes);
  if (count > 0) {
    output_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  ::close(std::exchange(pipe_, -1));
  return false;
}

std::optional<std::string> Process::read_line(milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (output_.find('\n') == std::string::npos) {
    if (!read_more(deadline)) return std::nullopt;
  }
  const std::size_t end = output_.find('\n');
  std::string line = output_.substr(0, end);
  output_.erase(0, end + 1);
  return line;
}

Ended Process::wait(milliseconds limit) {
  if (ended_) return *ended_;
  const auto deadline = Clock::now() + limit;
  while (read_more(deadline)) continue;
  pollfd wanted{process_, POLLIN, 0};
  int ready = -1;
  while ((ready = ::poll(&wanted, 1, milliseconds_until(deadline))) < 0 && errno == EINTR) continue;
  if (ready != 1) throw TimedOut("the program did not end in time; it said: " + error());
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) fail("cannot reap the program");
  ended_ = WIFEXITED(status) ? Ended{WEXITSTATUS(status), 0} : Ended{-1, WTERMSIG(status)};
  return *ended_;
}

std::string Process::error() const { return read_text(files_.path() / "stderr"); }

ProgramResult run(const std::string& program, const std::vector<std::string>& arguments, milliseconds limit) {
  Process process(program, arguments);
  const Ended ended = process.wait(limit);
  return {ended.status, process.output(), process.error()};
}

bool is_one_line(const std::string& error, const std::string& program) {
  return error.starts_with(program + ": ") && error.find('\n') == error.size() - 1 && error.size() > program.size() + 10;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace earmark::test
