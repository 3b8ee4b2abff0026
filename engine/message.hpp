// A message to the settler: a command or a question with memory of its own, because the frame that carried it is gone
// when it is read. Made by one thread, pushed into the inbox, deleted by whoever settled it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/command.hpp"
#include "engine/digest.hpp"
#include "engine/outcomes.hpp"

namespace earmark::engine {

// An order as it came, and where its answer goes; what it views lies elsewhere.
struct ReceivedOrder {
  PlaceOrder order;
  std::uint64_t content = 0;
  ReplyTo reply;
};
// Orders that were not copied (Settler::submit()).
struct LentOrders {};

struct ShowOrder {
  std::string_view order_id;
};
struct ListBackorders {
  SkuId sku{};  // 0: all
  std::string_view customer;  // empty: all
};
struct ResolveCodes {
  std::span<const std::string_view> sku_codes, warehouse_codes;
  std::span<const SkuId> sku_ids;
  std::span<const WarehouseId> warehouse_ids;
  bool all_warehouses = false;
  bool descriptions = false;  // of sku_ids
};

// Orders that the archive has as they were at `through` or later: closed at LSNs up to it, in the order of closing, none left out since
// the last such message. They leave memory, and so does what was kept of closed orders that changed up to there.
struct ArchiveOrders {
  std::span<const Identity> orders;
  Lsn through{};
};
// Ids of commands decided before `oldest` are forgotten (VoidDecision). `ids` are all that are known between the last such
// message's `oldest` and this one's, in the order of their LSNs.
struct ForgetIds {
  Lsn oldest{};
  Lsn archived{};  // the last ArchiveOrders' `through`
  std::span<const Identity> ids;
};

// Nothing but its time: timers that are due by then run.
struct RunTimers {};
struct ListHolds {
  SkuId sku{};  // 0: all
};

struct ListTransfers {
  std::string_view id;  // empty: all
};

// A check that asks for dates.
struct CheckDates {
  std::span<const SkuId> skus;
  std::span<const Quantity> wanted;  // parallel
};

struct ListPurchases {
  std::string_view id;      // empty: all
  std::string_view vendor;  // empty: any
};

struct ListRules {
  SkuId sku{};              // 0: all, and vendors without a source or rule, too
  std::string_view vendor;  // empty: any
};
// The decision of the command with this id, told again.
struct FindDecision {
  IdSpace space{};
  std::string_view id;
};
// A receiving thread has taken units down to where a reorder rule of these SKUs may order.
struct MindRules {
  std::span<const SkuId> skus;
};

inline constexpr std::size_t most_housekept = 256;  // ids in one such message

using SettlerRequest = std::variant<PlaceOrder, CancelOrder, ReceiveStock, ShipOrder, LoadCatalogue, ShowOrder,
                                    ListBackorders, ResolveCodes, ArchiveOrders, ForgetIds, AmendOrder, ChangeStock,
                                    PlaceHold, ExtendHold, ConfirmHold, ReleaseHold, RunTimers, ListHolds, MoveShipment,
                                    ShipTransfer, ReceiveTransfer, ListTransfers,
                                    PlacePurchase, MovePurchase, ReceivePurchase, ListPurchases, CheckDates,
                                    SetRules, ListRules, FindDecision, MindRules, LentOrders>;

class Message {
 public:
  explicit Message(const LentOrders& lent) : request(lent) {}
  // Each of these copies the command's texts and rows.
  Message(const PlaceOrder& order, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const CancelOrder& cancel, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ReceiveStock& receipt, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ShipOrder& ship, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const AmendOrder& amend, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const LoadCatalogue& load, const ReplyTo& reply, TimeUs time);
  Message(const ShowOrder& show, const ReplyTo& reply, TimeUs time = {});
  Message(const ListBackorders& list, const ReplyTo& reply, TimeUs time = {});
  Message(const CheckDates& check, const ReplyTo& reply, TimeUs time);
  Message(const ResolveCodes& resolve, const ReplyTo& reply);
  Message(const ArchiveOrders& archive, TimeUs time);
  Message(const ForgetIds& forget, TimeUs time);
  Message(const ChangeStock& change, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const MoveShipment& move, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const PlaceHold& hold, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ExtendHold& extend, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ConfirmHold& confirm, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ReleaseHold& release, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const RunTimers& run, TimeUs time);
  Message(const ListHolds& list, const ReplyTo& reply);
  Message(const ShipTransfer& ship, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ReceiveTransfer& receive, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ListTransfers& list, const ReplyTo& reply);
  Message(const PlacePurchase& place, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const MovePurchase& move, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ReceivePurchase& receive, std::uint64_t content, const ReplyTo& reply, TimeUs time);
  Message(const ListPurchases& list, const ReplyTo& reply);
  Message(const SetRules& set, const ReplyTo& reply, TimeUs time);
  Message(const ListRules& list, const ReplyTo& reply, TimeUs time = {});
  Message(const FindDecision& find, const ReplyTo& reply);
  Message(const MindRules& mind, TimeUs time);
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  Message* next = nullptr;  // in the inbox
  std::uint64_t content = 0;
  ReplyTo reply;
  TimeUs time{};
  SettlerRequest request;

 private:
  std::string_view own(std::string_view text);
  void reserve_texts(std::size_t bytes) { texts_.reserve(bytes); }
  PlaceOrder own(const PlaceOrder& order, std::size_t more_bytes);

  std::string texts_;  // reserved once, so that views into it hold
  std::vector<OrderLine> order_lines_;
  std::vector<CancelRow> cancel_rows_;
  std::vector<StockRow> stock_rows_;
  std::vector<WarehouseEntry> warehouses_;
  std::vector<ProductEntry> products_;
  std::vector<OpeningStockEntry> opening_;
  std::vector<std::string_view> sku_codes_, warehouse_codes_;
  std::vector<SkuId> sku_ids_;
  std::vector<WarehouseId> warehouse_ids_;
  std::vector<Identity> identities_;
  std::vector<ChangeRow> change_rows_;
  std::vector<TransferRow> transfer_rows_;
  std::vector<ArrivalRow> arrival_rows_;
  std::vector<Quantity> quantities_;
  std::vector<PurchaseLine> purchase_lines_;
  std::vector<PurchaseRow> purchase_rows_;
  std::vector<PurchaseArrival> purchase_arrivals_;
  std::vector<PegRow> peg_rows_;
  std::vector<std::string_view> peg_orders_;
  std::vector<VendorEntry> vendors_;
  std::vector<SourceRow> source_rows_;
  std::vector<RuleRow> rule_rows_;
  std::vector<SnoozeRow> snooze_rows_;
};

}  // namespace earmark::engine
