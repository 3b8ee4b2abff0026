#include "client/reply_purchases.hpp"

namespace earmark::client {

PlacePurchaseAnswer answer_of(const engine::PurchaseDecision& place, Codes& codes) {
  PlacePurchaseAnswer answer;
  answer.id = place.id;
  answer.vendor = place.vendor, answer.reference = place.reference, answer.notes = place.notes;
  answer.state = place.state;
  for (const engine::PurchasedLine& line : place.lines) {
    answer.lines.push_back({line.line.value, codes(line.sku), codes(line.warehouse), line.quantity, line.promised.value});
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
  for (const engine::PurchaseChange& change : move.changes) {
    answer.changes.push_back({change.line.value, codes(change.sku), codes(change.warehouse), change.quantity, change.promised.value,
                              change.incoming_change});
  }
  return answer;
}

ReceivePurchaseAnswer answer_of(const engine::PurchaseReceiptDecision& receipt, Codes& codes) {
  ReceivePurchaseAnswer answer;
  answer.id = receipt.id;
  answer.purchase = receipt.purchase_id;
  answer.vendor = receipt.vendor;
  answer.state = receipt.state;
  for (const engine::PurchaseArrivedRow& row : receipt.rows) {
    answer.rows.push_back({row.line.value, codes(row.sku), codes(row.warehouse), row.quantity, row.damaged, row.over, row.available_after});
  }
  return answer;
}

PurchasesAnswer answer_of(const schema::PurchasesAnswer& open, Codes& codes) {
  PurchasesAnswer answer;
  answer.as_of = open.as_of.value;
  std::size_t next = 0;
  for (std::size_t index = 0; index < open.open.size(); ++index) {
    const schema::OpenPurchase& each = open.open[index];
    OpenPurchase purchase{std::string(open.purchases[index]), std::string(open.vendors[index]), std::string(open.references[index]),
                          std::string(open.notes[index]), each.state, each.lsn.value, each.since.value, {}};
    for (const engine::PurchaseLineState& line : open.lines.subspan(next, each.lines)) {
      purchase.lines.push_back({line.line.value, codes(line.sku), codes(line.warehouse), line.quantity, line.received, line.open(),
                                line.promised.value, line.first_promised.value});
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
