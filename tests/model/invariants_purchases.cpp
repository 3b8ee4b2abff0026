#include "tests/model/invariants.hpp"

#include <algorithm>
#include <sstream>

namespace earmark::model {
namespace {

using engine::PurchaseState;

template <class... Words>
std::string say(const Words&... words) {
  std::ostringstream out;
  (out << ... << words);
  return out.str();
}

// By the state alone, where the lines have something to say against it.
bool goes_with_lines(const Purchase& purchase) {
  switch (purchase.state) {
    case PurchaseState::suggested:
    case PurchaseState::draft:
    case PurchaseState::approved:
    case PurchaseState::sent:
    case PurchaseState::acknowledged: return purchase.anything_open() && !purchase.anything_received();
    case PurchaseState::partly_received: return purchase.anything_open();
    case PurchaseState::received: return !purchase.anything_open() && purchase.anything_received();
    case PurchaseState::cancelled: return !purchase.anything_received();
    case PurchaseState::closed: return true;
  }
  return false;
}

std::string cell_name(const CellKey& key) { return say("sku ", key.first.value, " in warehouse ", key.second.value); }

}  // namespace

std::string check_purchases(const State& state) {
  std::map<CellKey, std::uint64_t> received, open, incoming;
  for (const auto& [lsn, purchase] : state.purchases) {
    const bool is_open = !purchase.is_closed();
    for (const PurchaseLine& line : purchase.lines) {
      const CellKey key{line.sku, line.warehouse};
      received[key] += line.received;
      if (is_open) open[key] += line.open();
      if (is_open && !purchase.is_draft()) incoming[key] += line.open();
      if (line.promised.value != 0 && line.first_promised.value == 0) return say("I2: purchase ", purchase.id, " forgot what was promised first");
    }
    if (!goes_with_lines(purchase)) return say("I2: purchase ", purchase.id, " is ", name(purchase.state), " by mistake");
    if (is_open && state.purchase(purchase.id) == nullptr) return say("I5: purchase ", purchase.id, " is open and not known");
  }
  for (const auto& [key, units] : received) {
    if (state.cell(key.first, key.second).delivered != units) return say("I2: ", cell_name(key), " got ", units, " on purchase orders, but not in the cell");
  }
  for (const auto& [key, cell] : state.cells) {
    if (cell.delivered != 0 && !received.contains(key)) return say("I2: ", cell_name(key), " got ", cell.delivered, " on no purchase order");
  }
  for (const auto& [key, units] : open) {
    if (units > engine::max_quantity) return say("I2: ", cell_name(key), " has too much on order: ", units);
  }
  for (const auto& [key, units] : state.ordered) {
    if (units < 0 || static_cast<std::uint64_t>(units) != incoming[key]) {
      return say("I2: ", cell_name(key), " expects ", units, " by the records, its purchase orders ", incoming[key]);
    }
    incoming.erase(key);
  }
  for (const auto& [key, units] : incoming) {
    if (units > 0) return say("I2: ", cell_name(key), " expects nothing by the records, its purchase orders ", units);
  }
  return "";
}

std::string check_pegs(const State& state, const Answer& answer) {
  if (!answer.decided() || answer.duplicate) return "";
  const auto* delivery = std::get_if<PurchaseReceiptAnswer>(&answer.decision);
  for (const FillAnswer& fill : answer.fills) {
    if (delivery == nullptr && fill.pegged) return say("peg: a fill of order ", fill.order_id, " is out of turn without a delivery");
    if (delivery == nullptr) return "";
    const engine::PurchaseArrivedRow& row = delivery->rows.at(fill.row);
    const Purchase& purchase = state.purchases.at(delivery->purchase_lsn);
    const PurchaseLine& from = *std::ranges::find(purchase.lines, row.line, &PurchaseLine::number);
    const bool is_its_line = from.peg_order == fill.order_lsn && from.peg_line == fill.line;
    if (fill.pegged && !is_its_line) return say("peg: a fill of order ", fill.order_id, " is out of turn, and nothing is for it");
    if (fill.pegged || is_its_line || from.peg_order.value == 0) continue;
    const Line& first = *std::ranges::find(state.orders.at(from.peg_order).lines, from.peg_line, &Line::number);
    const bool has_units_of_row = std::ranges::any_of(fill.takes, [&](const engine::Take& take) { return fill.sku == row.sku && take.warehouse == row.warehouse; });
    if (has_units_of_row && first.waiting > 0) return say("peg: order ", fill.order_id, " has units of row ", fill.row, ", which are for order ", from.peg_order.value);
  }
  return "";
}

}  // namespace earmark::model
