#include "client/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "client/describe.hpp"

namespace earmark::client {
namespace {

constexpr auto pause = std::chrono::milliseconds(200);
constexpr const char* clear_line = "\r\x1b[K";

}  // namespace

Progress::Progress(std::string what, std::uint64_t total, bool wanted)
    : what_(std::move(what)), total_(total), visible_(wanted && isatty(STDERR_FILENO) == 1), start_(Clock::now()), last_(start_) {}

Progress::~Progress() {
  if (written_) std::fputs(clear_line, stderr);
}

void Progress::done(std::uint64_t count) {
  if (!visible_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_ < pause) return;
  last_ = now;
  written_ = true;
  std::fprintf(stderr, "%s%s", clear_line, line(what_, count, total_, now - start_).c_str());
  std::fflush(stderr);
}

std::string Progress::line(const std::string& what, std::uint64_t count, std::uint64_t total,
                           std::chrono::duration<double> elapsed) {
  const double rate = elapsed.count() > 0 ? static_cast<double>(count) / elapsed.count() : 0;
  const std::string speed = with_separators(static_cast<std::uint64_t>(rate)) + "/s";
  if (total == 0) return fmt::format("{} {}, {}", what, with_separators(count), speed);
  const std::uint64_t left = count < total ? total - count : 0;
  const std::string wait = rate > 0 ? fmt::format("{:.0f} s left", static_cast<double>(left) / rate) : "?";
  return fmt::format("{} {} of {} ({} %), {}, {}", what, with_separators(count), with_separators(total),
                     count * 100 / total, speed, wait);
}

}  // namespace earmark::client
