// Who takes all or nothing: line_complete and ship_complete.
#include "tests/model/scenarios.hpp"

namespace earmark::model {
namespace {

constexpr Step fixture{"load LON=1 | A B | A:12@LON B:18@LON", "loaded 1 warehouses 2 products 2 stock"};
constexpr Step two_houses{"load LON=1 BHM=2 | X Y | X:4@LON X:3@BHM Y:5@LON", "loaded 2 warehouses 2 products 3 stock"};
constexpr Step nothing_there{"load LON=1 BHM=2 | X Y |", "loaded 2 warehouses 2 products 0 stock"};

}  // namespace

const std::vector<Scenario> whole_takers = {
    {"fixture of section 3, line_complete", {fixture,
        {"order O A:15 B:10 policy=line_complete", "split: 1 A waits 15 place 1 behind 0; 2 B 10@LON#1"}}},
    {"fixture of section 3, ship_complete", {fixture,
        {"order O A:15 B:10 policy=ship_complete", "backordered: 1 A waits 15 place 1 behind 0; 2 B waits 10 place 1 behind 0, 10 by 0"},
        {"order P A:12 B:18 policy=ship_complete", "reserved: 1 A 12@LON#1; 2 B 18@LON#1; skips O"}}},
    {"complete policies take from several warehouses like others", {two_houses,
        {"order O X:6 policy=line_complete", "reserved: 1 X 4@LON#1 2@BHM#2"},
        {"order P X:1 Y:5 policy=ship_complete", "reserved: 1 X 1@BHM#1; 2 Y 5@LON#2"}}},
    {"who waits for all hoards nothing: later orders take what is there", {fixture,
        {"order O A:15 policy=line_complete", "backordered: 1 A waits 15 place 1 behind 0"},
        {"order P A:5", "reserved: 1 A 5@LON#1; skips O/1"},
        {"order Q A:8", "split: 1 A 7@LON#1 waits 1 place 2 behind 15; skips O/1"},
        {"receive R1 A:14@LON", "received | Q/1 A 1@LON#1 waits 0 row 0"},
        {"receive R2 A:2@LON", "received | O/1 A 15@LON#1 waits 0 row 0"}}},
    {"a line of its own: the lines of a line_complete order come one by one", {nothing_there,
        {"order O X:3 Y:3 policy=line_complete", "backordered: 1 X waits 3 place 1 behind 0; 2 Y waits 3 place 1 behind 0"},
        {"receive R1 X:3@LON", "received | O/1 X 3@LON#1 waits 0 row 0"},
        {"receive R2 Y:2@LON", "received"},
        {"receive R3 Y:1@BHM", "received | O/2 Y 2@LON#1 1@BHM#2 waits 0 row 0"}}},
    {"the lines of a ship_complete order come all at once, by the row that completes it", {nothing_there,
        {"order O X:3 Y:3 policy=ship_complete", "backordered: 1 X waits 3 place 1 behind 0; 2 Y waits 3 place 1 behind 0"},
        {"receive R1 X:9@LON", "received"},
        {"receive R2 Y:3@BHM X:1@BHM", "received | O/1 X 3@LON#1 waits 0 row 0 | O/2 Y 3@BHM#2 waits 0 row 0"},
        {"order P X:7 policy=fill_or_kill", "reserved: 1 X 6@LON#1 1@BHM#2"}}},
    {"R4 holds for them too: a later row is not there yet", {nothing_there,
        {"order O X:3 Y:3 policy=ship_complete", "backordered: 1 X waits 3 place 1 behind 0; 2 Y waits 3 place 1 behind 0"},
        {"order P X:2", "backordered: 1 X waits 2 place 2 behind 3"},
        {"receive R1 X:3@LON Y:3@LON", "received | P/1 X 2@LON#1 waits 0 row 0 skips O"},
        {"receive R2 X:2@LON", "received | O/1 X 3@LON#1 waits 0 row 0 | O/2 Y 3@LON#1 waits 0 row 0"}}},
    {"an earlier one that can have all goes first, one that cannot is passed over", {nothing_there,
        {"order O X:9 policy=line_complete", "backordered: 1 X waits 9 place 1 behind 0"},
        {"order P X:2", "backordered: 1 X waits 2 place 2 behind 9"},
        {"order Q X:4 policy=line_complete", "backordered: 1 X waits 4 place 3 behind 11"},
        {"receive R1 X:7@LON", "received | P/1 X 2@LON#1 waits 0 row 0 skips O/1 | Q/1 X 4@LON#1 waits 0 row 0 skips O/1"},
        {"order S X:1", "reserved: 1 X 1@LON#1; skips O/1"},
        {"order T X:1", "backordered: 1 X waits 1 place 2 behind 9"},
        {"receive R2 X:10@LON", "received | O/1 X 9@LON#1 waits 0 row 0 | T/1 X 1@LON#1 waits 0 row 0"}}},
    {"two ship_complete orders that want each other's stock: the earlier gets all, nobody blocks", {nothing_there,
        {"order O X:2 Y:2 policy=ship_complete", "backordered: 1 X waits 2 place 1 behind 0; 2 Y waits 2 place 1 behind 0"},
        {"order P Y:2 X:2 policy=ship_complete", "backordered: 1 Y waits 2 place 2 behind 2; 2 X waits 2 place 2 behind 2"},
        {"receive R1 X:2@LON", "received"},
        {"receive R2 Y:2@LON", "received | O/1 X 2@LON#1 waits 0 row 0 | O/2 Y 2@LON#1 waits 0 row 0"},
        {"receive R3 Y:2@LON", "received"},
        {"receive R4 X:2@LON", "received | P/1 Y 2@LON#1 waits 0 row 0 | P/2 X 2@LON#1 waits 0 row 0"}}},
    {"what pinned lines need is set aside", {{"load LON=1 BHM=2 | X | X:5@LON X:5@BHM", "loaded 2 warehouses 1 products 2 stock"},
        {"order O X:5 X:5@LON policy=ship_complete", "reserved: 1 X 5@BHM#1; 2 X 5@LON#2"},
        {"order P X:3 X:2@BHM policy=ship_complete", "backordered: 1 X waits 3 place 1 behind 0; 2 X waits 2 place 2 behind 3"},
        {"receive R1 X:5@BHM", "received | P/1 X 3@BHM#1 waits 0 row 0 | P/2 X 2@BHM#1 waits 0 row 0"}}},
    {"a line that became smaller may be there now", {fixture,
        {"order O A:15 policy=line_complete", "backordered: 1 A waits 15 place 1 behind 0"},
        {"cancel K1 O 1:2", "cancelled: 1 A waiting 2"},
        {"cancel K2 O 1:1", "cancelled: 1 A waiting 1 | O/1 A 12@LON#1 waits 0 row 0"}}},
    {"an order that became smaller may be there now", {fixture,
        {"order O A:15 B:10 policy=ship_complete", "backordered: 1 A waits 15 place 1 behind 0; 2 B waits 10 place 1 behind 0, 10 by 0"},
        {"cancel K O 1:15", "cancelled: 1 A waiting 15 | O/2 B 10@LON#1 waits 0 row 0"}}},
    {"what a cancel gives back of several SKUs is served SKU by SKU", {nothing_there,
        {"receive R X:2@LON Y:2@LON", "received"},
        {"order A X:2 Y:2", "reserved: 1 X 2@LON#1; 2 Y 2@LON#1"},
        {"order O X:2 Y:2 policy=ship_complete", "backordered: 1 X waits 2 place 1 behind 0; 2 Y waits 2 place 1 behind 0"},
        {"order P X:1", "backordered: 1 X waits 1 place 2 behind 2"},
        {"cancel K A", "cancelled: 1 X released 2@LON#1; 2 Y released 2@LON#1 | P/1 X 1@LON#1 waits 0 row 0 skips O"},
        {"receive S X:1@BHM", "received | O/1 X 1@LON#1 1@BHM#2 waits 0 row 0 | O/2 Y 2@LON#1 waits 0 row 0"}}},
    {"a higher priority is ahead, whatever the policy", {nothing_there,
        {"order O X:3 policy=line_complete", "backordered: 1 X waits 3 place 1 behind 0"},
        {"order P X:3 policy=ship_complete priority=200", "backordered: 1 X waits 3 place 1 behind 0"},
        {"receive R X:4@LON", "received | P/1 X 3@LON#1 waits 0 row 0"},
        {"receive S X:2@LON", "received | O/1 X 3@LON#1 waits 0 row 0"}}},
};

}  // namespace earmark::model
