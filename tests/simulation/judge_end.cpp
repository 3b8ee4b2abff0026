// The end: everything that was judged by the server at an LSN is judged again by a second twin at that LSN.
#include <algorithm>
#include <sstream>

#include "tests/model/invariants.hpp"
#include "tests/model/whole.hpp"
#include "tests/simulation/judge.hpp"

namespace earmark::simulation {

using engine::Lsn;

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
  for (const schema::WaitingLine& line : answer.lines) {
    out << "sku " << line.sku.value << " line " << line.line.value << " of '" << answer.orders[line.order] << "' for '"
        << answer.customers[line.order] << "' x " << line.quantity << " place " << line.position << " behind " << line.quantity_ahead << "; ";
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

namespace {

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

std::string show(const model::State& state, const std::string& id) {
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
  for (std::size_t index = 0; index < order.shipments.size(); ++index) {
    const model::Shipment& shipment = order.shipments[index];
    if (shipment.state != engine::ShipmentState::shipped && (shipment.state != engine::ShipmentState::open || shipment.revision != 1)) {
      out << "; shipment " << index + 1 << ' ' << engine::name(shipment.state) << " revision " << shipment.revision << " '" << shipment.carrier
          << "' '" << shipment.tracking << "' " << shipment.expected.value;
    }
  }
  return out.str();
}

std::string list(const model::State& state, const AskedBackorders& asked) {
  std::ostringstream out;
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
          << " place " << ahead.place << " behind " << ahead.units << "; ";
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

}  // namespace

// A refusal by the time of a thread, which no record carries: that it can be right, by any clock that the machine showed, must do.
bool Judge::is_about_times(engine::ErrorCode code, const model::Command& command) const {
  const model::OrderCommand* order = model::order_of(command);
  if (order == nullptr) return false;
  const engine::TimeUs start = order->reserve_not_before, end = order->cancel_after;
  if (code == engine::ErrorCode::bad_policy) {
    return start.value != 0 && std::ranges::any_of(order->lines, [&](const engine::OrderLine& line) {
      return !model::may_wait(line.policy.or_else(order->policy));
    });
  }
  if (code != engine::ErrorCode::bad_time) return false;
  if (end.value != 0 && (end <= latest_now_ || end <= start)) return true;
  return start.value != 0 && std::holds_alternative<model::ConfirmCommand>(command);
}

void Judge::judge_at(model::Twin& twin, const Later& later, Lsn as_of) const {
  const std::string at = " at LSN " + std::to_string(as_of.value);
  std::string expected;
  const std::string got = later.error.code == engine::ErrorCode::none ? later.text : model::describe(later.error);
  if (const auto* command = std::get_if<AskedCommand>(&later.asked.what)) {
    if (is_about_times(later.error.code, *command->command)) return;
    const model::Answer answer = model::apply(twin, *command->command, command->name.content, {});
    if (answer.decided() || model::describe(answer.error) != got) {
      throw Broken("E2: refused (" + got + "), the twin says " + model::describe(answer) + at + ": " + model::describe(*command->command));
    }
    return;
  }
  if (const auto* asked = std::get_if<AskedShow>(&later.asked.what)) {
    expected = twin.state().order_ids.contains(asked->order) ? show(twin.state(), asked->order)
                                                             : model::describe(engine::Error{engine::ErrorCode::unknown_order, 0, {}});
  } else if (const auto* backorders = std::get_if<AskedBackorders>(&later.asked.what)) {
    const bool known = backorders->sku.value == 0 || twin.state().has(backorders->sku);
    expected = known ? list(twin.state(), *backorders) : model::describe(engine::Error{engine::ErrorCode::unknown_sku, 0, {}});
  } else if (const auto* holds = std::get_if<AskedHolds>(&later.asked.what)) {
    const bool known = holds->sku.value == 0 || twin.state().has(holds->sku);
    expected = known ? list(twin.state(), *holds) : model::describe(engine::Error{engine::ErrorCode::unknown_sku, 0, {}});
  } else {
    expected = twin.digest();
  }
  if (got != expected) throw Broken("I8: a view differs from the twin's" + at + "\nserver: " + got + "\ntwin:   " + expected);
}

void Judge::end(const std::string& digest, const std::string& broken_invariant) {
  disk_grew();
  if (open_) throw Broken("I3: the log ends, and fills of LSN " + std::to_string(open_->lsns.front().value) + " are outstanding");
  if (twin_.must_turn()) throw Broken("patience: the log ends, and somebody who was passed over often enough has not turned strict");
  if (!broken_invariant.empty()) throw Broken(broken_invariant);
  if (digest != twin_.digest()) throw Broken("E6: the engine's state is not the twin's at LSN " + std::to_string(judged_.value));
  model::Twin twin(limits_);
  auto next = later_.begin();
  const auto judge_before = [&](Lsn lsn) {
    for (; next != later_.end() && next->first < lsn; ++next) judge_at(twin, next->second, next->first);
  };
  for (const Entry& entry : log_) {
    judge_before(entry.lsns.front());
    model::Answer answer;
    apply(twin, entry, answer);
  }
  judge_before(judged_ + 1);
  if (next != later_.end()) throw Broken("E2: an answer was judged at an LSN that there is not");
  if (twin.digest() != twin_.digest()) throw Broken("the harness: two twins disagree");
}

}  // namespace earmark::simulation
