// Who waits for a SKU, in the order in which they will be served: (priority, higher first; then sequence, which is the LSN of the
// decision that made the entry: of the order, or of an amend that raised the line; then the line's position in its order). Lines pinned to a warehouse wait in a queue of their cell, all others in the SKU's
// queue; serving looks at the heads of both, so nobody is searched past. Owned by the settler.
// Each queue is a B+-tree with counts and sums (engine/queue_nodes.hpp): insert, remove, place in queue and quantity ahead cost
// O(log n); 24 bytes for each waiting line where the nodes are full, which they are left when others come behind, 32 in a queue of one or two. Each line says how many
// units must be there before serving need look at it, and each node the least of these below it, so that those who cannot be served are
// passed over without being looked at.
// A pointer to a waiter, and a walk, is good until any queue is changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/queue_nodes.hpp"
#include "engine/waiter.hpp"

namespace earmark::engine {

class WaitingQueues {
 public:
  using Root = std::uint32_t;  // 0: empty queue

  explicit WaitingQueues(std::size_t most_waiting) : nodes_(most_waiting), most_waiting_(most_waiting) {}

  bool has_room(std::size_t lines) const noexcept { return waiting_ + lines <= most_waiting_; }
  // Nobody is at that place.
  void insert(Root& root, const Waiter& waiter) noexcept;
  // The same of many, in queue order: a leaf is looked for once for all who go there.
  void insert(Root& root, std::span<const Waiter> all) noexcept;
  // Raises the quantity of whoever is at that place already; else as insert().
  void add(Root& root, const Waiter& waiter) noexcept;
  // Lowers the waiter's quantity; at 0 it leaves the queue.
  void reduce(Root& root, QueuePlace place, Quantity by) noexcept;
  // The same of many, in queue order, each place once: the queue's nodes are gone through once for all of them.
  struct Reduction {
    QueuePlace place{};
    Quantity by = 0;
  };
  void reduce(Root& root, std::span<const Reduction> all) noexcept;
  // The waiter, who must be there, takes otherwise from now on.
  void set_takes(Root& root, QueuePlace place, Takes takes) noexcept;

  const Waiter* first(Root root) const noexcept;
  // The waiter after `place`, which itself need not be there.
  const Waiter* after(Root root, QueuePlace place) const noexcept;
  // The first waiter after `place` (nullptr: from the beginning) for whom `units` might be enough.
  const Waiter* first_able(Root root, const QueuePlace* place, std::uint64_t units) const noexcept;
  // The first waiter who can be skipped.
  const Waiter* first_skippable(Root root) const noexcept;

  // A way along one queue, from its beginning on. It stands in a leaf and looks down from the top only where that ends.
  class Walk {
   public:
    // Goes past the waiter at whom it stands.
    void pass() noexcept { ++at_; }
    // The one who stands so many behind, if he is in the same leaf.
    const Waiter* ahead(std::ptrdiff_t by) const noexcept { return by < end_ - at_ ? at_ + by : nullptr; }

   private:
    friend class WaitingQueues;
    const Waiter* at_ = nullptr;   // in its leaf the next one to look at
    const Waiter* end_ = nullptr;  // of its leaf; nullptr: nobody was looked at
    bool ended_ = false;
  };
  // Goes on to the first waiter for whom `units` might be enough, and stands there; nullptr: there is none, nor will be. For fewer and fewer units:
  // whoever was gone past is not looked at again.
  const Waiter* walk_to_able(Root root, Walk& walk, std::uint64_t units) const noexcept;
  // The same for whoever can be skipped.
  const Waiter* walk_to_skippable(Root root, Walk& walk) const noexcept;
  // Waiters before `place`.
  Ahead ahead_of(Root root, QueuePlace place) const noexcept;
  Ahead all(Root root) const noexcept;

  template <class Visitor>
  void for_each(Root root, Visitor&& visit) const {
    for (const Waiter* waiter = first(root); waiter != nullptr; waiter = after(root, waiter->place)) visit(*waiter);
  }

  // For tests and information.
  const QueueNodes& nodes() const noexcept { return nodes_; }

 private:
  Root join(const QueueNode& left, const QueueNode& right, unsigned height) noexcept;
  bool insert_into_leaf(QueueNode& leaf, std::size_t slots, const Waiter& waiter, QueueNode& behind) noexcept;
  bool insert_below(QueueNode& inner, unsigned height, const Waiter& waiter, QueueNode& behind) noexcept;
  std::size_t fill_leaf(QueueNode& node, unsigned height, std::span<const Waiter> all, QueueSums& added) noexcept;
  bool add_child(QueueNode& inner, unsigned height, std::size_t index, const QueueNode& child, QueueNode& behind) noexcept;
  const Waiter* at(Root root, QueuePlace place) const noexcept;
  template <class Change>
  void change(Root& root, QueuePlace place, const Change& change) noexcept;
  template <class Change>
  void change_in(QueueNode& node, unsigned height, QueuePlace place, const Change& change) noexcept;
  void mend(QueueNode& inner, unsigned height, std::size_t index) noexcept;
  void reduce_in(QueueNode& node, unsigned height, std::span<const Reduction> all) noexcept;
  void reduce_in_leaf(QueueNode& leaf, std::span<const Reduction> all) noexcept;
  void mend_all(QueueNode& inner, unsigned height) noexcept;
  Root changed_top(Root root, unsigned height) noexcept;
  // Somebody, and the end of his leaf.
  struct Found {
    const Waiter* waiter = nullptr;
    const Waiter* end = nullptr;
  };
  template <class Fits>
  Found find(const QueueNode& node, unsigned height, const QueuePlace* behind, const Fits& fits) const noexcept;
  template <class Fits>
  Found find_in_queue(Root root, const QueuePlace* behind, const Fits& fits) const noexcept;
  template <class Fits>
  const Waiter* walk_to(Root root, Walk& walk, const Fits& fits) const noexcept;

  QueueNodes nodes_;
  std::size_t waiting_ = 0, most_waiting_;
};

}  // namespace earmark::engine
