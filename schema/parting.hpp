// Cuts a message whose rows do not fit one frame into parts. Rows of each vector are handed out in order, one vector
// after the other; the reader puts the parts' vectors together again, each for itself.
// For schema/*.cpp only.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "engine/check.hpp"

namespace earmark::schema {

// Bytes of rows in one part; what a frame holds more is room for texts and tables.
inline constexpr std::size_t part_row_bytes = 60'000;

class Parting {
 public:
  void begin() noexcept {
    room_ = part_row_bytes;
    more_ = false;
  }
  // The rows of `rest` that still fit this part; `rest` keeps the others.
  template <class Row>
  std::span<const Row> take(std::span<const Row>& rest) noexcept {
    const std::size_t count = std::min(rest.size(), room_ / sizeof(Row));
    room_ -= count * sizeof(Row);
    return cut(rest, count);
  }
  std::span<const std::string_view> take(std::span<const std::string_view>& rest) noexcept {
    std::size_t count = 0;
    while (count < rest.size() && take_entry(bytes_of(rest[count]))) ++count;
    return cut(rest, count);
  }
  // Takes what one entry of several texts needs; false if the part is full.
  bool take_entry(std::size_t bytes) noexcept {
    EARMARK_CHECK(bytes <= part_row_bytes);  // callers bound their texts, so every part makes progress
    if (bytes > room_) {
      more_ = true;
      return false;
    }
    room_ -= bytes;
    return true;
  }
  // Something that was asked for is left for a further part.
  bool more() const noexcept { return more_; }

  // Offset, length, terminator and padding included.
  static std::size_t bytes_of(std::string_view text) noexcept { return text.size() + 12; }

 private:
  template <class Row>
  std::span<const Row> cut(std::span<const Row>& rest, std::size_t count) noexcept {
    const std::span<const Row> taken = rest.first(count);
    rest = rest.subspan(count);
    more_ |= !rest.empty();
    return taken;
  }

  std::size_t room_ = 0;
  bool more_ = false;
};

using TextOffsets = std::vector<flatbuffers::Offset<flatbuffers::String>>;

// A vector of strings; `offsets` is scratch. Null when there are none.
inline flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>> put_texts(
    flatbuffers::FlatBufferBuilder& builder, TextOffsets& offsets, std::span<const std::string_view> texts) {
  if (texts.empty()) return 0;
  offsets.clear();
  for (const std::string_view text : texts) offsets.push_back(builder.CreateString(text.data(), text.size()));
  return builder.CreateVector(offsets);
}

}  // namespace earmark::schema
