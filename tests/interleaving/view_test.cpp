// The durable view (E9) under every schedule: a reader that looks at many cells between two equal, even versions has a
// snapshot, and a cell's counters agree among themselves, whenever the journal's thread brings the view up to date.
#include <catch2/catch.hpp>
#include <array>
#include <memory>

#include "engine/durable_view.hpp"
#include "tests/interleaving/explorer.hpp"
#include "tests/interleaving/world.hpp"
#include "tests/interleaving/world_memory.hpp"

using namespace earmark;
using namespace earmark::interleaving;

namespace {

constexpr engine::SkuId first_sku{1}, second_sku{2};
constexpr engine::WarehouseId warehouse{1};

// Each record moves one unit from the first SKU to the second one: their sum is the same at every LSN.
class Snapshot final : public Explored {
 public:
  Snapshot() {
    WorldMemory::build([this] { view_ = new engine::DurableView(World::capacity()); receive(1, 2, 2); view_->start_at(engine::Lsn{1}); seen_ = new Seen(); });
  }

  std::size_t threads() const override { return 2; }
  void reset() override { WorldMemory::restore(); }
  void run(std::size_t thread) override {
    if (thread == 0) {
      for (engine::Quantity moved = 1; moved <= 2; ++moved) {
        view_->begin_group();
        receive(moved + 1, 2 - moved, 2 + moved);
        view_->end_group(engine::Lsn{moved + 1});
      }
      return;
    }
    const std::uint64_t before = view_->version();
    seen_->lsn = view_->lsn().value;
    seen_->first = view_->available(first_sku, warehouse);
    seen_->second = view_->available(second_sku, warehouse);
    seen_->snapshot = (before & 1) == 0 && view_->version() == before;
  }
  std::string judge() override {
    snapshots += seen_->snapshot ? 1U : 0U;
    if (!seen_->snapshot) return "";
    if (seen_->first + seen_->second == 4 && seen_->first + seen_->lsn != 3) {
      return "I8: a snapshot names LSN " + std::to_string(seen_->lsn) + " for what is true at another: " + std::to_string(seen_->first);
    }
    if (seen_->first + seen_->second == 4) return "";
    return "E9: a snapshot is torn: " + std::to_string(seen_->first) + " and " + std::to_string(seen_->second);
  }

  std::uint64_t snapshots = 0;

 private:
  struct Seen {
    engine::Quantity first = 0, second = 0;
    std::uint64_t lsn = 0;
    bool snapshot = false;
  };

  // A record that leaves these units available.
  void receive(std::uint64_t lsn, engine::Quantity first, engine::Quantity second) {
    const std::array<engine::ReceivedRow, 2> rows{{{first_sku, warehouse, 0, 0, first}, {second_sku, warehouse, 0, 0, second}}};
    view_->apply(engine::Stamp{engine::Lsn{lsn}, {}, {}}, engine::ReceiptDecision{"r", 0, false, rows});
  }

  engine::DurableView* view_ = nullptr;
  Seen* seen_ = nullptr;
};

}  // namespace

TEST_CASE("interleaving: a snapshot of the durable view is of one LSN (E9)", "[interleaving]") {
  Snapshot snapshot;
  Explorer explorer(snapshot);
  const Report report = explorer.explore({});
  INFO("schedule " << report.schedule);
  REQUIRE(report.violation == "");
  REQUIRE(report.complete);
  REQUIRE(snapshot.snapshots > 0);
  REQUIRE(snapshot.snapshots < report.schedules);  // some schedules come between
}
