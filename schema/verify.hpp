// Opening bytes as a FlatBuffers table, with the limits that keep the verifier's work linear. For schema/*.cpp only.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace earmark::schema {

inline constexpr flatbuffers::uoffset_t max_depth = 8;
inline constexpr flatbuffers::uoffset_t max_tables = 64;

// Null if the body is not a `Table`. The body is 8-byte aligned. Not checked: enum values, union tags and the
// alignment of structs in vectors.
template <class Table>
const Table* verified_root(std::span<const std::byte> body) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(body.data());
  flatbuffers::Verifier verifier(bytes, body.size(), max_depth, max_tables);
  return verifier.VerifyBuffer<Table>(nullptr) ? flatbuffers::GetRoot<Table>(bytes) : nullptr;
}

template <class Element>
std::size_t size_of(const flatbuffers::Vector<Element>* vector) noexcept {
  return vector == nullptr ? 0 : vector->size();
}

}  // namespace earmark::schema
