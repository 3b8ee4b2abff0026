// Questions about orders and codes. They are judged at the LSN that is stable when they are looked at (orders change
// by the settler alone, so what it reads is the state at that LSN or at the order's own, whichever is later).
#include <algorithm>
#include <map>
#include <optional>

#include "engine/entries.hpp"
#include "engine/patience.hpp"
#include "engine/pegging.hpp"
#include "engine/settler.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {

namespace {

// Every shipment with units, and those of which something is known.
std::vector<ShipmentView> shipments_of(const BlockStore& blocks, const OrderState& order) {
  std::map<std::uint16_t, ShipmentView> found;
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(blocks, line, [&](const Allocation& each) {
      const bool known = order.shipments != 0 && find_shipment(blocks, order, each.shipment) != nullptr;
      if ((each.reserved | each.shipped) == 0 && !known) return;
      ShipmentView& view = found[each.shipment];
      view.number = each.shipment;
      view.warehouse = each.warehouse;
      if (each.shipped != 0) view.state = ShipmentState::shipped;
    });
  }
  for_each_shipment(blocks, order, [&](const ShipmentEntry& entry) {
    ShipmentView& view = found[entry.number];
    view = {entry.number, view.warehouse, entry.state, entry.revision, entry.expected, carrier_of(blocks, entry), tracking_of(blocks, entry)};
  });
  std::vector<ShipmentView> views;
  for (const auto& [number, view] : found) views.push_back(view);
  return views;
}

// When all of them can be expected. 0: of some it is not known.
TimeUs last_date(std::span<const ExpectedUnits> expected, Quantity units) noexcept {
  Quantity covered = 0;
  for (const ExpectedUnits& each : expected) covered += each.quantity;
  return covered == units ? expected.back().date : TimeUs{};
}

}  // namespace

// Asked after cells were read: whatever they said was committed by then.
Lsn Settler::read_by() { return shared_.commit_word.stable(CommitWord::settler_descriptor).lsn(); }

Pegging Settler::peg(SkuId sku) {
  return Pegging(shared_, book_, sku, catalogue().by_priority, now_, [&](WarehouseId warehouse) {
    return CellWord{shared_.cell(sku, warehouse).load(std::memory_order_acquire)}.free();
  });
}

bool Settler::settle(const ShowOrder& show, const Message& message, Committer& committer) {
  Lsn as_of = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  BlockRef block = 0;
  const OrderState* order = find_order(show.order_id, block, committer);
  if (order == nullptr) {
    committer.outcomes().refused(message.reply, as_of, {ErrorCode::unknown_order, 0, {}});
    return true;
  }
  as_of = std::max(as_of, order->known.lsn());
  std::vector<LineView> lines;
  std::vector<Allocation> allocations;
  std::vector<Quantity> returned;
  std::vector<ExpectedUnits> expected, fallbacks;
  for (std::size_t index = 0; index < order->lines().size(); ++index) {
    const OrderLineState& line = order->lines()[index];
    LineView& view = lines.emplace_back(LineView{&line, line.quantity - line.waiting, 0, 0, 0});
    for_each_allocation(shared_.blocks, line, [&](const Allocation& allocation) {
      view.cancelled -= allocation.reserved + allocation.shipped;
      if ((allocation.reserved | allocation.shipped) == 0) return;
      allocations.push_back(allocation);
      returned.push_back(order->shipments == 0 ? 0 : returned_of(shared_.blocks, *order, allocation.shipment, static_cast<std::uint32_t>(index)));
      ++view.allocations;
    });
    if (line.waiting == 0) continue;
    const Ahead ahead = book_.ahead_of(shared_, book_.catalogue.warehouse_count(), line.sku,
                                       first_place(shared_.blocks, *order, index));
    view.position = ahead.lines + 1;
    view.quantity_ahead = ahead.units;
    const std::size_t known = expected.size();
    const bool whole = waits_whole(*order, line) && !is_strict(*order, line);
    const TimeUs not_before = order->not_due ? order->times().reserve_not_before : TimeUs{};
    for_each_entry(shared_.blocks, *order, index, [&](QueuePlace place, Quantity units) {
      Pegging pegging = peg(line.sku);
      if (!take_ahead(pegging, shared_, book_, line.sku, place, line.pinned.value != 0)) return;
      expect(pegging, {units, line.pinned, whole, not_before, pegging.pegged_at(place)}, static_cast<std::uint32_t>(index), expected);
    });
    add_fallback(line.sku, line.pinned, line.waiting, static_cast<std::uint32_t>(index), std::span(expected).subspan(known), fallbacks);
  }
  const std::vector<ShipmentView> shipments = shipments_of(shared_.blocks, *order);
  as_of = std::max(as_of, read_by());
  committer.outcomes().shown(message.reply, as_of, {order, lines, allocations, returned, shipments, expected, fallbacks, book_.promises.of(order->known.lsn())});
  return true;
}

bool Settler::settle(const ListBackorders& list, const Message& message, Committer& committer) {
  Lsn as_of = read_by();
  if (list.sku.value > book_.catalogue.sku_count()) {
    committer.outcomes().refused(message.reply, as_of, {ErrorCode::unknown_sku, 0, {}});
    return true;
  }
  std::vector<WaitingLineView> found;
  std::vector<ExpectedUnits> expected;
  const auto list_sku = [&](SkuId sku) {
    std::vector<const Waiter*> waiters;
    book_.queues.for_each(book_.sku_queues[sku.value], [&](const Waiter& waiter) { waiters.push_back(&waiter); });
    const std::size_t unpinned = waiters.size();
    for (std::uint16_t id = 1; id <= book_.catalogue.warehouse_count(); ++id) {
      book_.queues.for_each(book_.queue_of(shared_, sku, WarehouseId{id}), [&](const Waiter& waiter) { waiters.push_back(&waiter); });
    }
    if (waiters.size() != unpinned) {
      std::sort(waiters.begin(), waiters.end(), [](const Waiter* left, const Waiter* right) { return left->place < right->place; });
    }
    if (waiters.empty()) return;  // of most SKUs: their cells need not be read
    std::uint64_t position = 0, ahead = 0;
    Pegging pegging = peg(sku);
    for (const Waiter* waiter : waiters) {
      const auto* order = shared_.blocks.at<OrderState>(waiter->order);
      const OrderLineState& line = order->lines()[waiter->place.line_index];
      const bool whole = waits_whole(*order, line) && !is_strict(*order, line);
      expected.clear();
      expect(pegging, {waiter->quantity, line.pinned, whole, order->not_due ? order->times().reserve_not_before : TimeUs{},
                       pegging.pegged_at(waiter->place)}, 0, expected);
      if (list.customer.empty() || order->texts().customer == list.customer) {
        found.push_back({order, &line, position + 1, ahead, waiter->quantity, last_date(expected, waiter->quantity)});
      }
      ++position;
      ahead += waiter->quantity;
    }
  };
  if (list.sku.value != 0) {
    list_sku(list.sku);
  } else {
    for (std::uint32_t id = 1; id <= book_.catalogue.sku_count(); ++id) list_sku(SkuId{id});
  }
  as_of = read_by();
  committer.outcomes().listed(message.reply, as_of, found);
  return true;
}

// What is there, and when the rest could be expected: as if an order of the default priority came, behind everybody of that priority.
bool Settler::settle(const CheckDates& check, const Message& message, Committer& committer) {
  const CatalogueView& view = catalogue();
  CheckedDates checked;
  // Others take meanwhile: then once more, so that all of it is the state at the LSN named. (In the end it is told as it was read,
  // each cell at some LSN up to that one.)
  constexpr int most_reads = 16;
  Lsn before = read_by(), as_of = before;
  for (int read = 0; read < most_reads; ++read, before = as_of) {
    check_dates(check, view, checked);
    as_of = read_by();
    if (as_of == before) break;
  }
  committer.outcomes().checked(message.reply, as_of, {view.warehouse_count, checked.available, checked.now, checked.expected, checked.fallbacks});
  return true;
}

void Settler::check_dates(const CheckDates& check, const CatalogueView& view, CheckedDates& checked) {
  auto& [available, now, expected, fallbacks] = checked;
  available.clear(), now.clear(), expected.clear(), fallbacks.clear();
  struct OfSku {
    std::uint64_t left = 0;          // of what is there
    std::optional<Pegging> pegging;  // of what is to come; none: the queue is too long to say
  };
  std::map<std::uint32_t, OfSku> skus;  // rows of one are read one after the other
  const QueuePlace behind = QueuePlace::of(PlaceOrder{}.priority, Lsn{~std::uint64_t{0}}, 0);
  for (std::uint32_t row = 0; row < check.skus.size(); ++row) {
    const SkuId sku = check.skus[row];
    const bool known = view.knows(sku);
    for (std::uint16_t id = 1; id <= view.warehouse_count; ++id) {
      available.push_back(known ? CellWord{shared_.cell(sku, WarehouseId{id}).load(std::memory_order_acquire)}.free() : 0);
    }
    now.push_back(0);
    if (!known) continue;
    const auto [found, is_new] = skus.try_emplace(sku.value);
    OfSku& of = found->second;
    if (is_new) {
      for (std::size_t column = available.size() - view.warehouse_count; column < available.size(); ++column) of.left += available[column];
      // What is there the order would take, whoever waits for more.
      of.pegging.emplace(shared_, book_, sku, std::span<const WarehouseId>(), now_, [](WarehouseId) { return Quantity{0}; });
      if (!take_ahead(*of.pegging, shared_, book_, sku, behind, false)) of.pegging.reset();
    }
    now.back() = static_cast<Quantity>(std::min<std::uint64_t>(check.wanted[row], of.left));
    of.left -= now.back();
    const Quantity rest = check.wanted[row] - now.back();
    const std::size_t dated = expected.size();
    if (of.pegging && rest != 0) expect(*of.pegging, {rest, {}, false, {}, {}}, row, expected);
    add_fallback(sku, {}, rest, row, std::span(expected).subspan(dated), fallbacks);
  }
}

bool Settler::settle(const ResolveCodes& resolve, const Message& message, Committer& committer) {
  const Lsn as_of = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  const Catalogue& catalogue_book = book_.catalogue;
  std::vector<SkuId> sku_ids;
  std::vector<WarehouseId> warehouse_ids;
  std::vector<std::string_view> sku_codes, warehouse_codes, descriptions;
  std::vector<WarehouseView> all;
  for (const std::string_view code : resolve.sku_codes) sku_ids.push_back(catalogue_book.find_sku(code));
  for (const std::string_view code : resolve.warehouse_codes) warehouse_ids.push_back(catalogue_book.find_warehouse(code));
  for (const SkuId id : resolve.sku_ids) {
    const bool known = id.value != 0 && id.value <= catalogue_book.sku_count();
    sku_codes.push_back(known ? catalogue_book.product(id).code : std::string_view());
    if (resolve.descriptions) descriptions.push_back(known ? catalogue_book.product(id).description : std::string_view());
  }
  for (const WarehouseId id : resolve.warehouse_ids) {
    const bool known = id.value != 0 && id.value <= catalogue_book.warehouse_count();
    warehouse_codes.push_back(known ? std::string_view(catalogue_book.warehouse(id).code) : std::string_view());
  }
  for (std::uint16_t id = 1; resolve.all_warehouses && id <= catalogue_book.warehouse_count(); ++id) {
    const WarehouseInfo& info = catalogue_book.warehouse(WarehouseId{id});
    all.push_back({info.code, info.name, info.priority});
  }
  committer.outcomes().resolved(message.reply, as_of,
                                {catalogue_book.sku_count(), sku_ids, warehouse_ids, sku_codes, warehouse_codes, all, descriptions});
  return true;
}

}  // namespace earmark::engine
