// What the order that confirms a hold takes, worked out on the write set: a line takes first what the hold has for its number
// and SKU, in the hold's cells; what it wants more is decided like any order's, by the order's policy and sourcing rule.
// Units of the hold that no line asks for go back: where nobody waits for a cell, the rest of the order may take them;
// where somebody does, they are for the queue, in which what waits of this order has its place (R2). So are those of a line that
// takes all or nothing and has to wait.
// Owned by whoever settles.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "engine/decide_order.hpp"
#include "engine/order_state.hpp"

namespace earmark::engine {

// An order of the lines as they were held at first, also of what the hold has lost since; they live in `lines`.
void name_held_lines(const BlockStore& blocks, const OrderState& hold, std::vector<OrderLine>& lines);

class ConfirmPlan {
 public:
  // Decides a valid order; `draft` gets its decision, but for waits. The write set has all units of the hold free and the
  // order's taken.
  void decide(const PlaceOrder& order, std::uint64_t content, const OrderState& hold, SharedState& shared, const CatalogueView& catalogue,
              WriteSet& writes, OrderDraft& draft);

 private:
  struct Part {  // of a line, from one cell of the hold
    std::size_t line_index = 0;
    WarehouseId warehouse{};
    Quantity units = 0;
  };
  struct Units {
    Quantity held = 0, used = 0;
  };

  void match(const PlaceOrder& order, const OrderState& hold, SharedState& shared);
  void give_back(SharedState& shared, WriteSet& writes, bool rest);
  void ask(const PlaceOrder& order);
  void merge(const PlaceOrder& order, SharedState& shared, const CatalogueView& catalogue, WriteSet& writes, OrderDraft& draft);
  void name_cut_lines(OrderDraft& draft);
  void add_take(std::size_t line, WarehouseId warehouse, Quantity units);
  void take_back(std::size_t line, bool waits, SharedState& shared, WriteSet& writes);
  void count_backwards(const PlaceOrder& order, SharedState& shared, const WriteSet& writes);
  void number_shipments(OrderDraft& draft);

  struct HeldCell {
    SkuId sku{};
    WarehouseId warehouse{};
    Units units;
    bool gated = false;  // as it was before
  };
  std::vector<HeldCell> cells_;                              // in the order of the hold's lines
  std::unordered_map<std::uint64_t, std::size_t> cell_of_;   // cell index -> position in cells_
  std::vector<Part> parts_;
  std::vector<Quantity> open_;                               // by line: what the hold does not cover
  std::vector<OrderLine> asked_;
  std::vector<std::size_t> line_of_;                         // by asked line
  std::vector<std::vector<Take>> takes_;                     // by line
  std::vector<LineDecision> lines_;
  std::vector<bool> not_whole_;                              // by line: takes all or nothing, and all is not there
  std::vector<Take> more_takes_;
  std::vector<ReceivedRow> returned_;
};

}  // namespace earmark::engine
