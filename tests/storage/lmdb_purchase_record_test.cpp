// Open purchase orders in the state store: their record, how they come, change and go, and what is kept of them beyond the journal and the horizon.
#include <catch2/catch.hpp>

#include <cstring>
#include <map>
#include <set>

#include "engine/level.hpp"
#include "storage/offline_state.hpp"
#include "storage/purchase_record.hpp"
#include "storage/recovery.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/purchase_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::LineNumber;
using engine::Lsn;
using engine::PurchaseState;
using engine::TimeUs;

bool reads(Lsn lsn, const std::vector<std::byte>& record, engine::PurchaseImage& image, std::vector<std::uint64_t>& words) {
  words.resize(record.size() / 8 + 1);
  std::memcpy(words.data(), record.data(), record.size());
  return read_purchase_record(lsn, std::as_bytes(std::span(words)).first(record.size()), image);
}

struct Open {
  PurchaseState state{};
  std::string vendor, reference, notes;
  std::vector<engine::PurchaseLineState> lines;
};

struct Purchases final : StateVisitor {
  std::map<std::string, Open> open;
  std::map<std::pair<std::uint32_t, std::uint16_t>, engine::CellImage> cells;
  std::set<Lsn> known_lsns;

  void catalogue(const engine::LoadDecision&) override {}
  void cell(const engine::CellImage& cell) override { cells[{cell.sku.value, cell.warehouse.value}] = cell; }
  void open_order(const engine::OrderImage&) override {}
  void open_purchase(const engine::PurchaseImage& image) override {
    open[std::string(image.id)] = {image.state, std::string(image.vendor), std::string(image.reference), std::string(image.notes), {image.lines.begin(), image.lines.end()}};
  }
  void known(const engine::KnownImage& known) override { known_lsns.insert(known.lsn); }
};

Purchases read(const StateStore& store) {
  Purchases purchases;
  REQUIRE(store.read(purchases).has_value());
  return purchases;
}

std::string offline_digest(const Journal& journal, Lsn until) {
  OfflineState state;
  REQUIRE(replay(journal, [&](const schema::Event& event) { state.apply(event); }, {Lsn{1}, until}).has_value());
  REQUIRE(state.problem() == "");
  return state.digest();
}

}  // namespace

TEST_CASE("purchase record: comes back as it was, and damage is found", "[storage][purchases]") {
  const engine::PurchaseLineState lines[] = {
      {TimeUs{7}, TimeUs{6}, TimeUs{70}, 2, Lsn{3}, LineNumber{10}, engine::SkuId{7}, 5, LineNumber{4}, engine::WarehouseId{1}, 0, 0},
      {TimeUs{}, TimeUs{}, TimeUs{}, 8'000'000'000, {}, LineNumber{20}, engine::SkuId{9}, 3, {}, engine::WarehouseId{2}, 0, 0}};
  const engine::PurchaseImage image{Lsn{5}, TimeUs{6}, "PO-81", 9, "VENDOR", "SO-7", "by rail", PurchaseState::partly_received, TimeUs{77}, true, lines};
  const std::vector<std::byte> record = purchase_record(image);
  std::vector<std::uint64_t> words;
  engine::PurchaseImage read_back;
  REQUIRE(reads(Lsn{5}, record, read_back, words));
  CHECK(read_back.lsn == Lsn{5});
  CHECK(read_back.time == image.time);
  CHECK(read_back.id == "PO-81");
  CHECK(read_back.content == 9);
  CHECK(read_back.vendor == "VENDOR");
  CHECK(read_back.reference == "SO-7");
  CHECK(read_back.notes == "by rail");
  CHECK(read_back.state == PurchaseState::partly_received);
  CHECK(read_back.closes == TimeUs{77});
  CHECK(read_back.automatic);
  REQUIRE(read_back.lines.size() == 2);
  CHECK(std::memcmp(read_back.lines.data(), lines, sizeof lines) == 0);
  CHECK(read_back.lines[0].open() == 3);
  CHECK(read_back.lines[1].open() == 0);
  CHECK_FALSE(reads(Lsn{6}, record, read_back, words));  // written under another key
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::vector<std::byte> changed = record;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    REQUIRE_FALSE(reads(Lsn{5}, changed, read_back, words));
  }
  for (std::size_t size = 0; size < record.size(); size += 8) {
    REQUIRE_FALSE(reads(Lsn{5}, {record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size)}, read_back, words));
  }
}

TEST_CASE("purchase record: texts of the greatest length, and none", "[storage][purchases]") {
  const std::string id(64, 'i'), vendor(64, 'v'), reference(512, 'r'), notes(512, 'n');
  std::vector<std::uint64_t> words;
  engine::PurchaseImage read_back;
  REQUIRE(reads(Lsn{1}, purchase_record({Lsn{1}, {}, id, 0, vendor, reference, notes, PurchaseState::draft, {}, false, {}}), read_back, words));
  CHECK(read_back.id == id);
  CHECK(read_back.vendor == vendor);
  CHECK(read_back.reference == reference);
  CHECK(read_back.notes == notes);
  REQUIRE(reads(Lsn{1}, purchase_record({Lsn{1}, {}, "", 0, "", "", "", PurchaseState::draft, {}, false, {}}), read_back, words));
  CHECK(read_back.notes == "");
  CHECK(read_back.lines.empty());
}

TEST_CASE("state: a purchase order is there while it is open, with what has changed and arrived", "[storage][state][purchases]") {
  const test::TemporaryDirectory directory;
  const test::Records history = test::purchase_history();
  const auto journal = test::journal_of(history, history.size());
  auto store = test::open_state(directory.path());
  const auto fold_to = [&](std::uint64_t lsn) {
    REQUIRE(store->fold(*journal, Lsn{lsn}, 1000).value().applied == Lsn{lsn});
    CHECK(test::digest_of(*store) == offline_digest(*journal, Lsn{lsn}));
    store.reset();
    store = test::open_state(directory.path());
    return read(*store);
  };
  Purchases seen = fold_to(3);
  REQUIRE(seen.open.contains("P1"));
  CHECK(seen.open["P1"].state == PurchaseState::draft);
  CHECK(seen.open["P1"].notes == "by rail");
  CHECK_FALSE(seen.known_lsns.contains(Lsn{3}));  // told with the purchase order

  seen = fold_to(6);
  CHECK(seen.open["P1"].state == PurchaseState::acknowledged);
  CHECK(seen.open["P1"].reference == "SO-7");
  CHECK(seen.open["P1"].lines[0].promised == TimeUs{600});
  CHECK(seen.open["P1"].lines[0].first_promised == TimeUs{500});
  CHECK(seen.open["P1"].lines[1].quantity == 5);
  CHECK(seen.open["P1"].lines[1].promised == TimeUs{700});
  CHECK(seen.open["P1"].lines[1].first_promised == TimeUs{700});

  seen = fold_to(9);
  REQUIRE(seen.open.size() == 2);
  CHECK(seen.open["P1"].state == PurchaseState::partly_received);
  CHECK(seen.open["P1"].lines[0].open() == 5);
  CHECK(seen.open["P1"].lines[1].received == 6);
  CHECK(seen.cells[std::pair(1U, 1)].on_hand == 5);
  CHECK(seen.cells[std::pair(1U, 1)].unavailable == 1);
  CHECK(engine::available_of(seen.cells[std::pair(1U, 1)].level) == 4);
  CHECK(seen.known_lsns.contains(Lsn{7}));  // the receipt

  seen = fold_to(10);
  CHECK_FALSE(seen.open.contains("P1"));
  CHECK(seen.known_lsns.contains(Lsn{3}));  // received: a known id like any other
  seen = fold_to(15);
  CHECK(seen.open.empty());
  for (const std::uint64_t lsn : {9U, 11U, 12U, 13U, 14U, 15U}) CHECK(seen.known_lsns.contains(Lsn{lsn}));
}

TEST_CASE("state: the id and the decision of an open purchase order outlive the horizon and the journal, those of a closed one do not", "[storage][state][purchases]") {
  const test::TemporaryDirectory directory;
  test::Records history = test::purchase_history();
  const engine::PurchasedLine line[] = {{TimeUs{}, LineNumber{1}, engine::SkuId{1}, 2, engine::WarehouseId{1}, 0}};
  history.add(engine::PurchaseDecision{"P5", 5, "W", "", "", PurchaseState::approved, line});  // LSN 16
  engine::VoidDecision forgetting;
  forgetting.oldest_known = Lsn{17};
  forgetting.archived = Lsn{16};
  history.add(forgetting);
  const engine::PurchaseChange closing[] = {{TimeUs{}, LineNumber{1}, engine::SkuId{1}, 2, -2, engine::WarehouseId{1}, 0, 0}};
  history.add(engine::PurchaseStepDecision{"S7", "P5", Lsn{16}, 2, "W", engine::PurchaseStep::close, PurchaseState::closed, "", closing});
  const auto journal = test::journal_of(history, history.size());
  const auto store = test::open_state(directory.path());
  REQUIRE(store->fold(*journal, Lsn{16}, 1000).has_value());
  CHECK(store->known_ids(Lsn{1}, Lsn{17}, 100).value().size() == 14);  // but the load and the fill
  REQUIRE(store->fold(*journal, Lsn{17}, 1000).has_value());
  CHECK(test::digest_of(*store) == offline_digest(*journal, Lsn{17}));
  REQUIRE(store->keep_decisions(*journal, Lsn{17}).has_value());
  // Order O1 is reserved, and open, too.
  const auto known = store->known_ids(Lsn{1}, Lsn{17}, 100).value();
  REQUIRE(known.size() == 2);
  CHECK(known[1].space == engine::IdSpace::purchase);
  CHECK(known[1].identity == engine::identify(engine::IdSpace::purchase, "P5"));
  CHECK(known[1].content == 5);
  CHECK(known[1].lsn == Lsn{16});
  CHECK_FALSE(store->decision(Lsn{16}).value().empty());
  CHECK(store->decision(Lsn{14}).value().empty());
  OfflineState from_base;
  REQUIRE(from_base.begin(*store).has_value());
  CHECK(from_base.digest() == test::digest_of(*store));

  REQUIRE(store->fold(*journal, Lsn{18}, 1000).has_value());
  CHECK(test::digest_of(*store) == offline_digest(*journal, Lsn{18}));
  CHECK(store->known_ids(Lsn{1}, Lsn{17}, 100).value().size() == 1);
  CHECK(store->decision(Lsn{16}).value().empty());
  REQUIRE(replay(*journal, [&](const schema::Event& event) { from_base.apply(event); }, {Lsn{18}, {}}).has_value());
  CHECK(from_base.problem() == "");
  CHECK(from_base.digest() == test::digest_of(*store));
}
