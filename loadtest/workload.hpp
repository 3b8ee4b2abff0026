// What the load consists of. The unit of work is an order of a few distinct SKUs with one preferred warehouse; which SKUs
// is drawn from one of four distributions. The other systems that Earmark is compared with run the same semantics.
//   uniform  every SKU alike
//   zipf     rank k with weight 1 / (k + 1)^0.99; ranks are scattered over the catalogue, so that popular SKUs are no
//            neighbours in memory
//   hot      the first line is always one SKU (a flash sale), the others are uniform
//   retail   lines, quantities and popularity like those of a real shop (loadtest/retail_shape.hpp)
// Pure and deterministic: the same seed gives the same orders. Not thread-safe: one generator for each thread.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "loadtest/random.hpp"

namespace earmark::loadtest {

enum class Distribution : std::uint8_t { uniform,
                                         zipf,
                                         hot,
                                         retail };
std::string_view name(Distribution distribution) noexcept;

struct WorkloadShape {
  Distribution distribution = Distribution::uniform;
  std::uint32_t skus = 100'000;
  std::uint16_t warehouses = 4;
  std::uint32_t lines = 3;         // distinct SKUs of an order, at most `skus`; not of retail
  std::uint32_t popular_skus = 0;  // of the most popular ranks: only orders of popular SKUs ask for them; a situation's
  std::uint32_t quantity_max = 5;  // each line asks for 1 .. quantity_max; not of retail

  std::uint32_t replayed_lines = 0;  // of the longest order of a replay; 0: orders are drawn

  bool has_fixed_lines() const noexcept { return distribution != Distribution::retail && replayed_lines == 0; }
  // Of one order. With retail no more than half of the SKUs, so that distinct ones are soon found.
  std::uint32_t most_lines() const noexcept;
};

// Popularity rank (0: most popular) to SKU index, one to one.
class Scatter {
 public:
  explicit Scatter(std::uint32_t skus) noexcept;
  std::uint32_t operator()(std::uint32_t rank) const noexcept {
    return static_cast<std::uint32_t>((rank * factor_ + offset_) % skus_);
  }

 private:
  std::uint64_t factor_, offset_ = 12'345, skus_;
};

// Rank k of n with probability proportional to 1 / (k + 1)^0.99, in constant time (Gray et al., "Quickly generating
// billion-record synthetic databases", 1994). Ranks 0 and 1 are exact; the share of the first n is right within 6 %.
class ZipfRanks {
 public:
  explicit ZipfRanks(std::uint32_t count);
  std::uint32_t draw(Random& random) const noexcept;
  // Share of all draws that go to the `ranks` most popular.
  double share_of(std::uint32_t ranks) const;

 private:
  std::uint32_t count_;
  double total_ = 0, alpha_ = 0, eta_ = 0, second_ = 0;
};

struct AskedLine {
  std::uint32_t sku = 0;  // index in the benchmark catalogue, 0-based
  std::uint32_t quantity = 0;
};

class Generator {
 public:
  Generator(const WorkloadShape& shape, std::uint64_t seed);

  // Lines of the next order: what the shape says, with retail drawn.
  std::uint32_t line_count() noexcept;
  // Fills `lines` (as many as line_count said) and returns the preferred warehouse, 0-based. `popular`: the first line is
  // for one of the shape's popular SKUs, which no other line ever asks for.
  std::uint16_t order(std::span<AskedLine> lines, bool popular = false) noexcept;
  // Distinct SKUs are not asked of a stock check.
  void check(std::span<std::uint32_t> skus) noexcept;
  // One SKU as an order's line would name it.
  std::uint32_t sku() noexcept { return draw(); }
  Random& random() noexcept { return random_; }

  static std::uint32_t hot_sku(std::uint32_t skus) noexcept { return 777 % skus; }

 private:
  std::uint32_t draw() noexcept;
  std::uint32_t draw_any() noexcept;

  WorkloadShape shape_;
  Random random_;
  Scatter scatter_;
  ZipfRanks ranks_;
  std::vector<std::uint32_t> popular_;  // sorted
};

// The popular SKUs of a shape by index, in rising order.
std::vector<std::uint32_t> popular_skus(const WorkloadShape& shape);

// The SKUs without opening stock, by index, such that about `short_share` of all lines ask for one of them: those that
// would sell out first, the most popular. All others have more than any run can take.
std::vector<bool> skus_without_stock(const WorkloadShape& shape, double short_share);

}  // namespace earmark::loadtest
