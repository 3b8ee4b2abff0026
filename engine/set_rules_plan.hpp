// What a SetRules changes, worked out without changing anything; refused as docs/RULES.md says, by the first that holds. Called by the settler alone.
#pragma once

#include <vector>

#include "engine/book.hpp"
#include "engine/command.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"

namespace earmark::engine {

struct SetRulesPlan {
  Error error;
  std::vector<VendorSet> vendors;  // by position in the command
  std::vector<SourceSet> sources;
  std::vector<RuleSet> rules;
};
SetRulesPlan plan_set_rules(const SetRules& set, const Book& book, const CatalogueView& catalogue, TimeUs now);

}  // namespace earmark::engine
