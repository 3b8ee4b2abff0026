// What of the files is new to the server, and its way there.
#include <algorithm>
#include <map>

#include "client/put.hpp"
#include "client/rule_files.hpp"
#include "engine/limits.hpp"

namespace earmark::client {
namespace {

constexpr std::size_t rows_of_a_command = 1'000;

class Planner {
 public:
  Planner(const RulesAnswer& standing, const std::string& first_warehouse) : first_warehouse_(first_warehouse) {
    for (const VendorState& each : standing.vendors) vendors_.emplace(each.vendor.code, each.vendor);
    for (const Source& each : standing.sources) sources_[each.sku].insert_or_assign(each.vendor, each.lead_days);
    for (const RuleState& each : standing.rules) rules_[each.rule.sku].push_back(each.rule);
  }

  RulePlan plan(const RuleFiles& files) {
    for (const auto& each : files.vendors) vendor(each);
    for (const std::string& code : files.vendors_of_products) {
      if (vendors_.try_emplace(code).second) plan_.vendors.push_back({{code, {}, {}, {}}, "products.csv: vendor '" + code + "': "});
    }
    for (const auto& each : files.sources) source(each);
    for (const auto& each : files.rules) rule(each);
    for (const auto& each : files.of_products) rule_of_product(each);
    return std::move(plan_);
  }

 private:
  void vendor(const Placed<VendorInput>& input) {
    Vendor wanted = input.row.vendor;
    const auto known = vendors_.find(wanted.code);
    if (known != vendors_.end()) {
      if (wanted.name.empty()) wanted.name = known->second.name;
      if (!input.row.says_lead_days) wanted.lead_days = known->second.lead_days;
      if (!input.row.says_cut_off) wanted.cut_off = known->second.cut_off;
      if (wanted == known->second) return;
    }
    vendors_.insert_or_assign(wanted.code, wanted);
    plan_.vendors.push_back({wanted, input.place});
  }

  void source(const Placed<Source>& wanted) {
    auto& of_sku = sources_[wanted.row.sku];
    const auto known = of_sku.find(wanted.row.vendor);
    if (known != of_sku.end() && known->second == wanted.row.lead_days) return;
    of_sku.insert_or_assign(wanted.row.vendor, wanted.row.lead_days);
    plan_.sources.push_back(wanted);
  }

  void rule(const Placed<ReorderRule>& wanted) {
    std::vector<ReorderRule>& of_sku = rules_[wanted.row.sku];
    const auto known = std::ranges::find(of_sku, wanted.row.warehouse, &ReorderRule::warehouse);
    const bool off = wanted.row.mode == engine::RuleMode::off;
    if (known == of_sku.end() ? off : *known == wanted.row) return;
    if (known != of_sku.end()) of_sku.erase(known);
    if (!off) of_sku.push_back(wanted.row);
    plan_.rules.push_back(wanted);
  }

  // Where nobody sells it, it can only tell.
  void rule_of_product(Placed<ReorderRule> wanted) {
    wanted.row.warehouse = first_warehouse_;
    const auto sold = sources_.find(wanted.row.sku);
    if (wanted.row.vendor.empty() && (sold == sources_.end() || sold->second.empty())) wanted.row.mode = engine::RuleMode::alert;
    const auto known = rules_.find(wanted.row.sku);
    if (known == rules_.end() || known->second.empty()) return rule(wanted);
    if (known->second != std::vector<ReorderRule>{wanted.row}) ++plan_.left;
  }

  const std::string& first_warehouse_;
  std::map<std::string, Vendor> vendors_;
  std::map<std::string, std::map<std::string, std::optional<std::int32_t>>> sources_;  // by SKU and vendor
  std::map<std::string, std::vector<ReorderRule>> rules_;                              // by SKU
  RulePlan plan_;
};

class Sender {
 public:
  Sender(Client& client, const std::function<void(std::uint64_t)>& progress) : client_(client), progress_(progress) {}

  RuleTotals totals;

  // `part` is where the rows of this kind stand in a command.
  template <class Row>
  Outcome<void> send(const std::vector<Placed<Row>>& rows, std::vector<Row> SetRules::*part) {
    for (std::size_t first = 0; first < rows.size(); first += rows_of_a_command) {
      const auto batch = std::span(rows).subspan(first, std::min(rows_of_a_command, rows.size() - first));
      SetRules set;
      for (const Placed<Row>& each : batch) (set.*part).push_back(each.row);
      if (auto done = send(set); !done) {
        Failure failure = done.error();
        if (failure.row != 0 && failure.row <= batch.size()) failure.text = batch[failure.row - 1].place + failure.text;
        return Unexpected{failure};
      }
      sent_ += batch.size();
      progress_(sent_);
    }
    return {};
  }

 private:
  Outcome<void> send(const SetRules& set) {
    if (auto good = check(set); !good) return good;
    auto message = client_.ask([&](std::uint64_t correlation) { return put(client_, correlation, set); });
    if (!message) return Unexpected{message.error()};
    return client_.each_event(*message, [&](const schema::Event& event) -> Outcome<void> {
      totals.last = event.stamp.lsn;
      return {};
    });
  }

  Client& client_;
  const std::function<void(std::uint64_t)>& progress_;
  std::uint64_t sent_ = 0;
};

}  // namespace

RulePlan plan_of(const RuleFiles& files, const RulesAnswer& standing, const std::string& first_warehouse) {
  return Planner(standing, first_warehouse).plan(files);
}

Outcome<RuleTotals> send_rules(Client& client, const RulePlan& plan, const std::function<void(std::uint64_t)>& progress) {
  Sender sender(client, progress);
  // Vendors before what names them, and who sells a SKU before the rules that choose among them.
  if (auto done = sender.send(plan.vendors, &SetRules::vendors); !done) return Unexpected{done.error()};
  if (auto done = sender.send(plan.sources, &SetRules::sources); !done) return Unexpected{done.error()};
  if (auto done = sender.send(plan.rules, &SetRules::rules); !done) return Unexpected{done.error()};
  sender.totals.vendors = plan.vendors.size(), sender.totals.sources = plan.sources.size(), sender.totals.rules = plan.rules.size();
  sender.totals.left = plan.left;
  return sender.totals;
}

}  // namespace earmark::client
