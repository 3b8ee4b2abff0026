// Records of one committer between decision and answer: bytes that lie still until they are durable and answered.
// The owner appends bundles and frees them in order; the journal reads bundles that the window points to.
//   bundle   0 u64 first LSN   8 u32 records   12 u32 bytes of records   16 records (multiples of 8 bytes)
// A bundle never wraps around the end of the ring; positions count up for ever, place = position % size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/check.hpp"
#include "engine/lazy_array.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

struct BundleHeader {
  std::uint64_t first_lsn = 0;
  std::uint32_t records = 0;
  std::uint32_t bytes = 0;
};
static_assert(sizeof(BundleHeader) == 16);

class RecordRing {
 public:
  explicit RecordRing(std::size_t bytes) : memory_(bytes) { EARMARK_CHECK((bytes & (bytes - 1)) == 0); }

  // Space for a bundle of at most `bytes` (header included), at a multiple of 16; empty if the ring is too full.
  // Nothing is taken until take().
  std::span<std::byte> offer(std::size_t bytes) noexcept {
    const std::size_t place = head_ % memory_.size();
    std::size_t skip = place + bytes > memory_.size() ? memory_.size() - place : 0;
    if (skip != 0 && empty()) {  // from its start again, so that whatever fits the ring fits it when it is empty
      tail_ = head_ += skip;
      skip = 0;
    }
    if (head_ + skip + bytes - tail_ > memory_.size()) return {};
    offered_ = head_ + skip;
    return {memory_.data() + offered_ % memory_.size(), bytes};
  }
  std::uint32_t offered_units() const noexcept {
    return static_cast<std::uint32_t>(offered_ % memory_.size() / 16);
  }
  // The bundle in the offered space was committed; it has `bytes`. Returns the position that frees it when released.
  std::uint64_t take(std::size_t bytes) noexcept {
    head_ = offered_ + (bytes + 15) / 16 * 16;
    return head_;
  }
  // Everything before `position` is durable and answered.
  void release(std::uint64_t position) noexcept {
    EARMARK_CHECK(position >= tail_ && position <= head_);
    tail_ = position;
  }
  bool empty() const noexcept { return head_ == tail_; }
  std::uint64_t used() const noexcept { return head_ - tail_; }

  // The bundle at a place from the window. Any thread.
  std::span<std::byte> at(std::uint32_t units) noexcept {
    std::byte* start = memory_.data() + std::size_t{units} * 16;
    const auto* header = reinterpret_cast<const BundleHeader*>(start);
    return {start, sizeof(BundleHeader) + header->bytes};
  }

 private:
  LazyArray<std::byte> memory_;
  std::uint64_t head_ = 0, tail_ = 0, offered_ = 0;
};

}  // namespace earmark::engine
