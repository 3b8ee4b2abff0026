#include "schema/order_mould.hpp"

#include "schema/event_generated.h"
#include "schema/event_layout.hpp"

namespace earmark::schema {
namespace {

// What seldom orders have beside: those are built.
bool is_plain(const engine::OrderDecision& decision) noexcept {
  return decision.hold.empty() && decision.skipped.order.empty() && decision.skipped.order_lsn.value == 0 && decision.skipped.line.value == 0 &&
         decision.returned.empty() && decision.line_policies.empty() && decision.not_backorderable.empty();
}

}  // namespace

MouldShape OrderMoulds::shape_of(const engine::OrderDecision& decision, bool filtered) noexcept {
  using mould::four;
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

std::size_t OrderMoulds::cast(const engine::Stamp& stamp, const engine::OrderDecision& decision, bool filtered, std::span<std::byte> out) const noexcept {
  using mould::put, mould::put_all;
  std::size_t bytes = 0;
  const Places* found = moulds_.copy(shape_of(decision, filtered), out, bytes);
  if (found == nullptr) return 0;
  std::byte* record = out.data();
  const Places& places = *found;
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
  return bytes;
}

OrderMoulds::Places OrderMoulds::places_in(std::span<const std::byte> record) noexcept {
  const auto* event = wire::GetEvent(piece_at(record).body.data());
  const auto* order = event->body_as_OrderDecided();
  const auto* table = static_cast<const flatbuffers::Table*>(event->body());
  const auto field = [&](flatbuffers::voffset_t name) { return mould::place_of(record, table->GetAddressOf(name)); };
  const auto data = [&](const auto* vector) { return mould::place_of_all(record, vector); };
  using Order = wire::OrderDecided;
  return {mould::place_of(record, event->stamp()), field(Order::VT_CONTENT), field(Order::VT_PLACED_AT), field(Order::VT_NEED_BY), field(Order::VT_RESERVE_NOT_BEFORE),
          field(Order::VT_CANCEL_AFTER), field(Order::VT_PREFERRED), field(Order::VT_STATUS), field(Order::VT_POLICY), field(Order::VT_PRIORITY),
          field(Order::VT_SOURCING), data(order->lines()), data(order->takes()), data(order->waits()), data(order->expected()), data(order->fallbacks()),
          data(order->id()), data(order->customer()), data(order->channel()), data(order->ship_to()), data(order->contact()), data(order->reference()),
          data(order->notes())};
}

void OrderMoulds::keep(const engine::OrderDecision& decision, bool filtered, std::span<const std::byte> record) noexcept {
  const MouldShape shape = shape_of(decision, filtered);
  if (Moulds<Places>::can_keep(shape, record)) moulds_.keep(shape, places_in(record), record);
}

}  // namespace earmark::schema
