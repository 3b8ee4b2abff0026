// What the workers of one server share: the engine, the journal, and each other's mailboxes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/engine.hpp"
#include "server/decision_clock.hpp"
#include "server/journal_writer.hpp"
#include "server/queue.hpp"
#include "storage/journal.hpp"
#include "storage/state_store.hpp"

namespace earmark::server {

// To a worker: frames that are due for a session of his, a task to run there, or a message for the settler.
struct Mail {
  engine::ReplyTo reply;
  std::vector<std::byte> frames;
  bool last_frame = true;              // the request is answered
  std::function<void()> task;
  std::unique_ptr<engine::Message> message;
};

class MemoryAhead;
class Worker;
class Reporter;

struct Hub {
  Hub(engine::Engine& shared_engine, storage::Journal& shared_journal) : engine(shared_engine), journal(shared_journal) {}

  engine::Engine& engine;
  storage::Journal& journal;
  JournalWriter* journal_thread = nullptr;  // in simulation a stand-in without a thread
  MemoryAhead* memory_ahead = nullptr;      // where a server runs; set before the threads start
  std::vector<Worker*> workers;
  std::atomic<bool> digest_under_way{false};
  std::atomic<std::uint32_t> connections{0};
  std::atomic<bool> stopping{false};

  // Read when answers are let go in the middle of taking in, for figures of latency alone; none: the time passed in.
  std::function<engine::TimeUs()> clock;
  DecisionClock decision_clock;
  // Deadlines on wall time: the first worker's thread waits until `timer_armed_us`. Who leaves an earlier one behind wakes it.
  std::atomic<std::int64_t> timer_armed_us{engine::Timers::never.value};
  bool minds_time = false;  // not on the time of commands; set before the threads start
  std::function<void()> arm_timer;  // any thread
  void mind_timers() {
    // Relaxed: a wake-up too many does no harm; the thread that arms reads the deadline again after it has armed.
    if (minds_time && engine.shared().next_due_us.load(std::memory_order_relaxed) < timer_armed_us.load(std::memory_order_relaxed)) arm_timer();
  }
  // For figures (server/stats.cpp). Counted by the thread that accepts:
  engine::Counter connections_refused, accepts_failed;
  std::uint64_t ids_at_start = 0;             // command ids that recovery found
  // Messages of the compactor that no worker has taken yet. Release by who lowers it, acquire by the compactor; orders nothing else.
  std::atomic<std::uint32_t> housekeeping_mail{0};
  // Decisions that the journal no longer holds are read from here; nullptr in tests without a state store.
  const storage::StateStore* state = nullptr;
  Reporter* reporter = nullptr;               // where there is a state store; set before the threads start
  std::function<engine::Lsn()> state_applied; // of the state store, where there is one; set before the server runs
};

// Multi-producer mailbox of one worker. FIFO for each sender, which is all that answers need.
using Mailbox = moodycamel::ConcurrentQueue<Mail>;

}  // namespace earmark::server
