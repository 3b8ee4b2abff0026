// What somebody who turns strict takes over: units that strict waiters behind him, who are not whole either, have gathered, as far as
// what is available leaves him short. Two who want each other's units would else both wait for ever. Of each of his lines in
// their order: the last one in the queue first; of one line the warehouse last in priority first, there the latest shipment first;
// nothing that is picked. The settler alone.
#pragma once

#include <map>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/book.hpp"
#include "engine/order_state.hpp"
#include "engine/shared_state.hpp"

namespace earmark::engine {

class TakeOver {
 public:
  TakeOver(SharedState& shared, const Book& book, const CatalogueView& catalogue) : shared_(shared), book_(book), catalogue_(catalogue) {}

  // Changes nothing. Takes no more than one record holds and the queues have room for.
  void choose(BlockRef order, std::size_t line_index);
  // Those who lose wait for it again; and the way back.
  void apply(Book& book);
  void undo(Book& book);
  // After the commit: pick lists and times of those who lost.
  void committed(Book& book, BlockCache& blocks);

  std::span<const LostUnits> lost() const noexcept { return lost_; }
  std::span<const std::string_view> orders() const noexcept { return orders_; }
  std::span<const std::string_view> customers() const noexcept { return customers_; }
  std::uint64_t units() const noexcept;
  std::size_t bytes() const noexcept { return bytes_; }  // in a record, at most

 private:
  struct Line {
    BlockRef order = 0;
    std::size_t index = 0;
  };

  std::uint64_t available_for(const OrderLineState& line, std::uint64_t wanted);
  void take(const OrderLineState& line, QueuePlace place, std::uint64_t open);
  std::uint64_t take_from(BlockRef victim, std::size_t victim_line, WarehouseId pinned, std::uint64_t open);
  void add(BlockRef victim, std::size_t victim_line, const Allocation& from, Quantity units);

  SharedState& shared_;
  const Book& book_;
  const CatalogueView& catalogue_;
  std::unordered_map<std::uint64_t, std::uint64_t> spoken_for_;  // by cell: available units that an earlier line will have
  // By order, line, warehouse and shipment: units that an earlier line of his took.
  std::map<std::tuple<BlockRef, std::size_t, std::uint16_t, std::uint16_t>, Quantity> gone_;
  std::unordered_map<BlockRef, std::uint32_t> order_index_;
  std::vector<LostUnits> lost_;
  std::vector<Line> lines_;  // parallel to lost_
  std::vector<std::string_view> orders_, customers_;
  std::size_t bytes_ = 0;
};

}  // namespace earmark::engine
