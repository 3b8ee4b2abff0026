// Dates as time goes by (semantics 9): what should have come and has not, and what who waits was told of it. Both are records of their own: the first
// when its time has come, the second after every command with its fills, for the SKUs whose queue or supply that has touched.
#include <algorithm>
#include <map>
#include <optional>

#include "engine/level.hpp"
#include "engine/patience.hpp"
#include "engine/pegging.hpp"
#include "engine/queue_walk.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

// A line that waits: its entries so far, and when the last unit of them can be expected.
struct LineDate {
  BlockRef order = 0;
  std::uint32_t line_index = 0;
  Quantity waiting = 0;  // in these entries
  TimeUs date{};         // 0: of some it is not known
};

Quantity units_of(std::span<const ExpectedUnits> expected) noexcept {
  Quantity units = 0;
  for (const ExpectedUnits& each : expected) units += each.quantity;
  return units;
}

// Of the first entries of the SKU's queue, by the first entry of the line.
std::vector<LineDate> dates_of(const SharedState& shared, const Book& book, SkuId sku, Pegging& pegging) {
  std::vector<LineDate> lines;
  std::map<std::pair<BlockRef, std::uint32_t>, std::size_t> raised;  // lines with entries of their own: where they stand in `lines`
  std::vector<ExpectedUnits> expected;
  QueueWalk walk(shared, book, sku);
  std::uint64_t count = 0;
  for (const Waiter* waiter = walk.next(); waiter != nullptr && count < max_pegged_ahead; waiter = walk.next(), ++count) {
    const auto& order = *shared.blocks.at<OrderState>(waiter->order);
    const OrderLineState& line = order.lines()[waiter->place.line_index];
    const bool whole = waits_whole(order, line) && !is_strict(order, line);
    expected.clear();
    expect(pegging, {waiter->quantity, line.pinned, whole, order.not_due ? order.times().reserve_not_before : TimeUs{}, pegging.pegged_at(waiter->place)}, 0,
           expected);
    const TimeUs date = units_of(expected) == waiter->quantity ? expected.back().date : TimeUs{};
    std::size_t place = lines.size();
    if (order.raises != 0) place = raised.try_emplace({waiter->order, waiter->place.line_index}, place).first->second;
    if (place == lines.size()) {
      lines.push_back({waiter->order, waiter->place.line_index, waiter->quantity, date});
    } else {
      lines[place].waiting += waiter->quantity;
      lines[place].date = date.value == 0 || lines[place].date.value == 0 ? TimeUs{} : std::max(date, lines[place].date);
    }
  }
  std::erase_if(lines, [&](const LineDate& each) { return each.waiting != shared.blocks.at<OrderState>(each.order)->lines()[each.line_index].waiting; });
  return lines;
}

}  // namespace

// Something of the SKU may be told a date, or that it has none any more.
bool Settler::has_dates(SkuId sku) const { return !book_.supply.of(sku).empty() || book_.promises.some_told(sku); }

// False: no room; what was told so far is kept, the rest is told when there is.
bool Settler::tell_dates(SkuId sku, Committer& committer) {
  if (!has_dates(sku)) return true;
  writes_.clear();
  Pegging pegging = peg(sku);
  const std::int64_t threshold = shared_.capacity.date_threshold_us;
  std::vector<LineDate> moved = dates_of(shared_, book_, sku, pegging);
  const auto is_news = [&](const LineDate& line) {
    const TimeUs told = book_.promises.told(shared_.blocks.at<OrderState>(line.order)->known.lsn(), line.line_index);
    if (told.value == 0) return line.date > now_;
    if (line.date.value == 0) return true;
    const std::int64_t by = std::max(line.date, now_).value - std::max(told, now_).value;
    return by > threshold || by < -threshold;
  };
  std::erase_if(moved, [&](const LineDate& line) { return !is_news(line); });
  for (std::span<const LineDate> left = moved; !left.empty();) {
    const auto some = left.first(std::min(left.size(), dates_per_record));
    std::vector<MovedDate> rows;
    std::vector<std::string_view> orders, customers;
    std::size_t bytes = 1024 + some.size() * (sizeof(MovedDate) + 2 * 16);
    for (const LineDate& line : some) {
      const auto& order = *shared_.blocks.at<OrderState>(line.order);
      if (orders.empty() || orders.back() != order.id()) {
        orders.push_back(order.id());
        customers.push_back(order.texts().customer);
        bytes += orders.back().size() + customers.back().size();
      }
      rows.push_back({book_.promises.told(order.known.lsn(), line.line_index), line.date, order.known.lsn(), static_cast<std::uint32_t>(orders.size() - 1),
                      order.lines()[line.line_index].line, sku, line.waiting});
    }
    const DatesDecision decision{rows, orders, customers};
    const Committed committed = committer.commit(writes_, CommitWord::settler_descriptor, 1, bytes * 9 / 8, [&](StableState, Bundle& bundle, std::size_t) {
      bundle.add(now_, {}, decision, ReplyTo{});
    });
    if (committed.attempt != Attempt::committed) return false;
    for (const LineDate& line : some) {
      book_.promises.tell(shared_.blocks.at<OrderState>(line.order)->known.lsn(), line.line_index, sku, line.date);
    }
    counters_.moved_dates.add(some.size());
    committer.announce(committed.first);
    left = left.subspan(some.size());
  }
  return true;
}

// Supply that should be there by now: a purchase order's lines, or a transfer as a whole. It is expected later, and told again then.
bool Settler::tell_overdue(bool transfer, Lsn lsn, Committer& committer) {
  OverdueDecision decision;
  std::vector<OverdueLine> lines;
  decision.transfer = transfer;
  decision.lsn = lsn;
  if (transfer) {
    const OpenTransfer& late = *book_.transfers.find(lsn);
    decision.id = late.id;
    decision.expected = TimeUs{now_.value + day_us};
    for (const TransferLine& line : late.lines) {
      if (line.in_transit() != 0) lines.push_back({late.expected, {}, line.sku, line.in_transit(), late.destination, 0});
    }
  } else {
    const OpenPurchase& late = *book_.purchases.find(lsn);
    decision.id = late.id;
    decision.vendor = late.vendor;
    decision.expected = TimeUs{now_.value + book_.vendors.lateness_us(late.vendor)};
    for (const PurchaseLineState& line : late.lines) {
      const bool is_late = line.open() != 0 && line.expected.value != 0 && line.expected <= now_;
      if (is_late) lines.push_back({line.promised, line.line, line.sku, line.open(), line.warehouse, 0});
    }
  }
  decision.lines = lines;
  const Committed committed = committer.commit(writes_, CommitWord::settler_descriptor, 1, 2048 + lines.size() * sizeof(OverdueLine) * 9 / 8,
                                               [&](StableState, Bundle& bundle, std::size_t) { bundle.add(now_, {}, decision, ReplyTo{}); });
  if (committed.attempt != Attempt::committed) return false;
  book_.apply_overdue(shared_, decision);
  counters_.overdue.add();
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
