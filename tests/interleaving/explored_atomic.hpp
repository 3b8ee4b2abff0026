// The engine's atomic type under the explorer (EARMARK_ATOMIC_HEADER, see engine/atomic.hpp). Each access is announced before
// it happens, and happens when the explorer lets its thread go on; one thread runs at a time, so accesses are sequentially
// consistent, whatever order they name. Outside of an exploration it is a plain value.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace earmark::interleaving {

// True while threads of a program run.
extern bool exploring;
// What is accessed in here belongs to the step before it: not what a program is about, and it would multiply its schedules.
extern std::span<const std::byte> unexplored;
// Hands over to the explorer; returns when the access may happen.
void announce(const void* address, bool write) noexcept;

}  // namespace earmark::interleaving

namespace earmark::engine {

template <class T>
class Atomic {
 public:
  constexpr Atomic() noexcept = default;
  constexpr Atomic(T value) noexcept : value_(value) {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;

  T load(std::memory_order = std::memory_order_seq_cst) const noexcept {
    before(false);
    return value_;
  }
  void store(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    before(true);
    value_ = value;
  }
  T exchange(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    before(true);
    const T old = value_;
    value_ = value;
    return old;
  }
  T fetch_add(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    before(true);
    const T old = value_;
    value_ = static_cast<T>(value_ + value);
    return old;
  }
  T fetch_sub(T value, std::memory_order = std::memory_order_seq_cst) noexcept {
    before(true);
    const T old = value_;
    value_ = static_cast<T>(value_ - value);
    return old;
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                               std::memory_order = std::memory_order_seq_cst) noexcept {
    before(true);
    if (value_ == expected) {
      value_ = desired;
      return true;
    }
    expected = value_;
    return false;
  }
  // Does not fail without a reason: that would only repeat a loop.
  bool compare_exchange_weak(T& expected, T desired, std::memory_order = std::memory_order_seq_cst,
                             std::memory_order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired);
  }

 private:
  void before(bool write) const noexcept {
    if (interleaving::exploring) interleaving::announce(&value_, write);
  }

  T value_{};
};
static_assert(sizeof(Atomic<std::uint64_t>) == sizeof(std::atomic<std::uint64_t>));

}  // namespace earmark::engine
