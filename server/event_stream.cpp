#include "server/event_stream.hpp"

#include "engine/check.hpp"
#include "schema/answer.hpp"
#include "schema/record.hpp"
#include "server/limits.hpp"

namespace earmark::server {
namespace {

std::span<const std::byte> first_record(std::span<const std::byte> records) {
  std::size_t bytes = 0;
  for (bool more = true; more;) {
    const schema::Piece piece = schema::piece_at(records.subspan(bytes));
    EARMARK_CHECK(piece.stride != 0);
    more = piece.header.more();
    bytes += piece.stride;
  }
  return records.first(bytes);
}

}  // namespace

EventStream::EventStream(const storage::Journal& journal) : reader_(journal.reader()), buffer_(storage::max_record_bytes) {
  encoder_.mark_filtered(true);
}

storage::Outcome<EventStream::Chunk> EventStream::read(engine::Lsn from, engine::Lsn until) {
  if (from > until) return Chunk{};
  if (chunk_.first == from && !chunk_.records.empty()) return chunk_;
  chunk_ = {};
  if (auto found = reader_->seek(from); !found) return Unexpected{found.error()};
  Chunk chunk;
  auto bytes = reader_->read(std::span(buffer_).first(subscription_read_bytes), until, chunk.first, chunk.last);
  if (bytes && *bytes == 0) bytes = reader_->read(buffer_, until, chunk.first, chunk.last);  // a record larger than that
  if (!bytes) return Unexpected{bytes.error()};
  chunk.records = std::span(buffer_).first(*bytes);
  chunk_ = chunk;
  return chunk;
}

bool EventStream::put_first(Chunk& chunk, const EventFilter* filter, std::uint64_t correlation, std::vector<std::byte>& out) {
  const std::span<const std::byte> record = first_record(chunk.records);
  chunk.records = chunk.records.subspan(record.size());
  chunk.first = chunk.first + 1;
  if (filter == nullptr) {
    schema::append_event_frames(out, correlation, record, false, false);
    return true;
  }
  std::size_t consumed = 0;
  schema::Event left;
  const Passes passes = sieve_.sift(*filter, decoder_.decode_trusted(record, consumed), left);
  if (passes == Passes::nothing) return false;
  if (passes == Passes::whole) {
    schema::append_event_frames(out, correlation, record, false, false);
    return true;
  }
  // Fewer rows of the same kinds, and the mark: never more than the record and a few bytes for each piece.
  sifted_.resize(storage::max_record_bytes + schema::max_piece_bytes);
  const std::size_t bytes = std::visit([&](const auto& decision) { return encoder_.encode(left.stamp, decision, sifted_); }, left.decision);
  EARMARK_CHECK(bytes != 0);
  schema::append_event_frames(out, correlation, std::span(sifted_).first(bytes), false, false);
  return true;
}

}  // namespace earmark::server
