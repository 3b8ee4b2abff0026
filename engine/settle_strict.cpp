// A waiter for all or nothing turns strict: he has been passed over max_skips times, or has waited max_wait. One record says so and
// frees what he takes over; then the queues of what he waits for are served, he in his turn among them. It is changed in the book
// before the plan, so that the plan serves it, and changed back if there is no room.
// After a command and its fills, and at a time that has come: before anything else is decided by the settler.
#include "engine/patience.hpp"
#include "engine/settler.hpp"
#include "engine/take_over.hpp"

namespace earmark::engine {

bool Settler::turn_strict_at_its_time(Lsn lsn, Committer& committer) {
  const BlockRef block = book_.timed_orders.at(lsn).block;
  const std::uint16_t line = first_impatient_line(*shared_.blocks.at<OrderState>(block));
  if (line != OrderState::no_line) return turn_strict(block, line, true, committer);
  book_.set_timers(shared_, block);
  return true;
}

bool Settler::turn_strict(BlockRef block, std::size_t line_index, bool waited, Committer& committer) {
  const OrderState& order = *shared_.blocks.at<OrderState>(block);
  writes_.clear();
  TakeOver take_over(shared_, book_, catalogue());
  take_over.choose(block, line_index);
  const Book::Patience before = book_.turn_strict(shared_, block, line_index);
  take_over.apply(book_);
  Cause cause{{}, now_, ReplyTo{}, strict_steps(order, line_index, take_over.lost()), 0, false};
  std::vector<ReceivedRow> freed;
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(), 2048 + max_text_bytes + take_over.bytes() * 5 / 4 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost_commits) {
        freed.clear();
        for (const LostUnits& units : take_over.lost()) {
          Atomic<std::uint64_t>& cell = shared_.cell(units.sku, units.warehouse);
          const CellWord word{writes_.read(cell)};
          const CellWord after = word.plus(units.quantity, word.gate());
          writes_.write(cell, word.bits, after.bits);
          freed.push_back({units.sku, units.warehouse, 0, units.quantity, after.free()});
        }
        cause.lsn = bundle.next();
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost_commits));
        for (const LostUnits& units : take_over.lost()) plan_.write_gates(units.sku);
        plan_.write_gates_of_filled_skus();
        const Skip who = skip_of(order, line_index);
        const bool fills = !plan_.fills().empty();
        bundle.add(now_, {}, StrictDecision{order.id(), who.order_lsn, who.line, waited, fills, freed, take_over.lost(), take_over.orders(),
                                            take_over.customers(), order.texts().customer}, ReplyTo{}, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    take_over.undo(book_);
    book_.turn_back(shared_, block, line_index, before);
    return false;
  }
  take_over.committed(book_, committer.blocks());
  book_.set_timers(shared_, block);
  fills_committed(more, committer);
  counters_.turned_strict.add();
  counters_.taken_over_units.add(take_over.units());
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
