// A TCP connection between a client and the server, as bytes under way. Both ends learn of its end late, or never (half-open).
// One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tests/simulation/judge.hpp"

namespace earmark::simulation {

// Bytes in flight, first in, first out.
class Flight {
 public:
  void put(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  std::size_t size() const noexcept { return bytes_.size() - at_; }
  bool empty() const noexcept { return size() == 0; }
  std::span<const std::byte> first(std::size_t bytes) const { return std::span(bytes_).subspan(at_, bytes); }
  void drop(std::size_t bytes) {
    at_ += bytes;
    if (at_ != bytes_.size()) return;
    bytes_.clear();
    at_ = 0;
  }
  void clear() { drop(size()); }

 private:
  std::vector<std::byte> bytes_;
  std::size_t at_ = 0;
};

struct Connection {
  std::size_t client = 0, link = 0;
  // The server's end:
  std::size_t worker = 0;
  std::uint32_t session = 0;
  bool server_open = true;
  bool writing = false;     // the socket took no more; the server waits until it does
  // The client's end:
  bool client_open = true;
  bool slow = false;        // it hardly reads
  // The wire:
  Flight up, down;
  std::size_t room = 65'536;     // of the server's socket
  bool server_done = false;      // the server has closed: the client learns of it behind the last byte
  bool client_done = false;      // the other way round
  bool half_open = false;        // nothing comes through any more, and nobody is told
  Line line;
};

}  // namespace earmark::simulation
