// Holds in the offline fold.
#include "storage/offline_state.hpp"

namespace earmark::storage {

using engine::HoldEnd;
using engine::IdSpace;
using engine::Lsn;

// The open hold with this id; 0: there is none.
Lsn OfflineState::open_hold(std::string_view id) const {
  const engine::Identity identity = engine::identify(IdSpace::hold, id);
  const auto known = known_.find({IdSpace::hold, {identity.low, identity.high}});
  return known == known_.end() || !holds_.contains(known->second.lsn) ? Lsn{} : known->second.lsn;
}

const OfflineState::Hold* OfflineState::hold(Lsn lsn) const {
  const auto found = holds_.find(lsn);
  return found == holds_.end() ? nullptr : &found->second;
}

// Beyond the horizon the id goes with the hold.
void OfflineState::end_hold(Lsn lsn, HoldEnd how) {
  const IdKey key{IdSpace::hold, {holds_.at(lsn).identity.low, holds_.at(lsn).identity.high}};
  holds_.erase(lsn);
  if (lsn < oldest_known_) known_.erase(key);
  else known_.at(key).ended = how;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::HoldDecision& decision) {
  if (open_hold(decision.id).value != 0) return refuse("its id is known");
  know(IdSpace::hold, decision.id, decision.content, stamp.lsn);
  const engine::Identity identity = engine::identify(IdSpace::hold, decision.id);
  Hold hold{identity, decision.deadline, {}};
  std::size_t next = 0;
  bool anything = false;
  for (const engine::LineDecision& decided : decision.lines) {
    if (decided.backordered != 0) return refuse("a line of a hold waits");
    Line& line = hold.lines.emplace_back();
    if (!decided_line(line, decided, decision.takes.subspan(next, decided.more_takes))) return false;
    next += decided.more_takes;
    for (const auto& [place, allocation] : line.allocations) {
      cells_[{line.sku, place.first}].held += allocation.reserved;
      anything = true;
    }
  }
  if (anything) holds_[stamp.lsn] = std::move(hold);
  else known_.at({IdSpace::hold, {identity.low, identity.high}}).ended = HoldEnd::refused;
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::HoldExtendDecision& decision) {
  know(IdSpace::hold_command, decision.command_id, decision.content, stamp.lsn);
  const Lsn lsn = open_hold(decision.hold_id);
  if (lsn.value == 0 || decision.deadline < holds_.at(lsn).deadline) return refuse("it extends what is not there");
  holds_.at(lsn).deadline = decision.deadline;
  return true;
}

bool OfflineState::fold(const engine::Stamp& stamp, const engine::HoldEndDecision& decision) {
  if (!decision.command_id.empty()) know(IdSpace::hold_command, decision.command_id, decision.content, stamp.lsn);
  const Lsn lsn = open_hold(decision.hold_id);
  if (lsn.value == 0) return refuse("it ends a hold that is not open");
  Hold& hold = holds_.at(lsn);
  if (hold.lines.size() != decision.lines.size()) return refuse("it releases other lines than are held");
  std::size_t next = 0;
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    Line& line = hold.lines[index];
    for (std::uint32_t count = 0; count < decision.lines[index].count; ++count, ++next) {
      const engine::Take& take = decision.released[next];
      cells_[{line.sku, take.warehouse}].held -= take.quantity;
      if (!release(line, take)) return false;
    }
    for (const auto& [place, allocation] : line.allocations) {
      if (allocation.reserved != 0) return refuse("it leaves units held");
    }
  }
  end_hold(lsn, decision.how);
  return true;
}

// Before an order takes: what the hold that it confirms had goes back.
bool OfflineState::confirm(const engine::OrderDecision& decision) {
  if (decision.hold.empty() || decision.reacquired) return true;
  const Lsn lsn = open_hold(decision.hold);
  if (lsn.value == 0) return refuse("it confirms a hold that is not open");
  std::map<CellKey, std::uint64_t> held;
  for (const Line& line : holds_.at(lsn).lines) {
    for (const auto& [place, allocation] : line.allocations) {
      if (allocation.reserved != 0) held[{line.sku, place.first}] += allocation.reserved;
    }
  }
  for (const engine::ReceivedRow& row : decision.returned) {
    const auto found = held.find({row.sku, row.warehouse});
    if (found == held.end() || found->second != row.quantity) return refuse("it gives back other units than are held");
    held.erase(found);
    Cell& cell = cells_[{row.sku, row.warehouse}];
    cell.held -= row.quantity;
    cell.level += row.quantity;
  }
  if (!held.empty()) return refuse("it leaves units held");
  end_hold(lsn, HoldEnd::confirmed);
  return true;
}

}  // namespace earmark::storage
