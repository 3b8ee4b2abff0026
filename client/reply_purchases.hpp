// Answers about purchase orders in codes, as reply_reader.cpp has the rest. Inside of the client.
#pragma once

#include "client/reply_codes.hpp"

namespace earmark::client {

PlacePurchaseAnswer answer_of(const engine::PurchaseDecision& place, Codes& codes);
MovePurchaseAnswer answer_of(const engine::PurchaseStepDecision& move, Codes& codes);
ReceivePurchaseAnswer answer_of(const engine::PurchaseReceiptDecision& receipt, Codes& codes);
PurchasesAnswer answer_of(const schema::PurchasesAnswer& open, Codes& codes);

// Whether the decision is the one on this command.
bool answers(const engine::PurchaseDecision& decision, const Request& request);
bool answers(const engine::PurchaseStepDecision& decision, const Request& request);
bool answers(const engine::PurchaseReceiptDecision& decision, const Request& request);

}  // namespace earmark::client
