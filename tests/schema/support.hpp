// Shared by the schema tests: aligned buffers, frames taken apart, seeded values.
#pragma once

#include <catch2/catch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "schema/frame.hpp"
#include "schema/record.hpp"

namespace earmark::schema::test {

// Bytes on an 8-byte boundary, as the server's buffers have them.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::size_t size) : words_(padded(size) / 8), size_(size) {}
  explicit AlignedBytes(std::span<const std::byte> bytes) : AlignedBytes(bytes.size()) {
    if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  std::span<std::byte> span() { return std::as_writable_bytes(std::span(words_)).first(size_); }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
};

struct OwnedFrame {
  FrameHeader header;
  AlignedBytes body;
};

inline std::vector<OwnedFrame> frames_of(std::span<const std::byte> bytes) {
  std::vector<OwnedFrame> frames;
  while (!bytes.empty()) {
    const Split part = split(bytes);
    REQUIRE(part.status == SplitStatus::frame);
    REQUIRE(part.frame.header.length % 8 == 0);
    frames.push_back({part.frame.header, AlignedBytes(part.frame.body)});
    bytes = bytes.subspan(part.consumed);
  }
  return frames;
}

inline std::vector<std::span<const std::byte>> bodies_of(std::vector<OwnedFrame>& frames) {
  std::vector<std::span<const std::byte>> bodies;
  for (OwnedFrame& frame : frames) bodies.push_back(frame.body.span());
  return bodies;
}

// A new seed each run, printed when a check fails (CAPTURE it), or EARMARK_TEST_SEED.
inline std::uint64_t test_seed() {
  if (const char* given = std::getenv("EARMARK_TEST_SEED")) return std::stoull(given);
  return std::random_device{}();
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return std::uniform_int_distribution<std::uint64_t>(0, limit - 1)(engine_); }
  template <class Number>
  Number number() { return static_cast<Number>(engine_()); }
  bool chance(unsigned percent) { return below(100) < percent; }
  std::string text(std::size_t longest) {
    std::string words(below(longest + 1), ' ');
    for (char& letter : words) letter = static_cast<char>('!' + below(90));
    return words;
  }

 private:
  std::mt19937_64 engine_;
};

template <class Row>
bool same_bytes(std::span<const Row> left, std::span<const Row> right) {
  return left.size() == right.size() && (left.empty() || std::memcmp(left.data(), right.data(), left.size_bytes()) == 0);
}

}  // namespace earmark::schema::test
