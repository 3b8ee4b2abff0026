// The journal's thread: gathers what was committed in LSN order, makes it durable in one group, brings the durable
// view up to date, and only then lets answers go (server/group_commit.hpp has the steps). While the disk works the next
// group fills; there is no timer.
//   gather -> append -> show -> release -> one wake-up for each worker
#pragma once

#include <atomic>
#include <functional>
#include <thread>

#include "server/group_commit.hpp"
#include "server/journal_writer.hpp"
#include "server/queue.hpp"
#include "server/wake_signal.hpp"

namespace earmark::server {

class JournalThread final : public JournalWriter {
 public:
  // `after_group` runs on this thread after each group, `failed` once if the journal cannot be written: it must not
  // return to answering anybody (exit 5).
  JournalThread(engine::Engine& engine, storage::Journal& journal, engine::TimeUs last_time,
                std::function<void()> after_group, std::function<void(const storage::Failure&)> failed);
  ~JournalThread() override;

  void start();
  // Journals everything that is committed, then ends. No commits may follow.
  void drain_and_stop();
  void committed() noexcept override { signal_.wake(); }

  std::int64_t wait_for_group() override;
  // Between two groups, by trying, and if groups come too fast by asking this thread to call it.
  void at_one_lsn(const std::function<void()>& read) override;

  const JournalCounters& counters() const noexcept override { return group_.counters(); }

 private:
  void run();
  void serve_between_groups();

  engine::Engine& engine_;
  GroupCommit group_;
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
