// Orders leave memory when they are closed and the archive has them; ids are forgotten beyond the horizon. Both are asked
// for by whoever keeps the archive (ArchiveOrders, ForgetIds), in the order in which he kept and counted.
#include "engine/settler.hpp"

#include <algorithm>

namespace earmark::engine {
namespace {

// Ids of a housekeeping message are scattered over memory, and each is looked at once.
void fetch_ahead(const CommandIds& ids, std::span<const Identity> identities, std::size_t index) noexcept {
  constexpr std::size_t slots_ahead = 16, blocks_ahead = 8;
  if (index + slots_ahead < identities.size()) ids.prefetch(identities[index + slots_ahead]);
  if (index + blocks_ahead < identities.size()) ids.prefetch_known(identities[index + blocks_ahead]);
}

}  // namespace

OrderState* Settler::find_order(std::string_view id, BlockRef& block, BlockCache& blocks) {
  block = 0;
  if (id.empty() || id.size() > max_id_bytes) return nullptr;
  const Identity identity = identify(IdSpace::order, id);
  writes_.clear();
  block = shared_.ids.find(writes_, identity).known;
  if (block != 0 && shared_.blocks.at<KnownCommand>(block)->is_order_in_memory()) return shared_.blocks.at<OrderState>(block);
  if (archive_ == nullptr) return nullptr;
  const Lsn lsn = block != 0 ? shared_.blocks.at<KnownCommand>(block)->lsn() : archive_->newest(identity);
  if (lsn.value == 0) return nullptr;
  const auto kept = kept_.find(lsn);
  if (kept == kept_.end() || kept->second.block == 0) return read_back(lsn, identity, block, blocks);
  block = kept->second.block;
  return shared_.blocks.at<OrderState>(block);
}

OrderState* Settler::read_back(Lsn lsn, Identity identity, BlockRef& block, BlockCache& blocks) {
  OrderImage image;
  EARMARK_CHECK(archive_->find(lsn, image));  // whatever left memory is there
  block = blocks.allocate(OrderState::bytes_for(image), BlockCache::For::accepted);
  EARMARK_CHECK(block != 0 && build_order(blocks, block, image, identity));
  read_back_ = block;
  counters_.read_back_orders.add();
  auto* order = shared_.blocks.at<OrderState>(block);
  book_.promises.restore(lsn, image.promises, [&](std::uint32_t index) { return order->lines()[index].sku; });
  return order;
}

// What was read back and not changed need not be written anywhere.
void Settler::put_away(Committer& committer) {
  if (read_back_ == 0) return;
  auto* order = shared_.blocks.at<OrderState>(read_back_);
  book_.promises.forget(order->known.lsn());
  const std::size_t bytes = order->bytes();
  release_allocations(committer.blocks(), *order);
  committer.blocks().give_back(read_back_, bytes);
  read_back_ = 0;
}

// A closed order changes by what is done with its shipments: delivered, tracked, returned.
void Settler::keep_changed(BlockRef block, Lsn lsn) {
  KeptOrder& kept = kept_[shared_.blocks.at<OrderState>(block)->known.lsn()];
  kept.touched = lsn;
  if (block != read_back_) return;
  kept.block = block;
  read_back_ = 0;
}

const OrderState* Settler::kept_order(Lsn lsn) const noexcept {
  const auto kept = kept_.find(lsn);
  return kept == kept_.end() || kept->second.block == 0 ? nullptr : shared_.blocks.at<OrderState>(kept->second.block);
}

void Settler::let_go(Lsn through, Committer& committer) {
  std::erase_if(kept_, [&](const auto& entry) {
    const KeptOrder& kept = entry.second;
    if (kept.touched > through) return false;
    if (kept.block == 0) return true;
    auto* order = shared_.blocks.at<OrderState>(kept.block);
    book_.promises.forget(order->known.lsn());
    const std::size_t bytes = order->bytes();
    release_allocations(committer.blocks(), *order);
    retired_.retire(kept.block, bytes);  // somebody may have found it before it left the table of ids
    return true;
  });
}

bool Settler::settle(const ArchiveOrders& archive, const Message& message, Committer& committer) {
  const Lsn oldest{shared_.oldest_known.load(std::memory_order_relaxed)};
  std::vector<Identity> beyond_horizon;
  for (std::size_t index = 0; index < archive.orders.size(); ++index) {
    fetch_ahead(shared_.ids, archive.orders, index);
    const Identity identity = archive.orders[index];
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
    book_.promises.forget(known->lsn());
    book_.pegged_orders.erase(known->lsn());
    counters_.archived_orders.add();
    if (const auto changed = kept_.find(known->lsn()); changed != kept_.end() && changed->second.touched > archive.through) {
      changed->second.block = place.known;  // the archive has not seen its last change yet
      continue;
    }
    const std::size_t bytes = order->bytes();
    release_allocations(committer.blocks(), *order);
    retired_.retire(place.known, bytes);
  }
  let_go(archive.through, committer);
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
        for (std::size_t index = 0; index < ids.size(); ++index) {
          fetch_ahead(shared_.ids, ids, index);
          const Identity identity = ids[index];
          const CommandIds::Place place = shared_.ids.find(writes_, identity);
          if (place.known == 0) continue;
          const auto* known = shared_.blocks.at<KnownCommand>(place.known);
          if (known->is_order_in_memory() || known->is_open_hold() || book_.transfers.is_open(*known) || book_.purchases.is_open(*known) || known->lsn() >= oldest) continue;  // or used anew meanwhile
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
