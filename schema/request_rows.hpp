// Opening a body, and gathering the rows of a message in parts: what the decoders of requests share. For schema/*.cpp only.
#pragma once

#include <algorithm>

#include "schema/request_layout.hpp"
#include "schema/request_scratch.hpp"
#include "schema/verify.hpp"

namespace earmark::schema {

// One more than an engine accepts, so that it says `too_many_lines`.
inline constexpr std::size_t max_passed_rows = engine::max_lines + 1;

template <class Table>
const Table* open(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  return verified_root<Table>(scratch.aligned.align(body));
}

// Entries of a vector of strings may all point to the same bytes: what a body has of them is counted before any is looked at.
using Strings = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

inline std::size_t text_bytes(const Strings* strings) noexcept {
  std::size_t bytes = 0;
  for (flatbuffers::uoffset_t index = 0; index < size_of(strings); ++index) bytes += strings->Get(index)->size();
  return bytes;
}

inline std::string_view entry(const Strings* strings, flatbuffers::uoffset_t index) noexcept {
  return size_of(strings) == 0 ? std::string_view{} : view_text(strings->Get(index));
}

inline bool parallel_or_empty(const Strings* strings, std::size_t size) noexcept {
  return size_of(strings) == 0 || size_of(strings) == size;
}

template <class Row, class Wire>
bool append_rows(const flatbuffers::Vector<const Wire*>* vector, std::vector<Row>& gathered) {
  std::span<const Row> rows;
  if (!view_rows(vector, rows)) return false;
  const auto taken = rows.first(std::min(rows.size(), max_passed_rows - gathered.size()));
  gathered.insert(gathered.end(), taken.begin(), taken.end());
  return true;
}

// Gathers the rows of all parts; those of a message in one part are viewed where they lie. `rows_of` names the vector.
template <class Table, class Row, class RowsOf>
bool gather_rows(Parts parts, const Table& first, RowsOf rows_of, RequestDecoder::Scratch& scratch,
                 std::vector<Row>& gathered, std::span<const Row>& rows) {
  if (parts.size() == 1) return view_rows(rows_of(first), rows);
  gathered.clear();
  if (!append_rows(rows_of(first), gathered)) return false;
  for (const auto body : parts.subspan(1)) {
    const auto* part = open<Table>(body, scratch);
    if (part == nullptr || !append_rows(rows_of(*part), gathered)) return false;
  }
  rows = gathered;
  return true;
}

}  // namespace earmark::schema
