#include "engine/queue_nodes.hpp"

#include <algorithm>

namespace earmark::engine {

static_assert(QueueNodes::waiters_in(QueueNodes::largest) == QueueNodes::most_waiters);
static_assert(QueueNodes::children_in(QueueNodes::largest) == QueueNodes::most_children);
static_assert(QueueNodes::children_in(QueueNodes::size_for_two) >= 2);

std::uint32_t QueueSums::readiness_of(const Waiter& waiter) noexcept {
  switch (waiter.takes) {
    case Takes::any: return ~std::uint32_t{1};
    case Takes::whole: return ~waiter.quantity;  // not 0: quantities are below 2^31
    case Takes::blocked:
    case Takes::later: break;
  }
  return 0;
}

void QueueSums::add(const QueueSums& other) noexcept {
  units += other.units;
  lines = (lines + other.lines) & 0x7FFF'FFFF;
  skippable |= other.skippable;
  readiness = std::max(readiness, other.readiness);
}

// Blocks go back to the list of their size and never become others, so there is room for the most of each size that can be in use at one
// time (invariants 1 to 3), in units of 32 bytes:
//   32     leaves of one waiter
//   64     leaves of two
//   128    leaves of 3 or more; inner nodes of two children or more, with 17 waiters
//   256    leaves of 6 or more; inner nodes of three children or more, with 18
//   512    Leaves: a topmost one has 11 or more. Children of one parent are two or more, with 17 for each two: 6 each; or one, but then the parent
//          and its neighbour have 12, with at least 87 for 12 leaves. So 6 each, everywhere.
//          Inner nodes that are not topmost: two neighbours have 12 leaves or more, with 87, and at most one more stands beside such pairs: 29
//          each. Of each level above there are less than a quarter as many as below: 22 each. A topmost one has 7 children or more, with 52.
// And a few for what is made before something else is released. Address space: 259 bytes for each waiter, of which a long queue uses 28.
std::size_t QueueNodes::units_for(std::size_t most_waiting) noexcept {
  constexpr std::size_t made_before = 64 * block_bytes(largest) / unit;
  const std::size_t units = most_waiting + most_waiting / 2 * 2 + most_waiting / 3 * 4 + most_waiting / 6 * 8 +
                            (most_waiting / 6 + most_waiting / 22) * 16 + made_before;
  EARMARK_CHECK(units <= ~Ref{0} && most_waiting < 1U << 31);
  return units;
}

QueueNodes::Ref QueueNodes::allocate(std::size_t size) noexcept {
  const auto take_new = [&](std::size_t bytes) {
    const Ref block = next_;
    EARMARK_CHECK(block + bytes / unit <= units_.size());
    next_ += static_cast<Ref>(bytes / unit);
    return block;
  };
  Ref block = free_[size];
  if (block != 0) {
    free_[size] = *at<Ref>(block, 0);
  } else if (size == 0) {  // two at once, see next_
    block = take_new(block_bytes(1));
    *at<Ref>(block + 1, 0) = 0;
    free_[0] = block + 1;
  } else {
    block = take_new(block_bytes(size));
  }
  return block;
}

QueueNode QueueNodes::new_node(unsigned height, std::size_t size) noexcept {
  QueueNode node;
  node.block = allocate(size);
  head(node.block) = {static_cast<std::uint8_t>(height), static_cast<std::uint8_t>(size), 0, 0, 0};
  return node;
}

void QueueNodes::release(const QueueNode& node) noexcept {
  Ref& free = free_[size_of(node)];
  *at<Ref>(node.block, 0) = free;
  free = node.block;
}

void QueueNodes::move(QueueNode& node, unsigned height, std::size_t size) noexcept {
  QueueNode moved = new_node(height, size);
  moved.from = node.from;
  moved.sums = node.sums;
  if (height == 0) {
    std::copy_n(waiters(node), node.sums.lines, waiters(moved));
  } else {
    std::copy_n(children(node), node.extent, children(moved));
    moved.extent = node.extent;
  }
  release(node);
  node = moved;
}

QueueNode QueueNodes::top(Ref root) const noexcept {
  const BlockHead& of = head(root);
  if (of.height != 0) return *at<QueueNode>(root, 0);
  QueueNode node;
  node.extent = of.extent;
  node.block = root;
  node.sums.lines = of.lines;
  return node;
}

// All but `from`, where the head lies.
void QueueNodes::write_top(const QueueNode& inner) noexcept {
  QueueNode& top = top_inner(inner.block);
  top.extent = inner.extent;
  top.block = inner.block;
  top.sums = inner.sums;
}

QueueNodes::Ref QueueNodes::make_top(QueueNode node, unsigned height) noexcept {
  const std::size_t parts = height == 0 ? node.sums.lines : node.extent;
  if (parts == 0) {
    release(node);
    return 0;
  }
  std::size_t size = size_of(node);
  while (size != 0 && parts <= (height == 0 ? waiters_in(size - 1) : children_in(size - 1))) --size;
  if (size != size_of(node)) move(node, height, size);
  if (height == 0) {
    head(node.block).extent = node.extent;
    head(node.block).lines = static_cast<std::uint8_t>(node.sums.lines);
  } else {
    write_top(node);
  }
  return node.block;
}

QueueNodes::Ref QueueNodes::grown(Ref root) noexcept {
  const std::size_t size = head(root).size;
  if (size == largest || top_inner(root).extent < children_in(size)) return root;
  QueueNode node = top_inner(root);
  move(node, head(root).height, size + 1);
  write_top(node);
  return node.block;
}

// Not at once when there is room for one more only, or one insert more and one less would move it to and fro.
QueueNodes::Ref QueueNodes::shrunk(Ref root) noexcept {
  if (top_inner(root).extent >= children_in(head(root).size - 1U)) return root;
  return make_top(top_inner(root), head(root).height);
}

// Whoever has fewer on his side moves them over by one; room that comes free at the beginning is used at once, so that one more at the end
// finds his place without anybody moving.
void QueueNodes::put(QueueNode& leaf, std::size_t slots, std::size_t index, const Waiter& waiter) noexcept {
  Waiter* first = waiters(leaf);
  const std::size_t lines = leaf.sums.lines;
  if (leaf.extent != 0 && index < lines / 2) {
    std::copy_n(first, index, first - 1);
    --leaf.extent;
    --first;
  } else {
    if (leaf.extent + lines == slots) {
      std::copy_n(first, lines, first - leaf.extent);
      first -= leaf.extent;
      leaf.extent = 0;
    }
    std::copy_backward(first + index, first + lines, first + lines + 1);
  }
  first[index] = waiter;
  leaf.sums.lines = (lines + 1) & 0x7FFF'FFFF;
}

void QueueNodes::take(QueueNode& leaf, std::size_t index) noexcept {
  Waiter* first = waiters(leaf);
  const std::size_t lines = leaf.sums.lines;
  if (index < lines / 2) {
    std::copy_backward(first, first + index, first + index + 1);
    ++leaf.extent;
  } else {
    std::copy(first + index + 1, first + lines, first + index);
  }
  leaf.sums.lines = (lines - 1) & 0x7FFF'FFFF;
}

void QueueNodes::put_child(QueueNode& inner, std::size_t index, const QueueNode& child) noexcept {
  QueueNode* first = children(inner);
  std::copy_backward(first + index, first + inner.extent, first + inner.extent + 1);
  first[index] = child;
  ++inner.extent;
}

void QueueNodes::take_child(QueueNode& inner, std::size_t index) noexcept {
  QueueNode* first = children(inner);
  std::copy(first + index + 1, first + inner.extent, first + index);
  --inner.extent;
}

QueueNode QueueNodes::split(QueueNode& node, unsigned height, std::size_t index) noexcept {
  QueueNode behind = new_node(height, largest);
  if (height == 0) {
    const std::size_t count = node.sums.lines - index;
    std::copy_n(waiters(node) + index, count, waiters(behind));
    node.sums.lines = index & 0x7FFF'FFFF;
    behind.sums.lines = count & 0x7FFF'FFFF;
  } else {
    behind.extent = static_cast<std::uint8_t>(node.extent - index);
    std::copy_n(children(node) + index, behind.extent, children(behind));
    node.extent = static_cast<std::uint8_t>(index);
  }
  node.sums = sums(node, height);
  behind.sums = sums(behind, height);
  return behind;
}

bool QueueNodes::can_merge(const QueueNode& left, const QueueNode& right, unsigned height) const noexcept {
  return height == 0 ? std::size_t{left.sums.lines} + right.sums.lines <= leaf_merges : std::size_t{left.extent} + right.extent <= inner_merges;
}

void QueueNodes::merge(QueueNode& left, const QueueNode& right, unsigned height) noexcept {
  if (height == 0) {
    Waiter* first = waiters(left);
    if (left.extent != 0) std::copy_n(first, left.sums.lines, first - left.extent);
    left.extent = 0;
    std::copy_n(waiters(right), right.sums.lines, waiters(left) + left.sums.lines);
  } else {
    QueueNode* first = children(left);
    const std::size_t seam = left.extent;
    children(right)->from = right.from;
    std::copy_n(children(right), right.extent, first + seam);
    left.extent = static_cast<std::uint8_t>(seam + right.extent);
    if (can_merge(first[seam - 1], first[seam], height - 1)) {
      merge(first[seam - 1], first[seam], height - 1);
      take_child(left, seam);
    }
  }
  left.sums.add(right.sums);
  release(right);
}

QueueSums QueueNodes::sums(const QueueNode& node, unsigned height) const noexcept {
  QueueSums sum;
  if (height == 0) {
    for (std::size_t index = 0; index < node.sums.lines; ++index) sum.add(QueueSums::of(waiters(node)[index]));
  } else {
    for (std::size_t index = 0; index < node.extent; ++index) sum.add(children(node)[index].sums);
  }
  return sum;
}

void QueueNodes::replace(QueueNode& node, unsigned height, const QueueSums& was, const QueueSums& is) const noexcept {
  QueueSums& of = node.sums;
  of.units += is.units - was.units;
  of.readiness = std::max(of.readiness, is.readiness);
  of.skippable |= is.skippable;
  const bool may_fall = (was.readiness == of.readiness && is.readiness != of.readiness) || (was.skippable != 0 && is.skippable == 0);
  if (height != 0) of.lines = (of.lines + is.lines - was.lines) & 0x7FFF'FFFF;
  if (!may_fall) return;
  QueueSums left;
  const std::size_t parts = height == 0 ? of.lines : node.extent;
  for (std::size_t index = 0; index < parts && (left.readiness != of.readiness || left.skippable != of.skippable); ++index) {
    left.add(height == 0 ? QueueSums::of(waiters(node)[index]) : children(node)[index].sums);
  }
  of.readiness = left.readiness;
  of.skippable = left.skippable;
}

}  // namespace earmark::engine
