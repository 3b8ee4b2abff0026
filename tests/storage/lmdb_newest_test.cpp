// The newest order of an id, whatever the ages of those that had it.
#include <catch2/catch.hpp>

#include "storage/lmdb_tables.hpp"
#include "tests/storage/story.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

constexpr std::uint64_t age = std::uint64_t{1} << newest_shift;

class Table {
 public:
  Table() : environment_(LmdbEnvironment::open(directory_.path(), false, std::size_t{1} << 20).value()), transaction_(*environment_) {
    REQUIRE(open_tables(transaction_.handle(), MDB_CREATE, tables_) == 0);
  }
  void put(const char* id, std::uint64_t lsn) {
    Cursor cursor(transaction_.handle(), tables_.newest);
    REQUIRE(cursor.error() == 0);
    REQUIRE(put_newest(cursor, engine::identify(engine::IdSpace::order, id), Lsn{lsn}, 0) == 0);
  }
  std::uint64_t find(const char* id, std::uint64_t last) {
    NewestRow row;
    const int error = get_newest(transaction_.handle(), tables_, engine::identify(engine::IdSpace::order, id), Lsn{last}, row);
    REQUIRE((error == 0 || error == MDB_NOTFOUND));
    return error == 0 ? row.lsn : 0;
  }

 private:
  test::TemporaryDirectory directory_;
  std::unique_ptr<LmdbEnvironment> environment_;
  WriteTransaction transaction_;
  StateTables tables_;
};

TEST_CASE("newest: an id is found in whatever age it was used", "[storage][state][newest]") {
  Table table;
  table.put("first", 5);
  table.put("last of its age", age - 1);
  table.put("first of the next", age);
  table.put("far away", 7 * age + 3);
  CHECK(table.find("first", 8 * age) == 5);
  CHECK(table.find("last of its age", 8 * age) == age - 1);
  CHECK(table.find("first of the next", 8 * age) == age);
  CHECK(table.find("far away", 8 * age) == 7 * age + 3);
  CHECK(table.find("far away", 7 * age + 3) == 7 * age + 3);
  CHECK(table.find("nowhere", 8 * age) == 0);
}

TEST_CASE("newest: of those that had the id it is the last", "[storage][state][newest]") {
  Table table;
  for (const std::uint64_t lsn : {std::uint64_t{9}, age - 2, 3 * age, 3 * age + 40}) {
    table.put("again", lsn);
    CHECK(table.find("again", 9 * age) == lsn);
  }
  CHECK(table.find("again", 2 * age) == age - 2);
}

}  // namespace
