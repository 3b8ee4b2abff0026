// Holds at the settler: made, extended, released, expired (semantics 6). Only the settler sees them, so what it finds of a
// hold stays true until it changes it. Confirming: engine/settle_confirm.cpp.
#include <algorithm>

#include "engine/check.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

bool is_bad_ttl(std::int64_t ttl_us) noexcept { return ttl_us < min_hold_us || ttl_us > max_hold_us; }

// All now, or nothing; or what is there. Nothing ever waits.
PlaceOrder as_order(const PlaceHold& hold) noexcept {
  PlaceOrder order;
  order.id = hold.id;
  order.policy = hold.partial ? Policy::fill_and_cancel : Policy::fill_or_kill;
  order.sourcing = hold.sourcing;
  order.preferred = hold.preferred;
  order.texts.customer = hold.customer;
  order.lines = hold.lines;
  return order;
}

}  // namespace

Settler::FoundHold Settler::find_hold(std::string_view id) {
  if (id.empty() || id.size() > max_id_bytes) return {};
  writes_.clear();
  const BlockRef block = shared_.ids.find(writes_, identify(IdSpace::hold, id)).known;
  if (block == 0) return {};
  const auto* known = shared_.blocks.at<KnownCommand>(block);
  switch (known->ended()) {
    case HoldEnd::open: return {ErrorCode::none, known->lsn()};
    case HoldEnd::expired: return {ErrorCode::expired, known->lsn()};
    default: return {ErrorCode::hold_ended, known->lsn()};
  }
}

bool Settler::settle(const PlaceHold& hold, const Message& message, Committer& committer) {
  const PlaceOrder order = as_order(hold);
  TimeUs deadline{};
  Judged judged;
  HoldDecision decision;
  BlockRef block = 0;
  std::size_t block_bytes = 0;
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const auto drop_block = [&] {
    if (block == 0) return;
    release_allocations(committer.blocks(), *shared_.blocks.at<OrderState>(block));
    committer.blocks().give_back(block, block_bytes);
    block = 0;
  };
  const auto nothing = [&] { return decision.status == OrderStatus::refused || decision.status == OrderStatus::cancelled; };
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1,
      2048 + hold.lines.size() * (sizeof(LineDecision) + shared_.capacity.warehouses * sizeof(Take)) * 9 / 8,
      [&](StableState, Bundle& bundle, std::size_t) {
        drop_block();
        judged = judge_id(IdSpace::hold, hold.id, message.content, ErrorCode::duplicate_hold);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        if (is_bad_ttl(hold.ttl_us)) judged.error.code = ErrorCode::bad_time;
        else judged.error = validate_order(order, catalogue(), false);
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        deadline = TimeUs{now_.value + hold.ttl_us};
        decide_order(order, message.content, shared_, catalogue(), true, writes_, draft_);
        decision = {hold.id, message.content, draft_.decision.status, hold.partial, deadline, hold.customer, draft_.lines, draft_.takes};
        if (!nothing()) {
          block_bytes = bytes_for_hold(decision);
          block = committer.blocks().allocate(block_bytes);
          if (block == 0 || !build_hold(committer.blocks(), block, decision, judged.identity, {bundle.next(), message.time, {}})) {
            judged.error.code = ErrorCode::overloaded;
            return;
          }
        }
        write_id(judged, known, IdSpace::hold, message.content, bundle.next());
        bundle.add(message.time, {}, decision, message.reply);
      });
  if (committed.attempt != Attempt::committed) {
    drop_block();
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  if (nothing()) shared_.blocks.at<KnownCommand>(known)->end(HoldEnd::refused);
  else book_.start_hold(shared_, block, known, deadline);
  counters_.holds.add();
  committer.announce(committed.first);
  return true;
}

bool Settler::settle(const ExtendHold& extend, const Message& message, Committer& committer) {
  Judged judged;
  TimeUs deadline{};
  const FoundHold found = find_hold(extend.hold_id);
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 2048 + max_text_bytes, [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::hold_command, extend.command_id, message.content, ErrorCode::duplicate_hold_command);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        if (is_bad_ttl(extend.ttl_us)) judged.error.code = ErrorCode::bad_time;
        else if (found.fault != ErrorCode::none) judged.error.code = found.fault;
        else if (known == 0 || judged.place.slot == nullptr) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        const OpenHold& open = book_.holds.at(found.lsn);
        const auto* hold = shared_.blocks.at<OrderState>(open.block);
        const std::int64_t wanted = now_.value + extend.ttl_us, latest = hold->time.value + max_hold_us;
        deadline = TimeUs{std::max(open.deadline.value, std::min(wanted, latest))};
        write_id(judged, known, IdSpace::hold_command, message.content, bundle.next());
        bundle.add(message.time, {}, HoldExtendDecision{extend.command_id, extend.hold_id, message.content, deadline, wanted > latest, hold->texts().customer},
                   message.reply);
      });
  if (committed.attempt != Attempt::committed) {
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  book_.move_deadline(shared_, found.lsn, deadline);
  committer.announce(committed.first);
  return true;
}

bool Settler::forget_ended(BlockRef ended) {
  const auto* known = shared_.blocks.at<KnownCommand>(ended);
  if (known->lsn().value >= shared_.oldest_known.load(std::memory_order_relaxed)) return false;
  shared_.ids.forget(writes_, shared_.ids.find(writes_, known->identity));
  return true;
}

void Settler::hold_has_ended(Lsn lsn, HoldEnd how, bool forgotten, Committer& committer) {
  const BlockRef known = book_.holds.at(lsn).known;
  book_.end_hold(shared_, committer.blocks(), lsn, how);
  if (forgotten) drop_forgotten(known);
}

void Settler::drop_forgotten(BlockRef known) {
  retired_.retire(known, sizeof(KnownCommand));
  retired_.collect();
  counters_.forgotten_ids.add();
}

template <class Judge>
Committed Settler::commit_hold_end(Lsn lsn, HoldEndDecision decision, const ReplyTo& reply, TimeUs time, Committer& committer, Judge&& judge) {
  const auto found = book_.holds.find(lsn);
  const OrderState* hold = found == book_.holds.end() ? nullptr : shared_.blocks.at<OrderState>(found->second.block);
  const std::size_t line_count = hold == nullptr ? 0 : hold->line_count;
  std::vector<ReleasedLine> lines;
  std::vector<Take> released;
  Cause cause{{}, time, reply, {}, 0, false};
  if (hold != nullptr) cause.steps = hold_end_steps(shared_.blocks, *hold, nullptr);
  bool more = false, forgotten = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      2048 + max_text_bytes + line_count * (sizeof(ReleasedLine) + sizeof(Take) * shared_.capacity.warehouses) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        if (!judge(bundle)) return;
        lines.clear();
        released.clear();
        for (const OrderLineState& line : hold->lines()) {
          ReleasedLine& result = lines.emplace_back(ReleasedLine{line.line, line.sku, 0});
          for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
            if (allocation.reserved == 0) return;  // all of it was lost
            Atomic<std::uint64_t>& cell = shared_.cell(line.sku, allocation.warehouse);
            const CellWord word{writes_.read(cell)};
            const CellWord after = word.plus(allocation.reserved, word.gate());
            writes_.write(cell, word.bits, after.bits);
            released.push_back({allocation.reserved, after.free(), allocation.warehouse, allocation.shipment});
            ++result.count;
          });
        }
        forgotten = forget_ended(found->second.known);
        cause.lsn = bundle.next();
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        decision.hold_id = hold->id();
        decision.fills_follow = !plan_.fills().empty();
        decision.lines = lines;
        decision.released = released;
        decision.customer = hold->texts().customer;
        bundle.add(time, {}, decision, reply, decision.fills_follow);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    return committed;
  }
  hold_has_ended(lsn, decision.how, forgotten, committer);
  fills_committed(more, committer);
  committer.announce(committed.first);
  return committed;
}

bool Settler::settle(const ReleaseHold& release, const Message& message, Committer& committer) {
  Judged judged;
  const FoundHold found = find_hold(release.hold_id);
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  HoldEndDecision decision;
  decision.command_id = release.command_id;
  decision.content = message.content;
  const Committed committed = commit_hold_end(found.lsn, decision, message.reply, message.time, committer, [&](Bundle& bundle) {
    judged = judge_id(IdSpace::hold_command, release.command_id, message.content, ErrorCode::duplicate_hold_command);
    if (judged.error.code != ErrorCode::none || judged.original.value != 0) return false;
    if (found.fault != ErrorCode::none) judged.error.code = found.fault;
    else if (known == 0 || judged.place.slot == nullptr) judged.error.code = ErrorCode::overloaded;
    if (judged.error.code != ErrorCode::none) return false;
    write_id(judged, known, IdSpace::hold_command, message.content, bundle.next());
    return true;
  });
  if (committed.attempt == Attempt::committed) {
    counters_.released_holds.add();
    return true;
  }
  if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
  if (committed.attempt == Attempt::no_room) return false;
  answer(judged, committed.last, message.reply, committer);
  return true;
}

// One record for each hold that has come to its end.
bool Settler::expire_hold(Lsn hold, Committer& committer) {
  EARMARK_CHECK(book_.holds.contains(hold));  // a timer goes with its hold
  HoldEndDecision decision;
  decision.how = HoldEnd::expired;
  const Committed committed = commit_hold_end(hold, decision, ReplyTo{}, now_, committer, [](Bundle&) { return true; });
  if (committed.attempt != Attempt::committed) return false;
  counters_.expired_holds.add();
  return true;
}

bool Settler::settle(const ListHolds& list, const Message& message, Committer& committer) {
  const Lsn as_of = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  if (list.sku.value > book_.catalogue.sku_count()) {
    committer.outcomes().refused(message.reply, as_of, {ErrorCode::unknown_sku, 0, {}});
    return true;
  }
  std::vector<OpenHoldView> found;
  for (const auto& [lsn, open] : book_.holds) {
    const auto* hold = shared_.blocks.at<OrderState>(open.block);
    std::uint64_t units = 0;
    for (const OrderLineState& line : hold->lines()) {
      if (list.sku.value != 0 && line.sku != list.sku) continue;
      for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) { units += allocation.reserved; });
    }
    if (units != 0 || list.sku.value == 0) found.push_back({hold, open.deadline, units});  // all of it may have been lost
  }
  committer.outcomes().listed_holds(message.reply, as_of, found);
  return true;
}

}  // namespace earmark::engine
