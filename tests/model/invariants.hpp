// The invariants of semantics section 2, judged over the twin's state from what it is made of, not from how it was
// computed. Each function gives "" or one line that names the first violation.
#pragma once

#include "tests/model/twin.hpp"

namespace earmark::model {

// I1, for every cell: reserved <= on hand <= 2,147,483,647, and reserved is what the orders' lines have reserved there.
std::string check_never_oversell(const State& state);
// I2: per line quantity = reserved + shipped + waiting + cancelled; per cell on hand = opening + all that came - all that left; and
// the queues hold exactly the lines that wait.
std::string check_conservation(const State& state);
// Part of it: what vendors brought is what the lines of purchase orders received; what a cell expects from them by the records is
// what their lines have open; and each is in a state that goes with its lines.
std::string check_purchases(const State& state);
// I3: no unit is available that a waiter could use.
std::string check_work_conserving(const State& state);
// I3 for one SKU, for large states.
std::string check_work_conserving(const State& state, engine::SkuId sku);
// I4, after the command that `answer` answers: no order and no fill in it took a unit that an earlier waiter could use. Who is strict
// can use any.
std::string check_no_overtaking(const State& state, const Answer& answer);
// Of a delivery: a fill out of turn is of the line for which the row is first, and while that waits nobody else has a unit of the row.
std::string check_pegs(const State& state, const Answer& answer);

// Once everything that follows a decision by itself is done: rules have triggered and were cleared where they should, and every suggestion is some
// rule's.
std::string check_rules(const State& state);

// Who waits for all or nothing: only such a one is skipped, or strict, and as long as he waits.
std::string check_patience(const State& state);

// All of them.
std::string check_invariants(const State& state, const Answer& answer);

}  // namespace earmark::model
