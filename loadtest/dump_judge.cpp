// Records in general, and orders.
#include "loadtest/dump_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace earmark::loadtest {
namespace {

std::int64_t sum_of(const std::vector<Units>& units) {
  std::int64_t sum = 0;
  for (const Units& each : units) sum += each.units;
  return sum;
}

// Lines of orders and what is about them; rows of stock are looked at where they are read.
bool names_skus(const DumpRecord& record) {
  if (record.type == "fill") return record.self.sku != no_code;
  if (record.type != "order" && record.type != "cancel" && record.type != "ship" && record.type != "hold" && record.type != "hold_ended" &&
      record.type != "shipment") return true;
  return std::all_of(record.rows.begin(), record.rows.end(), [](const DumpRow& row) { return row.sku != no_code; });
}

}  // namespace

std::string DumpJudge::cell_name(std::uint32_t sku, std::uint32_t warehouse) const {
  return fmt::format("{} in {}", skus_.code(sku), warehouse == no_code ? "no warehouse" : warehouses_.code(warehouse));
}

std::string DumpJudge::units_name(const std::vector<Units>& units) const {
  std::string text;
  for (const Units& each : units) text += fmt::format("{}{} in {}", text.empty() ? "" : ", ", each.units, warehouses_.code(each.warehouse));
  return text.empty() ? "nothing" : text;
}

bool DumpJudge::read(const DumpRecord& record) {
  if (record.type == "base") return base(record);
  if (in_base_) end_base();
  if (record.fills_follow || record.last) verdict_.is_full = true;
  if (!has_begun_ && record.lsn != 1) {
    refusal_ = fmt::format("it begins at LSN {} without a base; give the whole dump, from LSN 1 or with its base lines", record.lsn);
    return false;
  }
  number(record);
  touched_ = 0;
  if (!names_skus(record)) {
    violate(Promise::decisions, [&] { return fmt::format("a record of type {} has a line without SKU", record.type); });
    return true;
  }
  if (record.type == "order") order(record);
  else if (record.type == "fill") fill(record);
  else if (record.type == "receipt") receipt(record);
  else if (record.type == "cancel") cancel(record);
  else if (record.type == "amend") amend(record);
  else if (record.type == "ship") ship(record);
  else if (record.type == "load") load(record);
  else if (record.type == "stock_change") stock_change(record);
  else if (record.type == "shipment") shipment(record);
  else if (record.type == "strict") strict(record);
  else if (record.type == "transfer_shipped") transfer_shipped(record);
  else if (record.type == "transfer_received") transfer_received(record);
  else if (record.type == "purchase") purchase(record);
  else if (record.type == "purchase_step") purchase_step(record);
  else if (record.type == "purchase_receipt") purchase_receipt(record);
  else if (record.type == "rules") rules(record);
  else if (record.type == "reorder") reorder(record);
  else if (record.type == "overdue") overdue(record);
  else if (record.type == "dates") dates(record);
  else if (record.type == "hold") hold(record);
  else if (record.type == "hold_extended") hold_extended(record);
  else if (record.type == "hold_ended") hold_ended(record);
  else if (record.type != "void") return unknown(record), true;
  if (record.type == "void") {
    ++verdict_.voids;
    oldest_known_ = std::max(oldest_known_, record.oldest_known);
    if (state_.ids.size() > 2 * ids_after_forgetting_ + (1U << 20)) {
      state_.ids.forget(oldest_known_, [&](std::uint64_t lsn) { return is_open(lsn); });
      ids_after_forgetting_ = state_.ids.size();
    }
  }
  compare_cells(record);
  return true;
}

void DumpJudge::number(const DumpRecord& record) {
  if (!std::exchange(has_begun_, true)) verdict_.first_lsn = record.lsn;
  ++verdict_.records;
  const std::uint64_t last = std::exchange(lsn_, record.lsn);
  if (record.lsn <= last) {
    violate(Promise::lsn_order, [&] { return fmt::format("comes after LSN {}: every LSN is given once, in order", last); });
  } else if (record.lsn > last + 1) {
    violate(Promise::lsn_order, [&] { return fmt::format("comes right after LSN {}: {} missing", last, record.lsn - last - 1); });
  }
  if (record.time_us < time_us_) {
    violate(Promise::lsn_order, [&] { return fmt::format("its time {} is before that of the LSN before it, {}", record.time_us, time_us_); });
  }
  time_us_ = std::max(time_us_, record.time_us);
  verdict_.last_lsn = std::max(verdict_.last_lsn, record.lsn);
}

// Whatever it does to the cells that it names, it may have done to their queues, too.
void DumpJudge::unknown(const DumpRecord& record) {
  ++verdict_.unknown;
  for (const DumpRow& row : record.available_after) {
    if (row.sku == no_code || row.warehouse == no_code) continue;
    state_.cell(row.sku, row.warehouse).available = row.available;
    state_.sku(row.sku).is_uncertain = true;
  }
}

void DumpJudge::once(DumpIdSpace space, std::string_view id, const char* what) {
  const std::uint64_t before = state_.ids.put(hash_of(space, id), lsn_);
  if (before == 0 || (before < oldest_known_ && !is_open(before))) return;
  violate(Promise::exactly_once, [&] { return fmt::format("{} \"{}\" was decided before, at LSN {}", what, id, before); });
}

void DumpJudge::move(std::uint32_t sku, std::uint32_t warehouse, std::int64_t available, std::int64_t reserved) {
  DumpCell& cell = state_.cell(sku, warehouse);
  cell.available += available;
  cell.reserved += reserved;
  if (std::exchange(cell.touched, lsn_) != lsn_) ++touched_;
}

// Every touched cell is listed, once, with what the records so far leave there.
void DumpJudge::compare_cells(const DumpRecord& record) {
  std::size_t listed = 0;
  for (const DumpRow& row : record.available_after) {
    if (row.sku == no_code || row.warehouse == no_code) continue;
    DumpCell& cell = state_.cell(row.sku, row.warehouse);
    if (cell.touched == lsn_) ++listed;
    if (row.available < 0) {
      violate(Promise::never_oversell, [&] { return fmt::format("{} has {} available", cell_name(row.sku, row.warehouse), row.available); });
    } else if (row.available == std::max<std::int64_t>(cell.available, 0)) {
      continue;
    } else {
      violate(Promise::conservation, [&] {
        return fmt::format("available_after: {} said to have {}, but the records leave {}", cell_name(row.sku, row.warehouse), row.available, cell.available);
      });
    }
    cell.available = row.available;
  }
  if (listed != touched_) {
    violate(Promise::conservation, [&] { return fmt::format("available_after lists {} of the {} cells that the record touches", listed, touched_); });
  }
}

std::int64_t DumpJudge::beyond_healing(std::uint32_t sku, std::uint32_t warehouse, std::int64_t came) {
  return std::min(came, std::max<std::int64_t>(state_.cell(sku, warehouse).available, 0));
}

// One take of a line, which may be unknown.
void DumpJudge::take(std::uint32_t sku, const Units& taken, DumpLine* line) {
  const DumpCell& cell = state_.cell(sku, taken.warehouse);
  if (taken.units > cell.available || taken.units < 1) {
    violate(Promise::never_oversell, [&] { return fmt::format("takes {} of {}, which has {} available", taken.units, cell_name(sku, taken.warehouse), cell.available); });
  }
  move(sku, taken.warehouse, -taken.units, taken.units);
  if (line == nullptr) return;
  const auto known = std::find_if(line->reserved.begin(), line->reserved.end(), [&](const Units& each) { return each.warehouse == taken.warehouse; });
  if (known != line->reserved.end()) {
    known->units += taken.units;
  } else {
    line->reserved.push_back(taken);
  }
}

// What is there but for what waiters ahead could use (R2).
std::int64_t DumpJudge::free_for(std::uint32_t sku, std::uint32_t warehouse, const DumpPlace& place) {
  const std::int64_t available = state_.cell(sku, warehouse).available;
  if (available <= 0 || !state_.has_waiter(sku, warehouse, place)) return std::max<std::int64_t>(available, 0);
  return available - std::min(available, state_.waiting_ahead(sku, warehouse, place, available));
}

void DumpJudge::order(const DumpRecord& record) {
  ++verdict_.orders;
  once(DumpIdSpace::order, record.id, "order");
  DumpOrder& order = state_.add_order(record.lsn);
  order.id = hash_of(DumpIdSpace::order, record.id);
  order.priority = std::clamp<std::int64_t>(record.self.priority, 0, 255);
  order.whole = whole_of(record.policy) == DumpWhole::order;
  order.not_due = record.not_due;
  const std::vector<DumpLine> held = confirm(record);
  for (const DumpRow& row : record.rows) order.lines.push_back({row.line, row.sku, row.pinned, row.backordered, {}, whole_of(row.policy.empty() ? record.policy : row.policy)});
  for (std::size_t index = 0; index < record.rows.size(); ++index) order.lines[index].kills = (record.rows[index].policy.empty() ? record.policy : record.rows[index].policy) == "fill_or_kill";
  // Under other rules than priority an unpinned line may rightly take what a pinned one behind it needs.
  // What an order may take of its hold, and of the rest, a hold's own lines decide.
  const bool judged = !record.confirms() && (record.sourcing.empty() || std::none_of(record.rows.begin(), record.rows.end(),
                                                              [](const DumpRow& row) { return row.pinned != no_code; }));
  if (record.status == "refused" && judged && covers_all(record, order)) {
    violate(Promise::work_conserving, [&] { return fmt::format("order \"{}\" is refused, though all of it was available", record.id); });
  }
  if (order.whole && !order.not_due) whole_order(record, order);
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) order_line(order, record, index);
  status(record);
  std::vector<Taken> taken;
  for (std::uint32_t index = 0; index < record.rows.size(); ++index) {
    for (const Units& each : record.rows[index].moved) {
      taken.push_back({record.rows[index].sku, each.warehouse, {static_cast<std::uint32_t>(255 - order.priority), index, record.lsn}});
    }
  }
  skip(record, order, taken);
  if (record.confirms()) after_confirm(record, held);
  state_.close_if_done(record.lsn);
}

void DumpJudge::order_line(DumpOrder& order, const DumpRecord& record, std::uint32_t index) {
  const DumpRow& row = record.rows[index];
  DumpLine& line = order.lines[index];
  const auto name = [&] { return fmt::format("line {} of order \"{}\" ({} of {})", row.line, record.id, row.quantity, skus_.code(row.sku)); };
  const std::int64_t taken = sum_of(row.moved);
  if (row.quantity != taken + row.backordered + row.cancelled || row.backordered < 0 || row.cancelled < 0) {
    violate(Promise::conservation, [&] {
      return fmt::format("{}: {} reserved, {} backordered and {} cancelled", name(), taken, row.backordered, row.cancelled);
    });
  }
  const DumpPlace place{static_cast<std::uint32_t>(255 - order.priority), index, record.lsn};
  // See whole_order(). What is cut off is what is not there, its pinned lines thought of first.
  const bool judged_whole = order.whole && (row.backordered != 0 || row.not_backorderable);
  if (order.not_due && !row.moved.empty()) {
    violate(Promise::decisions, [&] { return fmt::format("{} takes {} before its time", name(), units_name(row.moved)); });
  }
  const bool all_or_nothing = line.whole == DumpWhole::line || row.policy == "fill_or_kill";
  if (row.not_backorderable && row.backordered != 0 && !order.whole) {
    violate(Promise::decisions, [&] { return fmt::format("{} waits, though nothing may wait for its SKU", name()); });
  }
  if (record.status != "refused" && !record.confirms() && !order.not_due && !judged_whole && !state_.sku(row.sku).is_uncertain) {
    std::int64_t rest = row.quantity;
    std::vector<Units> right;
    bool overtakes = false;
    for (const std::uint32_t warehouse : state_.sources(row.pinned, record.preferred)) {
      const std::int64_t free = free_for(row.sku, warehouse, place);
      if (const std::int64_t units = std::min(rest, free); units > 0) right.push_back({warehouse, units}), rest -= units;
      for (const Units& said : row.moved) {
        overtakes = overtakes || (said.warehouse == warehouse && said.units > free && said.units <= state_.cell(row.sku, warehouse).available);
      }
    }
    if (all_or_nothing && rest > 0) right.clear();
    const bool same = std::is_permutation(right.begin(), right.end(), row.moved.begin(), row.moved.end(),
                                          [](const Units& left, const Units& other) { return left.warehouse == other.warehouse && left.units == other.units; });
    if (overtakes) {
      violate(Promise::no_overtaking, [&] { return fmt::format("{} takes {}, which an earlier waiter could use", name(), units_name(row.moved)); });
    } else if (sum_of(right) > taken) {
      violate(Promise::work_conserving, [&] { return fmt::format("{} takes {}, though {} was free for it", name(), units_name(row.moved), units_name(right)); });
    } else if (all_or_nothing && taken != 0 && taken != row.quantity) {
      violate(Promise::decisions, [&] { return fmt::format("{} takes {}: a line of this policy takes all or nothing", name(), units_name(row.moved)); });
    } else if (!same && sum_of(right) == taken && record.sourcing.empty() && !order.whole) {
      violate(Promise::decisions, [&] { return fmt::format("{} takes {} instead of {} (R1)", name(), units_name(row.moved), units_name(right)); });
    }
  }
  for (const Units& each : row.moved) take(row.sku, each, &line);
  state_.waits(line, line.waiting);
  if (line.waiting > 0) state_.wait(order, record.lsn, index);
  if (line.waiting > 0 && row.expected.units == line.waiting && row.expected.last_us > record.time_us) line.told_us = row.expected.last_us;
}

// ship_complete: all of it, or nothing of it; and nothing only if all of it was not there, its pinned lines thought of first.
void DumpJudge::whole_order(const DumpRecord& record, const DumpOrder& order) {
  Lines lines;
  bool takes = false, waits = false, certain = true;
  for (std::uint32_t index = 0; index < record.rows.size(); ++index) {
    lines.push_back(index);
    takes = takes || !record.rows[index].moved.empty();
    waits = waits || record.rows[index].backordered != 0;
    certain = certain && !state_.sku(record.rows[index].sku).is_uncertain;
  }
  if (takes && waits) {
    violate(Promise::decisions, [&] { return fmt::format("order \"{}\" of policy ship_complete takes something and waits for the rest", record.id); });
  }
  const auto free = [&](std::uint32_t sku, std::uint32_t warehouse) {
    return free_for(sku, warehouse, {static_cast<std::uint32_t>(255 - order.priority), 0, record.lsn});
  };
  if (waits && certain && !record.confirms() && all_there(order, lines, free)) {
    violate(Promise::work_conserving, [&] { return fmt::format("order \"{}\" waits, though all of it was available", record.id); });
  }
}

// fill_or_kill: whether every line could have had all, one after the other.
bool DumpJudge::covers_all(const DumpRecord& record, const DumpOrder& order) {
  std::unordered_map<std::uint64_t, std::int64_t> promised;
  for (std::uint32_t index = 0; index < record.rows.size(); ++index) {
    const DumpRow& row = record.rows[index];
    if (state_.sku(row.sku).is_uncertain) return false;
    std::int64_t rest = row.quantity;
    for (const std::uint32_t warehouse : state_.sources(row.pinned, record.preferred)) {
      std::int64_t& already = promised[std::uint64_t{row.sku} << 32 | warehouse];
      const std::int64_t free = free_for(row.sku, warehouse, {static_cast<std::uint32_t>(255 - order.priority), index, record.lsn});
      const std::int64_t units = std::clamp<std::int64_t>(free - already, 0, rest);
      already += units;
      rest -= units;
    }
    if (rest > 0) return false;
  }
  return true;
}

void DumpJudge::status(const DumpRecord& record) {
  std::int64_t taken = 0, waiting = 0, cancelled = 0;
  for (const DumpRow& row : record.rows) taken += sum_of(row.moved), waiting += row.backordered, cancelled += row.cancelled;
  const bool killed = record.status == "refused" && taken == 0 && waiting == 0;
  const std::string_view right = killed ? "refused" : waiting > 0 ? (taken > 0 ? "split" : "backordered")
                                 : cancelled > 0 ? (taken > 0 ? "reduced" : "cancelled") : "reserved";
  const bool fits = right != "reduced" || record.policy != "fill_or_kill";
  if (record.status != right || !fits) {
    violate(Promise::decisions, [&] {
      return fmt::format("order \"{}\" is {}{}{}, with {} reserved, {} backordered and {} cancelled", record.id, record.status,
                         record.policy.empty() ? "" : " under ", record.policy, taken, waiting, cancelled);
    });
  }
}

void DumpJudge::finish() {
  if (in_base_) end_base();
  if (cause_.lsn != 0) verdict_.outstanding_cause = cause_.lsn;
}

}  // namespace earmark::loadtest
