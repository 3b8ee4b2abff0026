// earmark rule list: every reorder rule, its position now, and what it has done.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "client/commands/ask.hpp"
#include "client/commands/command.hpp"
#include "client/describe.hpp"
#include "client/rules_text.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* notes = R"(
POSITION is available + in transit + open of purchase orders, suggestions and drafts too - what waits, as it is now. STATE: triggered, until the position is
above the point again; or snoozed. PURCHASE ORDER is the open one that the rule made or added to last.

EXAMPLES
  earmark rule list
  earmark rule list BEAM-LVL HANGER
  earmark rule list --vendor V-TIMBER --json)";

struct ListOptions {
  std::vector<std::string> skus;
  std::string vendor;
};

Json json_of(const RuleState& state, std::uint64_t as_of) {
  const ReorderRule& rule = state.rule;
  Json json{{"sku", rule.sku}, {"warehouse", rule.warehouse}, {"kind", name(rule.kind)}, {"mode", name(rule.mode)}, {"point", rule.point},
            {"quantity", rule.quantity}, {"pooled", rule.pooled}, {"position", state.position}, {"triggered", state.triggered}, {"as_of", as_of}};
  const std::pair<const char*, std::int64_t> limits[] = {{"minimum", rule.minimum}, {"multiple", rule.multiple}, {"maximum", rule.maximum},
                                                         {"snoozed_until_us", state.snoozed_until_us}};
  for (const auto& [field, number] : limits) {
    if (number != 0) json[field] = number;
  }
  if (!rule.vendor.empty()) json["vendor"] = rule.vendor;
  if (rule.lead_days) json["lead_days"] = *rule.lead_days;
  if (!state.purchase.empty()) json["purchase"] = state.purchase, json["purchase_lsn"] = state.purchase_lsn;
  return json;
}

std::string state_text(const RuleState& state, std::int64_t now) {
  if (state.snoozed_until_us > now) return "snoozed until " + time_text(engine::TimeUs{state.snoozed_until_us});
  return state.triggered ? "triggered" : "";
}

// All rules at one decision, or those of one SKU; with several SKUs all are asked for, and others left out.
Outcome<RulesAnswer> ask_for(Client& client, const ListOptions& options) {
  for (const std::string& sku : options.skus) {
    if (const auto known = known_sku(client, sku); !known) return Unexpected{known.error()};
  }
  auto answer = ask<RulesAnswer>(client, RulesQuestion{options.skus.size() == 1 ? options.skus.front() : "", options.vendor});
  if (answer && options.skus.size() > 1) {
    std::erase_if(answer->rules, [&](const RuleState& state) { return std::ranges::find(options.skus, state.rule.sku) == options.skus.end(); });
  }
  return answer;
}

Outcome<void> list(const Globals& globals, const ListOptions& options) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto answer = ask_for(*client, options);
  if (!answer) return Unexpected{answer.error()};
  Table table({{"SKU"}, {"WAREHOUSE"}, {"POSITION", Align::right}, {"RULE"}, {"MODE"}, {"VENDOR"}, {"STATE"}, {"PURCHASE ORDER"}});
  const std::int64_t now = command_time_us(globals);
  std::size_t triggered = 0;
  for (const RuleState& state : answer->rules) {
    triggered += state.triggered ? 1 : 0;
    if (globals.json) {
      if (auto done = print_json(json_of(state, answer->as_of)); !done) return done;
    } else {
      table.add({state.rule.sku, state.rule.warehouse, signed_text(state.position), rule_text(state.rule), std::string(name(state.rule.mode)),
                 state.rule.vendor.empty() ? "by lead time" : state.rule.vendor, state_text(state, now), state.purchase});
    }
  }
  if (globals.json) return {};
  if (answer->rules.empty()) return print("There is no such reorder rule; earmark rule set makes one.\n");
  return print(table.text() + counted(answer->rules.size(), "rule") + ", " + with_separators(triggered) + " triggered, true at decision " +
               std::to_string(answer->as_of) + ".\n");
}

}  // namespace

Run add_rule_list(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<ListOptions>();
  options.texts("skus", chosen->skus, "SKU", "Only rules of these SKUs")
      .text("--vendor", chosen->vendor, "VENDOR", "Only rules that name this vendor")
      .notes(notes);
  return [&globals, chosen] { return list(globals, *chosen); };
}

}  // namespace earmark::client
