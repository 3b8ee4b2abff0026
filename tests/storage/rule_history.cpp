#include "tests/storage/rule_history.hpp"

#include "engine/check.hpp"

namespace earmark::storage::test {
namespace {

using engine::LineNumber;
using engine::Lsn;
using engine::PurchaseState;
using engine::PurchaseStep;
using engine::RuleKind;
using engine::RuleMode;
using engine::SkuId;
using engine::TimeUs;
using engine::WarehouseId;

constexpr SkuId nail{1}, screw{2};
constexpr WarehouseId a{1}, b{2};

std::string number(std::integral auto value) { return " " + std::to_string(value); }

void add_load(Records& records) {
  const engine::LoadedWarehouse warehouses[] = {{a, 1, "A", ""}, {b, 2, "B", ""}};
  const engine::LoadedProduct products[] = {{nail, "nail", ""}, {screw, "screw", ""}};
  records.add(engine::LoadDecision{false, warehouses, products, {}});
}

engine::RuleSet nails(engine::Quantity point, std::int64_t snoozed_until) {
  return {TimeUs{snoozed_until}, nail, 1, point, 10, 0, 0, 0, -1, a, RuleKind::reorder_point, RuleMode::suggest, 0, 0, 0};
}

engine::RuleSet screws(RuleMode mode) { return {{}, screw, 0, 2, 8, 1, 2, 100, -1, b, RuleKind::min_max, mode, 1, 0, 0}; }

void set_rules(Records& records) {
  const engine::VendorSet vendors[] = {{"V", "Vendor", 2, -1}, {"W", "", -1, 960}};
  const engine::SourceSet sources[] = {{nail, 1, -1}, {screw, 2, 3}};
  const engine::RuleSet rules[] = {nails(5, 0), screws(RuleMode::auto_po)};
  records.add(engine::RulesDecision{vendors, sources, rules});
}

void set_rule(Records& records, const engine::RuleSet& rule) {
  const engine::VendorSet vendors[] = {{"V", "Vendor", 2, -1}};
  records.add(engine::RulesDecision{std::span(vendors).first(rule.vendor), {}, {&rule, 1}});
}

engine::ReorderDecision of_nails(std::int64_t available, std::int64_t incoming, std::uint64_t waiting) {
  engine::ReorderDecision decision;
  decision.sku = nail;
  decision.warehouse = a;
  decision.mode = RuleMode::suggest;
  decision.point = 5;
  decision.available = available;
  decision.incoming = incoming;
  decision.waiting = waiting;
  return decision;
}

void suggest_nails(Records& records, std::int64_t incoming, std::uint64_t waiting, std::uint64_t purchase_lsn, engine::Quantity line, std::int64_t promised) {
  engine::ReorderDecision decision = of_nails(0, incoming, waiting);
  decision.quantity = 10;
  decision.vendor = "V";
  decision.purchase = "reorder-3";
  decision.purchase_lsn = Lsn{purchase_lsn};
  decision.line = LineNumber{1};
  decision.line_quantity = line;
  decision.promised = TimeUs{promised};
  records.add(decision);
}

void order_screws(Records& records) {
  engine::ReorderDecision decision;
  decision.sku = screw;
  decision.warehouse = b;
  decision.mode = RuleMode::auto_po;
  decision.pooled = true;
  decision.point = 2;
  decision.quantity = decision.line_quantity = 8;
  decision.vendor = "W";
  decision.purchase = "reorder-4";
  decision.line = LineNumber{1};
  decision.promised = TimeUs{4000 + 3 * day};
  decision.closes = TimeUs{15'000};
  records.add(decision);
}

void add_order(Records& records) {
  const engine::LineDecision lines[] = {{LineNumber{1}, nail, 12, 12, 0, 0, {}, 0, 0, {}}};
  const engine::LineWait waits[] = {{0, 1, 0}};
  const engine::ExpectedUnits fallbacks[] = {{TimeUs{5000 + 2 * day}, 12, 0}};
  engine::OrderDecision order;
  order.id = "O1";
  order.content = 101;
  order.status = engine::OrderStatus::backordered;
  order.texts.customer = "ann";
  order.lines = lines;
  order.waits = waits;
  order.fallbacks = fallbacks;
  records.add(order);
}

void place_pegged(Records& records) {
  const engine::PurchasedLine lines[] = {{TimeUs{500}, LineNumber{10}, nail, 12, a, 0}, {TimeUs{9000}, LineNumber{20}, screw, 3, a, 0}};
  const engine::PurchasePeg pegs[] = {{Lsn{5}, 0, 0, LineNumber{1}, 0}};
  const std::string_view orders[] = {"O1"};
  const TimeUs estimates[] = {TimeUs{7000 + day}, TimeUs{}};
  records.add(engine::PurchaseDecision{"P1", 1, "X", "", "", PurchaseState::sent, lines, pegs, orders, estimates});
  const engine::MovedDate moved[] = {{TimeUs{}, TimeUs{7000 + day}, Lsn{5}, 0, LineNumber{1}, nail, 12}};
  const std::string_view customers[] = {"ann"};
  records.add(engine::DatesDecision{moved, orders, customers});
  const engine::OverdueLine late[] = {{TimeUs{9000}, LineNumber{20}, screw, 3, a, 0}};
  records.add(engine::OverdueDecision{false, "P1", Lsn{7}, "X", TimeUs{9000 + day}, late});
}

void receive_pegged(Records& records) {
  const engine::PurchaseArrivedRow rows[] = {{LineNumber{10}, nail, 4, 0, 0, 4, a, 0}};
  const Lsn cause = records.add(engine::PurchaseReceiptDecision{"R1", "P1", Lsn{7}, 3, "X", PurchaseState::partly_received, true, rows});
  const engine::Take takes[] = {{4, 0, a, 1}};
  engine::FillDecision fill{"O1", Lsn{5}, LineNumber{1}, nail, 0, 8, true, takes};
  fill.customer = "ann";
  fill.pegged = true;
  records.add(fill, cause);
}

void move(Records& records, const char* command, const char* id, std::uint64_t lsn, const char* vendor, PurchaseStep step, PurchaseState state,
          std::span<const engine::PurchaseChange> changes, std::span<const TimeUs> estimates = {}) {
  records.add(engine::PurchaseStepDecision{command, id, Lsn{lsn}, *command == '\0' ? 0U : 2U, vendor, step, state, "", changes, estimates});
}

void fill_and_clear(Records& records) {
  const engine::ReceivedRow rows[] = {{nail, a, 0, 30, 30}};
  const Lsn cause = records.add(engine::ReceiptDecision{"R2", 3, true, rows});
  const engine::Take takes[] = {{8, 22, a, 1}};
  records.add(engine::FillDecision{"O1", Lsn{5}, LineNumber{1}, nail, 0, 0, true, takes}, cause);
  engine::ReorderDecision cleared = of_nails(22, 8, 0);
  cleared.cleared = true;
  records.add(cleared);
}

void ship_late(Records& records) {
  const engine::TransferredRow rows[] = {{nail, 5, 17}};
  records.add(engine::TransferShipDecision{"T1", 4, a, b, TimeUs{100}, "", rows});
  const engine::OverdueLine late[] = {{TimeUs{100}, LineNumber{}, nail, 5, b, 0}};
  records.add(engine::OverdueDecision{true, "T1", Lsn{18}, "", TimeUs{19'000 + day}, late});
}

}  // namespace

Records rule_history() {
  Records records;
  add_load(records);
  set_rules(records);
  suggest_nails(records, 0, 0, 0, 10, 3000 + 2 * day);
  order_screws(records);
  add_order(records);
  suggest_nails(records, 10, 12, 3, 20, 6000 + 2 * day);
  place_pegged(records);
  receive_pegged(records);
  move(records, "S1", "reorder-3", 3, "V", PurchaseStep::adopt, PurchaseState::draft, {});
  const engine::PurchaseChange given_up[] = {{TimeUs{6000 + 2 * day}, LineNumber{1}, nail, 20, 0, a, 0, 0}};
  move(records, "S2", "reorder-3", 3, "V", PurchaseStep::cancel, PurchaseState::cancelled, given_up);
  set_rule(records, nails(5, 999));
  fill_and_clear(records);
  ship_late(records);
  const engine::PurchaseChange approved[] = {{TimeUs{4000 + 3 * day}, LineNumber{1}, screw, 8, 8, b, 0, 0}};
  move(records, "", "reorder-4", 4, "W", PurchaseStep::approve, PurchaseState::approved, approved);
  const engine::PurchaseChange acknowledged[] = {{TimeUs{9000}, LineNumber{20}, screw, 3, 0, a, 0, 0}};
  const TimeUs estimates[] = {TimeUs{21'000 + day}};
  move(records, "S3", "P1", 7, "X", PurchaseStep::acknowledge, PurchaseState::partly_received, acknowledged, estimates);
  set_rule(records, screws(RuleMode::off));
  set_rule(records, nails(4, 0));
  return records;
}

void RulesSeen::vendor(const engine::VendorImage& vendor) {
  vendors.push_back(std::string(vendor.code) + " '" + std::string(vendor.name) + "'" + number(vendor.lead_days) + number(vendor.cut_off) +
                    (vendor.listed ? " listed" : "") + " arrivals" + number(vendor.arrivals) + " late" + number(vendor.late_us));
}

void RulesSeen::source(const engine::SourceImage& source) {
  sources.push_back(std::to_string(source.sku.value) + " " + std::string(source.vendor) + number(source.lead_days));
}

void RulesSeen::rule(const engine::RuleImage& image) {
  const engine::RuleSet& rule = image.rule;
  rules.push_back(std::to_string(rule.sku.value) + number(rule.warehouse.value) + " '" + std::string(image.vendor) + "' kind" + number(static_cast<int>(rule.kind)) +
                  " mode" + number(static_cast<int>(rule.mode)) + number(rule.point) + number(rule.quantity) + number(rule.minimum) + number(rule.multiple) +
                  number(rule.maximum) + " days" + number(rule.lead_days) + (rule.pooled != 0 ? " pooled" : "") + " snoozed" + number(rule.snoozed_until.value) +
                  (image.triggered ? " waits" : "") + " purchase" + number(image.purchase.value));
}

void RulesSeen::open_purchase(const engine::PurchaseImage& purchase) {
  std::string text = std::string(purchase.id) + number(purchase.lsn.value) + " of " + std::string(purchase.vendor) + " state" + number(static_cast<int>(purchase.state)) +
                     " closes" + number(purchase.closes.value) + (purchase.automatic ? " automatic" : "");
  for (const engine::PurchaseLineState& line : purchase.lines) {
    text += "; " + std::to_string(line.line.value) + number(line.quantity) + number(line.received) + " promised" + number(line.promised.value) +
            number(line.first_promised.value) + " expected" + number(line.expected.value);
    if (line.peg_order.value != 0) text += " for" + number(line.peg_order.value) + number(line.peg_line.value);
  }
  purchases.push_back(text);
}

void RulesSeen::open_transfer(const engine::TransferImage& transfer) {
  transfers.push_back(std::string(transfer.id) + " expected" + number(transfer.expected.value));
}

void RulesSeen::promises(Lsn order, std::span<const engine::PromiseImage> promises) {
  orders.push_back(order);
  for (const engine::PromiseImage& each : promises) {
    promised.push_back(std::to_string(order.value) + number(each.line_index) + " first" + number(each.first.value) + " told" + number(each.told.value));
  }
}

RulesSeen rules_of(const StateStore& store) {
  RulesSeen seen;
  EARMARK_CHECK(store.read(seen).has_value());
  return seen;
}

RulesSeen rules_of(const OfflineState& offline, std::span<const Lsn> orders) {
  RulesSeen seen;
  offline.tell_rules(seen);
  for (const Lsn order : orders) seen.promises(order, offline.promises(order));
  return seen;
}

}  // namespace earmark::storage::test
