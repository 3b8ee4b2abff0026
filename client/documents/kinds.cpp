#include "client/documents/kinds.hpp"

#include "client/documents/backorder_confirmation.hpp"
#include "client/documents/delivery_note.hpp"
#include "client/documents/eta_notice.hpp"
#include "client/documents/order_confirmation.hpp"
#include "client/documents/packing_slip.hpp"
#include "client/documents/pick_list.hpp"
#include "client/documents/purchase_order.hpp"
#include "client/documents/transfer_note.hpp"

namespace earmark::client::documents {
namespace {

template <class Data>
Document rendered(const Data& data) {
  return {page_of(data), json_of(data)};
}
template <class Data>
Outcome<Document> rendered(const Outcome<Data>& data) {
  if (!data) return Unexpected{data.error()};
  return rendered(*data);
}

// What `build` makes of these values, as page and JSON.
template <auto build, class... Values>
Outcome<Document> made(Values... values) {
  return rendered(build(values...));
}

constexpr Kind table[] = {
    {"order-confirmation", "ORDER", "what is reserved, what waits, and how the order is split", OfOrder(made<order_confirmation, const OrderState&, const Issue&>)},
    {"pick-list", "SHIPMENT", "what to take from the shelves, with barcodes", OfShipment(made<pick_list, const OrderState&, std::uint16_t, const Issue&>)},
    {"packing-slip", "SHIPMENT", "what is in the package, and where the rest of the order is", OfShipment(made<packing_slip, const OrderState&, std::uint16_t, const Issue&>)},
    {"delivery-note", "SHIPMENT", "what is delivered, on backorder and outstanding (UBL DespatchAdvice)", OfShipment(made<delivery_note, const OrderState&, std::uint16_t, const Issue&>)},
    {"backorder-confirmation", "ORDER", "what waits, and in which place", OfOrder(made<backorder_confirmation, const OrderState&, const Issue&>)},
    {"eta-notice", "ORDER", "which dates have moved: promised first, told before, known now, and why", OfExplained(made<eta_notice, const Explanation&, const Issue&>)},
    {"transfer-note", "TRANSFER", "what left one warehouse for another, and what is in transit", OfTransfer(made<transfer_note, const OpenTransfer&, std::uint64_t, const Issue&>)},
    {"purchase-order", "PURCHASE", "what a vendor is to bring, where to and when, and who waits for it", OfPurchase(made<purchase_order, const PurchaseView&, const Issue&>)},
    {"receiving-slip", "PURCHASE", "what is expected of a delivery, and who waits for it; with --receipt ID what came, and who got it",
     OfPurchase(made<receiving_slip, const PurchaseView&, const Issue&>), OfReceipt(made<slip_of_receipt, const ReceiptView&, const Issue&>)},
};

}  // namespace

std::span<const Kind> kinds() { return table; }

const Kind* kind_named(std::string_view name) {
  for (const Kind& kind : table) {
    if (kind.name == name) return &kind;
  }
  return nullptr;
}

std::string all_kinds() {
  std::string all;
  for (const Kind& kind : table) all += (all.empty() ? "" : ", ") + std::string(kind.name) + " " + std::string(kind.of);
  return all;
}

}  // namespace earmark::client::documents
