#include "tests/storage/figure_history.hpp"

#include <algorithm>

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
    if (event_at(index).stamp.cause.value == 0) {
      time += static_cast<std::int64_t>(index < records * 2 / 3 ? random_.below(3'000) : random_.below(std::uint64_t{5} * 3'600'000'000));
    }
    times_.push_back(TimeUs{time});
  }
  for (std::size_t index = 0; index < all.size(); ++index) {
    schema::Event event = event_at(index);
    event.stamp.time = times_[index];
    records_.push_back(redated(event));
    std::size_t consumed = 0;
    naive_.apply(*decoder.decode(std::as_bytes(std::span(records_.back())), consumed));
  }
}

// The generator names dates by how many commands it has given: so many from its start. The same number of the twin's steps is a moment of
// the records.
TimeUs FigureHistory::redate(TimeUs date) const {
  if (date.value == 0) return {};
  const std::int64_t wanted = date.value - model::RandomCommands::start_us;
  std::size_t first = 0, end = times_.size();
  while (first < end) {
    const std::size_t middle = (first + end) / 2;
    if (history_.decided_at(Lsn{middle + 1}).value < wanted) first = middle + 1;
    else end = middle;
  }
  if (first < times_.size()) return TimeUs{std::max<std::int64_t>(times_[first].value, 1)};
  return TimeUs{times_.back().value + wanted - history_.decided_at(Lsn{times_.size()}).value};
}

std::vector<std::uint64_t> FigureHistory::redated(const schema::Event& event) {
  const std::size_t bytes = std::visit(
      [&](auto decision) {
        using Decision = decltype(decision);
        const auto encode = [&] { return encoder_->encode(event.stamp, decision, std::as_writable_bytes(std::span(scratch_))); };
        if constexpr (std::is_same_v<Decision, engine::OrderDecision>) {
          std::vector<engine::ExpectedUnits> expected(decision.expected.begin(), decision.expected.end());
          for (engine::ExpectedUnits& each : expected) each.date = redate(each.date);
          decision.expected = expected;
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::PurchaseDecision>) {
          std::vector<engine::PurchasedLine> lines(decision.lines.begin(), decision.lines.end());
          for (engine::PurchasedLine& each : lines) each.promised = redate(each.promised);
          decision.lines = lines;
          return encode();
        } else if constexpr (std::is_same_v<Decision, engine::PurchaseStepDecision>) {
          std::vector<engine::PurchaseChange> changes(decision.changes.begin(), decision.changes.end());
          for (engine::PurchaseChange& each : changes) each.promised = redate(each.promised);
          decision.changes = changes;
          return encode();
        } else {
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
