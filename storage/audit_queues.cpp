#include "storage/audit_queues.hpp"

#include "engine/patience.hpp"

namespace earmark::storage {

using engine::Lsn;

void AuditQueues::enter(std::vector<Stood>& entries, Stood entry, const AuditWaiter& waiter) {
  Pin& pin = skus_[entry.sku][entry.pinned];
  (pin.*entry.queue)[entry.place] = waiter;
  if (entry.queue == &Pin::whole) pin.needs[waiter.units].insert(entry.place);
  entries.push_back(entry);
}

void AuditQueues::leave(const Stood& entry) {
  const auto sku = skus_.find(entry.sku);
  const auto pin = sku->second.find(entry.pinned);
  Queue& queue = pin->second.*entry.queue;
  const auto waiter = queue.find(entry.place);
  if (entry.queue == &Pin::whole) {
    const auto need = pin->second.needs.find(waiter->second.units);
    need->second.erase(entry.place);
    if (need->second.empty()) pin->second.needs.erase(need);
  }
  queue.erase(waiter);
  if (pin->second.empty()) sku->second.erase(pin);
  if (sku->second.empty()) skus_.erase(sku);
}

void AuditQueues::refresh(const OfflineState& state, Lsn lsn, std::uint32_t line_index) {
  const auto [at, is_new] = entries_.try_emplace({lsn, line_index});
  for (const Stood& entry : at->second) leave(entry);
  at->second.clear();
  const OfflineState::Order* order = state.order(lsn);
  if (order != nullptr && line_index < order->lines.size() && order->lines[line_index].waiting != 0) {
    const OfflineState::Line& line = order->lines[line_index];
    const std::uint8_t patience = order->policy == engine::Policy::ship_complete ? order->patience : line.patience;
    const bool takes_all = engine::waits_whole(line.policy.or_else(order->policy)) && patience != engine::strict_patience;
    Queue Pin::* const queue = order->not_due ? &Pin::not_due : takes_all ? &Pin::whole : &Pin::any;
    const auto add = [&](Lsn sequence, engine::Quantity units) {
      const AuditPlace place{255U - order->priority.value, sequence, line_index};
      if (units != 0) enter(at->second, {place, line.sku, line.pinned, queue}, {lsn, units});
    };
    add(lsn, line.own_waiting());
    for (const auto& [amend, units] : line.raised) add(amend, units);
  }
  if (at->second.empty()) entries_.erase(at);
}

void AuditQueues::refresh(const OfflineState& state, Lsn lsn) {
  const OfflineState::Order* order = state.order(lsn);
  std::vector<std::uint32_t> lines;
  for (auto at = entries_.lower_bound({lsn, 0}); at != entries_.end() && at->first.first == lsn; ++at) lines.push_back(at->first.second);
  for (std::uint32_t index = 0; order != nullptr && index < order->lines.size(); ++index) lines.push_back(index);
  for (const std::uint32_t index : lines) refresh(state, lsn, index);
}

const AuditQueues::Pins* AuditQueues::of(engine::SkuId sku) const {
  const auto found = skus_.find(sku);
  return found == skus_.end() ? nullptr : &found->second;
}

}  // namespace earmark::storage
