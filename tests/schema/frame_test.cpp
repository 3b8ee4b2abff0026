// Frames off a stream of bytes: whole ones only, wherever the bytes were cut.
#include <catch2/catch.hpp>

#include "schema/frame.hpp"
#include "tests/schema/support.hpp"

using namespace earmark;
using namespace earmark::schema;

namespace {

std::vector<std::byte> frame_of(std::size_t length, std::uint64_t correlation) {
  std::vector<std::byte> bytes(frame_header_bytes + length, std::byte{7});
  const FrameHeader header{static_cast<std::uint32_t>(length), MessageKind::order, 0, correlation};
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

TEST_CASE("frame: bytes cut anywhere give the frames that are whole, and no other (wire)", "[schema][frame]") {
  std::vector<std::byte> stream;
  const std::size_t lengths[] = {0, 8, 24, 1, 16};
  for (std::uint64_t number = 0; number < std::size(lengths); ++number) {
    const auto frame = frame_of(lengths[number], number);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    INFO("cut after byte " << cut);
    std::span<const std::byte> rest = std::span(stream).first(cut);
    std::size_t ends_at = 0;
    for (std::uint64_t number = 0; number < std::size(lengths); ++number) {
      ends_at += frame_header_bytes + lengths[number];
      const Split split = schema::split(rest);
      if (ends_at > cut) {
        REQUIRE(split.status == SplitStatus::need_more);
        break;
      }
      REQUIRE(split.status == SplitStatus::frame);
      REQUIRE(split.frame.header.correlation == number);
      REQUIRE(split.frame.body.size() == lengths[number]);
      REQUIRE(split.consumed == frame_header_bytes + lengths[number]);
      rest = rest.subspan(split.consumed);
    }
  }
}

TEST_CASE("frame: the largest frame allowed is taken, one byte more is too large (wire)", "[schema][frame]") {
  const std::vector<std::byte> largest = frame_of(max_frame_bytes, 1);
  REQUIRE(split(largest).status == SplitStatus::frame);
  const std::vector<std::byte> larger = frame_of(max_frame_bytes + 1, 9);
  const Split split_larger = split(std::span(larger).first(frame_header_bytes));
  REQUIRE(split_larger.status == SplitStatus::too_large);
  REQUIRE(split_larger.frame.header.correlation == 9);
}
