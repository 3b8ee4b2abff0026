// Vendors and reorder rules: what is set, and what rules make of positions: all of them are looked at after every decision, SKU by SKU, the
// rules of a SKU again until none has anything to say.
#include <algorithm>
#include <cstring>

#include "tests/model/twin.hpp"

namespace earmark::model {

using engine::PurchaseState;
using engine::Quantity;
using engine::RuleMode;
using engine::TimeUs;

namespace {

constexpr std::int64_t day_us = 86'400'000'000, end_of_9999 = 253'402'300'799'999'999;
constexpr std::uint64_t most_open = 2'147'483'647;
constexpr std::size_t most_lines = 4'096;

engine::RuleSet set_by(const engine::RuleRow& row) {
  if (row.mode == RuleMode::off) return {.sku = row.sku, .warehouse = row.warehouse};
  return {.sku = row.sku, .point = static_cast<Quantity>(row.point), .quantity = static_cast<Quantity>(row.quantity),
          .minimum = static_cast<Quantity>(row.minimum), .multiple = static_cast<Quantity>(row.multiple),
          .maximum = static_cast<Quantity>(row.maximum), .lead_days = row.lead_days, .warehouse = row.warehouse, .kind = row.kind,
          .mode = row.mode, .pooled = row.pooled};
}

bool operator==(const engine::RuleSet& one, const engine::RuleSet& other) { return std::memcmp(&one, &other, sizeof one) == 0; }

// As the rows of a command leave it: the rule, and its vendor's code.
using NewRules = std::map<CellKey, std::pair<engine::RuleSet, std::string>>;

// What stands; mode off: nothing.
std::pair<engine::RuleSet, std::string> standing(const State& state, const CellKey& key) {
  const auto found = state.rules.find(key);
  if (found == state.rules.end()) return {{.sku = key.first, .warehouse = key.second}, ""};
  return {found->second.set, found->second.vendor};
}

NewRules new_rules(const State& state, const engine::SetRules& command) {
  NewRules rules;
  const auto present = [&](engine::SkuId sku, engine::WarehouseId warehouse) -> auto& {
    return rules.try_emplace({sku, warehouse}, standing(state, {sku, warehouse})).first->second;
  };
  for (const engine::RuleRow& row : command.rules) {
    auto& [set, vendor] = present(row.sku, row.warehouse);
    const TimeUs snoozed = row.mode == RuleMode::off ? TimeUs{} : set.snoozed_until;
    set = set_by(row);
    set.snoozed_until = snoozed;
    vendor = row.vendor == 0 || row.mode == RuleMode::off ? "" : command.vendors[row.vendor - 1].code;
  }
  for (const engine::SnoozeRow& row : command.snoozes) present(row.sku, row.warehouse).first.snoozed_until = row.until;
  std::erase_if(rules, [&](const auto& each) {
    const auto [set, vendor] = standing(state, each.first);
    return set == each.second.first && vendor == each.second.second;
  });
  return rules;
}

// Goes on with what it waits for, if it is the same but for its snooze.
void set_rule(State& state, engine::RuleSet set, const std::string& vendor) {
  const CellKey key{set.sku, set.warehouse};
  if (set.mode == RuleMode::off) {
    state.rules.erase(key);
    return;
  }
  Rule& rule = state.rules[key];
  engine::RuleSet before = rule.set;
  before.snoozed_until = set.snoozed_until;
  if (before == set && rule.vendor == vendor) rule.set.snoozed_until = set.snoozed_until;
  else rule = {.set = set, .vendor = vendor};
  rule.asleep = set.snoozed_until > state.time;
}

// True: it is new or has changed.
bool set_vendor(State& state, const engine::VendorEntry& entry) {
  if (entry.only_named) return false;
  Vendor& vendor = state.vendors[std::string(entry.code)];
  const Vendor before = vendor;
  if (!entry.name.empty()) vendor.name = entry.name;
  vendor.lead_days = entry.lead_days;
  vendor.cut_off = entry.cut_off;
  vendor.listed = true;
  return !before.listed || before.name != vendor.name || before.lead_days != vendor.lead_days || before.cut_off != vendor.cut_off;
}

}  // namespace

// The record names the command's vendors that have changed or that rows of the record name, then those of rules that are only snoozed.
Answer Twin::set_rules(const engine::SetRules& command, TimeUs now) {
  if (const auto fault = refusal(state_, command, std::max(state_.time, now)); fault.code != engine::ErrorCode::none) return error(fault);
  Answer answer;
  answer.stamp = next_stamp(now, {});
  std::set<std::string, std::less<>> named;
  for (const engine::VendorEntry& entry : command.vendors) {
    if (set_vendor(state_, entry)) named.emplace(entry.code);
  }
  std::vector<std::pair<engine::SourceSet, std::string>> sources;
  for (const engine::SourceRow& row : command.sources) {
    const std::string code(command.vendors[row.vendor - 1].code);
    const auto [seller, is_new] = state_.sellers[row.sku].try_emplace(code, row.lead_days);
    if (!is_new && seller->second == row.lead_days) continue;
    seller->second = row.lead_days;
    sources.push_back({{row.sku, 0, row.lead_days}, code});
    named.insert(code);
  }
  const NewRules rules = new_rules(state_, command);
  for (const auto& [key, rule] : rules) named.insert(rule.second);

  RulesAnswer decision{.texts = std::make_shared<std::deque<std::string>>()};
  std::map<std::string, std::uint32_t, std::less<>> positions{{"", 0}};
  const auto name_vendor = [&](std::string_view code) {
    if (!named.contains(code) || !positions.try_emplace(std::string(code), decision.vendors.size() + 1).second) return;
    const Vendor& vendor = state_.vendors.at(std::string(code));
    decision.vendors.push_back({decision.texts->emplace_back(code), decision.texts->emplace_back(vendor.name), vendor.lead_days, vendor.cut_off});
  };
  for (const engine::VendorEntry& entry : command.vendors) name_vendor(entry.code);
  for (const auto& [key, rule] : rules) name_vendor(rule.second);
  for (const auto& [source, code] : sources) decision.sources.push_back({source.sku, positions.at(code), source.lead_days});
  for (const auto& [key, rule] : rules) {
    decision.rules.push_back(rule.first);
    decision.rules.back().vendor = positions.at(rule.second);
    set_rule(state_, rule.first, rule.second);
  }
  answer.decision = std::move(decision);
  return answer;
}

// ---- what rules make of positions ----

std::optional<Answer> Twin::next_of_rules() {
  while (look_) {
    const auto next = state_.rules.upper_bound({look_->sku, look_->warehouse});
    if (next == state_.rules.end() || next->first.first != look_->sku) {
      if (std::exchange(look_->again, false)) look_->warehouse = {};
      else if (next == state_.rules.end()) look_.reset();
      else look_ = Look{.sku = next->first.first};
      continue;
    }
    Look look{next->first.first, next->first.second, look_->again};
    auto answer = look_at(next->second);
    look.again = look.again || (answer && answer->as<ReorderAnswer>().quantity > 0);
    look_ = look;  // which every record else begins anew
    if (answer) return answer;
  }
  return std::nullopt;
}

std::optional<Answer> Twin::look_at_rule(engine::SkuId sku, engine::WarehouseId warehouse, TimeUs now) {
  const auto rule = state_.rules.find({sku, warehouse});
  if (rule == state_.rules.end()) return std::nullopt;
  state_.time = std::max(state_.time, now);
  if (rule->second.set.snoozed_until <= state_.time) rule->second.asleep = false;  // a start looks at all of them, before timers run
  return look_at(rule->second);
}

std::optional<Answer> Twin::look_at(Rule& rule) {
  if (rule.asleep) return std::nullopt;
  const Position position = Positions(state_).of(rule.set.sku, rule.set.warehouse, rule.set.pooled != 0);
  const bool below = rule.is_below(position.units());
  if (!below && !rule.triggered) return std::nullopt;
  const bool over = rule.purchase.value != 0 && state_.purchases.at(rule.purchase).is_closed();
  if (below && rule.triggered && !over) return std::nullopt;

  Answer answer;
  answer.stamp = next_stamp(state_.time, {});
  ReorderAnswer decision{.sku = rule.set.sku, .warehouse = rule.set.warehouse, .mode = rule.set.mode, .pooled = rule.set.pooled != 0, .cleared = !below,
                         .point = rule.set.point, .available = position.available, .incoming = position.incoming, .waiting = position.waiting};
  rule.triggered = below;
  std::uint64_t on_order = 0;
  for (const auto& [lsn, purchase] : state_.purchases) {
    for (const PurchaseLine& line : purchase.lines) {
      if (!purchase.is_closed() && line.sku == rule.set.sku && line.warehouse == rule.set.warehouse) on_order += line.open();
    }
  }
  const Quantity quantity = !below || rule.set.mode == RuleMode::alert ? 0 : rule.quantity_at(position.units(), most_open - on_order);
  if (below) rule.purchase = quantity > 0 ? order(rule, quantity, answer.stamp, decision) : engine::Lsn{};
  if (quantity > 0) rule.triggered = rule.is_below(position.units() + quantity);
  const bool is_new = quantity > 0 && decision.purchase_lsn.value == 0;
  const std::string id = decision.purchase;
  answer.decision = std::move(decision);
  if (is_new) state_.known.emplace(std::pair{engine::IdSpace::purchase, id}, Known{0, answer});
  return answer;
}

// The rule's own line, as long as it is suggested and would be ordered the same way; else the newest suggestion that takes lines; else a new one.
engine::Lsn Twin::order(const Rule& rule, Quantity quantity, const engine::Stamp& stamp, ReorderAnswer& decision) {
  const Choice choice = vendor_of(state_, rule);
  const bool automatic = rule.set.mode == RuleMode::auto_po;
  const std::int16_t cut_off = state_.vendors.at(choice.vendor).cut_off;
  TimeUs promised;
  if (choice.lead_days != -1) promised.value = std::min(stamp.time.value + choice.lead_days * day_us, end_of_9999);

  Purchase* to = nullptr;
  PurchaseLine* line = nullptr;
  for (auto& [lsn, purchase] : state_.purchases) {
    if (purchase.state != PurchaseState::suggested || purchase.automatic != automatic || purchase.vendor != choice.vendor) continue;
    const auto own = std::ranges::find_if(purchase.lines, [&](const PurchaseLine& each) { return each.sku == rule.set.sku && each.warehouse == rule.set.warehouse; });
    if (lsn == rule.purchase && own != purchase.lines.end()) {
      to = &purchase;
      line = &*own;
      break;
    }
    if (purchase.lines.size() < most_lines && (purchase.closes.value == 0 || stamp.time < purchase.closes)) to = &purchase;
  }
  const bool at_once = automatic && cut_off == -1 && line == nullptr;
  if (at_once) to = nullptr;
  if (at_once && choice.lead_days != -1) promised = std::max(promised, TimeUs{stamp.time.value + 1});
  if (to == nullptr) {
    to = &state_.purchases[stamp.lsn];
    *to = {.id = "reorder-" + std::to_string(stamp.lsn.value), .vendor = choice.vendor, .lsn = stamp.lsn,
           .state = at_once ? PurchaseState::approved : PurchaseState::suggested, .automatic = automatic};
    if (!at_once && cut_off != -1) to->closes = next_cut_off(cut_off, stamp.time);
    decision.closes = to->closes;
  } else {
    decision.purchase_lsn = to->lsn;
  }
  if (line == nullptr) {
    engine::LineNumber number{1};
    for (const PurchaseLine& each : to->lines) number = std::max(number, engine::LineNumber{each.number.value + 1});
    line = &to->lines.emplace_back(PurchaseLine{.number = number, .sku = rule.set.sku, .warehouse = rule.set.warehouse});
  }
  line->ordered += quantity;
  line->promised = line->first_promised = line->expected = std::max(line->promised, promised);
  if (at_once) state_.ordered[{line->sku, line->warehouse}] += quantity;
  decision.quantity = quantity;
  decision.vendor = choice.vendor;
  decision.purchase = to->id;
  decision.line = line->number;
  decision.line_quantity = line->ordered;
  decision.promised = line->promised;
  decision.state = to->state;
  return to->lsn;
}

// Who cancels what rules suggested does not want it: they wait until their position has been above the point.
void Twin::suggestion_cancelled(const Purchase& purchase) {
  for (auto& [key, rule] : state_.rules) {
    if (rule.purchase != purchase.lsn) continue;
    rule.triggered = true;
    rule.purchase = {};
  }
}

// The cut-off of what rules order by themselves has come.
PurchaseStepAnswer Twin::approve_at_cut_off(Purchase& purchase) {
  PurchaseStepAnswer decision{.command_id = {}, .purchase_id = purchase.id, .vendor = purchase.vendor, .purchase_lsn = purchase.lsn,
                              .step = engine::PurchaseStep::approve};
  approve(purchase, decision);
  take_effect(purchase, decision);
  return decision;
}

void Twin::rule_timers(std::set<DueTimer>& due) const {
  for (const auto& [lsn, purchase] : state_.purchases) {
    const bool closes = purchase.automatic && purchase.state == PurchaseState::suggested && purchase.closes.value != 0;
    if (closes && purchase.closes <= state_.time) due.insert({purchase.closes, TimerKind::purchase_cut_off, lsn.value});
  }
  for (const auto& [key, rule] : state_.rules) {
    const std::uint64_t subject = std::uint64_t{key.first.value} << 16 | key.second.value;
    if (rule.asleep && rule.set.snoozed_until <= state_.time) due.insert({rule.set.snoozed_until, TimerKind::rule_wakes, subject});
  }
}

void Twin::wake(engine::SkuId sku) {
  for (auto& [key, rule] : state_.rules) {
    if (key.first == sku && rule.set.snoozed_until <= state_.time) rule.asleep = false;
  }
  look_ = Look{};
}

// What happens by time, and what follows from it.
void Twin::wake(const Answer& answer) {
  std::set<engine::SkuId> skus;
  const auto touch = [&](const auto& rows) {
    for (const auto& row : rows) skus.insert(row.sku);
  };
  touch(answer.fills);
  if (const auto* end = std::get_if<HoldEndAnswer>(&answer.decision)) touch(end->lines);
  if (const auto* cancel = std::get_if<CancelAnswer>(&answer.decision)) touch(cancel->lines);
  if (const auto* due = std::get_if<AmendAnswer>(&answer.decision)) touch(state_.orders.at(state_.order_ids.at(due->order_id)).lines);
  if (const auto* step = std::get_if<PurchaseStepAnswer>(&answer.decision)) touch(step->changes);
  if (const auto* overdue = std::get_if<OverdueAnswer>(&answer.decision)) touch(overdue->lines);
  if (const auto* strict = std::get_if<StrictAnswer>(&answer.decision)) {
    touch(strict->lost);
    skus.insert(strict->served.begin(), strict->served.end());
  }
  for (const engine::SkuId sku : skus) wake(sku);
}

}  // namespace earmark::model
