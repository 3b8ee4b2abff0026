#include "storage/state_batch.hpp"

#include <algorithm>
#include <cstring>

#include "engine/limits.hpp"
#include "storage/order_record.hpp"

namespace earmark::storage {

using engine::IdSpace;
using engine::Lsn;

std::byte* RecordMemory::take(std::size_t bytes) {
  bytes = (bytes + 7) & ~std::size_t{7};
  while (block_ < blocks_.size() && blocks_[block_].second - at_ < bytes) {
    ++block_;
    at_ = 0;
  }
  if (block_ == blocks_.size()) {
    const std::size_t size = std::max(bytes, block_bytes);
    blocks_.emplace_back(std::make_unique_for_overwrite<std::byte[]>(size), size);
  }
  std::byte* taken = blocks_[block_].first.get() + at_;
  at_ += bytes;
  used_ += bytes;
  return taken;
}

void RecordMemory::clear() {
  const std::size_t keep = std::max<std::size_t>(2 * (block_ + 1), 16);
  if (blocks_.size() > keep) blocks_.resize(keep);
  block_ = at_ = used_ = 0;
}

void StateBatch::clear() {
  memory_.clear();
  problem_.clear();
  placed_.clear();
  touched_.clear();
  placed_by_id_.clear();
  touched_by_lsn_.clear();
  cells_.begin_batch();
  ids_.clear();
  closings_.clear();
  catalogue_.clear();
  newest_.clear();
  closed_.clear();
  holds_.clear();
  open_holds_.clear();
  transfers_.clear();
  purchases_.clear();
  vendors_.clear();
  sources_.clear();
  rules_.clear();
  pegged_.clear();
  promises_.clear();
  shipments_.clear();
  raises_.clear();
  figures_.clear();
}

void StateBatch::forget() {
  clear();
  cells_.forget();
  figures_.forget();
}

bool StateBatch::apply(const schema::Event& event, StateSource& source) {
  source_ = &source;
  lsn_ = event.stamp.lsn;
  time_ = event.stamp.time;
  cells_before_.clear();
  if (!std::visit([&](const auto& decision) { return fold(event.stamp, decision); }, event.decision)) return false;
  count_availability();
  return true;
}

bool StateBatch::refuse(const std::string& what) {
  problem_ = "record LSN " + std::to_string(lsn_.value) + " contradicts the state before it: " + what;
  return false;
}

engine::CellImage& StateBatch::cell(engine::SkuId sku, engine::WarehouseId warehouse) {
  const std::uint64_t key = cell_key(sku, warehouse);
  const std::uint32_t position = cells_.ask(key, [&] {
    CellRow row;
    if (!source_->cell(key, row)) row = {};
    return Cell{{sku, warehouse, row.on_hand, row.held, row.unavailable, row.level, row.opening_plus_one, Lsn{row.lsn}}, {}};
  });
  Cell& asked = cells_[position];
  if (asked.asked != lsn_) {
    asked.asked = lsn_;
    cells_before_.push_back({position, engine::available_of(asked.image.level)});
  }
  return asked.image;
}

// What an order's lines are about to ask for is brought into the cache, all of it at once: one after another they would be misses in a row.
void StateBatch::fetch_cells(const engine::OrderDecision& decision) const {
  for (const engine::LineDecision& line : decision.lines) {
    cells_.fetch_slot(cell_key(line.sku, line.warehouse));
    figures_.fetch_slot(line.sku);
  }
  for (const engine::LineDecision& line : decision.lines) {
    cells_.fetch(cell_key(line.sku, line.warehouse));
    figures_.fetch(line.sku);
  }
}

bool StateBatch::agrees(const engine::CellImage& cell, engine::Quantity available_after) {
  if (engine::available_of(cell.level) == available_after) return true;
  return refuse("it leaves " + std::to_string(available_after) + " of SKU " + std::to_string(cell.sku.value) +
                " in warehouse " + std::to_string(cell.warehouse.value) + ", the state " + std::to_string(engine::available_of(cell.level)));
}

bool StateBatch::take_from_cell(engine::SkuId sku, const engine::Take& take) {
  engine::CellImage& from = cell(sku, take.warehouse);
  if (engine::available_of(from.level) < take.quantity) return refuse("it takes more than is available");
  from.level -= take.quantity;
  from.lsn = lsn_;
  return agrees(from, take.available_after);
}

bool StateBatch::receive(const engine::ReceivedRow& row, bool opening) {
  engine::CellImage& to = cell(row.sku, row.warehouse);
  if (std::uint64_t{to.on_hand} + row.quantity > engine::max_quantity) return refuse("a cell passes the largest quantity");
  to.on_hand += row.quantity;
  to.level += row.quantity;
  to.lsn = lsn_;
  if (opening) to.opening_plus_one = row.quantity + 1;
  return agrees(to, row.available_after);
}

void StateBatch::know(IdSpace space, engine::Identity identity, std::uint64_t content, Lsn closed) {
  ids_.push_back({lsn_, {0, static_cast<std::uint8_t>(space), 0, {}, identity.low, identity.high, content, closed.value}});
}

StateBatch::Order* StateBatch::find(Lsn lsn) {
  if (!placed_.empty() && lsn >= placed_.front().lsn) {
    const auto found = std::lower_bound(placed_.begin(), placed_.end(), lsn,
                                        [](const Order& order, Lsn wanted) { return order.lsn < wanted; });
    return found == placed_.end() || found->lsn != lsn ? nullptr : &*found;
  }
  const std::uint32_t position = touched_by_lsn_.find(lsn.value, [](std::uint32_t) { return true; });
  if (position != HashIndex::none) return &touched_[position];
  const auto stored = source_->order(lsn);
  engine::OrderImage image;
  if (stored.empty()) return nullptr;
  Order order{lsn, {}, memory_.take(stored.size()), static_cast<std::uint32_t>(stored.size()), 0, {}, nullptr, false};
  std::memcpy(order.record, stored.data(), stored.size());
  if (!view_order_record(lsn, {order.record, order.bytes}, image)) return nullptr;
  order.identity = engine::identify(IdSpace::order, image.id);
  if (image.line_patience.empty() && has_line_complete_line(image)) write_anew(order, image);  // a record of old
  touched_by_lsn_.insert(lsn.value, static_cast<std::uint32_t>(touched_.size()));
  return &touched_.emplace_back(order);
}

// The newest order with this id; one that is closed has nothing left that a record could take.
StateBatch::Order* StateBatch::find_by_id(std::string_view id) {
  if (id.size() > engine::max_id_bytes) return nullptr;
  const engine::Identity identity = engine::identify(IdSpace::order, id);
  const std::uint32_t position = placed_by_id_.find(
      identity.low, [&](std::uint32_t candidate) { return placed_[candidate].identity == identity; });
  return position != HashIndex::none ? &placed_[position] : find(source_->newest(identity));
}

engine::LineImage* StateBatch::line_of(Order& order, engine::LineNumber number, std::size_t& line_index) {
  const OrderParts parts(order.record);
  for (line_index = 0; line_index < parts.lines.size(); ++line_index) {
    if (parts.lines[line_index].line == number) return &parts.lines[line_index];
  }
  return nullptr;
}

engine::AllocationImage* StateBatch::allocation(Order& order, std::size_t line_index, engine::WarehouseId warehouse,
                                                std::uint16_t shipment) {
  const OrderParts parts(order.record);
  std::size_t first = 0;
  for (std::size_t index = 0; index < line_index; ++index) first += parts.lines[index].allocations;
  for (engine::AllocationImage& each : parts.allocations.subspan(first, parts.lines[line_index].allocations)) {
    if (each.warehouse == warehouse && each.shipment == shipment) return &each;
  }
  for (MoreAllocation* more = order.more; more != nullptr; more = more->next) {
    engine::AllocationImage& each = more->allocation;
    if (more->line_index == line_index && each.warehouse == warehouse && each.shipment == shipment) return &each;
  }
  return nullptr;
}

void StateBatch::allocate(Order& order, std::size_t line_index, const engine::Take& take) {
  const OrderParts now(order.record);
  if (take.shipment < *now.next_shipment) ++shipment_of(order, take.shipment).revision;  // it joins one that is there
  *now.next_shipment = std::max<std::uint16_t>(*now.next_shipment, static_cast<std::uint16_t>(take.shipment + 1));
  reserve(order, line_index, take);
}

void StateBatch::reserve(Order& order, std::size_t line_index, const engine::Take& take) {
  if (engine::AllocationImage* there = allocation(order, line_index, take.warehouse, take.shipment)) {
    there->reserved += take.quantity;
    return;
  }
  auto* more = new (memory_.take(sizeof(MoreAllocation))) MoreAllocation{
      {take.quantity, 0, take.warehouse, take.shipment}, static_cast<std::uint32_t>(line_index), nullptr};
  MoreAllocation** tail = &order.more;
  while (*tail != nullptr) tail = &(*tail)->next;
  *tail = more;
}

bool StateBatch::is_open_now(const Order& order) const {
  const OrderParts parts(order.record);
  bool open = is_open(parts.lines, parts.allocations);
  for (const MoreAllocation* more = order.more; more != nullptr; more = more->next) open = open || more->allocation.reserved != 0;
  return open;
}

void StateBatch::close_if_done(Order& order, bool by_shipping) {
  if (order.closed.value != 0 || is_open_now(order)) return;
  order.closed = lsn_;
  figures_.order_closed(*source_, time_, totals_of(order), by_shipping);
  closed_.push_back({order.identity, lsn_});
  if (!placed_.empty() && order.lsn >= placed_.front().lsn) {
    ids_[order.id_row].row.closed = lsn_.value;
    return;
  }
  engine::OrderImage image;
  view_order_record(order.lsn, {order.record, order.bytes}, image);
  closings_.push_back({order.lsn, lsn_, order.identity, image.content});
}

bool StateBatch::fold(const engine::Stamp&, const engine::VoidDecision&) { return true; }

bool StateBatch::fold(const engine::Stamp&, const engine::ReceiptDecision& decision) {
  if (decision.id.size() > engine::max_id_bytes) return refuse("its id is too long");
  know(IdSpace::receipt, engine::identify(IdSpace::receipt, decision.id), decision.content, {});
  return std::all_of(decision.rows.begin(), decision.rows.end(), [&](const auto& row) { return receive(row, false); });
}

bool StateBatch::fold(const engine::Stamp&, const engine::LoadDecision& decision) {
  for (const engine::LoadedWarehouse& each : decision.warehouses) {
    catalogue_.push_back({catalogue_key(CatalogueKind::warehouse, each.id.value), each.priority, std::string(each.code),
                          std::string(each.name)});
  }
  for (const engine::LoadedProduct& each : decision.products) {
    catalogue_.push_back({catalogue_key(CatalogueKind::product, each.id.value), each.backorderable ? 0U : not_backorderable, std::string(each.code),
                          std::string(each.description)});
  }
  return std::all_of(decision.stock.begin(), decision.stock.end(), [&](const auto& row) { return receive(row, true); });
}

// Lets the further allocations join their record.
void StateBatch::make_whole(Order& order) {
  if (order.more == nullptr && !order.with_shipments && !order.with_raises && !order.with_promises) return;
  engine::OrderImage image;
  view_order_record(order.lsn, {order.record, order.bytes}, image);
  lines_.assign(image.lines.begin(), image.lines.end());
  allocations_.clear();
  std::size_t next = 0;
  for (std::size_t index = 0; index < lines_.size(); ++index) {
    const auto own = image.allocations.subspan(next, lines_[index].allocations);
    next += own.size();
    allocations_.insert(allocations_.end(), own.begin(), own.end());
    for (const MoreAllocation* more = order.more; more != nullptr; more = more->next) {
      if (more->line_index != index) continue;
      allocations_.push_back(more->allocation);
      ++lines_[index].allocations;
    }
  }
  image.lines = lines_;
  image.allocations = allocations_;
  if (order.with_shipments) write_shipments(order, image);
  if (order.with_raises) write_raises(order, image);
  if (order.with_promises) image.promises = promises_[order.lsn];
  write_anew(order, image);
  order.more = nullptr;
}

void StateBatch::write_anew(Order& order, const engine::OrderImage& image) {
  const std::size_t bytes = order_record_bytes(image);
  std::byte* record = memory_.take(bytes);
  write_order_record(image, {record, bytes});
  const auto kept = static_cast<std::uint16_t>(*OrderParts(order.record).flags & order_was_whole);  // which images do not carry
  OrderParts(record).flags[0] |= kept;
  order.record = record;
  order.bytes = static_cast<std::uint32_t>(bytes);
}

void StateBatch::finish() {
  const auto by_lsn = [](const Order& left, const Order& right) { return left.lsn < right.lsn; };
  std::sort(touched_.begin(), touched_.end(), by_lsn);
  for (std::vector<Order>* orders : {&placed_, &touched_}) {
    for (Order& order : *orders) {
      make_whole(order);
      seal_order_record(order.lsn, {order.record, order.bytes});
    }
  }
  cells_.sort_changes();
  figures_.sort();
  for (Id& id : ids_) seal(id.lsn.value, id.row);
  std::sort(closings_.begin(), closings_.end(), [](const Closing& left, const Closing& right) { return left.order < right.order; });
  newest_.reserve(placed_.size());
  for (const Order& order : placed_) newest_.emplace_back(order.identity, order.lsn);
  for (const auto& [lsn, hold] : holds_) {
    if (hold.open && !hold.stored) newest_.emplace_back(hold.identity, lsn);
  }
  std::sort(newest_.begin(), newest_.end(), [](const auto& left, const auto& right) {
    if (newest_age(left.second) != newest_age(right.second)) return left.second < right.second;
    return left.first.high != right.first.high ? left.first.high < right.first.high : left.first.low < right.first.low;
  });
}

}  // namespace earmark::storage
