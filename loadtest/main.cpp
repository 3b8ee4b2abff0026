// earmark-load: load test with a verdict. See earmark-load --help.
#include <csignal>
#include <cstdio>
#include <fstream>
#include <string_view>

#include "loadtest/html_page.hpp"
#include "loadtest/judge_command.hpp"
#include "loadtest/report.hpp"
#include "loadtest/sweep.hpp"
#include "loadtest/verdict_runs.hpp"

namespace {

using namespace earmark;

// The first one ends the run early, with its report; a second one ends the program.
extern "C" void interrupt(int) { loadtest::interrupted.store(true); }
static_assert(std::atomic<bool>::is_always_lock_free);

void listen_to_signals() {
  struct sigaction action = {};
  action.sa_handler = interrupt;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int complain(const client::Failure& failure) {
  std::fprintf(stderr, "earmark-load: %s\n", failure.text.c_str());
  return failure.kind == client::FailureKind::unreachable ? loadtest::exit_unreachable
         : failure.kind == client::FailureKind::usage     ? loadtest::exit_usage
                                                          : loadtest::exit_failed;
}

int prove(const loadtest::Options& options) {
  const auto runs = loadtest::run_verdict(options);
  if (!runs) return complain(runs.error());
  std::puts((options.json ? loadtest::json_of(*runs) : loadtest::table_of(*runs)).c_str());
  return loadtest::exit_status(*runs);
}

int sweep(const loadtest::Options& options) {
  const auto swept = loadtest::run_sweep(options);
  if (!swept) return complain(swept.error());
  std::puts((options.json ? json_of(*swept) : table_of(*swept)).c_str());
  if (!options.html.empty()) {
    if (const auto written = loadtest::write_html(*swept); !written) return complain(written.error());
  }
  return exit_status(swept->whole);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "judge") return loadtest::run_judge(argc - 1, argv + 1);
  const loadtest::ParsedOptions parsed = loadtest::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  if (const std::string& page = parsed.options.html; !page.empty() && !std::ofstream(page, std::ios::app)) {
    return complain(client::usage("cannot write " + page + "; name another file with --html").error);
  }
  listen_to_signals();
  if (parsed.options.verdict_runs) return prove(parsed.options);
  if (parsed.options.sweep) return sweep(parsed.options);
  const auto report = loadtest::run(parsed.options);
  if (!report) return complain(report.error());
  std::puts((parsed.options.json ? json_of(*report) : table_of(*report)).c_str());
  if (!parsed.options.html.empty()) {
    if (const auto written = loadtest::write_html(*report); !written) return complain(written.error());
  }
  return exit_status(*report);
}
