#include "loadtest/load_thread.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "client/describe.hpp"
#include "engine/check.hpp"
#include "loadtest/load_connection.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::size_t read_bytes = 1U << 20;
constexpr std::uint64_t longest_wait = 100 * nanoseconds_per_ms;  // so that the end of the run is noticed
constexpr std::uint64_t longest_wait_of_overdue = 5 * nanoseconds_per_ms;
constexpr std::uint64_t most_unsent_counted = 20'000'000;

// Waits to the nanosecond where the kernel can (5.11 and later), otherwise to the next millisecond.
int wait_for(int epoll, std::span<epoll_event> ready, std::uint64_t wait_ns) noexcept {
  const timespec limit{static_cast<time_t>(wait_ns / 1'000'000'000), static_cast<long>(wait_ns % 1'000'000'000)};
  const int count = ::epoll_pwait2(epoll, ready.data(), static_cast<int>(ready.size()), &limit, nullptr);
  if (count >= 0 || errno != ENOSYS) return count;
  const auto wait_ms = static_cast<int>((wait_ns + nanoseconds_per_ms - 1) / nanoseconds_per_ms);
  return ::epoll_wait(epoll, ready.data(), static_cast<int>(ready.size()), wait_ms);
}

}  // namespace

std::uint64_t monotonic_ns() noexcept {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

LoadThread::LoadThread(const Options& options, const BenchmarkCatalogue& catalogue, std::uint32_t number, std::uint64_t history_limit)
    : options_(options), catalogue_(catalogue), number_(number),
      id_prefix_(fmt::format("{}-{}", options.id_prefix, "0123456789abcdefghijklmnopqrstuvwxyz"[number])),
      history_limit_(history_limit), one_kind_(options.mix.is_one_value()),
      plain_orders_(options.policies.share_of(engine::Policy::ship_partial) == 1 && options.priorities.share_of(engine::Priority{100}) == 1),
      keeps_orders_(options.mix.share_of(RequestKind::cancel) + options.mix.share_of(RequestKind::ship) + options.mix.share_of(RequestKind::show) > 0),
      generator_(options.shape, Random(options.seed + number).next()), choices_(~options.seed - number),
      order_frame_(id_prefix_, catalogue.epoch(), options.shape.has_fixed_lines() ? options.shape.lines : 1, !plain_orders_),
      drawn_(options.shape.most_lines()), order_lines_(options.shape.most_lines()), drawn_skus_(options.check_skus),
      check_skus_(options.check_skus), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      input_(read_bytes + schema::max_frame_bytes + schema::frame_header_bytes), acts_(options.acts()) {
  EARMARK_CHECK(epoll_ >= 0);
}

LoadThread::~LoadThread() { ::close(epoll_); }

client::Outcome<void> LoadThread::connect(std::uint32_t connections) {
  for (std::uint32_t count = 0; count < connections; ++count) {
    auto socket = LoadSocket::open(options_.server);
    if (!socket) return Unexpected{socket.error()};
    // What is over the server's credit would wait in the socket; in an open loop it waits here, where it is counted.
    const std::uint32_t credit = options_.is_open_loop() ? std::max(1U, socket->credit()) : options_.pipeline;
    Connection& connection = connections_.emplace_back(std::move(*socket), std::min(options_.pipeline, credit),
                                                       options_.shape.has_fixed_lines() ? options_.shape.lines : 0);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.ptr = &connection;
    EARMARK_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket.handle(), &interest) == 0);
  }
  return {};
}

void LoadThread::begin_phase() {
  tally_ = {};
  schedule_.reset();
  bursts_.reset();
  sending_ = true;
  ended_.store(false, std::memory_order_relaxed);  // run() has not begun: nobody waits for it
}

void LoadThread::run(RunTimes& times) {
  measure_from_ = times.measure_from;
  drain_ns_ = times.drain_ns;
  grace_ns_ = times.grace_ns;
  orders_left_ = options_.orders / options_.threads + (number_ < options_.orders % options_.threads ? 1 : 0);
  if (!times.rates.empty()) {
    const std::uint64_t end = times.end.load(std::memory_order_relaxed);
    step_ns_ = std::max<std::uint64_t>(1, (end - measure_from_) / times.rates.size());
    std::vector<RateStep> steps;
    for (const double rate : times.rates) steps.push_back({measure_from_ + steps.size() * step_ns_, rate});
    steps.front().from_ns = times.start;  // the warm-up runs at the first rate
    schedule_.emplace(steps, end, options_.arrivals, number_, options_.threads, choices_.next());
    tally_.steps.resize(steps.size() > 1 ? steps.size() : 0);
    plan_acts(end);
  }
  if (options_.replay) schedule_.emplace(options_.replay.times_of(number_, options_.threads, measure_from_), times.end.load(std::memory_order_relaxed));
  if (schedule_) ::prctl(PR_SET_TIMERSLACK, 1'000UL);
  read_clock(times);
  if (!schedule_) {
    for (Connection& connection : connections_) fill(connection);
  }
  dispatch();
  while ((sending_ || open_ != 0 || !repeats_.empty() || !delayed_.empty()) && fault_.empty() && (sending_ || now_ < give_up_)) loop(times);
  timeline_.finish();
  if (!fault_.empty()) times.end_now(now_);
  ended_.store(true, std::memory_order_release);
}

// The bursts' receipts, shared out among the threads.
void LoadThread::plan_acts(std::uint64_t end_ns) {
  tally_.acts.resize(acts_.size());
  const std::uint32_t receipts = options_.situation_shape.burst_receipts;
  const std::uint32_t share = receipts / options_.threads + (number_ < receipts % options_.threads ? 1 : 0);
  std::vector<std::uint64_t> times;
  for (std::size_t act = 0; act < acts_.size(); ++act) {
    const auto more = burst_times(acts_[act], share, measure_from_ + act * step_ns_, step_ns_);
    times.insert(times.end(), more.begin(), more.end());
  }
  if (!times.empty()) bursts_.emplace(std::move(times), end_ns);
}

std::uint64_t LoadThread::longest_wait_ns() const noexcept {
  std::uint64_t wait = delayed_.empty() ? longest_wait : nanoseconds_per_ms;
  // What is due already waits for a slot, so for an answer; now and then its number is looked at.
  if (schedule_ && sending_) wait = std::min(wait, schedule_->next() > now_ ? schedule_->next() - now_ : longest_wait_of_overdue);
  if (bursts_ && sending_ && bursts_->next() > now_) wait = std::min(wait, bursts_->next() - now_);
  return wait;
}

void LoadThread::loop(RunTimes& times) {
  std::array<epoll_event, 256> ready;
  const int count = wait_for(epoll_, ready, longest_wait_ns());
  for (int index = 0; index < std::max(count, 0); ++index) {
    auto& connection = *static_cast<Connection*>(ready[static_cast<std::size_t>(index)].data.ptr);
    if ((ready[static_cast<std::size_t>(index)].events & EPOLLOUT) != 0) flush(connection);
    if ((ready[static_cast<std::size_t>(index)].events & ~std::uint32_t{EPOLLOUT}) != 0) receive(connection, times);
  }
  if (sending_ && history_.size() >= history_limit_) {  // the other threads end, too
    history_full_ = true;
    times.end_now(now_);
  }
  read_clock(times);
  send_delayed();
  dispatch();
  watch_backlog();
  timeline_.advance(now_);
  live_.advance(now_);
  progress_.store(delivery_.answered, std::memory_order_relaxed);
}

void LoadThread::read_clock(const RunTimes& times) noexcept {
  now_ = monotonic_ns();
  end_ = times.end.load(std::memory_order_relaxed);
  measuring_ = now_ >= measure_from_ && now_ < end_;
  if (!sending_ || now_ < end_) return;
  stop_sending();
  count_unsent();
}

void LoadThread::stop_sending() {
  sending_ = false;
  give_up_ = now_ + drain_ns_;
  if (now_ >= end_) {  // with a number of orders they are part of it
    for (const Delayed& given_up : delayed_) given_up.connection->free.push_back(static_cast<std::uint16_t>(given_up.slot));
    delayed_.clear();
  }
  tally_.unanswered = open_;
}

// The least that was due and not answered in the second and in the last quarter of the measurement: a server that falls
// behind never catches up in between, one that only hesitates does.
void LoadThread::watch_backlog() noexcept {
  if (!schedule_ || !measuring_) return;
  const std::uint64_t quarter = (now_ - measure_from_) * 4 / (end_ - measure_from_);
  if (quarter != 1 && quarter != 3) return;
  const std::uint64_t backlog = open_ + schedule_->due(now_);
  std::uint64_t& least = quarter == 1 ? tally_.backlog_before : tally_.backlog_after;
  least = std::min(least, backlog);
}

// The worst of an overloaded open loop: what was due but never sent. It has waited until the end, at least.
void LoadThread::count_unsent() {
  if (!schedule_) return;
  schedule_->end_at(end_);
  for (std::uint64_t count = 0; schedule_->next() != Schedule::never; schedule_->advance()) {
    const std::uint64_t intended = schedule_->next();
    if (intended < measure_from_) continue;
    if (++count > most_unsent_counted) {
      tally_.offered += schedule_->left();
      tally_.unsent += schedule_->left();
      break;
    }
    ++tally_.offered;
    ++tally_.unsent;
    const bool popular = !acts_.empty() && choices_.unit() < acts_[act_at(intended)].popular_share();
    Request request;
    request.kind = popular ? RequestKind::order : options_.mix.pick(choices_.unit());
    request.popular = popular;
    tally_.of(request.kind).add(end_ - intended);
    tally_.waited.add(end_ - intended);
    if (StreamTally* const stream = stream_tally(request, intended)) {
      ++stream->offered;
      stream->latency.add(end_ - intended);
    }
    if (tally_.steps.empty()) continue;
    StepTally& step = tally_.steps[std::min<std::size_t>((intended - measure_from_) / step_ns_, tally_.steps.size() - 1)];
    ++step.offered;
    step.latency.add(end_ - intended);
  }
}

// One read: level-triggered epoll tells when there is more.
void LoadThread::receive(Connection& connection, const RunTimes& times) {
  std::vector<std::byte>& carried = connection.carried;
  std::copy(carried.begin(), carried.end(), input_.begin());
  const LoadSocket::Moved moved = connection.socket.read(std::span(input_).subspan(carried.size()));
  if (moved.status == LoadSocket::Status::lost) return lost(connection);
  if (moved.bytes == 0) return;
  read_clock(times);
  std::span<const std::byte> rest = std::span<const std::byte>(input_).first(carried.size() + moved.bytes);
  for (;;) {
    const schema::Split split = schema::split(rest);
    if (split.status == schema::SplitStatus::too_large) {
      fault_ = "the server sent a frame that is larger than the protocol allows";
      return;
    }
    if (split.status == schema::SplitStatus::need_more) break;
    answer(connection, split.frame);
    rest = rest.subspan(split.consumed);
  }
  carried.assign(rest.begin(), rest.end());
  if (options_.waves && sending_ && connection.open == 0) fill(connection);
  flush(connection);
}

void LoadThread::flush(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const auto unsent = std::span<const std::byte>(connection.out).subspan(connection.sent);
    const LoadSocket::Moved moved = connection.socket.write(unsent);
    if (moved.status == LoadSocket::Status::lost) return lost(connection);
    if (moved.status == LoadSocket::Status::would_block) break;
    connection.sent += moved.bytes;
  }
  const bool all_sent = connection.sent == connection.out.size();
  if (all_sent) {
    connection.out.clear();
    connection.sent = 0;
  }
  if (connection.waits_writable == !all_sent) return;
  connection.waits_writable = !all_sent;
  epoll_event interest{};
  interest.events = all_sent ? EPOLLIN : EPOLLIN | EPOLLOUT;
  interest.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket.handle(), &interest);
}

void LoadThread::lost(const Connection& connection) {
  if (!fault_.empty()) return;
  const std::string reason = errno == 0 ? "it closed the connection" : std::strerror(errno);
  fault_ = fmt::format("lost the server: {}; {} on this connection without answer", reason,
                       client::counted(connection.open, "request"));
}

}  // namespace earmark::loadtest
