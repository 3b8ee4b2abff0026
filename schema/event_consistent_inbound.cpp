#include <algorithm>

#include "engine/limits.hpp"
#include "schema/event_consistent.hpp"

namespace earmark::schema {
namespace {

constexpr std::int64_t units_bound = std::int64_t{1} << 61;  // three figures below it may be added

// Parallel to the lines or empty; later than what was promised, of which there is nothing to say where nothing was.
template <class Line>
bool are_estimates_of(std::span<const engine::TimeUs> estimates, std::span<const Line> lines) noexcept {
  if (estimates.empty()) return true;
  if (estimates.size() != lines.size()) return false;
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const engine::TimeUs promised = lines[index].promised;
    if (estimates[index].value != 0 && (promised.value == 0 || estimates[index] <= promised)) return false;
  }
  return true;
}

// Lines in order, one peg for each at most, and the orders are there.
bool are_pegs_of(const engine::PurchaseDecision& purchase) noexcept {
  for (std::size_t index = 0; index < purchase.pegs.size(); ++index) {
    const engine::PurchasePeg& peg = purchase.pegs[index];
    if (index != 0 && purchase.pegs[index - 1].index >= peg.index) return false;
    if (peg.index >= purchase.lines.size() || peg.order >= purchase.peg_orders.size() || peg.order_lsn.value == 0) return false;
  }
  return true;
}

bool is_lead_time(std::int32_t days) noexcept { return days >= -1 && days <= engine::max_lead_days; }

bool is_sound(const engine::RuleSet& rule, std::size_t vendors) noexcept {
  return rule.vendor <= vendors && rule.kind >= engine::RuleKind::reorder_point && rule.kind <= engine::RuleKind::lot_for_lot &&
         rule.mode <= engine::RuleMode::auto_po && rule.pooled <= 1 && is_lead_time(rule.lead_days);
}

}  // namespace

bool consistent(const engine::TransferShipDecision& ship) noexcept { return ship.source != ship.destination; }

// Only what is closed leaves units missing, and no more is over than arrived.
bool consistent(const engine::TransferReceiptDecision& receipt) noexcept {
  for (const engine::ArrivedRow& row : receipt.rows) {
    if (row.over > std::uint64_t{row.quantity} + row.damaged) return false;
  }
  return receipt.closed || receipt.missing.empty();
}

bool consistent(const engine::PurchaseDecision& purchase) noexcept {
  const bool placed = purchase.state == engine::PurchaseState::draft || purchase.state == engine::PurchaseState::approved ||
                      purchase.state == engine::PurchaseState::sent;
  return placed && are_pegs_of(purchase) && are_estimates_of(purchase.estimates, purchase.lines);
}

// Without a command it is approved, because its cut-off has come.
bool consistent(const engine::PurchaseStepDecision& step) noexcept {
  using engine::PurchaseState, engine::PurchaseStep;
  if (step.state == PurchaseState::suggested || (step.step == PurchaseStep::adopt) != (step.state == PurchaseState::draft)) return false;
  if (step.command_id.empty() && (step.step != PurchaseStep::approve || step.state != PurchaseState::approved)) return false;
  return are_estimates_of(step.estimates, step.changes);
}

bool consistent(const engine::PurchaseReceiptDecision& receipt) noexcept {
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    if (row.over > std::uint64_t{row.quantity} + row.damaged) return false;
  }
  return receipt.state == engine::PurchaseState::partly_received || receipt.state == engine::PurchaseState::received;
}

// What rows name is there, and every figure is one that a command may set.
bool consistent(const engine::RulesDecision& set) noexcept {
  const std::size_t vendors = set.vendors.size();
  return std::ranges::all_of(set.vendors, [](const engine::VendorSet& vendor) {
           return !vendor.code.empty() && is_lead_time(vendor.lead_days) && vendor.cut_off >= -1 && vendor.cut_off < 24 * 60;
         }) &&
         std::ranges::all_of(set.sources, [&](const engine::SourceSet& source) {
           return source.vendor >= 1 && source.vendor <= vendors && is_lead_time(source.lead_days);
         }) &&
         std::ranges::all_of(set.rules, [&](const engine::RuleSet& rule) { return is_sound(rule, vendors); });
}

// What is ordered has a purchase order and a vendor, and a new one has no more than what is ordered; what is told or cleared has neither.
bool consistent(const engine::ReorderDecision& reorder) noexcept {
  const auto is_sum = [](std::int64_t units) { return units > -units_bound && units < units_bound; };
  if (!is_sum(reorder.available) || !is_sum(reorder.incoming) || reorder.waiting >= std::uint64_t{units_bound}) return false;
  if (reorder.mode == engine::RuleMode::off) return false;
  if (reorder.quantity == 0) return reorder.vendor.empty() && reorder.purchase.empty() && reorder.purchase_lsn.value == 0;
  const bool made = reorder.purchase_lsn.value == 0;
  return !reorder.cleared && reorder.mode != engine::RuleMode::alert && !reorder.vendor.empty() && !reorder.purchase.empty() &&
         (made ? reorder.line_quantity == reorder.quantity : reorder.line_quantity >= reorder.quantity) &&
         (reorder.state == engine::PurchaseState::suggested || reorder.state == engine::PurchaseState::approved);
}

// Something is open of every line, and it comes later than was promised.
bool consistent(const engine::OverdueDecision& overdue) noexcept {
  if (overdue.transfer && !overdue.vendor.empty()) return false;
  return std::ranges::all_of(overdue.lines, [&](const engine::OverdueLine& line) {
    return line.open != 0 && line.promised < overdue.expected && !(overdue.transfer && line.line.value != 0);
  });
}

// Of one SKU; the orders are there, and every date is another than before.
bool consistent(const engine::DatesDecision& moved) noexcept {
  if (moved.orders.size() != moved.customers.size()) return false;
  return std::ranges::all_of(moved.lines, [&](const engine::MovedDate& line) {
    return line.order < moved.orders.size() && line.sku == moved.lines.front().sku && line.waiting != 0 && line.before != line.date;
  });
}

}  // namespace earmark::schema
