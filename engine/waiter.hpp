// Who waits, and where in the queue (engine/waiting_queue.hpp). Values, no thread rule.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "engine/block_store.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct QueuePlace {
  Lsn order_lsn{};  // the entry's sequence (engine/entries.hpp)
  std::uint16_t line_index = 0;
  std::uint8_t served_later = 0;  // 255 - priority

  bool operator==(const QueuePlace&) const noexcept = default;
  std::strong_ordering operator<=>(const QueuePlace& other) const noexcept {
    if (served_later != other.served_later) return served_later <=> other.served_later;
    if (order_lsn != other.order_lsn) return order_lsn <=> other.order_lsn;
    return line_index <=> other.line_index;
  }

  // Behind everybody.
  static QueuePlace last() noexcept { return {Lsn{~std::uint64_t{0}}, 0xFFFF, 255}; }
  static QueuePlace of(Priority priority, Lsn order_lsn, std::size_t line_index) noexcept {
    return {order_lsn, static_cast<std::uint16_t>(line_index), static_cast<std::uint8_t>(255 - priority.value)};
  }
};

// What a waiting line takes.
enum class Takes : std::uint8_t {
  any,      // whatever is there
  whole,    // all its units or none
  blocked,  // nothing for now: another line of its order, marked `whole`, stands for the order as a whole
  later,    // nothing before its order is due
};
// Whether later demand that takes units passes him over.
constexpr bool can_be_skipped(Takes takes) noexcept { return takes == Takes::whole || takes == Takes::blocked; }

struct Waiter {
  [[no_unique_address]] QueuePlace place;  // the next members lie in its padding, too: 24 bytes, not 32
  BlockRef order = 0;
  Quantity quantity = 0;
  Takes takes = Takes::any;
};
static_assert(sizeof(Waiter) == 24);

struct Ahead {
  std::uint64_t lines = 0, units = 0;
};

}  // namespace earmark::engine
