#include "loadtest/retail_shape.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace earmark::loadtest {
namespace {

struct Point {
  double share = 0;  // of all orders, or lines
  double value = 0;  // not exceeded by them
};

constexpr std::array lines_of_orders = {
    Point{0, 1}, Point{0.1, 1}, Point{0.15, 3}, Point{0.2, 4}, Point{0.25, 6}, Point{0.3, 7}, Point{0.35, 9},
    Point{0.4, 11}, Point{0.45, 13}, Point{0.5, 15}, Point{0.55, 17}, Point{0.6, 19}, Point{0.65, 21}, Point{0.7, 24},
    Point{0.75, 28}, Point{0.8, 33}, Point{0.85, 40}, Point{0.9, 51}, Point{0.925, 60}, Point{0.95, 74}, Point{0.96, 84},
    Point{0.97, 101}, Point{0.98, 145}, Point{0.985, 176}, Point{0.99, 215}, Point{0.9925, 252}, Point{0.995, 334},
    Point{0.9975, 486}, Point{0.999, 589}, Point{0.9995, 646}, Point{0.9999, 730}, Point{1, most_retail_lines}};

// Units of a line at these shares, by the number of lines of its order.
constexpr std::array quantity_shares = {0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999};
struct QuantityClass {
  std::uint32_t most_lines = 0;
  std::array<double, quantity_shares.size()> values{};
};
constexpr std::array quantities = {
    QuantityClass{1, {1, 1, 2, 4, 8, 12, 24, 44, 96, 200, 432, 1'728, most_retail_quantity}},
    QuantityClass{5, {1, 2, 4, 6, 10, 12, 18, 24, 48, 100, 160, 600, 1'930}},
    QuantityClass{20, {1, 2, 3, 4, 6, 10, 12, 12, 20, 25, 48, 151, 600}},
    QuantityClass{64, {1, 1, 1, 2, 3, 4, 6, 10, 12, 24, 25, 96, 288}},
    QuantityClass{~0U, {1, 1, 1, 1, 1, 2, 2, 3, 5, 10, 16, 53, 232}}};

// Of all lines (value), those that ask for this share of the SKUs, the most popular first.
constexpr std::array popularity = {
    Point{0, 0}, Point{0.001, 0.0148}, Point{0.0025, 0.0305}, Point{0.005, 0.0528}, Point{0.01, 0.092}, Point{0.02, 0.1555},
    Point{0.03, 0.2064}, Point{0.05, 0.2884}, Point{0.075, 0.3708}, Point{0.1, 0.4399}, Point{0.15, 0.5508}, Point{0.2, 0.6369},
    Point{0.3, 0.7647}, Point{0.4, 0.8535}, Point{0.5, 0.9152}, Point{0.6, 0.9552}, Point{0.8, 0.9927}, Point{1, 1}};

double between(double from, double to, double part) noexcept { return from + (to - from) * part; }

// Evenly in proportion: where the tables' steps are wide, their values grow like powers.
double between_powers(double from, double to, double part) noexcept { return from * std::pow(to / from, part); }

// Rounded to the nearest, so that a flat piece of the curve gives its own value.
std::uint32_t whole(double value) noexcept { return std::max(1U, static_cast<std::uint32_t>(value + 0.5)); }

}  // namespace

std::uint32_t retail_lines(Random& random) noexcept {
  const double unit = random.unit();
  const auto* upper = std::upper_bound(lines_of_orders.begin() + 1, lines_of_orders.end() - 1, unit,
                                       [](double share, const Point& point) { return share < point.share; });
  const Point& lower = *(upper - 1);
  return whole(between(lower.value, upper->value, (unit - lower.share) / (upper->share - lower.share)));
}

std::uint32_t retail_quantity(std::uint32_t order_lines, Random& random) noexcept {
  const auto* kind = std::find_if(quantities.begin(), quantities.end() - 1, [&](const QuantityClass& other) { return order_lines <= other.most_lines; });
  const double unit = random.unit();
  const auto upper = static_cast<std::size_t>(
      std::upper_bound(quantity_shares.begin() + 1, quantity_shares.end(), unit) - quantity_shares.begin());
  if (upper == quantity_shares.size()) return whole(kind->values.back());
  const double part = (unit - quantity_shares[upper - 1]) / (quantity_shares[upper] - quantity_shares[upper - 1]);
  return whole(between_powers(kind->values[upper - 1], kind->values[upper], part));
}

std::uint32_t retail_rank(std::uint32_t skus, Random& random) noexcept {
  const double unit = random.unit();
  const auto* upper = std::upper_bound(popularity.begin() + 1, popularity.end() - 1, unit,
                                       [](double value, const Point& point) { return value < point.value; });
  const Point& lower = *(upper - 1);
  const double part = between(lower.share, upper->share, (unit - lower.value) / (upper->value - lower.value));
  return std::min(static_cast<std::uint32_t>(part * skus), skus - 1);
}

double retail_share_of(std::uint32_t ranks, std::uint32_t skus) noexcept {
  const double part = static_cast<double>(std::min(ranks, skus)) / skus;
  const auto* upper = std::lower_bound(popularity.begin() + 1, popularity.end() - 1, part,
                                       [](const Point& point, double share) { return point.share < share; });
  const Point& lower = *(upper - 1);
  return between(lower.value, upper->value, (part - lower.share) / (upper->share - lower.share));
}

}  // namespace earmark::loadtest
