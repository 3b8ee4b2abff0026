// A run in words: a table for people, one JSON object for programs. Pure.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "loadtest/run.hpp"

namespace earmark::loadtest {

std::string table_of(const RunReport& report);
std::string json_of(const RunReport& report);  // one line, without '\n'

// For every form of a report.
inline constexpr std::array<std::pair<const char*, double>, 5> quantiles = {{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}, {"p99.99", 0.9999}}};
inline double microseconds(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1000; }
inline double share(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole); }
// Statuses, errors, cores, the run's seed and its verdict, a line each.
std::string closing_lines(const RunReport& report);
// "50 connections x 64 ...": what was done to the server, on one line.
std::string case_line(const RunReport& report);
std::string loop_name(const Options& options);
// "passed: 3 decisions, ..." and what was found, a line each.
std::string verdict_summary(const RunReport& report);

}  // namespace earmark::loadtest
