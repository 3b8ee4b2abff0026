// The test's side of preload/sync_gate.cpp: decides when a server's syncs return, and whether they fail.
#pragma once

#include "tests/system/support/process.hpp"

namespace earmark::test {

class SyncGate {
 public:
  SyncGate();
  ~SyncGate();
  SyncGate(const SyncGate&) = delete;
  SyncGate& operator=(const SyncGate&) = delete;

  // Whether a module can be loaded before the program at all; not under sanitizers.
  static bool works() noexcept;
  // What the server needs in its environment.
  Process::Environment environment() const;

  // From now on every sync waits to be released.
  void hold();
  // No sync waits any more, those that wait now included.
  void open();
  // The name of the next sync that waits: "fdatasync" or "meta". Throws TimedOut.
  std::string entered(milliseconds limit = long_enough);
  // Lets one go on.
  void release();
  // From now on these calls fail.
  void fail(const std::string& calls);

 private:
  TemporaryDirectory directory_;
  int entered_ = -1, release_ = -1;
  std::string input_;
};

}  // namespace earmark::test
