// Commands and questions to frames.
#include <algorithm>
#include <utility>

#include "schema/ask.hpp"
#include "schema/catalogue_generated.h"
#include "schema/frame_writer.hpp"
#include "schema/order_generated.h"
#include "schema/parting.hpp"
#include "schema/read_generated.h"
#include "schema/report_generated.h"
#include "schema/request_builder.hpp"
#include "schema/request_layout.hpp"
#include "schema/session_generated.h"

namespace earmark::schema {

RequestEncoder::RequestEncoder() : builder_(std::make_unique<Builder>()) {}
RequestEncoder::~RequestEncoder() = default;

namespace {

void add_head(wire::PlaceOrderBuilder& order, const OrderRequest& request) {
  const engine::PlaceOrder& from = request.order;
  order.add_time_us(request.time.value);
  order.add_placed_at(from.placed_at.value);
  order.add_need_by(from.need_by.value);
  order.add_reserve_not_before(from.reserve_not_before.value);
  order.add_cancel_after(from.cancel_after.value);
  order.add_preferred(from.preferred.value);
  order.add_policy(static_cast<wire::Policy>(from.policy));
  order.add_priority(from.priority.value);
  order.add_sourcing(static_cast<wire::Sourcing>(from.sourcing));
}

}  // namespace

void RequestEncoder::hello(std::vector<std::byte>& out, std::uint64_t correlation, const HelloRequest& request) {
  auto& fbb = builder_->fresh();
  const auto token = put_text(fbb, request.token), client = put_text(fbb, request.client);
  builder_->append(out, MessageKind::hello, correlation,
                   wire::CreateHello(fbb, request.version, token, client, request.features));
}

namespace {

// One part of an order: its head and texts in the first one, its id and some of its lines in each.
flatbuffers::Offset<wire::PlaceOrder> put_order(flatbuffers::FlatBufferBuilder& fbb, const OrderRequest& request,
                                                std::span<const engine::OrderLine> some_lines, bool first) {
  const engine::OrderTexts& texts = request.order.texts;
  const auto lines = put_rows<wire::OrderLine>(fbb, some_lines);
  const auto id = put_text(fbb, request.order.id);
  const auto text = [&](std::string_view words) { return first ? put_text(fbb, words) : 0; };
  const auto customer = text(texts.customer), channel = text(texts.channel), ship_to = text(texts.ship_to);
  const auto contact = text(texts.contact), reference = text(texts.reference), notes = text(texts.notes);
  wire::PlaceOrderBuilder order(fbb);
  order.add_epoch(request.epoch);
  if (first) add_head(order, request);
  order.add_customer(customer);
  order.add_channel(channel);
  order.add_ship_to(ship_to);
  order.add_contact(contact);
  order.add_reference(reference);
  order.add_notes(notes);
  order.add_lines(lines);
  order.add_id(id);
  return order.Finish();
}

}  // namespace

void RequestEncoder::order(std::vector<std::byte>& out, std::uint64_t correlation, const OrderRequest& request) {
  Parting parting;
  auto lines_left = request.order.lines;
  bool first = true;
  do {
    parting.begin();
    const auto order = put_order(builder_->fresh(), request, parting.take(lines_left), first);
    builder_->append(out, MessageKind::order, correlation, order, parting.more());
    first = false;
  } while (parting.more());
}

void RequestEncoder::confirm(std::vector<std::byte>& out, std::uint64_t correlation, const ConfirmRequest& request) {
  const OrderRequest order{request.confirm.order, request.epoch, request.time};
  Parting parting;
  auto lines_left = order.order.lines;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto part = put_order(fbb, order, parting.take(lines_left), first);
    const auto hold = first ? put_text(fbb, request.confirm.hold_id) : 0;
    builder_->append(out, MessageKind::confirm, correlation, wire::CreateConfirmHold(fbb, hold, part, first && request.confirm.reacquire),
                     parting.more());
    first = false;
  } while (parting.more());
}

void RequestEncoder::hold(std::vector<std::byte>& out, std::uint64_t correlation, const HoldRequest& request) {
  const engine::PlaceHold& from = request.hold;
  Parting parting;
  auto lines_left = from.lines;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto lines = put_rows<wire::OrderLine>(fbb, parting.take(lines_left));
    const auto id = put_text(fbb, from.id), customer = first ? put_text(fbb, from.customer) : 0;
    builder_->append(out, MessageKind::hold, correlation,
                     wire::CreatePlaceHold(fbb, id, request.epoch, customer, lines, from.ttl_us, from.preferred.value,
                                           static_cast<wire::Sourcing>(from.sourcing), from.partial, request.time.value),
                     parting.more());
    first = false;
  } while (parting.more());
}

void RequestEncoder::extend(std::vector<std::byte>& out, std::uint64_t correlation, const ExtendRequest& request) {
  auto& fbb = builder_->fresh();
  const auto command = put_text(fbb, request.extend.command_id), hold = put_text(fbb, request.extend.hold_id);
  builder_->append(out, MessageKind::extend, correlation,
                   wire::CreateExtendHold(fbb, command, hold, request.extend.ttl_us, request.time.value));
}

void RequestEncoder::release(std::vector<std::byte>& out, std::uint64_t correlation, const ReleaseRequest& request) {
  auto& fbb = builder_->fresh();
  const auto command = put_text(fbb, request.release.command_id), hold = put_text(fbb, request.release.hold_id);
  builder_->append(out, MessageKind::release, correlation, wire::CreateReleaseHold(fbb, command, hold, request.time.value));
}

void RequestEncoder::holds(std::vector<std::byte>& out, std::uint64_t correlation, const HoldsRequest& request) {
  auto& fbb = builder_->fresh();
  builder_->append(out, MessageKind::holds, correlation, wire::CreateHolds(fbb, request.sku.value, request.epoch));
}

void RequestEncoder::cancel(std::vector<std::byte>& out, std::uint64_t correlation, const CancelRequest& request) {
  Parting parting;
  auto rows_left = request.cancel.rows;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::CancelRow>(fbb, parting.take(rows_left));
    const auto command = put_text(fbb, request.cancel.command_id), order = put_text(fbb, request.cancel.order_id);
    builder_->append(out, MessageKind::cancel, correlation,
                     wire::CreateCancelOrder(fbb, command, order, rows, request.time.value), parting.more());
  } while (parting.more());
}

void RequestEncoder::amend(std::vector<std::byte>& out, std::uint64_t correlation, const AmendRequest& request) {
  Parting parting;
  auto rows_left = request.amend.rows;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::CancelRow>(fbb, parting.take(rows_left));
    const auto command = put_text(fbb, request.amend.command_id), order = put_text(fbb, request.amend.order_id);
    builder_->append(out, MessageKind::amend, correlation,
                     wire::CreateAmendOrder(fbb, command, order, request.amend.priority.has_value(),
                                            request.amend.priority.value_or(engine::Priority{}).value, rows, request.time.value),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::receive(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveRequest& request) {
  Parting parting;
  auto rows_left = request.receipt.rows;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::StockRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, request.receipt.id);
    builder_->append(out, MessageKind::receive, correlation,
                     wire::CreateReceiveStock(fbb, id, request.epoch, rows, request.time.value), parting.more());
  } while (parting.more());
}

void RequestEncoder::ship(std::vector<std::byte>& out, std::uint64_t correlation, const ShipRequest& request) {
  auto& fbb = builder_->fresh();
  const auto command = put_text(fbb, request.ship.command_id), order = put_text(fbb, request.ship.order_id);
  builder_->append(out, MessageKind::ship, correlation, wire::CreateShipOrder(fbb, command, order, request.time.value));
}

void RequestEncoder::move_shipment(std::vector<std::byte>& out, std::uint64_t correlation, const MoveShipmentRequest& request) {
  const engine::MoveShipment& from = request.move;
  Parting parting;
  auto rows_left = from.rows;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::CancelRow>(fbb, parting.take(rows_left));
    const auto command = put_text(fbb, from.command_id), order = put_text(fbb, from.order_id);
    const auto carrier = first ? put_text(fbb, from.carrier) : 0, tracking = first ? put_text(fbb, from.tracking) : 0;
    const auto reason = std::exchange(first, false) ? put_text(fbb, from.reason) : 0;
    builder_->append(out, MessageKind::move_shipment, correlation,
                     wire::CreateMoveShipment(fbb, command, order, from.shipment, static_cast<wire::ShipmentStep>(from.step), from.revision,
                                              rows, carrier, tracking, from.expected.value, from.to_unavailable, reason,
                                              request.time.value),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::resolve(std::vector<std::byte>& out, std::uint64_t correlation, const ResolveRequest& request) {
  auto& fbb = builder_->fresh();
  const auto sku_codes = put_texts(fbb, builder_->offsets, request.sku_codes);
  const auto warehouse_codes = put_texts(fbb, builder_->offsets, request.warehouse_codes);
  const auto sku_ids = put_numbers<std::uint32_t>(fbb, request.sku_ids);
  const auto warehouse_ids = put_numbers<std::uint16_t>(fbb, request.warehouse_ids);
  builder_->append(out, MessageKind::resolve, correlation,
                   wire::CreateResolve(fbb, sku_codes, warehouse_codes, sku_ids, warehouse_ids, request.all_warehouses,
                                       request.descriptions));
}

void RequestEncoder::check(std::vector<std::byte>& out, std::uint64_t correlation, const CheckRequest& request) {
  auto& fbb = builder_->fresh();
  const auto skus = put_numbers<std::uint32_t>(fbb, request.skus);
  const auto wanted = put_numbers<std::uint32_t>(fbb, request.wanted);
  builder_->append(out, MessageKind::check, correlation, wire::CreateCheck(fbb, request.epoch, skus, wanted, request.dates));
}

void RequestEncoder::stock(std::vector<std::byte>& out, std::uint64_t correlation, const StockRequest& request) {
  auto& fbb = builder_->fresh();
  const auto skus = put_numbers<std::uint32_t>(fbb, request.skus);
  builder_->append(out, MessageKind::stock, correlation,
                   wire::CreateStock(fbb, request.epoch, skus, request.after.value, request.warehouse.value,
                                     request.snapshot));
}

void RequestEncoder::show(std::vector<std::byte>& out, std::uint64_t correlation, const ShowRequest& request) {
  auto& fbb = builder_->fresh();
  const auto order = put_text(fbb, request.order);
  builder_->append(out, MessageKind::show, correlation, wire::CreateShow(fbb, order));
}

void RequestEncoder::backorders(std::vector<std::byte>& out, std::uint64_t correlation,
                                const BackordersRequest& request) {
  auto& fbb = builder_->fresh();
  const auto customer = put_text(fbb, request.customer);
  builder_->append(out, MessageKind::backorders, correlation,
                   wire::CreateBackorders(fbb, request.sku.value, customer, request.epoch));
}

void RequestEncoder::ship_transfer(std::vector<std::byte>& out, std::uint64_t correlation, const ShipTransferRequest& request) {
  const engine::ShipTransfer& from = request.ship;
  Parting parting;
  auto rows_left = from.rows;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::TransferRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, from.id);
    const auto reason = std::exchange(first, false) ? put_text(fbb, from.reason) : 0;
    builder_->append(out, MessageKind::ship_transfer, correlation,
                     wire::CreateShipTransfer(fbb, id, request.epoch, from.source.value, from.destination.value, from.expected.value, reason,
                                              rows, request.time.value),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::receive_transfer(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveTransferRequest& request) {
  const engine::ReceiveTransfer& from = request.receive;
  Parting parting;
  auto rows_left = from.rows;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::ArrivalRow>(fbb, parting.take(rows_left));
    const auto command = put_text(fbb, from.command_id), transfer = put_text(fbb, from.transfer_id);
    builder_->append(out, MessageKind::receive_transfer, correlation,
                     wire::CreateReceiveTransfer(fbb, command, transfer, request.epoch, rows, from.close, request.time.value),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::transfers(std::vector<std::byte>& out, std::uint64_t correlation, const TransfersRequest& request) {
  auto& fbb = builder_->fresh();
  const auto transfer = put_text(fbb, request.transfer);
  builder_->append(out, MessageKind::transfers, correlation, wire::CreateTransfers(fbb, transfer));
}

void RequestEncoder::report(std::vector<std::byte>& out, std::uint64_t correlation, const ReportRequest& request) {
  auto& fbb = builder_->fresh();
  builder_->append(out, MessageKind::report, correlation,
                   wire::CreateReadReport(fbb, static_cast<wire::ReportKind>(request.kind), request.limit, request.by_day, request.first_day,
                                          request.last_day, request.at.value, request.wait_ms));
}

void RequestEncoder::digest(std::vector<std::byte>& out, std::uint64_t correlation) {
  auto& fbb = builder_->fresh();
  builder_->append(out, MessageKind::digest, correlation, wire::CreateDigest(fbb));
}

void RequestEncoder::stats(std::vector<std::byte>& out, std::uint64_t correlation) {
  auto& fbb = builder_->fresh();
  builder_->append(out, MessageKind::stats, correlation, wire::CreateStats(fbb));
}

void RequestEncoder::change_stock(std::vector<std::byte>& out, std::uint64_t correlation, const ChangeStockRequest& request) {
  Parting parting;
  auto rows_left = request.change.rows;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::ChangeRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, request.change.id);
    const auto reason = std::exchange(first, false) ? put_text(fbb, request.change.reason) : 0;
    builder_->append(out, MessageKind::change_stock, correlation,
                     wire::CreateChangeStock(fbb, id, request.epoch, static_cast<wire::ChangeKind>(request.change.kind), reason, rows,
                                             request.time.value),
                     parting.more());
  } while (parting.more());
}

}  // namespace earmark::schema
