#include "engine/waiting_queue.hpp"

#include <algorithm>

namespace earmark::engine {
namespace {

// How many of a leaf's waiters come before the place. The end is looked at first: most go there.
std::size_t waiters_before(const Waiter* first, std::size_t count, QueuePlace place) noexcept {
  if (count == 0 || first[count - 1].place < place) return count;
  const Waiter* found = std::lower_bound(first, first + count, place, [](const Waiter& waiter, QueuePlace than) { return waiter.place < than; });
  return static_cast<std::size_t>(found - first);
}

// The child in which the place lies.
std::size_t child_at(const QueueNode* first, std::size_t count, QueuePlace place) noexcept {
  if (!(place < first[count - 1].from)) return count - 1;
  std::size_t index = 0;
  while (index + 2 < count && !(place < first[index + 1].from)) ++index;
  return index;
}

// Who is looked for: of a waiter whether he is it, of the sums of many whether somebody is.
struct Anybody {
  bool operator()(const Waiter&) const noexcept { return true; }
  bool operator()(const QueueSums&) const noexcept { return true; }
};
struct WhoIsAble {
  std::uint64_t units = 0;
  bool operator()(const Waiter& waiter) const noexcept { return QueueSums::of(waiter).enough(units); }
  bool operator()(const QueueSums& sums) const noexcept { return sums.enough(units); }
};
struct WhoCanBeSkipped {
  bool operator()(const Waiter& waiter) const noexcept { return can_be_skipped(waiter.takes); }
  bool operator()(const QueueSums& sums) const noexcept { return sums.skippable != 0; }
};

}  // namespace

void WaitingQueues::insert(Root& root, const Waiter& waiter) noexcept {
  EARMARK_CHECK(has_room(1));
  ++waiting_;
  if (root == 0) root = nodes_.new_node(0, 0).block;
  const unsigned height = nodes_.height(root);
  QueueNode behind;
  if (height == 0) {
    QueueNode leaf = nodes_.top(root);
    std::size_t size = nodes_.size_of(leaf);
    if (leaf.sums.lines == QueueNodes::waiters_in(size) && size < QueueNodes::largest) nodes_.move(leaf, 0, ++size);
    const bool split = insert_into_leaf(leaf, QueueNodes::waiters_in(size), waiter, behind);
    root = split ? join(leaf, behind, 1) : nodes_.make_top(leaf, 0);
    return;
  }
  root = nodes_.grown(root);
  QueueNode& top = nodes_.top_inner(root);
  root = insert_below(top, height, waiter, behind) ? join(top, behind, height + 1) : nodes_.shrunk(root);
}

void WaitingQueues::insert(Root& root, std::span<const Waiter> all) noexcept {
  while (!all.empty()) {
    insert(root, all[0]);
    all = all.subspan(1);
    const unsigned height = nodes_.height(root);
    if (all.empty() || height == 0) continue;
    QueueSums added;
    const std::size_t filled = fill_leaf(nodes_.top_inner(root), height, all, added);
    waiting_ += filled;
    EARMARK_CHECK(has_room(0));
    all = all.subspan(filled);
  }
}

// The first of them who go into one leaf, as far as it has room; how many, and their sums.
std::size_t WaitingQueues::fill_leaf(QueueNode& node, unsigned height, std::span<const Waiter> all, QueueSums& added) noexcept {
  std::size_t filled = 0;
  if (height == 0) {
    for (; filled < all.size() && node.sums.lines < QueueNodes::most_waiters; ++filled) {
      const std::size_t index = waiters_before(nodes_.waiters(node), node.sums.lines, all[filled].place);
      const QueueSums sums = QueueSums::of(all[filled]);
      nodes_.put(node, QueueNodes::most_waiters, index, all[filled]);
      nodes_.replace(node, 0, {}, sums);
      added.add(sums);
    }
    return filled;
  }
  QueueNode* children = nodes_.children(node);
  const std::size_t index = child_at(children, node.extent, all[0].place);
  std::size_t here = all.size();
  if (index + 1 < node.extent) {
    for (here = 1; here < all.size() && all[here].place < children[index + 1].from;) ++here;
  }
  filled = fill_leaf(children[index], height - 1, all.first(here), added);
  node.sums.add(added);
  return filled;
}

// A topmost node above both.
WaitingQueues::Root WaitingQueues::join(const QueueNode& left, const QueueNode& right, unsigned height) noexcept {
  QueueNode top = nodes_.new_node(height, QueueNodes::size_for_two);
  nodes_.put_child(top, 0, left);
  nodes_.put_child(top, 1, right);
  top.sums = nodes_.sums(top, height);
  return nodes_.make_top(top, height);
}

// True: the node was full, and there is one more, `behind`. A node is split where the new one goes, who is the last of the first part: those who come
// one behind the other, at the end or before lower priorities, fill it and leave it full.
bool WaitingQueues::insert_into_leaf(QueueNode& leaf, std::size_t slots, const Waiter& waiter, QueueNode& behind) noexcept {
  const std::size_t lines = leaf.sums.lines, index = waiters_before(nodes_.waiters(leaf), lines, waiter.place);
  if (lines < slots) {
    nodes_.put(leaf, slots, index, waiter);
    nodes_.replace(leaf, 0, {}, QueueSums::of(waiter));
    return false;
  }
  behind = nodes_.split(leaf, 0, index);
  QueueNode& part = index == lines ? behind : leaf;
  nodes_.put(part, slots, part.sums.lines, waiter);
  nodes_.replace(part, 0, {}, QueueSums::of(waiter));
  behind.from = nodes_.waiters(behind)->place;
  return true;
}

bool WaitingQueues::insert_below(QueueNode& inner, unsigned height, const Waiter& waiter, QueueNode& behind) noexcept {
  QueueNode* children = nodes_.children(inner);
  const std::size_t index = child_at(children, inner.extent, waiter.place);
  QueueNode& child = children[index];
  QueueNode more;
  const bool split = height == 1 ? insert_into_leaf(child, QueueNodes::most_waiters, waiter, more) : insert_below(child, height - 1, waiter, more);
  inner.sums.add(QueueSums::of(waiter));
  return split && add_child(inner, height, index + 1, more, behind);
}

// A child, of what was in the one before it. Neighbours of both that are small enough become one with them.
bool WaitingQueues::add_child(QueueNode& inner, unsigned height, std::size_t index, const QueueNode& child, QueueNode& behind) noexcept {
  QueueNode* children = nodes_.children(inner);
  const bool merges_before = index > 1 && nodes_.can_merge(children[index - 2], children[index - 1], height - 1);
  const bool merges_behind = index < inner.extent && nodes_.can_merge(child, children[index], height - 1);
  if (merges_before) nodes_.merge(children[index - 2], children[index - 1], height - 1);
  if (merges_behind) {
    QueueNode both = child;
    nodes_.merge(both, children[index], height - 1);
    children[index] = both;
    if (merges_before) nodes_.take_child(inner, index - 1);
    return false;
  }
  if (merges_before) {
    children[index - 1] = child;
    return false;
  }
  const std::size_t count = inner.extent;
  if (count < QueueNodes::most_children) {
    nodes_.put_child(inner, index, child);
    return false;
  }
  behind = nodes_.split(inner, height, index);
  QueueNode& part = index == count ? behind : inner;
  nodes_.put_child(part, part.extent, child);
  part.sums.add(child.sums);
  behind.from = nodes_.children(behind)->from;
  return true;
}

const Waiter* WaitingQueues::at(Root root, QueuePlace place) const noexcept {
  if (root == 0) return nullptr;
  QueueNode node = nodes_.top(root);
  for (unsigned height = nodes_.height(root); height != 0; --height) {
    const QueueNode* children = nodes_.children(node);
    node = children[child_at(children, node.extent, place)];
  }
  const Waiter* first = nodes_.waiters(node);
  const std::size_t index = waiters_before(first, node.sums.lines, place);
  return index < node.sums.lines && first[index].place == place ? first + index : nullptr;
}

void WaitingQueues::add(Root& root, const Waiter& waiter) noexcept {
  if (at(root, waiter.place) == nullptr) return insert(root, waiter);
  change(root, waiter.place, [&](Waiter& known) { known.quantity += waiter.quantity; });
}

void WaitingQueues::set_takes(Root& root, QueuePlace place, Takes takes) noexcept {
  change(root, place, [&](Waiter& waiter) { waiter.takes = takes; });
}

void WaitingQueues::reduce(Root& root, QueuePlace place, Quantity by) noexcept {
  change(root, place, [&](Waiter& waiter) {
    EARMARK_CHECK(waiter.quantity >= by);
    waiter.quantity -= by;
  });
}

template <class Change>
void WaitingQueues::change(Root& root, QueuePlace place, const Change& change) noexcept {
  EARMARK_CHECK(root != 0);
  const unsigned height = nodes_.height(root);
  if (height == 0) {
    QueueNode leaf = nodes_.top(root);
    change_in(leaf, 0, place, change);
    root = nodes_.make_top(leaf, 0);
    return;
  }
  change_in(nodes_.top_inner(root), height, place, change);
  root = changed_top(root, height);
}

// What is topmost after some have left: of an inner node with one child that, and nothing of one with none.
WaitingQueues::Root WaitingQueues::changed_top(Root root, unsigned height) noexcept {
  const QueueNode& top = nodes_.top_inner(root);
  if (top.extent > 1) return nodes_.shrunk(root);
  QueueNode only = top;
  for (; height != 0 && only.extent == 1; --height) {
    const QueueNode above = only;
    only = *nodes_.children(above);
    nodes_.release(above);
  }
  return nodes_.make_top(only, height);
}

template <class Change>
void WaitingQueues::change_in(QueueNode& node, unsigned height, QueuePlace place, const Change& change) noexcept {
  if (height == 0) {
    const std::size_t index = waiters_before(nodes_.waiters(node), node.sums.lines, place);
    Waiter& waiter = nodes_.waiters(node)[index];
    EARMARK_CHECK(index < node.sums.lines && waiter.place == place);
    const QueueSums was = QueueSums::of(waiter);
    change(waiter);
    const bool leaves = waiter.quantity == 0;
    const QueueSums is = leaves ? QueueSums{} : QueueSums::of(waiter);
    if (leaves) nodes_.take(node, index), --waiting_;
    return nodes_.replace(node, 0, was, is);
  }
  QueueNode* children = nodes_.children(node);
  const std::size_t index = child_at(children, node.extent, place);
  const QueueSums was = children[index].sums;
  change_in(children[index], height - 1, place, change);
  const QueueSums is = children[index].sums;
  nodes_.replace(node, height, was, is);
  if (is.lines != was.lines) mend(node, height, index);
}

// The child has lost somebody.
void WaitingQueues::mend(QueueNode& inner, unsigned height, std::size_t index) noexcept {
  QueueNode* children = nodes_.children(inner);
  if (children[index].sums.lines == 0) {  // its neighbours had so many with the one who was left that they are none for each other
    nodes_.release(children[index]);
    return nodes_.take_child(inner, index);
  }
  const auto can_merge = [&](std::size_t left) {
    return left + 1 < inner.extent && nodes_.can_merge(children[left], children[left + 1], height - 1);
  };
  const bool with_left = index > 0 && can_merge(index - 1);
  if (!with_left && !can_merge(index)) return;
  const std::size_t left = with_left ? index - 1 : index;
  nodes_.merge(children[left], children[left + 1], height - 1);
  nodes_.take_child(inner, left + 1);
}

void WaitingQueues::reduce(Root& root, std::span<const Reduction> all) noexcept {
  if (all.size() < 2) {
    if (!all.empty()) reduce(root, all[0].place, all[0].by);
    return;
  }
  EARMARK_CHECK(root != 0);
  const unsigned height = nodes_.height(root);
  if (height == 0) {
    QueueNode leaf = nodes_.top(root);
    reduce_in_leaf(leaf, all);
    root = nodes_.make_top(leaf, 0);
    return;
  }
  reduce_in(nodes_.top_inner(root), height, all);
  root = changed_top(root, height);
}

void WaitingQueues::reduce_in(QueueNode& node, unsigned height, std::span<const Reduction> all) noexcept {
  if (height == 0) {
    reduce_in_leaf(node, all);
    node.sums = nodes_.sums(node, 0);
    return;
  }
  QueueNode* children = nodes_.children(node);
  for (std::size_t index = 0; !all.empty(); ++index) {
    EARMARK_CHECK(index < node.extent);
    std::size_t here = all.size();
    if (index + 1 < node.extent) {
      for (here = 0; here < all.size() && all[here].place < children[index + 1].from;) ++here;
    }
    if (here != 0) reduce_in(children[index], height - 1, all.first(here));
    all = all.subspan(here);
  }
  mend_all(node, height);
  node.sums = nodes_.sums(node, height);
}

// Of the sums only the lines. Those who leave at the beginning leave room there, as when they leave one by one.
void WaitingQueues::reduce_in_leaf(QueueNode& leaf, std::span<const Reduction> all) noexcept {
  Waiter* first = nodes_.waiters(leaf);
  const std::size_t lines = leaf.sums.lines;
  std::size_t kept = 0, left_first = 0;
  for (std::size_t index = 0; index < lines; ++index) {
    Waiter& waiter = first[index];
    if (!all.empty() && waiter.place == all[0].place) {
      EARMARK_CHECK(waiter.quantity >= all[0].by);
      waiter.quantity -= all[0].by;
      all = all.subspan(1);
      if (waiter.quantity == 0) {
        if (kept == 0) ++left_first;
        continue;
      }
    }
    if (left_first + kept != index) first[left_first + kept] = waiter;
    ++kept;
  }
  EARMARK_CHECK(all.empty());  // everybody was there
  waiting_ -= lines - kept;
  leaf.extent = static_cast<std::uint8_t>(leaf.extent + left_first);
  leaf.sums.lines = kept & 0x7FFF'FFFF;
}

// Children have lost many: nobody is left of some, and others have become small enough to be one with their neighbours.
void WaitingQueues::mend_all(QueueNode& inner, unsigned height) noexcept {
  QueueNode* children = nodes_.children(inner);
  std::size_t kept = 0;
  for (std::size_t index = 0; index < inner.extent; ++index) {
    const QueueNode child = children[index];
    if (child.sums.lines == 0) {
      nodes_.release(child);
    } else if (kept != 0 && nodes_.can_merge(children[kept - 1], child, height - 1)) {
      nodes_.merge(children[kept - 1], child, height - 1);
    } else {
      children[kept++] = child;
    }
  }
  inner.extent = static_cast<std::uint8_t>(kept);
}

template <class Fits>
WaitingQueues::Found WaitingQueues::find(const QueueNode& node, unsigned height, const QueuePlace* behind, const Fits& fits) const noexcept {
  std::size_t index = 0;
  if (height == 0) {
    const Waiter* first = nodes_.waiters(node);
    if (behind != nullptr) index = waiters_before(first, node.sums.lines, *behind);
    if (behind != nullptr && index < node.sums.lines && first[index].place == *behind) ++index;
    for (; index < node.sums.lines; ++index) {
      if (fits(first[index])) return {first + index, first + node.sums.lines};
    }
    return {};
  }
  const QueueNode* children = nodes_.children(node);
  if (behind != nullptr) {
    index = child_at(children, node.extent, *behind);
    const Found found = fits(children[index].sums) ? find(children[index], height - 1, behind, fits) : Found{};
    if (found.waiter != nullptr) return found;
    ++index;
  }
  // Everybody behind the one in which the place lies comes after it.
  for (; index < node.extent; ++index) {
    if (fits(children[index].sums)) return find(children[index], height - 1, nullptr, fits);
  }
  return {};
}

template <class Fits>
WaitingQueues::Found WaitingQueues::find_in_queue(Root root, const QueuePlace* behind, const Fits& fits) const noexcept {
  if (root == 0) return {};
  const QueueNode top = nodes_.top(root);
  const unsigned height = nodes_.height(root);
  return height != 0 && !fits(top.sums) ? Found{} : find(top, height, behind, fits);
}

template <class Fits>
const Waiter* WaitingQueues::walk_to(Root root, Walk& walk, const Fits& fits) const noexcept {
  for (; walk.at_ != walk.end_; ++walk.at_) {
    if (fits(*walk.at_)) return walk.at_;
  }
  if (walk.ended_) return nullptr;
  const Found found = find_in_queue(root, walk.end_ == nullptr ? nullptr : &walk.end_[-1].place, fits);
  walk.at_ = found.waiter;
  walk.end_ = found.end;
  walk.ended_ = found.waiter == nullptr;
  return found.waiter;
}

const Waiter* WaitingQueues::first(Root root) const noexcept {
  return find_in_queue(root, nullptr, Anybody{}).waiter;
}

const Waiter* WaitingQueues::after(Root root, QueuePlace place) const noexcept {
  return find_in_queue(root, &place, Anybody{}).waiter;
}

const Waiter* WaitingQueues::first_able(Root root, const QueuePlace* place, std::uint64_t units) const noexcept {
  return find_in_queue(root, place, WhoIsAble{units}).waiter;
}

const Waiter* WaitingQueues::first_skippable(Root root) const noexcept {
  return find_in_queue(root, nullptr, WhoCanBeSkipped{}).waiter;
}

const Waiter* WaitingQueues::walk_to_able(Root root, Walk& walk, std::uint64_t units) const noexcept {
  return walk_to(root, walk, WhoIsAble{units});
}

const Waiter* WaitingQueues::walk_to_skippable(Root root, Walk& walk) const noexcept {
  return walk_to(root, walk, WhoCanBeSkipped{});
}

// Of each node the shorter side is added up: a place at the end is looked for most often. Of a topmost leaf the sums are not kept.
Ahead WaitingQueues::ahead_of(Root root, QueuePlace place) const noexcept {
  Ahead ahead;
  if (root == 0) return ahead;
  QueueNode node = nodes_.top(root);
  const unsigned top_height = nodes_.height(root);
  for (unsigned height = top_height;; --height) {
    const std::size_t parts = height == 0 ? node.sums.lines : node.extent;
    const QueueNode* children = nodes_.children(node);
    const Waiter* waiters = nodes_.waiters(node);
    const std::size_t index = height == 0 ? waiters_before(waiters, parts, place) : child_at(children, parts, place);
    const auto units = [&](std::size_t part) { return height == 0 ? waiters[part].quantity : children[part].sums.units; };
    const auto lines = [&](std::size_t part) { return height == 0 ? 1 : children[part].sums.lines; };
    if (top_height == 0 || index < parts / 2) {
      for (std::size_t part = 0; part < index; ++part) ahead.lines += lines(part), ahead.units += units(part);
    } else {
      ahead.lines += node.sums.lines, ahead.units += node.sums.units;
      for (std::size_t part = index; part < parts; ++part) ahead.lines -= lines(part), ahead.units -= units(part);
    }
    if (height == 0) return ahead;
    node = children[index];
  }
}

Ahead WaitingQueues::all(Root root) const noexcept {
  if (root == 0) return {};
  const QueueNode top = nodes_.top(root);
  const QueueSums sums = nodes_.height(root) == 0 ? nodes_.sums(top, 0) : top.sums;
  return {sums.lines, sums.units};
}

}  // namespace earmark::engine
