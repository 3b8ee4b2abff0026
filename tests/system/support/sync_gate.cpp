#include "tests/paths.hpp"
#include "tests/system/support/sync_gate.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace earmark::test {
namespace {

int make_pipe(const std::filesystem::path& path) {
  if (::mkfifo(path.c_str(), 0600) != 0) throw std::runtime_error("cannot make a named pipe");
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

}  // namespace

SyncGate::SyncGate() : entered_(make_pipe(directory_.path() / "entered")), release_(make_pipe(directory_.path() / "release")) {}

SyncGate::~SyncGate() {
  ::close(entered_);
  ::close(release_);
}

bool SyncGate::works() noexcept {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return false;
#else
  return true;
#endif
}

Process::Environment SyncGate::environment() const {
  return {std::string("LD_PRELOAD=") + EARMARK_PRELOAD, "EARMARK_SYNC_GATE=" + directory_.path().string()};
}

void SyncGate::hold() { std::ofstream(directory_.path() / "hold") << "held\n"; }

void SyncGate::open() {
  std::filesystem::remove(directory_.path() / "hold");
  // One sync waits at most: a server has one thread that writes.
  release();
}

std::string SyncGate::entered(milliseconds limit) {
  while (input_.find('\n') == std::string::npos) {
    pollfd wanted{entered_, POLLIN, 0};
    if (::poll(&wanted, 1, static_cast<int>(limit.count())) != 1) throw TimedOut("no sync was begun in time");
    char bytes[256];
    const ssize_t count = ::read(entered_, bytes, sizeof bytes);
    if (count > 0) input_.append(bytes, static_cast<std::size_t>(count));
  }
  const std::string name = input_.substr(0, input_.find('\n'));
  input_.erase(0, name.size() + 1);
  return name;
}

void SyncGate::release() {
  if (::write(release_, "x", 1) != 1) throw std::runtime_error("cannot release a sync");
}

void SyncGate::fail(const std::string& calls) { std::ofstream(directory_.path() / "fail") << calls; }

}  // namespace earmark::test
