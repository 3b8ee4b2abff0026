#include "client/reply_reader.hpp"

#include "client/reply_purchases.hpp"
#include "client/reply_rules.hpp"
#include "client/split.hpp"

namespace earmark::client {
namespace {

constexpr std::uint8_t engine_strict = 255;  // schema/read.fbs, OrderLineView.patience

std::optional<engine::Policy> policy_of(engine::LinePolicy own) { return own.own() ? std::optional(own.or_else({})) : std::nullopt; }

OrderAnswer answer_of(const engine::OrderDecision& order, Codes& codes) {
  OrderAnswer answer;
  answer.id = order.id;
  answer.status = order.status;
  answer.lines.reserve(order.lines.size());
  bool waits = false;
  each_line(order, [&](const LineSplit& split) {
    OrderAnswerLine line{split.line.line.value, codes(split.line.sku), split.line.quantity, split.line.backordered,
                         split.cancelled, codes(split.takes), 0, 0, policy_of(split.policy), split.not_backorderable, split.expected, split.fallback_us};
    if (split.wait != nullptr) {
      line.position = split.wait->position;
      line.quantity_ahead = split.wait->quantity_ahead;
    }
    waits |= line.backordered != 0;
    answer.lines.push_back(std::move(line));
  });
  for (const Shipment& shipment : shipments_of(order)) {
    answer.shipments.push_back({shipment_id(order.id, shipment.number), codes(shipment.warehouse), shipment.units});
  }
  if (waits) answer.backorder = backorder_id(order.id);
  answer.hold = order.hold;
  answer.reacquired = order.reacquired;
  answer.not_due = order.not_due;
  return answer;
}

HoldAnswer answer_of(const engine::HoldDecision& hold, Codes& codes) {
  HoldAnswer answer;
  answer.id = hold.id;
  answer.status = hold.status;
  answer.deadline_us = hold.deadline.value;
  each_line(like_an_order(hold), [&](const LineSplit& split) {
    answer.lines.push_back({split.line.line.value, codes(split.line.sku), split.line.quantity, codes(split.takes)});
  });
  return answer;
}

ExtendAnswer answer_of(const engine::HoldExtendDecision& extend, Codes&) {
  ExtendAnswer answer;
  answer.command_id = extend.command_id;
  answer.hold = extend.hold_id;
  answer.deadline_us = extend.deadline.value;
  answer.cut = extend.cut;
  return answer;
}

ReleaseAnswer answer_of(const engine::HoldEndDecision& end, Codes& codes) {
  ReleaseAnswer answer;
  answer.command_id = end.command_id;
  answer.hold = end.hold_id;
  std::size_t next = 0;
  for (const engine::ReleasedLine& line : end.lines) {
    answer.lines.push_back({line.line.value, codes(line.sku), codes(end.released.subspan(next, line.count))});
    next += line.count;
  }
  return answer;
}

ReceiptAnswer answer_of(const engine::ReceiptDecision& receipt, Codes& codes) {
  ReceiptAnswer answer;
  answer.id = receipt.id;
  for (const engine::ReceivedRow& row : receipt.rows) {
    answer.rows.push_back({codes(row.sku), codes(row.warehouse), row.quantity, row.available_after});
  }
  return answer;
}

std::vector<CancelAnswerLine> taken_back(std::span<const engine::CancelledLine> lines, std::span<const engine::Take> released, Codes& codes) {
  std::vector<CancelAnswerLine> all;
  std::size_t next = 0;
  for (const engine::CancelledLine& line : lines) {
    all.push_back({line.line.value, codes(line.sku), line.waiting, line.excess, codes(released.subspan(next, line.releases))});
    next += line.releases;
  }
  return all;
}

CancelAnswer answer_of(const engine::CancelDecision& cancel, Codes& codes) {
  CancelAnswer answer;
  answer.command_id = cancel.command_id;
  answer.order = cancel.order_id;
  answer.lines = taken_back(cancel.lines, cancel.released, codes);
  return answer;
}

AmendAnswer answer_of(const engine::AmendDecision& amend, Codes& codes) {
  AmendAnswer answer;
  answer.command_id = amend.command_id;
  answer.order = amend.order_id;
  if (amend.priority) answer.priority = amend.priority->value;
  answer.lines = taken_back(amend.lines, amend.released, codes);
  for (const engine::RaisedLine& line : amend.raised) answer.raised.push_back({line.line.value, codes(line.sku), line.quantity, line.cancelled});
  return answer;
}

ShipAnswer answer_of(const engine::ShipDecision& ship, Codes& codes) {
  ShipAnswer answer;
  answer.command_id = ship.command_id;
  answer.order = ship.order_id;
  std::size_t next = 0;
  for (const engine::ShippedLine& line : ship.lines) {
    answer.lines.push_back({line.line.value, codes(line.sku), codes(ship.shipped.subspan(next, line.ships))});
    next += line.ships;
  }
  return answer;
}

StockChangeAnswer answer_of(const engine::StockChangeDecision& change, Codes& codes) {
  StockChangeAnswer answer;
  answer.id = change.id;
  answer.kind = change.kind;
  answer.reason = change.reason;
  for (std::size_t index = 0; index < change.rows.size(); ++index) {
    const engine::ChangedRow& row = change.rows[index];
    answer.rows.push_back({codes(row.sku), codes(row.warehouse), row.on_hand_change, row.unavailable_change, row.available_after, change.overdraws(index)});
  }
  for (std::size_t index = 0; index < change.lost.size(); ++index) {
    const engine::LostUnits& lost = change.lost[index];
    answer.lost.push_back({std::string(change.orders[lost.order]), std::string(change.customers[lost.order]), lost.line.value,
                           codes(lost.sku), codes(lost.warehouse), lost.quantity, lost.shipment, change.of_hold(index)});
  }
  return answer;
}

ShipmentMoveAnswer answer_of(const engine::ShipmentDecision& move, Codes& codes) {
  ShipmentMoveAnswer answer;
  answer.command_id = move.command_id;
  answer.order = move.order_id;
  answer.warehouse = codes(move.warehouse);
  answer.shipment = move.shipment;
  answer.step = move.step;
  answer.revision = move.revision;
  answer.rest_shipment = move.rest_shipment;
  answer.carrier = move.carrier;
  answer.tracking = move.tracking;
  answer.expected_us = move.expected.value;
  answer.to_unavailable = move.to_unavailable;
  for (const engine::MovedLine& line : move.lines) answer.lines.push_back({line.line.value, codes(line.sku), line.quantity, line.rest});
  return answer;
}

ShipTransferAnswer answer_of(const engine::TransferShipDecision& ship, Codes& codes) {
  ShipTransferAnswer answer;
  answer.id = ship.id;
  answer.source = codes(ship.source), answer.destination = codes(ship.destination);
  answer.expected_us = ship.expected.value;
  answer.reason = ship.reason;
  for (const engine::TransferredRow& row : ship.rows) answer.rows.push_back({codes(row.sku), row.quantity, row.available_after});
  return answer;
}

ReceiveTransferAnswer answer_of(const engine::TransferReceiptDecision& receipt, Codes& codes) {
  ReceiveTransferAnswer answer;
  answer.command_id = receipt.command_id;
  answer.transfer = receipt.transfer_id;
  answer.source = codes(receipt.source), answer.destination = codes(receipt.destination);
  answer.closed = receipt.closed;
  for (const engine::ArrivedRow& row : receipt.rows) answer.rows.push_back({codes(row.sku), row.quantity, row.damaged, row.over, row.available_after});
  for (const engine::MissingUnits& each : receipt.missing) answer.missing.push_back({codes(each.sku), each.quantity});
  return answer;
}

// Whether the decision is the one on this command.
bool answers(const engine::OrderDecision& decision, const Request& request) {
  const auto* confirm = std::get_if<Confirm>(&request);
  if (confirm != nullptr) return confirm->order.id == decision.id && confirm->hold == decision.hold;
  const auto* order = std::get_if<Order>(&request);
  return order != nullptr && order->id == decision.id;
}
bool answers(const engine::CancelDecision& decision, const Request& request) {
  const auto* cancel = std::get_if<Cancel>(&request);
  return cancel != nullptr && cancel->command_id == decision.command_id && cancel->order == decision.order_id;
}
bool answers(const engine::AmendDecision& decision, const Request& request) {
  const auto* amend = std::get_if<Amend>(&request);
  return amend != nullptr && amend->command_id == decision.command_id && amend->order == decision.order_id;
}
bool answers(const engine::ReceiptDecision& decision, const Request& request) {
  const auto* receipt = std::get_if<Receipt>(&request);
  return receipt != nullptr && receipt->id == decision.id;
}
bool answers(const engine::ShipDecision& decision, const Request& request) {
  const auto* ship = std::get_if<Ship>(&request);
  return ship != nullptr && ship->command_id == decision.command_id && ship->order == decision.order_id;
}

bool answers(const engine::StockChangeDecision& decision, const Request& request) {
  const auto* change = std::get_if<StockChange>(&request);
  return change != nullptr && change->id == decision.id && change->kind == decision.kind;
}

bool answers(const engine::ShipmentDecision& decision, const Request& request) {
  const auto* move = std::get_if<ShipmentMove>(&request);
  return move != nullptr && move->command_id == decision.command_id && move->order == decision.order_id && move->shipment == decision.shipment;
}

bool answers(const engine::HoldDecision& decision, const Request& request) {
  const auto* hold = std::get_if<Hold>(&request);
  return hold != nullptr && hold->id == decision.id;
}
bool answers(const engine::HoldExtendDecision& decision, const Request& request) {
  const auto* extend = std::get_if<Extend>(&request);
  return extend != nullptr && extend->command_id == decision.command_id && extend->hold == decision.hold_id;
}
bool answers(const engine::HoldEndDecision& decision, const Request& request) {
  const auto* release = std::get_if<Release>(&request);
  return release != nullptr && release->command_id == decision.command_id && release->hold == decision.hold_id;
}

bool answers(const engine::TransferShipDecision& decision, const Request& request) {
  const auto* ship = std::get_if<ShipTransfer>(&request);
  return ship != nullptr && ship->id == decision.id;
}
bool answers(const engine::TransferReceiptDecision& decision, const Request& request) {
  const auto* receive = std::get_if<ReceiveTransfer>(&request);
  return receive != nullptr && receive->command_id == decision.command_id && receive->transfer == decision.transfer_id;
}

// Whether it is the decision that is looked for. Its kind is the server's business.
template <class Decision>
bool is_found(const Decision& decision, const Request& request) {
  const auto* question = std::get_if<FindQuestion>(&request);
  if constexpr (requires { decision.command_id; }) return question != nullptr && question->id == decision.command_id;
  else if constexpr (requires { decision.id; }) return question != nullptr && question->id == decision.id;
  return false;
}

// The first event of an answer. Decisions that answer no command of a channel give nothing.
struct Cause {
  const Request& request;
  Codes& codes;
  std::optional<Reply> reply{};

  template <class Decision>
  void operator()(const Decision& decision) {
    if constexpr (requires { answer_of(decision, codes); }) {
      if (answers(decision, request) || is_found(decision, request)) reply = answer_of(decision, codes);
    }
  }
};

// What was found, as the answer to the question for it.
std::optional<Reply> as_found(Reply reply) {
  return std::visit([](auto& answer) -> std::optional<Reply> {
    if constexpr (std::is_constructible_v<FoundDecision, std::decay_t<decltype(answer)>>) return FindAnswer{std::move(answer)};
    else return std::nullopt;
  }, reply);
}

Fill fill_of(const schema::Event& event, const engine::FillDecision& fill, Codes& codes) {
  return {event.stamp.lsn.value, std::string(fill.order_id), fill.line.value, codes(fill.sku), fill.still_waiting,
          codes(fill.takes), fill.pegged};
}

Decided* decided(Reply& reply) {
  return std::visit(
      [](auto& answer) -> Decided* {
        if constexpr (std::is_base_of_v<Decided, std::decay_t<decltype(answer)>>) return &answer;
        else return nullptr;
      },
      reply);
}

// Puts answers to questions into codes. Each gives nothing if it does not fit the question.
class ToReply {
 public:
  ToReply(const Request& request, Codes& codes) : request_(request), codes_(codes) {}

  template <class Other>
  std::optional<Reply> operator()(const Other&) {
    return std::nullopt;
  }

  std::optional<Reply> operator()(const schema::CheckAnswer& from) {
    const auto* question = std::get_if<CheckQuestion>(&request_);
    if (question == nullptr || from.available.size() != question->skus.size() * from.warehouses) return std::nullopt;
    if (from.now.size() != question->wanted.size() || (!question->dates && !(from.expected.empty() && from.fallbacks.empty()))) return std::nullopt;
    CheckAnswer answer;
    answer.lsn = from.lsn.value;
    for (std::uint16_t column = 0; column < from.warehouses; ++column) {
      answer.warehouses.push_back(codes_(engine::WarehouseId{static_cast<std::uint16_t>(column + 1)}));
    }
    answer.rows.reserve(question->skus.size());
    for (std::size_t row = 0; row < question->skus.size(); ++row) {
      const auto available = from.available.subspan(row * from.warehouses, from.warehouses);
      CheckRow entry{question->skus[row], codes_.catalogue().sku(question->skus[row]).value != 0,
                     {available.begin(), available.end()}, 0, from.now.empty() ? 0 : from.now[row], expected_of(from.expected, row),
                     fallback_of(from.fallbacks, row)};
      for (const engine::Quantity quantity : available) entry.total += quantity;
      answer.rows.push_back(std::move(entry));
    }
    return answer;
  }

  std::optional<Reply> operator()(const schema::StockAnswer& from) {
    const auto* question = std::get_if<StockQuestion>(&request_);
    // A page that does not come after the one before would be asked for for ever.
    if (question == nullptr || (from.next_after.value != 0 && from.next_after.value <= question->after)) return std::nullopt;
    StockAnswer answer;
    answer.lsn = from.lsn.value;
    answer.next_after = from.next_after.value;
    for (const schema::StockLevel& level : from.levels) {
      answer.rows.push_back({codes_(level.sku), codes_(level.warehouse), level.on_hand, level.reserved, level.held,
                             level.unavailable, level.available, level.lsn.value, level.incoming});
    }
    for (const schema::SkuLevel& level : from.skus) {
      answer.skus.push_back({codes_(level.sku), level.backordered, level.incoming});
    }
    return answer;
  }

  std::optional<Reply> operator()(const schema::OrderView& from) {
    const auto* question = std::get_if<ShowQuestion>(&request_);
    if (question == nullptr || question->order != from.id) return std::nullopt;
    OrderState state;
    state.as_of = from.as_of.value, state.lsn = from.lsn.value, state.time_us = from.time.value;
    state.status = from.status, state.policy = from.policy, state.priority = from.priority.value;
    state.id = from.id, state.customer = from.customer, state.channel = from.channel, state.ship_to = from.ship_to;
    state.contact = from.contact, state.reference = from.reference, state.notes = from.notes;
    state.need_by_us = from.need_by.value, state.cancel_after_us = from.cancel_after.value;
    state.reserve_not_before_us = from.reserve_not_before.value;
    state.placed_at_us = from.placed_at.value;
    std::size_t next = 0;
    for (const schema::OrderLineView& line : from.lines) {
      OrderStateLine entry{line.line.value, codes_(line.sku), line.quantity, line.backordered, line.cancelled, {},
                           line.position, line.quantity_ahead, policy_of(line.policy), codes_(line.pinned),
                           line.patience == engine_strict ? std::uint8_t{0} : line.patience, line.patience == engine_strict,
                           expected_of(from.expected, state.lines.size()), fallback_of(from.fallbacks, state.lines.size())};
      const ToldDates promise = promise_of(from.promises, state.lines.size());
      entry.first_promised_us = promise.first_us, entry.told_us = promise.told_us;
      for (const schema::Allocation& part : from.allocations.subspan(next, line.allocations)) {
        const auto at = static_cast<std::size_t>(&part - from.allocations.data());
        entry.units.push_back({codes_(part.warehouse), part.reserved, part.shipped, part.shipment, from.returned.empty() ? 0 : from.returned[at]});
      }
      next += line.allocations;
      state.lines.push_back(std::move(entry));
    }
    for (std::size_t index = 0; index < from.shipments.size(); ++index) {
      const schema::ShipmentRow& row = from.shipments[index];
      state.shipments.push_back({shipment_id(from.id, row.number), codes_(row.warehouse), row.number, row.step, row.revision,
                                 std::string(from.carriers[index]), std::string(from.trackings[index]), row.expected.value});
    }
    return state;
  }

  std::optional<Reply> operator()(const schema::BackordersAnswer& from) {
    if (!std::holds_alternative<BackordersQuestion>(request_)) return std::nullopt;
    BackordersAnswer answer;
    answer.as_of = from.as_of.value;
    for (std::size_t index = 0; index < from.lines.size(); ++index) {
      const schema::WaitingLine& line = from.lines[index];
      answer.lines.push_back({codes_(line.sku), std::string(from.orders[line.order]), std::string(from.customers[line.order]),
                              line.line.value, line.quantity, line.position, line.quantity_ahead, line.order_lsn.value,
                              line.since.value, line.priority.value, from.expected[index], codes_(line.pinned)});
    }
    return answer;
  }

  std::optional<Reply> operator()(const schema::HoldsAnswer& from) {
    if (!std::holds_alternative<HoldsQuestion>(request_)) return std::nullopt;
    HoldsAnswer answer;
    answer.as_of = from.as_of.value;
    for (const schema::OpenHold& hold : from.open) {
      answer.holds.push_back({std::string(from.holds[hold.hold]), std::string(from.customers[hold.hold]), hold.lsn.value, hold.units,
                              hold.lines, hold.deadline.value, hold.since.value});
    }
    return answer;
  }

  std::optional<Reply> operator()(const schema::TransfersAnswer& from) {
    if (!std::holds_alternative<TransfersQuestion>(request_)) return std::nullopt;
    TransfersAnswer answer;
    answer.as_of = from.as_of.value;
    std::size_t next = 0;
    for (std::size_t index = 0; index < from.open.size(); ++index) {
      const schema::OpenTransfer& open = from.open[index];
      OpenTransfer transfer{std::string(from.transfers[index]), codes_(open.source), codes_(open.destination), open.lsn.value,
                            open.expected.value, open.since.value, {}};
      for (const engine::TransferLine& line : from.lines.subspan(next, open.lines)) {
        transfer.lines.push_back({codes_(line.sku), line.shipped, line.received, line.in_transit()});
      }
      next += open.lines;
      answer.transfers.push_back(std::move(transfer));
    }
    return answer;
  }

  std::optional<Reply> operator()(const schema::PurchasesAnswer& from) {
    if (!std::holds_alternative<PurchasesQuestion>(request_)) return std::nullopt;
    return answer_of(from, codes_);
  }

  std::optional<Reply> operator()(const schema::RulesAnswer& from) {
    if (!std::holds_alternative<RulesQuestion>(request_)) return std::nullopt;
    return answer_of(from, codes_);
  }

 private:
  const Request& request_;
  Codes& codes_;
};

}  // namespace

Unexpected<Failure> not_understood() {
  return unreachable("the server sent an answer that is not understood; its version and this program's do not fit");
}

Outcome<schema::Answer> ReplyReader::decode(const Message& message) {
  auto answer = answers_.decode(message.kind, message.parts());
  if (!answer) return not_understood();
  return std::move(*answer);
}

Outcome<Reply> ReplyReader::read_events(const Request& request, const Message& message, const Catalogue& catalogue,
                                        MissingCodes& missing) {
  Codes codes(catalogue, missing);
  Cause cause{request, codes};
  std::vector<Fill> fills;
  const auto bodies = message.parts();
  for (std::size_t next = 0; next < bodies.size();) {
    std::size_t consumed = 0;
    const auto event = events_.decode_bodies(std::span(bodies).subspan(next), consumed);
    if (!event) return not_understood();
    if (next == 0) {
      std::visit(cause, event->decision);
      if (!cause.reply) return not_understood();
      Decided& stamp = *decided(*cause.reply);
      stamp = {event->stamp.lsn.value, event->stamp.time.value, message.duplicate};
    } else if (const auto* fill = std::get_if<engine::FillDecision>(&event->decision)) {
      fills.push_back(fill_of(*event, *fill, codes));
    } else if (auto* move = std::get_if<ShipmentMoveAnswer>(&*cause.reply);
               move != nullptr && std::holds_alternative<engine::StockChangeDecision>(event->decision)) {
      StockChangeAnswer change = answer_of(std::get<engine::StockChangeDecision>(event->decision), codes);
      move->missing = std::move(change.rows);
      move->lost = std::move(change.lost);
    } else {
      return not_understood();
    }
    next += consumed;
  }
  if (!cause.reply) return not_understood();
  std::visit([&](auto& answer) {
    if constexpr (requires { answer.filled; }) answer.filled = std::move(fills);
  }, *cause.reply);
  if (std::holds_alternative<FindQuestion>(request)) cause.reply = as_found(std::move(*cause.reply));
  if (!cause.reply) return not_understood();
  return std::move(*cause.reply);
}

Outcome<Reply> ReplyReader::read(const Request& request, const Message& message, const Catalogue& catalogue,
                                 MissingCodes& missing) {
  if (is_command(request) || std::holds_alternative<FindQuestion>(request)) {
    if (message.kind != schema::MessageKind::event) return not_understood();
    return read_events(request, message, catalogue, missing);
  }
  const auto answer = decode(message);
  if (!answer) return Unexpected{answer.error()};
  Codes codes(catalogue, missing);
  auto reply = std::visit(ToReply(request, codes), *answer);
  if (!reply) return not_understood();
  return std::move(*reply);
}

}  // namespace earmark::client
