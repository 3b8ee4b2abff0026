// Dates in a batch (storage/state_batch.hpp): what lines that wait were promised and told, and what supply that is overdue is expected for.
#include <algorithm>

#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::PromiseImage;
using engine::TimeUs;

namespace {

auto place_of(auto& promises, std::size_t line_index) {
  return std::lower_bound(promises.begin(), promises.end(), line_index, [](const PromiseImage& each, std::size_t index) { return each.line_index < index; });
}

}  // namespace

// Of lines all of whose waiting units have a date: the last one, if that is to come.
std::span<const PromiseImage> StateBatch::promises_of(const engine::OrderDecision& decision) {
  promised_.clear();
  for (auto part = decision.expected.begin(); part != decision.expected.end();) {
    const std::uint32_t line = part->line_index;
    std::uint64_t covered = 0;
    TimeUs last{};
    for (; part != decision.expected.end() && part->line_index == line; ++part) covered += part->quantity, last = part->date;
    if (line < decision.lines.size() && covered == decision.lines[line].backordered && last > time_) promised_.push_back({last, last, line, 0});
  }
  return promised_;
}

// What was promised of the line; nullptr: nothing ever was.
PromiseImage* StateBatch::promise_of(Order& order, std::size_t line_index) {
  std::span<PromiseImage> promises = order.with_promises ? std::span<PromiseImage>(promises_[order.lsn]) : OrderParts(order.record).promises;
  const auto found = place_of(promises, line_index);
  return found == promises.end() || found->line_index != line_index ? nullptr : &*found;
}

void StateBatch::tell(Order& order, std::size_t line_index, TimeUs date) {
  PromiseImage* promise = promise_of(order, line_index);
  if (promise == nullptr) {
    std::vector<PromiseImage>& all = promises_[order.lsn];
    if (!std::exchange(order.with_promises, true)) {
      const OrderParts parts(order.record);
      all.assign(parts.promises.begin(), parts.promises.end());
    }
    promise = &*all.insert(place_of(all, line_index), {{}, {}, static_cast<std::uint32_t>(line_index), 0});
  }
  promise->told = date;
  if (promise->first.value == 0) promise->first = date;
}

// A line that waits for nothing is told nothing.
void StateBatch::settle_promise(Order& order, std::size_t line_index) {
  if (OrderParts(order.record).lines[line_index].waiting != 0) return;
  if (PromiseImage* promise = promise_of(order, line_index)) promise->told = {};
}

bool StateBatch::fold(const engine::Stamp&, const engine::DatesDecision& decision) {
  for (const engine::MovedDate& moved : decision.lines) {
    Order* order = find(moved.order_lsn);
    std::size_t index = 0;
    const engine::LineImage* line = order == nullptr ? nullptr : line_of(*order, moved.line, index);
    if (line == nullptr || order->identity != engine::identify(engine::IdSpace::order, decision.orders[moved.order]) || line->sku != moved.sku ||
        line->waiting == 0 || line->waiting != moved.waiting) {
      return refuse("it tells a date of units that do not wait");
    }
    const PromiseImage* promise = promise_of(*order, index);
    if ((promise == nullptr ? TimeUs{} : promise->told) != moved.before) return refuse("it says that a line was told another date than it was");
    if (moved.date == moved.before) return refuse("it tells a line the date that it was told");
    tell(*order, index, moved.date);
  }
  return true;
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::OverdueDecision& decision) {
  if (decision.lines.empty()) return refuse("nothing is overdue by it");
  return decision.transfer ? transfer_overdue(decision) : purchase_overdue(stamp, decision);
}

// Its lines: those of which something is open, and expected by now, in their order.
bool StateBatch::purchase_overdue(const engine::Stamp& stamp, const engine::OverdueDecision& decision) {
  Purchase* purchase = find_purchase(decision.lsn, decision.id);
  if (purchase == nullptr || !engine::is_incoming(purchase->state)) return refuse("it is of a purchase order that is not incoming");
  auto overdue = decision.lines.begin();
  for (engine::PurchaseLineState& line : purchase->lines) {
    if (overdue == decision.lines.end() || overdue->line != line.line) continue;
    if (overdue->sku != line.sku || overdue->warehouse != line.warehouse || overdue->promised != line.promised || overdue->open != line.open() ||
        line.open() == 0 || line.expected.value == 0 || line.expected > stamp.time) {
      return refuse("it says that a line is overdue that is not");
    }
    line.expected = decision.expected;
    ++overdue;
  }
  return overdue == decision.lines.end() || refuse("it says that a line is overdue that is not");
}

bool StateBatch::transfer_overdue(const engine::OverdueDecision& decision) {
  Transfer* transfer = find_transfer(decision.lsn);
  if (transfer == nullptr || transfer->id != decision.id) return refuse("it is of a transfer that is not open");
  if (transfer->expected.value == 0 || transfer->expected > time_) return refuse("it says that a transfer is overdue that is not");
  auto overdue = decision.lines.begin();
  for (const engine::TransferLine& line : transfer->lines) {
    if (line.in_transit() == 0) continue;
    if (overdue == decision.lines.end() || overdue->sku != line.sku || overdue->open != line.in_transit() || overdue->promised != transfer->expected ||
        overdue->warehouse != transfer->destination) {
      return refuse("it does not tell what is in transit");
    }
    ++overdue;
  }
  if (overdue != decision.lines.end()) return refuse("it does not tell what is in transit");
  transfer->expected = decision.expected;
  return true;
}

}  // namespace earmark::storage
