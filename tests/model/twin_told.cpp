// What those who wait are told of when: the first promise, the date told last, and the events that tell that it has moved.
#include "tests/model/twin.hpp"

#include <algorithm>

#include "tests/model/dates.hpp"

namespace earmark::model {

using engine::TimeUs;

namespace {

constexpr std::size_t most_lines = 1'024;  // of one record

// Dates that have come count as now; 0: none. Who was told none is not told that all of it is there.
bool has_moved(TimeUs told, TimeUs date, TimeUs now, std::int64_t threshold) {
  if (told.value == 0) return date > now;
  if (date.value == 0) return true;
  const std::int64_t by = std::max(told, now).value - std::max(date, now).value;
  return std::abs(by) > threshold;
}

}  // namespace

void Twin::tell_what_waits(Order& order, OrderAnswer& answer) const {
  answer.waits = waits(order);
  answer.expected = dates(order);
  answer.fallbacks = Dates(state_, state_.time).fallbacks(order, answer.expected);
  note_promises(order, answer.expected);
}

// At the decision: the last unit's date, if all that waits has dates, and that is to come.
void Twin::note_promises(Order& order, const std::vector<engine::ExpectedUnits>& expected) {
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    Line& line = order.lines[index];
    std::uint64_t covered = 0;
    TimeUs last{};
    for (const engine::ExpectedUnits& each : expected) {
      if (each.line_index != index) continue;
      covered += each.quantity;
      last = std::max(last, each.date);
    }
    if (line.waiting > 0 && covered == line.waiting && last > order.time) line.promised_first = line.told = last;
  }
}

// Of the first SKU of which there is something to tell; all are looked at, always, that have dated supply or a line that was told a date.
std::optional<DatesAnswer> Twin::moved_dates() const {
  Dates dates(state_, state_.time);
  for (const auto& [sku, queue] : state_.queues) {
    const bool told = std::ranges::any_of(queue, [&](const Place& place) { return state_.line_at(place).told.value != 0; });
    if (!told && !dates.has_supply(sku)) continue;
    DatesAnswer moved{.lines = {}, .texts = std::make_shared<std::deque<std::string>>()};
    for (const Dates::LineDate& each : dates.lines(sku)) {
      const Order& order = state_.orders.at(each.first.order);
      const Line& line = order.lines[each.first.line_index];
      if (!has_moved(line.told, each.date, state_.time, limits_.date_threshold_us)) continue;
      if (moved.lines.size() == most_lines) break;
      if (moved.orders.empty() || moved.orders.back() != order.id) {
        moved.orders.push_back(moved.texts->emplace_back(order.id));
        moved.customers.push_back(moved.texts->emplace_back(order.customer));
      }
      const auto position = static_cast<std::uint32_t>(moved.orders.size() - 1);
      moved.lines.push_back({line.told, each.date, order.lsn, position, line.number, sku, line.waiting});
    }
    if (!moved.lines.empty()) return moved;
  }
  return std::nullopt;
}

Answer Twin::tell(DatesAnswer moved) {
  Answer answer;
  answer.stamp = next_stamp(state_.time, {});
  for (const engine::MovedDate& each : moved.lines) {
    Line& line = *std::ranges::find(state_.orders.at(each.order_lsn).lines, each.line, &Line::number);
    line.told = each.date;
    if (line.promised_first.value == 0) line.promised_first = each.date;
  }
  answer.decision = std::move(moved);
  return answer;
}

// Who turns strict first, since that changes who gets what.
std::optional<Answer> Twin::follow() {
  if (const auto who = passed_over_enough()) return turn(*who, false);
  if (std::optional<Answer> said = next_of_rules()) return said;
  if (std::optional<DatesAnswer> moved = moved_dates()) return tell(std::move(*moved));
  return std::nullopt;
}

}  // namespace earmark::model
