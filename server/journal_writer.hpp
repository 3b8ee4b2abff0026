// What workers need of whoever makes decisions durable: the journal's thread (journal_thread.hpp), or a simulation's scheduler.
#pragma once

#include <cstdint>
#include <functional>

#include "server/counters.hpp"

namespace earmark::server {

class JournalWriter {
 public:
  virtual ~JournalWriter() = default;
  // Something was committed. Any thread.
  virtual void committed() noexcept = 0;
  // Makes what is committed durable on the calling thread. False: nothing was done, for somebody is at it or nothing is to do;
  // who has committed something then says committed().
  virtual bool commit_here() = 0;
  // Blocks until one more group is durable; returns how long, in microseconds.
  virtual std::int64_t wait_for_group() = 0;
  // Calls read() so that all it reads of the durable view is of one LSN. Blocks for at most one group.
  virtual void at_one_lsn(const std::function<void()>& read) = 0;
  virtual const JournalCounters& counters() const noexcept = 0;
};

}  // namespace earmark::server
