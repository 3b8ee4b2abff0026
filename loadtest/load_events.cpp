#include <algorithm>

#include "loadtest/load_connection.hpp"

namespace earmark::loadtest {
namespace {

std::uint64_t sum_of(std::span<const engine::Take> takes) {
  std::uint64_t units = 0;
  for (const engine::Take& take : takes) units += take.quantity;
  return units;
}

}  // namespace

void LoadThread::answer_in_parts(Connection& connection, const Slot& slot, const schema::Frame& last) {
  std::vector<std::vector<std::byte>> bodies;
  if (const auto begun = unfinished_.find(slot.correlation); begun != unfinished_.end()) {
    bodies = std::move(begun->second);
    unfinished_.erase(begun);
    for (const auto& body : bodies) unfinished_bytes_ -= body.size();
  }
  bodies.emplace_back(last.body.begin(), last.body.end());
  const std::vector<std::span<const std::byte>> parts(bodies.begin(), bodies.end());
  bool fits = false;
  if (slot.request.kind == RequestKind::show) {
    const auto view = decoder_.decode(last.header.kind, parts);
    fits = view && std::holds_alternative<schema::OrderView>(*view);
    if (fits) answer_show(slot, std::get<schema::OrderView>(*view));
  } else if (last.header.kind == schema::MessageKind::event) {
    fits = take_events(connection, slot, parts, (last.header.flags & schema::flag_duplicate) != 0);
  }
  if (!fits) ++delivery_.malformed;
}

// The decision that was asked for, then the fills that it caused.
bool LoadThread::take_events(Connection& connection, const Slot& slot, std::span<const std::span<const std::byte>> bodies, bool duplicate) {
  std::size_t consumed = 0;
  const auto decision = events_.decode_bodies(bodies, consumed);
  if (!decision) return false;
  const std::uint64_t lsn = decision->stamp.lsn.value;
  if (const auto* order = std::get_if<engine::OrderDecision>(&decision->decision)) {
    if (slot.request.kind == RequestKind::confirm && consumed == bodies.size()) return confirmed(connection, slot, *decision, duplicate);
    if (slot.request.kind != RequestKind::order || consumed != bodies.size()) return false;
    order_decided(connection, slot, {decision->stamp.lsn, order->status, order->id, rows_of(order->lines), rows_of(order->takes)}, duplicate);
    return true;
  }
  begin_recording(slot, duplicate);
  bool readable = record_decision(slot, *decision, duplicate);
  decided(slot, lsn, duplicate);
  for (bodies = bodies.subspan(consumed); readable && !bodies.empty(); bodies = bodies.subspan(consumed)) {
    const auto event = events_.decode_bodies(bodies, consumed);
    const auto* fill = event ? std::get_if<engine::FillDecision>(&event->decision) : nullptr;
    readable = fill != nullptr;
    if (!readable) break;
    newest_lsn_ = std::max(newest_lsn_, event->stamp.lsn.value);
    record_fill(event->stamp, *fill);
    if (duplicate) continue;
    if (!acts_.empty() && slot.sent_ns >= measure_from_) {
      ActTally& act = tally_.acts[act_at(slot.sent_ns)];
      ++act.fills;
      act.filled_units += sum_of(fill->takes);
    }
    if (!measuring_) continue;
    ++tally_.fills;
    tally_.filled_units += sum_of(fill->takes);
  }
  end_recording(connection, slot, duplicate);
  return readable;
}

bool LoadThread::record_decision(const Slot& slot, const schema::Event& event, bool duplicate) {
  const std::uint64_t lsn = event.stamp.lsn.value;
  if (const auto* receipt = std::get_if<engine::ReceiptDecision>(&event.decision); receipt && slot.request.kind == RequestKind::receipt) {
    if (!receipt_fits(slot, *receipt)) ++delivery_.mismatched;
    record_receipt(lsn, *receipt);
    return true;
  }
  if (const auto* cancel = std::get_if<engine::CancelDecision>(&event.decision); cancel && slot.request.kind == RequestKind::cancel) {
    if (!cancel_fits(slot, *cancel)) ++delivery_.mismatched;
    record_cancel(slot, lsn, *cancel);
    return true;
  }
  if (const auto* ship = std::get_if<engine::ShipDecision>(&event.decision); ship && slot.request.kind == RequestKind::ship) {
    if (!is_id(ship->command_id, slot.request.number) || !is_id(ship->order_id, slot.request.target.number)) ++delivery_.mismatched;
    record_ship(slot, lsn, *ship);
    return true;
  }
  if (const auto* hold = std::get_if<engine::HoldDecision>(&event.decision); hold && slot.request.kind == RequestKind::hold) {
    if (!hold_fits(slot, *hold)) ++delivery_.mismatched;
    record_hold(lsn, *hold);
    if (!duplicate) check_out(slot, *hold, lsn);
    return true;
  }
  if (const auto* end = std::get_if<engine::HoldEndDecision>(&event.decision); end && slot.request.kind == RequestKind::release) {
    if (!end_fits(slot, *end)) ++delivery_.mismatched;
    record_hold_end(slot, lsn, *end);
    return true;
  }
  return false;
}

bool LoadThread::receipt_fits(const Slot& slot, const engine::ReceiptDecision& receipt) const {
  const auto asked = receipts_.find(slot.request.number);
  if (asked == receipts_.end() || !is_id(receipt.id, slot.request.number)) return false;
  return std::equal(asked->second.begin(), asked->second.end(), receipt.rows.begin(), receipt.rows.end(),
                    [](const engine::StockRow& row, const engine::ReceivedRow& received) {
                      return row.sku == received.sku && row.warehouse == received.warehouse && row.quantity == engine::WireQuantity{received.quantity};
                    });
}

// By rows every unit asked for is waiting, released or excess.
bool LoadThread::cancel_fits(const Slot& slot, const engine::CancelDecision& cancel) {
  if (!is_id(cancel.command_id, slot.request.number) || !is_id(cancel.order_id, slot.request.target.number)) return false;
  const auto row = drawn_again(slot.request, [&] { return draw_cancel(); });
  if (!row) return cancel.whole;
  if (cancel.whole || cancel.lines.size() != 1 || cancel.lines[0].line != row->line) return false;
  return cancel.lines[0].waiting + sum_of(cancel.released) + cancel.lines[0].excess == static_cast<std::uint64_t>(row->quantity);
}

void LoadThread::record_receipt(std::uint64_t lsn, const engine::ReceiptDecision& receipt) {
  bool begins = true;
  if (receipt.fills_follow) push({lsn, 0, 0, MovementKind::fills_follow, std::exchange(begins, false), 0, 0, 0, 0});
  for (const engine::ReceivedRow& row : receipt.rows) {
    push({lsn, row.sku.value, row.warehouse.value, MovementKind::received, std::exchange(begins, false), row.quantity, row.available_after, 0, 0});
  }
}

void LoadThread::record_cancel(const Slot& slot, std::uint64_t lsn, const engine::CancelDecision& cancel) {
  bool begins = true;
  if (cancel.fills_follow) push({lsn, 0, 0, MovementKind::fills_follow, std::exchange(begins, false), 0, 0, 0, 0});
  auto released = cancel.released;
  for (const engine::CancelledLine& line : cancel.lines) {
    const bool nothing_left = cancel.whole || line.excess != 0;
    Movement row{lsn, line.sku.value, static_cast<std::uint16_t>(nothing_left ? 1 : 0), MovementKind::cancelled_row, std::exchange(begins, false),
                 line.waiting, line.line.value, 0, 0};
    row.refer_to(slot.request.target.lsn);
    push(row);
    for (const engine::Take& take : released.first(line.releases)) {
      push({lsn, line.sku.value, take.warehouse.value, MovementKind::released, false, take.quantity, take.available_after, 0, 0});
    }
    released = released.subspan(line.releases);
  }
}

void LoadThread::record_ship(const Slot& slot, std::uint64_t lsn, const engine::ShipDecision& ship) {
  bool begins = true;
  auto shipped = ship.shipped;
  for (const engine::ShippedLine& line : ship.lines) {
    Movement row{lsn, line.sku.value, 0, MovementKind::shipped_line, std::exchange(begins, false), 0, line.line.value, 0, 0};
    row.refer_to(slot.request.target.lsn);
    push(row);
    for (const engine::Take& take : shipped.first(line.ships)) {
      push({lsn, line.sku.value, take.warehouse.value, MovementKind::shipped, false, take.quantity, take.available_after, 0, 0});
    }
    shipped = shipped.subspan(line.ships);
  }
}

void LoadThread::record_fill(const engine::Stamp& stamp, const engine::FillDecision& fill) {
  Movement cause{stamp.lsn.value, fill.sku.value, 0, MovementKind::cause, true, fill.last ? 1U : 0U, fill.row, 0, 0};
  cause.refer_to(stamp.cause.value);
  push(cause);
  Movement line{stamp.lsn.value, fill.sku.value, 0, MovementKind::filled_line, false, fill.still_waiting, fill.line.value, 0, 0};
  line.refer_to(fill.order_lsn.value);
  push(line);
  for (const engine::Take& take : fill.takes) {
    push({stamp.lsn.value, fill.sku.value, take.warehouse.value, MovementKind::filled, false, take.quantity, take.available_after, 0, 0});
  }
}

void LoadThread::answer_show(const Slot& slot, const schema::OrderView& view) {
  const std::uint64_t lsn = view.as_of.value;
  if (lsn < slot.lsn_before) ++delivery_.out_of_order;
  newest_lsn_ = std::max(newest_lsn_, lsn);
  bool fits = is_id(view.id, slot.request.target.number) && view.lsn.value == slot.request.target.lsn;
  auto allocations = view.allocations;
  bool begins = true;
  for (const schema::OrderLineView& line : view.lines) {
    std::uint64_t reserved = 0, shipped = 0;
    for (const schema::Allocation& allocation : allocations.first(line.allocations)) {
      reserved += allocation.reserved;
      shipped += allocation.shipped;
    }
    allocations = allocations.subspan(line.allocations);
    fits &= reserved + shipped + line.backordered + line.cancelled == line.quantity;
    if (!options_.verdict) continue;
    Movement shown{lsn, line.sku.value, 0, MovementKind::shown_line, std::exchange(begins, false), line.backordered, line.line.value, 0, 0};
    shown.refer_to(slot.request.target.lsn);
    history_.push(shown);
    history_.push({lsn, line.sku.value, 0, MovementKind::shown_units, false, static_cast<std::uint32_t>(reserved), static_cast<std::uint32_t>(shipped), 0, 0});
  }
  if (!fits) ++delivery_.mismatched;
  count_latency(slot);
}

}  // namespace earmark::loadtest
