// Dates in the offline fold: what is expected when, what is late, for whom it is pegged, and what lines that wait were told.
#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::PurchaseStep;

bool OfflineState::expect(engine::PurchaseLineState& line, std::span<const engine::TimeUs> estimates, std::size_t index, engine::TimeUs now) {
  line.expected = line.promised;
  if (estimates.empty() || estimates[index].value == 0) return true;
  line.expected = estimates[index];
  const bool late = line.promised.value != 0 && line.promised <= now;
  return late || refuse("it estimates when a line comes that is not late");
}

bool OfflineState::peg(engine::PurchaseLineState& line, const engine::PurchasePeg& peg, std::string_view id) {
  const auto order = orders_.find(peg.order_lsn);
  const Line* of = order == orders_.end() || order->second.identity != engine::identify(IdSpace::order, id) ? nullptr : line_of(order->second, peg.order_line);
  const bool may = of != nullptr && of->sku == line.sku && of->waiting > 0 && (of->pinned.value == 0 || of->pinned == line.warehouse);
  if (!may || line.peg_order.value != 0) return refuse("it pegs a line to what cannot wait for it");
  line.peg_order = peg.order_lsn;
  line.peg_line = peg.order_line;
  return true;
}

bool OfflineState::by_time(const Purchase& purchase, PurchaseStep step, engine::TimeUs now) {
  const bool closed = purchase.closes.value != 0 && purchase.closes <= now;
  if (step == PurchaseStep::approve && purchase.state == engine::PurchaseState::suggested && purchase.automatic && closed) return true;
  return refuse("it is a step without a command of a purchase order whose cut-off has not come");
}

bool OfflineState::is_late(const engine::OverdueDecision& decision, Purchase& purchase, engine::TimeUs now) {
  if (purchase.id != decision.id || !engine::is_incoming(purchase.state)) return refuse("it is of a purchase order that is not incoming");
  std::size_t from = 0;
  for (const engine::OverdueLine& late : decision.lines) {
    const auto found = purchase.by_number.find(late.line);
    if (found == purchase.by_number.end() || found->second < from) return refuse("it says that a line is overdue that is not");
    from = found->second + 1;
    engine::PurchaseLineState& line = purchase.lines[found->second];
    if (line.sku != late.sku || line.warehouse != late.warehouse || line.promised != late.promised || line.open() != late.open || late.open == 0 ||
        line.expected.value == 0 || line.expected > now) {
      return refuse("it says that a line is overdue that is not");
    }
    line.expected = decision.expected;
  }
  return true;
}

bool OfflineState::is_late(const engine::OverdueDecision& decision, Transfer& transfer, engine::TimeUs now) {
  if (transfer.identity != engine::identify(IdSpace::transfer, decision.id)) return refuse("it is of a transfer that is not open");
  if (transfer.expected.value == 0 || transfer.expected > now) return refuse("it says that a transfer is overdue that is not");
  std::map<engine::SkuId, std::uint64_t> left;
  for (const auto& [sku, units] : transfer.skus) {
    if (units.left() != 0) left[sku] = units.left();
  }
  for (const engine::OverdueLine& late : decision.lines) {
    const auto found = left.find(late.sku);
    if (found == left.end() || found->second != late.open || late.promised != transfer.expected || late.warehouse != transfer.destination) {
      return refuse("it does not tell what is in transit");
    }
    left.erase(found);
  }
  transfer.expected = decision.expected;
  return left.empty() || refuse("it does not tell what is in transit");
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::OverdueDecision& decision) {
  if (decision.lines.empty()) return refuse("nothing is overdue by it");
  if (decision.transfer) {
    const auto open = transfers_.find(decision.lsn);
    return open == transfers_.end() ? refuse("it is of a transfer that is not open") : is_late(decision, open->second, stamp.time);
  }
  const auto open = purchases_.find(decision.lsn);
  return open == purchases_.end() ? refuse("it is of a purchase order that is not incoming") : is_late(decision, open->second, stamp.time);
}

bool OfflineState::fold(const engine::Stamp&, const engine::DatesDecision& decision) {
  for (const engine::MovedDate& moved : decision.lines) {
    const auto order = orders_.find(moved.order_lsn);
    Line* line = order == orders_.end() ? nullptr : line_of(order->second, moved.line);
    if (line == nullptr || line->sku != moved.sku || line->waiting != moved.waiting || moved.waiting == 0 ||
        order->second.identity != engine::identify(IdSpace::order, decision.orders[moved.order])) {
      return refuse("it tells a date of units that do not wait");
    }
    if (line->told != moved.before) return refuse("it says that a line was told another date than it was");
    if (moved.before == moved.date) return refuse("it tells a line the date that it was told");
    line->told = moved.date;
    if (line->first.value == 0) line->first = moved.date;
  }
  return true;
}

std::vector<engine::PromiseImage> OfflineState::promises(engine::Lsn lsn) const {
  std::vector<engine::PromiseImage> promises;
  const auto order = orders_.find(lsn);
  for (std::uint32_t index = 0; order != orders_.end() && index < order->second.lines.size(); ++index) {
    const Line& line = order->second.lines[index];
    if (line.first.value != 0) promises.push_back({line.first, line.told, index, 0});
  }
  return promises;
}

}  // namespace earmark::storage
