#include "engine/waiting_queue.hpp"

#include <algorithm>

namespace earmark::engine {

// The treap's random priority: a hash of the place, so that equal histories give equal trees.
std::uint64_t WaitingQueues::heat(const Node& node) noexcept {
  std::uint64_t mixed = node.waiter.place.order_lsn.value * 4096 + node.waiter.place.line_index;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return mixed ^ (mixed >> 31);
}

std::uint32_t WaitingQueues::readiness(const Waiter& waiter) noexcept {
  switch (waiter.takes) {
    case Takes::any: return ~std::uint32_t{1};
    case Takes::whole: return ~waiter.quantity;  // not 0: quantities are below 2^31
    case Takes::blocked:
    case Takes::later: break;
  }
  return 0;
}

void WaitingQueues::update(Root node) noexcept {
  Node& self = nodes_[node];
  self.readiness = std::max({readiness(self.waiter), nodes_[self.left].readiness, nodes_[self.right].readiness});
  self.count = (1U + nodes_[self.left].count + nodes_[self.right].count) & 0x7FFF'FFFF;
  self.skippable = can_be_skipped(self.waiter.takes) || nodes_[self.left].skippable != 0 || nodes_[self.right].skippable != 0;
  self.units = self.waiter.quantity + nodes_[self.left].units + nodes_[self.right].units;
}

void WaitingQueues::split(Root root, QueuePlace place, Root& before, Root& rest) noexcept {
  if (root == 0) {
    before = rest = 0;
    return;
  }
  if (nodes_[root].waiter.place < place) {
    split(nodes_[root].right, place, nodes_[root].right, rest);
    before = root;
  } else {
    split(nodes_[root].left, place, before, nodes_[root].left);
    rest = root;
  }
  update(root);
}

WaitingQueues::Root WaitingQueues::merge(Root before, Root after) noexcept {
  if (before == 0 || after == 0) return before == 0 ? after : before;
  if (heat(nodes_[before]) > heat(nodes_[after])) {
    nodes_[before].right = merge(nodes_[before].right, after);
    update(before);
    return before;
  }
  nodes_[after].left = merge(before, nodes_[after].left);
  update(after);
  return after;
}

void WaitingQueues::insert(Root& root, const Waiter& waiter) {
  Root node = free_list_;
  if (node != 0) {
    free_list_ = nodes_[node].left;
    --free_count_;
  } else {
    EARMARK_CHECK(next_ < nodes_.size());
    node = next_++;
  }
  nodes_[node] = Node{waiter, 0, 0, 0, 0, 0, 0};
  update(node);
  Root before = 0, rest = 0;
  split(root, waiter.place, before, rest);
  root = merge(merge(before, node), rest);
}

void WaitingQueues::add(Root& root, const Waiter& waiter) {
  std::vector<Root> path;
  Root at = root;
  while (at != 0 && nodes_[at].waiter.place != waiter.place) {
    path.push_back(at);
    at = waiter.place < nodes_[at].waiter.place ? nodes_[at].left : nodes_[at].right;
  }
  if (at == 0) return insert(root, waiter);
  nodes_[at].waiter.quantity += waiter.quantity;
  update(at);
  update_all(path);
}

// The path from the root is kept, so that sums are mended bottom-up without recursion over the whole depth twice.
WaitingQueues::Root WaitingQueues::find(Root root, QueuePlace place, std::vector<Root>& path) const noexcept {
  while (root != 0 && nodes_[root].waiter.place != place) {
    path.push_back(root);
    root = place < nodes_[root].waiter.place ? nodes_[root].left : nodes_[root].right;
  }
  EARMARK_CHECK(root != 0);
  return root;
}

void WaitingQueues::update_all(std::vector<Root>& path) noexcept {
  for (; !path.empty(); path.pop_back()) update(path.back());
}

void WaitingQueues::set_takes(Root& root, QueuePlace place, Takes takes) {
  std::vector<Root> path;
  const Root found = find(root, place, path);
  nodes_[found].waiter.takes = takes;
  update(found);
  update_all(path);
}

void WaitingQueues::reduce(Root& root, QueuePlace place, Quantity by) {
  std::vector<Root> path;
  const Root found = find(root, place, path);
  EARMARK_CHECK(nodes_[found].waiter.quantity >= by);
  nodes_[found].waiter.quantity -= by;
  if (nodes_[found].waiter.quantity == 0) {
    Root& link = path.empty() ? root : nodes_[path.back()].left == found ? nodes_[path.back()].left : nodes_[path.back()].right;
    link = merge(nodes_[found].left, nodes_[found].right);
    nodes_[found] = Node{};
    nodes_[found].left = free_list_;
    free_list_ = found;
    ++free_count_;
  } else {
    update(found);
  }
  update_all(path);
}

const Waiter* WaitingQueues::first(Root root) const noexcept {
  if (root == 0) return nullptr;
  while (nodes_[root].left != 0) root = nodes_[root].left;
  return &nodes_[root].waiter;
}

const Waiter* WaitingQueues::after(Root root, QueuePlace place) const noexcept {
  const Waiter* found = nullptr;
  while (root != 0) {
    if (place < nodes_[root].waiter.place) {
      found = &nodes_[root].waiter;
      root = nodes_[root].left;
    } else {
      root = nodes_[root].right;
    }
  }
  return found;
}

const Waiter* WaitingQueues::first_able(Root root, const QueuePlace* place, std::uint64_t units) const noexcept {
  if (root == 0 || !enough(units, nodes_[root].readiness)) return nullptr;
  const Node& node = nodes_[root];
  const bool is_after = place == nullptr || *place < node.waiter.place;
  if (is_after) {
    if (const Waiter* found = first_able(node.left, place, units); found != nullptr) return found;
    if (enough(units, readiness(node.waiter))) return &node.waiter;
  }
  // Everybody to the right of one who comes after `place` comes after it, too.
  return first_able(node.right, is_after ? nullptr : place, units);
}

const Waiter* WaitingQueues::first_skippable(Root root, const QueuePlace* place) const noexcept {
  if (root == 0 || nodes_[root].skippable == 0) return nullptr;
  const Node& node = nodes_[root];
  const bool is_after = place == nullptr || *place < node.waiter.place;
  if (is_after) {
    if (const Waiter* found = first_skippable(node.left, place); found != nullptr) return found;
    if (can_be_skipped(node.waiter.takes)) return &node.waiter;
  }
  return first_skippable(node.right, is_after ? nullptr : place);
}

Ahead WaitingQueues::ahead_of(Root root, QueuePlace place) const noexcept {
  Ahead ahead;
  while (root != 0) {
    const Node& node = nodes_[root];
    if (node.waiter.place < place) {
      ahead.lines += 1U + nodes_[node.left].count;
      ahead.units += node.waiter.quantity + nodes_[node.left].units;
      root = node.right;
    } else {
      root = node.left;
    }
  }
  return ahead;
}

Ahead WaitingQueues::all(Root root) const noexcept { return {nodes_[root].count, nodes_[root].units}; }

}  // namespace earmark::engine
