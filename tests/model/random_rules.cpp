// Random vendors, sources and reorder rules: few enough that many rules share a vendor and a SKU, with points and quantities about those of orders;
// cut-offs that come while a history runs.
#include <algorithm>

#include "tests/model/random_commands.hpp"

namespace earmark::model {
namespace {

using engine::RuleKind;
using engine::RuleMode;
using engine::WireQuantity;

constexpr WireQuantity most = engine::max_quantity;
constexpr std::uint64_t vendors = 4;

WireQuantity below(Random& random, std::uint64_t bound) { return static_cast<WireQuantity>(random.below(bound)); }
std::string vendor_code(std::uint64_t number) { return "vendor " + std::to_string(number); }

WireQuantity bad_units(Random& random) {
  constexpr WireQuantity all[] = {-1, most + 1, -most, INT64_MAX, INT64_MIN};
  return all[random.below(std::size(all))];
}

std::int32_t bad_days(Random& random) {
  constexpr std::int32_t all[] = {-2, 3'651, INT32_MAX, INT32_MIN};
  return all[random.below(std::size(all))];
}

template <class Row>
Row& one_of(std::vector<Row>& rows, Random& random) {
  return rows[random.below(rows.size())];
}

}  // namespace

std::int32_t RandomCommands::some_days() { return random_.chance(30) ? -1 : static_cast<std::int32_t>(random_.chance(5) ? 3'650 : random_.below(4)); }

VendorEntry RandomCommands::some_vendor(std::uint64_t number) {
  VendorEntry entry{.code = vendor_code(number)};
  entry.only_named = given_rules_ > 3 && random_.chance(50);
  if (entry.only_named) return entry;
  if (random_.chance(30)) entry.name = "name " + std::to_string(random_.below(3));
  entry.lead_days = some_days();
  if (random_.chance(75)) entry.cut_off = static_cast<std::int16_t>(random_.below(24 * 60));
  return entry;
}

engine::RuleRow RandomCommands::some_rule(std::uint64_t named) {
  engine::RuleRow row{.sku = some_sku(), .lead_days = random_.chance(70) ? -1 : some_days(), .warehouse = some_warehouse()};
  if (named > 0 && random_.chance(40)) row.vendor = static_cast<std::uint32_t>(random_.between(1, named));
  row.kind = static_cast<RuleKind>(random_.between(1, 3));
  row.mode = static_cast<RuleMode>(random_.chance(8) ? 0 : random_.between(1, 3));
  row.pooled = random_.chance(30) ? 1 : 0;
  if (row.kind != RuleKind::lot_for_lot) row.point = below(random_, random_.chance(80) ? 12 : 60);
  if (row.kind == RuleKind::reorder_point) row.quantity = 1 + below(random_, 20);
  if (row.kind == RuleKind::min_max) row.quantity = row.point + 1 + below(random_, 20);
  if (random_.chance(3)) row.point = most - 1 - below(random_, 3), row.quantity = most;  // more than a purchase order can have open
  if (row.kind == RuleKind::lot_for_lot) row.point = row.quantity = 0;
  if (random_.chance(25)) row.minimum = below(random_, 15);
  if (random_.chance(25)) row.multiple = below(random_, 8);
  if (random_.chance(20)) row.maximum = row.multiple + row.minimum + below(random_, 12);
  return row;
}

// Snoozes mostly end soon: with holds, and with other rules'.
SetRulesCommand RandomCommands::set_rules() {
  SetRulesCommand set;
  ++given_rules_;
  const bool first = given_rules_ == 1;
  for (std::uint64_t number = 0; number < vendors; ++number) {
    if (first || random_.chance(40)) set.vendors.push_back(some_vendor(number));
  }
  const auto named = set.vendors.size();
  for (std::uint64_t rows = named == 0 ? 0 : first ? 8 : random_.below(3); rows > 0; --rows) {
    set.sources.push_back({.sku = some_sku(), .vendor = static_cast<std::uint32_t>(random_.between(1, named)), .lead_days = some_days()});
  }
  for (std::uint64_t rows = first ? 12 : random_.chance(70) ? random_.between(1, 4) : 0; rows > 0; --rows) set.rules.push_back(some_rule(named));
  for (const auto& [key, rule] : seen_.state().rules) {
    if (!random_.chance(8)) continue;
    const engine::TimeUs until = random_.chance(40) ? engine::TimeUs{} : some_time();
    set.snoozes.push_back({.until = until, .sku = key.first, .warehouse = key.second});
  }
  return set;
}

// A purchase order that a rule made, by the words that stand for one.
std::string RandomCommands::some_suggestion() { return "suggestion-" + std::to_string(random_.below(random_.chance(70) ? 2 : 6)); }

// What a buyer does with a suggestion.
Command RandomCommands::about_rules() {
  if (given_rules_ == 0 || random_.chance(25)) return set_rules();
  const std::uint64_t kind = random_.below(10);
  if (kind >= 8) {
    ReceivePurchaseCommand receive{.id = new_id('r'), .purchase_id = some_suggestion(), .accept_over = random_.chance(20)};
    if (random_.chance(40)) receive.rows.push_back({1 + below(random_, 5), 0, engine::LineNumber{static_cast<std::uint32_t>(random_.between(1, 2))}, 0});
    return receive;
  }
  MovePurchaseCommand move{.command_id = new_id('q'), .purchase_id = some_suggestion()};
  move.step = kind < 2 ? engine::PurchaseStep::adopt : kind < 5 ? engine::PurchaseStep::approve : engine::PurchaseStep::cancel;
  if (random_.chance(15)) move.step = static_cast<engine::PurchaseStep>(random_.between(1, 6));
  return move;
}

void RandomCommands::spoil(SetRulesCommand& set) {
  if (set.vendors.empty()) set.vendors.push_back(some_vendor(random_.below(vendors)));
  if (set.rules.empty()) set.rules.push_back(some_rule(set.vendors.size()));
  engine::RuleRow& rule = one_of(set.rules, random_);
  VendorEntry& vendor = one_of(set.vendors, random_);
  switch (random_.below(20)) {
    case 0: vendor.code = std::string(random_.chance(50) ? 0 : 65, 'v'); break;
    case 1: set.vendors.push_back(vendor); break;
    case 2: vendor = {.code = "nobody", .only_named = true}; break;
    case 3: vendor.lead_days = bad_days(random_); break;
    case 4: vendor.cut_off = static_cast<std::int16_t>(random_.chance(50) ? -2 : 1'440); break;
    case 5: set.sources.push_back({.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}, .vendor = 1}); break;
    case 6: set.sources.push_back({.sku = some_sku(), .vendor = random_.chance(50) ? 0 : 100U}); break;
    case 7: set.sources.push_back({.sku = some_sku(), .vendor = 1, .lead_days = bad_days(random_)}); break;
    case 8: rule.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 9: rule.warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random_.chance(50) ? 0 : 0xFFFF)}; break;
    case 10: rule.lead_days = bad_days(random_); break;
    case 11: rule.vendor = 100; break;
    case 12: (random_.chance(50) ? rule.point : rule.quantity) = bad_units(random_); break;
    case 13: (random_.chance(30) ? rule.minimum : random_.chance(50) ? rule.multiple : rule.maximum) = bad_units(random_); break;
    case 14: rule.quantity = random_.chance(50) ? 0 : rule.point; break;
    case 15: rule.maximum = 1, rule.minimum = 1 + below(random_, 3), rule.multiple = below(random_, 3); break;
    case 16: set.snoozes.push_back({.until = engine::TimeUs{random_.chance(50) ? -1 : 253'402'300'800'000'000}, .sku = rule.sku, .warehouse = rule.warehouse}); break;
    case 17: set.snoozes.push_back({.until = {}, .sku = some_sku(), .warehouse = some_warehouse()}); break;
    case 18: if (random_.chance(10)) set.rules.resize(4'097, rule); break;
    default: rule.kind = static_cast<RuleKind>(random_.between(1, 3)); break;
  }
  if (random_.chance(20)) spoil(set);
}

}  // namespace earmark::model
