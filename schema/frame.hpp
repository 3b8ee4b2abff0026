// Frames: a 16-byte header, then one FlatBuffers body. All integers little-endian.
//   0  u32 length       bytes of the body, at most 65,536; writers pad bodies with zero bytes to a multiple of 8
//   4  u16 kind         what the body is (MessageKind)
//   6  u16 flags        1 more parts of this message follow, 2 duplicate: the decision was made for an earlier sending
//   8  u64 correlation  chosen by the client, comes back in every answer
// 16  body
// Pure: bytes in, views out. Any thread; no state but what the caller keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace earmark::schema {

inline constexpr std::uint16_t protocol_version = 1;
inline constexpr std::size_t frame_header_bytes = 16;
inline constexpr std::size_t max_frame_bytes = 65'536;  // of a body

enum class MessageKind : std::uint16_t {
  hello = 1, load = 2, resolve = 3, order = 4, cancel = 5, receive = 6, ship = 7, check = 8, stock = 9, show = 10,
  backorders = 11, subscribe = 12, digest = 13, stats = 14, change_stock = 15, amend = 18,
  hold = 20, extend = 21, confirm = 22, release = 23, holds = 24, move_shipment = 25,
  ship_transfer = 26, receive_transfer = 27, transfers = 28,
  place_purchase = 29, move_purchase = 30, receive_purchase = 31, purchases = 32,
  set_rules = 33, rules = 34, find = 35, report = 40,
  hello_answer = 129, resolve_answer = 131, check_answer = 136, stock_answer = 137, order_view = 138,
  backorders_answer = 139, subscribe_answer = 140, digest_answer = 141, stats_answer = 142,
  holds_answer = 152, transfers_answer = 156, purchases_answer = 160, rules_answer = 162, report_answer = 168,
  event = 192,   // answer to a command that changes something, and pushed to subscribers
  stream_position = 193,  // pushed to subscribers with filters
  error = 255
};

inline constexpr std::uint16_t flag_more_parts = 1;
inline constexpr std::uint16_t flag_duplicate = 2;

struct FrameHeader {
  std::uint32_t length = 0;
  MessageKind kind{};
  std::uint16_t flags = 0;
  std::uint64_t correlation = 0;
};
static_assert(sizeof(FrameHeader) == frame_header_bytes);

struct Frame {
  FrameHeader header;
  std::span<const std::byte> body;
};

enum class SplitStatus : std::uint8_t { frame, need_more, too_large };

struct Split {
  SplitStatus status = SplitStatus::need_more;
  Frame frame;              // status frame; with too_large its header alone
  std::size_t consumed = 0; // bytes of input that belong to the frame
};

// Takes the first whole frame off `input`. Does not look into the body. O(1).
inline Split split(std::span<const std::byte> input) noexcept {
  Split result;
  if (input.size() < frame_header_bytes) return result;
  std::memcpy(&result.frame.header, input.data(), frame_header_bytes);
  const std::size_t length = result.frame.header.length;
  if (length > max_frame_bytes) {
    result.status = SplitStatus::too_large;
    return result;
  }
  if (input.size() < frame_header_bytes + length) return result;
  result.status = SplitStatus::frame;
  result.frame.body = input.subspan(frame_header_bytes, length);
  result.consumed = frame_header_bytes + length;
  return result;
}

}  // namespace earmark::schema
