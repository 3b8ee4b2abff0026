// Requests as values: a frame's body to an engine command or question, verified. Views point into the body (and into
// the decoder's scratch where a message came in parts). Not thread-safe: one decoder per thread.
// Everything that FlatBuffers' verifier does not check is checked here: enums, lengths of text and rows, parallel vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "engine/command.hpp"
#include "engine/digest.hpp"
#include "engine/errors.hpp"
#include "engine/result.hpp"
#include "schema/event_kind.hpp"
#include "schema/frame.hpp"
#include "schema/report.hpp"

namespace earmark::schema {

struct HelloRequest {
  std::uint16_t version = 0;
  std::string_view token, client;
  std::uint64_t features = 0;
};
struct OrderRequest {
  engine::PlaceOrder order;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct CancelRequest {
  engine::CancelOrder cancel;
  engine::TimeUs time{};
};
struct ReceiveRequest {
  engine::ReceiveStock receipt;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct ShipRequest {
  engine::ShipOrder ship;
  engine::TimeUs time{};
};
struct AmendRequest {
  engine::AmendOrder amend;
  engine::TimeUs time{};
};
struct MoveShipmentRequest {
  engine::MoveShipment move;
  engine::TimeUs time{};
};
struct HoldRequest {
  engine::PlaceHold hold;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct ExtendRequest {
  engine::ExtendHold extend;
  engine::TimeUs time{};
};
struct ConfirmRequest {
  engine::ConfirmHold confirm;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct ReleaseRequest {
  engine::ReleaseHold release;
  engine::TimeUs time{};
};
struct HoldsRequest {
  std::uint64_t epoch = 0;
  engine::SkuId sku{};
};
struct LoadRequest {
  engine::LoadCatalogue load;
  engine::TimeUs time{};
};
struct ResolveRequest {
  std::span<const std::string_view> sku_codes, warehouse_codes;
  std::span<const engine::SkuId> sku_ids;
  std::span<const engine::WarehouseId> warehouse_ids;
  bool all_warehouses = false;
  bool descriptions = false;  // of the SKUs in sku_ids, too
};
struct CheckRequest {
  std::uint64_t epoch = 0;
  std::span<const engine::SkuId> skus;
  std::span<const engine::Quantity> wanted{};  // parallel; empty: not asked
  bool dates = false;                          // with `wanted`
};
struct StockRequest {
  std::uint64_t epoch = 0;
  std::span<const engine::SkuId> skus;
  engine::SkuId after{};
  engine::WarehouseId warehouse{};
  bool snapshot = false;
};
struct ShowRequest {
  std::string_view order;
};
struct BackordersRequest {
  std::uint64_t epoch = 0;
  engine::SkuId sku{};
  std::string_view customer;
};
struct SubscribeRequest {
  engine::Lsn from{};
  std::uint64_t epoch = 0;
  std::span<const EventKind> kinds{};
  std::span<const engine::SkuId> skus{};
  std::span<const engine::WarehouseId> warehouses{};
  std::span<const std::string_view> customers{};
};
struct ChangeStockRequest {
  engine::ChangeStock change;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct ShipTransferRequest {
  engine::ShipTransfer ship;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct ReceiveTransferRequest {
  engine::ReceiveTransfer receive;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct TransfersRequest {
  std::string_view transfer;  // empty: all
};
struct PlacePurchaseRequest {
  engine::PlacePurchase place;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct MovePurchaseRequest {
  engine::MovePurchase move;
  engine::TimeUs time{};
};
struct ReceivePurchaseRequest {
  engine::ReceivePurchase receive;
  engine::TimeUs time{};
};
struct PurchasesRequest {
  std::string_view purchase;  // empty: all
  std::string_view vendor;    // empty: any
};
struct SetRulesRequest {
  engine::SetRules set;
  std::uint64_t epoch = 0;
  engine::TimeUs time{};
};
struct RulesRequest {
  std::uint64_t epoch = 0;
  engine::SkuId sku{};        // 0: all
  std::string_view vendor;    // empty: any
};
struct FindRequest {
  engine::IdSpace space = engine::IdSpace::order;
  std::string_view id;
};
struct DigestRequest {};
struct StatsRequest {};

using Request = std::variant<HelloRequest, OrderRequest, CancelRequest, ReceiveRequest, ShipRequest, LoadRequest,
                             ResolveRequest, CheckRequest, StockRequest, ShowRequest, BackordersRequest,
                             SubscribeRequest, DigestRequest, StatsRequest, AmendRequest,
                             ChangeStockRequest, HoldRequest, ExtendRequest, ConfirmRequest,
                             ReleaseRequest, HoldsRequest, MoveShipmentRequest,
                             ShipTransferRequest, ReceiveTransferRequest, TransfersRequest, ReportRequest,
                             PlacePurchaseRequest, MovePurchaseRequest, ReceivePurchaseRequest, PurchasesRequest,
                             SetRulesRequest, RulesRequest, FindRequest>;

// The parts of one message: bodies in the order in which they came; one for almost every message.
using Parts = std::span<const std::span<const std::byte>>;

class RequestDecoder {
 public:
  RequestDecoder();
  ~RequestDecoder();
  // One body. Errors: malformed, unknown_message, bad_text (also for ids), bad_code, bad_id (over 256 bytes), for loads only
  // too_many_lines, and for subscriptions only too_many_rows (over 256 values of a filter). Quantities, ids and codes are
  // NOT judged here, the engine does that in the order of semantics R8; so rows of a command in parts are passed on up to
  // engine::max_lines + 1, and it says too_many_lines; set_rules is refused here, with more than 4,096 of anything.
  Result<Request, engine::ErrorCode> decode(MessageKind kind, std::span<const std::byte> body);
  // A message in parts (order, cancel, amend, receive, load, change_stock, hold, confirm, move_shipment, ship_transfer,
  // receive_transfer, place_purchase, move_purchase, receive_purchase, set_rules): scalars and text are those of the first part,
  // rows are concatenated in order, and what they name by position is a position among all parts' entries. Only for load, rows of a
  // part name positions in that part's own code vectors.
  Result<Request, engine::ErrorCode> decode(MessageKind kind, Parts parts);
  // The hot one: as decode(order), without the variant. `out` is valid until the next call.
  engine::ErrorCode decode_order(std::span<const std::byte> body, OrderRequest& out);

  struct Scratch;

 private:
  std::unique_ptr<Scratch> scratch_;
};

// Hash of a command's decoded content: equal for repeats, whatever their correlation id or parting.
std::uint64_t content_hash(const engine::PlaceOrder& order) noexcept;
std::uint64_t content_hash(const engine::ReceiveStock& receipt) noexcept;
std::uint64_t content_hash(const engine::CancelOrder& cancel) noexcept;
std::uint64_t content_hash(const engine::ShipOrder& ship) noexcept;
std::uint64_t content_hash(const engine::AmendOrder& amend) noexcept;
std::uint64_t content_hash(const engine::ChangeStock& change) noexcept;
std::uint64_t content_hash(const engine::MoveShipment& move) noexcept;
std::uint64_t content_hash(const engine::ShipTransfer& ship) noexcept;
std::uint64_t content_hash(const engine::ReceiveTransfer& receive) noexcept;
std::uint64_t content_hash(const engine::PlacePurchase& place) noexcept;
std::uint64_t content_hash(const engine::MovePurchase& move) noexcept;
std::uint64_t content_hash(const engine::ReceivePurchase& receive) noexcept;
std::uint64_t content_hash(const engine::PlaceHold& hold) noexcept;
std::uint64_t content_hash(const engine::ExtendHold& extend) noexcept;
std::uint64_t content_hash(const engine::ConfirmHold& confirm) noexcept;
std::uint64_t content_hash(const engine::ReleaseHold& release) noexcept;

}  // namespace earmark::schema
