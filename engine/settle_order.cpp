// Orders at the settler: those that are short, meet somebody who waits, read many cells, or came behind another
// command with the same id. As many as came together are decided in one commit, each on what those before it leave: of plain ones
// nothing follows that would have to be decided between them. Any other order is alone in its commit.
#include <algorithm>

#include "engine/cancel_steps.hpp"
#include "engine/patience.hpp"
#include "engine/pegging.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

std::size_t bytes_of(const OrderTexts& texts) noexcept {
  return texts.customer.size() + texts.channel.size() + texts.ship_to.size() + texts.contact.size() + texts.reference.size() + texts.notes.size();
}

// A bound on the order's record without its dates, and on these.
std::size_t record_bytes(const PlaceOrder& order, std::size_t warehouses) noexcept {
  constexpr std::size_t told = sizeof(LineDecision) + sizeof(LineWait) + sizeof(LinePolicy) + sizeof(std::uint32_t);
  return 1024 + order.id.size() + bytes_of(order.texts) + order.lines.size() * (told + warehouses * sizeof(Take)) * 9 / 8;
}
std::size_t dates_bytes(const PlaceOrder& order) noexcept { return order.lines.size() * (max_dates + 1) * sizeof(ExpectedUnits) * 9 / 8; }

}  // namespace

bool Settler::settle(const PlaceOrder& order, const Message& message, Committer& committer) {
  const ReceivedOrder received{order, message.content, message.reply};
  const ReceivedOrder* const one = &received;
  return settle_orders({&one, 1}, committer) == 1;
}

bool Settler::settle(const LentOrders&, const Message&, Committer& committer) {
  const std::size_t settled = settle_orders(lent_orders_, committer);
  lent_orders_ = lent_orders_.subspan(settled);
  counters_.messages.add(settled);
  return settled != 0;
}

std::size_t Settler::settle_orders(std::span<const ReceivedOrder* const> orders, Committer& committer) {
  std::size_t most = 0, bytes = 0, dates = 0;  // of one of them, whichever: who tells dates is alone in the commit
  while (most < std::min(orders.size(), settled_orders_per_commit)) {
    const std::size_t more = record_bytes(orders[most]->order, shared_.capacity.warehouses);
    if (most != 0 && bytes + more > settled_bytes_per_commit) break;
    bytes += more;
    dates = std::max(dates, dates_bytes(orders[most]->order));
    ++most;
  }
  if (in_work_.size() < most) in_work_.resize(most);
  std::size_t count = 0;
  const auto drop_blocks = [&] {
    for (OrderInWork& work : std::span(in_work_).first(count)) drop_block(work, committer.blocks());
  };
  const Committed committed = committer.commit(writes_, CommitWord::settler_descriptor, most, bytes + dates, [&](StableState, Bundle& bundle, std::size_t lost) {
    drop_blocks();
    waiting_here_.clear();
    const std::size_t some = std::max<std::size_t>(most >> std::min<std::size_t>(lost, 7), 1);  // who loses comes to an end sooner
    for (count = 0; count < some;) {
      OrderInWork& work = in_work_[count];
      if (!decide_in_turn(*orders[count], work, bundle, committer.blocks())) break;
      ++count;
      if (work.decided && !work.plain) break;
    }
  });
  waiting_here_.clear();  // they are in the queues by and by, or nobody's
  if (committed.attempt == Attempt::no_room) {
    drop_blocks();
    return most == 1 ? 0 : settle_orders(orders.first(1), committer);
  }
  for (OrderInWork& work : std::span(in_work_).first(count)) {
    if (work.decided) start_order(committed.first, work);
    else drop_block(work, committer.blocks());
  }
  if (committed.attempt == Attempt::committed) committer.announce(committed.first);
  for (std::size_t index = 0; index < count; ++index) {
    const OrderInWork& work = in_work_[index];
    if (!work.decided) answer(work.judged, work.judged_at, orders[index]->reply, committer);
  }
  return count;
}

// False: it cannot be in one commit with those before it, and nothing was written.
bool Settler::decide_in_turn(const ReceivedOrder& received, OrderInWork& work, Bundle& bundle, BlockCache& blocks) {
  const PlaceOrder& order = received.order;
  const bool first = bundle.empty();
  work = {};
  work.judged = judge_id(IdSpace::order, order.id, received.content, ErrorCode::duplicate_order);
  work.judged_at = Lsn{bundle.next().value - 1};
  if (work.judged.error.code != ErrorCode::none || work.judged.original.value != 0) return true;
  const CatalogueView& view = catalogue();
  work.judged.error = validate_order(order, view);
  const bool not_due = order.reserve_not_before > now_;
  if (work.judged.error.code == ErrorCode::none) work.judged.error = judge_times(order, not_due);
  if (work.judged.error.code != ErrorCode::none) return true;
  if (!first && writes_.room() < order.lines.size() * shared_.capacity.warehouses + 2) return false;
  const std::size_t mark = writes_.mark();
  if (not_due) decide_not_due(order, received.content, shared_, view, writes_, draft_);
  else decide_order(order, received.content, shared_, view, true, writes_, draft_);
  const bool dated = add_waits(order, bundle.next(), view);
  work.passed = book_.passed_over(shared_, draft_.decision, bundle.next());
  work.plain = !dated && work.passed.order == 0 && is_plain(order);
  if (!first && !work.plain) {
    writes_.roll_back(mark);
    return false;
  }
  draft_.decision.skipped = skip_by(work.passed);
  work.block_bytes = OrderState::bytes_for(draft_.decision);
  work.block = blocks.allocate(work.block_bytes);
  if (work.judged.place.slot == nullptr || work.block == 0 || !book_.queues.has_room(waiting_here_.size() + draft_.waits.size()) ||
      !build_order(blocks, work.block, draft_.decision, work.judged.identity, {bundle.next(), now_, {}})) {
    writes_.roll_back(mark);
    work.judged.error.code = ErrorCode::overloaded;
    return true;
  }
  writes_.write(*work.judged.place.slot, work.judged.place.seen, CommandIds::word_after(work.judged.place.seen, work.judged.identity, work.block));
  for (const LineWait& wait : draft_.waits) {
    const LineDecision& line = draft_.lines[wait.line_index];
    waiting_here_.push_back({QueuePlace::of(order.priority, bundle.next(), wait.line_index), line.sku, line.backordered});
  }
  bundle.add(now_, {}, draft_.decision, received.reply);
  work.decided = true;
  work.waits = !draft_.waits.empty();
  work.blocked_line = draft_.blocked_line;
  return true;
}

// Nobody's date moves by the order, no rule looks at its SKUs, and who comes behind it in the commit passes nobody over.
bool Settler::is_plain(const PlaceOrder& order) const {
  if (!book_.rules.empty() || order.reserve_not_before.value != 0) return false;
  for (std::size_t index = 0; index < draft_.lines.size(); ++index) {
    const LineDecision& line = draft_.lines[index];
    if ((line.taken | line.backordered) != 0 && has_dates(line.sku)) return false;
    if (line.backordered != 0 && waits_whole(order.lines[index].policy.or_else(order.policy))) return false;
  }
  return true;
}

// After its commit. Of a plain one the draft may be another's by now.
void Settler::start_order(Lsn lsn, const OrderInWork& work) {
  book_.start_waiting(shared_, work.block, work.blocked_line);
  if (!work.plain) {
    book_.promise({lsn, now_, {}}, draft_.decision);
    note_who_is_behind(draft_.waits);
    count_skip(work.passed, work.block);
  }
  book_.set_timers(shared_, work.block);
  if (work.waits) counters_.shorts.add();
}

// For a block of an attempt that lost: nobody has ever seen it.
void Settler::drop_block(OrderInWork& work, BlockCache& blocks) {
  if (work.block == 0) return;
  release_allocations(blocks, *shared_.blocks.at<OrderState>(work.block));
  blocks.give_back(work.block, work.block_bytes);
  work.block = 0;
}

Error Settler::judge_times(const PlaceOrder& order, bool not_due) const noexcept {
  if (is_past(order.cancel_after)) return {ErrorCode::bad_time, 0, {}};
  if (!not_due) return {};
  if (order.cancel_after.value != 0 && order.cancel_after <= order.reserve_not_before) return {ErrorCode::bad_time, 0, {}};
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const OrderLine& line = order.lines[index];
    if (!waits(line.policy.or_else(order.policy))) return {ErrorCode::bad_policy, static_cast<std::uint32_t>(index + 1), line.line};
  }
  return {};
}

// The reserve_not_before of an order has come: it is told by an amend without a command (an id and a content of nothing), and what
// is there goes to whoever waits for it, the order at its place among them.
bool Settler::become_due(Lsn lsn, Committer& committer) {
  const BlockRef block = book_.timed_orders.at(lsn).block;
  book_.set_due(shared_, block, true);  // before the plan, so that its lines are served
  const OrderState& order = *shared_.blocks.at<OrderState>(block);
  Cause cause{{}, now_, ReplyTo{}, due_steps(order), 0, false};
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(), 2048 + fill_bytes(), [&](StableState, Bundle& bundle, std::size_t lost) {
        cause.lsn = bundle.next();
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        const bool fills = !plan_.fills().empty();
        bundle.add(now_, {}, AmendDecision{{}, order.id(), 0, {}, fills, {}, {}, order.texts().customer}, ReplyTo{}, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    book_.set_due(shared_, block, false);
    return false;
  }
  book_.set_timers(shared_, block);
  fills_committed(more, committer);
  counters_.orders_due.add();
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
