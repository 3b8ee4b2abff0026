// Threads of a program as fibers of one real thread: each has a stack and runs until it announces its next access. A fiber
// that is not run to its end is forgotten; what it had on its stack is never destroyed (tests/interleaving/world_memory.hpp).
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace earmark::interleaving {

inline constexpr std::size_t most_threads = 4;

// Within a fiber: it cannot go on, for the reason given. Never returns.
[[noreturn]] void fail_running(const std::string& why) noexcept;

struct Access {
  const void* address = nullptr;
  bool write = false;

  bool conflicts_with(const Access& other) const noexcept {
    return address == other.address && (write || other.write);
  }
};

class Fibers {
 public:
  Fibers();
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  // Makes `count` fibers that run body(0 ...), each up to its first access. Fibers of before are forgotten.
  void start(std::size_t count, const std::function<void(std::size_t)>& body);
  // Lets the announced access of the fiber happen, and all that follows up to its next one.
  void step(std::size_t fiber);

  bool ended(std::size_t fiber) const noexcept { return fibers_[fiber].ended; }
  const Access& next(std::size_t fiber) const noexcept { return fibers_[fiber].next; }
  // What a check of the code found wrong (EARMARK_CHECK); empty: nothing. Its fiber cannot go on.
  const std::string& failed() const noexcept { return failed_; }

 private:
  struct Fiber {
    void* saved_stack = nullptr;
    std::byte* stack = nullptr;
    Access next;
    bool ended = true;
  };
  friend void announce(const void* address, bool write) noexcept;
  friend void fail_running(const std::string& why) noexcept;
  static void enter() noexcept;

  void switch_to(std::size_t fiber);
  void switch_back(bool for_ever) noexcept;

  std::vector<Fiber> fibers_;
  std::function<void(std::size_t)> body_;
  std::size_t running_ = 0;
  void* saved_stack_ = nullptr;  // of who called step()
  std::string failed_;
};

}  // namespace earmark::interleaving
