#include "loadtest/peers/ledger.hpp"

#include <fmt/format.h>

namespace earmark::loadtest::peers {

Ledger::Ledger(const WorkloadShape& shape, double short_share)
    : without_stock_(skus_without_stock(shape, short_share)), reserved_(shape.skus), queued_(shape.skus) {}

bool Ledger::line(const AskedLine& asked, const Taken& taken, std::uint32_t queued) {
  std::uint32_t reserved = 0;
  for (std::size_t warehouse = 0; warehouse < taken.size(); ++warehouse) {
    reserved_[asked.sku][warehouse] += taken[warehouse];
    reserved += taken[warehouse];
  }
  queued_[asked.sku] += queued;
  ++lines_;
  units_ordered_ += asked.quantity;
  units_reserved_ += reserved;
  units_queued_ += queued;
  if (std::uint64_t{reserved} + queued != asked.quantity) {
    violate("unbalanced_line", fmt::format("{} of SKU {} asked, {} reserved, {} queued", asked.quantity, asked.sku, reserved, queued));
  }
  return queued != 0;
}

void Ledger::bad_answer(const std::string& what) { violate("bad_answer", what); }

void Ledger::violate(const char* kind, const std::string& example) {
  if (++violations_[kind] == 1) examples_.push_back(fmt::format("{}: {}", kind, example));
}

void Ledger::judge_sku(std::uint32_t sku, const PeerState& state) {
  for (std::size_t warehouse = 0; warehouse < warehouse_count; ++warehouse) {
    const std::int64_t available = state.available[sku][warehouse];
    const std::int64_t expected = std::int64_t{opening_of(sku)} - reserved_[sku][warehouse];
    if (available < 0) violate("oversold", fmt::format("SKU {} in warehouse {} has {}", sku, warehouse, available));
    if (available != expected) {
      violate("wrong_final_stock", fmt::format("SKU {} in warehouse {} has {}, the answers lead to {}", sku, warehouse, available, expected));
    }
  }
  if (state.queued[sku] != queued_[sku]) {
    violate("wrong_final_backorders", fmt::format("{} units of SKU {} wait, by the answers {}", state.queued[sku], sku, queued_[sku]));
  }
}

void Ledger::judge(const PeerState& state) {
  if (sent_ != answered_) violate("unanswered", fmt::format("{} requests, {} answers", sent_, answered_));
  if (units_reserved_ + units_queued_ != units_ordered_) {
    violate("unbalanced_sum", fmt::format("{} ordered, {} reserved, {} queued", units_ordered_, units_reserved_, units_queued_));
  }
  if (state.recorded_orders != orders_ || state.recorded_reserved != units_reserved_ || state.recorded_queued != units_queued_) {
    violate("wrong_records", fmt::format("{} orders with {} reserved and {} queued are recorded; answered: {}, {}, {}",
                                         state.recorded_orders, state.recorded_reserved, state.recorded_queued, orders_,
                                         units_reserved_, units_queued_));
  }
  if (state.available.size() != skus() || state.queued.size() != skus()) {
    violate("wrong_final_stock", fmt::format("{} SKUs instead of {}", state.available.size(), skus()));
    return;
  }
  for (std::uint32_t sku = 0; sku < skus(); ++sku) judge_sku(sku, state);
}

}  // namespace earmark::loadtest::peers
