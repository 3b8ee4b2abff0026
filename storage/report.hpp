// Reports as rows of numbers, made from what the state store holds at one LSN. What each column means, exactly: docs/REPORTS.md.
// Any thread; a maker belongs to one. Costs a pass over the open orders (a microsecond or two each) or over the days or SKUs.
//   storage/report_backorders.cpp (what waits), storage/report_days.cpp (by day), storage/report_vendors.cpp, storage/report.cpp (stock-outs, and the rest)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "schema/report.hpp"
#include "storage/state_store.hpp"

namespace earmark::storage {

// A report with its own texts. Rows and totals lie as in schema::ReportAnswer.
struct ReportTable {
  schema::ReportKind kind{};
  engine::Lsn as_of{};
  engine::TimeUs time{};
  engine::Lsn counted_from{1};
  std::uint64_t left_out = 0;
  std::vector<schema::ReportColumn> columns;
  std::vector<std::int64_t> rows, totals;
  std::vector<std::string> texts;

  // Views into this table and into `views`.
  schema::ReportAnswer answer(std::vector<std::string_view>& views) const;
};

// The request's kind is one that there is. `now`: the clock, or 0 for the time of the latest decision, which it never precedes.
Outcome<ReportTable> make_report(const StateStore& state, const schema::ReportRequest& request, engine::TimeUs now);

// One kind of report: gathers what the store gives, then tells it as rows.
class ReportMaker : public FigureVisitor {
 public:
  ReportMaker(const schema::ReportRequest& request, engine::TimeUs now) : request_(request), now_(now) {}
  void begin(const StateSummary& summary) final;
  virtual FigureQuestion question() const = 0;
  // Fills in columns, rows, totals and texts.
  virtual void finish(ReportTable& table) = 0;
  ReportTable table();

 protected:
  engine::TimeUs time() const noexcept { return now_; }
  const schema::ReportRequest& request() const noexcept { return request_; }
  // How many of so many rows the report may have; the others are counted as left out.
  std::size_t limited(std::size_t rows, ReportTable& table) const;

 private:
  schema::ReportRequest request_;
  engine::TimeUs now_;
  StateSummary summary_;
};

std::unique_ptr<ReportMaker> backorder_report(const schema::ReportRequest& request, engine::TimeUs now);  // by product, customer, warehouse, vendor
std::unique_ptr<ReportMaker> age_report(const schema::ReportRequest& request, engine::TimeUs now);
std::unique_ptr<ReportMaker> stock_out_report(const schema::ReportRequest& request, engine::TimeUs now);
std::unique_ptr<ReportMaker> vendor_report(const schema::ReportRequest& request, engine::TimeUs now);  // by vendor alone, or by SKU, too
std::unique_ptr<ReportMaker> day_report(const schema::ReportRequest& request, engine::TimeUs now);  // the others

}  // namespace earmark::storage
