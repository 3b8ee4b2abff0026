// Orders leave memory when they are closed and the archive has them; ids are forgotten beyond the horizon. Both are asked
// for by whoever keeps the archive (ArchiveOrders, ForgetIds), in the order in which he kept and counted.
#include "engine/settler.hpp"

#include <algorithm>

namespace earmark::engine {

OrderState* Settler::find_order(std::string_view id, BlockRef& block, Committer& committer) {
  block = 0;
  if (id.empty() || id.size() > max_id_bytes) return nullptr;
  const Identity identity = identify(IdSpace::order, id);
  writes_.clear();
  block = shared_.ids.find(writes_, identity).known;
  if (block != 0 && shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return shared_.blocks.at<OrderState>(block);
  if (archive_ == nullptr) return nullptr;
  const Lsn lsn = block != 0 ? shared_.blocks.at<KnownCommand>(block)->lsn() : archive_->newest(identity);
  return lsn.value == 0 ? nullptr : read_back(lsn, identity, block, committer);
}

OrderState* Settler::read_back(Lsn lsn, Identity identity, BlockRef& block, Committer& committer) {
  OrderImage image;
  EARMARK_CHECK(archive_->find(lsn, image));  // whatever left memory is there
  block = committer.blocks().allocate(OrderState::bytes_for(image), BlockCache::For::accepted);
  EARMARK_CHECK(block != 0 && build_order(committer.blocks(), block, image, identity));
  read_back_ = block;
  counters_.read_back_orders.add();
  return shared_.blocks.at<OrderState>(block);
}

// A closed order does not change, so what was read back need not be written anywhere.
void Settler::put_away(Committer& committer) {
  if (read_back_ == 0) return;
  auto* order = shared_.blocks.at<OrderState>(read_back_);
  const std::size_t bytes = order->bytes();
  release_allocations(committer.blocks(), *order);
  committer.blocks().give_back(read_back_, bytes);
  read_back_ = 0;
}

bool Settler::settle(const ArchiveOrders& archive, const Message& message, Committer& committer) {
  const Lsn oldest{shared_.oldest_known.load(std::memory_order_relaxed)};
  std::vector<Identity> beyond_horizon;
  for (const Identity identity : archive.orders) {
    writes_.clear();
    const CommandIds::Place place = shared_.ids.find(writes_, identity);
    if (place.known == 0) continue;  // forgotten already: this message came twice
    auto* known = shared_.blocks.at<KnownCommand>(place.known);
    if (known->lsn() > archive.through) continue;  // the id was used anew: this message is of the order before
    if (known->lsn() < oldest) beyond_horizon.push_back(identity);
    if (!known->is_order_in_memory()) continue;
    auto* order = shared_.blocks.at<OrderState>(place.known);
    EARMARK_CHECK(!is_open(shared_.blocks, *order));
    const BlockRef kept = committer.blocks().allocate(sizeof(KnownCommand), BlockCache::For::accepted);
    if (kept == 0) continue;  // memory is used up: it stays
    *shared_.blocks.at<KnownCommand>(kept) = *known;
    shared_.blocks.at<KnownCommand>(kept)->set(known->lsn(), IdSpace::order, true);
    shared_.ids.move(place, kept);
    const std::size_t bytes = order->bytes();
    release_allocations(committer.blocks(), *order);
    retired_.retire(place.known, bytes);
    counters_.archived_orders.add();
  }
  retired_.collect();
  return beyond_horizon.empty() || commit_forgetting(oldest, archive.through, beyond_horizon, message.time, committer);
}

bool Settler::settle(const ForgetIds& forget, const Message& message, Committer& committer) {
  return commit_forgetting(forget.oldest, forget.archived, forget.ids, message.time, committer);
}

bool Settler::commit_forgetting(Lsn oldest, Lsn archived, std::span<const Identity> ids, TimeUs time, Committer& committer) {
  std::vector<BlockRef> forgotten;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 1024, [&](StableState, Bundle& bundle, std::size_t) {
        forgotten.clear();
        for (const Identity identity : ids) {
          const CommandIds::Place place = shared_.ids.find(writes_, identity);
          if (place.known == 0) continue;
          const auto* known = shared_.blocks.at<KnownCommand>(place.known);
          if (known->is_order_in_memory() || known->is_open_hold() || known->lsn() >= oldest) continue;  // or used anew meanwhile
          if (writes_.read(*place.slot) != place.seen) continue;                // named twice: its block is given up once
          shared_.ids.forget(writes_, place);
          forgotten.push_back(place.known);
        }
        bundle.add(time, {}, VoidDecision{oldest, archived}, ReplyTo{});
      });
  if (committed.attempt != Attempt::committed) return false;
  for (const BlockRef block : forgotten) retired_.retire(block, sizeof(KnownCommand));
  retired_.collect();
  shared_.oldest_known.store(oldest.value, std::memory_order_relaxed);
  counters_.forgotten_ids.add(forgotten.size());
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
