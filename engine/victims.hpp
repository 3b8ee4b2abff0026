// Whose promised units a stock change takes. First holds': the newest first, of one its last line. Then reservations in reverse
// queue order (lowest priority first, then the newest order, then its last line; within a line the latest shipment first). Never
// picked units. The settler alone.
// Nothing lists the reservations of a cell, so all orders in memory are looked through, once for all rows: 5 million orders
// a second (0.2 s for a million orders of three lines, measured). Other messages to the settler wait as long; orders whose
// stock is there go on.
// Victims among orders are put into the queue before the commit, so that the plan of fills sees them; undo() takes them out again
// when it did not come about. Nobody else reads queues and orders' units. Holds lose when it has come about.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/book.hpp"
#include "engine/shared_state.hpp"
#include "engine/stock_change.hpp"

namespace earmark::engine {

class Victims {
 public:
  Victims(SharedState& shared, Book& book) noexcept : shared_(shared), book_(book) {}

  // Chooses for each row of the plan as many promised units as it takes, and lets orders' lines wait. Else, with nothing
  // changed: too_many_lines if they are more than one record or commit holds, overloaded if the queues have no room.
  ErrorCode choose(const ChangePlan& plan, std::uint16_t warehouses);
  void undo();

  // Those that were chosen are what this plan takes, too.
  bool fit(const ChangePlan& plan) const noexcept {
    return chosen_for_.empty() ? !plan.takes_promised() : chosen_for_ == plan.lost;
  }
  std::span<const LostUnits> lost() const noexcept { return lost_; }
  std::span<const std::string_view> orders() const noexcept { return orders_; }
  std::span<const std::string_view> customers() const noexcept { return customers_; }
  std::span<const std::uint32_t> of_holds() const noexcept { return of_holds_; }
  std::span<const SkuId> skus() const noexcept { return skus_; }  // of which orders lose, each once
  std::uint64_t units() const noexcept;
  // After the commit: holds have less, and the pick lists that orders' units stood in are others.
  void committed(BlockCache& blocks);
  std::size_t bytes() const noexcept { return bytes_; }           // of the lists above in a record, at most

 private:
  struct Reservation {
    QueuePlace place;
    std::uint16_t shipment = 0;
    BlockRef order = 0;
    Quantity units = 0;
  };
  struct Line {
    BlockRef order = 0;
    std::size_t index = 0;
    bool of_hold = false;
  };
  using ByCell = std::unordered_map<std::uint64_t, std::vector<Reservation>>;  // the next victim is the last one

  void collect_held(const ChangePlan& plan);
  void collect_reserved(const ChangePlan& plan);
  void take(std::vector<Reservation>& from, Quantity units, const ChangedRow& row, std::uint32_t row_index, bool of_hold);
  void add(const Reservation& reservation, const ChangedRow& row, std::uint32_t row_index, Quantity units, bool of_hold);
  void clear();

  SharedState& shared_;
  Book& book_;
  ByCell held_, reservations_;
  std::unordered_map<BlockRef, std::uint32_t> order_index_;
  std::vector<RowLoss> chosen_for_;
  std::vector<LostUnits> lost_;
  std::vector<std::uint32_t> of_holds_;
  std::vector<Line> lines_;  // parallel to lost_
  std::vector<std::string_view> orders_, customers_;
  std::vector<SkuId> skus_;
  std::size_t longest_order_ = 0, bytes_ = 0;
  bool waiting_ = false;     // they are in the queue
};

}  // namespace earmark::engine
