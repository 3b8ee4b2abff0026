#include "storage/copy_commands.hpp"

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>

#include "storage/backup.hpp"
#include "storage/program.hpp"

namespace earmark::storage {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a signal handler

int code_for(FailureKind kind) {
  switch (kind) {
    case FailureKind::in_use: return 3;
    case FailureKind::damaged:
    case FailureKind::bad_version: return 4;
    case FailureKind::write_failed: return 5;
    case FailureKind::cannot_open:
    case FailureKind::trimmed: return 1;
  }
  return 1;
}

void let_signals_interrupt() {
  struct sigaction action = {};
  action.sa_handler = [](int) { interrupted.store(true, std::memory_order_relaxed); };
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(number, &action, nullptr);
}

template <class Work>
int run(const std::string& target, const Work& work) {
  if (const auto usable = check_copy_target(target); !usable) return fail(usable.error().text, 2);
  let_signals_interrupt();
  const auto start = Clock::now();
  Outcome<CopyReport> report = [&] {
    ProgressLine line(bytes_text);
    return work([&](std::string_view step, std::uint64_t done, std::uint64_t total) {
      if (interrupted.load(std::memory_order_relaxed)) return false;
      line.show(step, done, total);
      return true;
    });
  }();
  if (!report) return fail(report.error().text, code_for(report.error().kind));
  if (report->state == CopiedState::left_out) {
    std::fprintf(stderr, "earmark-journal: the state was left out, the next start makes it again from the journal: %s\n", report->why_left_out.c_str());
  }
  const char* const state = report->state == CopiedState::copied ? "yes" : report->state == CopiedState::none ? "no" : "left_out";
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count();
  std::printf("ok lsn=%llu groups=%llu file_bytes=%llu state=%s catalogue_epoch=%llu ms=%lld\n",
              static_cast<unsigned long long>(report->check.tail.last.value), static_cast<unsigned long long>(report->check.groups),
              static_cast<unsigned long long>(report->file_bytes), state,
              static_cast<unsigned long long>(report->check.identity.catalogue_epoch), static_cast<long long>(milliseconds));
  return 0;
}

}  // namespace

int backup_command(const std::string& directory, const std::string& target) {
  return run(target, [&](const CopyProgress& progress) { return back_up(directory, target, progress); });
}

int restore_command(const std::string& backup, const std::string& target) {
  return run(target, [&](const CopyProgress& progress) { return restore(backup, target, progress); });
}

}  // namespace earmark::storage
