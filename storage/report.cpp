#include "storage/report.hpp"

#include <algorithm>

namespace earmark::storage {

using schema::ReportColumn;
using schema::ReportKind;

schema::ReportAnswer ReportTable::answer(std::vector<std::string_view>& views) const {
  views.assign(texts.begin(), texts.end());
  return {kind, as_of, time, counted_from, left_out, columns, rows, totals, views};
}

namespace {

bool counts_promises(ReportKind kind) {
  return kind == ReportKind::vendor_delay || kind == ReportKind::vendor_delay_by_sku || kind == ReportKind::promise_accuracy;
}

}  // namespace

void ReportMaker::begin(const StateSummary& summary) {
  summary_ = summary;
  now_ = std::max(now_, summary.last_time);
}

ReportTable ReportMaker::table() {
  ReportTable table;
  table.kind = request_.kind;
  table.as_of = summary_.applied;
  table.time = now_;
  table.counted_from = counts_promises(request_.kind) ? summary_.promises_from : summary_.figures_from;
  finish(table);
  return table;
}

std::size_t ReportMaker::limited(std::size_t rows, ReportTable& table) const {
  const std::size_t most = request_.limit == 0 ? schema::most_report_rows : std::min<std::size_t>(request_.limit, schema::most_report_rows);
  const std::size_t taken = std::min(rows, most);
  table.left_out = rows - taken;
  return taken;
}

namespace {

std::unique_ptr<ReportMaker> maker_of(const schema::ReportRequest& request, engine::TimeUs now) {
  switch (request.kind) {
    case ReportKind::backorders_by_product:
    case ReportKind::backorders_by_customer:
    case ReportKind::backorders_by_warehouse:
    case ReportKind::backorders_by_vendor: return backorder_report(request, now);
    case ReportKind::backorder_age: return age_report(request, now);
    case ReportKind::stock_outs: return stock_out_report(request, now);
    case ReportKind::vendor_delay:
    case ReportKind::vendor_delay_by_sku: return vendor_report(request, now);
    default: return day_report(request, now);
  }
}

// By SKU, over all warehouses; those that were out for longest first.
class StockOuts final : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override { return {.availability = true}; }
  void availability(engine::SkuId sku, const AvailabilityRow& row) override { all_.push_back({sku, row}); }

  void finish(ReportTable& table) override {
    table.columns = {ReportColumn::sku,      ReportColumn::out_us,     ReportColumn::times_out, ReportColumn::out_since_us,
                     ReportColumn::first_us, ReportColumn::watched_us, ReportColumn::available};
    std::stable_sort(all_.begin(), all_.end(), [&](const auto& left, const auto& right) {
      return left.second.out_until(time()) > right.second.out_until(time());
    });
    table.totals.assign(table.columns.size(), 0);
    const std::size_t most = limited(all_.size(), table);
    for (std::size_t index = 0; index < all_.size(); ++index) {
      const auto& [sku, row] = all_[index];
      const auto out = static_cast<std::int64_t>(row.out_until(time())), times = static_cast<std::int64_t>(row.times_out_so_far());
      const std::int64_t watched = time().value - row.first, available = static_cast<std::int64_t>(row.available);
      table.totals[1] += out, table.totals[2] += times, table.totals[5] += watched, table.totals[6] += available;
      if (index >= most) continue;
      table.rows.insert(table.rows.end(), {sku.value, out, times, row.state == AvailabilityRow::out ? row.out_since : 0, row.first, watched, available});
    }
  }

 private:
  std::vector<std::pair<engine::SkuId, AvailabilityRow>> all_;
};

}  // namespace

std::unique_ptr<ReportMaker> stock_out_report(const schema::ReportRequest& request, engine::TimeUs now) {
  return std::make_unique<StockOuts>(request, now);
}

Outcome<ReportTable> make_report(const StateStore& state, const schema::ReportRequest& request, engine::TimeUs now) {
  const std::unique_ptr<ReportMaker> maker = maker_of(request, now);
  FigureQuestion question = maker->question();
  question.first_day = request.first_day;
  question.last_day = request.last_day;
  if (auto read = state.figures(*maker, question); !read) return Unexpected{read.error()};
  return maker->table();
}

}  // namespace earmark::storage
