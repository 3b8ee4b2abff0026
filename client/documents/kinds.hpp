// Every kind of document: its name, what it is of, and how it is made. A new kind is a file beside this one and a row in kinds.cpp.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "client/documents/document.hpp"
#include "client/documents/receiving_slip.hpp"
#include "client/explanation.hpp"
#include "client/failure.hpp"

namespace earmark::client::documents {

using OfOrder = Outcome<Document> (*)(const OrderState& order, const Issue& issue);
using OfShipment = Outcome<Document> (*)(const OrderState& order, std::uint16_t shipment, const Issue& issue);
using OfTransfer = Outcome<Document> (*)(const OpenTransfer& transfer, std::uint64_t as_of, const Issue& issue);
using OfPurchase = Outcome<Document> (*)(const PurchaseView& purchase, const Issue& issue);
using OfExplained = Outcome<Document> (*)(const Explanation& order, const Issue& issue);
using OfReceipt = Outcome<Document> (*)(const ReceiptView& receipt, const Issue& issue);

struct Kind {
  std::string_view name;  // "pick-list"
  std::string_view of;    // "SHIPMENT": what its id is
  std::string_view help;
  std::variant<OfOrder, OfShipment, OfTransfer, OfPurchase, OfExplained> make;  // which answers of the server it is made of
  OfReceipt make_of_receipt = nullptr;  // the same of a receipt; none: there is no such document
};

std::span<const Kind> kinds();
// None if there is no such kind.
const Kind* kind_named(std::string_view name);
std::string all_kinds();  // "order-confirmation ORDER, pick-list SHIPMENT, ..."

}  // namespace earmark::client::documents
