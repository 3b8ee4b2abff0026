#include "client/event_json.hpp"

#include <nlohmann/json.hpp>

#include "client/dates_text.hpp"
#include "client/event_json_inbound.hpp"
#include "client/split.hpp"

namespace earmark::client {
namespace {

class ToJson : public InboundJson {
 public:
  ToJson(Json& out, const Catalogue& catalogue) : InboundJson(out, catalogue) {}

  using InboundJson::operator();

  void operator()(const engine::VoidDecision&) { out_["event"] = "Void"; }

  void operator()(const engine::OrderDecision& order) {
    out_["event"] = "OrderDecided";
    out_["id"] = order.id;
    out_["status"] = name(order.status);
    out_["policy"] = name(order.policy);
    out_["priority"] = order.priority.value;
    out_["sourcing"] = name(order.sourcing);
    add_warehouse(out_, "preferred", order.preferred);
    add_text("customer", order.texts.customer), add_text("channel", order.texts.channel);
    add_text("ship_to", order.texts.ship_to), add_text("contact", order.texts.contact);
    add_text("reference", order.texts.reference), add_text("notes", order.texts.notes);
    add_time("placed_at", order.placed_at), add_time("need_by", order.need_by);
    add_time("reserve_not_before", order.reserve_not_before), add_time("cancel_after", order.cancel_after);
    Json& lines = out_["lines"] = Json::array();
    each_line(order, [&](const LineSplit& split) { lines.push_back(line(split)); });
    Json& shipments = out_["shipments"] = Json::array();
    for (const Shipment& shipment : shipments_of(order)) {
      shipments.push_back({{"id", shipment_id(order.id, shipment.number)},
                           {"warehouse", catalogue_.code(shipment.warehouse)}, {"units", shipment.units}});
    }
    if (!order.waits.empty()) out_["backorder"] = backorder_id(order.id);
    if (order.not_due) out_["not_due"] = true;
    add_skip(order.skipped);
    if (order.fills_follow) out_["fills_follow"] = true;
    if (order.hold.empty()) return;
    out_["hold"] = order.hold;
    out_["reacquired"] = order.reacquired;
    out_["returned"] = rows(order.returned);
  }

  void operator()(const engine::HoldDecision& hold) {
    out_["event"] = "HoldDecided";
    out_["id"] = hold.id;
    out_["status"] = name(hold.status);
    out_["partial"] = hold.partial;
    out_["deadline_us"] = hold.deadline.value;
    add_text("customer", hold.customer);
    Json& lines = out_["lines"] = Json::array();
    each_line(like_an_order(hold), [&](const LineSplit& split) {
      Json json{{"line", split.line.line.value}, {"sku", catalogue_.code(split.line.sku)},
                {"quantity", split.line.quantity}, {"takes", takes(split.takes)}};
      add_warehouse(json, "pinned", split.line.pinned);
      lines.push_back(std::move(json));
    });
  }

  void operator()(const engine::HoldExtendDecision& extend) {
    out_["event"] = "HoldExtended";
    out_["command_id"] = extend.command_id;
    out_["hold"] = extend.hold_id;
    out_["deadline_us"] = extend.deadline.value;
    out_["cut"] = extend.cut;
    add_text("customer", extend.customer);
  }

  void operator()(const engine::HoldEndDecision& end) {
    out_["event"] = "HoldEnded";
    out_["hold"] = end.hold_id;
    out_["how"] = name(end.how);
    add_text("command_id", end.command_id);
    out_["fills_follow"] = end.fills_follow;
    add_text("customer", end.customer);
    Json& lines = out_["lines"] = Json::array();
    std::size_t next = 0;
    for (const engine::ReleasedLine& line : end.lines) {
      lines.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)},
                       {"released", takes(end.released.subspan(next, line.count))}});
      next += line.count;
    }
  }

  void operator()(const engine::ReceiptDecision& receipt) {
    out_["event"] = "StockReceived";
    out_["id"] = receipt.id;
    out_["fills_follow"] = receipt.fills_follow;
    out_["rows"] = rows(receipt.rows);
  }

  void operator()(const engine::FillDecision& fill) {
    out_["event"] = "BackorderFilled";
    out_["order"] = fill.order_id;
    out_["order_lsn"] = fill.order_lsn.value;
    out_["line"] = fill.line.value;
    out_["sku"] = catalogue_.code(fill.sku);
    out_["row"] = fill.row;
    out_["still_waiting"] = fill.still_waiting;
    out_["last"] = fill.last;
    out_["takes"] = takes(fill.takes);
    add_skip(fill.skipped);
    if (fill.raised_at.value != 0) out_["raised_at"] = fill.raised_at.value;
    if (fill.pegged) out_["pegged"] = true;
    add_text("customer", fill.customer.value_or(""));
  }

  void operator()(const engine::CancelDecision& cancel) {
    out_["event"] = "OrderCancelled";
    if (cancel.command_id.empty()) out_["by_time"] = true;
    else out_["command_id"] = cancel.command_id;
    out_["order"] = cancel.order_id;
    out_["whole"] = cancel.whole;
    out_["fills_follow"] = cancel.fills_follow;
    add_text("customer", cancel.customer.value_or(""));
    out_["lines"] = taken_back(cancel.lines, cancel.released);
  }

  void operator()(const engine::AmendDecision& amend) {
    out_["event"] = "OrderAmended";
    if (amend.command_id.empty()) out_["by_time"] = true;
    else out_["command_id"] = amend.command_id;
    out_["order"] = amend.order_id;
    out_["new_priority"] = amend.priority.has_value();
    if (amend.priority) out_["priority"] = amend.priority->value;
    out_["fills_follow"] = amend.fills_follow;
    add_text("customer", amend.customer.value_or(""));
    out_["lines"] = taken_back(amend.lines, amend.released);
    if (amend.raised.empty()) return;
    Json& raised = out_["raised"] = Json::array();
    for (const engine::RaisedLine& line : amend.raised) {
      raised.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)}, {"quantity", line.quantity}, {"cancelled", line.cancelled}});
    }
  }

  void operator()(const engine::ShipDecision& ship) {
    out_["event"] = "OrderShipped";
    out_["command_id"] = ship.command_id;
    out_["order"] = ship.order_id;
    add_text("customer", ship.customer.value_or(""));
    Json& lines = out_["lines"] = Json::array();
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines) {
      lines.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)},
                       {"shipped", takes(ship.shipped.subspan(next, line.ships))}});
      next += line.ships;
    }
  }

  void operator()(const engine::ShipmentDecision& move) {
    out_["event"] = "ShipmentMoved";
    out_["command_id"] = move.command_id;
    out_["order"] = move.order_id;
    out_["shipment"] = move.shipment;
    add_warehouse(out_, "warehouse", move.warehouse);
    out_["step"] = name(move.step);
    out_["revision"] = move.revision;
    if (move.rest_shipment != 0) out_["rest_shipment"] = move.rest_shipment;
    add_text("carrier", move.carrier), add_text("tracking", move.tracking), add_text("reason", move.reason);
    add_time("expected_us", move.expected);
    if (move.to_unavailable) out_["to_unavailable"] = true;
    out_["fills_follow"] = move.fills_follow;
    add_text("customer", move.customer);
    Json& lines = out_["lines"] = Json::array();
    for (const engine::MovedLine& line : move.lines) {
      lines.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)}, {"quantity", line.quantity},
                       {"available_after", line.available_after}});
      if (line.rest != 0) lines.back()["rest"] = line.rest;
    }
  }

  void operator()(const engine::StrictDecision& strict) {
    out_["event"] = "TurnedStrict";
    out_["order"] = strict.order_id;
    out_["order_lsn"] = strict.order_lsn.value;
    if (strict.line.value != 0) out_["line"] = strict.line.value;
    out_["waited"] = strict.waited;
    out_["fills_follow"] = strict.fills_follow;
    add_text("customer", strict.customer);
    Json& lost = out_["lost"] = Json::array();
    for (std::size_t index = 0; index < strict.lost.size(); ++index) {
      const engine::LostUnits& each = strict.lost[index];
      lost.push_back({{"order", strict.orders[each.order]}, {"order_lsn", each.order_lsn.value}, {"line", each.line.value},
                      {"sku", catalogue_.code(each.sku)}, {"warehouse", catalogue_.code(each.warehouse)}, {"quantity", each.quantity},
                      {"shipment", each.shipment}, {"available_after", strict.freed[index].available_after}});
      if (!strict.customers[each.order].empty()) lost.back()["customer"] = strict.customers[each.order];
    }
  }

  void operator()(const engine::LoadDecision& load) {
    out_["event"] = "CatalogueLoaded";
    out_["fills_follow"] = load.fills_follow;
    Json& warehouses = out_["warehouses"] = Json::array();
    for (const auto& row : load.warehouses) {
      warehouses.push_back({{"id", row.id.value}, {"code", row.code}, {"name", row.name}, {"priority", row.priority}});
    }
    Json& products = out_["products"] = Json::array();
    for (const auto& row : load.products) {
      products.push_back({{"id", row.id.value}, {"code", row.code}, {"description", row.description}, {"backorderable", row.backorderable}});
    }
    out_["stock"] = rows(load.stock);
  }

  void operator()(const engine::StockChangeDecision& change) {
    out_["event"] = "StockChanged";
    out_["id"] = change.id;
    out_["kind"] = name(change.kind);
    add_text("reason", change.reason);
    out_["fills_follow"] = change.fills_follow;
    Json& rows = out_["rows"] = Json::array();
    for (std::size_t index = 0; index < change.rows.size(); ++index) {
      const engine::ChangedRow& row = change.rows[index];
      rows.push_back({{"sku", catalogue_.code(row.sku)}, {"warehouse", catalogue_.code(row.warehouse)},
                      {"on_hand_change", row.on_hand_change}, {"unavailable_change", row.unavailable_change},
                      {"available_after", row.available_after}});
      if (change.overdraws(index)) rows.back()["overdrawn"] = true;
    }
    Json& lost = out_["lost"] = Json::array();
    for (std::size_t index = 0; index < change.lost.size(); ++index) {
      const engine::LostUnits& each = change.lost[index];
      const bool of_hold = change.of_hold(index);
      Json entry{{of_hold ? "hold" : "order", change.orders[each.order]}, {of_hold ? "hold_lsn" : "order_lsn", each.order_lsn.value}, {"line", each.line.value},
                 {"sku", catalogue_.code(each.sku)}, {"warehouse", catalogue_.code(each.warehouse)}, {"quantity", each.quantity},
                 {"row", each.row}, {"shipment", each.shipment}};
      if (!change.customers[each.order].empty()) entry["customer"] = change.customers[each.order];
      lost.push_back(std::move(entry));
    }
  }

 private:
  void add_skip(const engine::Skip& skip) {
    if (skip.order_lsn.value == 0) return;
    out_["skipped"] = skip.order;
    out_["skipped_lsn"] = skip.order_lsn.value;
    if (skip.line.value != 0) out_["skipped_line"] = skip.line.value;
  }
  Json take(const engine::Take& take) const {
    return {{"warehouse", catalogue_.code(take.warehouse)}, {"quantity", take.quantity},
            {"available_after", take.available_after}, {"shipment", take.shipment}};
  }
  Json takes(std::span<const engine::Take> all) const {
    Json list = Json::array();
    for (const engine::Take& one : all) list.push_back(take(one));
    return list;
  }
  Json rows(std::span<const engine::ReceivedRow> all) const {
    Json list = Json::array();
    for (const engine::ReceivedRow& row : all) {
      list.push_back({{"sku", catalogue_.code(row.sku)}, {"warehouse", catalogue_.code(row.warehouse)},
                      {"quantity", row.quantity}, {"available_after", row.available_after}});
    }
    return list;
  }
  Json taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) const {
    Json list = Json::array();
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines) {
      list.push_back({{"line", line.line.value}, {"sku", catalogue_.code(line.sku)}, {"waiting", line.waiting},
                      {"excess", line.excess}, {"released", takes(released.subspan(next, line.releases))}});
      next += line.releases;
    }
    return list;
  }
  Json line(const LineSplit& split) const {
    Json json{{"line", split.line.line.value}, {"sku", catalogue_.code(split.line.sku)},
              {"quantity", split.line.quantity}, {"backordered", split.line.backordered},
              {"cancelled", split.cancelled}, {"takes", takes(split.takes)}};
    add_warehouse(json, "pinned", split.line.pinned);
    if (split.policy.own()) json["policy"] = name(split.policy.or_else({}));
    if (split.not_backorderable) json["not_backorderable"] = true;
    if (split.wait != nullptr) {
      json["position"] = split.wait->position;
      json["quantity_ahead"] = split.wait->quantity_ahead;
    }
    if (split.line.backordered != 0) json["expected"] = dates_json(split.expected);
    if (split.fallback_us != 0) json["fallback_us"] = split.fallback_us;
    return json;
  }
};

}  // namespace

Json event_json(const schema::Event& event, const Catalogue& catalogue, bool duplicate) {
  Json json{{"lsn", event.stamp.lsn.value}, {"time_us", event.stamp.time.value}};
  if (event.stamp.cause.value != 0) json["cause_lsn"] = event.stamp.cause.value;
  if (duplicate) json["duplicate"] = true;
  if (event.filtered) json["filtered"] = true;
  std::visit(ToJson(json, catalogue), event.decision);
  return json;
}

Json order_view_json(const schema::OrderView& view, const Catalogue& catalogue) {
  Json json{{"as_of", view.as_of.value}, {"id", view.id}, {"lsn", view.lsn.value}, {"time_us", view.time.value},
            {"status", name(view.status)}, {"policy", name(view.policy)}, {"priority", view.priority.value},
            {"sourcing", name(view.sourcing)}};
  if (view.preferred.value != 0) json["preferred"] = catalogue.code(view.preferred);
  const std::pair<const char*, std::string_view> texts[] = {{"customer", view.customer}, {"channel", view.channel},
                                                            {"ship_to", view.ship_to},   {"contact", view.contact},
                                                            {"reference", view.reference}, {"notes", view.notes}};
  for (const auto& [field, text] : texts) {
    if (!text.empty()) json[field] = text;
  }
  const std::pair<const char*, engine::TimeUs> times[] = {{"placed_at", view.placed_at}, {"need_by", view.need_by},
                                                          {"reserve_not_before", view.reserve_not_before}, {"cancel_after", view.cancel_after}};
  for (const auto& [field, time] : times) {
    if (time.value != 0) json[field] = time.value;
  }
  Json& lines = json["lines"] = Json::array();
  std::size_t next = 0;
  for (const schema::OrderLineView& line : view.lines) {
    Json entry{{"line", line.line.value}, {"sku", catalogue.code(line.sku)}, {"quantity", line.quantity},
               {"backordered", line.backordered}, {"cancelled", line.cancelled}};
    if (line.pinned.value != 0) entry["pinned"] = catalogue.code(line.pinned);
    if (line.policy.own()) entry["policy"] = name(line.policy.or_else({}));
    if (line.position != 0) {
      entry["position"] = line.position;
      entry["quantity_ahead"] = line.quantity_ahead;
    }
    if (line.backordered != 0) entry["expected"] = dates_json(expected_of(view.expected, lines.size()));
    if (const std::int64_t fallback_us = fallback_of(view.fallbacks, lines.size()); fallback_us != 0) entry["fallback_us"] = fallback_us;
    const ToldDates promise = promise_of(view.promises, lines.size());
    if (promise.first_us != 0) entry["first_us"] = promise.first_us;
    if (promise.told_us != 0) entry["told_us"] = promise.told_us;
    if (line.patience == 255) entry["strict"] = true;
    else if (line.patience != 0) entry["skips"] = line.patience;
    Json& allocations = entry["allocations"] = Json::array();
    for (const schema::Allocation& part : view.allocations.subspan(next, line.allocations)) {
      allocations.push_back({{"warehouse", catalogue.code(part.warehouse)}, {"reserved", part.reserved},
                             {"shipped", part.shipped}, {"shipment", part.shipment}});
      const auto at = static_cast<std::size_t>(&part - view.allocations.data());
      if (!view.returned.empty() && view.returned[at] != 0) allocations.back()["returned"] = view.returned[at];
    }
    next += line.allocations;
    lines.push_back(std::move(entry));
  }
  Json& shipments = json["shipments"] = Json::array();
  for (std::size_t index = 0; index < view.shipments.size(); ++index) {
    const schema::ShipmentRow& row = view.shipments[index];
    Json entry{{"id", shipment_id(view.id, row.number)}, {"number", row.number}, {"warehouse", catalogue.code(row.warehouse)},
               {"state", name(row.step)}, {"revision", row.revision}};
    if (!view.carriers[index].empty()) entry["carrier"] = view.carriers[index];
    if (!view.trackings[index].empty()) entry["tracking"] = view.trackings[index];
    if (row.expected.value != 0) entry["expected_us"] = row.expected.value;
    shipments.push_back(std::move(entry));
  }
  return json;
}

std::string json_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace earmark::client
