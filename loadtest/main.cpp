// earmark-load: load test with a verdict. See earmark-load --help.
#include <cstdio>

#include "loadtest/report.hpp"

int main(int argc, char** argv) {
  using namespace earmark;
  const loadtest::ParsedOptions parsed = loadtest::parse_options(argc, argv);
  if (parsed.exit_status) return *parsed.exit_status;
  const auto report = loadtest::run(parsed.options);
  if (!report) {
    std::fprintf(stderr, "earmark-load: %s\n", report.error().text.c_str());
    return report.error().kind == client::FailureKind::unreachable ? loadtest::exit_unreachable
           : report.error().kind == client::FailureKind::usage     ? loadtest::exit_usage
                                                                   : loadtest::exit_failed;
  }
  std::puts((parsed.options.json ? json_of(*report) : table_of(*report)).c_str());
  return exit_status(*report);
}
