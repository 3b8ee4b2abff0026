// A small history of purchase orders, made by hand, behind a load: the tests of their folds and of the dump share it.
// Warehouses A (1) and B (2); SKUs nail (1) and screw (2), of which there is nothing.
//   1 load    2 order O1: screw 3, all wait    3 P1 of vendor V, a draft: line 10 nail 10 to A, promised at 500, line 20 screw 6 to B
//   4 P1 approved    5 P1 sent    6 P1 acknowledged: line 10 at 600, line 20 screw 5, at 700, the vendor's reference SO-7
//   7 receipt R1 of P1: nail 4 and 1 damaged, screw 6, of which 1 is over    8 its fill: O1 gets 3 from B
//   9 P2 of vendor W, sent: line 7 nail 8 to B    10 receipt R2 of P1: nail 5; P1 is received    11 P2 closed with 8 open
//  12 P3, a draft: line 1 screw 2 to A    13 P3 cancelled    14 P4, approved: line 1 nail 2 to A    15 P4 acknowledged with nothing: closed
#pragma once

#include "tests/storage/story.hpp"

namespace earmark::storage::test {

Records purchase_history();

}  // namespace earmark::storage::test
