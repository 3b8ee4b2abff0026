// The journal's thread: gathers what was committed in LSN order, makes it durable in one group, brings the durable
// view up to date, and only then lets answers go (server/group_commit.hpp has the steps). While the disk works the next
// group fills; there is no timer.
//   gather -> append -> show -> release -> one wake-up for each worker
// A thread whose only request waits for the disk may take these steps itself (commit_here): that spares the two wake-ups of a
// hand-over. Whoever takes them has the turn; who finds it taken leaves them to this thread.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "server/group_commit.hpp"
#include "server/journal_writer.hpp"
#include "server/queue.hpp"
#include "server/wake_signal.hpp"

namespace earmark::server {

// One owner at a time. Taking acquires what the owner before released: the group's state goes from thread to thread with it.
class Turn {
 public:
  bool try_take() noexcept { return taken_.exchange(1, std::memory_order_acquire) == 0; }  // pairs with give_back()
  void take() noexcept {
    while (!try_take()) taken_.wait(1, std::memory_order_relaxed);
  }
  void give_back() noexcept {
    taken_.store(0, std::memory_order_release);
    taken_.notify_one();
  }

 private:
  std::atomic<std::uint32_t> taken_{0};
};

class JournalThread final : public JournalWriter {
 public:
  // `after_group` runs after each group on the thread that committed it, `failed` once if the journal cannot be written: it must not
  // return to answering anybody (exit 5).
  JournalThread(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time,
                std::function<void()> after_group, std::function<void(const storage::Failure&)> failed);
  ~JournalThread() override;

  void start();
  // Journals everything that is committed, then ends. No commits may follow.
  void drain_and_stop();
  void committed() noexcept override { signal_.wake(); }

  bool commit_here() override;
  std::int64_t wait_for_group() override;
  // Between two groups, by trying, and if groups come too fast by asking this thread to call it.
  void at_one_lsn(const std::function<void()>& read) override;

  const JournalCounters& counters() const noexcept override { return group_.counters(); }

 private:
  enum class Group : std::uint8_t { none, durable, failed };

  void run();
  // With the turn. Failed: no further group is possible.
  Group commit_group();
  bool has_work() const noexcept;
  void serve_between_groups();

  engine::Engine& engine_;
  Turn turn_;
  GroupCommit group_;     // of who has the turn, like `has_failed_`
  bool has_failed_ = false;
  std::function<void()> after_group_;
  std::function<void(const storage::Failure&)> failed_;
  WakeSignal signal_;
  std::atomic<bool> stop_{false};
  std::atomic<std::uint32_t> group_ended_{0};
  struct BetweenGroups {
    const std::function<void()>* read = nullptr;
    std::atomic<std::uint32_t> done{0};
  };
  moodycamel::ConcurrentQueue<BetweenGroups*> between_groups_;
  std::thread thread_;
};

}  // namespace earmark::server
