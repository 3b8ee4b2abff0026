// Frames to commands about purchase orders, and the question for them. Everything here is judged before the state is: enums, texts, and
// that only an acknowledgement has rows or a reference.
#include "schema/purchase_generated.h"
#include "schema/request_rows.hpp"

namespace earmark::schema {
namespace {

ErrorCode judge(std::initializer_list<std::string_view> ids, std::initializer_list<std::string_view> texts) noexcept {
  for (const std::string_view id : ids) {
    if (const ErrorCode fault = judge_id(id); fault != ErrorCode::none) return fault;
  }
  for (const std::string_view text : texts) {
    if (const ErrorCode fault = judge_text(text); fault != ErrorCode::none) return fault;
  }
  return ErrorCode::none;
}

// The orders that pegs name, of all parts.
ErrorCode read_peg_orders(Parts parts, RequestDecoder::Scratch& scratch) {
  scratch.peg_orders.clear();
  for (const auto body : parts) {
    const auto* part = open<wire::PlacePurchase>(body, scratch);
    if (part == nullptr || text_bytes(part->peg_orders()) > max_shared_text * body.size()) return ErrorCode::malformed;
    const auto* orders = part->peg_orders();
    for (flatbuffers::uoffset_t index = 0; index < size_of(orders); ++index) {
      scratch.peg_orders.push_back(view_text(orders->Get(index)));
      if (const ErrorCode fault = judge_id(scratch.peg_orders.back()); fault != ErrorCode::none) return fault;
    }
  }
  return ErrorCode::none;
}

// Lines that are for an order's line first.
ErrorCode read_pegs(Parts parts, const wire::PlacePurchase& first, RequestDecoder::Scratch& scratch, engine::PlacePurchase& out) {
  const bool whole = gather_rows(
      parts, first, [](const wire::PlacePurchase& part) { return part.pegs(); }, scratch, scratch.peg_rows, out.pegs);
  if (!whole) return ErrorCode::malformed;
  if (const ErrorCode fault = read_peg_orders(parts, scratch); fault != ErrorCode::none) return fault;
  out.peg_orders = scratch.peg_orders;
  const bool all_named = std::ranges::all_of(out.pegs, [&](const engine::PegRow& peg) { return peg.order < out.peg_orders.size(); });
  return all_named ? ErrorCode::none : ErrorCode::malformed;
}

}  // namespace

Result<Request, ErrorCode> decode_place_purchase(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* place = open<wire::PlacePurchase>(parts.front(), scratch);
  if (place == nullptr || place->state() < wire::PurchaseState::draft || place->state() > wire::PurchaseState::sent) return Unexpected{ErrorCode::malformed};
  PlacePurchaseRequest out;
  out.place.id = view_text(place->id());
  out.place.vendor = view_text(place->vendor());
  out.place.reference = view_text(place->reference());
  out.place.notes = view_text(place->notes());
  out.place.state = static_cast<engine::PurchaseState>(place->state());
  out.epoch = place->epoch();
  out.time = engine::TimeUs{place->time_us()};
  if (const ErrorCode fault = judge({out.place.id}, {out.place.reference, out.place.notes}); fault != ErrorCode::none) return Unexpected{fault};
  if (const ErrorCode fault = judge_vendor(out.place.vendor); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *place, [](const wire::PlacePurchase& part) { return part.lines(); }, scratch, scratch.purchase_lines, out.place.lines);
  if (!whole) return Unexpected{ErrorCode::malformed};
  if (const ErrorCode fault = read_pegs(parts, *place, scratch, out.place); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

Result<Request, ErrorCode> decode_move_purchase(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* move = open<wire::MovePurchase>(parts.front(), scratch);
  if (move == nullptr || move->step() < wire::PurchaseStep::MIN || move->step() > wire::PurchaseStep::MAX) return Unexpected{ErrorCode::malformed};
  MovePurchaseRequest out;
  out.move.command_id = view_text(move->command_id());
  out.move.purchase_id = view_text(move->purchase());
  out.move.step = static_cast<engine::PurchaseStep>(move->step());
  out.move.reference = view_text(move->reference());
  out.time = engine::TimeUs{move->time_us()};
  const ErrorCode fault = judge({out.move.command_id, out.move.purchase_id}, {out.move.reference});
  if (fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *move, [](const wire::MovePurchase& part) { return part.rows(); }, scratch, scratch.purchase_rows, out.move.rows);
  const bool changes = !out.move.rows.empty() || !out.move.reference.empty();
  if (!whole || (changes && out.move.step != engine::PurchaseStep::acknowledge)) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_receive_purchase(Parts parts, RequestDecoder::Scratch& scratch) {
  const auto* receive = open<wire::ReceivePurchase>(parts.front(), scratch);
  if (receive == nullptr) return Unexpected{ErrorCode::malformed};
  ReceivePurchaseRequest out;
  out.receive.id = view_text(receive->id());
  out.receive.purchase_id = view_text(receive->purchase());
  out.receive.accept_over = receive->accept_over();
  out.time = engine::TimeUs{receive->time_us()};
  if (const ErrorCode fault = judge({out.receive.id, out.receive.purchase_id}, {}); fault != ErrorCode::none) return Unexpected{fault};
  const bool whole = gather_rows(
      parts, *receive, [](const wire::ReceivePurchase& part) { return part.rows(); }, scratch, scratch.purchase_arrivals, out.receive.rows);
  if (!whole) return Unexpected{ErrorCode::malformed};
  return Request{out};
}

Result<Request, ErrorCode> decode_purchases(std::span<const std::byte> body, RequestDecoder::Scratch& scratch) {
  const auto* purchases = open<wire::Purchases>(body, scratch);
  if (purchases == nullptr) return Unexpected{ErrorCode::malformed};
  const PurchasesRequest out{view_text(purchases->purchase()), view_text(purchases->vendor())};
  if (const ErrorCode fault = judge({out.purchase}, {}); fault != ErrorCode::none) return Unexpected{fault};
  if (const ErrorCode fault = judge_vendor(out.vendor); fault != ErrorCode::none) return Unexpected{fault};
  return Request{out};
}

}  // namespace earmark::schema
