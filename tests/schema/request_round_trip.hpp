// A request as frames, and those frames decoded; bodies built by hand.
#pragma once

#include "schema/ask.hpp"
#include "schema/request.hpp"
#include "tests/schema/support.hpp"

#include <flatbuffers/flatbuffers.h>

namespace earmark::schema::test {

inline constexpr std::uint64_t correlation = 0x0102030405060708;

// Encodes with `ask`, takes the frames apart, decodes, and gives the request to `compare` while its views hold.
template <class Value, class Ask, class Compare>
std::size_t round_trip(MessageKind kind, Ask ask, Compare compare) {
  RequestEncoder encoder;
  std::vector<std::byte> bytes;
  ask(encoder, bytes);
  auto frames = frames_of(bytes);
  for (std::size_t index = 0; index < frames.size(); ++index) {
    CHECK(frames[index].header.kind == kind);
    CHECK(frames[index].header.correlation == correlation);
    CHECK(frames[index].header.flags == (index + 1 < frames.size() ? flag_more_parts : 0));
  }
  const auto bodies = bodies_of(frames);
  RequestDecoder decoder;
  auto decoded = decoder.decode(kind, bodies);
  REQUIRE(decoded.has_value());
  REQUIRE(std::holds_alternative<Value>(*decoded));
  compare(std::get<Value>(*decoded));
  return frames.size();
}

inline std::vector<engine::OrderLine> random_lines(Random& random, std::size_t count) {
  std::vector<engine::OrderLine> lines(count);
  for (engine::OrderLine& line : lines) {
    line.quantity = random.number<std::int64_t>();
    line.sku = engine::SkuId{random.number<std::uint32_t>()};
    line.line = engine::LineNumber{random.number<std::uint32_t>()};
    line.pinned = engine::WarehouseId{random.number<std::uint16_t>()};
  }
  return lines;
}

template <class Build>
Result<Request, engine::ErrorCode> decode_built(MessageKind kind, Build build) {
  static RequestDecoder decoder;
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(build(builder));
  static std::vector<AlignedBytes> kept;  // views of the result point here
  kept.emplace_back(std::span(reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()));
  return decoder.decode(kind, kept.back().span());
}

inline engine::ErrorCode code_of(const Result<Request, engine::ErrorCode>& result) { return result ? engine::ErrorCode::none : result.error(); }

}  // namespace earmark::schema::test
