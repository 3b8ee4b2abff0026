// SIGTERM and SIGINT, taken by the main thread alone and only where it waits for them: no handler runs amid other work, and none
// is missed, however early it comes. Until the server serves they have their usual effect: they end the process.
// Thread rule: main thread. Threads that start while a StopSignalsBlocked lives never take these signals.
#pragma once

#include <signal.h>

#include <cstdlib>

namespace earmark::server {

inline sigset_t stop_signals() noexcept {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  return signals;
}

class StopSignalsBlocked {
 public:
  StopSignalsBlocked() noexcept {
    const sigset_t signals = stop_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~StopSignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  StopSignalsBlocked(const StopSignalsBlocked&) = delete;
  StopSignalsBlocked& operator=(const StopSignalsBlocked&) = delete;

  // Returns when one has come, at once if it came since they were blocked.
  static void wait_for_one() noexcept {
    const sigset_t signals = stop_signals();
    int which = 0;
    while (::sigwait(&signals, &which) != 0) {}
  }

 private:
  sigset_t before_{};
};

// From here on the next one ends the process at once, with `status`.
template <int status>
void end_at_next_stop_signal() noexcept {
  struct sigaction action{};
  action.sa_handler = [](int) { std::_Exit(status); };
  const sigset_t signals = stop_signals();
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace earmark::server
