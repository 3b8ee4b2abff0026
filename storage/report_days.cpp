// Reports by day: a row for each day on which something is to be told, ascending, and the total of all days asked for.
#include <algorithm>
#include <array>
#include <map>

#include "storage/report.hpp"

namespace earmark::storage {

using engine::TimeUs;
using schema::ReportColumn;
using schema::ReportKind;
using schema::ReportMeasure;

namespace {

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

// Takes days one by one; what it tells of them, its descendants say.
class DayReport : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override { return {.days = true}; }
  void day(std::int32_t day, const DayFigures& figures) override { days_[day].merge(figures); }

  void finish(ReportTable& table) override {
    table.columns = columns();
    DayFigures all;
    std::vector<std::int64_t> rows;
    for (const auto& [day, figures] : days_) {
      tell(day, figures, rows);
      all.merge(figures);
    }
    tell_total(all, table.totals);
    if (!request().by_day) return;
    const std::size_t width = table.columns.size(), first = rows.size() / width - limited(rows.size() / width, table);  // the latest ones
    table.rows.assign(rows.begin() + static_cast<std::ptrdiff_t>(first * width), rows.end());
  }

 protected:
  virtual std::vector<ReportColumn> columns() const = 0;
  // One row, or one for each measure; none where there is nothing to tell.
  virtual void tell(std::int32_t day, const DayFigures& figures, std::vector<std::int64_t>& rows) const = 0;
  virtual void tell_total(const DayFigures& all, std::vector<std::int64_t>& totals) const = 0;

 private:
  std::map<std::int32_t, DayFigures> days_;
};

// Kinds of durations that are measures of fulfilment: the first ones.
constexpr std::size_t fulfilment_kinds = static_cast<std::size_t>(DurationKind::backorder_to_filled) + 1;

class FulfilmentTime final : public DayReport {
 public:
  using DayReport::DayReport;

 protected:
  std::vector<ReportColumn> columns() const override {
    return {ReportColumn::day,    ReportColumn::measure, ReportColumn::count,  ReportColumn::mean_us,
            ReportColumn::p50_us, ReportColumn::p90_us,  ReportColumn::p99_us, ReportColumn::max_us};
  }
  void tell(std::int32_t day, const DayFigures& figures, std::vector<std::int64_t>& rows) const override {
    for (std::size_t kind = 0; kind < fulfilment_kinds; ++kind) {
      if (figures.durations[kind].count() != 0) tell_kind(day, kind, figures.durations[kind], rows);
    }
  }
  void tell_total(const DayFigures& all, std::vector<std::int64_t>& totals) const override {
    for (std::size_t kind = 0; kind < fulfilment_kinds; ++kind) tell_kind(0, kind, all.durations[kind], totals);
  }

 private:
  static void tell_kind(std::int32_t day, std::size_t kind, const Durations& durations, std::vector<std::int64_t>& rows) {
    static_assert(static_cast<int>(ReportMeasure::order_to_reserved) == static_cast<int>(DurationKind::order_to_reserved) + 1);
    static_assert(static_cast<int>(ReportMeasure::backorder_to_filled) == static_cast<int>(DurationKind::backorder_to_filled) + 1);
    rows.insert(rows.end(), {day, static_cast<std::int64_t>(kind) + 1, number(durations.count()), number(durations.mean()),
                             number(durations.quantile(50)), number(durations.quantile(90)), number(durations.quantile(99)), number(durations.max())});
  }
};

// Reports whose numbers of several days are those of a day with the figures of all.
template <class Numbers>
class Summed final : public DayReport {
 public:
  using DayReport::DayReport;

 protected:
  std::vector<ReportColumn> columns() const override { return Numbers::columns; }
  void tell(std::int32_t day, const DayFigures& figures, std::vector<std::int64_t>& rows) const override {
    const auto numbers = Numbers::of(figures);
    if (std::all_of(numbers.begin(), numbers.end(), [](std::int64_t each) { return each == 0; })) return;
    rows.push_back(day);
    rows.insert(rows.end(), numbers.begin(), numbers.end());
  }
  void tell_total(const DayFigures& all, std::vector<std::int64_t>& totals) const override {
    const auto numbers = Numbers::of(all);
    totals.push_back(0);
    totals.insert(totals.end(), numbers.begin(), numbers.end());
  }
};

struct FillRate {
  static inline const std::vector<ReportColumn> columns = {ReportColumn::day,   ReportColumn::orders,       ReportColumn::orders_filled,
                                                           ReportColumn::lines, ReportColumn::lines_filled, ReportColumn::units,
                                                           ReportColumn::units_filled};
  static std::vector<std::int64_t> of(const DayFigures& day) {
    return {number(day[DayCount::orders]),       number(day[DayCount::orders_filled]), number(day[DayCount::lines]),
            number(day[DayCount::lines_filled]), number(day[DayCount::units]),         number(day[DayCount::units_filled])};
  }
};

struct Holds {
  static inline const std::vector<ReportColumn> columns = {
      ReportColumn::day,           ReportColumn::holds,           ReportColumn::holds_confirmed, ReportColumn::holds_released,
      ReportColumn::holds_expired, ReportColumn::holds_open,      ReportColumn::holds_refused,   ReportColumn::units_held,
      ReportColumn::units_confirmed, ReportColumn::units_released, ReportColumn::units_expired,  ReportColumn::units_open};
  static std::vector<std::int64_t> of(const DayFigures& day) {
    // Of holds made before figures were counted only the end may be known.
    const auto open = [&](DayCount made, DayCount confirmed, DayCount released, DayCount expired) {
      return std::max<std::int64_t>(number(day[made]) - number(day[confirmed]) - number(day[released]) - number(day[expired]), 0);
    };
    return {number(day[DayCount::holds]), number(day[DayCount::holds_confirmed]), number(day[DayCount::holds_released]),
            number(day[DayCount::holds_expired]),
            open(DayCount::holds, DayCount::holds_confirmed, DayCount::holds_released, DayCount::holds_expired),
            number(day[DayCount::holds_refused]), number(day[DayCount::units_held]), number(day[DayCount::units_confirmed]),
            number(day[DayCount::units_released]), number(day[DayCount::units_expired]),
            open(DayCount::units_held, DayCount::units_confirmed, DayCount::units_released, DayCount::units_expired)};
  }
};

struct Splits {
  static inline const std::vector<ReportColumn> columns = {
      ReportColumn::day,       ReportColumn::reserved, ReportColumn::split,          ReportColumn::backordered, ReportColumn::refused,
      ReportColumn::cancelled, ReportColumn::reduced,  ReportColumn::orders_not_due, ReportColumn::shipped,     ReportColumn::shipped_in_parts};
  static std::vector<std::int64_t> of(const DayFigures& day) {
    return {number(day[DayCount::reserved]),  number(day[DayCount::split]),   number(day[DayCount::backordered]), number(day[DayCount::refused]),
            number(day[DayCount::cancelled]), number(day[DayCount::reduced]), number(day[DayCount::not_due]),     number(day[DayCount::shipped]),
            number(day[DayCount::shipped_in_parts])};
  }
};

struct PromiseAccuracy {
  static inline const std::vector<ReportColumn> columns = {
      ReportColumn::day,          ReportColumn::promised,    ReportColumn::kept,        ReportColumn::early,       ReportColumn::late,      ReportColumn::unpromised,
      ReportColumn::late_mean_us, ReportColumn::late_p90_us, ReportColumn::late_max_us, ReportColumn::off_mean_us, ReportColumn::off_p90_us};
  static std::vector<std::int64_t> of(const DayFigures& day) {
    const Durations &late = day[DurationKind::promise_late], &off = day[DurationKind::promise_off];
    return {number(late.count()), number(day[DayCount::promises_kept]), number(day[DayCount::promises_early]), number(day[DayCount::promises_late]),
            number(day[DayCount::unpromised]), number(late.mean()), number(late.quantile(90)), number(late.max()), number(off.mean()), number(off.quantile(90))};
  }
};

// Orders by the day by which they are needed; those without by the day on which they were closed.
class OnTime final : public ReportMaker {
 public:
  using ReportMaker::ReportMaker;
  FigureQuestion question() const override { return {.days = true, .open_orders = true}; }

  void day(std::int32_t day, const DayFigures& figures) override {
    for (const auto& [count, place] : {std::pair{DayCount::on_time, 0}, {DayCount::late, 1}, {DayCount::due_short, 2}, {DayCount::whole, 5},
                                       {DayCount::short_of_units, 6}}) {
      if (figures[count] != 0) days_[day][static_cast<std::size_t>(place)] += number(figures[count]);
    }
  }

  void open_order(const engine::OrderImage& order) override {
    const std::int32_t day = day_of(order.need_by);
    if (order.need_by.value == 0 || day < request().first_day || day > request().last_day) return;
    ++days_[day][order.need_by < time() ? 3 : 4];
  }

  void finish(ReportTable& table) override {
    table.columns = {ReportColumn::day,     ReportColumn::on_time, ReportColumn::late,          ReportColumn::short_of_units,
                     ReportColumn::overdue, ReportColumn::not_yet, ReportColumn::undated_whole, ReportColumn::undated_short};
    table.totals.assign(table.columns.size(), 0);
    std::size_t skip = request().by_day ? days_.size() - limited(days_.size(), table) : days_.size();
    for (const auto& [day, numbers] : days_) {
      for (std::size_t index = 0; index < numbers.size(); ++index) table.totals[index + 1] += numbers[index];
      if (skip != 0) {
        --skip;
        continue;
      }
      table.rows.push_back(day);
      table.rows.insert(table.rows.end(), numbers.begin(), numbers.end());
    }
  }

 private:
  std::map<std::int32_t, std::array<std::int64_t, 7>> days_;
};

}  // namespace

std::unique_ptr<ReportMaker> day_report(const schema::ReportRequest& request, TimeUs now) {
  switch (request.kind) {
    case ReportKind::fulfilment_time: return std::make_unique<FulfilmentTime>(request, now);
    case ReportKind::fill_rate: return std::make_unique<Summed<FillRate>>(request, now);
    case ReportKind::holds: return std::make_unique<Summed<Holds>>(request, now);
    case ReportKind::promise_accuracy: return std::make_unique<Summed<PromiseAccuracy>>(request, now);
    case ReportKind::splits: return std::make_unique<Summed<Splits>>(request, now);
    default: return std::make_unique<OnTime>(request, now);
  }
}

}  // namespace earmark::storage
