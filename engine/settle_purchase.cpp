// Purchase orders (semantics 9): what vendors are to bring, step by step, and receipts that name their lines. Only the settler sees open
// ones, so what it finds of one stays true until it changes it. Placing and steps touch no cell; a receipt serves who waits.
#include "engine/purchase_plan.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

std::size_t total_bytes(std::span<const std::string_view> texts) noexcept {
  std::size_t bytes = 0;
  for (const std::string_view text : texts) bytes += text.size() + 16;
  return bytes;
}

}  // namespace

Settler::FoundPurchase Settler::find_purchase(std::string_view id) {
  if (id.empty() || id.size() > max_id_bytes) return {};
  writes_.clear();
  const BlockRef block = shared_.ids.find(writes_, identify(IdSpace::purchase, id)).known;
  if (block == 0) return {};
  const Lsn lsn = shared_.blocks.at<KnownCommand>(block)->lsn();
  const OpenPurchase* open = book_.purchases.find(lsn);
  return {open == nullptr ? ErrorCode::purchase_closed : ErrorCode::none, lsn, open};
}

bool Settler::settle(const PlacePurchase& place, const Message& message, Committer& committer) {
  Judged judged;
  std::vector<BlockRef> orders;  // that pegs may name
  for (const std::string_view id : place.peg_orders) {
    writes_.clear();
    const BlockRef block = id.empty() || id.size() > max_id_bytes ? 0 : shared_.ids.find(writes_, identify(IdSpace::order, id)).known;
    orders.push_back(block != 0 && shared_.blocks.at<KnownCommand>(block)->is_order_in_memory() ? block : 0);
  }
  const PurchasePlan plan = plan_purchase(place, catalogue(), shared_, book_, message.time, orders);
  const PurchaseDecision decision{place.id,    message.content, place.vendor,     place.reference, place.notes,
                                  place.state, plan.lines,      plan.pegs,        place.peg_orders, plan.estimates};
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 2048 + 2 * max_text_bytes + plan.lines.size() * (sizeof(PurchasedLine) + sizeof(PurchasePeg) + sizeof(TimeUs) + 16) * 9 / 8 + total_bytes(place.peg_orders),
      [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::purchase, place.id, message.content, ErrorCode::duplicate_purchase);
        if (plan.error.code == ErrorCode::bad_id) judged = {plan.error, {}, {}, {}};  // the rules' ids, known or not
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        write_id(judged, known, IdSpace::purchase, message.content, bundle.next());
        bundle.add(message.time, {}, decision, message.reply);
      });
  if (!purchase_committed(committed, judged, known, message, committer)) return committed.attempt != Attempt::no_room;
  for (std::size_t index = 0; index < plan.pegs.size(); ++index) book_.pegged_orders[plan.pegs[index].order_lsn] = plan.pegged_orders[index];
  book_.add_purchase(shared_, {committed.first, message.time, {}}, decision, known);
  counters_.purchases.add();
  committer.announce(committed.first);
  return true;
}

// False: nothing was committed; the command is answered, unless there was no room.
bool Settler::purchase_committed(const Committed& committed, const Judged& judged, BlockRef known, const Message& message, Committer& committer) {
  if (committed.attempt == Attempt::committed) return true;
  if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
  if (committed.attempt != Attempt::no_room) answer(judged, committed.last, message.reply, committer);
  return false;
}

bool Settler::settle(const MovePurchase& move, const Message& message, Committer& committer) {
  Judged judged;
  const FoundPurchase found = find_purchase(move.purchase_id);
  PurchaseStepPlan plan;
  if (move.rows.size() > max_lines) plan.error.code = ErrorCode::too_many_lines;
  else if (found.fault != ErrorCode::none) plan.error.code = found.fault;
  else plan = plan_purchase_step(move, *found.open, shared_, book_, message.time);
  const BlockRef purchase = found.open == nullptr ? 0 : found.open->known;
  const std::string_view vendor = found.open == nullptr ? std::string_view() : found.open->vendor;
  const std::string_view reference = move.step == PurchaseStep::acknowledge ? move.reference : std::string_view();  // other steps change none
  const PurchaseStepDecision decision{move.command_id, move.purchase_id, found.lsn, message.content, vendor, move.step, plan.state, reference, plan.changes, plan.estimates};
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  bool forgotten = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1, 2048 + max_text_bytes + plan.changes.size() * (sizeof(PurchaseChange) + sizeof(TimeUs)) * 9 / 8,
      [&](StableState, Bundle& bundle, std::size_t) {
        judged = judge_id(IdSpace::purchase_command, move.command_id, message.content, ErrorCode::duplicate_purchase_command);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        write_id(judged, known, IdSpace::purchase_command, message.content, bundle.next());
        forgotten = !is_open(plan.state) && forget_ended(purchase);
        bundle.add(message.time, {}, decision, message.reply);
      });
  if (!purchase_committed(committed, judged, known, message, committer)) return committed.attempt != Attempt::no_room;
  book_.apply_purchase_step(shared_, decision);
  if (forgotten) drop_forgotten(purchase);
  if (!is_open(plan.state)) counters_.ended_purchases.add();
  committer.announce(committed.first);
  return true;
}

bool Settler::settle(const ReceivePurchase& receive, const Message& message, Committer& committer) {
  Judged judged;
  const FoundPurchase found = find_purchase(receive.purchase_id);
  PurchaseReceiptPlan plan;
  if (receive.rows.size() > max_lines) plan.error.code = ErrorCode::too_many_lines;
  else if (found.fault != ErrorCode::none) plan.error.code = found.fault;
  else plan = plan_purchase_receipt(receive, *found.open, shared_, book_);
  const BlockRef purchase = found.open == nullptr ? 0 : found.open->known;
  const std::string_view vendor = found.open == nullptr ? std::string_view() : found.open->vendor;
  PurchaseReceiptDecision decision{receive.id, receive.purchase_id, found.lsn, message.content, vendor, plan.state, false, plan.rows};
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false, forgotten = false;
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(), 2048 + plan.rows.size() * sizeof(PurchaseArrivedRow) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        judged = judge_id(IdSpace::receipt, receive.id, message.content, ErrorCode::duplicate_receipt);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        judged.error = plan.error;
        if (judged.error.code == ErrorCode::none && (known == 0 || judged.place.slot == nullptr)) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        for (PurchaseArrivedRow& row : plan.rows) {
          Atomic<std::uint64_t>& cell = shared_.cell(row.sku, row.warehouse);
          const CellWord word{writes_.read(cell)};
          // Gated before units come: the cell of a new warehouse was not there when the waiters began to wait.
          const CellWord after = word.plus(row.quantity, book_.waited_for(shared_, row.sku, row.warehouse));
          row.available_after = after.free();
          if (row.quantity != 0) writes_.write(cell, word.bits, after.bits);
        }
        write_id(judged, known, IdSpace::receipt, message.content, bundle.next());
        forgotten = !is_open(plan.state) && forget_ended(purchase);
        cause.lsn = bundle.next();
        cause.steps = steps_of_purchase_receipt(shared_, book_, plan.rows, *found.open);
        plan_.begin(cause, catalogue(), writes_, nullptr);
        more = plan_.plan(fills_after(lost));
        plan_.write_gates_of_filled_skus();
        decision.fills_follow = !plan_.fills().empty();
        bundle.add(message.time, {}, decision, message.reply, decision.fills_follow);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) cause_.reset();
  if (!purchase_committed(committed, judged, known, message, committer)) return committed.attempt != Attempt::no_room;
  book_.apply_purchase_receipt(shared_, {committed.first, message.time, {}}, decision);
  if (forgotten) drop_forgotten(purchase);
  if (!is_open(plan.state)) counters_.ended_purchases.add();
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

bool Settler::settle(const ListPurchases& list, const Message& message, Committer& committer) {
  const Lsn as_of = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  std::vector<OpenPurchaseView> views;
  if (list.id.empty()) {
    for (const auto& [lsn, purchase] : book_.purchases.open()) {
      if (list.vendor.empty() || purchase.vendor == list.vendor) views.push_back({lsn, &purchase});
    }
  } else {
    const FoundPurchase found = find_purchase(list.id);
    if (found.fault != ErrorCode::none) {
      committer.outcomes().refused(message.reply, std::max(as_of, found.lsn), {found.fault, 0, {}});
      return true;
    }
    views.push_back({found.lsn, found.open});
  }
  std::vector<std::vector<std::string_view>> peg_orders(views.size());
  for (std::size_t index = 0; index < views.size(); ++index) {
    for (const PurchaseLineState& line : views[index].purchase->lines) {
      if (line.peg_order.value == 0) continue;
      const auto found = book_.pegged_orders.find(line.peg_order);
      peg_orders[index].push_back(found == book_.pegged_orders.end() ? std::string_view() : shared_.blocks.at<OrderState>(found->second)->id());
    }
    views[index].peg_orders = peg_orders[index];
  }
  committer.outcomes().listed_purchases(message.reply, as_of, views);
  return true;
}

}  // namespace earmark::engine
