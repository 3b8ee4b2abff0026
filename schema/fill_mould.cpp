#include "schema/fill_mould.hpp"

#include "schema/event_generated.h"
#include "schema/event_layout.hpp"

namespace earmark::schema {

MouldShape FillMoulds::shape_of(const engine::FillDecision& decision, bool filtered) noexcept {
  const std::string_view customer = decision.customer.value_or(std::string_view());
  if ((decision.takes.size() | decision.order_id.size() | customer.size() | decision.skipped.order.size()) > 0xFFFF) return {};
  std::uint64_t fields = 1;  // so that no shape is all zeros
  const auto note = [&](bool there) { fields = fields << 1 | (there ? 1U : 0U); };
  note(decision.order_lsn.value != 0);
  note(decision.line.value != 0);
  note(decision.sku.value != 0);
  note(decision.row != 0);
  note(decision.still_waiting != 0);
  note(decision.last);
  note(decision.customer.has_value());
  note(decision.raised_at.value != 0);
  note(decision.skipped.order_lsn.value != 0);
  note(decision.skipped.line.value != 0);
  note(decision.pegged);
  note(filtered);
  return {fields, mould::four(decision.takes.size(), decision.order_id.size(), customer.size(), decision.skipped.order.size()), 0, 0};
}

std::size_t FillMoulds::cast(const engine::Stamp& stamp, const engine::FillDecision& decision, bool filtered, std::span<std::byte> out) const noexcept {
  using mould::put, mould::put_all;
  std::size_t bytes = 0;
  const Places* places = moulds_.copy(shape_of(decision, filtered), out, bytes);
  if (places == nullptr) return 0;
  std::byte* record = out.data();
  put(record, places->stamp, wire::Stamp(stamp.lsn.value, stamp.time.value, stamp.cause.value));
  put(record, places->order_lsn, decision.order_lsn);
  put(record, places->line, decision.line);
  put(record, places->sku, decision.sku);
  put(record, places->row, decision.row);
  put(record, places->still_waiting, decision.still_waiting);
  put(record, places->raised_at, decision.raised_at);
  put(record, places->skipped_lsn, decision.skipped.order_lsn);
  put(record, places->skipped_line, decision.skipped.line);
  put_all(record, places->takes, decision.takes);
  put_all(record, places->order, decision.order_id);
  if (decision.customer) put_all(record, places->customer, *decision.customer);
  put_all(record, places->skipped, decision.skipped.order);
  return bytes;
}

FillMoulds::Places FillMoulds::places_in(std::span<const std::byte> record) noexcept {
  const auto* event = wire::GetEvent(piece_at(record).body.data());
  const auto* fill = event->body_as_BackorderFilled();
  const auto* table = static_cast<const flatbuffers::Table*>(event->body());
  const auto field = [&](flatbuffers::voffset_t name) { return mould::place_of(record, table->GetAddressOf(name)); };
  using Fill = wire::BackorderFilled;
  return {mould::place_of(record, event->stamp()), field(Fill::VT_ORDER_LSN), field(Fill::VT_LINE), field(Fill::VT_SKU), field(Fill::VT_ROW),
          field(Fill::VT_STILL_WAITING), field(Fill::VT_RAISED_AT), field(Fill::VT_SKIPPED_LSN), field(Fill::VT_SKIPPED_LINE),
          mould::place_of_all(record, fill->takes()), mould::place_of_all(record, fill->order()), mould::place_of_all(record, fill->customer()),
          mould::place_of_all(record, fill->skipped())};
}

void FillMoulds::keep(const engine::FillDecision& decision, bool filtered, std::span<const std::byte> record) noexcept {
  const MouldShape shape = shape_of(decision, filtered);
  if (Moulds<Places>::can_keep(shape, record)) moulds_.keep(shape, places_in(record), record);
}

}  // namespace earmark::schema
