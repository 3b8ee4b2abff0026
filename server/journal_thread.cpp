#include "server/journal_thread.hpp"

#include <chrono>

#include "server/thread_name.hpp"

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
  thread_ = std::thread([this] {
    name_this_thread("earmark-journal");
    run();
  });
}

void JournalThread::drain_and_stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  signal_.wake();
  thread_.join();
}

void JournalThread::run() {
  for (Group group = Group::none; group != Group::failed;) {
    turn_.take();
    serve_between_groups();
    group = commit_group();
    const bool ends = group == Group::none && stop_.load(std::memory_order_acquire);
    bool may_sleep = false;
    if (group == Group::none && !ends) {
      signal_.announce();
      may_sleep = !has_work();
      if (!may_sleep) signal_.retract();
    }
    turn_.give_back();
    if (ends) return;
    if (group == Group::durable) after_group_();
    if (may_sleep) signal_.sleep(sleep_ms);
  }
}

bool JournalThread::has_work() const noexcept {
  return group_.more_is_committed() || stop_.load(std::memory_order_acquire) || between_groups_.size_approx() != 0;
}

JournalThread::Group JournalThread::commit_group() {
  if (has_failed_) return Group::failed;
  if (!group_.gather()) return Group::none;
  const Clock::time_point began = Clock::now();
  const auto appended = group_.append();
  if (!appended) {  // memory is ahead of the disk and the outcome unknown: nobody may hear of it
    has_failed_ = true;
    failed_(appended.error());
    return Group::failed;
  }
  group_.counters().append_time.add(microseconds_since(began));
  group_.show();
  group_.release();  // from here on answers may go
  group_ended_.fetch_add(1, std::memory_order_release);
  group_ended_.notify_all();
  return Group::durable;
}

bool JournalThread::commit_here() {
  if (!turn_.try_take()) return false;
  const Group group = commit_group();
  if (group == Group::durable) group_.counters().groups_of_receivers.add();
  turn_.give_back();
  if (group == Group::durable) after_group_();
  return group == Group::durable;
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
