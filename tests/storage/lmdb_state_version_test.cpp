// A state store of a version without figures, or without those of promises: made again by whoever has the whole journal, else taken over as it is.
#include <catch2/catch.hpp>

#include "engine/level.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/report.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

// Takes these tables out again, and writes a version that had none.
void make_old(const std::filesystem::path& directory, std::uint32_t version, std::initializer_list<MDB_dbi StateTables::*> without) {
  const auto environment = LmdbEnvironment::open(directory / "state", false, 0).value();
  WriteTransaction transaction(*environment);
  StateTables tables;
  REQUIRE(open_tables(transaction.handle(), 0, tables) == 0);
  for (const auto table : without) REQUIRE(mdb_drop(transaction.handle(), tables.*table, 1) == 0);
  IdentityRow identity;
  SummaryRow summary;
  REQUIRE(get_identity(transaction.handle(), tables, identity) == 0);
  REQUIRE(get_summary(transaction.handle(), tables, summary) == 0);
  identity.version = version;
  identity.crc32c = 0;
  identity.crc32c = crc32c(std::as_bytes(std::span(&identity, 1)));
  const std::string_view name = "identity";
  MDB_val key = value_of(std::as_bytes(std::span(name))), value = value_of(&identity, sizeof identity);
  REQUIRE(mdb_put(transaction.handle(), tables.meta, &key, &value, 0) == 0);
  REQUIRE(put_summary(transaction.handle(), tables, summary) == 0);
  REQUIRE(transaction.commit() == 0);
}

const std::initializer_list<MDB_dbi StateTables::*> figures = {&StateTables::days, &StateTables::availability, &StateTables::deliveries};

ReportTable report(const StateStore& state, schema::ReportKind kind) {
  schema::ReportRequest request;
  request.kind = kind;
  return make_report(state, request, {}).value();
}

TEST_CASE("state: a store without figures is of another version, unless the journal cannot make it again", "[storage][state][figures]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(61, 0);
  history.grow(1500);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  Lsn reached;
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, Lsn{800}, 10'000).has_value());
    reached = state->summary().applied;
  }
  make_old(directory.path(), state_version_without_figures, figures);
  const auto refused = open_lmdb_state(directory.path(), test::state_identity, test::small_state());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == FailureKind::bad_version);
  StateOptions reading = test::small_state();
  reading.read_only = true;
  reading.journal_whole = false;
  CHECK(open_lmdb_state(directory.path(), test::state_identity, reading).error().kind == FailureKind::bad_version);

  StateOptions trimmed = test::small_state();
  trimmed.journal_whole = false;
  {
    const auto state = open_lmdb_state(directory.path(), test::state_identity, trimmed).value().store;
    CHECK(state->summary().applied == reached);
    CHECK(state->summary().figures_from == reached + 1);
    CHECK(test::digest_of(*state) == *history.digest_at(reached));
    CHECK(report(*state, schema::ReportKind::splits).counted_from == reached + 1);
    CHECK(report(*state, schema::ReportKind::splits).totals == std::vector<std::int64_t>(10, 0));
    CHECK(report(*state, schema::ReportKind::promise_accuracy).counted_from == reached + 1);
    REQUIRE(state->fold(journal, test::to_the_end, 10'000).has_value());
  }
  // What is available then is what the cells say, and it is counted on.
  const auto state = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().store;
  CHECK(state->summary().figures_from == reached + 1);
  struct Cells final : StateVisitor {
    std::map<engine::SkuId, std::uint64_t> available;
    void catalogue(const engine::LoadDecision&) override {}
    void cell(const engine::CellImage& cell) override { available[cell.sku] += engine::available_of(cell.level); }
    void open_order(const engine::OrderImage&) override {}
    void known(const engine::KnownImage&) override {}
  } cells;
  REQUIRE(state->read(cells).has_value());
  const ReportTable outs = report(*state, schema::ReportKind::stock_outs);
  REQUIRE(outs.rows.size() > 3 * outs.columns.size());
  for (std::size_t at = 0; at < outs.rows.size(); at += outs.columns.size()) {
    CHECK(outs.rows[at + 6] == static_cast<std::int64_t>(cells.available[engine::SkuId{static_cast<std::uint32_t>(outs.rows[at])}]));
  }
  const ReportTable splits = report(*state, schema::ReportKind::splits);
  CHECK(std::any_of(splits.totals.begin(), splits.totals.end(), [](std::int64_t each) { return each > 0; }));
}

TEST_CASE("state: one of version 2 keeps its figures and begins to count deliveries and promises, where the journal was trimmed", "[storage][state][figures]") {
  using schema::ReportKind;
  const test::TemporaryDirectory directory;
  test::RandomHistory history(62, 0);
  history.grow(1500);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  std::vector<std::int64_t> splits;
  Lsn reached;
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, Lsn{800}, 10'000).has_value());
    reached = state->summary().applied;
    splits = report(*state, ReportKind::splits).totals;
    CHECK(report(*state, ReportKind::vendor_delay).totals[1] > 0);
  }
  make_old(directory.path(), state_version_without_promises, {&StateTables::deliveries});
  CHECK(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).error().kind == FailureKind::bad_version);
  StateOptions trimmed = test::small_state();
  trimmed.journal_whole = false;
  {
    const auto state = open_lmdb_state(directory.path(), test::state_identity, trimmed).value().store;
    CHECK(test::digest_of(*state) == *history.digest_at(reached));
    CHECK(report(*state, ReportKind::splits).counted_from == Lsn{1});
    CHECK(report(*state, ReportKind::splits).totals == splits);
    for (const ReportKind kind : {ReportKind::vendor_delay, ReportKind::vendor_delay_by_sku, ReportKind::promise_accuracy}) {
      CHECK(report(*state, kind).counted_from == reached + 1);
    }
    CHECK(report(*state, ReportKind::vendor_delay).totals[1] == 0);
    REQUIRE(state->fold(journal, test::to_the_end, 10'000).has_value());
  }
  const auto state = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().store;
  CHECK(state->summary().figures_from == Lsn{1});
  CHECK(state->summary().promises_from == reached + 1);
  CHECK(report(*state, ReportKind::vendor_delay).totals[1] > 0);
  CHECK(test::digest_of(*state) == *history.digest_at(journal.last()));
}

TEST_CASE("state: one that knew of no holds, transfers and purchase orders gets their tables when it is taken over", "[storage][state][transfers]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(5, 0);
  MemoryJournal journal(test::state_identity);
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}};
  load.products = {{"S1", ""}};
  load.stock = {{10, 0, 0}};
  history.decide(load);
  history.append_to(journal, 1);
  REQUIRE(test::open_state(directory.path())->fold(journal, journal.last(), 1000).has_value());
  make_old(directory.path(), state_version_without_figures, {&StateTables::days, &StateTables::availability, &StateTables::deliveries,
                                                             &StateTables::holds, &StateTables::transfers, &StateTables::purchases});
  StateOptions trimmed = test::small_state();
  trimmed.journal_whole = false;
  const auto state = open_lmdb_state(directory.path(), test::state_identity, trimmed).value().store;
  history.decide(model::ShipTransferCommand{.id = "T", .source = engine::WarehouseId{1}, .destination = engine::WarehouseId{2}, .rows = {{6, engine::SkuId{1}, 0}}});
  history.decide(model::HoldCommand{.id = "H", .ttl_us = 1'000'000, .lines = {{2, engine::SkuId{1}, engine::LineNumber{1}, {}}}});
  history.append_to(journal, 1);
  REQUIRE(state->fold(journal, journal.last(), 1000).has_value());
  test::StateDigest digest;
  REQUIRE(state->read(digest).has_value());
  CHECK(digest.transfers == 1);
  CHECK(digest.holds == 1);
  CHECK(digest.finish() == *history.digest_at(journal.last()));
  test::Records placed(journal.last() + 1);
  const engine::PurchasedLine line[] = {{engine::TimeUs{}, engine::LineNumber{1}, engine::SkuId{1}, 2, engine::WarehouseId{1}, 0}};
  placed.add(engine::PurchaseDecision{"P", 1, "V", "", "", engine::PurchaseState::sent, line});
  REQUIRE(placed.append(journal, 0, 1).has_value());
  REQUIRE(state->fold(journal, journal.last(), 1000).has_value());
  test::StateDigest with_purchase;
  REQUIRE(state->read(with_purchase).has_value());
  CHECK(with_purchase.purchases == 1);
}

}  // namespace
