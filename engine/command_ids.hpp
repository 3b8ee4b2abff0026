// The exactly-once table: which command ids are known, and where their decision is. Open addressing over 8-byte slots in
// groups of one cache line. A slot is taken inside the commit that decides the command, so "is this id new?" and "take
// it" are one instant, also for the same id on two connections; it is given up inside the commit that forgets the id.
//   slot   block reference:32 | fingerprint:24 | version:8      reference 0: free (fingerprint 0: empty, 1: left behind)
// An id lies in the first group on its way that had a free slot; a look-up ends at a group with an empty slot. So a slot
// that is given up becomes empty only if nobody's way leads past its group; else it is "left behind", free but passed over.
#pragma once

#include <cstdint>

#include "engine/atomic.hpp"
#include "engine/block_store.hpp"
#include "engine/digest.hpp"
#include "engine/lazy_array.hpp"
#include "engine/types.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// What a slot points to: the head of an order in memory, or 32 bytes of their own. Written before the commit that makes it
// reachable, never changed while it is.
struct KnownCommand {
  Identity identity;
  std::uint64_t content = 0;
  std::uint64_t lsn_and_space = 0;  // lsn:53 | ended:3 | archived:1 | space:7

  Lsn lsn() const noexcept { return Lsn{lsn_and_space >> 11}; }
  IdSpace space() const noexcept { return static_cast<IdSpace>(lsn_and_space & 0x7F); }
  // Of a hold. The one thing that changes while the block is reachable: only the settler looks at it.
  HoldEnd ended() const noexcept { return static_cast<HoldEnd>(lsn_and_space >> 8 & 7); }
  bool is_open_hold() const noexcept { return space() == IdSpace::hold && ended() == HoldEnd::open; }
  void end(HoldEnd how) noexcept { lsn_and_space = (lsn_and_space & ~std::uint64_t{0x700}) | static_cast<std::uint64_t>(how) << 8; }
  // An order that was closed and has left memory; the archive has it.
  bool archived() const noexcept { return (lsn_and_space & archived_bit) != 0; }
  bool is_order_in_memory() const noexcept { return space() == IdSpace::order && !archived(); }
  void set(Lsn lsn, IdSpace space, bool archived = false) noexcept {
    lsn_and_space = lsn.value << 11 | static_cast<std::uint8_t>(space) | (archived ? archived_bit : 0);
  }

 private:
  static constexpr std::uint64_t archived_bit = 0x80;
};
static_assert(sizeof(KnownCommand) == 32);

class CommandIds {
 public:
  CommandIds(std::uint64_t slots, BlockStore& blocks) : slots_(slots), blocks_(blocks) {
    EARMARK_CHECK(slots >= group && (slots & (slots - 1)) == 0);
  }

  struct Place {
    BlockRef known = 0;                       // not 0: the id was used, see the block
    Atomic<std::uint64_t>* slot = nullptr;    // where a new id goes; nullptr with known 0: the table is full
    std::uint64_t seen = 0;                   // the slot's word
  };
  // Through `writes`, so that an id taken earlier in the same batch is found: it is in the first free slot on its way, so
  // free slots behind the first that is still free need not be looked up in `writes`.
  Place find(const WriteSet& writes, Identity identity) noexcept {
    Place free{};
    std::uint64_t first = home(identity);
    for (std::size_t probe = 0; probe < most_groups; ++probe, first = next(first)) {
      bool ends_here = false;
      for (std::size_t offset = 0; offset < group; ++offset) {
        Atomic<std::uint64_t>& slot = slots_[first + offset];
        std::uint64_t word = slot.load(std::memory_order_acquire);  // pairs with the CAS that wrote it
        if (is_free(word) && !ends_here) word = writes.read(slot);
        if (is_free(word)) {
          if (free.slot == nullptr) free = {0, &slot, word};
          ends_here = ends_here || is_empty(word);
          continue;
        }
        if (fingerprint_of(word) != fingerprint(identity)) continue;
        const BlockRef known = reference(word);
        if (blocks_.at<KnownCommand>(known)->identity == identity) return {known, &slot, word};
      }
      if (ends_here) return free;
    }
    return free;
  }

  // Gives the slot at `place` (where find() found the id) up, as part of a commit. The settler alone.
  void forget(WriteSet& writes, const Place& place) noexcept;
  // Lets the slot name another block with the same content. Not part of a commit: what the slot means does not change, and
  // commits write free slots only. The settler alone; the old block may still be being looked at (engine/readers.hpp).
  void move(const Place& place, BlockRef known) noexcept;

  static std::uint64_t word_after(std::uint64_t seen, Identity identity, BlockRef known) noexcept {
    return (std::uint64_t{known} << 32) | (fingerprint(identity) << 8) | ((seen + 1) & 0xFF);
  }

  void prefetch(Identity identity) const noexcept {
    __builtin_prefetch(&slots_[home(identity)]);
  }
  // The block of a known command, if its slot is among the first that are looked at; some time after prefetch().
  void prefetch_known(Identity identity) const noexcept {
    const std::uint64_t first = home(identity);
    for (std::size_t offset = 0; offset < group; ++offset) {
      const std::uint64_t word = slots_[first + offset].load(std::memory_order_relaxed);  // a hint: nothing is read behind it
      if (!is_free(word) && fingerprint_of(word) == fingerprint(identity)) __builtin_prefetch(blocks_.at<KnownCommand>(reference(word)), 1);
    }
  }

  std::uint64_t capacity() const noexcept { return slots_.size(); }

  // Every known command; while others commit, some of theirs may be missed.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (std::uint64_t index = 0; index < slots_.size(); ++index) {
      const std::uint64_t word = slots_[index].load(std::memory_order_acquire);
      if (!is_free(word)) visit(reference(word));
    }
  }

 private:
  static constexpr std::size_t group = 8;
  static constexpr std::size_t most_groups = 512;
  static constexpr std::uint64_t left_behind = 1ULL << 8;
  static constexpr std::uint64_t fingerprint(Identity identity) noexcept { return identity.high >> 40; }
  static constexpr std::uint64_t fingerprint_of(std::uint64_t word) noexcept { return (word >> 8) & 0xFF'FFFF; }
  static constexpr BlockRef reference(std::uint64_t word) noexcept { return static_cast<BlockRef>(word >> 32); }
  static constexpr bool is_free(std::uint64_t word) noexcept { return word >> 32 == 0; }
  static constexpr bool is_empty(std::uint64_t word) noexcept { return word >> 8 == 0; }
  static constexpr std::uint64_t changed(std::uint64_t seen) noexcept { return (seen + 1) & 0xFF; }

  // Slot number of the first of a group of slots.
  std::uint64_t home(Identity identity) const noexcept { return identity.low & (slots_.size() - 1) & ~std::uint64_t{group - 1}; }
  std::uint64_t next(std::uint64_t first) const noexcept { return (first + group) & (slots_.size() - 1); }
  std::uint64_t before(std::uint64_t first) const noexcept { return (first - group) & (slots_.size() - 1); }
  bool passed_by(const WriteSet& writes, std::uint64_t first) noexcept;
  bool has_empty(const WriteSet& writes, std::uint64_t first) noexcept;
  bool clear_left_behind(WriteSet& writes, std::uint64_t first) noexcept;

  LazyArray<Atomic<std::uint64_t>> slots_;
  BlockStore& blocks_;
};

}  // namespace earmark::engine
