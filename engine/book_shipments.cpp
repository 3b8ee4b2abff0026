// What steps of shipments change in the book and in orders; and pick lists that other records change.
#include <algorithm>

#include "engine/book.hpp"
#include "engine/order_state.hpp"
#include "engine/patience.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

std::size_t index_of(OrderState& order, LineNumber number) noexcept {
  return static_cast<std::size_t>(&order.line(number) - order.lines().data());
}

Allocation& allocation_in(BlockStore& blocks, OrderLineState& line, std::uint16_t shipment) noexcept {
  Allocation* found = nullptr;
  change_allocations(blocks, line, [&](Allocation& each) {
    if (each.shipment == shipment) found = &each;
  });
  EARMARK_CHECK(found != nullptr);
  return *found;
}

}  // namespace

std::optional<bool> Book::move_rest(SharedState& shared, BlockCache& blocks, BlockRef block, const ShipmentDecision& move) {
  auto& order = *shared.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < move.lines.size(); ++index) {
    const MovedLine& moved = move.lines[index];
    if (moved.rest == 0) continue;
    OrderLineState& line = order.line(moved.line);
    if (!allocate(blocks, line, move.warehouse, move.rest_shipment, moved.rest)) {
      ShipmentDecision done = move;
      done.lines = move.lines.first(index);
      move_rest_back(shared, block, done, true);
      return std::nullopt;
    }
    allocation_in(shared.blocks, line, move.shipment).reserved -= moved.rest;
  }
  const bool joined = move.rest_shipment < order.next_shipment;
  if (!joined) order.next_shipment = static_cast<std::uint16_t>(move.rest_shipment + 1);
  return joined;
}

void Book::move_rest_back(SharedState& shared, BlockRef block, const ShipmentDecision& move, bool joined) {
  auto& order = *shared.blocks.at<OrderState>(block);
  for (const MovedLine& moved : move.lines) {
    if (moved.rest == 0) continue;
    OrderLineState& line = order.line(moved.line);
    Allocation& rest = allocation_in(shared.blocks, line, move.rest_shipment);
    rest.reserved -= moved.rest;
    if (!joined) rest = Allocation{};
    allocation_in(shared.blocks, line, move.shipment).reserved += moved.rest;
  }
  if (!joined) order.next_shipment = move.rest_shipment;
}

void Book::apply_step(SharedState& shared, BlockCache& blocks, BlockRef block, const ShipmentDecision& move, bool rest_joined) {
  auto& order = *shared.blocks.at<OrderState>(block);
  ShipmentEntry& entry = keep_shipment(blocks, order, move.shipment);
  bool found = false;
  for (const MovedLine& moved : move.lines) {
    const std::uint64_t cell = shared.cell_index(moved.sku, move.warehouse).value;
    found = found || moved.quantity != 0;
    switch (move.step) {
      case ShipmentStep::pick:
        if (moved.quantity != 0) picked[cell] += moved.quantity;
        break;
      case ShipmentStep::put_back: unpick(cell, moved.quantity); break;
      case ShipmentStep::ship: {
        Allocation& allocation = allocation_in(shared.blocks, order.line(moved.line), move.shipment);
        allocation.reserved -= moved.quantity;
        allocation.shipped += moved.quantity;
        stock[cell].on_hand -= moved.quantity;
        unpick(cell, moved.quantity);
        break;
      }
      case ShipmentStep::give_back:
        add_returned(blocks, entry, static_cast<std::uint32_t>(index_of(order, moved.line)), moved.quantity);
        stock[cell].on_hand += moved.quantity;
        if (move.to_unavailable) stock[cell].unavailable += moved.quantity;
        break;
      case ShipmentStep::pack:
      case ShipmentStep::deliver:
      case ShipmentStep::track: break;
    }
  }
  entry.state = state_after(entry.state, move.step, found);
  entry.revision = move.revision;
  entry.stepped = true;
  set_tracking(blocks, entry, move.carrier, move.tracking, move.expected);
  if (rest_joined) raise_revision(blocks, order, move.rest_shipment);
  set_timers(shared, block);  // not for undo_pick(): a short pick leaves units that can be cancelled, as there were before
}

void Book::undo_pick(SharedState& shared, BlockCache& blocks, BlockRef block, const ShipmentDecision& move, bool rest_joined,
                     bool was_stepped) {
  auto& order = *shared.blocks.at<OrderState>(block);
  ShipmentEntry& entry = keep_shipment(blocks, order, move.shipment);
  if (entry.state == ShipmentState::open) --entry.revision;  // nothing had been found
  entry.stepped = was_stepped;
  entry.state = ShipmentState::open;
  for (const MovedLine& moved : move.lines) {
    if (moved.quantity != 0) unpick(shared.cell_index(moved.sku, move.warehouse).value, moved.quantity);
  }
  if (rest_joined) --keep_shipment(blocks, order, move.rest_shipment).revision;
  move_rest_back(shared, block, move, rest_joined);
}

void Book::unpick(std::uint64_t cell, Quantity units) {
  const auto found = picked.find(cell);
  EARMARK_CHECK(found != picked.end() && found->second >= units);
  found->second -= units;
  if (found->second == 0) picked.erase(found);
}

// Before its units count as shipped: picked units leave with the others, and its shipments are no longer open.
void Book::close_shipments(SharedState& shared, OrderState& order, std::span<const std::uint16_t> but) {
  if (order.shipments == 0) return;
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(shared.blocks, line, [&](const Allocation& each) {
      if (each.reserved == 0 || is_among(but, each.shipment)) return;
      const ShipmentEntry* entry = find_shipment(shared.blocks, order, each.shipment);
      if (entry != nullptr && is_picked(shared.blocks, order, each.shipment)) {
        unpick(shared.cell_index(line.sku, each.warehouse).value, each.reserved);
      }
    });
  }
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(shared.blocks, line, [&](const Allocation& each) {
      if (each.reserved == 0 || is_among(but, each.shipment)) return;
      if (const ShipmentEntry* entry = find_shipment(shared.blocks, order, each.shipment)) {
        const_cast<ShipmentEntry*>(entry)->state = ShipmentState::shipped;
      }
    });
  }
}

void Book::count_picked(const SharedState& shared, BlockRef block) {
  const auto& order = *shared.blocks.at<OrderState>(block);
  if (order.shipments == 0) return;
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(shared.blocks, line, [&](const Allocation& each) {
      if (each.reserved != 0 && is_picked(shared.blocks, order, each.shipment)) {
        picked[shared.cell_index(line.sku, each.warehouse).value] += each.reserved;
      }
    });
  }
}

void Book::pick_lists_changed(SharedState& shared, BlockCache& blocks, BlockRef block, std::span<const Take> released) {
  auto& order = *shared.blocks.at<OrderState>(block);
  std::vector<std::uint16_t> numbers;
  for (const Take& take : released) {
    if (std::find(numbers.begin(), numbers.end(), take.shipment) == numbers.end()) numbers.push_back(take.shipment);
  }
  for (const std::uint16_t number : numbers) raise_revision(blocks, order, number);
}

void Book::pick_lists_changed(SharedState& shared, BlockCache& blocks, std::vector<std::pair<BlockRef, std::uint16_t>> all) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (const auto& [block, number] : all) raise_revision(blocks, *shared.blocks.at<OrderState>(block), number);
}

}  // namespace earmark::engine
