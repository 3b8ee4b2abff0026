// Orders at the settler: those that are short, meet somebody who waits, read many cells, or came behind another
// command with the same id.
#include <algorithm>

#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

std::size_t record_bytes(const PlaceOrder& order, std::size_t warehouses) noexcept {
  const std::size_t texts = 7 * (max_text_bytes + 16);
  const std::size_t line = sizeof(LineDecision) + sizeof(LineWait) + sizeof(LinePolicy) + sizeof(std::uint32_t) + warehouses * sizeof(Take);
  return 1024 + texts + order.lines.size() * line * 9 / 8;
}

}  // namespace

bool Settler::settle(const PlaceOrder& order, const Message& message, Committer& committer) {
  Judged judged;
  BlockRef block = 0;
  std::size_t block_bytes = 0;
  bool out_of_memory = false;
  const auto drop_block = [&] {
    if (block == 0) return;
    release_allocations(committer.blocks(), *shared_.blocks.at<OrderState>(block));
    committer.blocks().give_back(block, block_bytes);
    block = 0;
  };
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, record_bytes(order, shared_.capacity.warehouses),
      [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::order, order.id, message.content, ErrorCode::duplicate_order);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        const CatalogueView& view = catalogue();
        judged.error = validate_order(order, view);
        if (judged.error.code == ErrorCode::none && is_past(order.cancel_after)) judged.error.code = ErrorCode::bad_time;
        if (judged.error.code != ErrorCode::none) return;
        decide_order(order, message.content, shared_, view, true, writes_, draft_);
        add_waits(order, bundle.next(), view);
        drop_block();
        block_bytes = OrderState::bytes_for(draft_.decision);
        block = committer.blocks().allocate(block_bytes);
        out_of_memory = judged.place.slot == nullptr || block == 0 || !book_.queues.has_room(draft_.waits.size()) ||
                        !build_order(committer.blocks(), block, draft_.decision, judged.identity, {bundle.next(), message.time, {}});
        if (out_of_memory) return;
        writes_.write(*judged.place.slot, judged.place.seen,
                      CommandIds::word_after(judged.place.seen, judged.identity, block));
        bundle.add(message.time, {}, draft_.decision, message.reply);
      });
  if (committed.attempt == Attempt::no_room) return false;
  if (committed.attempt == Attempt::judged) {
    drop_block();
    if (out_of_memory) judged.error.code = ErrorCode::overloaded;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  book_.start_waiting(shared_, block, draft_.blocked_line);
  book_.set_timers(shared_, block);
  if (!draft_.waits.empty()) counters_.shorts.add();
  committer.announce(committed.first);
  return true;
}

// Place in queue and quantity ahead, as they are at this instant.
void Settler::add_waits(const PlaceOrder& order, Lsn lsn, const CatalogueView& view) {
  draft_.waits.clear();
  for (std::size_t index = 0; index < draft_.lines.size(); ++index) {
    const LineDecision& line = draft_.lines[index];
    if (line.backordered == 0) continue;
    Ahead ahead = book_.ahead_of(shared_, view.warehouse_count, line.sku, QueuePlace::of(order.priority, lsn, index));
    for (const LineWait& earlier : draft_.waits) {  // lines of this order wait in their order
      const LineDecision& other = draft_.lines[earlier.line_index];
      if (other.sku != line.sku) continue;
      ++ahead.lines;
      ahead.units += other.backordered;
    }
    draft_.waits.push_back({ahead.units, static_cast<std::uint32_t>(ahead.lines + 1), static_cast<std::uint32_t>(index)});
  }
  draft_.decision.waits = draft_.waits;
}

}  // namespace earmark::engine
