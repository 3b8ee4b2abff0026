#include <algorithm>
#include <map>

#include "loadtest/load_connection.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::size_t most_unsent_bytes = 64U << 10;  // of a connection that still gets requests in an open loop
constexpr std::size_t most_restock_rows = 2'048;      // one frame holds them
constexpr std::int64_t hold_us = 600'000'000;         // longer than any checkout of a run: holds are ended, not let expire
constexpr std::size_t most_short_rows = 256;          // of those, for SKUs that somebody waits for

// In a fixed frame of its own; the others' lines are drawn again when their answers come.
bool keeps_lines(RequestKind kind) { return kind == RequestKind::order; }
bool is_command(RequestKind kind) { return kind != RequestKind::check && kind != RequestKind::show; }
bool names_an_order(RequestKind kind) { return kind == RequestKind::cancel || kind == RequestKind::ship || kind == RequestKind::show; }

}  // namespace

void LoadThread::fill(Connection& connection) {
  for (std::size_t count = connection.free.size(); count != 0 && sending_; --count) send_next(connection, now_);
  flush(connection);
}

// In turn, so that all connections carry alike.
LoadThread::Connection* LoadThread::connection_with_room(const Connection* not_on) {
  for (std::size_t count = 0; count < connections_.size(); ++count) {
    Connection& connection = connections_[next_connection_];
    next_connection_ = (next_connection_ + 1) % connections_.size();
    if (connection.free.empty() || connection.out.size() - connection.sent > most_unsent_bytes) continue;
    if (&connection == not_on && connections_.size() > 1) continue;
    if (!std::exchange(connection.is_unflushed, true)) unflushed_.push_back(&connection);
    return &connection;
  }
  return nullptr;
}

void LoadThread::dispatch() {
  if (schedule_ || !sending_) dispatch_repeats();
  dispatch_bursts();
  while (schedule_ && sending_ && schedule_->next() <= now_) {
    if (options_.orders != 0 && orders_left_ == 0) {
      stop_sending();
      break;
    }
    Connection* connection = connection_with_room(nullptr);
    if (connection == nullptr) break;
    const std::uint64_t intended = schedule_->next();
    schedule_->advance();
    if (intended >= measure_from_) {
      ++tally_.offered;
      tally_.waited.add(now_ - intended);
      if (!tally_.steps.empty()) ++tally_.steps[std::min<std::size_t>((intended - measure_from_) / step_ns_, tally_.steps.size() - 1)].offered;
    }
    send_next(*connection, intended);
  }
  for (Connection* connection : unflushed_) {
    connection->is_unflushed = false;
    flush(*connection);
  }
  unflushed_.clear();
}

// A situation's receipts: before the orders that are due, so that those do not take all room.
void LoadThread::dispatch_bursts() {
  while (bursts_ && sending_ && bursts_->next() <= now_) {
    Connection* connection = connection_with_room(nullptr);
    if (connection == nullptr) return;
    const std::uint64_t intended = bursts_->next();
    Request request;
    request.kind = RequestKind::receipt;
    request.popular = true;
    request.seed = generator_.random().state();
    request.number = ++last_number_;
    const std::uint16_t slot = connection->free.back();
    connection->free.pop_back();
    ++tally_.offered;
    tally_.waited.add(now_ - intended);
    if (!tally_.steps.empty()) ++tally_.steps[act_at(intended)].offered;
    ++stream_tally(request, intended)->offered;
    maybe_repeat(request, *connection);
    send(*connection, slot, request, intended);
    bursts_->advance();  // draw_storm counts it as one of those that are left
  }
}

// Where no answer makes room for them: in an open loop, and when nothing else is sent any more.
void LoadThread::dispatch_repeats() {
  while (!repeats_.empty()) {
    Connection* connection = connection_with_room(repeats_.front().not_on);
    if (connection == nullptr) return;
    const std::uint16_t slot = connection->free.back();
    connection->free.pop_back();
    send_again(*connection, slot, repeats_.front().request, now_);
    repeats_.pop_front();
  }
}

// A request for the connection's next free slot: one to be repeated, or a new one; none when all orders have been sent.
void LoadThread::send_next(Connection& connection, std::uint64_t sent_ns) {
  const std::uint16_t slot = connection.free.back();
  const bool repeats = !schedule_ && !repeats_.empty() && (connections_.size() == 1 || repeats_.front().not_on != &connection);
  if (repeats) {
    connection.free.pop_back();
    send_again(connection, slot, repeats_.front().request, sent_ns);
    repeats_.pop_front();
    return;
  }
  if (options_.orders != 0 && orders_left_ == 0) return stop_sending();
  connection.free.pop_back();
  Request request = draw(sent_ns);
  if (StreamTally* const stream = stream_tally(request, sent_ns)) ++stream->offered;
  maybe_repeat(request, connection);
  send(connection, slot, request, sent_ns);
}

void LoadThread::send(Connection& connection, std::size_t index, const Request& request, std::uint64_t sent_ns) {
  Slot& slot = connection.slots[index];
  slot.correlation = ++last_correlation_ << slot_bits | index;
  slot.sent_ns = sent_ns;
  slot.lsn_before = newest_lsn_;
  slot.request = request;
  ++open_, ++connection.open;
  ++delivery_.sent;
  put(connection, index, request);
}

void LoadThread::send_again(Connection& connection, std::size_t slot, const Request& request, std::uint64_t sent_ns) {
  drawn_again(request, [&] {
    send(connection, slot, request, sent_ns);
    return 0;
  });
}

// What the server was overloaded with is the same request still, and its waiting goes on.
void LoadThread::send_delayed() {
  for (std::size_t index = 0; index < delayed_.size();) {
    if (delayed_[index].due_ns > now_) {
      ++index;
      continue;
    }
    const Delayed due = delayed_[index];
    delayed_[index] = delayed_.back();
    delayed_.pop_back();
    const Slot slot = due.connection->slots[due.slot];
    send_again(*due.connection, due.slot, slot.request, slot.sent_ns);
    flush(*due.connection);
  }
}

RequestKind LoadThread::draw_kind() {
  const RequestKind kind = one_kind_ ? options_.mix.entries().front().value : options_.mix.pick(generator_.random().unit());
  if (names_an_order(kind) && orders_.empty()) return RequestKind::order;
  if (kind == RequestKind::receipt && options_.restock && taken_.empty() && waiting_.empty()) return RequestKind::order;
  return kind;
}

LoadThread::Request LoadThread::draw(std::uint64_t intended_ns) {
  Request request;
  request.popular = !acts_.empty() && choices_.unit() < acts_[act_at(intended_ns)].popular_share();
  request.kind = request.popular ? RequestKind::order : draw_kind();
  request.seed = generator_.random().state();
  switch (request.kind) {
    case RequestKind::check: return request;
    case RequestKind::show: request.target = orders_.look(choices_); return request;
    // Some orders are shipped and cancelled later, some twice: the first time there is something to do.
    case RequestKind::cancel:
    case RequestKind::ship: request.target = choices_.below(4) == 0 ? orders_.look(choices_) : orders_.take(choices_); break;
    case RequestKind::order: orders_left_ -= orders_left_ == 0 ? 0 : 1; break;
    case RequestKind::receipt:
    case RequestKind::hold:
    case RequestKind::confirm:
    case RequestKind::release: break;
  }
  request.number = ++last_number_;
  return request;
}

// Half of the repeats go out at once, beside the first sending; the others when that has been answered.
void LoadThread::maybe_repeat(Request& request, const Connection& connection) {
  if (options_.repeat_share == 0 || !is_command(request.kind) || choices_.unit() >= options_.repeat_share) return;
  request.pair = ++last_pair_;
  Pair& pair = pairs_[request.pair];
  pair.repeat_late = choices_.below(2) == 0;
  if (!pair.repeat_late) repeat(request, &connection);
}

// Lines of the file, with a replay; threads take turns in it.
void LoadThread::draw_lines(const Request& request, DrawnOrder& order) {
  std::span<const AskedLine> lines;
  if (options_.replay) {
    lines = options_.replay.orders->lines((request.number - 1) * options_.threads + number_);
    order.preferred = static_cast<std::uint16_t>(generator_.random().below(options_.shape.warehouses));
  } else {
    const std::span drawn = std::span(drawn_).first(generator_.line_count());
    order.preferred = generator_.order(drawn, request.popular);
    lines = drawn;
  }
  for (std::size_t line = 0; line < lines.size(); ++line) order_lines_[line] = {catalogue_.sku(lines[line].sku), lines[line].quantity};
  order.lines = std::span<const OrderFrameLine>(order_lines_).first(lines.size());
}

void LoadThread::repeat(Request request, const Connection* not_on) {
  request.on_top = true;
  repeats_.push_back({request, not_on});
}

LoadThread::DrawnOrder LoadThread::draw_order(const Request& request) {
  DrawnOrder order;
  draw_lines(request, order);
  if (plain_orders_) return order;
  order.policy = options_.policies.pick(generator_.random().unit());
  order.priority = options_.priorities.pick(generator_.random().unit());
  return order;
}

// The whole order, or some units of its first line.
std::optional<engine::CancelRow> LoadThread::draw_cancel() {
  Random& random = generator_.random();
  if (random.below(2) == 0) return std::nullopt;
  return engine::CancelRow{1 + random.below(options_.shape.quantity_max), engine::LineNumber{1}, 0};
}

void LoadThread::draw_check() {
  generator_.check(drawn_skus_);
  for (std::size_t place = 0; place < drawn_skus_.size(); ++place) check_skus_[place] = catalogue_.sku(drawn_skus_[place]);
}

// A receipt's rows are kept until its answer: what is brought back cannot be drawn a second time.
std::span<const engine::StockRow> LoadThread::receipt_rows(const Request& request) {
  const auto [place, is_new] = receipts_.try_emplace(request.number);
  std::vector<engine::StockRow>& rows = place->second;
  if (!is_new) return rows;
  if (request.popular) {
    draw_storm(rows);
    return rows;
  }
  if (options_.restock) {
    draw_restock(rows);
    return rows;
  }
  for (std::uint32_t count = std::min<std::uint32_t>(generator_.line_count(), most_restock_rows); count != 0; --count) {
    const std::uint32_t quantity = 1 + generator_.random().below(options_.shape.quantity_max);
    const engine::SkuId sku = catalogue_.sku(generator_.sku());
    rows.push_back({quantity, sku, catalogue_.warehouse(static_cast<std::uint16_t>(generator_.random().below(options_.shape.warehouses))), 0});
  }
  return rows;
}

// What orders took, into the cell that it came from; and half of what waits, so that a SKU that is short stays short.
void LoadThread::draw_restock(std::vector<engine::StockRow>& rows) {
  for (std::size_t count = 0; count < most_short_rows && !waiting_.empty(); ++count) {
    const UsedStock used = waiting_.take(choices_);
    const auto warehouse = static_cast<std::uint16_t>(choices_.below(options_.shape.warehouses));
    if (choices_.below(2) == 0) rows.push_back({used.quantity, engine::SkuId{used.sku}, catalogue_.warehouse(warehouse), 0});
  }
  while (rows.size() < most_restock_rows && !taken_.empty()) {
    const UsedStock used = taken_.take(choices_);
    rows.push_back({used.quantity, engine::SkuId{used.sku}, engine::WarehouseId{used.warehouse}, 0});
  }
  if (!rows.empty()) return;  // not one of the waiting was to be served
  rows.push_back({1, catalogue_.sku(generator_.sku()), catalogue_.warehouse(0), 0});
}

// An equal part of what waits for each of the receipts that are left, a row for each SKU.
void LoadThread::draw_storm(std::vector<engine::StockRow>& rows) {
  std::map<std::uint32_t, std::uint64_t> units;
  const std::size_t receipts = std::max<std::uint64_t>(1, bursts_->left());
  for (std::size_t count = (waiting_.size() + receipts - 1) / receipts; count != 0; --count) {
    const UsedStock used = waiting_.take(choices_);
    units[used.sku] += used.quantity;
  }
  if (units.empty()) units[catalogue_.sku(popular_skus(options_.shape).front()).value] = 1;  // nobody waits
  for (const auto& [sku, quantity] : units) {
    const engine::WarehouseId warehouse = catalogue_.warehouse(static_cast<std::uint16_t>(choices_.below(options_.shape.warehouses)));
    rows.push_back({static_cast<engine::WireQuantity>(std::min<std::uint64_t>(quantity, engine::max_quantity)), engine::SkuId{sku}, warehouse, 0});
  }
}

std::string_view LoadThread::id_of(std::uint64_t number) {
  id_ = id_prefix_;
  id_.resize(id_prefix_.size() + OrderFrame::digits);
  OrderFrame::write_digits(id_.data() + id_prefix_.size(), number);
  return id_;
}

void LoadThread::put_order(Connection& connection, std::size_t slot, const Request& request) {
  const DrawnOrder order = draw_order(request);
  const std::uint64_t correlation = connection.slots[slot].correlation;
  const engine::WarehouseId preferred = catalogue_.warehouse(order.preferred);
  if (options_.shape.has_fixed_lines()) {
    std::copy(order.lines.begin(), order.lines.end(), connection.lines_asked.begin() + static_cast<std::ptrdiff_t>(slot * options_.shape.lines));
    order_frame_.append(connection.out, correlation, request.number, preferred, order.lines, order.policy, order.priority);
    return;
  }
  fill_order_rows(order);
  schema::OrderRequest message;
  message.order.id = id_of(request.number);
  message.order.policy = order.policy;
  message.order.priority = order.priority;
  message.order.preferred = preferred;
  message.order.lines = order_rows_;
  message.epoch = catalogue_.epoch();
  encoder_.order(connection.out, correlation, message);
}

void LoadThread::fill_order_rows(const DrawnOrder& order) {
  order_rows_.clear();
  for (const OrderFrameLine& line : order.lines) {
    order_rows_.push_back({line.quantity, line.sku, engine::LineNumber{static_cast<std::uint32_t>(order_rows_.size() + 1)}, {}, 0, 0});
  }
}

void LoadThread::put_hold(Connection& connection, std::uint64_t correlation, const Request& request) {
  const DrawnOrder order = draw_order(request);
  fill_order_rows(order);
  schema::HoldRequest message;
  message.hold.id = id_of(request.number);
  message.hold.ttl_us = hold_us;
  message.hold.preferred = catalogue_.warehouse(order.preferred);
  message.hold.lines = order_rows_;
  message.epoch = catalogue_.epoch();
  encoder_.hold(connection.out, correlation, message);
}

void LoadThread::put(Connection& connection, std::size_t slot, const Request& request) {
  const std::uint64_t correlation = connection.slots[slot].correlation;
  std::vector<std::byte>& out = connection.out;
  switch (request.kind) {
    case RequestKind::order: return put_order(connection, slot, request);
    case RequestKind::check:
      draw_check();
      return encoder_.check(out, correlation, {catalogue_.epoch(), check_skus_});
    case RequestKind::receipt: return encoder_.receive(out, correlation, {{id_of(request.number), receipt_rows(request)}, catalogue_.epoch(), {}});
    case RequestKind::cancel: {
      const std::string order(id_of(request.target.number));
      const std::optional<engine::CancelRow> row = draw_cancel();
      const std::span<const engine::CancelRow> rows = row ? std::span(&*row, 1) : std::span<const engine::CancelRow>();
      return encoder_.cancel(out, correlation, {{id_of(request.number), order, rows}, {}});
    }
    case RequestKind::ship: {
      const std::string order(id_of(request.target.number));
      return encoder_.ship(out, correlation, {{id_of(request.number), order}, {}});
    }
    case RequestKind::hold: return put_hold(connection, correlation, request);
    case RequestKind::confirm: {
      const std::string hold(id_of(request.target.number));
      schema::ConfirmRequest message;
      message.confirm.hold_id = hold;
      message.confirm.order.id = id_of(request.number);
      message.epoch = catalogue_.epoch();
      return encoder_.confirm(out, correlation, message);
    }
    case RequestKind::release: {
      const std::string hold(id_of(request.target.number));
      return encoder_.release(out, correlation, {{id_of(request.number), hold}, {}});
    }
    case RequestKind::show: return encoder_.show(out, correlation, {id_of(request.target.number)});
  }
}

std::span<const OrderFrameLine> LoadThread::lines_of(Connection& connection, const Slot& slot) {
  if (!options_.shape.has_fixed_lines() || !keeps_lines(slot.request.kind)) return drawn_again(slot.request, [&] { return draw_order(slot.request).lines; });
  const std::size_t index = slot.correlation & ((1U << slot_bits) - 1);
  return std::span<const OrderFrameLine>(connection.lines_asked).subspan(index * options_.shape.lines, options_.shape.lines);
}

}  // namespace earmark::loadtest
