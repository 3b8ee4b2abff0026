#include "engine/take_over.hpp"

#include <algorithm>

#include "engine/patience.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

void TakeOver::choose(BlockRef block, std::size_t line_index) {
  const auto* order = shared_.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (line.waiting == 0 || (order->policy != Policy::ship_complete && index != line_index)) continue;
    const std::uint64_t open = line.waiting - available_for(line, line.waiting);
    if (open != 0) take(line, QueuePlace::of(order->priority, order->known.lsn(), index), open);
  }
}

// How many of `wanted` units are there, and not for an earlier line.
std::uint64_t TakeOver::available_for(const OrderLineState& line, std::uint64_t wanted) {
  std::uint64_t sum = 0;
  for (const WarehouseId warehouse : catalogue_.by_priority) {
    if (line.pinned.value != 0 && line.pinned != warehouse) continue;
    const CellIndex cell = shared_.cell_index(line.sku, warehouse);
    // Acquire: pairs with the commits that changed the cell. Nobody but the settler takes from it: somebody waits for it.
    const std::uint64_t free = CellWord{shared_.cells[cell.value].load(std::memory_order_acquire)}.free();
    std::uint64_t& spoken_for = spoken_for_[cell.value];
    const std::uint64_t units = std::min(wanted - sum, free - spoken_for);
    spoken_for += units;
    sum += units;
  }
  return sum;
}

// From those behind `place`, the last one first.
void TakeOver::take(const OrderLineState& line, QueuePlace place, std::uint64_t open) {
  const auto found = book_.strict_lines.find(line.sku.value);
  if (found == book_.strict_lines.end()) return;
  for (auto victim = found->second.rbegin(); victim != found->second.rend() && open != 0 && place < victim->first; ++victim) {
    open -= take_from(victim->second, victim->first.line_index, line.pinned, open);
  }
}

std::uint64_t TakeOver::take_from(BlockRef victim, std::size_t victim_line, WarehouseId pinned, std::uint64_t open) {
  const auto* order = shared_.blocks.at<OrderState>(victim);
  const OrderLineState& line = order->lines()[victim_line];
  std::uint64_t taken = 0;
  for (auto warehouse = catalogue_.by_priority.rbegin(); warehouse != catalogue_.by_priority.rend() && taken != open; ++warehouse) {
    if (pinned.value != 0 && pinned != *warehouse) continue;
    std::vector<Allocation> there;
    for_each_allocation(shared_.blocks, line, [&](const Allocation& each) {
      if (each.warehouse == *warehouse && each.reserved != 0 && !is_picked(shared_.blocks, *order, each.shipment)) there.push_back(each);
    });
    std::sort(there.begin(), there.end(), [](const Allocation& one, const Allocation& other) { return one.shipment > other.shipment; });
    for (const Allocation& each : there) {
      Quantity& gone = gone_[{victim, victim_line, each.warehouse.value, each.shipment}];
      const auto units = static_cast<Quantity>(std::min<std::uint64_t>(open - taken, each.reserved - gone));
      const bool room = bytes_ < std::min(max_lost_bytes, shared_.capacity.ring_bytes / 4) && book_.queues.has_room(lost_.size() + 1);
      if (units == 0 || !room) continue;
      add(victim, victim_line, each, units);
      gone += units;
      taken += units;
    }
  }
  return taken;
}

void TakeOver::add(BlockRef victim, std::size_t victim_line, const Allocation& from, Quantity units) {
  const auto* order = shared_.blocks.at<OrderState>(victim);
  const auto [found, first] = order_index_.try_emplace(victim, static_cast<std::uint32_t>(orders_.size()));
  if (first) {
    orders_.push_back(order->id());
    customers_.push_back(order->texts().customer);
    bytes_ += orders_.back().size() + customers_.back().size() + 32;
  }
  const OrderLineState& line = order->lines()[victim_line];
  lost_.push_back({order->known.lsn(), found->second, line.line, units, static_cast<std::uint32_t>(lost_.size()), from.warehouse, from.shipment, line.sku});
  lines_.push_back({victim, victim_line});
  bytes_ += sizeof(LostUnits) + sizeof(ReceivedRow);
}

void TakeOver::apply(Book& book) {
  for (std::size_t index = 0; index < lost_.size(); ++index) book.lose(shared_, lines_[index].order, lines_[index].index, lost_[index]);
}

void TakeOver::undo(Book& book) {
  for (std::size_t index = lost_.size(); index-- > 0;) book.lose_not(shared_, lines_[index].order, lines_[index].index, lost_[index]);
}

void TakeOver::committed(Book& book, BlockCache& blocks) {
  std::vector<std::pair<BlockRef, std::uint16_t>> lists;
  for (std::size_t index = 0; index < lost_.size(); ++index) lists.emplace_back(lines_[index].order, lost_[index].shipment);
  book.pick_lists_changed(shared_, blocks, std::move(lists));
}

std::uint64_t TakeOver::units() const noexcept {
  std::uint64_t sum = 0;
  for (const LostUnits& lost : lost_) sum += lost.quantity;
  return sum;
}

}  // namespace earmark::engine
