// Who waits for a SKU, in the order in which they will be served: (priority, higher first; then sequence, which is the LSN of the
// decision that made the entry: of the order, or of an amend that raised the line; then the line's position in its order). Lines pinned to a warehouse wait in a queue of their cell, all others in the SKU's
// queue; serving looks at the heads of both, so nobody is searched past. Owned by the settler.
// Each queue is a treap whose nodes carry counts and sums: insert, remove, place in queue and quantity ahead cost
// O(log n), 56 bytes for each waiting line. Each line says how many units must be there before serving need look at it, and
// each subtree the least of these, so that those who cannot be served are passed over without being looked at.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/lazy_array.hpp"
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
  QueuePlace place;
  BlockRef order = 0;
  Quantity quantity = 0;
  Takes takes = Takes::any;
};

struct Ahead {
  std::uint64_t lines = 0, units = 0;
};

class WaitingQueues {
 public:
  using Root = std::uint32_t;  // 0: empty queue

  explicit WaitingQueues(std::size_t most_waiting) : nodes_(most_waiting + 1) {}

  bool has_room(std::size_t lines) const noexcept { return next_ - 1 + lines <= nodes_.size() - 1 + free_count_; }
  void insert(Root& root, const Waiter& waiter);
  // Raises the quantity of whoever is at that place already; else as insert().
  void add(Root& root, const Waiter& waiter);
  // Lowers the waiter's quantity; at 0 it leaves the queue.
  void reduce(Root& root, QueuePlace place, Quantity by);
  // The waiter, who must be there, takes otherwise from now on.
  void set_takes(Root& root, QueuePlace place, Takes takes);

  const Waiter* first(Root root) const noexcept;
  // The waiter after `place`, which itself need not be there.
  const Waiter* after(Root root, QueuePlace place) const noexcept;
  // The first waiter after `place` (nullptr: from the beginning) for whom `units` might be enough.
  const Waiter* first_able(Root root, const QueuePlace* place, std::uint64_t units) const noexcept;
  // The first waiter after `place` (nullptr: from the beginning) who can be skipped.
  const Waiter* first_skippable(Root root, const QueuePlace* place) const noexcept;
  // Waiters before `place`.
  Ahead ahead_of(Root root, QueuePlace place) const noexcept;
  Ahead all(Root root) const noexcept;

  template <class Visitor>
  void for_each(Root root, Visitor&& visit) const {
    for (const Waiter* waiter = first(root); waiter != nullptr; waiter = after(root, waiter->place)) visit(*waiter);
  }

 private:
  struct Node {
    Waiter waiter;
    std::uint64_t units = 0;  // of the subtree
    Root left = 0, right = 0;
    std::uint32_t count : 31 = 0;      // of the subtree
    std::uint32_t skippable : 1 = 0;   // somebody in the subtree can be skipped
    std::uint32_t readiness = 0;       // the highest of the subtree
  };
  static_assert(sizeof(Node) == 56);

  // The less a waiter needs, the higher; 0 when no quantity helps (so an empty subtree is all zeros).
  static std::uint32_t readiness(const Waiter& waiter) noexcept;
  static bool enough(std::uint64_t units, std::uint32_t readiness) noexcept {
    return readiness != 0 && units >= ~readiness;
  }
  void update(Root node) noexcept;
  // The links from the root to the waiter's node.
  Root find(Root root, QueuePlace place, std::vector<Root>& path) const noexcept;
  void update_all(std::vector<Root>& path) noexcept;
  // Splits into places < `place` and the rest.
  void split(Root root, QueuePlace place, Root& before, Root& rest) noexcept;
  Root merge(Root before, Root after) noexcept;
  static std::uint64_t heat(const Node& node) noexcept;

  LazyArray<Node> nodes_;
  std::uint32_t next_ = 1;
  Root free_list_ = 0;
  std::size_t free_count_ = 0;
};

}  // namespace earmark::engine
