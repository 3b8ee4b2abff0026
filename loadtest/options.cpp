#include "loadtest/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

#include "engine/limits.hpp"

namespace earmark::loadtest {
namespace {

constexpr const char* footer =
    "Examples:\n"
    "  earmark-load                                        50 connections x 64 orders under way, 5 s, with verdict\n"
    "  earmark-load --connections 1 --pipeline 1           the latency of one order at a time\n"
    "  earmark-load --distribution zipf --short-share 0.5  half of the lines find no stock\n"
    "  earmark-load --op check --seconds 3                 stock checks of 10 SKUs in all warehouses\n"
    "  earmark-load --json > run.json                      one JSON object for scripts\n"
    "\n"
    "Closed loop: every connection keeps --pipeline requests under way and sends a new one for every answer. With\n"
    "--waves it sends --pipeline requests, waits for all of their answers, and sends the next: that is how the load\n"
    "generators for Redis in this project's comparisons work.\n"
    "\n"
    "An empty server first gets the benchmark catalogue (SKU-000001 ..., W1 ...) with opening stock; a server that holds\n"
    "it already is used as it is, with the stock it has; a server with any other catalogue is refused.\n"
    "\n"
    "After the run a verdict on everything the clients saw: every request answered once, every LSN given once, never\n"
    "oversold, no line short of units, final stock as decided. --no-verdict saves the memory that it takes: 32 bytes for\n"
    "each line of each order. When half of the machine's free memory is full the run ends early, and says so.\n"
    "\n"
    "Exit status: 0 done, 1 the verdict failed or nothing was checked, 2 bad usage or a server with another catalogue,\n"
    "3 cannot reach the server, or lost it.";

constexpr std::uint32_t ample_stock = 1'000'000;  // more than a run can take of one cell
constexpr double short_share_of_zipf = 0.55;      // the share in the comparisons with other systems

int complain(const std::string& what) {
  std::fprintf(stderr, "earmark-load: %s\n", what.c_str());
  return exit_usage;
}

std::string random_prefix(std::uint64_t bits) {
  constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string text = "l";
  for (int place = 0; place < 6; ++place, bits /= letters.size()) text += letters[bits % letters.size()];
  return text;
}

std::uint64_t random_bits() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

// What can only be judged when all flags are known. An empty string: all is well.
std::string complete(Options& options, const std::string& server, bool stock_given, bool share_given) {
  auto address = client::Address::parse(server);
  if (!address) return address.error().text;
  options.server = *address;
  if (options.shape.lines > options.shape.skus) return "--lines asks for more distinct SKUs than --skus has; lower it";
  if (options.threads > options.connections) return "--threads is more than --connections; a thread without a connection has nothing to do";
  if (stock_given && share_given) return "--stock and --short-share exclude each other: the share is made by leaving SKUs without stock";
  if (options.id_prefix.size() > 40) return "--id-prefix may have 40 bytes; ids have 64 in all";
  if (std::any_of(options.id_prefix.begin(), options.id_prefix.end(), [](char c) { return c < '!' || c > '~'; })) {
    return "--id-prefix may have printable ASCII characters only";
  }
  if (options.seed == 0) options.seed = random_bits() >> 32 | 1;
  if (options.id_prefix.empty()) options.id_prefix = random_prefix(random_bits());
  if (!stock_given) {
    options.stock = ample_stock;
    if (!share_given && options.shape.distribution == Distribution::zipf) options.short_share = short_share_of_zipf;
    if (!share_given && options.shape.distribution == Distribution::hot) options.short_share = 1.0 / options.shape.lines;
  }
  return {};
}

}  // namespace

std::string_view name(Operation operation) noexcept {
  switch (operation) {
    case Operation::order: return "order";
    case Operation::check: return "check";
    case Operation::mixed: return "mixed";
  }
  return "unknown";
}

std::string_view program_name() noexcept { return "earmark-load " EARMARK_VERSION; }

ParsedOptions parse_options(int argc, const char* const* argv) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  WorkloadShape& shape = options.shape;
  CLI::App app{"earmark-load - load test with a verdict", "earmark-load"};
  app.footer(footer);
  app.set_version_flag("--version", std::string(program_name()));
  const char* environment = std::getenv("EARMARK_SERVER");
  std::string server = environment != nullptr ? environment : "127.0.0.1:7411";
  int server_pid = 0;
  const std::map<std::string, Distribution> distributions = {
      {"uniform", Distribution::uniform}, {"zipf", Distribution::zipf}, {"hot", Distribution::hot}};
  const std::map<std::string, Operation> operations = {
      {"order", Operation::order}, {"check", Operation::check}, {"mixed", Operation::mixed}};
  app.add_option("--server", server, "HOST:PORT of the server (environment: EARMARK_SERVER)")->capture_default_str();
  app.add_option("--connections", options.connections, "Connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  app.add_option("--pipeline", options.pipeline, "Requests under way on each connection")
      ->capture_default_str()
      ->check(CLI::Range(1, 4'096));
  app.add_flag("--waves", options.waves, "Send --pipeline requests, wait for all answers, repeat");
  app.add_option("--threads", options.threads, "Threads that drive the connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 36));
  app.add_option("--seconds", options.seconds, "Length of the measurement")
      ->capture_default_str()
      ->check(CLI::Range(0.1, 86'400.0));
  app.add_option("--warmup", options.warmup_seconds, "Seconds of load before it")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3'600.0));
  app.add_option("--op", options.operation, "order, check or mixed")
      ->transform(CLI::CheckedTransformer(operations).description(""))
      ->default_str("order");
  app.add_option("--check-share", options.check_share, "Share of stock checks with --op mixed")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--check-skus", options.check_skus, "SKUs that a stock check names")
      ->capture_default_str()
      ->check(CLI::Range(1, 50));
  app.add_option("--distribution", shape.distribution, "Which SKUs: uniform, zipf or hot")
      ->transform(CLI::CheckedTransformer(distributions).description(""))
      ->default_str("uniform");
  app.add_option("--skus", shape.skus, "SKUs of the catalogue")
      ->capture_default_str()
      ->check(CLI::Range(1, 50'000'000));
  app.add_option("--warehouses", shape.warehouses, "Warehouses of the catalogue")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  app.add_option("--lines", shape.lines, "Lines of an order, each another SKU")
      ->capture_default_str()
      ->check(CLI::Range(1, static_cast<int>(engine::fast_path_cells)));
  app.add_option("--quantity-max", shape.quantity_max, "A line asks for 1 to this many units")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  auto* stock = app.add_option("--stock", options.stock, "Opening stock of every cell (default: 1,000,000, but see --short-share)")
                    ->check(CLI::Range(0, static_cast<int>(engine::max_quantity)));
  auto* share = app.add_option("--short-share", options.short_share,
                               "Share of lines that find no stock, by leaving popular SKUs without (default: 0 for uniform,\n"
                               "0.55 for zipf, one line of each order for hot)")
                    ->check(CLI::Range(0.0, 1.0));
  app.add_option("--seed", options.seed, "Seed of the generator (default: chosen and printed)");
  app.add_option("--id-prefix", options.id_prefix, "Beginning of every order id (default: chosen and printed)");
  app.add_flag("--verdict,!--no-verdict", options.verdict, "Judge what the clients saw (default)");
  app.add_option("--server-pid", server_pid, "Process whose CPU time is the server's (default: the local listener)")
      ->check(CLI::PositiveNumber);
  app.add_flag("--json", options.json, "One JSON object instead of a table");
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    parsed.exit_status = app.exit(request);
    return parsed;
  } catch (const CLI::ParseError& error) {
    parsed.exit_status = complain(std::string(error.what()) + "; see earmark-load --help");
    return parsed;
  }
  if (server_pid != 0) options.server_pid = server_pid;
  const std::string fault = complete(options, server, stock->count() != 0, share->count() != 0);
  if (!fault.empty()) parsed.exit_status = complain(fault);
  return parsed;
}

}  // namespace earmark::loadtest
