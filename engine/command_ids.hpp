// The exactly-once table: which command ids were used, and where their decision is. Open addressing over 8-byte slots
// in groups of one cache line. A slot is written inside the commit that decides the command, so "is this id new?" and
// "take it" are one instant, also for the same id on two connections.
//   slot   block reference:32 | fingerprint:24 | version:8      reference 0: empty
// A look-up ends at the first group that has an empty slot: ids are inserted into the first empty slot on their way.
#pragma once

#include <cstdint>

#include "engine/atomic.hpp"
#include "engine/block_store.hpp"
#include "engine/digest.hpp"
#include "engine/lazy_array.hpp"
#include "engine/types.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

// What a slot points to. Written before the commit that makes it reachable, never changed afterwards.
struct KnownCommand {
  Identity identity;
  std::uint64_t content = 0;
  std::uint64_t lsn_and_space = 0;  // lsn:56 | space:8

  Lsn lsn() const noexcept { return Lsn{lsn_and_space >> 8}; }
  IdSpace space() const noexcept { return static_cast<IdSpace>(lsn_and_space & 0xFF); }
  void set(Lsn lsn, IdSpace space) noexcept { lsn_and_space = lsn.value << 8 | static_cast<std::uint8_t>(space); }
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
  // Through `writes`, so that an id taken earlier in the same batch is found.
  Place find(const WriteSet& writes, Identity identity) noexcept {
    std::uint64_t index = identity.low & (slots_.size() - 1) & ~std::uint64_t{group - 1};
    for (std::size_t probe = 0; probe < most_groups; ++probe) {
      for (std::size_t offset = 0; offset < group; ++offset) {
        Atomic<std::uint64_t>& slot = slots_[index + offset];
        std::uint64_t word = slot.load(std::memory_order_acquire);  // pairs with the CAS of the commit that wrote it
        if (word >> 32 == 0) word = writes.read(slot);
        if (word >> 32 == 0) return {0, &slot, word};
        if (fingerprint_of(word) != fingerprint(identity)) continue;
        const auto known = static_cast<BlockRef>(word >> 32);
        if (blocks_.at<KnownCommand>(known)->identity == identity) return {known, &slot, word};
      }
      index = (index + group) & (slots_.size() - 1);
    }
    return {};
  }

  static std::uint64_t word_after(std::uint64_t seen, Identity identity, BlockRef known) noexcept {
    return (std::uint64_t{known} << 32) | (fingerprint(identity) << 8) | ((seen + 1) & 0xFF);
  }

  void prefetch(Identity identity) const noexcept {
    __builtin_prefetch(&slots_[identity.low & (slots_.size() - 1) & ~std::uint64_t{group - 1}]);
  }

  std::uint64_t capacity() const noexcept { return slots_.size(); }

  // Every known command. Only while nothing commits.
  template <class Visitor>
  void for_each(Visitor&& visit) const {
    for (std::uint64_t index = 0; index < slots_.size(); ++index) {
      const std::uint64_t word = slots_[index].load(std::memory_order_acquire);
      if (word >> 32 != 0) visit(static_cast<BlockRef>(word >> 32));
    }
  }

 private:
  static constexpr std::size_t group = 8;
  static constexpr std::size_t most_groups = 512;
  static constexpr std::uint64_t fingerprint(Identity identity) noexcept { return identity.high >> 40; }
  static constexpr std::uint64_t fingerprint_of(std::uint64_t word) noexcept { return (word >> 8) & 0xFF'FFFF; }

  LazyArray<Atomic<std::uint64_t>> slots_;
  BlockStore& blocks_;
};

}  // namespace earmark::engine
