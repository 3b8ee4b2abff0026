// An order's record: what was written is read, and no bytes, however wrong, are read as more than they are.
#include "storage/order_record.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <vector>

#include "engine/limits.hpp"

namespace {

using namespace earmark;
using namespace earmark::storage;
using engine::Lsn;

constexpr Lsn lsn{7};

struct Sample {
  engine::LineImage lines[2] = {{engine::LineNumber{1}, engine::SkuId{1}, 5, 2, {}, 1}, {engine::LineNumber{2}, engine::SkuId{2}, 4, 0, {}, 1}};
  engine::AllocationImage allocations[2] = {{3, 0, engine::WarehouseId{1}, 1}, {0, 4, engine::WarehouseId{2}, 2}};
  std::vector<std::uint64_t> words;

  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(words)); }
};

Sample sample(std::span<const engine::LinePolicy> policies = {}, std::span<const engine::PromiseImage> promises = {}) {
  Sample made;
  engine::OrderImage image;
  image.id = "order";
  image.content = 99;
  image.next_shipment = 3;
  image.texts = {"customer", "", "", "", "reference", ""};
  image.cancel_after = engine::TimeUs{77};
  image.not_due = true;
  image.lines = made.lines;
  image.allocations = made.allocations;
  image.line_policies = policies;
  image.promises = promises;
  made.words.resize(order_record_bytes(image) / 8);
  write_order_record(image, made.bytes());
  seal_order_record(lsn, made.bytes());
  return made;
}

template <class Value>
void set(Sample& sample, std::size_t at, Value value) {
  std::memcpy(sample.bytes().data() + at, &value, sizeof value);
}

TEST_CASE("order record: gives back what was written, at its LSN alone", "[storage][state]") {
  Sample record = sample();
  engine::OrderImage image;
  REQUIRE(read_order_record(lsn, record.bytes(), image));
  CHECK(image.id == "order");
  CHECK(image.texts.customer == "customer");
  CHECK(image.texts.reference == "reference");
  CHECK(image.cancel_after.value == 77);
  CHECK(image.not_due);
  CHECK(image.lines.size() == 2);
  CHECK(image.allocations[1].shipped == 4);
  CHECK_FALSE(read_order_record(lsn + 1, record.bytes(), image));
}

TEST_CASE("order record: policies of lines stand behind the rest, and records without them are as they were", "[storage][state]") {
  const engine::LinePolicy policies[] = {{}, engine::LinePolicy::of(engine::Policy::fill_or_kill)};
  Sample record = sample(policies);
  engine::OrderImage image;
  REQUIRE(read_order_record(lsn, record.bytes(), image));
  REQUIRE(image.line_policies.size() == 2);
  CHECK(image.own_policy(0) == policies[0]);
  CHECK(image.own_policy(1) == policies[1]);
  CHECK(image.cancel_after.value == 77);
  Sample plain = sample();
  REQUIRE(read_order_record(lsn, plain.bytes(), image));
  CHECK(image.line_policies.empty());
  CHECK(image.own_policy(1) == engine::LinePolicy{});
}

TEST_CASE("order record: what is known of shipments comes back, and a record of old has none", "[storage][state]") {
  Sample record = sample();
  engine::OrderImage image;
  REQUIRE(read_order_record(lsn, record.bytes(), image));
  CHECK(image.shipments.empty());

  const engine::ReturnedUnits rows[] = {{0, 2}, {1, 3}};
  std::vector<std::byte> shipments;
  engine::append_shipment(shipments, {1, engine::ShipmentState::picked, 4, {}, "", "", {}, true});
  engine::append_shipment(shipments, {2, engine::ShipmentState::delivered, 1, engine::TimeUs{88}, "UPS", "1Z999", rows});
  image.shipments = shipments;
  std::vector<std::uint64_t> words(order_record_bytes(image) / 8);
  const auto bytes = std::as_writable_bytes(std::span(words));
  write_order_record(image, bytes);
  seal_order_record(lsn, bytes);
  engine::OrderImage got;
  REQUIRE(read_order_record(lsn, bytes, got));
  CHECK(got.id == "order");
  CHECK(got.cancel_after.value == 77);
  std::vector<std::uint16_t> numbers;
  engine::for_each_shipment(got.shipments, [&](const engine::ShipmentImage& each) {
    numbers.push_back(each.number);
    if (each.number == 1) {
      CHECK(each.state == engine::ShipmentState::picked);
      CHECK(each.revision == 4);
      CHECK(each.stepped);
      return;
    }
    CHECK(each.state == engine::ShipmentState::delivered);
    CHECK(each.expected.value == 88);
    CHECK(each.carrier == "UPS");
    CHECK(each.tracking == "1Z999");
    REQUIRE(each.returned.size() == 2);
    CHECK(each.returned[1].line_index == 1);
    CHECK(each.returned[1].units == 3);
  });
  CHECK(numbers == std::vector<std::uint16_t>{1, 2});
  // Cut off anywhere, or with more rows than there are bytes, it is not read beyond its end.
  for (std::size_t cut = 1; cut < shipments.size(); ++cut) {
    const bool whole = engine::for_each_shipment(std::span(shipments).first(cut), [](const engine::ShipmentImage&) {});
    CHECK(whole == (cut == 24));
  }
  std::vector<std::byte> wrong = shipments;
  const std::uint32_t many = 0xFFFF'FFFF;
  std::memcpy(wrong.data() + 20, &many, sizeof many);
  CHECK_FALSE(engine::for_each_shipment(std::span<const std::byte>(wrong), [](const engine::ShipmentImage&) {}));
}

TEST_CASE("order record: what waits of raised lines comes back, if it is of the lines and no more than waits of them", "[storage][state]") {
  Sample record = sample();
  engine::OrderImage image;
  REQUIRE(read_order_record(lsn, record.bytes(), image));
  CHECK(image.raises.empty());
  const struct {
    engine::RaiseImage one, other;
    bool right;
  } rows[] = {{{lsn + 3, 0, 1}, {lsn + 4, 0, 1}, true},  {{lsn + 3, 0, 2}, {lsn + 4, 0, 1}, false}, {{lsn + 3, 1, 1}, {lsn + 4, 0, 1}, false},
              {{lsn + 3, 2, 1}, {lsn + 4, 0, 1}, false}, {{lsn + 3, 0, 0}, {lsn + 4, 0, 1}, false}, {{lsn, 0, 1}, {lsn + 4, 0, 1}, false}};
  for (const auto& row : rows) {
    const engine::RaiseImage raises[] = {row.one, row.other};
    image.raises = std::as_bytes(std::span(raises));
    std::vector<std::uint64_t> words(order_record_bytes(image) / 8);
    const auto bytes = std::as_writable_bytes(std::span(words));
    write_order_record(image, bytes);
    seal_order_record(lsn, bytes);
    engine::OrderImage got;
    REQUIRE(read_order_record(lsn, bytes, got) == row.right);
    if (!row.right) continue;
    CHECK(got.id == "order");
    CHECK(got.not_due);
    std::vector<std::uint64_t> sequences;
    engine::for_each_raise(got.raises, [&](const engine::RaiseImage& raise) { sequences.push_back(raise.sequence.value); });
    CHECK(sequences == std::vector<std::uint64_t>{lsn.value + 3, lsn.value + 4});
  }
}

TEST_CASE("order record: what lines were promised comes back, by line, and an order without it has not a byte more", "[storage][state]") {
  Sample plain = sample();
  engine::OrderImage image;
  REQUIRE(read_order_record(lsn, plain.bytes(), image));
  CHECK(image.promises.empty());
  const engine::PromiseImage promises[] = {{engine::TimeUs{500}, engine::TimeUs{700}, 0, 0}, {engine::TimeUs{600}, engine::TimeUs{}, 1, 0}};
  Sample record = sample({}, promises);
  CHECK(record.words.size() == plain.words.size() + 7);
  REQUIRE(read_order_record(lsn, record.bytes(), image));
  REQUIRE(image.promises.size() == 2);
  CHECK(image.promises[0].first.value == 500);
  CHECK(image.promises[0].told.value == 700);
  CHECK(image.promises[1].line_index == 1);
  CHECK(image.promises[1].told.value == 0);
  CHECK(image.id == "order");
  CHECK(image.lines[1].line == engine::LineNumber{2});
  CHECK(image.allocations[1].shipped == 4);
  // Whoever folds finds them and the rest, and changes them in place.
  OrderParts parts(record.bytes().data());
  REQUIRE(parts.promises.size() == 2);
  parts.promises[0].told = engine::TimeUs{800};
  CHECK(parts.lines[0].waiting == 2);
  CHECK(parts.allocations[0].reserved == 3);
  REQUIRE(view_order_record(lsn, record.bytes(), image));
  CHECK(image.promises[0].told.value == 800);
  static constexpr engine::LinePolicy one_whole[] = {{}, engine::LinePolicy::of(engine::Policy::line_complete)};
  Sample patient = sample(one_whole, promises);
  OrderParts beside(patient.bytes().data());
  beside.promises[1].settled = 1;
  beside.set_patience(1, 3);
  REQUIRE(view_order_record(lsn, patient.bytes(), image));
  CHECK(image.promises[1].settled == 1);
  CHECK(image.patience_of_line(1) == 3);

  const engine::PromiseImage first{engine::TimeUs{1}, {}, 0, 0}, second{engine::TimeUs{1}, {}, 1, 0}, third{engine::TimeUs{1}, {}, 2, 0}, never{{}, engine::TimeUs{1}, 0, 0},
      twice{engine::TimeUs{1}, {}, 0, 2};
  for (const std::vector<engine::PromiseImage>& wrong : {std::vector{second, first}, std::vector{first, first}, std::vector{third}, std::vector{never}, std::vector{twice}}) {
    Sample refused = sample({}, wrong);
    CHECK_FALSE(view_order_record(lsn, refused.bytes(), image));
  }
}

TEST_CASE("order record: no length and no count leads beyond its bytes", "[storage][state]") {
  static constexpr engine::LinePolicy own[] = {{1}, {5}};
  static constexpr engine::PromiseImage promised[] = {{engine::TimeUs{500}, engine::TimeUs{700}, 1, 0}};
  const int kind = GENERATE(0, 1, 2);
  Sample record = kind == 0 ? sample() : kind == 1 ? sample(own) : sample(own, promised);
  engine::OrderImage image;
  // Cut off anywhere, with a length that says so.
  for (std::size_t words = 0; words < record.words.size(); ++words) {
    Sample cut = record;
    set(cut, 4, static_cast<std::uint32_t>(words * 8));
    INFO("cut to " << words * 8 << " bytes");
    CHECK_FALSE(view_order_record(lsn, cut.bytes().first(words * 8), image));
    CHECK_FALSE(read_order_record(lsn, cut.bytes().first(words * 8), image));
  }
  const struct {
    const char* what;
    std::size_t at;
    std::uint32_t value;
  } heads[] = {{"another length", 4, 8},           {"lines: none", 32, 0},
               {"lines: too many", 32, 5000},      {"lines: more than fit", 32, 4096},
               {"allocations: none", 36, 0},       {"allocations: more than bytes", 36, 1U << 30},
               {"allocations: more than fit", 36, 40}, {"id: longer than the rest", 40, 0xff}};
  for (const auto& head : heads) {
    INFO(head.what);
    Sample wrong = record;
    set(wrong, head.at, head.value);
    CHECK_FALSE(view_order_record(lsn, wrong.bytes(), image));
  }
  // Any byte of the head and of what lies behind the rows, with any value.
  for (std::size_t at = 0; at < record.words.size() * 8; ++at) {
    for (const unsigned value : {0U, 1U, 64U, 127U, 255U}) {
      Sample wrong = record;
      set(wrong, at, static_cast<std::uint8_t>(value));
      if (!view_order_record(lsn, wrong.bytes(), image)) continue;
      const auto* end = reinterpret_cast<const char*>(wrong.bytes().data() + wrong.bytes().size());
      REQUIRE(image.id.data() + image.id.size() <= end);
      REQUIRE(image.texts.customer.size() < wrong.bytes().size());
      REQUIRE(reinterpret_cast<const char*>(image.allocations.data() + image.allocations.size()) <= end);
      REQUIRE(reinterpret_cast<const char*>(image.promises.data() + image.promises.size()) <= end);
    }
  }
}

}  // namespace
