// A server of its own for one test: on a temporary directory and a free port, ready when constructed, killed at the end.
#pragma once

#include <memory>

#include "tests/system/support/process.hpp"

namespace earmark::test {

struct ReadyLine {
  std::string text;
  std::uint16_t port = 0;
  std::uint64_t lsn = 0, recovered_ms = 0;
  pid_t pid = 0;
};
// None if the line is not as the contract says.
std::optional<ReadyLine> parse_ready_line(const std::string& line);

// The arguments of a small server on this directory.
std::vector<std::string> server_arguments(const std::filesystem::path& directory, const std::vector<std::string>& flags = {});

class Server {
 public:
  // Starts and waits for the ready line. Throws if the program ends instead.
  explicit Server(std::filesystem::path directory, std::vector<std::string> flags = {}, Process::Environment environment = {});

  const std::filesystem::path& directory() const noexcept { return directory_; }
  const ReadyLine& ready() const noexcept { return ready_; }
  std::uint16_t port() const noexcept { return ready_.port; }
  std::string address() const { return "127.0.0.1:" + std::to_string(ready_.port); }
  Process& process() noexcept { return *process_; }

  Ended terminate();  // SIGTERM, and waits
  void kill();        // SIGKILL, and waits
  // Starts again on the same directory, after the end.
  void start();
  void start(Process::Environment environment);
  // Later starts listen on the port of today, for clients that come back by themselves.
  void keep_port() { flags_.insert(flags_.end(), {"--listen", address()}); }

 private:
  std::filesystem::path directory_;
  std::vector<std::string> flags_;
  Process::Environment environment_;
  ReadyLine ready_;
  std::unique_ptr<Process> process_;
};

}  // namespace earmark::test
