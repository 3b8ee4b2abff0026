// What an amend raises: who waits for it, who gets only what is there, and who refuses it then.
#include "tests/model/refusals.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "tests/model/whole.hpp"

namespace earmark::model {
namespace {

using engine::ErrorCode;
using engine::Policy;
using engine::Quantity;

// By position of the line, so in the order in which the queue serves what was raised at one time.
struct Wanted {
  std::uint32_t row = 0;
  Quantity units = 0, there = 0;
};
using ByLine = std::map<std::uint32_t, Wanted>;

void find_what_is_there(const State& state, const Order& order, ByLine& wanted) {
  std::map<CellKey, Quantity> gone;
  for (auto& [index, each] : wanted) {
    const Line& line = order.lines[index];
    std::map<CellKey, Quantity> takes;
    for (const engine::WarehouseId warehouse : state.sources(line, {})) {
      const CellKey key{line.sku, warehouse};
      const Quantity units = std::min(each.units - each.there, state.cell(line.sku, warehouse).available() - gone[key]);
      takes[key] = units;
      each.there += units;
    }
    if (takes_whole_line(order.policy_of(line)) && each.there < each.units) {
      each.there = 0;
      continue;
    }
    for (const auto& [key, units] : takes) gone[key] += units;
  }
}

}  // namespace

engine::Error refusal_of_raise(const State& state, const engine::AmendOrder& command, std::vector<engine::RaisedLine>& raised) {
  const Order& order = state.orders.at(state.order_ids.at(std::string(command.order_id)));
  ByLine wanted;
  bool lowers = false;
  for (std::uint32_t row = 1; row <= command.rows.size(); ++row) {
    const engine::CancelRow& asked = command.rows[row - 1];
    const auto line = std::ranges::find(order.lines, asked.line, &Line::number);
    const std::int64_t more = asked.quantity - (std::int64_t{line->quantity} - line->cancelled);
    lowers = lowers || more < 0;
    if (more > 0) wanted[static_cast<std::uint32_t>(line - order.lines.begin())] = {row, static_cast<Quantity>(more)};
  }
  if (wanted.empty()) return {};
  if (order.policy == Policy::ship_complete) {
    Lines all;
    for (const auto& [index, each] : wanted) all[index] = each.units;
    const bool waits = std::ranges::any_of(order.lines, [](const Line& line) { return line.waiting > 0; });
    if (lowers || waits || !all_there(state, order, all, {})) return {.code = ErrorCode::cannot_raise};
  }
  if (!order.not_due) find_what_is_there(state, order, wanted);
  std::map<std::uint32_t, engine::RaisedLine> by_row;
  std::map<std::uint32_t, engine::LineNumber> refused;
  for (const auto& [index, each] : wanted) {
    const Line& line = order.lines[index];
    const bool waits = order.policy == Policy::ship_complete || (may_wait(order.policy_of(line)) && state.backorderable(line.sku));
    by_row[each.row] = {line.number, line.sku, each.units, waits ? 0 : each.units - each.there};
    if (!waits && (lowers || (order.policy == Policy::fill_or_kill && each.there < each.units))) refused[each.row] = line.number;
  }
  if (!refused.empty()) return {ErrorCode::cannot_raise, refused.begin()->first, refused.begin()->second};
  for (const auto& [row, line] : by_row) raised.push_back(line);
  return {};
}

}  // namespace earmark::model
