#include "engine/victims.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "engine/shipments.hpp"

namespace earmark::engine {

void Victims::clear() {
  held_.clear();
  reservations_.clear();
  order_index_.clear();
  chosen_for_.clear();
  lost_.clear();
  of_holds_.clear();
  lines_.clear();
  orders_.clear();
  customers_.clear();
  skus_.clear();
  longest_order_ = 0;
  bytes_ = 0;
}

ErrorCode Victims::choose(const ChangePlan& plan, std::uint16_t warehouses) {
  clear();
  chosen_for_ = plan.lost;
  if (!plan.takes_promised()) return ErrorCode::none;
  collect_held(plan);
  collect_reserved(plan);
  for (std::uint32_t index = 0; index < plan.rows.size(); ++index) {
    const ChangedRow& row = plan.rows[index];
    const std::uint64_t cell = shared_.cell_index(row.sku, row.warehouse).value;
    if (plan.lost[index].held != 0) take(held_[cell], plan.lost[index].held, row, index, true);
    if (plan.lost[index].reserved != 0) take(reservations_[cell], plan.lost[index].reserved, row, index, false);
  }
  // Bounds of a record, of a commit's words, and of the queues' memory.
  const std::size_t most_bytes = std::min(max_lost_bytes, shared_.capacity.ring_bytes / 4);
  const std::size_t most_fills = std::max({fills_per_commit, book_.most_lines_at_once, longest_order_});
  const std::size_t words = plan.rows.size() + (skus_.size() + most_fills) * warehouses + 2;
  if (bytes_ > most_bytes || words > settler_words_for(shared_.capacity.warehouses)) return ErrorCode::too_many_lines;
  if (!book_.queues.has_room(lost_.size() - of_holds_.size())) return ErrorCode::overloaded;
  for (std::size_t index = 0; index < lost_.size(); ++index) {
    const Line& line = lines_[index];
    if (!line.of_hold) book_.lose(shared_, line.order, line.index, lost_[index]);
  }
  waiting_ = true;
  return ErrorCode::none;
}

void Victims::undo() {
  if (!waiting_) return;
  for (std::size_t index = lost_.size(); index-- > 0;) {
    const Line& line = lines_[index];
    if (!line.of_hold) book_.lose_not(shared_, line.order, line.index, lost_[index]);
  }
  waiting_ = false;
}

std::uint64_t Victims::units() const noexcept {
  std::uint64_t sum = 0;
  for (const LostUnits& lost : lost_) sum += lost.quantity;
  return sum;
}

void Victims::committed(BlockCache& blocks) {
  std::vector<std::pair<BlockRef, std::uint16_t>> lists;
  for (std::size_t index = 0; index < lost_.size(); ++index) {
    const Line& line = lines_[index];
    if (line.of_hold) book_.lose_held(shared_, line.order, line.index, lost_[index]);
    else lists.emplace_back(line.order, lost_[index].shipment);
    if (!line.of_hold && shared_.capacity.max_wait_us != 0) book_.set_timers(shared_, line.order);
  }
  book_.pick_lists_changed(shared_, blocks, std::move(lists));
}

// Only the settler makes and ends holds, so these are all.
void Victims::collect_held(const ChangePlan& plan) {
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    const ChangedRow& changed = plan.rows[row];
    if (plan.lost[row].held != 0) held_[shared_.cell_index(changed.sku, changed.warehouse).value];
  }
  if (held_.empty()) return;
  for (const auto& [lsn, open] : book_.holds) {
    const auto* hold = shared_.blocks.at<OrderState>(open.block);
    for (std::size_t index = 0; index < hold->line_count; ++index) {
      const OrderLineState& line = hold->lines()[index];
      for_each_allocation(shared_.blocks, line, [&, block = open.block, place = QueuePlace::of(hold->priority, lsn, index)](const Allocation& allocation) {
        const auto found = held_.find(shared_.cell_index(line.sku, allocation.warehouse).value);
        if (allocation.reserved != 0 && found != held_.end()) found->second.push_back({place, allocation.shipment, block, allocation.reserved});
      });
    }
  }
}

// Orders that are committed meanwhile may be missed: if they reserve in one of these cells, the plan will not fit.
void Victims::collect_reserved(const ChangePlan& plan) {
  std::unordered_set<std::uint32_t> skus;
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    if (plan.lost[row].reserved == 0) continue;
    const ChangedRow& changed = plan.rows[row];
    reservations_[shared_.cell_index(changed.sku, changed.warehouse).value];
    if (skus.insert(changed.sku.value).second) skus_.push_back(changed.sku);
  }
  if (skus.empty()) return;
  shared_.ids.for_each([&](BlockRef block) {
    if (!shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return;
    const auto* order = shared_.blocks.at<OrderState>(block);
    for (std::size_t index = 0; index < order->line_count; ++index) {
      const OrderLineState& line = order->lines()[index];
      if (!skus.contains(line.sku.value)) continue;
      const QueuePlace place = QueuePlace::of(order->priority, order->known.lsn(), index);
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
        if (allocation.reserved == 0 || is_picked(shared_.blocks, *order, allocation.shipment)) return;
        const auto found = reservations_.find(shared_.cell_index(line.sku, allocation.warehouse).value);
        if (found != reservations_.end()) found->second.push_back({place, allocation.shipment, block, allocation.reserved});
      });
    }
  });
  for (auto& [cell, reservations] : reservations_) {
    std::ranges::sort(reservations, [](const Reservation& left, const Reservation& right) {
      return std::tie(left.place, left.shipment) < std::tie(right.place, right.shipment);
    });
  }
}

void Victims::take(std::vector<Reservation>& from, Quantity units, const ChangedRow& row, std::uint32_t row_index, bool of_hold) {
  for (Quantity open = units; open != 0;) {
    // Missed ones are newer than those found: the plan will not fit, whoever is chosen here.
    if (from.empty()) return;
    Reservation& last = from.back();
    const Quantity taken = std::min(open, last.units);
    add(last, row, row_index, taken, of_hold);
    open -= taken;
    last.units -= taken;
    if (last.units == 0) from.pop_back();
  }
}

void Victims::add(const Reservation& reservation, const ChangedRow& row, std::uint32_t row_index, Quantity units, bool of_hold) {
  const auto* order = shared_.blocks.at<OrderState>(reservation.order);
  const auto [found, first] = order_index_.try_emplace(reservation.order, static_cast<std::uint32_t>(orders_.size()));
  if (first) {
    orders_.push_back(order->id());
    customers_.push_back(order->texts().customer);
    if (!of_hold) longest_order_ = std::max<std::size_t>(longest_order_, order->line_count);
    bytes_ += orders_.back().size() + customers_.back().size() + 32;
  }
  const std::size_t line_index = reservation.place.line_index;
  if (of_hold) of_holds_.push_back(static_cast<std::uint32_t>(lost_.size()));
  lost_.push_back({order->known.lsn(), found->second, order->lines()[line_index].line, units, row_index, row.warehouse,
                   reservation.shipment, row.sku});
  lines_.push_back({reservation.order, line_index, of_hold});
  bytes_ += sizeof(LostUnits) + sizeof(std::uint32_t);
}

}  // namespace earmark::engine
