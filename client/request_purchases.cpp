// Requests about purchase orders, as request.cpp has the rest.
#include <algorithm>

#include "client/request.hpp"
#include "client/request_parts.hpp"
#include "engine/command.hpp"

namespace earmark::client {

void append(std::vector<std::byte>& out, std::uint64_t correlation, const PlacePurchase& place, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time) {
  std::vector<engine::PurchaseLine> lines;
  std::vector<engine::PegRow> pegs;
  std::vector<std::string_view> peg_orders;
  const std::size_t count = std::min(place.lines.size(), most_sent_rows);
  lines.reserve(count);
  for (std::size_t index = 0; index < count; ++index) {
    const PurchaseLine& line = place.lines[index];
    lines.push_back({line.quantity, engine::TimeUs{line.promised_us}, engine::LineNumber{line.line}, catalogue.sku(line.sku),
                     catalogue.warehouse(line.warehouse), 0, 0});
    if (line.peg_order.empty()) continue;
    const std::string_view order = sent_id(line.peg_order);
    if (peg_orders.empty() || peg_orders.back() != order) peg_orders.push_back(order);  // most are pegged to one order
    pegs.push_back({engine::LineNumber{line.line}, engine::LineNumber{line.peg_line}, static_cast<std::uint32_t>(peg_orders.size() - 1)});
  }
  encoder.place_purchase(out, correlation, {{sent_id(place.id), sent_id(place.vendor), place.reference, place.notes, place.state, lines, pegs, peg_orders},
                                            catalogue.epoch(), time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const MovePurchase& move, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  std::vector<engine::PurchaseRow> rows;
  const std::size_t count = std::min(move.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    const PurchaseRow& row = move.rows[index];
    rows.push_back({row.quantity.value_or(-1), engine::TimeUs{row.promised_us}, engine::LineNumber{row.line}, 0});
  }
  encoder.move_purchase(out, correlation, {{sent_id(move.command_id), sent_id(move.purchase), move.step, move.reference, rows}, time});
}

void append(std::vector<std::byte>& out, std::uint64_t correlation, const ReceivePurchase& receive, schema::RequestEncoder& encoder,
            engine::TimeUs time) {
  std::vector<engine::PurchaseArrival> rows;
  const std::size_t count = std::min(receive.rows.size(), most_sent_rows);
  for (std::size_t index = 0; index < count; ++index) {
    const PurchaseArrival& row = receive.rows[index];
    rows.push_back({row.quantity, row.damaged, engine::LineNumber{row.line}, 0});
  }
  encoder.receive_purchase(out, correlation, {{sent_id(receive.id), sent_id(receive.purchase), receive.accept_over, rows}, time});
}

std::string_view purchase_named(const Request& request) {
  if (const auto* place = std::get_if<PlacePurchase>(&request)) return place->id;
  if (const auto* move = std::get_if<MovePurchase>(&request)) return move->purchase;
  if (const auto* receive = std::get_if<ReceivePurchase>(&request)) return receive->purchase;
  if (const auto* question = std::get_if<PurchasesQuestion>(&request)) return question->purchase;
  return {};
}

Outcome<void> check(const PlacePurchase& place) {
  if (std::max(place.reference.size(), place.notes.size()) <= engine::max_text_bytes) return {};
  return usage("purchase order " + place.id + ": reference and notes have at most " + std::to_string(engine::max_text_bytes) +
               " bytes each; make them shorter");
}

Outcome<void> check(const MovePurchase& move) {
  if (move.reference.size() <= engine::max_text_bytes) return {};
  return usage("the reference has more than " + std::to_string(engine::max_text_bytes) + " bytes; make it shorter");
}

}  // namespace earmark::client
