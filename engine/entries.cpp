#include "engine/entries.hpp"

#include <algorithm>

namespace earmark::engine {

Quantity raised_waiting(const BlockStore& blocks, const OrderState& order, std::size_t line_index) noexcept {
  Quantity units = 0;
  for (BlockRef ref = order.raises; ref != 0;) {
    const auto* entry = blocks.at<RaiseEntry>(ref);
    if (entry->line_index == line_index) units += entry->waiting;
    ref = entry->next;
  }
  return units;
}

QueuePlace first_place(const BlockStore& blocks, const OrderState& order, std::size_t line_index) noexcept {
  QueuePlace first = own_place(order, line_index);
  if (order.raises == 0) return first;
  bool found = false;
  for_each_entry(blocks, order, line_index, [&](QueuePlace place, Quantity) {
    if (!found) first = place;
    found = true;
  });
  return first;
}

Quantity waiting_at(const BlockStore& blocks, const OrderState& order, QueuePlace place) noexcept {
  Quantity waiting = 0;
  for_each_entry(blocks, order, place.line_index, [&](QueuePlace each, Quantity units) {
    if (each.order_lsn == place.order_lsn) waiting = units;
  });
  return waiting;
}

std::vector<WaitingEntry> cut_of(const BlockStore& blocks, const OrderState& order, std::size_t line_index, Quantity units) {
  std::vector<WaitingEntry> cut;
  for_each_entry(blocks, order, line_index, [&](QueuePlace place, Quantity waiting) { cut.push_back({place, waiting}); });
  std::reverse(cut.begin(), cut.end());
  for (WaitingEntry& entry : cut) {
    entry.units = std::min(entry.units, units);
    units -= entry.units;
  }
  EARMARK_CHECK(units == 0);
  std::erase_if(cut, [](const WaitingEntry& entry) { return entry.units == 0; });
  return cut;
}

void stop_waiting_at(BlockCache& blocks, OrderState& order, QueuePlace place, Quantity units) noexcept {
  OrderLineState& line = order.lines()[place.line_index];
  if (place.order_lsn != order.known.lsn()) {
    BlockRef* link = &order.raises;
    for (;; link = &blocks.store().at<RaiseEntry>(*link)->next) {
      EARMARK_CHECK(*link != 0);
      const auto* entry = blocks.store().at<RaiseEntry>(*link);
      if (entry->line_index == place.line_index && entry->sequence == place.order_lsn) break;
    }
    const BlockRef ref = *link;
    auto* entry = blocks.store().at<RaiseEntry>(ref);
    EARMARK_CHECK(entry->waiting >= units);
    entry->waiting -= units;
    if (entry->waiting == 0) {
      *link = entry->next;
      blocks.give_back(ref, sizeof(RaiseEntry));
    }
  }
  line.waiting -= units;
}

bool add_entry(BlockCache& blocks, OrderState& order, std::size_t line_index, Lsn sequence, Quantity units, BlockCache::For purpose) noexcept {
  const BlockRef ref = blocks.allocate(sizeof(RaiseEntry), purpose);
  if (ref == 0) return false;
  auto* entry = blocks.store().at<RaiseEntry>(ref);
  *entry = RaiseEntry{};
  entry->sequence = sequence;
  entry->waiting = units;
  entry->line_index = static_cast<std::uint16_t>(line_index);
  BlockRef* tail = &order.raises;
  while (*tail != 0) tail = &blocks.store().at<RaiseEntry>(*tail)->next;
  *tail = ref;
  order.lines()[line_index].waiting += units;
  return true;
}

void release_raises(BlockCache& blocks, OrderState& order) noexcept {
  while (order.raises != 0) {
    const BlockRef ref = order.raises;
    order.raises = blocks.store().at<RaiseEntry>(ref)->next;
    blocks.give_back(ref, sizeof(RaiseEntry));
  }
}

}  // namespace earmark::engine
