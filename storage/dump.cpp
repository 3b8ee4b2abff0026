#include "storage/dump.hpp"

#include <algorithm>

#include "engine/errors.hpp"
#include "storage/dump_line.hpp"

namespace earmark::storage {

using Json = DumpLine::Json;

namespace {

std::string code_of(const std::vector<std::string>& codes, std::size_t id) {
  return id < codes.size() && !codes[id].empty() ? codes[id] : "#" + std::to_string(id);
}

void keep(std::vector<std::string>& codes, std::size_t id, std::string_view code) {
  if (id >= codes.size()) codes.resize(id + 1);
  codes[id] = code;
}

std::uint64_t units(const Json& map) {
  std::uint64_t sum = 0;
  for (const auto& [warehouse, quantity] : map.items()) sum += quantity.get<std::uint64_t>();
  return sum;
}

}  // namespace

void DumpLine::touch(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity available) {
  const std::pair<std::uint64_t, std::size_t> cell{std::uint64_t{sku.value} << 16 | warehouse.value, 0};
  const auto found = std::lower_bound(index_.begin(), index_.end(), cell);
  if (found != index_.end() && found->first == cell.first) {
    touched_[found->second].available = available;
    return;
  }
  index_.insert(found, {cell.first, touched_.size()});
  touched_.push_back({sku, warehouse, available});
}

void DumpLine::add(Json& map, engine::SkuId sku, const engine::Take& take) {
  touch(sku, take.warehouse, take.available_after);
  if (take.quantity == 0) return;
  Json& sum = map[warehouse(take.warehouse)];
  sum = (sum.is_null() ? 0 : sum.get<std::uint64_t>()) + take.quantity;
}

Json DumpLine::take_all(engine::SkuId sku, std::span<const engine::Take> takes) {
  Json map = Json::object();
  for (const engine::Take& take : takes) add(map, sku, take);
  return map;
}

// Of an order `reserved` and `backordered`, of a hold `held`.
Json DumpLine::lines(std::span<const engine::LineDecision> all, std::span<const engine::Take> takes, bool cancelled, bool waits) {
  Json list = Json::array();
  std::size_t next = 0;
  for (const engine::LineDecision& decided : all) {
    Json taken = Json::object();
    if (decided.taken > 0) {
      add(taken, decided.sku, {decided.taken, decided.available_after, decided.warehouse, decided.shipment});
    }
    for (std::size_t more = 0; more < decided.more_takes; ++more) add(taken, decided.sku, takes[next++]);
    Json line{{"line", decided.line.value}, {"sku", sku(decided.sku)}, {"qty", decided.quantity}};
    if (waits) line["backordered"] = decided.backordered;
    if (cancelled) line["cancelled"] = decided.quantity - decided.backordered - units(taken);
    if (dump_.full() && decided.pinned.value != 0) line["pinned"] = warehouse(decided.pinned);
    line[waits ? "reserved" : "held"] = std::move(taken);
    list.push_back(std::move(line));
  }
  return list;
}

Json DumpLine::rows(std::span<const engine::ReceivedRow> received, const char* quantity) {
  Json list = Json::array();
  for (const engine::ReceivedRow& row : received) {
    list.push_back({{"sku", sku(row.sku)}, {"warehouse", warehouse(row.warehouse)}, {quantity, row.quantity}});
    touch(row.sku, row.warehouse, row.available_after);
  }
  return list;
}

void DumpLine::write(const engine::VoidDecision& decision) {
  out_["type"] = "void";
  if (decision.oldest_known.value == 0) return;
  out_["oldest_known_lsn"] = decision.oldest_known.value;
  out_["archived_lsn"] = decision.archived.value;
}

void DumpLine::write(const engine::OrderDecision& decision) {
  out_["type"] = "order";
  out_["id"] = decision.id;
  out_["status"] = engine::name(decision.status);
  if (dump_.full()) {
    if (decision.policy != engine::Policy::ship_partial) out_["policy"] = engine::name(decision.policy);
    if (decision.priority != engine::Priority{100}) out_["priority"] = decision.priority.value;
    if (decision.preferred.value != 0) out_["preferred"] = warehouse(decision.preferred);
    if (decision.sourcing > engine::Sourcing::priority) out_["sourcing"] = engine::name(decision.sourcing);
  }
  if (!decision.hold.empty()) out_["hold"] = decision.hold;
  if (decision.reacquired) out_["reacquired"] = true;
  if (decision.not_due) out_["not_due"] = true;
  skipped(decision.skipped);
  if (!decision.returned.empty()) out_["returned"] = rows(decision.returned, "qty");
  if (dump_.full() && !decision.hold.empty() && !decision.reacquired) out_["fills_follow"] = decision.fills_follow;
  const bool cancelled = decision.policy != engine::Policy::ship_partial || !decision.line_policies.empty() || !decision.not_backorderable.empty();
  out_["lines"] = lines(decision.lines, decision.takes, cancelled, true);
  for (std::size_t index = 0; index < decision.line_policies.size(); ++index) {
    if (dump_.full() && decision.line_policies[index].own()) out_["lines"][index]["policy"] = engine::name(decision.line_policies[index].or_else({}));
  }
  for (const std::uint32_t line : decision.not_backorderable) out_["lines"][line]["not_backorderable"] = true;
  const auto add_dates = [&](const char* what, std::span<const engine::ExpectedUnits> dates) {
    for (const engine::ExpectedUnits& each : dates) {
      out_["lines"][each.line_index][what].push_back({{"date_us", each.date.value}, {"quantity", each.quantity}});
    }
  };
  add_dates("expected", decision.expected);
  add_dates("fallbacks", decision.fallbacks);
}

void DumpLine::write(const engine::HoldDecision& decision) {
  out_["type"] = "hold";
  out_["id"] = decision.id;
  out_["status"] = engine::name(decision.status);
  out_["deadline_us"] = decision.deadline.value;
  if (decision.partial) out_["partial"] = true;
  out_["lines"] = lines(decision.lines, decision.takes, false, false);
}

void DumpLine::write(const engine::HoldExtendDecision& decision) {
  out_["type"] = "hold_extended";
  out_["id"] = decision.hold_id;
  out_["command_id"] = decision.command_id;
  out_["deadline_us"] = decision.deadline.value;
  if (decision.cut) out_["cut"] = true;
}

void DumpLine::write(const engine::HoldEndDecision& decision) {
  out_["type"] = "hold_ended";
  out_["id"] = decision.hold_id;
  if (!decision.command_id.empty()) out_["command_id"] = decision.command_id;
  out_["how"] = engine::name(decision.how);
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json list = Json::array();
  std::size_t next = 0;
  for (const engine::ReleasedLine& line : decision.lines) {
    list.push_back({{"line", line.line.value}, {"sku", sku(line.sku)},
                    {"released", take_all(line.sku, decision.released.subspan(next, line.count))}});
    next += line.count;
  }
  out_["lines"] = std::move(list);
}

void DumpLine::write(const engine::ReceiptDecision& decision) {
  out_["type"] = "receipt";
  out_["id"] = decision.id;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  out_["rows"] = rows(decision.rows, "qty");
}

void DumpLine::write(const engine::FillDecision& decision) {
  out_["type"] = "fill";
  out_["order"] = decision.order_id;
  out_["line"] = decision.line.value;
  out_["sku"] = sku(decision.sku);
  out_["taken"] = take_all(decision.sku, decision.takes);
  out_["still_waiting"] = decision.still_waiting;
  skipped(decision.skipped);
  if (decision.pegged) out_["pegged"] = true;
  if (decision.raised_at.value != 0) out_["raised_at"] = decision.raised_at.value;
  if (dump_.full()) out_["last"] = decision.last;
}

void DumpLine::write(const engine::CancelDecision& decision) {
  out_["type"] = "cancel";
  out_["id"] = decision.order_id;
  if (decision.command_id.empty()) out_["by_time"] = true;
  else out_["command_id"] = decision.command_id;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  if (dump_.full() && decision.whole) out_["whole"] = true;
  out_["lines"] = taken_back(decision.lines, decision.released);
}

void DumpLine::write(const engine::AmendDecision& decision) {
  out_["type"] = "amend";
  out_["id"] = decision.order_id;
  if (decision.command_id.empty()) out_["by_time"] = true;
  else out_["command_id"] = decision.command_id;
  if (decision.priority) out_["priority"] = decision.priority->value;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  out_["lines"] = taken_back(decision.lines, decision.released);
  for (const engine::RaisedLine& row : decision.raised) {
    out_["raised"].push_back({{"line", row.line.value}, {"sku", sku(row.sku)}, {"qty", row.quantity}, {"cancelled", row.cancelled}});
  }
}

Json DumpLine::taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) {
  Json list = Json::array();
  std::size_t next = 0;
  for (const engine::CancelledLine& row : lines) {
    list.push_back({{"line", row.line.value}, {"sku", sku(row.sku)}, {"waiting", row.waiting},
                    {"released", take_all(row.sku, released.subspan(next, row.releases))},
                    {"excess", row.excess}});
    next += row.releases;
  }
  return list;
}

void DumpLine::write(const engine::ShipDecision& decision) {
  out_["type"] = "ship";
  out_["id"] = decision.order_id;
  out_["command_id"] = decision.command_id;
  Json lines = Json::array();
  std::size_t next = 0;
  for (const engine::ShippedLine& row : decision.lines) {
    lines.push_back({{"line", row.line.value}, {"sku", sku(row.sku)},
                     {"shipped", take_all(row.sku, decision.shipped.subspan(next, row.ships))}});
    next += row.ships;
  }
  out_["lines"] = std::move(lines);
}

void DumpLine::write(const engine::ShipmentDecision& decision) {
  out_["type"] = "shipment";
  out_["id"] = decision.order_id;
  out_["command_id"] = decision.command_id;
  out_["shipment"] = decision.shipment;
  out_["warehouse"] = warehouse(decision.warehouse);
  out_["step"] = engine::name(decision.step);
  out_["revision"] = decision.revision;
  if (decision.rest_shipment != 0) out_["rest_shipment"] = decision.rest_shipment;
  if (!decision.carrier.empty()) out_["carrier"] = decision.carrier;
  if (!decision.tracking.empty()) out_["tracking"] = decision.tracking;
  if (decision.expected.value != 0) out_["expected_us"] = decision.expected.value;
  if (decision.to_unavailable) out_["to_unavailable"] = true;
  if (!decision.reason.empty()) out_["reason"] = decision.reason;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json list = Json::array();
  for (const engine::MovedLine& line : decision.lines) {
    list.push_back({{"line", line.line.value}, {"sku", sku(line.sku)}, {"qty", line.quantity}});
    if (line.rest != 0) list.back()["rest"] = line.rest;
    touch(line.sku, decision.warehouse, line.available_after);
  }
  out_["lines"] = std::move(list);
}

void DumpLine::write(const engine::LoadDecision& decision) {
  out_["type"] = "load";
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json warehouses = Json::array();
  for (const engine::LoadedWarehouse& each : decision.warehouses) {
    warehouses.push_back({{"warehouse", each.code}, {"priority", each.priority}, {"name", each.name}});
  }
  Json products = Json::array();
  for (const engine::LoadedProduct& each : decision.products) {
    products.push_back({{"sku", each.code}, {"description", each.description}});
    if (!each.backorderable) products.back()["backorderable"] = false;
  }
  out_["warehouses"] = std::move(warehouses);
  out_["products"] = std::move(products);
  out_["stock"] = rows(decision.stock, "on_hand");
}

void DumpLine::write(const engine::StockChangeDecision& decision) {
  out_["type"] = "stock_change";
  out_["id"] = decision.id;
  out_["kind"] = engine::name(decision.kind);
  out_["reason"] = decision.reason;
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json rows = Json::array(), lost = Json::array();
  for (std::size_t index = 0; index < decision.rows.size(); ++index) {
    const engine::ChangedRow& row = decision.rows[index];
    rows.push_back({{"sku", sku(row.sku)}, {"warehouse", warehouse(row.warehouse)}, {"on_hand_change", row.on_hand_change},
                    {"unavailable_change", row.unavailable_change}});
    if (decision.overdraws(index)) rows.back()["overdrawn"] = true;
    touch(row.sku, row.warehouse, row.available_after);
  }
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    const engine::LostUnits& each = decision.lost[index];
    lost.push_back({{decision.of_hold(index) ? "hold" : "order", decision.orders[each.order]}, {"line", each.line.value}, {"sku", sku(each.sku)},
                    {"warehouse", warehouse(each.warehouse)}, {"qty", each.quantity}, {"row", each.row}});
  }
  out_["rows"] = std::move(rows);
  out_["lost"] = std::move(lost);
}

void DumpLine::skipped(const engine::Skip& skip) {
  if (!dump_.full() || skip.order_lsn.value == 0) return;
  out_["skipped"] = {{"order", skip.order}, {"lsn", skip.order_lsn.value}};
  if (skip.line.value != 0) out_["skipped"]["line"] = skip.line.value;
}

void DumpLine::write(const engine::StrictDecision& decision) {
  out_["type"] = "strict";
  out_["order"] = decision.order_id;
  out_["order_lsn"] = decision.order_lsn.value;
  if (decision.line.value != 0) out_["line"] = decision.line.value;
  out_["because"] = decision.waited ? "wait" : "skips";
  if (dump_.full()) out_["fills_follow"] = decision.fills_follow;
  Json lost = Json::array();
  for (std::size_t index = 0; index < decision.lost.size(); ++index) {
    const engine::LostUnits& each = decision.lost[index];
    lost.push_back({{"order", decision.orders[each.order]}, {"order_lsn", each.order_lsn.value}, {"line", each.line.value}, {"sku", sku(each.sku)},
                    {"warehouse", warehouse(each.warehouse)}, {"shipment", each.shipment}, {"qty", each.quantity}, {"row", each.row}});
    touch(each.sku, each.warehouse, decision.freed[index].available_after);
  }
  out_["lost"] = std::move(lost);
}

std::string DumpLine::finish(const engine::Stamp& stamp) {
  out_["lsn"] = stamp.lsn.value;
  out_["time_us"] = stamp.time.value;
  if (stamp.cause.value != 0) out_["cause_lsn"] = stamp.cause.value;
  Json cells = Json::array();
  for (const Touched& cell : touched_) {
    cells.push_back({{"sku", sku(cell.sku)}, {"warehouse", warehouse(cell.warehouse)}, {"available", cell.available}});
  }
  out_["available_after"] = std::move(cells);
  return out_.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void Dump::learn(const schema::Event& event) {
  if (const auto* load = std::get_if<engine::LoadDecision>(&event.decision)) learn(*load);
}

void Dump::learn(const engine::LoadDecision& load) {
  for (const engine::LoadedWarehouse& each : load.warehouses) keep(warehouses_, each.id.value, each.code);
  for (const engine::LoadedProduct& each : load.products) keep(skus_, each.id.value, each.code);
}

std::string Dump::sku(engine::SkuId id) const { return code_of(skus_, id.value); }
std::string Dump::warehouse(engine::WarehouseId id) const { return code_of(warehouses_, id.value); }

std::string Dump::line(const schema::Event& event) const {
  DumpLine line(*this);
  std::visit([&](const auto& decision) { line.write(decision); }, event.decision);
  return line.finish(event.stamp);
}

}  // namespace earmark::storage
