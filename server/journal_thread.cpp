#include "server/journal_thread.hpp"

#include <chrono>
#include <variant>

#include "schema/record.hpp"

namespace earmark::server {
namespace {

constexpr std::size_t most_group_bytes = 4U << 20;
constexpr int sleep_ms = 100;  // bounds a sleep; work wakes it at once

using Clock = std::chrono::steady_clock;

std::uint64_t microseconds_since(Clock::time_point began) noexcept {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began).count());
}

}  // namespace

JournalThread::JournalThread(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time,
                             std::function<void()> after_group, std::function<void(const storage::Failure&)> failed)
    : engine_(engine), journal_(journal), after_group_(std::move(after_group)), failed_(std::move(failed)),
      next_(journal.last() + 1), last_time_(last_time) {}

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
    if (!gather()) {
      if (stop_.load(std::memory_order_acquire)) return;
      signal_.announce();
      if (engine_.shared().window.find(next_) || stop_.load(std::memory_order_acquire) || between_groups_.size_approx() != 0) {
        signal_.retract();
      } else {
        signal_.sleep(sleep_ms);
      }
      continue;
    }
    const Clock::time_point began = Clock::now();
    const auto appended = journal_.append({group_first_, group_last_, chunks_, group_bytes_});
    if (!appended) {  // memory is ahead of the disk and the outcome unknown: nobody may hear of it
      failed_(appended.error());
      return;
    }
    counters_.append_time.add(microseconds_since(began));
    show_group();
    counters_.groups.add();
    counters_.bytes.add(group_bytes_);
    counters_.group_lsns.add(group_last_.value - group_first_.value + 1);
    engine_.shared().window.advance(group_last_);  // from here on answers may go
    group_ended_.fetch_add(1, std::memory_order_release);
    group_ended_.notify_all();
    after_group_();
  }
}

// Takes bundle after bundle off the window, as far as LSNs are without a gap.
bool JournalThread::gather() {
  chunks_.clear();
  group_bytes_ = 0;
  group_first_ = next_;
  while (group_bytes_ < most_group_bytes) {
    const auto place = engine_.shared().window.find(next_);
    if (!place) break;
    const std::span<std::byte> bundle = engine_.shared().rings[place->committer.value]->at(place->offset_units);
    engine::BundleHeader header;
    std::memcpy(&header, bundle.data(), sizeof header);
    EARMARK_CHECK(header.first_lsn == next_.value && header.records > 0);
    const std::span<std::byte> records = bundle.subspan(sizeof header);
    keep_time_from_falling(records, header.records);
    chunks_.push_back(records);
    group_bytes_ += records.size();
    next_ = next_ + header.records;
    group_last_ = engine::Lsn{next_.value - 1};
  }
  return !chunks_.empty();
}

// Time never falls with the LSN, whichever thread's clock was read (E7). The bytes are still this thread's to change:
// their owner reads them after they are durable.
void JournalThread::keep_time_from_falling(std::span<std::byte> records, std::uint32_t count) {
  for (std::uint32_t index = 0; index < count; ++index) {
    std::size_t bytes = 0;
    bool more = true;
    while (more) {
      const schema::Piece piece = schema::piece_at(records.subspan(bytes));
      EARMARK_CHECK(piece.stride != 0);
      more = piece.header.more();
      bytes += piece.stride;
    }
    const engine::TimeUs time = schema::stamp_of(records).time;
    if (time < last_time_) {
      schema::set_time(records.first(bytes), last_time_);
    } else {
      last_time_ = time;
    }
    records = records.subspan(bytes);
  }
}

std::int64_t JournalThread::wait_for_group() noexcept {
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

void JournalThread::show_group() {
  engine::DurableView& view = engine_.view();
  view.begin_group();
  for (std::span<const std::byte> records : chunks_) {
    while (!records.empty()) {
      std::size_t consumed = 0;
      const schema::Event event = decoder_.decode_trusted(records, consumed);
      std::visit([&](const auto& decision) { view.apply(event.stamp, decision); }, event.decision);
      counters_.count(event.decision);
      records = records.subspan(consumed);
    }
  }
  view.end_group(group_last_);
}

}  // namespace earmark::server
