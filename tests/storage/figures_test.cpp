// Figures for reports: durations and availability by hand; what the fold counts over restarts against a naive count of the same
// records; a store of the version before, whose journal has been trimmed.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "tests/storage/figure_history.hpp"

namespace {

__extension__ using Wide = unsigned __int128;

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using engine::TimeUs;
using schema::ReportColumn;
using schema::ReportKind;
using test::report;
using test::row_of;

TEST_CASE("figures: durations tell number, mean and largest exactly, a percentile by its bucket", "[storage][figures]") {
  Durations none;
  CHECK(none.mean() == 0);
  CHECK(none.quantile(50) == 0);
  Durations few;
  for (const std::int64_t each : {10, 0, 20, 100, -5}) few.add(each);  // a clock that was set back is no time at all
  CHECK(few.count() == 5);
  CHECK(few.mean() == 26);
  CHECK(few.max() == 100);
  CHECK(few.quantile(40) == 0);
  CHECK(few.quantile(41) == 10);
  CHECK(few.quantile(60) == 10);
  CHECK(few.quantile(90) == 100);
  Durations many;
  for (std::int64_t each = 1; each <= 1000; ++each) many.add(each * 1'000'000);
  CHECK(many.quantile(50) >= 500'000'000);
  CHECK(many.quantile(50) <= 508'000'000);
  CHECK(many.quantile(100) == 1'000'000'000);
  CHECK(many.mean() == 500'500'000);
  many.merge(few);
  CHECK(many.count() == 1005);
  CHECK(many.max() == 1'000'000'000);
  CHECK(many.mean() == (500'500'000'000 + 130) / 1005);
  Durations long_ones;  // their sum needs more than 64 bits
  for (int each = 0; each < 5; ++each) long_ones.add(INT64_MAX);
  CHECK(long_ones.mean() == static_cast<std::uint64_t>(INT64_MAX));
  // Many at once are as many one by one.
  for (const std::int64_t each : {std::int64_t{0}, std::int64_t{7'000'000'003}, INT64_MAX}) {
    Durations once, singly;
    once.add(9, 2), singly.add(9), singly.add(9);
    once.add(each, 300), once.add(each, 0);
    for (int times = 0; times < 300; ++times) singly.add(each);
    std::vector<std::byte> bytes, others;
    once.write(bytes), singly.write(others);
    CHECK(bytes == others);
  }
  Durations very_many;
  very_many.add(INT64_MAX, std::uint64_t{1} << 40);
  very_many.add(1, (std::uint64_t{1} << 40) + 12'345);
  CHECK(very_many.count() == (std::uint64_t{1} << 41) + 12'345);
  const Wide sum = (static_cast<Wide>(INT64_MAX) << 40) + (std::uint64_t{1} << 40) + 12'345;
  CHECK(very_many.mean() == static_cast<std::uint64_t>(sum / very_many.count()));
}

TEST_CASE("figures: a day's bytes come back, and others are refused", "[storage][figures]") {
  DayFigures day;
  day[DayCount::orders] = 7;
  day[DayCount::units_expired] = ~std::uint64_t{0};
  for (std::int64_t each = 0; each < 300; ++each) day[DurationKind::order_to_shipped].add(each * each * 1000);
  const std::vector<std::byte> bytes = day.write();
  CHECK(bytes.size() % 8 == 0);
  DayFigures again;
  REQUIRE(again.read(bytes));
  CHECK(again.counts == day.counts);
  CHECK(again.write() == bytes);
  CHECK(again[DurationKind::order_to_shipped].count() == 300);
  CHECK(again[DurationKind::order_to_shipped].quantile(90) == day[DurationKind::order_to_shipped].quantile(90));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK_FALSE(again.read(std::span(bytes).first(size)));
  std::vector<std::byte> longer = bytes;
  longer.push_back(std::byte{0});
  CHECK_FALSE(again.read(longer));
  CHECK(day_of(TimeUs{0}) == 0);
  CHECK(day_of(TimeUs{-1}) == -1);
  CHECK(day_of(TimeUs{day_us - 1}) == 0);
  CHECK(day_of(TimeUs{-day_us}) == -1);
  CHECK(day_of(TimeUs{INT64_MIN}) == -106'751'992);
  CHECK(day_of_key(day_key(-12)) == -12);
  CHECK(day_key(-1) < day_key(0));
}

TEST_CASE("figures: a day of version 2, which had fewer figures, is read as one without the others", "[storage][figures]") {
  std::vector<Durations> three(3);
  three[1].add(77);
  std::vector<std::byte> bytes = figure_bytes(std::vector<std::uint64_t>{1, 2, 3}, three);
  constexpr std::uint16_t unsaid = 0;
  std::memcpy(bytes.data() + 6, &unsaid, sizeof unsaid);
  DayFigures day;
  day[DayCount::unpromised] = 9;
  day[DurationKind::promise_off].add(5);
  REQUIRE(day.read(bytes));
  CHECK(day[DayCount::backordered] == 3);
  CHECK(day[DayCount::unpromised] == 0);
  CHECK(day[DurationKind::order_to_shipped].max() == 77);
  CHECK(day[DurationKind::promise_off].count() == 0);
  CHECK_FALSE(day.read(figure_bytes(std::vector<std::uint64_t>(day_counts + 1), three)));
  CHECK_FALSE(day.read(figure_bytes({}, std::vector<Durations>(duration_kinds + 1))));
}

TEST_CASE("figures: deliveries are kept by day, SKU and vendor, in the order of days", "[storage][figures]") {
  for (const DeliveryKey& key : {DeliveryKey{-3, engine::SkuId{7}, "ACME"}, {20'000, engine::SkuId{0xFFFF'FFFF}, ""}, {0, engine::SkuId{1}, std::string(64, '\xFF')}}) {
    CHECK(DeliveryKey::of(key.bytes()) == key);
  }
  CHECK(DeliveryKey{-1, engine::SkuId{9}, "z"}.bytes() < DeliveryKey{0, engine::SkuId{1}, "a"}.bytes());
  CHECK(DeliveryKey{255, engine::SkuId{9}, "z"}.bytes() < DeliveryKey{256, engine::SkuId{}, ""}.bytes());
}

TEST_CASE("figures: a SKU is out from its last unit to its next, and moments are nothing", "[storage][figures]") {
  struct Change {
    std::int64_t time;
    std::uint64_t available;
  };
  struct Row {
    std::vector<Change> changes;
    std::int64_t now;
    std::uint64_t out_us, times;
  };
  const auto row = GENERATE(values<Row>({
      {{}, 50, 0, 0},
      {{{10, 0}}, 50, 0, 0},                                   // never anything: not out of stock
      {{{10, 5}}, 50, 0, 0},
      {{{10, 5}, {20, 0}}, 50, 30, 1},
      {{{10, 5}, {20, 0}, {25, 1}}, 50, 5, 1},
      {{{10, 5}, {20, 0}, {25, 1}, {40, 0}}, 50, 15, 2},
      {{{10, 5}, {20, 0}, {25, 1}, {25, 0}}, 50, 30, 1},       // what came was gone in the same moment
      {{{10, 5}, {20, 0}, {25, 1}, {25, 0}, {30, 2}}, 50, 10, 1},
      {{{10, 5}, {20, 0}, {20, 3}}, 50, 0, 0},                 // out for no time
      {{{10, 5}, {20, 0}, {20, 3}, {30, 0}}, 50, 20, 1},
      {{{10, 5}, {10, 0}}, 50, 40, 1},
  }));
  AvailabilityRow sku;
  for (const Change& change : row.changes) {
    sku.available = change.available;
    sku.settle(TimeUs{change.time});
  }
  CHECK(sku.out_until(TimeUs{row.now}) == row.out_us);
  CHECK(sku.times_out_so_far() == row.times);
}

std::int64_t count(const test::NaiveDay& day, DayCount of) {
  const auto found = day.counts.find(of);
  return found == day.counts.end() ? 0 : static_cast<std::int64_t>(found->second);
}

void check_durations(const ReportTable& table, std::int64_t day, std::int64_t measure, std::vector<std::uint64_t> naive) {
  const auto row = row_of(table, day, measure);
  INFO("day " << day << ", measure " << measure);
  if (naive.empty()) {
    CHECK(row.empty());
    return;
  }
  std::sort(naive.begin(), naive.end());
  const auto rank = [&](std::size_t percent) { return test::bucket_end(naive[(naive.size() * percent + 99) / 100 - 1], naive.back()); };
  REQUIRE_FALSE(row.empty());
  CHECK(row.at(ReportColumn::count) == static_cast<std::int64_t>(naive.size()));
  CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::mean_us)) == std::accumulate(naive.begin(), naive.end(), std::uint64_t{0}) / naive.size());
  CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::p50_us)) == rank(50));
  CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::p90_us)) == rank(90));
  CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::p99_us)) == rank(99));
  CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::max_us)) == naive.back());
}

void check_days(const StateStore& state, const test::NaiveFigures& naive) {
  const ReportTable fill = report(state, ReportKind::fill_rate, true), splits = report(state, ReportKind::splits, true),
                    holds = report(state, ReportKind::holds, true), times = report(state, ReportKind::fulfilment_time, true);
  using Pairs = std::vector<std::pair<ReportColumn, DayCount>>;
  const std::vector<std::pair<const ReportTable*, Pairs>> told = {
      {&fill, {{ReportColumn::orders, DayCount::orders}, {ReportColumn::orders_filled, DayCount::orders_filled}, {ReportColumn::lines, DayCount::lines},
               {ReportColumn::lines_filled, DayCount::lines_filled}, {ReportColumn::units, DayCount::units}, {ReportColumn::units_filled, DayCount::units_filled}}},
      {&splits, {{ReportColumn::reserved, DayCount::reserved}, {ReportColumn::split, DayCount::split}, {ReportColumn::backordered, DayCount::backordered},
                 {ReportColumn::refused, DayCount::refused}, {ReportColumn::cancelled, DayCount::cancelled}, {ReportColumn::reduced, DayCount::reduced},
                 {ReportColumn::orders_not_due, DayCount::not_due}, {ReportColumn::shipped, DayCount::shipped},
                 {ReportColumn::shipped_in_parts, DayCount::shipped_in_parts}}},
      {&holds, {{ReportColumn::holds, DayCount::holds}, {ReportColumn::holds_confirmed, DayCount::holds_confirmed}, {ReportColumn::holds_released, DayCount::holds_released},
                {ReportColumn::holds_expired, DayCount::holds_expired}, {ReportColumn::holds_refused, DayCount::holds_refused}, {ReportColumn::units_held, DayCount::units_held},
                {ReportColumn::units_confirmed, DayCount::units_confirmed}, {ReportColumn::units_released, DayCount::units_released},
                {ReportColumn::units_expired, DayCount::units_expired}}}};
  for (const auto& [table, columns] : told) {
    std::map<ReportColumn, std::int64_t> sums;
    for (const auto& [day, counts] : naive.days()) {
      const auto row = row_of(*table, day);
      for (const auto& [column, of] : columns) {
        INFO("day " << day << ", " << schema::name(column));
        CHECK((row.empty() ? 0 : row.at(column)) == count(counts, of));
        sums[column] += count(counts, of);
      }
    }
    for (std::size_t at = 0; at < table->columns.size(); ++at) {
      INFO(schema::name(table->columns[at]));
      if (sums.contains(table->columns[at])) CHECK(table->totals[at] == sums[table->columns[at]]);
    }
  }
  for (const auto& [day, counts] : naive.days()) {
    for (std::size_t kind = 0; kind <= static_cast<std::size_t>(DurationKind::backorder_to_filled); ++kind) {
      const auto found = counts.durations.find(static_cast<DurationKind>(kind));
      check_durations(times, day, static_cast<std::int64_t>(kind) + 1, found == counts.durations.end() ? std::vector<std::uint64_t>{} : found->second);
    }
  }
}

void check_on_time(const StateStore& state, const test::NaiveFigures& naive, TimeUs now) {
  const ReportTable table = report(state, ReportKind::on_time, true);
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> open;  // overdue, not yet
  for (const test::NaiveOrder* order : naive.open_orders()) {
    if (order->need_by == 0) continue;
    auto& [overdue, not_yet] = open[day_of(TimeUs{order->need_by})];
    ++(order->need_by < now.value ? overdue : not_yet);
  }
  std::set<std::int64_t> days;
  for (const auto& [day, counts] : naive.days()) days.insert(day);
  for (const auto& [day, counts] : open) days.insert(day);
  for (const std::int64_t day : days) {
    const auto found = naive.days().find(day);
    const test::NaiveDay counts = found == naive.days().end() ? test::NaiveDay{} : found->second;
    const auto row = row_of(table, day);
    const std::vector<std::pair<ReportColumn, std::int64_t>> wanted = {
        {ReportColumn::on_time, count(counts, DayCount::on_time)}, {ReportColumn::late, count(counts, DayCount::late)},
        {ReportColumn::short_of_units, count(counts, DayCount::due_short)}, {ReportColumn::undated_whole, count(counts, DayCount::whole)},
        {ReportColumn::undated_short, count(counts, DayCount::short_of_units)}, {ReportColumn::overdue, open[day].first}, {ReportColumn::not_yet, open[day].second}};
    for (const auto& [column, number] : wanted) {
      INFO("day " << day << ", " << schema::name(column));
      CHECK((row.empty() ? 0 : row.at(column)) == number);
    }
  }
}

struct Waits {
  std::int64_t quantity = 0, not_due = 0, lines = 0, oldest = 0;
  std::set<Lsn> orders;

  void add(const test::NaiveOrder& order, const test::NaiveLine& line) {
    quantity += static_cast<std::int64_t>(line.waiting);
    ++lines;
    orders.insert(order.lsn);
    if (order.not_due) not_due += static_cast<std::int64_t>(line.waiting);
    else oldest = oldest == 0 ? order.begins : std::min(oldest, order.begins);
  }
  std::vector<std::int64_t> told() const { return {quantity, not_due, lines, static_cast<std::int64_t>(orders.size()), oldest}; }
};

std::vector<std::int64_t> waits_of(const ReportTable& table, std::size_t row) {
  const std::size_t labels = table.columns.size() - 5;
  const auto first = table.rows.begin() + static_cast<std::ptrdiff_t>(row * table.columns.size() + labels);
  return {first, first + 5};
}

void check_waiting(const StateStore& state, const test::NaiveFigures& naive, TimeUs now) {
  std::map<std::string, Waits> by_sku, by_warehouse, by_customer, by_vendor;
  std::vector<Waits> by_age(8);
  Waits all;
  for (const test::NaiveOrder* order : naive.open_orders()) {
    const std::int64_t days = std::max<std::int64_t>(now.value - order->begins, 0) / day_us;
    const std::size_t age = order->not_due ? 7 : days <= 2 ? 0 : days <= 7 ? 1 : days <= 14 ? 2 : days <= 30 ? 3 : days <= 60 ? 4 : days <= 90 ? 5 : 6;
    for (const auto& [number, line] : order->lines) {
      if (line.waiting == 0) continue;
      by_sku[std::to_string(line.sku.value)].add(*order, line);
      by_warehouse[std::to_string(line.pinned.value != 0 ? line.pinned.value : order->preferred.value)].add(*order, line);
      by_customer[order->customer].add(*order, line);
      by_vendor[naive.seller(line.sku.value, line.pinned.value)].add(*order, line);
      by_age[age].add(*order, line);
      all.add(*order, line);
    }
  }
  for (const auto& [kind, naively] : {std::pair{ReportKind::backorders_by_product, &by_sku}, {ReportKind::backorders_by_warehouse, &by_warehouse},
                                      {ReportKind::backorders_by_customer, &by_customer}, {ReportKind::backorders_by_vendor, &by_vendor}}) {
    const ReportTable table = report(state, kind);
    const std::size_t width = table.columns.size(), rows = table.rows.size() / width;
    CHECK(rows == naively->size());
    std::int64_t before = INT64_MAX;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::int64_t label = table.rows[row * width];
      const std::string name = schema::names_text(table.columns[0]) ? table.texts.at(static_cast<std::size_t>(label)) : std::to_string(label);
      INFO(schema::name(kind) << " " << name);
      CHECK(waits_of(table, row) == (*naively)[name].told());
      CHECK(table.rows[row * width + 1] <= before);
      before = table.rows[row * width + 1];
    }
    std::vector<std::int64_t> total = all.told();
    total.insert(total.begin(), 0);
    CHECK(table.totals == total);
    const ReportTable short_one = report(state, kind, false, 1);
    CHECK(short_one.rows.size() == (rows == 0 ? 0 : width));
    CHECK(short_one.left_out == (rows == 0 ? 0 : rows - 1));
    CHECK(short_one.totals == table.totals);
  }
  const ReportTable ages = report(state, ReportKind::backorder_age);
  REQUIRE(ages.rows.size() == 8 * ages.columns.size());
  for (std::size_t age = 0; age < 8; ++age) CHECK(waits_of(ages, age) == by_age[age].told());
}

void check_stock_outs(const StateStore& state, const test::NaiveFigures& naive, TimeUs now) {
  const ReportTable table = report(state, ReportKind::stock_outs);
  const auto outs = naive.stock_outs(now.value);
  CHECK(table.rows.size() == outs.size() * table.columns.size());
  for (const auto& [sku, out] : outs) {
    const auto row = row_of(table, sku);
    INFO("SKU " << sku);
    REQUIRE_FALSE(row.empty());
    CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::out_us)) == out.micros);
    CHECK(static_cast<std::uint64_t>(row.at(ReportColumn::times_out)) == out.times);
    CHECK((row.at(ReportColumn::available) == 0) == out.out);
    CHECK((row.at(ReportColumn::out_since_us) != 0) == out.out);
    CHECK(row.at(ReportColumn::first_us) == out.first);
    CHECK(row.at(ReportColumn::watched_us) == now.value - out.first);
  }
}

TEST_CASE("figures: the fold counts what a naive count of the same records does, over restarts", "[storage][figures]") {
  const auto seed = GENERATE(range<std::uint64_t>(900, 906));
  INFO("seed " << seed);
  const test::TemporaryDirectory directory;
  test::FigureHistory history(seed, 3000);
  history.set_rules();
  const auto journal = history.journal();
  model::Random random(seed);
  for (engine::Lsn applied{}; applied < journal->last();) {
    const auto state = test::open_state(directory.path());  // each fold in a new process, as it were
    const auto folded = state->fold(*journal, test::to_the_end, random.between(1, 700));
    REQUIRE(folded.has_value());
    applied = folded->applied;
  }
  const auto state = test::open_state(directory.path());
  CHECK(report(*state, ReportKind::splits).as_of == journal->last());
  CHECK(report(*state, ReportKind::splits).time == history.time());
  CHECK(report(*state, ReportKind::splits).counted_from == Lsn{1});
  check_days(*state, history.naive());
  check_on_time(*state, history.naive(), history.time());
  check_waiting(*state, history.naive(), history.time());
  check_stock_outs(*state, history.naive(), history.time());
}

TEST_CASE("figures: a report of some days has those alone, and the latest where there are too many", "[storage][figures]") {
  const test::TemporaryDirectory directory;
  test::FigureHistory history(77, 2500);
  const auto state = test::open_state(directory.path());
  REQUIRE(state->fold(*history.journal(), test::to_the_end, 100'000).has_value());
  const ReportTable all = report(*state, ReportKind::fill_rate, true);
  const std::size_t width = all.columns.size(), days = all.rows.size() / width;
  REQUIRE(days > 10);
  schema::ReportRequest request;
  request.kind = ReportKind::fill_rate;
  request.by_day = true;
  request.first_day = static_cast<std::int32_t>(all.rows[2 * width]);
  request.last_day = static_cast<std::int32_t>(all.rows[5 * width]);
  const ReportTable some = make_report(*state, request, {}).value();
  CHECK(some.rows == std::vector<std::int64_t>(all.rows.begin() + static_cast<std::ptrdiff_t>(2 * width), all.rows.begin() + static_cast<std::ptrdiff_t>(6 * width)));
  for (std::size_t column = 1; column < width; ++column) {
    std::int64_t sum = 0;
    for (std::size_t day = 2; day <= 5; ++day) sum += all.rows[day * width + column];
    CHECK(some.totals[column] == sum);
  }
  request.limit = 2;
  const ReportTable latest = make_report(*state, request, {}).value();
  CHECK(latest.left_out == 2);
  CHECK(latest.rows == std::vector<std::int64_t>(some.rows.begin() + static_cast<std::ptrdiff_t>(2 * width), some.rows.end()));
  CHECK(latest.totals == some.totals);
  request.by_day = false;
  CHECK(make_report(*state, request, {}).value().rows.empty());
  CHECK(make_report(*state, request, TimeUs{history.time().value + 9}).value().time == TimeUs{history.time().value + 9});
}

TEST_CASE("figures: the random histories have something of everything that is counted", "[storage][figures]") {
  std::map<DayCount, std::int64_t> counts;
  std::map<DurationKind, std::uint64_t> lasting;
  std::uint64_t outs = 0, waiting = 0, not_due = 0;
  std::map<std::string, std::uint64_t> sellers;
  for (std::uint64_t seed = 900; seed < 906; ++seed) {
    test::FigureHistory history(seed, 3000);
    history.set_rules();
    for (const auto& [day, figures] : history.naive().days()) {
      for (const auto& [of, number] : figures.counts) counts[of] += static_cast<std::int64_t>(number);
      for (const auto& [kind, durations] : figures.durations) lasting[kind] += static_cast<std::uint64_t>(std::ranges::count_if(durations, [](auto each) { return each > 0; }));
    }
    for (const auto& [sku, out] : history.naive().stock_outs(history.time().value)) outs += out.times;
    for (const test::NaiveOrder* order : history.naive().open_orders()) {
      ++waiting;
      not_due += order->not_due ? 1 : 0;
      for (const auto& [number, line] : order->lines) sellers[history.naive().seller(line.sku.value, line.pinned.value)] += line.waiting;
    }
  }
  for (std::size_t of = 0; of < day_counts; ++of) {
    INFO("count " << of);
    CHECK(counts[static_cast<DayCount>(of)] > 0);
  }
  for (std::size_t kind = 0; kind < duration_kinds; ++kind) CHECK(lasting[static_cast<DurationKind>(kind)] > 20);
  CHECK(outs > 50);
  CHECK(waiting > 50);
  CHECK(not_due > 0);
  CHECK(sellers.size() == 6);  // nobody is one
  for (const auto& [code, units] : sellers) CHECK(units > 50);
}

}  // namespace
