// earmark-load --verdict: one mixed load, half of its lines short, against servers of its own with 1, 2 and 4 I/O threads.
// Each run has its verdict; besides, what makes them hard must really have happened: shortages and fills in each, commits
// that were lost and commits that another thread helped to finish over the runs with 2 and 4. Otherwise: `vacuous`.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "loadtest/run.hpp"

namespace earmark::loadtest {

struct VerdictRun {
  std::uint32_t io_threads = 0;
  // The server's own counters.
  std::uint64_t shorts = 0, fills = 0, helps = 0, lost_commits = 0;
  std::string_view word;    // of the verdict on what the clients saw
  bool clean_stop = false;  // the server ended with 0
  RunReport report;
};

// "passed", "failed" or "vacuous".
std::string_view word_of(std::span<const VerdictRun> runs) noexcept;
// When the runs with 2 and 4 saw no help or no lost commit, the one with 4 is repeated: they need luck on few cores.
client::Outcome<std::vector<VerdictRun>> run_verdict(const Options& options);

std::string table_of(std::span<const VerdictRun> runs);
std::string json_of(std::span<const VerdictRun> runs);
int exit_status(std::span<const VerdictRun> runs) noexcept;

}  // namespace earmark::loadtest
