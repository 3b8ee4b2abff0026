// Open transfers in the state store: their record, how they come and go, and states that have none.
#include <catch2/catch.hpp>

#include <lmdb.h>

#include <cstring>
#include <map>
#include <set>

#include "storage/transfer_record.hpp"
#include "tests/model/random_commands.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

bool reads(Lsn lsn, const std::vector<std::byte>& record, engine::TransferImage& image, std::vector<std::uint64_t>& words) {
  words.resize(record.size() / 8 + 1);
  std::memcpy(words.data(), record.data(), record.size());
  return read_transfer_record(lsn, std::as_bytes(std::span(words)).first(record.size()), image);
}

struct Transfers final : StateVisitor {
  std::map<std::string, std::vector<engine::TransferLine>> open;
  std::set<Lsn> known_lsns;

  void catalogue(const engine::LoadDecision&) override {}
  void cell(const engine::CellImage&) override {}
  void open_order(const engine::OrderImage&) override {}
  void open_transfer(const engine::TransferImage& image) override { open[std::string(image.id)].assign(image.lines.begin(), image.lines.end()); }
  void known(const engine::KnownImage& known) override { known_lsns.insert(known.lsn); }
};

Transfers read(const StateStore& store) {
  Transfers transfers;
  REQUIRE(store.read(transfers).has_value());
  return transfers;
}

}  // namespace

TEST_CASE("transfer record: comes back as it was, and damage is found", "[storage][transfers]") {
  const engine::TransferLine lines[] = {{engine::SkuId{7}, 5, 2}, {engine::SkuId{9}, 3, 8'000'000'000}};
  const engine::TransferImage image{Lsn{5}, engine::TimeUs{6}, engine::TimeUs{7}, "TR-81", 9, engine::WarehouseId{1}, engine::WarehouseId{2}, lines};
  const std::vector<std::byte> record = transfer_record(image);
  std::vector<std::uint64_t> words;
  engine::TransferImage read_back;
  REQUIRE(reads(Lsn{5}, record, read_back, words));
  CHECK(read_back.id == "TR-81");
  CHECK(read_back.time == image.time);
  CHECK(read_back.expected == image.expected);
  CHECK(read_back.content == 9);
  CHECK(read_back.source == image.source);
  CHECK(read_back.destination == image.destination);
  REQUIRE(read_back.lines.size() == 2);
  CHECK(read_back.lines[1].received == 8'000'000'000);
  CHECK(read_back.lines[0].in_transit() == 3);
  CHECK(read_back.lines[1].in_transit() == 0);
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

TEST_CASE("state: a transfer is there while it is open, with what has arrived", "[storage][state][transfers]") {
  const test::TemporaryDirectory directory;
  test::RandomHistory history(1, 0);
  model::LoadCommand load;
  load.warehouses = {{"W1", "", 1}, {"W2", "", 2}};
  load.products = {{"S1", ""}, {"S2", ""}};
  load.stock = {{10, 0, 0}, {10, 1, 0}};
  history.decide(load);
  history.decide(model::ShipTransferCommand{.id = "T", .source = engine::WarehouseId{1}, .destination = engine::WarehouseId{2},
                                            .rows = {{6, engine::SkuId{1}, 0}, {2, engine::SkuId{2}, 0}}});
  history.decide(model::ShipTransferCommand{.id = "T2", .source = engine::WarehouseId{1}, .destination = engine::WarehouseId{2},
                                            .rows = {{1, engine::SkuId{1}, 0}}});
  const std::unique_ptr<MemoryJournal> journal = test::journal_of(test::Records(), 0);
  const auto fold = [&](StateStore& store) {
    history.append_to(*journal, 1);
    REQUIRE(store.fold(*journal, journal->last(), 1000).has_value());
    return read(store);
  };
  auto store = test::open_state(directory.path());
  Transfers seen = fold(*store);
  REQUIRE(seen.open.size() == 2);
  CHECK(seen.open["T"].size() == 2);
  CHECK(seen.open["T"][0].in_transit() == 6);
  CHECK_FALSE(seen.known_lsns.contains(Lsn{2}));  // told with the transfer

  history.decide(model::ReceiveTransferCommand{.command_id = "U", .transfer_id = "T", .rows = {{4, 1, engine::SkuId{1}, 0}}});
  history.decide(model::ReceiveTransferCommand{.command_id = "V", .transfer_id = "T2"});
  store.reset();
  store = test::open_state(directory.path());
  seen = fold(*store);
  REQUIRE(seen.open.size() == 1);
  CHECK(seen.open["T"][0].received == 5);
  CHECK(seen.known_lsns.contains(Lsn{3}));  // closed: a known id like any other

  history.decide(model::ReceiveTransferCommand{.command_id = "W", .transfer_id = "T", .close = true, .rows = {{0, 0, engine::SkuId{1}, 0}}});
  seen = fold(*store);
  CHECK(seen.open.empty());
  CHECK(seen.known_lsns.contains(Lsn{2}));
}
