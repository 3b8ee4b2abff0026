// What queues of waiters are made of (engine/waiting_queue.hpp): nodes of counted B+-trees in blocks of 32, 64, 128, 256 and 512
// bytes of one address space, named by 32-bit references in units of 32 bytes (0: none), with a free list for each size. Owned by the settler.
//
// A block begins with a head of 8 bytes. In a leaf waiters follow, in queue order and without gaps from some slot on; in an inner node, from
// byte 32 on, its children, each with the sums of all below it. So a parent knows of a node all that a search needs. The queue's topmost node has
// no parent: the same of it stands at the beginning of its own block (of a leaf: in the head), and nobody keeps that up to date in the others.
// 1. The topmost node has the smallest block that fits, an inner one of seven or of three children perhaps the next; every other one the largest.
// 2. Two neighbours of one parent have together more than `leaf_merges` waiters, or `inner_merges` children.
// 3. The topmost inner node has two children or more, every node has something in it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/lazy_array.hpp"
#include "engine/waiter.hpp"

namespace earmark::engine {

// Of everybody in a node and below it.
struct QueueSums {
  std::uint64_t units = 0;
  std::uint32_t lines : 31 = 0;
  std::uint32_t skippable : 1 = 0;  // somebody can be skipped
  std::uint32_t readiness = 0;      // the highest

  // The less a waiter needs, the higher; 0 when no quantity helps (so nobody's sums are all zeros).
  static std::uint32_t readiness_of(const Waiter& waiter) noexcept;
  static QueueSums of(const Waiter& waiter) noexcept {
    return {waiter.quantity, 1, can_be_skipped(waiter.takes), readiness_of(waiter)};
  }
  void add(const QueueSums& other) noexcept;
  bool enough(std::uint64_t there) const noexcept { return readiness != 0 && there >= ~readiness; }
  bool operator==(const QueueSums&) const noexcept = default;
};

// A node as its parent knows it.
struct QueueNode {
  [[no_unique_address]] QueuePlace from;  // nobody in it comes before; of a parent's first child it says nothing
  std::uint8_t extent = 0;                // leaf: the slot of its first waiter; inner node: how many children
  std::uint32_t block = 0;
  QueueSums sums;
};
static_assert(sizeof(QueueNode) == 32);

class QueueNodes {
 public:
  using Ref = std::uint32_t;

  static constexpr std::size_t sizes = 5;
  static constexpr std::size_t block_bytes(std::size_t size) noexcept { return unit << size; }
  static constexpr std::size_t waiters_in(std::size_t size) noexcept { return (block_bytes(size) - head_bytes) / sizeof(Waiter); }
  static constexpr std::size_t children_in(std::size_t size) noexcept { return block_bytes(size) / sizeof(QueueNode) - 1; }
  static constexpr std::size_t largest = sizes - 1, size_for_two = 2;  // children
  static constexpr std::size_t most_waiters = 21, most_children = 15;  // in the largest
  // Neighbours with as many or fewer become one: well below what makes two of one, so that neither happens again at once.
  static constexpr std::size_t leaf_merges = 16, inner_merges = 11;

  explicit QueueNodes(std::size_t most_waiting) : units_(units_for(most_waiting)) {}

  // The topmost node of a queue: as one with a parent, of which `from` says nothing, and how many levels are below it. Of a leaf only its lines
  // are known, not their sums.
  QueueNode top(Ref root) const noexcept;
  unsigned height(Ref root) const noexcept { return head(root).height; }
  // Of an inner one the same where it stands: not copied, since a copy that was just written by parts is slow to read as a whole.
  QueueNode& top_inner(Ref root) noexcept { return *at<QueueNode>(root, 0); }
  // The node is the topmost one from now on, in the smallest block that fits. Nobody in it: 0.
  Ref make_top(QueueNode node, unsigned height) noexcept;
  // There is room for one more child.
  Ref grown(Ref root) noexcept;
  Ref shrunk(Ref root) noexcept;

  Waiter* waiters(const QueueNode& leaf) noexcept { return at<Waiter>(leaf.block, head_bytes) + leaf.extent; }
  const Waiter* waiters(const QueueNode& leaf) const noexcept { return at<Waiter>(leaf.block, head_bytes) + leaf.extent; }
  QueueNode* children(const QueueNode& inner) noexcept { return at<QueueNode>(inner.block, unit); }
  const QueueNode* children(const QueueNode& inner) const noexcept { return at<QueueNode>(inner.block, unit); }
  std::size_t size_of(const QueueNode& node) const noexcept { return head(node.block).size; }

  QueueNode new_node(unsigned height, std::size_t size) noexcept;
  void release(const QueueNode& node) noexcept;
  // The same in a block of another size.
  void move(QueueNode& node, unsigned height, std::size_t size) noexcept;

  // There is room in the block, of so many slots. Sums are the caller's business, but for a leaf's lines.
  void put(QueueNode& leaf, std::size_t slots, std::size_t index, const Waiter& waiter) noexcept;
  void take(QueueNode& leaf, std::size_t index) noexcept;
  void put_child(QueueNode& inner, std::size_t index, const QueueNode& child) noexcept;
  void take_child(QueueNode& inner, std::size_t index) noexcept;

  // The last of a node, from `index` on, in a node of their own behind it, whose `from` is the caller's business.
  QueueNode split(QueueNode& node, unsigned height, std::size_t index) noexcept;
  bool can_merge(const QueueNode& left, const QueueNode& right, unsigned height) const noexcept;
  // Also those below who become neighbours by it (invariant 2).
  void merge(QueueNode& left, const QueueNode& right, unsigned height) noexcept;

  QueueSums sums(const QueueNode& node, unsigned height) const noexcept;
  // One of what is in the node had the sums `was` and has `is` now (nobody's: it is gone, or new).
  void replace(QueueNode& node, unsigned height, const QueueSums& was, const QueueSums& is) const noexcept;

  // For information.
  std::size_t bytes_taken() const noexcept { return std::size_t{next_} * unit; }

 private:
  static constexpr std::size_t unit = 32, head_bytes = 8;
  struct BlockHead {
    std::uint8_t height = 0, size = 0;
    std::uint8_t extent = 0, lines = 0;  // of a leaf
    std::uint32_t unused = 0;
  };
  static_assert(sizeof(BlockHead) == head_bytes);
  struct alignas(unit) Unit {
    std::byte bytes[unit];
  };

  static std::size_t units_for(std::size_t most_waiting) noexcept;
  template <class T>
  T* at(Ref block, std::size_t byte) noexcept {
    return reinterpret_cast<T*>(units_.data()[block].bytes + byte);
  }
  template <class T>
  const T* at(Ref block, std::size_t byte) const noexcept {
    return reinterpret_cast<const T*>(units_.data()[block].bytes + byte);
  }
  BlockHead& head(Ref block) noexcept { return *at<BlockHead>(block, 0); }
  const BlockHead& head(Ref block) const noexcept { return *at<BlockHead>(block, 0); }
  Ref allocate(std::size_t size) noexcept;
  void write_top(const QueueNode& inner) noexcept;

  LazyArray<Unit> units_;
  Ref next_ = 2;  // even: blocks of 64 bytes and more do not lie across cache lines
  std::array<Ref, sizes> free_{};
};

}  // namespace earmark::engine
