// Answers to the settler's questions: engine views to frames, kept until their LSN is durable.
#include <algorithm>
#include <unordered_map>

#include "engine/patience.hpp"
#include "server/worker.hpp"

namespace earmark::server {

void Worker::shown(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::OrderView& view) {
  const engine::OrderState& order = *view.order;
  std::vector<schema::OrderLineView> lines;
  std::vector<schema::Allocation> allocations;
  for (const engine::LineView& line : view.lines) {
    lines.push_back({line.quantity_ahead, line.line->line, line.line->sku, line.line->quantity, line.line->waiting,
                     line.cancelled, static_cast<std::uint32_t>(line.position), line.line->pinned,
                     static_cast<std::uint16_t>(line.allocations), line.line->policy, engine::patience_of(order, *line.line)});
  }
  for (const engine::Allocation& allocation : view.allocations) {
    allocations.push_back({allocation.reserved, allocation.shipped, allocation.warehouse, allocation.shipment});
  }
  std::vector<schema::ShipmentRow> shipments;
  std::vector<std::string_view> carriers, trackings;
  for (const engine::ShipmentView& each : view.shipments) {
    shipments.push_back({each.expected, each.revision, each.number, each.warehouse, each.state, 0, 0, 0});
    carriers.push_back(each.carrier);
    trackings.push_back(each.tracking);
  }
  const engine::OrderTexts texts = order.texts();
  schema::OrderView answer;
  answer.as_of = as_of;
  answer.id = order.id();
  answer.lsn = order.known.lsn();
  answer.time = order.time;
  answer.status = order.status;
  answer.policy = order.policy;
  answer.priority = order.priority;
  answer.sourcing = order.sourcing;
  answer.preferred = order.preferred;
  answer.customer = texts.customer;
  answer.channel = texts.channel;
  answer.ship_to = texts.ship_to;
  answer.contact = texts.contact;
  answer.reference = texts.reference;
  answer.notes = texts.notes;
  answer.lines = lines;
  answer.allocations = allocations;
  const engine::OrderTimes times = order.times();
  answer.placed_at = times.placed_at, answer.need_by = times.need_by;
  answer.reserve_not_before = times.reserve_not_before, answer.cancel_after = times.cancel_after;
  answer.shipments = shipments;
  answer.carriers = carriers;
  answer.trackings = trackings;
  answer.expected = view.expected;
  answer.fallbacks = view.fallbacks;
  answer.promises = view.promises;
  if (std::ranges::any_of(view.returned, [](engine::Quantity units) { return units != 0; })) answer.returned = view.returned;
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, answer);
}

void Worker::listed(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::WaitingLineView> found) {
  std::vector<schema::WaitingLine> lines;
  std::vector<std::string_view> orders, customers;
  std::vector<std::int64_t> expected;
  std::unordered_map<const engine::OrderState*, std::uint32_t> positions;
  for (const engine::WaitingLineView& waiting : found) {
    const auto [position, is_new] = positions.try_emplace(waiting.order, static_cast<std::uint32_t>(orders.size()));
    if (is_new) {
      orders.push_back(waiting.order->id());
      customers.push_back(waiting.order->texts().customer);
    }
    lines.push_back({waiting.order->known.lsn(), waiting.quantity_ahead, waiting.order->time, waiting.line->sku,
                     waiting.line->line, waiting.quantity, static_cast<std::uint32_t>(waiting.position),
                     position->second, waiting.line->pinned, waiting.order->priority, 0});
    expected.push_back(waiting.expected.value);
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::BackordersAnswer{as_of, lines, orders, customers, expected});
}

void Worker::checked(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::CheckView& view) {
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::CheckAnswer{as_of, view.warehouses, view.available, view.now, view.expected, view.fallbacks});
}

void Worker::listed_holds(const engine::ReplyTo& reply, engine::Lsn as_of, std::span<const engine::OpenHoldView> found) {
  std::vector<schema::OpenHold> open;
  std::vector<std::string_view> holds, customers;
  for (const engine::OpenHoldView& each : found) {
    open.push_back({each.hold->known.lsn(), each.deadline, each.hold->time, each.units, each.hold->line_count,
                    static_cast<std::uint32_t>(holds.size())});
    holds.push_back(each.hold->id());
    customers.push_back(each.hold->texts().customer);
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation, schema::HoldsAnswer{as_of, open, holds, customers});
}

void Worker::resolved(const engine::ReplyTo& reply, engine::Lsn as_of, const engine::ResolvedView& view) {
  std::vector<std::string_view> warehouse_codes(view.warehouse_codes.begin(), view.warehouse_codes.end());
  std::vector<std::string_view> warehouse_names;
  std::vector<std::uint32_t> priorities;
  for (const engine::WarehouseView& warehouse : view.all_warehouses) {
    warehouse_codes.push_back(warehouse.code);
    warehouse_names.push_back(warehouse.name);
    priorities.push_back(warehouse.priority);
  }
  PendingAnswer& pending = pend(as_of, reply, PendingAnswer::Kind::frames);
  pending.frames.clear();
  schema::append_answer(pending.frames, reply.correlation,
                        schema::ResolveAnswer{hub_.journal.identity().catalogue_epoch, as_of, view.sku_count, view.sku_ids,
                                              view.warehouse_ids, view.sku_codes, warehouse_codes, priorities, warehouse_names,
                                              view.sku_descriptions});
}

}  // namespace earmark::server
