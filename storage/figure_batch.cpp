#include "storage/figure_batch.hpp"

namespace earmark::storage {

using engine::TimeUs;

void FigureBatch::clear() {
  days_.clear();
  deliveries_.clear();
  availabilities_.begin_batch();
}

void FigureBatch::forget() {
  clear();
  availabilities_.forget();
}

DayFigures& FigureBatch::day(FigureSource& source, TimeUs time) {
  const std::int32_t number = day_of(time);
  const auto [found, is_new] = days_.try_emplace(number);
  if (is_new && !source.day(day_key(number), found->second)) found->second = {};
  return found->second;
}

bool FigureBatch::order_placed(FigureSource& source, TimeUs now, const engine::OrderDecision& decision, std::span<const engine::LineImage> lines,
                               std::span<const engine::AllocationImage> allocations) {
  DayFigures& figures = day(source, now);
  ++figures.counts[static_cast<std::size_t>(decision.status)];
  if (decision.not_due) {
    ++figures[DayCount::not_due];
    return false;
  }
  std::uint64_t ordered = 0, taken = 0, filled = 0;
  std::size_t next = 0;
  for (const engine::LineImage& line : lines) {
    std::uint64_t of_line = 0;
    for (const engine::AllocationImage& each : allocations.subspan(next, line.allocations)) of_line += each.reserved;
    next += line.allocations;
    ordered += line.quantity;
    taken += of_line;
    filled += of_line == line.quantity ? 1 : 0;
  }
  const bool whole = taken == ordered;
  figures[DayCount::lines] += lines.size();
  figures[DayCount::lines_filled] += filled;
  figures[DayCount::units] += ordered;
  figures[DayCount::units_filled] += taken;
  ++figures[DayCount::orders];
  if (!whole) return false;
  ++figures[DayCount::orders_filled];
  figures[DurationKind::order_to_reserved].add(0);
  return true;
}

void FigureBatch::line_filled(FigureSource& source, TimeUs now, const OrderTotals& order, TimeUs promised, bool whole) {
  DayFigures& figures = day(source, now);
  const std::int64_t took = now.value - order.begins().value;
  figures[DurationKind::backorder_to_filled].add(took);
  if (whole) figures[DurationKind::order_to_reserved].add(took);
  if (promised.value == 0) ++figures[DayCount::unpromised];
  else promise_met(figures, now.value - promised.value);
}

void FigureBatch::promise_met(DayFigures& figures, std::int64_t late_us) {
  ++figures[late_us > 0 ? DayCount::promises_late : DayCount::promises_kept];
  if (late_us <= -day_us) ++figures[DayCount::promises_early];
  figures[DurationKind::promise_late].add(late_us);
  figures[DurationKind::promise_off].add(late_us < 0 ? -late_us : late_us);
}

DeliveryFigures& FigureBatch::delivery(FigureSource& source, TimeUs time, const std::string& vendor, engine::SkuId sku) {
  const auto [found, is_new] = deliveries_.try_emplace({day_of(time), sku, vendor});
  if (is_new && !source.delivery(found->first, found->second)) found->second = {};
  return found->second;
}

void FigureBatch::arrived(FigureSource& source, TimeUs now, const std::string& vendor, const engine::PurchaseLineState& line, std::uint64_t units) {
  if (units == 0) return;  // the receipt says that nothing of it came
  DeliveryFigures& figures = delivery(source, now, vendor, line.sku);
  ++figures[DeliveryCount::receipts];
  if (line.first_promised.value == 0) {
    ++figures[DeliveryCount::receipts_undated];
    figures[DeliveryCount::units_undated] += units;
    return;
  }
  const std::int64_t late = now.value - line.first_promised.value;
  figures[late > 0 ? DeliveryCount::units_late : DeliveryCount::units_on_time] += units;
  figures[DeliveryDuration::late].add(late, units);
}

void FigureBatch::given_up(FigureSource& source, TimeUs now, const std::string& vendor, const engine::PurchaseLineState& line, std::uint64_t units) {
  if (units == 0 || line.first_promised.value == 0 || line.first_promised >= now) return;
  delivery(source, now, vendor, line.sku)[DeliveryCount::never_came] += units;
}

void FigureBatch::order_closed(FigureSource& source, TimeUs now, const OrderTotals& order, bool by_shipping) {
  if (order.shipped == 0) return;
  const bool whole = order.shipped == order.ordered;
  DayFigures& today = day(source, now);
  ++today[DayCount::shipped];
  if (order.shipments_shipped > 1) ++today[DayCount::shipped_in_parts];
  if (by_shipping) today[DurationKind::order_to_shipped].add(now.value - order.begins().value);
  if (order.need_by.value == 0) {
    ++today[whole ? DayCount::whole : DayCount::short_of_units];
    return;
  }
  ++day(source, order.need_by)[!whole ? DayCount::due_short : now <= order.need_by ? DayCount::on_time : DayCount::late];
}

void FigureBatch::hold_placed(FigureSource& source, TimeUs now, std::uint64_t units) {
  DayFigures& figures = day(source, now);
  ++figures[units != 0 ? DayCount::holds : DayCount::holds_refused];
  figures[DayCount::units_held] += units;
}

void FigureBatch::hold_ended(FigureSource& source, TimeUs placed, engine::HoldEnd how, std::uint64_t units) {
  DayFigures& figures = day(source, placed);
  const bool confirmed = how == engine::HoldEnd::confirmed, released = how == engine::HoldEnd::released;
  ++figures[confirmed ? DayCount::holds_confirmed : released ? DayCount::holds_released : DayCount::holds_expired];
  figures[confirmed ? DayCount::units_confirmed : released ? DayCount::units_released : DayCount::units_expired] += units;
}

AvailabilityRow& FigureBatch::row_of(FigureSource& source, engine::SkuId sku) {
  return availabilities_[availabilities_.ask(sku.value, [&] {
    AvailabilityRow row;
    return source.availability(sku, row) ? row : AvailabilityRow{};
  })];
}

void FigureBatch::available(FigureSource& source, engine::SkuId sku, engine::Quantity before, engine::Quantity after) {
  AvailabilityRow& row = row_of(source, sku);
  row.available += after;
  row.available -= before;
}

void FigureBatch::settle(FigureSource& source, engine::SkuId sku, TimeUs now) { row_of(source, sku).settle(now); }

}  // namespace earmark::storage
