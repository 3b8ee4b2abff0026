// What the pages of runs and of sweeps have in common. Pure, but for machine_text(), time_text() and write_page().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "loadtest/run.hpp"

namespace earmark::loadtest {

// "41,200"; 1.25 ms.
std::string whole(double number);
std::string latency_text(std::uint64_t nanoseconds);

// Cells are text; the first column is text, the others numbers if `numbers`.
std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows, bool numbers);
std::string html_tile(const std::string& value, std::string_view label);
std::string verdict_part(const RunReport& report);
std::string conditions(const RunReport& report, const std::string& machine);
// The whole page around its body.
std::string page_with(const RunReport& report, const std::string& when, const std::string& body, std::string_view latencies_from);

std::string machine_text();
std::string time_text();
client::Outcome<void> write_page(const std::string& path, const std::string& page);

}  // namespace earmark::loadtest
