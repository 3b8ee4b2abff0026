// The order desk: where a receiving thread decides the orders of one socket read, all in one commit, by atomic
// operations alone. What is short, gated or long goes to the settler; what is wrong is answered.
// One desk for each receiving thread, used by that thread alone.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/committer.hpp"
#include "engine/decide_order.hpp"
#include "engine/message.hpp"

namespace earmark::engine {

struct DeskCounters {
  Counter fast_orders, settler_orders, repeats, errors, batches;
};

class OrderDesk {
 public:
  explicit OrderDesk(Committer& committer) : committer_(committer), writes_(batch_entries) {}

  bool full() const noexcept { return count_ == batch_orders; }
  bool empty() const noexcept { return count_ == 0; }
  // Copies the lines; text views must hold until decide() has returned.
  void add(const ReceivedOrder& received);

  // Decides the batch at `now`. False: no room in the window; nothing was done, try again when more is durable.
  // Calls to_settler(orders) for those that the settler must decide, in the order in which they came; before, mind_rules(skus) if
  // the batch took units down to where reorder rules may have to order (engine/rules.hpp): it leaves a MindRules with the settler.
  bool decide(TimeUs now, const std::function<void(std::span<ReceivedOrder* const>)>& to_settler, const std::function<void(std::span<const SkuId>)>& mind_rules);

  // Commands of one connection that name the same order take effect in the order sent: while one of them is with the
  // settler, later ones must go there too. The hint travels in ReplyTo and comes back with the answer.
  std::uint16_t with_settler(Identity identity) noexcept;
  void back_from_settler(std::uint16_t hint) noexcept;

  const DeskCounters& counters() const noexcept { return counters_; }

 private:
  enum class Fate : std::uint8_t { decided, settler, repeated, refused };
  struct Slot {
    ReceivedOrder received;
    Identity identity;
    std::size_t first_line = 0, line_count = 0;
    Fate fate{};
    Error error;
    Lsn judged_at{};     // the batch's orders before it are decided up to here
    Lsn original{};      // repeated: the decision's LSN
    BlockRef block = 0;  // the order's memory, made once for the batch
    std::size_t block_bytes = 0;
  };

  void judge(Slot& slot, const CatalogueView& catalogue, TimeUs now, Bundle& bundle);
  bool is_gated(const PlaceOrder& order, const CatalogueView& catalogue) const noexcept;
  bool make_block(Slot& slot);
  void drop_block(Slot& slot);
  void note_crossings(const Slot& slot);
  std::size_t bytes_for_records() const noexcept;

  Committer& committer_;
  WriteSet writes_;
  OrderDraft draft_;
  std::array<Slot, batch_orders> slots_;
  std::size_t count_ = 0;
  std::vector<OrderLine> lines_;
  std::vector<SkuId> crossed_;  // SKUs with a cell below its level
  std::vector<ReceivedOrder*> for_settler_;
  static constexpr std::size_t filter_size = 4096;
  std::array<std::uint16_t, filter_size> settler_filter_{};
  DeskCounters counters_;
};

}  // namespace earmark::engine
