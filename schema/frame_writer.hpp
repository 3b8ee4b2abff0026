// Appends a finished FlatBuffer as a frame, padded to a multiple of 8. For schema/*.cpp only.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstring>
#include <vector>

#include "engine/check.hpp"
#include "schema/frame.hpp"
#include "schema/record.hpp"

namespace earmark::schema {

inline void append_frame(std::vector<std::byte>& out, MessageKind kind, std::uint16_t flags, std::uint64_t correlation,
                         std::span<const std::byte> body) {
  const std::size_t length = padded(body.size());
  EARMARK_CHECK(length <= max_frame_bytes);
  const FrameHeader header{static_cast<std::uint32_t>(length), kind, flags, correlation};
  const auto* head = reinterpret_cast<const std::byte*>(&header);
  out.insert(out.end(), head, head + sizeof header);
  out.insert(out.end(), body.begin(), body.end());
  out.insert(out.end(), length - body.size(), std::byte{0});
}

inline void append_frame(std::vector<std::byte>& out, MessageKind kind, std::uint64_t correlation,
                         const flatbuffers::FlatBufferBuilder& builder, bool more) {
  append_frame(out, kind, more ? flag_more_parts : std::uint16_t{0}, correlation,
               {reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()});
}

}  // namespace earmark::schema
