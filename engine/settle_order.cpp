// Orders at the settler: those that are short, meet somebody who waits, read many cells, or came behind another
// command with the same id.
#include <algorithm>

#include "engine/cancel_steps.hpp"
#include "engine/patience.hpp"
#include "engine/pegging.hpp"
#include "engine/reorder_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

std::size_t record_bytes(const PlaceOrder& order, std::size_t warehouses) noexcept {
  const std::size_t texts = 7 * (max_text_bytes + 16);
  const std::size_t line = sizeof(LineDecision) + sizeof(LineWait) + (max_dates + 1) * sizeof(ExpectedUnits) + sizeof(LinePolicy) + sizeof(std::uint32_t) + warehouses * sizeof(Take);
  return 1024 + texts + order.lines.size() * line * 9 / 8;
}

}  // namespace

bool Settler::settle(const PlaceOrder& order, const Message& message, Committer& committer) {
  Judged judged;
  BlockRef block = 0;
  std::size_t block_bytes = 0;
  bool out_of_memory = false;
  PassedOver passed;
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
        const bool not_due = order.reserve_not_before > now_;
        if (judged.error.code == ErrorCode::none) judged.error = judge_times(order, not_due);
        if (judged.error.code != ErrorCode::none) return;
        if (not_due) decide_not_due(order, message.content, shared_, view, writes_, draft_);
        else decide_order(order, message.content, shared_, view, true, writes_, draft_);
        add_waits(order, bundle.next(), view);
        passed = book_.passed_over(shared_, draft_.decision, bundle.next());
        draft_.decision.skipped = skip_by(passed);
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
  book_.promise({committed.first, message.time, {}}, draft_.decision);
  note_who_is_behind(draft_.waits);
  count_skip(passed, block);
  book_.set_timers(shared_, block);
  if (!draft_.waits.empty()) counters_.shorts.add();
  committer.announce(committed.first);
  return true;
}

void Settler::count_skip(const PassedOver& passed, BlockRef by) {
  if (passed.order == 0) return;
  book_.count_skip(shared_, passed.order, passed.place.line_index, by);
  counters_.skips.add();
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
  add_expected(order, lsn, view);
}

// When what waits of the order can be expected, as it is at this instant.
void Settler::add_expected(const PlaceOrder& order, Lsn lsn, const CatalogueView& view) {
  draft_.expected.clear();
  draft_.fallbacks.clear();
  for (const LineWait& wait : draft_.waits) {
    const LineDecision& line = draft_.lines[wait.line_index];
    const std::size_t known = draft_.expected.size();
    Pegging pegging(shared_, book_, line.sku, view.by_priority, now_,
                    [&](WarehouseId warehouse) { return CellWord{writes_.read(shared_.cell(line.sku, warehouse))}.free(); });
    if (pegging.empty() || !take_ahead(pegging, shared_, book_, line.sku, QueuePlace::of(order.priority, lsn, wait.line_index), line.pinned.value != 0)) {
      add_fallback(line.sku, line.pinned, line.backordered, wait.line_index, {}, draft_.fallbacks);
      continue;
    }
    for (const LineWait& earlier : draft_.waits) {
      if (earlier.line_index >= wait.line_index) break;
      const LineDecision& other = draft_.lines[earlier.line_index];
      if (other.sku == line.sku) pegging.take(other.backordered, other.pinned);
    }
    const bool whole = waits_whole(draft_.decision.own_policy(wait.line_index).or_else(order.policy));
    expect(pegging, {line.backordered, line.pinned, whole, order.reserve_not_before, {}}, wait.line_index, draft_.expected);
    add_fallback(line.sku, line.pinned, line.backordered, wait.line_index, std::span(draft_.expected).subspan(known), draft_.fallbacks);
  }
  draft_.decision.expected = draft_.expected;
  draft_.decision.fallbacks = draft_.fallbacks;
}

void Settler::add_fallback(SkuId sku, WarehouseId pinned, Quantity units, std::uint32_t line_index, std::span<const ExpectedUnits> expected,
                           std::vector<ExpectedUnits>& fallbacks) {
  for (const ExpectedUnits& each : expected) units -= each.quantity;
  if (units == 0 || book_.rules.empty()) return;
  const TimeUs date = fallback_date(book_, catalogue(), sku, pinned, now_);
  if (date.value != 0) fallbacks.push_back({date, units, line_index});
}

// An order that stands before others who wait for the same moves their dates; one at the end of every queue does not, and nobody need look.
void Settler::note_who_is_behind(std::span<const LineWait> waits) {
  for (const LineWait& wait : waits) {
    const SkuId sku = draft_.lines[wait.line_index].sku;
    if (!has_dates(sku)) continue;
    const Ahead all = book_.ahead_of(shared_, book_.catalogue.warehouse_count(), sku, QueuePlace::last());
    if (all.lines != wait.position) book_.touched.dates.insert(sku);
  }
}

}  // namespace earmark::engine
