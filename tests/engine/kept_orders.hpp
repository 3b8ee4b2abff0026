// An archive in memory: copies of closed orders, taken from the engine before they leave it. For tests of the engine
// without a state store.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace earmark::test {

class KeptOrders final : public engine::Archive {
 public:
  // Copies the order with this identity, if it is in the engine's memory.
  void keep(engine::Engine& engine, engine::Identity identity) {
    engine::WriteSet none(1);
    engine::SharedState& shared = engine.shared();
    const engine::BlockRef block = shared.ids.find(none, identity).known;
    if (block == 0 || !shared.blocks.at<engine::KnownCommand>(block)->is_order_in_memory()) return;
    const auto& order = *shared.blocks.at<engine::OrderState>(block);
    Kept& kept = by_lsn_[order.known.lsn()];
    kept.id = order.id();
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
    newest_[{identity.low, identity.high}] = order.known.lsn();
  }

  bool find(engine::Lsn lsn, engine::OrderImage& image) override {
    const auto found = by_lsn_.find(lsn);
    if (found == by_lsn_.end()) return false;
    image = found->second.image;
    image.id = found->second.id;
    image.lines = found->second.lines;
    image.allocations = found->second.allocations;
    return true;
  }
  engine::Lsn newest(engine::Identity identity) override {
    const auto found = newest_.find({identity.low, identity.high});
    return found == newest_.end() ? engine::Lsn{} : found->second;
  }

 private:
  struct Kept {
    std::string id;
    std::vector<engine::LineImage> lines;
    std::vector<engine::AllocationImage> allocations;
    engine::OrderImage image;
  };
  std::map<engine::Lsn, Kept> by_lsn_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, engine::Lsn> newest_;
};

}  // namespace earmark::test
