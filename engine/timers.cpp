#include "engine/timers.hpp"

#include <algorithm>
#include <bit>

#include "engine/check.hpp"

namespace earmark::engine {

Timers::Timers() : nodes_(1) {}

Timers::Handle Timers::add(const Timer& timer) {
  Handle handle = free_;
  if (handle != 0) {
    free_ = nodes_[handle].after;
  } else {
    handle = static_cast<Handle>(nodes_.size());
    nodes_.emplace_back();
  }
  nodes_[handle].timer = timer;
  place(handle);
  ++running_;
  return handle;
}

void Timers::remove(Handle handle) noexcept {
  Node& node = nodes_[handle];
  List& list = lists_[node.slot];
  (node.before != 0 ? nodes_[node.before].after : list.first) = node.after;
  (node.after != 0 ? nodes_[node.after].before : list.last) = node.before;
  if (list.first == 0) {
    list.earliest = never;
    if (node.slot != due_slot) filled_[node.slot / slots] &= ~(std::uint64_t{1} << node.slot % slots);
  }
  node.after = free_;
  free_ = handle;
  --running_;
}

const Timer* Timers::first_due(TimeUs now) {
  for (;;) {
    if (const Handle first = lists_[due_slot].first; first != 0) {
      const Timer& timer = nodes_[first].timer;
      return timer.due <= now ? &timer : nullptr;
    }
    const std::uint32_t slot = first_slot();
    if (slot == due_slot || lists_[slot].earliest > now) return nullptr;
    empty_slot(slot);
  }
}

TimeUs Timers::next_due() const noexcept {
  if (const Handle first = lists_[due_slot].first; first != 0) return nodes_[first].timer.due;
  return lists_[first_slot()].earliest;  // with none running that of the empty list: never
}

// At the end of the slot's list.
void Timers::link(Handle handle, std::uint32_t slot) noexcept {
  Node& node = nodes_[handle];
  List& list = lists_[slot];
  node.slot = slot;
  node.before = list.last;
  node.after = 0;
  (list.last != 0 ? nodes_[list.last].after : list.first) = handle;
  list.last = handle;
  list.earliest = std::min(list.earliest, node.timer.due);
  if (slot != due_slot) filled_[slot / slots] |= std::uint64_t{1} << slot % slots;
}

void Timers::place(Handle handle) {
  const Timer timer = nodes_[handle].timer;
  const List& found_due = lists_[due_slot];
  const bool joins_due = timer.due.value < time_ || (found_due.first != 0 && timer < nodes_[found_due.last].timer);
  if (!joins_due) {
    const auto differing = static_cast<std::uint64_t>(timer.due.value ^ time_);
    const unsigned level = differing == 0 ? 0 : static_cast<unsigned>(std::bit_width(differing) - 1) / digit_bits;
    const auto digit = static_cast<std::uint64_t>(timer.due.value) >> level * digit_bits & (slots - 1);
    return link(handle, static_cast<std::uint32_t>(level * slots + digit));
  }
  // Earlier than the wheel's time, or than something that is already being handed out: to its place among these.
  Handle before = found_due.last;
  while (before != 0 && timer < nodes_[before].timer) before = nodes_[before].before;
  link(handle, due_slot);
  Node& node = nodes_[handle];
  if (node.before == before) return;
  List& list = lists_[due_slot];
  list.last = node.before;
  nodes_[node.before].after = 0;
  node.before = before;
  node.after = before != 0 ? nodes_[before].after : list.first;
  nodes_[node.after].before = handle;
  (before != 0 ? nodes_[before].after : list.first) = handle;
}

std::uint32_t Timers::first_slot() const noexcept {
  for (std::uint32_t level = 0; level < levels; ++level) {
    if (filled_[level] != 0) return level * slots + static_cast<std::uint32_t>(std::countr_zero(filled_[level]));
  }
  return due_slot;
}

// The wheel's time goes to the slot's beginning, its timers to lower levels; those of level 0, which is one microsecond, are due.
void Timers::empty_slot(std::uint32_t slot) {
  const std::uint32_t level = slot / slots;
  sorted_.clear();
  for (Handle handle = lists_[slot].first; handle != 0; handle = nodes_[handle].after) sorted_.push_back(handle);
  lists_[slot] = List{};
  filled_[level] &= ~(std::uint64_t{1} << slot % slots);
  const std::uint64_t below = (std::uint64_t{1} << level * digit_bits) - 1;
  time_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(nodes_[sorted_.front()].timer.due.value) & ~below);
  if (level != 0) {
    for (const Handle handle : sorted_) place(handle);
    return;
  }
  std::sort(sorted_.begin(), sorted_.end(), [&](Handle left, Handle right) { return nodes_[left].timer < nodes_[right].timer; });
  for (const Handle handle : sorted_) link(handle, due_slot);
}

}  // namespace earmark::engine
