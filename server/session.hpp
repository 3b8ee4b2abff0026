// One connection without its socket: what has come and is not yet consumed, what is to be sent, and how much is under
// way. Owned by one worker (server/worker.hpp). The socket's shim reads `out` and the flags.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/types.hpp"
#include "schema/frame.hpp"
#include "server/limits.hpp"
#include "server/subscription.hpp"

namespace earmark::server {

// Messages in parts that are not complete yet. Bounded: see server/limits.hpp.
struct UnfinishedMessage {
  schema::MessageKind kind{};
  std::uint64_t correlation = 0;
  std::vector<std::vector<std::byte>> bodies;
  std::size_t bytes = 0;
  std::optional<std::int64_t> since_us;  // monotonic; when it was first seen unfinished
};

struct Session {
  std::uint32_t generation = 0;  // raised when the slot is used anew, so that late answers find nobody
  bool open = false;
  bool greeted = false;
  bool closing = false;   // take nothing more in; close when `out` is sent
  bool blocked = false;   // input waits: credit used up, answers not taken, journal behind, or admission stopped
  bool dirty = false;     // in the worker's list of sessions with something to send
  std::uint32_t under_way = 0;  // requests without their last answer frame
  std::vector<std::byte> input;
  std::vector<std::byte> out;
  std::size_t sent = 0;   // of `out`
  std::uint64_t taken = 0;  // bytes that the peer's socket has taken, ever
  std::vector<UnfinishedMessage> unfinished;
  std::optional<Subscription> subscription;

  std::size_t unsent() const noexcept { return out.size() - sent; }
  // So many bytes of `out` have gone. They are given up in large steps, so that `out` stays bounded for a peer that takes
  // something all the time but never everything.
  void took(std::size_t bytes) {
    sent += bytes;
    taken += bytes;
    if (sent == out.size()) {
      if (out.capacity() > 2 * most_unsent_bytes) out = {};
      out.clear();
      sent = 0;
    } else if (sent >= most_unsent_bytes) {
      out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(sent));
      sent = 0;
    }
  }
};

}  // namespace earmark::server
