// Receipts, cancels, ships and loads, and the fills that they cause (R3 to R7).
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace earmark::loadtest {
namespace {

std::uint64_t cell_key(std::uint32_t sku, std::uint32_t warehouse) { return std::uint64_t{sku} << 32 | warehouse; }

bool same(const std::vector<Units>& left, const std::vector<Units>& right) {
  return std::is_permutation(left.begin(), left.end(), right.begin(), right.end(),
                             [](const Units& one, const Units& other) { return one.warehouse == other.warehouse && one.units == other.units; });
}

std::int64_t units_in(const std::vector<Units>& units, std::uint32_t warehouse) {
  for (const Units& each : units) {
    if (each.warehouse == warehouse) return each.units;
  }
  return 0;
}

void remove(std::vector<Units>& from, const std::vector<Units>& units) {
  for (const Units& each : units) {
    for (Units& known : from) {
      if (known.warehouse == each.warehouse) known.units -= std::min(known.units, each.units);
    }
  }
  std::erase_if(from, [](const Units& each) { return each.units == 0; });
}

}  // namespace

// ---- causes ----

void DumpJudge::begin_cause(const DumpRecord& record, std::vector<Stage> stages, const std::vector<DumpRow>* freed, std::set<std::uint32_t> in_turn) {
  if (cause_.lsn != 0) {
    violate(Promise::work_conserving, [&] { return fmt::format("is decided while waiters of LSN {} are not served yet", cause_.lsn); });
  }
  cause_ = Cause{record.cause != 0 ? record.cause : record.lsn, std::move(stages), 0, {}, 0, {}, {}, false, std::move(in_turn)};
  for (const Stage& stage : cause_.stages) {
    if (freed == nullptr) cause_.withheld[cell_key(stage.sku, stage.warehouse)] += stage.units;
  }
  for (std::size_t row = 0; freed != nullptr && row < freed->size(); ++row) {
    for (const Units& each : (*freed)[row].moved) cause_.withheld[cell_key((*freed)[row].sku, each.warehouse)] += each.units;
  }
  for (const Stage& stage : cause_.stages) cause_.is_uncertain = cause_.is_uncertain || state_.sku(stage.sku).is_uncertain;
  if (cause_.stages.empty()) {
    cause_.lsn = 0;
  } else {
    enter_stage();
    find_next_fill();
    const bool certain = !cause_.is_uncertain;
    if (certain && record.fills_follow && *record.fills_follow != cause_.next.has_value()) {
      violate(cause_.next ? Promise::work_conserving : Promise::causes, [&] {
        return fmt::format("says that {} follow, but {}", *record.fills_follow ? "fills" : "no fills", cause_.next ? "waiters can be served" : "nobody can be served");
      });
    }
    if (certain ? !cause_.next : !record.fills_follow.value_or(false)) cause_.lsn = 0;
  }
}

// Units of a row are no longer withheld when it is its turn (R4), nor those that a cancel gave back of its SKU.
void DumpJudge::enter_stage() {
  cause_.served.reset();
  cause_.pegged_left = 0;
  if (cause_.stage >= cause_.stages.size()) return;
  const Stage& stage = cause_.stages[cause_.stage];
  if (stage.peg_lsn != 0) cause_.pegged_left = stage.units;
  cause_.not_yet.erase(stage.sku);
  if (stage.warehouse != no_code) cause_.withheld[cell_key(stage.sku, stage.warehouse)] -= stage.units;
  if (stage.frees_sku) std::erase_if(cause_.withheld, [&](const auto& each) { return each.first >> 32 == stage.sku; });
}

void DumpJudge::find_next_fill() {
  cause_.next.reset();
  if (cause_.at_once != 0 && find_in_order(cause_.at_once)) return;
  while (cause_.stage < cause_.stages.size()) {
    if (find_pegged(cause_.stages[cause_.stage])) return;
    if (find_in_stage(cause_.stages[cause_.stage])) return;
    ++cause_.stage;
    enter_stage();
  }
}

std::int64_t DumpJudge::usable(std::uint32_t sku, std::uint32_t warehouse) {
  const std::vector<DumpCell>& cells = state_.sku(sku).cells;
  if (warehouse >= cells.size() || cause_.not_yet.contains(sku)) return 0;
  const auto later = cause_.withheld.find(cell_key(sku, warehouse));
  return std::max<std::int64_t>(cells[warehouse].available - (later == cause_.withheld.end() ? 0 : later->second), 0);
}

// The earliest waiter behind a place who could take a unit that is there.
const DumpPlace* DumpJudge::first_in_stage(const Stage& stage, const std::optional<DumpPlace>& behind) {
  DumpSku& sku = state_.sku(stage.sku);
  const DumpPlace* best = nullptr;
  const auto look = [&](std::size_t queue) {
    if (queue >= sku.queues.size()) return;
    const auto place = behind ? sku.queues[queue].upper_bound(*behind) : sku.queues[queue].begin();
    if (place != sku.queues[queue].end() && (best == nullptr || *place < *best)) best = &*place;
  };
  bool any = false;
  for (std::uint32_t warehouse = 0; warehouse < sku.cells.size(); ++warehouse) {
    if (usable(stage.sku, warehouse) <= 0) continue;
    if (!std::exchange(any, true)) look(0);
    look(std::size_t{warehouse} + 1);
  }
  return best;
}

// What came of a line that is pegged goes to its line first, as much as came and that waits for, whoever is ahead of it.
bool DumpJudge::find_pegged(const Stage& stage) {
  if (cause_.pegged_left <= 0 || state_.sku(stage.sku).is_uncertain) return false;
  DumpOrder* order = state_.order(stage.peg_lsn);
  const DumpLine* line = order == nullptr ? nullptr : order->line(stage.peg_line);
  if (line == nullptr || line->waiting == 0 || line->sku != stage.sku || (line->pinned != no_code && line->pinned != stage.warehouse)) return false;
  const std::uint64_t entry = line->entries().front();
  const std::int64_t units = std::min({cause_.pegged_left, line->waiting_in(entry), usable(stage.sku, stage.warehouse)});
  if (units <= 0) return false;
  const auto index = static_cast<std::uint32_t>(line - order->lines.data());
  cause_.next = Fill{{static_cast<std::uint32_t>(255 - order->priority), index, stage.peg_lsn, entry}, stage.sku, {{stage.warehouse, units}}, true};
  return true;
}

// R3: the next waiter in the queue's order who can use a unit, and what it takes. Who takes all or nothing is passed over while
// there is too little.
bool DumpJudge::find_in_stage(const Stage& stage) {
  if (state_.sku(stage.sku).is_uncertain) return false;
  std::optional<DumpPlace> behind = cause_.served;
  while (const DumpPlace* place = first_in_stage(stage, behind)) {
    const DumpOrder& order = *state_.order(place->order);
    Lines lines;
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const bool together = (order.whole && !order.patience.strict) || index == place->index;
      if (together && order.lines[index].waiting > 0) lines.push_back(index);
    }
    const DumpLine& waits = order.lines[place->index];
    const bool fits = waits.whole == DumpWhole::nothing || order.patience_of(waits).strict ||
                      (waits.whole == DumpWhole::line && entry_fits(waits, place->raised_at)) ||
                      (waits.whole == DumpWhole::order && all_there(order, lines, [&](std::uint32_t sku, std::uint32_t warehouse) { return usable(sku, warehouse); }));
    if (fits) {
      cause_.served = *place;
      if (!order.whole || order.patience.strict) return cause_.next = fill_of(*place, false), true;
      cause_.at_once = place->order;
      return find_in_order(place->order);
    }
    behind = *place;
  }
  return false;
}

// The next line of an order that is served with all its lines.
bool DumpJudge::find_in_order(std::uint64_t lsn) {
  const DumpOrder* order = state_.order(lsn);
  for (std::uint32_t index = 0; order != nullptr && index < order->lines.size(); ++index) {
    if (order->lines[index].waiting == 0) continue;
    cause_.next = fill_of({static_cast<std::uint32_t>(255 - order->priority), index, lsn, order->lines[index].entries().front()}, true);
    return true;
  }
  cause_.at_once = 0;
  return false;
}

// What the line takes now, each warehouse by priority; what pinned lines behind it need is set aside.
DumpJudge::Fill DumpJudge::fill_of(const DumpPlace& place, bool whole_order) {
  const DumpOrder& order = *state_.order(place.order);
  const DumpLine& line = order.lines[place.index];
  Fill fill{place, line.sku, {}};
  std::int64_t rest = line.waiting_in(place.raised_at);
  for (const std::uint32_t warehouse : state_.sources(line.pinned, no_code)) {
    std::int64_t there = usable(line.sku, warehouse);
    for (std::uint32_t behind = place.index + 1; whole_order && behind < order.lines.size(); ++behind) {
      if (order.lines[behind].sku == line.sku && order.lines[behind].pinned == warehouse) there -= order.lines[behind].waiting;
    }
    const std::int64_t units = std::min(rest, there);
    if (units > 0) fill.takes.push_back({warehouse, units}), rest -= units;
  }
  return fill;
}

void DumpJudge::fill(const DumpRecord& record) {
  ++verdict_.fills;
  const DumpRow& row = record.self;
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, row.order));
  DumpOrder* order = state_.order(lsn);
  DumpLine* line = order == nullptr ? nullptr : order->line(row.line);
  const bool due = cause_.lsn != 0 && cause_.lsn == record.cause;
  if (!due) {
    violate(Promise::causes, [&] { return fmt::format("is a fill caused by LSN {}, which has no fills outstanding", record.cause); });
  }
  if (line == nullptr || line->sku != row.sku) {
    violate(Promise::conservation, [&] { return fmt::format("fills line {} of order \"{}\", which is not open or has no such line", row.line, row.order); });
    for (const Units& each : row.moved) take(row.sku, each, nullptr);
    return;
  }
  const auto index = static_cast<std::uint32_t>(line - order->lines.data());
  const DumpPlace place{static_cast<std::uint32_t>(255 - order->priority), index, lsn, row.raised_at};
  if (due) judge_fill(record, place);
  std::int64_t units = 0;
  for (const Units& each : row.moved) take(row.sku, each, line), units += each.units;
  if (units > line->waiting_in(row.raised_at) || line->waiting - units != row.waiting) {
    violate(Promise::conservation, [&] {
      return fmt::format("fills {} of the {} that line {} of order \"{}\" waits for, and says that {} still wait", units, line->waiting_in(row.raised_at), row.line, row.order, row.waiting);
    });
  }
  const std::int64_t filled = std::min(units, line->waiting_in(row.raised_at));
  line->stop_waiting(row.raised_at, filled);
  state_.waits(*line, -filled);
  if (line->waiting_in(row.raised_at) == 0) state_.leave(*order, lsn, index, row.raised_at);
  order->forget_if_whole(*line);
  std::vector<Taken> taken;
  for (const Units& each : row.moved) taken.push_back({row.sku, each.warehouse, place});
  if (!record.pegged) skip(record, *order, taken);
  if (!due) return;
  if (record.pegged) cause_.pegged_left -= units;
  else if (cause_.at_once != lsn) cause_.served = place;
  find_next_fill();
  if (!cause_.is_uncertain && record.last && *record.last == cause_.next.has_value()) {
    violate(cause_.next ? Promise::work_conserving : Promise::causes, [&] {
      return fmt::format("is {} of LSN {}, but {}", *record.last ? "called the last fill" : "not called the last fill", cause_.lsn,
                         cause_.next ? "more waiters can be served" : "nobody else can be served");
    });
  }
  const bool over = cause_.is_uncertain ? record.last.value_or(!cause_.next) : !cause_.next;
  if (over) cause_ = Cause();
}

void DumpJudge::judge_fill(const DumpRecord& record, const DumpPlace& place) {
  const DumpRow& row = record.self;
  if (state_.sku(row.sku).is_uncertain) return;
  if (!cause_.next) {
    violate(Promise::causes, [&] { return fmt::format("fills {}, though nobody else was to be served by LSN {}", skus_.code(row.sku), cause_.lsn); });
    return;
  }
  const Fill& right = *cause_.next;
  if (right.place == place && right.sku == row.sku && right.pegged == record.pegged) {
    if (same(right.takes, row.moved)) return;
    violate(Promise::decisions, [&] {
      return fmt::format("the fill of line {} of order \"{}\" takes {} instead of {} (R3, R4)", row.line, row.order, units_name(row.moved), units_name(right.takes));
    });
    return;
  }
  const DumpLine& first = state_.order(right.place.order)->lines[right.place.index];
  violate(Promise::no_overtaking, [&] {
    return fmt::format("fills{} line {} of order \"{}\" ({}), but line {} of the order decided at LSN {} ({}) comes first{}",
                       record.pegged ? " out of turn" : "", row.line, row.order, skus_.code(row.sku), first.number, right.place.order, skus_.code(right.sku),
                       right.pegged ? ", which it is pegged to" : "");
  });
}

// ---- what causes them ----

void DumpJudge::receipt(const DumpRecord& record) {
  ++verdict_.receipts;
  once(DumpIdSpace::receipt, record.id, "receipt");
  std::vector<Stage> stages;
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.warehouse == no_code || row.quantity < 1) {
      violate(Promise::decisions, [&] { return fmt::format("receipt \"{}\" has a row without SKU, warehouse or units", record.id); });
      continue;
    }
    move(row.sku, row.warehouse, row.quantity, 0);
    stages.push_back({row.sku, row.warehouse, beyond_healing(row.sku, row.warehouse, row.quantity), false});
  }
  begin_cause(record, std::move(stages), nullptr);
}

void DumpJudge::load(const DumpRecord& record) {
  ++verdict_.loads;
  for (const DumpRow& row : record.warehouses) {
    if (row.warehouse != no_code) state_.set_priority(row.warehouse, row.priority, warehouses_);
  }
  std::vector<Stage> stages;
  for (const DumpRow& row : record.rows) {
    if (row.sku == no_code || row.warehouse == no_code) continue;
    move(row.sku, row.warehouse, row.quantity, 0);
    stages.push_back({row.sku, row.warehouse, beyond_healing(row.sku, row.warehouse, row.quantity), false});
  }
  begin_cause(record, std::move(stages), nullptr);
}

void DumpJudge::cancel(const DumpRecord& record) {
  ++verdict_.cancels;
  if (!record.command_id.empty()) once(DumpIdSpace::cancel, record.command_id, "cancel");
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, record.id));
  const DumpOrder* order = state_.order(lsn);
  if (record.whole && order != nullptr && order->lines.size() != record.rows.size()) {
    violate(Promise::decisions, [&] { return fmt::format("cancels order \"{}\" with {} of its {} lines", record.id, record.rows.size(), order->lines.size()); });
  }
  const auto picked = [](const DumpLine& line) { return !line.picked.empty(); };
  if (record.whole && !record.command_id.empty() && order != nullptr && std::any_of(order->lines.begin(), order->lines.end(), picked)) {
    violate(Promise::decisions, [&] { return fmt::format("cancels order \"{}\", of which units are picked", record.id); });
  }
  take_back(record, lsn);
}

// A new priority moves what waits; a lowered quantity is a cancel of what is too much.
void DumpJudge::amend(const DumpRecord& record) {
  if (record.command_id.empty()) return due(record);
  ++verdict_.cancels;
  once(DumpIdSpace::amend, record.command_id, "amend");
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, record.id));
  DumpOrder* order = state_.order(lsn);
  if (record.priority && order == nullptr) {
    violate(Promise::decisions, [&] { return fmt::format("changes the priority of order \"{}\", which is not open", record.id); });
  } else if (record.priority) {
    state_.change_priority(*order, lsn, std::clamp<std::int64_t>(*record.priority, 0, 255));
  }
  take_back(record, lsn);
}

// What waits of the order takes from now on, the SKUs in the order of its lines.
void DumpJudge::due(const DumpRecord& record) {
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, record.id));
  DumpOrder* order = state_.order(lsn);
  if (order == nullptr || !order->not_due) {
    violate(Promise::decisions, [&] { return fmt::format("order \"{}\" becomes due, which was", record.id); });
    return;
  }
  order->not_due = false;
  std::vector<Stage> stages;
  for (std::uint32_t index = 0; index < order->lines.size(); ++index) {
    const DumpLine& line = order->lines[index];
    if (line.waiting == 0) continue;
    state_.wait(*order, lsn, index);
    if (std::none_of(stages.begin(), stages.end(), [&](const Stage& stage) { return stage.sku == line.sku; })) stages.push_back({line.sku, no_code, 0, false});
  }
  begin_cause(record, std::move(stages), nullptr);
}

void DumpJudge::take_back(const DumpRecord& record, std::uint64_t lsn) {
  DumpOrder closed;
  DumpOrder* order = state_.order(lsn);
  for (const DumpRow& row : record.rows) cancelled_line(order == nullptr ? closed : *order, lsn, row, record.whole);
  if (!record.raised.empty()) raise(record, lsn);
  for (std::size_t index = 0; order != nullptr && index < order->lines.size(); ++index) order->forget_if_whole(order->lines[index]);
  std::vector<Stage> stages;
  const auto add = [&](std::size_t from, std::uint32_t sku, bool frees) {
    const auto is_listed = [&](const Stage& stage) { return stage.sku == sku; };
    if (std::none_of(stages.begin() + static_cast<std::ptrdiff_t>(from), stages.end(), is_listed)) stages.push_back({sku, no_code, 0, frees});
  };
  for (const DumpRow& row : record.rows) {  // what waits to be served whole and has become smaller
    if (row.waiting <= 0 || order == nullptr) continue;
    for (const DumpLine& line : order->lines) {
      if (line.waiting == 0 || line.whole == DumpWhole::nothing || order->patience_of(line).strict || (line.whole == DumpWhole::line && line.number != row.line)) continue;
      add(0, line.sku, false);
      break;
    }
  }
  const std::size_t smaller = stages.size();
  for (const DumpRow& row : record.rows) {
    if (!row.moved.empty()) add(smaller, row.sku, true);
  }
  for (const DumpRow& row : record.raised) {
    if (order == nullptr || order->not_due || row.quantity <= row.cancelled) continue;
    const auto waits = std::find_if(order->lines.begin(), order->lines.end(), [](const DumpLine& line) { return line.waiting > 0; });
    if (waits != order->lines.end()) add(0, order->whole && !order->patience.strict ? waits->sku : row.sku, false);
  }
  begin_cause(record, std::move(stages), &record.rows);
  state_.close_if_done(lsn);
}

// R6: the waiting part first, then what is reserved, the warehouse last in priority first.
void DumpJudge::cancelled_line(DumpOrder& order, std::uint64_t order_lsn, const DumpRow& row, bool whole) {
  DumpLine none{row.line, row.sku, no_code, 0, {}};
  DumpLine* known = order.line(row.line);
  DumpLine& line = known == nullptr || known->sku != row.sku ? none : *known;
  std::int64_t released = 0;
  for (const Units& each : row.moved) released += each.units;
  std::int64_t rest = row.waiting + released + row.excess;
  if (whole) {
    rest = line.waiting;
    for (const Units& each : line.reserved) rest += each.units;
    for (const Units& each : line.picked) rest -= each.units;
  }
  const std::int64_t waiting = std::min(rest, line.waiting);
  rest -= waiting;
  std::vector<Units> right;
  for (auto warehouse = state_.by_priority().rbegin(); warehouse != state_.by_priority().rend(); ++warehouse) {
    const std::int64_t units = std::min(rest, units_in(line.reserved, *warehouse) - units_in(line.picked, *warehouse));
    if (units > 0) right.push_back({*warehouse, units}), rest -= units;
  }
  const bool more_than_there_is = row.waiting > line.waiting || std::any_of(row.moved.begin(), row.moved.end(), [&](const Units& each) {
    return each.units > units_in(line.reserved, each.warehouse) - units_in(line.picked, each.warehouse);
  });
  if (more_than_there_is || row.waiting != waiting || !same(right, row.moved) || row.excess != rest) {
    violate(more_than_there_is ? Promise::conservation : Promise::decisions, [&] {
      return fmt::format("the cancel takes {} waiting and {} of line {} ({}) with an excess of {}, instead of {} waiting and {} with {} (R6)",
                         row.waiting, units_name(row.moved), row.line, skus_.code(row.sku), row.excess, waiting, units_name(right), rest);
    });
  }
  for (const Units& each : row.moved) move(row.sku, each.warehouse, each.units, -each.units);
  remove(line.reserved, row.moved);
  if (&line != &none) state_.cut(order, order_lsn, static_cast<std::uint32_t>(&line - order.lines.data()), std::min(line.waiting, row.waiting));
}

// R7: all that is reserved, of every line. Set aside is what a strict line has that is not picked; where there is some, other lines may
// have units in one shipment with it, which stay, too.
void DumpJudge::judge_shipped(const DumpRecord& record, const DumpRow& row, const DumpOrder* order, const DumpLine* line) {
  static const DumpLine nothing;
  const DumpLine& known = line == nullptr ? nothing : *line;
  const bool set_aside = line != nullptr && order->is_set_aside(known);
  const std::vector<Units>& all = set_aside ? known.picked : known.reserved;
  const auto beside = [&](std::uint32_t warehouse) {
    return order != nullptr && std::any_of(order->lines.begin(), order->lines.end(), [&](const DumpLine& other) {
      return order->is_set_aside(other) && units_in(other.reserved, warehouse) > units_in(other.picked, warehouse);
    });
  };
  bool right = std::all_of(row.shipped.begin(), row.shipped.end(), [&](const Units& each) { return each.units > 0 && each.units <= units_in(all, each.warehouse); });
  for (const Units& each : all) {
    const std::int64_t least = beside(each.warehouse) ? units_in(known.picked, each.warehouse) : each.units;
    right = right && units_in(row.shipped, each.warehouse) >= least;
  }
  if (right) return;
  violate(set_aside ? Promise::decisions : Promise::conservation, [&] {
    return set_aside ? fmt::format("ships {} of line {} of order \"{}\", of which {} is not set aside until it is whole", units_name(row.shipped), row.line, record.id, units_name(all))
                     : fmt::format("ships {} of line {} of order \"{}\", which has {} reserved (R7)", units_name(row.shipped), row.line, record.id, units_name(all));
  });
}

void DumpJudge::ship(const DumpRecord& record) {
  ++verdict_.ships;
  once(DumpIdSpace::ship, record.command_id, "ship");
  const std::uint64_t lsn = state_.ids.find(hash_of(DumpIdSpace::order, record.id));
  DumpOrder* order = state_.order(lsn);
  if (order != nullptr && order->lines.size() != record.rows.size()) {
    violate(Promise::decisions, [&] { return fmt::format("ships order \"{}\" with {} of its {} lines", record.id, record.rows.size(), order->lines.size()); });
  }
  for (const DumpRow& row : record.rows) {
    DumpLine* line = order == nullptr ? nullptr : order->line(row.line);
    judge_shipped(record, row, order, line);
    for (const Units& each : row.shipped) move(row.sku, each.warehouse, 0, -each.units);
    if (line != nullptr) remove(line->reserved, row.shipped);
    if (line != nullptr) remove(line->picked, row.shipped);
  }
  state_.close_if_done(lsn);
}

}  // namespace earmark::loadtest
