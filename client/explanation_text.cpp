// An explanation as people read it: what was seen and decided, what has happened since, what it waits for now.
#include <fmt/format.h>

#include "client/dates_text.hpp"
#include "client/describe.hpp"
#include "client/explanation.hpp"
#include "client/split.hpp"

namespace earmark::client {
namespace {

void add(std::string& text, const std::string& more) { text += (text.empty() ? "" : "; ") + more; }

const char* meaning(engine::Policy policy) {
  switch (policy) {
    case engine::Policy::ship_partial: return "what is there is taken, the rest waits";
    case engine::Policy::line_complete: return "a line takes all or waits whole";
    case engine::Policy::ship_complete: return "the order takes all or waits whole";
    case engine::Policy::fill_or_kill: return "all at once, or nothing and no waiting";
    case engine::Policy::fill_and_cancel: return "what is there is taken, the rest is cancelled";
  }
  return "";
}

const char* meaning(engine::Sourcing sourcing) {
  switch (sourcing) {
    case engine::Sourcing::single_source: return "from the first warehouse that covers every line, else by priority";
    case engine::Sourcing::fewest_splits: return "from the fewest warehouses that cover the most";
    case engine::Sourcing::highest_stock: return "from the warehouse with the most of a line first";
    case engine::Sourcing::server_default:  // of journals that do not tell the rule: it was this one
    case engine::Sourcing::priority: break;
  }
  return "from warehouses in the order of their priority";
}

std::string queue_text(std::uint32_t waits, std::uint32_t position, std::uint64_t ahead) {
  std::string text = with_separators(waits) + (waits == 1 ? " waits" : " wait");
  if (position == 0) return text;
  text += " as " + ordinal(position) + " in the queue, ";
  return text + (ahead == 0 ? "nobody ahead" : counted(ahead, "unit") + " ahead");
}

std::string skip_text(const ExplainedSkip& skip) {
  std::string text = "order " + on_one_line(skip.order);
  if (skip.line != 0) text += fmt::format(" line {}", skip.line);
  return text + fmt::format(" (decision {}), which waits for all or nothing", skip.lsn);
}

// ---- The decision

std::string take_text(const OrderState& order, const ExplainedLine& line, const ExplainedUnits& take) {
  std::string text = fmt::format("    {} had {} available: {} taken, in shipment {}", on_one_line(take.warehouse),
                                 with_separators(take.available_before), with_separators(take.quantity),
                                 on_one_line(shipment_id(order.id, take.shipment)));
  const bool partial = line.policy == engine::Policy::ship_partial || line.policy == engine::Policy::fill_and_cancel;
  if (partial && take.available_after != 0 && line.backordered + line.cancelled != 0) {
    text += fmt::format(", {} left for those ahead in the queue", with_separators(take.available_after));
  }
  return text + "\n";
}

std::string wait_text(const ExplainedLine& line, const ExplainedDecision& decision) {
  std::string text = "    " + queue_text(line.backordered, line.position, line.quantity_ahead);
  if (decision.not_due) return text + ": it is not due yet\n";
  if (line.policy == engine::Policy::line_complete) text += ": not all of the line could be had at once";
  if (line.policy == engine::Policy::ship_complete) text += ": not all of the order could be had at once";
  if (line.nothing_more) {
    text += std::string(": ") + (line.takes.empty() ? "nothing" : "nothing more") + " was available in " +
            (line.pinned.empty() ? "any warehouse" : on_one_line(line.pinned));
  }
  return text + "\n";
}

std::string cancelled_text(const ExplainedLine& line, engine::OrderStatus status) {
  const std::string units = "    " + with_separators(line.cancelled);
  if (status == engine::OrderStatus::refused) return units + " refused: not all of the order could be had at once\n";
  if (line.not_backorderable) return units + " cancelled: nothing waits for this SKU\n";
  if (line.policy == engine::Policy::fill_or_kill) return units + " cancelled: not all of the line could be had at once\n";
  return units + " cancelled: not there, and nothing waits by this policy\n";
}

std::string line_text(const Explanation& told, const ExplainedLine& line) {
  std::string text = fmt::format("  Line {}: {} {}", line.line, with_separators(line.quantity), on_one_line(line.sku));
  if (!line.pinned.empty()) text += ", from " + on_one_line(line.pinned) + " alone";
  if (line.policy != told.now.policy) text += fmt::format(", its own policy {} ({})", name(line.policy), meaning(line.policy));
  text += "\n";
  for (const ExplainedUnits& take : line.takes) text += take_text(told.now, line, take);
  if (line.backordered != 0) text += wait_text(line, *told.decision);
  if (!line.expected.empty() || line.fallback_us != 0) {
    text += "    It was told to expect: " + dates_text(line.expected, line.backordered, line.fallback_us) + "\n";
  }
  if (line.cancelled != 0) text += cancelled_text(line, told.now.status);
  return text;
}

std::string decision_text(const Explanation& told) {
  const OrderState& now = told.now;
  std::string text = fmt::format("Order {}{}: {}, decided at {} (decision {})\n", on_one_line(now.id),
                                 now.customer.empty() ? "" : " of " + on_one_line(now.customer), name(now.status),
                                 time_text(engine::TimeUs{now.time_us}), now.lsn);
  text += fmt::format("  Policy {}: {}\n", name(now.policy), meaning(now.policy));
  if (!told.decision) return text;
  const ExplainedDecision& decision = *told.decision;
  text += fmt::format("  Priority {}; {}{}\n", decision.priority.value,
                      decision.preferred.empty() ? "" : on_one_line(decision.preferred) + " first, then ", meaning(decision.sourcing));
  if (!decision.hold.empty()) {
    text += decision.reacquired ? "  Hold " + on_one_line(decision.hold) + " had expired; decided as without it\n"
                                : "  It confirmed hold " + on_one_line(decision.hold) + ", whose units were available to it again\n";
  }
  if (decision.not_due) text += "  It takes nothing before " + time_text(engine::TimeUs{now.reserve_not_before_us}) + "\n";
  for (const ExplainedLine& line : decision.lines) text += line_text(told, line);
  if (decision.skipped.lsn != 0) text += "  It passed over " + skip_text(decision.skipped) + "\n";
  return text;
}

// ---- Since then

std::string places(const std::vector<ExplainedUnits>& units, bool available) {
  std::string text;
  for (const ExplainedUnits& each : units) {
    text += (text.empty() ? "" : ", ") + with_separators(each.quantity) + " " + on_one_line(each.warehouse);
    if (available) text += fmt::format(" of {} available", with_separators(each.available_before));
  }
  return text;
}

std::string cause_text(const Explanation& told, std::uint64_t lsn) {
  const auto cause = told.causes.find(lsn);
  return cause == told.causes.end() ? fmt::format("decision {}", lsn) : fmt::format("{} (decision {})", on_one_line(cause->second.what), lsn);
}

std::string filled_text(const Explanation& told, const ExplainedStep& step) {
  std::string text = "filled " + places(step.units, true);
  if (step.raised_part) text += ", of what it was raised by";
  if (step.out_of_turn) text += ", which are pegged to it";
  if (step.cause_lsn != 0) text += ", by " + cause_text(told, step.cause_lsn);
  text += step.waiting == 0 ? "; nothing waits any more" : "; " + queue_text(step.waiting, 0, 0) + " on";
  if (step.skipped.lsn != 0) text += "; it passed over " + skip_text(step.skipped);
  return text;
}

std::string taken_back_text(const ExplainedStep& step) {
  std::string text;
  if (step.waiting != 0) add(text, with_separators(step.waiting) + (step.waiting == 1 ? " no longer waits" : " no longer wait"));
  if (!step.units.empty()) add(text, "given back " + places(step.units, false));
  if (step.excess != 0) add(text, with_separators(step.excess) + " were not there");
  if (text.empty()) text = "nothing";
  const char* word = step.kind == StepKind::cut ? "amended" : "cancelled";
  return std::string(word) + (step.command_id.empty() ? std::string(" because its time had come") : " by " + on_one_line(step.command_id)) + ": " + text;
}

const char* moved_word(engine::ShipmentStep step) {
  constexpr const char* words[] = {"moved", "picked", "packed", "shipped", "delivered", "put back", "tracked", "returned"};
  return static_cast<std::size_t>(step) < std::size(words) ? words[static_cast<std::size_t>(step)] : "moved";
}

std::string moved_text(const OrderState& order, const ExplainedStep& step) {
  std::string text = moved_word(step.step);
  if (step.line != 0) text += " " + places(step.units, false);
  text += ", shipment " + on_one_line(shipment_id(order.id, step.shipment));
  if (step.rest != 0) {
    text += fmt::format("; {} not found, in shipment {} from now on", with_separators(step.rest),
                        on_one_line(shipment_id(order.id, step.rest_shipment)));
  }
  if (!step.carrier.empty()) text += ", by " + on_one_line(step.carrier);
  if (!step.tracking.empty()) text += ", tracking number " + on_one_line(step.tracking);
  if (step.expected_us != 0) text += ", expected " + time_text(engine::TimeUs{step.expected_us});
  if (step.step == engine::ShipmentStep::put_back) text += fmt::format(", pick list {} from now on", step.revision);
  if (step.to_unavailable) text += ", not available again";
  if (!step.reason.empty()) text += ", " + on_one_line(step.reason);
  return text;
}

std::string lost_text(const Explanation& told, const ExplainedStep& step) {
  std::string text = "lost " + places(step.units, false) + " to ";
  text += step.cause_lsn != 0 ? cause_text(told, step.cause_lsn) : on_one_line(step.by);
  if (step.kind == StepKind::taken_over) text += ", which takes them over";
  if (!step.reason.empty()) text += ", " + on_one_line(step.reason);
  return text + (step.quantity == 1 ? "; it waits" : "; they wait") + " again at the old place";
}

std::string dated_text(const Explanation& told, const ExplainedStep& step) {
  std::string text = step.date_us == 0 ? "no date is known any more" : "expected " + day_text(step.date_us) + " from now on";
  if (step.before_us != 0) text += ", told before: " + day_text(step.before_us);
  return step.cause_lsn == 0 ? text : text + ", because of " + cause_text(told, step.cause_lsn);
}

std::string what_happened(const Explanation& told, const ExplainedStep& step) {
  switch (step.kind) {
    case StepKind::filled: return filled_text(told, step);
    case StepKind::lost:
    case StepKind::taken_over: return lost_text(told, step);
    case StepKind::cancelled:
    case StepKind::cancelled_by_time:
    case StepKind::cut: return taken_back_text(step);
    case StepKind::raised: {
      std::string text = fmt::format("raised by {}, by {}", with_separators(step.quantity), on_one_line(step.command_id));
      if (step.cancelled != 0) text += fmt::format("; {} of these cancelled", with_separators(step.cancelled));
      return text;
    }
    case StepKind::priority: return fmt::format("priority {} from now on, by {}", step.priority, on_one_line(step.command_id));
    case StepKind::due: return "due from now on";
    case StepKind::nothing_open: return "amended by " + on_one_line(step.command_id) + ": nothing, because nothing of it was open";
    case StepKind::shipped: return "shipped " + places(step.units, false) + ", by " + on_one_line(step.command_id);
    case StepKind::moved: return moved_text(told.now, step);
    case StepKind::strict:
      return std::string(step.waited ? "has waited long enough" : "was passed over often enough") + ": units are set aside for it from now on";
    case StepKind::dated: return dated_text(told, step);
    case StepKind::pegged:
      return fmt::format("{} of purchase order {} line {} are for it first", with_separators(step.quantity), on_one_line(step.purchase), step.purchase_line);
    case StepKind::passed_over: return "passed over by " + on_one_line(step.by);
  }
  return "";
}

std::string since_text(const Explanation& told) {
  if (told.since.empty()) return told.trimmed ? "" : "Nothing has happened to it since.\n";
  std::string text = "Since then:\n";
  for (const auto& [lsn, event] : told.since) {
    for (const ExplainedStep& step : event.steps) {
      std::string about = step.line == 0 ? "" : fmt::format("line {}{}: ", step.line, step.sku.empty() ? "" : " " + on_one_line(step.sku));
      text += fmt::format("  {:>8}  {}  {}{}\n", lsn, time_text(engine::TimeUs{event.time_us}), about, what_happened(told, step));
    }
  }
  return text;
}

// ---- Now

std::string now_text(const OrderStateLine& line) {
  std::string reserved, shipped, text;
  std::uint64_t returned = 0;
  for (const PlacedUnits& units : line.units) {
    const std::string where = " " + on_one_line(units.warehouse);
    if (units.reserved != 0) reserved += (reserved.empty() ? "" : ", ") + with_separators(units.reserved) + where;
    if (units.shipped != 0) shipped += (shipped.empty() ? "" : ", ") + with_separators(units.shipped) + where;
    returned += units.returned;
  }
  if (!reserved.empty()) add(text, "reserved " + reserved);
  if (!shipped.empty()) add(text, "shipped " + shipped);
  if (returned != 0) add(text, with_separators(returned) + " came back");
  if (line.backordered != 0) {
    add(text, queue_text(line.backordered, line.position, line.quantity_ahead));
    std::string when = expectation_text(line.expected, line.backordered, line.fallback_us);
    if (line.expected.empty()) when.replace(0, std::string_view("no date").size(), "no date is known");
    add(text, when);
    if (line.first_promised_us != 0) add(text, "promised first for " + day_text(line.first_promised_us));
  }
  if (line.cancelled != 0) add(text, with_separators(line.cancelled) + " cancelled");
  if (line.set_aside) add(text, "what comes is set aside until it is whole");
  else if (line.skips != 0) add(text, "passed over by " + counted(line.skips, "later order"));
  return fmt::format("  Line {}: {} {}: {}\n", line.line, with_separators(line.quantity), on_one_line(line.sku), text.empty() ? "nothing" : text);
}

}  // namespace

std::string explanation_text(const Explanation& told) {
  std::string text = decision_text(told);
  if (told.trimmed) {
    text += fmt::format("The journal no longer has everything since decision {}, so only what the order itself shows is told; keep more with a larger "
                        "--retain of earmarkd.\n", told.now.lsn);
  }
  text += since_text(told);
  text += fmt::format("Now, at decision {}:\n", told.now.as_of);
  for (const OrderStateLine& line : told.now.lines) text += now_text(line);
  return text;
}

}  // namespace earmark::client
