#include "loadtest/own_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <thread>

namespace earmark::loadtest {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds ready_limit{60'000}, stop_limit{30'000}, pause{5};

Unexpected<client::Failure> not_started(const std::string& what) {
  return client::unreachable("cannot start an earmarkd for --verdict: " + what);
}

// The status of a process that ended before `limit`.
std::optional<int> wait_for_end(pid_t pid, milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (int status = 0;; std::this_thread::sleep_for(pause)) {
    if (::waitpid(pid, &status, WNOHANG) == pid) return status;
    if (Clock::now() >= deadline) return std::nullopt;
  }
}

// The first line; empty if the stream ends, or the time.
std::string read_line(int stream) {
  std::string line;
  const auto deadline = Clock::now() + ready_limit;
  while (line.find('\n') == std::string::npos) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()).count();
    pollfd ready{stream, POLLIN, 0};
    if (left <= 0 || ::poll(&ready, 1, static_cast<int>(left)) == 0) return {};
    std::array<char, 256> bytes;
    const ssize_t count = ::read(stream, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return {};
    line.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return line.substr(0, line.find('\n'));
}

}  // namespace

client::Outcome<OwnServer> OwnServer::start(const std::vector<std::string>& flags) {
  OwnServer server;
  std::error_code fault;
  std::string name = (fs::temp_directory_path(fault) / "earmark-load-XXXXXX").string();
  if (fault || ::mkdtemp(name.data()) == nullptr) return not_started("no temporary directory " + name + ": " + std::strerror(errno));
  server.directory_ = name;
  if (auto done = server.launch(flags); !done) return Unexpected{done.error()};
  return server;
}

client::Outcome<void> OwnServer::launch(const std::vector<std::string>& flags) {
  std::error_code fault;
  const fs::path program = fs::read_symlink("/proc/self/exe", fault).parent_path() / "earmarkd";
  if (::access(program.c_str(), X_OK) != 0) return not_started("there is no program " + program.string() + "; build it: tools/build.sh release");
  std::vector<std::string> words{program.string(), "--data", (directory_ / "data").string(), "--listen", "127.0.0.1:0"};
  words.insert(words.end(), flags.begin(), flags.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return not_started(std::strerror(errno));
  const int log = ::open((directory_ / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);  // Ctrl-C is for the load, which then ends the server
    if (::getppid() != parent || ::dup2(ends[1], STDOUT_FILENO) < 0 || ::dup2(log, STDERR_FILENO) < 0) ::_exit(127);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  ::close(log);
  const std::string line = pid_ < 0 ? std::string() : read_line(ends[0]);
  ::close(ends[0]);
  constexpr std::string_view begins = "ready listen=";
  if (!line.starts_with(begins)) return not_started(log_line());
  auto address = client::Address::parse(line.substr(begins.size(), line.find(' ', begins.size()) - begins.size()));
  if (!address) return Unexpected{address.error()};
  address_ = *address;
  return {};
}

std::string OwnServer::log_line() const {
  std::ifstream log(directory_ / "log");
  std::string line, last = "it was not ready within a minute";
  while (std::getline(log, line)) last = line;
  return last;
}

bool OwnServer::stop() {
  if (pid_ < 0) return true;
  ::kill(pid_, SIGTERM);
  auto status = wait_for_end(pid_, stop_limit);
  const bool clean = status && WIFEXITED(*status) && WEXITSTATUS(*status) == 0;
  if (!status) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_ = -1;
  return clean;
}

OwnServer::~OwnServer() {
  stop();
  std::error_code ignored;
  if (!directory_.empty()) fs::remove_all(directory_, ignored);
}

}  // namespace earmark::loadtest
