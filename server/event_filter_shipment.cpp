// What of a shipment's step passes a filter. Parts: each line with the units that the step moved, what of it a pick did not find, and
// tracking as a whole.
#include "server/event_filter.hpp"

namespace earmark::server {
namespace {

using schema::EventKind;

EventKind kind_of(engine::ShipmentStep step) noexcept {
  switch (step) {
    case engine::ShipmentStep::pick: return EventKind::picked;
    case engine::ShipmentStep::pack: return EventKind::packed;
    case engine::ShipmentStep::ship: return EventKind::shipped;
    case engine::ShipmentStep::deliver: return EventKind::delivered;
    case engine::ShipmentStep::put_back: return EventKind::put_back;
    case engine::ShipmentStep::track: return EventKind::tracking;
    case engine::ShipmentStep::give_back: return EventKind::returned;
  }
  return EventKind::picked;
}

}  // namespace

Passes EventSieve::sift(const EventFilter& filter, const engine::ShipmentDecision& move, schema::Decision& left) {
  if (!filter.customer(move.customer)) return Passes::nothing;
  const bool by_kind = filter.kind(kind_of(move.step));
  const bool put_back = move.step == engine::ShipmentStep::put_back && filter.kind(EventKind::pick_list_superseded);
  const bool by_rest = filter.kind(EventKind::short_pick) || filter.kind(EventKind::pick_list_issued) || filter.kind(EventKind::pick_list_superseded);
  moved_.clear();
  bool all = true, rest = false;
  for (engine::MovedLine line : move.lines) {
    const bool place = filter.place(line.sku, move.warehouse);
    const bool came = move.step == engine::ShipmentStep::give_back && !move.to_unavailable;
    const bool units = place && line.quantity != 0 && (by_kind || put_back || (came && passes_arrival(filter, line.quantity, line.available_after)));
    const bool missing = place && line.rest != 0 && by_rest;
    all = all && (units || line.quantity == 0) && (missing || line.rest == 0);
    if (!units) line.quantity = 0;
    if (!missing) line.rest = 0;
    rest = rest || missing;
    if (units || missing) moved_.push_back(line);
  }
  if (move.lines.empty() && by_kind && filter.place({}, move.warehouse)) return Passes::whole;
  if (moved_.empty()) return Passes::nothing;
  if (all) return Passes::whole;
  engine::ShipmentDecision& kept = left.emplace<engine::ShipmentDecision>(move);
  kept.lines = moved_;
  if (!rest) kept.rest_shipment = 0;
  return Passes::some;
}

}  // namespace earmark::server
