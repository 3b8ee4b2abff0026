// A vector that only grows and never moves what it holds: pages of 64 MiB, in huge pages where the kernel has them, so
// that appending in the middle of a measurement costs a store and, once in a while, a page fault.
// Not thread-safe: one writer; readers when it is done.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace earmark::loadtest {

template <class Element>
class Pages {
  static_assert(std::is_trivially_copyable_v<Element>);

 public:
  static constexpr std::size_t page_bytes = 64U << 20;
  static constexpr std::size_t page_elements = page_bytes / sizeof(Element);

  Pages() = default;
  Pages(Pages&& other) noexcept : pages_(std::move(other.pages_)), used_pages_(std::exchange(other.used_pages_, 0)),
                                  next_(std::exchange(other.next_, nullptr)), end_(std::exchange(other.end_, nullptr)) {
    other.pages_.clear();
  }
  Pages& operator=(Pages&&) = delete;
  ~Pages() {
    for (Element* page : pages_) ::munmap(page, page_bytes);
  }

  // Takes memory for so many elements now instead of while they are appended.
  void reserve(std::size_t elements) {
    while (pages_.size() * page_elements < elements) add_page(true);
  }
  void push(const Element& element) {
    if (next_ == end_) open_page();
    *next_++ = element;
  }
  std::size_t size() const noexcept {
    return used_pages_ == 0 ? 0 : used_pages_ * page_elements - static_cast<std::size_t>(end_ - next_);
  }
  bool empty() const noexcept { return size() == 0; }

  // The elements in order, page by page. A run of elements may cross from one page to the next.
  std::size_t page_count() const noexcept { return used_pages_; }
  std::span<const Element> page(std::size_t index) const noexcept {
    const std::size_t used = index + 1 == used_pages_ ? size() - index * page_elements : page_elements;
    return {pages_[index], used};
  }
  const Element& operator[](std::size_t index) const noexcept { return pages_[index / page_elements][index % page_elements]; }

 private:
  // MAP_POPULATE would fill the page before huge pages can be asked for, so `touch` does it by hand.
  void add_page(bool touch) {
    void* memory = ::mmap(nullptr, page_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    ::madvise(memory, page_bytes, MADV_HUGEPAGE);
    auto* bytes = static_cast<volatile char*>(memory);
    for (std::size_t at = 0; touch && at < page_bytes; at += 4096) bytes[at] = 0;
    pages_.push_back(static_cast<Element*>(memory));
  }
  void open_page() {
    if (used_pages_ == pages_.size()) add_page(false);
    next_ = pages_[used_pages_++];
    end_ = next_ + page_elements;
  }

  std::vector<Element*> pages_;
  std::size_t used_pages_ = 0;
  Element* next_ = nullptr;
  Element* end_ = nullptr;
};

}  // namespace earmark::loadtest
