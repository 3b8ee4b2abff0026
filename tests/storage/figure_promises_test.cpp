// Deliveries of vendors and promises to customers: what the fold counts over restarts, and what reports tell of it, against a naive count
// of the same records.
#include <catch2/catch.hpp>

#include <algorithm>

#include "tests/storage/figure_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using engine::TimeUs;
using schema::ReportColumn;
using schema::ReportKind;
using test::bucket_end;
using test::report;

// What a row tells, by its labels: day or 0, vendor, SKU or 0. The vendor's name and lead time follow from them.
using Labels = std::tuple<std::int64_t, std::string, std::int64_t>;
using Numbers = std::vector<std::int64_t>;

std::int64_t number(std::uint64_t count) { return static_cast<std::int64_t>(count); }

struct Vendor {
  std::map<DeliveryCount, std::uint64_t> counts;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> late;
  std::uint64_t overdue = 0;

  void add(const test::NaiveDelivery& delivery) {
    for (const auto& [of, units] : delivery.counts) counts[of] += units;
    late.insert(late.end(), delivery.late.begin(), delivery.late.end());
  }
  Numbers told() {
    using enum DeliveryCount;
    std::sort(late.begin(), late.end());
    std::uint64_t units = 0, sum = 0, p90 = 0, seen = 0;
    for (const auto& [micros, of] : late) units += of, sum += micros * of;
    for (const auto& [micros, of] : late) {
      if (seen * 100 < units * 90) p90 = micros;  // the unit of this rank is not among those before
      seen += of;
    }
    const std::uint64_t most = late.empty() ? 0 : late.back().first;
    return {number(counts[receipts]), number(counts[units_on_time] + counts[units_late] + counts[units_undated]), number(counts[units_on_time]), number(counts[units_late]),
            number(counts[receipts_undated]), number(counts[units_undated]), number(counts[never_came]), number(overdue),
            units == 0 ? 0 : number(sum / units), units == 0 ? 0 : number(bucket_end(p90, most)), number(most)};
  }
};

struct Asked {
  bool by_sku, by_day;
  std::int32_t first_day = INT32_MIN, last_day = INT32_MAX;
  ReportKind kind() const { return by_sku ? ReportKind::vendor_delay_by_sku : ReportKind::vendor_delay; }
};

std::map<Labels, Vendor> vendors_of(const test::NaiveFigures& naive, const Asked& asked, TimeUs now) {
  std::map<Labels, Vendor> vendors;
  const auto of = [&](std::int64_t day, const std::string& vendor, std::uint32_t sku) -> Vendor& {
    return vendors[{asked.by_day ? day : 0, vendor, asked.by_sku ? sku : 0}];
  };
  for (const auto& [key, delivery] : naive.deliveries()) {
    const auto& [day, vendor, sku] = key;
    if (day >= asked.first_day && day <= asked.last_day) of(day, vendor, sku).add(delivery);
  }
  for (const auto& [lsn, purchase] : naive.purchases()) {
    for (const auto& [line_number, line] : purchase.lines) {
      const std::int64_t day = day_of(TimeUs{line.promise});
      if (!purchase.open || purchase.draft || line.open() == 0 || line.promise == 0 || line.promise >= now.value) continue;
      if (day >= asked.first_day && day <= asked.last_day) of(day, purchase.vendor, line.sku.value).overdue += line.open();
    }
  }
  return vendors;
}

std::vector<std::pair<Labels, Numbers>> rows_of(const ReportTable& table, const test::NaiveFigures& naive, const Asked& asked) {
  std::vector<std::pair<Labels, Numbers>> rows;
  const std::ptrdiff_t vendor_at = asked.by_day ? 1 : 0, sku_at = vendor_at + 2, labels = sku_at + (asked.by_sku ? 2 : 1);
  for (std::size_t at = 0; at < table.rows.size(); at += table.columns.size()) {
    const auto row = table.rows.begin() + static_cast<std::ptrdiff_t>(at);
    const std::string& vendor = table.texts.at(static_cast<std::size_t>(row[vendor_at]));
    const std::int64_t sku = asked.by_sku ? row[sku_at] : 0;
    CHECK(table.texts.at(static_cast<std::size_t>(row[vendor_at + 1])) == naive.vendor(vendor).name);
    CHECK(row[labels - 1] == (asked.by_sku ? naive.lead_days(vendor, static_cast<std::uint32_t>(sku)) : naive.vendor(vendor).lead_days));
    rows.push_back({{asked.by_day ? row[0] : 0, vendor, sku}, Numbers(row + labels, row + static_cast<std::ptrdiff_t>(table.columns.size()))});
  }
  return rows;
}

void check_vendors(const StateStore& state, const test::NaiveFigures& naive, const Asked& asked, TimeUs now) {
  INFO("by SKU " << asked.by_sku << ", by day " << asked.by_day << ", from " << asked.first_day << " to " << asked.last_day);
  schema::ReportRequest request;
  request.kind = asked.kind(), request.by_day = asked.by_day, request.first_day = asked.first_day, request.last_day = asked.last_day;
  const ReportTable table = make_report(state, request, {}).value();
  auto naively = vendors_of(naive, asked, now);
  const auto rows = rows_of(table, naive, asked);
  CHECK(rows.size() == naively.size());
  Vendor all;
  for (auto& [labels, vendor] : naively) {
    for (const auto& [of, units] : vendor.counts) all.counts[of] += units;
    all.late.insert(all.late.end(), vendor.late.begin(), vendor.late.end());
    all.overdue += vendor.overdue;
  }
  std::int64_t before = INT64_MAX;
  for (const auto& [labels, numbers] : rows) {
    INFO("day " << std::get<0>(labels) << ", vendor " << std::get<1>(labels) << ", SKU " << std::get<2>(labels));
    REQUIRE(naively.contains(labels));
    CHECK(numbers == naively[labels].told());
    const std::int64_t failed = numbers[3] + numbers[6] + numbers[7], place = asked.by_day ? -std::get<0>(labels) : failed;
    CHECK(place <= before);
    before = place;
  }
  Numbers total = all.told();
  total.insert(total.begin(), table.columns.size() - total.size(), 0);
  CHECK(table.totals == total);
  request.limit = 2;
  const ReportTable short_one = make_report(state, request, {}).value();
  const auto some = rows_of(short_one, naive, asked);
  REQUIRE(some.size() == std::min<std::size_t>(rows.size(), 2));
  CHECK(std::equal(some.begin(), some.end(), asked.by_day ? rows.end() - static_cast<std::ptrdiff_t>(some.size()) : rows.begin()));
  CHECK(short_one.left_out == rows.size() - some.size());
  CHECK(short_one.totals == table.totals);
}

Numbers promises_told(const test::NaiveDay& day) {
  const auto count = [&](DayCount of) { return day.counts.contains(of) ? number(day.counts.at(of)) : 0; };
  const auto durations = [&](DurationKind kind) { return day.durations.contains(kind) ? day.durations.at(kind) : std::vector<std::uint64_t>{}; };
  auto late = durations(DurationKind::promise_late), off = durations(DurationKind::promise_off);
  std::sort(late.begin(), late.end()), std::sort(off.begin(), off.end());
  const auto mean = [](const auto& all) -> std::int64_t {  // by parts: promises for the year 9999 have a sum of more than 64 bits
    std::uint64_t whole = 0, rests = 0;
    for (const std::uint64_t each : all) whole += each / all.size(), rests += each % all.size();
    return all.empty() ? 0 : number(whole + rests / all.size());
  };
  const auto p90 = [](const auto& all) { return all.empty() ? 0 : number(bucket_end(all[(all.size() * 90 + 99) / 100 - 1], all.back())); };
  return {number(late.size()), count(DayCount::promises_kept), count(DayCount::promises_early), count(DayCount::promises_late), count(DayCount::unpromised),
          mean(late), p90(late), late.empty() ? 0 : number(late.back()), mean(off), p90(off)};
}

void check_promises(const StateStore& state, const test::NaiveFigures& naive) {
  const ReportTable table = report(state, ReportKind::promise_accuracy, true);
  const ReportTable times = report(state, ReportKind::fulfilment_time);
  test::NaiveDay all;
  std::size_t rows = 0;
  for (const auto& [day, figures] : naive.days()) {
    INFO("day " << day);
    const Numbers told = promises_told(figures);
    for (const auto& [of, count] : figures.counts) all.counts[of] += count;
    for (const auto& [kind, durations] : figures.durations) all.durations[kind].insert(all.durations[kind].end(), durations.begin(), durations.end());
    const auto row = test::row_of(table, day);
    CHECK(row.empty() == std::ranges::all_of(told, [](std::int64_t each) { return each == 0; }));
    if (row.empty()) continue;
    ++rows;
    for (std::size_t column = 1; column < table.columns.size(); ++column) {
      INFO(schema::name(table.columns[column]));
      CHECK(row.at(table.columns[column]) == told[column - 1]);
    }
  }
  CHECK(table.rows.size() == rows * table.columns.size());
  Numbers total = promises_told(all);
  total.insert(total.begin(), 0);
  CHECK(table.totals == total);
  CHECK(table.totals[1] + table.totals[5] == times.totals[2 * times.columns.size() + 2]);  // backorders filled
}

TEST_CASE("figures: deliveries and promises are what a naive count makes of the records, over restarts", "[storage][figures]") {
  const auto seed = GENERATE(range<std::uint64_t>(940, 946));
  INFO("seed " << seed);
  const test::TemporaryDirectory directory;
  test::FigureHistory history(seed, 4500);
  history.set_rules();
  const auto journal = history.journal();
  model::Random random(seed);
  for (Lsn applied{}; applied < journal->last();) {
    const auto state = test::open_state(directory.path());  // each fold in a new process, as it were
    const auto folded = state->fold(*journal, test::to_the_end, random.between(1, 700));
    REQUIRE(folded.has_value());
    applied = folded->applied;
  }
  const auto state = test::open_state(directory.path());
  CHECK(report(*state, ReportKind::vendor_delay).counted_from == Lsn{1});
  for (const bool by_sku : {false, true}) {
    for (const bool by_day : {false, true}) {
      check_vendors(*state, history.naive(), {by_sku, by_day}, history.time());
      check_vendors(*state, history.naive(), {by_sku, by_day, 3, 40}, history.time());
    }
  }
  check_promises(*state, history.naive());
}

TEST_CASE("figures: the random histories have deliveries and promises of every kind", "[storage][figures]") {
  std::map<DeliveryCount, std::uint64_t> counts;
  std::map<DayCount, std::uint64_t> promises;
  std::uint64_t overdue = 0;
  for (std::uint64_t seed = 940; seed < 946; ++seed) {
    const test::FigureHistory history(seed, 4500);
    for (const auto& [labels, vendor] : vendors_of(history.naive(), {true, true}, history.time())) {
      for (const auto& [of, units] : vendor.counts) counts[of] += units;
      overdue += vendor.overdue;
    }
    for (const auto& [day, figures] : history.naive().days()) {
      for (const auto& [of, lines] : figures.counts) promises[of] += lines;
    }
  }
  for (std::size_t of = 0; of < delivery_counts; ++of) {
    INFO("count " << of);
    CHECK(counts[static_cast<DeliveryCount>(of)] > 10);
  }
  CHECK(overdue > 10);
  for (const DayCount of : {DayCount::promises_kept, DayCount::promises_early, DayCount::promises_late, DayCount::unpromised}) {
    INFO("count " << static_cast<int>(of));
    CHECK(promises[of] > 10);
  }
}

}  // namespace
