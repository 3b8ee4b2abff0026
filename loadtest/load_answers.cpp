#include <algorithm>

#include "loadtest/load_connection.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::uint64_t observed_share = 16;  // of so many stock checks one row goes into the history
constexpr std::size_t most_unfinished_bytes = 512U << 20;

// FNV-1a over 64-bit words: only to compare two answers of one command.
std::uint64_t hash_of(std::span<const Movement> movements) {
  std::uint64_t hash = 14'695'981'039'346'656'037ULL;
  for (const Movement& movement : movements) {
    std::array<std::uint64_t, sizeof(Movement) / 8> words;
    std::memcpy(words.data(), &movement, sizeof movement);
    for (const std::uint64_t word : words) hash = (hash ^ word) * 1'099'511'628'211ULL;
  }
  return hash;
}

}  // namespace

void LoadThread::answer(Connection& connection, const schema::Frame& frame) {
  const std::size_t index = frame.header.correlation & ((1U << slot_bits) - 1);
  if (index >= connection.slots.size() || connection.slots[index].correlation != frame.header.correlation || frame.header.correlation == 0) {
    ++delivery_.unexpected;
    return;
  }
  const bool more = (frame.header.flags & schema::flag_more_parts) != 0;
  if (more) return keep_part(frame);
  Slot& slot = connection.slots[index];
  --open_, --connection.open;
  ++delivery_.answered;
  last_answer_ns_ = now_;
  bool delayed = false;
  const bool whole = unfinished_.empty() || !unfinished_.contains(frame.header.correlation);
  if (frame.header.kind == schema::MessageKind::error) {
    delayed = answer_error(connection, index, frame);
  } else if (whole && slot.request.kind == RequestKind::order) {
    answer_order(connection, slot, frame);
  } else if (whole && slot.request.kind == RequestKind::check) {
    answer_check(slot, frame);
  } else {
    answer_in_parts(connection, slot, frame);
  }
  slot.correlation = 0;
  if (delayed) return;  // the slot waits for its second sending
  connection.free.push_back(static_cast<std::uint16_t>(index));
  if (!schedule_ && sending_ && !options_.waves) send_next(connection, now_);
}

void LoadThread::keep_part(const schema::Frame& frame) {
  unfinished_[frame.header.correlation].emplace_back(frame.body.begin(), frame.body.end());
  unfinished_bytes_ += frame.body.size();
  if (unfinished_bytes_ > most_unfinished_bytes) fault_ = "the server sends answers in parts without end";
}

void LoadThread::answer_order(Connection& connection, const Slot& slot, const schema::Frame& frame) {
  const auto order = frame.header.kind == schema::MessageKind::event ? read_decided_order(frame.body) : std::nullopt;
  if (!order) {
    ++delivery_.malformed;
    return;
  }
  order_decided(connection, slot, *order, (frame.header.flags & schema::flag_duplicate) != 0);
}

void LoadThread::order_decided(Connection& connection, const Slot& slot, const DecidedOrder& order, bool duplicate) {
  if (!order_fits(order, slot, lines_of(connection, slot))) ++delivery_.mismatched;
  decided(slot, order.lsn.value, duplicate);
  begin_recording(slot, duplicate);
  if (recording_ != Recording::off) record(order, slot);
  end_recording(connection, slot, duplicate);
  if (duplicate) return;
  if (keeps_orders_) orders_.add({slot.request.number, order.lsn.value}, choices_);
  if (options_.restock || bursts_) remember_stock(order);
  if (StreamTally* const stream = stream_tally(slot.request, slot.sent_ns)) ++stream->statuses[static_cast<std::size_t>(order.status)];
  if (slot.request.popular && now_ >= measure_from_ && is_first_line_short(order)) tally_.sold_out_ns = std::min(tally_.sold_out_ns, now_ - measure_from_);
  if (!measuring_) return;
  ++tally_.statuses[static_cast<std::size_t>(order.status)];
  tally_.lines += order.lines.size();
  if (order.status == engine::OrderStatus::reserved) return;
  std::size_t next_take = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    std::uint64_t taken = line.taken;
    for (std::size_t more = 0; more < line.more_takes; ++more) taken += order.takes[next_take++].quantity;
    if (taken < line.quantity) ++tally_.short_lines;
  }
}

bool LoadThread::order_fits(const DecidedOrder& order, const Slot& slot, std::span<const OrderFrameLine> asked) const noexcept {
  if (order.lines.size() != asked.size() || !is_id(order.id, slot.request.number)) return false;
  bool same = true;
  for (std::size_t index = 0; index < asked.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    same &= line.sku == asked[index].sku && line.quantity == asked[index].quantity && line.line.value == index + 1;
  }
  return same;
}

bool LoadThread::is_first_line_short(const DecidedOrder& order) noexcept {
  const engine::LineDecision line = order.lines[0];
  std::uint64_t taken = line.taken;
  for (std::size_t more = 0; more < line.more_takes; ++more) taken += order.takes[more].quantity;
  return taken < line.quantity;
}

bool LoadThread::is_id(std::string_view id, std::uint64_t wanted) const noexcept {
  if (id.size() != id_prefix_.size() + OrderFrame::digits || !id.starts_with(id_prefix_)) return false;
  std::uint64_t number = 0;
  for (const char digit : id.substr(id_prefix_.size())) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  return number == wanted;
}

void LoadThread::record(const DecidedOrder& order, const Slot& slot) {
  MovementKind kind = MovementKind::order_line;
  bool begins = true;
  for (const engine::ReceivedRow& row : returned_) {
    Movement back{order.lsn.value, row.sku.value, row.warehouse.value, MovementKind::hold_returned, std::exchange(begins, false), row.quantity, row.available_after, 0, 0};
    back.refer_to(slot.request.target.lsn);
    push(back);
  }
  if (!plain_orders_ && slot.request.kind == RequestKind::order) {
    const DrawnOrder drawn = drawn_again(slot.request, [&] { return draw_order(slot.request); });
    if (drawn.policy == engine::Policy::fill_or_kill) kind = MovementKind::line_or_kill;
    if (drawn.policy == engine::Policy::fill_and_cancel) kind = MovementKind::line_or_cancel;
    if (drawn.priority != engine::Priority{100}) {
      push({order.lsn.value, 0, 0, MovementKind::priority, true, drawn.priority.value, 0, 0, 0});
      begins = false;
    }
  }
  std::size_t next_take = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    const std::uint16_t warehouse = line.taken != 0 ? line.warehouse.value : std::uint16_t{0};
    push({order.lsn.value, line.sku.value, warehouse, kind, std::exchange(begins, false), line.taken, line.available_after, line.quantity,
          line.backordered});
    for (std::size_t more = 0; more < line.more_takes; ++more) {
      const engine::Take take = order.takes[next_take++];
      push({order.lsn.value, line.sku.value, take.warehouse.value, MovementKind::more_take, false, take.quantity, take.available_after, 0, 0});
    }
  }
}

// For receipts that bring back what was taken.
void LoadThread::remember_stock(const DecidedOrder& order) {
  std::size_t next_take = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    if (line.taken != 0) taken_.add({line.sku.value, line.taken, line.warehouse.value}, choices_);
    if (line.backordered != 0) waiting_.add({line.sku.value, line.backordered, 0}, choices_);
    for (std::size_t more = 0; more < line.more_takes; ++more) {
      const engine::Take take = order.takes[next_take++];
      taken_.add({line.sku.value, take.quantity, take.warehouse.value}, choices_);
    }
  }
}

void LoadThread::answer_check(const Slot& slot, const schema::Frame& frame) {
  const auto check = frame.header.kind == schema::MessageKind::check_answer ? read_checked_stock(frame.body) : std::nullopt;
  if (!check || check->warehouses != catalogue_.warehouses() ||
      check->available.size() != check_skus_.size() * check->warehouses) {
    ++delivery_.malformed;
    return;
  }
  if (check->lsn.value < slot.lsn_before) ++delivery_.out_of_order;  // it must show what was answered before
  newest_lsn_ = std::max(newest_lsn_, check->lsn.value);
  if (options_.verdict && checks_++ % observed_share == 0) {
    const engine::SkuId first = drawn_again(slot.request, [&] {
      draw_check();
      return check_skus_[0];
    });
    for (std::uint16_t warehouse = 0; warehouse < check->warehouses; ++warehouse) {
      history_.push({check->lsn.value, first.value, static_cast<std::uint16_t>(warehouse + 1), MovementKind::observed,
                     warehouse == 0, 0, check->available[warehouse], 0, 0});
    }
  }
  count_latency(slot);
}

// Whether the request is to be sent again later.
bool LoadThread::answer_error(Connection& connection, std::size_t index, const schema::Frame& frame) {
  const auto answer = decoder_.decode(frame.header.kind, std::span(&frame.body, 1));
  if (!answer || !std::holds_alternative<schema::ErrorAnswer>(*answer)) {
    ++delivery_.malformed;
    return false;
  }
  const auto& error = std::get<schema::ErrorAnswer>(*answer);
  const Slot& slot = connection.slots[index];
  if (measuring_) ++tally_.errors[error.error.code];
  if (error.error.code != engine::ErrorCode::overloaded) {
    ++delivery_.errors;
    pairs_.erase(slot.request.pair);
    receipts_.erase(slot.request.number);
    return false;
  }
  if (!sending_ && now_ >= end_) return false;
  const std::uint64_t wait_ms = std::max(error.retry_after_ms, 1U);
  const std::uint64_t random_ms = choices_.below(static_cast<std::uint32_t>(wait_ms));
  delayed_.push_back({now_ + (wait_ms + random_ms) * nanoseconds_per_ms, &connection, index});
  return true;
}

// An LSN is above those that were answered before the request was sent, unless the decision is an earlier sending's.
void LoadThread::decided(const Slot& slot, std::uint64_t lsn, bool duplicate) {
  if (!duplicate && lsn <= slot.lsn_before) ++delivery_.out_of_order;
  newest_lsn_ = std::max(newest_lsn_, lsn);
  count_latency(slot);
}

void LoadThread::count_latency(const Slot& slot) {
  const std::uint64_t latency = now_ - slot.sent_ns;
  const auto kind = static_cast<std::size_t>(slot.request.kind);
  if (measuring_) ++tally_.answered[kind];
  if (timeline_.enabled()) timeline_.add(now_, latency);
  if (live_.enabled()) live_.add(now_, latency);
  const bool counts = schedule_ ? slot.sent_ns >= measure_from_ && slot.sent_ns < end_ : measuring_;
  if (!counts) return;
  tally_.latency[kind].add(latency);
  if (!slot.request.on_top) {
    if (now_ <= end_ + grace_ns_) ++tally_.in_time;
    if (StreamTally* const stream = stream_tally(slot.request, slot.sent_ns)) {
      ++stream->answered;
      stream->latency.add(latency);
    }
  }
  if (tally_.steps.empty()) return;
  StepTally& step = tally_.steps[std::min<std::size_t>((slot.sent_ns - measure_from_) / step_ns_, tally_.steps.size() - 1)];
  ++step.answered;
  step.latency.add(latency);
}

std::size_t LoadThread::act_at(std::uint64_t intended_ns) const noexcept {
  return intended_ns < measure_from_ ? 0 : std::min<std::size_t>((intended_ns - measure_from_) / step_ns_, acts_.size() - 1);
}

StreamTally* LoadThread::stream_tally(const Request& request, std::uint64_t intended_ns) noexcept {
  if (acts_.empty() || intended_ns < measure_from_) return nullptr;
  ActTally& act = tally_.acts[act_at(intended_ns)];
  if (request.kind == RequestKind::receipt && request.popular) return &act.of(Stream::receipts);
  if (request.kind != RequestKind::order) return nullptr;
  return &act.of(request.popular ? Stream::popular_orders : Stream::other_orders);
}

void LoadThread::begin_recording(const Slot& slot, bool duplicate) {
  if (slot.request.pair != no_pair) {
    aside_.clear();
    recording_ = Recording::aside;
  } else {
    if (duplicate) ++delivery_.duplicates;  // decided for an earlier run: no part of this one's history
    recording_ = options_.verdict && !duplicate ? Recording::history : Recording::off;
  }
}

// Of two answers to one command the first goes into the history, whichever is marked; the second must say the same.
void LoadThread::end_recording(Connection& connection, const Slot& slot, bool duplicate) {
  const bool paired = recording_ == Recording::aside;
  recording_ = Recording::off;
  if (!paired) {
    if (slot.request.kind == RequestKind::receipt) receipts_.erase(slot.request.number);
    return;
  }
  const auto place = pairs_.find(slot.request.pair);
  if (place == pairs_.end()) return;  // the other one was an error
  Pair& pair = place->second;
  const std::uint64_t hash = hash_of(aside_);
  if (pair.decided++ == 0) {
    pair.hash = hash;
    pair.marked = duplicate ? 1 : 0;
    if (options_.verdict) {
      for (const Movement& movement : aside_) history_.push(movement);
    }
    if (pair.repeat_late) repeat(slot.request, &connection);
    return;
  }
  ++delivery_.repeats;
  if (pair.hash != hash) ++delivery_.repeats_differ;
  if (pair.marked + (duplicate ? 1 : 0) != 1) ++delivery_.repeats_not_marked;
  pairs_.erase(place);
  if (slot.request.kind == RequestKind::receipt) receipts_.erase(slot.request.number);
}

void LoadThread::push(const Movement& movement) {
  if (recording_ == Recording::history) history_.push(movement);
  if (recording_ == Recording::aside) aside_.push_back(movement);
}

}  // namespace earmark::loadtest
