#include "engine/victims.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "engine/shipments.hpp"

namespace earmark::engine {

void Victims::clear() {
  reservations_.clear();
  order_index_.clear();
  chosen_for_.clear();
  lost_.clear();
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
  if (!plan.takes_reserved()) return ErrorCode::none;
  collect(plan);
  for (std::uint32_t row = 0; row < plan.rows.size(); ++row) {
    if (plan.lost[row] != 0) take(plan, row);
  }
  // Bounds of a record, of a commit's words, and of the queues' memory.
  const std::size_t most_bytes = std::min(max_lost_bytes, shared_.capacity.ring_bytes / 4);
  const std::size_t most_fills = std::max({fills_per_commit, book_.most_lines_at_once, longest_order_});
  const std::size_t words = plan.rows.size() + (skus_.size() + most_fills) * warehouses + 2;
  if (bytes_ > most_bytes || words > settler_words_for(shared_.capacity.warehouses)) return ErrorCode::too_many_lines;
  if (!book_.queues.has_room(lost_.size())) return ErrorCode::overloaded;
  for (std::size_t index = 0; index < lost_.size(); ++index) book_.lose(shared_, lines_[index].order, lines_[index].index, lost_[index]);
  waiting_ = true;
  return ErrorCode::none;
}

void Victims::undo() {
  if (!waiting_) return;
  for (std::size_t index = lost_.size(); index-- > 0;) {
    book_.lose_not(shared_, lines_[index].order, lines_[index].index, lost_[index]);
  }
  waiting_ = false;
}

std::uint64_t Victims::units() const noexcept {
  std::uint64_t sum = 0;
  for (const LostUnits& lost : lost_) sum += lost.quantity;
  return sum;
}

void Victims::pick_lists_changed(BlockCache& blocks) {
  std::vector<BlockRef> orders;
  for (const Line& line : lines_) orders.push_back(line.order);
  book_.pick_lists_changed(shared_, blocks, lost_, orders);
}

// Orders that are committed meanwhile may be missed: if they reserve in one of these cells, the plan will not fit.
void Victims::collect(const ChangePlan& plan) {
  std::unordered_set<std::uint32_t> skus;
  for (std::size_t row = 0; row < plan.rows.size(); ++row) {
    if (plan.lost[row] == 0) continue;
    const ChangedRow& changed = plan.rows[row];
    reservations_[shared_.cell_index(changed.sku, changed.warehouse).value];
    if (skus.insert(changed.sku.value).second) skus_.push_back(changed.sku);
  }
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

void Victims::take(const ChangePlan& plan, std::uint32_t row) {
  const ChangedRow& changed = plan.rows[row];
  auto& reservations = reservations_[shared_.cell_index(changed.sku, changed.warehouse).value];
  for (Quantity open = plan.lost[row]; open != 0;) {
    // Missed ones are newer than those found: the plan will not fit, whoever is chosen here.
    if (reservations.empty()) return;
    Reservation& last = reservations.back();
    const Quantity units = std::min(open, last.units);
    add(last, changed, row, units);
    open -= units;
    last.units -= units;
    if (last.units == 0) reservations.pop_back();
  }
}

void Victims::add(const Reservation& reservation, const ChangedRow& row, std::uint32_t row_index, Quantity units) {
  const auto* order = shared_.blocks.at<OrderState>(reservation.order);
  const auto [found, first] = order_index_.try_emplace(reservation.order, static_cast<std::uint32_t>(orders_.size()));
  if (first) {
    orders_.push_back(order->id());
    customers_.push_back(order->texts().customer);
    longest_order_ = std::max<std::size_t>(longest_order_, order->line_count);
    bytes_ += orders_.back().size() + customers_.back().size() + 32;
  }
  const std::size_t line_index = reservation.place.line_index;
  lost_.push_back({order->known.lsn(), found->second, order->lines()[line_index].line, units, row_index, row.warehouse,
                   reservation.shipment, row.sku});
  lines_.push_back({reservation.order, line_index});
  bytes_ += sizeof(LostUnits);
}

}  // namespace earmark::engine
