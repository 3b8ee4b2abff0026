// Orders that leave memory and ids that are forgotten, in the middle of random commands: the engine still gives the
// twin's answers, and its digest.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/engine/differential.hpp"

using namespace earmark;

TEST_CASE("archive: orders out of memory and forgotten ids change no answer but that ids may be used anew (E7, I5)", "[engine][model]") {
  test::Tally tally;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const auto wrong = test::compare(test::draw_history(seed, 2500, true), 100, tally);
    if (wrong) FAIL("E7, I5: seed " << seed << ", " << wrong->text);
  }
  std::cout << "archive: " << tally.archived << " orders out of memory, " << tally.forgotten << " ids forgotten, " << tally.read_back
            << " orders read back\n";
  REQUIRE(tally.forgotten > 0);
  REQUIRE(tally.read_back > 0);
}
