// earmark rule set, snooze and off: when to reorder what, from whom.
#include "client/commands/send.hpp"
#include "client/items.hpp"
#include "client/rule_words.hpp"

namespace earmark::client {
namespace {

constexpr const char* set_notes = R"(
A reorder rule is of one SKU and one warehouse, to which it orders; what is set takes the place of what was there. It looks at the position: available +
in transit + open of purchase orders, suggestions and drafts too - what waits. Who waits without a pin counts at the first warehouse by priority, or,
with --pooled, where the position is that of all warehouses together. It orders in the same step in which the position comes down to its point:
  --reorder-point N --reorder-qty Q   at N or below Q, as often as it takes to be above N
  --min S --max T                     at S or below as much as it takes to have T
  --lot-for-lot                       what waits and is not covered
at least --minimum, in multiples of --multiple, at most --maximum.

Mode suggest (the default) makes a suggestion: a purchase order that a buyer adopts, approves or cancels (earmark po list --state suggested); lines for one
vendor are gathered in it, up to the vendor's cut-off if he has one. auto-po approves it by itself: at once, or at the cut-off. alert only tells
(earmark watch --kind reorder_triggered). Without --vendor it is the SKU's source with the shortest lead time. Arrival is promised for now + the lead time.

EXAMPLES
  earmark rule set BEAM-LVL MAIN --reorder-point 12 --reorder-qty 24 --vendor V-TIMBER --pooled
  earmark rule set HANGER MAIN --min 100 --max 400 --multiple 50 --mode auto-po
  earmark rule set DOOR-FIRE MAIN --lot-for-lot --vendor V-DOORS --lead-days 21
  earmark rule set SAND-BULK NORTH --reorder-point 5 --reorder-qty 10 --mode alert)";

constexpr const char* snooze_notes = R"(
The rule does nothing before that moment; then it looks at the position again. --until now ends a snooze.

EXAMPLES
  earmark rule snooze BEAM-LVL MAIN --until +14d
  earmark rule snooze BEAM-LVL MAIN --until 2026-04-01
  earmark rule snooze BEAM-LVL MAIN --until now)";

constexpr const char* off_notes = R"(
There is no rule for this SKU and warehouse any more. What it ordered or suggested stays.

EXAMPLES
  earmark rule off BEAM-LVL MAIN)";

constexpr std::uint64_t any_number = 1'000'000'000'000, any_days = 1'000'000;  // which ones are good is the server's business

struct SetOptions {
  ReorderRule rule;
  std::optional<std::uint64_t> point, quantity, from, up_to, minimum, multiple, maximum, lead_days;
  bool lot_for_lot = false;
  std::string mode = "suggest";
};

struct SnoozeOptions {
  SnoozedRule snooze;
  std::string until;
};

std::int64_t number_of(const std::optional<std::uint64_t>& number) { return static_cast<std::int64_t>(number.value_or(0)); }

Outcome<ReorderRule> rule_of(const SetOptions& options) {
  ReorderRule rule = options.rule;
  const bool by_point = options.point || options.quantity, by_range = options.from || options.up_to;
  if (int(by_point) + int(by_range) + int(options.lot_for_lot) != 1) {
    return usage("say when it orders by one of: --reorder-point N --reorder-qty Q, --min S --max T, --lot-for-lot");
  }
  if (by_point && !(options.point && options.quantity)) return usage("--reorder-point and --reorder-qty go together: at which position how much is ordered");
  if (by_range && !(options.from && options.up_to)) return usage("--min and --max go together: at which position it orders, and up to which");
  rule.kind = by_point ? engine::RuleKind::reorder_point : by_range ? engine::RuleKind::min_max : engine::RuleKind::lot_for_lot;
  rule.point = number_of(by_point ? options.point : options.from);
  rule.quantity = number_of(by_point ? options.quantity : options.up_to);
  rule.minimum = number_of(options.minimum), rule.multiple = number_of(options.multiple), rule.maximum = number_of(options.maximum);
  if (options.lead_days) rule.lead_days = static_cast<std::int32_t>(*options.lead_days);
  rule.mode = *mode_named(options.mode);
  return rule;
}

Outcome<void> set(const Globals& globals, const SetOptions& options) {
  auto rule = rule_of(options);
  if (!rule) return Unexpected{rule.error()};
  return send(globals, SetRules{{}, {}, {std::move(*rule)}, {}});
}

Outcome<void> snooze(const Globals& globals, SnoozeOptions options) {
  if (options.until != "now") {
    const auto until = parse_moment(options.until, command_time_us(globals));
    if (!until) return Unexpected{until.error()};
    options.snooze.until_us = *until;
  }
  return send(globals, SetRules{{}, {}, {}, {options.snooze}});
}

}  // namespace

Run add_rule_set(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<SetOptions>();
  options.needed("sku", chosen->rule.sku, "SKU", "What is reordered")
      .needed("warehouse", chosen->rule.warehouse, "WAREHOUSE", "Where it is ordered to")
      .number("--reorder-point", chosen->point, 0, any_number, "N", "It orders when the position is at it or below")
      .number("--reorder-qty", chosen->quantity, 0, any_number, "Q", "How much it orders then")
      .number("--min", chosen->from, 0, any_number, "S", "It orders when the position is at it or below")
      .number("--max", chosen->up_to, 0, any_number, "T", "Up to which position it orders")
      .flag("--lot-for-lot", chosen->lot_for_lot, "It orders what waits and is not covered")
      .number("--minimum", chosen->minimum, 0, any_number, "N", "Least that is ordered at a time")
      .number("--multiple", chosen->multiple, 0, any_number, "N", "It orders multiples of this")
      .number("--maximum", chosen->maximum, 0, any_number, "N", "Most that is ordered at a time")
      .text("--vendor", chosen->rule.vendor, "VENDOR", "From whom; without it the source with the shortest lead time")
      .number("--lead-days", chosen->lead_days, 0, any_days, "N", "Lead time of this rule; without it the source's, or the vendor's")
      .choice("--mode", chosen->mode, {"alert", "suggest", "auto-po"}, "MODE", "What it does: alert, suggest or auto-po")
      .flag("--pooled", chosen->rule.pooled, "Its position is that of all warehouses together")
      .notes(set_notes);
  return [&globals, chosen] { return set(globals, *chosen); };
}

Run add_rule_snooze(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<SnoozeOptions>();
  options.needed("sku", chosen->snooze.sku, "SKU", "Of which SKU")
      .needed("warehouse", chosen->snooze.warehouse, "WAREHOUSE", "And which warehouse")
      .needed("--until", chosen->until, "TIME", "A moment in UTC, or from now on (+14d); now: no longer")
      .notes(snooze_notes);
  return [&globals, chosen] { return snooze(globals, *chosen); };
}

Run add_rule_off(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ReorderRule>();
  chosen->mode = engine::RuleMode::off;
  options.needed("sku", chosen->sku, "SKU", "Of which SKU").needed("warehouse", chosen->warehouse, "WAREHOUSE", "And which warehouse").notes(off_notes);
  return [&globals, chosen] { return send(globals, SetRules{{}, {}, {*chosen}, {}}); };
}

}  // namespace earmark::client
