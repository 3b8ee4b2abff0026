// The files of a data directory about purchasing: vendors.csv, sources.csv, rules.csv, and what products.csv says of vendors and reorder
// points (any may be .gz); and their way into the server, which changes nothing that stands like that already.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "client/client.hpp"
#include "client/values_rules.hpp"

namespace earmark::client {

// A row, and where it stands: "rules.csv:7: ".
template <class Row>
struct Placed {
  Row row{};
  std::string place{};
};

struct VendorInput {
  Vendor vendor{};
  bool says_lead_days = false, says_cut_off = false;  // else they stay as they are
};
struct RuleFiles {
  std::vector<Placed<VendorInput>> vendors;
  std::set<std::string> vendors_of_products;  // those that nobody knows are added without a name
  std::vector<Placed<Source>> sources;
  std::vector<Placed<ReorderRule>> rules;
  std::vector<Placed<ReorderRule>> of_products;  // for SKUs without a rule; no warehouse is named

  bool empty() const { return vendors.empty() && sources.empty() && rules.empty() && of_products.empty(); }
};

// Reads what is there.
Outcome<RuleFiles> read_rule_files(const std::filesystem::path& directory);

// What is to be set where `standing` is what the server has, and `first_warehouse` the first by priority.
struct RulePlan {
  std::vector<Placed<Vendor>> vendors;
  std::vector<Placed<Source>> sources;
  std::vector<Placed<ReorderRule>> rules;
  std::uint64_t left = 0;  // rules of products.csv whose SKU has another rule already
};
RulePlan plan_of(const RuleFiles& files, const RulesAnswer& standing, const std::string& first_warehouse);

struct RuleTotals {
  std::uint64_t vendors = 0, sources = 0, rules = 0, left = 0;
  engine::Lsn last{};  // 0: nothing was sent
};
// Sends it as as many commands as it takes; `progress(rows sent)` is called after each. A refusal names the row's place.
Outcome<RuleTotals> send_rules(Client& client, const RulePlan& plan, const std::function<void(std::uint64_t)>& progress);

}  // namespace earmark::client
