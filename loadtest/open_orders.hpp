// Orders of this run that later commands may name, and what they took from stock, for receipts that bring it back.
// Both bounded: when full, a new entry takes the place of an old one. Not thread-safe: one of each for each thread.
#pragma once

#include <cstdint>
#include <vector>

#include "loadtest/random.hpp"

namespace earmark::loadtest {

// A bag of bounded size that forgets at random and gives out at random.
template <class Entry, std::size_t limit>
class Bag {
 public:
  void add(const Entry& entry, Random& random) {
    if (entries_.size() < limit) {
      entries_.push_back(entry);
    } else {
      entries_[random.below(static_cast<std::uint32_t>(limit))] = entry;
    }
  }
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  const Entry& look(Random& random) const noexcept { return entries_[place(random)]; }
  Entry take(Random& random) noexcept {
    const std::size_t index = place(random);
    const Entry entry = entries_[index];
    entries_[index] = entries_.back();
    entries_.pop_back();
    return entry;
  }

 private:
  std::size_t place(Random& random) const noexcept { return random.below(static_cast<std::uint32_t>(entries_.size())); }

  std::vector<Entry> entries_;
};

struct PlacedOrder {
  std::uint64_t number = 0;
  std::uint64_t lsn = 0;
};
using OpenOrders = Bag<PlacedOrder, 65'536>;

struct UsedStock {
  std::uint32_t sku = 0;  // dense id
  std::uint32_t quantity = 0;
  std::uint16_t warehouse = 0;  // dense id
};
using UsedStockBag = Bag<UsedStock, 1U << 20>;

}  // namespace earmark::loadtest
