#include "server/journal_thread.hpp"

#include <chrono>

namespace earmark::server {
namespace {

constexpr int sleep_ms = 100;  // bounds a sleep; work wakes it at once

using Clock = std::chrono::steady_clock;

std::uint64_t microseconds_since(Clock::time_point began) noexcept {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count());
}

}  // namespace

JournalThread::JournalThread(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time,
                             std::function<void()> after_group, std::function<void(const storage::Failure&)> failed)
    : engine_(engine), group_(engine, journal, last_time), after_group_(std::move(after_group)), failed_(std::move(failed)) {}

JournalThread::~JournalThread() { drain_and_stop(); }

void JournalThread::start() {
  thread_ = std::thread([this] { run(); });
}

void JournalThread::drain_and_stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  signal_.wake();
  thread_.join();
}

void JournalThread::run() {
  for (;;) {
    serve_between_groups();
    if (!group_.gather()) {
      if (stop_.load(std::memory_order_acquire)) return;
      signal_.announce();
      if (group_.more_is_committed() || stop_.load(std::memory_order_acquire) || between_groups_.size_approx() != 0) {
        signal_.retract();
      } else {
        signal_.sleep(sleep_ms);
      }
      continue;
    }
    const Clock::time_point began = Clock::now();
    const auto appended = group_.append();
    if (!appended) {  // memory is ahead of the disk and the outcome unknown: nobody may hear of it
      failed_(appended.error());
      return;
    }
    group_.counters().append_time.add(microseconds_since(began));
    group_.show();
    group_.release();  // from here on answers may go
    group_ended_.fetch_add(1, std::memory_order_release);
    group_ended_.notify_all();
    after_group_();
  }
}

std::int64_t JournalThread::wait_for_group() {
  const std::uint32_t seen = group_ended_.load(std::memory_order_acquire);
  if (engine_.shared().window.durable() == engine_.shared().commit_word.last()) return 0;
  const Clock::time_point began = Clock::now();
  group_ended_.wait(seen, std::memory_order_acquire);
  return static_cast<std::int64_t>(microseconds_since(began));
}

void JournalThread::at_one_lsn(const std::function<void()>& read) {
  const engine::DurableView& view = engine_.view();
  for (int attempt = 0; attempt < 16; ++attempt) {
    const std::uint64_t before = view.version();
    if ((before & 1) != 0) continue;
    read();
    if (view.version() == before) return;
  }
  BetweenGroups request{&read, {}};
  between_groups_.enqueue(&request);
  signal_.wake();
  request.done.wait(0, std::memory_order_acquire);
}

void JournalThread::serve_between_groups() {
  BetweenGroups* request = nullptr;
  while (between_groups_.try_dequeue(request)) {
    (*request->read)();
    request->done.store(1, std::memory_order_release);
    request->done.notify_one();
  }
}

}  // namespace earmark::server
