#include "storage/audit_cause.hpp"

#include <algorithm>

#include "engine/patience.hpp"

namespace earmark::storage {

using engine::SkuId;
using engine::WarehouseId;

bool AuditCause::begin(const schema::Event& event, const OfflineState& before) {
  const auto serves = [&](bool fills_follow, const auto& read_rows) {
    start(event.stamp);
    read_rows();
    const bool brings = fills_follow || !rows_.empty();
    if (!fills_follow) lsn_ = {}, hidden_.clear(), in_turn_.clear();
    return brings;
  };
  return std::visit([&](const auto& decision) {
    using Decision = std::decay_t<decltype(decision)>;
    if constexpr (std::is_same_v<Decision, engine::OrderDecision>) {
      const bool confirms = !decision.hold.empty() && !decision.reacquired;
      return confirms && serves(decision.fills_follow, [&] { read(decision, before); });
    } else if constexpr (std::is_same_v<Decision, engine::ReceiptDecision>) {
      return serves(decision.fills_follow, [&] { read(decision.rows); });
    } else if constexpr (std::is_same_v<Decision, engine::LoadDecision>) {
      return serves(decision.fills_follow, [&] { read(decision.stock); });
    } else if constexpr (std::is_same_v<Decision, engine::CancelDecision>) {
      return serves(decision.fills_follow, [&] { read(decision.lines, decision.released, before.order(before.open_order(decision.order_id))); });
    } else if constexpr (std::is_same_v<Decision, engine::AmendDecision>) {
      return serves(decision.fills_follow, [&] {
        read(decision.lines, decision.released, before.order(before.open_order(decision.order_id)));
        raised_from_ = static_cast<std::uint32_t>(decision.lines.size());
      });
    } else if constexpr (std::is_same_v<Decision, engine::StrictDecision>) {
      return serves(decision.fills_follow, [&] { read(decision, before); });
    } else if constexpr (std::is_same_v<Decision, engine::ShipmentDecision>) {
      return decision.step == engine::ShipmentStep::give_back && serves(decision.fills_follow, [&] { read(decision); });
    } else if constexpr (requires { read(decision); }) {
      return serves(decision.fills_follow, [&] { read(decision); });
    } else {
      return false;  // it leaves an open cause as it is: others are decided while its fills are committed
    }
  }, event.decision);
}

void AuditCause::hide(std::uint32_t row, SkuId sku, WarehouseId warehouse, std::int64_t came, std::uint64_t available_after) {
  // What makes up for units that were missing is nobody's.
  const std::uint64_t units = came <= 0 ? 0 : std::min(static_cast<std::uint64_t>(came), available_after);
  if (units == 0) return;
  rows_.push_back({row, {sku, warehouse}, units});
  hidden_[{sku, warehouse}] += units;
}

void AuditCause::hide_by_sku(const std::vector<Row>& rows) {
  std::map<SkuId, std::uint32_t> first;
  for (const Row& each : rows) {
    const std::uint32_t row = first.try_emplace(each.cell.first, each.row).first->second;
    hide(row, each.cell.first, each.cell.second, static_cast<std::int64_t>(each.units), UINT64_MAX);
  }
  std::stable_sort(rows_.begin(), rows_.end(), [](const Row& left, const Row& right) { return left.row < right.row; });
}

void AuditCause::read(std::span<const engine::ReceivedRow> rows) {
  for (std::uint32_t index = 0; index < rows.size(); ++index) {
    hide(index, rows[index].sku, rows[index].warehouse, rows[index].quantity, rows[index].available_after);
  }
}

void AuditCause::read(const engine::TransferReceiptDecision& receipt) {
  for (std::uint32_t index = 0; index < receipt.rows.size(); ++index) {
    const engine::ArrivedRow& row = receipt.rows[index];
    hide(index, row.sku, receipt.destination, row.quantity, row.available_after);
  }
}

void AuditCause::read(const engine::PurchaseReceiptDecision& receipt) {
  for (std::uint32_t index = 0; index < receipt.rows.size(); ++index) {
    const engine::PurchaseArrivedRow& row = receipt.rows[index];
    hide(index, row.sku, row.warehouse, row.quantity, row.available_after);
  }
}

void AuditCause::read(const engine::ShipmentDecision& step) {
  for (std::uint32_t index = 0; index < step.lines.size(); ++index) {
    const engine::MovedLine& line = step.lines[index];
    if (!step.to_unavailable) hide(index, line.sku, step.warehouse, line.quantity, line.available_after);
  }
}

void AuditCause::read(const engine::StockChangeDecision& change) {
  for (std::size_t lost = 0; lost < change.lost.size(); ++lost) {
    if (!change.of_hold(lost)) in_turn_.insert(change.lost[lost].sku);
  }
  for (std::uint32_t index = 0; index < change.rows.size(); ++index) {
    const engine::ChangedRow& row = change.rows[index];
    hide(index, row.sku, row.warehouse, std::int64_t{row.on_hand_change} - row.unavailable_change, row.available_after);
  }
}

void AuditCause::read(const engine::StrictDecision& strict, const OfflineState& before) {
  const OfflineState::Order* order = before.order(strict.order_lsn);
  if (order == nullptr) return;
  for (const OfflineState::Line& line : order->lines) {
    if (line.waiting != 0 && (strict.line.value == 0 || line.number == strict.line)) in_turn_.insert(line.sku);
  }
}

void AuditCause::read(const engine::HoldEndDecision& end) {
  std::vector<Row> rows;
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < end.lines.size(); ++index) {
    for (std::uint32_t count = 0; count < end.lines[index].count; ++count, ++next) {
      rows.push_back({index, {end.lines[index].sku, end.released[next].warehouse}, end.released[next].quantity});
    }
  }
  hide_by_sku(rows);
}

// Of the hold, also what the order takes itself: no more than that comes free.
void AuditCause::read(const engine::OrderDecision& order, const OfflineState& before) {
  const OfflineState::Hold* hold = before.hold(before.open_hold(order.hold));
  std::vector<Row> rows;
  for (std::uint32_t index = 0; hold != nullptr && index < hold->lines.size(); ++index) {
    for (const auto& [place, allocation] : hold->lines[index].allocations) rows.push_back({index, {hold->lines[index].sku, place.first}, allocation.reserved});
  }
  hide_by_sku(rows);
}

void AuditCause::read(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released, const OfflineState::Order* order) {
  const auto takes_all = [&](const OfflineState::Line& line) { return engine::waits_whole(line.policy.or_else(order->policy)); };
  const bool may_be_smaller = order != nullptr && std::any_of(order->lines.begin(), order->lines.end(), takes_all);
  std::vector<Row> rows;
  std::size_t next = 0;
  for (std::uint32_t index = 0; index < lines.size(); ++index) {
    if (may_be_smaller && lines[index].waiting != 0) smaller_.insert(index);
    for (std::uint32_t count = 0; count < lines[index].releases; ++count, ++next) {
      rows.push_back({index, {lines[index].sku, released[next].warehouse}, released[next].quantity});
    }
  }
  hide_by_sku(rows);
}

void AuditCause::reach(const engine::Stamp& stamp, const engine::FillDecision& fill) {
  if (stamp.cause != lsn_) return start({});
  in_turn_.erase(fill.sku);
  if (smaller_.contains(fill.row)) return;  // it may be the turn of who has become smaller, when nothing has come free yet
  const bool is_turn = raised_from_ <= fill.row || std::any_of(rows_.begin() + static_cast<std::ptrdiff_t>(next_), rows_.end(), [&](const Row& each) { return each.row == fill.row; });
  if (!is_turn) return;
  for (; next_ < rows_.size() && rows_[next_].row <= fill.row; ++next_) hidden_[rows_[next_].cell] -= rows_[next_].units;
}

void AuditCause::served(const engine::FillDecision& fill) {
  if (fill.last) start({});
}

std::uint64_t AuditCause::usable(const OfflineState& state, SkuId sku, WarehouseId warehouse) const {
  const auto cell = state.cells().find({sku, warehouse});
  if (cell == state.cells().end() || in_turn_.contains(sku)) return 0;
  const auto hidden = hidden_.find({sku, warehouse});
  const std::uint64_t there = cell->second.available();
  return hidden == hidden_.end() ? there : there - std::min(there, hidden->second);
}

}  // namespace earmark::storage
