// The reporter's thread: answers reports from the state store, so that one that takes seconds holds up neither orders nor folds.
//   Worker (any) -> queue of jobs -> [the compactor folds so far as was durable] -> make_report() -> frames -> mail to the session's worker
// A report is true at the LSN that the state store stands at. It waits, as long as it was told to at most, until that is no older than
// what was durable when the question came: everything answered by then. It never ends the server: what cannot be read is said.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <thread>

#include "schema/report.hpp"
#include "server/hub.hpp"
#include "server/wake_signal.hpp"

namespace earmark::server {

class Reporter {
 public:
  using Clock = std::chrono::steady_clock;
  // `hurry` asks for a fold up to an LSN; `now` is the clock, or gives 0 on the time of commands.
  Reporter(Hub& hub, const storage::StateStore& state, std::function<void(engine::Lsn)> hurry, std::function<engine::TimeUs()> now);
  ~Reporter();

  void start();
  // Ends after the report under way; who still waits gets no answer.
  void stop();
  // No report waits for folds any more: the server is to end. Any thread.
  void wait_no_more();

  // False: too many are under way. Any thread of a worker.
  bool ask(const engine::ReplyTo& reply, const schema::ReportRequest& request);
  // The state store has moved on. The compactor's thread.
  void folded() noexcept { signal_.wake(); }
  // What the thread does, for tests and simulation that have none: answers what need not wait. Gives the time by which the next one
  // has waited enough.
  Clock::time_point work(Clock::time_point now);

 private:
  struct Job {
    engine::ReplyTo reply;
    schema::ReportRequest request;
    engine::Lsn wanted{};  // what was durable when it came
    Clock::time_point deadline;
  };
  void run();
  void answer(const Job& job);
  void send(const engine::ReplyTo& reply, std::vector<std::byte> frames);

  Hub& hub_;
  const storage::StateStore& state_;
  std::function<void(engine::Lsn)> hurry_;
  std::function<engine::TimeUs()> now_;
  moodycamel::ConcurrentQueue<Job> jobs_;
  std::atomic<std::uint32_t> under_way_{0};
  std::deque<Job> waiting_;  // the reporter's own
  WakeSignal signal_;
  std::atomic<bool> stop_{false}, in_haste_{false};
  std::thread thread_;
};

}  // namespace earmark::server
