// A decision as a record, and that record decoded in every way that there is.
#pragma once

#include "schema/event.hpp"
#include "tests/schema/event_samples.hpp"
#include "tests/schema/inbound_samples.hpp"

namespace earmark::schema::test {

inline const engine::Stamp stamp{engine::Lsn{71}, engine::TimeUs{1'700'000'000'000'000}, engine::Lsn{70}};

template <class Sample>
std::vector<std::byte> encoded(const Sample& decision) {
  EventEncoder encoder;
  AlignedBytes out(std::size_t{8} << 20);
  const std::size_t bytes = encoder.encode(stamp, decision, out.span());
  REQUIRE(bytes > 0);
  REQUIRE(bytes % 8 == 0);
  return {out.span().begin(), out.span().begin() + static_cast<std::ptrdiff_t>(bytes)};
}

// No fault: it is an event.
template <class Sample>
std::optional<EventFault> fault_of(const Sample& decision) {
  AlignedBytes record(encoded(decision));
  EventDecoder decoder;
  std::size_t consumed = 0;
  const auto decoded = decoder.decode(record.span(), consumed);
  return decoded ? std::nullopt : std::optional(decoded.error());
}

// Decodes checked, trusted and from bodies; gives the checked one to `compare` each time.
template <class Decision, class Compare>
void decode_all_ways(std::span<const std::byte> bytes, Compare compare) {
  AlignedBytes record(bytes);
  EventDecoder decoder;
  std::size_t consumed = 0;
  const auto check = [&](const Event& event) {
    CHECK(event.stamp.lsn == stamp.lsn);
    CHECK(event.stamp.time == stamp.time);
    CHECK(event.stamp.cause == stamp.cause);
    REQUIRE(std::holds_alternative<Decision>(event.decision));
    compare(std::get<Decision>(event.decision));
  };
  auto decoded = decoder.decode(record.span(), consumed);
  REQUIRE(decoded.has_value());
  CHECK(consumed == bytes.size());
  check(*decoded);

  consumed = 0;
  check(decoder.decode_trusted(record.span(), consumed));
  CHECK(consumed == bytes.size());

  std::vector<std::span<const std::byte>> bodies;
  for (auto rest = std::span<const std::byte>(record.span()); !rest.empty(); rest = rest.subspan(piece_at(rest).stride)) {
    bodies.push_back(piece_at(rest).body);
  }
  const std::size_t own = bodies.size();
  bodies.push_back(bodies.front());  // the next event's first part is not taken
  auto from_bodies = decoder.decode_bodies(bodies, consumed);
  REQUIRE(from_bodies.has_value());
  CHECK(consumed == own);
  check(*from_bodies);
}

}  // namespace earmark::schema::test
