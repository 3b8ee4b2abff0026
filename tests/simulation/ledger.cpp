#include "tests/simulation/ledger.hpp"

#include <algorithm>
#include <string>

#include "tests/simulation/trace.hpp"

namespace earmark::simulation {

using engine::Lsn;
using engine::Quantity;

void Ledger::apply(const schema::Event& event) {
  lsn_ = event.stamp.lsn;
  std::visit([&](const auto& decision) { fold(decision); }, event.decision);
}

CellAt& Ledger::cell(engine::SkuId sku, engine::WarehouseId warehouse) {
  History& history = cells_.at(sku.value * most_warehouses + warehouse.value);
  if (history.empty() || history.back().lsn != lsn_) {
    CellAt next = history.empty() ? CellAt{} : history.back();
    next.lsn = lsn_;
    history.push_back(next);
  }
  return history.back();
}

void Ledger::agree(CellAt& cell, Quantity available_after) const {
  if (cell.level() >= 0) cell.overdrawn = false;
  if (cell.level() < 0 && (!cell.overdrawn || cell.held != 0)) throw Broken("I1: record LSN " + std::to_string(lsn_.value) + " leaves more reserved, held and unavailable than is on hand");
  if (cell.available() != available_after) {
    throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " leaves " + std::to_string(available_after) + " available, the log before it " +
                 std::to_string(cell.available()));
  }
}

void Ledger::take(engine::SkuId sku, const engine::Take& take) {
  CellAt& from = cell(sku, take.warehouse);
  from.reserved += take.quantity;
  agree(from, take.available_after);
}

void Ledger::receive(const engine::ReceivedRow& row) {
  CellAt& to = cell(row.sku, row.warehouse);
  to.on_hand += row.quantity;
  agree(to, row.available_after);
}

void Ledger::wait(engine::SkuId sku, std::int64_t change) {
  if (change == 0) return;
  auto& history = waiting_.at(sku.value);
  const std::uint64_t before = history.empty() ? 0 : history.back().second;
  if (change < 0 && before < static_cast<std::uint64_t>(-change)) {
    throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " serves more units than wait");
  }
  history.emplace_back(lsn_, before + static_cast<std::uint64_t>(change));
}

void Ledger::hold(engine::SkuId sku, const engine::Take& take) {
  CellAt& from = cell(sku, take.warehouse);
  from.held += take.quantity;
  agree(from, take.available_after);
}

void Ledger::give_back(engine::SkuId sku, engine::WarehouseId warehouse, Quantity units) {
  CellAt& to = cell(sku, warehouse);
  if (to.held < units) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " gives back more than is held");
  to.held -= units;
}

void Ledger::fold(const engine::HoldDecision& held) {
  std::size_t more = 0;
  for (const engine::LineDecision& line : held.lines) {
    if (line.taken != 0) hold(line.sku, {line.taken, line.available_after, line.warehouse, line.shipment});
    for (std::size_t left = line.more_takes; left > 0; --left) hold(line.sku, held.takes[more++]);
  }
}

void Ledger::fold(const engine::HoldEndDecision& end) {
  std::size_t next = 0;
  for (const engine::ReleasedLine& line : end.lines) {
    for (std::size_t left = line.count; left > 0; --left) {
      const engine::Take& release = end.released[next++];
      give_back(line.sku, release.warehouse, release.quantity);
      agree(cell(line.sku, release.warehouse), release.available_after);
    }
  }
}

void Ledger::fold(const engine::OrderDecision& order) {
  for (const engine::ReceivedRow& row : order.returned) give_back(row.sku, row.warehouse, row.quantity);
  std::size_t more = 0;
  for (const engine::LineDecision& line : order.lines) {
    if (line.taken != 0) take(line.sku, {line.taken, line.available_after, line.warehouse, line.shipment});
    for (std::size_t left = line.more_takes; left > 0; --left) take(line.sku, order.takes[more++]);
    wait(line.sku, line.backordered);
  }
}

void Ledger::fold(const engine::ReceiptDecision& receipt) {
  for (const engine::ReceivedRow& row : receipt.rows) receive(row);
}

void Ledger::fold(const engine::LoadDecision& load) {
  for (const engine::ReceivedRow& row : load.stock) receive(row);
}

void Ledger::fold(const engine::FillDecision& fill) {
  std::int64_t units = 0;
  for (const engine::Take& each : fill.takes) {
    take(fill.sku, each);
    units += each.quantity;
  }
  wait(fill.sku, -units);
}

void Ledger::fold(const engine::AmendDecision& amend) {
  take_back(amend.lines, amend.released);
  for (const engine::RaisedLine& line : amend.raised) wait(line.sku, std::int64_t{line.quantity} - line.cancelled);
}

void Ledger::take_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released) {
  std::size_t next = 0;
  for (const engine::CancelledLine& line : lines) {
    wait(line.sku, -static_cast<std::int64_t>(line.waiting));
    for (std::size_t left = line.releases; left > 0; --left) {
      const engine::Take& release = released[next++];
      CellAt& to = cell(line.sku, release.warehouse);
      if (to.reserved < release.quantity) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " releases more than is reserved");
      to.reserved -= release.quantity;
      agree(to, release.available_after);
    }
  }
}

void Ledger::fold(const engine::ShipDecision& ship) {
  std::size_t next = 0;
  for (const engine::ShippedLine& line : ship.lines) {
    for (std::size_t left = line.ships; left > 0; --left) {
      const engine::Take& shipped = ship.shipped[next++];
      CellAt& from = cell(line.sku, shipped.warehouse);
      if (from.reserved < shipped.quantity) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " ships more than is reserved");
      from.reserved -= shipped.quantity;
      from.on_hand -= shipped.quantity;
      agree(from, shipped.available_after);
    }
  }
}

void Ledger::fold(const engine::ShipmentDecision& move) {
  for (const engine::MovedLine& line : move.lines) {
    if (move.step != engine::ShipmentStep::ship && move.step != engine::ShipmentStep::give_back) continue;
    CellAt& of = cell(line.sku, move.warehouse);
    if (move.step == engine::ShipmentStep::give_back) {
      of.on_hand += line.quantity;
      if (move.to_unavailable) of.unavailable += line.quantity;
    } else {
      if (of.reserved < line.quantity) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " ships more than is reserved");
      of.reserved -= line.quantity;
      of.on_hand -= line.quantity;
    }
    agree(of, line.available_after);
  }
}

void Ledger::fold(const engine::TransferShipDecision& ship) {
  for (const engine::TransferredRow& row : ship.rows) {
    CellAt& from = cell(row.sku, ship.source);
    if (from.available() < row.quantity) throw Broken("I1: record LSN " + std::to_string(lsn_.value) + " ships more than is available");
    from.on_hand -= row.quantity;
    agree(from, row.available_after);
  }
}

void Ledger::fold(const engine::TransferReceiptDecision& receipt) {
  for (const engine::ArrivedRow& row : receipt.rows) {
    CellAt& to = cell(row.sku, receipt.destination);
    to.on_hand += row.quantity + row.damaged;
    to.unavailable += row.damaged;
    agree(to, row.available_after);
  }
}

void Ledger::fold(const engine::PurchaseReceiptDecision& receipt) {
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    CellAt& to = cell(row.sku, row.warehouse);
    to.on_hand += row.quantity + row.damaged;
    to.unavailable += row.damaged;
    agree(to, row.available_after);
  }
}

void Ledger::fold(const engine::StockChangeDecision& change) {
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < change.rows.size(); ++index) {
    const engine::ChangedRow& row = change.rows[index];
    CellAt& of = cell(row.sku, row.warehouse);
    for (; next < change.lost.size() && change.lost[next].row == index; ++next) {
      const engine::LostUnits& lost = change.lost[next];
      if (change.of_hold(next)) {
        if (of.held < lost.quantity) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " takes more than is held");
        of.held -= lost.quantity;
        continue;
      }
      if (of.reserved < lost.quantity) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " takes more than is reserved");
      of.reserved -= lost.quantity;
      wait(lost.sku, lost.quantity);
    }
    const std::int64_t on_hand = std::int64_t{of.on_hand} + row.on_hand_change;
    const std::int64_t unavailable = std::int64_t{of.unavailable} + row.unavailable_change;
    if (on_hand < 0 || unavailable < 0) throw Broken("I1: record LSN " + std::to_string(lsn_.value) + " takes more than is there");
    of.on_hand = static_cast<Quantity>(on_hand);
    of.unavailable = static_cast<Quantity>(unavailable);
    of.overdrawn = of.overdrawn || change.overdraws(index);
    if (change.overdraws(index) != (of.level() < 0)) throw Broken("I1: record LSN " + std::to_string(lsn_.value) + " does not say whether it overdraws a cell");
    agree(of, row.available_after);
  }
}

void Ledger::fold(const engine::StrictDecision& strict) {
  if (strict.freed.size() != strict.lost.size()) throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " frees other units than others lose");
  for (std::size_t index = 0; index < strict.lost.size(); ++index) {
    const engine::LostUnits& lost = strict.lost[index];
    const engine::ReceivedRow& freed = strict.freed[index];
    CellAt& of = cell(lost.sku, lost.warehouse);
    if (freed.sku != lost.sku || freed.warehouse != lost.warehouse || freed.quantity != lost.quantity || of.reserved < lost.quantity) {
      throw Broken("I2: record LSN " + std::to_string(lsn_.value) + " frees other units than others lose, or had reserved");
    }
    of.reserved -= lost.quantity;
    wait(lost.sku, lost.quantity);
    agree(of, freed.available_after);
  }
}

bool Ledger::had_available(engine::SkuId sku, engine::WarehouseId warehouse, Quantity available, Lsn from) const {
  const History& all = history(sku, warehouse);
  auto entry = std::upper_bound(all.begin(), all.end(), from, [](Lsn lsn, const CellAt& each) { return lsn < each.lsn; });
  if (entry == all.begin() ? available == 0 : std::prev(entry)->available() == available) return true;
  return std::any_of(entry, all.end(), [&](const CellAt& each) { return each.available() == available; });
}

CellAt Ledger::at(engine::SkuId sku, engine::WarehouseId warehouse, Lsn lsn) const {
  const History& all = history(sku, warehouse);
  auto entry = std::upper_bound(all.begin(), all.end(), lsn, [](Lsn wanted, const CellAt& each) { return wanted < each.lsn; });
  return entry == all.begin() ? CellAt{} : *std::prev(entry);
}

const CellAt* Ledger::since(engine::SkuId sku, engine::WarehouseId warehouse, Lsn lsn, Lsn from) const {
  static const CellAt never;
  const History& all = history(sku, warehouse);
  const auto entry = std::lower_bound(all.begin(), all.end(), lsn, [](const CellAt& each, Lsn wanted) { return each.lsn < wanted; });
  if (lsn.value == 0) return all.empty() || all.front().lsn > from ? &never : nullptr;
  if (entry == all.end() || entry->lsn != lsn) return nullptr;
  return std::next(entry) == all.end() || std::next(entry)->lsn > from ? &*entry : nullptr;
}

std::uint64_t Ledger::backordered(engine::SkuId sku, Lsn lsn) const {
  const auto& all = waiting_.at(sku.value);
  auto entry = std::upper_bound(all.begin(), all.end(), lsn, [](Lsn wanted, const auto& each) { return wanted < each.first; });
  return entry == all.begin() ? 0 : std::prev(entry)->second;
}

}  // namespace earmark::simulation
