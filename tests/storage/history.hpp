// A small history with every kind of record, made by hand; the tests of the fold, of the dump and of replay share it.
// Warehouses A (1) and B (2); SKUs nail (1) and screw (2). Opening stock: nail 5 in A, 2 in B; screw 1 in A.
//   1 load      2 order O1: nail 6 (5 A, 1 B), screw 3 (1 A, 2 wait)     3 order O2: fill_or_kill nail 9, refused
//   4 receipt R1: screw 1 in B, 4 in A      5, 6 its fills: O1 line 20 gets 1 from B, then 1 from A
//   7 ship O1   8 order O3: screw 5 (3 A, 2 wait)   9 cancel of O3's line 1: 3 units, 2 waiting, 1 given back, by rows
//  10 void
#pragma once

#include "tests/storage/story.hpp"

namespace earmark::storage::test {

Records small_history();

}  // namespace earmark::storage::test
