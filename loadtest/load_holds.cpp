#include "loadtest/load_connection.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::uint32_t confirmed_of_ten = 8;  // checkouts that become an order; the others are given up

}  // namespace

// The order takes what the hold gives back in the same decision.
bool LoadThread::confirmed(Connection& connection, const Slot& slot, const schema::Event& event, bool duplicate) {
  const auto& order = std::get<engine::OrderDecision>(event.decision);
  if (!is_id(order.hold, slot.request.target.number) || order.reacquired) ++delivery_.mismatched;
  returned_ = order.returned;
  order_decided(connection, slot, {event.stamp.lsn, order.status, order.id, rows_of(order.lines), rows_of(order.takes)}, duplicate);
  returned_ = {};
  return !order.returned.empty();
}

bool LoadThread::hold_fits(const Slot& slot, const engine::HoldDecision& hold) {
  if (!is_id(hold.id, slot.request.number)) return false;
  const auto asked = drawn_again(slot.request, [&] { return draw_order(slot.request).lines; });
  if (hold.lines.size() != asked.size()) return false;
  bool same = true;
  for (std::size_t index = 0; index < asked.size(); ++index) {
    const engine::LineDecision& line = hold.lines[index];
    same &= line.sku == asked[index].sku && line.quantity == asked[index].quantity && line.line.value == index + 1 && line.backordered == 0;
  }
  return same;
}

bool LoadThread::end_fits(const Slot& slot, const engine::HoldEndDecision& end) const {
  return is_id(end.command_id, slot.request.number) && is_id(end.hold_id, slot.request.target.number) && end.how == engine::HoldEnd::released;
}

void LoadThread::record_hold(std::uint64_t lsn, const engine::HoldDecision& hold) {
  bool begins = true;
  auto takes = hold.takes;
  for (const engine::LineDecision& line : hold.lines) {
    const std::uint16_t warehouse = line.taken != 0 ? line.warehouse.value : std::uint16_t{0};
    push({lsn, line.sku.value, warehouse, MovementKind::held_line, std::exchange(begins, false), line.taken, line.available_after, line.quantity, 0});
    for (const engine::Take& take : takes.first(line.more_takes)) {
      push({lsn, line.sku.value, take.warehouse.value, MovementKind::more_take, false, take.quantity, take.available_after, 0, 0});
    }
    takes = takes.subspan(line.more_takes);
  }
}

void LoadThread::record_hold_end(const Slot& slot, std::uint64_t lsn, const engine::HoldEndDecision& end) {
  bool begins = true;
  if (end.fills_follow) push({lsn, 0, 0, MovementKind::fills_follow, std::exchange(begins, false), 0, 0, 0, 0});
  auto released = end.released;
  for (const engine::ReleasedLine& line : end.lines) {
    for (const engine::Take& take : released.first(line.count)) {
      Movement back{lsn, line.sku.value, take.warehouse.value, MovementKind::hold_returned, std::exchange(begins, false), take.quantity, take.available_after, 0, 0};
      back.refer_to(slot.request.target.lsn);
      push(back);
    }
    released = released.subspan(line.count);
  }
}

// A hold that holds something is ended as soon as there is room for a request, also when the run is over: nothing stays held.
void LoadThread::check_out(const Slot& slot, const engine::HoldDecision& hold, std::uint64_t lsn) {
  if (hold.status != engine::OrderStatus::reserved) return;
  Request request;
  request.kind = choices_.below(10) < confirmed_of_ten ? RequestKind::confirm : RequestKind::release;
  request.number = ++last_number_;
  request.seed = slot.request.seed;  // of the lines
  request.target = {slot.request.number, lsn};
  repeat(request, nullptr);
}

}  // namespace earmark::loadtest
