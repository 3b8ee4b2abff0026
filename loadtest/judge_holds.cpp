// Checkout holds before the judge: they take like orders of priority 100 that never wait, all lines whole or nothing, and end
// once: released, or confirmed by an order that takes exactly what was held.
#include <fmt/format.h>

#include <algorithm>

#include "loadtest/judge.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::uint8_t priority_of_holds = 100;

}  // namespace

void Judge::hold(std::span<const Movement> movements) {
  ++verdict_.holds;
  lines_.clear();
  std::uint64_t taken = 0;
  for (const Movement& movement : movements) {
    if (movement.kind == MovementKind::held_line) lines_.push_back({&movement, 0});
    if (movement.warehouse == 0) continue;
    if (orders_ && orders_->is_overtaking(movement.sku, priority_of_holds)) {
      findings_.violate(Violation::overtaken, [&] {
        return fmt::format("LSN {} holds {} of SKU {}, for which an earlier order waits", movement.lsn, movement.quantity, movement.sku);
      });
    }
    lines_.back().taken += movement.quantity;
    taken += movement.quantity;
    cells_.hold(movement);
    holds_.add(movement);
  }
  if (taken == 0) return refused_order();
  for (const LineSum& sum : lines_) {
    if (sum.taken == sum.line->asked) continue;
    findings_.violate(Violation::unbalanced_line, [&] {
      return fmt::format("LSN {}, SKU {}: {} asked for by a hold of all or nothing, {} held", sum.line->lsn, sum.line->sku, sum.line->asked, sum.taken);
    });
  }
}

void Judge::end_hold(std::span<const Movement> movements) {
  ++verdict_.holds_ended;
  const auto lines = std::find_if(movements.begin(), movements.end(), [](const Movement& movement) { return movement.kind != MovementKind::hold_returned; });
  const auto returned = movements.first(static_cast<std::size_t>(lines - movements.begin()));
  holds_.end(returned);
  if (lines != movements.end()) return confirmed_order(returned, movements.subspan(returned.size()));
  for (const Movement& row : returned) cells_.give_back(row);
  for (const Movement& row : returned) gave(row.sku, row.lsn);
}

// Every take is one of the rows that the hold gives back, so available stays as it is, and nobody is overtaken.
void Judge::confirmed_order(std::span<const Movement> returned, std::span<const Movement> movements) {
  lines_.clear();
  if (orders_) orders_->begin_order(movements.front().lsn, priority_of_holds);
  std::vector<const Movement*> left;
  for (const Movement& row : returned) left.push_back(&row);
  bool fits = true;
  for (const Movement& movement : movements) {
    if (movement.kind == MovementKind::order_line) lines_.push_back({&movement, 0});
    if (lines_.empty() || movement.warehouse == 0) continue;
    lines_.back().taken += movement.quantity;
    const auto same = std::find_if(left.begin(), left.end(), [&](const Movement* row) {
      return row->sku == movement.sku && row->warehouse == movement.warehouse && row->quantity == movement.quantity && row->available_after == movement.available_after;
    });
    fits &= same != left.end();
    if (same != left.end()) left.erase(same);
    cells_.convert(movement);
  }
  if (!fits || !left.empty()) {
    findings_.violate(Violation::wrong_hold, [&] {
      return fmt::format("LSN {}: the order that confirms the hold of LSN {} does not take what was held", movements.front().lsn, returned.front().reference());
    });
  }
  for (const LineSum& sum : lines_) line(sum, false);
}

}  // namespace earmark::loadtest
