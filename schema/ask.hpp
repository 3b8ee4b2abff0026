// The client's direction: requests to frames, and frames to answers. Requests use the same values as the server's
// decoder (schema/request.hpp), answers those of its encoder (schema/answer.hpp).
// Not thread-safe: one encoder and one decoder per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "engine/result.hpp"
#include "schema/answer.hpp"
#include "schema/request.hpp"

namespace earmark::schema {

// Each call appends whole frames: one, or for orders, holds, confirms, cancels, amends, receipts and loads that do not fit one,
// several parts.
// Ids have at most 256 bytes and texts at most 512. Nothing else is judged: that is the server's business.
class RequestEncoder {
 public:
  RequestEncoder();
  ~RequestEncoder();
  void hello(std::vector<std::byte>& out, std::uint64_t correlation, const HelloRequest& request);
  // The hot one: about 100 ns for three lines, no allocation once `out` and the encoder have grown.
  void order(std::vector<std::byte>& out, std::uint64_t correlation, const OrderRequest& request);
  void cancel(std::vector<std::byte>& out, std::uint64_t correlation, const CancelRequest& request);
  void amend(std::vector<std::byte>& out, std::uint64_t correlation, const AmendRequest& request);
  void receive(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveRequest& request);
  void ship(std::vector<std::byte>& out, std::uint64_t correlation, const ShipRequest& request);
  void move_shipment(std::vector<std::byte>& out, std::uint64_t correlation, const MoveShipmentRequest& request);
  // Codes have 1 to 64 bytes; a part repeats the codes that its stock rows name.
  void load(std::vector<std::byte>& out, std::uint64_t correlation, const LoadRequest& request);
  // One frame: at most 60,000 bytes of rows, a code counting as its bytes and 12 more.
  void resolve(std::vector<std::byte>& out, std::uint64_t correlation, const ResolveRequest& request);
  void check(std::vector<std::byte>& out, std::uint64_t correlation, const CheckRequest& request);  // at most 15,000 SKUs
  void stock(std::vector<std::byte>& out, std::uint64_t correlation, const StockRequest& request);  // at most 15,000 SKUs
  void show(std::vector<std::byte>& out, std::uint64_t correlation, const ShowRequest& request);
  void backorders(std::vector<std::byte>& out, std::uint64_t correlation, const BackordersRequest& request);
  // One frame: at most 60,000 bytes of filters.
  void subscribe(std::vector<std::byte>& out, std::uint64_t correlation, const SubscribeRequest& request);
  void change_stock(std::vector<std::byte>& out, std::uint64_t correlation, const ChangeStockRequest& request);
  void hold(std::vector<std::byte>& out, std::uint64_t correlation, const HoldRequest& request);
  void extend(std::vector<std::byte>& out, std::uint64_t correlation, const ExtendRequest& request);
  void confirm(std::vector<std::byte>& out, std::uint64_t correlation, const ConfirmRequest& request);
  void release(std::vector<std::byte>& out, std::uint64_t correlation, const ReleaseRequest& request);
  void holds(std::vector<std::byte>& out, std::uint64_t correlation, const HoldsRequest& request);
  void ship_transfer(std::vector<std::byte>& out, std::uint64_t correlation, const ShipTransferRequest& request);
  void receive_transfer(std::vector<std::byte>& out, std::uint64_t correlation, const ReceiveTransferRequest& request);
  void transfers(std::vector<std::byte>& out, std::uint64_t correlation, const TransfersRequest& request);
  // encode_purchase.cpp
  void place_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const PlacePurchaseRequest& request);
  void move_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const MovePurchaseRequest& request);
  void receive_purchase(std::vector<std::byte>& out, std::uint64_t correlation, const ReceivePurchaseRequest& request);
  void purchases(std::vector<std::byte>& out, std::uint64_t correlation, const PurchasesRequest& request);
  // encode_rule.cpp
  void set_rules(std::vector<std::byte>& out, std::uint64_t correlation, const SetRulesRequest& request);
  void rules(std::vector<std::byte>& out, std::uint64_t correlation, const RulesRequest& request);
  void find(std::vector<std::byte>& out, std::uint64_t correlation, const FindRequest& request);
  void report(std::vector<std::byte>& out, std::uint64_t correlation, const ReportRequest& request);
  void digest(std::vector<std::byte>& out, std::uint64_t correlation);
  void stats(std::vector<std::byte>& out, std::uint64_t correlation);

 private:
  struct Builder;
  std::unique_ptr<Builder> builder_;
};

using Answer = std::variant<ErrorAnswer, HelloAnswer, ResolveAnswer, CheckAnswer, StockAnswer, OrderView,
                            BackordersAnswer, SubscribeAnswer, StreamPosition, DigestAnswer, StatsAnswer, HoldsAnswer,
                            TransfersAnswer, ReportAnswer, PurchasesAnswer, RulesAnswer>;

enum class AnswerFault : std::uint8_t { malformed, unknown_kind };

// Every answer but events, which EventDecoder reads (schema/event.hpp, decode_bodies).
class AnswerDecoder {
 public:
  AnswerDecoder();
  ~AnswerDecoder();
  // All parts of one answer, in order. Views in the result point into the bodies and into the decoder's scratch; they
  // hold until the next call. Verified like requests: a hostile server gets `malformed`. An error code that this
  // program does not know is passed on as it is.
  Result<Answer, AnswerFault> decode(MessageKind kind, Parts parts);

  struct Scratch;

 private:
  std::unique_ptr<Scratch> scratch_;
};

}  // namespace earmark::schema
