// The settler's inbox: one word, head of a list of messages | owned bit. Whoever pushes into an inbox that nobody owns
// owns the settler's role from that instant, and settles until he lets go; others leave their message and go back to
// their sockets. Because the owned bit and the list are one word, letting go fails if a message has come: no message
// is ever left behind (no lost wake-up).
#pragma once

#include <cstdint>

#include "engine/atomic.hpp"

namespace earmark::engine {

template <class Item>  // has `Item* next`, aligned to at least 2 bytes
class Inbox {
 public:
  // True: the caller now owns the role and must drain. Any thread.
  bool push(Item* item) noexcept {
    std::uint64_t head = word_.load(std::memory_order_relaxed);
    do {
      item->next = reinterpret_cast<Item*>(head & ~owned);
      // Release publishes the item; pairs with the acquire in take(). Acquire: a new owner sees the last one's state.
    } while (!word_.compare_exchange_weak(head, reinterpret_cast<std::uint64_t>(item) | owned, std::memory_order_acq_rel,
                                          std::memory_order_relaxed));
    return (head & owned) == 0;
  }

  // All messages, oldest first; nullptr if there are none. Owner only.
  Item* take() noexcept {
    std::uint64_t head = word_.exchange(owned, std::memory_order_acq_rel) & ~owned;
    Item* oldest_first = nullptr;
    for (auto* item = reinterpret_cast<Item*>(head); item != nullptr;) {
      Item* older = item->next;
      item->next = oldest_first;
      oldest_first = item;
      item = older;
    }
    return oldest_first;
  }

  // Gives the role up. False: a message has come meanwhile, the caller still owns the role. Release: the next owner
  // sees everything this one did.
  bool release() noexcept {
    std::uint64_t expected = owned;
    return word_.compare_exchange_strong(expected, 0, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  // Nobody has the role, so no message waits either. True for an instant only, unless nobody can push.
  bool unowned() const noexcept { return word_.load(std::memory_order_acquire) == 0; }

  // Takes the role without a message, if nobody has it. For recovery's unfinished work and for shutdown.
  bool try_own() noexcept {
    std::uint64_t expected = 0;
    return word_.compare_exchange_strong(expected, owned, std::memory_order_acq_rel, std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint64_t owned = 1;
  alignas(64) Atomic<std::uint64_t> word_{0};
  char padding_[56] = {};
};

}  // namespace earmark::engine
