#include "engine/order_desk.hpp"

#include <algorithm>

namespace earmark::engine {
namespace {

constexpr std::size_t prefetched_lines = 8;

constexpr std::uint16_t hint_of(Identity identity, std::size_t filter_size) noexcept {
  return static_cast<std::uint16_t>((identity.low >> 20) % filter_size + 1);
}

// A bound on the record of an order with so many lines and texts (schema/event.fbs), vtables and padding included.
std::size_t record_bound(const PlaceOrder& order, std::size_t lines) noexcept {
  const OrderTexts& texts = order.texts;
  const std::size_t text_bytes = order.id.size() + texts.customer.size() + texts.channel.size() + texts.ship_to.size() +
                                 texts.contact.size() + texts.reference.size() + texts.notes.size();
  return 512 + text_bytes + lines * (sizeof(LineDecision) + sizeof(LinePolicy)) + fast_path_cells * sizeof(Take);
}

}  // namespace

void OrderDesk::add(const ReceivedOrder& received) {
  Slot& slot = slots_[count_++];
  slot.received = received;
  slot.first_line = lines_.size();
  slot.line_count = received.order.lines.size();
  slot.block = 0;
  lines_.insert(lines_.end(), received.order.lines.begin(), received.order.lines.end());
  if (received.order.id.size() > max_id_bytes) return;
  slot.identity = identify(IdSpace::order, received.order.id);
  SharedState& shared = committer_.shared();
  shared.ids.prefetch(slot.identity);
  if (received.order.lines.size() > prefetched_lines) return;
  for (const OrderLine& line : received.order.lines) {
    if (line.sku.value <= shared.capacity.skus) __builtin_prefetch(&shared.cell(line.sku, WarehouseId{1}), 1);
  }
}

std::size_t OrderDesk::bytes_for_records() const noexcept {
  std::size_t bytes = 0;
  for (std::size_t index = 0; index < count_; ++index) bytes += record_bound(slots_[index].received.order, slots_[index].line_count);
  return bytes;
}

bool OrderDesk::make_block(Slot& slot) {
  drop_block(slot);
  slot.block_bytes = OrderState::bytes_for(draft_.decision);
  slot.block = committer_.blocks().allocate(slot.block_bytes);
  return slot.block != 0;
}

// For a block of an attempt that lost: nobody has ever seen it.
void OrderDesk::drop_block(Slot& slot) {
  if (slot.block == 0) return;
  release_allocations(committer_.blocks(), *committer_.shared().blocks.at<OrderState>(slot.block));
  committer_.blocks().give_back(slot.block, slot.block_bytes);
  slot.block = 0;
}

// Somebody waits where it would look first: the settler decides it, whatever else there is to say. Only he changes gates; seen too early or
// too late, one costs time alone, for decide_order() looks again.
bool OrderDesk::is_gated(const PlaceOrder& order, const CatalogueView& catalogue) const noexcept {
  if (order.lines.size() > prefetched_lines || catalogue.by_priority.empty()) return false;
  SharedState& shared = committer_.shared();
  const WarehouseId usual = order.preferred.value != 0 ? order.preferred : catalogue.by_priority[0];
  for (const OrderLine& line : order.lines) {
    const WarehouseId first = line.pinned.value != 0 ? line.pinned : usual;
    if (!catalogue.knows(line.sku) || first.value > catalogue.warehouse_count) return false;  // an error, to be told here
    if (CellWord{shared.cell(line.sku, first).load(std::memory_order_relaxed)}.gate()) return true;
  }
  return false;
}

// One line for each way an order can go; the decision itself is the last.
void OrderDesk::judge(Slot& slot, const CatalogueView& catalogue, TimeUs now, Bundle& bundle) {
  SharedState& shared = committer_.shared();
  const PlaceOrder& order = slot.received.order;
  slot.judged_at = Lsn{bundle.next().value - 1};
  // A timer is due: it runs before whatever the settler decides next. Relaxed: see SharedState::next_due_us.
  if (now.value >= shared.next_due_us.load(std::memory_order_relaxed)) { slot.fate = Fate::settler; return; }
  if (is_gated(order, catalogue)) { slot.fate = Fate::settler; return; }
  const auto refuse = [&](Error error) {
    slot.fate = Fate::refused;
    slot.error = error;
  };
  if (order.id.empty() || order.id.size() > max_id_bytes) return refuse({ErrorCode::bad_id, 0, {}});
  if (settler_filter_[hint_of(slot.identity, filter_size) - 1U] != 0) { slot.fate = Fate::settler; return; }
  const CommandIds::Place place = shared.ids.find(writes_, slot.identity);
  if (place.known != 0) {
    const auto* known = shared.blocks.at<KnownCommand>(place.known);
    if (known->content != slot.received.content) return refuse({ErrorCode::duplicate_order, 0, {}});
    slot.fate = Fate::repeated;
    slot.original = known->lsn();
    return;
  }
  const Error error = validate_order(order, catalogue);
  if (error.code != ErrorCode::none) return refuse(error);
  if ((order.cancel_after.value | order.reserve_not_before.value) != 0) { slot.fate = Fate::settler; return; }  // he has the timers
  if (place.slot == nullptr) return refuse({ErrorCode::overloaded, 0, {}});
  if (writes_.room() < fast_path_cells + 2) { slot.fate = Fate::settler; return; }
  const std::size_t mark = writes_.mark();
  const Verdict verdict = decide_order(order, slot.received.content, shared, catalogue, false, writes_, draft_);
  if (verdict == Verdict::settler) { slot.fate = Fate::settler; return; }
  const Stamp stamp{bundle.next(), now, {}};
  if (!make_block(slot) || !build_order(committer_.blocks(), slot.block, draft_.decision, slot.identity, stamp)) {
    writes_.roll_back(mark);
    return refuse({ErrorCode::overloaded, 0, {}});
  }
  writes_.write(*place.slot, place.seen, CommandIds::word_after(place.seen, slot.identity, slot.block));
  bundle.add(now, {}, draft_.decision, slot.received.reply);
  slot.fate = Fate::decided;
}

// After the commit, and a turn.
void OrderDesk::note_crossings(const Slot& slot) {
  SharedState& shared = committer_.shared();
  const std::uint16_t warehouses = SharedState::catalogue_of(shared.catalogue.load(std::memory_order_acquire)).warehouse_count;
  for (const OrderLine& line : slot.received.order.lines) {
    for (std::uint16_t id = 1; id <= warehouses; ++id) {
      const CellIndex cell = shared.cell_index(line.sku, WarehouseId{id});
      const std::uint32_t level = shared.reorder_levels[cell.value].load(std::memory_order_acquire);
      if (level == 0 || CellWord{shared.cells[cell.value].load(std::memory_order_acquire)}.free() >= level) continue;
      crossed_.push_back(line.sku);
      break;
    }
  }
}

bool OrderDesk::decide(TimeUs now, const std::function<void(std::span<ReceivedOrder* const>)>& to_settler,
                       const std::function<void(std::span<const SkuId>)>& mind_rules) {
  if (count_ == 0) return true;
  SharedState& shared = committer_.shared();
  for (std::size_t index = 0; index < count_; ++index) {  // the lines have stopped moving
    slots_[index].received.order.lines = std::span(lines_).subspan(slots_[index].first_line, slots_[index].line_count);
  }
  const Committed committed = committer_.commit(
      writes_, committer_.id(), count_, bytes_for_records(), [&](StableState, Bundle& bundle, std::size_t) {
        const CatalogueView& catalogue = SharedState::catalogue_of(writes_.read(shared.catalogue));
        const TimeUs time = shared.times.receive(committer_.id(), now);
        for (std::size_t index = 0; index < count_; ++index) judge(slots_[index], catalogue, time, bundle);
      });
  if (committed.attempt == Attempt::no_room) return false;
  if (committed.attempt == Attempt::committed) committer_.announce(committed.first);
  counters_.batches.add();

  if (committed.attempt == Attempt::committed) {
    if (shared.has_rules.load(std::memory_order_relaxed) != 0) {
      shared.rules_turn.fetch_add(1, std::memory_order_acq_rel);  // engine/rules.hpp: cells before levels; pairs with Settler::mind_rules()
      for (std::size_t index = 0; index < count_; ++index) {
        if (slots_[index].fate == Fate::decided) note_crossings(slots_[index]);
      }
    }
    if (!crossed_.empty()) mind_rules(crossed_);
    crossed_.clear();
  }
  Outcomes& outcomes = committer_.outcomes();
  for (std::size_t index = 0; index < count_; ++index) {
    Slot& slot = slots_[index];
    if (slot.fate != Fate::decided) drop_block(slot);
    switch (slot.fate) {
      case Fate::decided: counters_.fast_orders.add(); break;
      case Fate::repeated: counters_.repeats.add(); outcomes.repeated(slot.received.reply, std::max(slot.judged_at, slot.original), slot.original); break;
      case Fate::refused: counters_.errors.add(); outcomes.refused(slot.received.reply, slot.judged_at, slot.error); break;
      case Fate::settler: counters_.settler_orders.add(); for_settler_.push_back(&slot.received); break;
    }
  }
  if (!for_settler_.empty()) to_settler(for_settler_);
  for_settler_.clear();
  count_ = 0;
  lines_.clear();
  return true;
}

std::uint16_t OrderDesk::with_settler(Identity identity) noexcept {
  const std::uint16_t hint = hint_of(identity, filter_size);
  ++settler_filter_[hint - 1U];
  return hint;
}

void OrderDesk::back_from_settler(std::uint16_t hint) noexcept {
  if (hint != 0) --settler_filter_[hint - 1U];
}

}  // namespace earmark::engine
