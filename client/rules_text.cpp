#include "client/rules_text.hpp"

#include <fmt/format.h>

#include "client/describe.hpp"

namespace earmark::client {

std::string signed_text(std::int64_t number) {
  return number < 0 ? "-" + with_separators(std::uint64_t{0} - static_cast<std::uint64_t>(number)) : with_separators(static_cast<std::uint64_t>(number));
}

std::string rule_text(const RuleFigures& rule) {
  std::string text = "what is missing";
  if (rule.kind == engine::RuleKind::reorder_point) text = fmt::format("at {} order {}", signed_text(rule.point), signed_text(rule.quantity));
  if (rule.kind == engine::RuleKind::min_max) text = fmt::format("at {} up to {}", signed_text(rule.point), signed_text(rule.quantity));
  if (rule.minimum != 0) text += ", at least " + signed_text(rule.minimum);
  if (rule.multiple != 0) text += ", in multiples of " + signed_text(rule.multiple);
  if (rule.maximum != 0) text += ", at most " + signed_text(rule.maximum);
  return rule.pooled ? text + ", all warehouses" : text;
}

std::string days_text(std::optional<std::int32_t> days) { return days ? counted(static_cast<std::uint64_t>(*days), "day") : "-"; }

std::string cut_off_text(std::optional<std::int16_t> minute) { return minute ? fmt::format("{:02}:{:02} UTC", *minute / 60, *minute % 60) : "-"; }

std::string lateness_text(std::int64_t us) { return fmt::format("{:.1f} days", static_cast<double>(us) / static_cast<double>(day_us)); }

std::string position_text(const engine::ReorderDecision& reorder) {
  return fmt::format("position {} ({} available, {} incoming, {} waiting), point {}", signed_text(reorder.position()), signed_text(reorder.available),
                     signed_text(reorder.incoming), with_separators(reorder.waiting), with_separators(reorder.point));
}

std::string supply_text(const engine::OverdueDecision& overdue) {
  if (overdue.transfer) return "Transfer " + on_one_line(overdue.id);
  return "Purchase order " + on_one_line(overdue.id) + " from vendor " + on_one_line(overdue.vendor);
}

std::string told_day(std::int64_t date_us) { return date_us == 0 ? "no date" : day_text(date_us); }
std::string told_day(engine::TimeUs date) { return told_day(date.value); }

std::string peg_text(std::string_view order, std::uint32_t line) {
  if (order.empty()) return "a line of an order that is not known any more";
  return fmt::format("order {} line {}", on_one_line(order), line);
}

}  // namespace earmark::client
