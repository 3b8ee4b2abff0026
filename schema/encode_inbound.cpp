// Decisions about what is inbound, transfers and purchase orders, to records: cut into pieces as all are (encode_event.cpp).
#include "schema/event_builder.hpp"

namespace earmark::schema {

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::TransferShipDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto rows_left = decision.rows;
  return builder_->in_pieces(stamp, wire::EventBody::TransferShipped, out, [&](Parting& parting, bool first) {
    const auto rows = put_rows<wire::TransferredRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, decision.id);
    const auto reason = first ? put_text(fbb, decision.reason) : 0;
    return wire::CreateTransferShipped(fbb, id, decision.content, decision.source.value, decision.destination.value,
                                       decision.expected.value, reason, rows).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::TransferReceiptDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto rows_left = decision.rows;
  auto missing_left = decision.missing;
  return builder_->in_pieces(stamp, wire::EventBody::TransferReceived, out, [&](Parting& parting, bool) {
    const auto rows = put_rows<wire::ArrivedRow>(fbb, parting.take(rows_left));
    const auto missing = put_rows<wire::MissingUnits>(fbb, parting.take(missing_left));
    const auto command = put_text(fbb, decision.command_id), transfer = put_text(fbb, decision.transfer_id);
    return wire::CreateTransferReceived(fbb, command, transfer, decision.transfer_lsn.value, decision.content, decision.source.value,
                                        decision.destination.value, decision.closed, decision.fills_follow, rows, missing).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::PurchaseDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto lines_left = decision.lines;
  auto pegs_left = decision.pegs;
  auto peg_orders_left = decision.peg_orders;
  auto estimates_left = decision.estimates;
  return builder_->in_pieces(stamp, wire::EventBody::PurchasePlaced, out, [&](Parting& parting, bool first) {
    const auto lines = put_rows<wire::PurchasedLine>(fbb, parting.take(lines_left));
    const auto pegs = put_rows<wire::PurchasePeg>(fbb, parting.take(pegs_left));
    const auto peg_orders = put_texts(fbb, builder_->offsets, parting.take(peg_orders_left));
    const auto estimates = put_numbers<std::int64_t>(fbb, parting.take(estimates_left));
    const auto id = put_text(fbb, decision.id);
    const auto text = [&](std::string_view words) { return first ? put_text(fbb, words) : 0; };
    const auto vendor = text(decision.vendor), reference = text(decision.reference), notes = text(decision.notes);
    return wire::CreatePurchasePlaced(fbb, id, decision.content, vendor, reference, notes,
                                      static_cast<wire::PurchaseState>(decision.state), lines, pegs, peg_orders, estimates).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::PurchaseStepDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto changes_left = decision.changes;
  auto estimates_left = decision.estimates;
  return builder_->in_pieces(stamp, wire::EventBody::PurchaseMoved, out, [&](Parting& parting, bool first) {
    const auto changes = put_rows<wire::PurchaseChange>(fbb, parting.take(changes_left));
    const auto estimates = put_numbers<std::int64_t>(fbb, parting.take(estimates_left));
    const auto command = put_text(fbb, decision.command_id), purchase = put_text(fbb, decision.purchase_id);
    const auto text = [&](std::string_view words) { return first ? put_text(fbb, words) : 0; };
    const auto vendor = text(decision.vendor), reference = text(decision.reference);
    return wire::CreatePurchaseMoved(fbb, command, purchase, decision.purchase_lsn.value, decision.content, vendor,
                                     static_cast<wire::PurchaseStep>(decision.step), static_cast<wire::PurchaseState>(decision.state),
                                     reference, changes, estimates).Union();
  });
}

std::size_t EventEncoder::encode(const engine::Stamp& stamp, const engine::PurchaseReceiptDecision& decision, std::span<std::byte> out) {
  auto& fbb = builder_->fbb;
  auto rows_left = decision.rows;
  return builder_->in_pieces(stamp, wire::EventBody::PurchaseReceived, out, [&](Parting& parting, bool first) {
    const auto rows = put_rows<wire::PurchaseArrivedRow>(fbb, parting.take(rows_left));
    const auto id = put_text(fbb, decision.id), purchase = put_text(fbb, decision.purchase_id);
    const auto vendor = first ? put_text(fbb, decision.vendor) : 0;
    return wire::CreatePurchaseReceived(fbb, id, purchase, decision.purchase_lsn.value, decision.content, vendor,
                                        static_cast<wire::PurchaseState>(decision.state), decision.fills_follow, rows).Union();
  });
}

}  // namespace earmark::schema
