#include "tests/storage/random_history.hpp"

#include "engine/check.hpp"
#include "engine/level.hpp"

namespace earmark::storage::test {

using engine::Lsn;

void RandomHistory::add(const model::Answer& answer) {
  if (!answer.decided() || answer.duplicate) return;
  const Lsn cause = std::visit(
      [&](const auto& decision) {
        if constexpr (std::is_same_v<std::decay_t<decltype(decision)>, std::monostate>) return Lsn{};
        else return records_.add(decision.view(), {}, answer.stamp.time);
      },
      answer.decision);
  EARMARK_CHECK(cause == answer.stamp.lsn);
  if (answer.missing) records_.add(answer.missing->view(), cause, answer.stamp.time);
  for (const model::FillAnswer& fill : answer.fills) records_.add(fill.view(), cause, answer.stamp.time);
  digests_.resize(records_.size() + 1);
  digests_.back() = twin_.digest();
  times_.resize(digests_.size(), now_);
}

void RandomHistory::add_void() {
  const std::uint64_t last = records_.size();
  // Mostly a little behind, as a server's are; sometimes everything, sometimes nothing more than before.
  const auto behind = [&] { return random_.below(random_.chance(20) ? last + 1 : std::min<std::uint64_t>(last + 1, 40)); };
  void_.oldest_known = std::max(void_.oldest_known, Lsn{last + 1 - behind()});
  void_.archived = std::max(void_.archived, Lsn{last - std::min(last, behind())});
  twin_.forget(void_, {});
  records_.add(void_, {}, now_);
  digests_.push_back(twin_.digest());
  times_.push_back(now_);
}

void RandomHistory::let_time_pass() {
  now_ = std::max(engine::TimeUs{now_.value + model::RandomCommands::step_us}, commands_.now());
  for (auto expired = twin_.run_timers(now_, 1); !expired.empty(); expired = twin_.run_timers(now_, 1)) add(expired.front());
}

void RandomHistory::grow(std::size_t records) {
  while (records_.size() < records) {
    if (records_.size() > 0 && random_.chance(voids_percent_)) {
      add_void();
      continue;
    }
    decide(commands_.next());
  }
}

void RandomHistory::decide(const model::Command& command) {
  let_time_pass();
  add(model::apply(twin_, model::with_suggestions(command, twin_.state()), model::content_of(command), now_));
  for (auto strict = twin_.turn_strict(1); !strict.empty(); strict = twin_.turn_strict(1)) add(strict.front());  // each has a digest of its own
}

void RandomHistory::append_to(Journal& journal, std::size_t most) {
  while (journal.last().value < records_.size()) {
    const std::size_t from = journal.last().value;
    const std::size_t count = std::min<std::size_t>(random_.between(1, most), records_.size() - from);
    EARMARK_CHECK(records_.append(journal, from, from + count).has_value());
  }
}

void StateDigest::catalogue(const engine::LoadDecision& part) {
  warehouses += part.warehouses.size();
  products += part.products.size();
  for (const engine::LoadedProduct& each : part.products) {
    if (!each.backorderable) digest_.not_backorderable(each.id);
  }
}

void StateDigest::cell(const engine::CellImage& cell) {
  digest_.cell(cell.sku, cell.warehouse, cell.on_hand, cell.held, cell.unavailable, engine::available_of(cell.level));
  ++cells;
}

void StateDigest::open_order(const engine::OrderImage& order) {
  EARMARK_CHECK(order.lsn > last_order_);
  last_order_ = order.lsn;
  const engine::Identity identity = engine::identify(engine::IdSpace::order, order.id);
  digest_.known_id(engine::IdSpace::order, identity, order.content, order.lsn);
  if (order.not_due) digest_.not_due(order.lsn);
  if (order.has_skipped) digest_.has_skipped(order.lsn);
  digest_.patience(order.lsn, 0, order.patience);
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) digest_.patience(order.lsn, index, order.patience_of_line(index));
  digest_.open_order(order.lsn, identity, order.status, order.policy, order.priority, order.preferred,
                     static_cast<std::uint32_t>(order.lines.size()));
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineImage& line = order.lines[index];
    digest_.order_line(order.lsn, index, line.line, line.sku, line.quantity, line.waiting, line.pinned);
    digest_.line_policy(order.lsn, index, order.own_policy(index));
    engine::Quantity own = line.waiting;
    engine::for_each_raise(order.raises, [&](const engine::RaiseImage& raise) {
      if (raise.line_index != index) return;
      own -= raise.waiting;
      digest_.waiting_line(line.sku, order.priority, raise.sequence, index, raise.waiting);
    });
    if (own > 0) digest_.waiting_line(line.sku, order.priority, order.lsn, index, own);
    for (const engine::AllocationImage& each : order.allocations.subspan(next, line.allocations)) {
      digest_.allocation(order.lsn, index, each.warehouse, each.shipment, each.reserved, each.shipped);
    }
    next += line.allocations;
  }
  engine::for_each_shipment(order.shipments, [&](const engine::ShipmentImage& each) {
    digest_.shipment(order.lsn, each.number, each.state, each.revision, each.stepped);
    for (const engine::ReturnedUnits& row : each.returned) digest_.returned(order.lsn, each.number, row.line_index, row.units);
  });
  ++orders;
}

void StateDigest::open_hold(const engine::HoldImage& hold) {
  EARMARK_CHECK(hold.lsn > last_hold_);
  last_hold_ = hold.lsn;
  const engine::Identity identity = engine::identify(engine::IdSpace::hold, hold.id);
  digest_.known_id(engine::IdSpace::hold, identity, hold.content, hold.lsn);
  digest_.open_hold(hold.lsn, identity, hold.deadline, static_cast<std::uint32_t>(hold.lines.size()));
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < hold.lines.size(); ++index) {
    const engine::LineImage& line = hold.lines[index];
    digest_.order_line(hold.lsn, index, line.line, line.sku, line.quantity, line.waiting, line.pinned);
    for (const engine::AllocationImage& each : hold.allocations.subspan(next, line.allocations)) {
      digest_.allocation(hold.lsn, index, each.warehouse, each.shipment, each.reserved, 0);
    }
    next += line.allocations;
  }
  ++holds;
}

void StateDigest::open_transfer(const engine::TransferImage& transfer) {
  EARMARK_CHECK(transfer.lsn > last_transfer_);
  last_transfer_ = transfer.lsn;
  const engine::Identity identity = engine::identify(engine::IdSpace::transfer, transfer.id);
  digest_.known_id(engine::IdSpace::transfer, identity, transfer.content, transfer.lsn);
  digest_.open_transfer(transfer.lsn, identity, transfer.source, transfer.destination, transfer.expected, static_cast<std::uint32_t>(transfer.lines.size()));
  for (const engine::TransferLine& line : transfer.lines) digest_.transfer_line(transfer.lsn, line.sku, line.shipped, line.received);
  ++transfers;
}

void StateDigest::open_purchase(const engine::PurchaseImage& purchase) {
  EARMARK_CHECK(purchase.lsn > last_purchase_);
  last_purchase_ = purchase.lsn;
  const engine::Identity identity = engine::identify(engine::IdSpace::purchase, purchase.id);
  digest_.known_id(engine::IdSpace::purchase, identity, purchase.content, purchase.lsn);
  digest_.open_purchase(purchase.lsn, identity, purchase.state, static_cast<std::uint32_t>(purchase.lines.size()));
  for (std::uint32_t index = 0; index < purchase.lines.size(); ++index) digest_.purchase_line(purchase.lsn, index, purchase.lines[index]);
  ++purchases;
}

void StateDigest::known(const engine::KnownImage& known) {
  EARMARK_CHECK(known.lsn > last_known_);
  EARMARK_CHECK((known.closed.value != 0) == (known.space == engine::IdSpace::order));
  last_known_ = known.lsn;
  EARMARK_CHECK((known.ended != engine::HoldEnd::open) == (known.space == engine::IdSpace::hold));
  digest_.known_id(known.space, known.identity, known.content, known.lsn);
  if (known.ended != engine::HoldEnd::open) digest_.ended_hold(known.lsn, known.ended);
  ++known_ids;
}

}  // namespace earmark::storage::test
