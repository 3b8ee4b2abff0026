// Brings a situation's popular SKUs to the stock that it begins with.
#pragma once

#include "loadtest/benchmark_catalogue.hpp"

namespace earmark::loadtest {

// Receives what is missing of --popular-stock, spread over the warehouses. Refused where the server has more of a popular SKU
// than that, or where orders wait for one: then the situation would be another one.
client::Outcome<void> prepare_popular_stock(client::Client& client, const BenchmarkCatalogue& catalogue, const Options& options);

// The rows of that receipt: for each popular SKU, by its index in the catalogue. The error is a sentence. Pure.
Result<std::vector<engine::StockRow>, std::string> missing_popular_stock(const StockSnapshot& now, const BenchmarkCatalogue& catalogue, const Options& options);

}  // namespace earmark::loadtest
