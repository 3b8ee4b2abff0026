// Stock changes: counts (compare-and-set on the on hand), adjustments, quarantine and back, scrap. One record changes all
// rows at one LSN; holds have less from then on, whose reserved units are gone waits again at the old place; then the queues are
// served row by row. Where even picked units are gone the cell is overdrawn (engine/level.hpp).
// Others go on committing while the victims are looked for. Did one of them reserve in a cell that victims are taken from,
// the cells are gated (a commit of its own, with a bookkeeping record), after which nobody but the settler takes from
// them, and the victims are looked for again: so that ends.
#include "engine/settler.hpp"
#include "engine/stock_change.hpp"
#include "engine/victims.hpp"

namespace earmark::engine {
namespace {

std::size_t record_bytes(const ChangeStock& change, const Victims& victims) noexcept {
  return 2048 + max_text_bytes + (change.rows.size() * (sizeof(ChangedRow) + sizeof(std::uint32_t)) + victims.bytes()) * 5 / 4;
}

template <class Pick>
std::size_t pick_bytes(const Pick* pick) noexcept {
  return pick == nullptr ? 0 : 2048 + max_text_bytes + pick->lines.size() * sizeof(MovedLine) * 9 / 8;
}

}  // namespace

// Lets nobody but the settler take from the cells that the plan takes promised units of (`on`), or all again where nobody
// waits. False: no room, nothing was done.
bool Settler::gate_for_change(const ChangePlan& plan, bool on, const Message& message, Committer& committer) {
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 1024, [&](StableState, Bundle& bundle, std::size_t) {
        for (std::size_t index = 0; index < plan.rows.size(); ++index) {
          if (!plan.lost[index].any()) continue;
          const ChangedRow& row = plan.rows[index];
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, row.warehouse);
          const CellWord word{writes_.read(cell)};
          const bool gate = on || book_.waited_for(shared_, row.sku, row.warehouse);
          if (word.gate() != gate) writes_.write(cell, word.bits, word.gated(gate).bits);
        }
        if (!writes_.entries().empty()) bundle.add(message.time, {}, VoidDecision{}, ReplyTo{});
      });
  if (committed.attempt == Attempt::committed) committer.announce(committed.first);
  return committed.attempt != Attempt::no_room;
}

// One commit of the change, with the victims chosen before. Attempt::judged with no error and no original: they do not fit
// `plan`, which is what it takes now.
Committed Settler::try_change(const ChangeInWork& work, Committer& committer, BlockRef block, const Victims& victims, Judged& judged,
                              ChangePlan& plan, bool& more) {
  const auto& [change, message, pick] = work;
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  return committer.commit(
      writes_, CommitWord::settler_descriptor, 2 + most_fills(), record_bytes(change, victims) + fill_bytes() + pick_bytes(pick),
      [&](StableState, Bundle& bundle, std::size_t lost_commits) {
        const IdSpace space = pick == nullptr ? IdSpace::stock_change : IdSpace::shipment;
        judged = judge_id(space, work.id(), message.content, pick == nullptr ? ErrorCode::duplicate_change : ErrorCode::duplicate_shipment_command);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        plan = plan_change(change, catalogue(), shared_, book_, writes_);
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (block == 0 || judged.place.slot == nullptr)) {
          judged.error.code = ErrorCode::overloaded;
        }
        if (judged.error.code != ErrorCode::none || !victims.fit(plan)) return;
        for (std::size_t index = 0; pick != nullptr && index < pick->lines.size(); ++index) {
          MovedLine& line = pick->lines[index];
          line.available_after = CellWord{writes_.read(shared_.cell(line.sku, pick->decision.warehouse))}.free();
        }
        for (std::size_t index = 0; index < plan.rows.size(); ++index) {
          const ChangedRow& row = plan.rows[index];
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, row.warehouse);
          const CellWord word{writes_.read(cell)};
          const bool gate = book_.waited_for(shared_, row.sku, row.warehouse);
          writes_.write(cell, word.bits, word.with_level(plan.levels[index], gate).bits);
        }
        write_id(judged, block, space, message.content, bundle.next());
        cause.lsn = bundle.next();
        cause.steps = steps_of(plan.rows, victims.lost(), victims.of_holds());
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost_commits));
        for (const SkuId sku : victims.skus()) plan_.write_gates(sku);
        plan_.write_gates_of_filled_skus();
        const bool fills = !plan_.fills().empty();
        if (pick != nullptr) bundle.add(message.time, {}, pick->decision, message.reply, true);
        bundle.add(message.time, pick == nullptr ? Lsn{} : cause.lsn,
                   StockChangeDecision{change.id, pick == nullptr ? message.content : 0, change.kind, change.reason, fills, plan.rows,
                                       victims.lost(), victims.orders(), victims.customers(), victims.of_holds(), plan.overdrawn},
                   message.reply, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
}

// Commits the change and its victims. Not committed: nothing was changed.
Settler::Changed Settler::change_stock(const ChangeInWork& work, Committer& committer, BlockRef block) {
  Changed result;
  Judged& judged = result.judged;
  ChangePlan plan;
  Victims victims(shared_, book_);
  bool more = false;
  for (std::size_t tries = 0;; ++tries) {
    const Committed committed = try_change(work, committer, block, victims, judged, plan, more);
    if (committed.attempt == Attempt::committed) {
      // The plan is of the book with the victims in it, so they stay; the rows come now.
      book_.apply_changed_rows(shared_, plan.rows);
      victims.committed(committer.blocks());
      counters_.lost_units.add(victims.units());
      fills_committed(more, committer);
      result.settled = result.committed = true;
      result.first = committed.first;
      return result;
    }
    cause_.reset();
    victims.undo();
    bool no_room = committed.attempt == Attempt::no_room;
    const bool decidable = !no_room && judged.error.code == ErrorCode::none && judged.original.value == 0;
    // After the first time: somebody was quicker than the search.
    if (decidable && tries != 0) no_room = !gate_for_change(plan, true, work.message, committer);
    if (decidable && !no_room) {
      judged.error.code = victims.choose(plan, catalogue().warehouse_count);
      if (judged.error.code == ErrorCode::none) continue;
    }
    result.judged_at = committed.last;
    result.settled = !no_room && (judged.error.code == ErrorCode::none || gate_for_change(plan, false, work.message, committer));
    return result;
  }
}

bool Settler::settle(const ChangeStock& change, const Message& message, Committer& committer) {
  const BlockRef block = committer.blocks().allocate(sizeof(KnownCommand));
  const Changed changed = change_stock({change, message, nullptr}, committer, block);
  if (changed.committed) {
    committer.announce(changed.first);
    return true;
  }
  if (block != 0) committer.blocks().give_back(block, sizeof(KnownCommand));
  if (changed.settled) answer(changed.judged, changed.judged_at, message.reply, committer);
  return changed.settled;
}

}  // namespace earmark::engine
