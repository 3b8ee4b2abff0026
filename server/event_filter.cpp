#include "server/event_filter.hpp"

#include <algorithm>

namespace earmark::server {
namespace {

using schema::EventKind;

template <class Value>
std::vector<Value> sorted(std::span<const Value> values) {
  std::vector<Value> copy(values.begin(), values.end());
  std::ranges::sort(copy);
  return copy;
}

// By these units the cell's available quantity fell to 0.
bool emptied(const engine::Take& take) noexcept { return take.quantity != 0 && take.available_after == 0; }

bool passes(const EventFilter& filter, EventKind kind, EventKind also, bool is_also) noexcept {
  return filter.kind(kind) || (is_also && filter.kind(also));
}

}  // namespace

bool passes_arrival(const EventFilter& filter, engine::Quantity came, engine::Quantity available_after) noexcept {
  return (engine::was_empty(came, available_after) && filter.kind(EventKind::back_in_stock)) || (engine::heals(came, available_after) && filter.kind(EventKind::healed));
}

namespace {

// One line of an order with its takes gathered, the first one included.
struct OrderLine {
  const engine::LineDecision& line;
  std::span<const engine::Take> more;
  engine::Quantity undated = 0;  // of what waits, what is expected at no known date

  template <class Use>
  void each_take(Use use) const {
    if (line.taken != 0) use(engine::Take{line.taken, line.available_after, line.warehouse, line.shipment});
    for (const engine::Take& take : more) use(take);
  }
  // What it neither took nor waits for.
  engine::Quantity rest() const noexcept {
    std::uint64_t given = std::uint64_t{line.backordered} + line.taken;
    for (const engine::Take& take : more) given += take.quantity;
    return given < line.quantity ? static_cast<engine::Quantity>(line.quantity - given) : 0;
  }
};

// What is left of a line of an order.
struct LeftOfLine {
  engine::LineDecision line;
  bool any = false;       // something is left
  bool all = true;        // nothing was left out
  bool waits = false;     // of what waits, at least what is expected at no known date
  bool dated = false;     // the rest of it, too
  bool place = false;     // a part is where the filter asks for, of whatever kind
};

void add_take(LeftOfLine& left, const engine::Take& take, std::vector<engine::Take>& more) {
  if (left.line.taken == 0) {
    left.line.taken = take.quantity;
    left.line.available_after = take.available_after;
    left.line.warehouse = take.warehouse;
    left.line.shipment = take.shipment;
  } else {
    more.push_back(take);
    ++left.line.more_takes;
  }
  left.line.quantity += take.quantity;
  left.any = true;
}

LeftOfLine sift_line(const EventFilter& filter, const OrderLine& from, EventKind take_kind, EventKind list_kind, EventKind rest_kind,
                     std::vector<engine::Take>& more) {
  LeftOfLine left{from.line};
  left.line.quantity = left.line.backordered = left.line.taken = left.line.available_after = 0;
  left.line.warehouse = {};
  left.line.shipment = left.line.more_takes = 0;
  from.each_take([&](const engine::Take& take) {
    const bool place = filter.place(from.line.sku, take.warehouse);
    left.place |= place;
    if (place && (filter.kind(list_kind) || passes(filter, take_kind, EventKind::out_of_stock, emptied(take)))) {
      add_take(left, take, more);
    } else {
      left.all = false;
    }
  });
  const bool at_pinned = filter.place(from.line.sku, from.line.pinned);
  const engine::Quantity rest = from.rest();
  if (from.line.backordered != 0) {
    left.dated = at_pinned && filter.kind(EventKind::line_backordered);
    left.waits = left.dated || (at_pinned && from.undated != 0 && filter.kind(EventKind::shortage_alert));
    if (left.waits) left.line.quantity += left.line.backordered = left.dated ? from.line.backordered : from.undated;
    left.all &= left.line.backordered == from.line.backordered;
  }
  if (rest != 0) {
    const bool stays = at_pinned && filter.kind(rest_kind);
    if (stays) left.line.quantity += rest;
    left.any |= stays;
    left.all &= stays;
  }
  left.any |= left.waits;
  left.place |= at_pinned && (from.line.backordered != 0 || rest != 0);
  return left;
}

// Of rows by line those of line `index`, which begin at `next` or behind it; `next` moves past them.
template <class Row>
std::span<const Row> of_line(std::span<const Row> rows, std::size_t& next, std::uint32_t index) noexcept {
  while (next < rows.size() && rows[next].line_index < index) ++next;
  const std::size_t first = next;
  while (next < rows.size() && rows[next].line_index == index) ++next;
  return rows.subspan(first, next - first);
}

// Behind those that are there, as rows of the line at `place`.
template <class Row>
void append_as(std::vector<Row>& rows, std::span<const Row> of_line, std::size_t place) {
  for (Row row : of_line) {
    row.line_index = static_cast<std::uint32_t>(place);
    rows.push_back(row);
  }
}

engine::Quantity undated_units(const engine::LineDecision& line, std::span<const engine::ExpectedUnits> expected) noexcept {
  engine::Quantity undated = line.backordered;
  for (const engine::ExpectedUnits& each : expected) undated -= std::min(undated, each.quantity);
  return undated;
}

Passes verdict(bool any, bool all) noexcept { return !any ? Passes::nothing : all ? Passes::whole : Passes::some; }

// The rows for which `stays` says so, put into `rows`; `all` becomes false if one does not.
template <class Row, class Stays>
std::span<const Row> sift_rows(std::span<const Row> from, std::vector<Row>& rows, bool& all, Stays stays) {
  rows.clear();
  for (const Row& row : from) {
    if (stays(row)) rows.push_back(row);
  }
  all &= rows.size() == from.size();
  return rows;
}

}  // namespace

EventFilter::EventFilter(const schema::SubscribeRequest& request)
    : skus_(sorted(request.skus)), warehouses_(sorted(request.warehouses)),
      customers_(request.customers.begin(), request.customers.end()) {
  for (const EventKind kind : request.kinds) kinds_.set(static_cast<std::uint8_t>(kind));
  std::ranges::sort(customers_);
}

bool EventFilter::filters_anything(const schema::SubscribeRequest& request) noexcept {
  return !request.kinds.empty() || !request.skus.empty() || !request.warehouses.empty() || !request.customers.empty();
}

bool EventFilter::place(engine::SkuId sku, engine::WarehouseId warehouse) const noexcept {
  return (skus_.empty() || std::ranges::binary_search(skus_, sku)) &&
         (warehouses_.empty() || std::ranges::binary_search(warehouses_, warehouse));
}

bool EventFilter::customer(const std::optional<std::string_view>& customer) const noexcept {
  return customers_.empty() || !customer || std::ranges::binary_search(customers_, *customer);
}

Passes EventSieve::sift(const EventFilter& filter, const schema::Event& event, schema::Event& left) {
  left.stamp = event.stamp;
  left.filtered = true;
  const Passes passes = std::visit([&](const auto& decision) { return sift(filter, decision, left.decision); }, event.decision);
  return passes == Passes::nothing || filter.any_customer() ? passes : hide_skip(event.decision, left.decision, passes);
}

Passes EventSieve::hide_skip(const schema::Decision& from, schema::Decision& left, Passes passes) {
  const auto hide = [&](const auto& decision) {
    if constexpr (requires { decision.skipped; }) {
      if (decision.skipped.order_lsn.value == 0) return passes;
      if (passes == Passes::whole) left = decision;
      std::get<std::remove_cvref_t<decltype(decision)>>(left).skipped = {};
      return Passes::some;
    }
    return passes;
  };
  return std::visit(hide, from);
}

Passes EventSieve::sift(const EventFilter&, const engine::VoidDecision&, schema::Decision&) { return Passes::nothing; }

Passes EventSieve::sift(const EventFilter& filter, const engine::OrderDecision& order, schema::Decision& left) {
  if (!filter.customer(order.texts.customer)) return Passes::nothing;
  const bool refused = order.status == engine::OrderStatus::refused;
  bool place = filter.any_place(), all = true;
  lines_.clear(), takes_.clear(), waits_.clear(), expected_.clear(), fallbacks_.clear(), policies_.clear(), cut_.clear();
  std::size_t next_take = 0, next_wait = 0, next_expected = 0, next_fallback = 0;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision& line = order.lines[index];
    const auto waits = of_line(order.waits, next_wait, index);
    const auto expected = of_line(order.expected, next_expected, index), fallbacks = of_line(order.fallbacks, next_fallback, index);
    const OrderLine from{line, order.takes.subspan(next_take, line.more_takes), undated_units(line, expected)};
    const LeftOfLine part = sift_line(filter, from, EventKind::line_reserved, EventKind::pick_list_issued,
                                      refused ? EventKind::order_refused : EventKind::cancelled, takes_);
    next_take += line.more_takes;
    place |= part.place;
    all &= part.all && part.any;
    if (part.waits) append_as(waits_, waits, lines_.size()), append_as(fallbacks_, fallbacks, lines_.size());
    if (part.dated) append_as(expected_, expected, lines_.size());
    if (!part.any) continue;
    if (!order.line_policies.empty()) policies_.push_back(order.line_policies[index]);
    if (std::ranges::binary_search(order.not_backorderable, index)) cut_.push_back(static_cast<std::uint32_t>(lines_.size()));
    lines_.push_back(part.line);
  }
  const auto returned = sift_rows(order.returned, rows_, all, [&](const engine::ReceivedRow& row) {
    const bool there = filter.place(row.sku, row.warehouse);
    place |= there;
    return there && filter.kind(EventKind::hold_confirmed);
  });
  const bool as_a_whole = place && filter.kind(refused ? EventKind::order_refused : EventKind::order_accepted);
  if (const Passes passes = verdict(as_a_whole || !lines_.empty() || !returned.empty(), all); passes != Passes::some) return passes;
  engine::OrderDecision& kept = left.emplace<engine::OrderDecision>(order);
  kept.lines = lines_;
  kept.takes = takes_;
  kept.waits = waits_;
  kept.expected = expected_;
  kept.fallbacks = fallbacks_;
  kept.line_policies = policies_;
  kept.not_backorderable = cut_;
  kept.returned = returned;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::HoldDecision& hold, schema::Decision& left) {
  if (!filter.customer(hold.customer)) return Passes::nothing;
  bool place = filter.any_place(), all = true;
  lines_.clear(), takes_.clear();
  std::size_t next_take = 0;
  for (const engine::LineDecision& line : hold.lines) {
    const LeftOfLine part = sift_line(filter, {line, hold.takes.subspan(next_take, line.more_takes)}, EventKind::hold_created,
                                      EventKind::hold_created, EventKind::hold_created, takes_);
    next_take += line.more_takes;
    place |= part.place;
    all &= part.all && part.any;
    if (part.any) lines_.push_back(part.line);
  }
  const bool as_a_whole = place && filter.kind(EventKind::hold_created);
  if (const Passes passes = verdict(as_a_whole || !lines_.empty(), all); passes != Passes::some) return passes;
  engine::HoldDecision& kept = left.emplace<engine::HoldDecision>(hold);
  kept.lines = lines_;
  kept.takes = takes_;
  return Passes::some;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::HoldExtendDecision& extend, schema::Decision&) {
  const bool passes = filter.customer(extend.customer) && filter.kind(EventKind::hold_extended) && filter.any_place();
  return passes ? Passes::whole : Passes::nothing;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::HoldEndDecision& end, schema::Decision& left) {
  if (!filter.customer(end.customer)) return Passes::nothing;
  const EventKind kind = end.how == engine::HoldEnd::expired ? EventKind::hold_expired : EventKind::hold_released;
  bool all = true;
  released_.clear(), takes_.clear();
  std::size_t next = 0;
  for (engine::ReleasedLine line : end.lines) {
    const auto released = end.released.subspan(next, line.count);
    next += released.size();
    const std::size_t before = takes_.size();
    std::ranges::copy_if(released, std::back_inserter(takes_), [&](const engine::Take& take) {
      return filter.place(line.sku, take.warehouse) &&
             passes(filter, kind, EventKind::back_in_stock, engine::was_empty(take.quantity, take.available_after));
    });
    line.count = static_cast<std::uint32_t>(takes_.size() - before);
    const bool stays = (filter.kind(kind) && filter.place(line.sku, {})) || line.count != 0;
    all &= stays && line.count == released.size();
    if (stays) released_.push_back(line);
  }
  engine::HoldEndDecision& kept = left.emplace<engine::HoldEndDecision>(end);
  kept.lines = released_;
  kept.released = takes_;
  return verdict(!released_.empty(), all);
}

Passes EventSieve::sift(const EventFilter& filter, const engine::ReceiptDecision& receipt, schema::Decision& left) {
  if (!filter.any_customer()) return Passes::nothing;
  bool all = true;
  engine::ReceiptDecision& kept = left.emplace<engine::ReceiptDecision>(receipt);
  kept.rows = sift_rows(receipt.rows, rows_, all, [&](const engine::ReceivedRow& row) {
    return filter.place(row.sku, row.warehouse) && (filter.kind(EventKind::stock_received) || passes_arrival(filter, row.quantity, row.available_after));
  });
  return verdict(!kept.rows.empty(), all);
}

Passes EventSieve::sift(const EventFilter& filter, const engine::FillDecision& fill, schema::Decision& left) {
  if (!filter.customer(fill.customer)) return Passes::nothing;
  bool all = true;
  engine::FillDecision& kept = left.emplace<engine::FillDecision>(fill);
  kept.takes = sift_rows(fill.takes, takes_, all, [&](const engine::Take& take) {
    return filter.place(fill.sku, take.warehouse) &&
           (filter.kind(EventKind::pick_list_issued) || filter.kind(EventKind::pick_list_superseded) ||
            passes(filter, EventKind::backorder_filled, EventKind::out_of_stock, emptied(take)));
  });
  return verdict(!kept.takes.empty(), all);
}

bool EventSieve::sift_taken_back(const EventFilter& filter, EventKind kind, std::span<const engine::CancelledLine> lines,
                                 std::span<const engine::Take> all_released) {
  bool all = true;
  cancelled_.clear(), takes_.clear();
  std::size_t next = 0;
  for (engine::CancelledLine line : lines) {
    const bool itself = filter.kind(kind) && filter.place(line.sku, {});
    const auto released = all_released.subspan(next, line.releases);
    next += released.size();
    const std::size_t before = takes_.size();
    std::ranges::copy_if(released, std::back_inserter(takes_), [&](const engine::Take& take) {
      return filter.place(line.sku, take.warehouse) &&
             (filter.kind(EventKind::pick_list_superseded) ||
              passes(filter, kind, EventKind::back_in_stock, engine::was_empty(take.quantity, take.available_after)));
    });
    line.releases = static_cast<std::uint32_t>(takes_.size() - before);
    const bool stays = itself || line.releases != 0;
    all &= stays && line.releases == released.size() && (itself || (line.waiting == 0 && line.excess == 0));
    if (!itself) line.waiting = 0, line.excess = 0;
    if (stays) cancelled_.push_back(line);
  }
  return all;
}

Passes EventSieve::sift(const EventFilter& filter, const engine::CancelDecision& cancel, schema::Decision& left) {
  if (!filter.customer(cancel.customer)) return Passes::nothing;
  const bool all = sift_taken_back(filter, EventKind::cancelled, cancel.lines, cancel.released);
  engine::CancelDecision& kept = left.emplace<engine::CancelDecision>(cancel);
  kept.lines = cancelled_;
  kept.released = takes_;
  return verdict(!cancelled_.empty(), all);
}

Passes EventSieve::sift(const EventFilter& filter, const engine::AmendDecision& amend, schema::Decision& left) {
  if (!filter.customer(amend.customer)) return Passes::nothing;
  bool all = sift_taken_back(filter, EventKind::amended, amend.lines, amend.released);
  engine::AmendDecision& kept = left.emplace<engine::AmendDecision>(amend);
  kept.lines = cancelled_;
  kept.released = takes_;
  if (!filter.kind(EventKind::amended) || !filter.any_place()) kept.priority.reset();
  all &= kept.priority == amend.priority;
  kept.raised = sift_rows(amend.raised, raised_, all, [&](const engine::RaisedLine& row) { return filter.kind(EventKind::amended) && filter.place(row.sku, {}); });
  // An amend without any effect is a part of its own, as a whole.
  const bool as_a_whole = amend.lines.empty() && amend.raised.empty() && filter.kind(EventKind::amended) && filter.any_place();
  return verdict(as_a_whole || !cancelled_.empty() || !kept.raised.empty(), all);
}

Passes EventSieve::sift(const EventFilter& filter, const engine::ShipDecision& ship, schema::Decision& left) {
  if (!filter.customer(ship.customer) || !filter.kind(EventKind::shipped)) return Passes::nothing;
  bool all = true;
  shipped_.clear(), takes_.clear();
  std::size_t next = 0;
  for (engine::ShippedLine line : ship.lines) {
    const auto shipped = ship.shipped.subspan(next, line.ships);
    next += shipped.size();
    const std::size_t before = takes_.size();
    std::ranges::copy_if(shipped, std::back_inserter(takes_),
                         [&](const engine::Take& take) { return filter.place(line.sku, take.warehouse); });
    line.ships = static_cast<std::uint32_t>(takes_.size() - before);
    const bool stays = filter.place(line.sku, {}) || line.ships != 0;
    all &= stays && line.ships == shipped.size();
    if (stays) shipped_.push_back(line);
  }
  engine::ShipDecision& kept = left.emplace<engine::ShipDecision>(ship);
  kept.lines = shipped_;
  kept.shipped = takes_;
  return verdict(!shipped_.empty(), all);
}

Passes EventSieve::sift(const EventFilter& filter, const engine::LoadDecision& load, schema::Decision& left) {
  if (!filter.any_customer()) return Passes::nothing;
  const bool loaded = filter.kind(EventKind::catalogue_loaded);
  bool all = true;
  engine::LoadDecision& kept = left.emplace<engine::LoadDecision>(load);
  kept.warehouses = sift_rows(load.warehouses, warehouses_, all, [&](const engine::LoadedWarehouse& row) {
    return loaded && filter.place({}, row.id);
  });
  kept.products = sift_rows(load.products, products_, all, [&](const engine::LoadedProduct& row) {
    return loaded && filter.place(row.id, {});
  });
  kept.stock = sift_rows(load.stock, rows_, all, [&](const engine::ReceivedRow& row) {
    return filter.place(row.sku, row.warehouse) && (filter.kind(EventKind::catalogue_loaded) || passes_arrival(filter, row.quantity, row.available_after));
  });
  const bool as_a_whole = loaded && filter.any_place();
  return verdict(as_a_whole || !kept.warehouses.empty() || !kept.products.empty() || !kept.stock.empty(), all);
}

}  // namespace earmark::server
