#include "engine/reorder_plan.hpp"

#include <algorithm>

namespace earmark::engine {
namespace {

constexpr std::int64_t rounded_up(std::int64_t units, std::int64_t multiple) noexcept { return (units + multiple - 1) / multiple * multiple; }

// Before what a purchase order may have open.
std::int64_t wanted(const RuleSet& rule, std::int64_t position) noexcept {
  std::int64_t units = 0;
  switch (rule.kind) {
    case RuleKind::reorder_point: units = std::max<std::int64_t>(rule.quantity, rounded_up(std::int64_t{rule.point} + 1 - position, rule.quantity)); break;
    case RuleKind::min_max: units = rule.quantity - position; break;
    case RuleKind::lot_for_lot: units = -position; break;
  }
  const std::int64_t multiple = std::max<std::int64_t>(1, rule.multiple);
  units = rounded_up(std::max<std::int64_t>(units, rule.minimum), multiple);
  return rule.maximum == 0 ? units : std::min(units, rule.maximum / multiple * multiple);
}

Quantity quantity_of(const SharedState& shared, const Book& book, const RuleSet& rule, std::int64_t position) {
  const std::int64_t room = std::int64_t{max_quantity} - book.purchases.open_units(shared.cell_index(rule.sku, rule.warehouse));
  return static_cast<Quantity>(std::clamp<std::int64_t>(wanted(rule, position), 0, room));
}

TimeUs next_cut_off(std::int16_t minute, TimeUs now) noexcept {
  if (minute < 0) return {};
  const std::int64_t today = now.value / day_us * day_us + minute * std::int64_t{60'000'000};
  return TimeUs{today > now.value ? today : today + day_us};
}

TimeUs days_from(TimeUs now, std::int32_t days) noexcept {
  return days < 0 ? TimeUs{} : TimeUs{std::min(max_time_us, now.value + days * day_us)};
}

VendorId vendor_of(const Book& book, const Rule& rule) { return rule.vendor.value != 0 ? rule.vendor : book.vendors.choose(rule.set.sku); }

std::int32_t lead_days_of(const Book& book, const Rule& rule, VendorId vendor) {
  return rule.set.lead_days >= 0 ? rule.set.lead_days : book.vendors.lead_days(rule.set.sku, vendor);
}

// The line of this rule in the suggestion that it has added to last; nullptr: there is none for this vendor and mode.
const PurchaseLineState* line_to_raise(const Book& book, const Rule& rule, std::string_view vendor, bool automatic) {
  const OpenPurchase* purchase = book.purchases.find(rule.purchase);
  if (purchase == nullptr || purchase->state != PurchaseState::suggested || purchase->vendor != vendor || purchase->automatic != automatic) return nullptr;
  const auto found = std::find_if(purchase->lines.begin(), purchase->lines.end(),
                                  [&](const PurchaseLineState& line) { return line.sku == rule.set.sku && line.warehouse == rule.set.warehouse; });
  return found == purchase->lines.end() ? nullptr : &*found;
}

LineNumber next_line(const OpenPurchase& purchase) noexcept {
  LineNumber last{};
  for (const PurchaseLineState& line : purchase.lines) last = std::max(last, line.line);
  return LineNumber{last.value + 1};
}

// Where the line goes: into a suggestion that is there, or a new purchase order.
void find_purchase(const Book& book, const Rule& rule, const Vendor& vendor, TimeUs now, ReorderDecision& decision) {
  const bool automatic = rule.set.mode == RuleMode::auto_po;
  decision.state = PurchaseState::suggested;
  if (const PurchaseLineState* line = line_to_raise(book, rule, vendor.code, automatic); line != nullptr) {
    decision.purchase_lsn = rule.purchase;
    decision.purchase = book.purchases.find(rule.purchase)->id;
    decision.line = line->line;
    decision.line_quantity = line->quantity + decision.quantity;
    decision.promised = std::max(line->promised, decision.promised);
    return;
  }
  decision.line = LineNumber{1};
  decision.line_quantity = decision.quantity;
  if (automatic && vendor.cut_off < 0) {
    decision.state = PurchaseState::approved;
    if (decision.promised.value != 0) decision.promised = std::max(decision.promised, TimeUs{now.value + 1});
    return;
  }
  Lsn lsn{};
  if (const OpenPurchase* purchase = book.purchases.suggestion(vendor.code, automatic, now, lsn); purchase != nullptr) {
    decision.purchase_lsn = lsn;
    decision.purchase = purchase->id;
    decision.line = next_line(*purchase);
    return;
  }
  decision.closes = next_cut_off(vendor.cut_off, now);
}

}  // namespace

bool is_active(const Rule& rule, TimeUs now) noexcept { return rule.set.mode != RuleMode::off && rule.set.snoozed_until <= now; }

bool would_act(const Book& book, const Rule& rule, const Position& position, TimeUs now) noexcept {
  if (!is_active(rule, now)) return false;
  if (position.value() > line_of(rule.set)) return rule.triggered;
  return !rule.triggered || (rule.purchase.value != 0 && book.purchases.find(rule.purchase) == nullptr);
}

ReorderPlan plan_reorder(const SharedState& shared, const Book& book, const Rule& rule, const Position& position, TimeUs now) {
  ReorderPlan plan;
  ReorderDecision& decision = plan.decision;
  decision.sku = rule.set.sku;
  decision.warehouse = rule.set.warehouse;
  decision.mode = rule.set.mode;
  decision.pooled = rule.set.pooled != 0;
  decision.point = rule.set.point;
  decision.available = position.available;
  decision.incoming = position.incoming;
  decision.waiting = position.waiting;
  decision.cleared = position.value() > line_of(rule.set);
  if (decision.cleared || rule.set.mode == RuleMode::alert) return plan;
  const VendorId id = vendor_of(book, rule);
  decision.quantity = id.value == 0 ? 0 : quantity_of(shared, book, rule.set, position.value());
  if (decision.quantity == 0) return plan;
  const Vendor& vendor = book.vendors.at(id);
  decision.vendor = vendor.code;
  decision.promised = days_from(now, lead_days_of(book, rule, id));
  find_purchase(book, rule, vendor, now, decision);
  return plan;
}

TimeUs fallback_date(const Book& book, const CatalogueView& catalogue, SkuId sku, WarehouseId pinned, TimeUs now) {
  const auto orders = [](const Rule* rule) { return rule != nullptr && rule->set.mode >= RuleMode::suggest; };
  const Rule* rule = nullptr;
  if (pinned.value != 0) {
    rule = book.rules.find(sku, pinned);
  } else if (book.rules.has(sku)) {
    for (std::size_t next = 0; !orders(rule) && next < catalogue.by_priority.size(); ++next) rule = book.rules.find(sku, catalogue.by_priority[next]);
  }
  if (!orders(rule)) return {};
  return days_from(now, lead_days_of(book, *rule, vendor_of(book, *rule)));
}

}  // namespace earmark::engine
