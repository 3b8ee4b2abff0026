#include "engine/order_state.hpp"

#include <algorithm>
#include <array>

#include "engine/entries.hpp"
#include "engine/shipments.hpp"

namespace earmark::engine {
namespace {

constexpr std::size_t text_count = 6;
constexpr std::uint8_t times_present = 1U << text_count;

std::array<std::string_view, text_count> listed(const OrderTexts& texts) noexcept {
  return {texts.customer, texts.channel, texts.ship_to, texts.contact, texts.reference, texts.notes};
}

// OrderDecision and OrderImage name the same things.
template <class Order>
bool has_times(const Order& order) noexcept {
  return (order.placed_at.value | order.need_by.value | order.reserve_not_before.value | order.cancel_after.value) != 0;
}

template <class Order>
std::size_t text_bytes_for(const Order& order) noexcept {
  std::size_t bytes = 2 + order.id.size() + (has_times(order) ? 4 * sizeof(TimeUs) : 0);
  for (const std::string_view text : listed(order.texts)) bytes += text.empty() ? 0 : 2 + text.size();
  return bytes;
}

// Where they end.
template <class Order>
std::byte* write_texts(std::byte* out, const Order& order) noexcept {
  *out++ = static_cast<std::byte>(order.id.size());
  std::memcpy(out, order.id.data(), order.id.size());
  out += order.id.size();
  std::byte* present = out++;
  std::uint8_t bits = 0;
  const auto texts = listed(order.texts);
  for (std::size_t index = 0; index < text_count; ++index) {
    if (texts[index].empty()) continue;
    bits = static_cast<std::uint8_t>(bits | (1U << index));
    const auto length = static_cast<std::uint16_t>(texts[index].size());
    std::memcpy(out, &length, 2);
    std::memcpy(out + 2, texts[index].data(), length);
    out += 2 + length;
  }
  if (has_times(order)) {
    bits |= times_present;
    const TimeUs times[] = {order.placed_at, order.need_by, order.reserve_not_before, order.cancel_after};
    std::memcpy(out, times, sizeof times);
    out += sizeof times;
  }
  *present = static_cast<std::byte>(bits);
  return out;
}

// Of an order that was reserved whole every line has room for its first allocation in the order's block, also one that waits since: nobody need look
// at the lines.
bool all_have_room(OrderStatus status) noexcept { return status == OrderStatus::reserved; }
// Of others each line of which not all waits.
bool has_room(const LineDecision& line) noexcept { return (line.taken | line.more_takes) != 0 || line.backordered == 0; }
bool has_room(const LineImage& line) noexcept { return line.allocations != 0 || line.waiting == 0; }

constexpr std::size_t aligned(std::size_t bytes) noexcept { return (bytes + alignof(Allocation) - 1) & ~(alignof(Allocation) - 1); }

template <class Order>
std::size_t bytes_of(const Order& order) noexcept {
  std::size_t rooms = order.lines.size();
  if (!all_have_room(order.status)) {
    for (const auto& line : order.lines) rooms -= has_room(line) ? 0U : 1U;
  }
  return aligned(sizeof(OrderState) + order.lines.size() * sizeof(OrderLineState) + text_bytes_for(order)) + rooms * sizeof(Allocation);
}

// The parts of a block as they are written, behind the head: texts, then line by line.
class Parts {
 public:
  template <class Order>
  Parts(BlockStore& store, OrderState& state, const Order& order) noexcept : store_(store), state_(state), begin_(reinterpret_cast<std::byte*>(state.lines().data() + state.lines().size())) {
    room_ = begin_ + aligned(static_cast<std::size_t>(write_texts(begin_, order) - begin_));
  }

  // Of the line, which is written but for it.
  void add_room(OrderLineState& line, bool has_room, const Allocation& first) noexcept {
    if (!has_room) {
      ++without_room_;
      return;
    }
    line.first_at = static_cast<std::uint16_t>(static_cast<std::size_t>(room_ - reinterpret_cast<std::byte*>(&line)) / sizeof(std::uint32_t));
    *reinterpret_cast<Allocation*>(room_) = first;
    room_ += sizeof(Allocation);
  }

  // So many lines are written.
  void finish(std::size_t lines) noexcept {
    state_.line_count = static_cast<std::uint16_t>(lines);
    state_.tail_bytes = static_cast<std::uint16_t>(room_ - begin_);
    if (without_room_ != 0) store_.owe(without_room_ * sizeof(MoreAllocations));
  }

 private:
  BlockStore& store_;
  OrderState& state_;
  std::byte* begin_;
  std::byte* room_ = nullptr;  // of the next
  std::size_t without_room_ = 0;
};

// What a decision and an image have in common; `known` is the caller's.
template <class Order>
void write_head(OrderState& state, const Order& order, Identity identity, Lsn lsn, TimeUs time) noexcept {
  state = OrderState{};
  state.known.identity = identity;
  state.known.content = order.content;
  state.known.set(lsn, IdSpace::order);
  state.time = time;
  state.status = order.status;
  state.policy = order.policy;
  state.priority = order.priority;
  state.sourcing = order.sourcing;
  state.preferred = order.preferred;
  state.not_due = order.not_due;
  state.line_count = static_cast<std::uint16_t>(order.lines.size());
}

const std::byte* texts_of(const OrderState& order) noexcept {
  return reinterpret_cast<const std::byte*>(&order + 1) + order.line_count * sizeof(OrderLineState);
}

}  // namespace

std::size_t OrderState::bytes_for(const OrderDecision& decision) noexcept { return bytes_of(decision); }
std::size_t OrderState::bytes_for(const OrderImage& image) noexcept { return bytes_of(image); }

std::size_t OrderState::line_index(LineNumber number) const noexcept {
  return static_cast<std::size_t>(&const_cast<OrderState*>(this)->line(number) - lines().data());
}

OrderLineState& OrderState::line(LineNumber number) noexcept {
  for (OrderLineState& line : lines()) {
    if (line.line == number) return line;
  }
  EARMARK_CHECK(!"the order has the line");
  return lines()[0];
}

std::string_view OrderState::id() const noexcept {
  const std::byte* texts = texts_of(*this);
  return {reinterpret_cast<const char*>(texts + 1), std::to_integer<std::size_t>(texts[0])};
}

OrderTexts OrderState::texts() const noexcept {
  const std::byte* at = texts_of(*this);
  at += 1 + std::to_integer<std::size_t>(*at);
  const auto bits = std::to_integer<std::uint8_t>(*at++);
  std::array<std::string_view, text_count> found;
  for (std::size_t index = 0; index < text_count; ++index) {
    if ((bits & (1U << index)) == 0) continue;
    std::uint16_t length = 0;
    std::memcpy(&length, at, 2);
    found[index] = {reinterpret_cast<const char*>(at + 2), length};
    at += 2 + length;
  }
  return {found[0], found[1], found[2], found[3], found[4], found[5]};
}

OrderTimes OrderState::times() const noexcept {
  const std::byte* at = texts_of(*this);
  at += 1 + std::to_integer<std::size_t>(*at);
  const auto bits = std::to_integer<std::uint8_t>(*at++);
  OrderTimes times;
  if ((bits & times_present) == 0) return times;
  for (std::size_t index = 0; index < text_count; ++index) {
    if ((bits & (1U << index)) == 0) continue;
    std::uint16_t length = 0;
    std::memcpy(&length, at, 2);
    at += 2 + length;
  }
  std::memcpy(&times, at, sizeof times);
  return times;
}

bool build_order(BlockCache& blocks, BlockRef block, const OrderDecision& decision, Identity identity, Stamp stamp) noexcept {
  auto* order = blocks.store().at<OrderState>(block);
  write_head(*order, decision, identity, stamp.lsn, stamp.time);
  order->has_skipped = decision.skipped.order_lsn.value != 0;

  Parts parts(blocks.store(), *order, decision);
  const bool has_all = all_have_room(decision.status);
  std::size_t next_take = 0;
  std::uint16_t last_shipment = 0;
  for (std::size_t index = 0; index < decision.lines.size(); ++index) {
    const LineDecision& decided = decision.lines[index];
    OrderLineState& line = order->lines()[index];
    line = {decided.line, decided.sku, decided.quantity, decided.backordered, 0, decided.pinned, decision.own_policy(index), 0, 0, 0};
    parts.add_room(line, has_all || has_room(decided), decided.taken == 0 ? Allocation{} : Allocation{decided.taken, 0, decided.warehouse, decided.shipment});
    last_shipment = std::max(last_shipment, decided.shipment);
    for (std::size_t more = 0; more < decided.more_takes; ++more) {
      const Take& take = decision.takes[next_take++];
      last_shipment = std::max(last_shipment, take.shipment);
      if (allocate(blocks, line, take.warehouse, take.shipment, take.quantity)) continue;
      parts.finish(index + 1);
      return false;
    }
  }
  parts.finish(decision.lines.size());
  order->next_shipment = static_cast<std::uint16_t>(last_shipment + 1);
  return true;
}

bool build_order(BlockCache& blocks, BlockRef block, const OrderImage& image, Identity identity) noexcept {
  auto* order = blocks.store().at<OrderState>(block);
  write_head(*order, image, identity, image.lsn, image.time);
  order->next_shipment = image.next_shipment;
  order->patience = image.patience;
  order->has_skipped = image.has_skipped;
  Parts parts(blocks.store(), *order, image);
  const bool has_all = all_have_room(image.status);
  std::size_t next = 0;
  for (std::size_t index = 0; index < image.lines.size(); ++index) {
    const LineImage& from = image.lines[index];
    OrderLineState& line = order->lines()[index];
    line = {from.line, from.sku, from.quantity, from.waiting, 0, from.pinned, image.own_policy(index), image.patience_of_line(index), 0, 0};
    parts.add_room(line, has_all || has_room(from), {});
    for (std::size_t count = 0; count < from.allocations; ++count) {
      const AllocationImage& allocation = image.allocations[next++];
      if (!allocate(blocks, line, allocation.warehouse, allocation.shipment, allocation.reserved)) {
        parts.finish(index + 1);
        return false;
      }
      change_allocations(blocks.store(), line, [&](Allocation& made) {
        if (made.warehouse == allocation.warehouse && made.shipment == allocation.shipment) made.shipped = allocation.shipped;
      });
    }
  }
  parts.finish(image.lines.size());
  bool made = true;
  for_each_raise(image.raises, [&](const RaiseImage& raise) {
    if (made) order->lines()[raise.line_index].waiting -= raise.waiting;  // which add_entry() adds again
    made = made && add_entry(blocks, *order, raise.line_index, raise.sequence, raise.waiting, BlockCache::For::accepted);
  });
  return made && for_each_shipment(image.shipments, [&](const ShipmentImage& shipment) { build_shipment(blocks, *order, shipment); });
}

bool allocate(BlockCache& blocks, OrderLineState& line, WarehouseId warehouse, std::uint16_t shipment, Quantity units) noexcept {
  if (line.owes_room()) {
    const BlockRef ref = blocks.allocate(sizeof(MoreAllocations), BlockCache::For::accepted);
    if (ref == 0) return false;
    blocks.store().owe_less(sizeof(MoreAllocations));
    *blocks.store().at<MoreAllocations>(ref) = {{{units, 0, warehouse, shipment}, {}}, 0, 0};
    line.more = ref;
    return true;
  }
  Allocation* unused = nullptr;
  Allocation* found = nullptr;
  BlockRef* tail = &line.more;
  const auto consider = [&](Allocation& allocation) {
    if (allocation.shipment == 0) {
      if (unused == nullptr) unused = &allocation;
    } else if (allocation.warehouse == warehouse && allocation.shipment == shipment) {
      found = &allocation;
    }
  };
  if (Allocation* first = line.first(); first != nullptr) consider(*first);
  while (found == nullptr && *tail != 0) {
    auto* more = blocks.store().at<MoreAllocations>(*tail);
    consider(more->two[0]);
    consider(more->two[1]);
    tail = &more->next;
  }
  if (found != nullptr) {
    found->reserved += units;
    return true;
  }
  if (unused == nullptr) {
    const BlockRef ref = blocks.allocate(sizeof(MoreAllocations), BlockCache::For::accepted);
    if (ref == 0) return false;
    *blocks.store().at<MoreAllocations>(ref) = MoreAllocations{};
    *tail = ref;
    unused = &blocks.store().at<MoreAllocations>(ref)->two[0];
  }
  *unused = {units, 0, warehouse, shipment};
  return true;
}

void release_allocations(BlockCache& blocks, OrderState& order) noexcept {
  std::size_t without_room = 0;
  for (OrderLineState& line : order.lines()) {
    without_room += line.owes_room() ? 1U : 0U;
    while (line.more != 0) {
      const BlockRef ref = line.more;
      line.more = blocks.store().at<MoreAllocations>(ref)->next;
      blocks.give_back(ref, sizeof(MoreAllocations));
    }
  }
  if (without_room != 0) blocks.store().owe_less(without_room * sizeof(MoreAllocations));
  release_shipments(blocks, order);
  release_raises(blocks, order);
}

std::uint16_t open_shipment(const BlockStore& blocks, const OrderState& order, WarehouseId warehouse, std::span<const std::uint16_t> excluded) noexcept {
  std::uint16_t latest = 0;
  bool shipped = false;
  for (const OrderLineState& line : order.lines()) {
    for_each_allocation(blocks, line, [&](const Allocation& allocation) {
      if (allocation.warehouse != warehouse || allocation.shipment < latest) return;
      if (std::find(excluded.begin(), excluded.end(), allocation.shipment) != excluded.end()) return;
      shipped = (allocation.shipment == latest && shipped) || allocation.shipped != 0;
      latest = allocation.shipment;
    });
  }
  const bool open = !shipped && (order.shipments == 0 || latest == 0 || state_of(blocks, order, latest) == ShipmentState::open);
  return open ? latest : 0;
}

bool is_open(const BlockStore& blocks, const OrderState& order) noexcept {
  bool open = false;
  for (const OrderLineState& line : order.lines()) {
    open = open || line.waiting != 0;
    for_each_allocation(blocks, line, [&](const Allocation& allocation) { open = open || allocation.reserved != 0; });
    if (open) break;
  }
  return open;
}

}  // namespace earmark::engine
