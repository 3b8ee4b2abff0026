// What simulation found in recovery, as tables small enough to read.
#include <catch2/catch.hpp>

#include "server/recovery.hpp"
#include "tests/simulation/disk.hpp"

using namespace earmark;
using engine::Lsn;

namespace {

constexpr std::uint64_t applied = 10;

// A store that stands at `applied`: an order decided at LSN 3, closed at LSN 8, whose id is known.
class OneClosedOrder final : public storage::StateStore {
 public:
  const engine::Identity identity = engine::identify(engine::IdSpace::order, "old");
  const engine::KnownImage known{engine::IdSpace::order, identity, 7, Lsn{3}, Lsn{8}};

  storage::StateSummary summary() const override { return {.applied = Lsn{applied}}; }
  storage::Outcome<void> read(storage::StateVisitor& visitor) const override {
    visitor.known(known);
    return {};
  }
  storage::Outcome<std::vector<engine::KnownImage>> known_ids(Lsn from, Lsn before, std::size_t) const override {
    if (known.lsn < from || known.lsn >= before) return std::vector<engine::KnownImage>{};
    return std::vector<engine::KnownImage>{known};
  }
  storage::Outcome<std::vector<storage::ClosedOrder>> closed_known() const override { return std::vector<storage::ClosedOrder>{}; }
  storage::Outcome<storage::Folded> fold(const storage::Journal&, Lsn, std::uint64_t) override { return storage::Folded{}; }
  storage::Outcome<bool> find(Lsn, engine::OrderImage&) override { return false; }
  storage::Outcome<Lsn> newest(engine::Identity) override { return Lsn{}; }
  storage::Outcome<Lsn> horizon(std::uint64_t) const override { return Lsn{}; }
  storage::Outcome<void> keep_decisions(const storage::Journal&, Lsn) override { return {}; }
  storage::Outcome<std::vector<std::byte>> decision(Lsn) const override { return std::vector<std::byte>{}; }
  storage::Outcome<void> figures(storage::FigureVisitor&, const storage::FigureQuestion&) const override { return {}; }
};

// A journal of void records: ten that say nothing, then these.
void write(simulation::Disk& disk, std::vector<engine::VoidDecision> forgetting) {
  forgetting.insert(forgetting.begin(), applied, engine::VoidDecision{});
  schema::EventEncoder encoder;
  std::vector<std::uint64_t> words(16'384);
  const auto space = std::as_writable_bytes(std::span(words));
  std::size_t used = 0;
  for (std::size_t index = 0; index < forgetting.size(); ++index) {
    used += encoder.encode({Lsn{index + 1}, engine::TimeUs{1}, {}}, forgetting[index], space.subspan(used));
  }
  const std::span<const std::byte> chunks[] = {space.first(used)};
  REQUIRE(simulation::SimulatedJournal(disk).append({Lsn{1}, Lsn{forgetting.size()}, chunks, used}));
}

}  // namespace

TEST_CASE("recovery: the id of an old order is known until the journal says that its closing is archived", "[simulation][recovery]") {
  struct Row {
    std::vector<engine::VoidDecision> forgetting;
    bool known;
  };
  const auto row = GENERATE(values<Row>({
      {{}, true},
      {{{Lsn{2}, Lsn{1}}}, true},                    // it is within the horizon
      {{{Lsn{5}, Lsn{6}}}, true},                    // beyond it, closed after what is archived
      {{{Lsn{5}, Lsn{6}}, {Lsn{6}, Lsn{7}}}, true},
      {{{Lsn{5}, Lsn{8}}}, false},
      {{{Lsn{5}, Lsn{6}}, {Lsn{5}, Lsn{9}}}, false},  // told later
  }));
  simulation::Disk disk({1, 42, 0, 9, 4});
  write(disk, row.forgetting);
  const simulation::SimulatedJournal journal(disk);
  const OneClosedOrder store;
  engine::Capacity capacity;
  capacity.skus = 9;
  capacity.warehouses = 4;
  capacity.command_ids = 1U << 10;
  capacity.order_bytes = 1ULL << 30;
  engine::Engine engine(capacity, 1);
  const auto base = server::restore_base(store, engine);
  REQUIRE(base);
  REQUIRE(server::replay_behind(*base, journal, store, engine));
  engine::WriteSet none(1);
  INFO("E5: the id is known as long as the records say so");
  CHECK((engine.shared().ids.find(none, store.identity).known != 0) == row.known);
}
