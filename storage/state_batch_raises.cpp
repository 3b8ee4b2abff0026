// Raised lines folded into the state: what waits of them in entries of its own (engine/state_image.hpp), which a fill names and a cut
// takes from, the newest first. The rest of what waits is the line's own entry.
#include <algorithm>
#include <cstring>

#include "engine/limits.hpp"
#include "storage/order_record.hpp"
#include "storage/state_batch.hpp"

namespace earmark::storage {

std::vector<engine::RaiseImage>* StateBatch::raises_of(Order& order, bool to_add) {
  const bool in_record = (*OrderParts(order.record).flags & order_raises) != 0;
  if (!order.with_raises && !in_record && !to_add) return nullptr;
  std::vector<engine::RaiseImage>& kept = raises_[order.lsn];
  if (order.with_raises) return &kept;
  order.with_raises = true;
  engine::OrderImage image;
  if (!view_order_record(order.lsn, {order.record, order.bytes}, image)) return &kept;
  engine::for_each_raise(image.raises, [&](const engine::RaiseImage& raise) { kept.push_back(raise); });
  return &kept;
}

bool StateBatch::stop_waiting(Order& order, std::size_t line_index, engine::Lsn raised_at, engine::Quantity units) {
  engine::LineImage& line = OrderParts(order.record).lines[line_index];
  std::vector<engine::RaiseImage>* raises = raises_of(order, false);
  engine::Quantity in_entries = 0;
  engine::RaiseImage* entry = nullptr;
  for (std::size_t index = 0; raises != nullptr && index < raises->size(); ++index) {
    engine::RaiseImage& each = (*raises)[index];
    if (each.line_index != line_index) continue;
    in_entries += each.waiting;
    if (each.sequence == raised_at) entry = &each;
  }
  if (raised_at.value != 0 && entry == nullptr) return refuse("it fills an entry that does not wait");
  if ((entry != nullptr ? entry->waiting : line.waiting - in_entries) < units) return refuse("it fills more than waits in the entry");
  line.waiting -= units;
  if (entry == nullptr) return true;
  entry->waiting -= units;
  std::erase_if(*raises, [](const engine::RaiseImage& each) { return each.waiting == 0; });
  return true;
}

void StateBatch::cut(Order& order, std::size_t line_index, engine::Quantity units) {
  engine::LineImage& line = OrderParts(order.record).lines[line_index];
  line.waiting -= units;
  if (line.waiting == 0) settle_first(order, line_index);  // what it was promised was cancelled
  std::vector<engine::RaiseImage>* raises = raises_of(order, false);
  if (raises == nullptr) return;
  for (auto entry = raises->rbegin(); entry != raises->rend(); ++entry) {
    if (entry->line_index != line_index) continue;
    const engine::Quantity gone = std::min(units, entry->waiting);
    entry->waiting -= gone;
    units -= gone;
  }
  std::erase_if(*raises, [](const engine::RaiseImage& each) { return each.waiting == 0; });
}

bool StateBatch::raise(Order& order, std::span<const engine::RaisedLine> raised) {
  for (const engine::RaisedLine& row : raised) {
    std::size_t index = 0;
    engine::LineImage* line = line_of(order, row.line, index);
    if (line == nullptr || line->sku != row.sku || row.cancelled > row.quantity) return refuse("it raises a line that is not there");
    if (std::uint64_t{line->quantity} + row.quantity > engine::max_quantity) return refuse("it raises a line past the largest quantity");
    line->quantity += row.quantity;
    const engine::Quantity waiting = row.quantity - row.cancelled;
    if (waiting == 0) continue;
    line->waiting += waiting;
    settle_first(order, index);  // it asks for more than was promised
    raises_of(order, true)->push_back({lsn_, static_cast<std::uint32_t>(index), waiting});
  }
  return true;
}

void StateBatch::write_raises(Order& order, engine::OrderImage& image) {
  const std::vector<engine::RaiseImage>& raises = raises_[order.lsn];
  raise_bytes_.resize(raises.size() * sizeof(engine::RaiseImage));
  if (!raises.empty()) std::memcpy(raise_bytes_.data(), raises.data(), raise_bytes_.size());
  image.raises = raise_bytes_;
}

}  // namespace earmark::storage
