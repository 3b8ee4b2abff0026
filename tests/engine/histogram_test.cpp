#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "engine/histogram.hpp"
#include "loadtest/random.hpp"

namespace {

using earmark::engine::Histogram;
using earmark::loadtest::Random;

// The value that the histogram approximates: the smallest that a share of all values does not exceed.
std::uint64_t exact_quantile(std::vector<std::uint64_t> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(std::max(1.0, share * static_cast<double>(values.size()))));
  return values[rank - 1];
}

TEST_CASE("histogram: without values everything is 0", "[loadtest]") {
  const Histogram empty;
  CHECK(empty.count() == 0);
  CHECK(empty.max() == 0);
  CHECK(empty.quantile(0.5) == 0);
}

TEST_CASE("histogram: small values are exact", "[loadtest]") {
  Histogram histogram;
  for (std::uint64_t value = 0; value < 128; ++value) histogram.add(value);
  CHECK(histogram.count() == 128);
  CHECK(histogram.quantile(0.5) == 63);
  CHECK(histogram.quantile(0.25) == 31);
  CHECK(histogram.quantile(1.0) == 127);
}

TEST_CASE("histogram: quantiles are at most 1.6 % above the exact ones, never below", "[loadtest]") {
  const auto largest = GENERATE(as<std::uint64_t>{}, 200, 5'000, 3'000'000, 40'000'000'000);
  const std::uint64_t seed = 4711 + largest;
  CAPTURE(largest, seed);
  Random random(seed);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int count = 0; count < 20'000; ++count) {
    const auto value = static_cast<std::uint64_t>(std::pow(random.unit(), 3) * static_cast<double>(largest));  // a long tail
    values.push_back(value);
    histogram.add(value);
  }
  for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 0.9999, 1.0}) {
    CAPTURE(share);
    const std::uint64_t exact = exact_quantile(values, share);
    CHECK(histogram.quantile(share) >= exact);
    CHECK(static_cast<double>(histogram.quantile(share)) <= static_cast<double>(exact) * 1.016);
  }
  CHECK(histogram.max() == *std::max_element(values.begin(), values.end()));
}

TEST_CASE("histogram: the largest numbers have a place", "[loadtest]") {
  Histogram histogram;
  histogram.add(~std::uint64_t{0});
  histogram.add(std::uint64_t{1} << 63);
  CHECK(histogram.max() == ~std::uint64_t{0});
  CHECK(histogram.quantile(1.0) == ~std::uint64_t{0});
  CHECK(histogram.quantile(0.5) >= std::uint64_t{1} << 63);
  CHECK(histogram.quantile(0.5) < ~std::uint64_t{0});
}

TEST_CASE("histogram: merging is the same as adding everything to one", "[loadtest]") {
  Random random(99);
  Histogram first, second, both;
  for (int count = 0; count < 5'000; ++count) {
    const std::uint64_t value = random.next() >> (random.next() % 64);
    (count % 3 == 0 ? first : second).add(value);
    both.add(value);
  }
  first.merge(second);
  CHECK(first.count() == both.count());
  CHECK(first.max() == both.max());
  for (double share = 0; share <= 1; share += 0.05) CHECK(first.quantile(share) == both.quantile(share));
}

}  // namespace
