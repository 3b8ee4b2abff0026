// The server's side of an exchange, played step by step: what the client sent as values, what it hears as frames.
// No sockets, no clock. Dense ids: SKU "S7" is 7, warehouses are W1 and W2.
#pragma once

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "client/exchange.hpp"
#include "schema/event.hpp"
#include "schema/request.hpp"

namespace earmark::client::test {

using schema::MessageKind;

// One request as the server sees it. Texts are copied out of the frame.
struct Heard {
  std::uint64_t correlation = 0;
  MessageKind kind{};
  std::string id;        // of the order, receipt or command
  std::uint64_t epoch = 0;
  std::vector<std::uint32_t> skus;  // of the lines, or asked for
  std::vector<std::string> codes;   // asked for
  std::vector<std::uint32_t> ids;   // asked for
  std::vector<std::string> rows{};  // of a purchase order, and what is asked of them
  bool dates = false;               // asked for
};

// Purchase orders.
inline void hear_purchase(Heard& heard, const schema::Request& request) {
  if (const auto* place = std::get_if<schema::PlacePurchaseRequest>(&request)) {
    heard.id = place->place.id, heard.epoch = place->epoch;
    for (const auto& line : place->place.lines) {
      heard.skus.push_back(line.sku.value);
      heard.rows.push_back(std::to_string(line.line.value) + ": " + std::to_string(line.quantity) + " S" + std::to_string(line.sku.value) + " for " +
                           std::to_string(line.warehouse.value) + " at " + std::to_string(line.promised.value));
    }
    for (const auto& peg : place->place.pegs) {
      heard.rows.push_back(std::to_string(peg.line.value) + " for " + std::string(place->place.peg_orders[peg.order]) + " line " + std::to_string(peg.order_line.value));
    }
  } else if (const auto* step = std::get_if<schema::MovePurchaseRequest>(&request)) {
    heard.id = step->move.command_id;
    for (const auto& row : step->move.rows) {
      heard.rows.push_back(std::to_string(row.line.value) + ": " + std::to_string(row.quantity) + " at " + std::to_string(row.promised.value));
    }
  } else if (const auto* arrival = std::get_if<schema::ReceivePurchaseRequest>(&request)) {
    heard.id = arrival->receive.id;
    for (const auto& row : arrival->receive.rows) {
      heard.rows.push_back(std::to_string(row.line.value) + ": " + std::to_string(row.quantity) + " good, " + std::to_string(row.damaged) + " damaged");
    }
  } else if (const auto* open = std::get_if<schema::PurchasesRequest>(&request)) {
    heard.rows.push_back("of vendor " + std::string(open->vendor));
  }
}

// Vendors and rules, and what is asked of them.
inline void hear_rules(Heard& heard, const schema::Request& request) {
  const auto number = [](auto value) { return std::to_string(value); };
  if (const auto* rules = std::get_if<schema::RulesRequest>(&request)) {
    heard.epoch = rules->epoch, heard.skus = {rules->sku.value};
    heard.rows.push_back("of vendor " + std::string(rules->vendor));
  } else if (const auto* find = std::get_if<schema::FindRequest>(&request)) {
    heard.id = find->id;
    heard.rows.push_back("space " + number(static_cast<int>(find->space)));
  }
  const auto* set = std::get_if<schema::SetRulesRequest>(&request);
  if (set == nullptr) return;
  heard.epoch = set->epoch;
  for (const auto& each : set->set.vendors) {
    heard.rows.push_back("vendor " + std::string(each.code) + (each.only_named ? " named" : " " + std::string(each.name) + " " + number(each.lead_days) + " " + number(each.cut_off)));
  }
  for (const auto& each : set->set.sources) heard.rows.push_back("source S" + number(each.sku.value) + " of " + number(each.vendor) + " in " + number(each.lead_days));
  for (const auto& each : set->set.rules) {
    heard.rows.push_back("rule S" + number(each.sku.value) + " for " + number(each.warehouse.value) + ": " + std::string(name(each.kind)) + " " + std::string(name(each.mode)) +
                         " " + number(each.point) + " " + number(each.quantity) + " " + number(each.minimum) + " " + number(each.multiple) + " " + number(each.maximum) +
                         " of " + number(each.vendor) + " in " + number(each.lead_days) + (each.pooled != 0 ? " pooled" : ""));
  }
  for (const auto& each : set->set.snoozes) {
    heard.rows.push_back("snooze S" + number(each.sku.value) + " for " + number(each.warehouse.value) + " until " + number(each.until.value));
  }
}

inline Heard heard_from(const schema::FrameHeader& header, const schema::Request& request) {
  Heard heard{header.correlation, header.kind, {}, 0, {}, {}, {}, {}, false};
  hear_purchase(heard, request);
  hear_rules(heard, request);
  if (const auto* order = std::get_if<schema::OrderRequest>(&request)) {
    heard.id = order->order.id, heard.epoch = order->epoch;
    for (const auto& line : order->order.lines) heard.skus.push_back(line.sku.value);
  } else if (const auto* receipt = std::get_if<schema::ReceiveRequest>(&request)) {
    heard.id = receipt->receipt.id, heard.epoch = receipt->epoch;
    for (const auto& row : receipt->receipt.rows) heard.skus.push_back(row.sku.value);
  } else if (const auto* cancel = std::get_if<schema::CancelRequest>(&request)) {
    heard.id = cancel->cancel.command_id;
  } else if (const auto* ship = std::get_if<schema::ShipRequest>(&request)) {
    heard.id = ship->ship.command_id;
  } else if (const auto* move = std::get_if<schema::MoveShipmentRequest>(&request)) {
    heard.id = move->move.command_id;
  } else if (const auto* transfer = std::get_if<schema::ShipTransferRequest>(&request)) {
    heard.id = transfer->ship.id, heard.epoch = transfer->epoch;
    for (const auto& row : transfer->ship.rows) heard.skus.push_back(row.sku.value);
  } else if (const auto* arrival = std::get_if<schema::ReceiveTransferRequest>(&request)) {
    heard.id = arrival->receive.command_id, heard.epoch = arrival->epoch;
    for (const auto& row : arrival->receive.rows) heard.skus.push_back(row.sku.value);
  } else if (const auto* change = std::get_if<schema::ChangeStockRequest>(&request)) {
    heard.id = change->change.id, heard.epoch = change->epoch;
    for (const auto& row : change->change.rows) heard.skus.push_back(row.sku.value);
  } else if (const auto* check = std::get_if<schema::CheckRequest>(&request)) {
    heard.epoch = check->epoch, heard.dates = check->dates;
    for (const engine::SkuId sku : check->skus) heard.skus.push_back(sku.value);
  } else if (const auto* resolve = std::get_if<schema::ResolveRequest>(&request)) {
    for (const std::string_view code : resolve->sku_codes) heard.codes.emplace_back(code);
    for (const engine::SkuId sku : resolve->sku_ids) heard.ids.push_back(sku.value);
  }
  return heard;
}

// What a played server answers, as frames.
class PlayedAnswers {
 public:
  using Bytes = std::vector<std::byte>;

  template <class Answer>
  static Bytes frames(std::uint64_t correlation, const Answer& value) {
    Bytes bytes;
    schema::append_answer(bytes, correlation, value);
    return bytes;
  }
  static Bytes hello(std::uint64_t correlation, std::uint64_t epoch, std::uint32_t credit) {
    schema::HelloAnswer hello;
    hello.epoch = epoch;
    hello.credit = credit;
    return frames(correlation, hello);
  }
  // "S7" is 7; codes that begin otherwise, and ids from 1000 on, are unknown.
  static Bytes codes(const Heard& heard, std::uint64_t epoch) {
    std::vector<engine::SkuId> ids;
    std::vector<std::string> texts;
    for (const std::string& code : heard.codes) ids.emplace_back(code[0] == 'S' ? static_cast<std::uint32_t>(std::stoul(code.substr(1))) : 0U);
    for (const std::uint32_t id : heard.ids) texts.push_back(id < 1000 ? "S" + std::to_string(id) : "");
    const std::vector<std::string_view> codes(texts.begin(), texts.end()), warehouses{"W1", "W2"}, names{"one", "two"};
    const std::vector<std::uint32_t> priorities{1, 2};
    schema::ResolveAnswer resolved;
    resolved.epoch = epoch;
    resolved.sku_ids = ids;
    resolved.sku_codes = codes;
    resolved.warehouse_codes = warehouses;
    resolved.warehouse_priorities = priorities;
    resolved.warehouse_names = names;
    return frames(heard.correlation, resolved);
  }
  template <class Decision>
  Bytes event(std::uint64_t correlation, std::uint64_t lsn, const Decision& decision, bool duplicate, bool more = false) {
    std::vector<std::uint64_t> record(16'384);
    const auto room = std::as_writable_bytes(std::span(record));
    const std::size_t size = encoder_.encode({engine::Lsn{lsn}, engine::TimeUs{1}, {}}, decision, room);
    if (size == 0) throw std::runtime_error("a decision that does not fit");
    Bytes bytes;
    schema::append_event_frames(bytes, correlation, room.first(size), duplicate, more);
    return bytes;
  }
  // Reserves all of an order (2 of each SKU) in W1.
  Bytes decision(const Heard& heard, std::uint64_t lsn, bool duplicate) {
    std::vector<engine::LineDecision> lines;
    std::uint32_t number = 0;
    for (const std::uint32_t sku : heard.skus) {
      lines.push_back({engine::LineNumber{++number}, engine::SkuId{sku}, 2, 0, 2, 7, engine::WarehouseId{1}, 1, 0, {}});
    }
    engine::OrderDecision decision;
    decision.id = heard.id;
    decision.lines = lines;
    return event(heard.correlation, lsn, decision, duplicate);
  }

 private:
  schema::EventEncoder encoder_;
};

class Played {
 public:
  using Time = Exchange::Time;

  explicit Played(ExchangeOptions options = {}) : exchange(prepared(std::move(options))) {}

  Exchange exchange;
  Time now{std::chrono::hours(1)};
  std::uint64_t epoch = 5;
  std::uint32_t credit = 100;
  std::uint64_t lsn = 0;

  Exchange::CallId order(const std::string& id, const std::string& sku = "S1", std::chrono::milliseconds limit = std::chrono::minutes(1)) {
    return exchange.submit(Order{id, {}, {}, {}, {}, {}, {}, {}, {}, 100, {}, {{1, sku, 2, ""}}}, now + limit);
  }
  Exchange::CallId cancel(const std::string& id, const std::string& of) {
    return exchange.submit(Cancel{id, of, {}}, now + std::chrono::minutes(1));
  }
  void pass(std::chrono::milliseconds time) { exchange.advance(now += time); }

  // Connects a link and greets.
  void greet(std::size_t link = 0) {
    connect(link);
    const std::vector<Heard> heard = hear(link);
    REQUIRE(heard.size() == 1);
    REQUIRE(heard[0].kind == MessageKind::hello);
    give(link, PlayedAnswers::hello(heard[0].correlation, epoch, credit));
  }
  void connect(std::size_t link = 0) {
    now = std::max(now, exchange.connect_at(link));
    exchange.connecting(link, now);
    exchange.opened(link, now);
  }
  void lose(std::size_t link = 0) {
    exchange.lost(link, "it closed the connection", now);
    exchange.advance(now);
  }

  // What was sent since; questions for codes are heard like all others.
  std::vector<Heard> hear(std::size_t link = 0) {
    exchange.advance(now);
    std::vector<std::byte> bytes;
    exchange.take_out(link, bytes);
    std::vector<Heard> all;
    for (std::span<const std::byte> rest = bytes; !rest.empty();) {
      const schema::Split split = schema::split(rest);
      REQUIRE(split.status == schema::SplitStatus::frame);
      const auto request = decoder_.decode(split.frame.header.kind, split.frame.body);
      REQUIRE(request.has_value());
      all.push_back(heard_from(split.frame.header, *request));
      rest = rest.subspan(split.consumed);
    }
    return all;
  }
  // As hear, with questions for codes answered: "S7" is 7, but codes that begin with X are unknown.
  std::vector<Heard> hear_commands(std::size_t link = 0) {
    std::vector<Heard> commands;
    for (std::vector<Heard> all = hear(link); !all.empty(); all = hear(link)) {
      for (const Heard& heard : all) {
        if (heard.kind == MessageKind::resolve) tell_codes(link, heard);
        else commands.push_back(heard);
      }
    }
    return commands;
  }
  void tell_codes(std::size_t link, const Heard& heard) { give(link, PlayedAnswers::codes(heard, epoch)); }

  void give(std::size_t link, const PlayedAnswers::Bytes& bytes) {
    exchange.received(link, bytes, now);
    exchange.advance(now);
  }
  template <class Answer>
  void answer(std::size_t link, std::uint64_t correlation, const Answer& value) {
    give(link, PlayedAnswers::frames(correlation, value));
  }
  void refuse(std::size_t link, const Heard& heard, engine::ErrorCode code, std::uint32_t retry_after_ms = 0) {
    answer(link, heard.correlation, schema::ErrorAnswer{{code, 1, engine::LineNumber{1}}, "no", engine::Lsn{9}, retry_after_ms});
  }
  void decide(std::size_t link, const Heard& heard, bool duplicate = false) {
    give(link, answers_.decision(heard, ++lsn, duplicate));
  }
  template <class Decision>
  void send(std::size_t link, std::uint64_t correlation, const Decision& decision, bool duplicate = false) {
    give(link, answers_.event(correlation, ++lsn, decision, duplicate));
  }

  // A decision, and the record of the same command behind it.
  template <class First, class Second>
  void send_two(std::size_t link, std::uint64_t correlation, const First& first, const Second& second) {
    give(link, answers_.event(correlation, ++lsn, first, false, true));
    give(link, answers_.event(correlation, ++lsn, second, false));
  }

  // The one call that has finished.
  Exchange::Finished finished() {
    auto all = exchange.take_finished();
    REQUIRE(all.size() == 1);
    return std::move(all.front());
  }

 private:
  static ExchangeOptions prepared(ExchangeOptions options) {
    options.server = "127.0.0.1:7411";
    options.seed = 7;
    return options;
  }

  schema::RequestDecoder decoder_;
  PlayedAnswers answers_;
};

}  // namespace earmark::client::test
