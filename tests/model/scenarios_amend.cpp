// Amends: new priorities, lower quantities. What they raise: scenarios_raise.cpp.
#include "tests/model/scenarios.hpp"

namespace earmark::model {
namespace {

constexpr Step nothing_there{"load LON=1 BHM=2 | X Y |", "loaded 2 warehouses 2 products 0 stock"};
constexpr Step ten{"load LON=1 BHM=2 | X Y | X:10@LON", "loaded 2 warehouses 2 products 1 stock"};

}  // namespace

const std::vector<Scenario> amends = {
    {"a new priority moves the entry and keeps its sequence", {nothing_there,
        {"order A X:3", "backordered: 1 X waits 3 place 1 behind 0"},
        {"order B X:3", "backordered: 1 X waits 3 place 2 behind 3"},
        {"order C X:3 priority=200", "backordered: 1 X waits 3 place 1 behind 0"},
        {"amend M1 B priority=200", "amended: priority 200"},
        {"amend M2 A priority=200", "amended: priority 200"},
        {"order D X:1 priority=200", "backordered: 1 X waits 1 place 4 behind 9"},
        {"receive R X:7@LON", "received | A/1 X 3@LON#1 waits 0 row 0 | B/1 X 3@LON#1 waits 0 row 0 | C/1 X 1@LON#1 waits 2 row 0"}}},
    {"a lower priority lets others pass; what is reserved stays", {{"load LON=1 | X Y | X:2@LON", "loaded 1 warehouses 2 products 1 stock"},
        {"order A X:4", "split: 1 X 2@LON#1 waits 2 place 1 behind 0"},
        {"order B X:4", "backordered: 1 X waits 4 place 2 behind 2"},
        {"amend M A priority=1", "amended: priority 1"},
        {"receive R X:5@LON", "received | B/1 X 4@LON#1 waits 0 row 0 | A/1 X 1@LON#1 waits 1 row 0"}}},
    {"an order of which nothing is open is left as it is", {ten,
        {"order A X:1", "reserved: 1 X 1@LON#1"},
        {"amend M1 A priority=7", "amended: priority 7"},
        {"ship S A", "shipped: 1 X 1@LON#1"},
        {"amend M2 A priority=8", "amended: nothing"},
        {"amend M3 A 1:1", "amended: 1 X nothing"}}},
    {"a lower quantity is taken from what waits, then from what is reserved, and serves the queue", {ten,
        {"order A X:14 Y:2", "split: 1 X 10@LON#1 waits 4 place 1 behind 0; 2 Y waits 2 place 1 behind 0"},
        {"order B X:5", "backordered: 1 X waits 5 place 2 behind 4"},
        {"amend M1 A 1:12 2:1", "amended: 1 X waiting 2; 2 Y waiting 1"},
        {"amend M2 A 1:7", "amended: 1 X waiting 2 released 3@LON#1 | B/1 X 3@LON#1 waits 2 row 0"},
        {"amend M2 A 1:7", "again amended: 1 X waiting 2 released 3@LON#1 | B/1 X 3@LON#1 waits 2 row 0"}}},
    {"what was shipped counts, and stays shipped", {ten,
        {"order A X:6", "reserved: 1 X 6@LON#1"},
        {"ship S A", "shipped: 1 X 6@LON#1"},
        {"amend M A 1:4", "amended: 1 X excess 2"}}},
    {"a lowered line that waits for all may be there now", {ten,
        {"order A X:12 policy=line_complete", "backordered: 1 X waits 12 place 1 behind 0"},
        {"amend M A 1:10", "amended: 1 X waiting 2 | A/1 X 10@LON#1 waits 0 row 0"}}},
    {"R8: amends, in the order of precedence", {ten,
        {"order A X:3 X:2", "reserved: 1 X 3@LON#1; 2 X 2@LON#1"},
        {"amend - NOBODY", "bad_id"},
        {"amend M NOBODY", "unknown_order"},
        {"amend M A", "bad_amend"},
        {"amend M A priority=3 1:1", "bad_amend"},
        {"amend M A 1:1 1:0", "duplicate_line row 2"},
        {"amend M A 9:0", "unknown_line row 1"},
        {"amend M A 1:0", "bad_quantity row 1"},
        {"amend M A 1:2147483648", "bad_quantity row 1"},
        {"amend M A 2:1", "amended: 2 X released 1@LON#1"},
        {"amend M A 2:2", "duplicate_amend"},
        {"amend N A 1:9 2:2147483647", "quantity_overflow row 2"},
        {"ship S A", "shipped: 1 X 3@LON#1; 2 X 1@LON#1"},
        {"amend N A 2:1 1:4", "order_closed row 2"}}},
};

}  // namespace earmark::model
