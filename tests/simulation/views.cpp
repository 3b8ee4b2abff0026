// Answers to questions as text: what the server said, and what the twin says in its words.
#include "tests/simulation/views.hpp"

#include <sstream>

#include "tests/model/dates.hpp"

namespace earmark::simulation {

namespace {

std::string text_of(std::span<const engine::ExpectedUnits> expected) {
  std::string text;
  for (const engine::ExpectedUnits& each : expected) {
    text += "; of line index " + std::to_string(each.line_index) + " " + std::to_string(each.quantity) + " by " + std::to_string(each.date.value);
  }
  return text;
}

std::string text_of(std::span<const engine::ExpectedUnits> expected, std::span<const engine::ExpectedUnits> fallbacks) {
  return text_of(expected) + (fallbacks.empty() ? "" : "; if ordered now") + text_of(fallbacks);
}

std::string text_of(engine::PromiseImage promise) {
  return "; line index " + std::to_string(promise.line_index) + " promised " + std::to_string(promise.first.value) + " told " + std::to_string(promise.told.value);
}

std::string date_text(engine::TimeUs date) { return date.value == 0 ? "" : " by " + std::to_string(date.value); }

void write(std::ostream& out, const engine::PurchaseLineState& line) {
  out << " [" << line.line.value << ": " << line.received << " of " << line.quantity << " of " << line.sku.value << " to " << line.warehouse.value << ", "
      << line.promised.value << ", first " << line.first_promised.value << ']';
}

}  // namespace

std::string text_of(const schema::OrderView& view) {
  std::ostringstream out;
  out << "order '" << view.id << "' of " << view.lsn.value << ' ' << engine::name(view.status) << ' ' << engine::name(view.policy) << " priority "
      << +view.priority.value;
  std::size_t next = 0;
  for (const schema::OrderLineView& line : view.lines) {
    out << "; line " << line.line.value << " sku " << line.sku.value << " x " << line.quantity << " waiting " << line.backordered << " cancelled "
        << line.cancelled << " place " << line.position << " behind " << line.quantity_ahead << " patience " << +line.patience;
    for (std::size_t left = line.allocations; left > 0; --left) {
      const schema::Allocation& each = view.allocations[next++];
      out << " [" << each.warehouse.value << '-' << each.shipment << ": " << each.reserved << ' ' << each.shipped;
      if (const engine::Quantity units = view.returned.empty() ? 0 : view.returned[next - 1]; units != 0) out << " back " << units;
      out << ']';
    }
  }
  for (const engine::PromiseImage& promise : view.promises) out << text_of(promise);
  out << text_of(view.expected, view.fallbacks);
  for (std::size_t index = 0; index < view.shipments.size(); ++index) {
    const schema::ShipmentRow& row = view.shipments[index];
    if (row.step != engine::ShipmentState::shipped && (row.step != engine::ShipmentState::open || row.revision != 1)) {
      out << "; shipment " << row.number << ' ' << engine::name(row.step) << " revision " << row.revision << " '" << view.carriers[index] << "' '"
          << view.trackings[index] << "' " << row.expected.value;
    }
  }
  return out.str();
}

std::string text_of(const schema::BackordersAnswer& answer) {
  std::ostringstream out;
  for (std::size_t row = 0; row < answer.lines.size(); ++row) {
    const schema::WaitingLine& line = answer.lines[row];
    out << "sku " << line.sku.value << " line " << line.line.value << " of '" << answer.orders[line.order] << "' for '"
        << answer.customers[line.order] << "' x " << line.quantity << " place " << line.position << " behind " << line.quantity_ahead
        << date_text(engine::TimeUs{answer.expected[row]}) << "; ";
  }
  return out.str();
}

std::string text_of(const schema::HoldsAnswer& answer) {
  std::ostringstream out;
  for (const schema::OpenHold& open : answer.open) {
    out << "hold '" << answer.holds[open.hold] << "' of " << open.lsn.value << " for '" << answer.customers[open.hold] << "' x " << open.units
        << " until " << open.deadline.value << "; ";
  }
  return out.str();
}

std::string text_of(const schema::PurchasesAnswer& answer) {
  std::ostringstream out;
  std::size_t next = 0;
  for (std::size_t index = 0; index < answer.open.size(); ++index) {
    const schema::OpenPurchase& open = answer.open[index];
    out << engine::name(open.state) << " purchase '" << answer.purchases[index] << "' of " << open.lsn.value << " from '" << answer.vendors[index] << "' '"
        << answer.references[index] << "' '" << answer.notes[index] << "':";
    for (std::size_t left = open.lines; left > 0; --left) write(out, answer.lines[next++]);
    out << "; ";
  }
  return out.str();
}

std::string text_of(const schema::CheckAnswer& answer) {
  return model::describe(model::CheckedStock{{answer.available.begin(), answer.available.end()},
                                             {answer.now.begin(), answer.now.end()},
                                             {answer.expected.begin(), answer.expected.end()},
                                             {answer.fallbacks.begin(), answer.fallbacks.end()}});
}

namespace {

// Of all of them, if it is known of all.
engine::TimeUs last_date(const model::Slices& slices, std::uint64_t units) {
  std::uint64_t covered = 0;
  for (const auto& slice : slices) covered += slice.second;
  return covered == units ? slices.rbegin()->first : engine::TimeUs{};
}

struct Ahead {
  std::uint64_t place = 0, units = 0;
};
Ahead ahead_of(const model::State& state, engine::SkuId sku, const model::Place& place) {
  Ahead ahead{1, 0};
  for (const model::Place& other : state.queues.at(sku)) {
    if (!(other < place)) break;
    ++ahead.place;
    ahead.units += state.waiting_at(other);
  }
  return ahead;
}

std::string show(const model::State& state, const std::string& id, engine::TimeUs clock) {
  const model::Order& order = state.orders.at(state.order_ids.at(id));
  std::ostringstream out;
  out << "order '" << order.id << "' of " << order.lsn.value << ' ' << engine::name(order.status) << ' ' << engine::name(order.policy) << " priority "
      << +order.priority.value;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const model::Line& line = order.lines[index];
    const Ahead ahead = line.waiting == 0 ? Ahead{} : ahead_of(state, line.sku, {order.priority, order.lsn, index, line.entries().front()});
    out << "; line " << line.number.value << " sku " << line.sku.value << " x " << line.quantity << " waiting " << line.waiting << " cancelled "
        << line.cancelled << " place " << ahead.place << " behind " << ahead.units << " patience " << +order.patience_of(line).in_digest();
    for (const model::Allocation& each : line.allocations) {
      if ((each.reserved | each.shipped) == 0) continue;
      out << " [" << each.warehouse.value << '-' << each.shipment << ": " << each.reserved << ' ' << each.shipped;
      const auto& returned = order.shipments[each.shipment - 1U].returned;
      if (const auto back = returned.find(index); back != returned.end() && back->second != 0) out << " back " << back->second;
      out << ']';
    }
  }
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const model::Line& line = order.lines[index];
    if (line.promised_first.value != 0) out << text_of({line.promised_first, line.told, index, 0});
  }
  model::Dates dates(state, clock);
  const std::vector<engine::ExpectedUnits> expected = dates.of(order);
  out << text_of(expected, dates.fallbacks(order, expected));
  for (std::size_t index = 0; index < order.shipments.size(); ++index) {
    const model::Shipment& shipment = order.shipments[index];
    if (shipment.state != engine::ShipmentState::shipped && (shipment.state != engine::ShipmentState::open || shipment.revision != 1)) {
      out << "; shipment " << index + 1 << ' ' << engine::name(shipment.state) << " revision " << shipment.revision << " '" << shipment.carrier
          << "' '" << shipment.tracking << "' " << shipment.expected.value;
    }
  }
  return out.str();
}

std::string list(const model::State& state, const AskedBackorders& asked, engine::TimeUs clock) {
  std::ostringstream out;
  model::Dates dates(state, clock);
  for (const auto& [sku, queue] : state.queues) {
    if (asked.sku.value != 0 && asked.sku != sku) continue;
    for (const model::Place& place : queue) {
      const model::Order& order = state.orders.at(place.order);
      const auto known = state.known.find({engine::IdSpace::order, order.id});
      const auto& texts = known->second.first.as<model::OrderAnswer>().texts;
      if (!asked.customer.empty() && texts.customer != asked.customer) continue;
      const Ahead ahead = ahead_of(state, sku, place);
      const model::Line& line = state.line_at(place);
      out << "sku " << sku.value << " line " << line.number.value << " of '" << order.id << "' for '" << texts.customer << "' x " << state.waiting_at(place)
          << " place " << ahead.place << " behind " << ahead.units << date_text(last_date(dates.of(sku, place), state.waiting_at(place))) << "; ";
    }
  }
  return out.str();
}

std::string list(const model::State& state, const AskedHolds& asked) {
  std::ostringstream out;
  for (const auto& [lsn, hold] : state.holds) {
    std::uint64_t units = 0;
    for (const model::Line& line : hold.lines) {
      if (asked.sku.value != 0 && asked.sku != line.sku) continue;
      for (const model::Allocation& each : line.allocations) units += each.reserved;
    }
    if (hold.end != engine::HoldEnd::open || (units == 0 && asked.sku.value != 0)) continue;  // all of it may have been lost
    out << "hold '" << hold.id << "' of " << lsn.value << " for '" << hold.customer << "' x " << units << " until " << hold.deadline.value << "; ";
  }
  return out.str();
}

std::string list(const model::State& state, const AskedPurchases& asked) {
  std::ostringstream out;
  for (const auto& [lsn, purchase] : state.purchases) {
    if (purchase.is_closed() || (asked.purchase.empty() ? !asked.vendor.empty() && asked.vendor != purchase.vendor : asked.purchase != purchase.id)) continue;
    const std::string notes = purchase.by_a_rule() ? "" : state.known.at({engine::IdSpace::purchase, purchase.id}).first.as<model::PurchaseAnswer>().notes;
    out << engine::name(purchase.state) << " purchase '" << purchase.id << "' of " << lsn.value << " from '" << purchase.vendor << "' '"
        << purchase.reference << "' '" << notes << "':";
    for (const model::PurchaseLine& line : purchase.lines) {
      write(out, {.promised = line.promised, .first_promised = line.first_promised, .received = line.received, .line = line.number,
                  .sku = line.sku, .quantity = line.ordered, .warehouse = line.warehouse});
    }
    out << "; ";
  }
  return out.str();
}

std::string error(engine::ErrorCode code) { return model::describe(engine::Error{code, 0, {}}); }

struct View {
  const model::State& state;
  engine::TimeUs clock;

  std::string operator()(const AskedShow& asked) const {
    return state.order_ids.contains(asked.order) ? show(state, asked.order, clock) : error(engine::ErrorCode::unknown_order);
  }
  std::string operator()(const AskedBackorders& asked) const { return knows(asked.sku) ? list(state, asked, clock) : error(engine::ErrorCode::unknown_sku); }
  std::string operator()(const AskedHolds& asked) const { return knows(asked.sku) ? list(state, asked) : error(engine::ErrorCode::unknown_sku); }
  std::string operator()(const AskedPurchases& asked) const {
    const model::Purchase* named = state.purchase(asked.purchase);
    if (!asked.purchase.empty() && named == nullptr) return error(engine::ErrorCode::unknown_purchase);
    return named != nullptr && named->is_closed() ? error(engine::ErrorCode::purchase_closed) : list(state, asked);
  }
  std::string operator()(const AskedCheck& asked) const {
    return model::describe(model::check(state, asked.skus, asked.wanted, model::Dates(state, clock)));
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return state.digest();
  }
  bool knows(engine::SkuId sku) const { return sku.value == 0 || state.has(sku); }
};

}  // namespace

std::string view_of(const model::State& state, const Asked& asked, engine::TimeUs clock) { return std::visit(View{state, clock}, asked.what); }

}  // namespace earmark::simulation
