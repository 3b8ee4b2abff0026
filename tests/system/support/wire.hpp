// A plain socket that speaks frames: any bytes out, frames in, a time limit on every wait. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "schema/frame.hpp"
#include "tests/system/support/process.hpp"

namespace earmark::test {

struct ReceivedFrame {
  schema::FrameHeader header;
  std::vector<std::byte> body;  // memory of its own, 8-byte aligned
};

struct ConnectionLost : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RawConnection {
 public:
  // Connects to 127.0.0.1.
  explicit RawConnection(std::uint16_t port);
  RawConnection(RawConnection&& other) noexcept;
  RawConnection& operator=(RawConnection&&) = delete;
  ~RawConnection();

  // Sends everything; what comes meanwhile is kept, so that a long pipeline cannot stand still. Throws ConnectionLost.
  void send(std::span<const std::byte> bytes);
  // Sends as much as goes without reading anything: until nothing is taken for half a second. Returns the bytes sent.
  std::size_t send_without_reading(std::span<const std::byte> bytes);
  // Nothing more will be sent; answers still come.
  void finish_sending();
  // Closes at once, without the usual farewell (the peer sees a reset).
  void reset();

  // The next frame; none when the peer has closed. Throws TimedOut.
  std::optional<ReceivedFrame> read_frame(milliseconds limit = long_enough);
  // Whether nothing at all comes for this long. Frames that came before and were not read count.
  bool quiet_for(milliseconds duration);

 private:
  std::optional<ReceivedFrame> take_frame();
  bool read_more();  // false: the peer has closed

  int socket_ = -1;
  bool ended_ = false;
  std::vector<std::byte> input_;
  std::size_t used_ = 0;
};

// A frame of these bytes, as sent.
std::vector<std::byte> frame(std::uint16_t kind, std::uint64_t correlation, std::span<const std::byte> body, std::uint16_t flags = 0);

}  // namespace earmark::test
