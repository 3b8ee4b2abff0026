// Why a line of a purchase order cannot be for one line of an order first.
#include <algorithm>
#include <set>

#include "tests/model/refusals.hpp"

namespace earmark::model {
namespace {

// A line that waits, may have what comes to that warehouse, and takes what is there.
bool may_be_pegged(const Order& order, const Line& line, const engine::PurchaseLine& to) {
  const bool there = line.pinned.value == 0 || line.pinned == to.warehouse;
  return line.sku == to.sku && there && line.waiting > 0 && !order.not_due && order.policy_of(line) == engine::Policy::ship_partial;
}

}  // namespace

engine::Error refusal_of_pegs(const State& state, const engine::PlacePurchase& command) {
  std::set<engine::LineNumber> pegged;
  for (std::uint32_t row = 1; row <= command.pegs.size(); ++row) {
    const engine::PegRow& each = command.pegs[row - 1];
    const engine::Error bad{engine::ErrorCode::bad_peg, row, each.line};
    const auto line = std::ranges::find(command.lines, each.line, &engine::PurchaseLine::line);
    if (line == command.lines.end() || !pegged.insert(each.line).second || each.order >= command.peg_orders.size()) return bad;
    const auto id = state.order_ids.find(std::string(command.peg_orders[each.order]));
    if (id == state.order_ids.end()) return bad;
    const Order& order = state.orders.at(id->second);
    const auto wanted = std::ranges::find(order.lines, each.order_line, &Line::number);
    if (wanted == order.lines.end() || !may_be_pegged(order, *wanted, *line)) return bad;
  }
  return {};
}

}  // namespace earmark::model
