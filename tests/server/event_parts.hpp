// The parts of an event, listed one by one in words, and what a filter should let through: written down from the rules in
// PROTOCOL.md, sharing nothing with the server's filter. For comparing both.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "schema/event.hpp"
#include "schema/event_kind.hpp"
#include "schema/request.hpp"

namespace earmark::server::test {

using schema::EventKind;

struct Part {
  std::vector<EventKind> kinds;
  std::uint32_t sku = 0;        // 0: none
  std::uint16_t warehouse = 0;  // 0: none
  std::string text;
  std::optional<std::string> customer{};  // its own: of an event that is about several orders
};

struct Parts {
  bool of_an_order = false;               // so it has a customer
  std::optional<std::string> customer;    // none: not recorded
  std::vector<EventKind> whole;           // kinds of the event as a whole; empty: it has no part of its own
  bool whole_has_places = false;          // those of its rows
  std::vector<Part> rows;
  bool of_several_orders = false;         // rows have a customer of their own, or none
};

// What a subscriber asked for.
struct Asked {
  std::vector<EventKind> kinds{};
  std::vector<engine::SkuId> skus{};
  std::vector<engine::WarehouseId> warehouses{};
  std::vector<std::string_view> customers{};

  schema::SubscribeRequest request(std::uint64_t from, std::uint64_t epoch) const {
    return {engine::Lsn{from}, epoch, kinds, skus, warehouses, customers};
  }
  bool kind(const std::vector<EventKind>& any) const {
    return kinds.empty() || std::ranges::any_of(any, [&](EventKind kind) { return std::ranges::find(kinds, kind) != kinds.end(); });
  }
  bool place(std::uint32_t sku, std::uint16_t warehouse) const {
    return (skus.empty() || std::ranges::find(skus, engine::SkuId{sku}) != skus.end()) &&
           (warehouses.empty() || std::ranges::find(warehouses, engine::WarehouseId{warehouse}) != warehouses.end());
  }
  bool customer(const Parts& parts) const {
    if (customers.empty() || parts.of_several_orders) return true;
    if (!parts.of_an_order) return false;
    return !parts.customer || std::ranges::find(customers, std::string_view(*parts.customer)) != customers.end();
  }
  bool customer(const Parts& parts, const Part& row) const {
    if (customers.empty() || !parts.of_several_orders) return true;
    return row.customer && std::ranges::find(customers, std::string_view(*row.customer)) != customers.end();
  }
};

namespace detail {

// Some are available where none were: as many as came, or fewer where the rest made up for an overdraft.
inline bool was_empty(std::int64_t came, std::int64_t available_after) { return available_after > 0 && available_after <= came; }
inline void add_arrival(std::int64_t came, std::int64_t available_after, std::vector<schema::EventKind>& kinds) {
  if (was_empty(came, available_after)) kinds.push_back(schema::EventKind::back_in_stock);
  if (came > available_after) kinds.push_back(schema::EventKind::healed);  // not all that came is there
}

inline std::string text(std::uint64_t number) { return std::to_string(number); }

inline std::string moved(const char* what, const engine::Take& take) {
  return std::string(what) + " " + text(take.quantity) + "@" + text(take.warehouse.value) + " leaves " + text(take.available_after) +
         " shipment " + text(take.shipment);
}

struct Lister {
  Parts parts;

  void add(std::vector<EventKind> kinds, engine::SkuId sku, engine::WarehouseId warehouse, std::string words) {
    parts.rows.push_back({std::move(kinds), sku.value, warehouse.value, "sku " + text(sku.value) + " " + std::move(words)});
  }
  void of_order(const std::optional<std::string_view>& customer) {
    parts.of_an_order = true;
    if (customer) parts.customer = std::string(*customer);
  }

  void operator()(const engine::VoidDecision&) {}
  void operator()(const engine::OrderDecision& order) {
    of_order(order.texts.customer);
    const bool refused = order.status == engine::OrderStatus::refused;
    parts.whole = {refused ? EventKind::order_refused : EventKind::order_accepted};
    parts.whole_has_places = true;
    std::size_t next = 0;
    for (std::size_t index = 0; index < order.lines.size(); ++index) {
      const engine::LineDecision& line = order.lines[index];
      const std::string head = "line " + text(line.line.value) + " ";
      std::vector<engine::Take> takes;
      if (line.taken != 0) takes.push_back({line.taken, line.available_after, line.warehouse, line.shipment});
      for (int more = 0; more < line.more_takes; ++more) takes.push_back(order.takes[next++]);
      std::uint64_t given = line.backordered;
      for (const engine::Take& take : takes) {
        std::vector<EventKind> kinds{EventKind::line_reserved, EventKind::pick_list_issued};
        if (take.available_after == 0) kinds.push_back(EventKind::out_of_stock);
        add(kinds, line.sku, take.warehouse, head + moved("takes", take));
        given += take.quantity;
      }
      if (line.backordered != 0) {
        std::string words = head + "waits", dated;
        for (const engine::LineWait& wait : order.waits) {
          if (wait.line_index == index) words += " as " + text(wait.position) + " behind " + text(wait.quantity_ahead);
        }
        std::uint64_t undated = line.backordered;
        for (const engine::ExpectedUnits& each : order.expected) {
          if (each.line_index != index) continue;
          dated += ", " + text(each.quantity) + " at " + std::to_string(each.date.value);
          undated -= each.quantity;
        }
        if (!dated.empty()) add({EventKind::line_backordered}, line.sku, line.pinned, words + dated);
        words += ", " + text(undated) + " at no known date";
        for (const engine::ExpectedUnits& each : order.fallbacks) {
          if (each.line_index == index) words += ", " + text(each.quantity) + " ordered now at " + std::to_string(each.date.value);
        }
        if (undated != 0) add({EventKind::line_backordered, EventKind::shortage_alert}, line.sku, line.pinned, words);
      }
      if (given < line.quantity) {
        add({refused ? EventKind::order_refused : EventKind::cancelled}, line.sku, line.pinned, head + "gives up " + text(line.quantity - given));
      }
    }
    for (const engine::ReceivedRow& row : order.returned) {
      add({EventKind::hold_confirmed}, row.sku, row.warehouse, "its hold had " + text(row.quantity) + "@" + text(row.warehouse.value));
    }
  }
  void operator()(const engine::HoldDecision& hold) {
    of_order(hold.customer);
    parts.whole = {EventKind::hold_created};
    parts.whole_has_places = true;
    std::size_t next = 0;
    for (const engine::LineDecision& line : hold.lines) {
      const std::string head = "line " + text(line.line.value) + " ";
      std::vector<engine::Take> takes;
      if (line.taken != 0) takes.push_back({line.taken, line.available_after, line.warehouse, line.shipment});
      for (int more = 0; more < line.more_takes; ++more) takes.push_back(hold.takes[next++]);
      std::uint64_t given = 0;
      for (const engine::Take& take : takes) {
        std::vector<EventKind> kinds{EventKind::hold_created};
        if (take.available_after == 0) kinds.push_back(EventKind::out_of_stock);
        add(kinds, line.sku, take.warehouse, head + moved("holds", take));
        given += take.quantity;
      }
      if (given < line.quantity) add({EventKind::hold_created}, line.sku, line.pinned, head + "lacks " + text(line.quantity - given));
    }
  }
  void operator()(const engine::HoldExtendDecision& extend) {
    of_order(extend.customer);
    parts.whole = {EventKind::hold_extended};
  }
  void operator()(const engine::HoldEndDecision& end) {
    of_order(end.customer);
    const EventKind kind = end.how == engine::HoldEnd::expired ? EventKind::hold_expired : EventKind::hold_released;
    std::size_t next = 0;
    for (const engine::ReleasedLine& line : end.lines) {
      const std::string head = "line " + text(line.line.value) + " ";
      if (line.count == 0) add({kind}, line.sku, {}, head + "held nothing");
      for (std::uint32_t count = 0; count < line.count; ++count) {
        const engine::Take& take = end.released[next++];
        std::vector<EventKind> kinds{kind};
        if (was_empty(take.quantity, take.available_after)) kinds.push_back(EventKind::back_in_stock);
        add(kinds, line.sku, take.warehouse, head + moved("gives", take));
      }
    }
  }
  void operator()(const engine::ReceiptDecision& receipt) { stock(receipt.rows, EventKind::stock_received); }
  void operator()(const engine::FillDecision& fill) {
    of_order(fill.customer);
    for (const engine::Take& take : fill.takes) {
      std::vector<EventKind> kinds{EventKind::backorder_filled, EventKind::pick_list_issued, EventKind::pick_list_superseded};
      if (take.available_after == 0) kinds.push_back(EventKind::out_of_stock);
      add(kinds, fill.sku, take.warehouse, moved("fills", take));
    }
  }
  void operator()(const engine::CancelDecision& cancel) {
    of_order(cancel.customer);
    taken_back(EventKind::cancelled, cancel.lines, cancel.released);
  }
  void operator()(const engine::AmendDecision& amend) {
    of_order(amend.customer);
    if (amend.lines.empty() && amend.raised.empty()) parts.whole = {EventKind::amended};
    taken_back(EventKind::amended, amend.lines, amend.released);
    for (const engine::RaisedLine& line : amend.raised) {
      add({EventKind::amended}, line.sku, {}, "line " + text(line.line.value) + " raised by " + text(line.quantity) + " cancelled " + text(line.cancelled));
    }
  }
  void taken_back(EventKind kind, std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) {
    std::size_t next = 0;
    for (const engine::CancelledLine& line : lines) {
      const std::string head = "line " + text(line.line.value) + " ";
      if (line.waiting != 0 || line.excess != 0 || line.releases == 0) {
        add({kind}, line.sku, {}, head + "waited " + text(line.waiting) + " excess " + text(line.excess));
      }
      for (std::uint32_t release = 0; release < line.releases; ++release) {
        const engine::Take& take = released[next++];
        std::vector<EventKind> kinds{kind, EventKind::pick_list_superseded};
        if (was_empty(take.quantity, take.available_after)) kinds.push_back(EventKind::back_in_stock);
        add(kinds, line.sku, take.warehouse, head + moved("gives", take));
      }
    }
  }
  void operator()(const engine::ShipDecision& ship) {
    of_order(ship.customer);
    std::size_t next = 0;
    for (const engine::ShippedLine& line : ship.lines) {
      const std::string head = "line " + text(line.line.value) + " ";
      if (line.ships == 0) add({EventKind::shipped}, line.sku, {}, head + "ships nothing");
      for (std::uint32_t count = 0; count < line.ships; ++count) {
        const engine::Take& take = ship.shipped[next++];
        add({EventKind::shipped}, line.sku, take.warehouse, head + moved("ships", take));
      }
    }
  }
  void operator()(const engine::ShipmentDecision& move) {
    of_order(move.customer);
    constexpr EventKind kinds_of[] = {EventKind::picked, EventKind::packed, EventKind::shipped, EventKind::delivered, EventKind::put_back,
                                      EventKind::tracking, EventKind::returned};
    const EventKind kind = kinds_of[static_cast<std::size_t>(move.step) - 1];
    if (move.lines.empty()) add({kind}, {}, move.warehouse, "the shipment");
    for (const engine::MovedLine& line : move.lines) {
      const std::string head = "line " + text(line.line.value) + " ";
      std::vector<EventKind> kinds{kind};
      if (move.step == engine::ShipmentStep::put_back) kinds.push_back(EventKind::pick_list_superseded);
      const bool came = move.step == engine::ShipmentStep::give_back && !move.to_unavailable;
      if (came) add_arrival(line.quantity, line.available_after, kinds);
      if (line.quantity != 0) add(kinds, line.sku, move.warehouse, head + "moves " + text(line.quantity) + " leaves " + text(line.available_after));
      if (line.rest != 0) {
        add({EventKind::short_pick, EventKind::pick_list_issued, EventKind::pick_list_superseded}, line.sku, move.warehouse,
            head + "lacks " + text(line.rest) + " shipment " + text(move.rest_shipment));
      }
    }
  }
  void operator()(const engine::TransferShipDecision& ship) {
    for (const engine::TransferredRow& row : ship.rows) {
      std::vector<EventKind> kinds{EventKind::transfer_shipped};
      if (row.available_after == 0) kinds.push_back(EventKind::out_of_stock);
      add(kinds, row.sku, ship.source, "leaves " + text(row.quantity) + " makes " + text(row.available_after));
    }
  }
  void operator()(const engine::TransferReceiptDecision& receipt) {
    for (const engine::ArrivedRow& row : receipt.rows) {
      std::vector<EventKind> kinds{EventKind::transfer_received};
      add_arrival(row.quantity, row.available_after, kinds);
      add(kinds, row.sku, receipt.destination,
          "arrives " + text(row.quantity) + " damaged " + text(row.damaged) + " over " + text(row.over) + " makes " + text(row.available_after));
    }
    for (const engine::MissingUnits& each : receipt.missing) {
      add({EventKind::transfer_received}, each.sku, receipt.destination, "short " + text(each.quantity));
    }
  }
  void operator()(const engine::PurchaseDecision& purchase) {
    for (std::size_t index = 0; index < purchase.lines.size(); ++index) {
      const engine::PurchasedLine& line = purchase.lines[index];
      std::string words = "line " + text(line.line.value) + " wants " + text(line.quantity) + " at " + std::to_string(line.promised.value);
      if (!purchase.estimates.empty()) words += " or " + std::to_string(purchase.estimates[index].value);
      for (const engine::PurchasePeg& peg : purchase.pegs) {
        if (peg.index == index) words += " for " + std::string(purchase.peg_orders[peg.order]) + " line " + text(peg.order_line.value);
      }
      add({EventKind::purchase_placed}, line.sku, line.warehouse, words);
    }
  }
  void operator()(const engine::PurchaseStepDecision& step) {
    constexpr EventKind kinds_of[] = {EventKind::purchase_approved, EventKind::purchase_sent, EventKind::purchase_acknowledged, EventKind::purchase_closed,
                                      EventKind::purchase_cancelled, EventKind::purchase_adopted};
    parts.whole = {kinds_of[static_cast<std::size_t>(step.step) - 1]};
    const bool all_came = step.state == engine::PurchaseState::received || step.state == engine::PurchaseState::closed;
    if (step.step == engine::PurchaseStep::acknowledge && all_came) parts.whole.push_back(EventKind::purchase_closed);
    for (std::size_t index = 0; index < step.changes.size(); ++index) {
      const engine::PurchaseChange& change = step.changes[index];
      add(parts.whole, change.sku, change.warehouse,
          "line " + text(change.line.value) + " now wants " + text(change.quantity) + " at " + std::to_string(change.promised.value) +
              (step.estimates.empty() ? "" : " or " + std::to_string(step.estimates[index].value)) + " brings " + std::to_string(change.incoming_change));
    }
  }
  void operator()(const engine::PurchaseReceiptDecision& receipt) {
    for (const engine::PurchaseArrivedRow& row : receipt.rows) {
      std::vector<EventKind> kinds{EventKind::purchase_received, EventKind::stock_received};
      add_arrival(row.quantity, row.available_after, kinds);
      add(kinds, row.sku, row.warehouse,
          "line " + text(row.line.value) + " arrives " + text(row.quantity) + "@" + text(row.warehouse.value) + " damaged " + text(row.damaged) + " over " +
              text(row.over) + " makes " + text(row.available_after));
    }
  }
  // A vendor that rows name stands there with them.
  void operator()(const engine::RulesDecision& set) {
    parts.whole = {EventKind::rules_set};
    const auto named = [&](std::uint32_t vendor) { return vendor == 0 ? std::string("of any") : "of " + std::string(set.vendors[vendor - 1].code) + " in " + std::to_string(set.vendors[vendor - 1].lead_days); };
    for (const engine::SourceSet& source : set.sources) add({EventKind::rules_set}, source.sku, {}, "source " + named(source.vendor) + " in " + std::to_string(source.lead_days));
    for (const engine::RuleSet& rule : set.rules) add({EventKind::rules_set}, rule.sku, rule.warehouse, "rule " + text(rule.point) + " " + named(rule.vendor));
    for (std::uint32_t vendor = 1; vendor <= set.vendors.size(); ++vendor) {
      const auto names = [&](const auto& row) { return row.vendor == vendor; };
      if (std::ranges::any_of(set.sources, names) || std::ranges::any_of(set.rules, names)) continue;
      add({EventKind::rules_set}, {}, {}, "vendor " + named(vendor));
    }
  }
  void operator()(const engine::ReorderDecision& reorder) {
    std::vector<EventKind> kinds{reorder.cleared ? EventKind::reorder_cleared : EventKind::reorder_triggered};
    if (reorder.quantity != 0) kinds.push_back(EventKind::purchase_suggested);
    add(kinds, reorder.sku, reorder.warehouse, "orders " + text(reorder.quantity));
  }
  void operator()(const engine::OverdueDecision& overdue) {
    for (const engine::OverdueLine& line : overdue.lines) {
      add({overdue.transfer ? EventKind::transfer_overdue : EventKind::purchase_overdue}, line.sku, line.warehouse,
          "line " + text(line.line.value) + " lacks " + text(line.open) + "@" + text(line.warehouse.value) + " since " + std::to_string(line.promised.value));
    }
  }
  void operator()(const engine::DatesDecision& moved) {
    parts.of_several_orders = true;
    for (const engine::MovedDate& line : moved.lines) {
      add({line.before.value == 0 ? EventKind::date_assigned : EventKind::date_changed}, line.sku, {},
          std::string(moved.orders[line.order]) + " line " + text(line.line.value) + " waits for " + text(line.waiting) + " until " + std::to_string(line.before.value) +
              " now " + std::to_string(line.date.value));
      parts.rows.back().customer = std::string(moved.customers[line.order]);
    }
  }
  void operator()(const engine::StrictDecision& strict) {
    parts.of_several_orders = true;
    if (!strict.order_id.empty()) {
      add({EventKind::turned_strict}, {}, {}, "turns strict");
      parts.rows.back().customer = std::string(strict.customer);
    }
    for (const engine::LostUnits& lost : strict.lost) {
      add({EventKind::allocation_lost, EventKind::pick_list_superseded}, lost.sku, lost.warehouse, "line " + text(lost.line.value) + " loses " + text(lost.quantity));
      parts.rows.back().customer = std::string(strict.customers[lost.order]);
    }
  }
  void operator()(const engine::LoadDecision& load) {
    parts.whole = {EventKind::catalogue_loaded};
    for (const auto& row : load.warehouses) add({EventKind::catalogue_loaded}, {}, row.id, "code " + std::string(row.code));
    for (const auto& row : load.products) add({EventKind::catalogue_loaded}, row.id, {}, "code " + std::string(row.code));
    stock(load.stock, EventKind::catalogue_loaded);
  }
  // Rows that are all zero stand there for lost units of theirs alone.
  void operator()(const engine::StockChangeDecision& change) {
    parts.of_several_orders = true;
    for (std::size_t index = 0; index < change.rows.size(); ++index) {
      const engine::ChangedRow& row = change.rows[index];
      std::int64_t came = std::int64_t{row.on_hand_change} - row.unavailable_change;
      for (std::size_t position = 0; position < change.lost.size(); ++position) {
        const engine::LostUnits& lost = change.lost[position];
        if (lost.row != index) continue;
        came += lost.quantity;
        const bool of_hold = change.of_hold(position);
        std::vector<EventKind> lost_kinds{EventKind::allocation_lost};
        if (!of_hold) lost_kinds.push_back(EventKind::pick_list_superseded);
        add(lost_kinds, lost.sku, lost.warehouse,
            (of_hold ? "hold " : "order ") + std::string(change.orders[lost.order]) + " line " + text(lost.line.value) + " loses " + text(lost.quantity) + " shipment " + text(lost.shipment));
        parts.rows.back().customer = std::string(change.customers[lost.order]);
      }
      if (row.on_hand_change == 0 && row.unavailable_change == 0) continue;
      std::vector<EventKind> kinds{EventKind::stock_adjusted};
      if (came < 0 && row.available_after == 0) kinds.push_back(EventKind::out_of_stock);
      const bool overdrawn = std::ranges::find(change.overdrawn, index) != change.overdrawn.end();
      if (overdrawn) kinds.push_back(EventKind::overdrawn);
      if (came > 0) add_arrival(came, row.available_after, kinds);
      add(kinds, row.sku, row.warehouse,
          "changes " + std::to_string(row.on_hand_change) + " " + std::to_string(row.unavailable_change) + " makes " + text(row.available_after) + (overdrawn ? " overdrawn" : ""));
    }
  }
  void stock(std::span<const engine::ReceivedRow> rows, EventKind kind) {
    for (const engine::ReceivedRow& row : rows) {
      std::vector<EventKind> kinds{kind};
      add_arrival(row.quantity, row.available_after, kinds);
      add(kinds, row.sku, row.warehouse, "gets " + text(row.quantity) + "@" + text(row.warehouse.value) + " makes " + text(row.available_after));
    }
  }
};

}  // namespace detail

inline Parts parts_of(const schema::Event& event) {
  detail::Lister lister;
  std::visit(lister, event.decision);
  return std::move(lister.parts);
}

// The rows that should come of this event, and whether it should come at all.
struct Expected {
  bool comes = false;
  bool filtered = false;  // a row is left out
  std::vector<std::string> rows;
};

inline Expected expect(const Asked& asked, const Parts& parts) {
  Expected expected;
  bool place = asked.skus.empty() && asked.warehouses.empty();
  for (const Part& row : parts.rows) {
    const bool there = asked.place(row.sku, row.warehouse);
    place |= parts.whole_has_places && there;
    if (there && asked.kind(row.kinds) && asked.customer(parts, row)) expected.rows.push_back(row.text);
  }
  const bool as_a_whole = !parts.whole.empty() && asked.kind(parts.whole) && place;
  expected.comes = asked.customer(parts) && (as_a_whole || !expected.rows.empty());
  expected.filtered = expected.rows.size() != parts.rows.size();
  if (!expected.comes) expected.rows.clear();
  return expected;
}

}  // namespace earmark::server::test
