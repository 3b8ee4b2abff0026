// What of a line waits, entry by entry. A line's own entry has the order's sequence; each raise of its quantity (AmendDecision)
// makes one more at the tail, whose sequence is the LSN of that amend. An entry stands in the queue at (priority, sequence, line's
// position) and is served by itself; a cut takes the newest first. What is reserved belongs to the line, whichever entry it was
// ordered by: what it loses waits again in the line's own entry.
// Entries of raises lie in a chain of blocks at the order, oldest first, for as long as something of them waits; the line's own
// entry is the rest of its `waiting`. The settler alone, and recovery.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/block_store.hpp"
#include "engine/order_state.hpp"
#include "engine/waiter.hpp"

namespace earmark::engine {

struct RaiseEntry {
  Lsn sequence{};
  Quantity waiting = 0;  // never 0
  BlockRef next = 0;
  std::uint16_t line_index = 0;
  std::uint16_t unused = 0;
  std::uint32_t unused_too[3] = {};
};
static_assert(sizeof(RaiseEntry) == 32);

struct WaitingEntry {
  QueuePlace place;
  Quantity units = 0;
};

inline QueuePlace own_place(const OrderState& order, std::size_t line_index) noexcept {
  return QueuePlace::of(order.priority, order.known.lsn(), line_index);
}

// Units of entries of raises of the line.
Quantity raised_waiting(const BlockStore& blocks, const OrderState& order, std::size_t line_index) noexcept;

// The entries of the line with something waiting, oldest first: visit(QueuePlace, units). `blocks` and `order` lie still meanwhile.
template <class Visitor>
void for_each_entry(const BlockStore& blocks, const OrderState& order, std::size_t line_index, Visitor&& visit) {
  const Quantity waiting = order.lines()[line_index].waiting;
  if (waiting == 0) return;
  const Quantity own = order.raises == 0 ? waiting : waiting - raised_waiting(blocks, order, line_index);
  if (own != 0) visit(own_place(order, line_index), own);
  for (BlockRef ref = order.raises; ref != 0;) {
    const auto* entry = blocks.at<RaiseEntry>(ref);
    if (entry->line_index == line_index) visit(QueuePlace::of(order.priority, entry->sequence, line_index), entry->waiting);
    ref = entry->next;
  }
}

// The place of the line's first waiting entry; of a line that does not wait, its own.
QueuePlace first_place(const BlockStore& blocks, const OrderState& order, std::size_t line_index) noexcept;
// What waits in the entry at this place.
Quantity waiting_at(const BlockStore& blocks, const OrderState& order, QueuePlace place) noexcept;
// What a cut of `units` takes of each entry, the newest first. The line has as many waiting.
std::vector<WaitingEntry> cut_of(const BlockStore& blocks, const OrderState& order, std::size_t line_index, Quantity units);

// Units of the entry at this place wait no more. The queue is the caller's business, here and below.
void stop_waiting_at(BlockCache& blocks, OrderState& order, QueuePlace place, Quantity units) noexcept;
// A new entry behind all others. False: no memory.
bool add_entry(BlockCache& blocks, OrderState& order, std::size_t line_index, Lsn sequence, Quantity units, BlockCache::For purpose) noexcept;
void release_raises(BlockCache& blocks, OrderState& order) noexcept;

}  // namespace earmark::engine
