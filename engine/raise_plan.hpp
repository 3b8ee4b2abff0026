// What an amend that raises quantities makes of an order. What a line was raised by is later demand than everybody who waits: it
// joins the queue at the tail of the order's priority, as an entry of its own, and the queues of its SKUs are served in the same step.
// So what is there and nobody else can use is reserved at once, from the pin or the warehouses by priority.
// What may not wait (policies that never wait, discontinued SKUs) joins with as many units as are there for it, and the rest is
// cancelled; nobody else in the queue can use these units (I3), as long as the command lowers nothing. Orders that take all or
// nothing are raised only by what is there.
// The settler alone; one command at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/book.hpp"
#include "engine/decision.hpp"
#include "engine/errors.hpp"
#include "engine/order_state.hpp"
#include "engine/shared_state.hpp"
#include "engine/write_set.hpp"

namespace earmark::engine {

class RaisePlan {
 public:
  RaisePlan(SharedState& shared, Book& book, BlockCache& blocks) noexcept : shared_(shared), book_(book), blocks_(blocks) {}

  // Begins anew; what an attempt before let wait waits no more.
  void begin(BlockRef order);
  void ask(std::uint32_t row, std::size_t line_index, Quantity units) { asked_.push_back({row, line_index, units}); }
  bool empty() const noexcept { return asked_.empty(); }
  // Decides and lets it wait, before the plan of fills. `lowers`: other lines of the order are cut by the same command.
  Error let_wait(Lsn sequence, bool lowers, const CatalogueView& catalogue, const WriteSet& writes);
  void undo();
  std::span<const RaisedLine> lines() const noexcept { return lines_; }

 private:
  struct Asked {
    std::uint32_t row = 0;  // 1-based
    std::size_t line_index = 0;
    Quantity units = 0;
  };
  Error decide(bool lowers, const CatalogueView& catalogue, const WriteSet& writes);
  bool all_there(const CatalogueView& catalogue, const WriteSet& writes) const;

  SharedState& shared_;
  Book& book_;
  BlockCache& blocks_;
  BlockRef order_ = 0;
  std::vector<Asked> asked_;        // in the order of the rows
  std::vector<RaisedLine> lines_;   // parallel, once decided
  Lsn waits_at_{};                  // not 0: they are in the queues
};

}  // namespace earmark::engine
