// Answers of one worker that wait for their LSN to be durable (E4), first in, first out. A record's bytes stay in the
// ring until then; other answers carry their own frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/outcomes.hpp"

namespace earmark::server {

struct PendingAnswer {
  enum class Kind : std::uint8_t { record, repeat, frames };

  engine::Lsn lsn{};                   // leaves when this is durable
  engine::ReplyTo reply;
  Kind kind = Kind::record;
  bool more = false;                   // record: further records of the same answer follow
  std::span<const std::byte> record;   // in the ring
  std::uint64_t ring_position = 0;     // not 0: the ring is free up to here when this has left
  engine::Lsn original{};              // repeat: the decision's LSN
  std::vector<std::byte> frames;
};

// A queue without allocation once it has grown.
template <class T>
class RingQueue {
 public:
  RingQueue() : items_(256) {}
  bool empty() const noexcept { return head_ == tail_; }
  std::size_t size() const noexcept { return head_ - tail_; }
  T& front() noexcept { return items_[tail_ & (items_.size() - 1)]; }
  const T& front() const noexcept { return items_[tail_ & (items_.size() - 1)]; }
  void pop() noexcept { ++tail_; }
  T& push() {
    if (size() == items_.size()) grow();
    return items_[head_++ & (items_.size() - 1)];
  }

 private:
  void grow() {
    std::vector<T> larger(items_.size() * 2);
    for (std::size_t index = 0; index < size(); ++index) {
      larger[index] = std::move(items_[(tail_ + index) & (items_.size() - 1)]);
    }
    head_ = size();
    tail_ = 0;
    items_ = std::move(larger);
  }

  std::vector<T> items_;  // a power of two
  std::size_t head_ = 0, tail_ = 0;
};

}  // namespace earmark::server
