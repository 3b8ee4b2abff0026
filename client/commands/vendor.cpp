// earmark vendor set, source and list: who sells what, how long it takes, and how late it comes.
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "client/commands/ask.hpp"
#include "client/commands/send.hpp"
#include "client/cut_off.hpp"
#include "client/describe.hpp"
#include "client/items.hpp"
#include "client/rules_text.hpp"
#include "client/table.hpp"

namespace earmark::client {
namespace {

constexpr const char* set_notes = R"(
What is not named stays as it is; "none" takes it away. The lead time, from order to arrival, dates what reorder rules order. Up to the cut-off, a time of
day in UTC, lines to this vendor are gathered in one purchase order.

EXAMPLES
  earmark vendor set V-TIMBER --name "Nordic Timber Mills" --lead-days 9
  earmark vendor set V-TIMBER --cut-off 14:30
  earmark vendor set V-TIMBER --cut-off none)";

constexpr const char* source_notes = R"(
Says that the vendor sells the SKU. A reorder rule without a vendor orders from the source with the shortest lead time.

EXAMPLES
  earmark vendor source BEAM-LVL V-TIMBER
  earmark vendor source BEAM-LVL V-PANEL --lead-days 4)";

constexpr const char* list_notes = R"(
ARRIVALS counts rows of receipts that had a promised date. TYPICAL LATENESS is by how much they were late on average (early ones count as on time), a day at
least: overdue purchase orders of the vendor are expected so much later than now. SKUS is how many he is a source of.

EXAMPLES
  earmark vendor list
  earmark vendor list --json | jq 'select(.arrivals > 10)')";

struct SetOptions {
  std::string code, name, lead_days, cut_off;
};

struct SourceOptions {
  Source source;
  std::optional<std::uint64_t> lead_days;
};

Outcome<std::optional<std::int32_t>> parse_days(const std::string& text) {
  if (text == "none") return std::optional<std::int32_t>();
  const auto days = whole_number(text);
  if (!days || *days < 0 || *days > INT32_MAX) return usage("--lead-days wants days, for example 9, or none, not '" + text + "'");
  return std::optional(static_cast<std::int32_t>(*days));
}

Outcome<void> set(const Globals& globals, const SetOptions& options) {
  if (options.name.empty() && options.lead_days.empty() && options.cut_off.empty()) {
    return usage("say what to set: --name, --lead-days, --cut-off");
  }
  Vendor vendor{options.code, options.name, {}, {}};
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto known = ask<RulesAnswer>(*client, RulesQuestion{});
  if (!known) return Unexpected{known.error()};
  for (const VendorState& state : known->vendors) {
    if (state.vendor.code == vendor.code) vendor.lead_days = state.vendor.lead_days, vendor.cut_off = state.vendor.cut_off;
  }
  if (!options.lead_days.empty()) {
    const auto days = parse_days(options.lead_days);
    if (!days) return Unexpected{days.error()};
    vendor.lead_days = *days;
  }
  if (!options.cut_off.empty()) {
    const auto minute = parse_cut_off(options.cut_off);
    if (!minute) return Unexpected{minute.error()};
    vendor.cut_off = *minute;
  }
  return send(*client, globals, SetRules{{std::move(vendor)}, {}, {}, {}});
}

Outcome<void> source(const Globals& globals, SourceOptions options) {
  if (options.lead_days) options.source.lead_days = static_cast<std::int32_t>(*options.lead_days);
  return send(globals, SetRules{{}, {options.source}, {}, {}});
}

Json json_of(const VendorState& state, const Json& sources, std::uint64_t as_of) {
  Json json{{"vendor", state.vendor.code}, {"name", state.vendor.name}, {"arrivals", state.arrivals}, {"typical_lateness_us", state.typical_lateness_us},
            {"sources", sources}, {"as_of", as_of}};
  if (state.vendor.lead_days) json["lead_days"] = *state.vendor.lead_days;
  if (state.vendor.cut_off) json["cut_off"] = *state.vendor.cut_off;
  return json;
}

Outcome<void> list(const Globals& globals) {
  auto client = connect(globals);
  if (!client) return Unexpected{client.error()};
  const auto answer = ask<RulesAnswer>(*client, RulesQuestion{});
  if (!answer) return Unexpected{answer.error()};
  std::map<std::string, Json> sources;
  for (const Source& source : answer->sources) {
    Json& of_vendor = sources.try_emplace(source.vendor, Json::array()).first->second;
    of_vendor.push_back({{"sku", source.sku}});
    if (source.lead_days) of_vendor.back()["lead_days"] = *source.lead_days;
  }
  Table table({{"VENDOR"}, {"NAME"}, {"LEAD TIME"}, {"CUT-OFF"}, {"ARRIVALS", Align::right}, {"TYPICAL LATENESS"}, {"SKUS", Align::right}});
  for (const VendorState& state : answer->vendors) {
    const Json& his = sources.try_emplace(state.vendor.code, Json::array()).first->second;
    if (globals.json) {
      if (auto done = print_json(json_of(state, his, answer->as_of)); !done) return done;
    } else {
      table.add({state.vendor.code, state.vendor.name, days_text(state.vendor.lead_days), cut_off_text(state.vendor.cut_off), amount(state.arrivals),
                 state.arrivals == 0 ? "-" : lateness_text(state.typical_lateness_us), amount(his.size())});
    }
  }
  if (globals.json) return {};
  if (answer->vendors.empty()) return print("No vendor is known; earmark vendor set makes one.\n");
  return print(table.text() + counted(answer->vendors.size(), "vendor") + ", true at decision " + std::to_string(answer->as_of) + ".\n");
}

}  // namespace

Run add_vendor_set(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<SetOptions>();
  options.needed("vendor", chosen->code, "VENDOR", "Code of the vendor, up to 64 bytes")
      .text("--name", chosen->name, "NAME", "What he is called")
      .text("--lead-days", chosen->lead_days, "DAYS", "From order to arrival; none: not known")
      .text("--cut-off", chosen->cut_off, "HH:MM", "Up to when lines are gathered each day, UTC; none: no cut-off")
      .notes(set_notes);
  return [&globals, chosen] { return set(globals, *chosen); };
}

Run add_vendor_source(Options& options, const Globals& globals) {
  auto chosen = std::make_shared<SourceOptions>();
  options.needed("sku", chosen->source.sku, "SKU", "What he sells")
      .needed("vendor", chosen->source.vendor, "VENDOR", "Who sells it")
      .number("--lead-days", chosen->lead_days, 0, 1'000'000, "DAYS", "Lead time of this SKU; without it the vendor's")
      .notes(source_notes);
  return [&globals, chosen] { return source(globals, *chosen); };
}

Run add_vendor_list(Options& options, const Globals& globals) {
  options.notes(list_notes);
  return [&globals] { return list(globals); };
}

}  // namespace earmark::client
