// An answer as frames, and those frames decoded.
#pragma once

#include <algorithm>

#include "schema/answer.hpp"
#include "schema/ask.hpp"
#include "tests/schema/support.hpp"

namespace earmark::schema::test {

inline constexpr std::uint64_t correlation = 42;

// Appends the answer, takes the frames apart, decodes, and gives it to `compare` while its views hold.
template <class Value, class Compare>
std::size_t round_trip(MessageKind kind, const Value& answer, Compare compare) {
  std::vector<std::byte> bytes;
  append_answer(bytes, correlation, answer);
  auto frames = frames_of(bytes);
  for (std::size_t index = 0; index < frames.size(); ++index) {
    CHECK(frames[index].header.kind == kind);
    CHECK(frames[index].header.correlation == correlation);
    CHECK(frames[index].header.flags == (index + 1 < frames.size() ? flag_more_parts : 0));
  }
  AnswerDecoder decoder;
  auto decoded = decoder.decode(kind, bodies_of(frames));
  REQUIRE(decoded.has_value());
  REQUIRE(std::holds_alternative<Value>(*decoded));
  compare(std::get<Value>(*decoded));
  return frames.size();
}

template <class Row>
std::vector<Row> random_rows(Random& random, std::size_t count) {
  std::vector<Row> rows(count);
  for (std::byte& byte : std::as_writable_bytes(std::span(rows))) byte = std::byte{random.number<std::uint8_t>()};
  return rows;
}

inline std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

inline bool same_texts(std::span<const std::string_view> left, std::span<const std::string_view> right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

// Of an answer that contradicts itself.
template <class Value>
AnswerFault answer_fault(MessageKind kind, const Value& answer) {
  std::vector<std::byte> bytes;
  append_answer(bytes, correlation, answer);
  auto frames = frames_of(bytes);
  AnswerDecoder decoder;
  const auto decoded = decoder.decode(kind, bodies_of(frames));
  REQUIRE(!decoded.has_value());
  return decoded.error();
}

}  // namespace earmark::schema::test
