// Proof, at compile time, that a row struct of the engine and one of the wire are the same bytes, so that vectors of
// rows are copied or viewed whole. The wire's side is read from flatc's reflection traits.
// For schema/*.cpp only: it needs the generated headers.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace earmark::schema {

static_assert(std::endian::native == std::endian::little, "rows are copied whole: little-endian machines only");

struct FieldPlace {
  std::size_t offset = 0, size = 0;
  bool operator==(const FieldPlace&) const = default;
};

// Where `field` lies in a FlatBuffers struct: fields in order, each aligned to its size. {0, 0}: there is no such field.
template <class Wire>
constexpr FieldPlace place_in(std::string_view field) {
  return [&]<std::size_t... Index>(std::index_sequence<Index...>) {
    FieldPlace found;
    std::size_t at = 0;
    const auto visit = [&](std::string_view name, std::size_t size) {
      at = (at + size - 1) / size * size;
      if (name == field) found = {at, size};
      at += size;
    };
    (visit(Wire::Traits::field_names[Index], sizeof(typename Wire::Traits::template FieldType<Index>)), ...);
    return found;
  }(std::make_index_sequence<Wire::Traits::fields_number>{});
}

#define EARMARK_SAME_SIZE(Wire, Native) \
  static_assert(sizeof(Wire) == sizeof(Native) && alignof(Wire) == alignof(Native), "layouts differ: " #Native)
#define EARMARK_SAME_FIELD(Wire, Native, field)                                                                \
  static_assert(::earmark::schema::place_in<Wire>(#field) ==                                                   \
                    ::earmark::schema::FieldPlace{offsetof(Native, field), sizeof(Native::field)},             \
                "layouts differ: " #Native "::" #field)

// A vector of wire structs with the content of `rows`; null when there are none.
template <class Wire, class Native>
flatbuffers::Offset<flatbuffers::Vector<const Wire*>> put_rows(flatbuffers::FlatBufferBuilder& builder,
                                                               std::span<const Native> rows) {
  static_assert(sizeof(Wire) == sizeof(Native));
  if (rows.empty()) return 0;
  return builder.CreateVectorOfStructs(reinterpret_cast<const Wire*>(rows.data()), rows.size());  // one memcpy
}

// The rows where they lie. False if they are not aligned for `Native` (the verifier of FlatBuffers 2.0.8 does not
// look at that for vectors of structs).
template <class Native, class Wire>
bool view_rows(const flatbuffers::Vector<const Wire*>* vector, std::span<const Native>& rows) noexcept {
  static_assert(sizeof(Wire) == sizeof(Native));
  rows = {};
  if (vector == nullptr || vector->size() == 0) return true;
  const auto* first = vector->Data();
  if (reinterpret_cast<std::uintptr_t>(first) % alignof(Native) != 0) return false;
  rows = {reinterpret_cast<const Native*>(first), vector->size()};
  return true;
}

// The same of numbers of eight bytes, and the strong types that wrap them.
template <class Native, class Number>
  requires(sizeof(Number) == 8)
bool view_rows(const flatbuffers::Vector<Number>* vector, std::span<const Native>& rows) noexcept {
  static_assert(sizeof(Number) == sizeof(Native));
  rows = {};
  if (vector == nullptr || vector->size() == 0) return true;
  if (reinterpret_cast<std::uintptr_t>(vector->Data()) % alignof(Native) != 0) return false;
  rows = {reinterpret_cast<const Native*>(vector->Data()), vector->size()};
  return true;
}

// As view_rows, for vectors of smaller numbers and the strong types that wrap them.
template <class Native, class Number>
std::span<const Native> view_numbers(const flatbuffers::Vector<Number>* vector) noexcept {
  static_assert(sizeof(Number) == sizeof(Native) && alignof(Native) <= 4);
  if (vector == nullptr || vector->size() == 0) return {};
  return {reinterpret_cast<const Native*>(vector->Data()), vector->size()};
}

// A vector of numbers, or of the strong types that wrap them; null when there are none.
template <class Number, class Native>
flatbuffers::Offset<flatbuffers::Vector<Number>> put_numbers(flatbuffers::FlatBufferBuilder& builder, std::span<const Native> rows) {
  static_assert(sizeof(Number) == sizeof(Native));
  if (rows.empty()) return 0;
  return builder.CreateVector(reinterpret_cast<const Number*>(rows.data()), rows.size());
}

inline flatbuffers::Offset<flatbuffers::String> put_text(flatbuffers::FlatBufferBuilder& builder, std::string_view text) {
  if (text.empty()) return 0;
  return builder.CreateString(text.data(), text.size());
}

inline std::string_view view_text(const flatbuffers::String* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view{text->c_str(), text->size()};
}

}  // namespace earmark::schema
