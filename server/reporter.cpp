#include "server/reporter.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "schema/answer.hpp"
#include "server/limits.hpp"
#include "server/log.hpp"
#include "server/thread_name.hpp"
#include "server/worker.hpp"
#include "storage/report.hpp"

namespace earmark::server {
namespace {

constexpr int niceness = 10;  // the order path comes first
constexpr auto longest_sleep = std::chrono::milliseconds(1'000);

}  // namespace

Reporter::Reporter(Hub& hub, const storage::StateStore& state, std::function<void(engine::Lsn)> hurry, std::function<engine::TimeUs()> now)
    : hub_(hub), state_(state), hurry_(std::move(hurry)), now_(std::move(now)) {}

Reporter::~Reporter() { stop(); }

void Reporter::start() {
  thread_ = std::thread([this] {
    name_this_thread("earmark-report");
    run();
  });
}

void Reporter::stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  signal_.wake();
  thread_.join();
}

void Reporter::wait_no_more() {
  in_haste_.store(true, std::memory_order_release);
  signal_.wake();
}

bool Reporter::ask(const engine::ReplyTo& reply, const schema::ReportRequest& request) {
  // Relaxed: a bound, nothing is ordered by it.
  if (under_way_.fetch_add(1, std::memory_order_relaxed) >= most_reports_under_way) {
    under_way_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  const auto patience = std::chrono::milliseconds(std::min(request.wait_ms, most_report_wait_ms));
  const engine::Lsn durable = hub_.engine.shared().window.durable();
  jobs_.enqueue({reply, request, std::max(durable, request.at), Clock::now() + patience});
  if (patience.count() != 0) hurry_(durable);
  signal_.wake();
  return true;
}

void Reporter::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // of this thread; advice
  while (!stop_.load(std::memory_order_acquire)) {
    signal_.announce();
    const auto next = work(Clock::now());
    if (stop_.load(std::memory_order_acquire)) return;
    const auto left = std::clamp<Clock::duration>(next - Clock::now(), std::chrono::milliseconds(0), longest_sleep);
    signal_.sleep(static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(left).count()) + 1);
  }
}

Reporter::Clock::time_point Reporter::work(Clock::time_point now) {
  Job job;
  while (jobs_.try_dequeue(job)) waiting_.push_back(job);
  const engine::Lsn applied = state_.summary().applied;
  const bool in_haste = in_haste_.load(std::memory_order_acquire);
  auto next = Clock::time_point::max();
  std::deque<Job> left;
  for (const Job& each : waiting_) {
    if (applied >= each.wanted || now >= each.deadline || in_haste) {
      answer(each);
    } else {
      left.push_back(each);
      next = std::min(next, each.deadline);
    }
  }
  waiting_ = std::move(left);
  return next;
}

void Reporter::answer(const Job& job) {
  const auto table = storage::make_report(state_, job.request, now_());
  std::vector<std::byte> frames;
  const auto refuse = [&](engine::ErrorCode code, const std::string& why, engine::Lsn as_of, std::uint32_t retry_ms) {
    schema::append_answer(frames, job.reply.correlation, schema::ErrorAnswer{{code, 0, {}}, why, as_of, retry_ms});
  };
  const engine::Lsn at = job.request.at;
  if (!table) {
    log_warning("a report cannot be made", {{"reason", table.error().text}});
    refuse(engine::ErrorCode::not_supported, "The state store cannot be read; see the server's log.", {}, 0);
  } else if (at.value != 0 && at < table->as_of) {
    refuse(engine::ErrorCode::trimmed, "Reports are made of the state as it stands; the oldest that there is is at LSN " +
                                           std::to_string(table->as_of.value) + ".", table->as_of, 0);
  } else if (at.value != 0 && at > table->as_of) {
    refuse(engine::ErrorCode::overloaded, "The state has come to LSN " + std::to_string(table->as_of.value) + " by now; ask again.", table->as_of,
           overloaded_retry_ms);
  } else {
    std::vector<std::string_view> texts;
    schema::append_answer(frames, job.reply.correlation, table->answer(texts));
  }
  under_way_.fetch_sub(1, std::memory_order_relaxed);
  send(job.reply, std::move(frames));
}

void Reporter::send(const engine::ReplyTo& reply, std::vector<std::byte> frames) {
  Worker& worker = *hub_.workers[reply.thread];
  Mail mail;
  mail.reply = reply;
  mail.frames = std::move(frames);
  worker.mailbox.enqueue(std::move(mail));
  worker.wake();
}

}  // namespace earmark::server
