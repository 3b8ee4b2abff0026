#include "engine/set_rules_plan.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>
#include <utility>

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
      if (!same_rule(rule.set, rule.before)) plan_.rules.push_back(rule.set);
    }
    leave_out_vendors();
    return std::move(plan_);
  }

 private:
  struct Changed {
    RuleSet set, before;
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
      changed_.push_back(false);
      return ErrorCode::none;
    }
    if (bad_lead_time(entry.lead_days) || entry.cut_off < -1 || entry.cut_off >= 24 * 60) return ErrorCode::bad_lead_time;
    const std::string_view name = entry.name.empty() && known != nullptr ? std::string_view(known->name) : entry.name;
    plan_.vendors.push_back({entry.code, name, entry.lead_days, entry.cut_off});
    changed_.push_back(known == nullptr || known->name != name || known->lead_days != entry.lead_days || known->cut_off != entry.cut_off);
    return ErrorCode::none;
  }

  ErrorCode add(const SourceRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (row.vendor == 0 || row.vendor > set_.vendors.size()) return ErrorCode::unknown_vendor;
    if (bad_lead_time(row.lead_days)) return ErrorCode::bad_lead_time;
    const auto [present, is_first] = sources_.try_emplace({row.sku.value, row.vendor}, no_source);
    for (const Source& source : book_.vendors.sources_of(row.sku)) {
      if (is_first && book_.vendors.at(source.vendor).code == code_of(row.vendor)) present->second = source.lead_days;
    }
    if (std::exchange(present->second, row.lead_days) != row.lead_days) plan_.sources.push_back({row.sku, row.vendor, row.lead_days});
    return ErrorCode::none;
  }

  ErrorCode add(const RuleRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (!catalogue_.knows(row.warehouse)) return ErrorCode::unknown_warehouse;
    if (row.mode != RuleMode::off && is_bad(row)) return ErrorCode::bad_rule;
    if (bad_lead_time(row.lead_days)) return ErrorCode::bad_lead_time;
    if (row.vendor > set_.vendors.size()) return ErrorCode::unknown_vendor;
    const auto of_command = sources_.lower_bound({row.sku.value, 0});
    const bool has_source = !book_.vendors.sources_of(row.sku).empty() || (of_command != sources_.end() && of_command->first.first == row.sku.value);
    if (row.mode >= RuleMode::suggest && row.vendor == 0 && !has_source) return ErrorCode::unknown_vendor;
    RuleSet rule{{}, row.sku, row.vendor, static_cast<Quantity>(row.point), static_cast<Quantity>(row.quantity), static_cast<Quantity>(row.minimum),
                 static_cast<Quantity>(row.multiple), static_cast<Quantity>(row.maximum), row.lead_days, row.warehouse, row.kind, row.mode, row.pooled != 0};
    if (row.mode == RuleMode::off) rule = off(row.sku, row.warehouse);
    RuleSet& before = present(row.sku, row.warehouse).set;
    if (row.mode != RuleMode::off) rule.snoozed_until = before.snoozed_until;
    before = rule;
    return ErrorCode::none;
  }

  ErrorCode add(const SnoozeRow& row) {
    if (!catalogue_.knows(row.sku)) return ErrorCode::unknown_sku;
    if (!catalogue_.knows(row.warehouse)) return ErrorCode::unknown_warehouse;
    if (row.until.value < 0 || row.until.value > max_time_us || (row.until.value != 0 && row.until <= now_)) return ErrorCode::bad_lead_time;
    Changed& rule = present(row.sku, row.warehouse);
    if (rule.set.mode == RuleMode::off) return ErrorCode::unknown_rule;
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
    RuleSet& set = place->second.set;
    set = off(sku, warehouse);
    if (const Rule* rule = book_.rules.find(sku, warehouse); rule != nullptr) {
      set = rule->set;
      set.vendor = rule->vendor.value == 0 ? 0 : position_of(book_.vendors.at(rule->vendor));
    }
    place->second.before = set;
    return place->second;
  }
  std::uint32_t position_of(const Vendor& vendor) {
    for (std::uint32_t index = 0; index < plan_.vendors.size(); ++index) {
      if (plan_.vendors[index].code == vendor.code) return index + 1;
    }
    plan_.vendors.push_back({vendor.code, vendor.name, vendor.lead_days, vendor.cut_off});
    changed_.push_back(false);
    return static_cast<std::uint32_t>(plan_.vendors.size());
  }
  // Those that neither have changed nor are named by what has.
  void leave_out_vendors() {
    std::vector<std::uint32_t> now(plan_.vendors.size() + 1);  // by position
    for (const SourceSet& source : plan_.sources) now[source.vendor] = 1;
    for (const RuleSet& rule : plan_.rules) now[rule.vendor] = 1;
    std::vector<VendorSet> kept;
    now[0] = 0;
    for (std::size_t position = 1; position < now.size(); ++position) {
      if (now[position] == 0 && !changed_[position - 1]) continue;
      kept.push_back(plan_.vendors[position - 1]);
      now[position] = static_cast<std::uint32_t>(kept.size());
    }
    for (SourceSet& source : plan_.sources) source.vendor = now[source.vendor];
    for (RuleSet& rule : plan_.rules) rule.vendor = now[rule.vendor];
    plan_.vendors = std::move(kept);
  }

  const SetRules& set_;
  const Book& book_;
  const CatalogueView& catalogue_;
  TimeUs now_;
  SetRulesPlan plan_;
  std::unordered_set<std::string_view> named_;
  std::vector<bool> changed_;  // vendors, by position
  static constexpr std::int32_t no_source = -2;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int32_t> sources_;  // SKU, vendor's position: lead days as the rows so far leave them
  std::map<Rules::Key, Changed> rules_;
};

}  // namespace

SetRulesPlan plan_set_rules(const SetRules& set, const Book& book, const CatalogueView& catalogue, TimeUs now) {
  return Planner(set, book, catalogue, now).plan();
}

}  // namespace earmark::engine
