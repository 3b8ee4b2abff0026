// What is kept of a table from one batch to the next (storage/kept_rows.hpp).
#include <catch2/catch.hpp>

#include <map>

#include "storage/kept_rows.hpp"

namespace {

using namespace earmark::storage;

// A table, and how often it was asked.
struct Table {
  std::map<std::uint64_t, int> rows;
  int asked = 0;
  KeptRows<int> kept{4};

  int& row(std::uint64_t key) {
    return kept[kept.ask(key, [&] {
      ++asked;
      return rows[key];
    })];
  }
  std::vector<std::uint64_t> write() {
    std::vector<std::uint64_t> written;
    kept.sort_changes();
    for (const auto& [key, position] : kept.changes()) {
      rows[key] = kept[position];
      written.push_back(key);
    }
    kept.begin_batch();
    return written;
  }
};

TEST_CASE("kept rows: a row is taken once, and is a change of each batch that asks for it", "[storage][state]") {
  Table table;
  table.rows = {{7, 70}, {3, 30}};
  table.row(7) += 1;
  table.row(3) += 1;
  table.row(7) += 1;
  CHECK(table.asked == 2);
  CHECK(table.write() == std::vector<std::uint64_t>{3, 7});
  CHECK(table.write().empty());
  CHECK(table.row(7) == 72);
  CHECK(table.asked == 2);
  CHECK(table.write() == std::vector<std::uint64_t>{7});
}

TEST_CASE("kept rows: of a batch that was given up nothing is left", "[storage][state]") {
  Table table;
  table.row(1) = 5;
  table.write();
  table.row(1) = 6;
  table.row(2) = 9;
  table.kept.forget();
  CHECK(table.kept.changes().empty());
  CHECK(table.row(1) == 5);
  CHECK(table.row(2) == 0);
}

TEST_CASE("kept rows: they are not kept when there are too many", "[storage][state]") {
  Table table;
  for (std::uint64_t key = 1; key <= 5; ++key) table.row(key) = static_cast<int>(key);
  CHECK(table.write().size() == 5);
  const int asked = table.asked;
  for (std::uint64_t key = 1; key <= 5; ++key) CHECK(table.row(key) == static_cast<int>(key));
  CHECK(table.asked == asked + 5);
}

}  // namespace
