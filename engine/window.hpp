// The window: where the journal finds what was decided. A commit writes, as one of its words, where its bundle of
// records lies: at the slot of the bundle's first LSN. So a record is reachable at the instant its decision becomes
// true, whoever finished the commit, and a paused thread cannot stop the journal.
//   word   generation:24 | committer:8 | offset:32      offset in units of 16 bytes into that committer's record ring
//   generation = first LSN / window_lsns + 1 (mod 2^24): a slot still holding an older bundle does not match
// Slots are free again when their LSN is durable: a committer checks has_room() before it commits (E8).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/atomic.hpp"
#include "engine/lazy_array.hpp"
#include "engine/limits.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct BundlePlace {
  CommitterId committer{};
  std::uint32_t offset_units = 0;
};

class Window {
 public:
  Window() : words_(window_lsns) {}

  Atomic<std::uint64_t>& slot(Lsn first) noexcept { return words_[first.value % window_lsns]; }

  static constexpr std::uint64_t word_for(Lsn first, BundlePlace place) noexcept {
    return (generation(first) << 40) | (static_cast<std::uint64_t>(place.committer.value) << 32) | place.offset_units;
  }

  // Where the bundle that starts at `first` lies, if it was committed. Acquire pairs with the CAS that wrote the word
  // inside the commit: the bundle's bytes were written before the commit and are visible.
  std::optional<BundlePlace> find(Lsn first) noexcept {
    const std::uint64_t word = slot(first).load(std::memory_order_acquire);
    if (word >> 40 != generation(first)) return std::nullopt;
    return BundlePlace{CommitterId{static_cast<std::uint8_t>(word >> 32)}, static_cast<std::uint32_t>(word)};
  }

  // True if LSNs up to `last` may be committed while everything up to durable() is out of the window.
  bool has_room(Lsn last) const noexcept { return last.value - durable().value < window_lsns; }

  // Everything up to here is on disk. Release in advance() pairs with this acquire: answers and views follow it.
  Lsn durable() const noexcept { return Lsn{durable_.load(std::memory_order_acquire)}; }
  void advance(Lsn durable) noexcept { durable_.store(durable.value, std::memory_order_release); }

 private:
  static constexpr std::uint64_t generation(Lsn first) noexcept {
    return (first.value / window_lsns + 1) & 0xFF'FFFF;
  }

  LazyArray<Atomic<std::uint64_t>> words_;
  alignas(64) Atomic<std::uint64_t> durable_{0};
  char padding_[56] = {};
};

}  // namespace earmark::engine
