// Cancels and amends: the waiting part leaves the queue, the reserved part goes back; only then is each SKU filled that got
// something back (R5 whole order, R6 by line and quantity). Shipped units stay shipped. What an amend raises stands behind everybody
// and is served last (engine/raise_plan.hpp). A new priority moves what waits and keeps its sequence; it makes nobody able to take
// what he could not take before.
#include <algorithm>

#include "engine/cancel_plan.hpp"
#include "engine/cancel_steps.hpp"
#include "engine/raise_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

using Targets = std::vector<CancelTarget>;

const OrderLineState* line_numbered(const OrderState& order, LineNumber number) noexcept {
  const auto lines = order.lines();
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const OrderLineState& line) { return line.line == number; });
  return found == lines.end() ? nullptr : &*found;
}

Error resolve(const CancelOrder& cancel, const OrderState& order, Targets& targets) {
  for (std::size_t index = 0; cancel.rows.empty() && index < order.lines().size(); ++index) targets.push_back({index, all_units});
  for (std::size_t row = 0; row < cancel.rows.size(); ++row) {
    const CancelRow& asked = cancel.rows[row];
    const OrderLineState* line = line_numbered(order, asked.line);
    const auto number = static_cast<std::uint32_t>(row + 1);
    if (line == nullptr) return {ErrorCode::unknown_line, number, asked.line};
    if (asked.quantity < 1 || asked.quantity > max_quantity) return {ErrorCode::bad_quantity, number, asked.line};
    targets.push_back({static_cast<std::size_t>(line - order.lines().data()), static_cast<std::uint64_t>(asked.quantity), number});
  }
  return {};
}

// What is asked for is the line's quantity from now on, shipped units included. What is more than it has is left to `raise`.
Error resolve(const AmendOrder& amend, const OrderState& order, const BlockStore& blocks, Targets& targets, RaisePlan& raise) {
  if (amend.priority.has_value() != amend.rows.empty()) return {ErrorCode::bad_amend, 0, {}};
  const bool open = is_open(blocks, order);
  Error overflow;
  for (std::size_t row = 0; row < amend.rows.size(); ++row) {
    const CancelRow& asked = amend.rows[row];
    const OrderLineState* line = line_numbered(order, asked.line);
    const auto at_fault = [&](ErrorCode code) { return Error{code, static_cast<std::uint32_t>(row + 1), asked.line}; };
    const bool repeated = std::any_of(amend.rows.begin(), amend.rows.begin() + static_cast<std::ptrdiff_t>(row),
                                      [&](const CancelRow& earlier) { return earlier.line == asked.line; });
    if (repeated) return at_fault(ErrorCode::duplicate_line);
    if (line == nullptr) return at_fault(ErrorCode::unknown_line);
    if (asked.quantity < 1 || asked.quantity > max_quantity) return at_fault(ErrorCode::bad_quantity);
    std::uint64_t now = line->waiting;
    for_each_allocation(blocks, *line, [&](const Allocation& allocation) { now += std::uint64_t{allocation.reserved} + allocation.shipped; });
    const auto wanted = static_cast<std::uint64_t>(asked.quantity);
    const auto index = static_cast<std::size_t>(line - order.lines().data());
    if (wanted <= now) {
      targets.push_back({index, now - wanted, static_cast<std::uint32_t>(row + 1)});
      continue;
    }
    if (!open) return at_fault(ErrorCode::order_closed);
    if (overflow.code == ErrorCode::none && line->quantity + (wanted - now) > max_quantity) overflow = at_fault(ErrorCode::quantity_overflow);
    raise.ask(static_cast<std::uint32_t>(row + 1), index, static_cast<Quantity>(wanted - now));
  }
  return overflow;
}

}  // namespace

bool Settler::plan_taking_back(const OrderState& order, CancelPlan& plan, std::span<const RaisedLine> raised, Cause& cause, std::size_t lost) {
  write_releases(plan, shared_, writes_);
  cause.steps = cancel_steps(order, plan.lines, plan.released,
                             [&](std::size_t index) { return order.lines()[index].waiting - plan.cut.units[index]; });
  add_raise_steps(order, raised, plan.lines.size(), cause.steps);
  plan_.begin(cause, catalogue(), writes_, &plan.cut);
  const bool more = plan_.plan(fills_after(lost));
  for (const SkuId sku : plan.cut_skus) plan_.write_gates(sku);
  for (const RaisedLine& line : raised) plan_.write_gates(line.sku);
  plan_.write_gates_of_filled_skus();
  return more;
}

// The time that an order named has come: what of it is neither picked nor shipped is cancelled, as by a cancel of the whole order
// without a command (an id and a content of nothing).
bool Settler::cancel_at_its_time(Lsn lsn, Committer& committer) {
  const BlockRef block = book_.timed_orders.at(lsn).block;
  const OrderState& order = *shared_.blocks.at<OrderState>(block);
  Targets targets;
  for (std::size_t index = 0; index < order.lines().size(); ++index) targets.push_back({index, all_units});
  CancelPlan plan;
  Cause cause{{}, now_, ReplyTo{}, {}, 0, false};
  bool more = false;
  const std::size_t takes = order.line_count * std::size_t{shared_.capacity.warehouses};
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      2048 + (order.line_count * sizeof(CancelledLine) + takes * sizeof(Take)) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        plan = plan_cancel(shared_.blocks, block, targets, catalogue());
        cause.lsn = bundle.next();
        more = plan_taking_back(order, plan, {}, cause, lost);
        const bool fills = !plan_.fills().empty();
        bundle.add(now_, {}, CancelDecision{{}, order.id(), 0, true, fills, plan.lines, plan.released, order.texts().customer}, ReplyTo{}, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    return false;
  }
  book_.apply_cancel(shared_, committer.blocks(), block, plan.lines, plan.released);
  fills_committed(more, committer);
  counters_.orders_cancelled_by_time.add();
  committer.announce(committed.first);
  return true;
}

// What both have in common. `resolve_rows(order, targets)` judges the rows and asks `raise` for what is more; `decide(order, plan, fills)`
// gives the decision to record.
template <class Resolve, class Decide>
Settler::Taken Settler::take_back(const TakeBack& asked, const Message& message, Committer& committer, RaisePlan& raise, Resolve resolve_rows, Decide decide) {
  Judged judged;
  BlockRef block = 0;
  CancelPlan plan;
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false;
  const Lsn asked_at = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  const OrderState* order = find_order(asked.order_id, block, committer);
  const std::size_t rows = order != nullptr ? order->line_count + asked.rows : 0;
  // A line has reserved units once in a warehouse, but two rows may share them.
  const std::size_t takes = order != nullptr ? order->line_count * std::size_t{shared_.capacity.warehouses} + asked.rows : 0;
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  // It may be raised, and is then filled whole in this very commit.
  if (order != nullptr && order->policy == Policy::ship_complete && asked.space == IdSpace::amend) book_.most_lines_at_once = std::max<std::size_t>(book_.most_lines_at_once, order->line_count);
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      2048 + (rows * (sizeof(CancelledLine) + sizeof(RaisedLine)) + takes * sizeof(Take)) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        raise.begin(block);
        judged = judge_id(asked.space, asked.command_id, message.content, asked.duplicate);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        const CatalogueView& view = catalogue();
        if (asked.rows > max_lines) judged.error.code = ErrorCode::too_many_lines;
        else if (order == nullptr) judged.error.code = ErrorCode::unknown_order;
        else if (known == 0 || judged.place.slot == nullptr) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        Targets targets;
        judged.error = resolve_rows(*order, targets);
        if (judged.error.code != ErrorCode::none) return;
        plan = plan_cancel(shared_.blocks, block, targets, view);
        if (plan.needs_picked != CancelPlan::none) {
          const CancelTarget& target = targets[plan.needs_picked];
          judged.error = {ErrorCode::picked, target.row, order->lines()[target.line_index].line};
          return;
        }
        const bool lowers = std::any_of(targets.begin(), targets.end(), [](const CancelTarget& target) { return target.wanted != 0; });
        judged.error = raise.let_wait(bundle.next(), lowers, view, writes_);
        if (judged.error.code != ErrorCode::none) return;
        write_id(judged, known, asked.space, message.content, bundle.next());
        cause.lsn = bundle.next();
        more = plan_taking_back(*order, plan, raise.lines(), cause, lost);
        const bool fills = !plan_.fills().empty();
        bundle.add(message.time, {}, decide(*order, plan, fills), message.reply, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    raise.undo();
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return {};
    answer(judged, order != nullptr ? committed.last : asked_at, message.reply, committer);
    return {true, 0, {}};
  }
  book_.apply_cancel(shared_, committer.blocks(), block, plan.lines, plan.released);
  fills_committed(more, committer);
  return {true, block, committed.first};
}

bool Settler::settle(const CancelOrder& cancel, const Message& message, Committer& committer) {
  RaisePlan nothing(shared_, book_, committer.blocks());
  const Taken taken = take_back(
      {IdSpace::cancel, ErrorCode::duplicate_cancel, cancel.command_id, cancel.order_id, cancel.rows.size()}, message, committer, nothing,
      [&](const OrderState& order, Targets& targets) { return resolve(cancel, order, targets); },
      [&](const OrderState& order, const CancelPlan& plan, bool fills) {
        return CancelDecision{cancel.command_id, cancel.order_id, message.content, cancel.rows.empty(), fills, plan.lines, plan.released, order.texts().customer};
      });
  if (taken.order != 0) committer.announce(taken.first);
  return taken.settled;
}

bool Settler::settle(const AmendOrder& amend, const Message& message, Committer& committer) {
  std::optional<Priority> priority;  // none for an order that nothing is to be done for any more
  RaisePlan raise(shared_, book_, committer.blocks());
  const Taken taken = take_back(
      {IdSpace::amend, ErrorCode::duplicate_amend, amend.command_id, amend.order_id, amend.rows.size()}, message, committer, raise,
      [&](const OrderState& order, Targets& targets) { return resolve(amend, order, shared_.blocks, targets, raise); },
      [&](const OrderState& order, const CancelPlan& plan, bool fills) {
        priority = is_open(shared_.blocks, order) ? amend.priority : std::nullopt;
        return AmendDecision{amend.command_id, amend.order_id, message.content, priority, fills, plan.lines, plan.released, order.texts().customer, raise.lines()};
      });
  if (taken.order != 0) {
    if (priority) book_.change_priority(shared_, taken.order, *priority);
    committer.announce(taken.first);
  }
  return taken.settled;
}

}  // namespace earmark::engine
