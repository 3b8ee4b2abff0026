// Whole answers to values in codes. Says which codes it misses, so that they can be looked up and the answer read again.
// Trusts no server: what does not fit the question is a failure. Pure; a reader per thread.
#pragma once

#include <set>
#include <variant>

#include "client/catalogue.hpp"
#include "client/failure.hpp"
#include "client/message.hpp"
#include "client/request.hpp"
#include "client/values_rules.hpp"
#include "schema/ask.hpp"
#include "schema/event.hpp"

namespace earmark::client {

// Parallel to Request: the n-th answers the n-th. A confirm is answered as an order is.
using Reply = std::variant<OrderAnswer, CancelAnswer, ReceiptAnswer, ShipAnswer, AmendAnswer, HoldAnswer, ExtendAnswer, ReleaseAnswer, StockChangeAnswer, ShipmentMoveAnswer,
                           ShipTransferAnswer, ReceiveTransferAnswer, PlacePurchaseAnswer, MovePurchaseAnswer, ReceivePurchaseAnswer, SetRulesAnswer,
                           CheckAnswer, StockAnswer, OrderState, BackordersAnswer, HoldsAnswer, TransfersAnswer, PurchasesAnswer, RulesAnswer, FindAnswer>;

// Dense ids in an answer whose codes the catalogue does not have. Their text in the answer is "#7".
struct MissingCodes {
  std::set<engine::SkuId> skus;
  bool warehouses = false;

  bool empty() const { return skus.empty() && !warehouses; }
};

class ReplyReader {
 public:
  // `missing` is added to. A failure is of kind `unreachable`: the two versions do not fit.
  Outcome<Reply> read(const Request& request, const Message& message, const Catalogue& catalogue, MissingCodes& missing);
  // Any answer but events; its views hold until the next call.
  Outcome<schema::Answer> decode(const Message& message);

 private:
  Outcome<Reply> read_events(const Request& request, const Message& message, const Catalogue& catalogue, MissingCodes& missing);

  schema::AnswerDecoder answers_;
  schema::EventDecoder events_;
};

Unexpected<Failure> not_understood();

}  // namespace earmark::client
