#include "schema/order_mould.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "schema/event_generated.h"
#include "schema/event_layout.hpp"
#include "schema/record.hpp"

namespace earmark::schema {
namespace {

template <class Value>
void put(std::byte* record, std::uint16_t place, const Value& value) noexcept {
  if (place != 0) std::memcpy(record + place, &value, sizeof value);
}
template <class Row>
void put_all(std::byte* record, std::uint16_t place, std::span<const Row> rows) noexcept {
  if (place != 0) std::memcpy(record + place, rows.data(), rows.size_bytes());
}
void put_all(std::byte* record, std::uint16_t place, std::string_view text) noexcept {
  if (place != 0) std::memcpy(record + place, text.data(), text.size());
}

constexpr std::uint64_t four(std::size_t a, std::size_t b, std::size_t c, std::size_t d) noexcept { return a | b << 16 | c << 32 | d << 48; }

// What seldom orders have beside: those are built.
bool is_plain(const engine::OrderDecision& decision) noexcept {
  return decision.hold.empty() && decision.skipped.order.empty() && decision.skipped.order_lsn.value == 0 && decision.skipped.line.value == 0 &&
         decision.returned.empty() && decision.line_policies.empty() && decision.not_backorderable.empty();
}

}  // namespace

OrderMoulds::Shape OrderMoulds::shape_of(const engine::OrderDecision& decision, bool filtered) noexcept {
  const engine::OrderTexts& texts = decision.texts;
  const std::size_t sizes = decision.lines.size() | decision.takes.size() | decision.waits.size() | decision.expected.size() | decision.fallbacks.size() |
                            decision.id.size() | texts.customer.size() | texts.channel.size() | texts.ship_to.size() | texts.contact.size() |
                            texts.reference.size() | texts.notes.size();
  if (sizes > 0xFFFF || !is_plain(decision)) return {};
  std::uint64_t fields = 1;  // so that no shape is all zeros
  const auto note = [&](bool there) { fields = fields << 1 | (there ? 1U : 0U); };
  note(decision.content != 0);
  note(decision.placed_at.value != 0);
  note(decision.need_by.value != 0);
  note(decision.reserve_not_before.value != 0);
  note(decision.cancel_after.value != 0);
  note(decision.preferred.value != 0);
  note(decision.status != engine::OrderStatus{});
  note(decision.policy != engine::Policy{});
  note(decision.priority != engine::Priority{100});
  note(decision.sourcing != engine::Sourcing{});
  note(decision.fills_follow);
  note(decision.reacquired);
  note(decision.not_due);
  note(filtered);
  return {fields, four(decision.lines.size(), decision.takes.size(), decision.waits.size(), decision.expected.size()),
          four(decision.fallbacks.size(), decision.id.size(), texts.customer.size(), texts.channel.size()),
          four(texts.ship_to.size(), texts.contact.size(), texts.reference.size(), texts.notes.size())};
}

std::size_t OrderMoulds::home(const Shape& shape) noexcept {
  std::uint64_t mixed = 0;
  for (const std::uint64_t word : shape) mixed = (mixed ^ word) * 0x9E37'79B9'7F4A'7C15ULL;
  return static_cast<std::size_t>(mixed >> 60);
}

std::size_t OrderMoulds::cast(const engine::Stamp& stamp, const engine::OrderDecision& decision, bool filtered, std::span<std::byte> out) const noexcept {
  const Shape shape = shape_of(decision, filtered);
  const Mould& mould = moulds_[home(shape)];
  if (mould.shape != shape || mould.bytes == 0 || out.size() < mould.bytes) return 0;
  std::byte* record = out.data();
  const Places& places = mould.places;
  std::memcpy(record, mould.record.data(), mould.bytes);
  put(record, places.stamp, wire::Stamp(stamp.lsn.value, stamp.time.value, stamp.cause.value));
  put(record, places.content, decision.content);
  put(record, places.placed_at, decision.placed_at);
  put(record, places.need_by, decision.need_by);
  put(record, places.reserve_not_before, decision.reserve_not_before);
  put(record, places.cancel_after, decision.cancel_after);
  put(record, places.preferred, decision.preferred);
  put(record, places.status, decision.status);
  put(record, places.policy, decision.policy);
  put(record, places.priority, decision.priority);
  put(record, places.sourcing, decision.sourcing);
  put_all(record, places.lines, decision.lines);
  put_all(record, places.takes, decision.takes);
  put_all(record, places.waits, decision.waits);
  put_all(record, places.expected, decision.expected);
  put_all(record, places.fallbacks, decision.fallbacks);
  put_all(record, places.id, decision.id);
  put_all(record, places.customer, decision.texts.customer);
  put_all(record, places.channel, decision.texts.channel);
  put_all(record, places.ship_to, decision.texts.ship_to);
  put_all(record, places.contact, decision.texts.contact);
  put_all(record, places.reference, decision.texts.reference);
  put_all(record, places.notes, decision.texts.notes);
  return mould.bytes;
}

OrderMoulds::Places OrderMoulds::places_in(std::span<const std::byte> record) noexcept {
  const auto* event = wire::GetEvent(piece_at(record).body.data());
  const auto* order = event->body_as_OrderDecided();
  const auto* table = static_cast<const flatbuffers::Table*>(event->body());
  const auto at = [&](const void* address) {
    return address == nullptr ? std::uint16_t{0} : static_cast<std::uint16_t>(static_cast<const std::byte*>(address) - record.data());
  };
  const auto field = [&](flatbuffers::voffset_t name) { return at(table->GetAddressOf(name)); };
  const auto data = [&](const auto* vector) { return at(vector == nullptr ? nullptr : vector->Data()); };
  using Order = wire::OrderDecided;
  return {at(event->stamp()), field(Order::VT_CONTENT), field(Order::VT_PLACED_AT), field(Order::VT_NEED_BY), field(Order::VT_RESERVE_NOT_BEFORE),
          field(Order::VT_CANCEL_AFTER), field(Order::VT_PREFERRED), field(Order::VT_STATUS), field(Order::VT_POLICY), field(Order::VT_PRIORITY),
          field(Order::VT_SOURCING), data(order->lines()), data(order->takes()), data(order->waits()), data(order->expected()), data(order->fallbacks()),
          data(order->id()), data(order->customer()), data(order->channel()), data(order->ship_to()), data(order->contact()), data(order->reference()),
          data(order->notes())};
}

void OrderMoulds::keep(const engine::OrderDecision& decision, bool filtered, std::span<const std::byte> record) noexcept {
  const Shape shape = shape_of(decision, filtered);
  if (shape == Shape{} || record.empty() || record.size() > most_bytes) return;
  Mould& mould = moulds_[home(shape)];
  mould.shape = shape;
  mould.places = places_in(record);
  mould.bytes = static_cast<std::uint32_t>(record.size());
  std::copy(record.begin(), record.end(), mould.record.begin());
}

}  // namespace earmark::schema
