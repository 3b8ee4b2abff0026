#include "storage/program.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>

namespace earmark::storage {

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) throw OutputClosed{};
}

int fail(const std::string& text, int code) {
  std::fflush(stdout);
  std::fprintf(stderr, "earmark-journal: %s\n", text.c_str());
  return code;
}

bool is_damage(const Failure& failure) noexcept { return failure.kind == FailureKind::damaged || failure.kind == FailureKind::bad_version; }

bool trimmed_meanwhile(const Failure& failure, int tries) noexcept { return failure.kind == FailureKind::trimmed && tries < 10; }

std::string time_text(std::int64_t microseconds) {
  const std::time_t seconds = microseconds / 1'000'000;
  std::tm parts = {};
  ::gmtime_r(&seconds, &parts);
  char text[32] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string bytes_text(double bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 1000 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  char text[32] = {};
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
  return text;
}

std::string count_text(double count) { return std::to_string(static_cast<std::uint64_t>(count)); }

bool ProgressLine::is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

ProgressLine::~ProgressLine() {
  if (terminal_ && !step_.empty()) std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(std::string_view step, std::uint64_t done, std::uint64_t total) {
  if (!terminal_) return;
  if (step != step_) {
    step_ = step;
    since_ = Clock::now();
  }
  std::string line = step_;
  const double seconds = std::chrono::duration<double>(Clock::now() - since_).count();
  const double rate = seconds > 0.3 ? static_cast<double>(done) / seconds : 0;
  if (total > 0) line += ": " + amount_(static_cast<double>(done)) + " of " + amount_(static_cast<double>(total));
  if (rate > 0) line += ", " + amount_(rate) + "/s";
  if (rate > 0 && done < total) line += ", " + std::to_string(static_cast<std::uint64_t>(static_cast<double>(total - done) / rate)) + " s left";
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
}

}  // namespace earmark::storage
