// The journal's thread: gathers what was committed in LSN order, makes it durable in one group, brings the durable
// view up to date, and only then lets answers go. While the disk works the next group fills; there is no timer.
//   window -> chunks -> Journal::append -> view -> durable LSN -> one wake-up for each worker
// Invariant (E4): durable() never passes what append() has returned for.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include "engine/engine.hpp"
#include "server/counters.hpp"
#include "server/queue.hpp"
#include "schema/event.hpp"
#include "server/wake_signal.hpp"
#include "storage/journal.hpp"

namespace earmark::server {

class JournalThread {
 public:
  // `after_group` runs on this thread after each group, `failed` once if the journal cannot be written: it must not
  // return to answering anybody (exit 5).
  JournalThread(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time,
                std::function<void()> after_group, std::function<void(const storage::Failure&)> failed);
  ~JournalThread();

  void start();
  // Journals everything that is committed, then ends. No commits may follow.
  void drain_and_stop();
  // Something was committed. Any thread.
  void committed() noexcept { signal_.wake(); }

  // Blocks until one more group is durable; returns how long, in microseconds.
  std::int64_t wait_for_group() noexcept;
  // Calls read() so that all it reads of the durable view is of one LSN: between two groups, by trying, and if groups
  // come too fast by asking this thread to call it. Blocks for at most one group.
  void at_one_lsn(const std::function<void()>& read);

  const JournalCounters& counters() const noexcept { return counters_; }

 private:
  void run();
  bool gather();
  void keep_time_from_falling(std::span<std::byte> records, std::uint32_t count);
  void show_group();
  void serve_between_groups();

  engine::Engine& engine_;
  storage::Journal& journal_;
  std::function<void()> after_group_;
  std::function<void(const storage::Failure&)> failed_;
  WakeSignal signal_;
  std::atomic<bool> stop_{false};
  engine::Lsn next_;
  engine::TimeUs last_time_;
  std::vector<std::span<const std::byte>> chunks_;
  std::size_t group_bytes_ = 0;
  engine::Lsn group_first_{}, group_last_{};
  schema::EventDecoder decoder_;
  JournalCounters counters_;
  std::atomic<std::uint32_t> group_ended_{0};
  struct BetweenGroups {
    const std::function<void()>* read = nullptr;
    std::atomic<std::uint32_t> done{0};
  };
  moodycamel::ConcurrentQueue<BetweenGroups*> between_groups_;
  std::thread thread_;
};

}  // namespace earmark::server
