#include "engine/set_rules_plan.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>

#include "engine/limits.hpp"

namespace earmark::engine {
namespace {

bool bad_lead_time(std::int32_t days) noexcept { return days < -1 || days > max_lead_days; }
bool bad_units(WireQuantity quantity) noexcept { return quantity < 0 || quantity > max_quantity; }

// It would order for ever, or nothing.
bool is_bad(const RuleRow& row) noexcept {
  if (row.kind < RuleKind::reorder_point || row.kind > RuleKind::lot_for_lot || row.mode > RuleMode::auto_po) return true;
  for (const WireQuantity units : {row.point, row.quantity, row.minimum, row.multiple, row.maximum}) {
    if (bad_units(units)) return true;
  }
  if (row.kind == RuleKind::reorder_point && row.quantity == 0) return true;
  if (row.kind == RuleKind::min_max && row.quantity <= row.point) return true;
  if (row.kind == RuleKind::lot_for_lot && (row.point | row.quantity) != 0) return true;
  if (row.maximum == 0) return false;
  const WireQuantity multiple = std::max<WireQuantity>(1, row.multiple);
  return row.maximum < multiple || row.maximum < (row.minimum + multiple - 1) / multiple * multiple;
}

class Planner {
 public:
  Planner(const SetRules& set, const Book& book, const CatalogueView& catalogue, TimeUs now) : set_(set), book_(book), catalogue_(catalogue), now_(now) {}

  SetRulesPlan plan() {
    const std::size_t most = std::max({set_.vendors.size(), set_.sources.size(), set_.rules.size(), set_.snoozes.size()});
    if (most > max_rule_rows) plan_.error.code = ErrorCode::too_many_lines;
    for (std::size_t row = 0; good() && row < set_.vendors.size(); ++row) fault(row, add(set_.vendors[row]));
    for (std::size_t row = 0; good() && row < set_.sources.size(); ++row) fault(row, add(set_.sources[row]));
    for (std::size_t row = 0; good() && row < set_.rules.size(); ++row) fault(row, add(set_.rules[row]));
    for (std::size_t row = 0; good() && row < set_.snoozes.size(); ++row) fault(row, add(set_.snoozes[row]));
    for (const auto& [key, rule] : rules_) {
      if (rule.changed) plan_.rules.push_back(rule.set);
    }
    return std::move(plan_);
  }

 private:
  struct Changed {
    RuleSet set;
    bool changed = false;
  };

  bool good() const noexcept { return plan_.error.code == ErrorCode::none; }
  void fault(std::size_t row, ErrorCode code) {
    if (code != ErrorCode::none) plan_.error = {code, static_cast<std::uint32_t>(row + 1), {}};
  }
  std::string_view code_of(std::uint32_t vendor) const { return vendor == 0 ? std::string_view() : plan_.vendors[vendor - 1].code; }

  ErrorCode add(const VendorEntry& entry) {
    if (entry.code.empty() || entry.code.size() > max_vendor_bytes || !named_.insert(entry.code).second) return ErrorCode::bad_vendor;
    const VendorId id = book_.vendors.known(entry.code);
    const Vendor* known = id.value == 0 ? nullptr : &book_.vendors.at(id);
    if (entry.only_named) {
      if (known == nullptr) return ErrorCode::unknown_vendor;
      plan_.vendors.push_back({known->code, known->name, known->lead_days, known->cut_off});
      return ErrorCode::none;
    }
    if (bad_lead_time(entry.lead_days) || entry.cut_off < -1 || entry.cut_off >= 24 * 60) return ErrorCode::bad_lead_time;
    const std::string_view name = entry.name.empty() && known != nullptr ? std::string_view(known->name) : entry.name;
    plan_.vendors.push_back({entry.code, name, entry.lead_days, entry.cut_off});
    return ErrorCode::none;
  }

  ErrorCode add(const SourceRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (row.vendor == 0 || row.vendor > set_.vendors.size()) return ErrorCode::unknown_vendor;
    if (bad_lead_time(row.lead_days)) return ErrorCode::bad_lead_time;
    new_sources_.insert(row.sku.value);
    for (const Source& source : book_.vendors.sources_of(row.sku)) {
      if (book_.vendors.at(source.vendor).code == code_of(row.vendor) && source.lead_days == row.lead_days) return ErrorCode::none;
    }
    plan_.sources.push_back({row.sku, row.vendor, row.lead_days});
    return ErrorCode::none;
  }

  ErrorCode add(const RuleRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (!catalogue_.knows(row.warehouse)) return ErrorCode::unknown_warehouse;
    if (row.mode != RuleMode::off && is_bad(row)) return ErrorCode::bad_rule;
    if (bad_lead_time(row.lead_days)) return ErrorCode::bad_lead_time;
    if (row.vendor > set_.vendors.size()) return ErrorCode::unknown_vendor;
    const bool has_source = !book_.vendors.sources_of(row.sku).empty() || new_sources_.contains(row.sku.value);
    if (row.mode >= RuleMode::suggest && row.vendor == 0 && !has_source) return ErrorCode::unknown_vendor;
    RuleSet rule{{}, row.sku, row.vendor, static_cast<Quantity>(row.point), static_cast<Quantity>(row.quantity), static_cast<Quantity>(row.minimum),
                 static_cast<Quantity>(row.multiple), static_cast<Quantity>(row.maximum), row.lead_days, row.warehouse, row.kind, row.mode, row.pooled != 0};
    if (row.mode == RuleMode::off) rule = off(row.sku, row.warehouse);
    Changed& before = present(row.sku, row.warehouse);
    const bool same = same_rule(before.set, rule);
    before = {rule, before.changed || !same};
    return ErrorCode::none;
  }

  ErrorCode add(const SnoozeRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (!catalogue_.knows(row.warehouse)) return ErrorCode::unknown_warehouse;
    if (row.until.value < 0 || row.until.value > max_time_us || (row.until.value != 0 && row.until <= now_)) return ErrorCode::bad_lead_time;
    Changed& rule = present(row.sku, row.warehouse);
    if (rule.set.mode == RuleMode::off) return ErrorCode::unknown_rule;
    rule.changed = rule.changed || rule.set.snoozed_until != row.until;
    rule.set.snoozed_until = row.until;
    return ErrorCode::none;
  }

  static RuleSet off(SkuId sku, WarehouseId warehouse) {
    RuleSet rule;
    rule.sku = sku;
    rule.warehouse = warehouse;
    return rule;
  }
  static bool same_rule(const RuleSet& one, const RuleSet& other) noexcept { return std::memcmp(&one, &other, sizeof one) == 0; }

  // The rule as the rows so far leave it. A vendor that this command does not name is added to it.
  Changed& present(SkuId sku, WarehouseId warehouse) {
    const auto [place, is_new] = rules_.try_emplace(Rules::key_of(sku, warehouse));
    if (!is_new) return place->second;
    place->second.set = off(sku, warehouse);
    const Rule* rule = book_.rules.find(sku, warehouse);
    if (rule == nullptr) return place->second;
    place->second.set = rule->set;
    place->second.set.vendor = rule->vendor.value == 0 ? 0 : position_of(book_.vendors.at(rule->vendor));
    return place->second;
  }
  std::uint32_t position_of(const Vendor& vendor) {
    for (std::uint32_t index = 0; index < plan_.vendors.size(); ++index) {
      if (plan_.vendors[index].code == vendor.code) return index + 1;
    }
    plan_.vendors.push_back({vendor.code, vendor.name, vendor.lead_days, vendor.cut_off});
    return static_cast<std::uint32_t>(plan_.vendors.size());
  }

  const SetRules& set_;
  const Book& book_;
  const CatalogueView& catalogue_;
  TimeUs now_;
  SetRulesPlan plan_;
  std::unordered_set<std::string_view> named_;
  std::unordered_set<std::uint32_t> new_sources_;
  std::map<Rules::Key, Changed> rules_;
};

}  // namespace

SetRulesPlan plan_set_rules(const SetRules& set, const Book& book, const CatalogueView& catalogue, TimeUs now) {
  return Planner(set, book, catalogue, now).plan();
}

}  // namespace earmark::engine
