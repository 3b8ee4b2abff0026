// Orders shaped like those of a real shop: how many lines, how many units a line asks for, how unevenly SKUs sell.
// The tables are a statistical summary made for this project (quantiles, no rows of the data) of the ordinary invoices in
// "Online Retail" (D. Chen, 2015, UCI Machine Learning Repository, doi 10.24432/C5BW33, CC BY 4.0): 20,538 orders, 528,886
// lines, 3,808 products of a UK gift shop with many wholesale customers. Half of its orders have 15 lines or more, 7 % more
// than 64, and those hold 39 % of all lines; short orders ask for many units of each SKU, long ones for few.
// Pure; any thread.
#pragma once

#include <cstdint>

#include "loadtest/random.hpp"

namespace earmark::loadtest {

inline constexpr std::uint32_t most_retail_lines = 1'106;
inline constexpr std::uint32_t most_retail_quantity = 12'540;

// Lines of one order, 1 .. most_retail_lines.
std::uint32_t retail_lines(Random& random) noexcept;
// Units of one line of an order of so many lines, 1 .. most_retail_quantity.
std::uint32_t retail_quantity(std::uint32_t order_lines, Random& random) noexcept;

// Popularity rank (0: most popular) of the SKU of one line, by the curve of how much of all lines the most popular part
// of the catalogue takes: 1 % takes 9 %, 10 % takes 44 %, half takes 92 %. Flatter at the head than Zipf's law.
std::uint32_t retail_rank(std::uint32_t skus, Random& random) noexcept;
// Share of all lines that ask for one of the `ranks` most popular of `skus`.
double retail_share_of(std::uint32_t ranks, std::uint32_t skus) noexcept;

}  // namespace earmark::loadtest
