#include "loadtest/options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
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
    "  earmark-load --mix orders=80,checks=15,cancels=2,receipts=3 --restock --distribution retail\n"
    "                                                      orders as of a real shop, and what goes with them\n"
    "  earmark-load --mix orders=50,holds=50               half of the customers hold first: most holds become orders\n"
    "  earmark-load --rate 20000 --html run.html           20,000 requests/s whatever the server does; a page with charts\n"
    "  earmark-load --rate-steps 10000,20000,40000         latency at three rates, one after the other\n"
    "  earmark-load --sweep --arrivals poisson --html sweep.html\n"
    "                                                      the highest rate that the server follows, found by itself\n"
    "  earmark-load --situation flash-sale                 one SKU, a burst of ten times the rate, stock gone in its middle\n"
    "  earmark-load --situation restock-storm --rate 5000  large receipts for what many wait for, while others order\n"
    "  earmark-load --replay orders.csv --compress 3600    a shop's own orders at their own times, an hour in a second\n"
    "  earmark-load --orders 100000 --json > run.json      a fixed number of orders, one JSON object for scripts\n"
    "  earmark-load --verdict                              the proof: own servers with 1, 2 and 4 I/O threads\n"
    "  earmark-journal dump --full DIR | earmark-load judge -\n"
    "                                                      the judgement of all that a server has ever decided;\n"
    "                                                      see earmark-load judge --help\n"
    "\n"
    "Closed loop (default): every connection keeps --pipeline requests under way and sends a new one for every answer. It\n"
    "finds the highest rate, but a slow server is asked less, so its latencies look better than users would find them.\n"
    "With --waves it sends --pipeline requests, waits for all of their answers, and sends the next: that is how the load\n"
    "generators for Redis in this project's comparisons work.\n"
    "\n"
    "Open loop (--rate, --rate-steps): a schedule says when each request is meant to be sent, whatever the server does.\n"
    "Latency counts from that time. Where all --pipeline slots of all connections (or the server's credit, or the sockets)\n"
    "are full, requests wait in the client, and their waiting counts; what was never sent counts with its waiting until\n"
    "the end. Offered, sent, answered and what was left at the end are reported.\n"
    "\n"
    "Sweep (--sweep): a short closed loop gives a first estimate; then open loops at a tenth of it and upwards, and closer\n"
    "around the knee: the highest rate at which 99.9 % of the requests are answered, no backlog grows and p99 stays within\n"
    "--p99-limit. --seconds (20) is shared out among at most 16 steps; each begins when all before it is answered.\n"
    "\n"
    "Situations are open loops in three acts of equal length, with orders of other SKUs at --rate (2000) in all of them, and a\n"
    "table by act. flash-sale: before, sale (--surge 10 times the rate, the rest for --popular-skus 1, whose --popular-stock is\n"
    "half of what they are asked for), after. restock-storm: filling (--surge 6: orders of --popular-skus 20 without stock\n"
    "wait), calm, storm (--receipt-bursts 5 times --burst-receipts 4 receipts at once bring what they wait for). Each of these\n"
    "flags may be given, and those of every open loop; what was used is printed.\n"
    "\n"
    "Replay (--replay FILE, also .gz): an open loop of a file's orders, at its times divided by --compress (default: so that it\n"
    "lasts --seconds). Columns: order id (order_id, order, id, InvoiceNo), time (time, InvoiceDate), SKU (sku, StockCode), quantity\n"
    "(quantity, qty, Quantity); where there is a column type its orders are taken. --stock 50 lets what is popular run out.\n"
    "\n"
    "Retail orders follow quantile tables of Online Retail (D. Chen, 2015, UCI Machine Learning Repository): half have 15\n"
    "lines or more, 7 % more than 64; --lines and --quantity-max do not apply to them.\n"
    "\n"
    "An empty server first gets the benchmark catalogue (SKU-000001 ..., W1 ...) with opening stock; a server that holds\n"
    "it already is used as it is, with the stock it has; a server with any other catalogue is refused.\n"
    "\n"
    "After each run a verdict on everything the clients saw: every request answered, exactly once, never oversold, units\n"
    "conserved, waiters in order, final stock as decided. --no-verdict saves the memory that it takes: 32 bytes for each\n"
    "line, fill and row, and as much again while it is judged. When half of the machine's free memory is full the run\n"
    "ends early, and says so. --verdict alone is another thing: it starts servers of its own (earmarkd from its own\n"
    "folder, temporary data, a free port) and demands that shortages, fills, helps and lost commits really happened.\n"
    "\n"
    "Ctrl-C ends a run early, with its report. Exit status: 0 done, 1 the verdict failed or nothing was checked, 2 bad\n"
    "usage or a server with another catalogue, 3 cannot reach the server, or lost it.";

constexpr std::uint32_t ample_stock = 1'000'000;  // more than a run can take of one cell
constexpr double most_seconds = 86'400;
constexpr double sweep_seconds = 20, least_sweep_seconds = 2;
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

// Which flags were given: some defaults depend on others.
struct Given {
  bool stock = false, short_share = false, warmup = false, seconds = false, server = false;
  bool operation = false, check_share = false, connections = false, pipeline = false, skus = false, distribution = false;
  std::optional<std::string> mix, policies, priorities;
  std::optional<double> rate;
  bool p99_limit = false, arrivals = false;
  std::optional<std::string> replay;
  std::optional<double> compress;
  std::optional<double> surge;
  std::optional<std::uint32_t> popular_skus, popular_stock, receipt_bursts, burst_receipts;
};

// The proof's own case, where nothing else is asked for: half of the lines short, everything mixed, commands sent twice.
void complete_verdict_runs(Options& options, Given& given) {
  if (!given.connections) options.connections = 16;
  if (!given.pipeline) options.pipeline = 16;
  if (!given.skus) options.shape.skus = 1'000;
  if (!given.distribution) options.shape.distribution = Distribution::zipf;
  if (!given.short_share) options.short_share = 0.5;
  given.short_share = true;
  if (!given.seconds) options.seconds = 2;
  if (!given.warmup) options.warmup_seconds = 0.2;
  if (!given.mix) given.mix = "orders=74,checks=8,cancels=4,receipts=5,ships=3,shows=2,holds=4";
  if (!given.policies) given.policies = "ship_partial=90,fill_or_kill=5,fill_and_cancel=5";
  if (!given.priorities) given.priorities = "100=90,200=10";
  if (options.repeat_share == 0) options.repeat_share = 0.02;
  options.restock = true;
}

// An empty string: all is well.
std::string complete_mix(Options& options, const Given& given) {
  if (given.mix) {
    if (given.operation || given.check_share) return "--mix says what --op and --check-share would; leave those out";
    const auto mix = parse_mix(*given.mix);
    if (!mix) return "--mix: " + mix.error() + "; for example --mix orders=80,checks=15,cancels=2,receipts=3";
    options.mix = *mix;
    options.operation = Operation::mix;
  } else if (options.operation == Operation::check) {
    options.mix = Mix(RequestKind::check);
  } else if (options.operation == Operation::mixed) {
    options.mix = Mix({{RequestKind::check, options.check_share}, {RequestKind::order, 1 - options.check_share}});
  }
  const bool has_orders = options.mix.share_of(RequestKind::order) > 0;
  const double others = options.mix.share_of(RequestKind::cancel) + options.mix.share_of(RequestKind::ship) + options.mix.share_of(RequestKind::show);
  if (others > 0 && !has_orders) return "cancels, ships and shows name orders of this run; give --mix a share of orders";
  if (options.orders != 0 && !has_orders) return "--orders ends the run after so many orders; give --mix a share of orders";
  if (options.situation != Situation::none && !has_orders) return "--situation compares orders; give --mix a share of orders";
  if (options.restock && (!has_orders || options.mix.share_of(RequestKind::receipt) == 0)) {
    return "--restock lets receipts bring back what orders took; give --mix a share of both";
  }
  if (given.policies) {
    const auto policies = parse_policies(*given.policies);
    if (!policies) return "--policies: " + policies.error() + "; for example --policies ship_partial=90,fill_or_kill=10";
    options.policies = *policies;
  }
  if (!given.priorities) return {};
  const auto priorities = parse_priorities(*given.priorities);
  if (!priorities) return "--priorities: " + priorities.error() + "; for example --priorities 100=80,200=20";
  options.priorities = *priorities;
  return {};
}

std::string complete_sweep(Options& options, const Given& given) {
  if (given.p99_limit && !options.sweep) return "--p99-limit says which rates a --sweep counts as followed; give it --sweep";
  if (!options.sweep) return {};
  if (given.rate || !options.rates.empty()) return "--sweep finds the rates by itself; leave --rate and --rate-steps out";
  if (options.orders != 0) return "--sweep shares --seconds out among its steps; leave --orders out";
  if (!given.seconds) options.seconds = sweep_seconds;
  if (options.seconds < least_sweep_seconds) return fmt::format("--sweep needs at least {:g} --seconds for its steps", least_sweep_seconds);
  return {};
}

std::string complete_situation(Options& options, Given& given) {
  const bool shaped = given.surge || given.popular_skus || given.popular_stock || given.receipt_bursts || given.burst_receipts;
  if (options.situation == Situation::none) return shaped ? "--surge, --popular-skus and the like shape a --situation; name one" : "";
  const bool is_storm = options.situation == Situation::restock_storm;
  if (options.sweep || !options.rates.empty()) return "--situation has rates of its own, in three acts; leave --sweep and --rate-steps out, --rate says the base";
  if (options.orders != 0) return "--situation shares --seconds out among its acts; leave --orders out";
  if (!is_storm && (given.receipt_bursts || given.burst_receipts)) return "--receipt-bursts and --burst-receipts are the restock-storm's";
  if (options.shape.distribution == Distribution::hot) return "--distribution hot has a popular SKU of its own; take another with --situation";
  SituationShape& shape = options.situation_shape;
  shape = default_shape(options.situation);
  shape.surge = given.surge.value_or(shape.surge);
  shape.popular_skus = given.popular_skus.value_or(shape.popular_skus);
  shape.receipt_bursts = given.receipt_bursts.value_or(shape.receipt_bursts);
  shape.burst_receipts = given.burst_receipts.value_or(shape.burst_receipts);
  if (shape.popular_skus > options.shape.skus / 2) return "--popular-skus may be half of --skus at most";
  options.shape.popular_skus = shape.popular_skus;
  if (!given.seconds) options.seconds = situation_seconds;
  if (!given.arrivals) options.arrivals = Arrivals::poisson;
  if (!is_storm && !given.policies) given.policies = "fill_and_cancel=1";  // what is sold out does not wait
  options.situation_base_rate = given.rate.value_or(situation_rate);
  given.rate.reset();
  shape.popular_stock = given.popular_stock.value_or(is_storm ? 0 : stock_for_half(shape, options.situation_base_rate, options.seconds / 3, options.shape.quantity_max));
  for (const Act& act : options.acts()) options.rates.push_back(act.rate());
  return {};
}

std::string complete_replay(Options& options, Given& given) {
  if (!given.replay) return given.compress ? "--compress is of a --replay; name its file" : "";
  if (options.sweep || options.situation != Situation::none || given.rate || !options.rates.empty()) {
    return "--replay has the times of its file; leave --rate, --rate-steps, --sweep and --situation out";
  }
  if (options.waves || given.arrivals || given.warmup) return "--replay is an open loop at the times of its file; leave --waves, --arrivals and --warmup out";
  if (options.orders != 0 || given.mix || given.operation) return "--replay has orders of its own, and nothing else; leave --orders, --mix and --op out";
  if (given.distribution || given.short_share) return "--replay asks for the SKUs of its file; leave --distribution and --short-share out, --stock makes them run out";
  auto planned = plan_replay(*given.replay, given.compress.value_or(0), given.seconds ? options.seconds : 0);
  if (!planned) return planned.error().text;
  options.replay = std::move(planned->replay);
  options.seconds = planned->seconds;
  options.warmup_seconds = 0;
  const std::uint32_t skus = options.replay.orders->skus();
  if (given.skus && options.shape.skus < skus) return fmt::format("--replay: the file has {} SKUs, more than --skus; raise it or leave it out", skus);
  if (!given.skus) options.shape.skus = skus;
  options.shape.replayed_lines = options.replay.orders->most_lines();
  return {};
}

std::string complete_rates(Options& options, const Given& given) {
  if (std::string fault = complete_sweep(options, given); !fault.empty()) return fault;
  if (given.rate && !options.rates.empty()) return "--rate and --rate-steps exclude each other";
  if (given.rate) options.rates = {*given.rate};
  if (options.is_open_loop() && options.waves) return "--waves is a closed loop, --rate and --sweep are open ones; choose";
  if (!options.is_open_loop() && options.arrivals == Arrivals::poisson) return "--arrivals needs --rate, --rate-steps or --sweep";
  if (options.rates.size() > 1 && options.orders != 0) return "--rate-steps shares --seconds out among the rates; leave --orders out";
  return {};
}

// What can only be judged when all flags are known. An empty string: all is well.
std::string complete(Options& options, const std::string& server, Given& given) {
  if (options.verdict_runs) {
    if (given.server) return "--verdict starts servers of its own; leave --server out, or --verdict: every run has a verdict";
    if (!options.verdict || !options.html.empty()) return "--verdict goes with neither --no-verdict nor --html";
    if (options.sweep || given.replay || options.situation != Situation::none) {
      return "--verdict has a load of its own; leave --sweep, --situation and --replay out: those have a verdict, too";
    }
    complete_verdict_runs(options, given);
  }
  auto address = client::Address::parse(server);
  if (!address) return address.error().text;
  options.server = *address;
  if (std::string fault = complete_replay(options, given); !fault.empty()) return fault;
  if (std::string fault = complete_situation(options, given); !fault.empty()) return fault;
  if (std::string fault = complete_mix(options, given); !fault.empty()) return fault;
  if (std::string fault = complete_rates(options, given); !fault.empty()) return fault;
  if (options.shape.has_fixed_lines() && options.shape.lines + options.shape.popular_skus > options.shape.skus) {
    return "--lines asks for more distinct SKUs than --skus has; lower it";
  }
  if (options.threads > options.connections) return "--threads is more than --connections; a thread without a connection has nothing to do";
  if (given.stock && given.short_share && !options.verdict_runs) {
    return "--stock and --short-share exclude each other: the share is made by leaving SKUs without stock";
  }
  if (options.id_prefix.size() > 40) return "--id-prefix may have 40 bytes; ids have 64 in all";
  if (std::any_of(options.id_prefix.begin(), options.id_prefix.end(), [](char c) { return c < '!' || c > '~'; })) {
    return "--id-prefix may have printable ASCII characters only";
  }
  if (options.orders != 0 && !given.warmup) options.warmup_seconds = 0;
  if (options.orders != 0 && !given.seconds) options.seconds = most_seconds;
  if (options.seed == 0) options.seed = random_bits() >> 32 | 1;
  if (options.id_prefix.empty()) options.id_prefix = random_prefix(random_bits());
  if (!given.stock) {
    options.stock = ample_stock;
    if (!given.short_share && options.shape.distribution == Distribution::zipf) options.short_share = short_share_of_zipf;
    if (!given.short_share && options.shape.distribution == Distribution::hot) options.short_share = 1.0 / options.shape.lines;
  }
  return {};
}

}  // namespace

std::string_view name(Operation operation) noexcept {
  switch (operation) {
    case Operation::order: return "order";
    case Operation::check: return "check";
    case Operation::mixed: return "mixed";
    case Operation::mix: return "mix";
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
  Given given;
  bool no_verdict = false;
  const std::map<std::string, Distribution> distributions = {
      {"uniform", Distribution::uniform}, {"zipf", Distribution::zipf}, {"hot", Distribution::hot}, {"retail", Distribution::retail}};
  const std::map<std::string, Arrivals> arrivals = {{"constant", Arrivals::constant}, {"poisson", Arrivals::poisson}};
  const std::map<std::string, Situation> situations = {{"flash-sale", Situation::flash_sale}, {"restock-storm", Situation::restock_storm}};
  const std::map<std::string, Operation> operations = {
      {"order", Operation::order}, {"check", Operation::check}, {"mixed", Operation::mixed}};
  auto* server_option = app.add_option("--server", server, "HOST:PORT of the server (environment: EARMARK_SERVER)")->capture_default_str();
  auto* connections = app.add_option("--connections", options.connections, "Connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  auto* pipeline = app.add_option("--pipeline", options.pipeline, "Requests under way on each connection, at most in an open loop")
      ->capture_default_str()
      ->check(CLI::Range(1, 4'096));
  app.add_flag("--waves", options.waves, "Send --pipeline requests, wait for all answers, repeat");
  app.add_option("--threads", options.threads, "Threads that drive the connections")
      ->capture_default_str()
      ->check(CLI::Range(1, 36));
  auto* seconds = app.add_option("--seconds", options.seconds, "Length of the measurement; with --orders its limit")
      ->capture_default_str()
      ->check(CLI::Range(0.1, most_seconds));
  auto* warmup = app.add_option("--warmup", options.warmup_seconds, "Seconds of load before it (with --orders: 0)")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3'600.0));
  app.add_option("--orders", options.orders, "End after so many orders")->check(CLI::Range(std::uint64_t{1}, std::uint64_t{9'000'000'000}));
  app.add_option("--rate", given.rate, "Open loop: requests a second, all connections together")->check(CLI::Range(0.1, 1e7));
  app.add_option("--rate-steps", options.rates, "Open loop: rates one after the other, each for its share of --seconds")
      ->delimiter(',')
      ->expected(1, 100)
      ->check(CLI::Range(0.1, 1e7));
  app.add_flag("--sweep", options.sweep, "Open loop: finds the highest rate that the server follows");
  auto* p99_limit = app.add_option("--p99-limit", options.p99_limit_ms, "Milliseconds: with --sweep a rate counts as followed if 99 % take no longer")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 60'000.0));
  app.add_option("--replay", given.replay, "Open loop: the orders of this CSV file at its times");
  app.add_option("--compress", given.compress, "With --replay: times as fast as it was")->check(CLI::Range(0.001, 1e9));
  app.add_option("--situation", options.situation, "flash-sale or restock-storm: an open loop in three acts")
      ->transform(CLI::CheckedTransformer(situations).description(""))
      ->default_str("none");
  app.add_option("--surge", given.surge, "Of a situation: all orders of its busiest act, in times of --rate")->check(CLI::Range(1.01, 1'000.0));
  app.add_option("--popular-skus", given.popular_skus, "Of a situation: SKUs that it is about")->check(CLI::Range(1, 1'000));
  app.add_option("--popular-stock", given.popular_stock, "Of a situation: units of each of them at the beginning")
      ->check(CLI::Range(0, static_cast<int>(engine::max_quantity)));
  app.add_option("--receipt-bursts", given.receipt_bursts, "Of a restock-storm: bursts of receipts")->check(CLI::Range(1, 10'000));
  app.add_option("--burst-receipts", given.burst_receipts, "Of a restock-storm: receipts of each burst")->check(CLI::Range(1, 10'000));
  auto* arrivals_option = app.add_option("--arrivals", options.arrivals, "Open loop: constant (evenly spaced) or poisson (random times)")
      ->transform(CLI::CheckedTransformer(arrivals).description(""))
      ->default_str("constant");
  app.add_option("--mix", given.mix, "Requests in shares: orders, checks, cancels, receipts, ships, shows, holds (orders=80,checks=20)");
  auto* operation = app.add_option("--op", options.operation, "order, check or mixed: short for a --mix")
      ->transform(CLI::CheckedTransformer(operations).description(""))
      ->default_str("order");
  auto* check_share = app.add_option("--check-share", options.check_share, "Share of stock checks with --op mixed")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_option("--check-skus", options.check_skus, "SKUs that a stock check names")
      ->capture_default_str()
      ->check(CLI::Range(1, 50));
  app.add_option("--policies", given.policies, "Policies of orders in shares: ship_partial, fill_or_kill, fill_and_cancel");
  app.add_option("--priorities", given.priorities, "Priorities of orders in shares (100=90,200=10)");
  app.add_option("--repeat-share", options.repeat_share, "Share of commands that are sent twice, on two connections")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  app.add_flag("--restock", options.restock, "Receipts bring back what orders took, and half of what waits: the short share stays");
  auto* distribution = app.add_option("--distribution", shape.distribution, "Which SKUs: uniform, zipf, hot or retail")
      ->transform(CLI::CheckedTransformer(distributions).description(""))
      ->default_str("uniform");
  auto* skus = app.add_option("--skus", shape.skus, "SKUs of the catalogue")
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
  app.add_flag("--verdict", options.verdict_runs, "The proof: runs against own servers with 1, 2 and 4 I/O threads");
  app.add_flag("--no-verdict", no_verdict, "Do not judge what the clients saw");
  app.add_option("--server-pid", server_pid, "Process whose CPU time is the server's (default: the local listener)")
      ->check(CLI::PositiveNumber);
  app.add_option("--html", options.html, "Write a page with charts to this file");
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
  options.verdict = !no_verdict;
  given.stock = stock->count() != 0, given.short_share = share->count() != 0;
  given.warmup = warmup->count() != 0, given.seconds = seconds->count() != 0, given.server = server_option->count() != 0;
  given.operation = operation->count() != 0, given.check_share = check_share->count() != 0;
  given.connections = connections->count() != 0, given.pipeline = pipeline->count() != 0;
  given.arrivals = arrivals_option->count() != 0;
  given.p99_limit = p99_limit->count() != 0;
  given.skus = skus->count() != 0, given.distribution = distribution->count() != 0;
  const std::string fault = complete(options, server, given);
  if (!fault.empty()) parsed.exit_status = complain(fault);
  return parsed;
}

}  // namespace earmark::loadtest
