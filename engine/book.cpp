#include "engine/book.hpp"

#include "engine/order_state.hpp"

namespace earmark::engine {

void Book::apply_load(const SharedState& shared, std::span<const LoadedWarehouse> warehouses,
                      std::span<const LoadedProduct> products, std::span<const ReceivedRow> rows) {
  for (const LoadedWarehouse& entry : warehouses) catalogue.put_warehouse(entry.id, entry.code, entry.name, entry.priority);
  for (const LoadedProduct& entry : products) catalogue.put_product(entry.id, entry.code, entry.description);
  for (const ReceivedRow& row : rows) {
    CellStock& cell = stock[shared.cell_index(row.sku, row.warehouse).value];
    cell.on_hand += row.quantity;
    cell.opening_plus_one = row.quantity + 1;
  }
}

void Book::apply_receipt(const SharedState& shared, std::span<const ReceivedRow> rows) {
  for (const ReceivedRow& row : rows) stock[shared.cell_index(row.sku, row.warehouse).value].on_hand += row.quantity;
}

void Book::apply_cancel(SharedState& shared, BlockRef block, std::span<const CancelledLine> lines,
                        std::span<const Take> released) {
  auto* order = shared.blocks.at<OrderState>(block);
  std::size_t next = 0;
  for (const CancelledLine& cancelled : lines) {
    OrderLineState& line = order->line(cancelled.line);
    const auto index = static_cast<std::size_t>(&line - order->lines().data());
    if (cancelled.waiting != 0) {
      queues.reduce(queue_of(shared, line.sku, line.pinned), QueuePlace::of(order->priority, order->known.lsn(), index),
                    cancelled.waiting);
      line.waiting -= cancelled.waiting;
    }
    for (std::uint32_t count = 0; count < cancelled.releases; ++count) {
      const Take& take = released[next++];
      change_allocations(shared.blocks, line, [&](Allocation& allocation) {
        if (allocation.warehouse == take.warehouse && allocation.shipment == take.shipment) allocation.reserved -= take.quantity;
      });
    }
  }
}

void Book::apply_ship(SharedState& shared, BlockRef block) {
  for (OrderLineState& line : shared.blocks.at<OrderState>(block)->lines()) {
    change_allocations(shared.blocks, line, [&](Allocation& allocation) {
      stock[shared.cell_index(line.sku, allocation.warehouse).value].on_hand -= allocation.reserved;
      allocation.shipped += allocation.reserved;
      allocation.reserved = 0;
    });
  }
}

void Book::start_waiting(SharedState& shared, BlockRef block) {
  const auto* order = shared.blocks.at<OrderState>(block);
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    if (line.waiting == 0) continue;
    queues.insert(queue_of(shared, line.sku, line.pinned),
                  {QueuePlace::of(order->priority, order->known.lsn(), index), block, line.waiting});
  }
}

}  // namespace earmark::engine
