// One program, started, heard, signalled and always reaped: the destructor kills what still runs.
// Standard output comes through a pipe, so that a line can be waited for; standard error goes to a file of its own.
// One thread, except send_signal().
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace earmark::test {

using std::chrono::milliseconds;

// Every wait of these tests ends with this at the latest; it is far more than anything takes.
inline constexpr milliseconds long_enough{60'000};

struct TimedOut : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Made new under the system's directory for temporary files; removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  // In memory where there is such a file system: for long runs whose promise has nothing to do with the disk.
  static TemporaryDirectory in_memory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit TemporaryDirectory(const std::filesystem::path& parent);
  std::filesystem::path path_;
};

struct Ended {
  int status = -1;  // of exit; -1: ended by `signal`
  int signal = 0;
};

class Process {
 public:
  using Environment = std::vector<std::string>;  // NAME=VALUE, added to this process's own

  // `program` is a name in the build's bin directory, or a whole path.
  Process(const std::string& program, const std::vector<std::string>& arguments, const Environment& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const noexcept { return pid_; }
  void send_signal(int signal) const;
  // The next line of standard output; none when it has ended. Throws TimedOut.
  std::optional<std::string> read_line(milliseconds limit = long_enough);
  // Waits for the end, reading standard output. Throws TimedOut.
  Ended wait(milliseconds limit = long_enough);

  const std::string& output() const noexcept { return output_; }  // not yet taken by read_line
  std::string error() const;                                      // so far

 private:
  bool read_more(std::chrono::steady_clock::time_point deadline);

  TemporaryDirectory files_;
  pid_t pid_ = -1;
  int process_ = -1;  // descriptor of the process, readable when it has ended
  int pipe_ = -1;
  std::string output_;
  std::optional<Ended> ended_;
};

struct ProgramResult {
  int code = -1;
  std::string out, error;
};
// Runs a program to its end.
ProgramResult run(const std::string& program, const std::vector<std::string>& arguments, milliseconds limit = long_enough);

// One line that names the program and says something.
bool is_one_line(const std::string& error, const std::string& program);

std::string read_text(const std::filesystem::path& file);

}  // namespace earmark::test
