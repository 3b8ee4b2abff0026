// The part of the story's language that is about vendors and reorder rules.
#include <algorithm>

#include "tests/model/story_words.hpp"

namespace earmark::model {
namespace {

constexpr int rule_modes = 4;  // names that there are, from 0 on

std::int32_t days(std::string_view text) { return text.empty() || text == "-" ? -1 : number<std::int32_t>(text); }

// ACME: only named. ACME=5/1020, ACME=5, ACME=-: lead days and cut-off.
VendorEntry parse_vendor(std::string_view word) {
  VendorEntry entry{.code = {}, .only_named = word.find('=') == std::string_view::npos};
  entry.code = before(word, '=');
  if (entry.code == "-") entry.code.clear();
  entry.lead_days = days(before(word, '/'));
  if (!word.empty()) entry.cut_off = number<std::int16_t>(word);
  return entry;
}

// 1-based; one behind the last if nothing names it.
std::uint32_t position(const SetRulesCommand& set, std::string_view code) {
  return static_cast<std::uint32_t>(std::ranges::find(set.vendors, code, &VendorEntry::code) - set.vendors.begin() + 1);
}

void option(engine::RuleRow& row, std::string_view word, const SetRulesCommand& set) {
  const std::string_view key = before(word, '=');
  if (key == "pooled") row.pooled = 1;
  else if (key == "min") row.minimum = number<engine::WireQuantity>(word);
  else if (key == "mult") row.multiple = number<engine::WireQuantity>(word);
  else if (key == "max") row.maximum = number<engine::WireQuantity>(word);
  else if (key == "of") row.vendor = position(set, word);
  else if (key == "lead") row.lead_days = days(word);
  else mistake(key);
}

// X@LON:suggest:5+10,min=12
engine::RuleRow parse_rule(std::string_view word, const SetRulesCommand& set, const Codes& codes) {
  engine::RuleRow row;
  row.sku = codes.sku(before(word, '@'));
  row.warehouse = codes.warehouse(before(word, ':'));
  row.mode = enumerator<engine::RuleMode>(before(word, ':'), rule_modes);
  std::string_view how = before(word, ',');
  if (how == "lot") {
    row.kind = engine::RuleKind::lot_for_lot;
  } else if (how.find('+') != std::string_view::npos) {
    row.point = number<engine::WireQuantity>(before(how, '+'));
    row.quantity = number<engine::WireQuantity>(how);
  } else if (!how.empty()) {
    row.kind = engine::RuleKind::min_max;
    row.point = number<engine::WireQuantity>(before(how, '.'));
    row.quantity = number<engine::WireQuantity>(how.substr(1));
  }
  while (!word.empty()) option(row, before(word, ','), set);
  return row;
}

}  // namespace

Command parse_rules(std::string_view text, const Codes& codes) {
  SetRulesCommand set;
  before(text, ' ');
  for (const std::string& word : words_of(before(text, '|'))) set.vendors.push_back(parse_vendor(word));
  for (const std::string& word : words_of(before(text, '|'))) {
    std::string_view rest = word;
    engine::SourceRow row;
    row.sku = codes.sku(before(rest, ':'));
    row.vendor = position(set, before(rest, '='));
    row.lead_days = days(rest);
    set.sources.push_back(row);
  }
  for (const std::string& word : words_of(before(text, '|'))) set.rules.push_back(parse_rule(word, set, codes));
  for (const std::string& word : words_of(text)) {
    std::string_view rest = word;
    engine::SnoozeRow row;
    row.sku = codes.sku(before(rest, '@'));
    row.warehouse = codes.warehouse(before(rest, '='));
    row.until = engine::TimeUs{microseconds(rest)};
    set.snoozes.push_back(row);
  }
  return set;
}

std::string tell(const engine::RulesDecision& decision, const Codes&) {
  return "set " + std::to_string(decision.vendors.size()) + " vendors " + std::to_string(decision.sources.size()) + " sources " +
         std::to_string(decision.rules.size()) + " rules";
}

std::string tell(const engine::ReorderDecision& decision, const Codes& codes) {
  std::string text = codes.name(decision.sku) + "@" + codes.name(decision.warehouse) + (decision.pooled ? " pooled" : "") + " at " +
                     std::to_string(decision.position()) + ": ";
  if (decision.cleared) return text + "cleared";
  if (decision.quantity == 0) return text + "alert";
  text += (decision.state == engine::PurchaseState::approved ? "orders " : "suggests ") + std::to_string(decision.quantity) + " of " + std::string(decision.vendor) +
          ", " + std::string(decision.purchase) + (decision.purchase_lsn.value == 0 ? "" : " again") + " line " + std::to_string(decision.line.value) + " makes " +
          std::to_string(decision.line_quantity);
  if (decision.promised.value != 0) text += " by " + moment(decision.promised);
  if (decision.closes.value != 0) text += ", closes " + moment(decision.closes);
  return text;
}

}  // namespace earmark::model
