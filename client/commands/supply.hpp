// What documents about deliveries are made of: a purchase order or a receipt, and who gets what of it.
#pragma once

#include "client/commands/command.hpp"
#include "client/documents/receiving_slip.hpp"

namespace earmark::client {

// An open purchase order, and who would get what of it. A draft or a suggestion is taken as if it were approved.
Outcome<documents::PurchaseView> ask_purchase(Client& client, const std::string& id);
// A receipt, with a purchase order or without, and who got what of it.
Outcome<documents::ReceiptView> ask_receipt(const Globals& globals, Client& client, const std::string& id);

}  // namespace earmark::client
