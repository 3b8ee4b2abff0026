// Frames to commands and questions. Orders take the short way (decode_order); commands in parts have their rows
// gathered in the scratch, at most one more than an engine accepts, so that it can say `too_many_lines` in its turn.
#include "schema/order_generated.h"
#include "schema/read_generated.h"
#include "schema/report_generated.h"
#include "schema/request_rows.hpp"
#include "schema/session_generated.h"

namespace earmark::schema {

RequestDecoder::RequestDecoder() : scratch_(std::make_unique<Scratch>()) {}
RequestDecoder::~RequestDecoder() = default;

namespace {

ErrorCode judge_texts(const engine::OrderTexts& texts) noexcept {
  for (const std::string_view text :
       {texts.customer, texts.channel, texts.ship_to, texts.contact, texts.reference, texts.notes}) {
    if (const ErrorCode fault = judge_text(text); fault != ErrorCode::none) return fault;
  }
  return ErrorCode::none;
}

ErrorCode read_head(const wire::PlaceOrder& wire, OrderRequest& out) noexcept {
  if (wire.policy() > wire::Policy::MAX || wire.sourcing() > wire::Sourcing::MAX) return ErrorCode::malformed;
  engine::PlaceOrder& order = out.order;
  order.id = view_text(wire.id());
  order.priority = engine::Priority{wire.priority()};
  order.policy = static_cast<engine::Policy>(wire.policy());
  order.sourcing = static_cast<engine::Sourcing>(wire.sourcing());
  order.preferred = engine::WarehouseId{wire.preferred()};
  order.placed_at = engine::TimeUs{wire.placed_at()};
  order.need_by = engine::TimeUs{wire.need_by()};
  order.reserve_not_before = engine::TimeUs{wire.reserve_not_before()};
  order.cancel_after = engine::TimeUs{wire.cancel_after()};
  order.texts = {view_text(wire.customer()), view_text(wire.channel()),   view_text(wire.ship_to()),
                 view_text(wire.contact()),  view_text(wire.reference()), view_text(wire.notes())};
  out.epoch = wire.epoch();
  out.time = engine::TimeUs{wire.time_us()};
  const ErrorCode fault = judge_id(order.id);
  return fault != ErrorCode::none ? fault : judge_texts(order.texts);
}

ErrorCode read_order(Parts parts, RequestDecoder::Scratch& scratch, OrderRequest& out) {
  const auto* order = open<wire::PlaceOrder>(parts.front(), scratch);
  if (order == nullptr) return ErrorCode::malformed;
  if (const ErrorCode fault = read_head(*order, out); fault != ErrorCode::none) return fault;
  const bool whole = gather_rows(
      parts, *order, [](const wire::PlaceOrder& part) { return part.lines(); }, scratch, scratch.lines,
      out.order.lines);
  return whole ? ErrorCode::none : ErrorCode::malformed;
}

Result<Request, ErrorCode> decode_hold(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* hold = open<wire::PlaceHold>(parts.front(), scratch);
  if (hold == nullptr || hold->sourcing() > wire::Sourcing::MAX) return Unexpected{ErrorCode::malformed};
  HoldRequest out;
  out.hold.id = view_text(hold->id());
  out.hold.customer = view_text(hold->customer());
  out.hold.partial = hold->partial();
  out.hold.ttl_us = hold->ttl_us();
  out.hold.preferred = engine::WarehouseId{hold->preferred()};
  out.hold.sourcing = static_cast<engine::Sourcing>(hold->sourcing());
  out.epoch = hold->epoch();
  out.time = engine::TimeUs{hold->time_us()};
  if (const ErrorCode fault = judge_id(out.hold.id); fault != ErrorCode::none) return Unexpected{fault};
  if (const ErrorCode fault = judge_text(out.hold.customer); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *hold, [](const wire::PlaceHold& part) { return part.lines(); }, scratch, scratch.lines, out.hold.lines);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_extend(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* extend = open<wire::ExtendHold>(body, scratch);
  if (extend == nullptr) return Unexpected{ErrorCode::malformed};
  const ExtendRequest out{{view_text(extend->command_id()), view_text(extend->hold()), extend->ttl_us()}, engine::TimeUs{extend->time_us()}};
  for (const std::string_view id : {out.extend.command_id, out.extend.hold_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  return Request{out};
}

Result<Request, ErrorCode> decode_release(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* release = open<wire::ReleaseHold>(body, scratch);
  if (release == nullptr) return Unexpected{ErrorCode::malformed};
  const ReleaseRequest out{{view_text(release->command_id()), view_text(release->hold())}, engine::TimeUs{release->time_us()}};
  for (const std::string_view id : {out.release.command_id, out.release.hold_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  return Request{out};
}

// Each part has an order; the first also says of which hold.
Result<Request, ErrorCode> decode_confirm(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* confirm = open<wire::ConfirmHold>(parts.front(), scratch);
  if (confirm == nullptr || confirm->order() == nullptr) return Unexpected{ErrorCode::malformed};
  OrderRequest order;
  if (const ErrorCode fault = read_head(*confirm->order(), order); fault != ErrorCode::none) return Unexpected{fault};
  ConfirmRequest out{{view_text(confirm->hold()), confirm->reacquire(), order.order}, order.epoch, order.time};
  if (const ErrorCode fault = judge_id(out.confirm.hold_id); fault != ErrorCode::none) return Unexpected{fault};
  for (const auto body : parts.subspan(1)) {
    const auto* part = open<wire::ConfirmHold>(body, scratch);
    if (part == nullptr || part->order() == nullptr) return Unexpected{ErrorCode::malformed};
  }
  const bool whole = gather_rows(
      parts, *confirm, [](const wire::ConfirmHold& part) { return part.order()->lines(); }, scratch, scratch.lines, out.confirm.order.lines);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_cancel(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* cancel = open<wire::CancelOrder>(parts.front(), scratch);
  if (cancel == nullptr) return Unexpected{ErrorCode::malformed};
  CancelRequest out;
  out.cancel.command_id = view_text(cancel->command_id());
  out.cancel.order_id = view_text(cancel->order());
  out.time = engine::TimeUs{cancel->time_us()};
  for (const std::string_view id : {out.cancel.command_id, out.cancel.order_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  const bool whole = gather_rows(
      parts, *cancel, [](const wire::CancelOrder& part) { return part.rows(); }, scratch, scratch.cancel_rows,
      out.cancel.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_amend(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* amend = open<wire::AmendOrder>(parts.front(), scratch);
  if (amend == nullptr) return Unexpected{ErrorCode::malformed};
  AmendRequest out;
  out.amend.command_id = view_text(amend->command_id());
  out.amend.order_id = view_text(amend->order());
  if (amend->new_priority()) out.amend.priority = engine::Priority{amend->priority()};
  out.time = engine::TimeUs{amend->time_us()};
  for (const std::string_view id : {out.amend.command_id, out.amend.order_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  const bool whole = gather_rows(
      parts, *amend, [](const wire::AmendOrder& part) { return part.rows(); }, scratch, scratch.cancel_rows,
      out.amend.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_receive(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* receipt = open<wire::ReceiveStock>(parts.front(), scratch);
  if (receipt == nullptr) return Unexpected{ErrorCode::malformed};
  ReceiveRequest out;
  out.receipt.id = view_text(receipt->id());
  out.epoch = receipt->epoch();
  out.time = engine::TimeUs{receipt->time_us()};
  if (const ErrorCode fault = judge_id(out.receipt.id); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *receipt, [](const wire::ReceiveStock& part) { return part.rows(); }, scratch, scratch.stock_rows,
      out.receipt.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_change(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* change = open<wire::ChangeStock>(parts.front(), scratch);
  if (change == nullptr || change->kind() > wire::ChangeKind::scrap) return Unexpected{ErrorCode::malformed};
  ChangeStockRequest out;
  out.change.id = view_text(change->id());
  out.change.kind = static_cast<engine::ChangeKind>(change->kind());
  out.change.reason = view_text(change->reason());
  out.epoch = change->epoch();
  out.time = engine::TimeUs{change->time_us()};
  if (const ErrorCode fault = judge_id(out.change.id); fault != ErrorCode::none) return Unexpected{fault};
  if (const ErrorCode fault = judge_text(out.change.reason); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *change, [](const wire::ChangeStock& part) { return part.rows(); }, scratch, scratch.change_rows,
      out.change.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_move(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* move = open<wire::MoveShipment>(parts.front(), scratch);
  if (move == nullptr || move->step() < wire::ShipmentStep::MIN || move->step() > wire::ShipmentStep::MAX) {
    return Unexpected{ErrorCode::malformed};
  }
  MoveShipmentRequest out;
  out.move.command_id = view_text(move->command_id());
  out.move.order_id = view_text(move->order());
  out.move.shipment = move->shipment();
  out.move.step = static_cast<engine::ShipmentStep>(move->step());
  out.move.revision = move->revision();
  out.move.carrier = view_text(move->carrier());
  out.move.tracking = view_text(move->tracking());
  out.move.expected = engine::TimeUs{move->expected_us()};
  out.move.to_unavailable = move->to_unavailable();
  out.move.reason = view_text(move->reason());
  out.time = engine::TimeUs{move->time_us()};
  for (const std::string_view id : {out.move.command_id, out.move.order_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  for (const std::string_view text : {out.move.carrier, out.move.tracking, out.move.reason}) {
    if (const ErrorCode fault = judge_text(text); fault != ErrorCode::none) return Unexpected{fault};
  }
  const bool whole = gather_rows(
      parts, *move, [](const wire::MoveShipment& part) { return part.rows(); }, scratch, scratch.cancel_rows, out.move.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_ship_transfer(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* ship = open<wire::ShipTransfer>(parts.front(), scratch);
  if (ship == nullptr) return Unexpected{ErrorCode::malformed};
  ShipTransferRequest out;
  out.ship.id = view_text(ship->id());
  out.ship.source = engine::WarehouseId{ship->source()};
  out.ship.destination = engine::WarehouseId{ship->destination()};
  out.ship.expected = engine::TimeUs{ship->expected_us()};
  out.ship.reason = view_text(ship->reason());
  out.epoch = ship->epoch();
  out.time = engine::TimeUs{ship->time_us()};
  if (const ErrorCode fault = judge_id(out.ship.id); fault != ErrorCode::none) return Unexpected{fault};
  if (const ErrorCode fault = judge_text(out.ship.reason); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *ship, [](const wire::ShipTransfer& part) { return part.rows(); }, scratch, scratch.transfer_rows, out.ship.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_receive_transfer(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* receive = open<wire::ReceiveTransfer>(parts.front(), scratch);
  if (receive == nullptr) return Unexpected{ErrorCode::malformed};
  ReceiveTransferRequest out;
  out.receive.command_id = view_text(receive->command_id());
  out.receive.transfer_id = view_text(receive->transfer());
  out.receive.close = receive->close();
  out.epoch = receive->epoch();
  out.time = engine::TimeUs{receive->time_us()};
  for (const std::string_view id : {out.receive.command_id, out.receive.transfer_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  const bool whole = gather_rows(
      parts, *receive, [](const wire::ReceiveTransfer& part) { return part.rows(); }, scratch, scratch.arrival_rows, out.receive.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_report(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* report = open<wire::ReadReport>(body, scratch);
  if (report == nullptr || name(static_cast<ReportKind>(report->kind())).empty()) return Unexpected{ErrorCode::malformed};
  return Request{ReportRequest{static_cast<ReportKind>(report->kind()), report->limit(), report->by_day(), report->first_day(), report->last_day(),
                               engine::Lsn{report->at_lsn()}, report->wait_ms()}};
}

Result<Request, ErrorCode> decode_transfers(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* transfers = open<wire::Transfers>(body, scratch);
  if (transfers == nullptr) return Unexpected{ErrorCode::malformed};
  const TransfersRequest out{view_text(transfers->transfer())};
  if (const ErrorCode fault = judge_id(out.transfer); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

Result<Request, ErrorCode> decode_ship(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* ship = open<wire::ShipOrder>(body, scratch);
  if (ship == nullptr) return Unexpected{ErrorCode::malformed};
  const ShipRequest out{{view_text(ship->command_id()), view_text(ship->order())}, engine::TimeUs{ship->time_us()}};
  for (const std::string_view id : {out.ship.command_id, out.ship.order_id}) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return Unexpected{fault};
  }
  return Request{out};
}

Result<Request, ErrorCode> decode_hello(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* hello = open<wire::Hello>(body, scratch);
  if (hello == nullptr) return Unexpected{ErrorCode::malformed};
  const HelloRequest out{hello->version(), view_text(hello->token()), view_text(hello->client()), hello->features()};
  for (const std::string_view text : {out.token, out.client}) {
    if (const ErrorCode fault = judge_text(text); fault != ErrorCode::none) return Unexpected{fault};
  }
  return Request{out};
}

Result<Request, ErrorCode> decode_stock(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* stock = open<wire::Stock>(body, scratch);
  if (stock == nullptr) return Unexpected{ErrorCode::malformed};
  return Request{StockRequest{stock->epoch(), view_numbers<engine::SkuId>(stock->skus()),
                              engine::SkuId{stock->after()}, engine::WarehouseId{stock->warehouse()},
                              stock->snapshot()}};
}

Result<Request, ErrorCode> decode_show(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* show = open<wire::Show>(body, scratch);
  if (show == nullptr) return Unexpected{ErrorCode::malformed};
  const ShowRequest out{view_text(show->order())};
  if (const ErrorCode fault = judge_id(out.order); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

Result<Request, ErrorCode> decode_backorders(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* question = open<wire::Backorders>(body, scratch);
  if (question == nullptr) return Unexpected{ErrorCode::malformed};
  const BackordersRequest out{question->epoch(), engine::SkuId{question->sku()}, view_text(question->customer())};
  if (const ErrorCode fault = judge_text(out.customer); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

// Questions without fields may come without a body.
template <class Table, class Value>
Result<Request, ErrorCode> decode_bare(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  if (!body.empty() && open<Table>(body, scratch) == nullptr) return Unexpected{ErrorCode::malformed};
  return Request{Value{}};
}

constexpr bool comes_in_parts(MessageKind kind) noexcept {
  return kind == MessageKind::order || kind == MessageKind::cancel || kind == MessageKind::receive ||
         kind == MessageKind::load || kind == MessageKind::amend ||
         kind == MessageKind::change_stock || kind == MessageKind::hold || kind == MessageKind::confirm || kind == MessageKind::move_shipment ||
         kind == MessageKind::ship_transfer || kind == MessageKind::receive_transfer ||
         kind == MessageKind::place_purchase || kind == MessageKind::move_purchase || kind == MessageKind::receive_purchase ||
         kind == MessageKind::set_rules;
}

}  // namespace

ErrorCode RequestDecoder::decode_order(std::span<const std::byte> body, OrderRequest& out) {
  scratch_->aligned.clear();
  return read_order({&body, 1}, *scratch_, out);
}

Result<Request, ErrorCode> RequestDecoder::decode(MessageKind kind, std::span<const std::byte> body) {
  return decode(kind, Parts{&body, 1});
}

Result<Request, ErrorCode> RequestDecoder::decode(MessageKind kind, Parts parts) {
  if (parts.empty() || (parts.size() > 1 && !comes_in_parts(kind))) return Unexpected{ErrorCode::malformed};
  Scratch& scratch = *scratch_;
  scratch.aligned.clear();
  const std::span<const std::byte> body = parts.front();
  switch (kind) {
    case MessageKind::hello: return decode_hello(body, scratch);
    case MessageKind::order: {
      OrderRequest order;
      const ErrorCode fault = read_order(parts, scratch, order);
      if (fault != ErrorCode::none) return Unexpected{fault};
      return Request{order};
    }
    case MessageKind::cancel: return decode_cancel(parts, scratch);
    case MessageKind::receive: return decode_receive(parts, scratch);
    case MessageKind::ship: return decode_ship(body, scratch);
    case MessageKind::amend: return decode_amend(parts, scratch);
    case MessageKind::load: {
      auto load = decode_load(parts, scratch);
      if (!load) return Unexpected{load.error()};
      return Request{*load};
    }
    case MessageKind::resolve: {
      auto resolve = decode_resolve(body, scratch);
      if (!resolve) return Unexpected{resolve.error()};
      return Request{*resolve};
    }
    case MessageKind::check: {
      const auto* check = open<wire::Check>(body, scratch);
      if (check == nullptr) return Unexpected{ErrorCode::malformed};
      const CheckRequest request{check->epoch(), view_numbers<engine::SkuId>(check->skus()), view_numbers<engine::Quantity>(check->wanted()), check->dates()};
      if ((request.dates || !request.wanted.empty()) && request.wanted.size() != request.skus.size()) return Unexpected{ErrorCode::malformed};
      return Request{request};
    }
    case MessageKind::stock: return decode_stock(body, scratch);
    case MessageKind::show: return decode_show(body, scratch);
    case MessageKind::backorders: return decode_backorders(body, scratch);
    case MessageKind::subscribe: {
      auto subscribe = decode_subscribe(body, scratch);
      if (!subscribe) return Unexpected{subscribe.error()};
      return Request{*subscribe};
    }
    case MessageKind::digest: return decode_bare<wire::Digest, DigestRequest>(body, scratch);
    case MessageKind::stats: return decode_bare<wire::Stats, StatsRequest>(body, scratch);
    case MessageKind::change_stock: return decode_change(parts, scratch);
    case MessageKind::move_shipment: return decode_move(parts, scratch);
    case MessageKind::hold: return decode_hold(parts, scratch);
    case MessageKind::extend: return decode_extend(body, scratch);
    case MessageKind::confirm: return decode_confirm(parts, scratch);
    case MessageKind::release: return decode_release(body, scratch);
    case MessageKind::holds: {
      const auto* holds = open<wire::Holds>(body, scratch);
      if (holds == nullptr) return Unexpected{ErrorCode::malformed};
      return Request{HoldsRequest{holds->epoch(), engine::SkuId{holds->sku()}}};
    }
    case MessageKind::ship_transfer: return decode_ship_transfer(parts, scratch);
    case MessageKind::receive_transfer: return decode_receive_transfer(parts, scratch);
    case MessageKind::transfers: return decode_transfers(body, scratch);
    case MessageKind::place_purchase: return decode_place_purchase(parts, scratch);
    case MessageKind::move_purchase: return decode_move_purchase(parts, scratch);
    case MessageKind::receive_purchase: return decode_receive_purchase(parts, scratch);
    case MessageKind::purchases: return decode_purchases(body, scratch);
    case MessageKind::set_rules: return decode_set_rules(parts, scratch);
    case MessageKind::rules: return decode_rules(body, scratch);
    case MessageKind::find: return decode_find(body, scratch);
    case MessageKind::report: return decode_report(body, scratch);
    default: return Unexpected{ErrorCode::unknown_message};
  }
}

}  // namespace earmark::schema
