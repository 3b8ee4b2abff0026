// What the fold counts for reports, counted once more: from the records alone, one after the other, with maps and lists, and
// durations as they are. Shares nothing with storage/figures.* but the names of the counts. For tests.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "schema/event.hpp"
#include "storage/figures.hpp"

namespace earmark::storage::test {

struct NaiveDay {
  std::map<DayCount, std::uint64_t> counts;
  std::map<DurationKind, std::vector<std::uint64_t>> durations;
};

struct NaiveAllocation {
  std::uint64_t reserved = 0, shipped = 0;
};

struct NaiveLine {
  engine::SkuId sku{};
  std::int64_t promised = 0;  // for the last of its units, as it was told first: by the decision or later; 0: never
  bool settled = false;       // what it was told first counts no more
  std::uint64_t quantity = 0, waiting = 0;
  engine::WarehouseId pinned{};
  std::map<std::pair<std::uint16_t, std::uint16_t>, NaiveAllocation> units;  // by warehouse and shipment

  void settle() { settled = promised != 0; }
};

struct NaiveOrder {
  engine::Lsn lsn{};
  std::int64_t time = 0, begins = 0, need_by = 0;
  std::string customer;
  engine::WarehouseId preferred{};
  bool not_due = false, was_whole = false, open = true;
  std::map<std::uint32_t, NaiveLine> lines;

  bool wants_something() const;
};

struct NaivePurchaseLine {
  engine::SkuId sku{};
  std::uint64_t ordered = 0, received = 0;
  std::int64_t first_promise = 0, promise = 0;

  std::uint64_t open() const { return received < ordered ? ordered - received : 0; }
};

struct NaivePurchase {
  std::string vendor;
  bool draft = false, open = true;
  std::map<std::uint32_t, NaivePurchaseLine> lines;
};

// Of one day, vendor and SKU.
struct NaiveDelivery {
  std::map<DeliveryCount, std::uint64_t> counts;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> late;  // by so much so many units
};

// A SKU over all warehouses: every moment at which it began to have nothing, or something, and which of both.
struct NaiveSku {
  std::map<std::uint16_t, std::uint64_t> available;  // by warehouse
  std::vector<std::pair<std::int64_t, bool>> changes;
};

class NaiveFigures {
 public:
  void apply(const schema::Event& event);

  const std::map<std::int64_t, NaiveDay>& days() const { return days_; }
  std::vector<const NaiveOrder*> open_orders() const;
  const std::map<std::tuple<std::int64_t, std::string, std::uint32_t>, NaiveDelivery>& deliveries() const { return deliveries_; }
  const std::map<engine::Lsn, NaivePurchase>& purchases() const { return purchases_; }
  // What is known of vendors: names, and lead times of what they sell, -1: not known.
  struct Vendor {
    std::string name;
    std::int64_t lead_days = -1;
  };
  Vendor vendor(const std::string& code) const { return vendors_.contains(code) ? vendors_.at(code) : Vendor{}; }
  std::int64_t lead_days(const std::string& code, std::uint32_t sku) const;
  // Whom a waiting line's SKU would be ordered from; empty: nobody.
  std::string seller(std::uint32_t sku, std::uint16_t pinned) const;
  const std::map<std::uint32_t, NaiveSku>& skus() const { return skus_; }
  const std::map<std::uint16_t, std::pair<std::uint32_t, std::string>>& warehouses() const { return warehouses_; }  // priority, code

  // Out for so long and so often until `now`, times of no length left out; nothing if there never was anything.
  struct Out {
    std::uint64_t micros = 0, times = 0;
    std::int64_t first = 0;
    bool out = false;
  };
  std::map<std::uint32_t, Out> stock_outs(std::int64_t now) const;

 private:
  void on(const engine::OrderDecision& decision);
  void on(const engine::FillDecision& decision);
  void on(const engine::CancelDecision& decision) { take_back(std::string(decision.order_id), decision.lines, decision.released); }
  void on(const engine::AmendDecision& decision);
  void on(const engine::ShipDecision& decision);
  void on(const engine::ShipmentDecision& decision);
  void on(const engine::StockChangeDecision& decision);
  void on(const engine::HoldDecision& decision);
  void on(const engine::HoldEndDecision& decision);
  void on(const engine::ReceiptDecision& decision);
  void on(const engine::LoadDecision& decision);
  void on(const engine::TransferShipDecision& decision);
  void on(const engine::TransferReceiptDecision& decision);
  void on(const engine::StrictDecision& decision);
  void on(const engine::PurchaseReceiptDecision& decision);
  void on(const engine::PurchaseDecision& decision);
  void on(const engine::PurchaseStepDecision& decision);
  void on(const engine::RulesDecision& decision);
  void on(const engine::ReorderDecision& decision);
  void on(const engine::OverdueDecision&) {}
  void on(const engine::DatesDecision& decision);
  void give_up(const NaivePurchase& purchase, const NaivePurchaseLine& line, std::uint64_t units);
  void judge_promise(NaiveLine& line);
  void on(const engine::HoldExtendDecision&) {}
  void on(const engine::VoidDecision&) {}

  void take_back(const std::string& id, std::span<const engine::CancelledLine> rows, std::span<const engine::Take> released);
  void close(NaiveOrder& order, bool by_shipping);
  void end_hold(const std::string& id, DayCount how, DayCount units);
  void left(engine::SkuId sku, engine::WarehouseId warehouse, engine::Quantity available) { touched_[sku.value][warehouse.value] = available; }
  void settle_stock();
  NaiveDay& day(std::int64_t time);
  NaiveOrder& order(std::string_view id) { return orders_.at(newest_.at(std::string(id))); }

  struct Hold {
    std::int64_t time = 0;
    std::uint64_t units = 0;
  };
  std::int64_t now_ = 0;
  engine::Lsn lsn_{};
  std::map<std::int64_t, NaiveDay> days_;
  std::map<engine::Lsn, NaiveOrder> orders_;
  std::map<std::string, engine::Lsn> newest_;
  std::map<std::string, Hold> holds_;
  std::map<engine::Lsn, NaivePurchase> purchases_;
  std::map<std::tuple<std::int64_t, std::string, std::uint32_t>, NaiveDelivery> deliveries_;
  std::map<std::uint32_t, NaiveSku> skus_;
  std::map<std::uint16_t, std::pair<std::uint32_t, std::string>> warehouses_;
  std::map<std::string, Vendor> vendors_;
  std::map<std::pair<std::uint32_t, std::string>, std::int64_t> sources_;    // lead times by SKU and vendor
  std::map<std::pair<std::uint32_t, std::uint16_t>, std::string> rules_;     // the vendors that they name, by SKU and warehouse
  std::map<std::uint32_t, std::map<std::uint16_t, std::uint64_t>> touched_;  // by the record: what it left
};

}  // namespace earmark::storage::test
