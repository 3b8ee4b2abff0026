// A map of one plan: numbers to small values. It is cleared at once, whatever was in it, and never shrunk, so that a plan like those before it takes no memory.
// A value is good until one more key is there. Owned by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace earmark::engine {

template <class Value>
class PlanMap {
 public:
  PlanMap() : slots_(first_slots) {}

  void clear() noexcept {
    used_ = 0;
    if (++stamp_ != 0) return;
    for (Slot& slot : slots_) slot.stamp = 0;  // stamps begin again
    stamp_ = 1;
  }
  bool empty() const noexcept { return used_ == 0; }
  // nullptr: the key is not there.
  const Value* find(std::uint64_t key) const noexcept {
    const Slot& slot = slots_[place_of(key)];
    return slot.stamp == stamp_ ? &slot.value : nullptr;
  }
  // Of a key that was not there: Value{}.
  Value& operator[](std::uint64_t key) {
    Slot* slot = &slots_[place_of(key)];
    if (slot->stamp == stamp_) return slot->value;
    if (2 * (used_ + 1) > slots_.size()) {
      grow();
      slot = &slots_[place_of(key)];
    }
    ++used_;
    *slot = {key, stamp_, Value{}};
    return slot->value;
  }

 private:
  static constexpr std::size_t first_slots = 512;  // a power of two, as all sizes; at most half of them taken

  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t stamp = 0;
    Value value{};
  };

  // Where the key stands, or would.
  std::size_t place_of(std::uint64_t key) const noexcept {
    std::size_t place = (key * 0x9E37'79B9'7F4A'7C15ULL >> 32) & (slots_.size() - 1);
    while (slots_[place].stamp == stamp_ && slots_[place].key != key) place = (place + 1) & (slots_.size() - 1);
    return place;
  }
  void grow() {
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(2 * slots_.size()));
    for (const Slot& slot : before) {
      if (slot.stamp == stamp_) slots_[place_of(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint32_t stamp_ = 1;
};

}  // namespace earmark::engine
