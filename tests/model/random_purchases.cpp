// Random purchase orders: mostly such as can be placed, the next step of one that is open, and what is open of it.
#include <algorithm>

#include "tests/model/random_commands.hpp"

namespace earmark::model {
namespace {

using engine::PurchaseState;
using engine::PurchaseStep;
using engine::WireQuantity;

constexpr WireQuantity most = engine::max_quantity;

engine::TimeUs bad_promise(Random& random) {
  constexpr std::int64_t all[] = {-1, 253'402'300'800'000'000, INT64_MAX, INT64_MIN};
  return engine::TimeUs{all[random.below(std::size(all))]};
}

WireQuantity bad_units(Random& random) {
  constexpr WireQuantity all[] = {0, -1, -2, most + 1, -most, INT64_MAX, INT64_MIN};
  return all[random.below(std::size(all))];
}

WireQuantity below(Random& random, std::uint64_t bound) { return static_cast<WireQuantity>(random.below(bound)); }

}  // namespace

// Few of them, so that there are many of one: about when commands come, so that some have come and some come soon; some just when what
// is overdue now is expected, or days ahead.
engine::TimeUs RandomCommands::some_promise() {
  if (random_.chance(25)) return {};
  if (random_.chance(2)) return engine::TimeUs{253'402'300'799'999'999};
  const auto now = static_cast<std::int64_t>(given_.size());
  if (random_.chance(6)) return engine::TimeUs{time_of(now).value + (random_.chance(50) ? day_us : 0)};
  if (with_days_ && random_.chance(15)) return engine::TimeUs{time_of(now).value + static_cast<std::int64_t>(random_.below(5)) * day_us - day_us};
  const std::int64_t number = now / 10 * 10 + 10 * static_cast<std::int64_t>(random_.below(14)) - 30;
  return engine::TimeUs{std::max<std::int64_t>(1, time_of(number).value)};
}

Command RandomCommands::about_purchases() {
  const std::uint64_t kind = random_.below(10);
  return kind < 2 ? Command(place_purchase()) : kind < 6 ? Command(move_purchase()) : Command(receive_purchase());
}

PlacePurchaseCommand RandomCommands::place_purchase() {
  PlacePurchaseCommand place{.id = new_id('p'), .vendor = random_.chance(3) ? std::string(64, 'v') : "vendor " + std::to_string(random_.below(4)),
                             .state = static_cast<PurchaseState>(random_.between(1, 3))};
  if (random_.chance(20)) place.reference = "reference " + std::to_string(random_.below(5));
  if (random_.chance(20)) place.notes = "notes " + std::to_string(random_.below(5));
  const engine::SkuId one = random_.chance(15) ? some_sku() : engine::SkuId{};  // a unit now and then, for orders with many dates
  const std::uint64_t lines = one.value != 0 ? random_.between(9, 24) : random_.chance(3) ? random_.between(20, 60) : random_.between(1, 4);
  for (std::uint64_t index = 1; index <= lines; ++index) {
    engine::PurchaseLine line;
    line.line = engine::LineNumber{static_cast<std::uint32_t>(random_.chance(90) ? index : 1000 - index)};
    line.sku = one.value != 0 ? one : some_sku();
    line.warehouse = some_warehouse();
    line.quantity = 1 + below(random_, one.value != 0 ? 1 : 25);
    if (random_.chance(4)) line.quantity = most - below(random_, 3);
    line.promised = one.value == 0 ? some_promise() : time_of(static_cast<std::int64_t>(given_.size() + 5 * index));
    place.lines.push_back(line);
  }
  while (random_.chance(30)) add_peg(place);
  return place;
}

// Mostly of a line that waits now, by one of the last orders, and such that it can be.
void RandomCommands::add_peg(PlacePurchaseCommand& place) {
  std::vector<std::pair<const Order*, const Line*>> waiting;
  const auto& orders = seen_.state().orders;
  for (auto order = orders.rbegin(); order != orders.rend() && waiting.size() < 12; ++order) {
    for (const Line& line : order->second.lines) {
      if (line.waiting > 0 && order->second.policy_of(line) == engine::Policy::ship_partial && !order->second.not_due) waiting.emplace_back(&order->second, &line);
    }
  }
  engine::PurchaseLine& line = place.lines[random_.below(place.lines.size())];
  if (waiting.empty() || random_.chance(10)) {
    if (orders_.empty()) return;
    place.pegs.push_back({line.line, engine::LineNumber{1}, static_cast<std::uint32_t>(place.peg_orders.size())});
    place.peg_orders.push_back(some_order().id);
    return;
  }
  const auto& [order, wanted] = waiting[random_.below(waiting.size())];
  line.sku = wanted->sku;
  if (wanted->pinned.value != 0 && random_.chance(95)) line.warehouse = wanted->pinned;
  auto id = std::ranges::find(place.peg_orders, order->id);
  if (id == place.peg_orders.end()) id = place.peg_orders.insert(id, order->id);
  const bool again = std::ranges::any_of(place.pegs, [&](const engine::PegRow& peg) { return peg.line == line.line; });
  if (again && random_.chance(80)) return;  // one at most
  place.pegs.push_back({line.line, wanted->number, static_cast<std::uint32_t>(id - place.peg_orders.begin())});
}

// Mostly one of the last that is open; its id, and what is known of it.
const Purchase* RandomCommands::some_purchase(std::string& id) {
  id = "p0";
  const Purchase* purchase = nullptr;
  for (int tries = 0; tries < 10 && !purchases_.empty() && (purchase == nullptr || purchase->is_closed()); ++tries) {
    id = purchases_[purchases_.size() - 1 - random_.below(std::min<std::size_t>(purchases_.size(), 12))];
    purchase = seen_.state().purchase(id);
  }
  return purchase;
}

// Any step may come in any state; mostly the one that comes next.
MovePurchaseCommand RandomCommands::move_purchase() {
  MovePurchaseCommand move{.command_id = new_id('q'), .purchase_id = {}, .step = static_cast<PurchaseStep>(random_.between(1, 5))};
  const Purchase* purchase = some_purchase(move.purchase_id);
  if (purchase == nullptr) return move;
  if (random_.chance(70)) {
    move.step = purchase->is_draft() ? PurchaseStep::approve
                : purchase->state == PurchaseState::approved && random_.chance(60) ? PurchaseStep::send : PurchaseStep::acknowledge;
  }
  if (random_.chance(30)) move.reference = "reference " + std::to_string(random_.below(5));
  const bool no_more = random_.chance(8);  // nothing comes but what has arrived
  for (const PurchaseLine& line : purchase->lines) {
    if (!no_more && random_.chance(50)) continue;
    engine::PurchaseRow row;
    row.line = line.number;
    const auto received = static_cast<WireQuantity>(line.received);
    row.quantity = no_more || random_.chance(10) ? received : random_.chance(40) ? -1 : received + below(random_, std::min<std::uint64_t>(line.open(), 30) + 4);
    if (random_.chance(2)) row.quantity = most;
    row.promised = some_promise();
    move.rows.push_back(row);
  }
  if (random_.chance(30)) std::ranges::reverse(move.rows);
  return move;
}

ReceivePurchaseCommand RandomCommands::receive_purchase() {
  ReceivePurchaseCommand receive{.id = new_id('r'), .purchase_id = {}, .accept_over = random_.chance(20)};
  const Purchase* purchase = some_purchase(receive.purchase_id);
  if (purchase == nullptr || random_.chance(25)) return receive;
  for (const PurchaseLine& line : purchase->lines) {
    if (random_.chance(25)) continue;
    const std::uint64_t open = std::min<std::uint64_t>(line.open(), 40);
    const std::uint64_t over = random_.chance(75) ? 0 : random_.chance(70) ? line.ordered / 10 % 4 : 4;
    const WireQuantity came = random_.chance(40) ? static_cast<WireQuantity>(open + over) : below(random_, open + over + 1);
    const WireQuantity damaged = random_.chance(25) ? below(random_, static_cast<std::uint64_t>(came) + 1) : 0;
    receive.rows.push_back({came - damaged, damaged, line.number, 0});
    if (random_.chance(15)) receive.rows.push_back({below(random_, 3), 0, line.number, 0});
  }
  return receive;
}

void RandomCommands::spoil(engine::PegRow& peg) {
  switch (random_.below(3)) {
    case 0: peg.line = engine::LineNumber{random_.chance(50) ? 4'000'000'000U : 2}; break;
    case 1: peg.order_line = engine::LineNumber{random_.chance(50) ? 4'000'000'000U : 2}; break;
    default: peg.order = random_.chance(50) ? 4'000'000'000U : 1; break;
  }
}

void RandomCommands::spoil(PlacePurchaseCommand& place) {
  if (place.lines.empty()) place.lines.push_back({.quantity = 1, .line = engine::LineNumber{1}, .sku = some_sku(), .warehouse = some_warehouse()});
  engine::PurchaseLine& line = place.lines[random_.below(place.lines.size())];
  switch (random_.below(14)) {
    case 12: add_peg(place); break;
    case 13: if (!place.pegs.empty()) spoil(place.pegs[random_.below(place.pegs.size())]); break;
    case 0: place.id = bad_id(); break;
    case 1: place.vendor = std::string(random_.chance(50) ? 0 : 65, 'v'); break;
    case 2: place.lines.clear(); break;
    case 3: if (random_.chance(10)) place.lines.resize(4097, line); break;
    case 4: place.lines.push_back(line); break;  // the number stands twice
    case 5: line.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 6: line.warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random_.chance(50) ? 0 : 0xFFFF)}; break;
    case 7: line.quantity = bad_units(random_); break;
    case 8: line.promised = bad_promise(random_); break;
    case 9: line.quantity = most; break;
    case 10: place.state = static_cast<PurchaseState>(random_.between(1, 3)); break;
    default: place.notes += "!"; break;
  }
  if (random_.chance(20)) spoil(place);
}

void RandomCommands::spoil(MovePurchaseCommand& move) {
  if (move.rows.empty()) move.rows.push_back({.quantity = below(random_, 9), .line = engine::LineNumber{1}});
  engine::PurchaseRow& row = move.rows[random_.below(move.rows.size())];
  switch (random_.below(9)) {
    case 0: move.command_id = bad_id(); break;
    case 1: move.purchase_id = random_.chance(70) ? "nobody's" : bad_id(); break;
    case 2: move.rows.push_back(row); break;
    case 3: row.line = engine::LineNumber{4'000'000'000U}; break;
    case 4: row.quantity = bad_units(random_); break;
    case 5: row.promised = bad_promise(random_); break;
    case 6: if (random_.chance(10)) move.rows.resize(4097, row); break;
    case 7: row.quantity = most; break;
    default: move.step = static_cast<PurchaseStep>(random_.between(1, 5)); break;
  }
  if (random_.chance(20)) spoil(move);
}

void RandomCommands::spoil(ReceivePurchaseCommand& receive) {
  if (receive.rows.empty()) receive.rows.push_back({1, 0, engine::LineNumber{1}, 0});
  engine::PurchaseArrival& row = receive.rows[random_.below(receive.rows.size())];
  switch (random_.below(9)) {
    case 0: receive.id = bad_id(); break;
    case 1: receive.purchase_id = random_.chance(70) ? "nobody's" : bad_id(); break;
    case 2: row.line = engine::LineNumber{4'000'000'000U}; break;
    case 3: row.quantity = random_.chance(50) ? -1 : INT64_MAX; break;
    case 4: row.damaged = random_.chance(50) ? -1 : INT64_MAX; break;
    case 5: if (random_.chance(10)) receive.rows.resize(4097, row); break;
    case 6: row.quantity = most; break;
    case 7: row.quantity += row.quantity < most ? 1 + row.quantity / 10 : 0; break;
    default: receive.accept_over = !receive.accept_over; break;
  }
  if (random_.chance(20)) spoil(receive);
}

}  // namespace earmark::model
