// A state store of an older version: made again by whoever has the whole journal, else taken over as it is.
#include <catch2/catch.hpp>

#include <cstring>
#include <map>

#include "engine/level.hpp"
#include "storage/lmdb_tables.hpp"
#include "storage/purchase_record.hpp"
#include "storage/recovery.hpp"
#include "storage/report.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/purchase_history.hpp"
#include "tests/storage/random_history.hpp"
#include "tests/storage/rule_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using engine::TimeUs;

// A purchase order's record as versions 1 and 2 had it.
std::vector<std::byte> old_record(Lsn lsn, const engine::PurchaseImage& image) {
  std::vector<std::byte> record;
  const auto put = [&](const auto& value) {
    const auto bytes = std::as_bytes(std::span(&value, 1));
    record.insert(record.end(), bytes.begin(), bytes.end());
  };
  put(std::uint32_t{0});
  put(static_cast<std::uint32_t>(image.lines.size()));
  put(image.content);
  put(image.time);
  const std::string_view texts[] = {image.id, image.vendor, image.reference, image.notes};
  for (const std::string_view text : texts) put(static_cast<std::uint16_t>(text.size()));
  put(static_cast<std::uint64_t>(image.state));
  for (const engine::PurchaseLineState& line : image.lines) {
    put(line.promised);
    put(line.first_promised);
    put(line.received);
    for (const std::uint32_t each : {line.line.value, line.sku.value, line.quantity, std::uint32_t{line.warehouse.value}}) put(each);
  }
  for (const std::string_view text : texts) {
    const auto bytes = std::as_bytes(std::span(text));
    record.insert(record.end(), bytes.begin(), bytes.end());
  }
  record.resize((record.size() + 7) / 8 * 8);
  const std::uint32_t checksum = value_checksum(lsn.value, record);
  std::memcpy(record.data(), &checksum, sizeof checksum);
  return record;
}

// Of a store, as far as versions 1 and 2 had it: nothing of purchase orders is pegged, and all is expected as it was promised.
class OldDigest final : public StateVisitor {
 public:
  void begin(const StateSummary& summary) override { digest_.begin(summary); }
  void catalogue(const engine::LoadDecision& part) override { digest_.catalogue(part); }
  void cell(const engine::CellImage& cell) override { digest_.cell(cell); }
  void open_order(const engine::OrderImage& order) override { digest_.open_order(order); }
  void open_hold(const engine::HoldImage& hold) override { digest_.open_hold(hold); }
  void open_transfer(const engine::TransferImage& transfer) override { digest_.open_transfer(transfer); }
  void open_purchase(const engine::PurchaseImage& purchase) override {
    std::vector<engine::PurchaseLineState> lines(purchase.lines.begin(), purchase.lines.end());
    for (engine::PurchaseLineState& line : lines) line.expected = line.promised, line.peg_order = {}, line.peg_line = {};
    engine::PurchaseImage old = purchase;
    old.lines = lines;
    digest_.open_purchase(old);
  }
  void known(const engine::KnownImage& known) override { digest_.known(known); }
  std::string finish() const { return digest_.finish(); }

 private:
  test::StateDigest digest_;
};

std::string old_digest_of(const StateStore& state) {
  OldDigest digest;
  REQUIRE(state.read(digest).has_value());
  return digest.finish();
}

void make_purchases_old(MDB_txn* transaction, const StateTables& tables) {
  std::map<std::uint64_t, std::vector<std::byte>> records;
  std::vector<std::uint64_t> buffer;
  REQUIRE(for_each(transaction, tables.purchases, 0, [&](const MDB_val& key, const MDB_val& value) {
            engine::PurchaseImage image;
            buffer.resize(value.mv_size / 8 + 1);
            std::memcpy(buffer.data(), value.mv_data, value.mv_size);
            REQUIRE(read_purchase_record(Lsn{integer_key(key)}, std::as_bytes(std::span(buffer)).first(value.mv_size), image));
            records[integer_key(key)] = old_record(Lsn{integer_key(key)}, image);
            return 0;
          }) == 0);
  for (const auto& [lsn, record] : records) {
    MDB_val key = key_of(lsn), value = value_of(record);
    REQUIRE(mdb_put(transaction, tables.purchases, &key, &value, 0) == 0);
  }
}

// By identity alone, and only the newest of all.
void make_newest_old(MDB_txn* transaction, const StateTables& tables) {
  std::map<std::vector<std::byte>, std::uint64_t> rows;
  {
    Cursor cursor(transaction, tables.newest);
    MDB_val key{}, value{};
    REQUIRE(cursor.error() == 0);
    for (int error = cursor.get(key, value, MDB_FIRST); error == 0; error = cursor.get(key, value, MDB_NEXT)) {
      NewestRow row;
      REQUIRE(read_row(key, value, row) == 0);
      const auto identity = bytes_of(key).subspan(sizeof(std::uint32_t));
      rows[{identity.begin(), identity.end()}] = row.lsn;
    }
  }
  REQUIRE(mdb_drop(transaction, tables.newest, 0) == 0);
  for (const auto& [identity, lsn] : rows) {
    NewestRow row{0, 0, lsn};
    row.crc32c = value_checksum(identity, std::as_bytes(std::span(&row, 1)));
    MDB_val key = value_of(identity), value = value_of(&row, sizeof row);
    REQUIRE(mdb_put(transaction, tables.newest, &key, &value, 0) == 0);
  }
}

// Takes out again what this version had not, and these tables.
void make_old(const std::filesystem::path& directory, std::initializer_list<MDB_dbi StateTables::*> without = {},
              std::uint32_t version = state_version_without_figures) {
  const auto environment = LmdbEnvironment::open(directory / "state", false, 0).value();
  WriteTransaction transaction(*environment);
  StateTables tables;
  REQUIRE(open_tables(transaction.handle(), 0, tables) == 0);
  make_newest_old(transaction.handle(), tables);
  if (version < state_version_of_one_age) {
    make_purchases_old(transaction.handle(), tables);
    for (const auto table : {&StateTables::deliveries, &StateTables::vendors, &StateTables::sources, &StateTables::rules}) REQUIRE(mdb_drop(transaction.handle(), tables.*table, 1) == 0);
  }
  if (version == state_version_without_figures) {
    REQUIRE(mdb_drop(transaction.handle(), tables.days, 1) == 0);
    REQUIRE(mdb_drop(transaction.handle(), tables.availability, 1) == 0);
  }
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
  std::string digest;
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, Lsn{800}, 10'000).has_value());
    reached = state->summary().applied;
    digest = old_digest_of(*state);
  }
  make_old(directory.path());
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
    CHECK(test::digest_of(*state) == digest);
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

std::int64_t deliveries(const StateStore& state) {
  const ReportTable table = report(state, schema::ReportKind::vendor_delay);
  return table.totals[static_cast<std::size_t>(std::ranges::find(table.columns, schema::ReportColumn::receipts) - table.columns.begin())];
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
  std::string digest;
  {
    const auto state = test::open_state(directory.path());
    REQUIRE(state->fold(journal, Lsn{800}, 10'000).has_value());
    reached = state->summary().applied;
    digest = old_digest_of(*state);
    splits = report(*state, ReportKind::splits).totals;
    CHECK(deliveries(*state) > 0);
  }
  make_old(directory.path(), {}, state_version_without_promises);
  CHECK(open_lmdb_state(directory.path(), test::state_identity, test::small_state()).error().kind == FailureKind::bad_version);
  StateOptions trimmed = test::small_state();
  trimmed.journal_whole = false;
  {
    const auto state = open_lmdb_state(directory.path(), test::state_identity, trimmed).value().store;
    CHECK(test::digest_of(*state) == digest);
    CHECK(report(*state, ReportKind::splits).counted_from == Lsn{1});
    CHECK(report(*state, ReportKind::splits).totals == splits);
    for (const ReportKind kind : {ReportKind::vendor_delay, ReportKind::vendor_delay_by_sku, ReportKind::promise_accuracy}) {
      CHECK(report(*state, kind).counted_from == reached + 1);
    }
    CHECK(deliveries(*state) == 0);
    REQUIRE(state->fold(journal, test::to_the_end, 10'000).has_value());
  }
  const auto state = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().store;
  CHECK(state->summary().figures_from == Lsn{1});
  CHECK(state->summary().promises_from == reached + 1);
  CHECK(deliveries(*state) > 0);
  CHECK(test::digest_of(*state) == *history.digest_at(journal.last()));
}

TEST_CASE("state: one of version 3 is taken over as it is, the newest order of each id where it stands now", "[storage][state][newest]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(63, 0);
  history.grow(1500);
  MemoryJournal journal(test::state_identity);
  history.append_to(journal, 20);
  REQUIRE(test::open_state(directory.path())->fold(journal, Lsn{800}, 10'000).has_value());
  const auto newest_of = [&] {
    std::vector<Lsn> newest;
    const auto state = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().store;
    for (const auto& [id, lsn] : history.twin().state().order_ids) newest.push_back(state->newest(engine::identify(engine::IdSpace::order, id)).value());
    return newest;
  };
  const std::vector<Lsn> before = newest_of();
  REQUIRE(std::ranges::count(before, Lsn{}) < static_cast<std::ptrdiff_t>(before.size()));
  make_old(directory.path(), {}, state_version_of_one_age);
  StateOptions reading = test::small_state();
  reading.read_only = true;
  CHECK(open_lmdb_state(directory.path(), test::state_identity, reading).error().kind == FailureKind::bad_version);
  CHECK(newest_of() == before);
  const auto state = open_lmdb_state(directory.path(), test::state_identity, test::small_state()).value().store;
  REQUIRE(state->fold(journal, test::to_the_end, 10'000).has_value());
  CHECK(test::digest_of(*state) == *history.digest_at(journal.last()));
}

// Records as a server of that version decides them: none of rules, nothing pegged or late, nobody told a date.
TEST_CASE("state: a store whose purchase orders have no more than a promise is of another version, unless the journal cannot make it again", "[storage][state][purchases]") {
  const test::TemporaryDirectory directory;
  const test::Records history = test::purchase_history();
  const auto journal = test::journal_of(history, history.size());
  REQUIRE(test::open_state(directory.path())->fold(*journal, Lsn{9}, 1000).has_value());
  make_old(directory.path(), {}, state_version_without_promises);
  const auto refused = open_lmdb_state(directory.path(), test::state_identity, test::small_state());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == FailureKind::bad_version);
  CHECK_THAT(refused.error().text, Catch::Contains("format version 2, this program knows 4"));

  StateOptions trimmed = test::small_state();
  trimmed.journal_whole = false;
  const auto state = open_lmdb_state(directory.path(), test::state_identity, trimmed).value().store;
  CHECK(state->summary().applied == Lsn{9});
  CHECK(state->summary().figures_from == Lsn{1});  // those it had
  const test::RulesSeen seen = test::rules_of(*state);
  REQUIRE(seen.purchases.size() == 2);
  CHECK(seen.purchases[0] == "P1 3 of V state 5 closes 0; 10 10 5 promised 600 500 expected 600; 20 5 6 promised 700 700 expected 700");
  CHECK(seen.purchases[1] == "P2 9 of W state 3 closes 0; 7 8 0 promised 0 0 expected 0");
  CHECK(seen.vendors.empty());
  REQUIRE(state->fold(*journal, test::to_the_end, 1000).has_value());
  OfflineState offline;
  REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }).has_value());
  CHECK(test::digest_of(*state) == offline.digest());
  CHECK(test::rules_of(*state).vendors == std::vector<std::string>{"V '' -1 -1 arrivals 1 late 9400"});  // of the receipts behind it
}

TEST_CASE("state: an old record of a purchase order is read whole, or not at all", "[storage][state][purchases]") {
  const engine::PurchaseLineState line{TimeUs{7}, TimeUs{6}, {}, 2, {}, engine::LineNumber{10}, engine::SkuId{7}, 5, {}, engine::WarehouseId{1}, 0, 0};
  const std::vector<std::byte> record = old_record(Lsn{5}, {Lsn{5}, TimeUs{6}, "PO-81", 9, "VENDOR", "SO-7", "by rail", engine::PurchaseState::sent, {}, false, {&line, 1}});
  std::vector<engine::PurchaseLineState> lines;
  engine::PurchaseImage image;
  REQUIRE(read_old_purchase_record(Lsn{5}, record, lines, image));
  CHECK(image.vendor == "VENDOR");
  CHECK(image.notes == "by rail");
  REQUIRE(image.lines.size() == 1);
  CHECK(image.lines[0].expected == TimeUs{7});
  CHECK(image.lines[0].warehouse == engine::WarehouseId{1});
  CHECK_FALSE(read_old_purchase_record(Lsn{6}, record, lines, image));
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::vector<std::byte> changed = record;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    REQUIRE_FALSE(read_old_purchase_record(Lsn{5}, changed, lines, image));
  }
  for (std::size_t size = 0; size < record.size(); size += 8) {
    REQUIRE_FALSE(read_old_purchase_record(Lsn{5}, std::span(record).first(size), lines, image));
  }
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
  make_old(directory.path(), {&StateTables::holds, &StateTables::transfers, &StateTables::purchases});
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
