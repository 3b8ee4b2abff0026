// An archive in memory: copies of closed orders, taken from the engine before they leave it. For tests of the engine
// without a state store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/shipments.hpp"

namespace earmark::test {

class KeptOrders final : public engine::Archive {
 public:
  // Copies the order with this identity, if it is in the engine's memory.
  void keep(engine::Engine& engine, engine::Identity identity) {
    engine::WriteSet none(1);
    engine::SharedState& shared = engine.shared();
    const engine::BlockRef block = shared.ids.find(none, identity).known;
    if (block == 0 || !shared.blocks.at<engine::KnownCommand>(block)->is_order_in_memory()) return;
    copy(shared, *shared.blocks.at<engine::OrderState>(block));
    newest_[{identity.low, identity.high}] = shared.blocks.at<engine::KnownCommand>(block)->lsn();
  }
  // The same for one that left memory and has changed since, if the engine keeps it.
  void keep_changed(engine::Engine& engine, engine::Lsn lsn) {
    if (const engine::OrderState* order = engine.settler().kept_order(lsn)) copy(engine.shared(), *order);
  }

  bool find(engine::Lsn lsn, engine::OrderImage& image) override {
    const auto found = by_lsn_.find(lsn);
    if (found == by_lsn_.end()) return false;
    image = found->second.image;
    image.id = found->second.id;
    image.texts.customer = found->second.customer;
    image.lines = found->second.lines;
    image.allocations = found->second.allocations;
    image.shipments = found->second.shipments;
    return true;
  }
  engine::Lsn newest(engine::Identity identity) override {
    const auto found = newest_.find({identity.low, identity.high});
    return found == newest_.end() ? engine::Lsn{} : found->second;
  }

 private:
  void copy(engine::SharedState& shared, const engine::OrderState& order) {
    Kept& kept = by_lsn_[order.known.lsn()];
    kept.id = order.id();
    kept.customer = order.texts().customer;
    kept.image.lsn = order.known.lsn();
    kept.image.time = order.time;
    kept.image.content = order.known.content;
    kept.image.status = order.status;
    kept.image.policy = order.policy;
    kept.image.priority = order.priority;
    kept.image.sourcing = order.sourcing;
    kept.image.preferred = order.preferred;
    kept.image.next_shipment = order.next_shipment;
    kept.lines.clear();
    kept.allocations.clear();
    for (const engine::OrderLineState& line : order.lines()) {
      const std::size_t before = kept.allocations.size();
      engine::for_each_allocation(shared.blocks, line, [&](const engine::Allocation& allocation) {
        kept.allocations.push_back({allocation.reserved, allocation.shipped, allocation.warehouse, allocation.shipment});
      });
      kept.lines.push_back({line.line, line.sku, line.quantity, line.waiting, line.pinned,
                            static_cast<std::uint16_t>(kept.allocations.size() - before)});
    }
    kept.shipments.clear();
    std::vector<engine::ReturnedUnits> rows;
    engine::for_each_shipment(shared.blocks, order, [&](const engine::ShipmentEntry& entry) {
      engine::append_shipment(kept.shipments, engine::image_of(shared.blocks, entry, rows));
    });
  }

  struct Kept {
    std::string id, customer;
    std::vector<engine::LineImage> lines;
    std::vector<engine::AllocationImage> allocations;
    std::vector<std::byte> shipments;
    engine::OrderImage image;
  };
  std::map<engine::Lsn, Kept> by_lsn_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, engine::Lsn> newest_;
};

}  // namespace earmark::test
