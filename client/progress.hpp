// One line on stderr about long work: how much is done, how fast, how long it will take. Nothing is written unless
// stderr is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace earmark::client {

class Progress {
 public:
  // `total` 0: not known. `wanted` false: never written.
  Progress(std::string what, std::uint64_t total, bool wanted = true);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // takes the line away

  // Cheap: writes at most five times a second.
  void done(std::uint64_t count);

  // "orders 1,200 of 4,000 (30 %), 600/s, 5 s left"
  static std::string line(const std::string& what, std::uint64_t count, std::uint64_t total,
                          std::chrono::duration<double> elapsed);

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  std::uint64_t total_;
  bool visible_;
  bool written_ = false;
  Clock::time_point start_, last_;
};

}  // namespace earmark::client
