#include "client/reply_purchases.hpp"

namespace earmark::client {
namespace {

// When a line of a record is expected: as promised, or later where that is over.
std::int64_t expected_at(std::span<const engine::TimeUs> estimates, std::size_t index, engine::TimeUs promised) {
  return estimates.empty() || estimates[index].value == 0 ? promised.value : estimates[index].value;
}

}  // namespace

PlacePurchaseAnswer answer_of(const engine::PurchaseDecision& place, Codes& codes) {
  PlacePurchaseAnswer answer;
  answer.id = place.id;
  answer.vendor = place.vendor, answer.reference = place.reference, answer.notes = place.notes;
  answer.state = place.state;
  for (std::size_t index = 0; index < place.lines.size(); ++index) {
    const engine::PurchasedLine& line = place.lines[index];
    answer.lines.push_back({line.line.value, codes(line.sku), codes(line.warehouse), line.quantity, line.promised.value,
                            expected_at(place.estimates, index, line.promised), {}, 0});
  }
  for (const engine::PurchasePeg& peg : place.pegs) {
    answer.lines[peg.index].peg_order = place.peg_orders[peg.order], answer.lines[peg.index].peg_line = peg.order_line.value;
  }
  return answer;
}

MovePurchaseAnswer answer_of(const engine::PurchaseStepDecision& move, Codes& codes) {
  MovePurchaseAnswer answer;
  answer.command_id = move.command_id;
  answer.purchase = move.purchase_id;
  answer.vendor = move.vendor;
  answer.step = move.step;
  answer.state = move.state;
  answer.reference = move.reference;
  for (std::size_t index = 0; index < move.changes.size(); ++index) {
    const engine::PurchaseChange& change = move.changes[index];
    answer.changes.push_back({change.line.value, codes(change.sku), codes(change.warehouse), change.quantity, change.promised.value,
                              change.incoming_change, expected_at(move.estimates, index, change.promised)});
  }
  return answer;
}

ReceivePurchaseAnswer answer_of(const engine::PurchaseReceiptDecision& receipt, Codes& codes) {
  ReceivePurchaseAnswer answer;
  answer.id = receipt.id;
  answer.purchase = receipt.purchase_id;
  answer.vendor = receipt.vendor;
  answer.purchase_lsn = receipt.purchase_lsn.value;
  answer.state = receipt.state;
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    answer.rows.push_back({row.line.value, codes(row.sku), codes(row.warehouse), row.quantity, row.damaged, row.over, row.available_after});
  }
  return answer;
}

PurchasesAnswer answer_of(const schema::PurchasesAnswer& open, Codes& codes) {
  PurchasesAnswer answer;
  answer.as_of = open.as_of.value;
  std::size_t next = 0, next_peg = 0;
  for (std::size_t index = 0; index < open.open.size(); ++index) {
    const schema::OpenPurchase& each = open.open[index];
    OpenPurchase purchase{std::string(open.purchases[index]), std::string(open.vendors[index]), std::string(open.references[index]),
                          std::string(open.notes[index]), each.state, each.lsn.value, each.since.value, {},
                          each.closes.value, each.automatic != 0};
    for (const engine::PurchaseLineState& line : open.lines.subspan(next, each.lines)) {
      purchase.lines.push_back({line.line.value, codes(line.sku), codes(line.warehouse), line.quantity, line.received, line.open(),
                                line.promised.value, line.first_promised.value, line.expected.value, line.peg_order.value != 0, {}, line.peg_line.value});
      if (line.peg_order.value != 0) purchase.lines.back().peg_order = open.peg_orders[next_peg++];
    }
    next += each.lines;
    answer.purchases.push_back(std::move(purchase));
  }
  return answer;
}

bool answers(const engine::PurchaseDecision& decision, const Request& request) {
  const auto* place = std::get_if<PlacePurchase>(&request);
  return place != nullptr && place->id == decision.id;
}
bool answers(const engine::PurchaseStepDecision& decision, const Request& request) {
  const auto* move = std::get_if<MovePurchase>(&request);
  return move != nullptr && move->command_id == decision.command_id && move->purchase == decision.purchase_id;
}
bool answers(const engine::PurchaseReceiptDecision& decision, const Request& request) {
  const auto* receive = std::get_if<ReceivePurchase>(&request);
  return receive != nullptr && receive->id == decision.id && receive->purchase == decision.purchase_id;
}

}  // namespace earmark::client
