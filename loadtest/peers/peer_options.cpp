#include "loadtest/peers/peer_options.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>

namespace earmark::loadtest::peers {

ParsedPeerOptions parse_peer_options(int argc, const char* const* argv, const std::string& program, const std::string& footer,
                                     const std::string& pipeline_meaning) {
  ParsedPeerOptions parsed;
  PeerOptions& options = parsed.options;
  options.shape.lines = order_lines;
  options.shape.warehouses = warehouse_count;
  CLI::App app{program + " - the load of the comparison, for one of Earmark's peers", program};
  app.footer(footer);
  const std::map<std::string, Distribution> distributions = {
      {"uniform", Distribution::uniform}, {"zipf", Distribution::zipf}, {"hot", Distribution::hot}};
  std::string operation = "order";
  app.add_option("--port", options.port, "Port of the server on 127.0.0.1")->required()->check(CLI::Range(1, 65'535));
  app.add_option("--server-pid", options.server_pid, "Process whose CPU time is the server's")->required()->check(CLI::PositiveNumber);
  app.add_option("--script", options.script, "The peer's own code")->required()->check(CLI::ExistingFile);
  app.add_option("--connections", options.connections, "Connections")->capture_default_str()->check(CLI::Range(1, 1'000));
  app.add_option("--pipeline", options.pipeline, pipeline_meaning)->capture_default_str()->check(CLI::Range(1, 4'096));
  app.add_option("--seconds", options.seconds, "Length of the measurement")->capture_default_str()->check(CLI::Range(0.1, 3'600.0));
  app.add_option("--warmup", options.warmup_seconds, "Seconds of load before it")->capture_default_str()->check(CLI::Range(0.0, 600.0));
  app.add_option("--op", operation, "order or check")->capture_default_str()->check(CLI::IsMember({"order", "check"}));
  app.add_option("--check-skus", options.check_skus, "SKUs that a stock check names")->capture_default_str()->check(CLI::Range(1, 50));
  app.add_option("--distribution", options.shape.distribution, "Which SKUs: uniform, zipf or hot")
      ->transform(CLI::CheckedTransformer(distributions).description(""))
      ->default_str("uniform");
  app.add_option("--skus", options.shape.skus, "SKUs of the catalogue")->capture_default_str()->check(CLI::Range(3, 5'000'000));
  app.add_option("--short-share", options.short_share, "Share of lines that find no stock")->capture_default_str()->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", options.seed, "Seed of the generator")->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    parsed.exit_status = app.exit(request);
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s: %s; see %s --help\n", program.c_str(), error.what(), program.c_str());
    parsed.exit_status = 2;
  }
  options.checks = operation == "check";
  return parsed;
}

}  // namespace earmark::loadtest::peers
