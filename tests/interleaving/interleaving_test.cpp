// Every schedule of small programs on the real engine: commit word, write sets, desk, settler, inbox, exactly-once table,
// memory that is used again. EARMARK_INTERLEAVING_SECONDS: for all programs together (default 24; ./check full sets more).
// EARMARK_PROGRAM, EARMARK_SCHEDULE: one schedule again, as a failure printed it. EARMARK_PREEMPTIONS: another bound for all
// programs; "all": every schedule.
#include <catch2/catch.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "tests/interleaving/verdict.hpp"

using namespace earmark::interleaving;

namespace {

double seconds_from(const char* variable, double otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtod(text, nullptr);
}

int preemptions_of(const Program& program) {
  const char* text = std::getenv("EARMARK_PREEMPTIONS");
  if (text == nullptr) return program.preemptions.value_or(Effort::every_schedule);
  return std::string(text) == "all" ? Effort::every_schedule : std::atoi(text);
}

std::string line_for(const Program& program, const Effort& effort, const Report& report, std::size_t histories) {
  std::string extent = effort.preemptions == Effort::every_schedule ? "all" : "all to " + std::to_string(effort.preemptions) + " preemptions";
  if (!report.complete) extent = "not " + extent;
  char text[256];
  std::snprintf(text, sizeof text, "%9llu schedules %9llu states %6zu histories %5.1f s  %s", static_cast<unsigned long long>(report.schedules),
                static_cast<unsigned long long>(report.states), histories, report.seconds,
                extent.c_str());
  return "  " + std::string(text) + ": " + program.name;
}

}  // namespace

TEST_CASE("interleaving: every schedule of small programs is a legal history (E1-E3, E5, I1-I6)", "[interleaving]") {
  const std::vector<Program> all = programs();
  const double seconds = seconds_from("EARMARK_INTERLEAVING_SECONDS", 24);
  const char* only = std::getenv("EARMARK_PROGRAM");
  const char* schedule = std::getenv("EARMARK_SCHEDULE");
  std::uint64_t schedules = 0, states = 0;
  std::size_t complete = 0, run = 0;
  double left = seconds;
  for (std::size_t index = 0; index < all.size(); ++index) {
    const Program& program = all[index];
    if (only != nullptr && program.name.find(only) == std::string::npos) continue;
    ++run;
    ExploredProgram explored(program);
    Explorer explorer(explored);
    Effort effort;
    effort.preemptions = preemptions_of(program);
    // Large programs may take more than their share, small ones leave theirs.
    effort.most_seconds = only != nullptr ? seconds : std::max(left / static_cast<double>(all.size() - index), left * 0.15);
    const Report report = schedule != nullptr ? explorer.repeat(schedule) : explorer.explore(effort);
    std::cout << line_for(program, effort, report, explored.histories()) << std::endl;
    if (!report.violation.empty()) {
      FAIL(report.violation << "\nprogram: " << program.name << "\nschedule: " << report.schedule
                 << "\nagain: EARMARK_PROGRAM='" << program.name << "' EARMARK_SCHEDULE='" << report.schedule << "'");
    }
    left -= report.seconds;
    schedules += report.schedules;
    states += report.states;
    complete += report.complete ? 1U : 0U;
  }
  std::cout << "interleaving: " << run << " programs, " << complete << " of them whole, " << schedules << " schedules, " << states
            << " distinct states\n";
  REQUIRE(run > 0);
}
