#include "loadtest/load_thread.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "client/describe.hpp"
#include "engine/check.hpp"

namespace earmark::loadtest {
namespace {

constexpr std::size_t read_bytes = 1U << 20;
constexpr std::uint64_t nanoseconds_per_ms = 1'000'000;
constexpr int longest_wait_ms = 100;          // so that the end of the run is noticed
constexpr std::uint64_t observed_share = 16;  // of so many stock checks one row goes into the history
constexpr std::uint64_t slot_bits = 16;       // of a correlation id

}  // namespace

struct LoadThread::Connection {
  Connection(LoadSocket opened, std::size_t pipeline, std::size_t lines)
      : socket(std::move(opened)), slots(pipeline), lines_asked(pipeline * lines) {}

  LoadSocket socket;
  std::vector<Slot> slots;
  std::vector<OrderFrameLine> lines_asked;  // `lines` for each slot; of a check the first SKU
  std::vector<std::byte> carried;           // the beginning of a frame that is not whole yet
  std::vector<std::byte> out;
  std::size_t sent = 0;
  std::size_t open = 0;
  bool waits_writable = false;
};

std::uint64_t monotonic_ns() noexcept {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

LoadThread::LoadThread(const Options& options, const BenchmarkCatalogue& catalogue, std::uint32_t number, std::uint64_t history_limit)
    : options_(options), catalogue_(catalogue),
      id_prefix_(fmt::format("{}-{}", options.id_prefix, "0123456789abcdefghijklmnopqrstuvwxyz"[number])),
      history_limit_(history_limit), generator_(options.shape, Random(options.seed + number).next()),
      order_frame_(id_prefix_, catalogue.epoch(), options.shape.lines), drawn_(options.shape.lines), drawn_skus_(options.check_skus),
      check_skus_(options.check_skus), epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      input_(read_bytes + schema::max_frame_bytes + schema::frame_header_bytes) {
  EARMARK_CHECK(epoll_ >= 0);
}

LoadThread::~LoadThread() { ::close(epoll_); }

client::Outcome<void> LoadThread::connect(std::uint32_t connections) {
  for (std::uint32_t count = 0; count < connections; ++count) {
    auto socket = LoadSocket::open(options_.server);
    if (!socket) return Unexpected{socket.error()};
    Connection& connection = connections_.emplace_back(std::move(*socket), options_.pipeline, options_.shape.lines);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.ptr = &connection;
    EARMARK_CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.socket.handle(), &interest) == 0);
  }
  return {};
}

void LoadThread::run(RunTimes& times) {
  read_clock(times);
  for (Connection& connection : connections_) fill(connection);
  while ((sending_ || open_ != 0) && fault_.empty() && now_ < times.give_up) loop(times);
}

void LoadThread::loop(RunTimes& times) {
  std::array<epoll_event, 256> ready;
  const int wait_ms = delayed_.empty() ? longest_wait_ms : 1;
  const int count = ::epoll_wait(epoll_, ready.data(), static_cast<int>(ready.size()), wait_ms);
  for (int index = 0; index < std::max(count, 0); ++index) {
    auto& connection = *static_cast<Connection*>(ready[static_cast<std::size_t>(index)].data.ptr);
    if ((ready[static_cast<std::size_t>(index)].events & EPOLLOUT) != 0) flush(connection);
    if ((ready[static_cast<std::size_t>(index)].events & ~std::uint32_t{EPOLLOUT}) != 0) receive(connection, times);
  }
  if (sending_ && history_.size() >= history_limit_) {  // the other threads end, too
    std::uint64_t end = times.end.load(std::memory_order_relaxed);
    while (now_ < end && !times.end.compare_exchange_weak(end, now_, std::memory_order_relaxed)) {}
  }
  read_clock(times);
  send_delayed();
  progress_.store(delivery_.answered, std::memory_order_relaxed);
}

// Relaxed: `end` is a number of its own, nothing else is published with it.
void LoadThread::read_clock(const RunTimes& times) noexcept {
  now_ = monotonic_ns();
  const std::uint64_t end = times.end.load(std::memory_order_relaxed);
  measuring_ = now_ >= times.measure_from && now_ < end;
  sending_ = now_ < end;
}

// One read: level-triggered epoll tells when there is more.
void LoadThread::receive(Connection& connection, const RunTimes& times) {
  std::vector<std::byte>& carried = connection.carried;
  std::copy(carried.begin(), carried.end(), input_.begin());
  const LoadSocket::Moved moved = connection.socket.read(std::span(input_).subspan(carried.size()));
  if (moved.status == LoadSocket::Status::lost) return lost(connection);
  if (moved.bytes == 0) return;
  read_clock(times);
  std::span<const std::byte> rest = std::span<const std::byte>(input_).first(carried.size() + moved.bytes);
  for (;;) {
    const schema::Split split = schema::split(rest);
    if (split.status == schema::SplitStatus::too_large) {
      fault_ = "the server sent a frame that is larger than the protocol allows";
      return;
    }
    if (split.status == schema::SplitStatus::need_more) break;
    answer(connection, split.frame);
    rest = rest.subspan(split.consumed);
  }
  carried.assign(rest.begin(), rest.end());
  if (options_.waves && sending_ && connection.open == 0) fill(connection);
  flush(connection);
}

void LoadThread::answer(Connection& connection, const schema::Frame& frame) {
  const std::size_t index = frame.header.correlation & ((1U << slot_bits) - 1);
  if (index >= connection.slots.size() || connection.slots[index].correlation != frame.header.correlation ||
      connection.slots[index].asked == Asked::nothing) {
    ++delivery_.unexpected;
    return;
  }
  Slot& slot = connection.slots[index];
  --open_, --connection.open;
  ++delivery_.answered;
  if ((frame.header.flags & schema::flag_more_parts) != 0) {
    ++delivery_.malformed;  // none of these answers needs more than one frame
  } else if (frame.header.kind == schema::MessageKind::error) {
    answer_error(connection, index, frame);
  } else if (slot.asked == Asked::order) {
    answer_order(connection, index, frame);
  } else {
    answer_check(connection, index, frame);
  }
  const bool delayed = slot.asked == Asked::nothing;  // answer_error sends it later
  slot.asked = Asked::nothing;
  if (!delayed && sending_ && !options_.waves) send_next(connection, index);
}

void LoadThread::answer_order(Connection& connection, std::size_t index, const schema::Frame& frame) {
  const Slot& slot = connection.slots[index];
  const auto order = frame.header.kind == schema::MessageKind::event ? read_decided_order(frame.body) : std::nullopt;
  if (!order) {
    ++delivery_.malformed;
    return;
  }
  if ((frame.header.flags & schema::flag_duplicate) != 0) {
    ++delivery_.duplicates;  // decided for an earlier sending: no part of this run's history
    return;
  }
  if (!matches(*order, slot, lines_of(connection, index))) ++delivery_.mismatched;
  if (order->lsn.value <= slot.lsn_before) ++delivery_.out_of_order;
  newest_lsn_ = std::max(newest_lsn_, order->lsn.value);
  if (options_.verdict) record(*order);
  if (!measuring_) return;
  tally_.order_latency.add(now_ - slot.sent_ns);
  ++tally_.statuses[static_cast<std::size_t>(order->status)];
  tally_.lines += order->lines.size();
  if (order->status == engine::OrderStatus::reserved) return;
  for (std::size_t line = 0; line < order->lines.size(); ++line) {
    if (order->lines[line].backordered != 0) ++tally_.short_lines;
  }
}

bool LoadThread::matches(const DecidedOrder& order, const Slot& slot, std::span<const OrderFrameLine> asked) const noexcept {
  if (order.lines.size() != asked.size() || order.id.size() != id_prefix_.size() + OrderFrame::digits ||
      !order.id.starts_with(id_prefix_)) {
    return false;
  }
  std::uint64_t number = 0;
  for (const char digit : order.id.substr(id_prefix_.size())) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  bool same = number == slot.number;
  for (std::size_t index = 0; index < asked.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    same &= line.sku == asked[index].sku && line.quantity == asked[index].quantity && line.line.value == index + 1;
  }
  return same;
}

void LoadThread::record(const DecidedOrder& order) {
  std::size_t next_take = 0;
  for (std::size_t index = 0; index < order.lines.size(); ++index) {
    const engine::LineDecision line = order.lines[index];
    const std::uint16_t warehouse = line.taken != 0 ? line.warehouse.value : std::uint16_t{0};
    history_.push({order.lsn.value, line.sku.value, warehouse, MovementKind::order_line, index == 0, line.taken,
                   line.available_after, line.quantity, line.backordered});
    for (std::size_t more = 0; more < line.more_takes; ++more) {
      const engine::Take take = order.takes[next_take++];
      history_.push({order.lsn.value, line.sku.value, take.warehouse.value, MovementKind::more_take, false, take.quantity,
                     take.available_after, 0, 0});
    }
  }
}

void LoadThread::answer_check(Connection& connection, std::size_t index, const schema::Frame& frame) {
  const Slot& slot = connection.slots[index];
  const auto check = frame.header.kind == schema::MessageKind::check_answer ? read_checked_stock(frame.body) : std::nullopt;
  if (!check || check->warehouses != catalogue_.warehouses() ||
      check->available.size() != check_skus_.size() * check->warehouses) {
    ++delivery_.malformed;
    return;
  }
  if (check->lsn.value < slot.lsn_before) ++delivery_.out_of_order;  // it must show what was answered before
  newest_lsn_ = std::max(newest_lsn_, check->lsn.value);
  if (options_.verdict && checks_++ % observed_share == 0) {
    const engine::SkuId first = connection.lines_asked[index * options_.shape.lines].sku;
    for (std::uint16_t warehouse = 0; warehouse < check->warehouses; ++warehouse) {
      history_.push({check->lsn.value, first.value, static_cast<std::uint16_t>(warehouse + 1), MovementKind::observed,
                     warehouse == 0, 0, check->available[warehouse], 0, 0});
    }
  }
  if (measuring_) tally_.check_latency.add(now_ - slot.sent_ns);
}

void LoadThread::answer_error(Connection& connection, std::size_t index, const schema::Frame& frame) {
  const auto answer = decoder_.decode(frame.header.kind, std::span(&frame.body, 1));
  if (!answer || !std::holds_alternative<schema::ErrorAnswer>(*answer)) {
    ++delivery_.malformed;
    return;
  }
  const auto& error = std::get<schema::ErrorAnswer>(*answer);
  if (measuring_) ++tally_.errors[error.error.code];
  if (error.error.code != engine::ErrorCode::overloaded) {
    ++delivery_.errors;
    return;
  }
  if (options_.waves) return;  // the next wave takes the slot with it
  const std::uint64_t wait_ms = std::max(error.retry_after_ms, 1U);
  const std::uint64_t random_ms = generator_.random().below(static_cast<std::uint32_t>(wait_ms));
  delayed_.push_back({now_ + (wait_ms + random_ms) * nanoseconds_per_ms, &connection, index});
  connection.slots[index].asked = Asked::nothing;
}

void LoadThread::send_delayed() {
  if (delayed_.empty()) return;
  if (!sending_) delayed_.clear();
  for (std::size_t index = 0; index < delayed_.size();) {
    if (delayed_[index].due_ns > now_) {
      ++index;
      continue;
    }
    const Delayed due = delayed_[index];
    delayed_[index] = delayed_.back();
    delayed_.pop_back();
    send_next(*due.connection, due.slot);
    flush(*due.connection);
  }
}

void LoadThread::send_next(Connection& connection, std::size_t index) {
  Slot& slot = connection.slots[index];
  slot.correlation = ++last_correlation_ << slot_bits | index;
  slot.sent_ns = now_;
  slot.lsn_before = newest_lsn_;
  ++open_, ++connection.open;
  ++delivery_.sent;
  const double checks = options_.checks();
  if (checks != 0 && (checks == 1 || generator_.random().unit() < checks)) return put_check(connection, index);
  slot.asked = Asked::order;
  slot.number = ++last_number_;
  const std::uint16_t preferred = generator_.order(drawn_);
  const std::span<OrderFrameLine> lines = lines_of(connection, index);
  for (std::size_t line = 0; line < drawn_.size(); ++line) {
    lines[line] = {catalogue_.sku(drawn_[line].sku), drawn_[line].quantity};
  }
  order_frame_.append(connection.out, slot.correlation, slot.number, catalogue_.warehouse(preferred), lines);
}

void LoadThread::put_check(Connection& connection, std::size_t index) {
  Slot& slot = connection.slots[index];
  slot.asked = Asked::check;
  generator_.check(drawn_skus_);
  for (std::size_t place = 0; place < drawn_skus_.size(); ++place) {
    check_skus_[place] = catalogue_.sku(drawn_skus_[place]);
  }
  lines_of(connection, index)[0].sku = check_skus_[0];
  encoder_.check(connection.out, slot.correlation, {catalogue_.epoch(), check_skus_});
}

void LoadThread::fill(Connection& connection) {
  for (std::size_t slot = 0; slot < connection.slots.size(); ++slot) send_next(connection, slot);
  flush(connection);
}

void LoadThread::flush(Connection& connection) {
  while (connection.sent < connection.out.size()) {
    const auto unsent = std::span<const std::byte>(connection.out).subspan(connection.sent);
    const LoadSocket::Moved moved = connection.socket.write(unsent);
    if (moved.status == LoadSocket::Status::lost) return lost(connection);
    if (moved.status == LoadSocket::Status::would_block) break;
    connection.sent += moved.bytes;
  }
  const bool all_sent = connection.sent == connection.out.size();
  if (all_sent) {
    connection.out.clear();
    connection.sent = 0;
  }
  if (connection.waits_writable == !all_sent) return;
  connection.waits_writable = !all_sent;
  epoll_event interest{};
  interest.events = all_sent ? EPOLLIN : EPOLLIN | EPOLLOUT;
  interest.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, connection.socket.handle(), &interest);
}

void LoadThread::lost(const Connection& connection) {
  if (!fault_.empty()) return;
  const std::string reason = errno == 0 ? "it closed the connection" : std::strerror(errno);
  fault_ = fmt::format("lost the server: {}; {} on this connection without answer", reason,
                       client::counted(connection.open, "request"));
}

std::span<OrderFrameLine> LoadThread::lines_of(Connection& connection, std::size_t slot) noexcept {
  return std::span(connection.lines_asked).subspan(slot * options_.shape.lines, options_.shape.lines);
}

}  // namespace earmark::loadtest
