// What RequestEncoder keeps between calls. For schema/*.cpp only.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "schema/ask.hpp"
#include "schema/frame_writer.hpp"
#include "schema/parting.hpp"

namespace earmark::schema {

struct RequestEncoder::Builder {
  flatbuffers::FlatBufferBuilder fbb{2 * max_frame_bytes};
  TextOffsets offsets;

  Builder() { fbb.DedupVtables(false); }

  flatbuffers::FlatBufferBuilder& fresh() {
    fbb.Clear();
    return fbb;
  }
  template <class Table>
  void append(std::vector<std::byte>& out, MessageKind kind, std::uint64_t correlation,
              flatbuffers::Offset<Table> table, bool more = false) {
    fbb.Finish(table);
    append_frame(out, kind, correlation, fbb, more);
  }
};

}  // namespace earmark::schema
