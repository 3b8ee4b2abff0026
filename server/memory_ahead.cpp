#include "server/memory_ahead.hpp"

#include "server/thread_name.hpp"

namespace earmark::server {

namespace {
constexpr int sleep_ms = 1000;  // bounds a sleep; work wakes it at once
}

void MemoryAhead::start() {
  stop_.store(false, std::memory_order_relaxed);
  thread_ = std::thread([this] {
    name_this_thread("earmark-memory");
    run();
  });
}

void MemoryAhead::stop() {
  if (!thread_.joinable()) return;
  stop_.store(true, std::memory_order_release);
  signal_.wake();
  thread_.join();
}

void MemoryAhead::run() {
  while (!stop_.load(std::memory_order_acquire)) {
    signal_.announce();
    if (!stop_.load(std::memory_order_acquire) && !store_.take_pages_ahead()) signal_.sleep(sleep_ms);
    else signal_.retract();
  }
}

}  // namespace earmark::server
