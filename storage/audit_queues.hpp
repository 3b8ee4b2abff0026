// Who waits, SKU by SKU in the order of the queues, as the fairness audit (storage/audit.hpp) has to ask. The offline fold has the lines that
// wait but no queues; these are made of it, line by line, after each record that changed one. O(log) for each entry that comes or goes.
// An entry (of a line, or of what it was raised by) stands in one of three ways: it takes whatever is there, it takes all that it waits for or
// nothing, or it is not due yet and takes nothing. One thread.
#pragma once

#include <compare>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "storage/offline_state.hpp"

namespace earmark::storage {

// Place in a queue: priority, higher first; then LSN of the decision, or of the amend that raised the line; then the line's position.
struct AuditPlace {
  std::uint32_t later = 0;  // 255 - priority
  engine::Lsn sequence{};
  std::uint32_t line_index = 0;

  auto operator<=>(const AuditPlace&) const noexcept = default;
};

struct AuditWaiter {
  engine::Lsn order{};
  engine::Quantity units = 0;
};

class AuditQueues {
 public:
  using Queue = std::map<AuditPlace, AuditWaiter>;
  // Those of one SKU who are pinned to one warehouse, or who are not pinned.
  struct Pin {
    Queue any, whole, not_due;
    std::map<engine::Quantity, std::set<AuditPlace>> needs;  // places in `whole`, by what they need

    bool empty() const noexcept { return any.empty() && whole.empty() && not_due.empty(); }
  };
  using Pins = std::map<engine::WarehouseId, Pin>;  // 0: who is not pinned; nobody is empty

  // What waits of the line from now on, of all lines, or nothing any more because the order is not open.
  void refresh(const OfflineState& state, engine::Lsn order, std::uint32_t line_index);
  void refresh(const OfflineState& state, engine::Lsn order);
  // Null: nobody waits for it.
  const Pins* of(engine::SkuId sku) const;

 private:
  struct Stood {
    AuditPlace place{};
    engine::SkuId sku{};
    engine::WarehouseId pinned{};
    Queue Pin::* queue = nullptr;
  };
  using Entries = std::map<std::pair<engine::Lsn, std::uint32_t>, std::vector<Stood>>;  // by order and line

  void enter(std::vector<Stood>& entries, Stood entry, const AuditWaiter& waiter);
  void leave(const Stood& entry);

  std::map<engine::SkuId, Pins> skus_;
  Entries entries_;
};

}  // namespace earmark::storage
