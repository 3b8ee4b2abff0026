// Orders that leave memory and ids that are forgotten, in the middle of random commands: the engine still gives the
// twin's answers, and its digest.
#include <catch2/catch.hpp>
#include <iostream>

#include "tests/engine/differential.hpp"
#include "tests/engine/harness.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

TEST_CASE("archive: orders out of memory and forgotten ids change no answer but that ids may be used anew (E7, I5)", "[engine][model]") {
  test::Tally tally;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const auto wrong = test::compare(test::draw_history(seed, 2500, true), model::RandomCommands::limits(seed), 100, tally);
    if (wrong) FAIL("E7, I5: seed " << seed << ", " << wrong->text);
  }
  std::cout << "archive: " << tally.archived << " orders out of memory, " << tally.forgotten << " ids forgotten, " << tally.read_back
            << " orders read back\n";
  REQUIRE(tally.forgotten > 0);
  REQUIRE(tally.read_back > 0);
}

TEST_CASE("archive: a message of an order whose id was used anew leaves the new order alone", "[engine][archive]") {
  test::Harness harness(test::small_capacity());
  model::RandomCommands random(1);
  harness.apply(random.next(), 1, engine::TimeUs{1});  // the catalogue
  model::OrderCommand order{.id = "again", .texts = {}};
  order.lines = {{.quantity = 1'000'000, .sku = engine::SkuId{1}, .line = engine::LineNumber{1}}};
  REQUIRE(harness.apply(order, 2, engine::TimeUs{2}).find("'again'") != std::string::npos);
  const engine::Lsn decided = harness.engine().shared().commit_word.last();
  const engine::Identity identity = engine::identify(engine::IdSpace::order, "again");
  const std::vector<engine::Identity> identities{identity};
  // Of an order that had this id before, was closed and forgotten: recovery tells of it once more.
  harness.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, engine::Lsn{decided.value - 1}}, engine::TimeUs{3}));
  CHECK(harness.engine().shared().commit_word.last() == decided);
  CHECK(harness.engine().broken_invariant() == "");
  CHECK(harness.engine().settler().counters().archived_orders.get() == 0);
}
