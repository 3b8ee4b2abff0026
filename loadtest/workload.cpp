#include "loadtest/workload.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "loadtest/retail_shape.hpp"

namespace earmark::loadtest {
namespace {

constexpr double theta = 0.99;

// Prime to the number of SKUs, so that every SKU has exactly one rank.
std::uint64_t factor_for(std::uint32_t skus) noexcept {
  std::uint64_t factor = 48'271;
  while (std::gcd(factor, std::uint64_t{skus}) != 1) ++factor;
  return factor;
}

double weight(std::uint32_t rank) { return std::pow(static_cast<double>(rank) + 1, -theta); }

double weights_of(std::uint32_t ranks) {
  double sum = 0;
  for (std::uint32_t rank = 0; rank < ranks; ++rank) sum += weight(rank);
  return sum;
}

}  // namespace

std::string_view name(Distribution distribution) noexcept {
  switch (distribution) {
    case Distribution::uniform: return "uniform";
    case Distribution::zipf: return "zipf";
    case Distribution::hot: return "hot";
    case Distribution::retail: return "retail";
  }
  return "unknown";
}

std::uint32_t WorkloadShape::most_lines() const noexcept {
  if (replayed_lines != 0) return replayed_lines;
  return has_fixed_lines() ? lines : std::clamp(skus / 2, 1U, most_retail_lines);
}

Scatter::Scatter(std::uint32_t skus) noexcept : factor_(factor_for(skus)), skus_(skus) {}

ZipfRanks::ZipfRanks(std::uint32_t count) : count_(count), total_(weights_of(count)), second_(1 + std::pow(0.5, theta)) {
  alpha_ = 1 / (1 - theta);
  eta_ = (1 - std::pow(2.0 / count, 1 - theta)) / (1 - second_ / total_);
}

std::uint32_t ZipfRanks::draw(Random& random) const noexcept {
  const double unit = random.unit();
  const double place = unit * total_;
  if (place < 1) return 0;
  if (place < second_) return std::min(1U, count_ - 1);
  const double rank = count_ * std::pow(eta_ * unit - eta_ + 1, alpha_);
  return std::min(static_cast<std::uint32_t>(std::max(rank, 0.0)), count_ - 1);
}

double ZipfRanks::share_of(std::uint32_t ranks) const { return weights_of(std::min(ranks, count_)) / total_; }

// The sum over all ranks takes a few milliseconds for each million SKUs, so it is only built where it is drawn from.
Generator::Generator(const WorkloadShape& shape, std::uint64_t seed)
    : shape_(shape), random_(seed), scatter_(shape.skus), ranks_(shape.distribution == Distribution::zipf ? shape.skus : 1),
      popular_(popular_skus(shape)) {}

std::uint32_t Generator::draw() noexcept {
  std::uint32_t sku = draw_any();
  while (std::binary_search(popular_.begin(), popular_.end(), sku)) sku = draw_any();
  return sku;
}

std::uint32_t Generator::draw_any() noexcept {
  if (shape_.distribution == Distribution::zipf) return scatter_(ranks_.draw(random_));
  if (shape_.distribution == Distribution::retail) return scatter_(retail_rank(shape_.skus, random_));
  return random_.below(shape_.skus);
}

std::uint32_t Generator::line_count() noexcept {
  return shape_.has_fixed_lines() ? shape_.lines : std::min(retail_lines(random_), shape_.most_lines());
}

std::uint16_t Generator::order(std::span<AskedLine> lines, bool popular) noexcept {
  const auto warehouse = static_cast<std::uint16_t>(random_.below(shape_.warehouses));
  for (std::size_t index = 0; index < lines.size(); ++index) {
    const bool is_hot = shape_.distribution == Distribution::hot && index == 0;
    std::uint32_t sku = is_hot ? hot_sku(shape_.skus) : draw();
    const auto earlier = lines.first(index);
    while (std::any_of(earlier.begin(), earlier.end(), [&](const AskedLine& line) { return line.sku == sku; })) sku = draw();
    const std::uint32_t quantity = shape_.has_fixed_lines() ? 1 + random_.below(shape_.quantity_max)
                                                            : retail_quantity(static_cast<std::uint32_t>(lines.size()), random_);
    lines[index] = {sku, quantity};
  }
  if (popular) lines[0] = {popular_[random_.below(static_cast<std::uint32_t>(popular_.size()))], 1 + random_.below(shape_.quantity_max)};
  return warehouse;
}

void Generator::check(std::span<std::uint32_t> skus) noexcept {
  for (std::uint32_t& sku : skus) sku = draw();
  if (shape_.distribution == Distribution::hot) skus[0] = hot_sku(shape_.skus);
}

std::vector<std::uint32_t> popular_skus(const WorkloadShape& shape) {
  const Scatter scatter(shape.skus);
  std::vector<std::uint32_t> skus;
  for (std::uint32_t rank = 0; rank < shape.popular_skus; ++rank) skus.push_back(scatter(rank));
  std::sort(skus.begin(), skus.end());
  return skus;
}

std::vector<bool> skus_without_stock(const WorkloadShape& shape, double short_share) {
  std::vector<bool> without(shape.skus, false);
  double left = short_share;
  double uniform_share = 1;  // of the lines, those drawn by rank
  if (shape.distribution == Distribution::hot) {
    const double hot_share = 1.0 / shape.lines;
    if (left < hot_share / 2) return without;
    without[Generator::hot_sku(shape.skus)] = true;
    left -= hot_share;
    uniform_share -= hot_share;
  }
  const bool is_zipf = shape.distribution == Distribution::zipf;
  const double total = is_zipf ? weights_of(shape.skus) : shape.skus;
  const auto share_of = [&](std::uint32_t rank) {
    if (!shape.has_fixed_lines()) return retail_share_of(rank + 1, shape.skus) - retail_share_of(rank, shape.skus);
    return uniform_share * (is_zipf ? weight(rank) : 1.0) / total;
  };
  const Scatter scatter(shape.skus);
  for (std::uint32_t rank = 0; rank < shape.skus; ++rank) {
    const double share = share_of(rank);
    if (left < share / 2) break;
    without[scatter(rank)] = true;
    left -= share;
  }
  return without;
}

}  // namespace earmark::loadtest
