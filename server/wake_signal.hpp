// Waking a thread that sleeps because it found nothing to do, without a system call when it is awake. Never spins.
//   sleeper:  announce(); look for work once more; nothing -> sleep()   (or retract() if there was)
//   waker:    make the work visible; wake()
// announce() and wake() are read-modify-writes of one word, so one comes first: if wake() does, announce() acquires what
// it released and the second look sees the work; if announce() does, wake() reads it. No wake-up is lost.
#pragma once

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <ctime>

namespace earmark::server {

class WakeSignal {
 public:
  void announce() noexcept {
    sleeping_.exchange(1, std::memory_order_acq_rel);
  }
  void retract() noexcept { sleeping_.exchange(0, std::memory_order_acq_rel); }
  // Returns when woken, when `timeout_ms` have passed, or for no reason; the caller looks for work again.
  void sleep(int timeout_ms) noexcept {
    const timespec timeout{timeout_ms / 1000, (timeout_ms % 1000) * 1'000'000L};
    ::syscall(SYS_futex, address(), FUTEX_WAIT_PRIVATE, 1, &timeout, nullptr, 0);
    retract();
  }
  void wake() noexcept {
    if (sleeping_.exchange(0, std::memory_order_acq_rel) == 0) return;
    ::syscall(SYS_futex, address(), FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }

 private:
  std::uint32_t* address() noexcept { return reinterpret_cast<std::uint32_t*>(&sleeping_); }

  std::atomic<std::uint32_t> sleeping_{0};
  static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));
};

}  // namespace earmark::server
