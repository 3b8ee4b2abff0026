// What the workers of one server share: the engine, the journal, and each other's mailboxes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "engine/engine.hpp"
#include "server/journal_thread.hpp"
#include "server/queue.hpp"
#include "storage/journal.hpp"

namespace earmark::server {

// From one worker to another: frames that are due for a session of the receiver, or a task to run there.
struct Mail {
  engine::ReplyTo reply;
  std::vector<std::byte> frames;
  bool last_frame = true;              // the request is answered
  std::function<void()> task;
};

class Worker;

struct Hub {
  Hub(engine::Engine& shared_engine, storage::Journal& shared_journal) : engine(shared_engine), journal(shared_journal) {}

  engine::Engine& engine;
  storage::Journal& journal;
  JournalThread* journal_thread = nullptr;
  std::vector<Worker*> workers;
  std::atomic<bool> digest_under_way{false};
  std::atomic<std::uint32_t> connections{0};
  std::atomic<bool> stopping{false};
};

// Multi-producer mailbox of one worker. FIFO for each sender, which is all that answers need.
using Mailbox = moodycamel::ConcurrentQueue<Mail>;

}  // namespace earmark::server
