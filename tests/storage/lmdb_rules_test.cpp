// Vendors, reorder rules, what they suggest, and dates in the state store: their records, how they come, change and go, by hand and in random histories.
#include <catch2/catch.hpp>

#include <algorithm>

#include "storage/recovery.hpp"
#include "storage/rule_record.hpp"
#include "storage/state_rows.hpp"
#include "tests/storage/open_state.hpp"
#include "tests/storage/random_history.hpp"
#include "tests/storage/rule_history.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;
using engine::TimeUs;
using Texts = std::vector<std::string>;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

// Any bit wrong, and any byte too many or too few, are found.
template <class Reads>
void find_damage(const std::vector<std::byte>& record, Reads reads) {
  REQUIRE(reads(record));
  for (std::size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::vector<std::byte> changed = record;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    REQUIRE_FALSE(reads(changed));
  }
  for (std::size_t size = 0; size < record.size(); ++size) REQUIRE_FALSE(reads({record.begin(), record.begin() + static_cast<std::ptrdiff_t>(size)}));
  std::vector<std::byte> longer = record;
  longer.push_back(std::byte{});
  REQUIRE_FALSE(reads(longer));
}

// Both of one LSN.
void require_same(const test::RulesSeen& one, const test::RulesSeen& other) {
  REQUIRE(one.vendors == other.vendors);
  REQUIRE(one.sources == other.sources);
  REQUIRE(one.rules == other.rules);
  REQUIRE(one.purchases == other.purchases);
  REQUIRE(one.promised == other.promised);
}

// What the twin has of the same.
test::RulesSeen rules_of(const model::State& twin) {
  test::RulesSeen seen;
  std::map<std::string, engine::VendorImage> vendors;
  for (const auto& [code, vendor] : twin.vendors) vendors[code] = {code, vendor.name, vendor.lead_days, vendor.cut_off, vendor.listed, 0, 0};
  for (const auto& [code, lateness] : twin.lateness) {
    engine::VendorImage& vendor = vendors[code];
    vendor.code = code;
    vendor.arrivals = lateness.arrivals;
    vendor.late_us = lateness.late_us;
  }
  for (const auto& [code, vendor] : vendors) seen.vendor(vendor);
  for (const auto& [sku, sellers] : twin.sellers) {
    for (const auto& [code, lead_days] : sellers) seen.source({sku, code, lead_days});
  }
  for (const auto& [key, rule] : twin.rules) seen.rule({rule.set, rule.vendor, rule.triggered, rule.purchase});
  for (const auto& [lsn, order] : twin.orders) {
    std::vector<engine::PromiseImage> promises;
    for (std::uint32_t index = 0; index < order.lines.size(); ++index) {
      const model::Line& line = order.lines[index];
      if (line.promised_first.value != 0) promises.push_back({line.promised_first, line.told, index, 0});
    }
    if (order.closed.value == 0) seen.promises(lsn, promises);
  }
  return seen;
}

}  // namespace

TEST_CASE("rule records: come back as they were, at their key alone, and damage is found", "[storage][rules]") {
  engine::VendorImage vendor;
  const auto of_vendor = vendor_record({"ACME", "Acme Tools", 14, 960, true, 7, 86'400'000'001});
  find_damage(of_vendor, [&](const std::vector<std::byte>& record) { return read_vendor_record(bytes("ACME"), record, vendor); });
  CHECK_FALSE(read_vendor_record(bytes("ACMF"), of_vendor, vendor));
  REQUIRE(read_vendor_record(bytes("ACME"), of_vendor, vendor));
  test::RulesSeen seen;
  seen.vendor(vendor);
  CHECK(seen.vendors == Texts{"ACME 'Acme Tools' 14 960 listed arrivals 7 late 86400000001"});

  engine::SourceImage source;
  const auto of_source = source_record({engine::SkuId{70'000}, "ACME", 3}), key_of_source = source_key(engine::SkuId{70'000}, "ACME");
  find_damage(of_source, [&](const std::vector<std::byte>& record) { return read_source_record(key_of_source, record, source); });
  CHECK_FALSE(read_source_record(source_key(engine::SkuId{70'001}, "ACME"), of_source, source));
  CHECK_FALSE(read_source_record(bytes("abc"), of_source, source));
  REQUIRE(read_source_record(key_of_source, of_source, source));
  CHECK(source.sku == engine::SkuId{70'000});
  CHECK(source.vendor == "ACME");
  CHECK(source.lead_days == 3);
  CHECK(source_key(engine::SkuId{255}, "z") < source_key(engine::SkuId{256}, "a"));  // sorted by SKU

  engine::RuleImage rule;
  const engine::RuleSet set{TimeUs{999}, engine::SkuId{70'000}, 2, 1, 2, 3, 4, 5, 6, engine::WarehouseId{300}, engine::RuleKind::min_max, engine::RuleMode::auto_po, 1, 0, 0};
  const std::uint64_t key = cell_key(set.sku, set.warehouse);
  const auto of_rule = rule_record({set, "ACME", true, Lsn{77}});
  find_damage(of_rule, [&](const std::vector<std::byte>& record) { return read_rule_record(key, record, rule); });
  CHECK_FALSE(read_rule_record(key + 1, of_rule, rule));
  REQUIRE(read_rule_record(key, of_rule, rule));
  seen.rule(rule);
  REQUIRE(read_rule_record(key, rule_record({set, "", false, {}}), rule));
  seen.rule(rule);
  CHECK(seen.rules == Texts{"70000 300 'ACME' kind 2 mode 3 1 2 3 4 5 days 6 pooled snoozed 999 waits purchase 77",
                            "70000 300 '' kind 2 mode 3 1 2 3 4 5 days 6 pooled snoozed 999 purchase 0"});
}

TEST_CASE("state: rules, what they suggest, and what lines were told, as records set and change them", "[storage][state][rules]") {
  const test::TemporaryDirectory directory;
  const test::Records history = test::rule_history();
  const auto journal = test::journal_of(history, history.size());
  OfflineState offline;
  auto store = test::open_state(directory.path());
  const auto fold_to = [&](std::uint64_t lsn) {
    const Lsn from = offline.last() + 1;
    REQUIRE(store->fold(*journal, Lsn{lsn}, 1000).value().applied == Lsn{lsn});
    REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }, {from, Lsn{lsn}}).has_value());
    REQUIRE(offline.problem() == "");
    CHECK(test::digest_of(*store) == offline.digest());
    store.reset();
    store = test::open_state(directory.path());
    const test::RulesSeen seen = test::rules_of(*store);
    require_same(seen, test::rules_of(offline, seen.orders));
    OfflineState from_base;
    REQUIRE(from_base.begin(*store).has_value());
    require_same(seen, test::rules_of(from_base, seen.orders));
    return seen;
  };
  const std::string nails = "1 1 'V' kind 1 mode 2 5 10 0 0 0 days -1 snoozed";
  const std::string screws = "2 2 '' kind 2 mode 3 2 8 1 2 100 days -1 pooled snoozed 0";
  const std::string two_days = std::to_string(6000 + 2 * test::day), three_days = std::to_string(4000 + 3 * test::day), one_day = std::to_string(7000 + test::day);
  test::RulesSeen seen = fold_to(4);
  CHECK(seen.vendors == Texts{"V 'Vendor' 2 -1 listed arrivals 0 late 0", "W '' -1 960 listed arrivals 0 late 0"});
  CHECK(seen.sources == Texts{"1 V -1", "2 W 3"});
  CHECK(seen.rules == Texts{nails + " 0 purchase 3", screws + " purchase 4"});
  REQUIRE(seen.purchases.size() == 2);
  CHECK(seen.purchases[1] == "reorder-4 4 of W state 9 closes 15000 automatic; 1 8 0 promised " + three_days + " " + three_days + " expected " + three_days);

  seen = fold_to(9);
  CHECK(seen.purchases[0] == "reorder-3 3 of V state 9 closes 0; 1 20 0 promised " + two_days + " " + two_days + " expected " + two_days);
  CHECK(seen.purchases[2] == "P1 7 of X state 3 closes 0; 10 12 0 promised 500 500 expected " + one_day + " for 5 1; 20 3 0 promised 9000 9000 expected " +
                                 std::to_string(9000 + test::day));
  CHECK(seen.promised == Texts{"5 0 first " + one_day + " told " + one_day});
  seen = fold_to(11);
  CHECK(seen.vendors[2] == "X '' -1 -1 arrivals 1 late 9500");
  seen = fold_to(12);
  CHECK(seen.purchases[0].starts_with("reorder-3 3 of V state 1 closes 0"));
  CHECK(seen.rules[0] == nails + " 0 purchase 3");
  seen = fold_to(13);
  CHECK(seen.purchases.size() == 2);
  CHECK(seen.rules[0] == nails + " 0 waits purchase 0");
  seen = fold_to(14);
  CHECK(seen.rules[0] == nails + " 999 waits purchase 0");  // it is snoozed, and goes on waiting
  seen = fold_to(16);
  CHECK(seen.promised == Texts{"5 0 first " + one_day + " told 0"});
  seen = fold_to(17);
  CHECK(seen.rules[0] == nails + " 999 purchase 0");
  seen = fold_to(19);
  CHECK(seen.transfers == Texts{"T1 expected " + std::to_string(19'000 + test::day)});
  seen = fold_to(21);
  CHECK(seen.purchases[0].starts_with("reorder-4 4 of W state 2"));
  CHECK_THAT(seen.purchases[1], Catch::Contains("; 20 3 0 promised 9000 9000 expected " + std::to_string(21'000 + test::day)));
  seen = fold_to(23);
  CHECK(seen.rules == Texts{"1 1 'V' kind 1 mode 2 4 10 0 0 0 days -1 snoozed 0 purchase 0"});
}

TEST_CASE("state: all of it in one fold is what it is in many", "[storage][state][rules]") {
  const test::Records history = test::rule_history();
  const auto journal = test::journal_of(history, history.size());
  const test::TemporaryDirectory directory;
  const auto store = test::open_state(directory.path());
  REQUIRE(store->fold(*journal, test::to_the_end, 1000).value().applied == Lsn{23});
  OfflineState offline;
  REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }).has_value());
  const test::RulesSeen seen = test::rules_of(*store);
  CHECK(seen.orders == std::vector<Lsn>{Lsn{5}});
  CHECK(seen.promised.size() == 1);
  require_same(seen, test::rules_of(offline, seen.orders));
}

TEST_CASE("state: what a rule ordered is known beyond the horizon and the journal as long as it is open", "[storage][state][rules]") {
  const test::Records history = test::rule_history();
  test::Records longer(Lsn{24});
  longer.add(engine::VoidDecision{Lsn{24}, Lsn{23}});
  const auto journal = test::journal_of(history, history.size());
  REQUIRE(longer.append(*journal, 0, 1).has_value());
  const test::TemporaryDirectory directory;
  const auto store = test::open_state(directory.path());
  REQUIRE(store->fold(*journal, test::to_the_end, 1000).value().applied == Lsn{24});
  REQUIRE(store->keep_decisions(*journal, Lsn{24}).has_value());
  std::vector<std::uint64_t> known;
  const auto ids = store->known_ids(Lsn{1}, Lsn{25}, 100).value();
  for (const engine::KnownImage& each : ids) known.push_back(each.lsn.value);
  CHECK(known == std::vector<std::uint64_t>{4, 5, 7, 18});  // reorder-4, O1, P1, T1
  const std::vector<std::byte> kept = store->decision(Lsn{4}).value();
  REQUIRE_FALSE(kept.empty());
  CHECK(store->decision(Lsn{3}).value().empty());
  OfflineState offline, from_base;
  REQUIRE(replay(*journal, [&](const schema::Event& event) { offline.apply(event); }).has_value());
  REQUIRE(from_base.begin(*store).has_value());
  CHECK(from_base.digest() == offline.digest());
}

TEST_CASE("state: rules, vendors and dates of random histories are what the offline state and the twin have", "[storage][state][rules]") {
  const std::uint64_t seed = GENERATE(range<std::uint64_t>(1, 13));
  CAPTURE(seed);
  model::Random random(seed * 79);
  test::RandomHistory history(seed, seed % 2 == 0 ? 0 : 5, true);
  const test::TemporaryDirectory directory;
  MemoryJournal journal(test::state_identity);
  OfflineState offline;
  std::size_t rules = 0, suggested = 0, promised = 0, vendors = 0;
  while (history.records().size() < 1500) {
    history.grow(history.records().size() + random.between(1, 200));
    history.append_to(journal, 30);
    const auto state = test::open_state(directory.path());
    const std::size_t most = random.chance(50) ? random.between(1, 40) : 1000;
    while (state->summary().applied < journal.last()) {
      const auto folded = state->fold(journal, test::to_the_end, most);
      if (!folded) FAIL(folded.error().text);
      REQUIRE(replay(journal, [&](const schema::Event& event) { offline.apply(event); }, {folded->from, folded->applied}).has_value());
      REQUIRE(offline.problem() == "");
      const test::RulesSeen seen = test::rules_of(*state);
      require_same(seen, test::rules_of(offline, seen.orders));
      rules += seen.rules.size(), promised += seen.promised.size(), vendors += seen.vendors.size();
      suggested += static_cast<std::size_t>(std::count_if(seen.purchases.begin(), seen.purchases.end(), [](const std::string& each) { return each.starts_with("reorder-"); }));
    }
    const test::RulesSeen seen = test::rules_of(*state), of_twin = rules_of(history.twin().state());
    REQUIRE(seen.vendors == of_twin.vendors);
    REQUIRE(seen.sources == of_twin.sources);
    REQUIRE(seen.rules == of_twin.rules);
    REQUIRE(seen.promised == of_twin.promised);
    REQUIRE(test::digest_of(*state) == history.twin().digest());
    OfflineState from_base;
    REQUIRE(from_base.begin(*state).has_value());
    require_same(seen, test::rules_of(from_base, seen.orders));
  }
  CHECK(rules > 0);
  CHECK(suggested > 0);
  CHECK(promised > 0);
  CHECK(vendors > 0);
}
