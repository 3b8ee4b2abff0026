// Makes a history that fails small: delta debugging. First runs of steps go (halves, quarters, ... single ones), then lines of
// orders and rows of receipts, cancels and loads, then quantities fall and all that can be left out of an order does. Whatever is
// tried is kept only if the history still fails. Bounded by the number of tries.
#pragma once

#include <functional>

#include "tests/engine/differential.hpp"

namespace earmark::test {

using Fails = std::function<bool(const Steps&)>;

// `history` fails. Gives one that fails, too, with nothing in it that can be left out alone.
Steps shrink(Steps history, const Fails& fails, std::size_t most_tries = 4000);

// The failure of a seed in words: what disagrees, the command that repeats it, and the history made small.
std::string explain(std::uint64_t seed, const Steps& history, const Disagreement& wrong, const std::function<Meddler()>& meddler = {});

}  // namespace earmark::test
