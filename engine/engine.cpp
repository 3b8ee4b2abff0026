#include "engine/engine.hpp"

#include <vector>

#include "engine/digest.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

Engine::Engine(const Capacity& capacity, std::size_t committers)
    : shared_(capacity, committers), book_(shared_), settler_(shared_, book_), view_(capacity), restore_blocks_(shared_.blocks) {}

std::string Engine::digest() const {
  Digest digest;
  const CatalogueView& catalogue = SharedState::catalogue_of(shared_.catalogue.load(std::memory_order_acquire));
  for (std::uint32_t id = 1; id <= catalogue.sku_count; ++id) {
    const SkuId sku{id};
    if (!catalogue.backorderable(sku)) digest.not_backorderable(sku);
    const auto feed_queue = [&](WaitingQueues::Root root) {
      book_.queues.for_each(root, [&](const Waiter& waiter) {
        digest.waiting_line(sku, Priority{static_cast<std::uint8_t>(255 - waiter.place.served_later)}, waiter.place.order_lsn,
                            waiter.place.line_index, waiter.quantity);
      });
    };
    feed_queue(book_.sku_queues[id]);
    for (const WarehouseId warehouse : catalogue.by_priority) {
      const CellIndex index = shared_.cell_index(sku, warehouse);
      const CellStock& stock = book_.stock[index.value];
      const CellWord word{shared_.cells[index.value].load(std::memory_order_acquire)};
      digest.cell(sku, warehouse, stock.on_hand, stock.held, stock.unavailable, word.free());
      feed_queue(book_.cell_queues[index.value]);
    }
  }
  shared_.ids.for_each([&](BlockRef block) {
    const auto* known = shared_.blocks.at<KnownCommand>(block);
    digest.known_id(known->space(), known->identity, known->content, known->lsn());
    if (known->ended() != HoldEnd::open) digest.ended_hold(known->lsn(), known->ended());
    if (!known->is_order_in_memory()) return;
    const auto* order = shared_.blocks.at<OrderState>(block);
    if (!is_open(shared_.blocks, *order)) return;
    const Lsn lsn = known->lsn();
    for_each_shipment(shared_.blocks, *order, [&](const ShipmentEntry& entry) {
      std::vector<ReturnedUnits> rows;
      const ShipmentImage image = image_of(shared_.blocks, entry, rows);
      digest.shipment(lsn, image.number, image.state, image.revision, image.stepped);
      for (const ReturnedUnits& row : image.returned) digest.returned(lsn, image.number, row.line_index, row.units);
    });
    if (order->not_due) digest.not_due(lsn);
    digest.patience(lsn, 0, order->patience);
    if (order->has_skipped) digest.has_skipped(lsn);
    digest.open_order(lsn, known->identity, order->status, order->policy, order->priority, order->preferred, order->line_count);
    for (std::uint32_t index = 0; index < order->line_count; ++index) {
      const OrderLineState& line = order->lines()[index];
      digest.order_line(lsn, index, line.line, line.sku, line.quantity, line.waiting, line.pinned);
      digest.line_policy(lsn, index, line.policy);
      digest.patience(lsn, index, line.patience);
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
        digest.allocation(lsn, index, allocation.warehouse, allocation.shipment, allocation.reserved, allocation.shipped);
      });
    }
  });
  for (const auto& [lsn, open] : book_.holds) {
    const auto* hold = shared_.blocks.at<OrderState>(open.block);
    digest.open_hold(lsn, hold->known.identity, open.deadline, hold->line_count);
    for (std::uint32_t index = 0; index < hold->line_count; ++index) {
      const OrderLineState& line = hold->lines()[index];
      digest.order_line(lsn, index, line.line, line.sku, line.quantity, line.waiting, line.pinned);
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
        digest.allocation(lsn, index, allocation.warehouse, allocation.shipment, allocation.reserved, allocation.shipped);
      });
    }
  }
  for (const auto& [lsn, transfer] : book_.transfers.open()) {
    const Identity identity = shared_.blocks.at<KnownCommand>(transfer.known)->identity;
    digest.open_transfer(lsn, identity, transfer.source, transfer.destination, transfer.expected, static_cast<std::uint32_t>(transfer.lines.size()));
    for (const TransferLine& line : transfer.lines) digest.transfer_line(lsn, line.sku, line.shipped, line.received);
  }
  for (const auto& [lsn, purchase] : book_.purchases.open()) {
    const Identity identity = shared_.blocks.at<KnownCommand>(purchase.known)->identity;
    digest.open_purchase(lsn, identity, purchase.state, static_cast<std::uint32_t>(purchase.lines.size()));
    for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) digest.purchase_line(lsn, index, purchase.lines[index]);
  }
  return digest.finish(shared_.commit_word.last());
}

}  // namespace earmark::engine
