// Random histories for the tests of figures, with what a naive count makes of them, and reports as rows by name.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "storage/report.hpp"
#include "tests/storage/naive_figures.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace earmark::storage::test {

// Records that lie at first milliseconds, then hours apart; those of one command at one moment. Dates of supply and of what was told are moved
// with them, and keep their order among each other and the records: some are kept, some missed, by moments or by days.
class FigureHistory {
 public:
  explicit FigureHistory(std::uint64_t seed, std::size_t records);

  // Vendors, sources and rules of some SKUs, set one after the other, now and then anew.
  void set_rules();

  std::unique_ptr<MemoryJournal> journal() const;
  const NaiveFigures& naive() const { return naive_; }
  engine::TimeUs time() const { return times_.back(); }

 private:
  std::vector<std::uint64_t> redated(const schema::Event& event);
  void add(std::vector<std::uint64_t> record);
  engine::TimeUs redate(engine::TimeUs date) const;
  template <class Row>
  std::vector<Row> redated(std::span<const Row> rows, std::initializer_list<engine::TimeUs Row::*> dates) const;

  RandomHistory history_;
  model::Random random_;
  std::vector<engine::TimeUs> times_;  // of the records
  std::unique_ptr<schema::EventEncoder> encoder_ = std::make_unique<schema::EventEncoder>();
  std::vector<std::uint64_t> scratch_ = std::vector<std::uint64_t>(max_record_bytes / 8);
  std::vector<std::vector<std::uint64_t>> records_;
  NaiveFigures naive_;
};

ReportTable report(const StateStore& state, schema::ReportKind kind, bool by_day = false, std::uint32_t limit = 0);

// The row of this label, and of this second one; empty: there is none.
std::map<schema::ReportColumn, std::int64_t> row_of(const ReportTable& table, std::int64_t label, std::int64_t second = -1);

// What a quantile tells of this value, `most` being the largest.
std::uint64_t bucket_end(std::uint64_t value, std::uint64_t most);

}  // namespace earmark::storage::test
