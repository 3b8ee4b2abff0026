#include "tests/storage/audit_log.hpp"

#include "engine/check.hpp"

namespace earmark::storage::test {

using engine::LineNumber;
using engine::Lsn;
using engine::SkuId;
using engine::Take;

AuditLog::AuditLog() {
  const engine::LoadedWarehouse warehouses[] = {{a, 1, "A", "Alpha"}, {b, 2, "B", "Beta"}};
  const engine::LoadedProduct products[] = {{door, "door", "a door"}, {nail, "nail", ""}};
  records_.add(engine::LoadDecision{false, warehouses, products, {}});
}

Take AuditLog::take(SkuId sku, const Units& units) {
  engine::Quantity& available = available_[{sku, units.warehouse}];
  EARMARK_CHECK(available >= units.units);
  available -= units.units;
  return {units.units, available, units.warehouse, static_cast<std::uint16_t>(units.warehouse.value)};
}

engine::Skip AuditLog::skip_of(const std::string& skips) {
  if (skips.empty()) return {};
  const std::size_t slash = skips.find('/');
  skipped_ = skips.substr(0, slash);
  const auto line = slash == std::string::npos ? 0 : static_cast<std::uint32_t>(std::stoul(skips.substr(slash + 1)));
  return {orders_.at(skipped_).lsn, LineNumber{line}, skipped_};
}

void AuditLog::decide(const std::vector<Wanted>& wanted, bool waits, std::vector<engine::LineDecision>& lines, std::vector<Take>& takes) {
  for (const Wanted& each : wanted) {
    engine::LineDecision line;
    line.line = LineNumber{static_cast<std::uint32_t>(lines.size() + 1)};
    line.sku = each.sku;
    line.quantity = line.backordered = each.quantity;
    line.pinned = each.pinned;
    for (const Units& units : each.taken) {
      const Take taken = take(each.sku, units);
      line.backordered -= taken.quantity;
      if (line.taken != 0) ++line.more_takes, takes.push_back(taken);
      else line.taken = taken.quantity, line.available_after = taken.available_after, line.warehouse = taken.warehouse, line.shipment = taken.shipment;
    }
    if (!waits) line.backordered = 0;
    lines.push_back(line);
  }
}

Lsn AuditLog::order(const std::string& id, const std::vector<Wanted>& wanted, const Terms& terms) {
  engine::OrderDecision order;
  order.id = id;
  order.policy = terms.policy;
  order.priority = engine::Priority{terms.priority};
  order.not_due = terms.not_due;
  order.skipped = skip_of(terms.skips);
  order.hold = terms.confirms;
  std::vector<engine::ReceivedRow> returned;
  for (const Wanted& held : terms.confirms.empty() ? std::vector<Wanted>() : holds_.at(terms.confirms)) {
    for (const Units& units : held.taken) {
      available_[{held.sku, units.warehouse}] += units.units;
      returned.push_back({held.sku, units.warehouse, 0, units.units, 0});
    }
  }
  std::vector<engine::LineDecision> lines;
  std::vector<Take> takes;
  decide(wanted, true, lines, takes);
  for (engine::ReceivedRow& row : returned) row.available_after = available_.at({row.sku, row.warehouse});
  order.lines = lines;
  order.takes = takes;
  order.returned = returned;
  std::vector<engine::LineWait> waits;
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    if (lines[index].backordered != 0) waits.push_back({0, 1, index});
  }
  order.waits = waits;
  order.status = waits.empty() ? engine::OrderStatus::reserved : engine::OrderStatus::split;
  Order& made = orders_[id];
  for (const engine::LineDecision& line : lines) made.lines.push_back({line.sku, line.backordered});
  return made.lsn = records_.add(order);
}

Lsn AuditLog::hold(const std::string& id, const std::vector<Wanted>& wanted) {
  engine::HoldDecision hold;
  hold.id = id;
  hold.deadline = engine::TimeUs{1'000'000'000};
  std::vector<engine::LineDecision> lines;
  std::vector<Take> takes;
  decide(wanted, false, lines, takes);
  hold.lines = lines;
  hold.takes = takes;
  holds_[id] = wanted;
  return records_.add(hold);
}

Lsn AuditLog::receive(SkuId sku, const std::vector<Units>& rows, bool fills_follow) {
  std::vector<engine::ReceivedRow> received;
  for (const Units& row : rows) {
    engine::Quantity& available = available_[{sku, row.warehouse}];
    received.push_back({sku, row.warehouse, 0, row.units, available += row.units});
  }
  const std::string id = "R" + std::to_string(++receipts_);
  return cause_ = records_.add(engine::ReceiptDecision{id, 1, fills_follow, received});
}

Lsn AuditLog::fill(const std::string& id, std::uint32_t number, std::vector<Units> taken, bool last, std::uint32_t row, const std::string& skips) {
  Order& order = orders_.at(id);
  Line& line = order.lines.at(number - 1);
  std::vector<Take> takes;
  for (const Units& units : taken) takes.push_back(take(line.sku, units)), line.waiting -= units.units;
  engine::FillDecision fill{id, order.lsn, LineNumber{number}, line.sku, row, line.waiting, last, takes};
  fill.customer = "somebody";
  fill.skipped = skip_of(skips);
  return records_.add(fill, cause_);
}

Lsn AuditLog::strict(const std::string& id, std::uint32_t line) {
  engine::StrictDecision strict;
  strict.order_id = id;
  strict.order_lsn = orders_.at(id).lsn;
  strict.line = LineNumber{line};
  return cause_ = records_.add(strict);
}

AuditReport AuditLog::audit(Lsn from, const std::string& sku) const { return audit_of(records_, from, sku); }

Records first_of(const Records& records, std::size_t count) {
  Records copy;
  schema::EventDecoder decoder;
  for (std::size_t index = 0; index < count; ++index) {
    std::size_t consumed = 0;
    const auto event = decoder.decode(records.record(index), consumed);
    std::visit([&](const auto& decision) { copy.add(decision, event->stamp.cause, event->stamp.time); }, event->decision);
  }
  return copy;
}

AuditReport audit_of(const Records& records, Lsn from, const std::string& sku) {
  Audit audit(from, sku);
  schema::EventDecoder decoder;
  for (std::size_t index = 0; index < records.size(); ++index) {
    std::size_t consumed = 0;
    const auto event = decoder.decode(records.record(index), consumed);
    EARMARK_CHECK(event.has_value());
    const bool read = audit.read(*event);
    if (!read) std::fprintf(stderr, "%s\n", audit.problem().c_str());
    EARMARK_CHECK(read);
  }
  EARMARK_CHECK(audit.knows_sku());
  return audit.report();
}

}  // namespace earmark::storage::test
