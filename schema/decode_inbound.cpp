// Records of what is inbound, transfers and purchase orders, to decisions.
#include "schema/event_scratch.hpp"

namespace earmark::schema {

bool read(const wire::TransferShipped& ship, Position position, EventDecoder::Scratch& scratch, engine::TransferShipDecision& out) {
  if (position.first) {
    out.id = view_text(ship.id());
    out.content = ship.content();
    out.source = engine::WarehouseId{ship.source()};
    out.destination = engine::WarehouseId{ship.destination()};
    out.expected = engine::TimeUs{ship.expected_us()};
    out.reason = view_text(ship.reason());
  }
  return gather(position, ship.rows(), scratch.transferred, out.rows);
}

bool read(const wire::TransferReceived& receipt, Position position, EventDecoder::Scratch& scratch, engine::TransferReceiptDecision& out) {
  if (position.first) {
    out.command_id = view_text(receipt.command_id());
    out.transfer_id = view_text(receipt.transfer());
    out.transfer_lsn = engine::Lsn{receipt.transfer_lsn()};
    out.content = receipt.content();
    out.source = engine::WarehouseId{receipt.source()};
    out.destination = engine::WarehouseId{receipt.destination()};
    out.closed = receipt.closed();
    out.fills_follow = receipt.fills_follow();
  }
  return gather(position, receipt.rows(), scratch.arrived, out.rows) && gather(position, receipt.missing(), scratch.missing, out.missing);
}

bool read(const wire::PurchasePlaced& placed, Position position, EventDecoder::Scratch& scratch, engine::PurchaseDecision& out) {
  if (position.first) {
    out.id = view_text(placed.id());
    out.content = placed.content();
    out.vendor = view_text(placed.vendor());
    out.reference = view_text(placed.reference());
    out.notes = view_text(placed.notes());
    if (!read_state(placed.state(), out.state)) return false;
  }
  gather_texts(position, placed.peg_orders(), scratch.orders, out.peg_orders);
  return gather(position, placed.lines(), scratch.purchased, out.lines) && gather(position, placed.pegs(), scratch.pegs, out.pegs) &&
         gather(position, placed.estimates(), scratch.estimates, out.estimates);
}

bool read(const wire::PurchaseMoved& moved, Position position, EventDecoder::Scratch& scratch, engine::PurchaseStepDecision& out) {
  if (position.first) {
    out.command_id = view_text(moved.command_id());
    out.purchase_id = view_text(moved.purchase());
    out.purchase_lsn = engine::Lsn{moved.purchase_lsn()};
    out.content = moved.content();
    out.vendor = view_text(moved.vendor());
    out.reference = view_text(moved.reference());
    out.step = static_cast<engine::PurchaseStep>(moved.step());
    if (moved.step() < wire::PurchaseStep::MIN || moved.step() > wire::PurchaseStep::MAX || !read_state(moved.state(), out.state)) return false;
  }
  return gather(position, moved.changes(), scratch.purchase_changes, out.changes) &&
         gather(position, moved.estimates(), scratch.estimates, out.estimates);
}

bool read(const wire::PurchaseReceived& receipt, Position position, EventDecoder::Scratch& scratch, engine::PurchaseReceiptDecision& out) {
  if (position.first) {
    out.id = view_text(receipt.id());
    out.purchase_id = view_text(receipt.purchase());
    out.purchase_lsn = engine::Lsn{receipt.purchase_lsn()};
    out.content = receipt.content();
    out.vendor = view_text(receipt.vendor());
    out.fills_follow = receipt.fills_follow();
    if (!read_state(receipt.state(), out.state)) return false;
  }
  return gather(position, receipt.rows(), scratch.purchase_arrived, out.rows);
}

}  // namespace earmark::schema
