// A TCP connection for the load engine: connects and says hello while it may still block, then never blocks again.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "client/address.hpp"

namespace earmark::loadtest {

class LoadSocket {
 public:
  // Connected, greeted, non-blocking. Waits 10 s at most for each step.
  static client::Outcome<LoadSocket> open(const client::Address& server);

  LoadSocket(LoadSocket&& other) noexcept : handle_(std::exchange(other.handle_, -1)), credit_(other.credit_) {}
  LoadSocket& operator=(LoadSocket&&) = delete;
  ~LoadSocket();

  int handle() const noexcept { return handle_; }
  // Requests that the server takes at one time on this connection.
  std::uint32_t credit() const noexcept { return credit_; }

  enum class Status : std::uint8_t { done,
                                     would_block,
                                     lost };
  struct Moved {
    Status status = Status::done;
    std::size_t bytes = 0;
  };
  // One system call each; errno tells more about `lost`, 0 if the peer closed.
  Moved read(std::span<std::byte> into) const noexcept;
  Moved write(std::span<const std::byte> bytes) const noexcept;

 private:
  explicit LoadSocket(int handle) noexcept : handle_(handle) {}
  int handle_ = -1;
  std::uint32_t credit_ = 0;
};

}  // namespace earmark::loadtest
