#include "engine/waiting_queue.hpp"

namespace earmark::engine {

// The treap's random priority: a hash of the place, so that equal histories give equal trees.
std::uint64_t WaitingQueues::heat(const Node& node) noexcept {
  std::uint64_t mixed = node.waiter.place.order_lsn.value * 4096 + node.waiter.place.line_index;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58'476D'1CE4'E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D0'49BB'1331'11EBULL;
  return mixed ^ (mixed >> 31);
}

void WaitingQueues::update(Root node) noexcept {
  Node& self = nodes_[node];
  self.count = 1 + nodes_[self.left].count + nodes_[self.right].count;
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
  nodes_[node] = Node{waiter, 0, 0, 0, 0};
  update(node);
  Root before = 0, rest = 0;
  split(root, waiter.place, before, rest);
  root = merge(merge(before, node), rest);
}

void WaitingQueues::reduce(Root& root, QueuePlace place, Quantity by) {
  // The path from the root, so that sums are mended bottom-up without recursion over the whole depth twice.
  Root* link = &root;
  std::vector<Root> path;
  while (*link != 0 && nodes_[*link].waiter.place != place) {
    path.push_back(*link);
    link = place < nodes_[*link].waiter.place ? &nodes_[*link].left : &nodes_[*link].right;
  }
  const Root found = *link;
  EARMARK_CHECK(found != 0 && nodes_[found].waiter.quantity >= by);
  nodes_[found].waiter.quantity -= by;
  if (nodes_[found].waiter.quantity == 0) {
    *link = merge(nodes_[found].left, nodes_[found].right);
    nodes_[found] = Node{};
    nodes_[found].left = free_list_;
    free_list_ = found;
    ++free_count_;
  } else {
    update(found);
  }
  while (!path.empty()) {
    update(path.back());
    path.pop_back();
  }
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

Ahead WaitingQueues::ahead_of(Root root, QueuePlace place) const noexcept {
  Ahead ahead;
  while (root != 0) {
    const Node& node = nodes_[root];
    if (node.waiter.place < place) {
      ahead.lines += 1 + nodes_[node.left].count;
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
