// Positions by a 64-bit key: open addressing, memory kept from one use to the next, emptied in constant time. The caller
// says whether a position with an equal key is the one that is meant. One thread. A miss costs one cache line.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace earmark::storage {

class HashIndex {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  template <class Same>
  std::uint32_t find(std::uint64_t key, Same&& same) const {
    if (slots_.empty()) return none;
    for (std::size_t at = home(key);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.round != round_) return none;
      if (slot.key == key && same(slot.position)) return slot.position;
    }
  }

  // Brings into the cache where find() will begin to look.
  void fetch(std::uint64_t key) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(key)]);
  }

  void insert(std::uint64_t key, std::uint32_t position) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    place({key, position, round_});
    ++used_;
  }

  void clear() {
    if (slots_.size() > 4096 && used_ < slots_.size() / 16) slots_ = std::vector<Slot>(slots_.size() / 4);
    used_ = 0;
    if (++round_ == 0) {
      slots_.assign(slots_.size(), Slot{});
      round_ = 1;
    }
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t position = 0;
    std::uint32_t round = 0;  // of another round: empty
  };

  std::size_t home(std::uint64_t key) const {
    return static_cast<std::size_t>((key * 0x9E37'79B9'7F4A'7C15U) >> 32) & (slots_.size() - 1);
  }

  void place(const Slot& slot) {
    std::size_t at = home(slot.key);
    while (slots_[at].round == round_) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }

  void grow() {
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 1024 : slots_.size() * 2));
    for (const Slot& slot : before) {
      if (slot.round == round_) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint32_t round_ = 1;
};

}  // namespace earmark::storage
