#include "engine/settler.hpp"

#include <algorithm>
#include <variant>

#include "engine/patience.hpp"

namespace earmark::engine {

Settler::Settler(SharedState& shared, Book& book)
    : shared_(shared), book_(book), writes_(settler_words_for(shared.capacity.warehouses)), plan_(shared, book), retired_(shared.blocks, shared.readers) {}

Settler::~Settler() {
  while (todo_ != nullptr) delete std::exchange(todo_, todo_->next);
  for (Message* left = inbox_.take(); left != nullptr;) delete std::exchange(left, left->next);
}

Settled Settler::submit(std::unique_ptr<Message> message, Committer& committer) {
  if (!inbox_.push(message.release())) return Settled::done;
  return resume(committer);
}

Settled Settler::submit(std::span<const ReceivedOrder* const> orders, TimeUs time, Committer& committer) {
  const auto copy_of = [&](const ReceivedOrder& order) { return std::make_unique<Message>(order.order, order.content, order.reply, time); };
  Settled settled = Settled::done;
  if (!inbox_.try_own()) {
    for (const ReceivedOrder* order : orders) {
      const Settled with_this = submit(copy_of(*order), committer);
      if (with_this != Settled::done) settled = with_this;  // and others only leave their messages from then on
    }
    return settled;
  }
  lent_orders_ = orders;
  lent_.time = time;
  todo_ = &lent_;  // who lets the role go leaves nothing behind, so they are the first
  settled = resume(committer);
  if (todo_ == &lent_) {  // no room: they wait, while what was lent goes away
    todo_ = std::exchange(lent_.next, nullptr);
    for (; !lent_orders_.empty(); lent_orders_ = lent_orders_.first(lent_orders_.size() - 1)) {
      Message* const last = copy_of(*lent_orders_.back()).release();
      last->next = std::exchange(todo_, last);
    }
  }
  return settled;
}

namespace {

class NotingTouched {
 public:
  NotingTouched(Committer& committer, Touched& touched) noexcept : committer_(committer) { committer.note_touched_in(&touched); }
  ~NotingTouched() { committer_.note_touched_in(nullptr); }
  NotingTouched(const NotingTouched&) = delete;
  NotingTouched& operator=(const NotingTouched&) = delete;

 private:
  Committer& committer_;
};

}  // namespace

// The role's loop: finish the cause under way, then what follows from it, then message by message, then let go unless another one has come.
Settled Settler::resume(Committer& committer) {
  const NotingTouched noting(committer, book_.touched);
  std::size_t commits = 0;
  for (;;) {
    if (cause_) {
      if (commits++ == commits_at_once) return Settled::paused;
      if (!fill_more(committer)) return Settled::stalled;
      continue;
    }
    if (!book_.impatient.empty()) {
      const auto& [key, order] = *book_.impatient.begin();
      if (!turn_strict(order, key.second, false, committer)) return Settled::stalled;
      continue;
    }
    if (something_touched() && knows_time_) {
      if (!mind_touched(committer)) return Settled::stalled;
      continue;
    }
    if (todo_ == nullptr) todo_ = inbox_.take();
    if (todo_ == nullptr) {
      shared_.times.rest();
      if (inbox_.release()) return Settled::done;
      continue;
    }
    now_ = shared_.times.settle(std::max(now_, todo_->time));
    knows_time_ = knows_time_ || todo_->time.value != 0;  // questions may have none
    todo_->time = now_;
    if (something_touched() && knows_time_) continue;  // left by a crash, and what was restored did not tell the time
    if (now_.value >= shared_.next_due_us.load(std::memory_order_relaxed)) {  // written by whoever settles alone
      if (const Timer* due = book_.timers.first_due(now_); due != nullptr) {
        if (!run_timer(*due, committer)) return Settled::stalled;
        continue;
      }
      shared_.next_due_us.store(book_.timers.next_due().value, std::memory_order_relaxed);
    }
    const bool settled = settle(*todo_, committer);
    put_away(committer);
    if (!settled) return Settled::stalled;
    if (todo_ == &lent_) {  // counted there
      if (lent_orders_.empty()) todo_ = todo_->next;
      continue;
    }
    counters_.messages.add();
    delete std::exchange(todo_, todo_->next);
  }
}

void Settler::continue_after_recovery(std::optional<Cause> cause, std::span<const BlockRef> whole_orders, TimeUs last_record) {
  now_ = last_record;
  knows_time_ = last_record.value != 0;
  cause_ = std::move(cause);
  if (cause_) cause_->time = std::max(cause_->time, last_record);  // others have been decided behind it
  writes_.clear();
  plan_.park(cause_ ? &*cause_ : nullptr, catalogue(), writes_, whole_orders);
}

std::size_t Settler::most_fills() const noexcept { return std::max(fills_per_commit, book_.most_lines_at_once); }

Settled Settler::settle_unfinished(Committer& committer) {
  return inbox_.try_own() ? resume(committer) : Settled::done;
}

bool Settler::run_timer(const Timer& due, Committer& committer) {
  const Lsn subject{due.subject};
  switch (due.kind) {
    case TimerKind::hold: return expire_hold(subject, committer);
    case TimerKind::cancel_order: return cancel_at_its_time(subject, committer);
    case TimerKind::order_due: return become_due(subject, committer);
    case TimerKind::turn_strict: return turn_strict_at_its_time(subject, committer);
    case TimerKind::purchase_cut_off: return cut_off(subject, committer);
    case TimerKind::purchase_overdue: return tell_overdue(false, subject, committer);
    case TimerKind::transfer_overdue: return tell_overdue(true, subject, committer);
    case TimerKind::rule_wakes: return wake_rule(due.subject);
  }
  return true;
}

bool Settler::settle(const Message& message, Committer& committer) {
  return std::visit([&](const auto& request) { return settle(request, message, committer); }, message.request);
}

Settler::Judged Settler::judge_id(IdSpace space, std::string_view id, std::uint64_t content, ErrorCode duplicate) {
  Judged judged;
  if (id.empty() || id.size() > max_id_bytes) {
    judged.error.code = ErrorCode::bad_id;
    return judged;
  }
  judged.identity = identify(space, id);
  judged.place = shared_.ids.find(writes_, judged.identity);
  if (judged.place.known == 0) return judged;
  const auto* known = shared_.blocks.at<KnownCommand>(judged.place.known);
  if (known->content == content) {
    judged.original = known->lsn();
  } else {
    judged.error.code = duplicate;
  }
  return judged;
}

void Settler::answer(const Judged& judged, Lsn as_of, const ReplyTo& reply, Committer& committer) {
  if (judged.original.value != 0) {
    committer.outcomes().repeated(reply, std::max(as_of, judged.original), judged.original);
  } else {
    committer.outcomes().refused(reply, as_of, judged.error);
  }
}

void Settler::write_id(const Judged& judged, BlockRef block, IdSpace space, std::uint64_t content, Lsn lsn) {
  auto* known = shared_.blocks.at<KnownCommand>(block);
  known->identity = judged.identity;
  known->content = content;
  known->set(lsn, space);
  writes_.write(*judged.place.slot, judged.place.seen, CommandIds::word_after(judged.place.seen, judged.identity, block));
}

const CatalogueView& Settler::catalogue() {
  // Only the settler changes the catalogue, so outside a commit being built this is the present one.
  return SharedState::catalogue_of(writes_.read(shared_.catalogue));
}

std::size_t Settler::fill_bytes(std::size_t fills) const noexcept {
  return fills * (384 + max_id_bytes + max_text_bytes + sizeof(Take) * shared_.capacity.warehouses);
}

bool Settler::fill_more(Committer& committer) {
  bool more = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, most_fills(), fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        plan_.begin(*cause_, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        add_fills(bundle, more);
      });
  if (committed.attempt == Attempt::no_room) return false;
  if (committed.attempt == Attempt::judged) {  // can only be after recovery: the last fill was already there
    cause_.reset();
    return true;
  }
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

void Settler::add_fills(Bundle& bundle, bool more) {
  const std::size_t count = plan_.fills().size();
  for (std::size_t index = 0; index < count; ++index) {
    const PlannedFill& fill = plan_.fills()[index];
    const auto* order = shared_.blocks.at<OrderState>(fill.order);
    const bool last = !more && index + 1 == count;
    const FillDecision decision{order->id(), order->known.lsn(), order->lines()[fill.line_index].line,
                                fill.sku, fill.row, fill.still_waiting, last, plan_.takes_of(fill), order->texts().customer,
                                fill.place.order_lsn == order->known.lsn() ? Lsn{} : fill.place.order_lsn, skip_by(fill.passed_over), fill.pegged};
    bundle.add(cause_->time, cause_->lsn, decision, cause_->reply, !last);
  }
}

Skip Settler::skip_by(const PassedOver& passed) const {
  return passed.order == 0 ? Skip{} : skip_of(*shared_.blocks.at<OrderState>(passed.order), passed.place.line_index);
}

void Settler::fills_committed(bool more, Committer& committer) {
  plan_.apply(committer.blocks());
  counters_.fills.add(plan_.fills().size());
  counters_.whole_orders_looked_at.add(plan_.orders_looked_at());
  for (const PlannedFill& fill : plan_.fills()) {
    counters_.filled_units.add(fill.units);
    if (fill.passed_over.order != 0) counters_.skips.add();
  }
  if (more) {
    cause_->next_step = plan_.next_step();
    cause_->begun = plan_.begun();
  } else {
    cause_.reset();
  }
}

}  // namespace earmark::engine
