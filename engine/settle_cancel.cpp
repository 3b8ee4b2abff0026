// Cancels: the waiting part leaves the queue, the reserved part goes back; only then is each SKU filled that got
// something back (R5 whole order, R6 by line and quantity). Shipped units stay shipped.
#include <algorithm>

#include "engine/cancel_steps.hpp"
#include "engine/settler.hpp"

namespace earmark::engine {
namespace {

// One row of the cancel, resolved to a line of the order.
struct Target {
  std::size_t line_index = 0;
  std::uint64_t wanted = 0;
};

struct Release {
  std::size_t line_index = 0;
  WarehouseId warehouse{};
  std::uint16_t shipment = 0;
  Quantity units = 0;
};

// What the cancel takes from the order, worked out without changing it.
struct CancelPlan {
  Error error;
  std::vector<CancelledLine> lines;
  std::vector<Release> releases;      // in the order of the rows
  Cut cut;
  std::vector<SkuId> cut_skus;
};

std::vector<Target> resolve_rows(const CancelOrder& cancel, const OrderState& order, Error& error) {
  std::vector<Target> targets;
  if (cancel.rows.empty()) {
    for (std::size_t index = 0; index < order.lines().size(); ++index) targets.push_back({index, ~std::uint64_t{0}});
    return targets;
  }
  for (std::size_t row = 0; row < cancel.rows.size(); ++row) {
    const CancelRow& asked = cancel.rows[row];
    const auto lines = order.lines();
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const OrderLineState& line) { return line.line == asked.line; });
    const auto number = static_cast<std::uint32_t>(row + 1);
    if (found == lines.end()) { error = {ErrorCode::unknown_line, number, asked.line}; return targets; }
    if (asked.quantity < 1 || asked.quantity > max_quantity) { error = {ErrorCode::bad_quantity, number, asked.line}; return targets; }
    targets.push_back({static_cast<std::size_t>(found - lines.begin()), static_cast<std::uint64_t>(asked.quantity)});
  }
  return targets;
}

Quantity released_so_far(const CancelPlan& plan, std::size_t line_index, const Allocation& allocation) noexcept {
  Quantity units = 0;
  for (const Release& release : plan.releases) {
    if (release.line_index == line_index && release.warehouse == allocation.warehouse && release.shipment == allocation.shipment) {
      units += release.units;
    }
  }
  return units;
}

// R6: from the waiting part first, then reserved, from the warehouse last in priority first.
void plan_row(const Target& target, const BlockStore& blocks, const OrderState& order, const CatalogueView& catalogue,
              bool whole, CancelPlan& plan) {
  const OrderLineState& line = order.lines()[target.line_index];
  CancelledLine result{line.line, line.sku, 0, 0, 0};
  std::uint64_t open = target.wanted;
  Quantity& cut = plan.cut.units[target.line_index];
  result.waiting = static_cast<Quantity>(std::min<std::uint64_t>(open, line.waiting - cut));
  cut += result.waiting;
  open -= result.waiting;
  if (result.waiting != 0) plan.cut_skus.push_back(line.sku);
  for (auto warehouse = catalogue.by_priority.rbegin(); warehouse != catalogue.by_priority.rend() && open != 0; ++warehouse) {
    for_each_allocation(blocks, line, [&](const Allocation& allocation) {
      if (allocation.warehouse != *warehouse || allocation.reserved == 0 || open == 0) return;
      const Quantity there = whole ? allocation.reserved
                                   : allocation.reserved - released_so_far(plan, target.line_index, allocation);
      const auto units = static_cast<Quantity>(std::min<std::uint64_t>(open, there));
      if (units == 0) return;
      plan.releases.push_back({target.line_index, allocation.warehouse, allocation.shipment, units});
      ++result.releases;
      open -= units;
    });
  }
  result.excess = whole ? 0 : open;
  plan.lines.push_back(result);
}

CancelPlan plan_cancel(const CancelOrder& cancel, const BlockStore& blocks, BlockRef block, const CatalogueView& catalogue) {
  CancelPlan plan;
  const auto* order = blocks.at<OrderState>(block);
  plan.cut = {block, std::vector<Quantity>(order->lines().size())};
  for (const Target& target : resolve_rows(cancel, *order, plan.error)) {
    plan_row(target, blocks, *order, catalogue, cancel.rows.empty(), plan);
  }
  return plan;
}

}  // namespace

bool Settler::settle(const CancelOrder& cancel, const Message& message, Committer& committer) {
  Judged judged;
  BlockRef block = 0;
  CancelPlan plan;
  std::vector<Take> released;
  Cause cause{{}, message.time, message.reply, {}, 0, false};
  bool more = false;
  const Lsn asked_at = shared_.commit_word.stable(CommitWord::settler_descriptor).lsn();
  const bool order_known = find_order(cancel.order_id, block, committer) != nullptr;
  const std::size_t most_takes = std::min<std::size_t>(max_lines * shared_.capacity.warehouses, settler_entries);
  const std::size_t rows = order_known ? shared_.blocks.at<OrderState>(block)->line_count + cancel.rows.size() : 0;
  const BlockRef known = committer.blocks().allocate(sizeof(KnownCommand));
  const Committed committed = committer.commit(
      writes_, CommitWord::settler_descriptor, 1 + most_fills(),
      2048 + (rows * sizeof(CancelledLine) + std::min(most_takes, rows * shared_.capacity.warehouses * 2) * sizeof(Take)) * 9 / 8 + fill_bytes(),
      [&](StableState, Bundle& bundle, std::size_t lost) {
        judged = judge_id(IdSpace::cancel, cancel.command_id, message.content, ErrorCode::duplicate_cancel);
        if (judged.error.code != ErrorCode::none || judged.original.value != 0) return;
        const CatalogueView& view = catalogue();
        if (cancel.rows.size() > max_lines) judged.error.code = ErrorCode::too_many_lines;
        else if (!order_known) judged.error.code = ErrorCode::unknown_order;
        else if (known == 0 || judged.place.slot == nullptr) judged.error.code = ErrorCode::overloaded;
        if (judged.error.code != ErrorCode::none) return;
        plan = plan_cancel(cancel, shared_.blocks, block, view);
        judged.error = plan.error;
        if (judged.error.code != ErrorCode::none) return;
        const auto* order = shared_.blocks.at<OrderState>(block);
        released.clear();
        for (const Release& release : plan.releases) {
          Atomic<std::uint64_t>& cell = shared_.cell(order->lines()[release.line_index].sku, release.warehouse);
          const CellWord word{writes_.read(cell)};
          writes_.write(cell, word.bits, word.with(word.free() + release.units, word.gate()).bits);
          released.push_back({release.units, word.free() + release.units, release.warehouse, release.shipment});
        }
        write_id(judged, known, IdSpace::cancel, message.content, bundle.next());
        cause.lsn = bundle.next();
        cause.steps = cancel_steps(*order, plan.lines, released,
                                   [&](std::size_t index) { return order->lines()[index].waiting - plan.cut.units[index]; });
        plan_.begin(cause, view, writes_, &plan.cut);
        more = plan_.plan(std::max<std::size_t>(1, fills_per_commit >> std::min<std::size_t>(lost, 7)));
        for (const SkuId sku : plan.cut_skus) plan_.write_gates(sku);
        plan_.write_gates_of_filled_skus();
        const bool fills = !plan_.fills().empty();
        bundle.add(message.time, {}, CancelDecision{cancel.command_id, cancel.order_id, message.content, cancel.rows.empty(),
                                                    fills, plan.lines, released, order->texts().customer},
                   message.reply, fills);
        cause_ = cause;
        add_fills(bundle, more);
      });
  if (committed.attempt != Attempt::committed) {
    cause_.reset();
    if (known != 0) committer.blocks().give_back(known, sizeof(KnownCommand));
    if (committed.attempt == Attempt::no_room) return false;
    answer(judged, order_known ? committed.last : asked_at, message.reply, committer);
    return true;
  }
  book_.apply_cancel(shared_, block, plan.lines, released);
  fills_committed(more, committer);
  committer.announce(committed.first);
  return true;
}

}  // namespace earmark::engine
