// The programs' commands, and those programs that are about orders, receipts and cancels. Each is there for a way in which concurrent
// decisions can go wrong; most were found by the explorer in engines that were tried before this one.
#include <algorithm>

#include "tests/interleaving/program.hpp"

namespace earmark::interleaving {

using engine::Policy;

model::LoadCommand stock(const std::vector<std::vector<int>>& on_hand) {
  model::LoadCommand load;
  for (std::size_t warehouse = 0; warehouse < on_hand[0].size(); ++warehouse) {
    load.warehouses.push_back({"W" + std::to_string(warehouse + 1), "", static_cast<std::uint32_t>(warehouse + 1)});
  }
  for (std::size_t sku = 0; sku < on_hand.size(); ++sku) {
    load.products.push_back({"S" + std::to_string(sku + 1), ""});
    for (std::size_t warehouse = 0; warehouse < on_hand[sku].size(); ++warehouse) {
      load.stock.push_back({on_hand[sku][warehouse], static_cast<std::uint32_t>(sku), static_cast<std::uint32_t>(warehouse)});
    }
  }
  return load;
}

model::OrderCommand order(std::string id, const std::vector<Wanted>& lines, Policy policy) {
  model::OrderCommand command;
  command.id = std::move(id);
  command.policy = policy;
  for (const Wanted& line : lines) {
    const auto number = static_cast<std::uint32_t>(command.lines.size() + 1);
    command.lines.push_back({line.quantity, engine::SkuId{line.sku}, engine::LineNumber{number}, engine::WarehouseId{line.pinned}, 0, 0});
  }
  return command;
}

model::ReceiptCommand receipt(std::string id, const std::vector<engine::StockRow>& rows) { return {std::move(id), rows}; }

engine::StockRow row(std::uint32_t sku, std::uint16_t warehouse, std::int64_t quantity) {
  return {quantity, engine::SkuId{sku}, engine::WarehouseId{warehouse}, 0};
}

model::CancelCommand cancel(std::string command_id, std::string order_id, std::vector<engine::CancelRow> rows) {
  return {std::move(command_id), std::move(order_id), std::move(rows)};
}

model::ShipCommand ship(std::string command_id, std::string order_id) { return {std::move(command_id), std::move(order_id)}; }

model::ChangeCommand adjust(std::string id, std::uint32_t sku, std::uint16_t warehouse, std::int64_t quantity) {
  return {std::move(id), engine::ChangeKind::adjust, "", {{quantity, 0, engine::SkuId{sku}, engine::WarehouseId{warehouse}, 0}}};
}

model::HoldCommand hold(std::string id, const std::vector<Wanted>& lines, bool partial) {
  return {.id = std::move(id), .partial = partial, .ttl_us = 1'000'000, .lines = order("", lines).lines};
}

model::ConfirmCommand confirm(std::string hold, std::string order_id) {
  return {.hold_id = std::move(hold), .order = order(std::move(order_id), {})};
}

model::ReleaseCommand release(std::string command_id, std::string hold) { return {std::move(command_id), std::move(hold)}; }

model::ChangeCommand count(std::string id, std::int64_t expected, std::int64_t counted) {
  return {std::move(id), engine::ChangeKind::count, "", {{counted, expected, engine::SkuId{1}, engine::WarehouseId{1}, 0}}};
}

model::MoveCommand step(std::string command_id, std::string order_id, engine::ShipmentStep step, std::optional<std::int64_t> units) {
  model::MoveCommand move{.command_id = std::move(command_id), .order_id = std::move(order_id), .shipment = 1, .step = step};
  if (units) move.rows.push_back({*units, engine::LineNumber{1}, 0});
  return move;
}

model::ShipTransferCommand send(std::string id, std::int64_t quantity) {
  return {.id = std::move(id), .source = engine::WarehouseId{1}, .destination = engine::WarehouseId{2},
          .rows = {{quantity, engine::SkuId{1}, 0}}};
}

model::ReceiveTransferCommand arrive(std::string command_id, std::string transfer) { return {std::move(command_id), std::move(transfer)}; }

namespace {

std::vector<Program> two_threads() {
  const auto both = [](const char* id, Policy policy = Policy::ship_partial) { return order(id, {{1, 1}, {2, 1}}, policy); };
  const auto crossed = [](const char* id, Policy policy = Policy::ship_partial) { return order(id, {{2, 1}, {1, 1}}, policy); };
  const auto sourced = [](const char* id, engine::Sourcing rule, std::uint32_t skus = 2) {
    model::OrderCommand command = order(id, skus == 1 ? std::vector<Wanted>{{1, 2}} : std::vector<Wanted>{{1, 2}, {2, 1}});
    command.sourcing = rule;
    return command;
  };
  return {
      {"crossed orders, stock for both", {stock({{5}, {5}})}, {{both("a")}, {crossed("b")}}, {}},
      {"crossed orders, stock for one", {stock({{1}, {1}})}, {{both("a")}, {crossed("b")}}, {}},
      {"fill-or-kill against fill-or-kill, stock for one: one lives", {stock({{1}, {1}})},
       {{both("a", Policy::fill_or_kill)}, {crossed("b", Policy::fill_or_kill)}}, {}},
      {"fill-and-cancel against an order", {stock({{2}})}, {{order("a", {{1, 2}}, Policy::fill_and_cancel)}, {order("b", {{1, 1}})}}, {}},
      {"fewest splits against an order that breaks the chosen set", {stock({{1, 2}, {1, 2}})},
       {{sourced("a", engine::Sourcing::fewest_splits)}, {order("b", {{1, 1, 2}})}}, {}},
      {"single source against single source, one warehouse has all", {stock({{1, 2}, {1, 2}})},
       {{sourced("a", engine::Sourcing::single_source)}, {sourced("b", engine::Sourcing::single_source)}}, {}},
      {"highest stock against an order that lowers it", {stock({{2, 3}})},
       {{sourced("a", engine::Sourcing::highest_stock, 1)}, {order("b", {{1, 2, 2}})}}, {}},
      {"order against receipt", {stock({{1}, {0}})}, {{both("a")}, {receipt("r", {row(2, 1, 1)})}}, {}},
      {"receipt against an order for what is there", {stock({{1}})}, {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, {}},
      {"short order against receipt: no lost wake-up", {stock({{1}})}, {{order("a", {{1, 2}})}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"short order against short order", {stock({{1}})}, {{order("a", {{1, 2}})}, {order("b", {{1, 2}})}}, {}},
      {"receipt for a waiter against a newcomer: no overtaking", {stock({{0}}), order("w", {{1, 1}})},
       {{receipt("r", {row(1, 1, 2)})}, {order("b", {{1, 1}})}}, {}},
      {"cancel against a newcomer", {stock({{1}}), order("a", {{1, 1}})}, {{cancel("c", "a")}, {order("b", {{1, 1}})}}, {}},
      {"cancel against an order for what is there", {stock({{2}}), order("a", {{1, 1}})}, {{cancel("c", "a")}, {order("b", {{1, 1}})}}, {}},
      {"cancel of a waiter against receipt", {stock({{0}}), order("w", {{1, 1}}), order("v", {{1, 1}})},
       {{cancel("c", "w")}, {receipt("r", {row(1, 1, 1)})}}, {}},
      {"cancel against cancel of the same order", {stock({{1}}), order("a", {{1, 2}})}, {{cancel("c", "a")}, {cancel("d", "a")}}, {}},
      {"ship against cancel", {stock({{2}}), order("a", {{1, 3}})}, {{ship("s", "a")}, {cancel("c", "a")}}, {}},
      {"the same order from two threads", {stock({{5}})}, {{order("a", {{1, 1}})}, {order("a", {{1, 1}})}}, {}},
      {"two orders of one id", {stock({{5}})}, {{order("a", {{1, 1}})}, {order("a", {{1, 2}})}}, {}},
      {"the same short order from two threads", {stock({{0}})}, {{order("a", {{1, 1}})}, {order("a", {{1, 1}})}}, {}},
      {"the same cancel from two threads", {stock({{1}}), order("a", {{1, 1}})}, {{cancel("c", "a")}, {cancel("c", "a")}}, {}},
      {"a helper while the descriptor is used again", {stock({{9}, {9}})}, {{order("a", {{1, 1}}), order("c", {{2, 1}})}, {order("b", {{1, 1}})}}, {}},
      {"taken and given back: the cell has its old value", {stock({{9}})}, {{order("a", {{1, 1}}), cancel("c", "a")}, {order("b", {{1, 1}})}}, {}},
      {"batch against batch", {stock({{2}, {2}})},
       {{Batch{{order("a", {{1, 1}}), order("b", {{2, 1}})}}}, {Batch{{order("c", {{2, 1}}), order("d", {{1, 1}})}}}}, {}},
      {"batch of two for the last unit against an order", {stock({{2}})},
       {{Batch{{order("a", {{1, 1}}), order("b", {{1, 1}})}}}, {order("c", {{1, 1}})}}, {}},
      {"one id twice in a batch", {stock({{5}})}, {{Batch{{order("a", {{1, 1}}), order("a", {{1, 1}})}}}, {order("b", {{1, 1}})}}, {}},
      {"the journal follows an order", {stock({{9}})}, {{order("a", {{1, 1}}), order("c", {{1, 1}})}, {Follow{}}}, {}},
      {"two warehouses and a pin", {stock({{1, 1}}), order("w", {{1, 2, 1}})},
       {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, {}},
      {"load of a new SKU against an order for it", {stock({{1}})}, {{stock({{1}, {1}})}, {order("a", {{2, 1}})}}, {}},
      {"id forgotten against its repeat", {stock({{0}}), order("k", {{1, 1}}, Policy::fill_or_kill), Archive{{"k"}}},
       {{Forget{3, {"k"}}}, {order("k", {{1, 1}}, Policy::fill_or_kill)}}, {}},
      {"closed order leaves memory against its repeat", {stock({{1}}), order("k", {{1, 1}}), cancel("c", "k")},
       {{Archive{{"k"}}}, {order("k", {{1, 1}})}}, {}},
      {"closed order leaves memory against a cancel of it", {stock({{1}}), order("k", {{1, 1}}), cancel("c", "k")},
       {{Archive{{"k"}}}, {cancel("d", "k")}}, {}},
      {"ship-complete against ship-complete, stock for one: one gets all", {stock({{1}, {1}})},
       {{both("a", Policy::ship_complete)}, {crossed("b", Policy::ship_complete)}}, {}},
      {"ship-complete against the receipt that completes it: no lost wake-up", {stock({{1}, {0}})},
       {{both("a", Policy::ship_complete)}, {receipt("r", {row(2, 1, 1)})}}, {}},
      {"a line that waits for all against an order that takes some", {stock({{1}}), order("w", {{1, 2}}, Policy::line_complete)},
       {{receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, {}},
      {"two ship-complete waiters on crossed SKUs, a receipt for each SKU",
       {stock({{0}, {0}}), both("v", Policy::ship_complete), crossed("w", Policy::ship_complete)},
       {{receipt("r", {row(1, 1, 1)})}, {receipt("s", {row(2, 1, 1)})}}, {}},
      {"a cancel that makes a ship-complete waiter small enough against a newcomer", {stock({{1}, {0}}), both("w", Policy::ship_complete)},
       {{cancel("c", "w", {{1, engine::LineNumber{2}, 0}})}, {order("b", {{1, 1}})}}, {}},
      {"leaves memory and is forgotten against orders that take its memory", {stock({{1}}), order("k", {{1, 1}}), cancel("c", "k")},
       {{Archive{{"k"}}, Forget{3, {"k"}}}, {order("k", {{1, 1}})}}, {}},
  };
}

std::vector<Program> three_threads() {
  constexpr int bound = 3;
  const auto both = [](const char* id, Policy policy) { return order(id, {{1, 1}, {2, 1}}, policy); };
  return {
      {"3: fill-or-kill three times, stock for one", {stock({{1}, {1}})},
       {{both("a", Policy::fill_or_kill)}, {order("b", {{2, 1}, {1, 1}}, Policy::fill_or_kill)}, {both("c", Policy::fill_or_kill)}}, bound},
      {"3: cancel against receipt against newcomer", {stock({{1}}), order("a", {{1, 2}})},
       {{cancel("c", "a")}, {receipt("r", {row(1, 1, 1)})}, {order("b", {{1, 1}})}}, bound},
      {"3: the settler's role is handed over", {stock({{0}})}, {{order("a", {{1, 1}})}, {order("b", {{1, 1}})}, {receipt("r", {row(1, 1, 1)})}}, bound},
      {"3: a helper while two descriptors are used again", {stock({{9}, {9}})},
       {{order("a", {{1, 1}}), order("d", {{2, 1}})}, {order("b", {{2, 1}})}, {order("c", {{1, 1}, {2, 1}})}}, bound},
      {"3: order, short order and receipt", {stock({{1}, {1}})},
       {{order("a", {{1, 1}, {2, 1}})}, {order("b", {{2, 1}})}, {receipt("r", {row(2, 1, 1)})}}, bound},
      {"3: the same order from three threads", {stock({{5}})}, {{order("a", {{1, 1}})}, {order("a", {{1, 1}})}, {order("a", {{1, 1}})}}, bound},
      {"3: the journal follows two threads", {stock({{9}})}, {{order("a", {{1, 1}})}, {order("b", {{1, 1}})}, {Follow{}}}, bound},
      {"3: leaves memory and is forgotten, two take its memory", {stock({{3}}), order("k", {{1, 1}}), cancel("c", "k")},
       {{Archive{{"k"}}, Forget{3, {"k"}}}, {order("k", {{1, 1}})}, {order("x", {{1, 1}})}}, bound},
  };
}

}  // namespace

std::vector<Program> programs() {
  std::vector<Program> all = two_threads();
  for (const auto more : {hold_programs, stock_programs, transfer_programs, shipment_programs, rule_programs, time_programs, three_threads}) {
    for (Program& program : more()) all.push_back(std::move(program));
  }
  // The large ones last: they share the time that the others leave.
  std::ranges::stable_partition(all, [](const Program& program) { return program.threads.size() == 2 && !program.preemptions; });
  return all;
}

}  // namespace earmark::interleaving
