// Appends finished FlatBuffers as pieces of one record (schema/record.hpp) to a fixed buffer. For schema/*.cpp only.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstring>
#include <span>

#include "engine/check.hpp"
#include "schema/record.hpp"

namespace earmark::schema {

class PieceWriter {
 public:
  explicit PieceWriter(std::span<std::byte> out) noexcept : out_(out) {}

  void put(const flatbuffers::FlatBufferBuilder& builder, bool more) noexcept {
    const std::size_t size = builder.GetSize();
    EARMARK_CHECK(size <= max_piece_bytes);
    const std::size_t stride = piece_header_bytes + padded(size);
    if (full_ || out_.size() - used_ < stride) {
      full_ = true;
      return;
    }
    std::byte* at = out_.data() + used_;
    const PieceHeader header{static_cast<std::uint32_t>(size) | (more ? piece_more_follow : 0), 0};
    std::memcpy(at, &header, sizeof header);
    std::memcpy(at + piece_header_bytes, builder.GetBufferPointer(), size);
    std::memset(at + piece_header_bytes + size, 0, padded(size) - size);
    used_ += stride;
  }
  // 0: it did not fit.
  std::size_t bytes() const noexcept { return full_ ? 0 : used_; }

 private:
  std::span<std::byte> out_;
  std::size_t used_ = 0;
  bool full_ = false;
};

}  // namespace earmark::schema
