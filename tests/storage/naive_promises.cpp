// What was promised and what came of it, and who sells what, counted naively (tests/storage/naive_figures.hpp).
#include <algorithm>
#include <set>

#include "tests/storage/naive_figures.hpp"

namespace earmark::storage::test {

using engine::PurchaseStep;

void NaiveFigures::judge_promise(NaiveLine& line) {
  NaiveDay& today = day(now_);
  const std::int64_t promised = line.settled ? 0 : line.promised;
  line.settle();
  if (promised == 0) {
    ++today.counts[DayCount::unpromised];
    return;
  }
  const bool is_kept = now_ <= promised;
  ++today.counts[is_kept ? DayCount::promises_kept : DayCount::promises_late];
  if (is_kept && promised - now_ >= 86'400'000'000) ++today.counts[DayCount::promises_early];
  today.durations[DurationKind::promise_late].push_back(is_kept ? 0 : static_cast<std::uint64_t>(now_ - promised));
  today.durations[DurationKind::promise_off].push_back(static_cast<std::uint64_t>(is_kept ? promised - now_ : now_ - promised));
}

void NaiveFigures::on(const engine::DatesDecision& decision) {
  for (const engine::MovedDate& moved : decision.lines) {
    NaiveLine& line = orders_.at(moved.order_lsn).lines.at(moved.line.value);
    if (line.promised == 0) line.promised = moved.date.value;
  }
}

void NaiveFigures::on(const engine::PurchaseDecision& decision) {
  NaivePurchase& placed = purchases_[lsn_];
  placed.vendor = decision.vendor;
  placed.draft = decision.state == engine::PurchaseState::draft;
  for (const engine::PurchasedLine& line : decision.lines) {
    placed.lines[line.line.value] = {line.sku, line.quantity, 0, line.promised.value, line.promised.value};
  }
}

void NaiveFigures::on(const engine::ReorderDecision& decision) {
  if (decision.quantity == 0) return;
  NaivePurchase& purchase = purchases_[decision.purchase_lsn.value == 0 ? lsn_ : decision.purchase_lsn];
  purchase.vendor = decision.vendor;
  purchase.draft = decision.state == engine::PurchaseState::suggested;
  purchase.lines[decision.line.value] = {decision.sku, decision.line_quantity, 0, decision.promised.value, decision.promised.value};
}

void NaiveFigures::give_up(const NaivePurchase& purchase, const NaivePurchaseLine& line, std::uint64_t units) {
  if (units == 0 || purchase.draft || line.first_promise == 0 || line.first_promise >= now_) return;
  deliveries_[{day_of(engine::TimeUs{now_}), purchase.vendor, line.sku.value}].counts[DeliveryCount::never_came] += units;
}

void NaiveFigures::on(const engine::PurchaseStepDecision& decision) {
  NaivePurchase& purchase = purchases_.at(decision.purchase_lsn);
  if (decision.step == PurchaseStep::close || decision.step == PurchaseStep::cancel) {
    for (const auto& [number, line] : purchase.lines) give_up(purchase, line, line.open());
  }
  if (decision.step == PurchaseStep::approve) purchase.draft = false;
  for (const engine::PurchaseChange& change : decision.changes) {
    if (decision.step != PurchaseStep::acknowledge) break;
    NaivePurchaseLine& line = purchase.lines.at(change.line.value);
    const std::uint64_t open = line.open();
    line.ordered = change.quantity;
    if (line.open() < open) give_up(purchase, line, open - line.open());
    line.promise = change.promised.value;
    if (line.first_promise == 0) line.first_promise = line.promise;
  }
  purchase.open = engine::is_open(decision.state);
}

void NaiveFigures::on(const engine::PurchaseReceiptDecision& decision) {
  NaivePurchase& purchase = purchases_.at(decision.purchase_lsn);
  for (const engine::PurchaseArrivedRow& row : decision.rows) {
    left(row.sku, row.warehouse, row.available_after);
    NaivePurchaseLine& line = purchase.lines.at(row.line.value);
    const std::uint64_t units = std::uint64_t{row.quantity} + row.damaged;
    if (units == 0) continue;
    line.received += units;
    NaiveDelivery& of = deliveries_[{day_of(engine::TimeUs{now_}), purchase.vendor, row.sku.value}];
    ++of.counts[DeliveryCount::receipts];
    if (line.first_promise == 0) {
      ++of.counts[DeliveryCount::receipts_undated];
      of.counts[DeliveryCount::units_undated] += units;
    } else if (now_ > line.first_promise) {
      of.counts[DeliveryCount::units_late] += units;
      of.late.emplace_back(static_cast<std::uint64_t>(now_ - line.first_promise), units);
    } else {
      of.counts[DeliveryCount::units_on_time] += units;
      of.late.emplace_back(0, units);
    }
  }
  purchase.open = engine::is_open(decision.state);
}

void NaiveFigures::on(const engine::RulesDecision& decision) {
  const auto code = [&](std::uint32_t position) { return position == 0 ? std::string() : std::string(decision.vendors[position - 1].code); };
  for (const engine::VendorSet& set : decision.vendors) vendors_[std::string(set.code)] = {std::string(set.name), set.lead_days};
  for (const engine::SourceSet& set : decision.sources) sources_[{set.sku.value, code(set.vendor)}] = set.lead_days;
  for (const engine::RuleSet& set : decision.rules) {
    if (set.mode == engine::RuleMode::off) rules_.erase({set.sku.value, set.warehouse.value});
    else rules_[{set.sku.value, set.warehouse.value}] = code(set.vendor);
  }
}

std::int64_t NaiveFigures::lead_days(const std::string& code, std::uint32_t sku) const {
  const auto source = sources_.find({sku, code});
  return source != sources_.end() && source->second >= 0 ? source->second : vendor(code).lead_days;
}

std::string NaiveFigures::seller(std::uint32_t sku, std::uint16_t pinned) const {
  std::set<std::tuple<std::uint32_t, std::string, std::string>> by_rule;  // priority and code of the warehouse, vendor
  for (const auto& [place, code] : rules_) {
    const auto& [of, warehouse] = place;
    if (of != sku || code.empty() || (pinned != 0 && pinned != warehouse)) continue;
    by_rule.insert({warehouses_.at(warehouse).first, warehouses_.at(warehouse).second, code});
  }
  if (!by_rule.empty()) return std::get<2>(*by_rule.begin());
  std::set<std::pair<std::int64_t, std::string>> by_source;
  for (const auto& [of, own_lead_days] : sources_) {
    const std::int64_t days = lead_days(of.second, sku);
    if (of.first == sku) by_source.insert({days < 0 ? INT64_MAX : days, of.second});
  }
  return by_source.empty() ? std::string() : by_source.begin()->second;
}

}  // namespace earmark::storage::test
