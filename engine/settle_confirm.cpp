// Confirming a hold: it becomes an order. One record ends the hold and decides the order; what the order does not take of the
// hold serves the waiters, this order's own lines among them.
#include <algorithm>

#include "engine/pegging.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

std::size_t record_bytes(std::size_t lines, std::size_t warehouses) noexcept {
  const std::size_t texts = 8 * (max_text_bytes + 16);
  const std::size_t line = sizeof(LineDecision) + sizeof(LineWait) + (max_dates + 1) * sizeof(ExpectedUnits) + sizeof(LinePolicy) + sizeof(std::uint32_t) +
                           warehouses * (sizeof(Take) + sizeof(ReceivedRow));
  return 2048 + texts + lines * line * 9 / 8;
}

}  // namespace

bool Settler::settle(const ConfirmHold& confirm, const Message& message, Committer& committer) {
  const FoundHold found = find_hold(confirm.hold_id);
  const OrderState* hold = nullptr;
  if (found.fault == ErrorCode::none) hold = shared_.blocks.at<OrderState>(book_.holds.at(found.lsn).block);
  const bool reacquires = found.fault == ErrorCode::expired && confirm.reacquire && !confirm.order.lines.empty();
  PlaceOrder order = confirm.order;
  std::vector<OrderLine> held_lines;
  if (hold != nullptr && order.lines.empty()) {
    name_held_lines(shared_.blocks, *hold, held_lines);
    order.lines = held_lines;
  }
  Judged judged;
  BlockRef block = 0;
  std::size_t block_bytes = 0;
  bool waits = false, more = false, forgotten = false;
  PassedOver passed;
  const auto drop_block = [&] {
    if (block == 0) return;
    if (waits) book_.stop_waiting(shared_, block);
    waits = false;
    release_allocations(committer.blocks(), *shared_.blocks.at<OrderState>(block));
    committer.blocks().give_back(block, block_bytes);
    block = 0;
  };
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  // A ship_complete order that has to wait may be filled whole in this very commit.
  const bool fills_itself = order.policy == Policy::ship_complete && order.lines.size() <= max_lines;
  const std::size_t fills = std::max(most_fills(), fills_itself ? order.lines.size() : 0);
  const std::size_t lines = order.lines.size() + (hold == nullptr ? 0U : hold->line_count);
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + fills, record_bytes(lines, shared_.capacity.warehouses) + fill_bytes(fills),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        drop_block();
        judged = judge_id(IdSpace::order, confirm.order.id, message.content, ErrorCode::duplicate_order);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        const CatalogueView& view = catalogue();
        if (order.lines.size() > max_lines) judged.error.code = ErrorCode::too_many_lines;
        else if (hold == nullptr && !reacquires) judged.error.code = found.fault;
        else judged.error = validate_order(order, view);
        // What is held is reserved at once.
        if (judged.error.code == ErrorCode::none && (is_past(order.cancel_after) || order.reserve_not_before > now_)) judged.error.code = ErrorCode::bad_time;
        if (judged.error.code != ErrorCode::none) return;
        if (hold != nullptr) {
          confirm_.decide(order, message.content, *hold, shared_, view, writes_, draft_);
        } else {
          decide_order(order, message.content, shared_, view, true, writes_, draft_);
        }
        draft_.decision.hold = confirm.hold_id;
        draft_.decision.reacquired = hold == nullptr;
        add_waits(order, bundle.next(), view);
        passed = book_.passed_over(shared_, draft_.decision, bundle.next());
        draft_.decision.skipped = skip_by(passed);
        block_bytes = OrderState::bytes_for(draft_.decision);
        block = committer.blocks().allocate(block_bytes);
        if (judged.place.slot == nullptr || block == 0 || !book_.queues.has_room(draft_.waits.size()) ||
            !build_order(committer.blocks(), block, draft_.decision, judged.identity, {bundle.next(), message.time, {}})) {
          judged.error.code = ErrorCode::overloaded;
          return;
        }
        writes_.write(*judged.place.slot, judged.place.seen, CommandIds::word_after(judged.place.seen, judged.identity, block));
        if (hold != nullptr) forgotten = forget_ended(book_.holds.at(found.lsn).known);
        book_.start_waiting(shared_, block, draft_.blocked_line);  // before the plan, so that its own lines are served in their turn
        waits = true;
        cause.lsn = bundle.next();
        if (hold != nullptr) cause.steps = hold_end_steps(shared_.blocks, *hold, &draft_.decision);
        plan_.begin(cause, view, writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        draft_.decision.fills_follow = !plan_.fills().empty();
        bundle.add(message.time, {}, draft_.decision, message.reply, draft_.decision.fills_follow);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    drop_block();
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, committed.last, message.reply, committer);
    return true;
  }
  if (hold != nullptr) {
    hold_has_ended(found.lsn, HoldEnd::confirmed, forgotten, committer);
    counters_.confirmed_holds.add();
  }
  book_.promise({committed.first, message.time, {}}, draft_.decision);
  for (const LineWait& wait : draft_.waits) book_.touched.dates.insert(draft_.lines[wait.line_index].sku);
  count_skip(passed, block);
  book_.set_timers(shared_, block);
  if (!draft_.waits.empty()) counters_.shorts.add();
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
