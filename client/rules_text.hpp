// Reorder rules, vendors, overdue supply and moved dates in words. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/decision.hpp"

namespace earmark::client {

// What a rule does, in numbers.
struct RuleFigures {
  engine::RuleKind kind{};
  std::int64_t point = 0, quantity = 0, minimum = 0, multiple = 0, maximum = 0;
  bool pooled = false;
};
// "at 12 order 24", "at 10 up to 50, at least 20, in multiples of 5, all warehouses".
std::string rule_text(const RuleFigures& rule);
template <class Rule>  // engine::RuleSet, client::ReorderRule
std::string rule_text(const Rule& rule) {
  return rule_text(RuleFigures{rule.kind, rule.point, rule.quantity, rule.minimum, rule.multiple, rule.maximum, rule.pooled != 0});
}

// "9 days"; "-" of what is not known.
std::string days_text(std::optional<std::int32_t> days);
// "14:30 UTC"; "-" of none.
std::string cut_off_text(std::optional<std::int16_t> minute);
inline std::string days_text(std::int32_t days) { return days_text(days < 0 ? std::nullopt : std::optional(days)); }
inline std::string cut_off_text(std::int16_t minute) { return cut_off_text(minute < 0 ? std::nullopt : std::optional(minute)); }
// "1.5 days".
std::string lateness_text(std::int64_t us);

// "position 10 (12 available, 0 incoming, 2 waiting), point 12".
std::string position_text(const engine::ReorderDecision& reorder);
std::string signed_text(std::int64_t number);  // "-1,200"

// "purchase order PO-7 from vendor HOLZ", "Transfer T-1".
std::string supply_text(const engine::OverdueDecision& overdue);
// "2026-03-01", "no date".
std::string told_day(engine::TimeUs date);
std::string told_day(std::int64_t date_us);

// "order A line 2"; where its id is known no longer, "a line of another order".
std::string peg_text(std::string_view order, std::uint32_t line);

}  // namespace earmark::client
