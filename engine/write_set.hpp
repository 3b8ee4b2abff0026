// What one commit will write, and what it has read through: an overlay over shared words, so that the second order of
// a batch sees what the first one took. One entry for each word (S5). Owned by one thread.
// Words are looked up by hash in as much of a table as this commit needs: all of the settler's is larger than a core's cache, and most of its
// commits write a few words.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/atomic.hpp"
#include "engine/check.hpp"

namespace earmark::engine {

struct WordWrite {
  Atomic<std::uint64_t>* word = nullptr;
  std::uint64_t before = 0;
  std::uint64_t after = 0;
};

class WriteSet {
 public:
  // `first_stamp`: for tests, which cannot wait for four thousand million commits.
  explicit WriteSet(std::size_t capacity, std::uint32_t first_stamp = 1)
      : capacity_(capacity), slots_(std::bit_ceil(std::max(capacity * 2, few_slots))), mask_(few_slots - 1), stamp_(first_stamp) {
    entries_.reserve(capacity);
    undo_.reserve(capacity * 2);
  }

  void clear() noexcept {
    entries_.clear();
    undo_.clear();
    mask_ = few_slots - 1;
    begin_stamp();
  }

  // The value of `word` as this commit will leave it. Acquire pairs with the release of whoever applied the commit
  // that wrote it; that the value is the state at G is proven by the commit itself, which fails if G has moved.
  std::uint64_t read(Atomic<std::uint64_t>& word) const noexcept {
    const Slot& slot = slots_[find(&word)];
    return slot.stamp == stamp_ ? entries_[slot.entry].after : word.load(std::memory_order_acquire);
  }

  // `seen` is what read() gave. The caller has made sure of room().
  void write(Atomic<std::uint64_t>& word, std::uint64_t seen, std::uint64_t after) noexcept {
    Slot* slot = &slots_[find(&word)];
    if (slot->stamp == stamp_) {
      undo_.push_back({slot->entry, entries_[slot->entry].after});
      entries_[slot->entry].after = after;
      return;
    }
    EARMARK_CHECK(entries_.size() < capacity_);
    if ((entries_.size() + 1) * 2 > mask_ + 1) {
      grow();
      slot = &slots_[find(&word)];
    }
    const auto entry = static_cast<std::uint32_t>(entries_.size());
    *slot = {stamp_, entry};
    undo_.push_back({entry, created});
    entries_.push_back({&word, seen, after});
  }

  // Everything written since mark() can be taken back: an order of a batch that turns out not to be decidable here.
  std::size_t mark() const noexcept { return undo_.size(); }
  void roll_back(std::size_t mark) noexcept {
    while (undo_.size() > mark) {
      const Undo undo = undo_.back();
      undo_.pop_back();
      if (undo.after != created) {
        entries_[undo.entry].after = undo.after;
      } else {
        // Entries are taken back in reverse order of their making, so this is the last one and the newest in its
        // probe chain: no other chain runs through its slot.
        slots_[find(entries_.back().word)].stamp = 0;
        entries_.pop_back();
      }
    }
  }

  std::size_t room() const noexcept { return capacity_ - entries_.size(); }
  std::span<const WordWrite> entries() const noexcept { return entries_; }

 private:
  struct Slot {
    std::uint32_t stamp = 0;
    std::uint32_t entry = 0;
  };
  struct Undo {
    std::uint32_t entry;
    std::uint64_t after;  // `created`: the entry did not exist; no shared word ever has that value
  };
  static constexpr std::uint64_t created = ~std::uint64_t{0};
  static constexpr std::size_t few_slots = 1024;

  // What slots said before is void.
  void begin_stamp() noexcept {
    if (++stamp_ != 0) return;
    for (Slot& slot : slots_) slot.stamp = 0;  // stamps begin again: none of before may pass for one of now
    stamp_ = 1;
  }

  // Entries come into the larger part in the order of their making, as roll_back() wants it.
  void grow() noexcept {
    mask_ = std::min(mask_ * 4 + 3, slots_.size() - 1);
    begin_stamp();
    for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) slots_[find(entries_[entry].word)] = {stamp_, entry};
  }

  std::size_t find(const Atomic<std::uint64_t>* word) const noexcept {
    std::size_t index = (reinterpret_cast<std::uintptr_t>(word) >> 3) * 0x9E37'79B9'7F4A'7C15ULL >> 20 & mask_;
    while (slots_[index].stamp == stamp_ && entries_[slots_[index].entry].word != word) index = (index + 1) & mask_;
    return index;
  }

  std::size_t capacity_;
  std::vector<Slot> slots_;
  std::size_t mask_;  // of the part in use
  std::vector<WordWrite> entries_;
  std::vector<Undo> undo_;
  std::uint32_t stamp_;  // of this commit; 0 is no commit's
};

}  // namespace earmark::engine
