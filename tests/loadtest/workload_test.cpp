#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <span>

#include "loadtest/workload.hpp"

namespace {

using namespace earmark::loadtest;

WorkloadShape shape_of(Distribution distribution, std::uint32_t skus = 100'000) {
  WorkloadShape shape;
  shape.distribution = distribution;
  shape.skus = skus;
  return shape;
}

struct Drawn {
  std::vector<std::uint32_t> by_sku;  // lines that ask for it
  std::array<std::uint32_t, 5> by_quantity{};
  std::array<std::uint32_t, 4> by_warehouse{};
  std::uint32_t lines = 0;
};

Drawn draw(const WorkloadShape& shape, std::uint64_t seed, int orders) {
  Drawn drawn;
  drawn.by_sku.resize(shape.skus);
  Generator generator(shape, seed);
  std::vector<AskedLine> most(shape.most_lines());
  for (int count = 0; count < orders; ++count) {
    const auto lines = std::span(most).first(generator.line_count());
    ++drawn.by_warehouse.at(generator.order(lines));
    for (const AskedLine& line : lines) {
      ++drawn.by_sku.at(line.sku);
      if (line.quantity <= drawn.by_quantity.size()) ++drawn.by_quantity[line.quantity - 1];
      ++drawn.lines;
    }
  }
  return drawn;
}

TEST_CASE("workload: the same seed gives the same orders, another seed others", "[loadtest]") {
  const auto distribution = GENERATE(Distribution::uniform, Distribution::zipf, Distribution::hot);
  const auto sequence = [&](std::uint64_t seed) {
    Generator generator(shape_of(distribution), seed);
    std::vector<AskedLine> lines(3);
    std::vector<std::uint64_t> numbers;
    for (int count = 0; count < 1'000; ++count) {
      numbers.push_back(generator.order(lines));
      for (const AskedLine& line : lines) numbers.push_back(std::uint64_t{line.sku} << 32 | line.quantity);
    }
    return numbers;
  };
  CHECK(sequence(42) == sequence(42));
  CHECK(sequence(42) != sequence(43));
}

TEST_CASE("workload: the SKUs of an order are distinct, also when few are left to choose from", "[loadtest]") {
  const auto distribution = GENERATE(Distribution::uniform, Distribution::zipf, Distribution::hot);
  WorkloadShape shape = shape_of(distribution, GENERATE(4U, 5U, 1'000U));
  shape.lines = 4;
  Generator generator(shape, 7);
  std::vector<AskedLine> lines(shape.lines);
  for (int count = 0; count < 500; ++count) {
    generator.order(lines);
    std::set<std::uint32_t> skus;
    for (const AskedLine& line : lines) {
      REQUIRE(line.sku < shape.skus);
      skus.insert(line.sku);
    }
    REQUIRE(skus.size() == lines.size());
  }
}

TEST_CASE("workload: quantities, warehouses and uniform SKUs are even", "[loadtest]") {
  const Drawn drawn = draw(shape_of(Distribution::uniform, 1'000), 2026, 100'000);
  for (const std::uint32_t count : drawn.by_quantity) CHECK(count == Approx(60'000).epsilon(0.02));
  for (const std::uint32_t count : drawn.by_warehouse) CHECK(count == Approx(25'000).epsilon(0.03));
  double squares = 0;  // chi-square with 999 degrees of freedom: mean 999, deviation 45
  for (const std::uint32_t count : drawn.by_sku) squares += std::pow(count - 300.0, 2) / 300.0;
  CHECK(squares > 700);
  CHECK(squares < 1'300);
}

TEST_CASE("workload: zipf ranks have the frequencies of 1 / rank^0.99", "[loadtest]") {
  constexpr std::uint32_t count = 10'000;
  const ZipfRanks ranks(count);
  Random random(5);
  std::vector<std::uint32_t> drawn(count);
  constexpr int draws = 2'000'000;
  for (int draw = 0; draw < draws; ++draw) ++drawn.at(ranks.draw(random));
  const double total = 1 / ranks.share_of(1);  // weight of rank 0 is 1
  CHECK(drawn[0] == Approx(draws / total).epsilon(0.01));
  CHECK(drawn[1] == Approx(draws / total / std::pow(2, 0.99)).epsilon(0.02));
  std::uint32_t seen = 0;
  for (std::uint32_t rank = 0; rank < count; ++rank) {
    seen += drawn[rank];
    if (rank + 1 == 10 || rank + 1 == 100 || rank + 1 == 1'000) {
      CAPTURE(rank);
      CHECK(static_cast<double>(seen) / draws == Approx(ranks.share_of(rank + 1)).epsilon(0.06));
    }
  }
  CHECK(ranks.share_of(count) == Approx(1));
}

TEST_CASE("workload: zipf is scattered one to one over the catalogue", "[loadtest]") {
  const auto skus = GENERATE(1U, 2U, 1'000U, 48'271U, 96'542U, 100'000U);
  CAPTURE(skus);
  const Scatter scatter(skus);
  std::vector<bool> hit(skus, false);
  for (std::uint32_t rank = 0; rank < skus; ++rank) {
    REQUIRE_FALSE(hit.at(scatter(rank)));
    hit[scatter(rank)] = true;
  }
}

TEST_CASE("workload: hot puts one SKU into the first line of every order", "[loadtest]") {
  const Drawn drawn = draw(shape_of(Distribution::hot), 11, 10'000);
  CHECK(drawn.by_sku[Generator::hot_sku(100'000)] == 10'000);
  CHECK(Generator::hot_sku(100) < 100);
}

TEST_CASE("workload: about the wanted share of lines asks for SKUs without stock", "[loadtest]") {
  const auto [distribution, share] = GENERATE(table<Distribution, double>({
      {Distribution::uniform, 0.0},
      {Distribution::uniform, 0.25},
      {Distribution::uniform, 1.0},
      {Distribution::zipf, 0.0},
      {Distribution::zipf, 0.55},
      {Distribution::zipf, 0.9},
      {Distribution::hot, 1.0 / 3},
      {Distribution::hot, 0.5},
      {Distribution::retail, 0.0},
      {Distribution::retail, 0.3},
      {Distribution::retail, 0.6},
  }));
  CAPTURE(name(distribution), share);
  const WorkloadShape shape = shape_of(distribution, 20'000);
  const std::vector<bool> without = skus_without_stock(shape, share);
  const Drawn drawn = draw(shape, 8, 50'000);
  std::uint32_t without_stock = 0;
  for (std::uint32_t sku = 0; sku < shape.skus; ++sku) without_stock += without[sku] ? drawn.by_sku[sku] : 0;
  CHECK(static_cast<double>(without_stock) / drawn.lines == Approx(share).margin(0.03));
}

// The figures of the data set itself: 20,538 orders with 528,886 lines.
TEST_CASE("workload: retail orders are as long, as large and as uneven as those of the shop", "[loadtest]") {
  const WorkloadShape shape = shape_of(Distribution::retail, 3'808);
  Generator generator(shape, 31);
  std::vector<AskedLine> most(shape.most_lines());
  std::vector<std::uint32_t> lengths, quantities, by_sku(shape.skus);
  constexpr int orders = 40'000;
  for (int count = 0; count < orders; ++count) {
    const auto lines = std::span(most).first(generator.line_count());
    generator.order(lines);
    lengths.push_back(static_cast<std::uint32_t>(lines.size()));
    for (const AskedLine& line : lines) {
      quantities.push_back(line.quantity);
      ++by_sku.at(line.sku);
    }
  }
  std::sort(lengths.begin(), lengths.end());
  std::sort(quantities.begin(), quantities.end());
  std::sort(by_sku.rbegin(), by_sku.rend());
  const auto part = [](const auto& sorted, double share) { return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))]; };
  CHECK(static_cast<double>(quantities.size()) / orders == Approx(25.7).margin(0.8));
  CHECK(part(lengths, 0.5) == Approx(15).margin(1));
  CHECK(part(lengths, 0.95) == Approx(74).margin(3));
  CHECK(lengths.back() > 64);
  CHECK(lengths.back() <= shape.most_lines());
  const auto longer_than_64 = std::count_if(lengths.begin(), lengths.end(), [](std::uint32_t length) { return length > 64; });
  CHECK(static_cast<double>(longer_than_64) / orders == Approx(0.07).margin(0.005));
  CHECK(part(quantities, 0.5) == Approx(3).margin(1));
  CHECK(part(quantities, 0.9) == Approx(24).margin(3));
  CHECK(part(quantities, 0.99) == Approx(100).epsilon(0.35));  // between the tables' points
  const auto lines_of_top = std::accumulate(by_sku.begin(), by_sku.begin() + 381, std::uint64_t{0});
  CHECK(static_cast<double>(lines_of_top) / static_cast<double>(quantities.size()) == Approx(0.44).margin(0.03));
}

TEST_CASE("workload: retail orders fit into a small catalogue", "[loadtest]") {
  const auto skus = GENERATE(1U, 2U, 3U, 10U);
  const WorkloadShape shape = shape_of(Distribution::retail, skus);
  Generator generator(shape, 5);
  std::vector<AskedLine> most(shape.most_lines());
  for (int count = 0; count < 200; ++count) {
    const std::uint32_t lines = generator.line_count();
    REQUIRE(lines >= 1);
    REQUIRE(lines <= std::max(1U, skus / 2));
    generator.order(std::span(most).first(lines));
  }
}

TEST_CASE("workload: an order can be drawn again from the generator's state", "[loadtest]") {
  const auto distribution = GENERATE(Distribution::uniform, Distribution::zipf, Distribution::hot, Distribution::retail);
  Generator generator(shape_of(distribution, 5'000), 77);
  std::vector<AskedLine> first(2'500), second(2'500);
  for (int count = 0; count < 100; ++count) {
    const std::uint64_t state = generator.random().state();
    const std::uint32_t lines = generator.line_count();
    const std::uint16_t warehouse = generator.order(std::span(first).first(lines));
    const std::uint64_t after = generator.random().state();
    generator.random() = Random(state);
    REQUIRE(generator.line_count() == lines);
    REQUIRE(generator.order(std::span(second).first(lines)) == warehouse);
    REQUIRE(generator.random().state() == after);
    for (std::uint32_t line = 0; line < lines; ++line) {
      REQUIRE(first[line].sku == second[line].sku);
      REQUIRE(first[line].quantity == second[line].quantity);
    }
  }
}

}  // namespace
