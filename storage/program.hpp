// What the commands of earmark-journal share: lines on stdout, the one line of an error, and how far long work is. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/journal.hpp"

namespace earmark::storage {

// Thrown when nobody reads stdout any more: a quiet end.
struct OutputClosed {};

// Writes all of it.
void print(std::string_view text);
// One line on stderr, behind all that was printed; gives the code.
int fail(const std::string& text, int code);

bool is_damage(const Failure& failure) noexcept;
// A server may trim what is just being read; then it is read again from where it begins now.
bool trimmed_meanwhile(const Failure& failure, int tries) noexcept;

std::string time_text(std::int64_t microseconds);
std::string bytes_text(double bytes);    // "1.2 MB"
std::string count_text(double count);    // "1200"

// One line that is written over itself: step, how much of how much, rate, time left. Nothing when stderr is no terminal.
class ProgressLine {
 public:
  using Amount = std::string (*)(double);
  explicit ProgressLine(Amount amount) : amount_(amount) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();
  void show(std::string_view step, std::uint64_t done, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  Amount amount_;
  bool terminal_ = is_terminal();
  std::string step_;
  Clock::time_point since_;

  static bool is_terminal();
};

}  // namespace earmark::storage
