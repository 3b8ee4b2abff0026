// Purchase orders, as client/values.hpp has the rest: what a channel says about them and hears.
#pragma once

#include "client/values.hpp"

namespace earmark::client {

// ---- Commands

// What a vendor is to bring.
struct PurchaseLine {
  std::uint32_t line = 0;  // the buyer's own number, once in a purchase order
  std::string sku{}, warehouse{};
  std::int64_t quantity = 0;
  std::int64_t promised_us = 0;  // arrival; 0: not said
  std::string peg_order{};       // what arrives is for `peg_line` of this order first; empty: for nobody
  std::uint32_t peg_line = 0;
};
struct PlacePurchase {
  std::string id{}, vendor{}, reference{}, notes{};
  engine::PurchaseState state = engine::PurchaseState::draft;  // or approved, or sent
  std::vector<PurchaseLine> lines{};
};

// A line as the vendor acknowledges it.
struct PurchaseRow {
  std::uint32_t line = 0;
  std::optional<std::int64_t> quantity{};  // ordered from now on; none: as it is
  std::int64_t promised_us = 0;            // 0: as it is
};
struct MovePurchase {
  std::string command_id{}, purchase{};
  engine::PurchaseStep step = engine::PurchaseStep::approve;
  std::string reference{};         // acknowledge: the vendor's own from now on; empty: as it is
  std::vector<PurchaseRow> rows{};  // acknowledge
};

struct PurchaseArrival {
  std::uint32_t line = 0;
  std::int64_t quantity = 0;  // good units, 0 too
  std::int64_t damaged = 0;   // units that are unavailable from the start
};
// A receipt, with an id of its own, that names its purchase order.
struct ReceivePurchase {
  std::string id{}, purchase{};
  std::vector<PurchaseArrival> rows{};  // empty: everything that is open, whole
  bool accept_over = false;             // also more than a tenth above what was ordered
};

// ---- Question

struct PurchasesQuestion {
  std::string purchase{};  // empty: all open ones
  std::string vendor{};    // not empty: only this vendor's
};

// ---- Answers to commands

struct PlacePurchaseAnswerLine {
  std::uint32_t line = 0;
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0;
  std::int64_t promised_us = 0;
  std::int64_t expected_us = 0;  // as promised, or later where that is over
  std::string peg_order{};
  std::uint32_t peg_line = 0;
};
struct PlacePurchaseAnswer : Decided {
  std::string id{}, vendor{}, reference{}, notes{};
  engine::PurchaseState state{};
  std::vector<PlacePurchaseAnswerLine> lines{};
};

struct MovePurchaseAnswerLine {
  std::uint32_t line = 0;
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0;        // ordered from now on
  std::int64_t promised_us = 0;      // from now on
  std::int32_t incoming_change = 0;  // how many more its warehouse expects
  std::int64_t expected_us = 0;      // as promised, or later where that is over
};
struct MovePurchaseAnswer : Decided {
  std::string command_id{}, purchase{}, vendor{};
  engine::PurchaseStep step{};
  engine::PurchaseState state{};  // from now on
  std::string reference{};        // if a new one was named
  std::vector<MovePurchaseAnswerLine> changes{};
};

struct ReceivePurchaseAnswerRow {
  std::uint32_t line = 0;
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0, damaged = 0;
  std::uint32_t over = 0;             // how many of both are more than was open
  std::uint32_t available_after = 0;  // before the fills
};
struct ReceivePurchaseAnswer : Decided {
  std::string id{}, purchase{}, vendor{};
  std::uint64_t purchase_lsn = 0;  // of the decision that made it
  engine::PurchaseState state{};   // partly_received, or received
  std::vector<ReceivePurchaseAnswerRow> rows{};
  std::vector<Fill> filled{};
};

// ---- Answer to the question

struct OpenPurchaseLine {
  std::uint32_t line = 0;
  std::string sku{}, warehouse{};
  std::uint32_t quantity = 0;  // ordered
  std::uint64_t received = 0;  // damaged ones included, above `quantity` where more arrived
  std::uint32_t open = 0;
  std::int64_t promised_us = 0, first_promised_us = 0;  // arrival, now and as it was said at first; 0: not said
  std::int64_t expected_us = 0;  // as promised, or later where that is over
  bool pegged = false;           // what arrives is for a line of an order first
  std::string peg_order{};       // empty: nothing is known of that order any more
  std::uint32_t peg_line = 0;
};
struct OpenPurchase {
  std::string purchase{}, vendor{}, reference{}, notes{};
  engine::PurchaseState state{};
  std::uint64_t lsn = 0;  // of its placing
  std::int64_t since_us = 0;
  std::vector<OpenPurchaseLine> lines{};
  std::int64_t closes_us = 0;  // of a suggestion: no rule adds lines from then on; 0: as long as it is one
  bool automatic = false;      // it is approved when it closes
};
struct PurchasesAnswer {
  std::uint64_t as_of = 0;
  std::vector<OpenPurchase> purchases{};  // in the order in which they were placed
};

}  // namespace earmark::client
