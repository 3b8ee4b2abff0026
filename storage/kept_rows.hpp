// Rows of a table that one batch after another reads and changes: taken from the table when they are first asked for, kept from one
// batch to the next while they are not too many, since a look-up in a large table costs more than the change itself. What
// was asked for in a batch counts as changed in it. Nothing is written here: whoever gives a batch up without writing it calls forget().
// One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "storage/hash_index.hpp"

namespace earmark::storage {

template <class Row>
class KeptRows {
 public:
  struct Change {
    std::uint64_t key = 0;
    std::uint32_t position = 0;
  };

  explicit KeptRows(std::size_t most_kept) : most_kept_(most_kept) {}

  // Nothing is changed yet.
  void begin_batch() {
    if (rows_.size() > most_kept_) return forget();
    changes_.clear();
    ++batch_;
  }
  // Keeps the memory for the next batch.
  void forget() {
    by_key_.clear();
    rows_.clear();
    changes_.clear();
    ++batch_;
  }

  // The row's position, which holds until the next batch; take() gives one that is not kept.
  template <class Take>
  std::uint32_t ask(std::uint64_t key, Take&& take) {
    std::uint32_t position = by_key_.find(key, any);
    if (position == HashIndex::none) {
      position = static_cast<std::uint32_t>(rows_.size());
      rows_.push_back({take(), 0});
      by_key_.insert(key, position);
    }
    if (rows_[position].batch != batch_) {
      rows_[position].batch = batch_;
      changes_.push_back({key, position});
    }
    return position;
  }
  Row& operator[](std::uint32_t position) { return rows_[position].row; }
  const Row& operator[](std::uint32_t position) const { return rows_[position].row; }

  // Bring into the cache what ask() will look at: first where the row stands, then, when that is there, the row.
  void fetch_slot(std::uint64_t key) const { by_key_.fetch(key); }
  void fetch(std::uint64_t key) const {
    const std::uint32_t position = by_key_.find(key, any);
    if (position != HashIndex::none) __builtin_prefetch(&rows_[position], 1);
  }

  void sort_changes() {
    std::sort(changes_.begin(), changes_.end(), [](const Change& left, const Change& right) { return left.key < right.key; });
  }
  const std::vector<Change>& changes() const noexcept { return changes_; }

 private:
  struct Kept {
    Row row;
    std::uint64_t batch = 0;  // the last one that asked
  };
  static constexpr auto any = [](std::uint32_t) { return true; };

  std::size_t most_kept_;
  HashIndex by_key_;
  std::vector<Kept> rows_;
  std::vector<Change> changes_;
  std::uint64_t batch_ = 1;
};

}  // namespace earmark::storage
