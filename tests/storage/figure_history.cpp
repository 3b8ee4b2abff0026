#include "tests/storage/figure_history.hpp"

#include <algorithm>
#include <array>

#include "engine/check.hpp"
#include "engine/histogram.hpp"
#include "schema/record.hpp"

namespace earmark::storage::test {

using engine::Lsn;
using engine::TimeUs;
using schema::ReportColumn;

FigureHistory::FigureHistory(std::uint64_t seed, std::size_t records) : history_(seed, 3), random_(seed + 1) {
  history_.grow(records);
  const Records& all = history_.records();
  schema::EventDecoder decoder;
  std::int64_t time = 0;
  const auto event_at = [&](std::size_t index) {
    std::size_t consumed = 0;
    return *decoder.decode(all.record(index), consumed);
  };
  for (std::size_t index = 0; index < all.size(); ++index) {
    const std::int64_t decided = history_.decided_at(Lsn{index + 1}).value, before = index == 0 ? 0 : history_.decided_at(Lsn{index}).value;
    time += decided - before;  // and more, so that dates that differ still do
    if (decided != before) time += static_cast<std::int64_t>(index < records * 2 / 3 ? random_.below(3'000) : random_.below(std::uint64_t{5} * 3'600'000'000));
    times_.push_back(TimeUs{time});
  }
  for (std::size_t index = 0; index < all.size(); ++index) {
    schema::Event event = event_at(index);
    event.stamp.time = times_[index];
    add(redated(event));
  }
}

void FigureHistory::add(std::vector<std::uint64_t> record) {
  records_.push_back(std::move(record));
  schema::EventDecoder decoder;
  std::size_t consumed = 0;
  naive_.apply(*decoder.decode(std::as_bytes(std::span(records_.back())), consumed));
}

void FigureHistory::set_rules() {
  constexpr std::array<std::string_view, 5> codes = {"A", "vendor 0", "vendor 1", "vendor 3", "z"}, names = {"Anna", "", "One", "Three & Co.", ""};
  std::vector<engine::WarehouseId> warehouses;
  for (const auto& [id, rank] : naive_.warehouses()) warehouses.push_back(engine::WarehouseId{id});
  std::vector<engine::SkuId> skus;
  for (const auto& [sku, known] : naive_.skus()) skus.push_back(engine::SkuId{sku});
  const auto some_days = [&] { return random_.chance(40) ? -1 : static_cast<std::int32_t>(random_.below(4)); };
  for (int round = 0; round < 20; ++round) {
    std::vector<engine::VendorSet> vendors;
    for (std::size_t index = 0; index < codes.size(); ++index) vendors.push_back({codes[index], names[random_.below(2) * index], some_days(), -1});
    const engine::SkuId sku = skus[random_.below(skus.size())];
    const engine::SourceSet source{sku, static_cast<std::uint32_t>(random_.between(1, codes.size())), some_days()};
    engine::RuleSet rule;
    rule.sku = skus[random_.below(skus.size())];
    rule.vendor = static_cast<std::uint32_t>(random_.below(codes.size() + 1));
    rule.point = 5, rule.quantity = 10;
    rule.warehouse = warehouses[random_.below(warehouses.size())];
    rule.mode = random_.chance(20) ? engine::RuleMode::off : engine::RuleMode::alert;
    times_.push_back(times_.back());
    const engine::Stamp stamp{engine::Lsn{records_.size() + 1}, times_.back(), {}};
    const std::size_t bytes = encoder_->encode(stamp, engine::RulesDecision{vendors, {&source, 1}, {&rule, 1}}, std::as_writable_bytes(std::span(scratch_)));
    add({scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(bytes / 8)});
  }
}

// What lies between two records of the twin's clock lies between them here, as far along.
TimeUs FigureHistory::redate(TimeUs date) const {
  if (date.value == 0) return {};
  std::size_t first = 0, end = times_.size();
  while (first < end) {
    const std::size_t middle = (first + end) / 2;
    if (history_.decided_at(Lsn{middle + 1}) < date) first = middle + 1;
    else end = middle;
  }
  const auto twins = [&](std::size_t record) { return record == 0 ? std::int64_t{0} : history_.decided_at(Lsn{record}).value; };
  const auto ours = [&](std::size_t record) { return record == 0 ? std::int64_t{0} : times_[record - 1].value; };
  const std::int64_t passed = date.value - twins(first);
  if (first == times_.size()) return TimeUs{ours(first) + passed};
  return TimeUs{ours(first) + passed * (ours(first + 1) - ours(first)) / (twins(first + 1) - twins(first))};
}

template <class Row>
std::vector<Row> FigureHistory::redated(std::span<const Row> rows, std::initializer_list<TimeUs Row::*> dates) const {
  std::vector<Row> moved(rows.begin(), rows.end());
  for (Row& row : moved) {
    for (const auto date : dates) row.*date = redate(row.*date);
  }
  return moved;
}

std::vector<std::uint64_t> FigureHistory::redated(const schema::Event& event) {
  std::vector<TimeUs> estimates;
  const auto redate_estimates = [&](std::span<const TimeUs>& of) {
    for (const TimeUs each : of) estimates.push_back(redate(each));
    of = estimates;
  };
  const std::size_t bytes = std::visit(
      [&](auto decision) {
        using Decision = decltype(decision);
        const auto encode = [&] { return encoder_->encode(event.stamp, decision, std::as_writable_bytes(std::span(scratch_))); };
        if constexpr (std::is_same_v<Decision, engine::OrderDecision>) {
          const auto expected = redated(decision.expected, {&engine::ExpectedUnits::date});
          decision.expected = expected;
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::PurchaseDecision>) {
          const auto lines = redated(decision.lines, {&engine::PurchasedLine::promised});
          decision.lines = lines;
          redate_estimates(decision.estimates);
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::PurchaseStepDecision>) {
          const auto changes = redated(decision.changes, {&engine::PurchaseChange::promised});
          decision.changes = changes;
          redate_estimates(decision.estimates);
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::OverdueDecision>) {
          const auto lines = redated(decision.lines, {&engine::OverdueLine::promised});
          decision.lines = lines;
          decision.expected = redate(decision.expected);
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::DatesDecision>) {
          const auto lines = redated(decision.lines, {&engine::MovedDate::before, &engine::MovedDate::date});
          decision.lines = lines;
          return encode();
        } else {
          if constexpr (std::is_same_v<Decision, engine::TransferShipDecision>) decision.expected = redate(decision.expected);
          return encode();
        }
      },
      event.decision);
  return {scratch_.begin(), scratch_.begin() + static_cast<std::ptrdiff_t>(bytes / 8)};
}

std::unique_ptr<MemoryJournal> FigureHistory::journal() const {
  auto journal = std::make_unique<MemoryJournal>(state_identity);
  for (std::size_t index = 0; index < records_.size(); ++index) {
    const std::span<const std::byte> chunk[] = {std::as_bytes(std::span(records_[index]))};
    EARMARK_CHECK(journal->append({Lsn{index + 1}, Lsn{index + 1}, chunk, chunk[0].size()}).has_value());
  }
  return journal;
}

ReportTable report(const StateStore& state, schema::ReportKind kind, bool by_day, std::uint32_t limit) {
  schema::ReportRequest request;
  request.kind = kind;
  request.by_day = by_day;
  request.limit = limit;
  return make_report(state, request, {}).value();
}

std::map<ReportColumn, std::int64_t> row_of(const ReportTable& table, std::int64_t label, std::int64_t second) {
  const std::size_t width = table.columns.size();
  for (std::size_t at = 0; at < table.rows.size(); at += width) {
    if (table.rows[at] != label || (second >= 0 && table.rows[at + 1] != second)) continue;
    std::map<ReportColumn, std::int64_t> row;
    for (std::size_t column = 0; column < width; ++column) row[table.columns[column]] = table.rows[at + column];
    return row;
  }
  return {};
}

std::uint64_t bucket_end(std::uint64_t value, std::uint64_t most) {
  return std::min(engine::Histogram::largest_in(engine::Histogram::bucket_of(value)), most);
}

}  // namespace earmark::storage::test
