// Stock changes (semantics section 8): counts, adjustments, quarantine and back, scrap; and who loses what was reserved.
#include "tests/model/twin.hpp"

#include <algorithm>
#include <tuple>

namespace earmark::model {

using engine::ChangeKind;
using engine::ErrorCode;
using engine::IdSpace;
using engine::Quantity;
using engine::TimeUs;

Answer Twin::change(const engine::ChangeStock& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::stock_change, command.id, content, ErrorCode::duplicate_change, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    StockChangeAnswer decision{.id = std::string(command.id), .content = content, .kind = command.kind, .reason = std::string(command.reason),
                               .texts = std::make_shared<std::deque<std::string>>()};
    apply_change(decision, {command.rows.begin(), command.rows.end()}, answer);
    decision.fills_follow = mark_last(answer);
    answer.decision = std::move(decision);
    return answer;
  });
}

void Twin::apply_change(StockChangeAnswer& decision, const std::vector<engine::ChangeRow>& rows, Answer& answer) {
  for (const engine::ChangeRow& row : rows) change_row(decision.kind, row, decision);
  std::set<std::pair<engine::Lsn, std::uint16_t>> lists;
  for (const engine::LostUnits& lost : decision.lost) {
    if (!decision.of_hold(lost)) lists.insert({lost.order_lsn, lost.shipment});
  }
  for (const auto& [order, number] : lists) ++state_.orders.at(order).shipments[number - 1u].revision;

  // Row by row, as receipts: what a later row brought is left alone.
  std::vector<Quantity> brought, took;
  Withheld withheld;
  std::set<engine::SkuId> not_yet;  // SKUs with victims, before their turn
  for (std::uint32_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    took.push_back(0);
    for (const engine::LostUnits& lost : decision.lost) took.back() += lost.row == index && !decision.of_hold(lost) ? lost.quantity : 0;
    const std::int64_t net = std::int64_t{row.on_hand_change} - row.unavailable_change;
    brought.push_back(took.back() == 0 && net > 0 ? std::min(static_cast<Quantity>(net), row.available_after) : 0);  // what heals is nobody's
    withheld[{row.sku, row.warehouse}] += brought.back();
    if (took.back() > 0) not_yet.insert(row.sku);
  }
  constexpr Quantity all = 1U << 31;
  const auto withhold = [&](engine::SkuId sku, auto change) {
    for (const engine::WarehouseId warehouse : state_.by_priority()) change(withheld[{sku, warehouse}]);
  };
  for (const engine::SkuId sku : not_yet) withhold(sku, [](Quantity& units) { units += all; });
  for (std::uint32_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    withheld[{row.sku, row.warehouse}] -= brought[index];
    if (brought[index] == 0 && took[index] == 0) continue;
    if (not_yet.erase(row.sku) > 0) withhold(row.sku, [](Quantity& units) { units -= all; });
    fill(row.sku, index, withheld, answer);
  }
}

void Twin::change_row(ChangeKind kind, const engine::ChangeRow& row, StockChangeAnswer& decision) {
  Cell& cell = state_.cells[{row.sku, row.warehouse}];
  decision.rows.push_back({.sku = row.sku, .warehouse = row.warehouse});
  std::int64_t on_hand = 0, unavailable = 0;
  switch (kind) {
    case ChangeKind::count: on_hand = row.quantity - cell.on_hand; break;
    case ChangeKind::adjust: on_hand = row.quantity; break;
    case ChangeKind::short_pick: on_hand = -row.quantity; break;
    case ChangeKind::quarantine: unavailable = row.quantity; break;
    case ChangeKind::restore: unavailable = -row.quantity; break;
    case ChangeKind::scrap: on_hand = unavailable = -row.quantity; break;
  }
  // Available units first, then held ones, then reserved ones, then unavailable ones. What is still missing was picked: it stays so,
  // and the cell is overdrawn.
  std::int64_t missing = unavailable - on_hand - cell.available();
  if (missing > 0) missing -= lose_held(row.sku, row.warehouse, missing, decision);
  if (missing > 0) missing -= lose(row.sku, row.warehouse, missing, decision);
  if (missing > 0) unavailable -= std::min<std::int64_t>(missing, cell.unavailable);
  cell.on_hand = static_cast<Quantity>(cell.on_hand + on_hand);
  cell.unavailable = static_cast<Quantity>(cell.unavailable + unavailable);
  cell.adjusted += on_hand;
  engine::ChangedRow& changed = decision.rows.back();
  changed.on_hand_change = static_cast<std::int32_t>(on_hand);
  changed.unavailable_change = static_cast<std::int32_t>(unavailable);
  changed.available_after = cell.available();
  if (cell.level() < 0) decision.overdrawn.push_back(static_cast<std::uint32_t>(decision.rows.size() - 1));
}

// The newest hold loses first, of one its last line. What it lost is gone from it. Gives how many units there were to lose.
Quantity Twin::lose_held(engine::SkuId sku, engine::WarehouseId warehouse, std::int64_t wanted, StockChangeAnswer& decision) {
  Quantity lost = 0;
  for (auto hold = state_.holds.rbegin(); hold != state_.holds.rend(); ++hold) {
    auto& [lsn, of] = *hold;
    for (auto line = of.lines.rbegin(); line != of.lines.rend() && of.end == engine::HoldEnd::open; ++line) {
      for (auto each = line->allocations.rbegin(); each != line->allocations.rend(); ++each) {
        const bool here = line->sku == sku && each->warehouse == warehouse;
        const auto units = here ? static_cast<Quantity>(std::min<std::int64_t>(wanted - lost, each->reserved)) : 0;
        if (units == 0) continue;
        each->reserved -= units;
        line->waiting += units;
        state_.cells.at({sku, warehouse}).held -= units;
        lost += units;
        decision.of_holds.push_back(static_cast<std::uint32_t>(decision.lost.size()));
        decision.lost.push_back({lsn, name_loser(lsn, of.id, of.customer, decision), line->number, units,
                                 static_cast<std::uint32_t>(decision.rows.size() - 1), warehouse, each->shipment, sku});
      }
    }
  }
  return lost;
}

// The last in the queue's order loses first; of one line the latest shipment. Gives how many units there were to lose.
Quantity Twin::lose(engine::SkuId sku, engine::WarehouseId warehouse, std::int64_t wanted, StockChangeAnswer& decision) {
  struct Reservation {
    Place place;
    Allocation* allocation;
  };
  std::vector<Reservation> all;
  for (auto& [lsn, order] : state_.orders) {
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      if (order.lines[index].sku != sku) continue;
      for (Allocation& each : order.lines[index].allocations) {
        const bool picked = order.shipments[each.shipment - 1u].picked();
        if (each.warehouse == warehouse && each.reserved > 0 && !picked) all.push_back({{order.priority, lsn, index}, &each});
      }
    }
  }
  std::ranges::sort(all, [](const Reservation& left, const Reservation& right) {
    if (left.place < right.place || right.place < left.place) return right.place < left.place;
    return left.allocation->shipment > right.allocation->shipment;
  });
  Quantity lost = 0;
  for (const Reservation& last : all) {
    const auto units = static_cast<Quantity>(std::min<std::int64_t>(wanted - lost, last.allocation->reserved));
    if (units == 0) break;
    Order& order = state_.orders.at(last.place.order);
    Line& line = order.lines[last.place.line_index];
    last.allocation->reserved -= units;
    state_.cells.at({sku, warehouse}).reserved -= units;
    line.waiting += units;
    state_.queues[sku].insert(last.place);
    lost += units;
    decision.lost.push_back({order.lsn, name_loser(order.lsn, order.id, order.customer, decision), line.number, units,
                             static_cast<std::uint32_t>(decision.rows.size() - 1), warehouse, last.allocation->shipment, sku});
  }
  return lost;
}

}  // namespace earmark::model
