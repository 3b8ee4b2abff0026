#include "engine/command_ids.hpp"

namespace earmark::engine {

// Whether some id's way leads past the group: then it lies in the next one (or further, with the next one full).
bool CommandIds::passed_by(const WriteSet& writes, std::uint64_t first) noexcept {
  const std::uint64_t following = next(first);
  if (!has_empty(writes, following)) return true;  // perhaps; not worth a longer look
  for (std::size_t offset = 0; offset < group; ++offset) {
    const std::uint64_t word = writes.read(slots_[following + offset]);
    if (!is_free(word) && home(blocks_.at<KnownCommand>(reference(word))->identity) != following) return true;
  }
  return false;
}

bool CommandIds::has_empty(const WriteSet& writes, std::uint64_t first) noexcept {
  for (std::size_t offset = 0; offset < group; ++offset) {
    if (is_empty(writes.read(slots_[first + offset]))) return true;
  }
  return false;
}

// Makes the free slots of a group empty when nobody's way leads past it. True: it has an empty slot now.
bool CommandIds::clear_left_behind(WriteSet& writes, std::uint64_t first) noexcept {
  if (!has_empty(writes, first) && passed_by(writes, first)) return false;
  bool cleared = false;
  for (std::size_t offset = 0; offset < group; ++offset) {
    Atomic<std::uint64_t>& slot = slots_[first + offset];
    const std::uint64_t word = writes.read(slot);
    if (!is_free(word)) continue;
    if (!is_empty(word)) writes.write(slot, word, changed(word));
    cleared = true;
  }
  return cleared;
}

void CommandIds::forget(WriteSet& writes, const Place& place) noexcept {
  std::uint64_t first = static_cast<std::uint64_t>(place.slot - slots_.data()) & ~std::uint64_t{group - 1};
  writes.write(*place.slot, place.seen, left_behind | changed(place.seen));
  // The group before may have been full only because of what lay here. Bounded: a chain of full groups is rare.
  for (int groups = 0; groups < 4 && clear_left_behind(writes, first); ++groups) {
    first = before(first);
    if (has_empty(writes, first)) return;
  }
}

void CommandIds::move(const Place& place, BlockRef known) noexcept {
  std::uint64_t expected = place.seen;
  const std::uint64_t moved = (std::uint64_t{known} << 32) | (place.seen & 0xFFFF'FF00) | changed(place.seen);
  // Release publishes the new block; pairs with the acquire in find().
  EARMARK_CHECK(place.slot->compare_exchange_strong(expected, moved, std::memory_order_acq_rel, std::memory_order_acquire));
}

}  // namespace earmark::engine
