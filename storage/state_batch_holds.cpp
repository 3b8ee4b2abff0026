// Holds in a batch (storage/state_batch.hpp): they are few, so each is a value of its own until it is written.
#include <algorithm>

#include "engine/limits.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

using engine::HoldEnd;
using engine::IdSpace;
using engine::Lsn;

// The open hold with this id; nullptr: there is none.
StateBatch::Hold* StateBatch::find_hold(std::string_view id) {
  if (id.size() > engine::max_id_bytes) return nullptr;
  const engine::Identity identity = engine::identify(IdSpace::hold, id);
  const std::pair name{identity.low, identity.high};
  if (const auto found = open_holds_.find(name); found != open_holds_.end()) return &holds_.at(found->second);
  const Lsn lsn = source_->newest(identity);
  if (lsn.value == 0 || holds_.contains(lsn)) return nullptr;
  engine::OrderImage image;
  const auto stored = source_->hold(lsn);
  if (stored.empty() || !view_order_record(lsn, stored, image)) return nullptr;
  open_holds_[name] = lsn;
  Hold& hold = holds_[lsn];
  hold.lsn = lsn;
  hold.identity = identity;
  hold.stored = true;
  hold.id = image.id;
  hold.customer = image.texts.customer;
  hold.content = image.content;
  hold.time = image.time;
  hold.deadline = image.cancel_after;
  hold.lines.assign(image.lines.begin(), image.lines.end());
  hold.allocations.assign(image.allocations.begin(), image.allocations.end());
  return &hold;
}

bool StateBatch::give_back(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity units) {
  engine::CellImage& to = cell(sku, warehouse);
  if (to.held < units) return refuse("it gives back more than is held");
  to.held -= units;
  to.level += units;
  to.lsn = lsn_;
  return true;
}

void StateBatch::end(Hold& hold, HoldEnd how) {
  hold.open = false;
  hold.end = how;
  std::uint64_t units = 0;  // that it held at first
  for (const engine::LineImage& line : hold.lines) units += line.waiting;
  for (const engine::AllocationImage& each : hold.allocations) units += each.reserved;
  figures_.hold_ended(*source_, hold.time, how, units);
  open_holds_.erase({hold.identity.low, hold.identity.high});
  if (hold.stored) return;
  const auto row = std::lower_bound(ids_.begin(), ids_.end(), hold.lsn, [](const Id& id, Lsn lsn) { return id.lsn < lsn; });
  row->row.ended = static_cast<std::uint8_t>(how);
}

bool StateBatch::fold(const engine::Stamp& stamp, const engine::HoldDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes || decision.lines.size() > engine::max_lines) return refuse("it is too large");
  if (find_hold(decision.id) != nullptr) return refuse("its id is known");
  const engine::Identity identity = engine::identify(IdSpace::hold, decision.id);
  lines_.clear();
  allocations_.clear();
  std::size_t next = 0;
  for (const engine::LineDecision& decided : decision.lines) {
    if (decided.backordered != 0) return refuse("a line of a hold waits");
    if (!decided_line(decided, decision.takes.subspan(next, decided.more_takes))) return false;
    next += decided.more_takes;
  }
  know(IdSpace::hold, identity, decision.content, {});
  std::uint64_t units = 0;
  for (const engine::AllocationImage& each : allocations_) units += each.reserved;
  figures_.hold_placed(*source_, time_, units);
  if (allocations_.empty()) {
    ids_.back().row.ended = static_cast<std::uint8_t>(HoldEnd::refused);
    return true;
  }
  std::size_t first = 0;
  for (const engine::LineImage& line : lines_) {
    for (std::size_t index = first; index < first + line.allocations; ++index) {
      cell(line.sku, allocations_[index].warehouse).held += allocations_[index].reserved;
    }
    first += line.allocations;
  }
  open_holds_[{identity.low, identity.high}] = stamp.lsn;
  holds_[stamp.lsn] = {stamp.lsn, identity, false, true, HoldEnd::open, std::string(decision.id), std::string(decision.customer),
                       decision.content, stamp.time, decision.deadline, lines_, allocations_};
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::HoldExtendDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  Hold* hold = find_hold(decision.hold_id);
  if (hold == nullptr || decision.deadline < hold->deadline) return refuse("it extends what is not there");
  know(IdSpace::hold_command, engine::identify(IdSpace::hold_command, decision.command_id), decision.content, {});
  hold->deadline = decision.deadline;
  return true;
}

bool StateBatch::fold(const engine::Stamp&, const engine::HoldEndDecision& decision) {
  if (decision.command_id.size() > engine::max_id_bytes) return refuse("its id is too long");
  Hold* hold = find_hold(decision.hold_id);
  if (hold == nullptr) return refuse("it ends a hold that is not open");
  if (hold->lines.size() != decision.lines.size()) return refuse("it releases other lines than are held");
  if (!decision.command_id.empty()) {
    know(IdSpace::hold_command, engine::identify(IdSpace::hold_command, decision.command_id), decision.content, {});
  }
  std::size_t next = 0, next_held = 0;
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    const engine::ReleasedLine& line = decision.lines[index];
    std::uint32_t left = line.count;
    for (std::size_t count = 0; count < hold->lines[index].allocations; ++count, ++next_held) {
      const engine::AllocationImage& held = hold->allocations[next_held];
      if (held.reserved == 0) continue;  // all of it was lost
      if (left == 0 || line.sku != hold->lines[index].sku) return refuse("it releases other units than are held");
      const engine::Take& take = decision.released[next++];
      --left;
      if (take.quantity != held.reserved || take.warehouse != held.warehouse) return refuse("it releases other units than are held");
      if (!give_back(line.sku, take.warehouse, take.quantity) || !agrees(cell(line.sku, take.warehouse), take.available_after)) return false;
    }
    if (left != 0) return refuse("it releases other units than are held");
  }
  end(*hold, decision.how);
  return true;
}

// Before the order takes: what its hold had goes back.
bool StateBatch::confirm(const engine::OrderDecision& decision) {
  if (decision.hold.empty() || decision.reacquired) return true;
  Hold* hold = find_hold(decision.hold);
  if (hold == nullptr) return refuse("it confirms a hold that is not open");
  std::map<std::uint64_t, std::uint64_t> held;  // by cell
  std::size_t next = 0;
  for (const engine::LineImage& line : hold->lines) {
    for (std::size_t count = 0; count < line.allocations; ++count, ++next) {
      if (hold->allocations[next].reserved == 0) continue;  // all of it was lost
      held[cell_key(line.sku, hold->allocations[next].warehouse)] += hold->allocations[next].reserved;
    }
  }
  for (const engine::ReceivedRow& row : decision.returned) {
    const auto found = held.find(cell_key(row.sku, row.warehouse));
    if (found == held.end() || found->second != row.quantity) return refuse("it gives back other units than are held");
    held.erase(found);
    if (!give_back(row.sku, row.warehouse, row.quantity)) return false;
  }
  if (!held.empty()) return refuse("it leaves units held");
  end(*hold, HoldEnd::confirmed);
  return true;
}

bool StateBatch::confirmed(const engine::OrderDecision& decision) {
  for (const engine::ReceivedRow& row : decision.returned) {
    if (!agrees(cell(row.sku, row.warehouse), row.available_after)) return false;
  }
  return true;
}

}  // namespace earmark::storage
