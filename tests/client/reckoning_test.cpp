// Who would get what is to come: the queue over the supply by its dates, with pins and pegs.
#include "client/reckoning.hpp"

#include <catch2/catch.hpp>

using namespace earmark::client;

namespace {

Backorder waiting(const char* order, std::uint32_t line, std::uint32_t units, const char* pinned = "") {
  Backorder entry;
  entry.order = order, entry.line = line, entry.quantity = units, entry.pinned = pinned;
  return entry;
}

Supply supply(std::uint64_t lsn, std::int64_t expected_us, std::uint64_t units, const char* warehouse = "MAIN") { return {lsn, 0, warehouse, units, expected_us, {}, 0}; }

// "A 1: 5, B 2: 3 pegged" of each supply.
std::vector<std::string> told(const std::vector<Supply>& supply, const std::vector<Backorder>& queue, const std::map<std::string, std::uint64_t>& available = {}) {
  std::vector<std::string> all;
  for (const auto& shares : shares_of(supply, queue, available)) {
    std::string text;
    for (const Share& each : shares) {
      text += (text.empty() ? "" : ", ") + queue[each.waiting].order + " " + std::to_string(queue[each.waiting].line) + ": " + std::to_string(each.units) + (each.pegged ? " pegged" : "");
    }
    all.push_back(text);
  }
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("reckoning: the queue in its order over what is there, then the supply by its dates, undated last", "[client][dates]") {
  const std::vector<Backorder> queue{waiting("A", 1, 8), waiting("B", 1, 6), waiting("C", 2, 30)};
  CHECK(told({supply(5, 0, 100), supply(4, 900, 24), supply(3, 700, 12)}, queue) == Texts{"C 2: 8", "B 1: 2, C 2: 22", "A 1: 8, B 1: 4"});
  CHECK(told({supply(4, 900, 24)}, queue, {{"MAIN", 5}, {"WEST", 4}}) == Texts{"B 1: 5, C 2: 19"});
  CHECK(told({supply(4, 900, 24)}, {}) == Texts{""});
}

TEST_CASE("reckoning: at one date the one that was decided first, then its lines", "[client][dates]") {
  std::vector<Supply> lines{supply(9, 700, 5), supply(3, 700, 5), supply(3, 700, 5)};
  lines[1].index = 1;
  CHECK(told(lines, {waiting("A", 1, 6), waiting("B", 1, 6)}) == Texts{"B 1: 2", "A 1: 1, B 1: 4", "A 1: 5"});
}

TEST_CASE("reckoning: pins keep to their warehouse, there and to come", "[client][dates]") {
  const std::vector<Backorder> queue{waiting("A", 1, 8, "WEST"), waiting("B", 1, 6)};
  CHECK(told({supply(3, 700, 10), supply(4, 900, 10, "WEST")}, queue, {{"MAIN", 1}}) == Texts{"B 1: 5", "A 1: 8"});
}

TEST_CASE("reckoning: pegged units go to their line, as many as it waits for, whoever is ahead", "[client][dates]") {
  std::vector<Supply> lines{supply(3, 700, 10), supply(4, 900, 10)};
  lines[0].peg_order = "B", lines[0].peg_line = 2;
  const std::vector<Backorder> queue{waiting("A", 1, 8), waiting("B", 1, 3), waiting("B", 2, 4), waiting("B", 2, 5)};
  // Of the ten, four and five are for the two entries of B's line 2; one is anybody's.
  CHECK(told(lines, queue) == Texts{"B 2: 4 pegged, B 2: 5 pegged, A 1: 1", "A 1: 7, B 1: 3"});
}
