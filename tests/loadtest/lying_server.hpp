// A server of a few lines that lies on purpose, for tests of the load engine: real sockets on a port that the system picks,
// one connection, one warehouse, orders and holds reserved whole.
#pragma once

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "loadtest/history.hpp"
#include "schema/answer.hpp"
#include "schema/event.hpp"
#include "schema/frame.hpp"
#include "schema/record.hpp"
#include "schema/request.hpp"

namespace earmark::loadtest::test {

inline constexpr std::uint32_t skus = 20;
inline constexpr std::uint32_t opening = 1'000'000;

// What the server does wrong with its tenth order.
enum class Lie { none,
                 no_answer,
                 two_answers,
                 other_order,
                 old_lsn,
                 same_lsn,
                 oversell,
                 duplicate_flag,
                 refusal,
                 garbage,
                 silence,
                 hang_up,
                 overloaded,
                 repeat_not_marked,
                 repeat_marked_twice,
                 repeat_differs,
                 other_receipt,
                 lost_receipt,
                 other_shipment,
                 half_shipment,
                 other_hold,
                 greedy_release,
                 half_confirm };

// Serves one connection in a thread: one warehouse, orders reserved whole.
class LyingServer {
 public:
  explicit LyingServer(Lie lie) : lie_(lie), listener_(::socket(AF_INET, SOCK_STREAM, 0)), available_(skus, opening) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof where;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&where), size) == 0);
    REQUIRE(::listen(listener_, 1) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&where), &size) == 0);
    port_ = ntohs(where.sin_port);
    thread_ = std::thread([this] { serve(::accept(listener_, nullptr, nullptr)); });
  }
  ~LyingServer() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  std::string port() const { return std::to_string(port_); }
  // When the client has gone.
  StockSnapshot stock() {
    thread_.join();
    return {lsn_, lsn_, 1, available_, std::vector<std::uint64_t>(skus, 0)};
  }

 private:
  void serve(int peer) {
    std::vector<std::byte> in, bytes(65'536);
    for (ssize_t count = 0; (count = ::recv(peer, bytes.data(), bytes.size(), 0)) > 0;) {
      in.insert(in.end(), bytes.begin(), bytes.begin() + count);
      std::span<const std::byte> rest = in;
      for (auto split = schema::split(rest); split.status == schema::SplitStatus::frame; split = schema::split(rest)) {
        answer(split.frame);
        rest = rest.subspan(split.consumed);
      }
      in.erase(in.begin(), in.end() - static_cast<std::ptrdiff_t>(rest.size()));
      if (hang_up_) break;
      ::send(peer, out_.data(), out_.size(), MSG_NOSIGNAL);
      out_.clear();
    }
    ::close(peer);
  }

  static schema::HelloAnswer hello() {
    schema::HelloAnswer answer;
    answer.credit = 4'096;
    return answer;
  }

  void answer(const schema::Frame& frame) {
    const std::uint64_t correlation = frame.header.correlation;
    if (frame.header.kind == schema::MessageKind::hello) return schema::append_answer(out_, correlation, hello());
    std::vector<std::uint64_t> aligned(frame.body.size() / 8);
    std::memcpy(aligned.data(), frame.body.data(), frame.body.size());
    if (frame.header.kind == schema::MessageKind::receive) return receive(correlation, std::as_bytes(std::span(aligned)));
    if (frame.header.kind == schema::MessageKind::hold) return hold(correlation, std::as_bytes(std::span(aligned)));
    if (frame.header.kind == schema::MessageKind::confirm) return confirm(correlation, std::as_bytes(std::span(aligned)));
    if (frame.header.kind == schema::MessageKind::release) return release(correlation, std::as_bytes(std::span(aligned)));
    if (frame.header.kind == schema::MessageKind::ship) return ship(correlation, std::as_bytes(std::span(aligned)));
    schema::OrderRequest request;
    if (decoder_.decode_order(std::as_bytes(std::span(aligned)), request) != engine::ErrorCode::none) return;
    const std::string id(request.order.id);
    if (const auto known = decided_.find(id); known != decided_.end()) return repeat(correlation, known->second);
    const Lie lie = ++orders_ == 10 ? lie_ : Lie::none;
    hang_up_ |= lie == Lie::hang_up;
    if (lie == Lie::no_answer || lie_ == Lie::silence) return;
    if (lie == Lie::refusal) {
      return schema::append_answer(out_, correlation, schema::ErrorAnswer{{engine::ErrorCode::unknown_sku, 1, {}}, {}, {}, 0});
    }
    if (lie == Lie::overloaded) {
      return schema::append_answer(out_, correlation, schema::ErrorAnswer{{engine::ErrorCode::overloaded, 0, {}}, {}, {}, 1});
    }
    decide(request.order, lie);
    decided_[id] = record_;
    const std::size_t start = out_.size();
    const auto record = std::as_bytes(std::span(record_)).first(record_bytes_);
    schema::append_event_frames(out_, correlation, record, lie == Lie::duplicate_flag || lie_ == Lie::repeat_marked_twice, false);
    if (lie == Lie::two_answers) schema::append_event_frames(out_, correlation, record, false, false);
    if (lie != Lie::garbage) return;
    std::fill(out_.begin() + static_cast<std::ptrdiff_t>(start + schema::frame_header_bytes), out_.end(), std::byte{0x5A});
  }

  void receive(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::receive, body);
    if (!decoded) return;
    const auto& request = std::get<schema::ReceiveRequest>(*decoded);
    const std::string id(request.receipt.id);
    if (const auto known = decided_.find(id); known != decided_.end()) return repeat(correlation, known->second);
    std::vector<engine::ReceivedRow> rows;
    for (const engine::StockRow& row : request.receipt.rows) {
      engine::Quantity& available = available_.at(row.sku.value - 1);
      const auto units = static_cast<engine::Quantity>(row.quantity);
      if (lie_ != Lie::lost_receipt) available += units;
      rows.push_back({row.sku, row.warehouse, 0, lie_ == Lie::other_receipt ? units + 1 : units, available});
    }
    const engine::ReceiptDecision decision{request.receipt.id, 0, false, rows};
    reply(correlation, decision);
    decided_[id] = record_;
  }

  // Everything of the order, all of which is reserved in the one warehouse.
  void ship(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::ship, body);
    if (!decoded) return;
    const auto& request = std::get<schema::ShipRequest>(*decoded);
    std::vector<engine::ShippedLine> lines;
    std::vector<engine::Take> shipped;
    const std::string order(request.ship.order_id);
    for (engine::LineDecision& line : reserved_.at(order)) {
      const engine::Quantity units = std::exchange(line.taken, 0);
      lines.push_back({line.line, line.sku, units == 0 ? 0U : 1U});
      if (units == 0) continue;
      shipped.push_back({lie_ == Lie::half_shipment ? units - 1 : units, available_.at(line.sku.value - 1), engine::WarehouseId{1}, 1});
    }
    engine::ShipDecision decision;
    decision.command_id = request.ship.command_id;
    decision.order_id = lie_ == Lie::other_shipment ? std::string_view("another") : request.ship.order_id;
    decision.lines = lines;
    decision.shipped = shipped;
    reply(correlation, decision);
  }

  void hold(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::hold, body);
    if (!decoded) return;
    const engine::PlaceHold& asked = std::get<schema::HoldRequest>(*decoded).hold;
    std::vector<engine::LineDecision> lines;
    for (const engine::OrderLine& line : asked.lines) {
      const auto units = static_cast<engine::Quantity>(line.quantity);
      engine::Quantity& available = available_.at(line.sku.value - 1);
      available -= units;
      lines.push_back({line.line, line.sku, units, 0, units, available, engine::WarehouseId{1}, 1, 0, {}});
    }
    held_[std::string(asked.id)] = lines;
    engine::HoldDecision decision;
    decision.id = lie_ == Lie::other_hold ? std::string_view("another") : asked.id;
    decision.lines = lines;
    reply(correlation, decision);
  }

  void confirm(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::confirm, body);
    if (!decoded) return;
    const engine::ConfirmHold& asked = std::get<schema::ConfirmRequest>(*decoded).confirm;
    std::vector<engine::LineDecision> lines = held_.at(std::string(asked.hold_id));
    std::vector<engine::ReceivedRow> returned;
    for (engine::LineDecision& line : lines) {
      line.available_after = available_.at(line.sku.value - 1);
      returned.push_back({line.sku, engine::WarehouseId{1}, 0, lie_ == Lie::half_confirm ? line.taken + 1 : line.taken, line.available_after});
    }
    reserved_[std::string(asked.order.id)] = lines;
    engine::OrderDecision decision;
    decision.id = asked.order.id;
    decision.hold = asked.hold_id;
    decision.lines = lines;
    decision.returned = returned;
    reply(correlation, decision);
  }

  void release(std::uint64_t correlation, std::span<const std::byte> body) {
    const auto decoded = decoder_.decode(schema::MessageKind::release, body);
    if (!decoded) return;
    const engine::ReleaseHold& asked = std::get<schema::ReleaseRequest>(*decoded).release;
    std::vector<engine::ReleasedLine> lines;
    std::vector<engine::Take> released;
    for (const engine::LineDecision& line : held_.at(std::string(asked.hold_id))) {
      engine::Quantity& available = available_.at(line.sku.value - 1);
      const engine::Quantity units = lie_ == Lie::greedy_release ? line.taken + 1 : line.taken;
      available += units;
      lines.push_back({line.line, line.sku, 1});
      released.push_back({units, available, engine::WarehouseId{1}, 1});
    }
    engine::HoldEndDecision decision;
    decision.command_id = asked.command_id;
    decision.hold_id = asked.hold_id;
    decision.lines = lines;
    decision.released = released;
    reply(correlation, decision);
  }

  template <class Decision>
  void reply(std::uint64_t correlation, const Decision& decision) {
    encoder_.encode({engine::Lsn{++lsn_}, {}, {}}, decision, std::as_writable_bytes(std::span(record_)));
    schema::append_event_frames(out_, correlation, std::as_bytes(std::span(record_)), false, false);
  }

  void repeat(std::uint64_t correlation, std::vector<std::uint64_t>& record) {
    if (lie_ == Lie::repeat_differs) {
      const engine::Stamp stamp = schema::stamp_of(std::as_bytes(std::span(record)));
      const engine::LineDecision line{engine::LineNumber{1}, engine::SkuId{1}, 1, 0, 1, 7, engine::WarehouseId{1}, 1, 0, {}};
      engine::OrderDecision decision;
      decision.id = "another";
      decision.lines = std::span(&line, 1);
      encoder_.encode(stamp, decision, std::as_writable_bytes(std::span(record)));
    }
    schema::append_event_frames(out_, correlation, std::as_bytes(std::span(record)), lie_ != Lie::repeat_not_marked, false);
  }

  void decide(const engine::PlaceOrder& order, Lie lie) {
    std::vector<engine::LineDecision> lines;
    for (const engine::OrderLine& line : order.lines) {
      const auto units = static_cast<engine::Quantity>(line.quantity);
      engine::Quantity& available = available_.at(line.sku.value - 1);
      if (lie != Lie::oversell) available -= units;
      lines.push_back({line.line, line.sku, units, 0, units, available, engine::WarehouseId{1}, 1, 0, {}});
    }
    reserved_[std::string(order.id)] = lines;
    engine::OrderDecision decision;
    const std::string other = std::string(order.id.substr(0, order.id.size() - 1)) + "x";
    decision.id = lie == Lie::other_order ? std::string_view(other) : order.id;
    decision.lines = lines;
    std::uint64_t lsn = lie == Lie::same_lsn ? lsn_ : ++lsn_;
    if (lie == Lie::old_lsn) lsn = 1;
    record_bytes_ = encoder_.encode({engine::Lsn{lsn}, {}, {}}, decision, std::as_writable_bytes(std::span(record_)));
  }

  Lie lie_;
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<std::uint32_t> available_;
  std::uint64_t lsn_ = 100;
  std::uint64_t orders_ = 0;
  bool hang_up_ = false;
  schema::RequestDecoder decoder_;
  schema::EventEncoder encoder_;
  std::vector<std::uint64_t> record_ = std::vector<std::uint64_t>(4'000);
  std::size_t record_bytes_ = 0;
  std::map<std::string, std::vector<std::uint64_t>> decided_;
  std::map<std::string, std::vector<engine::LineDecision>> reserved_, held_;
  std::vector<std::byte> out_;
  std::thread thread_;
};

}  // namespace earmark::loadtest::test
