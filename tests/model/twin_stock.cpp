// Stock that comes: receipts, loads, and the fills that they and cancels cause (R3, R4).
#include "tests/model/twin.hpp"

#include <algorithm>

namespace earmark::model {

using engine::ErrorCode;
using engine::IdSpace;
using engine::Quantity;
using engine::TimeUs;
using engine::WarehouseId;

Answer Twin::receive(const engine::ReceiveStock& command, std::uint64_t content, TimeUs now) {
  return once(IdSpace::receipt, command.id, content, ErrorCode::duplicate_receipt, [&] {
    if (const auto fault = refusal(state_, command); fault.code != ErrorCode::none) return error(fault);
    Answer answer;
    answer.stamp = next_stamp(now, {});
    ReceiptAnswer decision{.id = std::string(command.id), .content = content};
    for (const engine::StockRow& row : command.rows) {
      decision.rows.push_back({.sku = row.sku, .warehouse = row.warehouse, .quantity = static_cast<Quantity>(row.quantity)});
    }
    add_stock(decision.rows, false);
    fill_row_by_row(decision.rows, answer);
    decision.fills_follow = mark_last(answer);
    answer.decision = std::move(decision);
    return answer;
  });
}

void Twin::add_stock(std::vector<engine::ReceivedRow>& rows, bool opening) {
  for (engine::ReceivedRow& row : rows) {
    Cell& cell = state_.cells[{row.sku, row.warehouse}];
    cell.on_hand += row.quantity;
    if (opening) {
      cell.opening_set = true;
      cell.opening = row.quantity;
    } else {
      cell.received += row.quantity;
    }
    row.available_after = cell.available();
  }
}

// R4: all rows are on the shelf, but the fills of a row leave the units of later rows alone. What heals an overdraft is nobody's.
void Twin::fill_row_by_row(const std::vector<engine::ReceivedRow>& rows, Answer& answer) {
  Withheld withheld;
  const auto brought = [](const engine::ReceivedRow& row) { return std::min(row.quantity, row.available_after); };
  for (const engine::ReceivedRow& row : rows) withheld[{row.sku, row.warehouse}] += brought(row);
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    const engine::ReceivedRow& row = rows[index];
    withheld[{row.sku, row.warehouse}] -= brought(row);
    fill(row.sku, index, withheld, answer);
  }
}

// R3: in queue order, each waiter takes all that it can use. Who cannot use what is there is passed over, also who takes all or
// nothing while there is too little.
void Twin::fill(engine::SkuId sku, std::uint32_t row, const Withheld& withheld, Answer& answer) {
  const std::set<Place> queue = state_.queues[sku];  // a copy, because those served leave the queue
  const std::vector<WarehouseId> warehouses = state_.by_priority();
  const auto is_usable = [&](WarehouseId warehouse) {
    const auto kept = withheld.find({sku, warehouse});
    return state_.cell(sku, warehouse).available() > (kept == withheld.end() ? 0 : kept->second);
  };
  for (const Place& place : queue) {
    if (std::ranges::none_of(warehouses, is_usable)) break;
    Order& order = state_.orders.at(place.order);
    if (order.not_due) continue;
    const Lines at_once = taken_at_once(order, place);
    if (at_once.empty() || order.policy != engine::Policy::ship_complete) {
      if (at_once.empty() || all_there(state_, order, at_once, withheld)) fill_line(order, place, row, withheld, answer);
    } else if (all_there(state_, order, at_once, withheld)) {
      Lines left = at_once;
      for (const auto& [index, units] : at_once) {
        left.erase(index);
        for (const engine::Lsn entry : std::vector(order.lines[index].entries())) {
          fill_line(order, {order.priority, order.lsn, index, entry}, row, set_aside(order, left, withheld), answer);
        }
      }
    }
  }
}

void Twin::fill_line(Order& order, const Place& place, std::uint32_t row, const Withheld& withheld, Answer& answer) {
  Line& line = order.lines[place.line_index];
  FillAnswer filled{.stamp = {}, .order_id = {}, .row = row};
  const std::size_t shipments = order.shipments.size();
  filled.takes = take(order, line, line.waiting_in(place.raised_at), state_.sources(line, {}), withheld);
  note_fill(order, place, std::move(filled), shipments, answer);
}

void Twin::note_fill(Order& order, const Place& place, FillAnswer filled, std::size_t shipments, Answer& answer) {
  if (filled.takes.empty()) return;
  Line& line = order.lines[place.line_index];
  filled.strict = order.patience_of(line).strict;
  for (const engine::Take& each : filled.takes) {
    line.stop_waiting(place.raised_at, each.quantity);
    if (each.shipment <= shipments) ++order.shipments[each.shipment - 1u].revision;  // it joins one that was there
  }
  if (line.waiting_in(place.raised_at) == 0) state_.queues[line.sku].erase(place);
  forget_if_whole(order, line);
  std::vector<Taken> taken;
  for (const engine::Take& each : filled.takes) taken.push_back({line.sku, each.warehouse, place.line_index, place.raised_at});
  if (!filled.pegged) filled.skipped = count_skip(order, taken);
  filled.stamp = next_stamp(answer.stamp.time, answer.stamp.lsn);
  filled.order_id = order.id;
  filled.order_lsn = order.lsn;
  filled.line_index = place.line_index;
  filled.raised_at = place.raised_at;
  filled.line = line.number;
  filled.sku = line.sku;
  filled.still_waiting = line.waiting;
  answer.fills.push_back(std::move(filled));
}

// Marks the last fill; whether there is one is what the cause says as fills_follow.
bool Twin::mark_last(Answer& answer) {
  if (answer.fills.empty()) return false;
  answer.fills.back().last = true;
  return true;
}

Answer Twin::load(const engine::LoadCatalogue& command, TimeUs now) {
  if (const auto fault = refusal(state_, command, limits_); fault.code != ErrorCode::none) return error(fault);
  Answer answer;
  answer.stamp = next_stamp(now, {});
  LoadAnswer decision;
  decision.texts = std::make_shared<std::deque<std::string>>();
  const auto keep = [&](const std::string& text) -> std::string_view { return decision.texts->emplace_back(text); };

  for (const engine::WarehouseEntry& entry : command.warehouses) {
    const auto [id, added] = state_.warehouse_ids.try_emplace(
        std::string(entry.code), WarehouseId{static_cast<std::uint16_t>(state_.warehouses.size() + 1)});
    if (added) state_.warehouses.push_back({std::string(entry.code), "", entry.priority});
    Warehouse& warehouse = state_.warehouses[id->second.value - 1u];
    const bool renamed = !entry.name.empty() && entry.name != warehouse.name;
    if (renamed) warehouse.name = entry.name;
    if (!added && !renamed && warehouse.priority == entry.priority) continue;
    warehouse.priority = entry.priority;
    decision.warehouses.push_back({id->second, entry.priority, keep(warehouse.code), keep(warehouse.name)});
  }
  for (const engine::ProductEntry& entry : command.products) {
    const auto [id, added] = state_.sku_ids.try_emplace(
        std::string(entry.code), engine::SkuId{static_cast<std::uint32_t>(state_.products.size() + 1)});
    if (added) state_.products.push_back({std::string(entry.code), "", true});
    Product& product = state_.products[id->second.value - 1u];
    const bool renamed = !entry.description.empty() && entry.description != product.description;
    if (renamed) product.description = entry.description;
    const bool turned = entry.backorderable && entry.backorderable != product.backorderable;
    if (turned) product.backorderable = entry.backorderable;
    if (added || renamed || turned) decision.products.push_back({id->second, keep(product.code), keep(product.description), *product.backorderable});
  }
  std::set<CellKey> listed;
  for (const engine::OpeningStockEntry& entry : command.stock) {
    const CellKey key{state_.sku_ids.at(std::string(command.products[entry.product].code)),
                      state_.warehouse_ids.at(std::string(command.warehouses[entry.warehouse].code))};
    if (state_.cell(key.first, key.second).opening_set || !listed.insert(key).second) continue;
    decision.stock.push_back({.sku = key.first, .warehouse = key.second, .quantity = static_cast<Quantity>(entry.on_hand)});
  }
  add_stock(decision.stock, true);
  fill_row_by_row(decision.stock, answer);
  decision.fills_follow = mark_last(answer);
  answer.decision = std::move(decision);
  return answer;
}

}  // namespace earmark::model
