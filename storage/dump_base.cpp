#include "storage/dump_base.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "engine/errors.hpp"
#include "engine/level.hpp"
#include "engine/patience.hpp"
#include "storage/dump_line.hpp"

namespace earmark::storage {

using Json = nlohmann::json;  // sorts its keys

namespace {

std::string text_of(Json line, const char* part) {
  line["type"] = "base";
  line["part"] = part;
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add(Json& map, const std::string& warehouse, engine::Quantity units) {
  if (units != 0) map[warehouse] = map.value(warehouse, std::uint64_t{0}) + units;
}

// Of an order that waits as a whole, or of a line: how often it was passed over, or that it is strict.
void add_patience(Json& shown, std::uint8_t patience) {
  if (patience == engine::strict_patience) shown["strict"] = true;
  else if (patience != 0) shown["skips"] = patience;
}

}  // namespace

void BaseDump::begin(const StateSummary& summary) {
  lsn_ = summary.applied;
  if (!print_) return;
  Json line{{"lsn", summary.applied.value},
            {"time_us", summary.last_time.value},
            {"oldest_known_lsn", summary.oldest_known.value},
            {"archived_lsn", summary.archived.value},
            {"open_orders", summary.open_orders},
            {"closed_orders", summary.closed_orders},
            {"known_commands", summary.known_commands}};
  if (dump_.full()) line["full"] = true;
  print_(text_of(std::move(line), "state"));
}

void BaseDump::catalogue(const engine::LoadDecision& part) {
  dump_.learn(part);
  if (!print_) return;
  for (const engine::LoadedWarehouse& each : part.warehouses) {
    print_(text_of({{"warehouse", each.code}, {"priority", each.priority}, {"name", each.name}}, "warehouse"));
  }
  for (const engine::LoadedProduct& each : part.products) {
    Json line{{"sku", each.code}, {"description", each.description}};
    if (!each.backorderable) line["backorderable"] = false;
    print_(text_of(std::move(line), "product"));
  }
}

void BaseDump::cell(const engine::CellImage& cell) {
  if (!print_) return;
  Json line{{"sku", dump_.sku(cell.sku)},
            {"warehouse", dump_.warehouse(cell.warehouse)},
            {"on_hand", cell.on_hand},
            {"reserved", cell.on_hand - cell.held - cell.unavailable - cell.level},
            {"held", cell.held},
            {"available", engine::available_of(cell.level)},
            {"lsn", cell.lsn.value}};
  if (cell.unavailable != 0) line["unavailable"] = cell.unavailable;
  if (engine::is_overdrawn(cell.level)) line["overdrawn"] = engine::overdraft_of(cell.level);
  print_(text_of(std::move(line), "stock"));
}

void BaseDump::open_hold(const engine::HoldImage& hold) {
  if (!print_) return;
  Json lines = Json::array();
  std::size_t next = 0;
  for (const engine::LineImage& line : hold.lines) {
    Json held = Json::object();
    for (const engine::AllocationImage& each : hold.allocations.subspan(next, line.allocations)) {
      add(held, dump_.warehouse(each.warehouse), each.reserved);
    }
    next += line.allocations;
    lines.push_back({{"line", line.line.value}, {"sku", dump_.sku(line.sku)}, {"qty", line.quantity}, {"held", std::move(held)}});
    if (line.waiting != 0) lines.back()["lost"] = line.waiting;
  }
  print_(text_of({{"id", hold.id},
                  {"lsn", hold.lsn.value},
                  {"time_us", hold.time.value},
                  {"deadline_us", hold.deadline.value},
                  {"lines", std::move(lines)}},
                 "hold"));
}

void BaseDump::open_transfer(const engine::TransferImage& transfer) {
  if (!print_) return;
  Json rows = Json::array();
  for (const engine::TransferLine& line : transfer.lines) {
    rows.push_back({{"sku", dump_.sku(line.sku)}, {"shipped", line.shipped}, {"received", line.received}});
  }
  Json shown{{"id", transfer.id},
             {"lsn", transfer.lsn.value},
             {"time_us", transfer.time.value},
             {"source", dump_.warehouse(transfer.source)},
             {"destination", dump_.warehouse(transfer.destination)},
             {"rows", std::move(rows)}};
  if (transfer.expected.value != 0) shown["expected_us"] = transfer.expected.value;
  print_(text_of(std::move(shown), "transfer"));
}

void BaseDump::open_purchase(const engine::PurchaseImage& purchase) {
  if (!print_) return;
  Json lines = Json::array();
  for (const engine::PurchaseLineState& line : purchase.lines) {
    lines.push_back({{"line", line.line.value}, {"sku", dump_.sku(line.sku)}, {"warehouse", dump_.warehouse(line.warehouse)}, {"qty", line.quantity},
                     {"received", line.received}});
    if (line.promised.value != 0) lines.back()["promised_us"] = line.promised.value;
    if (line.first_promised.value != 0) lines.back()["first_promised_us"] = line.first_promised.value;
    if (line.expected != line.promised) lines.back()["expected_us"] = line.expected.value;
    if (line.peg_order.value != 0) lines.back()["peg"] = {{"lsn", line.peg_order.value}, {"line", line.peg_line.value}};
  }
  Json shown{{"id", purchase.id},
             {"lsn", purchase.lsn.value},
             {"time_us", purchase.time.value},
             {"vendor", purchase.vendor},
             {"state", engine::name(purchase.state)},
             {"lines", std::move(lines)}};
  if (!purchase.reference.empty()) shown["reference"] = purchase.reference;
  if (!purchase.notes.empty()) shown["notes"] = purchase.notes;
  if (purchase.closes.value != 0) shown["closes_us"] = purchase.closes.value;
  if (purchase.automatic) shown["automatic"] = true;
  print_(text_of(std::move(shown), "purchase"));
}

void BaseDump::vendor(const engine::VendorImage& vendor) {
  if (!print_) return;
  Json shown = shown_vendor(vendor.code, vendor.name, vendor.lead_days, vendor.cut_off);
  if (!vendor.listed) shown["listed"] = false;
  if (vendor.arrivals != 0) shown["arrivals"] = vendor.arrivals;
  if (vendor.late_us != 0) shown["late_us"] = vendor.late_us;
  print_(text_of(std::move(shown), "vendor"));
}

void BaseDump::source(const engine::SourceImage& source) {
  if (print_) print_(text_of(shown_source(dump_.sku(source.sku), source.vendor, source.lead_days), "source"));
}

void BaseDump::rule(const engine::RuleImage& rule) {
  if (!print_) return;
  Json shown = shown_rule(dump_, rule.rule, rule.vendor);
  if (rule.triggered) shown["triggered"] = true;
  if (rule.purchase.value != 0) shown["purchase_lsn"] = rule.purchase.value;
  print_(text_of(std::move(shown), "rule"));
}

void BaseDump::open_order(const engine::OrderImage& order) {
  if (!print_) return;
  std::set<std::uint16_t> picked;
  Json shipments = Json::array();
  engine::for_each_shipment(order.shipments, [&](const engine::ShipmentImage& each) {
    shipments.push_back({{"shipment", each.number}, {"state", engine::name(each.state)}, {"revision", each.revision}});
    if (each.state == engine::ShipmentState::picked || each.state == engine::ShipmentState::packed) picked.insert(each.number);
  });
  Json lines = Json::array();
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineImage& line = order.lines[index];
    Json reserved = Json::object(), shipped = Json::object(), picked_units = Json::object();
    std::uint64_t units = 0;
    for (const engine::AllocationImage& each : order.allocations.subspan(next, line.allocations)) {
      add(reserved, dump_.warehouse(each.warehouse), each.reserved);
      add(shipped, dump_.warehouse(each.warehouse), each.shipped);
      if (picked.contains(each.shipment)) add(picked_units, dump_.warehouse(each.warehouse), each.reserved);
      units += std::uint64_t{each.reserved} + each.shipped;
    }
    next += line.allocations;
    Json& shown = lines.emplace_back();
    shown = {{"line", line.line.value},
             {"sku", dump_.sku(line.sku)},
             {"qty", line.quantity},
             {"backordered", line.waiting},
             {"cancelled", line.quantity - line.waiting - units},
             {"reserved", std::move(reserved)},
             {"shipped", std::move(shipped)}};
    if (const engine::LinePolicy own = order.own_policy(index); own.own()) shown["policy"] = engine::name(own.or_else({}));
    add_patience(shown, order.patience_of_line(index));
    for (const engine::PromiseImage& promise : order.promises) {
      if (promise.line_index != index) continue;
      shown["first_promised_us"] = promise.first.value;
      if (promise.told.value != 0) shown["told_us"] = promise.told.value;
    }
    if (!picked_units.empty()) shown["picked"] = std::move(picked_units);
    if (dump_.full() && line.pinned.value != 0) shown["pinned"] = dump_.warehouse(line.pinned);
    if (line.waiting == 0) continue;
    if (ids_.empty() || ids_.back() != order.id) ids_.emplace_back(order.id);
    engine::Quantity own = line.waiting;
    engine::for_each_raise(order.raises, [&](const engine::RaiseImage& raise) {
      if (raise.line_index != index) return;
      own -= raise.waiting;
      shown["raised"].push_back({{"lsn", raise.sequence.value}, {"qty", raise.waiting}});
      queues_[line.sku].push_back({255U - order.priority.value, raise.sequence, index, line.line, raise.waiting, ids_.size() - 1, true});
    });
    if (own != 0) queues_[line.sku].push_back({255U - order.priority.value, order.lsn, index, line.line, own, ids_.size() - 1, false});
  }
  Json shown{{"id", order.id},
             {"lsn", order.lsn.value},
             {"time_us", order.time.value},
             {"status", engine::name(order.status)},
             {"priority", order.priority.value},
             {"lines", std::move(lines)}};
  if (order.not_due) shown["not_due"] = true;
  if (dump_.full() && order.policy != engine::Policy::ship_partial) shown["policy"] = engine::name(order.policy);
  if (order.has_skipped) shown["has_skipped"] = true;
  add_patience(shown, order.patience);
  if (!shipments.empty()) shown["shipments"] = std::move(shipments);
  print_(text_of(std::move(shown), "order"));
}

engine::Lsn BaseDump::finish() {
  for (auto& [sku, waiting] : queues_) {
    std::sort(waiting.begin(), waiting.end(), [](const Waiting& left, const Waiting& right) {
      return std::tie(left.later, left.sequence, left.line_index) < std::tie(right.later, right.sequence, right.line_index);
    });
    Json lines = Json::array();
    for (const Waiting& each : waiting) {
      lines.push_back({{"order", ids_[each.id]}, {"line", each.line.value}, {"qty", each.quantity}});
      if (each.raised) lines.back()["raised_at"] = each.sequence.value;
    }
    print_(text_of({{"sku", dump_.sku(sku)}, {"waiting", std::move(lines)}}, "queue"));
  }
  return lsn_;
}

}  // namespace earmark::storage
