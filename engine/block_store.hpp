// Memory for what lives as long as an order: blocks of 16 .. 262,144 bytes in one address space, named by 32-bit
// references in units of 16 bytes (0 = none). Blocks never move. Each thread allocates through a cache of its own:
// chunks of 1 MiB are taken from the shared counter; blocks that the settler gives back lie in shared lists, one for each
// size, from which a cache takes all there are. Sizes are rounded up to classes: multiples of 16 to 512 bytes, then powers
// of two. The first bytes of a free block name the next one.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/atomic.hpp"
#include "engine/check.hpp"
#include "engine/lazy_array.hpp"

namespace earmark::engine {

using BlockRef = std::uint32_t;

class BlockStore {
 public:
  static constexpr std::size_t unit = 16;
  static constexpr std::uint64_t most_bytes = (std::uint64_t{1} << 32) * unit;
  static constexpr std::size_t chunk_bytes = 1U << 20;

  explicit BlockStore(std::size_t bytes) : memory_(bytes) { EARMARK_CHECK(bytes <= most_bytes); }

  template <class T>
  T* at(BlockRef ref) noexcept {
    return reinterpret_cast<T*>(memory_.data() + std::size_t{ref} * unit);
  }
  template <class T>
  const T* at(BlockRef ref) const noexcept {
    return reinterpret_cast<const T*>(memory_.data() + std::size_t{ref} * unit);
  }

  // First unit of a fresh chunk, or 0 when the address space is used up but for `keep_back` chunks. Relaxed: the
  // counter orders nothing.
  BlockRef take_chunk(std::uint64_t keep_back) noexcept {
    std::uint64_t chunk = next_chunk_.load(std::memory_order_relaxed);
    do {
      if ((chunk + 1 + keep_back) * chunk_bytes > memory_.size()) return 0;
    } while (!next_chunk_.compare_exchange_weak(chunk, chunk + 1, std::memory_order_relaxed));
    return static_cast<BlockRef>(chunk * (chunk_bytes / unit));
  }
  // Takes from the kernel what the next chunks need, a chunk at each call. False: there is nothing to do, or it cannot. One thread beside those who
  // allocate; see server/memory_ahead.hpp.
  bool take_pages_ahead() noexcept {
    const std::uint64_t next = next_chunk_.load(std::memory_order_relaxed), all = memory_.size() / chunk_bytes;
    paged_chunks_ = std::max(paged_chunks_, next);
    if (paged_chunks_ >= std::min(next + chunks_ahead, all)) return false;
    if (!memory_.take_pages(paged_chunks_ * chunk_bytes, chunk_bytes)) return false;
    ++paged_chunks_;
    return true;
  }
  std::uint64_t bytes_taken() const noexcept { return next_chunk_.load(std::memory_order_relaxed) * chunk_bytes; }

  static constexpr std::size_t largest = 262'144;
  static constexpr std::size_t classes = 41;
  static constexpr std::size_t class_of(std::size_t bytes) noexcept {
    EARMARK_CHECK(bytes > 0 && bytes <= largest);
    if (bytes <= small_classes * unit) return (bytes - 1) / unit;
    return small_classes + static_cast<std::size_t>(std::bit_width(bytes - 1)) - 10;  // 1,024 is the first
  }
  static constexpr std::size_t class_bytes(std::size_t size_class) noexcept {
    return size_class < small_classes ? (size_class + 1) * unit : std::size_t{1024} << (size_class - small_classes);
  }

  // For a block that nobody can be looking at any more. Any thread.
  void give_back(BlockRef ref, std::size_t bytes) noexcept {
    Atomic<BlockRef>& head = given_back_[class_of(bytes)];
    BlockRef next = head.load(std::memory_order_relaxed);
    do {
      *at<BlockRef>(ref) = next;
      // Release publishes the link; pairs with the acquire in take_given_back(). No ABA: lists are taken whole.
    } while (!head.compare_exchange_weak(next, ref, std::memory_order_release, std::memory_order_relaxed));
    bytes_given_back_.fetch_add(class_bytes(class_of(bytes)), std::memory_order_relaxed);
  }
  // All blocks of the class that were given back, as a list; 0: none.
  BlockRef take_given_back(std::size_t size_class) noexcept {
    Atomic<BlockRef>& head = given_back_[size_class];
    if (head.load(std::memory_order_relaxed) == 0) return 0;
    return head.exchange(0, std::memory_order_acquire);
  }
  std::uint64_t bytes_given_back() const noexcept { return bytes_given_back_.load(std::memory_order_relaxed); }

  // Bytes that what was accepted will need later, when it is served (engine/order_state.hpp): kept back from new commands. Relaxed: a
  // number alone. Whoever settles changes it, in the order of his commands; the others look at it when they take a chunk.
  void owe(std::uint64_t bytes) noexcept { owed_.fetch_add(bytes, std::memory_order_relaxed); }
  void owe_less(std::uint64_t bytes) noexcept { owed_.fetch_sub(bytes, std::memory_order_relaxed); }
  std::uint64_t owed() const noexcept { return owed_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t small_classes = 32;  // 16, 32 ... 512

  static constexpr std::uint64_t chunks_ahead = 16;  // a tenth of a second of the highest rates

  LazyArray<std::byte> memory_;
  std::uint64_t paged_chunks_ = 0;     // of take_pages_ahead()
  Atomic<std::uint64_t> next_chunk_{1};  // chunk 0 is never handed out: reference 0 means none
  std::array<Atomic<BlockRef>, classes> given_back_{};
  Atomic<std::uint64_t> bytes_given_back_{0};  // for information
  Atomic<std::uint64_t> owed_{0};
};

// One thread's way to blocks.
class BlockCache {
 public:
  explicit BlockCache(BlockStore& store) noexcept : store_(store) {}

  static constexpr std::size_t largest = BlockStore::largest;

  // New commands leave the last chunks to what has been accepted: fills must never fail for want of memory.
  enum class For : std::uint8_t { new_command, accepted };
  static constexpr std::uint64_t chunks_for_accepted = 256;

  // 0 when memory is used up (the caller answers `overloaded` before any effect).
  BlockRef allocate(std::size_t bytes, For purpose = For::new_command) noexcept {
    const std::size_t size_class = BlockStore::class_of(bytes);
    BlockRef& list = free_[size_class];
    if (list == 0) list = store_.take_given_back(size_class);
    if (list != 0) {
      const BlockRef ref = list;
      list = *store_.at<BlockRef>(ref);
      return ref;
    }
    const auto units = static_cast<BlockRef>(BlockStore::class_bytes(size_class) / BlockStore::unit);
    if (end_ - next_ < units) {
      const BlockRef chunk = store_.take_chunk(purpose == For::accepted ? 0 : chunks_for_accepted + store_.owed() / BlockStore::chunk_bytes);
      if (chunk == 0) return 0;
      next_ = chunk;
      end_ = chunk + static_cast<BlockRef>(BlockStore::chunk_bytes / BlockStore::unit);
    }
    const BlockRef ref = next_;
    next_ += units;
    return ref;
  }

  // For blocks that nobody else can reach.
  void give_back(BlockRef ref, std::size_t bytes) noexcept {
    const std::size_t size_class = BlockStore::class_of(bytes);
    *store_.at<BlockRef>(ref) = free_[size_class];
    free_[size_class] = ref;
  }

  BlockStore& store() noexcept { return store_; }

 private:
  BlockStore& store_;
  BlockRef next_ = 0, end_ = 0;
  std::array<BlockRef, BlockStore::classes> free_{};
};

}  // namespace earmark::engine
