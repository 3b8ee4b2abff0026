#include "tests/model/random_commands.hpp"

namespace earmark::model {
namespace {

constexpr std::uint32_t first_skus = 5;        // loaded at first; the last of them is for huge quantities
constexpr std::uint16_t first_warehouses = 3;
constexpr engine::WireQuantity most = engine::max_quantity;

std::string sku_code(std::uint64_t number) { return "SKU-" + std::to_string(number); }
std::string warehouse_code(std::uint64_t number) { return "W" + std::to_string(number); }

engine::WireQuantity bad_quantity(Random& random) {
  constexpr engine::WireQuantity all[] = {0, -1, most + 1, -most, INT64_MAX, INT64_MIN};
  return all[random.below(std::size(all))];
}

template <class Row>
Row& one_of(std::vector<Row>& rows, Random& random) {
  return rows[random.below(rows.size())];
}

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

RandomCommands::RandomCommands(std::uint64_t seed, bool with_holds, bool with_days, bool with_rules)
    : random_(seed), with_holds_(with_holds), with_days_(with_days), with_rules_(with_rules), whole_percent_(random_.chance(40) ? 35 : 2), seen_(limits(seed)) {}

Command RandomCommands::next() {
  Command command = given_.empty() ? Command(load()) : random_.chance(8) ? repeat() : fresh();
  given_.push_back(command);
  apply(seen_, with_suggestions(command, seen_.state()), content_of(command), {});
  seen_.turn_strict();
  if (const auto* order = std::get_if<OrderCommand>(&command)) orders_.push_back(*order);
  if (const auto* confirm = std::get_if<ConfirmCommand>(&command)) orders_.push_back(confirm->order);
  if (const auto* hold = std::get_if<HoldCommand>(&command)) holds_.push_back(*hold);
  if (const auto* transfer = std::get_if<ShipTransferCommand>(&command)) transfers_.push_back(transfer->id);
  if (const auto* purchase = std::get_if<PlacePurchaseCommand>(&command)) purchases_.push_back(purchase->id);
  return command;
}

Command RandomCommands::fresh() {
  const std::uint64_t kind = random_.below(130);
  Command command = with_rules_ && random_.chance(given_rules_ == 0 ? 25 : 9) ? about_rules()
                    : with_holds_ && random_.chance(25) ? about_holds()
                    : kind < 43 ? Command(order()) : kind < 61 ? Command(receipt()) : kind < 73 ? Command(cancel())
                    : kind < 78 ? Command(amend()) : kind < 81 ? Command(ship()) : kind < 90 ? Command(move()) : kind < 97 ? Command(change())
                    : kind < 100 ? Command(load()) : kind >= 110 ? about_purchases() : random_.chance(40) ? Command(ship_transfer()) : Command(receive_transfer());
  return random_.chance(15) ? spoil(std::move(command)) : command;
}

// A command once more: the same, or with its id and another content.
Command RandomCommands::repeat() {
  Command command = one_of(given_, random_);
  return random_.chance(60) ? command : spoil(std::move(command));
}

Command RandomCommands::spoil(Command command) {
  std::visit([this](auto& each) { spoil(each); }, command);
  return command;
}

// ---- commands that can be decided ----

engine::SkuId RandomCommands::some_sku() {
  const bool later = random_.chance(5);  // one that later loads may bring, and is unknown until then
  return engine::SkuId{static_cast<std::uint32_t>(later ? random_.between(1, limits().skus) : random_.between(1, first_skus))};
}

engine::WarehouseId RandomCommands::some_warehouse() {
  const bool later = random_.chance(3);
  return engine::WarehouseId{static_cast<std::uint16_t>(random_.between(1, later ? limits().warehouses : first_warehouses))};
}

std::string RandomCommands::new_id(char kind) {
  const std::uint64_t number = ++ids_;
  if (random_.chance(2)) return std::string(64 - std::to_string(number).size(), kind) + std::to_string(number);
  return std::string(1, kind) + std::to_string(number);
}

std::string RandomCommands::bad_id() { return random_.chance(50) ? "" : std::string(random_.between(65, 200), 'i'); }

LoadCommand RandomCommands::load() {
  LoadCommand load;
  const bool first = given_.empty();
  const std::uint64_t warehouses = first ? first_warehouses : random_.between(1, limits().warehouses);
  for (std::uint64_t number = 1; number <= warehouses; ++number) {
    load.warehouses.push_back({warehouse_code(number), first ? "" : "name " + std::to_string(random_.below(3)),
                               static_cast<std::uint32_t>(first ? number : random_.below(4))});
  }
  const std::uint64_t products = first ? first_skus : random_.between(1, limits().skus);
  for (std::uint64_t number = 1; number <= products; ++number) {
    load.products.push_back({sku_code(number), random_.chance(50) ? "" : "text " + std::to_string(random_.below(3)), {}});
    if (random_.chance(25)) load.products.back().backorderable = random_.chance(50);
  }
  for (std::uint32_t product = 0; product < products; ++product) {
    for (std::uint32_t warehouse = 0; warehouse < warehouses; ++warehouse) {
      const std::pair key{load.products[product].code, load.warehouses[warehouse].code};
      if (!openings_.contains(key) && !random_.chance(40)) continue;
      const auto figure = static_cast<engine::WireQuantity>(random_.below(30));
      load.stock.push_back({openings_.try_emplace(key, figure).first->second, product, warehouse});
    }
  }
  return load;
}

OrderCommand RandomCommands::order() {
  OrderCommand order{.id = new_id('o'), .texts = {}};
  const std::uint64_t policy = random_.below(10);
  order.policy = policy < 7 ? engine::Policy::ship_partial : policy < 9 ? engine::Policy::fill_or_kill : engine::Policy::fill_and_cancel;
  if (random_.chance(40)) order.sourcing = static_cast<engine::Sourcing>(random_.below(5));
  if (random_.chance(25)) order.priority = engine::Priority{static_cast<std::uint8_t>(random_.between(98, 102))};
  if (random_.chance(3)) order.priority = engine::Priority{static_cast<std::uint8_t>(random_.chance(50) ? 0 : 255)};
  if (random_.chance(15)) order.preferred = some_warehouse();
  if (random_.chance(20)) order.texts.customer = "customer " + std::to_string(random_.below(5));
  if (random_.chance(5)) order.texts = {"c", "web", "a street", "a person", "a jobsite", std::string(512, 'n')};
  if (random_.chance(5)) order.need_by = engine::TimeUs{static_cast<std::int64_t>(random_.below(6'000'000))};  // met or missed in a history of thousands
  if (with_holds_ && random_.chance(12)) order.cancel_after = some_time();
  if (with_holds_ && random_.chance(12)) order.reserve_not_before = some_time();
  const std::uint64_t lines = random_.chance(3) ? random_.between(30, 120) : random_.between(1, 5);
  // Long orders hardly ever get all at once, and would fill the queues.
  if (random_.chance(lines > 5 ? whole_percent_ / 8 : whole_percent_)) {
    order.policy = random_.chance(40) ? engine::Policy::line_complete : engine::Policy::ship_complete;
  }
  for (std::uint64_t index = 1; index <= lines; ++index) {
    engine::OrderLine line;
    line.line = engine::LineNumber{static_cast<std::uint32_t>(random_.chance(90) ? index : 1000 - index)};
    line.sku = some_sku();
    line.quantity = static_cast<engine::WireQuantity>(random_.between(1, 12));
    if (line.sku.value == first_skus && random_.chance(12)) line.quantity = most - static_cast<engine::WireQuantity>(random_.below(3));
    if (random_.chance(20)) line.pinned = some_warehouse();
    order.lines.push_back(line);
  }
  const bool whole = order.policy == engine::Policy::ship_complete || order.policy == engine::Policy::fill_or_kill;
  if (random_.chance(20) && !whole) {
    for (engine::OrderLine& line : order.lines) line.policy = some_line_policy();
  }
  return order;
}

engine::LinePolicy RandomCommands::some_line_policy() {
  constexpr engine::Policy all[] = {engine::Policy::ship_partial, engine::Policy::line_complete, engine::Policy::fill_or_kill, engine::Policy::fill_and_cancel};
  return random_.chance(40) ? engine::LinePolicy{} : engine::LinePolicy::of(all[random_.below(std::size(all))]);
}

ReceiptCommand RandomCommands::receipt() {
  ReceiptCommand receipt{.id = new_id('r')};
  for (std::uint64_t rows = random_.chance(10) ? 20 : random_.between(1, 4); rows > 0; --rows) {
    engine::StockRow row;
    row.sku = some_sku();
    row.warehouse = some_warehouse();
    row.quantity = static_cast<engine::WireQuantity>(random_.between(1, 40));
    if (row.sku.value == first_skus && random_.chance(8)) row.quantity = most - static_cast<engine::WireQuantity>(random_.below(40));
    receipt.rows.push_back(row);
  }
  return receipt;
}

const OrderCommand& RandomCommands::some_order() {
  const std::size_t recent = std::min<std::size_t>(orders_.size(), random_.chance(70) ? 25 : 200);
  return orders_[orders_.size() - 1 - random_.below(recent)];
}

CancelCommand RandomCommands::cancel() {
  CancelCommand cancel{.command_id = new_id('c'), .order_id = "o0"};
  if (orders_.empty()) return cancel;
  const OrderCommand& order = some_order();
  cancel.order_id = order.id;
  if (random_.chance(45) || order.lines.empty()) return cancel;
  for (std::uint64_t rows = random_.between(1, 4); rows > 0; --rows) {
    const engine::OrderLine& line = order.lines[random_.below(order.lines.size())];
    const std::uint64_t most_units = random_.chance(70) ? 6 : 20;
    cancel.rows.push_back({.quantity = static_cast<engine::WireQuantity>(random_.between(1, most_units)), .line = line.line});
    if (random_.chance(5)) cancel.rows.back().quantity = most;
  }
  return cancel;
}

ShipCommand RandomCommands::ship() { return {new_id('s'), orders_.empty() ? "o0" : some_order().id}; }

// Mostly the next step of some shipment; now and then one that is not allowed, of a stale list, of units that are not there.
MoveCommand RandomCommands::move() {
  using engine::ShipmentState;
  using engine::ShipmentStep;
  MoveCommand move{.command_id = new_id('m'), .order_id = "o0", .shipment = 1};
  if (orders_.empty()) return move;
  // Mostly one that is on its way already; else of several, one that has shipments.
  const Order* order = nullptr;
  const auto* known = moved_.empty() || !random_.chance(65) ? nullptr : &moved_[moved_.size() - 1 - random_.below(std::min<std::size_t>(moved_.size(), 12))];
  if (known != nullptr) {
    move.order_id = known->first;
    order = &seen_.state().orders.at(seen_.state().order_ids.at(known->first));
  }
  for (std::uint64_t tries = 0; tries < 8 && (order == nullptr || order->shipments.empty()); ++tries) {
    move.order_id = some_order().id;
    const auto found = seen_.state().order_ids.find(move.order_id);
    if (found != seen_.state().order_ids.end()) order = &seen_.state().orders.at(found->second);
  }
  if (order == nullptr || order->shipments.empty()) return move;
  move.shipment = static_cast<std::uint16_t>(random_.between(1, order->shipments.size() + (random_.chance(3) ? 1 : 0)));
  if (known != nullptr && known->second <= order->shipments.size()) move.shipment = known->second;
  if (move.shipment > order->shipments.size()) return move;
  const Shipment& shipment = order->shipments[move.shipment - 1u];
  constexpr ShipmentStep next[] = {ShipmentStep::pick, ShipmentStep::pack, ShipmentStep::ship, ShipmentStep::deliver, ShipmentStep::give_back};
  move.step = next[static_cast<std::size_t>(shipment.state)];
  if (move.step == ShipmentStep::deliver && random_.chance(40)) move.step = ShipmentStep::give_back;
  if (shipment.picked() && random_.chance(25)) move.step = ShipmentStep::put_back;
  if (random_.chance(8)) move.step = ShipmentStep::track;
  if (random_.chance(10)) move.step = static_cast<ShipmentStep>(random_.between(1, 7));
  if (random_.chance(50)) move.revision = shipment.revision + (random_.chance(15) ? 1 : 0);
  if (random_.chance(70)) move.carrier = "carrier " + std::to_string(random_.below(3));
  if (random_.chance(30)) move.tracking = "track " + std::to_string(random_.below(1000));
  if (random_.chance(30)) move.expected = engine::TimeUs{static_cast<std::int64_t>(random_.below(6'000'000))};  // met or missed in a history of thousands
  if (random_.chance(25)) move.to_unavailable = true;
  if (random_.chance(20)) move.reason = "reason " + std::to_string(random_.below(3));
  if (known == nullptr) moved_.emplace_back(move.order_id, move.shipment);
  if (random_.chance(45)) return move;
  for (const Line& line : order->lines) {
    for (const Allocation& each : line.allocations) {
      const engine::Quantity units = each.reserved + each.shipped;
      if (each.shipment != move.shipment || units == 0 || random_.chance(30)) continue;
      move.rows.push_back({.quantity = static_cast<engine::WireQuantity>(random_.below(std::uint64_t{units} + 1)), .line = line.number});
    }
  }
  return move;
}

AmendCommand RandomCommands::amend() {
  AmendCommand amend{.command_id = new_id('a'), .order_id = "o0"};
  if (orders_.empty()) return amend;
  if (random_.chance(30) && raise_what_waits(amend)) return amend;
  const OrderCommand& order = some_order();
  amend.order_id = order.id;
  if (random_.chance(50) || order.lines.empty()) {
    amend.priority = engine::Priority{static_cast<std::uint8_t>(random_.between(97, 103))};
    return amend;
  }
  const engine::OrderLine& line = order.lines[random_.below(order.lines.size())];
  // Lower than at first, or more than at first; often of several lines, one lower and the other higher.
  const auto wanted = [&](const engine::OrderLine& of) {
    const auto by = static_cast<engine::WireQuantity>(random_.below(5));
    const auto ordered = std::clamp<engine::WireQuantity>(of.quantity, 1, engine::WireQuantity{1} << 40);  // the most that a wire can say is no sum
    return std::max<engine::WireQuantity>(1, ordered + (random_.chance(55) ? 1 + 2 * by : -by));
  };
  amend.rows.push_back({.quantity = wanted(line), .line = line.line});
  if (const engine::OrderLine& other = order.lines.back(); other.line != line.line) amend.rows.push_back({.quantity = random_.chance(50) ? 1 : wanted(other), .line = other.line});
  return amend;
}

// A line of the last few orders that waits, or was raised and waits, gets one more entry; or the newest entry is cut.
bool RandomCommands::raise_what_waits(AmendCommand& amend) {
  const auto& orders = seen_.state().orders;
  std::size_t back = 0;
  for (auto order = orders.rbegin(); order != orders.rend() && back < 24; ++order, ++back) {
    for (const Line& line : order->second.lines) {
      if (line.waiting == 0 || random_.chance(line.raised.empty() ? 85 : 40)) continue;
      const auto now = engine::WireQuantity{line.quantity} - line.cancelled;
      const auto by = static_cast<engine::WireQuantity>(1 + random_.below(3));
      amend.order_id = order->second.id;
      amend.rows.push_back({.quantity = std::max<engine::WireQuantity>(1, random_.chance(70) ? now + by : now - by), .line = line.number});
      return true;
    }
  }
  return false;
}

// A cell that an open hold has units in, of the last few.
void RandomCommands::find_held(engine::ChangeRow& row) {
  const State& state = seen_.state();
  for (std::size_t back = 0; back < std::min<std::size_t>(holds_.size(), 8); ++back) {
    const Hold* hold = state.hold(holds_[holds_.size() - 1 - back].id);
    if (hold == nullptr || hold->end != engine::HoldEnd::open) continue;
    for (const Line& line : hold->lines) {
      for (const Allocation& each : line.allocations) {
        if (each.reserved == 0 || !random_.chance(50)) continue;
        row.sku = line.sku;
        row.warehouse = each.warehouse;
        return;
      }
    }
  }
}

void RandomCommands::find_overdrawn(engine::ChangeRow& row) {
  for (const auto& [key, cell] : seen_.state().cells) {
    if (cell.level() >= 0 || !random_.chance(50)) continue;
    row.sku = key.first;
    row.warehouse = key.second;
    return;
  }
}

ChangeCommand RandomCommands::change() {
  ChangeCommand change{.id = new_id('k'), .reason = random_.chance(50) ? "" : "reason " + std::to_string(random_.below(3))};
  change.kind = static_cast<engine::ChangeKind>(random_.below(5));
  for (std::uint64_t rows = random_.chance(60) ? 1 : random_.between(2, 5); rows > 0; --rows) {
    engine::ChangeRow row;
    row.sku = some_sku();
    row.warehouse = some_warehouse();
    if (with_holds_ && random_.chance(70)) find_held(row);
    if (random_.chance(40)) find_overdrawn(row);
    const Cell cell = seen_.state().cell(row.sku, row.warehouse);
    const auto below = [&](std::uint64_t bound) { return static_cast<engine::WireQuantity>(random_.below(bound)); };
    switch (change.kind) {
      case engine::ChangeKind::count:
        row.expected = cell.on_hand;
        row.quantity = random_.chance(70) ? below(std::uint64_t{cell.on_hand} + 1) : std::min(row.expected + below(10), most);
        if (cell.held != 0 && random_.chance(40)) row.quantity = below(std::uint64_t{cell.reserved} + cell.unavailable + 1);  // holds lose all
        if (cell.unavailable != 0 && random_.chance(40)) row.quantity = below(cell.unavailable);  // not even those are there
        break;
      case engine::ChangeKind::adjust:
        row.quantity = random_.chance(60) ? -1 - below(12) : 1 + below(8);
        if (cell.held != 0 && random_.chance(40)) row.quantity = -below(std::uint64_t{cell.available()} + cell.held) - 1;
        if (const engine::Quantity picked = seen_.state().picked(row.sku, row.warehouse); picked != 0 && random_.chance(30)) {
          row.quantity = below(picked) - static_cast<engine::WireQuantity>(cell.on_hand);  // not even those are there
        }
        if (cell.level() < 0 && random_.chance(75)) row.quantity = 1 + below(8);
        break;
      case engine::ChangeKind::quarantine: row.quantity = 1 + below(12); break;
      case engine::ChangeKind::short_pick:
      case engine::ChangeKind::restore:
      case engine::ChangeKind::scrap: row.quantity = 1 + below(std::max<std::uint64_t>(cell.unavailable, 1)); break;
    }
    change.rows.push_back(row);
    // What quarantine takes must be there, and what restore and scrap take, too: with many rows they would mostly fail.
    if (change.kind >= engine::ChangeKind::quarantine && random_.chance(70)) break;
  }
  return change;
}

// ---- the same with a fault, or with another content ----

void RandomCommands::spoil(LoadCommand& load) {
  switch (random_.below(9)) {
    case 0: load.products.push_back({bad_id(), "", {}}); break;
    case 1: load.warehouses.push_back(load.warehouses.front()); break;
    case 2:
      for (std::uint64_t number = load.products.size(); number++ <= limits().skus;) load.products.push_back({sku_code(number), "", {}});
      break;
    case 3:
      for (std::uint64_t number = load.warehouses.size(); number++ <= limits().warehouses;) {
        load.warehouses.push_back({warehouse_code(number), "", 1});
      }
      break;
    case 4: load.stock.push_back({1, 99, 0}); break;
    case 5: load.stock.push_back({1, 0, 99}); break;
    case 6: if (!load.stock.empty()) one_of(load.stock, random_).on_hand = -1; break;
    case 7: if (!load.stock.empty()) ++one_of(load.stock, random_).on_hand; break;
    default: load.stock.resize(8193, {1, 0, 0}); break;
  }
}

void RandomCommands::spoil(OrderCommand& order) {
  if (order.lines.empty()) order.lines.push_back({.quantity = 1, .sku = some_sku()});
  engine::OrderLine& line = one_of(order.lines, random_);
  switch (random_.below(13)) {
    case 0: order.id = bad_id(); break;
    case 1: order.lines.clear(); break;
    case 2: order.lines.push_back(line); break;  // the number stands twice
    case 3: line.sku = engine::SkuId{random_.chance(50) ? 0 : static_cast<std::uint32_t>(random_.between(10, 2'000'000'000))}; break;
    case 4: line.pinned = random_.chance(50) ? engine::no_such_warehouse : engine::WarehouseId{7}; break;
    case 5: order.preferred = random_.chance(50) ? engine::no_such_warehouse : engine::WarehouseId{7}; break;
    case 6: line.quantity = bad_quantity(random_); break;
    case 7: order.policy = static_cast<engine::Policy>(random_.below(5)); break;
    case 8: if (random_.chance(10)) order.lines.resize(4097, line); break;
    case 10: if (with_holds_) order.cancel_after = some_time(); break;
    case 11: if (with_holds_) order.reserve_not_before = some_time(); break;
    case 9: line.policy = engine::LinePolicy{static_cast<std::uint8_t>(random_.below(7))}; break;
    default: line.quantity += line.quantity < INT64_MAX ? 1 : -1; break;
  }
  if (random_.chance(20)) spoil(order);  // a second fault, so that precedence matters
}

void RandomCommands::spoil(ReceiptCommand& receipt) {
  if (receipt.rows.empty()) receipt.rows.push_back({.quantity = 1, .sku = some_sku(), .warehouse = some_warehouse()});
  engine::StockRow& row = one_of(receipt.rows, random_);
  switch (random_.below(8)) {
    case 0: receipt.id = bad_id(); break;
    case 1: receipt.rows.clear(); break;
    case 2: row.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 3: row.warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random_.chance(50) ? 0 : 0xFFFF)}; break;
    case 4: row.quantity = bad_quantity(random_); break;
    case 5: receipt.rows.push_back(row); receipt.rows.back().quantity = most; receipt.rows.push_back(receipt.rows.back()); break;
    case 6: if (random_.chance(10)) receipt.rows.resize(4097, row); break;
    default: row.quantity += row.quantity < INT64_MAX ? 1 : -1; break;
  }
  if (random_.chance(20)) spoil(receipt);
}

void RandomCommands::spoil(CancelCommand& cancel) {
  switch (random_.below(8)) {
    case 0: cancel.command_id = bad_id(); break;
    case 1: cancel.order_id = random_.chance(70) ? "nobody's" : bad_id(); break;
    case 2: cancel.rows.push_back({.quantity = 1, .line = engine::LineNumber{4'000'000'000U}}); break;
    case 3: if (!cancel.rows.empty()) one_of(cancel.rows, random_).quantity = bad_quantity(random_); break;
    case 4: if (random_.chance(10)) cancel.rows.resize(4097, {.quantity = 1, .line = engine::LineNumber{1}}); break;
    case 5: cancel.rows.clear(); break;
    default: cancel.rows.push_back({.quantity = 1, .line = engine::LineNumber{1}}); break;
  }
  if (random_.chance(20)) spoil(cancel);
}

void RandomCommands::spoil(AmendCommand& amend) {
  switch (random_.below(9)) {
    case 0: amend.command_id = bad_id(); break;
    case 1: amend.order_id = random_.chance(70) ? "nobody's" : bad_id(); break;
    case 2: amend.rows.push_back({.quantity = 1, .line = engine::LineNumber{4'000'000'000U}}); break;
    case 3: if (!amend.rows.empty()) one_of(amend.rows, random_).quantity = bad_quantity(random_); break;
    case 4: if (!amend.rows.empty()) amend.rows.push_back(amend.rows.front()); break;
    case 5: amend.rows.clear(); amend.priority.reset(); break;
    case 6: amend.priority = engine::Priority{static_cast<std::uint8_t>(random_.between(97, 103))}; break;
    case 7: if (random_.chance(10)) amend.rows.resize(4097, {.quantity = 1, .line = engine::LineNumber{1}}); break;
    default: if (!amend.rows.empty()) one_of(amend.rows, random_).quantity = 100; break;
  }
  if (random_.chance(20)) spoil(amend);
}

void RandomCommands::spoil(ChangeCommand& change) {
  if (change.rows.empty()) change.rows.push_back({.quantity = 1, .sku = some_sku(), .warehouse = some_warehouse()});
  engine::ChangeRow& row = one_of(change.rows, random_);
  switch (random_.below(10)) {
    case 0: change.id = bad_id(); break;
    case 1: change.rows.clear(); break;
    case 2: row.sku = engine::SkuId{random_.chance(50) ? 0 : 4'000'000'000U}; break;
    case 3: row.warehouse = engine::WarehouseId{static_cast<std::uint16_t>(random_.chance(50) ? 0 : 0xFFFF)}; break;
    case 4: row.quantity = bad_quantity(random_); break;
    case 5: row.expected += row.expected < INT64_MAX ? 1 : -1; break;
    case 6: if (random_.chance(10)) change.rows.resize(4097, row); break;
    case 7: change.rows.push_back({.quantity = most, .expected = 0, .sku = row.sku, .warehouse = row.warehouse}); break;
    case 8: change.reason += "!"; break;
    default: row.quantity += row.quantity < INT64_MAX ? 1 : -1; break;
  }
  if (random_.chance(20)) spoil(change);
}

void RandomCommands::spoil(MoveCommand& move) {
  switch (random_.below(10)) {
    case 0: move.command_id = bad_id(); break;
    case 1: move.order_id = random_.chance(70) ? "nobody's" : bad_id(); break;
    case 2: move.rows.push_back({.quantity = 1, .line = engine::LineNumber{4'000'000'000U}}); break;
    case 3: if (!move.rows.empty()) one_of(move.rows, random_).quantity = bad_quantity(random_); break;
    case 4: if (!move.rows.empty()) move.rows.push_back(move.rows.front()); break;
    case 5: move.shipment = static_cast<std::uint16_t>(random_.chance(50) ? 0 : 65535); break;
    case 6: if (random_.chance(10)) move.rows.resize(4097, {.quantity = 1, .line = engine::LineNumber{1}}); break;
    case 7: ++move.revision; break;
    case 8: move.step = static_cast<engine::ShipmentStep>(random_.between(1, 7)); break;
    default: move.rows.push_back({.quantity = static_cast<engine::WireQuantity>(random_.below(30)), .line = engine::LineNumber{1}}); break;
  }
  if (random_.chance(20)) spoil(move);
}

void RandomCommands::spoil(ShipCommand& ship) {
  switch (random_.below(3)) {
    case 0: ship.command_id = bad_id(); break;
    case 1: ship.order_id = bad_id(); break;
    default: ship.order_id = "nobody's"; break;
  }
}

}  // namespace earmark::model
