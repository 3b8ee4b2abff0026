// Measurements, not tests: hidden, run with the tag [measure]. Nothing here is asserted but that the work was done.
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "storage/lmdb_check.hpp"
#include "storage/lmdb_state.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using Clock = std::chrono::steady_clock;

// Of this process; beside other work on the machine it says more than the time that went by.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

double microseconds(Clock::duration duration) { return std::chrono::duration<double, std::micro>(duration).count(); }

void measure_append(std::size_t records_per_group, std::size_t groups) {
  const test::TemporaryDirectory directory;
  const auto journal = open_lmdb_journal(directory.path(), {}).value();
  test::Records records;
  for (std::size_t i = 0; i < records_per_group; ++i) records.add_order();
  std::vector<double> times;
  const auto start = Clock::now();
  for (std::size_t group = 0; group < groups; ++group) {
    const auto begin = Clock::now();
    REQUIRE(records.append(*journal, 0, records_per_group).has_value());
    times.push_back(microseconds(Clock::now() - begin));
  }
  const double all = microseconds(Clock::now() - start) / 1e6;
  std::sort(times.begin(), times.end());
  std::printf("append of %zu records of %zu bytes: p50 %.0f us, p90 %.0f us, p99 %.0f us, %.0f records/s\n",
              records_per_group, records.record(0).size(), times[groups / 2], times[groups * 9 / 10],
              times[groups * 99 / 100], static_cast<double>(records_per_group * groups) / all);
}

TEST_CASE("measure: append", "[.][measure]") {
  for (int round = 0; round < 3; ++round) {
    measure_append(1, 3000);
    measure_append(1000, 1500);
  }
}

TEST_CASE("measure: check and replay of a million orders", "[.][measure]") {
  const char* where = std::getenv("EARMARK_MEASURE_GROUP");
  const std::size_t per_group = where != nullptr ? std::strtoul(where, nullptr, 10) : 1000;
  const test::TemporaryDirectory directory;
  {
    const auto journal = open_lmdb_journal(directory.path(), {}).value();
    for (std::size_t done = 0; done < 1'000'000; done += per_group) {
      test::Records records(journal->last() + 1);
      for (std::size_t i = 0; i < per_group; ++i) records.add_order();
      REQUIRE(records.append(*journal, 0, per_group).has_value());
    }
  }
  const auto path = directory.path() / "journal";
  for (int round = 0; round < 3; ++round) {
    const auto begin = Clock::now();
    const auto check = check_journal(path, CheckDepth::contents, false);
    const double seconds = microseconds(Clock::now() - begin) / 1e6;
    REQUIRE(check.has_value());
    const auto pages_begin = Clock::now();
    REQUIRE(check_journal(path, CheckDepth::pages, false).has_value());
    const double pages_seconds = microseconds(Clock::now() - pages_begin) / 1e6;
    std::printf("check of %.0f MB in %llu groups: %.3f s, %.2f GB/s; pages only %.3f s\n",
                static_cast<double>(check->record_bytes) / 1e6, static_cast<unsigned long long>(check->groups), seconds,
                static_cast<double>(check->record_bytes) / 1e9 / seconds, pages_seconds);
  }
  OpenOptions options;
  options.check = CheckDepth::pages;
  const auto journal = open_lmdb_journal(directory.path(), options).value();
  for (int round = 0; round < 3; ++round) {
    std::uint64_t lines = 0;
    const auto begin = Clock::now();
    const auto report = replay(*journal, [&](const schema::Event& event) {
      lines += std::get<engine::OrderDecision>(event.decision).lines.size();
    });
    const double seconds = microseconds(Clock::now() - begin) / 1e6;
    REQUIRE(report.has_value());
    REQUIRE(lines == 3'000'000);
    std::printf("replay of 1,000,000 orders of three lines: %.3f s, %.2f M records/s\n", seconds, 1 / seconds);
  }
}

// A journal of `orders` orders of three lines, and a receipt that makes them possible.
void write_orders(Journal& journal, std::size_t orders) {
  test::Records stock;
  const engine::ReceivedRow rows[] = {{engine::SkuId{1}, engine::WarehouseId{1}, 0, 2'000'000'000, 2'000'000'000},
                                      {engine::SkuId{2}, engine::WarehouseId{1}, 0, 2'000'000'000, 2'000'000'000},
                                      {engine::SkuId{3}, engine::WarehouseId{1}, 0, 2'000'000'000, 2'000'000'000}};
  stock.add(engine::ReceiptDecision{"R", 1, false, rows});
  REQUIRE(stock.append(journal, 0, 1).has_value());
  for (std::size_t done = 0; done < orders; done += 1000) {
    test::Records records(journal.last() + 1);
    for (std::size_t index = 0; index < 1000; ++index) {
      records.add_stocked_order(static_cast<engine::Quantity>(2'000'000'000 - (done + index + 1)));
    }
    REQUIRE(records.append(journal, 0, 1000).has_value());
  }
}

TEST_CASE("measure: folding and reading a million orders", "[.][measure]") {
  const test::TemporaryDirectory directory;
  OpenOptions options;
  options.check = CheckDepth::pages;
  const auto journal = open_lmdb_journal(directory.path(), options).value();
  write_orders(*journal, 1'000'000);
  for (const std::uint64_t batch : {1'000'000U, 100'000U}) {
    std::filesystem::remove_all(directory.path() / "state");
    const auto opened = open_lmdb_state(directory.path(), journal->identity(), {}).value();
    const auto begin = Clock::now();
    const double processor = processor_seconds();
    while (opened.store->summary().applied < journal->last()) {
      REQUIRE(opened.store->fold(*journal, journal->last(), batch).has_value());
    }
    const double seconds = microseconds(Clock::now() - begin) / 1e6;
    std::printf("fold of 1,000,000 orders in batches of %llu: %.3f s (%.3f s of processor), %.0f records/s, %.0f MB on disk\n",
                static_cast<unsigned long long>(batch), seconds, processor_seconds() - processor, 1e6 / seconds,
                static_cast<double>(std::filesystem::file_size(directory.path() / "state" / "data.mdb")) / 1e6);
    for (int round = 0; round < 3; ++round) {
      struct Count final : StateVisitor {
        std::uint64_t orders = 0, lines = 0;
        void catalogue(const engine::LoadDecision&) override {}
        void cell(const engine::CellImage&) override {}
        void open_order(const engine::OrderImage& order) override { ++orders, lines += order.lines.size(); }
        void known(const engine::KnownImage&) override {}
      } count;
      const auto read_begin = Clock::now();
      REQUIRE(opened.store->read(count).has_value());
      const double read_seconds = microseconds(Clock::now() - read_begin) / 1e6;
      REQUIRE(count.lines == 3'000'000);
      std::printf("read of 1,000,000 open orders: %.3f s, %.2f M orders/s\n", read_seconds, 1 / read_seconds);
    }
  }
}

}  // namespace
