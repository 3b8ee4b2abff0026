// Steps of shipments (semantics 7): picked, packed, shipped, delivered, put back, tracked, returned. Only the settler changes orders, so a
// step is planned before the commit; what the commit adds are the figures of cells. A short pick is two records of one commit: the step,
// and the stock change of what was missing, as whose cause it stands. The step is applied before the victims of that change are looked
// for, so that what was not found is among them and what was found is not, and taken back if nothing comes of it.
#include <algorithm>
#include <unordered_map>

#include "engine/settler.hpp"
#include "engine/shipment_plan.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

std::size_t step_bytes(std::size_t lines) noexcept { return 2048 + 5 * max_text_bytes + lines * sizeof(MovedLine) * 9 / 8; }

// What comes back may not pass the largest quantity of a cell.
Error judge_room(const ShipmentPlan& plan, const SharedState& shared, const Book& book) {
  std::unordered_map<std::uint64_t, std::uint64_t> on_hand;
  for (std::size_t index = 0; index < plan.lines.size(); ++index) {
    const MovedLine& line = plan.lines[index];
    const std::uint64_t cell = shared.cell_index(line.sku, plan.warehouse).value;
    std::uint64_t& sum = on_hand.try_emplace(cell, book.stock[cell].on_hand).first->second;
    sum += line.quantity;
    if (sum > max_quantity) return {ErrorCode::quantity_overflow, static_cast<std::uint32_t>(index + 1), line.line};
  }
  return {};
}

// Of a cell that is overdrawn only what is there can ship, and nothing can be put back: it would be promised, and is not there.
Error judge_overdraft(const ShipmentPlan& plan, ShipmentStep step, SharedState& shared, const Book& book) {
  const bool ships = step == ShipmentStep::ship;
  if (!ships && step != ShipmentStep::put_back) return {};
  Leaving leaving(book);
  for (std::size_t index = 0; index < plan.lines.size(); ++index) {
    const MovedLine& line = plan.lines[index];
    const CellIndex cell = shared.cell_index(line.sku, plan.warehouse);
    if (ships ? leaving.can(cell, line.quantity) : !book.overdrawn(cell)) continue;
    return {ErrorCode::overdrawn, static_cast<std::uint32_t>(index + 1), line.line};
  }
  return {};
}

}  // namespace

bool Settler::settle(const MoveShipment& move, const Message& message, Committer& committer) {
  Judged judged;
  BlockRef block = 0;
  const Lsn asked_at = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  const OrderState* order = find_order(move.order_id, block, committer);
  ShipmentPlan plan;
  if (move.rows.size() > max_lines) plan.error.code = ErrorCode::too_many_lines;
  else if (order == nullptr) plan.error.code = ErrorCode::unknown_order;
  else plan = plan_step(move, shared_.blocks, *order);
  if (plan.error.code == ErrorCode::none && plan.is_short()) return settle_short_pick(move, message, committer, block, plan);

  const bool comes_back = move.step == ShipmentStep::give_back;
  if (plan.error.code == ErrorCode::none && comes_back) plan.error = judge_room(plan, shared_, book_);
  if (plan.error.code == ErrorCode::none) plan.error = judge_overdraft(plan, move.step, shared_, book_);
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  ShipmentDecision decision;
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + (comes_back ? most_fills() : 0), step_bytes(plan.lines.size()) + (comes_back ? fill_bytes() : 0),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        judged = judge_id(IdSpace::shipment, move.command_id, message.content, ErrorCode::duplicate_shipment_command);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        const bool to_available = comes_back && !move.to_unavailable;
        for (MovedLine& line : plan.lines) {
          Atomic<std::uint64_t>& cell = shared_.cell(line.sku, plan.warehouse);
          const CellWord word{writes_.read(cell)};
          const CellWord after = word.plus(to_available ? line.quantity : 0, book_.waited_for(shared_, line.sku, plan.warehouse));
          line.available_after = after.free();
          if (to_available) writes_.write(cell, word.bits, after.bits);
        }
        write_id(judged, known, IdSpace::shipment, message.content, bundle.next());
        decision = decision_of(move, message.content, *order, plan);
        if (to_available) {
          cause.lsn = bundle.next();
          cause.steps = steps_of_return(plan.lines, plan.warehouse);
          plan_.begin(cause, catalogue(), writes_, nullptr);
          more = plan_.plan(fills_after(lost));
          plan_.write_gates_of_filled_skus();
          decision.fills_follow = !plan_.fills().empty();
          cause_ = cause;
        }
        bundle.add(message.time, {}, decision, message.reply, decision.fills_follow);
        if (to_available) add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, order == nullptr ? asked_at : committed.last, message.reply, committer);
    return true;
  }
  const bool was_open = is_open(shared_.blocks, *order);
  book_.apply_step(shared_, committer.blocks(), block, decision, false);
  if (!was_open) keep_changed(block, committed.first);
  if (cause_) fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

bool Settler::settle_short_pick(const MoveShipment& move, const Message& message, Committer& committer, BlockRef order, const ShipmentPlan& plan) {
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  ShortPick pick{decision_of(move, message.content, *shared_.blocks.at<OrderState>(order), plan), plan.lines};
  pick.decision.lines = pick.lines;
  pick.decision.fills_follow = true;
  std::vector<ChangeRow> rows;
  for (const MovedLine& line : pick.lines) {
    if (line.rest != 0) rows.push_back({line.rest, 0, line.sku, plan.warehouse, 0});
  }
  const ChangeStock missing{move.command_id, ChangeKind::short_pick, {}, rows};
  const ShipmentEntry* entry = find_shipment(shared_.blocks, *shared_.blocks.at<OrderState>(order), move.shipment);
  const bool was_stepped = entry != nullptr && entry->stepped;
  const std::optional<bool> joined = book_.move_rest(shared_, committer.blocks(), order, pick.decision);
  Changed changed;
  if (joined) {
    book_.apply_step(shared_, committer.blocks(), order, pick.decision, *joined);
    changed = change_stock({missing, message, &pick}, committer, known);
  } else {
    changed.judged = judge_id(IdSpace::shipment, move.command_id, message.content, ErrorCode::duplicate_shipment_command);
    if (changed.judged.error.code == ErrorCode::none && changed.judged.original.value == 0) changed.judged.error.code = ErrorCode::overloaded;
    changed.judged_at = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
    changed.settled = true;
  }
  if (changed.committed) {
    committer.announce(changed.first);
    return true;
  }
  if (joined) book_.undo_pick(shared_, committer.blocks(), order, pick.decision, *joined, was_stepped);
  if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
  if (changed.settled) answer(changed.judged, changed.judged_at, message.reply, committer);
  return changed.settled;
}

void Settler::restore(const Stamp& stamp, const ShipmentDecision& decision, BlockCache& blocks) {
  BlockRef block = 0;
  const OrderState* order = find_order(decision.order_id, block, blocks);
  EARMARK_CHECK(order != nullptr);
  const bool was_open = is_open(shared_.blocks, *order);
  bool joined = false;
  if (decision.rest_shipment != 0) {
    const std::optional<bool> moved = book_.move_rest(shared_, blocks, block, decision);
    EARMARK_CHECK(moved.has_value());
    joined = *moved;
  }
  book_.apply_step(shared_, blocks, block, decision, joined);
  if (!was_open) keep_changed(block, stamp.lsn);
}

}  // namespace earmark::engine
