// Who may be looking at blocks that are reachable through the exactly-once table. A thread marks itself before it looks
// and after; the settler, having made a block unreachable, waits until every thread that was looking then has stopped,
// before the block may be used for something else. Threads never wait for the settler.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/atomic.hpp"
#include "engine/types.hpp"

namespace earmark::engine {

class Readers {
 public:
  using Count = std::uint64_t;  // odd: the thread is looking

  explicit Readers(std::size_t committers) : marks_(committers) {}

  // The owning thread alone.
  class Looking {
   public:
    Looking(Readers& readers, CommitterId me) noexcept : count_(readers.marks_[me.value].count) {
      // Seq_cst, with the one in now(): either the settler sees this mark, or this thread's later loads see that the
      // block is unreachable. Release and acquire would allow neither.
      count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
    }
    // Release: what was read was read before; pairs with the acquire in passed().
    ~Looking() { count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }
    Looking(const Looking&) = delete;
    Looking& operator=(const Looking&) = delete;

   private:
    Atomic<Count>& count_;
  };

  // The settler, after making blocks unreachable: who is looking now.
  std::vector<Count> now() noexcept {
    std::vector<Count> counts;
    for (Mark& mark : marks_) counts.push_back(mark.count.load(std::memory_order_seq_cst));
    return counts;
  }
  // Whether all who were looking then have stopped since.
  bool passed(const std::vector<Count>& then) const noexcept {
    for (std::size_t index = 0; index < marks_.size(); ++index) {
      const bool was_looking = (then[index] & 1) != 0;
      if (was_looking && marks_[index].count.load(std::memory_order_acquire) == then[index]) return false;
    }
    return true;
  }

 private:
  struct alignas(64) Mark {
    Atomic<Count> count{0};
  };
  std::vector<Mark> marks_;
};

}  // namespace earmark::engine
