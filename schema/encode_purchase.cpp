// Commands about purchase orders, and the question for them, to frames.
#include <utility>

#include "schema/purchase_generated.h"
#include "schema/request_builder.hpp"
#include "schema/request_layout.hpp"

namespace earmark::schema {

void RequestEncoder::place_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const PlacePurchaseRequest& request) {
  const engine::PlacePurchase& from = request.place;
  Parting parting;
  auto lines_left = from.lines;
  auto pegs_left = from.pegs;
  auto peg_orders_left = from.peg_orders;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto lines = put_rows<wire::PurchaseLine>(fbb, parting.take(lines_left));
    const auto pegs = put_rows<wire::PegRow>(fbb, parting.take(pegs_left));
    const auto peg_orders = put_texts(fbb, builder_->offsets, parting.take(peg_orders_left));
    const auto id = put_text(fbb, from.id), vendor = put_text(fbb, from.vendor);
    const auto reference = first ? put_text(fbb, from.reference) : 0, notes = first ? put_text(fbb, from.notes) : 0;
    first = false;
    builder_->append(out, MessageKind::place_purchase, correlation,
                     wire::CreatePlacePurchase(fbb, id, request.epoch, vendor, reference, notes, static_cast<wire::PurchaseState>(from.state),
                                               lines, request.time.value, pegs, peg_orders),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::move_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const MovePurchaseRequest& request) {
  const engine::MovePurchase& from = request.move;
  Parting parting;
  auto rows_left = from.rows;
  bool first = true;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::PurchaseRow>(fbb, parting.take(rows_left));
    const auto command = put_text(fbb, from.command_id), purchase = put_text(fbb, from.purchase_id);
    const auto reference = std::exchange(first, false) ? put_text(fbb, from.reference) : 0;
    builder_->append(out, MessageKind::move_purchase, correlation,
                     wire::CreateMovePurchase(fbb, command, purchase, static_cast<wire::PurchaseStep>(from.step), rows, reference,
                                              request.time.value),
                     parting.more());
  } while (parting.more());
}

void RequestEncoder::receive_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const ReceivePurchaseRequest& request) {
  const engine::ReceivePurchase& from = request.receive;
  Parting parting;
  auto rows_left = from.rows;
  do {
    parting.begin();
    auto& fbb = builder_->fresh();
    const auto rows = put_rows<wire::PurchaseArrival>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, from.id), purchase = put_text(fbb, from.purchase_id);
    builder_->append(out, MessageKind::receive_purchase, correlation,
                     wire::CreateReceivePurchase(fbb, id, purchase, rows, from.accept_over, request.time.value), parting.more());
  } while (parting.more());
}

void RequestEncoder::purchases(std::vector<std::byte>& out, std::uint64_t correlation, const PurchasesRequest& request) {
  auto& fbb = builder_->fresh();
  const auto purchase = put_text(fbb, request.purchase), vendor = put_text(fbb, request.vendor);
  builder_->append(out, MessageKind::purchases, correlation, wire::CreatePurchases(fbb, purchase, vendor));
}

}  // namespace earmark::schema
