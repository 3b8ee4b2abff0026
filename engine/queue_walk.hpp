// Everybody who waits for a SKU, in queue order, wherever pinned: the SKU's queue and those of its cells, one after the other by place.
#pragma once

#include <vector>

#include "engine/book.hpp"

namespace earmark::engine {

class QueueWalk {
 public:
  QueueWalk(const SharedState& shared, const Book& book, SkuId sku) : book_(book) {
    add(book.sku_queues[sku.value], {});
    for (std::uint16_t id = 1; id <= book.catalogue.warehouse_count(); ++id) {
      add(book.cell_queues[shared.cell_index(sku, WarehouseId{id}).value], WarehouseId{id});
    }
  }

  // nullptr: that was the last one.
  const Waiter* next() {
    Head* first = nullptr;
    for (Head& each : heads_) {
      if (each.waiter != nullptr && (first == nullptr || each.waiter->place < first->waiter->place)) first = &each;
    }
    if (first == nullptr) return nullptr;
    const Waiter* waiter = first->waiter;
    pinned_ = first->pinned;
    first->waiter = book_.queues.after(first->root, waiter->place);
    return waiter;
  }
  // Of whom next() gave last.
  WarehouseId pinned() const noexcept { return pinned_; }

 private:
  struct Head {
    const Waiter* waiter = nullptr;
    WaitingQueues::Root root = 0;
    WarehouseId pinned{};
  };
  void add(WaitingQueues::Root root, WarehouseId pinned) {
    if (root != 0) heads_.push_back({book_.queues.first(root), root, pinned});
  }

  const Book& book_;
  std::vector<Head> heads_;
  WarehouseId pinned_{};
};

}  // namespace earmark::engine
