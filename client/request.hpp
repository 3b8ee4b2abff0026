// Requests in codes to frames, by way of a catalogue. A code that the catalogue does not know is sent as "unknown", and the
// server says which error that is. Pure; an encoder per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "client/catalogue.hpp"
#include "client/failure.hpp"
#include "client/values_rules.hpp"
#include "schema/ask.hpp"

namespace earmark::client {

// Commands first: they are repeated until their outcome is known.
using Request = std::variant<Order, Cancel, Receipt, Ship, Amend, Hold, Extend, Confirm, Release, StockChange, ShipmentMove, ShipTransfer, ReceiveTransfer,
                             PlacePurchase, MovePurchase, ReceivePurchase, SetRules, CheckQuestion, StockQuestion, ShowQuestion,
                             BackordersQuestion, HoldsQuestion, TransfersQuestion, PurchasesQuestion, RulesQuestion, FindQuestion>;

inline bool is_command(const Request& request) { return request.index() < 17; }
// The order, the hold, the transfer and the purchase order that a request is about; "" for others.
std::string_view order_named(const Request& request);
std::string_view hold_named(const Request& request);
std::string_view transfer_named(const Request& request);
std::string_view purchase_named(const Request& request);

// What no server accepts is told before anything is sent: "order A: customer has more than 512 bytes; make it shorter".
Outcome<void> check(const Order& order);
Outcome<void> check(const PlacePurchase& place);
Outcome<void> check(const MovePurchase& move);
Outcome<void> check(const SetRules& set);
Outcome<void> check(const Request& request);

// SKU codes that the request names and the catalogue does not know; views into the request. Empty codes and those that are
// too long to exist are left out.
void unknown_skus(const Request& request, const Catalogue& catalogue, std::vector<std::string_view>& codes);
// True if it names a warehouse that the catalogue does not know.
bool names_unknown_warehouse(const Request& request, const Catalogue& catalogue);

// Appends whole frames. Fails, with nothing appended, where a question names what is not in the catalogue.
// `time` is that of the command, for servers whose clock follows the commands.
Outcome<void> append(std::vector<std::byte>& out, std::uint64_t correlation, const Request& request,
                     const Catalogue& catalogue, schema::RequestEncoder& encoder, engine::TimeUs time = {});
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Order& order, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Receipt& receipt, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Cancel& cancel, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Amend& amend, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Ship& ship, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const ShipmentMove& move, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const StockChange& change, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const ShipTransfer& ship, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveTransfer& receive, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const PlacePurchase& place, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const MovePurchase& move, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const ReceivePurchase& receive, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const SetRules& set, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Hold& hold, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Extend& extend, schema::RequestEncoder& encoder,
            engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Confirm& confirm, const Catalogue& catalogue,
            schema::RequestEncoder& encoder, engine::TimeUs time);
void append(std::vector<std::byte>& out, std::uint64_t correlation, const Release& release, schema::RequestEncoder& encoder,
            engine::TimeUs time);

}  // namespace earmark::client
