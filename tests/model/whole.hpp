// Who takes all or nothing: line_complete a line, ship_complete all that waits of an order. Pure.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "tests/model/state.hpp"

namespace earmark::model {

// Lines by position, with what of them is open.
using Lines = std::map<std::uint32_t, engine::Quantity>;
using Withheld = std::map<CellKey, engine::Quantity>;

// The lines that are served at once with what of this one waits at the place; none: it takes what is there, also because it has turned
// strict. Of a line_complete line each entry is a whole of its own.
Lines taken_at_once(const Order& order, const Place& place);
// Each pinned line needs its units where it is pinned; all lines of a SKU together need theirs anywhere. What is withheld is not
// there.
bool all_there(const State& state, const Order& order, const Lines& lines, const Withheld& withheld);
bool all_there(const Order& order, const Lines& lines, const std::vector<engine::WarehouseId>& warehouses,
               const std::function<std::int64_t(const CellKey&)>& usable);
// Whether a line under this policy takes all of its units or none.
bool takes_whole_line(engine::Policy policy);
// Whether what is short under it waits, if it may wait for its SKU.
bool may_wait(engine::Policy policy);
// Whether the line waits for all or nothing, alone or with its order: whom later orders may pass over while it is not strict.
bool waits_for_all(const Order& order, const Line& line);
// An order that no thread needs the settler for: it takes what nobody waits for, and does not wait. `state` before or after it.
bool is_fast(const State& state, const engine::OrderDecision& order);
// `withheld` and what the pinned ones among the lines need, so that the others leave it alone.
Withheld set_aside(const Order& order, const Lines& lines, Withheld withheld);

}  // namespace earmark::model
