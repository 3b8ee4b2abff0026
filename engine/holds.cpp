// Open holds in memory, and what records do to them. A hold's block is an order's of which nothing waits and nothing ships; what
// stands there as waiting are units that stock changes took from it.
#include <algorithm>
#include <unordered_map>

#include "engine/book.hpp"
#include "engine/engine.hpp"
#include "engine/order_state.hpp"

namespace earmark::engine {
namespace {

OrderDecision as_order(const HoldDecision& hold) noexcept {
  OrderDecision order;
  order.id = hold.id;
  order.content = hold.content;
  order.status = hold.status;
  order.texts.customer = hold.customer;
  order.lines = hold.lines;
  order.takes = hold.takes;
  return order;
}

OrderImage as_order(const HoldImage& hold) noexcept {
  OrderImage order;
  order.lsn = hold.lsn;
  order.time = hold.time;
  order.id = hold.id;
  order.content = hold.content;
  order.texts.customer = hold.customer;
  order.lines = hold.lines;
  order.allocations = hold.allocations;
  return order;
}

}  // namespace

std::size_t bytes_for_hold(const HoldDecision& decision) noexcept { return OrderState::bytes_for(as_order(decision)); }
std::size_t bytes_for_hold(const HoldImage& image) noexcept { return OrderState::bytes_for(as_order(image)); }

bool build_hold(BlockCache& blocks, BlockRef block, const HoldDecision& decision, Identity identity, Stamp stamp) noexcept {
  if (!build_order(blocks, block, as_order(decision), identity, stamp)) return false;
  blocks.store().at<OrderState>(block)->known.set(stamp.lsn, IdSpace::hold);
  return true;
}

bool build_hold(BlockCache& blocks, BlockRef block, const HoldImage& image, Identity identity) noexcept {
  if (!build_order(blocks, block, as_order(image), identity)) return false;
  blocks.store().at<OrderState>(block)->known.set(image.lsn, IdSpace::hold);
  return true;
}

void Book::start_hold(SharedState& shared, BlockRef block, BlockRef known, TimeUs deadline) {
  const auto* hold = shared.blocks.at<OrderState>(block);
  const Lsn lsn = hold->known.lsn();
  for (const OrderLineState& line : hold->lines()) {
    for_each_allocation(shared.blocks, line, [&](const Allocation& allocation) {
      stock[shared.cell_index(line.sku, allocation.warehouse).value].held += allocation.reserved;
    });
  }
  holds[lsn] = {block, known, deadline, timers.add({deadline, TimerKind::hold, lsn.value})};
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::move_deadline(SharedState& shared, Lsn lsn, TimeUs deadline) {
  OpenHold& open = holds.at(lsn);
  timers.remove(open.timer);
  open.timer = timers.add({deadline, TimerKind::hold, lsn.value});
  open.deadline = deadline;
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::end_hold(SharedState& shared, BlockCache& blocks, Lsn lsn, HoldEnd how) {
  const OpenHold open = holds.at(lsn);
  auto* hold = shared.blocks.at<OrderState>(open.block);
  for (const OrderLineState& line : hold->lines()) {
    for_each_allocation(shared.blocks, line, [&](const Allocation& allocation) {
      stock[shared.cell_index(line.sku, allocation.warehouse).value].held -= allocation.reserved;
    });
  }
  const std::size_t bytes = hold->bytes();
  release_allocations(blocks, *hold);
  blocks.give_back(open.block, bytes);
  shared.blocks.at<KnownCommand>(open.known)->end(how);
  timers.remove(open.timer);
  holds.erase(lsn);
  shared.next_due_us.store(timers.next_due().value, std::memory_order_relaxed);
}

void Book::lose_held(SharedState& shared, BlockRef block, std::size_t line_index, const LostUnits& lost) {
  OrderLineState& line = shared.blocks.at<OrderState>(block)->lines()[line_index];
  change_allocations(shared.blocks, line, [&](Allocation& allocation) {
    if (allocation.warehouse == lost.warehouse && allocation.shipment == lost.shipment) allocation.reserved -= lost.quantity;
  });
  line.waiting += lost.quantity;
  stock[shared.cell_index(line.sku, lost.warehouse).value].held -= lost.quantity;
}

namespace {

// What a line of the confirming order takes from one warehouse.
Quantity taken_there(const OrderDecision& order, std::size_t index, std::size_t first_more, WarehouseId warehouse) noexcept {
  const LineDecision& line = order.lines[index];
  if (line.taken != 0 && line.warehouse == warehouse) return line.taken;
  for (const Take& take : order.takes.subspan(first_more, line.more_takes)) {
    if (take.warehouse == warehouse) return take.quantity;
  }
  return 0;
}

struct ComesFree {
  SkuId sku{};
  std::uint32_t row = 0;
  WarehouseId warehouse{};
  Quantity units = 0;
};

std::vector<ComesFree> what_comes_free(const BlockStore& blocks, const OrderState& hold, const OrderDecision* confirmed) {
  std::unordered_map<std::uint32_t, std::pair<std::size_t, std::size_t>> by_number;  // line number -> index, first of its further takes
  std::size_t next = 0;
  for (std::size_t index = 0; confirmed != nullptr && index < confirmed->lines.size(); ++index) {
    by_number[confirmed->lines[index].line.value] = {index, next};
    next += confirmed->lines[index].more_takes;
  }
  std::vector<ComesFree> free;
  for (std::size_t index = 0; index < hold.lines().size(); ++index) {
    const OrderLineState& line = hold.lines()[index];
    const auto found = by_number.find(line.line.value);
    const bool matches = found != by_number.end() && confirmed->lines[found->second.first].sku == line.sku;
    for_each_allocation(blocks, line, [&](const Allocation& allocation) {
      const Quantity taken = matches ? taken_there(*confirmed, found->second.first, found->second.second, allocation.warehouse) : 0;
      const Quantity units = allocation.reserved - std::min(allocation.reserved, taken);
      if (units != 0) free.push_back({line.sku, static_cast<std::uint32_t>(index), allocation.warehouse, units});
    });
  }
  return free;
}

}  // namespace

std::vector<ServeStep> hold_end_steps(const BlockStore& blocks, const OrderState& hold, const OrderDecision* confirmed) {
  std::vector<ComesFree> free = what_comes_free(blocks, hold, confirmed);
  std::unordered_map<std::uint32_t, std::uint32_t> first_row;  // by SKU
  for (ComesFree& each : free) each.row = first_row.try_emplace(each.sku.value, each.row).first->second;
  std::stable_sort(free.begin(), free.end(), [](const ComesFree& left, const ComesFree& right) { return left.row < right.row; });
  std::vector<ServeStep> steps;
  for (std::size_t index = 0; index < free.size(); ++index) {
    const bool last_of_sku = index + 1 == free.size() || free[index + 1].row != free[index].row;
    steps.push_back({free[index].sku, free[index].row, free[index].warehouse, free[index].units, last_of_sku});
  }
  return steps;
}

// ---- replay of their records ----

Lsn Engine::hold_lsn(std::string_view id) {
  const BlockRef known = shared_.ids.find(no_writes_, identify(IdSpace::hold, id)).known;
  EARMARK_CHECK(known != 0 && shared_.blocks.at<KnownCommand>(known)->is_open_hold());
  return shared_.blocks.at<KnownCommand>(known)->lsn();
}

void Engine::end_hold(Lsn hold, HoldEnd how) {
  const Identity identity = shared_.blocks.at<KnownCommand>(book_.holds.at(hold).known)->identity;
  book_.end_hold(shared_, restore_blocks_, hold, how);
  if (hold.value < shared_.oldest_known.load(std::memory_order_relaxed)) forget(identity);
}

void Engine::restore(const Stamp& stamp, const HoldDecision& decision) {
  restored(stamp);
  const Identity identity = identify(IdSpace::hold, decision.id);
  const BlockRef known = restore_id(stamp, IdSpace::hold, identity, decision.content, 0);
  bool anything = false;
  std::size_t next = 0;
  for (const LineDecision& line : decision.lines) {
    if (line.taken == 0) continue;
    anything = true;
    add_to_cell(line.sku, line.warehouse, -static_cast<std::int64_t>(line.taken));
    for (std::size_t more = 0; more < line.more_takes; ++more, ++next) {
      add_to_cell(line.sku, decision.takes[next].warehouse, -static_cast<std::int64_t>(decision.takes[next].quantity));
    }
  }
  if (anything) {
    const BlockRef block = restore_blocks_.allocate(bytes_for_hold(decision), BlockCache::For::accepted);
    EARMARK_CHECK(block != 0 && build_hold(restore_blocks_, block, decision, identity, stamp));
    book_.start_hold(shared_, block, known, decision.deadline);
  } else {
    shared_.blocks.at<KnownCommand>(known)->end(HoldEnd::refused);
  }
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const HoldExtendDecision& decision) {
  restored(stamp);
  restore_id(stamp, IdSpace::hold_command, identify(IdSpace::hold_command, decision.command_id), decision.content, 0);
  book_.move_deadline(shared_, hold_lsn(decision.hold_id), decision.deadline);
  view_.apply(stamp, decision);
}

void Engine::restore(const Stamp& stamp, const HoldEndDecision& decision) {
  restored(stamp);
  if (!decision.command_id.empty()) {
    restore_id(stamp, IdSpace::hold_command, identify(IdSpace::hold_command, decision.command_id), decision.content, 0);
  }
  const Lsn hold = hold_lsn(decision.hold_id);
  Cause cause{stamp.lsn, stamp.time, {}, {}, 0, false};
  cause.steps = hold_end_steps(shared_.blocks, *shared_.blocks.at<OrderState>(book_.holds.at(hold).block), nullptr);
  std::size_t next = 0;
  for (const ReleasedLine& line : decision.lines) {
    for (std::uint32_t count = 0; count < line.count; ++count, ++next) {
      add_to_cell(line.sku, decision.released[next].warehouse, decision.released[next].quantity);
    }
  }
  end_hold(hold, decision.how);
  if (decision.fills_follow) open_cause_ = std::move(cause);
  view_.apply(stamp, decision);
}

}  // namespace earmark::engine
