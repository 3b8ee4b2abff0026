// A fixed array whose memory is taken page by page as it is touched: capacities are chosen generously at start and
// cost address space only. Elements begin as zero bytes, which must be their valid initial state. Never moves, never
// shrinks. Thread rule: that of its elements.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

#include "engine/check.hpp"

namespace earmark::engine {

template <class T>
class LazyArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  explicit LazyArray(std::size_t count) : size_(count) {
    void* memory = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    ::madvise(memory, bytes(), MADV_HUGEPAGE);  // advice only: random look-ups cost fewer TLB misses
    data_ = static_cast<T*>(memory);
  }
  ~LazyArray() {
    if (data_ != nullptr) ::munmap(data_, bytes());
  }
  LazyArray(LazyArray&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  LazyArray& operator=(LazyArray&&) = delete;
  LazyArray(const LazyArray&) = delete;
  LazyArray& operator=(const LazyArray&) = delete;

  // Takes the memory of these elements from the kernel now, whatever they are and whoever uses them. Advice: false where it cannot.
  bool take_pages(std::size_t first, std::size_t count) const noexcept {
    constexpr std::uintptr_t page = 4096;
    const auto begin = reinterpret_cast<std::uintptr_t>(data_ + first) & ~(page - 1);
    const auto end = (reinterpret_cast<std::uintptr_t>(data_ + first + count) + page - 1) & ~(page - 1);
    return ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE) == 0;
  }

  T& operator[](std::size_t index) noexcept { return data_[index]; }
  const T& operator[](std::size_t index) const noexcept { return data_[index]; }
  T* data() noexcept { return data_; }
  const T* data() const noexcept { return data_; }
  std::size_t size() const noexcept { return size_; }

 private:
  std::size_t bytes() const noexcept { return size_ * sizeof(T) == 0 ? 1 : size_ * sizeof(T); }

  T* data_ = nullptr;
  std::size_t size_;
};

}  // namespace earmark::engine
