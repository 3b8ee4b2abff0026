// Orders that leave memory and ids that are forgotten, in the middle of random commands: the engine still gives the
// twin's answers, and its digest.
#include <catch2/catch.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/engine/harness.hpp"
#include "tests/engine/kept_orders.hpp"
#include "tests/model/random_commands.hpp"

using namespace earmark;

namespace {

// What the compactor does, with the twin as its state store: every order closed so far leaves memory, and now and then ids
// are forgotten. The twin gets the records that the engine must make of it.
class House {
 public:
  House(test::Harness& harness, model::Twin& twin) : harness_(harness), twin_(twin) {
    harness_.engine().settler().use_archive(kept_);
  }

  void archive(std::size_t most, engine::TimeUs now) {
    std::vector<const model::Order*> closed;
    for (const auto& [lsn, order] : twin_.state().orders) {
      if (order.closed > archived_) closed.push_back(&order);
    }
    std::ranges::sort(closed, {}, [](const model::Order* order) { return order->closed; });
    closed.resize(std::min(closed.size(), most));
    if (closed.empty()) return;
    std::vector<engine::Identity> identities;
    bool beyond = false;
    for (const model::Order* order : closed) {
      identities.push_back(engine::identify(engine::IdSpace::order, order->id));
      kept_.keep(harness_.engine(), identities.back());
      beyond = beyond || order->lsn < oldest_;
    }
    archived_ = closed.back()->closed;
    archived_orders += closed.size();
    harness_.submit(std::make_unique<engine::Message>(engine::ArchiveOrders{identities, archived_}, now));
    if (beyond) twin_.forget({oldest_, archived_}, now);
  }

  void forget(engine::Lsn oldest, engine::TimeUs now) {
    std::map<engine::Lsn, engine::Identity> ids;
    for (const auto& [key, known] : twin_.state().known) {
      const engine::Lsn lsn = known.first.stamp.lsn;
      if (lsn >= oldest_ && lsn < oldest) ids[lsn] = engine::identify(key.first, key.second);
    }
    std::vector<engine::Identity> identities;
    for (const auto& [lsn, identity] : ids) identities.push_back(identity);
    oldest_ = oldest;
    const std::size_t before = twin_.state().known.size();
    harness_.submit(std::make_unique<engine::Message>(engine::ForgetIds{oldest_, archived_, identities}, now));
    twin_.forget({oldest_, archived_}, now);
    forgotten_ids += before - twin_.state().known.size();
  }

  engine::Lsn oldest() const { return oldest_; }
  std::size_t archived_orders = 0, forgotten_ids = 0;

 private:
  test::Harness& harness_;
  model::Twin& twin_;
  test::KeptOrders kept_;
  engine::Lsn archived_{}, oldest_{1};
};

}  // namespace

TEST_CASE("archive: orders out of memory and forgotten ids change no answer but that ids may be used anew (E7, I5)", "[engine][model]") {
  std::size_t archived = 0, forgotten = 0, read_back = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    model::RandomCommands random(seed);
    model::Random house_random(seed * 77);
    model::Twin twin(model::RandomCommands::limits());
    test::Harness harness(test::small_capacity());
    House house(harness, twin);
    for (std::uint64_t step = 0; step < 2500; ++step) {
      const model::Command command = random.next();
      const std::uint64_t content = model::content_of(command);
      const engine::TimeUs now{static_cast<std::int64_t>(1'000'000 + step)};
      const model::Answer expected = model::apply(twin, command, content, now);
      const std::string answer = harness.apply(command, content, now);
      if (answer != model::describe(expected)) {
        FAIL("the engine and the twin disagree: seed " << seed << ", step " << step << "\ncommand: " << model::describe(command)
             << "\ntwin:\n" << model::describe(expected) << "\nengine:\n" << answer);
      }
      if (house_random.chance(4)) house.archive(house_random.between(1, 200), now);
      if (house_random.chance(1)) {
        const engine::Lsn last = twin.state().lsn;
        house.forget(engine::Lsn{house_random.between(house.oldest().value, last.value)}, now);
      }
      if (step % 100 != 0) continue;
      INFO("seed " << seed << ", step " << step);
      REQUIRE(harness.engine().broken_invariant() == "");
      REQUIRE(harness.engine().digest() == twin.digest());
    }
    archived += house.archived_orders;
    forgotten += house.forgotten_ids;
    read_back += harness.engine().settler().counters().read_back_orders.get();
  }
  std::cout << "archive: " << archived << " orders out of memory, " << forgotten << " ids forgotten, " << read_back
            << " orders read back\n";
  REQUIRE(forgotten > 0);
  REQUIRE(read_back > 0);
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
