// What of an event passes a subscription's filters, and the event made of just that. Pure; one thread.
// An event is its parts. A part has kinds, and a SKU, a warehouse and a customer where they apply; one that lacks what a
// filter asks for does not pass it. Parts are:
//   an order as a whole     order_accepted or order_refused; its SKUs and warehouses are those of its lines' parts
//   of an order's line      each take (line_reserved, out_of_stock), what waits (line_backordered), what of it is expected at no known date
//                           (shortage_alert), what neither took nor waits (cancelled; of a refused order order_refused); the last three are in
//                           the line's pinned warehouse
//   a row of a receipt      stock_received, back_in_stock, healed
//   a take of a fill        backorder_filled, out_of_stock
//   of a cancel             each line, without warehouse (cancelled), and each release (cancelled, back_in_stock)
//   of an amend             a new priority, without SKU and warehouse (amended); lines and releases as of a cancel (amended);
//                           each raised line, without warehouse (amended)
//   of a ship               each line, without warehouse, and what left each warehouse (shipped)
//   of a stock change       each row (stock_adjusted, out_of_stock, back_in_stock, overdrawn, healed), each order's or hold's line's lost units (allocation_lost)
//   of a transfer           each row that left a warehouse (transfer_shipped, out_of_stock), or arrived in one (transfer_received,
//                           back_in_stock, healed); what a closed one lost on the way, where it was going to (transfer_received); what is overdue, there,
//                           too (transfer_overdue)
//   of a purchase order     each line as it was placed (purchase_placed); a step as a whole, without SKU and warehouse, and each line that it
//                           changes (purchase_approved ... purchase_cancelled, purchase_adopted); each row of its receipts (purchase_received,
//                           stock_received, back_in_stock, healed); each line that is overdue (purchase_overdue)
//   of rules                the record as a whole and each vendor, without SKU and warehouse, each source, without warehouse, each rule
//                           (rules_set); a vendor stays with the rows that name it, too
//   of a reorder rule       its trigger (reorder_triggered; purchase_suggested if something is suggested or ordered) or its end (reorder_cleared)
//   of told dates           each line, its customer's, without warehouse (date_assigned, date_changed)
//   a hold as a whole       hold_created; each take hold_created, out_of_stock; what a line did not get stays with the hold as a whole
//   an extended hold        hold_extended; without SKU and warehouse
//   of an ended hold        each line, without warehouse, and each release (hold_released or hold_expired; back_in_stock)
//   of an order that confirms a hold   each cell that its hold had (hold_confirmed)
//   of a shipment's step    each line (picked, packed, shipped, delivered, put_back, returned; back_in_stock, healed); what of it a pick did not find
//                           (short_pick); tracking as a whole, in its warehouse, without SKU
// Units that a pick list gets or loses pass pick_list_issued or pick_list_superseded, too: takes of an order (issued) and of a fill
// (both: the record does not say which), what a cancel, an amend or a stock change took back and what was put back (superseded),
// what a pick did not find (both). The list's revision is in the shipment's own records and in `show`.
//   of who turns strict     he, without SKU and warehouse (turned_strict); each line's units that he takes over (allocation_lost)
//   of a load               the load as a whole, each warehouse, each product (catalogue_loaded), each row of stock (and back_in_stock, healed)
// Receipts, transfers, purchase orders, rules and loads are nobody's; bookkeeping has no parts. A customer that was not recorded passes, so that nothing is missed.
// Whom an order or a fill passed over stands in what is left only where no customer is filtered: it is another's order.
// What is left of a stock change keeps, with lost units, their row, all zero where it does not pass itself.
// What is left agrees with itself: a line's quantity is that of its parts that are left.
#pragma once

#include <bitset>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/level.hpp"
#include "schema/event.hpp"
#include "schema/request.hpp"

namespace earmark::server {

class EventFilter {
 public:
  // Copies what the request names. At most max_filter_values each, so at most about 75 KiB.
  explicit EventFilter(const schema::SubscribeRequest& request);
  static bool filters_anything(const schema::SubscribeRequest& request) noexcept;

  bool kind(schema::EventKind kind) const noexcept { return kinds_.none() || kinds_[static_cast<std::uint8_t>(kind)]; }
  // Id 0: the part has none.
  bool place(engine::SkuId sku, engine::WarehouseId warehouse) const noexcept;
  bool any_place() const noexcept { return skus_.empty() && warehouses_.empty(); }
  bool customer(const std::optional<std::string_view>& customer) const noexcept;
  bool any_customer() const noexcept { return customers_.empty(); }

 private:
  std::bitset<256> kinds_;
  std::vector<engine::SkuId> skus_;              // sorted, as the others
  std::vector<engine::WarehouseId> warehouses_;
  std::vector<std::string> customers_;
};

// What units that came to a cell mean there, beside the kind of their record.
bool passes_arrival(const EventFilter& filter, engine::Quantity came, engine::Quantity available_after) noexcept;

enum class Passes : std::uint8_t { nothing, some, whole };

// Applies filters; keeps the rows of the last event that it made. One for each thread, whatever the number of filters.
class EventSieve {
 public:
  // With `some`, `left` is the event without what does not pass; its views point into `event` and here.
  Passes sift(const EventFilter& filter, const schema::Event& event, schema::Event& left);

 private:
  static Passes hide_skip(const schema::Decision& from, schema::Decision& left, Passes passes);
  Passes sift(const EventFilter& filter, const engine::VoidDecision&, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::OrderDecision& order, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::ReceiptDecision& receipt, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::FillDecision& fill, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::CancelDecision& cancel, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::ShipDecision& ship, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::AmendDecision& amend, schema::Decision& left);
  // Lines that a cancel or an amend took units from, into cancelled_ and takes_. False: something was left out.
  bool sift_taken_back(const EventFilter& filter, schema::EventKind kind, std::span<const engine::CancelledLine> lines,
                       std::span<const engine::Take> released);
  // Names in orders_ and customers_ whom the rows that are left name, and gives these their places there. Of others nothing is said, not even
  // that there are some.
  template <class Row>
  void name_orders(std::vector<Row>& rows, std::span<const std::string_view> orders, std::span<const std::string_view> customers);
  Passes sift(const EventFilter& filter, const engine::LoadDecision& load, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::StockChangeDecision& change, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::HoldDecision& hold, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::HoldExtendDecision& extend, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::HoldEndDecision& end, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::ShipmentDecision& move, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::TransferShipDecision& ship, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::TransferReceiptDecision& receipt, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::StrictDecision& strict, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::PurchaseDecision& purchase, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::PurchaseStepDecision& step, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::PurchaseReceiptDecision& receipt, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::RulesDecision& set, schema::Decision& left);
  // Puts the vendors that rows which are left name into vendors_, and gives those rows their places there.
  void keep_vendors(std::span<const engine::VendorSet> vendors);
  Passes sift(const EventFilter& filter, const engine::ReorderDecision& reorder, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::OverdueDecision& overdue, schema::Decision& left);
  Passes sift(const EventFilter& filter, const engine::DatesDecision& moved, schema::Decision& left);

  std::vector<engine::LineDecision> lines_;
  std::vector<engine::LinePolicy> policies_;
  std::vector<std::uint32_t> cut_;
  std::vector<engine::LineWait> waits_;
  std::vector<engine::ExpectedUnits> expected_, fallbacks_;
  std::vector<engine::Take> takes_;
  std::vector<engine::ReceivedRow> rows_;
  std::vector<engine::CancelledLine> cancelled_;
  std::vector<engine::RaisedLine> raised_;
  std::vector<engine::ShippedLine> shipped_;
  std::vector<engine::ReleasedLine> released_;
  std::vector<engine::MovedLine> moved_;
  std::vector<engine::LoadedWarehouse> warehouses_;
  std::vector<engine::LoadedProduct> products_;
  std::vector<engine::ChangedRow> changed_;
  std::vector<engine::LostUnits> lost_;
  std::vector<engine::TransferredRow> transferred_;
  std::vector<engine::ArrivedRow> arrived_;
  std::vector<engine::MissingUnits> missing_;
  std::vector<engine::PurchasedLine> purchased_;
  std::vector<engine::PurchaseChange> purchase_changes_;
  std::vector<engine::PurchaseArrivedRow> purchase_arrived_;
  std::vector<engine::PurchasePeg> pegs_;
  std::vector<engine::TimeUs> estimates_;
  std::vector<engine::VendorSet> vendors_;
  std::vector<engine::SourceSet> sources_;
  std::vector<engine::RuleSet> rules_;
  std::vector<std::uint32_t> places_;
  std::vector<engine::OverdueLine> overdue_;
  std::vector<engine::MovedDate> moved_dates_;
  std::vector<std::string_view> orders_, customers_;
  std::vector<std::uint32_t> of_holds_, overdrawn_;
};

template <class Row>
void EventSieve::name_orders(std::vector<Row>& rows, std::span<const std::string_view> orders, std::span<const std::string_view> customers) {
  constexpr std::uint32_t nowhere = ~std::uint32_t{0};
  orders_.clear(), customers_.clear();
  places_.assign(orders.size(), nowhere);
  for (Row& row : rows) {
    std::uint32_t& place = places_[row.order];
    if (place == nowhere) {
      place = static_cast<std::uint32_t>(orders_.size());
      orders_.push_back(orders[row.order]);
      if (!customers.empty()) customers_.push_back(customers[row.order]);
    }
    row.order = place;
  }
}

}  // namespace earmark::server
