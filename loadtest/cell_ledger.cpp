#include "loadtest/cell_ledger.hpp"

#include <fmt/format.h>

namespace earmark::loadtest {

CellLedger::CellLedger(const StockSnapshot& before, Findings& findings)
    : before_(before), findings_(findings), cells_(before.available.size()) {
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    cells_[index].available = before.available[index];
    if (!before.reserved.empty()) cells_[index].reserved = before.reserved[index];
    if (!before.held.empty()) cells_[index].held = before.held[index];
  }
}

std::string CellLedger::describe(std::size_t cell) const {
  return fmt::format("SKU {} in warehouse {}", cell / before_.warehouses + 1, cell % before_.warehouses + 1);
}

CellLedger::Cell* CellLedger::find(const Movement& movement, std::size_t& index) {
  if (before_.holds(movement.sku, movement.warehouse)) {
    index = before_.cell(movement.sku, movement.warehouse);
    return &cells_[index];
  }
  findings_.violate(Violation::unknown_cell, [&] {
    return fmt::format("LSN {} names SKU {} in warehouse {}, which the catalogue has not", movement.lsn, movement.sku, movement.warehouse);
  });
  return nullptr;
}

void CellLedger::set_available(Cell& cell, std::size_t index, const Movement& movement, std::uint64_t expected) {
  if (movement.available_after != expected) {
    findings_.surprise(is_certain(cell), Violation::broken_chain, [&] {
      return fmt::format("LSN {}: {} had {}, {} moved, but {} said to be left instead of {}", movement.lsn, describe(index), cell.available,
                         movement.quantity, movement.available_after, expected);
    });
  }
  cell.available = movement.available_after;
  cell.known_since = findings_.gaps();
  cell.touched = true;
  if (cell.has_pending) settle_observations(index);
}

void CellLedger::take(const Movement& movement) {
  ++findings_.verdict().takes;
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->reserved += movement.quantity;
  take_from(*cell, index, movement);
}

void CellLedger::take_from(Cell& cell, std::size_t index, const Movement& movement) {
  if (movement.quantity <= cell.available) return set_available(cell, index, movement, cell.available - movement.quantity);
  findings_.surprise(is_certain(cell), Violation::oversold, [&] {
    return fmt::format("LSN {}: {} taken from {}, which had {}", movement.lsn, movement.quantity, describe(index), cell.available);
  });
  set_available(cell, index, movement, movement.available_after);
}

void CellLedger::hold(const Movement& movement) {
  ++findings_.verdict().takes;
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->held += movement.quantity;
  take_from(*cell, index, movement);
}

void CellLedger::give_back(const Movement& movement) {
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->held -= movement.quantity;
  set_available(*cell, index, movement, std::uint64_t{cell->available} + movement.quantity);
}

void CellLedger::convert(const Movement& movement) {
  ++findings_.verdict().takes;
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->held -= movement.quantity;
  cell->reserved += movement.quantity;
  set_available(*cell, index, movement, cell->available);
}

void CellLedger::receive(const Movement& movement) {
  std::size_t index = 0;
  if (Cell* cell = find(movement, index)) set_available(*cell, index, movement, std::uint64_t{cell->available} + movement.quantity);
}

void CellLedger::release(const Movement& movement) {
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->reserved -= movement.quantity;
  set_available(*cell, index, movement, std::uint64_t{cell->available} + movement.quantity);
}

void CellLedger::ship(const Movement& movement) {
  std::size_t index = 0;
  Cell* cell = find(movement, index);
  if (cell == nullptr) return;
  cell->reserved -= movement.quantity;
  set_available(*cell, index, movement, cell->available);
}

void CellLedger::observe(const Movement& seen) {
  ++findings_.verdict().observations;
  std::size_t index = 0;
  Cell* cell = find(seen, index);
  if (cell == nullptr || cell->available == seen.available_after) return;
  pending_[index].push_back(seen.available_after);
  cell->has_pending = true;
}

void CellLedger::settle_observations(std::size_t index) {
  std::vector<std::uint32_t>& values = pending_[index];
  std::erase(values, cells_[index].available);
  if (!values.empty()) return;
  pending_.erase(index);
  cells_[index].has_pending = false;
}

std::uint64_t CellLedger::certainly_available(std::uint32_t sku) const {
  std::uint64_t units = 0;
  for (std::uint16_t warehouse = 1; warehouse <= before_.warehouses; ++warehouse) {
    if (!before_.holds(sku, warehouse)) continue;
    const Cell& cell = cells_[before_.cell(sku, warehouse)];
    if (is_certain(cell)) units += cell.available;
  }
  return units;
}

void CellLedger::compare(const StockSnapshot& after) {
  for (std::size_t index = 0; index < cells_.size(); ++index) {
    const Cell& cell = cells_[index];
    if (cell.touched) ++findings_.verdict().cells;
    const bool same_reserved = before_.reserved.empty() || after.reserved.empty() || cell.reserved == after.reserved[index];
    const bool same_held = before_.held.empty() || after.held.empty() || cell.held == after.held[index];
    if (cell.available == after.available[index] && same_reserved && same_held) continue;
    findings_.surprise(is_certain(cell), Violation::wrong_final_stock, [&] {
      return fmt::format("{}: the decisions leave {} available, {} reserved and {} held, the server says {}, {} and {}", describe(index), cell.available,
                         cell.reserved, cell.held, after.available[index], after.reserved.empty() ? 0 : after.reserved[index],
                         after.held.empty() ? 0 : after.held[index]);
    });
  }
  for (const auto& [cell, values] : pending_) {
    for (const std::uint32_t value : values) {
      findings_.surprise(findings_.gaps() == 0, Violation::false_observation, [&, at = cell] {
        return fmt::format("{}: a stock check said {} available, which it never had from then on", describe(at), value);
      });
    }
  }
}

}  // namespace earmark::loadtest
