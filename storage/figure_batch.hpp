// The figures of a batch (storage/state_batch.hpp): days, availabilities and deliveries are taken out of the store when they are first needed,
// counted on here, and written once. It is told what the batch's records did; it judges nothing and refuses nothing.
// One thread.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/state_image.hpp"
#include "engine/decision.hpp"
#include "storage/figures.hpp"
#include "storage/kept_rows.hpp"

namespace earmark::storage {

// What the store holds, without the batch. What cannot be read counts as not there; the source keeps the failure.
class FigureSource {
 public:
  virtual ~FigureSource() = default;
  virtual bool day(std::uint64_t key, DayFigures& figures) = 0;
  virtual bool availability(engine::SkuId sku, AvailabilityRow& row) = 0;
  virtual bool delivery(const DeliveryKey& key, DeliveryFigures& figures) = 0;
};

// An order's lines and units at some moment, as figures need them.
struct OrderTotals {
  engine::TimeUs time{}, need_by{}, reserve_not_before{};
  std::uint64_t ordered = 0, shipped = 0;
  std::size_t shipments_shipped = 0;  // how many different ones

  // From when on it wants its units: its decision, or its reserve_not_before.
  engine::TimeUs begins() const noexcept { return std::max(time, reserve_not_before); }
};

class FigureBatch {
 public:
  void clear();   // as StateBatch's
  void forget();

  // Of an order as decided: `lines` and `allocations` are what it got. True: it was reserved whole.
  bool order_placed(FigureSource& source, engine::TimeUs now, const engine::OrderDecision& decision, std::span<const engine::LineImage> lines,
                    std::span<const engine::AllocationImage> allocations);
  // A fill left nothing of its line waiting, which had been promised for then (0: not); `whole`: nor of its order, for the first time.
  void line_filled(FigureSource& source, engine::TimeUs now, const OrderTotals& order, engine::TimeUs promised, bool whole);
  // Nothing of the order is reserved or waits any more.
  void order_closed(FigureSource& source, engine::TimeUs now, const OrderTotals& order, bool by_shipping);
  void hold_placed(FigureSource& source, engine::TimeUs now, std::uint64_t units);  // 0: it holds nothing
  void hold_ended(FigureSource& source, engine::TimeUs placed, engine::HoldEnd how, std::uint64_t units);
  // Units of a line of a purchase order, which is as it was before: they arrived, or will not come any more.
  void arrived(FigureSource& source, engine::TimeUs now, const std::string& vendor, const engine::PurchaseLineState& line, std::uint64_t units);
  void given_up(FigureSource& source, engine::TimeUs now, const std::string& vendor, const engine::PurchaseLineState& line, std::uint64_t units);
  // One cell's available units, as a record left them; then, after all cells of the record, settle() of each SKU.
  void available(FigureSource& source, engine::SkuId sku, engine::Quantity before, engine::Quantity after);
  void settle(FigureSource& source, engine::SkuId sku, engine::TimeUs now);
  // Bring into the cache what available() and settle() will look at: first where it stands, then, when that is there, itself.
  void fetch_slot(engine::SkuId sku) const { availabilities_.fetch_slot(sku.value); }
  void fetch(engine::SkuId sku) const { availabilities_.fetch(sku.value); }

  const std::map<std::int32_t, DayFigures>& days() const noexcept { return days_; }
  const std::map<DeliveryKey, DeliveryFigures>& deliveries() const noexcept { return deliveries_; }
  // Its changes(), by SKU once sort() was called.
  using Availabilities = KeptRows<AvailabilityRow>;
  const Availabilities& availabilities() const noexcept { return availabilities_; }
  void sort() { availabilities_.sort_changes(); }

 private:
  DayFigures& day(FigureSource& source, engine::TimeUs time);
  void promise_met(DayFigures& figures, std::int64_t late_us);
  DeliveryFigures& delivery(FigureSource& source, engine::TimeUs time, const std::string& vendor, engine::SkuId sku);
  AvailabilityRow& row_of(FigureSource& source, engine::SkuId sku);

  std::map<std::int32_t, DayFigures> days_;
  std::map<DeliveryKey, DeliveryFigures> deliveries_;
  static constexpr std::size_t most_kept_availabilities = std::size_t{1} << 18;
  Availabilities availabilities_{most_kept_availabilities};
};

}  // namespace earmark::storage
