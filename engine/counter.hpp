// A counter that one thread raises and any thread reads. Relaxed: it orders nothing and is never decided upon.
#pragma once

#include <atomic>
#include <cstdint>

namespace earmark::engine {

class Counter {
 public:
  void add(std::uint64_t count = 1) noexcept { value_.store(get() + count, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace earmark::engine
